//! The serving side's pen: a thread that writes what it is handed, many rows to a commit.
//!
//! Answers are handed over through a queue of fixed length. Where the queue is full, because the disk is slow or
//! full, the row is dropped and counted, and the answer goes out all the same.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::params;

use super::{LiveEntry, Prediction, SCHEMA};
use crate::store::sqlite::{Database, DatabaseError, Session};

const ADD_PREDICTION: &str = include_str!("sql/add_prediction.sql");
const ADD_LIVE: &str = include_str!("sql/add_live.sql");

/// Rows that wait to be written at most; about 10 MB.
const QUEUE_ROWS: usize = 10_000;

/// Rows of one commit at most.
const BATCH_ROWS: usize = 500;

/// A row waits this long for others at most.
const BATCH_TIME: Duration = Duration::from_millis(50);

/// The log, for writing. Dropping it writes what waits.
#[derive(Debug)]
pub struct PredictionLog {
    /// `None` only while it is dropped.
    queue: Option<SyncSender<Message>>,
    thread: Option<JoinHandle<()>>,
    tally: Arc<Tally>,
}

/// What became of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct LogCounts {
    /// Committed.
    pub written: u64,
    /// Not taken, since too many waited.
    pub dropped: u64,
    /// Lost, since the file could not be written.
    pub failed: u64,
    /// Why the last of those was lost.
    pub last_error: Option<String>,
}

#[derive(Debug, Default)]
struct Tally {
    written: AtomicU64,
    dropped: AtomicU64,
    failed: AtomicU64,
    last_error: Mutex<Option<String>>,
}

/// What the thread is handed. An answer is sent once everything before it was written, or could not be.
enum Message {
    Row(Box<Prediction>),
    Live(LiveEntry, SyncSender<Result<(), DatabaseError>>),
    Flush(SyncSender<()>),
}

impl PredictionLog {
    /// Opens the log at `path` for writing, making an empty one where there is none, and starts its thread.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn open(path: &Path) -> Result<PredictionLog, DatabaseError> {
        Self::with_queue(path, QUEUE_ROWS)
    }

    pub(super) fn with_queue(path: &Path, rows: usize) -> Result<PredictionLog, DatabaseError> {
        let database = Database::open_or_create(path, &SCHEMA)?;
        let (queue, messages) = sync_channel(rows);
        let tally = Arc::new(Tally::default());
        let writer = Writer { database, tally: Arc::clone(&tally), waiting: Vec::new() };
        let thread = std::thread::Builder::new()
            .name("predictions".to_owned())
            .spawn(move || writer.run(&messages))
            .map_err(|error| DatabaseError::of_io(error, path))?;
        Ok(PredictionLog { queue: Some(queue), thread: Some(thread), tally })
    }

    /// Hands over an answer to be written within 50 ms. Never waits: where too many rows wait already, this one is
    /// dropped and counted.
    pub fn record(&self, prediction: Prediction) {
        let message = Message::Row(Box::new(prediction));
        let is_taken = self.queue.as_ref().is_some_and(|queue| queue.try_send(message).is_ok());
        if !is_taken {
            self.tally.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Writes which generation was loaded, or why it was not, and waits for it. Not for the path of a request.
    ///
    /// # Errors
    /// [`DatabaseError`] where it could not be written.
    pub fn record_live(&self, entry: LiveEntry) -> Result<(), DatabaseError> {
        let (answer, written) = sync_channel(1);
        if let Some(queue) = &self.queue {
            let _ = queue.send(Message::Live(entry, answer));
        }
        // The thread ends only when the queue is dropped, which `self` still holds.
        written.recv().unwrap_or(Ok(()))
    }

    /// Waits until everything handed over so far was written, or could not be.
    pub fn flush(&self) {
        let (answer, flushed) = sync_channel(1);
        if self.queue.as_ref().is_some_and(|queue| queue.send(Message::Flush(answer)).is_ok()) {
            let _ = flushed.recv();
        }
    }

    /// What became of the rows so far.
    #[must_use]
    pub fn counts(&self) -> LogCounts {
        let Tally { written, dropped, failed, last_error } = &*self.tally;
        LogCounts {
            written: written.load(Ordering::Relaxed),
            dropped: dropped.load(Ordering::Relaxed),
            failed: failed.load(Ordering::Relaxed),
            last_error: last_error.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// Writes what waits, closes the file, and says what became of all rows.
    #[must_use]
    pub fn close(mut self) -> LogCounts {
        self.end();
        self.counts()
    }

    fn end(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // The thread has no panic of its own; one inside a library has been reported by then.
            let _ = thread.join();
        }
    }
}

impl Drop for PredictionLog {
    fn drop(&mut self) {
        self.end();
    }
}

/// The thread's side.
struct Writer {
    database: Database,
    tally: Arc<Tally>,
    waiting: Vec<Prediction>,
}

impl Writer {
    fn run(mut self, messages: &Receiver<Message>) {
        while let Ok(first) = messages.recv() {
            let deadline = Instant::now() + BATCH_TIME;
            self.take(first);
            while !self.waiting.is_empty() && self.waiting.len() < BATCH_ROWS {
                match messages.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                    Ok(message) => self.take(message),
                    Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
                }
            }
            self.write_waiting();
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Row(prediction) => self.waiting.push(*prediction),
            Message::Live(entry, answer) => {
                self.write_waiting();
                let _ = answer.send(self.database.write(|session| write_live(session, &entry)));
            }
            Message::Flush(answer) => {
                self.write_waiting();
                let _ = answer.send(());
            }
        }
    }

    fn write_waiting(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let rows = std::mem::take(&mut self.waiting);
        let written =
            self.database.write(|session| rows.iter().try_for_each(|row| write_prediction(session, row)));
        let counter = match written {
            Ok(()) => &self.tally.written,
            Err(error) => {
                let text = error.to_string();
                *self.tally.last_error.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
                &self.tally.failed
            }
        };
        counter.fetch_add(rows.len() as u64, Ordering::Relaxed);
    }
}

fn write_prediction(session: &Session<'_>, row: &Prediction) -> Result<(), DatabaseError> {
    let (features, missing) =
        (row.features.to_string(), serde_json::Value::from(row.missing.as_slice()).to_string());
    let parameters = params![
        row.at.millis(),
        row.generation,
        row.version.to_string(),
        row.site,
        row.service,
        row.request_key,
        features,
        missing,
        row.predicted.get(),
        row.latency_us,
    ];
    session.execute(ADD_PREDICTION, parameters).map(|_| ())
}

fn write_live(session: &Session<'_>, entry: &LiveEntry) -> Result<(), DatabaseError> {
    let LiveEntry { at, generation, version, refused } = entry;
    session.execute(ADD_LIVE, (at.millis(), generation, version.to_string(), refused)).map(|_| ())
}
