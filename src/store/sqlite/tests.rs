//! Files as they are found in the world: missing, foreign, damaged, newer, altered, full.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

const FIRST: &str = "CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;";
const SECOND: &str = "CREATE TABLE other (id INTEGER PRIMARY KEY) STRICT;";
const INSERT: &str = "INSERT INTO thing (name) VALUES (?1)";
const NAMES: &str = "SELECT name FROM thing ORDER BY id";

const ONE: Schema =
    Schema { application_id: 0x4E4F_4254, migrations: &[FIRST], durability: Durability::PowerLoss };
const TWO: Schema = Schema { migrations: &[FIRST, SECOND], ..ONE };

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        Place(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("a b%?#.db")
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Opens the file in every way, expects one refusal, and holds the file to be as it was. Beside it may lie what
    /// SQLite needs for looking into it, with nothing in it to be moved over.
    fn refused(&self, schema: &Schema, is_expected: impl Fn(&DatabaseError) -> bool) {
        let before = fs::read(self.file()).unwrap();
        for access in [Access::Read, Access::Write] {
            let error = Database::open_existing(&self.file(), schema, access).unwrap_err();
            assert!(is_expected(&error), "{access:?}: {error:?}");
        }
        let error = Database::open_or_create(&self.file(), schema).unwrap_err();
        assert!(is_expected(&error), "{error:?}");
        assert_eq!(fs::read(self.file()).unwrap(), before);
        let wal = fs::metadata(format!("{}-wal", self.file().display()));
        assert!(wal.map_or(true, |wal| wal.len() == 0));
        self.tidy();
    }

    fn tidy(&self) {
        for suffix in ["-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{suffix}", self.file().display()));
        }
        assert_eq!(self.names(), ["a b%?#.db"]);
    }
}

fn add(database: &mut Database, name: &str) -> Result<i64, DatabaseError> {
    database.write(|session| session.execute(INSERT, [name]))
}

fn names(database: &Database) -> Result<Vec<String>, DatabaseError> {
    database.read(|session| session.rows(NAMES, [], |row| row.get(0)))
}

#[test]
fn reading_never_makes_a_file_and_making_one_leaves_nothing_else() {
    let place = Place::new();
    for access in [Access::Read, Access::Write] {
        let error = Database::open_existing(&place.file(), &ONE, access).unwrap_err();
        assert!(matches!(error, DatabaseError::Missing { .. }), "{error:?}");
    }
    assert!(place.names().is_empty());
    let mut database = Database::open_or_create(&place.file(), &ONE).unwrap();
    add(&mut database, "a").unwrap();
    drop(database);
    assert_eq!(place.names(), ["a b%?#.db"]);
    let reader = Database::open_existing(&place.file(), &ONE, Access::Read).unwrap();
    assert_eq!(names(&reader).unwrap(), ["a"]);
}

#[test]
fn a_new_file_is_in_wal_mode_and_careful() {
    let place = Place::new();
    let database = Database::open_or_create(&place.file(), &ONE).unwrap();
    let text = |pragma: &str| -> String {
        database.connection.pragma_query_value(None, pragma, |row| row.get(0)).unwrap()
    };
    let number =
        |pragma: &str| -> i64 { database.connection.pragma_query_value(None, pragma, |row| row.get(0)).unwrap() };
    assert_eq!(text("journal_mode"), "wal");
    assert_eq!((number("synchronous"), number("foreign_keys"), number("trusted_schema")), (2, 1, 0));
    assert_eq!((number("busy_timeout"), number("user_version")), (5_000, 1));
    let defensive = rusqlite::config::DbConfig::SQLITE_DBCONFIG_DEFENSIVE;
    assert!(database.connection.db_config(defensive).unwrap());
}

#[test]
fn what_is_not_ours_is_refused_untouched() {
    let place = Place::new();
    for bytes in [&b""[..], b"visit_id,site\n1,a\n", &[0; 4096], b"SQLite format 3\0"] {
        fs::write(place.file(), bytes).unwrap();
        place.refused(&ONE, |error| matches!(error, DatabaseError::NotADatabase { .. }));
    }
    fs::remove_file(place.file()).unwrap();
    rusqlite::Connection::open(place.file()).unwrap().execute_batch(FIRST).unwrap();
    place.refused(&ONE, |error| matches!(error, DatabaseError::Foreign { found: 0, .. }));
}

#[test]
fn a_newer_file_is_refused_untouched_and_an_older_one_is_upgraded_by_a_writer_only() {
    let place = Place::new();
    add(&mut Database::open_or_create(&place.file(), &ONE).unwrap(), "kept").unwrap();
    let error = Database::open_existing(&place.file(), &TWO, Access::Read).unwrap_err();
    assert!(matches!(error, DatabaseError::Older { found: 1, known: 2, .. }), "{error:?}");
    let database = Database::open_existing(&place.file(), &TWO, Access::Write).unwrap();
    assert_eq!(names(&database).unwrap(), ["kept"]);
    drop(database);
    place.refused(&ONE, |error| matches!(error, DatabaseError::Newer { found: 2, known: 1, .. }));
}

#[test]
fn a_migration_that_fails_leaves_the_old_file() {
    let place = Place::new();
    drop(Database::open_or_create(&place.file(), &ONE).unwrap());
    let before = fs::read(place.file()).unwrap();
    let broken = Schema { migrations: &[FIRST, SECOND, "CREATE TABLE other (id INTEGER) STRICT;"], ..ONE };
    assert!(Database::open_or_create(&place.file(), &broken).is_err());
    assert_eq!(fs::read(place.file()).unwrap(), before);
    place.tidy();
    let missing = place.0.path().join("new.db");
    assert!(Database::open_or_create(&missing, &broken).is_err());
    assert_eq!(place.names(), ["a b%?#.db"], "no half-made file");
}

#[test]
fn damage_is_reported_and_left_as_it_is() {
    let place = Place::new();
    let mut database = Database::open_or_create(&place.file(), &ONE).unwrap();
    for _ in 0..200 {
        add(&mut database, &"x".repeat(200)).unwrap();
    }
    drop(database);
    let whole = fs::read(place.file()).unwrap();
    let mut scribbled = whole.clone();
    scribbled[4096 * 2..4096 * 3].fill(0xA5);
    for bytes in [&scribbled[..], &whole[..whole.len() - 4096], &whole[..5_000]] {
        fs::write(place.file(), bytes).unwrap();
        place.refused(&ONE, |error| matches!(error, DatabaseError::Damaged { .. }));
    }
}

#[test]
fn a_wal_left_by_a_killed_program_is_used_and_a_checkpoint_cut_short_does_no_harm() {
    let place = Place::new();
    let mut database = Database::open_or_create(&place.file(), &ONE).unwrap();
    for n in 0..300 {
        add(&mut database, &format!("{n} {}", "x".repeat(300))).unwrap();
    }
    // As if killed: copy the files while they are open, with only the first page of the WAL moved over.
    let copy = Place::new();
    let wal = PathBuf::from(format!("{}-wal", place.file().display()));
    let copied_wal = PathBuf::from(format!("{}-wal", copy.file().display()));
    fs::copy(&wal, &copied_wal).unwrap();
    let before = fs::read(place.file()).unwrap();
    drop(database);
    let after = fs::read(place.file()).unwrap();
    assert!(after.len() > before.len());
    let half = [&after[..4096], &before[4096..]].concat();
    fs::write(copy.file(), half).unwrap();
    let survivor = Database::open_existing(&copy.file(), &ONE, Access::Read).unwrap();
    assert_eq!(names(&survivor).unwrap().len(), 300);
}

#[test]
fn an_altered_schema_is_refused() {
    let place = Place::new();
    drop(Database::open_or_create(&place.file(), &ONE).unwrap());
    rusqlite::Connection::open(place.file()).unwrap().execute_batch("CREATE VIEW v AS SELECT 1;").unwrap();
    place.refused(&ONE, |error| matches!(error, DatabaseError::Altered { object, .. } if object == "view v"));
}

#[test]
fn a_full_disk_keeps_what_was_there() {
    let place = Place::new();
    let mut database = Database::open_or_create(&place.file(), &ONE).unwrap();
    add(&mut database, "kept").unwrap();
    database.fill_disk();
    let error = add(&mut database, &"x".repeat(100_000)).unwrap_err();
    assert!(matches!(error, DatabaseError::Full { .. }), "{error:?}");
    assert_eq!(names(&database).unwrap(), ["kept"]);
}

#[test]
fn a_reader_cannot_write_and_what_cannot_be_written_says_so() {
    let place = Place::new();
    drop(Database::open_or_create(&place.file(), &ONE).unwrap());
    let mut reader = Database::open_existing(&place.file(), &ONE, Access::Read).unwrap();
    let error = add(&mut reader, "a").unwrap_err();
    assert!(matches!(error, DatabaseError::ReadOnly { .. }), "{error:?}");
    drop(reader);
    let mut rights = fs::metadata(place.file()).unwrap().permissions();
    rights.set_readonly(true);
    fs::set_permissions(place.file(), rights).unwrap();
    if fs::OpenOptions::new().write(true).open(place.file()).is_ok() {
        println!("skipped: this user may write to read-only files");
        return;
    }
    let error = Database::open_existing(&place.file(), &ONE, Access::Write).unwrap_err();
    assert!(matches!(error, DatabaseError::ReadOnly { .. }), "{error:?}");
}

#[test]
fn a_writer_that_waits_too_long_is_told_so_and_an_error_takes_everything_back() {
    let place = Place::new();
    let mut first = Database::open_or_create(&place.file(), &ONE).unwrap();
    let mut second = Database::open_or_create(&place.file(), &ONE).unwrap();
    second.connection.busy_timeout(std::time::Duration::from_millis(20)).unwrap();
    let result = first.write(|session| {
        session.execute(INSERT, ["lost"])?;
        let error = add(&mut second, "b").unwrap_err();
        assert!(matches!(error, DatabaseError::Busy { .. }), "{error:?}");
        Err::<(), _>(error)
    });
    assert!(result.is_err());
    assert!(names(&first).unwrap().is_empty());
    let seen = second.data_version().unwrap();
    add(&mut first, "c").unwrap();
    assert_ne!(second.data_version().unwrap(), seen);
}

#[test]
fn many_who_make_the_same_file_at_once_share_one() {
    let place = Place::new();
    let go = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for n in 0..4 {
            let (go, file) = (&go, place.file());
            scope.spawn(move || {
                while !go.load(Ordering::Relaxed) {
                    std::thread::yield_now();
                }
                let mut database = Database::open_or_create(&file, &ONE).unwrap();
                for _ in 0..5 {
                    add(&mut database, &n.to_string()).unwrap();
                }
            });
        }
        go.store(true, Ordering::Relaxed);
    });
    let database = Database::open_existing(&place.file(), &ONE, Access::Read).unwrap();
    assert_eq!(names(&database).unwrap().len(), 20);
}
