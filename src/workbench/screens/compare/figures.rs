//! Every figure of both models with its interval, and the gates with what they rest on.

use egui::Ui;

use crate::analysis::evaluation::{Figure, Metric};
use crate::base::language::{NO_VALUE, places_beside};
use crate::workbench::screens::gate_row::gate_row_ui;
use crate::workbench::screens::metrics::interval_words;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Card, Cell, Column, Table};
use crate::workflows::compare::{CompareOutcome, method_words};
use crate::workflows::gates::{gate_reason, gate_value};

/// The table of all figures.
pub(super) fn metrics_ui(ui: &mut Ui, outcome: &CompareOutcome, height: f32) {
    let look = Look::of(ui);
    let comparison = &outcome.comparison;
    let values = [
        ("visits", look.language.integer(comparison.n)),
        ("days", look.language.integer(comparison.days)),
        ("blocks", look.language.integer(comparison.site_days)),
    ];
    let note = look.language.fill_owned("compare.metrics_note", &values);
    Card::titled(look.text("compare.metrics")).note(note).height(height).ui(ui, |ui| {
        let head = |key: &str| look.text(key).to_owned();
        let columns = [
            Column::words(""),
            Column::number(head("compare.current_95")),
            Column::number(head("compare.candidate_95")),
            Column::number(head("compare.difference")),
        ];
        let metrics = &comparison.metrics;
        Table::new("metrics", columns).ui(ui, metrics.len(), |row, column| {
            let Some(metric) = metrics.get(row) else { return Cell::text("") };
            match column {
                0 => Cell::text(look.text(&format!("metric.{}", metric.id)).to_owned()),
                1 => Cell::text(figure(&look, metric, metric.current)).ink(Ink::Current),
                2 => Cell::text(figure(&look, metric, metric.candidate)).ink(Ink::Candidate),
                _ => {
                    let cell = Cell::text(difference(&look, metric));
                    // What decides stands out.
                    if row == 0 { cell.strong() } else { cell }
                }
            }
        });
        let constant = look.language.decimal(outcome.mae_constant, 2);
        Text::new(look.fill("compare.constant_line", &[("mae", &constant)])).ink(Ink::Faint).wrap().ui(ui);
        Text::new(method_words(look.language, comparison)).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
    });
}

fn is_share(metric: &Metric) -> bool {
    metric.unit == "share"
}

/// "8.05 (7.77 to 8.32)"; shares in percent.
fn figure(look: &Look, metric: &Metric, figure: Option<Figure>) -> String {
    let Some(figure) = figure else { return NO_VALUE.to_owned() };
    let (scale, places) = if is_share(metric) { (100.0, 1) } else { (1.0, 2) };
    let value = if is_share(metric) {
        look.language.percent(figure.value, places)
    } else {
        look.language.decimal(figure.value, places)
    };
    with_ends(look, value, figure, scale, places)
}

fn difference(look: &Look, metric: &Metric) -> String {
    let Some(figure) = metric.difference else { return NO_VALUE.to_owned() };
    let (scale, least) = if is_share(metric) { (100.0, 1) } else { (1.0, 2) };
    let ends = [figure.low, figure.high].map(|end| end.unwrap_or(f64::NAN) * scale);
    let places = places_beside(0.0, &ends, least);
    let signed = |value: f64| look.language.signed_decimal(value, places);
    let mut value = signed(figure.value * scale);
    if is_share(metric) {
        value = look.fill("metric.points", &[("points", &value)]);
    }
    if figure.low.and(figure.high).is_none() {
        return value;
    }
    look.fill("chart.with_bounds", &[("value", &value), ("low", &signed(ends[0])), ("high", &signed(ends[1]))])
}

fn with_ends(look: &Look, value: String, figure: Figure, scale: f64, places: usize) -> String {
    match figure.low.zip(figure.high) {
        Some((low, high)) => interval_words(look, &value, low * scale, high * scale, places),
        None => value,
    }
}

/// Every gate but that of the error, which has a card of its own.
pub(super) fn gates_ui(ui: &mut Ui, outcome: &CompareOutcome, height: f32) {
    let look = Look::of(ui);
    Card::titled(look.text("compare.gates")).note(look.text("compare.gates_note")).height(height).ui(ui, |ui| {
        for gate in outcome.gates.iter().filter(|gate| gate.id != "error") {
            let said = [gate_value(look.language, gate), gate_reason(look.language, gate)];
            let said = said
                .into_iter()
                .flatten()
                .reduce(|said, more| look.fill("compare.sentences", &[("first", &said), ("second", &more)]));
            gate_row_ui(ui, gate, said.as_deref().unwrap_or(NO_VALUE));
        }
    });
}
