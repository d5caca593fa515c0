//! Each canonical column: which source columns it comes from, in what form, what its cells become, and why it was guessed.

use egui::Ui;

use super::edit::{self, FIELDS, Origin};
use super::line_ui;
use crate::analysis::history::{DateForm, FieldGuess, Mapping, SpanUnit};
use crate::workbench::intake::Intake;
use crate::workbench::screens::names::listed;
use crate::workbench::text::{Face, Text, isolate};
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Card, Select};

/// Relative widths of name, origin, form, example, and why.
const SHARES: [f32; 5] = [0.9, 1.6, 1.1, 2.3, 1.5];
/// Height of a line.
const LINE: f32 = 38.0;
/// Height of the line of heads.
const HEAD: f32 = 24.0;
/// Units of lengths of time.
const UNITS: [SpanUnit; 5] =
    [SpanUnit::Seconds, SpanUnit::Minutes, SpanUnit::Hours, SpanUnit::Milliseconds, SpanUnit::Clock];

/// The card of the fields; returns the mapping where something was changed.
pub(super) fn fields_ui(ui: &mut Ui, intake: &Intake) -> Option<Mapping> {
    let look = Look::of(ui);
    let mut changed = None;
    Card::titled(look.text("mapping.fields")).note(look.text("mapping.fields_note")).ui(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let heads = ["mapping.field", "mapping.origin", "mapping.form", "mapping.example", "mapping.why"];
        line_ui(ui, "heads", HEAD, &SHARES, |ui, index| {
            let head = heads.get(index).map_or("", |key| look.text(key));
            Text::new(head).size(sizes::SMALL).ink(Ink::Faint).elide().ui(ui);
        });
        for field in FIELDS {
            line_ui(ui, field, LINE, &SHARES, |ui, index| {
                let change = match index {
                    0 => name_ui(ui, field),
                    1 => origin_ui(ui, intake, field),
                    2 => form_ui(ui, intake, field),
                    3 => example_ui(ui, intake, field),
                    _ => why_ui(ui, intake, field),
                };
                changed = changed.take().or(change);
            });
        }
    });
    changed
}

fn name_ui(ui: &mut Ui, field: &str) -> Option<Mapping> {
    let look = Look::of(ui);
    let words = look.text(&format!("field.{field}")).to_owned();
    let text = if edit::is_required(field) { Text::new(words).strong() } else { Text::new(words).ink(Ink::Soft) };
    text.elide().ui(ui);
    None
}

/// Where `field` may come from, with what people call it.
fn offers(look: &Look, intake: &Intake, field: &'static str) -> Vec<(Origin, String)> {
    let mut offers = Vec::new();
    if !edit::is_required(field) {
        offers.push((Origin::Nowhere, look.text("mapping.nowhere").to_owned()));
    }
    let guessed = intake.guess.mapping.as_ref().filter(|mapping| edit::origin(mapping, field) == Origin::Given);
    let current = intake.mapping.as_ref().filter(|mapping| edit::origin(mapping, field) == Origin::Given);
    if let Some(mapping) = guessed.or(current) {
        let columns: Vec<String> = edit::columns(mapping, field).iter().map(|column| isolate(column)).collect();
        offers.push((Origin::Given, listed(look, &columns)));
    }
    if matches!(field, "site" | "service") {
        let name = match intake.mapping.as_ref().map(|mapping| edit::origin(mapping, field)) {
            Some(Origin::Same(name)) => name,
            _ => intake.name(),
        };
        let words = look.fill("mapping.same", &[("name", &isolate(&name))]);
        offers.push((Origin::Same(name), words));
    }
    if field != "channel" {
        let columns = &intake.sample.columns;
        offers.extend(columns.iter().map(|column| (Origin::Column(column.clone()), column.clone())));
        if edit::may_be_length(field) {
            let length = |column: &String| {
                let words = look.fill("mapping.length", &[("column", &isolate(column))]);
                (Origin::Length(column.clone()), words)
            };
            offers.extend(columns.iter().map(length));
        }
    }
    offers
}

fn origin_ui(ui: &mut Ui, intake: &Intake, field: &'static str) -> Option<Mapping> {
    let look = Look::of(ui);
    let mapping = intake.mapping.as_ref();
    if mapping.is_none() && field != "arrived" {
        Text::new(look.text("mapping.after_arrival")).size(sizes::SMALL).ink(Ink::Faint).elide().ui(ui);
        return None;
    }
    let mut chosen = mapping.map_or(Origin::Nowhere, |mapping| edit::origin(mapping, field));
    let name = look.fill("mapping.origin_of", &[("field", look.text(&format!("field.{field}")))]);
    if !Select::new(&name, offers(&look, intake, field)).ui(ui, &mut chosen) {
        return None;
    }
    match (mapping, chosen) {
        (Some(mapping), chosen) => Some(edit::set(mapping, field, &chosen, intake.guess.mapping.as_ref())),
        (None, Origin::Column(arrived)) => Some(edit::first(arrived, DateForm::Iso, &intake.name())),
        (None, _) => None,
    }
}

/// How dates are written, or the unit of a length of time.
fn form_ui(ui: &mut Ui, intake: &Intake, field: &'static str) -> Option<Mapping> {
    let look = Look::of(ui);
    let mapping = intake.mapping.as_ref()?;
    let source = edit::moment(&mapping.visit, field)?;
    let name = look.fill("mapping.form_of", &[("field", look.text(&format!("field.{field}")))]);
    if let Some(mut unit) = source.unit {
        let units = UNITS.map(|unit| (unit, look.text(&format!("guess.unit_{}", unit.id())).to_owned()));
        let is_changed = Select::new(&name, units).ui(ui, &mut unit);
        return is_changed.then(|| edit::with_moment(mapping, field, |source| source.unit = Some(unit)));
    }
    let mut dates = source.dates;
    let forms = DateForm::ALL.map(|form| (form, look.text(&format!("date_form.{}", form.id())).to_owned()));
    let is_changed = Select::new(&name, forms).ui(ui, &mut dates);
    is_changed.then(|| edit::with_moment(mapping, field, |source| source.dates = dates))
}

/// The first row in which the field has a cell: as it stands, and what becomes of it.
fn example_ui(ui: &mut Ui, intake: &Intake, field: &str) -> Option<Mapping> {
    let look = Look::of(ui);
    let mapping = intake.mapping.as_ref()?;
    let columns = edit::columns(mapping, field);
    let places: Vec<usize> = columns
        .iter()
        .filter_map(|column| intake.sample.columns.iter().position(|known| known == column))
        .collect();
    let raw = |row: &crate::analysis::history::PreviewRow| {
        let cells = places.iter().filter_map(|place| row.cells.get(*place));
        cells.map(String::as_str).collect::<Vec<_>>().join(" · ")
    };
    let has_cell = |row: &&crate::analysis::history::PreviewRow| raw(row).chars().any(char::is_alphanumeric);
    let row = intake.preview.rows.iter().find(has_cell).filter(|_| !places.is_empty())?;
    let read = row.values.iter().find(|(name, _)| *name == field).and_then(|(_, value)| value.clone());
    let (value, ink) = match read {
        Some(value) => (value, Ink::Strong),
        None => (look.text("mapping.not_read").to_owned(), Ink::Fail),
    };
    let code = |words: String| Text::new(words).value().face(Face::Code).size(sizes::SMALL);
    let half = (ui.available_width() - 40.0).max(0.0) / 2.0;
    code(raw(row)).ink(Ink::Soft).elide_to(half).ui(ui);
    Text::new(if look.is_rtl() { "←" } else { "→" }).ink(Ink::Faint).ui(ui);
    code(value).ink(ink).elide_to(half).ui(ui);
    None
}

/// What spoke for the guess, and how sure it is; or that it was chosen otherwise.
fn why_ui(ui: &mut Ui, intake: &Intake, field: &str) -> Option<Mapping> {
    let look = Look::of(ui);
    let mapping = intake.mapping.as_ref()?;
    let columns = edit::columns(mapping, field);
    let guess = intake.guess.fields.iter().find(|guess| guess.field == field);
    let words = match guess {
        Some(guess) if guess.columns == columns => guess_words(&look, guess),
        _ if columns.is_empty() => return None,
        _ => look.text("mapping.by_hand").to_owned(),
    };
    let unsure = guess.is_some_and(|guess| guess.columns == columns && guess.confidence < 0.5);
    Text::new(words).size(sizes::SMALL).ink(if unsure { Ink::Warn } else { Ink::Faint }).elide().ui(ui);
    None
}

fn guess_words(look: &Look, guess: &FieldGuess) -> String {
    let why: Vec<String> =
        guess.why.iter().map(|why| look.text(&format!("guess.why_{}", why.id())).to_owned()).collect();
    let sure = look.language.percent(guess.confidence, 0);
    look.fill("mapping.because", &[("sure", &sure), ("why", &listed(look, &why))])
}
