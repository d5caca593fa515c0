//! The table of versions.

use egui::Ui;

use super::page::{Page, stage_ink};
use crate::base::Version;
use crate::base::language::NO_VALUE;
use crate::store::registry::VersionEntry;
use crate::workbench::command::{Command, Outbox};
use crate::workbench::widgets::{Card, Cell, Column, Table, empty_ui, icons};

/// Below this width the visits and the proposer are left to the review.
const WIDE: f32 = 560.0;
/// Height of the table; further versions are scrolled to.
const HEIGHT: f32 = 264.0;

#[derive(Clone, Copy)]
enum Shown {
    Version,
    Stage,
    Family,
    Error,
    Visits,
    Proposer,
    Since,
    SinceDay,
}

const ALL: &[Shown] =
    &[Shown::Version, Shown::Stage, Shown::Family, Shown::Error, Shown::Visits, Shown::Proposer, Shown::Since];
const FEW: &[Shown] = &[Shown::Version, Shown::Stage, Shown::Family, Shown::Error, Shown::SinceDay];

/// Shows every version; gives the one that was pressed.
pub(super) fn card_ui(
    ui: &mut Ui,
    page: &Page<'_>,
    selected: Option<Version>,
    height: f32,
    outbox: &mut Outbox,
) -> Option<Version> {
    let (look, versions) = (page.look, &page.snapshot.versions);
    let card = Card::titled(look.text("releases.versions")).height(height);
    card.note(look.text("releases.versions.note")).ui(ui, |ui| {
        if versions.is_empty() {
            let (headline, line) = (look.text("releases.none"), look.text("releases.none.line"));
            let next = look.text("releases.path.next");
            if empty_ui(ui, icons::ICON_ROCKET_LAUNCH, headline, line, Some(next)) {
                outbox.send(Command::GoTo("compare"));
            }
            return None;
        }
        let shown = if ui.available_width() < WIDE { FEW } else { ALL };
        let row = versions.iter().position(|entry| Some(entry.version) == selected);
        let table = Table::new("versions", shown.iter().map(|shown| column(page, *shown)));
        let response = table.height(HEIGHT).selectable(row).ui(ui, versions.len(), |row, column| {
            match (versions.get(row), shown.get(column)) {
                (Some(entry), Some(shown)) => cell(page, entry, *shown),
                _ => Cell::text(NO_VALUE),
            }
        });
        response.clicked.and_then(|row| versions.get(row)).map(|entry| entry.version)
    })
}

fn column(page: &Page<'_>, shown: Shown) -> Column {
    let text = |key| page.look.text(key);
    match shown {
        Shown::Version => Column::fit(text("releases.column.version")),
        Shown::Stage => Column::fit(text("releases.column.stage")),
        Shown::Family => Column::words(text("releases.column.family")),
        Shown::Error => Column::number(text("releases.column.error")),
        Shown::Visits => Column::number(text("releases.column.visits")),
        Shown::Proposer => Column::words(text("releases.column.proposer")),
        Shown::Since | Shown::SinceDay => Column::number(text("releases.column.since")),
    }
}

fn cell(page: &Page<'_>, entry: &VersionEntry, shown: Shown) -> Cell {
    let errors = page.snapshot.evidence.get(&entry.version).map(|evidence| &evidence.comparison.candidate.errors);
    match shown {
        Shown::Version => Cell::text(entry.version.to_string()).strong(),
        Shown::Stage => Cell::marked(stage_ink(entry.stage), page.stage(entry.stage)),
        Shown::Family => Cell::text(page.model(&entry.family)),
        Shown::Error => Cell::text(errors.map_or_else(
            || NO_VALUE.to_owned(),
            |errors| page.interval(errors.mae, errors.mae_low.zip(errors.mae_high), 1),
        )),
        Shown::Visits => {
            Cell::text(errors.map_or_else(|| NO_VALUE.to_owned(), |errors| page.look.language.integer(errors.n)))
        }
        Shown::Proposer => Cell::text(&entry.proposed_by),
        Shown::Since => Cell::text(page.when(page.since(entry))),
        Shown::SinceDay => Cell::text(page.day(page.since(entry))),
    }
}
