//! Files that hold rows: delimited text (plain or gzip) and Parquet, told apart by their first bytes.
//!
//! Delimited text is streamed: memory does not grow with the file. What cannot be trusted is bounded: a line has a
//! longest length, so that a file without line ends (or a gzip bomb of one) is refused and not read into memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use crate::base::Explain;

use super::checks::Check;
use super::import::{ImportError, Row};
use super::mapping::Delimiter;
use super::parquet::{TextBlock, TextBlocks};
use super::plan::Cells;

/// The longest line of a delimited file, in bytes.
pub const LONGEST_LINE: usize = 1 << 20;
/// The most columns of a source.
pub const MOST_COLUMNS: usize = 4_096;

/// Why a file is not a table that can be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// No such file, or no permission, or the disk failed.
    #[error("cannot be read: {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// No bytes, or a header without rows.
    #[error("holds no rows: {}", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The beginning is not UTF-8 text.
    #[error("is not UTF-8 text: {}", path.display())]
    WrongEncoding {
        /// What it may be.
        guess: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// The compressed stream breaks off or is damaged.
    #[error("the compressed file is cut off or damaged: {}", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// What the decoder says.
        #[source]
        cause: io::Error,
    },
    /// A line beyond [`LONGEST_LINE`], or a header beyond [`MOST_COLUMNS`].
    #[error("has a line too long to be a row: {}", path.display())]
    LineTooLong {
        /// The file.
        path: PathBuf,
    },
    /// Two columns with one name.
    #[error("two columns are called \"{column}\": {}", path.display())]
    DuplicateColumn {
        /// The name.
        column: String,
        /// The file.
        path: PathBuf,
    },
    /// Parquet that cannot be decoded.
    #[error("the Parquet file is damaged: {}", path.display())]
    DamagedParquet {
        /// What the decoder says.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// Parquet with a column of lists or groups.
    #[error("the column \"{column}\" holds lists or groups, not single values: {}", path.display())]
    NestedColumn {
        /// The name.
        column: String,
        /// The file.
        path: PathBuf,
    },
    /// Parquet beyond [`LARGEST_PARQUET`](super::LARGEST_PARQUET), [`MOST_ROWS`](super::MOST_ROWS) or
    /// [`MOST_DECODED`](super::MOST_DECODED), or one that would grow out of all proportion.
    #[error("the Parquet file is too large to be read ({what}): {}", path.display())]
    ParquetTooLarge {
        /// What is too large.
        what: &'static str,
        /// The file.
        path: PathBuf,
    },
}

impl Explain for SourceError {
    fn key(&self) -> &'static str {
        match self {
            SourceError::Unreadable { cause, .. } if cause.kind() == io::ErrorKind::NotFound => "source_missing",
            SourceError::Unreadable { .. } => "source_unreadable",
            SourceError::Empty { .. } => "source_empty",
            SourceError::WrongEncoding { .. } => "source_encoding",
            SourceError::Truncated { .. } => "source_truncated",
            SourceError::LineTooLong { .. } => "source_line",
            SourceError::DuplicateColumn { .. } => "source_duplicate_column",
            SourceError::DamagedParquet { .. } => "source_parquet",
            SourceError::NestedColumn { .. } => "source_parquet_nested",
            SourceError::ParquetTooLarge { .. } => "source_parquet_large",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = match self {
            SourceError::Unreadable { cause, .. } | SourceError::Truncated { cause, .. } => {
                vec![("reason", cause.to_string())]
            }
            SourceError::WrongEncoding { guess, .. } => vec![("guess", (*guess).to_owned())],
            SourceError::DuplicateColumn { column, .. } | SourceError::NestedColumn { column, .. } => {
                vec![("column", column.clone())]
            }
            SourceError::ParquetTooLarge { what, .. } => vec![("what", (*what).to_owned())],
            SourceError::DamagedParquet { reason, .. } => vec![("reason", reason.clone())],
            SourceError::Empty { .. } | SourceError::LineTooLong { .. } => Vec::new(),
        };
        let (SourceError::Unreadable { path, .. }
        | SourceError::Empty { path }
        | SourceError::WrongEncoding { path, .. }
        | SourceError::Truncated { path, .. }
        | SourceError::LineTooLong { path }
        | SourceError::DuplicateColumn { path, .. }
        | SourceError::DamagedParquet { path, .. }
        | SourceError::NestedColumn { path, .. }
        | SourceError::ParquetTooLarge { path, .. }) = self;
        fields.push(("path", path.display().to_string()));
        fields
    }
}

/// An open source.
pub(super) struct Source {
    columns: Vec<String>,
    total_bytes: u64,
    rows: SourceRows,
}

enum SourceRows {
    Delimited(Box<Delimited>),
    Table(Box<TextBlocks>),
}

struct Delimited {
    path: PathBuf,
    reader: csv::Reader<Box<dyn Read + Send>>,
    done_bytes: Arc<AtomicU64>,
}

/// Opens the file at `path` and reads its header.
pub(super) fn open(path: &Path, delimiter: Option<Delimiter>) -> Result<Source, SourceError> {
    let unreadable = |cause| SourceError::Unreadable { path: path.to_owned(), cause };
    let file = File::open(path).map_err(unreadable)?;
    let meta = file.metadata().map_err(unreadable)?;
    if !meta.is_file() {
        return Err(unreadable(io::Error::new(io::ErrorKind::InvalidInput, "not a file")));
    }
    let done_bytes = Arc::new(AtomicU64::new(0));
    let mut counted = BufReader::with_capacity(1 << 16, Counted { inner: file, bytes: done_bytes.clone() });
    let magic = counted.fill_buf().map_err(unreadable)?;
    let (rows, columns) = if magic.is_empty() {
        return Err(SourceError::Empty { path: path.to_owned() });
    } else if magic.starts_with(b"PAR1") {
        let table = TextBlocks::open(path)?;
        let columns = table.columns().to_vec();
        (SourceRows::Table(Box::new(table)), columns)
    } else {
        let plain: Box<dyn Read + Send> = if magic.starts_with(&[0x1f, 0x8b]) {
            Box::new(MultiGzDecoder::new(counted))
        } else {
            Box::new(counted)
        };
        let (delimited, columns) = open_delimited(path, plain, done_bytes, delimiter)?;
        (SourceRows::Delimited(Box::new(delimited)), columns)
    };
    check_header(path, &columns)?;
    Ok(Source { columns, total_bytes: meta.len(), rows })
}

fn check_header(path: &Path, columns: &[String]) -> Result<(), SourceError> {
    if columns.len() > MOST_COLUMNS {
        return Err(SourceError::LineTooLong { path: path.to_owned() });
    }
    let mut seen = std::collections::HashSet::new();
    match columns.iter().find(|column| !seen.insert(column.as_str())) {
        Some(column) => Err(SourceError::DuplicateColumn { column: column.clone(), path: path.to_owned() }),
        None => Ok(()),
    }
}

fn open_delimited(
    path: &Path,
    plain: Box<dyn Read + Send>,
    done_bytes: Arc<AtomicU64>,
    delimiter: Option<Delimiter>,
) -> Result<(Delimited, Vec<String>), SourceError> {
    let mut text = BufReader::with_capacity(1 << 16, LineGuard { inner: plain, line: 0 });
    let start = read_start(&mut text).map_err(|cause| read_failed(path, cause))?;
    check_encoding(path, &start)?;
    let body = start.strip_prefix(b"\xef\xbb\xbf".as_slice()).unwrap_or(&start);
    let first_line = body.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let separator = delimiter.map_or_else(|| guess_delimiter(first_line), separator);
    let whole: Box<dyn Read + Send> = Box::new(io::Cursor::new(body.to_vec()).chain(text));
    let mut reader = csv::ReaderBuilder::new().flexible(true).delimiter(separator).from_reader(whole);
    let header = reader.byte_headers().map_err(|error| csv_failed(path, error))?;
    let columns: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    if columns.iter().all(String::is_empty) {
        return Err(SourceError::Empty { path: path.to_owned() });
    }
    Ok((Delimited { path: path.to_owned(), reader, done_bytes }, columns))
}

/// The first 64 KiB, or all there is.
fn read_start(text: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    text.take(1 << 16).read_to_end(&mut start)?;
    Ok(start)
}

fn check_encoding(path: &Path, start: &[u8]) -> Result<(), SourceError> {
    let wrong = |guess| Err(SourceError::WrongEncoding { guess, path: path.to_owned() });
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        return wrong("UTF-16");
    }
    if start.contains(&0) {
        return wrong("binary");
    }
    match std::str::from_utf8(start) {
        // A character may be cut by the end of what was read.
        Err(error) if error.error_len().is_some() => wrong("Windows-1256"),
        _ => Ok(()),
    }
}

fn separator(delimiter: Delimiter) -> u8 {
    match delimiter {
        Delimiter::Comma => b',',
        Delimiter::Tab => b'\t',
        Delimiter::Semicolon => b';',
    }
}

/// The candidate that the header holds most often; a comma where it holds none.
fn guess_delimiter(header: &[u8]) -> u8 {
    let count = |candidate: u8| header.iter().filter(|byte| **byte == candidate).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|candidate| (count(*candidate), *candidate == b',')).unwrap_or(b',')
}

fn read_failed(path: &Path, cause: io::Error) -> SourceError {
    let path = path.to_owned();
    match cause.kind() {
        io::ErrorKind::FileTooLarge => SourceError::LineTooLong { path },
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            SourceError::Truncated { path, cause }
        }
        _ => SourceError::Unreadable { path, cause },
    }
}

fn csv_failed(path: &Path, error: csv::Error) -> SourceError {
    // A conversion to `io::Error` as a whole would lose the kind.
    match error.into_kind() {
        csv::ErrorKind::Io(cause) => read_failed(path, cause),
        other => read_failed(path, io::Error::other(format!("{other:?}"))),
    }
}

impl Source {
    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The size of the file, compressed where it is.
    pub fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    /// Hands over each row, and the bytes of the file that were read by then.
    pub fn for_each_row(
        &mut self,
        take: &mut dyn FnMut(&Row<'_>, u64) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        match &mut self.rows {
            SourceRows::Delimited(delimited) => delimited.for_each_row(take),
            SourceRows::Table(table) => for_each_row_of(table, self.total_bytes, take),
        }
    }
}

impl Delimited {
    fn for_each_row(
        &mut self,
        take: &mut dyn FnMut(&Row<'_>, u64) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        let mut record = csv::ByteRecord::new();
        let mut any = false;
        while self.reader.read_byte_record(&mut record).map_err(|error| csv_failed(&self.path, error))? {
            any = true;
            let done = self.done_bytes.load(Ordering::Relaxed);
            let line = record.position().map_or(0, csv::Position::line);
            match csv::StringRecord::from_byte_record(std::mem::take(&mut record)) {
                Ok(row) => {
                    take(&Row { line, cells: &row, width: row.len(), broken: None }, done)?;
                    record = row.into_byte_record();
                }
                Err(error) => {
                    let raw = error.into_byte_record();
                    let lossy: csv::StringRecord =
                        raw.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
                    let broken = Some(Check::NotText);
                    take(&Row { line, cells: &lossy, width: lossy.len(), broken }, done)?;
                    record = raw;
                }
            }
        }
        if any { Ok(()) } else { Err(SourceError::Empty { path: self.path.clone() }.into()) }
    }
}

fn for_each_row_of(
    table: &mut TextBlocks,
    total_bytes: u64,
    take: &mut dyn FnMut(&Row<'_>, u64) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    let width = table.columns().len();
    while let Some(block) = table.next_block()? {
        for row in 0..block.rows() {
            let at = block.first_row() + row as u64;
            let cells = BlockRow { block: &block, row };
            take(&Row { line: at + 1, cells: &cells, width, broken: None }, total_bytes * at / table.rows())?;
        }
    }
    Ok(())
}

struct BlockRow<'a> {
    block: &'a TextBlock,
    row: usize,
}

impl Cells for BlockRow<'_> {
    fn cell(&self, index: usize) -> &str {
        self.block.cell(self.row, index)
    }
}

impl Cells for csv::StringRecord {
    fn cell(&self, index: usize) -> &str {
        self.get(index).unwrap_or_default()
    }
}

/// Counts the bytes that were read.
struct Counted<R> {
    inner: R,
    bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Fails once a line grows beyond [`LONGEST_LINE`].
struct LineGuard<R> {
    inner: R,
    line: usize,
}

impl<R: Read> Read for LineGuard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let fresh = &buffer[..read];
        self.line = match fresh.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => fresh.len() - end - 1,
            None => self.line + fresh.len(),
        };
        if self.line > LONGEST_LINE { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(read) }
    }
}
