//! The columns that hold personal data: which, why they are taken for it, and what is done with each. What would reach the
//! data set is shown; what would not, is not shown here either.

use egui::Ui;

use super::treat::{PersonalUse, personal_use, with_treatment};
use super::{line_ui, two_lines_ui};
use crate::analysis::history::Mapping;
use crate::analysis::history::personal::{HIDDEN, PersonalColumn, Treatment};
use crate::workbench::intake::Intake;
use crate::workbench::screens::names::listed;
use crate::workbench::text::{Face, Text};
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Card, Segmented};

/// Relative widths of the column and why, what is done, and what reaches the data set.
const SHARES: [f32; 3] = [1.7, 1.5, 1.5];
/// Height of a line.
const LINE: f32 = 50.0;
/// Height of the line of heads.
const HEAD: f32 = 24.0;

/// The card of the columns with personal data; returns the mapping where something was changed.
pub(super) fn personal_ui(ui: &mut Ui, intake: &Intake, mapping: &Mapping) -> Option<Mapping> {
    let look = Look::of(ui);
    if intake.personal().is_empty() {
        return None;
    }
    let mut changed = None;
    Card::titled(look.text("mapping.personal")).note(look.text("mapping.personal_note")).ui(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let heads = ["mapping.personal_column", "mapping.personal_done", "mapping.personal_effect"];
        line_ui(ui, "personal heads", HEAD, &SHARES, |ui, index| {
            let head = heads.get(index).map_or("", |key| look.text(key));
            Text::new(head).size(sizes::SMALL).ink(Ink::Faint).elide().ui(ui);
        });
        for column in intake.personal() {
            let now = personal_use(mapping, &column.column);
            line_ui(ui, &column.column, LINE, &SHARES, |ui, index| match index {
                0 => column_ui(ui, column),
                1 => {
                    if let Some(treatment) = treatment_ui(ui, column, &now) {
                        changed = Some(with_treatment(mapping, &column.column, treatment));
                    }
                }
                _ => effect_ui(ui, intake, column, &now),
            });
        }
    });
    changed
}

fn column_ui(ui: &mut Ui, column: &PersonalColumn) {
    let look = Look::of(ui);
    let values = [
        ("kind", look.text(column.kind.name_key()).to_owned()),
        ("share", look.language.percent(column.share, 0)),
        ("n", look.language.integer(column.n)),
    ];
    let why = look.language.fill_owned("mapping.personal_why", &values);
    two_lines_ui(
        ui,
        Text::new(column.column.clone()).value().strong(),
        Text::new(why).size(sizes::SMALL).ink(Ink::Faint),
    );
}

/// The choice of what is done; what was chosen.
fn treatment_ui(ui: &mut Ui, column: &PersonalColumn, now: &PersonalUse) -> Option<Treatment> {
    let look = Look::of(ui);
    let (treatments, before): (&[Treatment], Treatment) = match now {
        PersonalUse::Beside(treatment) => (&[Treatment::LeaveOut, Treatment::Hash, Treatment::Keep], *treatment),
        PersonalUse::Id(treatment) => (&[Treatment::Hash, Treatment::Keep], *treatment),
        PersonalUse::Mapped(fields) => {
            let words = |field: &&str| look.text(&format!("field.{field}")).to_owned();
            let fields = listed(&look, &fields.iter().map(words).collect::<Vec<_>>());
            let words = look.fill("mapping.personal_mapped", &[("fields", &fields)]);
            Text::new(words).size(sizes::SMALL).ink(Ink::Soft).at_most_lines(2).ui(ui);
            return None;
        }
        PersonalUse::Judging => {
            let words = look.text("mapping.personal_judging");
            Text::new(words).size(sizes::SMALL).ink(Ink::Soft).at_most_lines(2).ui(ui);
            return None;
        }
    };
    let word = |treatment: &Treatment| {
        look.text(match treatment {
            Treatment::LeaveOut => "treatment.leave_out",
            Treatment::Hash => "treatment.hash",
            Treatment::Keep => "treatment.keep",
        })
    };
    let mut chosen = before;
    let name = look.fill("mapping.personal_choice", &[("column", &column.column)]);
    let options = treatments.iter().map(|treatment| (*treatment, word(treatment).to_owned()));
    Segmented::new(&name, options).ui(ui, &mut chosen).then_some(chosen)
}

/// What reaches the data set: nothing, a hash, or a cell as it stands, of which an example is shown.
fn effect_ui(ui: &mut Ui, intake: &Intake, column: &PersonalColumn, now: &PersonalUse) {
    let look = Look::of(ui);
    let treatment = match now {
        PersonalUse::Beside(treatment) | PersonalUse::Id(treatment) => *treatment,
        PersonalUse::Mapped(_) => Treatment::Keep,
        PersonalUse::Judging => Treatment::LeaveOut,
    };
    let (example, words, ink) = match treatment {
        Treatment::LeaveOut => (String::new(), "mapping.effect_nothing", Ink::Soft),
        Treatment::Hash => (HIDDEN.to_owned(), "mapping.effect_hash", Ink::Soft),
        Treatment::Keep => (example(intake, &column.column), "mapping.effect_kept", Ink::Warn),
    };
    let words = Text::new(look.text(words)).size(sizes::SMALL).ink(ink);
    if example.is_empty() {
        words.at_most_lines(2).ui(ui);
        return;
    }
    two_lines_ui(ui, Text::new(example).value().face(Face::Code).size(sizes::SMALL), words);
}

/// The first cell of the column that is not empty.
fn example(intake: &Intake, column: &str) -> String {
    let place = intake.sample.columns.iter().position(|known| known == column);
    let mut cells = intake.preview.rows.iter().filter_map(|row| row.cells.get(place?)).map(|cell| cell.trim());
    cells.find(|cell| !cell.is_empty()).unwrap_or_default().to_owned()
}
