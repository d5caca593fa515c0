//! The lights of the three monitors of drift: what was found where drift was looked for last, or that nobody has looked yet.
//!
//! A light is only ever shown for what was measured.

use egui::Ui;
use egui_material_icons::icons;

use crate::analysis::drift::WindowFacts;
use crate::base::Verdict;
use crate::base::calendar::DateStyle;
use crate::base::explain::Explanation;
use crate::workbench::command::{Command, DriftAsk, Outbox};
use crate::workbench::screens::names::{asked_words, drift_key};
use crate::workbench::state::State;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Button, Card, Pill, grid_ui, loading_ui, row_ui};
use crate::workflows::watch::DriftReport;

/// A monitor: its name, its verdict, and the days and visits that it rests on.
struct Light<'a> {
    name: &'static str,
    verdict: Verdict,
    of: Option<&'a WindowFacts>,
    n: u64,
}

/// The card, for the data set that is looked at.
pub(super) fn drift_ui(ui: &mut Ui, state: &State, outbox: &mut Outbox) {
    let look = Look::of(ui);
    let note = state.drift_report().map(|report| note(&look, report)).unwrap_or_default();
    Card::titled(look.text("overview.drift")).note(note).ui(ui, |ui| {
        if let Some(job) = state.jobs.iter().find(|job| job.kind == "drift") {
            if loading_ui(ui, &job.name, &job.progress) {
                outbox.send(Command::CancelJob(job.id));
            }
            return;
        }
        match state.drift.as_ref().map(|drift| &drift.found) {
            Some(Ok(report)) => {
                lights_ui(ui, &look, report);
                if Button::plain(look.text("overview.go_drift")).icon(icons::ICON_WAVES).ui(ui).clicked() {
                    outbox.send(Command::GoTo("drift"));
                }
            }
            Some(Err(error)) => {
                Text::new(look.text("overview.drift_not_comparable")).strong().wrap().ui(ui);
                let said = Explanation::of(error, look.language);
                Text::new(said.happened).ink(Ink::Soft).wrap().ui(ui);
                if Button::plain(look.text("overview.go_drift")).icon(icons::ICON_WAVES).ui(ui).clicked() {
                    outbox.send(Command::GoTo("drift"));
                }
            }
            None => nobody_ui(ui, &look, state, outbox),
        }
    });
}

/// Which model, which data.
fn note(look: &Look, report: &DriftReport) -> String {
    asked_words(look, &report.model.name, report.model.family.as_deref())
}

fn lights_ui(ui: &mut Ui, look: &Look, report: &DriftReport) {
    let windows = &report.windows;
    let lights = [
        Light {
            name: "drift_screen.data_card",
            verdict: report.data.verdict,
            of: Some(&windows.current),
            n: windows.current.visits,
        },
        Light {
            name: "drift_screen.model_card",
            verdict: report.concept.verdict,
            of: Some(&windows.current),
            n: report.concept.n,
        },
        Light {
            name: "drift_screen.waits_card",
            verdict: report.label.verdict,
            of: windows.label_current.as_ref(),
            n: report.label.n_current,
        },
    ];
    grid_ui(ui, "drift lights", &[1.0; 3], |ui, cell, _| {
        let Some(light) = lights.get(cell) else { return };
        row_ui(ui, |ui| {
            Text::new(look.text(light.name)).weight(sizes::MEDIUM).ink(Ink::Soft).ui(ui);
            Pill::saying(light.verdict, look.text(drift_key(light.verdict))).ui(ui);
        });
        let dates = DateStyle::usual(look.language);
        let words = light.of.map_or_else(
            || look.text("overview.drift_no_days").to_owned(),
            |facts| {
                let values = [
                    ("first", dates.short(facts.first, look.language)),
                    ("last", dates.short(facts.last, look.language)),
                    ("n", look.language.integer(light.n)),
                ];
                look.language.fill_owned("overview.drift_of", &values)
            },
        );
        Text::new(words).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
    });
}

/// Not looked at yet: the button that does it.
fn nobody_ui(ui: &mut Ui, look: &Look, state: &State, outbox: &mut Outbox) {
    let command = Command::LookForDrift(DriftAsk::default());
    let refused = command.refusal(state, look);
    Text::new(look.text("overview.drift_nobody")).strong().wrap().ui(ui);
    Text::new(look.text("overview.drift_nobody_line")).ink(Ink::Soft).wrap().ui(ui);
    let button = Button::plain(look.text("drift_screen.look")).icon(icons::ICON_WAVES).unless(refused.clone());
    if button.ui(ui).clicked() {
        outbox.send(command);
    }
    if let Some(reason) = refused {
        Text::new(reason).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
    }
}
