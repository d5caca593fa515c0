//! What the checks may find, how often they found it in the rows at hand, and what is done about it: as the person chooses
//! among what is permitted.

use egui::{Ui, vec2};

use super::treat::with_action;
use super::{line_ui, two_lines_ui};
use crate::analysis::history::checks::CheckSettings;
use crate::analysis::history::{Action, Check, Mapping};
use crate::workbench::intake::Intake;
use crate::workbench::screens::field::{Field, plain_number};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Card, Segmented, row_ui};

/// Which checks are listed, and the limits as they were typed.
#[derive(Debug, Default)]
pub(super) struct CheckList {
    shows: Shows,
    limits: [Limit; 3],
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shows {
    /// Those that found something in the rows at hand, and those about which something else is done than by default.
    #[default]
    Found,
    /// Those, and every other that leaves a choice.
    All,
}

/// A limit of a check, in minutes.
#[derive(Debug, Default)]
struct Limit {
    typed: String,
    /// The value that `typed` was made from.
    of: Option<f64>,
}

/// Relative widths of name and why, how often, the limit, and what is done.
const SHARES: [f32; 4] = [2.6, 0.8, 0.6, 1.8];
/// Height of a line.
const LINE: f32 = 50.0;
/// Height of the line of heads.
const HEAD: f32 = 24.0;
/// Width of the field of a limit.
const FIELD: f32 = 76.0;

/// Where a limit stands, in minutes.
type LimitOf = fn(&mut CheckSettings) -> &mut f64;

/// The checks that have a limit.
const LIMITS: [(Check, LimitOf); 3] = [
    (Check::WaitAboveCap, |settings| &mut settings.wait_cap_minutes),
    (Check::ServiceAboveCap, |settings| &mut settings.service_cap_minutes),
    (Check::WaitDisagrees, |settings| &mut settings.wait_tolerance_minutes),
];

impl CheckList {
    /// Shows the card of the checks; returns the mapping where something was changed.
    pub fn ui(&mut self, ui: &mut Ui, intake: &Intake, mapping: &Mapping) -> Option<Mapping> {
        let look = Look::of(ui);
        let rows = look.language.integer(intake.preview.report.read);
        let mut changed = None;
        let note = look.text("mapping.checks_note");
        Card::titled(look.text("mapping.checks")).note(note).ui(ui, |ui| {
            let found = listed(intake, mapping, Shows::Found);
            let all = listed(intake, mapping, Shows::All);
            let count = |checks: &[Check]| look.language.integer(checks.len() as u64);
            let options = [
                (Shows::Found, look.fill("mapping.checks_found", &[("n", &count(&found))])),
                (Shows::All, look.fill("mapping.checks_all", &[("n", &count(&all))])),
            ];
            row_ui(ui, |ui| Segmented::new(look.text("mapping.checks_shown"), options).ui(ui, &mut self.shows));
            let shown = if self.shows == Shows::All { all } else { found };
            if shown.is_empty() {
                let none = look.fill("mapping.checks_none", &[("n", &rows)]);
                Text::new(none).ink(Ink::Soft).wrap().ui(ui);
                return;
            }
            ui.spacing_mut().item_spacing.y = 0.0;
            let heads = ["data.check", "mapping.checks_count", "mapping.checks_limit", "mapping.checks_action"];
            line_ui(ui, "check heads", HEAD, &SHARES, |ui, index| {
                let head = heads.get(index).map_or("", |key| look.text(key));
                Text::new(head).size(sizes::SMALL).ink(Ink::Faint).elide().ui(ui);
            });
            for check in shown {
                line_ui(ui, check.id(), LINE, &SHARES, |ui, index| {
                    let change = match index {
                        0 => name_ui(ui, check),
                        1 => count_ui(ui, intake, check),
                        2 => self.limit_ui(ui, mapping, check),
                        _ => action_ui(ui, mapping, check),
                    };
                    changed = changed.take().or(change);
                });
            }
        });
        changed
    }

    /// The field of the check's limit, where it has one.
    fn limit_ui(&mut self, ui: &mut Ui, mapping: &Mapping, check: Check) -> Option<Mapping> {
        let look = Look::of(ui);
        let place = LIMITS.iter().position(|(limited, _)| *limited == check)?;
        let (limit, field_of) = (self.limits.get_mut(place)?, LIMITS.get(place)?.1);
        let mut settings = mapping.checks.clone();
        let now = *field_of(&mut settings);
        if limit.of != Some(now) {
            *limit = Limit { typed: look.language.digits(&now.to_string()), of: Some(now) };
        }
        let name = look.fill("mapping.checks_limit_of", &[("check", look.text(&format!("check.{}", check.id())))]);
        let typed = ui.allocate_ui_with_layout(vec2(FIELD, sizes::CONTROL), look.row(), |ui| {
            Field::line_ui(ui, &name, "", &mut limit.typed)
        });
        if !typed.inner.changed() {
            return None;
        }
        // What is no limit stays typed, and the last one that was stays in force.
        let minutes: f64 = plain_number(&limit.typed).parse().ok()?;
        *field_of(&mut settings) = minutes;
        settings.validate().ok()?;
        limit.of = Some(minutes);
        Some(Mapping { checks: settings, ..mapping.clone() })
    }
}

/// The checks that are shown, those that found something first.
fn listed(intake: &Intake, mapping: &Mapping, shows: Shows) -> Vec<Check> {
    let report = &intake.preview.report;
    let is_shown = |check: &Check| {
        let leaves_a_choice = check.actions().len() > 1;
        report.found(*check) > 0
            || mapping.checks.actions.contains_key(check)
            || shows == Shows::All && leaves_a_choice
    };
    let mut checks: Vec<Check> = Check::ALL.iter().copied().filter(is_shown).collect();
    checks.sort_by_key(|check| std::cmp::Reverse(report.found(*check)));
    checks
}

fn name_ui(ui: &mut Ui, check: Check) -> Option<Mapping> {
    let look = Look::of(ui);
    let id = check.id();
    two_lines_ui(
        ui,
        Text::new(look.text(&format!("check.{id}"))).strong(),
        Text::new(look.text(&format!("check.{id}_why"))).size(sizes::SMALL).ink(Ink::Faint),
    );
    None
}

/// In how many of the rows at hand it was found. Some checks look at the whole file, which is not at hand.
fn count_ui(ui: &mut Ui, intake: &Intake, check: Check) -> Option<Mapping> {
    let look = Look::of(ui);
    let text = if check.needs_every_row() {
        Text::new(look.text("mapping.checks_later")).size(sizes::SMALL).ink(Ink::Faint)
    } else {
        let found = intake.preview.report.found(check);
        let ink = if found > 0 { Ink::Strong } else { Ink::Faint };
        Text::new(look.language.integer(found)).tabular().ink(ink)
    };
    text.elide().ui(ui);
    None
}

fn action_ui(ui: &mut Ui, mapping: &Mapping, check: Check) -> Option<Mapping> {
    let look = Look::of(ui);
    let word = |action: Action| {
        look.text(match action {
            Action::Repair => "do.repair",
            Action::Quarantine => "do.quarantine",
            Action::Accept => "do.accept",
        })
    };
    let before = mapping.checks.action(check);
    if check.actions().len() < 2 {
        Text::new(word(before)).ink(Ink::Soft).elide().ui(ui);
        return None;
    }
    let mut chosen = before;
    let name = look.fill("mapping.checks_choice", &[("check", look.text(&format!("check.{}", check.id())))]);
    let options = check.actions().iter().map(|action| (*action, word(*action).to_owned()));
    let is_changed = Segmented::new(&name, options).ui(ui, &mut chosen);
    is_changed.then(|| with_action(mapping, check, chosen))
}
