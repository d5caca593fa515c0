//! One way to open a database, one way to read it and one way to change it.
//!
//! [`Database`] is a file that is known to be ours, undamaged, of the schema this program knows and on a disk
//! that can carry it. [`Session`] runs statements inside one transaction and turns every failure into a
//! [`DatabaseError`] that names the file. It knows no table. The invariant: a write is one `BEGIN IMMEDIATE`
//! transaction, so it sees the state that it changes, and either all of it is kept or nothing.

mod error;
mod mounts;
mod open;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Params, Row, Transaction, TransactionBehavior};

pub use error::DatabaseError;
pub use mounts::{Mount, mount_of};
pub(in crate::store) use open::immutable_uri;

/// What a kind of database is made of.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// `PRAGMA application_id`, by which the file is told from any other SQLite file.
    pub application_id: i32,
    /// The scripts that make it, oldest first; `PRAGMA user_version` counts those that ran. Only ever append.
    pub migrations: &'static [&'static str],
    /// What a commit survives.
    pub durability: Durability,
}

/// What a commit survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The loss of power (`synchronous=FULL`).
    PowerLoss,
    /// The end of the program, but the last commits may be lost with power (`synchronous=NORMAL`).
    ProgramEnd,
}

/// What a database is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading; the file is not changed, not even to a newer schema.
    Read,
    /// Reading and writing.
    Write,
}

/// An open database.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
    path: PathBuf,
}

/// Statements inside one transaction.
pub struct Session<'a> {
    transaction: Transaction<'a>,
    path: &'a Path,
}

impl Database {
    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A number that is different after another connection, in this program or another, has committed.
    ///
    /// # Errors
    /// [`DatabaseError`] where the file can no longer be read.
    pub fn data_version(&self) -> Result<i64, DatabaseError> {
        self.connection
            .pragma_query_value(None, "data_version", |row| row.get(0))
            .map_err(|error| DatabaseError::of(error, &self.path))
    }

    /// Runs `work` on one unchanging state of the database.
    ///
    /// # Errors
    /// Those of `work`, and [`DatabaseError`] where the transaction cannot begin.
    pub fn read<T, E: From<DatabaseError>>(
        &self,
        work: impl FnOnce(&Session<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let session = self.begin(TransactionBehavior::Deferred)?;
        work(&session)
    }

    /// Runs `work` as the only writer and keeps what it wrote; an error leaves everything as it was.
    ///
    /// # Errors
    /// Those of `work`, and [`DatabaseError`] where the transaction cannot begin or be kept.
    pub fn write<T, E: From<DatabaseError>>(
        &mut self,
        work: impl FnOnce(&Session<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let session = self.begin(TransactionBehavior::Immediate)?;
        let result = work(&session)?;
        let path = session.path;
        session.transaction.commit().map_err(|error| DatabaseError::of(error, path))?;
        Ok(result)
    }

    /// `&self`, since a transaction never outlives the closure of [`Database::read`] or [`Database::write`].
    fn begin(&self, behavior: TransactionBehavior) -> Result<Session<'_>, DatabaseError> {
        let transaction = Transaction::new_unchecked(&self.connection, behavior)
            .map_err(|error| DatabaseError::of(error, &self.path))?;
        Ok(Session { transaction, path: &self.path })
    }
}

impl Session<'_> {
    /// Every row of a query.
    ///
    /// # Errors
    /// [`DatabaseError`], also where a row does not hold what `map` expects.
    pub fn rows<T, P: Params>(
        &self,
        sql: &str,
        parameters: P,
        map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, DatabaseError> {
        let query = || -> rusqlite::Result<Vec<T>> {
            self.transaction.prepare_cached(sql)?.query_map(parameters, map)?.collect()
        };
        query().map_err(|error| self.wrong(error))
    }

    /// The first row of a query, where there is one.
    ///
    /// # Errors
    /// [`DatabaseError`], also where the row does not hold what `map` expects.
    pub fn row<T, P: Params>(
        &self,
        sql: &str,
        parameters: P,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, DatabaseError> {
        let query = || {
            let mut statement = self.transaction.prepare_cached(sql)?;
            let mut rows = statement.query(parameters)?;
            rows.next()?.map(map).transpose()
        };
        query().map_err(|error| self.wrong(error))
    }

    /// Runs a statement that returns nothing and returns the row id of the last row inserted.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn execute<P: Params>(&self, sql: &str, parameters: P) -> Result<i64, DatabaseError> {
        let run = || self.transaction.prepare_cached(sql)?.execute(parameters);
        run().map_err(|error| self.wrong(error))?;
        Ok(self.transaction.last_insert_rowid())
    }

    /// What SQLite's own check of the whole file finds wrong, and rows that refer to rows that are not there.
    ///
    /// # Errors
    /// [`DatabaseError`] where the check itself cannot run.
    pub fn integrity(&self) -> Result<Vec<String>, DatabaseError> {
        let check = || -> rusqlite::Result<Vec<String>> {
            let mut found = open::check(&self.transaction, "integrity_check", None)?;
            self.transaction.pragma_query(None, "foreign_key_check", |row| {
                let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
                found.push(format!("a row of {table} refers to a row of {parent} that is not there"));
                Ok(())
            })?;
            Ok(found)
        };
        check().map_err(|error| self.wrong(error))
    }

    fn wrong(&self, error: rusqlite::Error) -> DatabaseError {
        DatabaseError::of(error, self.path)
    }
}

/// The text in `column`, read as a `T`; for the `map` of [`Session::row`].
///
/// # Errors
/// Where the column is not text or the text is not a `T`: the database was altered by something else.
pub fn parsed<T: std::str::FromStr>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text = row.get_ref(column)?.as_str()?;
    text.parse().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    })
}

/// As [`parsed`], with `None` for NULL.
///
/// # Errors
/// As [`parsed`].
pub fn parsed_option<T: std::str::FromStr>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    if row.get_ref(column)? == rusqlite::types::ValueRef::Null { Ok(None) } else { parsed(row, column).map(Some) }
}

/// The time in `column`, kept as milliseconds since 1970-01-01T00:00:00Z.
///
/// # Errors
/// Where the column is not a number in the range of a [`crate::base::Moment`].
pub fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<crate::base::Moment> {
    let millis = row.get(column)?;
    crate::base::Moment::from_millis(millis).ok_or(rusqlite::Error::IntegralValueOutOfRange(column, millis))
}

#[cfg(test)]
mod tests;
