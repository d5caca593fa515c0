//! How the predictions of a model move with one feature.

use egui::Ui;

use crate::analysis::insight::{CategoryEffect, Effect, Effects, NumberEffect};
use crate::workbench::screens::field::named_ui;
use crate::workbench::state::{RunInsight, State};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::Select;
use crate::workbench::widgets::charts::{LineData, RankData, RankRow, Series, XPoint, chart_card_ui};
use crate::workflows::card::{category_words, feature_words};

/// Height of the picture.
const PICTURE: f32 = 340.0;
/// Width of the list of features.
const LIST: f32 = 320.0;

/// Which feature was chosen.
#[derive(Debug, Default)]
pub(super) struct EffectsPart {
    feature: Option<String>,
}

impl EffectsPart {
    /// The feature that is looked at: the one that was chosen, where the model uses it, else the most important one, else
    /// the first. None where the model uses none.
    pub fn choose_ui(&mut self, ui: &mut Ui, state: &State, insight: &RunInsight) -> Option<String> {
        let look = Look::of(ui);
        let features = insight.test.artifact.contract.features();
        let is_used = |id: &&String| features.iter().any(|feature| feature.id == **id);
        let weighed = state.importance.as_ref().filter(|(run, _)| *run == insight.test.run.id);
        let best = weighed.and_then(|(_, found)| found.groups.first()?.features.first());
        let usual = features.iter().find(|feature| feature.id == "people_ahead").or(features.first());
        let mut chosen = self.feature.as_ref().filter(is_used).or(best).or(usual.map(|usual| &usual.id))?.clone();
        let name = look.text("insight.feature");
        let options =
            features.iter().map(|feature| (feature.id.clone(), feature_words(look.language, &feature.id)));
        let width = ui.available_width().min(LIST);
        ui.allocate_ui_with_layout(egui::vec2(width, 0.0), look.column(), |ui| {
            ui.set_max_width(width);
            named_ui(ui, name, "", |ui| Select::new(name, options).ui(ui, &mut chosen));
        });
        self.feature = Some(chosen.clone());
        Some(chosen)
    }
}

pub(super) fn effects_ui(ui: &mut Ui, insight: &RunInsight, found: &Effects) {
    let look = Look::of(ui);
    let key = match &found.effect {
        Effect::Number(effect) => {
            chart_card_ui(ui, &lines(&look, insight, found, effect), PICTURE, 0.0);
            "insight.effect_line"
        }
        Effect::Category(effect) => {
            chart_card_ui(ui, &names(&look, found, effect), 0.0, 0.0);
            "insight.effect_names"
        }
    };
    Text::new(look.text(key)).ink(Ink::Soft).wrap().ui(ui);
}

fn title(look: &Look, found: &Effects) -> String {
    look.fill("insight.effect", &[("feature", &feature_words(look.language, &found.feature))])
}

fn unit(look: &Look, found: &Effects) -> String {
    let number = |value: u64| look.language.integer(value);
    let fields = [("n", number(found.n)), ("of", number(found.of)), ("missing", number(found.missing))];
    look.language.fill_owned("insight.effect_unit", &fields)
}

fn lines(look: &Look, insight: &RunInsight, found: &Effects, effect: &NumberEffect) -> LineData {
    let places = usize::from(effect.at.iter().any(|at| at.fract() != 0.0));
    let point = |at: &f64| {
        let words = look.language.decimal(*at, places);
        XPoint { at: *at, short: words.clone(), long: words, plain: at.to_string() }
    };
    let line = |key: &str, ink: Ink, values: Vec<Option<f64>>| Series {
        name: look.text(key).to_owned(),
        ink,
        values,
        bounds: Vec::new(),
    };
    let dependence = effect.partial_dependence.iter().map(|value| Some(*value)).collect();
    let ale = effect.ale.iter().map(|value| Some(value + found.mean_predicted)).collect();
    let feature = insight.test.artifact.contract.features().iter().find(|one| one.id == found.feature);
    let feature_unit = feature.map_or("", |feature| feature.unit.as_str());
    LineData {
        name: title(look, found),
        unit: unit(look, found),
        x_name: format!(
            "{} ({})",
            feature_words(look.language, &found.feature),
            look.text(&format!("unit.{feature_unit}"))
        ),
        places: 2,
        x: effect.at.iter().map(point).collect(),
        series: vec![
            line("insight.dependence", Ink::Current, dependence),
            line("insight.ale", Ink::Candidate, ale),
        ],
        faint: effect.ice.clone(),
        ..LineData::default()
    }
}

fn names(look: &Look, found: &Effects, effect: &CategoryEffect) -> RankData {
    let rows = effect.names.iter().zip(&effect.name_n).zip(&effect.partial_dependence);
    let row = |((name, n), value): ((&String, &u64), &f64)| {
        let name = category_words(look.language, &found.feature, name);
        let n = format!("({})", look.language.integer(*n));
        let label = look.fill("train.parameter", &[("name", &name), ("value", &n)]);
        RankRow { label, value: *value, ink: Ink::Current }
    };
    RankData {
        name: title(look, found),
        unit: unit(look, found),
        label_name: look.text("insight.feature").to_owned(),
        places: 2,
        rows: rows.map(row).collect(),
    }
}
