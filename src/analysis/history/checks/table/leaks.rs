//! Extra columns that are only known after the arrival: from them a model would learn the answer.
//!
//! A column leaks by one of these rules, tried in this order on at most [`SAMPLE`] rows spread over the history:
//! its *name* says what comes later; its numbers rank the served visits as their *wait* does (Spearman's ρ of 0.95 or
//! beyond, either sign); its values are *times* after the arrival; or its values, or whether it has one, tell who was
//! served (*outcome*).

use std::collections::HashMap;

use super::{Action, Check, TableAccount, TableContext, Why};
use crate::analysis::history::mapping::DateForm;
use crate::analysis::history::times::{self, Stamp};
use crate::analysis::history::{Outcome, Texts, Visits};
use crate::base::Minutes;
use crate::base::calendar::Zone;

/// Rows that are looked at.
const SAMPLE: usize = 20_000;
/// Nothing is said by fewer rows.
const FEWEST: usize = 100;
/// A rank correlation with the wait that nothing known at the arrival reaches.
const RANK_CORRELATION: f64 = 0.95;
/// The share of values that are times after the arrival.
const LATER_SHARE: f64 = 0.95;
/// The share of rows whose outcome the column tells …
const OUTCOME_SHARE: f64 = 0.99;
/// … where each outcome has so many.
const FEWEST_OUTCOMES: usize = 30;
/// The most values of a column that tells outcomes.
const MOST_VALUES: usize = 50;

/// Words of names that say what is only known later.
const LATER_WORDS: &[&str] = &[
    "wait",
    "duration",
    "served",
    "outcome",
    "result",
    "abandoned",
    "finished",
    "called",
    "ended",
    "انتظار",
    "مدت",
    "نتیجه",
    "پایان",
    "خاتمه",
    "فراخوان",
];
/// Pairs of words that do.
const LATER_PAIRS: &[(&str, &str)] = &[
    ("ser", "time"),
    ("ser", "start"),
    ("ser", "exit"),
    ("service", "time"),
    ("service", "start"),
    ("service", "end"),
    ("q", "time"),
    ("q", "exit"),
    ("queue", "time"),
    ("end", "time"),
    ("زمان", "خدمت"),
];
/// Words that say that the value was known, announced or computed before.
const KNOWN_WORDS: &[&str] = &[
    "expected",
    "estimated",
    "predicted",
    "published",
    "planned",
    "people",
    "ahead",
    "avg",
    "average",
    "mean",
    "median",
    "last",
    "previous",
    "past",
    "میانگین",
    "متوسط",
    "تخمینی",
    "پیشین",
    "افراد",
    "نفرات",
];

pub(super) fn check(visits: &mut Visits, context: &TableContext<'_>, account: &mut TableAccount) {
    if visits.extras.is_empty() {
        return;
    }
    let sample = Sample::of(visits, context.zone);
    let action = context.settings.action(Check::LeakingColumn);
    let mut leaking = Vec::new();
    for (name, texts) in &visits.extras {
        if let Some(why) = sample.leak(name, texts, context.zone) {
            account.find(Check::LeakingColumn, action, 1, || format!("{name}: {why}"));
            leaking.push(name.clone());
        }
    }
    if sample.served < FEWEST {
        account.cannot(Check::LeakingColumn, Why::FewVisits, sample.served, FEWEST);
    }
    if action == Action::Repair {
        for name in leaking {
            visits.extras.remove(&name);
            account.left_out.push(name);
        }
    }
}

/// Rows spread evenly over the history, with what came of them.
struct Sample {
    rows: Vec<SampleRow>,
    served: usize,
}

struct SampleRow {
    row: usize,
    wait: Option<f64>,
    outcome: Outcome,
    arrived_millis: i64,
    arrived_of_day: i64,
}

impl Sample {
    fn of(visits: &Visits, zone: &Zone) -> Sample {
        let step = visits.len().div_ceil(SAMPLE).max(1);
        let mut clock = zone.clock();
        let rows: Vec<SampleRow> = (0..visits.len())
            .step_by(step)
            .map(|row| {
                let arrived = visits.arrived[row];
                let local = clock.local(arrived);
                let of_day = i64::from(local.minute_of_day()) * 60 + i64::from(local.second());
                SampleRow {
                    row,
                    wait: visits.wait(row).map(Minutes::get),
                    outcome: visits.outcome(row),
                    arrived_millis: arrived.millis(),
                    arrived_of_day: of_day * 1_000,
                }
            })
            .collect();
        let served = rows.iter().filter(|row| row.wait.is_some()).count();
        Sample { rows, served }
    }

    /// By which rule the column leaks, in signs that need no language.
    fn leak(&self, name: &str, texts: &Texts, zone: &Zone) -> Option<String> {
        if says_later(name) {
            return Some(format!("\"{name}\""));
        }
        let cells: Vec<(&SampleRow, &str)> =
            self.rows.iter().filter_map(|row| Some((row, texts.get(row.row)?.trim()))).collect();
        let (correlation, n) = correlation_with_wait(&cells);
        if n >= FEWEST && correlation.abs() >= RANK_CORRELATION {
            return Some(format!("ρ = {correlation:.3}, n = {n}"));
        }
        if let Some(share) = later_share(&cells, zone) {
            return Some(format!("> t₀: {:.1} %, n = {}", share * 100.0, cells.len()));
        }
        self.told_outcomes(texts).map(|share| format!("= {:.1} %, n = {}", share * 100.0, self.rows.len()))
    }

    /// The share of rows whose outcome follows from the column's value, or from whether it has one; where it is high.
    fn told_outcomes(&self, texts: &Texts) -> Option<f64> {
        let mut by_value = HashMap::<Option<&str>, [usize; 2]>::new();
        let mut outcomes = [0; 2];
        for row in &self.rows {
            let is_served = usize::from(row.outcome == Outcome::Served);
            outcomes[is_served] += 1;
            by_value.entry(texts.get(row.row)).or_default()[is_served] += 1;
        }
        if outcomes.iter().any(|n| *n < FEWEST_OUTCOMES) {
            return None;
        }
        let filled = by_value.iter().filter(|(value, _)| value.is_some());
        let with_value = filled.fold([0; 2], |sum, (_, n)| [sum[0] + n[0], sum[1] + n[1]]);
        let missing = [outcomes[0] - with_value[0], outcomes[1] - with_value[1]];
        let told = |groups: &mut dyn Iterator<Item = [usize; 2]>| groups.map(|n| n[0].max(n[1])).sum::<usize>();
        let by_presence = told(&mut [with_value, missing].into_iter());
        let by_values = if by_value.len() <= MOST_VALUES { told(&mut by_value.values().copied()) } else { 0 };
        #[expect(clippy::cast_precision_loss, reason = "at most the sample")]
        let (share, usual) = (
            by_presence.max(by_values) as f64 / self.rows.len() as f64,
            outcomes[0].max(outcomes[1]) as f64 / self.rows.len() as f64,
        );
        // Where nearly all are served, saying so always is right, too: at least half of the rest must be told.
        (share >= OUTCOME_SHARE && 1.0 - share <= (1.0 - usual) / 2.0).then_some(share)
    }
}

/// Whether the words of a column's name say that its value comes after the arrival.
fn says_later(name: &str) -> bool {
    let name = name.to_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.iter().any(|word| KNOWN_WORDS.contains(word)) {
        return false;
    }
    words.iter().any(|word| LATER_WORDS.contains(word))
        || words.windows(2).any(|pair| matches!(pair, [a, b] if LATER_PAIRS.contains(&(*a, *b))))
}

/// Spearman's rank correlation of the column's numbers with the waits of the served, and how many there are; 0 where
/// either does not vary. Ties have their mean rank.
fn correlation_with_wait(cells: &[(&SampleRow, &str)]) -> (f64, usize) {
    let pairs: Vec<(f64, f64)> = cells
        .iter()
        .filter_map(|(row, cell)| {
            let wait = row.wait?;
            Some((times::decimal_number(cell).or_else(|| clock_span(cell))?, wait))
        })
        .collect();
    // A column of texts among which a few are numbers is none of numbers.
    let filled = cells.iter().filter(|(row, _)| row.wait.is_some()).count();
    if pairs.len() * 10 < filled * 9 {
        return (0.0, pairs.len());
    }
    let (values, waits): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    (pearson(&ranks(&values), &ranks(&waits)), pairs.len())
}

/// A length of time written as a clock: `0:03:09`.
fn clock_span(cell: &str) -> Option<f64> {
    times::time_of_day(cell, DateForm::Iso).map(f64::from)
}

/// The rank of each value, from 1; equal values share their mean rank.
#[expect(clippy::cast_precision_loss, reason = "at most the sample")]
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for equal in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let rank = before as f64 + (equal.len() as f64 + 1.0) / 2.0;
        equal.iter().for_each(|at| ranks[*at] = rank);
        before += equal.len();
    }
    ranks
}

#[expect(clippy::cast_precision_loss, reason = "at most the sample")]
fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - mean_a, b - mean_b);
        (ab, aa, bb) = (ab + a * b, aa + a * a, bb + b * b);
    }
    if aa > 0.0 && bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 }
}

/// The share of the filled cells that are times after the arrival, where it is high. A time of day is one of the day of
/// arrival; midnight sharp means "none" in many exports and is left out.
fn later_share(cells: &[(&SampleRow, &str)], zone: &Zone) -> Option<f64> {
    let mut clock = zone.clock();
    let (mut later, mut all) = (0_usize, 0_usize);
    for (row, cell) in cells {
        let is_later = if let Some(of_day) = times::time_of_day(cell, DateForm::Iso) {
            if of_day == 0 {
                continue;
            }
            i64::from(of_day) > row.arrived_of_day
        } else {
            match times::stamp(cell, DateForm::Iso) {
                Some(Stamp::Instant(moment)) => moment.millis() > row.arrived_millis,
                Some(Stamp::Wall { date, millis }) => {
                    let minute = u16::try_from(millis / 60_000).ok()?;
                    let second = u8::try_from(millis / 1_000 % 60).ok()?;
                    let local = crate::base::calendar::LocalTime::new(date, minute, second)?;
                    let moment = clock.moment(local)?.chosen();
                    moment.millis() > row.arrived_millis
                }
                None => return None,
            }
        };
        all += 1;
        later += usize::from(is_later);
    }
    #[expect(clippy::cast_precision_loss, reason = "at most the sample")]
    let share = later as f64 / all.max(1) as f64;
    (all >= FEWEST && share >= LATER_SHARE).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_say_what_comes_later() {
        for name in ["wait_min", "Service-Time", "q_exit", "outcome", "مدت انتظار", "SERVED", "ser_time"]
        {
            assert!(says_later(name), "{name}");
        }
        for name in [
            "expected_wait",
            "people_waiting",
            "waiting",
            "avg_wait_last_week",
            "letter",
            "time",
            "میانگین انتظار",
        ] {
            assert!(!says_later(name), "{name}");
        }
    }

    /// The ranks are 1, 2½, 2½, 4, 5 and 5, 3½, 3½, 1, 2: about their mean, Σab = −8.5 and Σa² = Σb² = 9.5.
    #[test]
    fn rank_correlation_with_ties() {
        let rho = pearson(&ranks(&[1.0, 2.0, 2.0, 4.0, 5.0]), &ranks(&[10.0, 9.0, 9.0, 7.0, 8.0]));
        assert!((rho + 8.5 / 9.5).abs() < 1e-12, "{rho}");
    }
}
