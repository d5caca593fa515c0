//! What became of each row of a source.
//!
//! The invariant: `read = accepted + repaired + quarantined + duplicate`.

use serde::{Deserialize, Serialize};

use super::checks::{Action, Check, NotEvaluated};

/// How many examples a finding keeps.
pub const MOST_EXAMPLES: usize = 5;

/// What a check found, and what was done about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The check.
    pub check: Check,
    /// Rows, or what else the check counts: columns, names, days.
    pub count: u64,
    /// What was done.
    pub action: Action,
    /// Where, for people: at most [`MOST_EXAMPLES`].
    #[serde(default)]
    pub examples: Vec<String>,
}

/// The account of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Rows of the source, without the header.
    pub read: u64,
    /// Rows that became visits as they stood.
    pub accepted: u64,
    /// Rows that became visits after something was repaired.
    pub repaired: u64,
    /// Rows that say what an earlier row said.
    pub duplicate: u64,
    /// Rows set aside.
    pub quarantined: u64,
    /// What was found; a row that was set aside counts for one of them.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// What could not be judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_evaluated: Vec<NotEvaluated>,
    /// Extra columns that were left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// Visits that were called.
    pub served: u64,
    /// Visits that left unserved: their waits are censored.
    pub abandoned: u64,
    /// Visits that were neither called nor gone.
    pub unfinished: u64,
}

impl ImportReport {
    /// Whether every row is accounted for.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        let aside = self.findings.iter().filter(|finding| finding.action == Action::Quarantine);
        self.read == self.accepted + self.repaired + self.duplicate + self.quarantined
            && self.quarantined == aside.map(|finding| finding.count).sum::<u64>()
            && self.accepted + self.repaired == self.served + self.abandoned + self.unfinished
    }

    /// What `check` found, whatever was done about it.
    #[must_use]
    pub fn found(&self, check: Check) -> u64 {
        self.findings.iter().filter(|finding| finding.check == check).map(|finding| finding.count).sum()
    }

    /// The findings that set rows aside, the most frequent first.
    #[must_use]
    pub fn set_aside(&self) -> Vec<&Finding> {
        let mut aside: Vec<&Finding> =
            self.findings.iter().filter(|finding| finding.action == Action::Quarantine).collect();
        aside.sort_by_key(|finding| std::cmp::Reverse(finding.count));
        aside
    }

    /// Adds findings of another part of the source.
    pub(super) fn add_findings(&mut self, findings: Vec<Finding>) {
        for finding in findings {
            let kept =
                self.findings.iter_mut().find(|kept| (kept.check, kept.action) == (finding.check, finding.action));
            match kept {
                Some(kept) => {
                    kept.count += finding.count;
                    let room = MOST_EXAMPLES.saturating_sub(kept.examples.len());
                    kept.examples.extend(finding.examples.into_iter().take(room));
                }
                None => self.findings.push(finding),
            }
        }
    }

    /// Counts `count` more for `check`, with an example where there is room for one.
    pub(super) fn find(&mut self, check: Check, action: Action, count: u64, example: impl FnOnce() -> String) {
        let place = self.findings.iter().position(|finding| (finding.check, finding.action) == (check, action));
        let place = place.unwrap_or_else(|| {
            self.findings.push(Finding { check, count: 0, action, examples: Vec::new() });
            self.findings.len() - 1
        });
        let finding = &mut self.findings[place];
        finding.count += count;
        if finding.examples.len() < MOST_EXAMPLES {
            finding.examples.push(example());
        }
    }
}
