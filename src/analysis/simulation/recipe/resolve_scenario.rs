//! From a raw scenario to a checked one: each kind has fields of its own, and refuses those of the others.

use crate::analysis::simulation::scenario::{Change, Scenario, ScenarioKind};

use super::raw::{RawScenario, scenario_defaults as default};
use super::resolve::{date, find, number, span};
use super::{RecipeError, Service, Site};

pub(super) fn scenario(
    field: &str,
    raw: &RawScenario,
    services: &[Service],
    sites: &[Site],
) -> Result<Scenario, RecipeError> {
    refuse_unwanted(field, raw)?;
    let path = |name: &str| format!("{field}.{name}");
    let find_site = |id: &String| find(&path("site"), id, || sites.iter().map(|site| site.id.as_str()));
    let site = raw.site.as_ref().map(find_site).transpose()?;
    if raw.kind == ScenarioKind::NewBranch && site.is_none() {
        return Err(RecipeError::Missing { field: path("site") });
    }
    let from = date(&path("from"), &raw.from)?;
    let until = raw.until.as_ref().map(|until| date(&path("until"), until)).transpose()?;
    if let Some(until) = until.filter(|until| *until < from) {
        return Err(RecipeError::OutOfRange {
            field: path("until"),
            value: until.to_string(),
            low: from.to_string(),
            high: crate::base::calendar::Holidays::iran().covered().1.to_string(),
        });
    }
    Ok(Scenario { is_on: raw.on, from, until, site, change: change(field, raw, services)? })
}

fn change(field: &str, raw: &RawScenario, services: &[Service]) -> Result<Change, RecipeError> {
    let path = |name: &str| format!("{field}.{name}");
    let minutes = |name: &str, given: Option<f64>, default: f64, low: f64| {
        span(&path(name), given.unwrap_or(default), low..=240.0)
    };
    Ok(match raw.kind {
        ScenarioKind::NewBranch => Change::NewBranch {
            ramp_days: number(&path("ramp_days"), raw.ramp_days.unwrap_or(default::RAMP_DAYS), 0.0..=1_000.0)?,
        },
        ScenarioKind::StaffShortage => {
            let share = raw.missing_share.unwrap_or(default::MISSING_SHARE);
            Change::StaffShortage { missing_share: number(&path("missing_share"), share, 0.0..=1.0)? }
        }
        ScenarioKind::SlowerService => {
            let id = raw.service.as_ref().ok_or_else(|| RecipeError::Missing { field: path("service") })?;
            Change::SlowerService {
                service: find(&path("service"), id, || services.iter().map(|service| service.id.as_str()))?,
                factor: number(&path("factor"), raw.factor.unwrap_or(default::SLOWER_FACTOR), 0.1..=10.0)?,
            }
        }
        ScenarioKind::RamadanHours => {
            let (later, earlier) = (default::OPENS_LATER_MINUTES, default::CLOSES_EARLIER_MINUTES);
            Change::RamadanHours {
                opens_later: minutes("opens_later_minutes", raw.opens_later_minutes, later, 0.0)?,
                closes_earlier: minutes("closes_earlier_minutes", raw.closes_earlier_minutes, earlier, 0.0)?,
                demand: number(&path("demand"), raw.demand.unwrap_or(default::RAMADAN_DEMAND), 0.0..=10.0)?,
            }
        }
        ScenarioKind::BrokenClocks => Change::BrokenClocks {
            off_by: minutes("off_minutes", raw.off_minutes, default::OFF_MINUTES, -240.0)?,
            stuck_for: minutes("stuck_minutes", raw.stuck_minutes, default::STUCK_MINUTES, 0.0)?,
        },
    })
}

fn refuse_unwanted(field: &str, raw: &RawScenario) -> Result<(), RecipeError> {
    use ScenarioKind::{BrokenClocks, NewBranch, RamadanHours, SlowerService, StaffShortage};
    let fields = [
        ("until", raw.until.is_some(), raw.kind != NewBranch),
        ("service", raw.service.is_some(), raw.kind == SlowerService),
        ("missing_share", raw.missing_share.is_some(), raw.kind == StaffShortage),
        ("factor", raw.factor.is_some(), raw.kind == SlowerService),
        ("ramp_days", raw.ramp_days.is_some(), raw.kind == NewBranch),
        ("opens_later_minutes", raw.opens_later_minutes.is_some(), raw.kind == RamadanHours),
        ("closes_earlier_minutes", raw.closes_earlier_minutes.is_some(), raw.kind == RamadanHours),
        ("demand", raw.demand.is_some(), raw.kind == RamadanHours),
        ("off_minutes", raw.off_minutes.is_some(), raw.kind == BrokenClocks),
        ("stuck_minutes", raw.stuck_minutes.is_some(), raw.kind == BrokenClocks),
    ];
    match fields.into_iter().find(|(_, is_given, is_known)| *is_given && !is_known) {
        Some((name, _, _)) => Err(RecipeError::Unwanted { field: format!("{field}.{name}") }),
        None => Ok(()),
    }
}
