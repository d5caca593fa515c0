//! Searches over parameters, and every trial of them.

use rusqlite::{Row, params};
use serde::Serialize;
use serde_json::Value;

use super::{Workspace, WorkspaceError};
use crate::base::{Digest, Moment};
use crate::store::sqlite::{moment, parsed};

const ADD_SEARCH: &str = include_str!("sql/add_search.sql");
const SEARCHES: &str = include_str!("sql/searches.sql");
const SEARCH: &str = include_str!("sql/search.sql");
const ADD_TRIAL: &str = include_str!("sql/add_trial.sql");
const TRIALS: &str = include_str!("sql/trials.sql");
const END_SEARCH: &str = include_str!("sql/end_search.sql");

/// A search that begins or goes on.
#[derive(Clone, Debug)]
pub struct NewSearch {
    /// The digest of all that its trials follow from. The same is the same search.
    pub asked: Digest,
    /// The data set.
    pub dataset: Digest,
    /// The id of the family.
    pub family: String,
    /// What was asked, to be read.
    pub document: Value,
    /// When it begins.
    pub created_at: Moment,
}

/// A search that is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// Its number.
    pub id: i64,
    /// The digest of all that its trials follow from.
    pub asked: Digest,
    /// The data set.
    pub dataset: Digest,
    /// The id of the family.
    pub family: String,
    /// When it began.
    pub created_at: Moment,
    /// What was asked, to be read.
    pub document: Value,
    /// The run that it ended with; none where it was stopped before, or that run was removed.
    pub run: Option<i64>,
}

/// A trial on a part of the training time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trial {
    /// 0, 1, 2, …
    pub trial: u32,
    /// How much of the training time it learned from; the last stage is all of it.
    pub stage: u8,
    /// The parameters that were tried; the others had their defaults.
    pub parameters: Value,
    /// The mean absolute error on the validation part, minutes; `None` where no model came of it.
    pub mae: Option<f64>,
    /// The lower end of its 95 % interval; `None` where it is not known.
    pub mae_low: Option<f64>,
    /// The upper end.
    pub mae_high: Option<f64>,
    /// Why none came of it.
    pub failure: Option<String>,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// The sums of its absolute errors on each day of the validation part, minutes; empty where no model came of it.
    #[serde(skip)]
    pub by_day: Vec<f64>,
}

impl Workspace {
    /// The number of the search that asks the same, which is begun where there is none, and the run that it ended with.
    ///
    /// # Errors
    /// [`WorkspaceError::Database`].
    pub fn begin_search(&mut self, new: &NewSearch) -> Result<(i64, Option<i64>), WorkspaceError> {
        self.database.write(|session| {
            let row = params![
                new.asked.to_string(),
                new.dataset.to_string(),
                new.family,
                new.created_at.millis(),
                new.document.to_string(),
            ];
            session.execute(ADD_SEARCH, row)?;
            let found = session.row(SEARCH, [new.asked.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?;
            found.ok_or(WorkspaceError::DatasetUnknown { digest: new.dataset })
        })
    }

    /// Every search, the newest first.
    ///
    /// # Errors
    /// [`WorkspaceError::Database`].
    pub fn searches(&self) -> Result<Vec<Search>, WorkspaceError> {
        self.database.read(|session| Ok(session.rows(SEARCHES, [], read_search)?))
    }

    /// Every trial of a search, in their order.
    ///
    /// # Errors
    /// [`WorkspaceError::Database`].
    pub fn trials(&self, search: i64) -> Result<Vec<Trial>, WorkspaceError> {
        self.database.read(|session| Ok(session.rows(TRIALS, [search], read_trial)?))
    }

    /// Keeps a trial; where another program kept the same meanwhile, that stays.
    ///
    /// # Errors
    /// [`WorkspaceError::Database`].
    pub fn keep_trial(&mut self, search: i64, trial: &Trial) -> Result<(), WorkspaceError> {
        self.database.write(|session| {
            let row = params![
                search,
                trial.trial,
                trial.stage,
                trial.parameters.to_string(),
                trial.mae,
                trial.failure,
                trial.seconds.max(0.0),
                Value::from(trial.by_day.clone()).to_string(),
                trial.mae_low,
                trial.mae_high,
            ];
            session.execute(ADD_TRIAL, row)?;
            Ok(())
        })
    }

    /// Says with which run a search ended.
    ///
    /// # Errors
    /// [`WorkspaceError::Database`].
    pub fn end_search(&mut self, search: i64, run: i64) -> Result<(), WorkspaceError> {
        self.database.write(|session| {
            session.execute(END_SEARCH, params![search, run])?;
            Ok(())
        })
    }
}

fn read_search(row: &Row<'_>) -> rusqlite::Result<Search> {
    Ok(Search {
        id: row.get(0)?,
        asked: parsed(row, 1)?,
        dataset: parsed(row, 2)?,
        family: row.get(3)?,
        created_at: moment(row, 4)?,
        document: parsed(row, 5)?,
        run: row.get(6)?,
    })
}

fn read_trial(row: &Row<'_>) -> rusqlite::Result<Trial> {
    let by_day: Value = parsed(row, 6)?;
    let by_day = by_day.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    Ok(Trial {
        by_day,
        trial: row.get(0)?,
        stage: row.get(1)?,
        parameters: parsed(row, 2)?,
        mae: row.get(3)?,
        failure: row.get(4)?,
        seconds: row.get(5)?,
        mae_low: row.get(7)?,
        mae_high: row.get(8)?,
    })
}
