//! The leakage audit and its result. Where nothing was checked, nothing is said to be right.

use egui::Ui;

use super::name;
use crate::analysis::features::Leak;
use crate::base::Verdict;
use crate::workbench::command::{Command, Outbox};
use crate::workbench::state::State;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::{Card, Cell, Column, Pill, Table, loading_ui, row_ui};
use crate::workflows::features::verdict;

/// Beyond this height the leaks scroll.
const HIGHEST: f32 = 220.0;

/// The card of the audit.
pub(super) fn audit_ui(ui: &mut Ui, state: &State, outbox: &mut Outbox) {
    let look = Look::of(ui);
    Card::titled(look.text("features.audit")).ui(ui, |ui| {
        if let Some(job) = state.jobs.iter().find(|job| job.kind == "audit") {
            if loading_ui(ui, &job.name, &job.progress) {
                outbox.send(Command::CancelJob(job.id));
            }
            return;
        }
        let Some(found) = &state.audit else {
            Text::new(look.text("features.audit_line")).ink(Ink::Soft).wrap().ui(ui);
            return;
        };
        let verdict = verdict(found);
        let number = |n: u64| look.language.integer(n);
        let key = match verdict {
            Verdict::Pass => "features.audit_pass",
            Verdict::Fail => "features.audit_fail",
            Verdict::Inconclusive => "features.audit_nothing",
        };
        row_ui(ui, |ui| Pill::verdict(verdict, &look).ui(ui));
        let values = [("checked", number(found.checked)), ("leaks", number(found.leaks.len() as u64))];
        Text::new(look.language.fill_owned(key, &values)).wrap().copyable().ui(ui);
        if !found.leaks.is_empty() {
            leaks_ui(ui, &found.leaks);
        }
    });
}

fn leaks_ui(ui: &mut Ui, leaks: &[Leak]) {
    let look = Look::of(ui);
    let columns = [
        Column::words(look.text("features.feature")),
        Column::fit(look.text("data.visit_id")),
        Column::number(look.text("features.offline")),
        Column::number(look.text("features.recomputed")),
    ];
    Table::new("leaks", columns).height(HIGHEST).ui(ui, leaks.len(), |row, column| {
        let Some(leak) = leaks.get(row) else { return Cell::text("") };
        match column {
            0 => Cell::text(name(&look, &leak.feature)),
            1 => Cell::code(leak.visit_id.clone()),
            2 => Cell::text(value(&look, &leak.offline)),
            _ => Cell::text(value(&look, &leak.recomputed)).ink(Ink::Fail),
        }
    });
}

/// A value as the audit tells it: a number, a name, or nothing.
fn value(look: &Look, value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(name) => name.clone(),
        other => look.language.decimal(other.as_f64().unwrap_or(f64::NAN), 3),
    }
}
