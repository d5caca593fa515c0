//! Parquet as a source, through [`parquet`](crate::analysis::history::parquet).

use std::sync::Arc;

use crate::analysis::history::parquet::{self, TextTable};

use super::block::Rows;
use super::input::Input;
use super::{Blocks, Format, Opened, SourceError, SourceFile};

/// How many rows are a block.
const ROWS: usize = 1 << 14;

struct Table {
    table: Arc<TextTable>,
    done: usize,
}

pub(super) fn open(input: Input) -> Result<Opened, SourceError> {
    let table = Arc::new(parquet::read_table(&input.path)?);
    let file = SourceFile {
        path: input.path,
        bytes: input.length,
        format: Format::Parquet,
        compression: None,
        encoding: None,
        delimiter: None,
        header: None,
        table: None,
    };
    let columns = table.columns().to_vec();
    Ok(Opened {
        file,
        columns,
        blocks: Box::new(Table { table, done: 0 }),
        rest: Some(input.rest),
        seal: input.seal,
    })
}

impl Blocks for Table {
    fn next_rows(&mut self) -> Result<Option<Rows>, SourceError> {
        let from = self.done;
        self.done = (from + ROWS).min(self.table.rows());
        Ok((from < self.done).then(|| Rows::Table(self.table.clone(), from..self.done)))
    }
}
