//! Checks that need more than one row: dates among dates, names among names, a site's clock, whole columns.
//!
//! They run on the visits in the order of the source, before sorting and before duplicates are left out. Each finds
//! its rows in one pass (or on the few hours of a site that have visits), repairs what the settings permit, and names
//! the rows that have to be set aside. What cannot be judged is said ([`NotEvaluated`]); no data is never a pass.

mod clocks;
mod columns;
mod dates;
mod hours;
mod leaks;
mod names;
mod presence;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::analysis::history::report::MOST_EXAMPLES;
use crate::analysis::history::{Finding, Visits};
use crate::base::calendar::{LocalTime, Zone};
use crate::base::{Cancelled, Moment, Task};

use super::{Action, Check, CheckSettings};
use hours::{HourCounts, SiteZones};

/// What the checks of a table need beside the visits.
pub struct TableContext<'a> {
    /// Where in the source the visit in a row came from, for examples: a line, or a file and a line.
    pub place: &'a (dyn Fn(usize) -> String + Sync),
    /// The rows with which another file begins; a clock is not compared across files.
    pub file_starts: &'a [usize],
    /// The sites' zone.
    pub zone: &'a Zone,
    /// Sites that keep the clock of another zone.
    pub zones: &'a BTreeMap<String, Zone>,
    /// What is done about findings.
    pub settings: &'a CheckSettings,
    /// The time of the import.
    pub now: Moment,
}

impl TableContext<'_> {
    fn zones(&self) -> SiteZones<'_> {
        SiteZones { usual: self.zone, others: self.zones }
    }
}

/// What the checks of a table found and did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableAccount {
    /// What was found, one for each check and action.
    pub findings: Vec<Finding>,
    /// What could not be judged.
    pub not_evaluated: Vec<NotEvaluated>,
    /// Extra columns that were left out.
    pub left_out: Vec<String>,
    /// Rows that have to be set aside, each for one check; ascending.
    aside: Vec<(usize, Check)>,
    /// By row whether something in it was repaired; empty where nothing was.
    repaired: Vec<bool>,
    /// By row whether its date was moved; empty where none was.
    moved: Vec<bool>,
    rows: usize,
}

/// A check that could not be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotEvaluated {
    /// The check.
    pub check: Check,
    /// Why.
    pub why: Why,
    /// What there is.
    pub n: u64,
    /// What is needed, or of how many.
    pub needed: u64,
}

/// Why a check could not be made; `check.unclear_ID` has the words, with `{n}` and `{needed}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// `n` days with visits, `needed` are needed.
    FewDays,
    /// `n` sites, `needed` are needed.
    FewSites,
    /// `n` visits, `needed` are needed.
    FewVisits,
    /// At `n` of `needed` sites the rows do not stand in order of time, or are too few.
    NotInOrder,
    /// `n` of `needed` sites have too few days for the hours of their usual day to be known.
    NoUsualDay,
}

impl Why {
    /// The name in files; `check.unclear_ID` is the sentence for people.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Why::FewDays => "few_days",
            Why::FewSites => "few_sites",
            Why::FewVisits => "few_visits",
            Why::NotInOrder => "not_in_order",
            Why::NoUsualDay => "no_usual_day",
        }
    }
}

/// Checks `visits`, which stand in the order of the source, and repairs in place what the settings permit. Rows that
/// have to be set aside are still among the visits afterwards.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub fn check_table(
    visits: &mut Visits,
    context: &TableContext<'_>,
    task: &Task,
) -> Result<TableAccount, Cancelled> {
    let mut account = TableAccount { rows: visits.len(), ..TableAccount::default() };
    if visits.is_empty() {
        return Ok(account);
    }
    task.report("stage.check_dates", 0, 0)?;
    let mut hours = HourCounts::of(visits, &context.zones());
    task.check()?;
    dates::check(visits, &mut hours, context, &mut account);
    task.report("stage.check_names", 0, 0)?;
    if names::check(visits, context, &mut account) {
        hours = HourCounts::of(visits, &context.zones());
    }
    hours.leave_out(visits, &context.zones(), &account);
    task.report("stage.check_clocks", 0, 0)?;
    clocks::check(visits, &hours, context, &mut account);
    task.report("stage.check_presence", 0, 0)?;
    presence::check(visits, &hours, &mut account);
    task.report("stage.check_columns", 0, 0)?;
    columns::check(visits, &mut account);
    task.report("stage.check_leaks", 0, 0)?;
    leaks::check(visits, context, &mut account);
    account.aside.sort_unstable_by_key(|(row, _)| *row);
    Ok(account)
}

impl TableAccount {
    /// Rows that have to be set aside, each for one check; ascending.
    #[must_use]
    pub fn aside(&self) -> &[(usize, Check)] {
        &self.aside
    }

    /// Whether something in `row` was repaired.
    #[must_use]
    pub fn is_repaired(&self, row: usize) -> bool {
        self.repaired.get(row).copied().unwrap_or(false)
    }

    /// Counts one more for `check`, with an example where there is room for one.
    fn find(&mut self, check: Check, action: Action, count: u64, example: impl FnOnce() -> String) {
        let place = self.findings.iter().position(|finding| (finding.check, finding.action) == (check, action));
        let place = place.unwrap_or_else(|| {
            self.findings.push(Finding { check, count: 0, action, examples: Vec::new() });
            self.findings.len() - 1
        });
        if let Some(finding) = self.findings.get_mut(place) {
            finding.count += count;
            if finding.examples.len() < MOST_EXAMPLES {
                finding.examples.push(example());
            }
        }
    }

    /// Counts `row` for `check` and does what `action` says to its account: the row itself is the caller's.
    fn find_row(&mut self, check: Check, action: Action, row: usize, example: impl FnOnce() -> String) {
        self.find(check, action, 1, example);
        match action {
            Action::Quarantine => self.aside.push((row, check)),
            Action::Repair => self.mark_repaired(row),
            Action::Accept => {}
        }
    }

    fn mark_repaired(&mut self, row: usize) {
        if self.repaired.is_empty() {
            self.repaired = vec![false; self.rows];
        }
        if let Some(flag) = self.repaired.get_mut(row) {
            *flag = true;
        }
    }

    fn cannot(&mut self, check: Check, why: Why, n: usize, needed: usize) {
        self.not_evaluated.push(NotEvaluated { check, why, n: n as u64, needed: needed as u64 });
    }
}

/// A local time for examples: `2020-12-30 08:04:00`.
fn written(local: LocalTime) -> String {
    let mut text = local.date().to_string();
    // Writing to a string does not fail.
    let _ = write!(text, " {:02}:{:02}:{:02}", local.hour(), local.minute(), local.second());
    text
}
