//! The waits of two months, or of two periods: how they are spread, how far apart they are, and whether days are as far apart.

use egui::Ui;

use super::bins::cumulative;
use super::summary::{medians_line, pill};
use super::words;
use crate::analysis::drift::{LabelDrift, WindowFacts};
use crate::base::Verdict;
use crate::workbench::screens::releases::fields::wrapped_fact_ui;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::charts::{CurvesData, chart_card_ui};
use crate::workbench::widgets::{Card, grid_ui};
use crate::workflows::watch::{DriftReport, words as said};

/// Height of the picture.
const PICTURE: f32 = 280.0;

/// The picture and the numbers.
#[derive(Debug)]
pub(super) struct WaitsView {
    verdict: Verdict,
    reason: String,
    medians: String,
    windows: Vec<(String, Ink)>,
    facts: Vec<(&'static str, String)>,
    curves: Option<CurvesData>,
}

impl WaitsView {
    pub fn of(look: &Look, report: &DriftReport) -> WaitsView {
        let label = &report.label;
        let curves = label.curves.as_ref().map(|[current, reference]| {
            let what = (look.text("drift_screen.wait"), look.text("unit.minutes"));
            cumulative(look, look.text("drift_screen.waits_curves"), what, [reference, current])
        });
        let windows = [
            (report.windows.label_current.as_ref(), "drift_screen.now"),
            (report.windows.label_reference.as_ref(), "drift_screen.before"),
        ];
        WaitsView {
            verdict: label.verdict,
            reason: look.text(&format!("drift.label.{}", label.reason.id())).to_owned(),
            medians: medians_line(look, label),
            windows: windows.into_iter().flat_map(|(facts, key)| window_lines(look, facts, key)).collect(),
            facts: facts(look, label),
            curves,
        }
    }

    pub fn ui(&self, ui: &mut Ui) {
        let look = Look::of(ui);
        Card::titled(look.text("drift_screen.waits_card")).with_actions_ui(
            ui,
            |ui| drop(pill(&look, self.verdict).ui(ui)),
            |ui| {
                ui.spacing_mut().item_spacing.y = sizes::GAP;
                Text::new(self.reason.as_str()).strong().wrap().copyable().ui(ui);
                Text::new(self.medians.as_str()).ink(Ink::Soft).wrap().copyable().ui(ui);
                for (words, ink) in &self.windows {
                    Text::new(words.as_str()).ink(*ink).wrap().copyable().ui(ui);
                }
            },
        );
        grid_ui(ui, "drift waits", &[1.4, 1.0], |ui, cell, height| match (cell, &self.curves) {
            (0, Some(curves)) => chart_card_ui(ui, curves, PICTURE, height),
            (0, None) => Card::titled(look.text("drift_screen.waits_curves")).height(height).ui(ui, |ui| {
                Text::new(look.text("chart.nothing")).ink(Ink::Soft).ui(ui);
            }),
            _ => Card::titled(look.text("drift_screen.tests")).height(height).ui(ui, |ui| {
                for (key, words) in &self.facts {
                    wrapped_fact_ui(ui, look.text(key), Text::new(words.as_str()));
                }
            }),
        });
    }
}

fn window_lines(look: &Look, facts: Option<&WindowFacts>, key: &str) -> Vec<(String, Ink)> {
    let Some(facts) = facts else { return Vec::new() };
    let mut lines = vec![(look.fill(key, &[("window", &words::window(look, facts))]), Ink::Soft)];
    lines.extend(said::marks_words(look.language, facts).map(|marks| (marks, Ink::Warn)));
    lines
}

fn facts(look: &Look, label: &LabelDrift) -> Vec<(&'static str, String)> {
    let number = |n: u64| look.language.integer(n);
    let bounds = label.bounds;
    let d = [("d", words::number(look, label.d, 3)), ("bound", look.language.decimal(bounds.d, 2))];
    let distance = [
        ("minutes", words::number(look, label.wasserstein_minutes, 2)),
        ("bound", look.language.decimal(bounds.wasserstein_minutes, 1)),
    ];
    let n = [
        ("n", number(label.n_current)),
        ("days", number(label.days[0])),
        ("m", number(label.n_reference)),
        ("before_days", number(label.days[1])),
    ];
    vec![
        ("drift_screen.fact_d", look.language.fill_owned("drift_screen.d_words", &d)),
        ("drift_screen.fact_distance", look.language.fill_owned("drift_screen.distance_words", &distance)),
        ("drift_screen.fact_p", look.fill("drift_screen.p_words", &[("p", &words::p(look, label.p))])),
        (
            "drift_screen.fact_p_days",
            look.fill("drift_screen.p_days_words", &[("p", &words::p(look, label.p_days))]),
        ),
        ("drift_screen.fact_n", look.language.fill_owned("drift_screen.waits_n", &n)),
    ]
}
