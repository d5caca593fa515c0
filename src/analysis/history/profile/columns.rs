//! What each column holds.

use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use super::numbers::{of_counts, of_sample};
use super::{
    BARS, ColumnKind, ColumnProfile, Distinct, MOST_DISTINCT, MOST_NUMBERS, MOST_TOP_VALUES, TimeProfile,
};
use crate::analysis::history::times::decimal_number;
use crate::analysis::history::{Categories, Texts, Visits};
use crate::base::Moment;

/// Cells that decide whether a text column holds numbers.
const CELLS_TO_TELL: usize = 1_000;

/// The canonical columns that hold anything, then the extra ones.
pub(super) fn profiles(visits: &Visits) -> Vec<ColumnProfile> {
    type Work<'a> = Box<dyn Fn() -> Option<ColumnProfile> + Send + Sync + 'a>;
    let mut work: Vec<Work<'_>> = vec![
        Box::new(|| {
            Some(ColumnProfile { kind: ColumnKind::Text, numbers: None, ..texts("visit_id", &visits.visit_id) })
        }),
        Box::new(|| Some(categories("site", &visits.site))),
        Box::new(|| Some(categories("service", &visits.service))),
        Box::new(|| times("arrived_at", visits.arrived.iter().copied().map(Some))),
        Box::new(|| times("called_at", visits.called.iter().copied())),
        Box::new(|| times("finished_at", visits.finished.iter().copied())),
        Box::new(|| times("left_at", visits.left.iter().copied())),
        Box::new(|| numbers("priority", visits.priority.iter().map(|value| value.map(u32::from)))),
        Box::new(|| {
            counted("channel", ColumnKind::Category, visits.channel.iter().map(|value| value.map(|c| c.id())))
        }),
        Box::new(|| times("booked_for", visits.booked_for.iter().copied())),
        Box::new(|| numbers("open_counters", visits.open_counters.iter().copied())),
        Box::new(|| numbers("people_ahead", visits.people_ahead.iter().copied())),
    ];
    for (name, extra) in &visits.extras {
        work.push(Box::new(|| Some(texts(name, extra))));
    }
    work.into_par_iter().filter_map(|work| work()).collect()
}

fn top<K: ToString>(counts: impl IntoIterator<Item = (K, u64)>) -> Vec<(String, u64)> {
    let mut top: Vec<(String, u64)> = counts.into_iter().map(|(value, n)| (value.to_string(), n)).collect();
    top.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    top.truncate(MOST_TOP_VALUES);
    top
}

fn exactly(n: usize) -> Distinct {
    Distinct { n: n as u64, is_exact: true }
}

fn categories(name: &str, column: &Categories) -> ColumnProfile {
    let mut counts = vec![0_u64; column.names().len()];
    for code in column.codes() {
        counts[*code as usize] += 1;
    }
    ColumnProfile {
        name: name.to_owned(),
        kind: ColumnKind::Category,
        filled: column.len() as u64,
        missing: 0,
        distinct: exactly(counts.iter().filter(|count| **count > 0).count()),
        top: top(column.names().iter().zip(counts).filter(|(_, count)| *count > 0)),
        numbers: None,
        times: None,
    }
}

/// `None` where every row is missing: the column was not mapped.
fn counted<T: ToString + std::hash::Hash + Eq>(
    name: &str,
    kind: ColumnKind,
    values: impl Iterator<Item = Option<T>>,
) -> Option<ColumnProfile> {
    let mut counts = HashMap::<T, u64>::new();
    let (mut filled, mut missing) = (0, 0);
    for value in values {
        match value {
            Some(value) => {
                filled += 1;
                *counts.entry(value).or_default() += 1;
            }
            None => missing += 1,
        }
    }
    let distinct = exactly(counts.len());
    (filled > 0).then(|| ColumnProfile {
        name: name.to_owned(),
        kind,
        filled,
        missing,
        distinct,
        top: top(counts),
        numbers: None,
        times: None,
    })
}

/// Small whole numbers. `None` where every row is missing.
fn numbers(name: &str, values: impl Iterator<Item = Option<u32>>) -> Option<ColumnProfile> {
    // Nearly all are small: counted in place, the others in a map.
    let mut small = vec![0_u64; 1 << 12];
    let mut large = BTreeMap::<u32, u64>::new();
    let mut missing = 0;
    for value in values {
        match value {
            None => missing += 1,
            Some(value) => match small.get_mut(value as usize) {
                Some(count) => *count += 1,
                None => *large.entry(value).or_default() += 1,
            },
        }
    }
    let counts = (0..).zip(small).filter(|(_, count)| *count > 0).chain(large).collect::<Vec<(u32, u64)>>();
    let numbers = of_counts(&counts)?;
    Some(ColumnProfile {
        name: name.to_owned(),
        kind: ColumnKind::Number,
        filled: numbers.n,
        missing,
        distinct: exactly(counts.len()),
        top: top(counts),
        numbers: Some(numbers),
        times: None,
    })
}

/// `None` where every row is missing.
fn times(name: &str, moments: impl Iterator<Item = Option<Moment>>) -> Option<ColumnProfile> {
    let (mut filled, mut missing) = (0, 0);
    let mut seen = Bounded::default();
    let mut present = Vec::new();
    for moment in moments {
        let Some(moment) = moment else {
            missing += 1;
            continue;
        };
        filled += 1;
        seen.add(moment);
        present.push(moment);
    }
    summed_up(&mut present).map(|times| ColumnProfile {
        name: name.to_owned(),
        kind: ColumnKind::Time,
        filled,
        missing,
        distinct: seen.distinct(),
        top: Vec::new(),
        numbers: None,
        times: Some(times),
    })
}

/// `None` where there are none. Leaves the moments in another order.
fn summed_up(moments: &mut [Moment]) -> Option<TimeProfile> {
    let (first, last) = (*moments.iter().min()?, *moments.iter().max()?);
    let step = (last.millis() - first.millis()) / i64::try_from(BARS).ok()? + 1;
    let mut counts = vec![0; BARS];
    for moment in moments.iter() {
        let place = usize::try_from((moment.millis() - first.millis()) / step).ok();
        if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
            *count += 1;
        }
    }
    let highest = moments.len() - 1;
    let mut at = |quarter: usize| *moments.select_nth_unstable(highest * quarter / 4).1;
    let [p25, median, p75] = [1, 2, 3].map(&mut at);
    Some(TimeProfile { first, p25, median, p75, last, counts })
}

fn texts(name: &str, column: &Texts) -> ColumnProfile {
    let mut counts = HashMap::<&str, u64>::new();
    let mut missing = 0;
    let mut is_exact = true;
    for text in column.iter() {
        let Some(text) = text else {
            missing += 1;
            continue;
        };
        if is_exact {
            *counts.entry(text).or_default() += 1;
            is_exact = (counts.len() as u64) <= MOST_DISTINCT;
        }
    }
    let filled = column.len() as u64 - missing;
    let distinct = Distinct { n: (counts.len() as u64).min(MOST_DISTINCT), is_exact };
    let numbers = text_numbers(column);
    let repeats = is_exact && distinct.n < filled;
    let kind = match &numbers {
        Some(_) => ColumnKind::Number,
        None if is_exact && distinct.n * 2 <= filled => ColumnKind::Category,
        None => ColumnKind::Text,
    };
    let top = if repeats { top(counts) } else { Vec::new() };
    ColumnProfile { name: name.to_owned(), kind, filled, missing, distinct, top, numbers, times: None }
}

/// The numbers of a text column, where its first cells are all numbers. Cells that are none are left out.
fn text_numbers(column: &Texts) -> Option<super::NumberProfile> {
    let mut first = column.iter().flatten().take(CELLS_TO_TELL).peekable();
    first.peek()?;
    if !first.all(|cell| decimal_number(cell).is_some()) {
        return None;
    }
    let step = column.len().div_ceil(MOST_NUMBERS).max(1);
    let cells = (0..column.len()).step_by(step).filter_map(|row| column.get(row));
    of_sample(cells.filter_map(decimal_number).collect())
}

/// Distinct values, counted up to [`MOST_DISTINCT`].
struct Bounded<T> {
    seen: HashSet<T>,
    is_full: bool,
}

impl<T> Default for Bounded<T> {
    fn default() -> Bounded<T> {
        Bounded { seen: HashSet::new(), is_full: false }
    }
}

impl<T: std::hash::Hash + Eq> Bounded<T> {
    fn add(&mut self, value: T) {
        if self.is_full {
            return;
        }
        if self.seen.len() as u64 == MOST_DISTINCT {
            self.is_full = !self.seen.contains(&value);
        } else {
            self.seen.insert(value);
        }
    }

    fn distinct(&self) -> Distinct {
        Distinct { n: self.seen.len() as u64, is_exact: !self.is_full }
    }
}
