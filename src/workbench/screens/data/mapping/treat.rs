//! Changing what a mapping says about findings and about personal data.

use super::edit::{self, FIELDS};
use crate::analysis::history::personal::Treatment;
use crate::analysis::history::{Action, Check, Mapping};

/// `mapping` with `action` done about `check`; what is done by default is not written down.
pub(super) fn with_action(mapping: &Mapping, check: Check, action: Action) -> Mapping {
    let mut changed = mapping.clone();
    if action == check.default_action() {
        changed.checks.actions.remove(&check);
    } else {
        changed.checks.actions.insert(check, action);
    }
    changed
}

/// `mapping` with the source's `column` kept beside the visit, under its own name where that is free.
pub(super) fn with_extra(mapping: &Mapping, column: &str) -> Mapping {
    let mut changed = mapping.clone();
    if changed.extras.values().any(|kept| kept == column) {
        return changed;
    }
    let names = std::iter::once(column.to_owned()).chain((2..).map(|n: u32| format!("{column}_{n}")));
    let free = names.into_iter().find(|name| !mapping.extras.contains_key(name));
    changed.extras.extend(free.map(|name| (name, column.to_owned())));
    changed
}

/// What becomes of a column that holds personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PersonalUse {
    /// It is no part of the visit: it is left out, hashed or kept.
    Beside(Treatment),
    /// It is a part of the visit's id, which cannot be left out: it is hashed or kept.
    Id(Treatment),
    /// These canonical columns come from it, so that it is kept as it is.
    Mapped(Vec<&'static str>),
    /// Rows are judged by it.
    Judging,
}

/// What becomes of `column` by `mapping`.
pub(super) fn personal_use(mapping: &Mapping, column: &str) -> PersonalUse {
    let said = mapping.personal.get(column).copied();
    let is_of = |field: &&str| edit::columns(mapping, field).iter().any(|known| known == column);
    let fields: Vec<&'static str> = FIELDS.into_iter().filter(is_of).collect();
    if fields.contains(&"visit_id") {
        return PersonalUse::Id(said.unwrap_or(Treatment::Hash));
    }
    if !fields.is_empty() {
        return PersonalUse::Mapped(fields);
    }
    let is_kept = mapping.extras.values().any(|kept| kept == column);
    let bare = Mapping { extras: std::collections::BTreeMap::new(), ..mapping.clone() };
    if bare.columns().contains(&column) {
        return PersonalUse::Judging;
    }
    PersonalUse::Beside(if is_kept { said.unwrap_or_default() } else { Treatment::LeaveOut })
}

/// `mapping` with the personal data in `column` treated so.
pub(super) fn with_treatment(mapping: &Mapping, column: &str, treatment: Treatment) -> Mapping {
    let is_id = mapping.visit.visit_id.iter().any(|known| known == column);
    let usual = if is_id { Treatment::Hash } else { Treatment::LeaveOut };
    let mut changed = match treatment {
        Treatment::Hash | Treatment::Keep if !is_id => with_extra(mapping, column),
        _ => mapping.clone(),
    };
    if treatment == usual {
        changed.personal.remove(column);
    } else {
        changed.personal.insert(column.to_owned(), treatment);
    }
    if treatment == Treatment::LeaveOut {
        changed.extras.retain(|_, kept| kept != column);
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::history::{DateForm, NameSource};

    fn mapping() -> Mapping {
        edit::first("came".to_owned(), DateForm::Iso, "bank")
    }

    #[test]
    fn only_what_differs_from_the_default_is_written_down() {
        let changed = with_action(&mapping(), Check::WrongYear, Action::Accept);
        assert_eq!(changed.checks.action(Check::WrongYear), Action::Accept);
        assert_eq!(with_action(&changed, Check::WrongYear, Action::Repair), mapping());
    }

    #[test]
    fn a_personal_column_is_left_out_hashed_or_kept_and_back() {
        let before = mapping();
        assert_eq!(personal_use(&before, "mobile"), PersonalUse::Beside(Treatment::LeaveOut));
        for treatment in [Treatment::Hash, Treatment::Keep] {
            let treated = with_treatment(&before, "mobile", treatment);
            assert_eq!(personal_use(&treated, "mobile"), PersonalUse::Beside(treatment));
            assert_eq!(treated.extras.get("mobile").map(String::as_str), Some("mobile"));
            assert_eq!(with_treatment(&treated, "mobile", Treatment::LeaveOut), before);
        }
    }

    #[test]
    fn an_id_is_hashed_or_kept_and_a_site_is_what_it_is() {
        let mut before = mapping();
        before.visit.visit_id = vec!["code".to_owned()];
        before.visit.site = NameSource::Column("person".to_owned());
        assert_eq!(personal_use(&before, "code"), PersonalUse::Id(Treatment::Hash));
        let kept = with_treatment(&before, "code", Treatment::Keep);
        assert_eq!(personal_use(&kept, "code"), PersonalUse::Id(Treatment::Keep));
        assert!(kept.extras.is_empty());
        assert_eq!(with_treatment(&kept, "code", Treatment::Hash), before);
        assert_eq!(personal_use(&before, "person"), PersonalUse::Mapped(vec!["site"]));
    }

    #[test]
    fn a_further_column_never_takes_the_name_of_another() {
        let mut before = mapping();
        before.extras.insert("note".to_owned(), "remark".to_owned());
        let with = with_extra(&before, "note");
        assert_eq!(with.extras.get("note").map(String::as_str), Some("remark"));
        assert_eq!(with.extras.get("note_2").map(String::as_str), Some("note"));
        assert_eq!(with_extra(&with, "note"), with, "it is kept once");
    }
}
