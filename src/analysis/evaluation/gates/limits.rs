//! What of the gates can be set, and what is set.

use std::collections::BTreeMap;

use super::{GATES, Gate};

/// A number of a gate that can be set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// Its name in files, `gate.` and more, and the key of what it means.
    pub id: &'static str,
    /// What it is where nobody has set it.
    pub usual: f64,
    /// The least it may be.
    pub least: f64,
    /// The most it may be.
    pub most: f64,
}

/// The numbers that hold. Those that nobody has set are the usual ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits(BTreeMap<String, f64>);

impl Limit {
    /// Every limit of every gate.
    pub fn all() -> impl Iterator<Item = &'static Limit> {
        GATES.iter().flat_map(|gate: &&dyn Gate| gate.limits())
    }

    /// The limit of this name.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Limit> {
        Limit::all().find(|limit| limit.id == id)
    }

    /// Whether it may be `value`.
    #[must_use]
    pub fn allows(&self, value: f64) -> bool {
        (self.least..=self.most).contains(&value)
    }
}

impl Limits {
    /// Those that are set, by name. What no gate knows, or may not be what it is, is passed over.
    #[must_use]
    pub fn set(values: impl IntoIterator<Item = (String, f64)>) -> Limits {
        let holds = |(id, value): &(String, f64)| Limit::named(id).is_some_and(|limit| limit.allows(*value));
        Limits(values.into_iter().filter(holds).collect())
    }

    /// What `limit` is.
    #[must_use]
    pub fn of(&self, limit: &Limit) -> f64 {
        self.0.get(limit.id).copied().unwrap_or(limit.usual)
    }
}
