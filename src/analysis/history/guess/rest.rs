//! What is left: words for nothing, extra columns, and the proof by reading the sample.

use std::collections::{BTreeMap, BTreeSet};

use super::super::checks::Check;
use super::super::mapping::{Mapping, SpanUnit};
use super::super::row::RowVisit;
use super::column::{Column, is_nothing};
use super::words::{BEFOREHAND, PERSONAL, Topic, holds_any};
use super::{Draft, MOST_READINGS, Plan, Question, Reading, Sample};

/// The words for "nothing" that the sample holds.
pub(super) fn missing(sample: &Sample<'_>) -> Vec<String> {
    let cells = sample.rows.iter().flatten().map(|cell| cell.trim());
    let words: BTreeSet<&str> = cells.filter(|cell| !cell.is_empty() && is_nothing(cell)).collect();
    words.into_iter().map(str::to_owned).collect()
}

/// Further columns that are known at the arrival: what was published beforehand, and what stands before the arrival
/// and comes again and again. What belongs to a person, tells how it ended, or is barred, is left out.
pub(super) fn extras(sample: &Sample<'_>, columns: &[Column<'_>], draft: &Draft) -> BTreeMap<String, String> {
    let arrival = draft.fields.iter().find(|field| field.field == "arrived");
    let arrival = columns
        .iter()
        .filter(|column| arrival.is_some_and(|field| field.columns.iter().any(|name| name == column.name)))
        .map(|column| column.index)
        .max()
        .unwrap_or_default();
    let told_later = [Topic::Called, Topic::Finished, Topic::Left, Topic::Wait, Topic::Outcome];
    let mut extras = BTreeMap::new();
    for column in columns {
        let beforehand = holds_any(&column.normal, BEFOREHAND);
        let early = column.index < arrival && column.is_category() && column.distinct.len() > 1;
        let later = !beforehand
            && (told_later.iter().any(|topic| column.score(*topic) > 0.5)
                || column.score(Topic::ServiceLength) > 0.5
                || column.score(Topic::VisitId) > 0.5);
        let barred = sample.barred.contains(&column.index) || holds_any(&column.normal, PERSONAL);
        if draft.is_taken(column.index) || barred || later || !(beforehand || early) || column.filled == 0 {
            continue;
        }
        let ours = if is_expected_service(column) {
            "expected_service_min".to_owned()
        } else {
            column.normal.replace(' ', "_")
        };
        extras.entry(ours).or_insert_with(|| column.name.to_owned());
    }
    extras
}

/// A published or reckoned length of the service in minutes, which the features know by its own name.
fn is_expected_service(column: &Column<'_>) -> bool {
    holds_any(&column.normal, BEFOREHAND)
        && column.numbers.is_some()
        && column.named_unit() == Some(SpanUnit::Minutes)
        && column.score(Topic::ServiceLength).max(column.score(Topic::Service)) > 0.5
}

/// Reads the sample with the mapping: shows what becomes of its cells, and asks where many rows cannot be read.
pub(super) fn read_sample(sample: &Sample<'_>, mapping: &Mapping, draft: &mut Draft) {
    let Ok(plan) = Plan::resolve(mapping, sample.columns) else { return };
    let mut clocks = plan.clocks();
    let mut read = 0;
    let mut failed: BTreeMap<Check, usize> = BTreeMap::new();
    for row in sample.rows.iter().filter(|row| row.len() == sample.columns.len()) {
        match plan.read(row, &mut clocks) {
            Ok(visit) => {
                read += 1;
                if read <= MOST_READINGS {
                    draft.show(sample, row, &visit);
                }
            }
            Err(Check::NotAVisit) => read += 1,
            Err(check) => *failed.entry(check).or_default() += 1,
        }
    }
    let rows = sample.rows.len();
    if let Some((check, _)) = failed.iter().max_by_key(|(_, count)| **count)
        && read * 5 < rows * 4
    {
        draft.questions.push(Question::FewRead { read, rows, check: *check });
    }
}

impl Draft {
    /// Adds the cells of a row and what became of them to each field.
    fn show(&mut self, sample: &Sample<'_>, row: &[&str], visit: &RowVisit<'_>) {
        for field in &mut self.fields {
            let cell = |name: &String| {
                let index = sample.columns.iter().position(|column| column == name);
                index.and_then(|index| row.get(index)).copied().unwrap_or_default()
            };
            let raw = field.columns.iter().map(cell).collect::<Vec<_>>().join(" · ");
            field.samples.push(Reading { raw, read: value(field.field, visit) });
        }
    }
}

/// The value of a canonical column as text.
pub(in crate::analysis::history) fn value(field: &str, visit: &RowVisit<'_>) -> Option<String> {
    let time = |moment: Option<crate::base::Moment>| moment.map(|moment| moment.to_string());
    match field {
        "visit_id" => (!visit.visit_id.is_empty()).then(|| visit.visit_id.to_string()),
        "site" => Some(visit.site.to_string()),
        "service" => Some(visit.service.to_string()),
        "arrived" => time(Some(visit.arrived)),
        "called" => time(visit.called),
        "finished" => time(visit.finished),
        "left" => time(visit.left),
        "booked_for" => time(visit.booked_for),
        "priority" => visit.priority.map(|priority| priority.to_string()),
        "channel" => visit.channel.map(|channel| channel.id().to_owned()),
        "open_counters" => visit.open_counters.map(|count| count.to_string()),
        "people_ahead" => visit.people_ahead.map(|count| count.to_string()),
        "stated_wait" => visit.stated_wait_millis.map(|millis| format!("{:.1} s", millis as f64 / 1_000.0)),
        "outcome" => Some(if visit.called.is_some() {
            "served".to_owned()
        } else if visit.left.is_some() {
            "abandoned".to_owned()
        } else {
            "unfinished".to_owned()
        }),
        _ => None,
    }
}
