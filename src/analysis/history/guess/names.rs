//! Names, numbers and words: everything of a visit that is not a moment.

use super::super::mapping::{ChannelSource, Condition, NameSource};
use super::column::Column;
use super::words::{
    ABANDONED, BEFOREHAND, BOOKED, NOT_VISITS, PERSONAL, SERVED, Topic, WALK_IN, holds_any, is_one_of,
};
use super::{Alternative, Draft, Question, SURE, Sample, Why};
use crate::analysis::history::mapping::normal_name;

/// What the values of an outcome column mean.
pub(super) struct Outcomes {
    index: usize,
    column: String,
    served: Vec<String>,
    abandoned: Vec<String>,
    not_visits: Vec<String>,
}

impl Outcomes {
    fn condition(&self, values: &[String]) -> Option<Condition> {
        (!values.is_empty()).then(|| Condition { column: self.column.clone(), values: values.to_vec() })
    }

    pub(super) fn served(&self) -> Option<Condition> {
        self.condition(&self.served)
    }

    pub(super) fn abandoned(&self) -> Option<Condition> {
        self.condition(&self.abandoned)
    }

    pub(super) fn not_visits(&self) -> Option<Condition> {
        self.condition(&self.not_visits)
    }

    pub(super) fn is_abandoned(&self, columns: &[Column<'_>], row: usize) -> bool {
        let cell = columns.get(self.index).and_then(|column| column.cells.get(row));
        cell.is_some_and(|cell| self.abandoned.iter().any(|value| value == cell))
    }
}

/// The column that says how visits ended, if there is one.
pub(super) fn outcome(columns: &[Column<'_>], draft: &mut Draft) -> Option<Outcomes> {
    let known = |column: &Column<'_>| {
        let rows = column
            .distinct
            .iter()
            .filter(|(cell, _)| [SERVED, ABANDONED].iter().any(|list| is_one_of(&normal_name(cell), list)));
        rows.map(|(_, rows)| rows).sum::<usize>() as f64 / column.filled.max(1) as f64
    };
    let candidates = columns.iter().filter(|column| (1..=12).contains(&column.distinct.len()));
    let (column, sure, share) = candidates
        .map(|column| (column, column.score(Topic::Outcome), known(column)))
        .filter(|(_, named, share)| *share > if *named > 0.5 { 0.2 } else { 0.9 })
        .max_by(|a, b| (a.1 + a.2).total_cmp(&(b.1 + b.2)))?;
    let mut outcomes = Outcomes {
        index: column.index,
        column: column.name.to_owned(),
        served: Vec::new(),
        abandoned: Vec::new(),
        not_visits: Vec::new(),
    };
    let mut unknown = Vec::new();
    let mut values: Vec<&str> = column.distinct.keys().copied().collect();
    values.sort_unstable();
    for value in values {
        let normal = normal_name(value);
        let list = match normal.as_str() {
            word if is_one_of(word, SERVED) => &mut outcomes.served,
            word if is_one_of(word, ABANDONED) => &mut outcomes.abandoned,
            word if is_one_of(word, NOT_VISITS) => &mut outcomes.not_visits,
            _ => &mut unknown,
        };
        list.push(value.to_owned());
    }
    if !unknown.is_empty() {
        draft.questions.push(Question::Outcome { column: column.name.to_owned(), values: unknown });
    }
    draft.taken.push(column.index);
    draft.field("outcome", &[column], sure.max(share), &[Why::Name, Why::Values], Vec::new());
    Some(outcomes)
}

/// The category column that is most likely `topic`.
fn category<'c, 'a>(columns: &'c [Column<'a>], topic: Topic, draft: &Draft) -> Vec<(&'c Column<'a>, f64)> {
    let letters = |column: &Column<'_>| column.numbers.is_none();
    let mut found: Vec<(&Column<'_>, f64)> = columns
        .iter()
        .filter(|column| !draft.is_taken(column.index) && column.is_category() && column.coverage() > 0.9)
        .filter(|column| !holds_any(&column.normal, BEFOREHAND))
        .filter(|column| ![Topic::Wait, Topic::ServiceLength].iter().any(|topic| column.score(*topic) > 0.85))
        .map(|column| (column, column.score(topic) * if letters(column) { 1.0 } else { 0.8 }))
        .filter(|(_, sure)| *sure > 0.4)
        .collect();
    found.sort_by(|a, b| b.1.total_cmp(&a.1));
    found
}

fn name(
    field: &'static str,
    topic: Topic,
    sample: &Sample<'_>,
    columns: &[Column<'_>],
    draft: &mut Draft,
) -> NameSource {
    let found = category(columns, topic, draft);
    let Some((column, sure)) = found.first() else {
        draft.field(field, &[], 0.6, &[Why::FileName], Vec::new());
        return NameSource::Value(sample.name.to_owned());
    };
    let others = found.iter().skip(1).take(3);
    let alternatives: Vec<Alternative> = others
        .map(|(column, sure)| Alternative { columns: vec![column.name.to_owned()], confidence: *sure })
        .collect();
    if *sure < SURE {
        let likeliest = found.iter().take(3).map(|(column, _)| column.name.to_owned()).collect();
        draft.questions.push(Question::Unsure { field, columns: likeliest });
    }
    let source = NameSource::Column(column.name.to_owned());
    draft.field(field, &[column], *sure, &[Why::Name, Why::Values], alternatives);
    source
}

/// Where the service comes from.
pub(super) fn service(sample: &Sample<'_>, columns: &[Column<'_>], draft: &mut Draft) -> NameSource {
    name("service", Topic::Service, sample, columns, draft)
}

/// Where the site comes from.
pub(super) fn site(sample: &Sample<'_>, columns: &[Column<'_>], draft: &mut Draft) -> NameSource {
    name("site", Topic::Site, sample, columns, draft)
}

/// The columns that identify a visit: one that no two rows share, or two that no two rows share together.
pub(super) fn visit_id(columns: &[Column<'_>], draft: &mut Draft) -> Vec<String> {
    let mut named: Vec<(&Column<'_>, f64)> = columns
        .iter()
        .filter(|column| !draft.is_taken(column.index) && !holds_any(&column.normal, PERSONAL))
        .filter(|column| column.filled == column.cells.len() && column.distinct.len() > 1)
        .map(|column| (column, column.score(Topic::VisitId)))
        .filter(|(_, sure)| *sure >= 0.4)
        .collect();
    named.sort_by(|a, b| b.1.total_cmp(&a.1));
    if let Some((column, sure)) = named.iter().find(|(column, _)| column.is_unique()) {
        let id = column.name.to_owned();
        draft.field("visit_id", &[column], *sure, &[Why::Name, Why::Unique], Vec::new());
        return vec![id];
    }
    for (place, (first, sure)) in named.iter().enumerate() {
        for (second, _) in named.iter().skip(place + 1) {
            let pairs: std::collections::HashSet<(&str, &str)> =
                first.cells.iter().copied().zip(second.cells.iter().copied()).collect();
            if pairs.len() == first.cells.len() {
                let mut both = [*first, *second];
                both.sort_by_key(|column| column.index);
                let ids = both.iter().map(|column| column.name.to_owned()).collect();
                draft.field("visit_id", &both, sure * 0.9, &[Why::Name, Why::Unique], Vec::new());
                return ids;
            }
        }
    }
    Vec::new()
}

/// A small whole number.
pub(super) fn priority(columns: &[Column<'_>], draft: &mut Draft) -> Option<String> {
    let (column, sure) = counted(columns, Topic::Priority, 255, draft)?;
    if column.distinct.len() > 20 {
        return None;
    }
    draft.field("priority", &[column], sure, &[Why::Name, Why::Values], Vec::new());
    Some(column.name.to_owned())
}

/// A count at the arrival.
pub(super) fn count(
    columns: &[Column<'_>],
    topic: Topic,
    field: &'static str,
    draft: &mut Draft,
) -> Option<String> {
    let (column, sure) = counted(columns, topic, 10_000, draft)?;
    draft.field(field, &[column], sure, &[Why::Name, Why::Values], Vec::new());
    Some(column.name.to_owned())
}

fn counted<'c, 'a>(
    columns: &'c [Column<'a>],
    topic: Topic,
    most: u32,
    draft: &Draft,
) -> Option<(&'c Column<'a>, f64)> {
    columns
        .iter()
        .filter(|column| !draft.is_taken(column.index))
        .map(|column| (column, column.score(topic)))
        .filter(|(column, sure)| *sure > 0.6 && column.is_count(most))
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

/// The channel, where its words are known.
pub(super) fn channel(columns: &[Column<'_>], draft: &mut Draft) -> Option<ChannelSource> {
    let named = |column: &Column<'_>, words: &str| -> Vec<String> {
        let mut values: Vec<String> = column
            .distinct
            .keys()
            .filter(|cell| is_one_of(&normal_name(cell), words))
            .map(|cell| (*cell).to_owned())
            .collect();
        values.sort_unstable();
        values
    };
    let candidates = columns.iter().filter(|column| !draft.is_taken(column.index) && column.distinct.len() <= 20);
    let (column, walk_in, booked, sure) = candidates
        .filter_map(|column| {
            let (walk_in, booked) = (named(column, WALK_IN), named(column, BOOKED));
            let known = walk_in.len() + booked.len();
            let score = column.score(Topic::Channel);
            let both = !walk_in.is_empty() && !booked.is_empty() && known == column.distinct.len();
            // Letters alone are words of many things.
            let spelt = walk_in.iter().chain(&booked).all(|value| value.chars().count() > 1);
            (known > 0 && (score > 0.5 || both && spelt)).then_some((column, walk_in, booked, score.max(0.7)))
        })
        .max_by(|a, b| a.3.total_cmp(&b.3))?;
    draft.field("channel", &[column], sure, &[Why::Name, Why::Values], Vec::new());
    Some(ChannelSource { column: column.name.to_owned(), walk_in, booked })
}
