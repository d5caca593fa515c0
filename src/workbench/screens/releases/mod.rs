//! Releases: what answers, what waits for review, and what a person may do about it.
//!
//! It shows the registry as the snapshot has it and sends commands; whether a command may be run is decided again
//! where it is carried out. What is typed here (reasons, passphrases) is kept by the screen only, and a passphrase
//! only until it was sent.

mod audit;
mod decide;
pub(super) mod fields;
mod page;
mod people;
mod review;
mod service;
mod thresholds;
mod versions;

use egui::Ui;

use self::decide::DecisionForm;
use self::page::{Calendar, Page};
use self::people::OwnerForm;
use self::thresholds::ThresholdForm;
use super::roll_back::RollBackForm;
use crate::base::Version;
use crate::base::explain::Explanation;
use crate::base::role::Permission;
use crate::store::registry::{RolloutKind, Stage};
use crate::workbench::command::{Command, Outbox};
use crate::workbench::state::{Screen, State};
use crate::workbench::text::isolate;
use crate::workbench::theme::Look;
use crate::workbench::widgets::{Card, Headline, MaterialIcon, Notice, empty_ui, failed_ui, grid_ui};
use crate::workbench::widgets::{icons, loading_ui};

/// The screen.
#[derive(Default)]
pub(super) struct Releases {
    /// The version that a person chose; else the one that matters most is shown.
    selected: Option<Version>,
    decision: DecisionForm,
    roll_back: RollBackForm,
    owner: OwnerForm,
    thresholds: ThresholdForm,
    calendar: Calendar,
}

/// Widths of what is shown at the start and at the end of a row of cards.
const SHARES: [f32; 2] = [1.5, 1.0];

impl Screen for Releases {
    fn id(&self) -> &'static str {
        "releases"
    }

    fn icon(&self) -> MaterialIcon {
        icons::ICON_ROCKET_LAUNCH
    }

    /// Proposals, where this person may decide about them.
    fn badge(&self, state: &State) -> u32 {
        let Some(snapshot) = &state.snapshot else { return 0 };
        let decides = snapshot.person(&state.person).is_some_and(|person| person.role.may(Permission::Approve));
        let waiting = snapshot.versions.iter().filter(|entry| entry.stage == Stage::Proposed).count();
        if decides { u32::try_from(waiting).unwrap_or(u32::MAX) } else { 0 }
    }

    fn ui(&mut self, ui: &mut Ui, state: &State, outbox: &mut Outbox) {
        let Some(snapshot) = state.snapshot.clone() else { return absent_ui(ui, state, outbox) };
        let Releases { selected, decision, roll_back, owner, thresholds, calendar } = self;
        let page = Page { look: Look::of(ui), state, snapshot: &snapshot, calendar };
        if snapshot.people.is_empty() && snapshot.versions.is_empty() {
            return nobody_ui(ui, &page, owner, outbox);
        }
        headline_ui(ui, &page, roll_back);
        if let (Some(live), Some(target)) = (&snapshot.live, page.returns_to()) {
            roll_back.form_ui(ui, live, target, outbox);
        }
        if snapshot.verification.as_ref().is_some_and(|verification| !verification.problems.is_empty()) {
            Notice::failure(page.look.text("releases.alarm")).ui(ui);
        }
        let shown = page.chosen(*selected);
        grid_ui(ui, "releases top", &SHARES, |ui, index, height| match index {
            0 => {
                if let Some(version) =
                    versions::card_ui(ui, &page, shown.map(|entry| entry.version), height, outbox)
                {
                    *selected = Some(version);
                }
            }
            _ => service::card_ui(ui, &page, height, outbox),
        });
        if let Some(entry) = shown {
            grid_ui(ui, "releases review", &SHARES, |ui, index, height| match index {
                0 => review::card_ui(ui, &page, entry, height),
                _ => {
                    decision.card_ui(ui, &page, entry, outbox);
                    people::card_ui(ui, &page, owner, height, outbox);
                }
            });
            thresholds.card_ui(ui, &page, outbox);
            audit::card_ui(ui, &page, 0.0);
        } else {
            grid_ui(ui, "releases audit", &SHARES, |ui, index, height| match index {
                0 => audit::card_ui(ui, &page, height),
                _ => people::card_ui(ui, &page, owner, height, outbox),
            });
            thresholds.card_ui(ui, &page, outbox);
        }
    }
}

/// Before the registry was read: how far that is, or that it failed.
fn absent_ui(ui: &mut Ui, state: &State, outbox: &mut Outbox) {
    let look = Look::of(ui);
    Card::new().ui(ui, |ui| match state.jobs.iter().find(|job| job.kind == "refresh") {
        Some(job) => {
            if loading_ui(ui, look.text("releases.loading"), &job.progress) {
                outbox.send(Command::CancelJob(job.id));
            }
        }
        None => {
            let words = |key: &str| look.text(key).to_owned();
            let explanation = Explanation {
                happened: words("releases.failed.happened"),
                untouched: words("releases.failed.untouched"),
                next: words("releases.failed.next"),
            };
            if failed_ui(ui, &explanation) {
                outbox.send(Command::Refresh);
            }
        }
    });
}

/// Nobody is in the registry, or there is none.
fn nobody_ui(ui: &mut Ui, page: &Page<'_>, owner: &mut OwnerForm, outbox: &mut Outbox) {
    let look = page.look;
    Headline::new(look.text("releases.nobody")).sentence(look.text("releases.nobody.line")).ui(ui);
    grid_ui(ui, "releases nobody", &[1.0, 1.0], |ui, index, height| match index {
        0 => Card::titled(look.text("releases.owner")).height(height).ui(ui, |ui| owner.ui(ui, page, outbox)),
        _ => Card::titled(look.text("releases.path")).height(height).ui(ui, |ui| {
            let (headline, line) = (look.text("releases.path.head"), look.text("releases.path.line"));
            if empty_ui(ui, icons::ICON_ROCKET_LAUNCH, headline, line, Some(look.text("releases.path.next"))) {
                outbox.send(Command::GoTo("compare"));
            }
        }),
    });
}

fn headline_ui(ui: &mut Ui, page: &Page<'_>, roll_back: &mut RollBackForm) {
    let look = page.look;
    let headline = match &page.snapshot.live {
        Some(live) => look
            .fill("releases.head.live", &[("version", &live.version.to_string()), ("when", &page.when(live.at))]),
        None => look.text("releases.head.none").to_owned(),
    };
    let sentence = [origin(page), page.acknowledged().1, waiting(page)].join(" ");
    Headline::new(headline).sentence(sentence.trim()).with_actions_ui(ui, |ui| {
        if let (Some(live), Some(target)) = (&page.snapshot.live, page.returns_to()) {
            let label = look.fill("releases.roll_back.to", &[("version", &target.to_string())]);
            roll_back.button_ui(ui, live, &label, decide::roll_back_refusal(page));
        }
    });
}

/// How the live version came to be live.
fn origin(page: &Page<'_>) -> String {
    let Some(live) = &page.snapshot.live else { return String::new() };
    let key = match live.kind {
        RolloutKind::Promote => "releases.head.promoted",
        RolloutKind::RollBack => "releases.head.returned",
    };
    let values = [("generation", page.count(live.generation)), ("person", isolate(&live.person))];
    page.look.language.fill_owned(key, &values)
}

/// What waits for review.
fn waiting(page: &Page<'_>) -> String {
    let mut waiting = page.snapshot.versions.iter().filter(|entry| entry.stage == Stage::Proposed);
    let look = page.look;
    match (waiting.next(), waiting.count()) {
        (None, _) => look.text("releases.waiting.none").to_owned(),
        (Some(entry), 0) => look.fill("releases.waiting.one", &[("version", &entry.version.to_string())]),
        (Some(_), more) => {
            look.fill("releases.waiting.more", &[("count", &look.language.integer(more as u64 + 1))])
        }
    }
}

#[cfg(test)]
mod tests;
