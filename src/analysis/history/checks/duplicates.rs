//! What is done about rows that repeat an earlier one: the first in the order of the source is kept.

use crate::analysis::history::Visits;

use super::{Action, Check, CheckSettings};

/// How repeated rows are treated in one import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DuplicatePolicy {
    /// What is done about a visit id that came before, with another content. Repair leaves the later row out and counts
    /// it as a duplicate; quarantine sets the later row aside.
    pub other_content: Action,
    /// What is done about a row whose content came before. Repair leaves the later row out and counts it as a duplicate.
    pub same_content: Action,
}

impl DuplicatePolicy {
    /// The policy for `visits`, before ids are given to those that have none.
    ///
    /// Where the source has no ids and writes times to the minute only, two people who came in the same minute for the
    /// same service look the same, so that equal rows are accepted and told, unless the settings say otherwise.
    #[must_use]
    pub fn of(visits: &Visits, has_ids: bool, settings: &CheckSettings) -> DuplicatePolicy {
        let said = settings.actions.get(&Check::DuplicateRow).copied();
        let usual = if has_ids || visits.arrived.iter().any(|arrived| arrived.millis() % 60_000 != 0) {
            Check::DuplicateRow.default_action()
        } else {
            Action::Accept
        };
        DuplicatePolicy { other_content: settings.action(Check::DuplicateId), same_content: said.unwrap_or(usual) }
    }

    /// The check that a repeated row counts for, and what is done about it.
    #[must_use]
    pub fn treat(self, is_same_content: bool) -> (Check, Action) {
        if is_same_content {
            (Check::DuplicateRow, self.same_content)
        } else {
            (Check::DuplicateId, self.other_content)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Moment;

    fn arrived_at(millis: &[i64]) -> Visits {
        Visits {
            arrived: millis.iter().map(|ms| Moment::from_millis(*ms).unwrap()).collect(),
            ..Visits::default()
        }
    }

    #[test]
    fn equal_rows_are_one_visit_unless_nothing_tells_two_people_apart() {
        let minutes = arrived_at(&[0, 60_000, 60_000]);
        let seconds = arrived_at(&[0, 60_000, 61_000]);
        let usual = CheckSettings::default();
        for (visits, has_ids, action) in [
            (&minutes, true, Action::Repair),
            (&seconds, true, Action::Repair),
            (&seconds, false, Action::Repair),
            (&minutes, false, Action::Accept),
        ] {
            let policy = DuplicatePolicy::of(visits, has_ids, &usual);
            assert_eq!(policy.treat(true), (Check::DuplicateRow, action), "{has_ids}");
            assert_eq!(policy.treat(false), (Check::DuplicateId, Action::Repair));
        }
        let mut said = CheckSettings::default();
        said.actions.insert(Check::DuplicateRow, Action::Repair);
        said.actions.insert(Check::DuplicateId, Action::Quarantine);
        let policy = DuplicatePolicy::of(&minutes, false, &said);
        assert_eq!((policy.treat(true).1, policy.treat(false).1), (Action::Repair, Action::Quarantine));
    }
}
