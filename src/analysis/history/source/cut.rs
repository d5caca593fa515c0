//! Cuts a stream of text into blocks that begin and end with a record.
//!
//! It finds the ends of records, quotes respected, and leaves what is in them to whoever parses a [`TextBlock`]. A record
//! is bounded by [`LONGEST_LINE`]: a line beyond it ends the reading; a quote that is not closed within it, or not before
//! the end, is taken for a letter, and its line is marked. The invariant: the same text gives the same records, however
//! it arrives and wherever it is cut.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use memchr::{memchr, memchr_iter, memrchr};

use super::records::{Syntax, TextBlock};
use super::{LONGEST_LINE, SourceError};

/// Buffers that are used again: fresh memory costs more than what is done with it.
#[derive(Clone, Debug, Default)]
pub(super) struct Pool(Arc<Mutex<Vec<Vec<u8>>>>);

impl Pool {
    const MOST: usize = 64;

    fn take(&self, size: usize) -> Vec<u8> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut buffer = kept.unwrap_or_default();
        buffer.resize(size, 0);
        buffer
    }

    pub(super) fn give_back(&self, buffer: Vec<u8>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < Pool::MOST {
            kept.push(buffer);
        }
    }
}

/// How long blocks and records are, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lengths {
    /// From which on a block is handed over.
    pub block: usize,
    /// The longest record.
    pub record: usize,
}

impl Default for Lengths {
    fn default() -> Lengths {
        Lengths { block: LONGEST_LINE, record: LONGEST_LINE }
    }
}

/// The stream, and what of it was read but not yet handed over.
pub(super) struct Cutter {
    path: PathBuf,
    is_packed: bool,
    text: Box<dyn Read + Send>,
    syntax: Arc<Syntax>,
    lengths: Lengths,
    pool: Pool,
    /// What was read: the first `filled` bytes, of which the first is the first of a record.
    buffer: Vec<u8>,
    filled: usize,
    is_ended: bool,
    scan: Scan,
    /// The line of the first byte, from 1.
    line: u64,
}

/// How far the search for ends of records is.
#[derive(Debug, Default)]
struct Scan {
    at: usize,
    /// Whether `at` lies between quotes.
    is_quoted: bool,
    /// After the last whole record.
    boundary: usize,
    /// Whether the quotes of the first line are letters.
    is_literal: bool,
}

impl Cutter {
    /// Cuts what `start` and then `text` hold, from line `line` on.
    pub fn new(
        path: &Path,
        is_packed: bool,
        start: &[u8],
        text: Box<dyn Read + Send>,
        syntax: Arc<Syntax>,
        line: u64,
    ) -> Cutter {
        let text: Box<dyn Read + Send> = Box::new(io::Cursor::new(start.to_vec()).chain(text));
        let pool = Pool::default();
        let lengths = Lengths::default();
        let buffer = pool.take(lengths.record);
        let scan = Scan::default();
        Cutter {
            path: path.to_owned(),
            is_packed,
            text,
            syntax,
            lengths,
            pool,
            buffer,
            filled: 0,
            is_ended: false,
            scan,
            line,
        }
    }

    /// The same with other lengths.
    #[cfg(test)]
    pub fn with_lengths(mut self, lengths: Lengths) -> Cutter {
        self.buffer.resize(lengths.record, 0);
        self.lengths = lengths;
        self
    }

    /// The next whole records; `None` at the end.
    pub fn next(&mut self) -> Result<Option<TextBlock>, SourceError> {
        let mut target = self.lengths.block.min(self.lengths.record);
        loop {
            self.fill(target)?;
            let text = self.buffer.get(..self.filled).unwrap_or_default();
            self.scan.run(text, &self.syntax, self.is_ended);
            if self.scan.boundary == 0 && self.filled > 0 {
                if !self.is_ended && self.filled < self.lengths.record {
                    target = (target * 2).min(self.lengths.record);
                    continue;
                }
                self.settle_first()?;
                continue;
            }
            if self.filled == 0 {
                return Ok(None);
            }
            let block = self.cut();
            if !block.is_blank() {
                return Ok(Some(block));
            }
        }
    }

    fn fill(&mut self, target: usize) -> Result<(), SourceError> {
        while self.filled < target && !self.is_ended {
            let space = self.buffer.get_mut(self.filled..target).unwrap_or_default();
            match self.text.read(space) {
                Ok(0) => self.is_ended = true,
                Ok(read) => self.filled += read,
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) => return Err(SourceError::of_read(&self.path, self.is_packed, cause)),
            }
        }
        Ok(())
    }

    /// The first record fills the buffer or is the last one, and does not end: a quote is not closed, or there is no
    /// line end.
    fn settle_first(&mut self) -> Result<(), SourceError> {
        let text = self.buffer.get(..self.filled).unwrap_or_default();
        let line_end = memchr(self.syntax.line_end, text).map(|at| at + 1);
        let end = match line_end {
            None if !self.is_ended => {
                return Err(SourceError::LineTooLong { line: self.line, path: self.path.clone() });
            }
            end => end.unwrap_or(self.filled),
        };
        self.scan = Scan { at: end, is_quoted: false, boundary: end, is_literal: true };
        Ok(())
    }

    /// Hands the whole records over and keeps the rest.
    fn cut(&mut self) -> TextBlock {
        let boundary = self.scan.boundary;
        let mut next = self.pool.take(self.lengths.record);
        let rest = self.buffer.get(boundary..self.filled).unwrap_or_default();
        if let Some(to) = next.get_mut(..rest.len()) {
            to.copy_from_slice(rest);
        }
        self.filled -= boundary;
        let mut buffer = std::mem::replace(&mut self.buffer, next);
        buffer.truncate(boundary);
        let line = self.line;
        self.line += memchr_iter(self.syntax.line_end, &buffer).count() as u64;
        self.scan.at -= boundary;
        self.scan.boundary = 0;
        let is_literal = std::mem::take(&mut self.scan.is_literal);
        TextBlock::new(buffer, line, is_literal, self.syntax.clone(), self.pool.clone())
    }
}

impl Scan {
    /// Goes on to the end of `text`.
    fn run(&mut self, text: &[u8], syntax: &Syntax, is_all: bool) {
        let Some(quote) = syntax.quote() else {
            self.lines_up_to(text, text.len(), syntax);
            self.finish(text, is_all);
            return;
        };
        while let Some(rest) = text.get(self.at..).filter(|rest| !rest.is_empty()) {
            let found = memchr(quote, rest).map(|offset| self.at + offset);
            match (self.is_quoted, found) {
                (true, None) => self.at = text.len(),
                // Whether it is doubled is not known yet.
                (true, Some(at)) if at + 1 == text.len() && !is_all => {
                    self.at = at;
                    return;
                }
                (true, Some(at)) => {
                    let is_doubled = text.get(at + 1) == Some(&quote);
                    self.is_quoted = is_doubled;
                    self.at = at + 1 + usize::from(is_doubled);
                }
                (false, None) => self.lines_up_to(text, text.len(), syntax),
                (false, Some(at)) => {
                    self.lines_up_to(text, at, syntax);
                    self.is_quoted =
                        at == self.boundary || text.get(at.wrapping_sub(1)) == syntax.delimiter().as_ref();
                    self.at = at + 1;
                }
            }
        }
        self.finish(text, is_all);
    }

    /// There are no quotes up to `end`.
    fn lines_up_to(&mut self, text: &[u8], end: usize, syntax: &Syntax) {
        let stretch = text.get(self.at..end).unwrap_or_default();
        if let Some(offset) = memrchr(syntax.line_end, stretch) {
            self.boundary = self.at + offset + 1;
        }
        self.at = end;
    }

    /// The last record needs no line end.
    fn finish(&mut self, text: &[u8], is_all: bool) {
        if is_all && !self.is_quoted && self.at == text.len() {
            self.boundary = text.len();
        }
    }
}
