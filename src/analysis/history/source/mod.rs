//! Files that hold rows: delimited text and JSON Lines (plain, gzip, Zstandard), Parquet, a table of a SQLite file, a
//! sheet of a workbook; one of them, or several of the same shape, are one [`Source`]. What a file is, its first bytes say.
//!
//! Reading goes [`open`] → [`Source::next_block`], cheap and in order, on one thread → [`Block::for_each_row`], on any thread.
//! It hands cells over as they stand; what they mean is the mapping's. Nothing that a file says is trusted: records, growth,
//! columns and tables are bounded, and memory does not grow with a text. The invariant: a source is handed over whole and as
//! one state of its files, or there is an error.

mod block;
mod cut;
mod database;
mod encoding;
mod error;
mod files;
mod input;
mod json;
#[cfg(test)]
mod random_tests;
mod records;
mod sniff;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod workbook;
#[cfg(test)]
mod workbook_tests;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::base::Digest;

use super::mapping::Delimiter;
use block::Rows;
use input::{Kind, Seal};
use json::UnknownKeys;

pub use block::{Block, SourceRow};
pub use database::{Database, Databases, RowCells, Told};
pub use encoding::Encoding;
pub use error::SourceError;
pub use input::Compression;

/// The longest record of a text, in bytes, its line end included.
pub const LONGEST_LINE: usize = 1 << 20;
/// The most columns of a source.
pub const MOST_COLUMNS: usize = 4_096;

/// What is known about files beforehand; what is not, is found out.
#[derive(Clone, Debug, Default)]
pub struct SourceOptions {
    /// What separates the cells of delimited text.
    pub delimiter: Option<Delimiter>,
    /// The encoding of text.
    pub encoding: Option<Encoding>,
    /// Whether the first line of delimited text names the columns.
    pub header: Option<bool>,
    /// The table of a SQLite file or the sheet of a workbook.
    pub table: Option<String>,
    /// Who opens databases; without one, they are refused.
    pub databases: Option<&'static dyn Databases>,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// CSV, TSV and the like.
    Delimited,
    /// One JSON object a line.
    JsonLines,
    /// Parquet.
    Parquet,
    /// A table of a SQLite file.
    Sqlite,
    /// A sheet of an Excel workbook.
    Workbook,
}

impl Format {
    /// The name for people, which is the same in every language.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Delimited => "CSV",
            Format::JsonLines => "JSON Lines",
            Format::Parquet => "Parquet",
            Format::Sqlite => "SQLite",
            Format::Workbook => "Excel",
        }
    }
}

/// A file of a source, and what was recognised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceFile {
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// What it is.
    pub format: Format,
    /// How it is packed.
    pub compression: Option<Compression>,
    /// The encoding of text.
    pub encoding: Option<Encoding>,
    /// What separates the cells of delimited text.
    pub delimiter: Option<Delimiter>,
    /// Whether the first line of delimited text names the columns.
    pub header: Option<bool>,
    /// The table or sheet.
    pub table: Option<String>,
}

/// Rows of one or more files, one after the other.
pub struct Source {
    options: SourceOptions,
    files: Vec<SourceFile>,
    columns: Vec<String>,
    unknown: UnknownKeys,
    /// The file that is being read.
    current: Option<Opened>,
    /// How many files were read to their end.
    finished: usize,
    finished_bytes: u64,
    blocks: u64,
    digests: Vec<(PathBuf, u64, Digest)>,
}

/// A file that was recognised, before its rows.
struct Opened {
    file: SourceFile,
    columns: Vec<String>,
    blocks: Box<dyn Blocks>,
    /// What of the file `blocks` does not read by itself.
    rest: Option<Box<dyn Read + Send>>,
    seal: Seal,
}

/// Gives the rows of a file in order.
trait Blocks: Send {
    /// The next rows; `None` at the end.
    fn next_rows(&mut self) -> Result<Option<Rows>, SourceError>;
}

/// Opens `paths` as one source: files, and the sources in folders. All must have the same columns.
///
/// # Errors
/// [`SourceError`].
pub fn open(paths: &[PathBuf], options: &SourceOptions) -> Result<Source, SourceError> {
    let paths = files::find(paths)?;
    let unknown = UnknownKeys::default();
    let mut source = Source {
        options: options.clone(),
        files: Vec::new(),
        columns: Vec::new(),
        unknown,
        current: None,
        finished: 0,
        finished_bytes: 0,
        blocks: 0,
        digests: Vec::new(),
    };
    for path in paths {
        let opened = source.open_file(&path)?;
        if source.files.is_empty() {
            source.columns.clone_from(&opened.columns);
        } else {
            source.settle_shape(&opened)?;
        }
        source.files.push(opened.file.clone());
        // The first file stays open; the others would only take room until it is their turn.
        source.current.get_or_insert(opened);
    }
    Ok(source)
}

impl Source {
    /// The names of the columns.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The files, and what was recognised.
    #[must_use]
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The size of all files, packed where they are.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// How much of that was read.
    #[must_use]
    pub fn done_bytes(&self) -> u64 {
        self.finished_bytes + self.current.as_ref().map_or(0, |current| current.seal.done_bytes())
    }

    /// Names in JSON Lines that are no columns, since no object among the first rows had them, and how often they came up in the
    /// rows that were taken apart by now; the first hundred names.
    #[must_use]
    pub fn unknown_keys(&self) -> BTreeMap<String, u64> {
        self.unknown.counts()
    }

    /// The size and SHA-256 of each file that was read to its end, as its bytes are on the disk.
    #[must_use]
    pub fn digests(&self) -> &[(PathBuf, u64, Digest)] {
        &self.digests
    }

    /// The next rows, about a MiB of text; `None` after the last one.
    ///
    /// # Errors
    /// [`SourceError`]; nothing that was handed over before is then a whole history.
    pub fn next_block(&mut self) -> Result<Option<Block>, SourceError> {
        loop {
            let Some(current) = &mut self.current else {
                let Some(next) = self.files.get(self.finished) else { return self.end() };
                let path = next.path.clone();
                let opened = self.open_file(&path)?;
                if Some(&opened.file) != self.files.get(self.finished) {
                    return Err(SourceError::Changed { path });
                }
                self.current = Some(opened);
                continue;
            };
            if let Some(rows) = current.blocks.next_rows()? {
                let ordinal = self.blocks;
                self.blocks += 1;
                return Ok(Some(Block { ordinal, file: self.finished, rows }));
            }
            if let Some(rest) = &mut current.rest {
                current.seal.read_rest(rest)?;
            }
            let (bytes, digest) = current.seal.finish()?;
            self.digests.push((current.file.path.clone(), bytes, digest));
            self.finished_bytes += bytes;
            self.finished += 1;
            self.current = None;
        }
    }

    fn end(&self) -> Result<Option<Block>, SourceError> {
        match self.files.first() {
            Some(file) if self.blocks == 0 => Err(SourceError::Empty { path: file.path.clone() }),
            _ => Ok(None),
        }
    }

    fn open_file(&self, path: &std::path::Path) -> Result<Opened, SourceError> {
        let input = input::open(path)?;
        let opened = match input.kind {
            Kind::Text => text::open(input, &self.options, &self.columns, &self.unknown)?,
            Kind::Parquet => table::open(input)?,
            Kind::Sqlite => database::open(input, &self.options)?,
            Kind::Zip => workbook::open(input, &self.options)?,
            Kind::Compound => return Err(SourceError::OtherWorkbook { what: "XLS", path: path.to_owned() }),
        };
        check_columns(path, &opened.columns)?;
        Ok(opened)
    }

    /// Holds a further file to the columns of the first one.
    fn settle_shape(&self, opened: &Opened) -> Result<(), SourceError> {
        if opened.columns == self.columns {
            return Ok(());
        }
        let lacking = |these: &[String], those: &[String]| -> Vec<String> {
            these.iter().filter(|name| !those.contains(name)).cloned().collect()
        };
        Err(SourceError::MixedShapes {
            missing: lacking(&self.columns, &opened.columns),
            further: lacking(&opened.columns, &self.columns),
            first: self.files.first().map(|file| file.path.clone()).unwrap_or_default(),
            path: opened.file.path.clone(),
        })
    }
}

/// The table that was named, or the only one there is.
fn choose(path: &std::path::Path, tables: Vec<String>, named: Option<&str>) -> Result<String, SourceError> {
    let path = path.to_owned();
    match (named, tables.as_slice()) {
        (Some(table), tables) if tables.iter().any(|name| name == table) => Ok(table.to_owned()),
        (Some(table), _) => Err(SourceError::AbsentTable { table: table.to_owned(), tables, path }),
        (None, []) => Err(SourceError::Empty { path }),
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(SourceError::WhichTable { tables, path }),
    }
}

fn check_columns(path: &std::path::Path, columns: &[String]) -> Result<(), SourceError> {
    if columns.len() > MOST_COLUMNS {
        return Err(SourceError::TooManyColumns { found: columns.len(), path: path.to_owned() });
    }
    let mut seen = std::collections::HashSet::new();
    match columns.iter().find(|column| !seen.insert(column.as_str())) {
        Some(column) => Err(SourceError::DuplicateColumn { column: column.clone(), path: path.to_owned() }),
        None => Ok(()),
    }
}
