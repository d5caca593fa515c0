//! Why a file is not a table that can be read, and how that is told.

use std::io;
use std::path::{Path, PathBuf};

use crate::base::Explain;
use crate::base::explain::Failure;

/// Why a file is not a table that can be read. Sources are only ever read, so every file is as it was.
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
    /// A folder without a file whose name ends like a source's.
    #[error("no file in this folder is a source: {}", path.display())]
    NoFiles {
        /// The folder.
        path: PathBuf,
    },
    /// The beginning is not text in an encoding that is known.
    #[error("is not text that can be read ({guess}): {}", path.display())]
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
    /// The file grows out of all proportion when it is unpacked.
    #[error("unpacks to more than {times} times its size: {}", path.display())]
    Inflates {
        /// How many times its size would have been let pass.
        times: u64,
        /// The file.
        path: PathBuf,
    },
    /// Something that is not text, packed once more.
    #[error("a compressed {what}: {}", path.display())]
    Packed {
        /// What is inside.
        what: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// A record beyond [`LONGEST_LINE`](super::LONGEST_LINE).
    #[error("line {line} is too long to be a row: {}", path.display())]
    LineTooLong {
        /// The line where it begins, from 1.
        line: u64,
        /// The file.
        path: PathBuf,
    },
    /// A header beyond [`MOST_COLUMNS`](super::MOST_COLUMNS).
    #[error("has {found} columns, more than {}: {}", super::MOST_COLUMNS, path.display())]
    TooManyColumns {
        /// How many there are, at least.
        found: usize,
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
    /// Files that are to be one history have different columns.
    #[error("has other columns than {}: {}", first.display(), path.display())]
    MixedShapes {
        /// Columns of the first file that this one lacks.
        missing: Vec<String>,
        /// Columns of this file that the first one lacks.
        further: Vec<String>,
        /// The first file.
        first: PathBuf,
        /// The file that differs.
        path: PathBuf,
    },
    /// The file became another one while it was read.
    #[error("was changed while it was read: {}", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// JSON that is not one object a line.
    #[error("is JSON, but not one object a line: {}", path.display())]
    NotJsonLines {
        /// The file.
        path: PathBuf,
    },
    /// Several tables or sheets, and none was named.
    #[error("holds several tables, and none was named: {}", path.display())]
    WhichTable {
        /// Their names.
        tables: Vec<String>,
        /// The file.
        path: PathBuf,
    },
    /// The named table or sheet is not there.
    #[error("holds no table \"{table}\": {}", path.display())]
    AbsentTable {
        /// The name.
        table: String,
        /// The names of those that are there.
        tables: Vec<String>,
        /// The file.
        path: PathBuf,
    },
    /// A workbook that cannot be decoded.
    #[error("the workbook is damaged: {}", path.display())]
    DamagedWorkbook {
        /// What the decoder says.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// A workbook, but not an `.xlsx`.
    #[error("a workbook in another format ({what}): {}", path.display())]
    OtherWorkbook {
        /// The format.
        what: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// A workbook that would take more memory than a workbook may.
    #[error("the workbook is too large: {}", path.display())]
    WorkbookTooLarge {
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
    /// Parquet beyond [`LARGEST_PARQUET`](crate::analysis::history::LARGEST_PARQUET),
    /// [`MOST_ROWS`](crate::analysis::history::MOST_ROWS) or
    /// [`MOST_DECODED`](crate::analysis::history::MOST_DECODED), or one that would grow out of all proportion.
    #[error("the Parquet file is too large to be read ({what}): {}", path.display())]
    ParquetTooLarge {
        /// What is too large.
        what: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// What the reader of databases says.
    #[error("{0}")]
    Database(Box<dyn Explain + Send + Sync>),
}

impl SourceError {
    /// What `cause` means for a file that is read as it stands, or unpacked.
    pub(super) fn of_read(path: &Path, is_packed: bool, cause: io::Error) -> SourceError {
        let path = path.to_owned();
        match cause.kind() {
            io::ErrorKind::QuotaExceeded if is_packed => {
                SourceError::Inflates { times: super::input::MOST_GROWTH, path }
            }
            // What the system says has a number; what a decoder says has none.
            _ if is_packed && cause.raw_os_error().is_none() => SourceError::Truncated { path, cause },
            _ => SourceError::Unreadable { path, cause },
        }
    }

    fn path(&self) -> Option<&Path> {
        match self {
            SourceError::Unreadable { path, .. }
            | SourceError::Empty { path }
            | SourceError::NoFiles { path }
            | SourceError::WrongEncoding { path, .. }
            | SourceError::Truncated { path, .. }
            | SourceError::Inflates { path, .. }
            | SourceError::Packed { path, .. }
            | SourceError::LineTooLong { path, .. }
            | SourceError::TooManyColumns { path, .. }
            | SourceError::DuplicateColumn { path, .. }
            | SourceError::MixedShapes { path, .. }
            | SourceError::Changed { path }
            | SourceError::NotJsonLines { path }
            | SourceError::WhichTable { path, .. }
            | SourceError::AbsentTable { path, .. }
            | SourceError::DamagedWorkbook { path, .. }
            | SourceError::WorkbookTooLarge { path }
            | SourceError::OtherWorkbook { path, .. }
            | SourceError::DamagedParquet { path, .. }
            | SourceError::NestedColumn { path, .. }
            | SourceError::ParquetTooLarge { path, .. } => Some(path),
            SourceError::Database(_) => None,
        }
    }
}

impl Explain for SourceError {
    fn key(&self) -> &'static str {
        match self {
            SourceError::Unreadable { cause, .. } if cause.kind() == io::ErrorKind::NotFound => "source_missing",
            SourceError::Unreadable { .. } => "source_unreadable",
            SourceError::Empty { .. } => "source_empty",
            SourceError::NoFiles { .. } => "source_no_files",
            SourceError::WrongEncoding { .. } => "source_encoding",
            SourceError::Truncated { .. } => "source_truncated",
            SourceError::Inflates { .. } => "source_inflates",
            SourceError::Packed { .. } => "source_packed",
            SourceError::LineTooLong { .. } => "source_line",
            SourceError::TooManyColumns { .. } => "source_columns",
            SourceError::DuplicateColumn { .. } => "source_duplicate_column",
            SourceError::MixedShapes { missing, further, .. } => match (missing.is_empty(), further.is_empty()) {
                (true, true) => "source_mixed_order",
                (true, false) => "source_mixed_further",
                (false, true) => "source_mixed_missing",
                (false, false) => "source_mixed",
            },
            SourceError::Changed { .. } => "source_changed",
            SourceError::NotJsonLines { .. } => "source_json",
            SourceError::WhichTable { .. } => "source_which_table",
            SourceError::AbsentTable { .. } => "source_absent_table",
            SourceError::DamagedWorkbook { .. } => "source_workbook",
            SourceError::WorkbookTooLarge { .. } => "source_workbook_large",
            SourceError::OtherWorkbook { .. } => "source_other_workbook",
            SourceError::DamagedParquet { .. } => "source_parquet",
            SourceError::NestedColumn { .. } => "source_parquet_nested",
            SourceError::ParquetTooLarge { .. } => "source_parquet_large",
            SourceError::Database(error) => error.key(),
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = match self {
            SourceError::Database(error) => return error.fields(),
            SourceError::Unreadable { cause, .. } | SourceError::Truncated { cause, .. } => {
                vec![("reason", cause.to_string())]
            }
            SourceError::WrongEncoding { guess, .. } => vec![("guess", (*guess).to_owned())],
            SourceError::Inflates { times, .. } => vec![("times", times.to_string())],
            SourceError::ParquetTooLarge { what, .. }
            | SourceError::Packed { what, .. }
            | SourceError::OtherWorkbook { what, .. } => {
                vec![("what", (*what).to_owned())]
            }
            SourceError::LineTooLong { line, .. } => vec![("line", line.to_string())],
            SourceError::TooManyColumns { found, .. } => {
                vec![("found", found.to_string()), ("most", super::MOST_COLUMNS.to_string())]
            }
            SourceError::DuplicateColumn { column, .. } | SourceError::NestedColumn { column, .. } => {
                vec![("column", column.clone())]
            }
            SourceError::MixedShapes { missing, further, first, .. } => vec![
                ("missing", listed(missing)),
                ("further", listed(further)),
                ("first", first.display().to_string()),
            ],
            SourceError::WhichTable { tables, .. } => vec![("tables", listed(tables))],
            SourceError::AbsentTable { table, tables, .. } => {
                vec![("table", table.clone()), ("tables", listed(tables))]
            }
            SourceError::DamagedParquet { reason, .. } | SourceError::DamagedWorkbook { reason, .. } => {
                vec![("reason", reason.clone())]
            }
            SourceError::Empty { .. }
            | SourceError::NoFiles { .. }
            | SourceError::Changed { .. }
            | SourceError::NotJsonLines { .. }
            | SourceError::WorkbookTooLarge { .. } => Vec::new(),
        };
        if let Some(path) = self.path() {
            fields.push(("path", path.display().to_string()));
        }
        fields
    }

    fn failure(&self) -> Failure {
        match self {
            SourceError::Database(error) => error.failure(),
            SourceError::WhichTable { .. } | SourceError::AbsentTable { .. } => Failure::Usage,
            _ => Failure::Failed,
        }
    }
}

/// The first names of a list, for people.
fn listed(names: &[String]) -> String {
    const MOST: usize = 20;
    let mut list = names.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        list.push_str(", …");
    }
    list
}
