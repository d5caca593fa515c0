//! Why one visit got its prediction, in minutes, and what it would have got if something had been otherwise.
//!
//! A prediction is made when a value is changed, not in every frame. Its explanation visits every
//! path of every tree: while a slider is dragged the last one stays, and the new one is made when it is let go.

use std::collections::BTreeMap;

use egui::{Ui, vec2};

use crate::analysis::features::{Column, Value};
use crate::analysis::models::{Explanation, Scalar};
use crate::base::Minutes;
use crate::base::calendar::DateStyle;
use crate::base::statistics::Sample;
use crate::workbench::screens::field::{Field, named_ui};
use crate::workbench::state::RunInsight;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::charts::{WaterfallData, WaterfallRow, chart_card_ui};
use crate::workbench::widgets::{Button, Card, Select, Slider, grid_ui, icons, row_ui};
use crate::workflows::card::{self, category_words, feature_words};
use crate::workflows::insight::{TestPart, VisitChoice};

/// Parts of the sum that are drawn one by one; the others are one part.
const MOST_PARTS: usize = 12;
/// Features that may be changed: those that move this prediction most.
const MOST_FIELDS: usize = 10;
/// Names that are offered for a category.
const MOST_NAMES: usize = 60;

/// Which visit was chosen, and what was changed about it.
#[derive(Debug, Default)]
pub(super) struct VisitPart {
    typed: String,
    changed: BTreeMap<String, Scalar>,
    kept: Option<Shown>,
}

/// What is shown, and for what it was made.
#[derive(Debug)]
struct Shown {
    run: i64,
    place: usize,
    changed: BTreeMap<String, Scalar>,
    as_it_was: Minutes,
    /// What is predicted for what was changed.
    now: Minutes,
    /// Why; of what had been changed when no slider was held.
    why: Explanation,
    /// Whether `why` is that of `now`.
    is_explained: bool,
    fields: Vec<WhatIf>,
}

/// A feature that may be changed.
#[derive(Clone, Debug)]
struct WhatIf {
    id: String,
    range: Range,
}

/// What a feature may be changed to.
#[derive(Clone, Debug)]
enum Range {
    /// From the 1 % to the 99 % quantile of the test part, and as far as the visit itself; whole where all of it is.
    Numbers {
        least: f64,
        most: f64,
        is_whole: bool,
    },
    Names(Vec<String>),
}

impl VisitPart {
    pub fn ui(&mut self, ui: &mut Ui, insight: &RunInsight) {
        let look = Look::of(ui);
        let test = &insight.test;
        let place = self.place_ui(ui, test);
        let Some(place) = place else { return };
        self.make(test, place, ui.input(|input| input.pointer.primary_down()));
        let Some(shown) = &self.kept else { return };
        let chart = waterfall(&look, &shown.why);
        let mut changed = self.changed.clone();
        grid_ui(ui, "one visit", &[1.4, 1.0], |ui, column, height| match column {
            0 => chart_card_ui(ui, &chart, 0.0, height),
            _ => what_if_ui(ui, test, shown, &mut changed, height),
        });
        self.changed = changed;
    }

    /// The field that names the visit, and what became of it.
    fn place_ui(&mut self, ui: &mut Ui, test: &TestPart) -> Option<usize> {
        let look = Look::of(ui);
        let rows = test.visits.len();
        if self.typed.is_empty() {
            // One in the middle says more than the first one of a morning.
            self.typed = (rows / 2 + 1).to_string();
        }
        let ascii = plain_digits(self.typed.trim());
        let choice = ascii.parse().map_or_else(|_| VisitChoice::Id(ascii.clone()), VisitChoice::Place);
        let place = test.place(&choice).ok();
        let problem = place.is_none().then(|| look.text("insight.row_problem"));
        let hint = look.fill("insight.row_hint", &[("rows", &look.language.integer(rows as u64))]);
        let mut step = 0_isize;
        row_ui(ui, |ui| {
            ui.allocate_ui_with_layout(vec2(220.0, 0.0), look.column(), |ui| {
                ui.set_max_width(220.0);
                let name = look.text("insight.row");
                Field { name, hint: &hint, problem, lines: 1 }.ui(ui, &mut self.typed);
            });
            let (back, on) = match look.is_rtl() {
                true => (icons::ICON_ARROW_FORWARD, icons::ICON_ARROW_BACK),
                false => (icons::ICON_ARROW_BACK, icons::ICON_ARROW_FORWARD),
            };
            if Button::symbol(back, look.text("insight.previous")).ui(ui).clicked() {
                step = -1;
            }
            if Button::symbol(on, look.text("insight.next")).ui(ui).clicked() {
                step = 1;
            }
            if let Some(place) = place {
                Text::new(visit_words(&look, test, place)).ink(Ink::Soft).wrap().ui(ui);
            }
        });
        if let Some(place) = place.filter(|_| step != 0) {
            let next = place.saturating_add_signed(step).min(rows.saturating_sub(1));
            self.typed = (next + 1).to_string();
        }
        place
    }

    /// Makes what is shown, unless it is what was made last. While a slider `is_held`, only what is predicted.
    fn make(&mut self, test: &TestPart, place: usize, is_held: bool) {
        let run = test.run.id;
        let kept = self.kept.take().filter(|kept| (kept.run, kept.place) == (run, place));
        let Some(mut kept) = kept else {
            self.changed.clear();
            let why = test.explain_with(place, &|_| None);
            let fields = fields(test, place, &why);
            let (as_it_was, now) = (why.predicted, why.predicted);
            let changed = BTreeMap::new();
            self.kept = Some(Shown { run, place, changed, as_it_was, now, why, is_explained: true, fields });
            return;
        };
        let chosen = |id: &str| self.changed.get(id).map(|scalar| owned(test, id, scalar));
        if kept.changed != self.changed {
            kept.now = test.predict_with(place, &chosen);
            kept.changed.clone_from(&self.changed);
            kept.is_explained = false;
        }
        if !kept.is_explained && !is_held {
            kept.why = test.explain_with(place, &chosen);
            kept.is_explained = true;
        }
        self.kept = Some(kept);
    }
}

/// A value that was chosen, as the model takes it: names are those of the feature's own column.
fn owned<'t>(test: &'t TestPart, id: &str, scalar: &Scalar) -> Value<'t> {
    match scalar {
        Scalar::Number(number) => Value::Number(*number),
        Scalar::Text(chosen) => match test.features.column(id) {
            Some(Column::Categories { names, .. }) => {
                names.iter().find(|name| *name == chosen).map_or(Value::Missing, |name| Value::Category(name))
            }
            _ => Value::Missing,
        },
    }
}

/// The features that move the prediction most, and what each may be changed to.
fn fields(test: &TestPart, place: usize, explanation: &Explanation) -> Vec<WhatIf> {
    let field = |id: &str| {
        let column = test.features.column(id)?;
        let range = match column {
            Column::Categories { names, .. } => Range::Names(names.iter().take(MOST_NAMES).cloned().collect()),
            Column::Whole(_) | Column::Real(_) => {
                let sample = Sample::new(column.numbers().collect()).ok()?;
                let own = column.number(place);
                let (low, high) = (sample.quantile(0.01), sample.quantile(0.99));
                let least = own.map_or(low, |own| own.min(low));
                let most = own.map_or(high, |own| own.max(high));
                let is_whole = matches!(column, Column::Whole(_));
                let (least, most) = if is_whole { (least.floor(), most.ceil()) } else { (least, most) };
                Range::Numbers { least, most: most.max(least + 1.0), is_whole }
            }
        };
        Some(WhatIf { id: id.to_owned(), range })
    };
    let moving = explanation.by_size();
    moving.iter().filter_map(|one| field(&one.feature)).take(MOST_FIELDS).collect()
}

fn visit_words(look: &Look, test: &TestPart, place: usize) -> String {
    let scored = &test.scored;
    let site = scored.site.get(place).and_then(|site| scored.sites.get(*site as usize)).cloned();
    let arrived = test.local.get(place).copied();
    let style = DateStyle::usual(look.language);
    let fields = [
        ("visit", test.visits.get(place).cloned().unwrap_or_default()),
        ("site", site.unwrap_or_default()),
        ("when", arrived.map_or_else(String::new, |arrived| style.date_and_time(arrived, look.language))),
        ("actual", look.language.decimal(scored.actual.get(place).copied().unwrap_or(f64::NAN), 1)),
    ];
    look.language.fill_owned("insight.visit_words", &fields)
}

fn waterfall(look: &Look, explanation: &Explanation) -> WaterfallData {
    let total = |key: &str, value: f64| WaterfallRow { label: look.text(key).to_owned(), value, is_total: true };
    let part = |label: String, value: f64| WaterfallRow { label, value, is_total: false };
    let sorted = explanation.by_size();
    let (shown, rest) = sorted.split_at(sorted.len().min(MOST_PARTS));
    let mut rows = vec![total("insight.base", explanation.base_minutes)];
    rows.extend(shown.iter().map(|one| {
        let fields = [
            ("name", feature_words(look.language, &one.feature)),
            ("value", value_words(look, &one.feature, one.value.as_ref())),
        ];
        part(look.language.fill_owned("train.parameter", &fields), one.minutes)
    }));
    if !rest.is_empty() {
        let n = look.language.integer(rest.len() as u64);
        let sum = rest.iter().map(|one| one.minutes).sum();
        rows.push(part(look.fill("insight.others", &[("n", &n)]), sum));
    }
    if explanation.limited_minutes.abs() > 0.005 {
        rows.push(part(look.text("insight.limited").to_owned(), explanation.limited_minutes));
    }
    rows.push(total("insight.predicted", explanation.predicted.get()));
    let minutes = look.language.decimal(explanation.predicted.get(), 1);
    WaterfallData {
        name: look.fill("insight.waterfall", &[("minutes", &minutes)]),
        unit: look.text("insight.waterfall_unit").to_owned(),
        label_name: look.text("insight.reason").to_owned(),
        places: 2,
        rows,
    }
}

fn value_words(look: &Look, feature: &str, value: Option<&Scalar>) -> String {
    match value {
        Some(value) => card::value_words(look.language, feature, value),
        None => look.text("insight.missing").to_owned(),
    }
}

/// The fields, and what the changes come to.
fn what_if_ui(ui: &mut Ui, test: &TestPart, shown: &Shown, changed: &mut BTreeMap<String, Scalar>, height: f32) {
    let look = Look::of(ui);
    Card::titled(look.text("insight.what_if")).height(height).ui(ui, |ui| {
        let (was, now) = (shown.as_it_was.get(), shown.now.get());
        let fields = [
            ("minutes", look.language.decimal(now, 1)),
            ("difference", look.language.signed_decimal(now - was, 1)),
        ];
        let words = match changed.is_empty() {
            true => look.text("insight.what_if_line").to_owned(),
            false => look.language.fill_owned("insight.instead", &fields),
        };
        row_ui(ui, |ui| {
            if Button::plain(look.text("insight.as_it_was")).icon(icons::ICON_UNDO).ui(ui).clicked() {
                changed.clear();
            }
            Text::new(words).ink(Ink::Soft).wrap().ui(ui);
        });
        for field in &shown.fields {
            let name = feature_words(look.language, &field.id);
            let own = Scalar::of(test.features.value(&field.id, shown.place));
            let value = changed.get(&field.id).cloned().or_else(|| own.clone());
            if let Some(chosen) = field_ui(ui, &name, field, value.as_ref()) {
                if Some(&chosen) == own.as_ref() {
                    changed.remove(&field.id);
                } else {
                    changed.insert(field.id.clone(), chosen);
                }
            }
        }
    });
}

/// One field; what was chosen in it, where something was.
fn field_ui(ui: &mut Ui, name: &str, field: &WhatIf, value: Option<&Scalar>) -> Option<Scalar> {
    let look = Look::of(ui);
    match &field.range {
        Range::Names(names) => {
            let mut chosen = match value {
                Some(Scalar::Text(text)) => text.clone(),
                _ => String::new(),
            };
            let called = |name: &String| category_words(look.language, &field.id, name);
            let options = names.iter().map(|name| (name.clone(), called(name)));
            let pressed = named_ui(ui, name, "", |ui| Select::new(name, options).ui(ui, &mut chosen));
            pressed.then_some(Scalar::Text(chosen))
        }
        Range::Numbers { least, most, is_whole } => {
            let mut chosen = match value {
                Some(Scalar::Number(number)) => *number,
                _ => *least,
            };
            let words = value_words(&look, &field.id, value);
            let slider = Slider::new(name, *least, *most).whole(*is_whole);
            let moved = named_ui(ui, name, &words, |ui| slider.ui(ui, &mut chosen));
            // The precision in which the program keeps such numbers.
            #[expect(clippy::cast_possible_truncation, reason = "32 bits are kept")]
            let kept = if *is_whole { chosen.round() } else { f64::from(chosen as f32) };
            moved.then_some(Scalar::Number(kept))
        }
    }
}

/// Persian digits as ASCII.
fn plain_digits(text: &str) -> String {
    let plain = |letter: char| match letter {
        '۰'..='۹' => char::from_u32(u32::from(letter) - u32::from('۰') + u32::from('0')).unwrap_or(letter),
        other => other,
    };
    text.chars().map(plain).collect()
}
