//! Features: what is known of a visit at its arrival, how it is spread, how it goes with the wait, who uses it, and whether
//! any of it has seen the future.
//!
//! What is shown was computed by jobs: the sheet of the data set, the audit, and what the registry publishes.

mod audit;
mod catalogue;
mod details;
mod online;
#[cfg(test)]
mod tests;

use egui::Ui;
use egui_material_icons::{MaterialIcon, icons};

use crate::analysis::features::{Measure, feature};
use crate::base::Verdict;
use crate::workbench::command::{Command, Outbox};
use crate::workbench::state::{Screen, State};
use crate::workbench::theme::Look;
use crate::workbench::widgets::{Button, Card, Headline, empty_ui, grid_ui, loading_ui};
use crate::workflows::features::{FeatureRow, FeatureSheet, verdict};

/// The screen.
#[derive(Debug, Default)]
pub(super) struct Features {
    catalogue: catalogue::Catalogue,
    picture: details::Picture,
}

/// Widths of the catalogue and of what is said of one feature.
const SHARES: [f32; 2] = [2.5, 1.0];

impl Screen for Features {
    fn id(&self) -> &'static str {
        "features"
    }

    fn icon(&self) -> MaterialIcon {
        icons::ICON_FUNCTIONS
    }

    fn ui(&mut self, ui: &mut Ui, state: &State, outbox: &mut Outbox) {
        let look = Look::of(ui);
        let Some(sheet) = state.features.clone() else { return absent_ui(ui, state, outbox) };
        Headline::new(headline(&sheet, &look)).sentence(sentence(state, &sheet, &look)).with_actions_ui(
            ui,
            |ui| {
                let button = Button::primary(look.text("command.audit_features")).icon(icons::ICON_POLICY);
                if button.unless(Command::AuditFeatures.refusal(state, &look)).ui(ui).clicked() {
                    outbox.send(Command::AuditFeatures);
                }
            },
        );
        grid_ui(ui, "features", &SHARES, |ui, cell, height| match cell {
            0 => self.catalogue.ui(ui, state, &sheet, height),
            _ => {
                audit::audit_ui(ui, state, outbox);
                if let Some(row) = self.catalogue.chosen(&sheet) {
                    self.picture.ui(ui, state, row, height);
                }
            }
        });
        online::online_ui(ui, state, outbox);
    }
}

/// Before there is a sheet: no data set, work under way, or work that failed.
fn absent_ui(ui: &mut Ui, state: &State, outbox: &mut Outbox) {
    let look = Look::of(ui);
    let job = state.jobs.iter().find(|job| matches!(job.kind, "features" | "prepare" | "import" | "refresh"));
    Card::new().ui(ui, |ui| {
        if let Some(job) = job {
            if loading_ui(ui, &job.name, &job.progress) {
                outbox.send(Command::CancelJob(job.id));
            }
            return;
        }
        let (headline, line, next, command) = match state.dataset {
            None => ("features.none", "features.none_line", "overview.go_data", Command::GoTo("data")),
            Some(_) => ("features.failed", "overview.not_read_line", "try_again", Command::DescribeFeatures),
        };
        let next = Some(look.text(next));
        if empty_ui(ui, icons::ICON_FUNCTIONS, look.text(headline), look.text(line), next) {
            outbox.send(command);
        }
    });
}

fn headline(sheet: &FeatureSheet, look: &Look) -> String {
    let always = sheet.features.iter().filter(|row| row.profile.rows > 0 && row.profile.missing == 0).count();
    let critical = sheet.features.iter().filter(|row| row.entry.critical).count();
    let number = |n: usize| look.language.integer(n as u64);
    let values = [("n", number(sheet.features.len())), ("critical", number(critical)), ("always", number(always))];
    look.language.fill_owned("features.headline", &values)
}

/// Which feature goes with the wait the most, and what the audit said.
fn sentence(state: &State, sheet: &FeatureSheet, look: &Look) -> String {
    let strongest = sheet.features.iter().max_by(|a, b| strength(a).total_cmp(&strength(b)));
    let association = strongest.and_then(|row| Some((row, row.profile.association?)));
    let strongest = association.map_or_else(
        || look.text("features.no_waits").to_owned(),
        |(row, association)| {
            let values = [
                ("feature", name(look, &row.entry.id)),
                ("measure", look.text(&association.measure.name_key()).to_owned()),
                ("value", look.language.decimal(association.value, 2)),
                ("n", look.language.integer(association.n)),
            ];
            look.language.fill_owned("features.strongest", &values)
        },
    );
    let audited = state.audit.as_ref().map(|found| verdict(found));
    let audited = look.text(match audited {
        None => "features.not_audited",
        Some(Verdict::Pass) => "features.audited_pass",
        Some(Verdict::Fail) => "features.audited_fail",
        Some(Verdict::Inconclusive) => "features.audited_nothing",
    });
    look.fill("features.two_sentences", &[("a", &strongest), ("b", audited)])
}

/// How much a feature goes with the wait, on one scale: a correlation, or the root of a share of the variance.
fn strength(row: &FeatureRow) -> f64 {
    row.profile.association.map_or(0.0, |association| match association.measure {
        Measure::Spearman => association.value.abs(),
        Measure::EtaSquared => association.value.max(0.0).sqrt(),
    })
}

/// What people call the feature `id`; one that was added as an expression has its own name only.
fn name(look: &Look, id: &str) -> String {
    if feature(id).is_none() {
        let key = format!("online.{id}");
        let words = look.text(&key);
        return if words == key { id.to_owned() } else { words.to_owned() };
    }
    look.text(&format!("feature.{id}")).to_owned()
}
