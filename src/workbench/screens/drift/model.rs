//! The model: its error week by week, and the newest week over the weeks before.

use egui::Ui;

use super::summary::pill;
use super::words;
use crate::analysis::drift::{ConceptDrift, RATIO_LIMIT, WeekError};
use crate::base::Verdict;
use crate::base::calendar::DateStyle;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::charts::{
    ForestData, ForestRow, LineData, Numbers, Series, Threshold, Value, XPoint, chart_card_ui,
};
use crate::workbench::widgets::{Card, grid_ui};
use crate::workflows::watch::{DriftReport, words as said};

/// Height of the picture of the weeks.
const PICTURE: f32 = 240.0;

/// The pictures and what is said of them.
#[derive(Debug)]
pub(super) struct ModelView {
    verdict: Verdict,
    sentence: String,
    weeks: Option<LineData>,
    ratio: Option<ForestData>,
    table: Numbers,
}

impl ModelView {
    pub fn of(look: &Look, report: &DriftReport) -> ModelView {
        let concept = &report.concept;
        let model = words::model(look, &report.model);
        ModelView {
            verdict: concept.verdict,
            sentence: said::concept_words(look.language, &model, concept),
            weeks: concept.weeks.iter().any(|week| week.mae.is_some()).then(|| weeks(look, concept)),
            ratio: ratio(look, concept, model),
            table: table(look, concept),
        }
    }

    pub fn ui(&self, ui: &mut Ui) {
        let look = Look::of(ui);
        Card::titled(look.text("drift_screen.model_card")).with_actions_ui(
            ui,
            |ui| drop(pill(&look, self.verdict).ui(ui)),
            |ui| drop(Text::new(self.sentence.as_str()).wrap().copyable().ui(ui)),
        );
        let Some(weeks) = &self.weeks else { return };
        grid_ui(ui, "drift model", &[1.0, 1.0], |ui, cell, height| match cell {
            0 => chart_card_ui(ui, weeks, PICTURE, height),
            _ => {
                if let Some(ratio) = &self.ratio {
                    chart_card_ui(ui, ratio, 0.0, 0.0);
                }
                Card::titled(look.text("drift_screen.weeks")).height(height).ui(ui, |ui| {
                    self.table.ui(ui, "drift weeks", f32::INFINITY);
                });
            }
        });
    }
}

/// One week on the axis, with its visits in the read-out.
pub(super) fn week_point(look: &Look, week: &WeekError) -> XPoint {
    let style = DateStyle::usual(look.language);
    let point = XPoint::day(week.week, style, look.language);
    let values = [
        ("week", point.long.clone()),
        ("n", look.language.integer(week.n)),
        ("days", look.language.integer(week.days)),
    ];
    XPoint { long: look.language.fill_owned("drift_screen.week_and_n", &values), ..point }
}

fn weeks(look: &Look, concept: &ConceptDrift) -> LineData {
    let bounds = |week: &WeekError| week.mae.zip(week.se).map(|(mae, se)| (mae - se, mae + se));
    let series = Series {
        name: look.text("drift_screen.mae").to_owned(),
        ink: Ink::Current,
        values: concept.weeks.iter().map(|week| week.mae).collect(),
        bounds: concept.weeks.iter().map(bounds).collect(),
    };
    let limit = look.language.decimal(RATIO_LIMIT, 1);
    let thresholds = concept.mae_mean_4.into_iter().flat_map(|mean| {
        [
            Threshold {
                value: mean,
                label: look.text("drift_screen.mean_before").to_owned(),
                ink: Ink::Reference,
            },
            Threshold {
                value: mean * RATIO_LIMIT,
                label: look.fill("drift_screen.times_before", &[("limit", &limit)]),
                ink: Ink::Fail,
            },
        ]
    });
    LineData {
        name: look.text("drift_screen.weekly_error").to_owned(),
        unit: look.text("drift_screen.weekly_error_unit").to_owned(),
        x_name: look.text("drift_screen.week").to_owned(),
        places: 2,
        x: concept.weeks.iter().map(|week| week_point(look, week)).collect(),
        series: vec![series],
        thresholds: thresholds.collect(),
        from_zero: true,
        whiskers: true,
        ..LineData::default()
    }
}

fn ratio(look: &Look, concept: &ConceptDrift, model: String) -> Option<ForestData> {
    let (estimate, low, high) = (concept.ratio?, concept.ratio_low?, concept.ratio_high?);
    let ink = match concept.verdict {
        Verdict::Fail => Ink::Fail,
        Verdict::Inconclusive => Ink::Warn,
        Verdict::Pass => Ink::Current,
    };
    let mut rows = vec![ForestRow { label: model, n: concept.n, estimate, low, high, ink }];
    rows.extend(concept.like_for_like.and_then(|alike| {
        let label = look.text("drift_screen.alike").to_owned();
        let (estimate, low, high) = (alike.ratio, alike.ratio_low, alike.ratio_high?);
        Some(ForestRow { label, n: concept.n, estimate, low, high, ink })
    }));
    Some(ForestData {
        name: look.text("drift_screen.ratio").to_owned(),
        note: look.fill("drift_screen.ratio_note", &[("limit", &look.language.decimal(RATIO_LIMIT, 1))]),
        label_name: look.text("drift_screen.model").to_owned(),
        rows,
        neutral: 1.0,
        bound: Some(RATIO_LIMIT),
        places: 2,
    })
}

fn table(look: &Look, concept: &ConceptDrift) -> Numbers {
    let head = |key: &str| look.text(key).to_owned();
    let style = DateStyle::usual(look.language);
    let number = |value: Option<f64>| value.map_or(Value::None, |value| Value::Number(value, 2));
    let row = |week: &WeekError| {
        let learned = if week.in_sample { "drift_screen.learned" } else { "drift_screen.not_learned" };
        vec![
            Value::Word(style.short(week.week, look.language), week.week.to_string()),
            Value::Number(week.n as f64, 0),
            Value::Number(week.days as f64, 0),
            number(week.mae),
            number(week.se),
            Value::word(look.text(learned)),
        ]
    };
    Numbers {
        heads: vec![
            head("drift_screen.week"),
            head("drift_screen.finished"),
            head("drift_screen.days"),
            head("drift_screen.mae_minutes"),
            head("drift_screen.se_minutes"),
            head("drift_screen.sample"),
        ],
        rows: concept.weeks.iter().map(row).collect(),
    }
}
