//! A recipe as it is written: every field that may stand in the document, and the defaults of those that may not.
//!
//! Nothing is checked here but the names of fields, of which unknown ones are refused. The invariant: every
//! default of the simulator stands in this file.

use serde::Deserialize;

use crate::analysis::simulation::ScenarioKind;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRecipe {
    pub seed: u64,
    pub start: String,
    pub days: i64,
    #[serde(default = "default_zone")]
    pub zone: String,
    #[serde(default)]
    pub export: RawExport,
    #[serde(default)]
    pub hours: RawHours,
    #[serde(default)]
    pub demand: RawDemand,
    #[serde(default)]
    pub booking: RawBooking,
    #[serde(default)]
    pub people: RawPeople,
    #[serde(default)]
    pub staff: RawStaff,
    #[serde(default)]
    pub work: RawWork,
    pub services: Vec<RawService>,
    pub sites: Vec<RawSite>,
    #[serde(default)]
    pub scenarios: Vec<RawScenario>,
}

fn default_zone() -> String {
    "Asia/Tehran".to_owned()
}

/// When, on the last day, the history was exported, and what else it says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawExport {
    pub at: Option<String>,
    pub people_ahead: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawHours {
    pub opens: String,
    pub closes: String,
    pub thursday_closes: String,
    pub last_ticket_minutes: f64,
}

impl Default for RawHours {
    fn default() -> RawHours {
        RawHours {
            opens: "07:30".to_owned(),
            closes: "14:30".to_owned(),
            thursday_closes: "12:30".to_owned(),
            last_ticket_minutes: 30.0,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawSiteHours {
    pub opens: Option<String>,
    pub closes: Option<String>,
    pub thursday_closes: Option<String>,
}

/// A point of a line through the day, straight between points and level outside of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPoint {
    pub at: String,
    pub factor: f64,
}

fn points(points: &[(&str, f64)]) -> Vec<RawPoint> {
    points.iter().map(|(at, factor)| RawPoint { at: (*at).to_owned(), factor: *factor }).collect()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawDemand {
    pub level: f64,
    pub day_spread: f64,
    pub after_holiday: f64,
    pub weekdays: RawWeekdays,
    pub months: Vec<f64>,
    pub hours: Vec<RawPoint>,
}

impl Default for RawDemand {
    fn default() -> RawDemand {
        RawDemand {
            level: 1.0,
            day_spread: 0.12,
            after_holiday: 1.2,
            weekdays: RawWeekdays::default(),
            months: vec![0.8, 1.0, 1.0, 1.0, 0.95, 1.05, 1.05, 1.0, 1.0, 1.0, 1.05, 1.1],
            hours: points(&[
                ("07:00", 0.7),
                ("08:30", 1.3),
                ("10:00", 1.5),
                ("11:00", 1.2),
                ("12:30", 0.7),
                ("14:00", 0.6),
                ("17:00", 0.9),
                ("20:00", 0.4),
            ]),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawWeekdays {
    pub saturday: f64,
    pub sunday: f64,
    pub monday: f64,
    pub tuesday: f64,
    pub wednesday: f64,
    pub thursday: f64,
}

impl Default for RawWeekdays {
    fn default() -> RawWeekdays {
        RawWeekdays { saturday: 1.2, sunday: 1.05, monday: 1.0, tuesday: 0.95, wednesday: 1.0, thursday: 0.7 }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawBooking {
    pub slot_minutes: f64,
    pub no_show: f64,
    pub early_minutes: f64,
    pub early_spread_minutes: f64,
    pub late_share: f64,
    pub late_minutes: f64,
    pub called_early_minutes: f64,
    pub forfeits_after_minutes: f64,
    pub yields_after_minutes: f64,
}

impl Default for RawBooking {
    fn default() -> RawBooking {
        RawBooking {
            slot_minutes: 10.0,
            no_show: 0.12,
            early_minutes: 8.0,
            early_spread_minutes: 7.0,
            late_share: 0.1,
            late_minutes: 14.0,
            called_early_minutes: 5.0,
            forfeits_after_minutes: 15.0,
            yields_after_minutes: 90.0,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawPeople {
    pub priority_share: f64,
    pub patient_share: f64,
    pub patience_minutes: f64,
    pub patience_spread: f64,
}

impl Default for RawPeople {
    fn default() -> RawPeople {
        RawPeople { priority_share: 0.03, patient_share: 0.45, patience_minutes: 110.0, patience_spread: 0.8 }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawStaff {
    pub absence: f64,
    pub pace_spread: f64,
    pub jitter_minutes: f64,
    pub tea: RawBreak,
    pub midday: RawBreak,
    pub peak: RawSpan,
}

impl Default for RawStaff {
    fn default() -> RawStaff {
        RawStaff {
            absence: 0.04,
            pace_spread: 0.12,
            jitter_minutes: 4.0,
            tea: RawBreak { at: "09:45".to_owned(), minutes: 15.0, stagger_minutes: 20.0 },
            midday: RawBreak { at: "12:00".to_owned(), minutes: 30.0, stagger_minutes: 30.0 },
            peak: RawSpan { from: "09:00".to_owned(), until: "12:00".to_owned() },
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBreak {
    pub at: String,
    pub minutes: f64,
    pub stagger_minutes: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSpan {
    pub from: String,
    pub until: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawWork {
    pub long_share: f64,
    pub long_factor: f64,
    pub long_spread: f64,
    pub booked_factor: f64,
    pub priority_factor: f64,
    pub day_spread: f64,
    pub shortest_seconds: f64,
    pub longest_minutes: f64,
    pub hours: Vec<RawPoint>,
}

impl Default for RawWork {
    fn default() -> RawWork {
        RawWork {
            long_share: 0.07,
            long_factor: 3.0,
            long_spread: 0.5,
            booked_factor: 0.85,
            priority_factor: 1.35,
            day_spread: 0.1,
            shortest_seconds: 20.0,
            longest_minutes: 120.0,
            hours: points(&[
                ("07:30", 1.25),
                ("08:30", 1.0),
                ("11:00", 0.95),
                ("12:30", 1.1),
                ("14:00", 1.3),
                ("16:00", 1.05),
                ("19:00", 1.2),
            ]),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawService {
    pub id: String,
    pub name: String,
    pub median_minutes: f64,
    #[serde(default = "default_spread")]
    pub spread: f64,
}

fn default_spread() -> f64 {
    0.5
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSite {
    pub id: String,
    pub name: String,
    #[serde(default = "one")]
    pub level: f64,
    #[serde(default = "one")]
    pub pace: f64,
    #[serde(default)]
    pub hours: RawSiteHours,
    pub queues: Vec<RawQueue>,
}

fn one() -> f64 {
    1.0
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawQueue {
    pub service: String,
    pub visits_a_day: f64,
    pub counters: i64,
    #[serde(default)]
    pub peak_counters: i64,
    #[serde(default)]
    pub booked_share: f64,
}

/// A scenario of any kind; which of the last fields belong to which kind is checked when it is resolved.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawScenario {
    pub kind: ScenarioKind,
    #[serde(default = "on")]
    pub on: bool,
    pub from: String,
    pub until: Option<String>,
    pub site: Option<String>,
    pub service: Option<String>,
    pub missing_share: Option<f64>,
    pub factor: Option<f64>,
    pub ramp_days: Option<f64>,
    pub opens_later_minutes: Option<f64>,
    pub closes_earlier_minutes: Option<f64>,
    pub demand: Option<f64>,
    pub off_minutes: Option<f64>,
    pub stuck_minutes: Option<f64>,
}

fn on() -> bool {
    true
}

/// What the fields of a scenario are where they are left out.
pub(super) mod scenario_defaults {
    pub const MISSING_SHARE: f64 = 0.4;
    pub const SLOWER_FACTOR: f64 = 1.3;
    pub const RAMP_DAYS: f64 = 45.0;
    pub const OPENS_LATER_MINUTES: f64 = 60.0;
    pub const CLOSES_EARLIER_MINUTES: f64 = 60.0;
    pub const RAMADAN_DEMAND: f64 = 0.85;
    pub const OFF_MINUTES: f64 = -7.0;
    pub const STUCK_MINUTES: f64 = 0.0;
}
