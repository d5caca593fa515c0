//! Opening, examining, making and upgrading a database file.
//!
//! A file is looked at before it is opened in earnest: what is not ours, damaged, altered or newer is refused with
//! every byte of it as it was. A new file is made beside its place and put there when it is whole.
//!
//! Nothing here opens a database file with the means of the operating system. Closing such a file would release
//! every lock this process holds on it (POSIX), and a connection of another thread would then write into a WAL
//! that somebody else thinks is unused ("How To Corrupt An SQLite Database File", 2.2).

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{Access, Database, DatabaseError, Durability, Schema};

/// The first SQLite without the WAL-reset bug, by which two writers could corrupt a file.
const OLDEST_SQLITE: (i32, &str) = (3_051_003, "3.51.3");

/// How long a statement waits for another program's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Files up to this size are checked whole when they are opened (about 25 ms); of larger ones, the schema.
const WHOLE_CHECK_BYTES: i64 = 64 << 20;

const OBJECTS: &str = include_str!("sql/objects.sql");

impl Database {
    /// Opens the database at `path`, which must be there already.
    ///
    /// # Errors
    /// [`DatabaseError`]; the file is then as it was before.
    pub fn open_existing(path: &Path, schema: &Schema, access: Access) -> Result<Database, DatabaseError> {
        trust_library(rusqlite::version_number(), rusqlite::version())?;
        refuse_network(path)?;
        probe(path, schema)?;
        let connection = connect(path, access)?;
        let database = Database { connection, path: path.to_owned() };
        database.prepare(schema, access)?;
        Ok(database)
    }

    /// Opens the database at `path` for writing, making it first where there is none.
    ///
    /// # Errors
    /// [`DatabaseError`]; a file that was there is then as it was before, and no new one was made.
    pub fn open_or_create(path: &Path, schema: &Schema) -> Result<Database, DatabaseError> {
        if path.symlink_metadata().is_err() {
            create(path, schema)?;
        }
        Database::open_existing(path, schema, Access::Write)
    }

    /// Checks the file and, for writing, brings it up to date.
    fn prepare(&self, schema: &Schema, access: Access) -> Result<(), DatabaseError> {
        let wrong = |error| DatabaseError::of(error, &self.path);
        configure(&self.connection, schema, access).map_err(wrong)?;
        if access == Access::Write && self.connection.is_readonly("main").map_err(wrong)? {
            return Err(DatabaseError::ReadOnly { path: self.path.clone() });
        }
        if let Some(detail) = self.damage().map_err(wrong)? {
            return Err(DatabaseError::Damaged { detail, path: self.path.clone() });
        }
        let found = user_version(&self.connection).map_err(wrong)?;
        let known = known_version(schema);
        if found > known {
            return Err(DatabaseError::Newer { found, known, path: self.path.clone() });
        }
        if let Some(object) = difference(&self.connection, schema, found).map_err(wrong)? {
            return Err(DatabaseError::Altered { object, path: self.path.clone() });
        }
        match access {
            Access::Read if found < known => {
                return Err(DatabaseError::Older { found, known, path: self.path.clone() });
            }
            Access::Read => {}
            Access::Write => {
                migrate(&self.connection, schema).map_err(wrong)?;
                self.connection.pragma_update(None, "journal_mode", "WAL").map_err(wrong)?;
            }
        }
        // From here on the file is known to be sound: the last one to close it may move the WAL into it.
        self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(wrong)?;
        Ok(())
    }

    /// What SQLite's quick check finds first.
    fn damage(&self) -> rusqlite::Result<Option<String>> {
        let number = |pragma| self.connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
        let is_small = number("page_count")?.saturating_mul(number("page_size")?) <= WHOLE_CHECK_BYTES;
        let found = check(&self.connection, "quick_check", if is_small { None } else { Some("sqlite_schema") })?;
        Ok(found.into_iter().next())
    }

    /// Lets the file grow no further, so that a test sees a full disk.
    #[cfg(test)]
    pub(crate) fn fill_disk(&self) {
        let pages: i64 = self.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        self.connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
    }
}

/// What `quick_check` or `integrity_check` finds, of one table or of all.
pub(super) fn check(connection: &Connection, pragma: &str, table: Option<&str>) -> rusqlite::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut note = |row: &rusqlite::Row<'_>| {
        let text: String = row.get(0)?;
        if text != "ok" {
            found.push(text);
        }
        Ok(())
    };
    match table {
        Some(table) => connection.pragma(None, pragma, table, &mut note)?,
        None => connection.pragma_query(None, pragma, &mut note)?,
    }
    Ok(found)
}

fn trust_library(number: i32, version: &str) -> Result<(), DatabaseError> {
    let (oldest, needed) = OLDEST_SQLITE;
    if number < oldest { Err(DatabaseError::OldLibrary { found: version.to_owned(), needed }) } else { Ok(()) }
}

/// Refuses a file on a network file system. What cannot be found out is allowed.
fn refuse_network(path: &Path) -> Result<(), DatabaseError> {
    #[cfg(target_os = "linux")]
    if let Ok(mountinfo) = std::fs::read("/proc/self/mountinfo")
        && let Some(place) = resolved(path)
        && let Some(mount) = super::mount_of(&place, &mountinfo)
        && mount.is_network()
    {
        return Err(DatabaseError::NetworkFileSystem { kind: mount.kind, mount: mount.at, path: path.to_owned() });
    }
    #[cfg(not(target_os = "linux"))]
    let _ = path;
    Ok(())
}

/// `path` or the nearest folder above it that is there, absolute and without symbolic links.
#[cfg(target_os = "linux")]
fn resolved(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    path.ancestors().find_map(|place| place.canonicalize().ok())
}

/// Refuses what is not a database of this kind, by its header alone. Leaves no trace beside the file, either.
fn probe(path: &Path, schema: &Schema) -> Result<(), DatabaseError> {
    let metadata = path.metadata().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => DatabaseError::Missing { path: path.to_owned() },
        _ => DatabaseError::of_io(error, path),
    })?;
    if !metadata.is_file() || metadata.len() == 0 {
        return Err(DatabaseError::NotADatabase { path: path.to_owned() });
    }
    let wrong = |error| DatabaseError::of(error, path);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(immutable_uri(path), flags).map_err(wrong)?;
    // The WAL is not looked at, so the file may be shorter than its header says: this flag lets that be.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, true).map_err(wrong)?;
    let found: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(wrong)?;
    if found != schema.application_id {
        return Err(DatabaseError::Foreign { found, expected: schema.application_id, path: path.to_owned() });
    }
    let (found, known) = (user_version(&connection).map_err(wrong)?, known_version(schema));
    if found > known {
        return Err(DatabaseError::Newer { found, known, path: path.to_owned() });
    }
    Ok(())
}

/// `file:` with everything escaped that is not plain, and `immutable=1`: no lock, no WAL, no file beside it.
pub(in crate::store) fn immutable_uri(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut uri = String::from("file://");
    if cfg!(windows) {
        uri.push('/');
    }
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b':' => {
                uri.push(char::from(byte))
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri.push_str("?immutable=1");
    PathBuf::from(uri)
}

fn connect(path: &Path, access: Access) -> Result<Connection, DatabaseError> {
    let access = match access {
        Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| DatabaseError::of(error, path))
}

fn configure(connection: &Connection, schema: &Schema, access: Access) -> rusqlite::Result<()> {
    // Until the file is known to be sound, closing must not move the WAL into it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "query_only", access == Access::Read)?;
    let synchronous = match schema.durability {
        Durability::PowerLoss => "FULL",
        Durability::ProgramEnd => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)
}

/// Makes the database at `path`. Where another program was quicker, its file stays.
fn create(path: &Path, schema: &Schema) -> Result<(), DatabaseError> {
    trust_library(rusqlite::version_number(), rusqlite::version())?;
    refuse_network(path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let wrong_io = |error| DatabaseError::of_io(error, path);
    std::fs::create_dir_all(folder).map_err(wrong_io)?;
    let place = new_file(folder).map_err(wrong_io)?.into_temp_path();
    let make = || -> rusqlite::Result<()> {
        let connection = Connection::open_with_flags(&place, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        configure(&connection, schema, Access::Write)?;
        connection.pragma_update(None, "application_id", schema.application_id)?;
        migrate(&connection, schema)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        connection.close().map_err(|(_, error)| error)
    };
    make().map_err(|error| DatabaseError::of(error, path))?;
    match place.persist_noclobber(path) {
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(wrong_io(error.error)),
        Ok(()) => crate::store::sync_folder(folder).map_err(wrong_io),
    }
}

/// An empty file that disappears unless it is kept, with the rights any new file of this person has.
fn new_file(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".nobat-").suffix(".new");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

fn user_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn known_version(schema: &Schema) -> i64 {
    i64::try_from(schema.migrations.len()).unwrap_or(i64::MAX)
}

/// Runs the scripts that have not run yet, all of them or none.
fn migrate(connection: &Connection, schema: &Schema) -> rusqlite::Result<()> {
    if user_version(connection)? >= known_version(schema) {
        return Ok(());
    }
    // A script may make a table anew that others refer to; whether they all still do is checked below. The setting
    // cannot be changed inside of a transaction.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false)?;
    let migrated = run_scripts(connection, schema);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
    migrated
}

fn run_scripts(connection: &Connection, schema: &Schema) -> rusqlite::Result<()> {
    let transaction = rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    // Read again: another program may have done it between.
    let done = usize::try_from(user_version(&transaction)?).unwrap_or(0);
    for script in schema.migrations.iter().skip(done) {
        transaction.execute_batch(script)?;
    }
    let dangling = {
        let mut check = transaction.prepare("PRAGMA foreign_key_check")?;
        check.exists([])?
    };
    if dangling {
        let violation = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY);
        return Err(rusqlite::Error::SqliteFailure(violation, None));
    }
    transaction.pragma_update(None, "user_version", known_version(schema))?;
    transaction.commit()
}

/// The first table, index or trigger that is not what the first `version` scripts make.
fn difference(connection: &Connection, schema: &Schema, version: i64) -> rusqlite::Result<Option<String>> {
    let expected = Connection::open_in_memory()?;
    for script in schema.migrations.iter().take(usize::try_from(version).unwrap_or(0)) {
        expected.execute_batch(script)?;
    }
    let (expected, found) = (objects(&expected)?, objects(connection)?);
    let differs = expected.iter().find(|object| !found.contains(object));
    Ok(differs.or_else(|| found.iter().find(|object| !expected.contains(object))).map(|(name, _)| name.clone()))
}

fn objects(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    connection.prepare(OBJECTS)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sqlite_with_the_wal_reset_bug_is_refused() {
        assert!(trust_library(rusqlite::version_number(), rusqlite::version()).is_ok());
        let refused = trust_library(3_051_002, "3.51.2");
        assert!(matches!(refused, Err(DatabaseError::OldLibrary { found, .. }) if found == "3.51.2"));
    }

    #[cfg(unix)]
    #[test]
    fn a_path_of_any_characters_survives_as_uri() {
        let uri = immutable_uri(Path::new("/a b/نوبت?#%1.db"));
        assert_eq!(uri.to_str(), Some("file:///a%20b/%D9%86%D9%88%D8%A8%D8%AA%3F%23%251.db?immutable=1"));
    }
}
