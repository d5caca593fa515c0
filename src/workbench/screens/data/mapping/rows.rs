//! The first rows as the visits that they would become, with what is wrong with them, and what of the other columns would
//! be kept.

use egui::Ui;

use crate::workbench::intake::Intake;
use crate::workbench::screens::names::listed;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::{Card, Cell, Column, Table};

/// Beyond this height the rows scroll.
const HIGHEST: f32 = 360.0;
/// Letters of a cell that are shown; a time has 24.
const MOST_LETTERS: usize = 24;

/// The card of the rows.
pub(super) fn rows_ui(ui: &mut Ui, intake: &Intake) {
    let look = Look::of(ui);
    let Some(mapping) = &intake.mapping else { return };
    let fields = mapping.visit.fields();
    let (readable, all) = intake.readable();
    let note = [("readable", look.language.integer(readable)), ("all", look.language.integer(all))];
    let note = look.language.fill_owned("mapping.rows_note", &note);
    let (rows, extras) = (&intake.preview.rows, &intake.preview.extras);
    Card::titled(look.text("mapping.rows")).note(note).ui(ui, |ui| {
        let mut columns = vec![Column::number(look.text("mapping.line")), Column::fit(look.text("mapping.found"))];
        columns.extend(fields.iter().map(|field| Column::fit(look.text(&format!("field.{field}")))));
        columns.extend(extras.iter().map(|name| Column::fit(name.as_str())));
        egui::ScrollArea::horizontal().id_salt("mapping rows").auto_shrink([false, true]).show(ui, |ui| {
            Table::new("mapping rows", columns).height(HIGHEST).ui(ui, rows.len(), |row, column| {
                let Some(row) = rows.get(row) else { return Cell::text("") };
                match column {
                    0 => Cell::text(look.language.integer(row.line)).ink(Ink::Faint),
                    1 => match row.set_aside {
                        Some(check) => Cell::text(look.text(&format!("check.{}", check.id()))).ink(Ink::Fail),
                        None => {
                            let words = |id: &str| look.text(&format!("check.{id}")).to_owned();
                            let found: Vec<String> = row.found.iter().map(|check| words(check.id())).collect();
                            Cell::text(listed(&look, &found)).ink(Ink::Warn)
                        }
                    },
                    place => {
                        let value = match fields.get(place - 2) {
                            Some(field) => {
                                row.values.iter().find(|(name, _)| name == field).map(|(_, value)| value)
                            }
                            None => row.extras.get(place - 2 - fields.len()),
                        };
                        value.and_then(Option::as_ref).map_or_else(
                            || Cell::text(look.language.decimal(f64::NAN, 0)).ink(Ink::Faint),
                            |text| Cell::text(shortened(text)),
                        )
                    }
                }
            });
        });
    });
}

/// The beginning of a long cell: a long name would push the other columns out of sight.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_LETTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}
