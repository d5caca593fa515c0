//! What every card of the screen needs: the snapshot, the language's way to write, and answers to common questions.

use std::cell::RefCell;

use crate::base::calendar::{DateStyle, WallClock, Zone};
use crate::base::language::Catalogue;
use crate::base::{Moment, Verdict, Version};
use crate::store::registry::{Rollout, Stage, VersionEntry};
use crate::workbench::snapshot::Snapshot;
use crate::workbench::state::State;
use crate::workbench::text::isolate;
use crate::workbench::theme::{Ink, Look};

/// The clock of the sites; looking a time zone up costs too much for every frame.
pub(super) struct Calendar(RefCell<WallClock>);

impl Default for Calendar {
    fn default() -> Calendar {
        Calendar(RefCell::new(Zone::default().clock()))
    }
}

/// What is shown, and how.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    pub look: Look,
    pub state: &'a State,
    pub snapshot: &'a Snapshot,
    pub calendar: &'a Calendar,
}

impl Page<'_> {
    /// Date and time in the calendar of the language.
    pub fn when(&self, moment: Moment) -> String {
        let language = self.look.language;
        let local = self.calendar.0.borrow_mut().local(moment);
        DateStyle::usual(language).date_and_time(local, language)
    }

    /// The date alone.
    pub fn day(&self, moment: Moment) -> String {
        let language = self.look.language;
        let local = self.calendar.0.borrow_mut().local(moment);
        DateStyle::usual(language).short(local.date(), language)
    }

    /// A number of things, or that of a generation.
    pub fn count(&self, number: i64) -> String {
        self.look.language.integer(number.unsigned_abs())
    }

    /// A number with `places` decimals.
    pub fn number(&self, value: f64, places: usize) -> String {
        self.look.language.decimal(value, places)
    }

    /// `value (low to high)`; without bounds, the value alone, where there are too few days for an interval.
    pub fn interval(&self, value: f64, bounds: Option<(f64, f64)>, places: usize) -> String {
        let value = self.number(value, places);
        match bounds {
            Some((low, high)) => self.look.fill(
                "releases.interval",
                &[("value", &value), ("low", &self.number(low, places)), ("high", &self.number(high, places))],
            ),
            None => value,
        }
    }

    /// The name of a family, or of a model that is called by its family; others as they are.
    pub fn model(&self, name: &str) -> String {
        let key = format!("family.{name}");
        Catalogue::get(self.look.language).text(&key).map_or_else(|| isolate(name), str::to_owned)
    }

    /// The word of a stage.
    pub fn stage(&self, stage: Stage) -> String {
        self.look.text(&format!("version_stage.{}", stage.id())).to_owned()
    }

    /// The version to show: the chosen one, else the newest that waits, else the live one, else the newest.
    pub fn chosen(&self, chosen: Option<Version>) -> Option<&VersionEntry> {
        let versions = &self.snapshot.versions;
        let of_stage = |stage| versions.iter().find(|entry| entry.stage == stage);
        chosen
            .and_then(|version| versions.iter().find(|entry| entry.version == version))
            .or_else(|| of_stage(Stage::Proposed))
            .or_else(|| of_stage(Stage::Live))
            .or_else(|| versions.first())
    }

    /// Since when a version is what it is.
    pub fn since(&self, entry: &VersionEntry) -> Moment {
        let decided = || self.snapshot.approvals.get(&entry.version).map(|approval| approval.at);
        let live = || self.snapshot.live.as_ref().map(|live| live.at);
        let replaced = || {
            let is_replacement = |rollout: &&Rollout| rollout.previous_version == Some(entry.version);
            self.snapshot.rollouts.iter().find(is_replacement).map(|rollout| rollout.at)
        };
        let since = match entry.stage {
            Stage::Proposed => None,
            Stage::Approved | Stage::Rejected => decided(),
            Stage::Live => live(),
            Stage::Retired => replaced(),
        };
        since.unwrap_or(entry.proposed_at)
    }

    /// The version that a rollback would return to.
    pub fn returns_to(&self) -> Option<Version> {
        let target = self.snapshot.live.as_ref()?.returns_to?;
        self.snapshot.rollouts.iter().find(|rollout| rollout.generation == target).map(|rollout| rollout.version)
    }

    /// Whether the running service answers with what the registry says is live, and a sentence about it.
    pub fn acknowledged(&self) -> (Verdict, String) {
        let look = self.look;
        let sentence = |key: &str| look.text(key).to_owned();
        let Some(rollout) = &self.snapshot.live else {
            return (Verdict::Inconclusive, String::new());
        };
        if self.state.server.address.is_none() {
            return (Verdict::Inconclusive, sentence("releases.ack.stopped"));
        }
        let Some(said) = &self.state.server.live else {
            return (Verdict::Inconclusive, sentence("releases.ack.silent"));
        };
        if said.generation == Some(rollout.generation) && said.version == Some(rollout.version) {
            return (Verdict::Pass, sentence("releases.ack.yes"));
        }
        if said.refused.as_ref().is_some_and(|refused| refused.generation == rollout.generation) {
            return (Verdict::Fail, sentence("releases.ack.refused"));
        }
        match (said.version, said.generation) {
            (Some(version), Some(generation)) => {
                let values = [("version", version.to_string()), ("generation", self.count(generation))];
                (Verdict::Inconclusive, look.language.fill_owned("releases.ack.other", &values))
            }
            _ => (Verdict::Inconclusive, sentence("releases.ack.nothing")),
        }
    }
}

/// The colour of a stage: blue is what answers, green what may come to.
pub(super) fn stage_ink(stage: Stage) -> Ink {
    match stage {
        Stage::Live => Ink::Current,
        Stage::Proposed | Stage::Approved => Ink::Candidate,
        Stage::Rejected => Ink::Fail,
        Stage::Retired => Ink::Reference,
    }
}
