//! The account of an import: every row of the file is somewhere, and this says where.

use egui::Ui;
use egui_material_icons::icons;

use crate::analysis::history::ImportReport;
use crate::base::Digest;
use crate::workbench::snapshot::Snapshot;
use crate::workbench::text::{Face, Text, isolate};
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::charts::{Chart, SplitData, SplitPart, legend_ui};
use crate::workbench::widgets::{Button, Card, Notice, grid_ui};
use crate::workflows::datasets::DatasetDocument;

/// The two cards: what became of the rows, and where those are that were set aside.
pub(super) fn account_ui(ui: &mut Ui, snapshot: &Snapshot, digest: Digest, document: &DatasetDocument) {
    if document.report.quarantined == 0 {
        return rows_ui(ui, document, 0.0);
    }
    grid_ui(ui, "account", &[1.45, 1.0], |ui, cell, height| match cell {
        0 => rows_ui(ui, document, height),
        _ => aside_ui(ui, snapshot, digest, &document.report, height),
    });
}

fn rows_ui(ui: &mut Ui, document: &DatasetDocument, height: f32) {
    let look = Look::of(ui);
    let report = &document.report;
    let number = |n: u64| look.language.integer(n);
    Card::titled(look.text("data.account")).note(super::sets::source_words(&look, document)).height(height).ui(
        ui,
        |ui| {
            let sum = look.fill(
                "data.sum",
                &[
                    ("read", &number(report.read)),
                    ("accepted", &number(report.accepted)),
                    ("repaired", &number(report.repaired)),
                    ("aside", &number(report.quarantined)),
                    ("duplicate", &number(report.duplicate)),
                ],
            );
            Text::new(sum).strong().wrap().copyable().ui(ui);
            if !report.adds_up() {
                Notice::failure(look.text("data.does_not_add_up")).ui(ui);
            }
            split_ui(
                ui,
                look.text("data.account"),
                &[
                    ("data.accepted", report.accepted, Ink::Shifted),
                    ("data.repaired", report.repaired, Ink::Warn),
                    ("data.aside", report.quarantined, Ink::Fail),
                    ("data.duplicate", report.duplicate, Ink::Reference),
                ],
            );
            ui.add_space(sizes::GRID);
            if let Some(parent) = &document.parent {
                let values = [
                    ("name", isolate(&parent.name)),
                    ("digest", isolate(&parent.digest.short())),
                    ("before", number(parent.visits)),
                    ("completed", number(parent.completed)),
                    ("visits", number(document.outcomes().visits)),
                ];
                Text::new(look.language.fill_owned("data.parent", &values)).wrap().copyable().ui(ui);
                ui.add_space(sizes::GRID);
            }
            let all = document.outcomes();
            let outcomes = look.fill(
                "data.outcomes",
                &[
                    ("served", &number(all.served)),
                    ("abandoned", &number(all.abandoned)),
                    ("unfinished", &number(all.unfinished)),
                ],
            );
            Text::new(outcomes).strong().wrap().copyable().ui(ui);
            split_ui(
                ui,
                look.text("data.visits"),
                &[
                    ("data.served", all.served, Ink::Shifted),
                    ("data.abandoned", all.abandoned, Ink::Warn),
                    ("data.unfinished", all.unfinished, Ink::Reference),
                ],
            );
            Text::new(look.text("data.censored")).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
        },
    );
}

/// A bar of the parts that are not nothing, each named with its share.
fn split_ui(ui: &mut Ui, name: &str, parts: &[(&'static str, u64, Ink)]) {
    let look = Look::of(ui);
    let whole: u64 = parts.iter().map(|(_, n, _)| n).sum();
    if whole == 0 {
        return;
    }
    let part = |(key, n, ink): &(&'static str, u64, Ink)| {
        let share = *n as f64 / whole as f64;
        let places = if share > 0.0 && share < 0.001 { 3 } else { 1 };
        let label = format!("{} {}", look.text(key), look.language.percent(share, places));
        SplitPart { label, share, ink: *ink }
    };
    let parts = parts.iter().filter(|(_, n, _)| *n > 0).map(part).collect();
    let split = SplitData { name: name.to_owned(), parts };
    split.ui(ui, 10.0);
    legend_ui(ui, &split.legend());
}

/// Where the rows that were set aside are, to be mended and imported again.
fn aside_ui(ui: &mut Ui, snapshot: &Snapshot, digest: Digest, report: &ImportReport, height: f32) {
    let look = Look::of(ui);
    let note = look.language.integer(report.quarantined);
    Card::titled(look.text("data.reasons")).note(note).height(height).ui(ui, |ui| {
        let Some(path) = snapshot.quarantine.get(&digest) else {
            Text::new(look.text("data.quarantine_gone")).ink(Ink::Warn).wrap().ui(ui);
            return;
        };
        let path = path.display().to_string();
        Text::new(look.text("data.quarantine")).ink(Ink::Soft).wrap().ui(ui);
        let shown = Text::new(path.clone()).value().face(Face::Code).size(sizes::SMALL);
        shown.elide().copyable().ui(ui);
        ui.add_space(sizes::GRID);
        let button = Button::plain(look.text("data.copy_path")).icon(icons::ICON_CONTENT_COPY);
        if button.ui(ui).clicked() {
            ui.ctx().copy_text(path);
        }
    });
}
