//! The visits that are compared, with the predictions of both and what they are divided by.

use std::collections::BTreeSet;

use crate::analysis::evaluation::{Dimension, Factor, Lineage, LineageKind, Pairs, Selection};
use crate::analysis::features::{FeatureTable, Kind, Value};
use crate::analysis::history::{Channel, Outcome};
use crate::base::calendar::{LocalTime, Weekday};
use crate::base::statistics::Sample;
use crate::base::{Moment, Task};
use crate::workflows::WorkflowError;
use crate::workflows::datasets::Prepared;
use crate::workflows::train::waits_of;

use super::Period;
use super::sides::{Contestant, TrainedUntil};

/// The current model and the candidate, with the ends of their trainings.
pub(super) struct Both<'c> {
    pub current: &'c Contestant,
    pub candidate: &'c Contestant,
    pub trained: [TrainedUntil; 2],
    /// The sites that each of them learned from, where that was another data set that is kept.
    pub sites: [Option<BTreeSet<String>>; 2],
    /// Where the visits that neither has seen begin, as far as that is known.
    pub unseen_from: Moment,
}

/// The visits of `prepared` that arrived in `period`, or, where that has no beginning, after both were trained; with
/// their rows.
pub(super) fn pairs(
    prepared: &Prepared,
    period: Period,
    both: &Both<'_>,
    task: &Task,
) -> Result<(Pairs, Vec<usize>), WorkflowError> {
    let visits = &prepared.history.visits;
    let mut pairs = Pairs { sites: visits.site.names().to_vec(), ..Pairs::default() };
    let (mut rows, mut local) = (Vec::new(), Vec::new());
    let mut clocks = prepared.history.clocks();
    pairs.selection = Selection { from: period.from, until: period.until, ..Selection::default() };
    for row in 0..visits.len() {
        if period.from.is_none() && visits.arrived[row] < both.unseen_from {
            continue;
        }
        let time = clocks.arrival(row);
        if !period.holds(time.date()) {
            continue;
        }
        match visits.outcome(row) {
            Outcome::Served if both.current.predicts(row) && both.candidate.predicts(row) => {
                rows.push(row);
                local.push(time);
            }
            Outcome::Served => pairs.selection.unpredicted += 1,
            Outcome::Abandoned => pairs.abandoned += 1,
            Outcome::Unfinished => pairs.unfinished += 1,
        }
    }
    let features = prepared.features.take_watched(&rows, task)?;
    (pairs.current, pairs.current_intervals) = both.current.predictions(&rows, &features, task)?;
    (pairs.candidate, pairs.candidate_intervals) = both.candidate.predictions(&rows, &features, task)?;
    pairs.selection.current_file = both.current.account();
    pairs.selection.candidate_file = both.candidate.account();
    pairs.actual = waits_of(prepared, &rows);
    let first = rows.first().map_or(both.unseen_from, |row| visits.arrived[*row]);
    pairs.dimensions = dimensions(prepared, &rows, &local, &features, first);
    pairs.factors = FACTORS.iter().filter_map(|id| factor(id, &features)).collect();
    pairs.day = local.iter().map(|time| time.date()).collect();
    for row in &rows {
        pairs.arrived.push(visits.arrived[*row]);
        pairs.site.push(visits.site.codes()[*row]);
    }
    pairs.lineage = lineage(&pairs, both);
    Ok((pairs, rows))
}

/// The numbers by which the worst slice is looked for: what people can picture, and what a site could act on.
const FACTORS: [&str; 9] = [
    "hour_of_day",
    "minutes_after_booking",
    "people_ahead",
    "open_counters",
    "site_waiting",
    "head_of_line_wait",
    "arrivals_60min",
    "mean_service_time",
    "work_ahead",
];

/// `None` where the features lack it, or it is a name.
fn factor(id: &str, features: &FeatureTable) -> Option<Factor> {
    features.column(id).filter(|column| column.kind() == Kind::Number)?;
    #[expect(clippy::cast_possible_truncation, reason = "features are kept as 32-bit floats")]
    let number = |row| match features.value(id, row) {
        Value::Number(number) => number as f32,
        Value::Category(_) | Value::Missing => f32::NAN,
    };
    Some(Factor { id: id.to_owned(), values: (0..features.len()).map(number).collect() })
}

fn lineage(pairs: &Pairs, both: &Both<'_>) -> Lineage {
    let known = both.trained.map(|trained| match trained {
        TrainedUntil::Known(moment) => Some(moment),
        TrainedUntil::Unknown => None,
    });
    let seen_until = known.into_iter().flatten().max();
    let seen = |arrived: &&Moment| seen_until.is_some_and(|until| **arrived < until);
    let in_sample = pairs.arrived.iter().filter(seen).count() as u64;
    let kind = match known {
        _ if in_sample > 0 => LineageKind::InSample,
        [Some(_), Some(_)] => LineageKind::After,
        _ => LineageKind::Unknown,
    };
    let [current_trained_until, candidate_trained_until] = known;
    let here: BTreeSet<&str> =
        pairs.site.iter().filter_map(|code| Some(pairs.sites.get(*code as usize)?.as_str())).collect();
    let elsewhere = both.sites.iter().flatten().any(|learned| !here.iter().any(|site| learned.contains(*site)));
    Lineage { kind, in_sample, current_trained_until, candidate_trained_until, elsewhere }
}

/// What the visits `rows` of a comparison from `from` on are divided by. `local` are their arrivals by the clocks of
/// their sites, `features` what was known then.
fn dimensions(
    prepared: &Prepared,
    rows: &[usize],
    local: &[LocalTime],
    features: &FeatureTable,
    from: Moment,
) -> Vec<Dimension> {
    let visits = &prepared.history.visits;
    let names = |levels: &[&str]| levels.iter().map(|level| (*level).to_owned()).collect::<Vec<String>>();
    let of_rows = |codes: &[u32]| rows.iter().map(|row| codes[*row]).collect();
    let channels = [Channel::WalkIn, Channel::Booked];
    let channel_of = |row: &usize| {
        let found = visits.channel[*row].and_then(|channel| channels.iter().position(|of| *of == channel));
        found.map_or(u32::MAX, |place| place as u32)
    };
    let mut before = std::collections::BTreeSet::new();
    let earlier = visits.arrived.iter().zip(visits.site.codes()).take_while(|(arrived, _)| **arrived < from);
    before.extend(earlier.map(|(_, site)| *site));
    let age = |row: &usize| u32::from(!before.contains(&visits.site.codes()[*row]));
    let weekdays = Weekday::ALL.map(Weekday::id);
    vec![
        Dimension { id: "site", levels: visits.site.names().to_vec(), code: of_rows(visits.site.codes()) },
        Dimension {
            id: "service",
            levels: visits.service.names().to_vec(),
            code: of_rows(visits.service.codes()),
        },
        Dimension {
            id: "hour",
            levels: (0..24).map(|hour: u8| hour.to_string()).collect(),
            code: local.iter().map(|time| u32::from(time.hour())).collect(),
        },
        Dimension {
            id: "weekday",
            levels: names(&weekdays),
            code: local.iter().map(|time| u32::from(time.date().weekday().index())).collect(),
        },
        Dimension {
            id: "channel",
            levels: names(&channels.map(Channel::id)),
            code: rows.iter().map(channel_of).collect(),
        },
        Dimension { id: "load", levels: names(&["quiet", "busy"]), code: loads(features) },
        Dimension { id: "site_age", levels: names(&["known", "new"]), code: rows.iter().map(age).collect() },
    ]
}

/// 1 where more people were ahead than at the median of these visits, 0 where not, beyond where it is not known.
fn loads(features: &FeatureTable) -> Vec<u32> {
    let ahead = |row: usize| match features.value("people_ahead", row) {
        Value::Number(people) => Some(people),
        _ => None,
    };
    let known = Sample::new((0..features.len()).filter_map(ahead).collect()).ok();
    let median = known.map_or(f64::INFINITY, |sample| sample.quantile(0.5));
    (0..features.len()).map(|row| ahead(row).map_or(u32::MAX, |people| u32::from(people > median))).collect()
}
