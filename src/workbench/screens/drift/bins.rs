//! One column in full: what is said of it, its bins now and before, and how its values are spread.

use egui::Ui;

use super::columns::{distance_words, missing};
use super::words;
use crate::analysis::drift::FeatureDrift;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::charts::{CurvesData, StepCurve, TwoSidedData, TwoSidedRow, chart_card_ui};
use crate::workbench::widgets::{Card, Pill, grid_ui};
use crate::workflows::watch::words as said;

/// Height of the cumulative curves.
const CURVES: f32 = 220.0;
/// The curves are drawn until this share of both windows lies before their end.
pub(super) const UNTIL_SHARE: f64 = 0.985;

/// What is shown of a column.
#[derive(Debug)]
pub(super) struct Detail {
    sentence: String,
    numbers: String,
    bins: Option<TwoSidedData>,
    curves: Option<CurvesData>,
}

impl Detail {
    pub fn of(look: &Look, feature: &FeatureDrift) -> Detail {
        Detail {
            sentence: said::feature_line(look.language, feature),
            numbers: numbers(look, feature),
            bins: bins(look, feature),
            curves: curves(look, feature),
        }
    }

    /// Shows it under its name.
    pub fn ui(&self, ui: &mut Ui, name: &str, pill: Pill) {
        Card::titled(name).with_actions_ui(
            ui,
            |ui| drop(pill.ui(ui)),
            |ui| {
                Text::new(self.sentence.as_str()).wrap().copyable().ui(ui);
                if self.bins.is_some() {
                    Text::new(self.numbers.as_str()).ink(Ink::Soft).wrap().copyable().ui(ui);
                }
            },
        );
        match (&self.bins, &self.curves) {
            (Some(bins), Some(curves)) => grid_ui(ui, "drift bins", &[1.0, 1.0], |ui, cell, height| match cell {
                0 => chart_card_ui(ui, bins, 0.0, height),
                _ => chart_card_ui(ui, curves, CURVES, height),
            }),
            (Some(bins), None) => chart_card_ui(ui, bins, 0.0, 0.0),
            (None, _) => {}
        }
    }
}

/// How likely so much is by chance, the other measures, and what is missing.
fn numbers(look: &Look, feature: &FeatureDrift) -> String {
    let found = &feature.found;
    let [now, before] = missing(found).map(|share| look.language.percent(share, 1));
    let values = [
        ("p", words::p(look, found.p)),
        ("any", words::p(look, feature.p_any)),
        ("adjusted", words::p(look, feature.p_adjusted)),
        ("hellinger", words::number(look, found.hellinger, 3)),
        ("now", now),
        ("before", before),
    ];
    let words = look.language.fill_owned("drift_screen.numbers", &values);
    let Some(distance) = found.wasserstein else { return words };
    let distance = distance_words(look, feature, distance);
    format!("{words} {}", look.fill("drift_screen.numbers_distance", &[("distance", &distance)]))
}

fn unit_words(look: &Look, feature: &FeatureDrift) -> String {
    words::unit(feature).map_or_else(String::new, |unit| look.text(&unit.name_key()).to_owned())
}

/// The two windows by their names and colours: before, and now.
pub(super) fn sides(look: &Look) -> [(String, Ink); 2] {
    [
        (look.text("drift_screen.side_before").to_owned(), Ink::Reference),
        (look.text("drift_screen.side_now").to_owned(), Ink::Shifted),
    ]
}

fn bins(look: &Look, feature: &FeatureDrift) -> Option<TwoSidedData> {
    let found = &feature.found;
    if found.bins.is_empty() {
        return None;
    }
    let share = |n: u64, of: u64| n as f64 / of.max(1) as f64;
    let rows = found.bins.iter().map(|bin| TwoSidedRow {
        label: said::bin_words(look.language, &feature.feature, &bin.label),
        shares: [share(bin.reference, found.n_reference), share(bin.current, found.n_current)],
        counts: [bin.reference, bin.current],
    });
    let unit = unit_words(look, feature);
    let note = match unit.as_str() {
        "" => look.text("drift_screen.bins_note").to_owned(),
        unit => look.fill("drift_screen.bins_unit_note", &[("unit", unit)]),
    };
    Some(TwoSidedData {
        name: look.text("drift_screen.bins").to_owned(),
        note,
        label_name: look.text("drift_screen.bin").to_owned(),
        sides: sides(look),
        rows: rows.collect(),
    })
}

fn curves(look: &Look, feature: &FeatureDrift) -> Option<CurvesData> {
    let [current, reference] = feature.found.curves.as_ref()?;
    let name = said::column_words(look.language, feature);
    Some(cumulative(
        look,
        look.text("drift_screen.curves"),
        (&name, &unit_words(look, feature)),
        [reference, current],
    ))
}

/// The cumulative shares of the values before and now. `what` is their name and unit.
pub(super) fn cumulative(
    look: &Look,
    name: &str,
    (what, unit): (&str, &str),
    points: [&Vec<[f64; 2]>; 2],
) -> CurvesData {
    let note = match unit {
        "" => look.text("drift_screen.curves_note").to_owned(),
        unit => look.fill("drift_screen.curves_unit_note", &[("unit", unit)]),
    };
    let value_name = match unit {
        "" => what.to_owned(),
        unit => look.fill("drift_screen.head_with_unit", &[("name", what), ("unit", unit)]),
    };
    let curves = sides(look).into_iter().zip(points);
    let curves = curves.map(|((name, ink), points)| StepCurve { name, ink, points: points.clone() }).collect();
    CurvesData { name: name.to_owned(), note, value_name, places: 1, curves, until_share: UNTIL_SHARE }
}
