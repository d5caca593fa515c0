//! Foreign databases: what is read, what is refused, and that nothing is written.

use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::Connection;

use super::*;
use crate::base::Explain;

fn rows(database: &ForeignDatabase, table: &str) -> Result<Vec<Vec<String>>, DatabaseError> {
    let mut rows = Vec::new();
    database.for_each_row(table, &mut |row| {
        rows.push(row.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect());
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

fn make(path: &Path, sql: &str) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(sql).unwrap();
    connection
}

#[test]
fn every_kind_of_value_is_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("100% ?#نوبت.db");
    let made = make(
        &path,
        "CREATE TABLE \"a \"\"b\"(id, site);
         INSERT INTO \"a \"\"b\" VALUES (1, 'شعبه'), (2.5, NULL), (1577952000, x'ff'), (1e300, 0.1);
         CREATE VIEW v AS SELECT count(*) AS n FROM \"a \"\"b\";",
    );
    drop(made);
    let before = std::fs::read(&path).unwrap();
    let database = ForeignDatabase::open(&path).unwrap();
    assert_eq!(database.tables().unwrap(), ["a \"b", "v"]);
    assert_eq!(database.columns("a \"b").unwrap(), ["id", "site"]);
    let read = rows(&database, "a \"b").unwrap();
    assert_eq!(read[..3], [["1", "شعبه"], ["2.5", ""], ["1577952000", "\u{fffd}"]]);
    assert_eq!(read[3][0].parse::<f64>(), Ok(1e300));
    assert_eq!(rows(&database, "v").unwrap(), [["4"]]);
    let mut first = 0;
    let stop = &mut |_: &ForeignRow<'_>| {
        first += 1;
        ControlFlow::Break(())
    };
    database.for_each_row("a \"b", stop).unwrap();
    assert_eq!(first, 1);
    drop(database);
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing beside it");
}

#[test]
fn what_is_not_a_whole_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    std::fs::write(&path, [b"SQLite format 3\0".as_slice(), &[7; 4_096]].concat()).unwrap();
    let refused = ForeignDatabase::open(&path).and_then(|database| database.tables()).unwrap_err();
    assert!(["database_not_sqlite", "database_damaged"].contains(&refused.key()), "{refused:?}");

    // Cut in the middle of its pages.
    let whole = folder.path().join("whole.db");
    let rows_of = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)";
    drop(make(
        &whole,
        &format!("CREATE TABLE t(i, x); INSERT INTO t {rows_of} SELECT i, hex(randomblob(20)) FROM n;"),
    ));
    let bytes = std::fs::read(&whole).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let refused = ForeignDatabase::open(&path).and_then(|database| rows(&database, "t")).unwrap_err();
    assert_eq!(refused.key(), "database_damaged");

    // Another program has written what is not in the file itself yet.
    let writer = make(&whole, "PRAGMA journal_mode=WAL; INSERT INTO t VALUES (1, 2);");
    assert_eq!(ForeignDatabase::open(&whole).unwrap_err().key(), "database_unfinished");
    drop(writer);
    assert_eq!(rows(&ForeignDatabase::open(&whole).unwrap(), "t").unwrap().len(), 10_000);
}
