//! The audit log: what happened, and whether the log still is what was written.

use egui::Ui;

use super::page::Page;
use crate::base::language::NO_VALUE;
use crate::store::registry::{Event, EventKind};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, sizes};
use crate::workbench::widgets::{Card, Cell, Column, Notice, Table};
use crate::workflows::gates::exact_words;

/// Height of the list; older events are scrolled to.
const HEIGHT: f32 = 296.0;
/// Problems that are told in full; the others are counted.
const MOST_PROBLEMS: usize = 6;

/// The newest events and the verification.
pub(super) fn card_ui(ui: &mut Ui, page: &Page<'_>, height: f32) {
    let (look, events) = (page.look, &page.snapshot.events);
    Card::titled(look.text("releases.audit")).height(height).ui(ui, |ui| {
        verification_ui(ui, page);
        let columns = [
            Column::fit(look.text("releases.column.when")),
            Column::fit(look.text("releases.column.event")),
            Column::fit(look.text("releases.column.version")),
            Column::words(look.text("releases.column.reason")),
            Column::fit(look.text("releases.column.person")),
        ];
        Table::new("audit", columns).height(HEIGHT).ui(ui, events.len(), |row, column| match events.get(row) {
            Some(event) => cell(page, event, column),
            None => Cell::text(NO_VALUE),
        });
    });
}

fn cell(page: &Page<'_>, event: &Event, column: usize) -> Cell {
    match column {
        0 => Cell::text(page.when(event.at)).ink(Ink::Soft),
        1 => Cell::text(page.look.text(&format!("releases.event.{}", event.kind.id()))),
        2 => Cell::text(event.version.map_or_else(|| NO_VALUE.to_owned(), |version| version.to_string())).strong(),
        3 => Cell::text(reason(page, event)),
        _ => Cell::text(&event.person).ink(Ink::Soft),
    }
}

/// Why it was done, in the words of whoever did it.
fn reason(page: &Page<'_>, event: &Event) -> String {
    let detail = |name: &str| event.details.get(name).and_then(|value| value.as_str()).unwrap_or_default();
    let words = match event.kind {
        EventKind::Person => {
            let role = page.look.text(&format!("role.{}", detail("role"))).to_owned();
            let values = [("name", detail("name").to_owned()), ("role", role)];
            page.look.language.fill_owned("releases.event.named", &values)
        }
        EventKind::Propose => detail("notes").to_owned(),
        EventKind::Approve | EventKind::Reject | EventKind::Promote | EventKind::RollBack => {
            detail("reason").to_owned()
        }
        EventKind::Threshold => {
            let value = event.details.get("value").and_then(serde_json::Value::as_f64).unwrap_or(f64::NAN);
            let values = [
                ("name", page.look.text(detail("name")).to_owned()),
                ("value", exact_words(page.look.language, value)),
                ("reason", detail("reason").to_owned()),
            ];
            page.look.language.fill_owned("releases.event.threshold_set", &values)
        }
        EventKind::Publish => {
            let count = event.details.get("value_count").and_then(serde_json::Value::as_u64).unwrap_or_default();
            let values = [("n", page.look.language.integer(count))];
            page.look.language.fill_owned("releases.event.published_values", &values)
        }
    };
    if words.trim().is_empty() { NO_VALUE.to_owned() } else { words }
}

fn verification_ui(ui: &mut Ui, page: &Page<'_>) {
    let look = page.look;
    let Some(verification) = &page.snapshot.verification else { return };
    let counted = |count: usize| look.language.integer(count as u64);
    let values = [
        ("events", counted(verification.events)),
        ("artifacts", counted(verification.artifacts)),
        ("signatures", counted(verification.signatures)),
        ("problems", counted(verification.problems.len())),
    ];
    if verification.problems.is_empty() {
        let line = look.language.fill_owned("releases.verified", &values);
        Text::new(line).size(sizes::SMALL).ink(Ink::Soft).wrap().copyable().ui(ui);
        return;
    }
    let mut lines = vec![look.language.fill_owned("releases.not_verified", &values)];
    let problems = verification.problems.iter().take(MOST_PROBLEMS);
    lines.extend(problems.map(|problem| look.language.fill_owned(problem.key(), &problem.fields())));
    if let Some(more @ 1..) = verification.problems.len().checked_sub(MOST_PROBLEMS) {
        lines.push(look.fill("releases.more_problems", &[("count", &counted(more))]));
    }
    Notice::failure(lines.join("\n")).ui(ui);
}
