//! Pieces of a source, and the rows in them.

use std::ops::Range;
use std::sync::Arc;

use crate::analysis::history::checks::Check;
use crate::analysis::history::parquet::TextTable;

use super::records::TextBlock;

/// Some rows of a source that follow each other. They are taken apart by whoever asks for them, on any thread.
#[derive(Debug)]
pub struct Block {
    pub(super) ordinal: u64,
    pub(super) file: usize,
    pub(super) rows: Rows,
}

/// The rows of a block, as text or in cells already.
#[derive(Debug)]
pub(super) enum Rows {
    Text(TextBlock),
    Table(Arc<TextTable>, Range<usize>),
}

/// One row of a source.
#[derive(Clone, Copy, Debug)]
pub struct SourceRow<'a> {
    /// The row within its block, from 0.
    pub number: u64,
    /// The line of a text where the row begins, or the row of a table or sheet, from 1.
    pub line: u64,
    /// The cells, as many as the row has.
    pub cells: &'a [&'a str],
    /// Why this is not a row; `cells` are then what is left of it, with `�` for what is not text.
    pub broken: Option<Check>,
}

impl Block {
    /// The number of the block in the source, from 0. Blocks come in this order, and the same files always give the
    /// same blocks: a row is known by its block and its number in it.
    #[must_use]
    pub fn ordinal(&self) -> u64 {
        self.ordinal
    }

    /// Which of [`Source::files`](super::Source::files) it is from.
    #[must_use]
    pub fn file(&self) -> usize {
        self.file
    }

    /// Hands over each row and returns how many there are.
    ///
    /// # Errors
    /// Those of `take`.
    pub fn for_each_row<E>(&self, take: &mut dyn FnMut(&SourceRow<'_>) -> Result<(), E>) -> Result<u64, E> {
        match &self.rows {
            Rows::Text(text) => text.for_each_row(take),
            Rows::Table(table, range) => {
                let mut cells = Vec::with_capacity(table.columns().len());
                for (number, row) in range.clone().enumerate() {
                    cells.clear();
                    cells.extend((0..table.columns().len()).map(|column| table.cell(column, row)));
                    take(&SourceRow { number: number as u64, line: row as u64 + 1, cells: &cells, broken: None })?;
                }
                Ok(range.len() as u64)
            }
        }
    }
}
