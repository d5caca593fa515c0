//! What the checks of an import found: by name, with a sentence, a count, examples, and what was done about it.

use egui::Ui;

use crate::analysis::history::{Action, Finding, ImportReport};
use crate::base::Verdict;
use crate::workbench::screens::names::listed;
use crate::workbench::text::{Face, Text, isolate};
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Card, Cell, Column, Pill, Table, grid_ui, icons, row_ui};

/// Which finding is looked at.
#[derive(Debug, Default)]
pub(super) struct Findings {
    selected: usize,
}

/// Beyond this height the findings scroll.
const HIGHEST: f32 = 340.0;

impl Findings {
    /// Shows what `report` tells.
    pub fn ui(&mut self, ui: &mut Ui, report: &ImportReport) {
        self.found_ui(ui, report);
        unjudged_ui(ui, report);
    }

    fn found_ui(&mut self, ui: &mut Ui, report: &ImportReport) {
        let look = Look::of(ui);
        let findings = in_order(report);
        if findings.is_empty() {
            Card::titled(look.text("data.findings")).ui(ui, |ui| {
                row_ui(ui, |ui| {
                    Text::icon(icons::ICON_CHECK).ink(Ink::Soft).ui(ui);
                    Text::new(look.text("data.no_findings")).ink(Ink::Soft).wrap().ui(ui);
                });
            });
            return;
        }
        self.selected = self.selected.min(findings.len() - 1);
        grid_ui(ui, "findings", &[1.45, 1.0], |ui, cell, height| match cell {
            0 => self.list_ui(ui, &findings, height),
            _ => {
                if let Some(finding) = findings.get(self.selected) {
                    finding_ui(ui, finding, height);
                }
            }
        });
    }

    fn list_ui(&mut self, ui: &mut Ui, findings: &[&Finding], height: f32) {
        let look = Look::of(ui);
        let count = look.language.integer(findings.len() as u64);
        let note = look.fill("data.findings_count", &[("n", &count)]);
        Card::titled(look.text("data.findings")).note(note).height(height).ui(ui, |ui| {
            let columns = [
                Column::words(look.text("data.check")),
                Column::fit(look.text("data.action")),
                Column::number(look.text("data.count")),
            ];
            let table = Table::new("findings", columns).height(HIGHEST).selectable(Some(self.selected));
            let pressed = table.ui(ui, findings.len(), |row, column| {
                let Some(finding) = findings.get(row) else { return Cell::text("") };
                match column {
                    0 => Cell::text(look.text(&format!("check.{}", finding.check.id()))),
                    1 => {
                        let words = look.text(&format!("action.{}", finding.action.id())).to_owned();
                        Cell::pill(pill(finding.action, &words), words)
                    }
                    _ => Cell::text(look.language.integer(finding.count)).strong(),
                }
            });
            self.selected = pressed.clicked.unwrap_or(self.selected);
        });
    }
}

/// What could not be judged, and why; and which further columns were left out.
fn unjudged_ui(ui: &mut Ui, report: &ImportReport) {
    let look = Look::of(ui);
    if !report.not_evaluated.is_empty() {
        Card::titled(look.text("data.unjudged")).note(look.text("data.unjudged_note")).ui(ui, |ui| {
            for unjudged in &report.not_evaluated {
                let values =
                    [("n", look.language.integer(unjudged.n)), ("needed", look.language.integer(unjudged.needed))];
                let why = look.language.fill_owned(&format!("check.unclear_{}", unjudged.why.id()), &values);
                let name = look.text(&format!("check.{}", unjudged.check.id())).to_owned();
                let line = look.fill("data.unjudged_line", &[("check", &name), ("why", &why)]);
                Text::new(line).ink(Ink::Soft).wrap().copyable().ui(ui);
            }
        });
    }
    if !report.left_out.is_empty() {
        let names: Vec<String> = report.left_out.iter().map(|name| isolate(name)).collect();
        Card::titled(look.text("data.columns_left_out")).ui(ui, |ui| {
            Text::new(listed(&look, &names)).ink(Ink::Soft).wrap().copyable().ui(ui);
        });
    }
}

/// What was set aside first, then what was repaired, then what is only told; the most frequent first.
fn in_order(report: &ImportReport) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = report.findings.iter().filter(|finding| finding.count > 0).collect();
    let place = |action: Action| match action {
        Action::Quarantine => 0,
        Action::Repair => 1,
        Action::Accept => 2,
    };
    findings.sort_by_key(|finding| (place(finding.action), std::cmp::Reverse(finding.count)));
    findings
}

fn pill(action: Action, words: &str) -> Pill {
    match action {
        Action::Quarantine => Pill::saying(Verdict::Fail, words).icon(icons::ICON_BLOCK),
        Action::Repair => Pill::saying(Verdict::Inconclusive, words).icon(icons::ICON_BUILD),
        Action::Accept => Pill::plain(words),
    }
}

/// One finding in full.
fn finding_ui(ui: &mut Ui, finding: &Finding, height: f32) {
    let look = Look::of(ui);
    let id = finding.check.id();
    Card::titled(look.text(&format!("check.{id}"))).note(id).height(height).ui(ui, |ui| {
        Text::new(look.text(&format!("check.{id}_why"))).wrap().copyable().ui(ui);
        let values = [
            ("n", look.language.integer(finding.count)),
            ("action", look.text(&format!("action.{}", finding.action.id())).to_owned()),
        ];
        let done = look.language.fill_owned("data.finding_done", &values);
        Text::new(done).ink(Ink::Soft).wrap().copyable().ui(ui);
        let others: Vec<String> = finding
            .check
            .actions()
            .iter()
            .filter(|action| **action != finding.action)
            .map(|action| look.text(&format!("action.{}", action.id())).to_owned())
            .collect();
        let key = if others.is_empty() { "data.finding_only" } else { "data.finding_others" };
        let others = listed(&look, &others);
        let words = look.fill(key, &[("others", &others), ("check", id)]);
        Text::new(words).size(sizes::SMALL).ink(Ink::Faint).wrap().copyable().ui(ui);
        if finding.examples.is_empty() {
            return;
        }
        ui.add_space(sizes::GRID);
        Text::new(look.text("data.examples")).size(sizes::SMALL).strong().ink(Ink::Soft).ui(ui);
        for example in &finding.examples {
            let example = Text::new(example.clone()).value().face(Face::Code).size(sizes::SMALL);
            example.elide().copyable().ui(ui);
        }
    });
}
