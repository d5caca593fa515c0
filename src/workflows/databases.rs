//! Tables of SQLite files as sources of visits: the store reads them, the analysis asks for them.

use std::ops::ControlFlow;
use std::path::Path;

use crate::analysis::history::{Database, Databases, Mapping, RowCells, SourceOptions, Told};
use crate::store::foreign::ForeignDatabase;

/// Opens SQLite files for [`SourceOptions`].
#[derive(Clone, Copy, Debug)]
pub struct SqliteFiles;

/// The one there is; it has no state.
pub static SQLITE_FILES: SqliteFiles = SqliteFiles;

/// What `mapping` says about the form of its source, with SQLite files among the sources.
#[must_use]
pub fn source_options(mapping: Option<&Mapping>) -> SourceOptions {
    let said = mapping.map(Mapping::source_options).unwrap_or_default();
    SourceOptions { databases: Some(&SQLITE_FILES), ..said }
}

impl Databases for SqliteFiles {
    fn open(&self, path: &Path) -> Result<Box<dyn Database>, Told> {
        match ForeignDatabase::open(path) {
            Ok(database) => Ok(Box::new(database)),
            Err(error) => Err(Box::new(error)),
        }
    }
}

impl Database for ForeignDatabase {
    fn tables(&self) -> Result<Vec<String>, Told> {
        ForeignDatabase::tables(self).map_err(|error| Box::new(error) as Told)
    }

    fn columns(&self, table: &str) -> Result<Vec<String>, Told> {
        ForeignDatabase::columns(self, table).map_err(|error| Box::new(error) as Told)
    }

    fn rows(&self, table: &str, take: &mut dyn FnMut(&mut RowCells<'_>) -> ControlFlow<()>) -> Result<(), Told> {
        self.for_each_row(table, &mut |row| take(&mut row.cells())).map_err(|error| Box::new(error) as Told)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::path::PathBuf;

    use rusqlite::Connection;

    use super::*;
    use crate::analysis::history::{Check, SourceError, open};
    use crate::base::{Digest, Explain};

    type Read = (Vec<String>, Option<Check>);

    fn rows(path: &Path, table: Option<&str>) -> Result<Vec<Read>, SourceError> {
        let options = SourceOptions {
            table: table.map(str::to_owned),
            databases: Some(&SQLITE_FILES),
            ..SourceOptions::default()
        };
        let mut source = open(&[path.to_owned()], &options)?;
        let mut rows = Vec::new();
        while let Some(block) = source.next_block()? {
            let count = block.for_each_row::<Infallible>(&mut |row| {
                rows.push((row.cells.iter().map(|cell| (*cell).to_owned()).collect(), row.broken));
                Ok(())
            });
            assert!(count.unwrap() > 0);
        }
        let bytes = std::fs::read(path).unwrap();
        assert_eq!(source.digests(), [(path.to_owned(), bytes.len() as u64, Digest::of(&bytes))]);
        Ok(rows)
    }

    fn database(folder: &Path, sql: &str) -> PathBuf {
        let path = folder.join("visits.db");
        let _ = std::fs::remove_file(&path);
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        path
    }

    #[test]
    fn a_table_of_a_sqlite_file_is_a_source() {
        let folder = tempfile::tempdir().unwrap();
        let many = "CREATE TABLE t(id, site); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
             INSERT INTO t SELECT i, 'شعبه ' || i FROM n; INSERT INTO t VALUES (x'ff', NULL);";
        let read = rows(&database(folder.path(), many), None).unwrap();
        assert_eq!(read.len(), 100_001);
        assert_eq!(read[99_999], (vec!["100000".to_owned(), "شعبه 100000".to_owned()], None));
        assert_eq!(read[100_000], (vec!["\u{fffd}".to_owned(), String::new()], Some(Check::NotText)));

        let two = database(folder.path(), "CREATE TABLE a(x); CREATE TABLE b(y); INSERT INTO b VALUES (1);");
        assert_eq!(rows(&two, None).unwrap_err().key(), "source_which_table");
        assert_eq!(rows(&two, Some("c")).unwrap_err().key(), "source_absent_table");
        assert_eq!(rows(&two, Some("a")).unwrap_err().key(), "source_empty");
        assert_eq!(rows(&two, Some("b")).unwrap(), [(vec!["1".to_owned()], None)]);
        let none = database(folder.path(), "PRAGMA user_version = 1;");
        assert_eq!(rows(&none, None).unwrap_err().key(), "source_empty");

        // Whoever stops in the middle does not wait for the reader, nor it for them.
        let path = database(folder.path(), many);
        let options = SourceOptions { databases: Some(&SQLITE_FILES), ..SourceOptions::default() };
        let mut source = open(&[path], &options).unwrap();
        assert!(source.next_block().unwrap().is_some());
        drop(source);
    }

    #[test]
    fn what_only_begins_like_a_database_is_told_as_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        std::fs::write(&path, [b"SQLite format 3\0".as_slice(), &[9; 5_000]].concat()).unwrap();
        let key = rows(&path, None).unwrap_err().key();
        assert!(["database_not_sqlite", "database_damaged"].contains(&key), "{key}");
    }
}
