//! What is simulated: a checked recipe, all of whose parts fit together.
//!
//! A recipe is written as YAML, parsed into the raw form and then resolved into this one. It knows no dates'
//! holidays and draws no numbers. The invariant: a [`Recipe`] can be simulated; indices of services and sites
//! are valid, opening hours are not empty, every number lies in the range that the error for it names.

mod error;
mod raw;
mod resolve;
mod resolve_scenario;

pub use error::RecipeError;

use crate::base::calendar::{CivilDate, Zone};

use super::scenario::{Scenario, ScenarioKind};

/// Seconds since midnight, as the clock on the site's wall shows them.
pub(super) type Second = i32;

/// A checked recipe.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    pub(super) seed: u64,
    pub(super) start: CivilDate,
    pub(super) days: i32,
    pub(super) zone: Zone,
    pub(super) export: Export,
    pub(super) demand: Demand,
    pub(super) booking: Booking,
    pub(super) people: People,
    pub(super) staff: Staff,
    pub(super) work: Work,
    pub(super) services: Vec<Service>,
    pub(super) sites: Vec<Site>,
    pub(super) scenarios: Vec<Scenario>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Export {
    /// When on the last day the history ends; what came later is not in it.
    pub at: Option<Second>,
    pub people_ahead: bool,
}

/// Opening hours of a site.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Hours {
    pub opens: Second,
    pub closes: Second,
    pub thursday_closes: Second,
    pub last_ticket_before: Second,
}

/// A line through the day: straight between its points, level outside of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Profile(Vec<(Second, f64)>);

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Demand {
    pub level: f64,
    pub day_spread: f64,
    pub after_holiday: f64,
    /// By [`crate::base::calendar::Weekday::index`], Saturday to Thursday.
    pub weekdays: [f64; 6],
    /// By Jalali month, Farvardin first.
    pub months: [f64; 12],
    pub hours: Profile,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Booking {
    pub slot: Second,
    pub no_show: f64,
    pub early_minutes: f64,
    pub early_spread_minutes: f64,
    pub late_share: f64,
    pub late_minutes: f64,
    pub called_early: Second,
    pub forfeits_after: Second,
    pub yields_after: Second,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct People {
    pub priority_share: f64,
    pub patient_share: f64,
    pub patience_minutes: f64,
    pub patience_spread: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Staff {
    pub absence: f64,
    pub pace_spread: f64,
    pub jitter_minutes: f64,
    pub tea: Break,
    pub midday: Break,
    pub peak: (Second, Second),
}

/// A break of each counter, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Break {
    pub at: Second,
    pub length: Second,
    pub stagger: Second,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Work {
    pub long_share: f64,
    pub long_factor: f64,
    pub long_spread: f64,
    pub booked_factor: f64,
    pub priority_factor: f64,
    pub day_spread: f64,
    pub shortest_seconds: f64,
    pub longest_minutes: f64,
    pub hours: Profile,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Service {
    pub id: String,
    pub name: String,
    pub median_minutes: f64,
    pub spread: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Site {
    pub id: String,
    pub name: String,
    pub level: f64,
    pub pace: f64,
    pub hours: Hours,
    pub queues: Vec<Queue>,
}

/// One service at one site, with counters of its own.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Queue {
    /// Index into the recipe's services.
    pub service: usize,
    pub visits_a_day: f64,
    /// Counters that work all day.
    pub counters: usize,
    /// Counters that work in the peak hours only.
    pub peak_counters: usize,
    pub booked_share: f64,
}

impl Recipe {
    /// Reads a recipe from its YAML document.
    ///
    /// # Errors
    /// [`RecipeError`] names the first field that is wrong, and what it may be.
    pub fn from_yaml(text: &str) -> Result<Recipe, RecipeError> {
        let raw: raw::RawRecipe = serde_saphyr::from_str(text)
            .map_err(|error| RecipeError::Unreadable { detail: error.without_snippet().to_string() })?;
        resolve::resolve(raw)
    }

    /// The same recipe with another seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Recipe {
        self.seed = seed;
        self
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The first day.
    #[must_use]
    pub fn start(&self) -> CivilDate {
        self.start
    }

    /// The number of days, closed ones included.
    #[must_use]
    pub fn days(&self) -> i32 {
        self.days
    }

    /// The zone of the sites' clocks.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The names of the sites, in the order of the recipe.
    pub fn site_names(&self) -> impl Iterator<Item = &str> {
        self.sites.iter().map(|site| site.name.as_str())
    }

    /// Every scenario, switched on or not, in the order of the recipe.
    #[must_use]
    pub fn scenarios(&self) -> &[Scenario] {
        &self.scenarios
    }

    /// Switches the scenarios of one kind on or off; returns how many there are of it.
    pub fn switch(&mut self, kind: ScenarioKind, on: bool) -> usize {
        let of_kind = self.scenarios.iter_mut().filter(|scenario| scenario.kind() == kind);
        of_kind.map(|scenario| scenario.is_on = on).count()
    }
}

impl Profile {
    /// The height of the line at `second`.
    pub fn at(&self, second: Second) -> f64 {
        let after = self.0.partition_point(|(at, _)| *at <= second);
        match (after.checked_sub(1).and_then(|before| self.0.get(before)), self.0.get(after)) {
            (Some((from, low)), Some((until, high))) => {
                low + (high - low) * f64::from(second - from) / f64::from(until - from)
            }
            (Some((_, level)), None) | (None, Some((_, level))) => *level,
            (None, None) => 1.0,
        }
    }
}

#[cfg(test)]
mod tests;
