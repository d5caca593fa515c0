//! What a check says. No data is never a pass.

use serde::{Deserialize, Serialize};

/// The outcome of a check, gate or monitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The data show that the condition holds.
    Pass,
    /// The data show that it does not.
    Fail,
    /// The data do not decide, or there are none.
    Inconclusive,
}

impl Verdict {
    /// The name in files and JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Inconclusive => "inconclusive",
        }
    }

    /// The verdict over several checks: any fail fails, else any inconclusive is inconclusive; none at all
    /// is inconclusive.
    #[must_use]
    pub fn all(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
        let mut seen_any = false;
        let mut worst = Verdict::Pass;
        for verdict in verdicts {
            seen_any = true;
            worst = match (worst, verdict) {
                (Verdict::Fail, _) | (_, Verdict::Fail) => Verdict::Fail,
                (Verdict::Inconclusive, _) | (_, Verdict::Inconclusive) => Verdict::Inconclusive,
                (Verdict::Pass, Verdict::Pass) => Verdict::Pass,
            };
        }
        if seen_any { worst } else { Verdict::Inconclusive }
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{self, *};

    #[test]
    fn nothing_checked_is_inconclusive_and_the_worst_counts() {
        assert_eq!(Verdict::all([]), Inconclusive);
        assert_eq!(Verdict::all([Pass, Pass]), Pass);
        assert_eq!(Verdict::all([Pass, Inconclusive]), Inconclusive);
        assert_eq!(Verdict::all([Inconclusive, Fail, Pass]), Fail);
    }
}
