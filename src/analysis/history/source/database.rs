//! A table of a database as a source. Who opens databases is handed in: SQL is not known here.
//!
//! The table is read on a thread of its own, since its rows can only be had in one go; the blocks wait in a short queue.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::base::Explain;

use super::block::{CellBlock, Rows};
use super::input::Input;
use super::{Blocks, Format, Opened, SourceError, SourceFile, SourceOptions};

/// An error of whoever reads databases, in its own words.
pub type Told = Box<dyn Explain + Send + Sync>;

/// The cells of a row, as text in UTF-8 where they are text.
pub type RowCells<'a> = dyn Iterator<Item = &'a [u8]> + 'a;

/// Opens databases.
pub trait Databases: std::fmt::Debug + Sync {
    /// Opens the file at `path` for reading.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn open(&self, path: &Path) -> Result<Box<dyn Database>, Told>;
}

/// An open database.
pub trait Database: Send {
    /// The names of its tables and views.
    ///
    /// # Errors
    /// Why they cannot be read.
    fn tables(&self) -> Result<Vec<String>, Told>;

    /// The names of the columns of `table`.
    ///
    /// # Errors
    /// Why they cannot be read.
    fn columns(&self, table: &str) -> Result<Vec<String>, Told>;

    /// Hands over the rows of `table`, until `take` has enough.
    ///
    /// # Errors
    /// Why they cannot be read, or not further.
    fn rows(&self, table: &str, take: &mut dyn FnMut(&mut RowCells<'_>) -> ControlFlow<()>) -> Result<(), Told>;
}

/// How many blocks wait to be asked for.
const WAITING: usize = 2;

enum Feed {
    Ready(Box<dyn Database>, String),
    Running(Receiver<Message>),
    Ended,
}

/// A block, the end, or an error; a thread that ends without one of the latter two has failed.
type Message = Result<Option<CellBlock>, SourceError>;

struct Table {
    path: PathBuf,
    feed: Feed,
}

pub(super) fn open(input: Input, options: &SourceOptions) -> Result<Opened, SourceError> {
    let path = input.path;
    let Some(databases) = options.databases else {
        return Err(SourceError::WrongEncoding { guess: "SQLite", path });
    };
    let database = databases.open(&path).map_err(SourceError::Database)?;
    let tables = database.tables().map_err(SourceError::Database)?;
    let table = super::choose(&path, tables, options.table.as_deref())?;
    let columns = database.columns(&table).map_err(SourceError::Database)?;
    let file = SourceFile {
        path: path.clone(),
        bytes: input.length,
        format: Format::Sqlite,
        compression: None,
        encoding: None,
        delimiter: None,
        header: None,
        table: Some(table.clone()),
    };
    let blocks = Box::new(Table { path, feed: Feed::Ready(database, table) });
    Ok(Opened { file, columns, blocks, rest: Some(input.rest), seal: input.seal })
}

impl Blocks for Table {
    fn next_rows(&mut self) -> Result<Option<Rows>, SourceError> {
        let stopped = |path: &Path| SourceError::Unreadable {
            path: path.to_owned(),
            cause: io::Error::other("the reader of the database stopped"),
        };
        loop {
            match std::mem::replace(&mut self.feed, Feed::Ended) {
                Feed::Ended => return Ok(None),
                Feed::Ready(database, table) => {
                    let (send, receive) = sync_channel(WAITING);
                    std::thread::Builder::new()
                        .name("source".to_owned())
                        .spawn(move || feed(database.as_ref(), &table, &send))
                        .map_err(|cause| SourceError::Unreadable { path: self.path.clone(), cause })?;
                    self.feed = Feed::Running(receive);
                }
                Feed::Running(receive) => match receive.recv() {
                    Ok(Ok(Some(block))) => {
                        self.feed = Feed::Running(receive);
                        return Ok(Some(Rows::Cells(block)));
                    }
                    Ok(Ok(None)) => return Ok(None),
                    Ok(Err(error)) => return Err(error),
                    Err(_) => return Err(stopped(&self.path)),
                },
            }
        }
    }
}

/// Sends blocks until there are no more, or nobody waits for them.
fn feed(database: &dyn Database, table: &str, send: &SyncSender<Message>) {
    let mut block = CellBlock::default();
    let mut row = 0;
    let read = database.rows(table, &mut |cells| {
        row += 1;
        block.push(row, cells);
        if block.is_full() && send.send(Ok(Some(std::mem::take(&mut block)))).is_err() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    let last = if block.is_empty() { Ok(()) } else { send.send(Ok(Some(block))) };
    let end = match read {
        Ok(()) => Ok(None),
        Err(error) => Err(SourceError::Database(error)),
    };
    // Who does not listen any more does not miss the end.
    let _ = last.and_then(|()| send.send(end));
}
