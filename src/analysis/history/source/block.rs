//! Pieces of a source, and the rows in them.

use crate::analysis::history::checks::Check;
use crate::analysis::history::parquet::TextBlock as TableBlock;

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
    Cells(CellBlock),
    Table(TableBlock),
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
            Rows::Cells(cells) => cells.for_each_row(take),
            Rows::Table(table) => {
                let mut cells = Vec::with_capacity(table.width());
                for row in 0..table.rows() {
                    cells.clear();
                    cells.extend((0..table.width()).map(|column| table.cell(row, column)));
                    let line = table.first_row() + row as u64 + 1;
                    take(&SourceRow { number: row as u64, line, cells: &cells, broken: None })?;
                }
                Ok(table.rows() as u64)
            }
        }
    }
}

/// Rows that came as cells, in one allocation.
#[derive(Debug, Default)]
pub(super) struct CellBlock {
    text: String,
    /// Where each cell ends.
    ends: Vec<usize>,
    /// For each row, where its cells end in `ends`, its line, and what is wrong with it.
    rows: Vec<(usize, u64, Option<Check>)>,
}

impl CellBlock {
    /// Adds a row; cells that are not UTF-8 are marked.
    pub fn push<'a>(&mut self, line: u64, cells: impl Iterator<Item = &'a [u8]>) {
        let mut broken = None;
        for cell in cells {
            match std::str::from_utf8(cell) {
                Ok(text) => self.text.push_str(text),
                Err(_) => {
                    broken = Some(Check::NotText);
                    self.text.push_str(&String::from_utf8_lossy(cell));
                }
            }
            self.ends.push(self.text.len());
        }
        self.rows.push((self.ends.len(), line, broken));
    }

    /// How much memory it takes, about.
    pub fn bytes(&self) -> usize {
        self.text.len() + size_of_val(self.ends.as_slice()) + size_of_val(self.rows.as_slice())
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether it holds as much as a block should.
    pub fn is_full(&self) -> bool {
        self.bytes() >= super::LONGEST_LINE
    }

    fn for_each_row<E>(&self, take: &mut dyn FnMut(&SourceRow<'_>) -> Result<(), E>) -> Result<u64, E> {
        let mut cells = Vec::new();
        let (mut first, mut from) = (0, 0);
        for (number, (last, line, broken)) in self.rows.iter().enumerate() {
            cells.clear();
            for end in self.ends.get(first..*last).unwrap_or_default() {
                cells.push(self.text.get(from..*end).unwrap_or_default());
                from = *end;
            }
            first = *last;
            take(&SourceRow { number: number as u64, line: *line, cells: &cells, broken: *broken })?;
        }
        Ok(self.rows.len() as u64)
    }
}
