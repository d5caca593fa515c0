//! Parquet as a source, through [`parquet`](crate::analysis::history::parquet).

use crate::analysis::history::parquet::TextBlocks;

use super::block::Rows;
use super::input::Input;
use super::{Blocks, Format, Opened, SourceError, SourceFile};

pub(super) fn open(input: Input) -> Result<Opened, SourceError> {
    let blocks = TextBlocks::open(&input.path)?;
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
    let columns = blocks.columns().to_vec();
    Ok(Opened { file, columns, blocks: Box::new(blocks), rest: Some(input.rest), seal: input.seal })
}

impl Blocks for TextBlocks {
    fn next_rows(&mut self) -> Result<Option<Rows>, SourceError> {
        Ok(self.next_block()?.map(Rows::Table))
    }
}
