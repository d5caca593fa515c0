//! Columns that say the same in every row.

use super::{Action, Check, TableAccount, Why};
use crate::analysis::history::{Optional, Texts, Visits};

pub(super) fn check(visits: &Visits, account: &mut TableAccount) {
    if visits.len() < 2 {
        account.cannot(Check::ConstantColumn, Why::FewVisits, visits.len(), 2);
        return;
    }
    let mut found: Vec<(&str, String)> = Vec::new();
    // A canonical column that is missing throughout was not mapped.
    found.extend(only(&visits.priority).map(|value| ("priority", value.to_string())));
    found.extend(only(&visits.channel).map(|value| ("channel", value.id().to_owned())));
    found.extend(only(&visits.open_counters).map(|value| ("open_counters", value.to_string())));
    found.extend(only(&visits.people_ahead).map(|value| ("people_ahead", value.to_string())));
    for (name, texts) in &visits.extras {
        if let Some(value) = only_text(texts) {
            found.push((name, value.unwrap_or("—").to_owned()));
        }
    }
    for (name, value) in found {
        account.find(Check::ConstantColumn, Action::Accept, 1, || format!("{name} = {value}"));
    }
}

/// The value of every row, where they all have the same.
fn only<T: PartialEq + Copy + Send + Sync>(column: &Optional<T>) -> Option<T> {
    let column = column.rows()?;
    let first = (*column.first()?)?;
    column.iter().all(|value| *value == Some(first)).then_some(first)
}

/// The text of every row, missing or not, where they all have the same.
fn only_text(column: &Texts) -> Option<Option<&str>> {
    let first = column.get(0);
    column.iter().all(|text| text == first).then_some(first)
}
