//! A mapping guessed from the names and the cells of a source's columns, with how sure it is and why.
//!
//! Nothing is imported by a guess that leaves a question open ([`Guess::is_sure`]): what cannot be decided from names,
//! values and the order of moments is asked. The guess is a function of the sample; it reads no file and no clock.

mod choose;
mod column;
mod names;
mod points;
mod rest;
#[cfg(test)]
mod tests;
mod words;

use serde::Serialize;

use crate::base::Moment;

use super::checks::Check;
use super::mapping::{Mapping, VisitMapping};
use super::plan::Plan;
use column::Column;
pub(in crate::analysis::history) use rest::value;

/// The first rows of a source and some later ones.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// The names of the columns.
    pub columns: &'a [String],
    /// The cells of each row.
    pub rows: &'a [Vec<&'a str>],
    /// What the file is called, without its ending; the name of the site where no column has one.
    pub name: &'a str,
    /// The time of the guess: a moment years after it is a mistake.
    pub now: Moment,
    /// Columns, by number, that must not become extra columns: personal data, or known only after the arrival.
    pub barred: &'a [usize],
}

/// A guessed mapping.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Guess {
    /// The mapping; `None` where no column can be the arrival.
    pub mapping: Option<Mapping>,
    /// Where each canonical column comes from.
    pub fields: Vec<FieldGuess>,
    /// What has to be answered before the mapping can be relied on.
    pub questions: Vec<Question>,
    /// Columns that the mapping does not use.
    pub left_out: Vec<String>,
}

/// Where one canonical column comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldGuess {
    /// The canonical column, as the mapping calls it.
    pub field: &'static str,
    /// The source columns.
    pub columns: Vec<String>,
    /// How sure, 0–1.
    pub confidence: f64,
    /// What speaks for it.
    pub why: Vec<Why>,
    /// What else it could be, the likeliest first.
    pub alternatives: Vec<Alternative>,
    /// Cells of some rows, and what becomes of them.
    pub samples: Vec<Reading>,
}

/// Other source columns for a canonical column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alternative {
    /// The source columns.
    pub columns: Vec<String>,
    /// How sure, 0–1.
    pub confidence: f64,
}

/// Cells of a row, and what the mapping makes of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// The cells as they stand, with ` · ` between them.
    pub raw: String,
    /// The value; `None` where there is none.
    pub read: Option<String>,
}

/// What speaks for a column. `guess.why_ID` is the sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Its name.
    Name,
    /// How its cells look.
    Values,
    /// Its place in the order of the moments.
    Order,
    /// It and a length of time give another moment.
    Sum,
    /// No two rows hold the same.
    Unique,
    /// No column says it: the name of the file does.
    FileName,
}

impl Why {
    /// The name in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Why::Name => "name",
            Why::Values => "values",
            Why::Order => "order",
            Why::Sum => "sum",
            Why::Unique => "unique",
            Why::FileName => "file_name",
        }
    }
}

/// What a person has to decide. `guess.question_ID` is the question, `guess.asked_ID` what it is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Question {
    /// No column can be the arrival.
    NoArrival,
    /// A canonical column may as well come from elsewhere.
    Unsure {
        /// The canonical column.
        field: &'static str,
        /// The likeliest source columns, the first one taken.
        columns: Vec<String>,
    },
    /// The day and the month can be told apart by no row.
    DayOrMonth {
        /// The source column.
        column: String,
        /// One of its cells.
        example: String,
    },
    /// The unit of a length of time is unknown, or gives absurd lengths.
    Unit {
        /// The source column.
        column: String,
        /// The unit that was taken.
        unit: &'static str,
        /// The median of the lengths in that unit, in seconds.
        median_seconds: f64,
    },
    /// Values of the outcome that say neither that a visit was served nor that it was given up.
    Outcome {
        /// The source column.
        column: String,
        /// The values.
        values: Vec<String>,
    },
    /// Many rows of the sample could not be read.
    FewRead {
        /// Rows that were read.
        read: usize,
        /// Rows of the sample.
        rows: usize,
        /// The check that most of the others failed.
        check: Check,
    },
}

impl Question {
    /// The name in files.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Question::NoArrival => "no_arrival",
            Question::Unsure { .. } => "unsure",
            Question::DayOrMonth { .. } => "day_or_month",
            Question::Unit { .. } => "unit",
            Question::Outcome { .. } => "outcome",
            Question::FewRead { .. } => "few_read",
        }
    }

    /// The source columns that it is about.
    #[must_use]
    pub fn columns(&self) -> String {
        match self {
            Question::NoArrival | Question::FewRead { .. } => String::new(),
            Question::Unsure { columns, .. } => columns.join(", "),
            Question::DayOrMonth { column, .. }
            | Question::Unit { column, .. }
            | Question::Outcome { column, .. } => column.clone(),
        }
    }

    /// The values of the question's placeholders; one that starts with `@` is a key of the string catalogue.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            Question::NoArrival => Vec::new(),
            Question::Unsure { field, columns } => {
                vec![("field", (*field).to_owned()), ("columns", columns.join(", "))]
            }
            Question::DayOrMonth { column, example } => {
                vec![("column", column.clone()), ("example", example.clone())]
            }
            Question::Unit { column, unit, median_seconds } => vec![
                ("column", column.clone()),
                ("unit", format!("@guess.unit_{unit}")),
                ("median", format!("{median_seconds:.1}")),
            ],
            Question::Outcome { column, values } => {
                vec![("column", column.clone()), ("values", values.join(", "))]
            }
            Question::FewRead { read, rows, check } => {
                vec![
                    ("read", read.to_string()),
                    ("rows", rows.to_string()),
                    ("check", format!("@check.{}", check.id())),
                ]
            }
        }
    }
}

/// Below it, a required column is asked about.
const SURE: f64 = 0.5;
/// Beyond so many rows, further ones say nothing new.
const MOST_CELLS: usize = 400_000;
/// At most so many readings are shown for a canonical column.
const MOST_READINGS: usize = 4;

impl Guess {
    /// Whether the mapping can be used without asking.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.mapping.is_some() && self.questions.is_empty()
    }
}

/// Guesses the mapping of a source.
#[must_use]
pub fn guess(sample: &Sample<'_>) -> Guess {
    let rows = (MOST_CELLS / sample.columns.len().max(1)).max(50).min(sample.rows.len());
    let sample = Sample { rows: &sample.rows[..rows], ..*sample };
    let columns: Vec<Column<'_>> = (0..sample.columns.len()).map(|index| Column::of(&sample, index)).collect();
    let mut draft = Draft::default();
    let outcome = names::outcome(&columns, &mut draft);
    let Some(moments) = choose::moments(&sample, &columns, outcome.as_ref(), &mut draft) else {
        draft.questions.push(Question::NoArrival);
        let left_out = sample.columns.to_vec();
        return Guess { mapping: None, fields: draft.fields, questions: draft.questions, left_out };
    };
    let service = names::service(&sample, &columns, &mut draft);
    let site = names::site(&sample, &columns, &mut draft);
    let visit = VisitMapping {
        visit_id: names::visit_id(&columns, &mut draft),
        site,
        service,
        arrived: moments.arrived,
        called: moments.called,
        finished: moments.finished,
        left: moments.left,
        priority: names::priority(&columns, &mut draft),
        channel: names::channel(&columns, &mut draft),
        booked_for: moments.booked_for,
        open_counters: names::count(&columns, words::Topic::OpenCounters, "open_counters", &mut draft),
        people_ahead: names::count(&columns, words::Topic::PeopleAhead, "people_ahead", &mut draft),
        stated_wait: moments.stated_wait,
    };
    let mut mapping = Mapping::of(visit);
    mapping.not_visits = outcome.iter().filter_map(names::Outcomes::not_visits).collect();
    mapping.missing = rest::missing(&sample);
    mapping.missing_in = draft.empty.clone();
    mapping.extras = rest::extras(&sample, &columns, &draft);
    rest::read_sample(&sample, &mapping, &mut draft);
    let used = mapping.columns();
    let left_out = sample.columns.iter().filter(|name| !used.contains(&name.as_str())).cloned().collect();
    Guess { mapping: Some(mapping), fields: draft.fields, questions: draft.questions, left_out }
}

/// What was found so far.
#[derive(Default)]
struct Draft {
    /// Columns that have a meaning already, by number.
    taken: Vec<usize>,
    fields: Vec<FieldGuess>,
    questions: Vec<Question>,
    /// What columns write for "nothing".
    empty: std::collections::BTreeMap<String, Vec<String>>,
}

impl Draft {
    fn is_taken(&self, index: usize) -> bool {
        self.taken.contains(&index)
    }

    /// Notes where `field` comes from.
    fn field(
        &mut self,
        field: &'static str,
        columns: &[&Column<'_>],
        confidence: f64,
        why: &[Why],
        alternatives: Vec<Alternative>,
    ) {
        self.taken.extend(columns.iter().map(|column| column.index));
        self.fields.push(FieldGuess {
            field,
            columns: columns.iter().map(|column| column.name.to_owned()).collect(),
            confidence: confidence.clamp(0.0, 1.0),
            why: why.to_vec(),
            alternatives,
            samples: Vec::new(),
        });
    }
}
