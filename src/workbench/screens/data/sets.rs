//! The data sets that are kept.

use egui::Ui;

use super::{period, visits_of};
use crate::base::Digest;
use crate::base::calendar::DateStyle;
use crate::store::workspace::Dataset;
use crate::workbench::command::{Command, Outbox};
use crate::workbench::snapshot::Snapshot;
use crate::workbench::text::{Face, Text, isolate};
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Card, Cell, Column, Table};
use crate::workflows::datasets::DatasetDocument;

/// Beyond this height the list scrolls.
const HIGHEST: f32 = 236.0;

/// The card of the list; pressing a row looks at that data set.
pub(super) fn sets_ui(
    ui: &mut Ui,
    snapshot: &Snapshot,
    selected: Option<Digest>,
    height: f32,
    outbox: &mut Outbox,
) {
    let look = Look::of(ui);
    let sets = &snapshot.datasets;
    let count = look.fill("data.sets_count", &[("n", &look.language.integer(sets.len() as u64))]);
    Card::titled(look.text("data.sets")).note(count).height(height).ui(ui, |ui| {
        let columns = [
            Column::words(look.text("data.name")),
            Column::number(look.text("data.visits")),
            Column::fit(look.text("data.period")),
            Column::fit(look.text("data.digest")),
        ];
        let chosen = sets.iter().position(|(dataset, _)| Some(dataset.digest) == selected);
        let table = Table::new("sets", columns).height(HIGHEST).selectable(chosen);
        let pressed = table.ui(ui, sets.len(), |row, column| {
            let Some((dataset, document)) = sets.get(row) else { return Cell::text("") };
            match column {
                0 if chosen == Some(row) => Cell::marked(Ink::Shifted, dataset.name.clone()).strong(),
                0 => Cell::marked(Ink::Reference, dataset.name.clone()),
                1 => Cell::text(look.language.integer(visits_of(document))),
                2 => {
                    let (first, last) = period(document, &look);
                    Cell::text(look.fill("data.from_to", &[("first", &first), ("last", &last)])).ink(Ink::Soft)
                }
                _ => Cell::code(dataset.digest.short()).ink(Ink::Faint),
            }
        });
        if let Some((dataset, document)) = chosen.and_then(|row| sets.get(row)) {
            ui.add_space(sizes::GRID);
            details_ui(ui, dataset, document);
        }
        if let Some((dataset, _)) = pressed.clicked.and_then(|row| sets.get(row)) {
            outbox.send(Command::SelectDataset(dataset.digest));
        }
    });
}

/// Where the data set that is looked at came from.
fn details_ui(ui: &mut Ui, dataset: &Dataset, document: &DatasetDocument) {
    let look = Look::of(ui);
    let mut clock = document.mapping.zone.clock();
    let imported = DateStyle::usual(look.language).date_and_time(clock.local(dataset.created_at), look.language);
    let key = if document.imported_by.is_empty() { "data.details" } else { "data.details_by" };
    let details = look.fill(
        key,
        &[
            ("person", &isolate(&document.imported_by)),
            ("file", &isolate(&source_words(&look, document))),
            ("size", &look.language.decimal(document.source_bytes() as f64 / 1e6, 1)),
            ("time", &imported),
            ("queues", &look.language.integer(document.queues)),
            ("zone", &isolate(document.mapping.zone.name())),
        ],
    );
    Text::new(details).ink(Ink::Soft).wrap().copyable().ui(ui);
    let digest = Text::new(dataset.digest.to_string()).value().face(Face::Code).size(sizes::SMALL).ink(Ink::Faint);
    digest.elide().copyable().ui(ui);
}

/// The file, or the first of several.
pub(super) fn source_words(look: &Look, document: &DatasetDocument) -> String {
    match document.source_name() {
        (name, 0) => name.to_owned(),
        (name, more) => {
            let more = look.language.integer(more as u64);
            look.language.fill("data.files", &[("name", name), ("more", &more)])
        }
    }
}
