//! Things that happen to the service: what they are, and what they change at a site on a day.
//!
//! A scenario never draws a number of its own, so that switching it leaves all days before it, all other sites,
//! and everything it does not mention bit for bit as they were. A scenario without a site concerns all of them.

use serde::{Deserialize, Serialize};

use crate::base::calendar::{CivilDate, Holidays};

use super::recipe::{Recipe, Second};

/// The kinds of scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScenarioKind {
    /// A site opens on the first day of the scenario and slowly becomes known.
    NewBranch,
    /// A share of the counters stays closed.
    StaffShortage,
    /// One service takes longer.
    SlowerService,
    /// On days of Ramadan sites open later and close earlier, fewer people come, and nobody has a tea break.
    RamadanHours,
    /// The counters' clock is wrong: what is recorded changes, what happens does not.
    BrokenClocks,
}

/// A scenario of a recipe.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    pub(super) is_on: bool,
    pub(super) from: CivilDate,
    /// The last day.
    pub(super) until: Option<CivilDate>,
    /// Index into the recipe's sites.
    pub(super) site: Option<usize>,
    pub(super) change: Change,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    NewBranch { ramp_days: f64 },
    StaffShortage { missing_share: f64 },
    SlowerService { service: usize, factor: f64 },
    RamadanHours { opens_later: Second, closes_earlier: Second, demand: f64 },
    BrokenClocks { off_by: Second, stuck_for: Second },
}

/// What all scenarios together change at one site on one day.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Effects {
    pub is_open: bool,
    pub demand: f64,
    pub missing_share: f64,
    /// Factors of the service time, by index of the service.
    pub slower: Vec<(usize, f64)>,
    pub opens_later: Second,
    pub closes_earlier: Second,
    pub is_fasting: bool,
    pub clock: ClockFault,
}

/// How the counters' clock differs from the true time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ClockFault {
    /// How far the clock is ahead.
    pub off_by: Second,
    /// How long the clock stands still before it catches up; 0 where it does not.
    pub stuck_for: Second,
}

/// The share of its later visits that a new branch has on its first day.
const FIRST_DAY_DEMAND: f64 = 0.3;

impl ScenarioKind {
    /// Every kind.
    pub const ALL: [ScenarioKind; 5] = [
        ScenarioKind::NewBranch,
        ScenarioKind::StaffShortage,
        ScenarioKind::SlowerService,
        ScenarioKind::RamadanHours,
        ScenarioKind::BrokenClocks,
    ];

    /// The name in recipes and on the command line.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            ScenarioKind::NewBranch => "new-branch",
            ScenarioKind::StaffShortage => "staff-shortage",
            ScenarioKind::SlowerService => "slower-service",
            ScenarioKind::RamadanHours => "ramadan-hours",
            ScenarioKind::BrokenClocks => "broken-clocks",
        }
    }

    /// The kind with this [`ScenarioKind::id`].
    #[must_use]
    pub fn from_id(id: &str) -> Option<ScenarioKind> {
        ScenarioKind::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

impl Scenario {
    /// The kind.
    #[must_use]
    pub fn kind(&self) -> ScenarioKind {
        match self.change {
            Change::NewBranch { .. } => ScenarioKind::NewBranch,
            Change::StaffShortage { .. } => ScenarioKind::StaffShortage,
            Change::SlowerService { .. } => ScenarioKind::SlowerService,
            Change::RamadanHours { .. } => ScenarioKind::RamadanHours,
            Change::BrokenClocks { .. } => ScenarioKind::BrokenClocks,
        }
    }

    /// Whether it is switched on.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.is_on
    }

    /// Its first day.
    #[must_use]
    pub fn from(&self) -> CivilDate {
        self.from
    }

    fn concerns(&self, site: usize) -> bool {
        self.is_on && self.site.is_none_or(|concerned| concerned == site)
    }

    fn is_during(&self, date: CivilDate) -> bool {
        self.from <= date && self.until.is_none_or(|last| date <= last)
    }
}

impl Effects {
    /// What is changed at the site with this index.
    pub fn of(recipe: &Recipe, site: usize, date: CivilDate) -> Effects {
        let mut effects = Effects {
            is_open: true,
            demand: 1.0,
            missing_share: 0.0,
            slower: Vec::new(),
            opens_later: 0,
            closes_earlier: 0,
            is_fasting: false,
            clock: ClockFault::default(),
        };
        for scenario in recipe.scenarios.iter().filter(|scenario| scenario.concerns(site)) {
            effects.add(scenario, date);
        }
        effects
    }

    /// The factor of the service time of the service with this index.
    pub fn slowness(&self, service: usize) -> f64 {
        self.slower.iter().filter(|(slower, _)| *slower == service).map(|(_, factor)| factor).product()
    }

    fn add(&mut self, scenario: &Scenario, date: CivilDate) {
        if let Change::NewBranch { ramp_days } = scenario.change {
            let age = f64::from(date.days_since(scenario.from));
            self.is_open &= age >= 0.0;
            if age < ramp_days {
                self.demand *= FIRST_DAY_DEMAND + (1.0 - FIRST_DAY_DEMAND) * age / ramp_days;
            }
            return;
        }
        if !scenario.is_during(date) {
            return;
        }
        match scenario.change {
            Change::NewBranch { .. } => {}
            Change::StaffShortage { missing_share } => {
                self.missing_share = 1.0 - (1.0 - self.missing_share) * (1.0 - missing_share);
            }
            Change::SlowerService { service, factor } => self.slower.push((service, factor)),
            Change::RamadanHours { opens_later, closes_earlier, demand } => {
                if Holidays::iran().is_ramadan(date) == Some(true) {
                    self.opens_later = opens_later;
                    self.closes_earlier = closes_earlier;
                    self.is_fasting = true;
                    self.demand *= demand;
                }
            }
            Change::BrokenClocks { off_by, stuck_for } => self.clock = ClockFault { off_by, stuck_for },
        }
    }
}

impl ClockFault {
    /// What the counters' clock shows at `true_time`.
    pub fn shows(self, true_time: Second) -> Second {
        let ahead = true_time + self.off_by;
        if self.stuck_for == 0 { ahead } else { ahead - ahead.rem_euclid(self.stuck_for) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_lead_back_to_their_kind_and_are_those_of_the_document() {
        for kind in ScenarioKind::ALL {
            assert_eq!(ScenarioKind::from_id(kind.id()), Some(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.id()));
        }
        assert_eq!(ScenarioKind::from_id("earthquake"), None);
    }

    #[test]
    fn a_clock_can_be_off_stuck_or_both() {
        let shows = |off_by, stuck_for, time| ClockFault { off_by, stuck_for }.shows(time);
        assert_eq!(shows(0, 0, 31_234), 31_234);
        assert_eq!(shows(-420, 0, 31_234), 30_814);
        assert_eq!(shows(0, 600, 31_234), 31_200);
        assert_eq!(shows(-420, 600, 31_234), 30_600);
        assert_eq!(shows(-420, 600, 10), -600);
    }
}
