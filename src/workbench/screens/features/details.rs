//! One feature: what it is, from when on it is known, what is used where it is missing, and its values.

use egui::Ui;

use super::catalogue::places;
use super::name;
use crate::analysis::features::{Bars, Distribution, QUANTILE_SHARES};
use crate::base::calendar::DateStyle;
use crate::base::language::Language;
use crate::workbench::screens::names::{drift_key, listed};
use crate::workbench::screens::releases::fields::{code, fact_ui, wrapped_fact_ui};
use crate::workbench::state::State;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::Card;
use crate::workbench::widgets::charts::{
    Chart, HistogramData, HistogramSeries, Numbers, RankData, RankRow, Value,
};
use crate::workflows::card::category_words;
use crate::workflows::features::FeatureRow;

/// The picture of a feature's values, as it was drawn last.
#[derive(Debug, Default)]
pub(super) struct Picture {
    kept: Option<(String, Distribution, Language, Drawn)>,
}

#[derive(Debug)]
enum Drawn {
    Bars(HistogramData),
    Names(RankData),
}

/// Height of the picture.
const HEIGHT: f32 = 150.0;
/// Height of the table of quantiles.
const TABLE: f32 = 264.0;

impl Picture {
    /// Shows `row` in a card that reaches down to `height`.
    pub fn ui(&mut self, ui: &mut Ui, state: &State, row: &FeatureRow, height: f32) {
        let look = Look::of(ui);
        let called = name(&look, &row.entry.id);
        Card::titled(called.clone()).height(height).ui(ui, |ui| {
            match &row.entry.expression {
                Some(expression) => code(expression.clone()).copyable().ui(ui),
                None => {
                    let about = look.text(&format!("feature_about.{}", row.entry.id)).to_owned();
                    Text::new(about).ink(Ink::Soft).wrap().ui(ui)
                }
            };
            ui.add_space(sizes::GRID);
            facts_ui(ui, state, row);
            let Some(distribution) = &row.profile.distribution else {
                Text::new(look.text("features.no_values")).ink(Ink::Warn).wrap().ui(ui);
                return;
            };
            ui.add_space(sizes::GRID);
            match self.drawn(row, &called, distribution, look.language) {
                Drawn::Bars(chart) => chart.ui(ui, HEIGHT),
                Drawn::Names(chart) => chart.ui(ui, HEIGHT),
            };
            let sampled = look.language.integer(row.profile.sampled);
            let note = look.fill("features.sampled", &[("n", &sampled)]);
            Text::new(note).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
            if let Distribution::Numbers { mean, quantiles, .. } = distribution {
                quantiles_ui(ui, *mean, quantiles);
            }
        });
    }

    fn drawn(
        &mut self,
        row: &FeatureRow,
        called: &str,
        distribution: &Distribution,
        language: Language,
    ) -> &Drawn {
        let id = &row.entry.id;
        let known = self
            .kept
            .take()
            .filter(|(of, shown, in_language, _)| of == id && shown == distribution && *in_language == language);
        let kept = known.unwrap_or_else(|| {
            (id.clone(), distribution.clone(), language, draw(row, called, distribution, language))
        });
        &self.kept.insert(kept).3
    }
}

fn facts_ui(ui: &mut Ui, state: &State, row: &FeatureRow) {
    let look = Look::of(ui);
    let language = look.language;
    ui.spacing_mut().item_spacing.y = 0.0;
    let words = |key: String| Text::new(look.text(&key));
    fact_ui(ui, look.text("features.id"), code(&row.entry.id));
    fact_ui(ui, look.text("features.group"), words(format!("feature_group.{}", row.entry.group)));
    fact_ui(ui, look.text("features.unit"), words(format!("unit.{}", row.entry.unit)));
    fact_ui(ui, look.text("features.known"), words(format!("feature_known.{}", row.entry.known)));
    fact_ui(ui, look.text("features.missing_rule"), words(format!("feature_missing.{}", row.entry.missing_rule)));
    let critical = if row.entry.critical { "features.critical_yes" } else { "features.critical_no" };
    fact_ui(ui, look.text("features.critical_head"), Text::new(look.text(critical)));
    let share = row.profile.missing as f64 / row.profile.rows.max(1) as f64;
    let missing = [
        ("share", language.percent(share, places(share))),
        ("n", language.integer(row.profile.missing)),
        ("all", language.integer(row.profile.rows)),
    ];
    fact_ui(ui, look.text("features.missing"), Text::new(language.fill_owned("features.missing_of", &missing)));
    let association = match row.profile.association {
        None => look.text("features.no_association").to_owned(),
        Some(association) => language.fill_owned(
            "features.association",
            &[
                ("value", language.signed_decimal(association.value, 3)),
                ("measure", look.text(&association.measure.name_key()).to_owned()),
                ("n", language.integer(association.n)),
            ],
        ),
    };
    wrapped_fact_ui(ui, look.text("features.with_wait"), Text::new(association));
    wrapped_fact_ui(ui, look.text("features.drift"), Text::new(drift_words(&look, row)));
    let users = state.snapshot.as_ref().and_then(|snapshot| snapshot.feature_users.get(&row.entry.id));
    let users: Vec<String> = users.into_iter().flatten().map(ToString::to_string).collect();
    let users = if users.is_empty() { look.text("features.unused").to_owned() } else { listed(&look, &users) };
    fact_ui(ui, look.text("features.used"), Text::new(users));
}

/// What the newest complete week is like beside the week before, with its numbers.
fn drift_words(look: &Look, row: &FeatureRow) -> String {
    let language = look.language;
    let Some(drift) = &row.drift else { return look.text("drift.no_weeks").to_owned() };
    let found = &drift.found;
    let Some((kl, floor)) = found.kl.zip(found.floor) else { return look.text("drift.not_measured").to_owned() };
    let values = [
        ("verdict", look.text(drift_key(found.verdict)).to_owned()),
        ("kl", language.decimal(kl, 3)),
        ("floor", language.decimal(floor, 3)),
        ("week", DateStyle::usual(language).short(drift.week, language)),
        ("current", language.integer(found.n_current)),
        ("reference", language.integer(found.n_reference)),
    ];
    let words = language.fill_owned("drift.measured", &values);
    let holiday = match drift.has_holiday {
        Some(false) => return words,
        Some(true) => look.text("drift.holiday"),
        None => look.text("drift.holiday_unknown"),
    };
    format!("{words} {holiday}")
}

fn quantiles_ui(ui: &mut Ui, mean: f64, quantiles: &[f64; 7]) {
    let look = Look::of(ui);
    let words = |key: &str| Value::word(look.text(key));
    let mut rows: Vec<Vec<Value>> = QUANTILE_SHARES
        .iter()
        .zip(quantiles)
        .map(|(share, value)| {
            let share = match *share {
                0.0 => words("features.least"),
                0.5 => words("features.median"),
                1.0 => words("features.most"),
                share => Value::word(look.language.percent(share, 0)),
            };
            vec![share, Value::Number(*value, 2)]
        })
        .collect();
    rows.push(vec![words("features.mean"), Value::Number(mean, 2)]);
    let heads = vec![look.text("features.quantile").to_owned(), look.text("features.value").to_owned()];
    Numbers { heads, rows }.ui(ui, "quantiles", TABLE);
}

fn draw(row: &FeatureRow, called: &str, distribution: &Distribution, language: Language) -> Drawn {
    let text = |key: &str| language.text(key).to_owned();
    let name = language.fill("features.values_of", &[("feature", called)]);
    match distribution {
        Distribution::Names { top, others, .. } => {
            let named = |(name, count): &(String, u64)| (category_words(language, &row.entry.id, name), *count);
            let mut rows: Vec<(String, u64)> = top.iter().map(named).collect();
            if *others > 0 {
                rows.push((text("features.others"), *others));
            }
            let row = |(label, count): (String, u64)| RankRow { label, value: count as f64, ink: Ink::Shifted };
            Drawn::Names(RankData {
                name,
                unit: text("data.visits"),
                label_name: text("features.value"),
                places: 0,
                rows: rows.into_iter().map(row).collect(),
            })
        }
        Distribution::Numbers { bars, .. } => {
            let (edges, counts) = edges(bars);
            let series = HistogramSeries {
                name: text("data.visits"),
                ink: Ink::Shifted,
                heights: counts.iter().map(|count| *count as f64).collect(),
            };
            Drawn::Bars(HistogramData {
                name,
                unit: text(&format!("unit.{}", row.entry.unit)),
                height_name: text("data.visits"),
                edges,
                series: vec![series],
                ..HistogramData::default()
            })
        }
    }
}

/// The edges of the bars: single values stand in the middle of theirs.
fn edges(bars: &Bars) -> (Vec<f64>, Vec<u64>) {
    match bars {
        Bars::Ranges { edges, counts, .. } => (edges.clone(), counts.clone()),
        Bars::Values(values) => {
            let (Some(first), Some(last)) = (values.first(), values.last()) else { return Default::default() };
            let gaps = values.windows(2).filter_map(|pair| Some(pair.get(1)?.0 - pair.first()?.0));
            let half = gaps.clone().fold(f64::INFINITY, f64::min).min(2.0) / 2.0;
            let between = values.windows(2).filter_map(|pair| Some((pair.get(1)?.0 + pair.first()?.0) / 2.0));
            let mut edges = vec![first.0 - half];
            edges.extend(between);
            edges.push(last.0 + half);
            (edges, values.iter().map(|(_, count)| *count).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_values_stand_in_the_middle_of_their_bars() {
        assert_eq!(edges(&Bars::Values(vec![(0.0, 3), (1.0, 5)])), (vec![-0.5, 0.5, 1.5], vec![3, 5]));
        assert_eq!(edges(&Bars::Values(vec![(7.0, 2)])), (vec![6.0, 8.0], vec![2]));
        assert_eq!(edges(&Bars::Values(Vec::new())), (Vec::new(), Vec::new()));
    }
}
