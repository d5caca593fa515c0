//! Predictions that were made elsewhere: rows of a visit id and minutes, held against the visits of a history.
//!
//! Nothing that the file says is trusted. A row counts where its id is that of exactly one visit and stands in the file once,
//! and where its minutes lie between zero and a day; every other row is counted with its reason and the first line where it
//! came up. Memory grows with the history, not with the file. Which visits are then compared is not decided here.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::analysis::history::{
    LONGEST_STAY, SourceError, SourceOptions, SourceRow, Visits, decimal_number, one_spelling, open,
};
use crate::base::explain::Failure;
use crate::base::{Cancelled, Explain, Task};

/// Rows that are read at most.
pub const MOST_PREDICTIONS: u64 = 20_000_000;
/// What the column of the ids may be called, in small letters.
const ID_NAMES: &[&str] = &["visit_id", "id", "visit", "visitid", "شناسه", "شناسه بازدید", "شناسهٔ بازدید"];
/// What the column of the minutes may be called.
const MINUTES_NAMES: &[&str] = &[
    "minutes",
    "predicted_minutes",
    "prediction_minutes",
    "predicted",
    "prediction",
    "predicted_wait",
    "wait_minutes",
    "دقیقه",
    "پیش‌بینی",
    "پیش بینی",
];

/// Why a row is no prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PredictionFlaw {
    /// The row cannot be taken apart.
    Broken,
    /// There is no id.
    NoId,
    /// No visit of the data set has this id.
    UnknownId,
    /// Several visits of the data set have this id.
    AmbiguousId,
    /// The id stands in the file more than once; none of its rows counts.
    GivenTwice,
    /// There are no minutes, or what stands there is not a finite number.
    NotANumber,
    /// Below zero.
    Negative,
    /// More than a day.
    Absurd,
}

/// How often a flaw came up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlawCount {
    /// The flaw.
    pub flaw: PredictionFlaw,
    /// Rows.
    pub n: u64,
    /// The line of the first, from 1.
    pub line: u64,
}

/// What became of each row of a file: `rows = used +` the sum of the flaws.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PredictionAccount {
    /// The name of the file, without the folder.
    pub file: String,
    /// Rows, without the header.
    pub rows: u64,
    /// Rows that are predictions of visits.
    pub used: u64,
    /// The others.
    pub flaws: Vec<FlawCount>,
}

/// Predictions of the visits of a history.
#[derive(Clone, Debug, PartialEq)]
pub struct Predictions {
    /// Minutes, a value a visit; NaN where there is none.
    pub minutes: Vec<f64>,
    /// What became of the rows.
    pub account: PredictionAccount,
}

/// Why a file holds no predictions.
#[derive(Debug, thiserror::Error)]
pub enum PredictionsError {
    /// It is not a table.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Which columns hold the ids and the minutes, nobody can tell.
    #[error("which column is the visit id and which the minutes is not clear among {}: {}", found.join(", "), path.display())]
    Columns {
        /// The columns.
        found: Vec<String>,
        /// The file.
        path: PathBuf,
    },
    /// No row is a prediction of a visit.
    #[error("none of the {rows} rows is a prediction of a visit of this data set: {}", path.display())]
    None {
        /// Rows.
        rows: u64,
        /// What is the matter with most of them.
        flaw: PredictionFlaw,
        /// The file.
        path: PathBuf,
    },
    /// More rows than are read.
    #[error("has more than {MOST_PREDICTIONS} rows: {}", path.display())]
    TooMany {
        /// The file.
        path: PathBuf,
    },
    /// Asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl PredictionFlaw {
    /// The name in files, and the end of its key in the string catalogue: `prediction_flaw.no_id`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            PredictionFlaw::Broken => "broken",
            PredictionFlaw::NoId => "no_id",
            PredictionFlaw::UnknownId => "unknown_id",
            PredictionFlaw::AmbiguousId => "ambiguous_id",
            PredictionFlaw::GivenTwice => "given_twice",
            PredictionFlaw::NotANumber => "not_a_number",
            PredictionFlaw::Negative => "negative",
            PredictionFlaw::Absurd => "absurd",
        }
    }
}

impl Explain for PredictionsError {
    fn key(&self) -> &'static str {
        match self {
            PredictionsError::Source(error) => error.key(),
            PredictionsError::Columns { .. } => "predictions_columns",
            PredictionsError::None { .. } => "predictions_none",
            PredictionsError::TooMany { .. } => "predictions_many",
            PredictionsError::Cancelled(_) => "cancelled",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            PredictionsError::Source(error) => error.fields(),
            PredictionsError::Columns { found, path } => {
                vec![("found", found.join(", ")), ("path", path.display().to_string())]
            }
            PredictionsError::None { rows, flaw, path } => vec![
                ("rows", rows.to_string()),
                ("flaw", format!("@prediction_flaw.{}", flaw.id())),
                ("path", path.display().to_string()),
            ],
            PredictionsError::TooMany { path } => {
                vec![("most", MOST_PREDICTIONS.to_string()), ("path", path.display().to_string())]
            }
            PredictionsError::Cancelled(_) => Vec::new(),
        }
    }

    fn failure(&self) -> Failure {
        match self {
            PredictionsError::Source(error) => error.failure(),
            PredictionsError::Cancelled(_) => Failure::Cancelled,
            PredictionsError::Columns { .. } | PredictionsError::TooMany { .. } => Failure::Usage,
            PredictionsError::None { .. } => Failure::Failed,
        }
    }
}

/// Reads the predictions in the file at `path` for `visits`: CSV and every other form that an import reads. Columns are found by
/// their names, or are the two there are, ids first.
///
/// # Errors
/// [`PredictionsError`].
pub fn read_predictions(path: &Path, visits: &Visits, task: &Task) -> Result<Predictions, PredictionsError> {
    let mut source = open(&[path.to_owned()], &SourceOptions::default())?;
    let [id, minutes] = columns(source.columns())
        .ok_or_else(|| PredictionsError::Columns { found: source.columns().to_vec(), path: path.to_owned() })?;
    let mut reading = Reading {
        of_id: rows_of_ids(visits),
        states: vec![State::Empty; visits.len()],
        flaws: BTreeMap::new(),
        rows: 0,
    };
    let total = source.total_bytes();
    while let Some(block) = source.next_block()? {
        task.report("stage.reading", source.done_bytes(), total)?;
        let too_many = || PredictionsError::TooMany { path: path.to_owned() };
        block.for_each_row(&mut |row: &SourceRow<'_>| {
            reading.take(row, id, minutes);
            if reading.rows > MOST_PREDICTIONS { Err(too_many()) } else { Ok(()) }
        })?;
    }
    reading.finish(path)
}

/// The places of the ids and the minutes.
fn columns(names: &[String]) -> Option<[usize; 2]> {
    let named = |known: &[&str]| {
        known.iter().find_map(|wanted| {
            names.iter().position(|name| one_spelling(name).trim().to_lowercase() == one_spelling(wanted).as_ref())
        })
    };
    match (named(ID_NAMES), named(MINUTES_NAMES), names.len()) {
        (Some(id), Some(minutes), _) if id != minutes => Some([id, minutes]),
        (Some(id), None, 2) => Some([id, 1 - id]),
        (None, Some(minutes), 2) => Some([1 - minutes, minutes]),
        (None, None, 2) => Some([0, 1]),
        _ => None,
    }
}

/// The row of each id; `u32::MAX` where several visits have it.
fn rows_of_ids(visits: &Visits) -> HashMap<&str, u32> {
    let mut rows = HashMap::with_capacity(visits.len());
    for (row, id) in visits.visit_id.iter().enumerate() {
        let Some(id) = id else { continue };
        rows.entry(id).and_modify(|row| *row = u32::MAX).or_insert(row as u32);
    }
    rows
}

/// What is known of a visit.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Empty,
    /// A row with its line said something: minutes, or what is wrong with them.
    Given {
        minutes: Result<f64, PredictionFlaw>,
        line: u64,
    },
    /// Several rows said something.
    Twice,
}

struct Reading<'v> {
    of_id: HashMap<&'v str, u32>,
    states: Vec<State>,
    flaws: BTreeMap<PredictionFlaw, FlawCount>,
    rows: u64,
}

impl Reading<'_> {
    fn take(&mut self, row: &SourceRow<'_>, id: usize, minutes: usize) {
        self.rows += 1;
        if row.broken.is_some() {
            return self.count(PredictionFlaw::Broken, row.line);
        }
        let cell = |place: usize| row.cells.get(place).map(|cell| cell.trim()).unwrap_or_default();
        if cell(id).is_empty() {
            return self.count(PredictionFlaw::NoId, row.line);
        }
        let place = match self.of_id.get(cell(id)) {
            None => return self.count(PredictionFlaw::UnknownId, row.line),
            Some(&u32::MAX) => return self.count(PredictionFlaw::AmbiguousId, row.line),
            Some(place) => *place as usize,
        };
        let Some(state) = self.states.get(place).copied() else { return };
        let next = match state {
            State::Empty => State::Given { minutes: checked(cell(minutes)), line: row.line },
            State::Given { line, .. } => {
                self.count(PredictionFlaw::GivenTwice, line);
                self.count(PredictionFlaw::GivenTwice, row.line);
                State::Twice
            }
            State::Twice => {
                self.count(PredictionFlaw::GivenTwice, row.line);
                State::Twice
            }
        };
        if let Some(state) = self.states.get_mut(place) {
            *state = next;
        }
    }

    fn count(&mut self, flaw: PredictionFlaw, line: u64) {
        let found = self.flaws.entry(flaw).or_insert(FlawCount { flaw, n: 0, line });
        found.n += 1;
        found.line = found.line.min(line);
    }

    fn finish(mut self, path: &Path) -> Result<Predictions, PredictionsError> {
        let mut used = 0;
        let states = std::mem::take(&mut self.states);
        let minutes = states
            .into_iter()
            .map(|state| match state {
                State::Given { minutes: Ok(minutes), .. } => {
                    used += 1;
                    minutes
                }
                State::Given { minutes: Err(flaw), line } => {
                    self.count(flaw, line);
                    f64::NAN
                }
                State::Empty | State::Twice => f64::NAN,
            })
            .collect();
        let most = self.flaws.values().max_by_key(|flaw| flaw.n);
        if let (0, Some(most)) = (used, most) {
            return Err(PredictionsError::None { rows: self.rows, flaw: most.flaw, path: path.to_owned() });
        }
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let account = PredictionAccount { file, rows: self.rows, used, flaws: self.flaws.into_values().collect() };
        Ok(Predictions { minutes, account })
    }
}

/// The minutes of a cell.
fn checked(cell: &str) -> Result<f64, PredictionFlaw> {
    match decimal_number(cell) {
        None => Err(PredictionFlaw::NotANumber),
        Some(minutes) if minutes < 0.0 => Err(PredictionFlaw::Negative),
        Some(minutes) if minutes > LONGEST_STAY.get() => Err(PredictionFlaw::Absurd),
        Some(minutes) => Ok(minutes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::history::Visit;
    use crate::base::Moment;

    fn visits(ids: &[&str]) -> Visits {
        let visit = |(place, id): (usize, &&str)| Visit {
            visit_id: (*id).to_owned(),
            site: "a".to_owned(),
            service: "x".to_owned(),
            arrived: Moment::from_seconds(place as i64 * 60).unwrap(),
            called: None,
            finished: None,
            left: None,
            priority: None,
            channel: None,
            booked_for: None,
            open_counters: None,
            people_ahead: None,
        };
        ids.iter().enumerate().map(visit).collect()
    }

    fn read(text: &str, ids: &[&str]) -> Result<Predictions, PredictionsError> {
        let file = tempfile::NamedTempFile::with_suffix(".csv").unwrap();
        std::fs::write(file.path(), text).unwrap();
        read_predictions(file.path(), &visits(ids), &Task::default())
    }

    #[test]
    fn every_row_is_used_or_has_a_flaw() {
        let text = "visit_id,when,minutes\na,1,5.5\nb,1,\nc,1,-1\nd,1,1441\ne,1,3\ne,1,3\ne,1,4\nz,1,3\n,1,3\nf,1,NaN\ng,1,۱۲٫۵\ntwin,1,4\nh,1,inf\n";
        let ids = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "twin", "twin"];
        let found = read(text, &ids).unwrap();
        assert_eq!(found.minutes[0], 5.5);
        assert_eq!(found.minutes[6], 12.5);
        assert_eq!(found.minutes.iter().filter(|minutes| minutes.is_nan()).count(), 9);
        let account = &found.account;
        assert_eq!((account.rows, account.used), (13, 2));
        let count =
            |flaw| account.flaws.iter().find(|count| count.flaw == flaw).map(|count| (count.n, count.line));
        assert_eq!(count(PredictionFlaw::NotANumber), Some((3, 3)));
        assert_eq!(count(PredictionFlaw::Negative), Some((1, 4)));
        assert_eq!(count(PredictionFlaw::Absurd), Some((1, 5)));
        assert_eq!(count(PredictionFlaw::GivenTwice), Some((3, 6)));
        assert_eq!(count(PredictionFlaw::UnknownId), Some((1, 9)));
        assert_eq!(count(PredictionFlaw::NoId), Some((1, 10)));
        assert_eq!(count(PredictionFlaw::AmbiguousId), Some((1, 13)));
        assert_eq!(account.rows, account.used + account.flaws.iter().map(|flaw| flaw.n).sum::<u64>());
    }

    #[test]
    fn columns_are_found_by_name_or_by_order() {
        for text in ["a,5\nb,6\n", "minutes;id\n5;a\n6;b\n", "what\thow\na\t5\nb\t6\n", "شناسه,دقیقه\na,۵\nb,۶\n"]
        {
            let found = read(text, &["a", "b"]).unwrap();
            assert_eq!(found.minutes, [5.0, 6.0], "{text}");
        }
        let unclear = read("one,two,three\na,5,6\n", &["a"]).unwrap_err();
        assert_eq!((unclear.key(), unclear.failure()), ("predictions_columns", Failure::Usage));
    }

    #[test]
    fn files_without_a_prediction_are_refused_and_say_why() {
        let none = read("visit_id,minutes\nx,5\ny,6\na,-4\n", &["a"]).unwrap_err();
        assert!(matches!(none, PredictionsError::None { rows: 3, flaw: PredictionFlaw::UnknownId, .. }), "{none}");
        assert_eq!(read("", &["a"]).unwrap_err().key(), "source_empty");
        assert_eq!(read("visit_id,minutes\n", &["a"]).unwrap_err().key(), "source_empty");
        let missing = read_predictions(Path::new("/nowhere/at/all.csv"), &visits(&["a"]), &Task::default());
        assert_eq!(missing.unwrap_err().key(), "source_missing");
    }
}
