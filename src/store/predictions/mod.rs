//! What the serving side said, in `predictions.db`: one row an answer, and which generation was loaded when.
//!
//! [`PredictionLog`] is the serving side's pen; [`Predictions`] is for everybody else and only reads. It does not
//! know what a feature means. The invariant: logging never holds up an answer; what could not be logged is counted.

mod log;

use std::path::Path;

use rusqlite::Row;
use serde::Serialize;

use crate::base::{Minutes, Moment, Version};
use crate::store::sqlite::{Access, Database, DatabaseError, Durability, Schema, moment, parsed};

pub use log::{LogCounts, PredictionLog};

/// "NBTP".
const SCHEMA: Schema = Schema {
    application_id: 0x4E42_5450,
    migrations: &[include_str!("sql/0001_predictions.sql")],
    durability: Durability::ProgramEnd,
};

const LAST_PREDICTION: &str = include_str!("sql/last_prediction.sql");
const IN_ORDER: &str = include_str!("sql/predictions_in_order.sql");
const COUNTS: &str = include_str!("sql/counts.sql");
const LIVE_LOG: &str = include_str!("sql/live_log.sql");

/// One answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Prediction {
    /// When it was given.
    pub at: Moment,
    /// The generation that gave it.
    pub generation: i64,
    /// The version that gave it.
    pub version: Version,
    /// Where.
    pub site: String,
    /// What for.
    pub service: String,
    /// What the caller calls the visit.
    pub request_key: Option<String>,
    /// The features as the model saw them, by name.
    pub features: serde_json::Value,
    /// The features that were not known.
    pub missing: Vec<String>,
    /// The wait that was predicted.
    pub predicted: Minutes,
    /// Time taken to answer, in microseconds.
    pub latency_us: u32,
}

/// An attempt to load a generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LiveEntry {
    /// When.
    pub at: Moment,
    /// The generation.
    pub generation: i64,
    /// Its version.
    pub version: Version,
    /// Why it was not loaded; `None` where it was.
    pub refused: Option<String>,
}

/// How many answers a version gave in a generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PredictionCount {
    /// The generation.
    pub generation: i64,
    /// The version.
    pub version: Version,
    /// Its answers.
    pub predictions: i64,
}

/// The log, for reading.
#[derive(Debug)]
pub struct Predictions {
    database: Database,
}

impl Predictions {
    /// Opens the log at `path`, which must be there already.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn open(path: &Path) -> Result<Predictions, DatabaseError> {
        Ok(Predictions { database: Database::open_existing(path, &SCHEMA, Access::Read)? })
    }

    /// The last answer.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn last(&self) -> Result<Option<Prediction>, DatabaseError> {
        self.database.read(|session| session.row(LAST_PREDICTION, [], read_prediction))
    }

    /// Hands each answer to `take`, the oldest first, all of one state of the log, until `take` says `false`. None is kept here.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn each(&self, mut take: impl FnMut(Prediction) -> bool) -> Result<(), DatabaseError> {
        let mut go_on = true;
        let hand_over = |row: &Row<'_>| {
            if go_on {
                go_on = take(read_prediction(row)?);
            }
            Ok(())
        };
        self.database.read(|session| session.rows(IN_ORDER, [], hand_over)).map(|_: Vec<()>| ())
    }

    /// Answers by generation, the oldest first.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn counts(&self) -> Result<Vec<PredictionCount>, DatabaseError> {
        let read = |row: &Row<'_>| {
            Ok(PredictionCount { generation: row.get(0)?, version: parsed(row, 1)?, predictions: row.get(2)? })
        };
        self.database.read(|session| session.rows(COUNTS, [], read))
    }

    /// The newest `limit` attempts to load a generation, the newest first.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn live_log(&self, limit: u32) -> Result<Vec<LiveEntry>, DatabaseError> {
        let read = |row: &Row<'_>| {
            Ok(LiveEntry {
                at: moment(row, 0)?,
                generation: row.get(1)?,
                version: parsed(row, 2)?,
                refused: row.get(3)?,
            })
        };
        self.database.read(|session| session.rows(LIVE_LOG, [limit], read))
    }

    /// A number that is different after the serving side has written; takes about 10 µs.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn data_version(&self) -> Result<i64, DatabaseError> {
        self.database.data_version()
    }
}

fn read_prediction(row: &Row<'_>) -> rusqlite::Result<Prediction> {
    let minutes: f64 = row.get(8)?;
    let out_of_range = rusqlite::Error::InvalidColumnType(8, "minutes".to_owned(), rusqlite::types::Type::Real);
    let missing: serde_json::Value = parsed(row, 7)?;
    let names = missing.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned));
    Ok(Prediction {
        at: moment(row, 0)?,
        generation: row.get(1)?,
        version: parsed(row, 2)?,
        site: row.get(3)?,
        service: row.get(4)?,
        request_key: row.get(5)?,
        features: parsed(row, 6)?,
        missing: names.collect(),
        predicted: Minutes::new(minutes).ok_or(out_of_range)?,
        latency_us: row.get(9)?,
    })
}

#[cfg(test)]
mod tests;
