//! SQLite files of other programs: their tables, row by row, for reading only.
//!
//! The file is opened as one that does not change, so that nothing is written beside it; one that another program has not
//! finished writing is refused. Its schema is not trusted, texts and computing are bounded. It does not know what the rows mean.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::sqlite::{DatabaseError, immutable_uri};

const TABLES: &str = include_str!("sql/tables.sql");
const ROWS: &str = include_str!("sql/rows.sql");

/// The longest text and row, in bytes.
const LONGEST: i32 = 64 << 20;
/// A view may compute for so many of these steps before it gives its next row; together some minutes.
const MOST_PAUSES: u64 = 10_000;
const STEPS_A_PAUSE: i32 = 1_000_000;

/// An open database of another program.
#[derive(Debug)]
pub struct ForeignDatabase {
    connection: Connection,
    path: PathBuf,
    pauses: Arc<AtomicU64>,
}

/// One row: its cells as text.
pub struct ForeignRow<'a> {
    bytes: &'a [u8],
    ends: &'a [usize],
}

impl<'a> ForeignRow<'a> {
    /// The cells. NULL is empty; numbers are as short as they can be without becoming others; blobs are as they stand.
    pub fn cells(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let bytes = self.bytes;
        let mut from = 0;
        self.ends.iter().map(move |end| {
            let cell = bytes.get(from..*end).unwrap_or_default();
            from = *end;
            cell
        })
    }
}

impl ForeignDatabase {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn open(path: &Path) -> Result<ForeignDatabase, DatabaseError> {
        for ending in ["-wal", "-journal"] {
            let mut beside = path.as_os_str().to_owned();
            beside.push(ending);
            if std::fs::metadata(beside).is_ok_and(|journal| journal.len() > 0) {
                return Err(DatabaseError::Unfinished { path: path.to_owned() });
            }
        }
        let wrong = |error| DatabaseError::of(error, path);
        let flags =
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(immutable_uri(path), flags).map_err(wrong)?;
        let pauses = Arc::<AtomicU64>::default();
        guard(&mut connection, pauses.clone()).map_err(wrong)?;
        Ok(ForeignDatabase { connection, path: path.to_owned(), pauses })
    }

    /// The names of its tables and views.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn tables(&self) -> Result<Vec<String>, DatabaseError> {
        let read = || -> rusqlite::Result<Vec<String>> {
            self.connection.prepare(TABLES)?.query_map([], |row| row.get(0))?.collect()
        };
        read().map_err(|error| DatabaseError::of(error, &self.path))
    }

    /// The names of the columns of `table`.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn columns(&self, table: &str) -> Result<Vec<String>, DatabaseError> {
        let statement = self.connection.prepare(&select(table));
        let statement = statement.map_err(|error| DatabaseError::of(error, &self.path))?;
        Ok(statement.column_names().map(str::to_owned).collect())
    }

    /// Hands over the rows of `table`, until `take` has enough.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn for_each_row(
        &self,
        table: &str,
        take: &mut dyn FnMut(&ForeignRow<'_>) -> ControlFlow<()>,
    ) -> Result<(), DatabaseError> {
        let mut read = || -> rusqlite::Result<()> {
            let mut statement = self.connection.prepare(&select(table))?;
            let width = statement.column_count();
            let mut rows = statement.query([])?;
            let (mut bytes, mut ends) = (Vec::new(), Vec::new());
            while let Some(row) = rows.next()? {
                self.pauses.store(0, Ordering::Relaxed);
                bytes.clear();
                ends.clear();
                for column in 0..width {
                    match row.get_ref(column)? {
                        ValueRef::Null => {}
                        ValueRef::Integer(number) => bytes.extend_from_slice(number.to_string().as_bytes()),
                        ValueRef::Real(number) => bytes.extend_from_slice(number.to_string().as_bytes()),
                        ValueRef::Text(text) | ValueRef::Blob(text) => bytes.extend_from_slice(text),
                    }
                    ends.push(bytes.len());
                }
                if take(&ForeignRow { bytes: &bytes, ends: &ends }).is_break() {
                    break;
                }
            }
            Ok(())
        };
        read().map_err(|error| DatabaseError::of(error, &self.path))
    }
}

fn guard(connection: &mut Connection, pauses: Arc<AtomicU64>) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.progress_handler(STEPS_A_PAUSE, Some(move || pauses.fetch_add(1, Ordering::Relaxed) >= MOST_PAUSES))
}

fn select(table: &str) -> String {
    format!("{ROWS}\"{}\"", table.replace('"', "\"\""))
}

#[cfg(test)]
mod tests;
