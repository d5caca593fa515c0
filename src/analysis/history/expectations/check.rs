//! Where a history is not what its contract expects.

use super::{ColumnExpectation, Expectations, Range, Violation, whole_days};
use crate::analysis::history::profile::{ColumnProfile, Profile};
use crate::base::Moment;

/// Values that are named in one violation.
const MOST_NAMED: usize = 5;

impl Expectations {
    /// Everything in `profile` that is not as expected, at the time `now`.
    #[must_use]
    pub fn check(&self, profile: &Profile, now: Moment) -> Vec<Violation> {
        let mut off = Found(Vec::new());
        for (name, expected) in &self.columns {
            match profile.column(name) {
                None => off.add(format!("columns.{name}"), name, NOTHING),
                Some(column) => check_column(expected, column, profile.visits, &mut off),
            }
        }
        let absent: Vec<&str> = self
            .sites
            .iter()
            .map(String::as_str)
            .filter(|name| !profile.sites.iter().any(|site| site.name == *name))
            .collect();
        for site in absent {
            off.add("sites".to_owned(), site, NOTHING);
        }
        if let Some(hours) = self.newest_within_hours {
            let age = profile.last.map(|last| now.minutes_since(last).get() / 60.0);
            off.range("newest_within_hours".to_owned(), Range { low: None, high: Some(hours) }, age);
        }
        self.check_volumes(profile, &mut off);
        let served = (profile.visits > 0).then(|| profile.served as f64 / profile.visits as f64);
        let waits = profile.waits.as_ref();
        let figures = [
            ("served_share", self.served_share, served),
            ("median_wait_minutes", self.median_wait_minutes, waits.map(|waits| waits.median)),
            ("p90_wait_minutes", self.p90_wait_minutes, waits.map(|waits| waits.p90)),
        ];
        for (field, range, found) in figures {
            if let Some(range) = range {
                off.range(field.to_owned(), range, found);
            }
        }
        off.0
    }

    /// The day of each day of the week that is furthest from what is expected, and how many are.
    fn check_volumes(&self, profile: &Profile, off: &mut Found) {
        for (weekday, range) in &self.visits_a_day {
            let days = whole_days(&profile.days).iter().filter(|day| day.date.weekday() == *weekday);
            let visits = days.map(|day| (day.date, day.visitors.visits as f64));
            let outside: Vec<_> = visits.filter(|(_, visits)| !range.holds(*visits)).collect();
            let distance = |visits: f64| {
                let below = range.low.map_or(0.0, |low| (low + 1.0) / (visits + 1.0));
                let above = range.high.map_or(0.0, |high| (visits + 1.0) / (high + 1.0));
                below.max(above)
            };
            let worst = outside.iter().max_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
            if let Some((date, visits)) = worst {
                let more = match outside.len() {
                    1 => String::new(),
                    n => format!(" (+{})", n - 1),
                };
                off.add(format!("visits_a_day.{}", weekday.id()), range, &format!("{date}: {visits}{more}"));
            }
        }
    }
}

/// What is written where there is nothing.
const NOTHING: &str = "—";

fn check_column(expected: &ColumnExpectation, column: &ColumnProfile, rows: u64, off: &mut Found) {
    let field = |part: &str| format!("columns.{}.{part}", column.name);
    if let Some(kind) = expected.kind.filter(|kind| *kind != column.kind) {
        off.add(field("kind"), kind.id(), column.kind.id());
    }
    if let Some(most) = expected.missing_share_at_most {
        let share = (rows > 0).then(|| column.missing as f64 / rows as f64);
        off.range(field("missing_share_at_most"), Range { low: None, high: Some(most) }, share);
    }
    if let Some(allowed) = &expected.allowed {
        let others: Vec<&str> = column
            .top
            .iter()
            .map(|(value, _)| value.as_str())
            .filter(|value| !allowed.iter().any(|a| a == value))
            .collect();
        // Values that are too many to be listed cannot all be allowed ones.
        let unlisted = column.distinct.n.saturating_sub(column.top.len() as u64);
        let is_beyond = !column.distinct.is_exact || column.distinct.n > allowed.len() as u64;
        if !others.is_empty() || is_beyond {
            let mut named = others.iter().take(MOST_NAMED).copied().collect::<Vec<_>>().join(", ");
            let more = others.len().saturating_sub(MOST_NAMED) as u64 + unlisted;
            if more > 0 {
                named = format!("{named} (+{more})");
            }
            off.add(field("allowed"), &allowed.join(", "), &named);
        }
    }
    if let Some(range) = expected.numbers {
        match &column.numbers {
            None => off.add(field("numbers"), &range, NOTHING),
            Some(numbers) if !range.holds(numbers.min) || !range.holds(numbers.max) => {
                off.add(field("numbers"), &range, &format!("{} … {}", numbers.min, numbers.max));
            }
            Some(_) => {}
        }
    }
}

struct Found(Vec<Violation>);

impl Found {
    fn add(&mut self, field: String, expected: &(impl ToString + ?Sized), found: &(impl ToString + ?Sized)) {
        self.0.push(Violation { field, expected: expected.to_string(), found: found.to_string() });
    }

    /// What is not there does not lie in a range.
    fn range(&mut self, field: String, range: Range, found: Option<f64>) {
        match found {
            None => self.add(field, &range, NOTHING),
            Some(value) if !range.holds(value) => self.add(field, &range, &format!("{value:.4}")),
            Some(_) => {}
        }
    }
}
