//! What can go wrong with a database file, apart from what is in it.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::base::Explain;
use crate::base::explain::Failure;

/// Why a database cannot be opened, read or written. The file is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// There is no file, and it was to be read only.
    #[error("there is no such file: {}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else than a SQLite database.
    #[error("not a SQLite database: {}", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// A SQLite database, but of another program or purpose.
    #[error("a database of another kind (application id {found:#x}, expected {expected:#x}): {}", path.display())]
    Foreign {
        /// Its `application_id`.
        found: i32,
        /// The one that was expected.
        expected: i32,
        /// The file.
        path: PathBuf,
    },
    /// Made by a newer program.
    #[error("schema {found} is newer than schema {known}, the newest this program knows: {}", path.display())]
    Newer {
        /// Its schema.
        found: i64,
        /// The newest schema known here.
        known: i64,
        /// The file.
        path: PathBuf,
    },
    /// Made by an older program, and opened for reading only.
    #[error("schema {found} is older than schema {known} and must be brought up to date first: {}", path.display())]
    Older {
        /// Its schema.
        found: i64,
        /// The schema known here.
        known: i64,
        /// The file.
        path: PathBuf,
    },
    /// SQLite's own check failed, or a row holds what the schema cannot have let in.
    #[error("damaged ({detail}): {}", path.display())]
    Damaged {
        /// What was found.
        detail: String,
        /// The file.
        path: PathBuf,
    },
    /// Tables or triggers are not those that this program made.
    #[error("its schema was altered ({object}): {}", path.display())]
    Altered {
        /// The first table, index or trigger that differs.
        object: String,
        /// The file.
        path: PathBuf,
    },
    /// The file, or the folder it is in, cannot be written to.
    #[error("may not be written to: {}", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The disk is full.
    #[error("the disk is full: {}", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// Another program held the file for longer than is waited.
    #[error("another program keeps it busy: {}", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// Another program is in the middle of writing: part of what is kept is in a file beside it.
    #[error("another program has not finished writing: {}", path.display())]
    Unfinished {
        /// The file.
        path: PathBuf,
    },
    /// The file is on a network file system, which WAL cannot work on.
    #[error("on a network file system ({kind} at {}): {}", mount.display(), path.display())]
    NetworkFileSystem {
        /// The kind of file system, as the system names it.
        kind: String,
        /// Where it is mounted.
        mount: PathBuf,
        /// The file.
        path: PathBuf,
    },
    /// The SQLite in this program is too old to be trusted with two writers.
    #[error("SQLite {found} is older than {needed}")]
    OldLibrary {
        /// The version in this program.
        found: String,
        /// The oldest that will do.
        needed: &'static str,
    },
    /// Anything else SQLite says.
    #[error("SQLite: {source}: {}", path.display())]
    Sqlite {
        /// What SQLite says.
        source: rusqlite::Error,
        /// The file.
        path: PathBuf,
    },
    /// Anything else the operating system says.
    #[error("{source}: {}", path.display())]
    Io {
        /// What the system says.
        source: std::io::Error,
        /// The file or folder.
        path: PathBuf,
    },
}

impl DatabaseError {
    /// What `error` means for the database at `path`.
    #[must_use]
    pub fn of(error: rusqlite::Error, path: &Path) -> DatabaseError {
        let path = path.to_owned();
        let damaged = |detail: &dyn std::fmt::Display| DatabaseError::Damaged {
            detail: detail.to_string(),
            path: path.clone(),
        };
        match &error {
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..) => damaged(&error),
            rusqlite::Error::SqliteFailure(failure, message) => match failure.code {
                ErrorCode::NotADatabase => DatabaseError::NotADatabase { path },
                ErrorCode::DatabaseCorrupt => damaged(&message.as_deref().unwrap_or("malformed")),
                ErrorCode::ReadOnly | ErrorCode::PermissionDenied => DatabaseError::ReadOnly { path },
                ErrorCode::DiskFull => DatabaseError::Full { path },
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => DatabaseError::Busy { path },
                // The main file is known to be there: its -wal or -shm could not be made beside it.
                ErrorCode::CannotOpen if path.exists() => DatabaseError::ReadOnly { path },
                ErrorCode::CannotOpen => DatabaseError::Missing { path },
                ErrorCode::SystemIoFailure if failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE => {
                    DatabaseError::Full { path }
                }
                _ => DatabaseError::Sqlite { source: error, path },
            },
            _ => DatabaseError::Sqlite { source: error, path },
        }
    }

    /// What `error` means for the file or folder at `path`.
    #[must_use]
    pub fn of_io(error: std::io::Error, path: &Path) -> DatabaseError {
        use std::io::ErrorKind;
        let path = path.to_owned();
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => DatabaseError::Full { path },
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => DatabaseError::ReadOnly { path },
            _ => DatabaseError::Io { source: error, path },
        }
    }

    fn path(&self) -> Option<&Path> {
        match self {
            DatabaseError::Missing { path }
            | DatabaseError::NotADatabase { path }
            | DatabaseError::Foreign { path, .. }
            | DatabaseError::Newer { path, .. }
            | DatabaseError::Older { path, .. }
            | DatabaseError::Damaged { path, .. }
            | DatabaseError::Altered { path, .. }
            | DatabaseError::ReadOnly { path }
            | DatabaseError::Full { path }
            | DatabaseError::Busy { path }
            | DatabaseError::Unfinished { path }
            | DatabaseError::NetworkFileSystem { path, .. }
            | DatabaseError::Sqlite { path, .. }
            | DatabaseError::Io { path, .. } => Some(path),
            DatabaseError::OldLibrary { .. } => None,
        }
    }
}

impl Explain for DatabaseError {
    fn key(&self) -> &'static str {
        match self {
            DatabaseError::Missing { .. } => "database_missing",
            DatabaseError::NotADatabase { .. } => "database_not_sqlite",
            DatabaseError::Foreign { .. } => "database_foreign",
            DatabaseError::Newer { .. } => "database_newer",
            DatabaseError::Older { .. } => "database_older",
            DatabaseError::Damaged { .. } => "database_damaged",
            DatabaseError::Altered { .. } => "database_altered",
            DatabaseError::ReadOnly { .. } => "database_read_only",
            DatabaseError::Full { .. } => "database_full",
            DatabaseError::Busy { .. } => "database_busy",
            DatabaseError::Unfinished { .. } => "database_unfinished",
            DatabaseError::NetworkFileSystem { .. } => "database_network",
            DatabaseError::OldLibrary { .. } => "database_old_library",
            DatabaseError::Sqlite { .. } => "database_sqlite",
            DatabaseError::Io { .. } => "database_io",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = Vec::new();
        if let Some(path) = self.path() {
            fields.push(("path", path.display().to_string()));
        }
        match self {
            DatabaseError::Newer { found, known, .. } | DatabaseError::Older { found, known, .. } => {
                fields.extend([("found", found.to_string()), ("known", known.to_string())]);
            }
            DatabaseError::Damaged { detail, .. } => fields.push(("detail", detail.clone())),
            DatabaseError::Altered { object, .. } => fields.push(("object", object.clone())),
            DatabaseError::NetworkFileSystem { kind, mount, .. } => {
                fields.extend([("kind", kind.clone()), ("mount", mount.display().to_string())]);
            }
            DatabaseError::OldLibrary { found, needed } => {
                fields.extend([("found", found.clone()), ("needed", (*needed).to_owned())]);
            }
            DatabaseError::Sqlite { source, .. } => fields.push(("detail", source.to_string())),
            DatabaseError::Io { source, .. } => fields.push(("detail", source.to_string())),
            _ => {}
        }
        fields
    }

    fn failure(&self) -> Failure {
        match self {
            DatabaseError::Missing { .. } => Failure::Usage,
            _ => Failure::Failed,
        }
    }
}
