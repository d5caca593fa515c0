//! The key figures, the daily error and the service.

use egui::Ui;
use egui_material_icons::icons;

use super::super::days::with_gaps;
use super::facts::{Facts, MAE_ALARM, MAE_TARGET, WITHIN_TARGET, contender_name};
use crate::analysis::evaluation::DailyErrors;
use crate::base::Verdict;
use crate::base::calendar::DateStyle;
use crate::base::language::Language;
use crate::store::registry::Stage;
use crate::workbench::command::{Command, Outbox};
use crate::workbench::state::State;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::charts::{LineData, Mark, Series, SparkData, Threshold, XPoint};
use crate::workbench::widgets::{Button, Card, KeyFigure, Pill, grid_ui, row_ui};
use crate::workflows::compare::difference_places;

/// Days that the small history of the error shows.
const SPARK_DAYS: usize = 30;

/// The figures that can be known, each against its target.
pub(super) fn figures_ui(ui: &mut Ui, facts: &Facts<'_>) {
    let look = Look::of(ui);
    grid_ui(ui, "figures", &[1.0; 4], |ui, cell, height| match cell {
        0 => error_figure(facts, &look).ui(ui, height),
        1 => within_figure(facts, &look).ui(ui, height),
        2 => difference_figure(facts, &look).ui(ui, height),
        _ => review_figure(facts, &look).ui(ui, height),
    });
}

fn target_pill(verdict: Verdict, look: &Look) -> Pill {
    let key = match verdict {
        Verdict::Pass => "overview.within_target",
        Verdict::Fail => "overview.off_target",
        Verdict::Inconclusive => "verdict.inconclusive",
    };
    Pill::saying(verdict, look.text(key))
}

fn error_figure(facts: &Facts<'_>, look: &Look) -> KeyFigure {
    let language = look.language;
    let errors = facts.own().map(|own| &own.errors);
    let number = |value: Option<f64>| language.decimal(value.unwrap_or(f64::NAN), 1);
    let target = language.decimal(MAE_TARGET, 0);
    let below = match errors.and_then(|errors| errors.mae_low) {
        Some(_) => look.fill(
            "overview.error_target",
            &[
                ("low", &number(errors.and_then(|errors| errors.mae_low))),
                ("high", &number(errors.and_then(|errors| errors.mae_high))),
                ("n", &language.integer(errors.map_or(0, |errors| errors.n))),
                ("target", &target),
            ],
        ),
        None => look.fill("overview.error_target_alone", &[("target", &target)]),
    };
    let mut figure =
        KeyFigure::new(look.text("overview.mae"), number(errors.map(|errors| errors.mae))).target(below);
    if let Some(comparison) = facts.comparison {
        let from = comparison.daily.len().saturating_sub(SPARK_DAYS);
        let values = comparison.daily.iter().skip(from).map(|day| Some(day.mae_candidate)).collect();
        figure = figure.unit(look.text("overview.minutes")).spark(SparkData {
            values,
            threshold: Some(MAE_TARGET),
            ink: Ink::Current,
        });
    }
    match facts.error_verdict() {
        Some(verdict) => figure.pill(target_pill(verdict, look).hint(look.text("overview.error_hint"))),
        None => figure,
    }
}

fn within_figure(facts: &Facts<'_>, look: &Look) -> KeyFigure {
    let language = look.language;
    let errors = facts.own().map(|own| &own.errors);
    let share = language.percent(errors.map_or(f64::NAN, |errors| errors.within_20), 1);
    let target = language.percent(WITHIN_TARGET, 0);
    let below = match errors {
        Some(errors) => {
            look.fill("overview.within_target_line", &[("n", &language.integer(errors.n)), ("target", &target)])
        }
        None => look.fill("overview.within_target_alone", &[("target", &target)]),
    };
    let figure = KeyFigure::new(look.text("overview.within"), share).target(below);
    match facts.within_verdict() {
        Some(verdict) => figure.pill(target_pill(verdict, look)),
        None => figure,
    }
}

fn review_figure(facts: &Facts<'_>, look: &Look) -> KeyFigure {
    let at = |stage: Stage| facts.snapshot.versions.iter().filter(|entry| entry.stage == stage).count() as u64;
    let (proposed, approved) = (at(Stage::Proposed), at(Stage::Approved));
    let line = look.fill(
        "overview.review_line",
        &[
            ("approved", &look.language.integer(approved)),
            ("all", &look.language.integer(facts.snapshot.versions.len() as u64)),
        ],
    );
    let ink = if proposed > 0 { Ink::Candidate } else { Ink::Strong };
    KeyFigure::new(look.text("overview.review"), look.language.integer(proposed)).target(line).ink(ink)
}

/// How much better or worse it is than what it was put up against.
fn difference_figure(facts: &Facts<'_>, look: &Look) -> KeyFigure {
    let language = look.language;
    let Some(comparison) = facts.comparison else {
        let name = look.text("overview.difference_alone");
        return KeyFigure::new(name, language.decimal(f64::NAN, 1)).target(look.text("overview.no_evaluation"));
    };
    let places = difference_places(comparison, 1);
    let signed = |value: f64| language.signed_decimal(value, places);
    let line = look.fill(
        "overview.difference_line",
        &[
            ("low", &signed(comparison.delta_low)),
            ("high", &signed(comparison.delta_high)),
            ("n", &language.integer(comparison.n)),
        ],
    );
    let name = look.fill("overview.difference", &[("other", &contender_name(&comparison.current, language))]);
    KeyFigure::new(name, signed(comparison.delta))
        .unit(look.text("overview.minutes"))
        .target(line)
        .pill(Pill::verdict(comparison.gate, look).hint(look.text("gate.error")))
}

/// The daily error of the live version in its evaluation, beside what it was compared with.
pub(super) fn daily_chart(facts: &Facts<'_>, language: Language) -> Option<LineData> {
    let (comparison, live) = (facts.comparison?, facts.live?);
    if comparison.daily.is_empty() {
        return None;
    }
    let style = DateStyle::usual(language);
    let days = with_gaps(&comparison.daily, |day| day.day);
    let series = |name: String, ink, of: fn(&DailyErrors) -> f64| Series {
        name,
        ink,
        values: days.iter().map(|(_, day)| day.map(of)).collect(),
        bounds: Vec::new(),
    };
    let threshold = |value: f64, key: &str, ink| Threshold {
        value,
        label: language.fill(key, &[("minutes", &language.decimal(value, 0))]),
        ink,
    };
    let mut clock = facts.clock();
    let marks = facts.snapshot.rollouts.iter().map(|rollout| Mark {
        at: f64::from(clock.local(rollout.at).date().epoch_days()),
        label: rollout.version.to_string(),
    });
    Some(LineData {
        marks: marks.collect(),
        name: language.fill("overview.daily_of", &[("version", &live.version.to_string())]),
        unit: language.text("overview.minutes").to_owned(),
        x_name: language.text("overview.day").to_owned(),
        places: 1,
        x: days.iter().map(|(date, _)| XPoint::day(*date, style, language)).collect(),
        series: vec![
            series(contender_name(&comparison.current, language), Ink::Reference, |day| day.mae_current),
            series(live.version.to_string(), Ink::Current, |day| day.mae_candidate),
        ],
        thresholds: vec![
            threshold(MAE_TARGET, "overview.level_2", Ink::Warn),
            threshold(MAE_ALARM, "overview.level_1", Ink::Fail),
        ],
        from_zero: true,
        ..LineData::default()
    })
}

/// The service that this window can start: what it says, and the button that starts or stops it.
pub(super) fn service_ui(ui: &mut Ui, state: &State, height: f32, outbox: &mut Outbox) {
    let look = Look::of(ui);
    let starting = state.is_running("serve");
    let key = match (state.server.address, starting) {
        (Some(_), _) => "overview.running",
        (None, true) => "overview.starting",
        (None, false) => "overview.stopped",
    };
    Card::titled(look.text("overview.service")).note(look.text(key)).height(height).ui(ui, |ui| {
        let line = |ui: &mut Ui, key: &str, value: String, ink: Ink| {
            Text::new(look.text(key)).size(sizes::SMALL).ink(Ink::Faint).ui(ui);
            Text::new(value).strong().value().ink(ink).elide().copyable().ui(ui);
            ui.add_space(sizes::GRID);
        };
        ui.spacing_mut().item_spacing.y = sizes::GRID;
        if let Some(address) = state.server.address {
            line(ui, "overview.address", format!("http://{address}"), Ink::Strong);
            let live = state.server.live.as_ref();
            let version = live.and_then(|live| live.version);
            let dash = look.language.decimal(f64::NAN, 0);
            line(ui, "overview.answering", version.map_or(dash, |version| version.to_string()), Ink::Current);
            if let Some(refused) = live.and_then(|live| live.refused.as_ref()) {
                let words = look.fill(
                    "overview.refused_line",
                    &[("version", &refused.version.to_string()), ("reason", &refused.reason)],
                );
                Text::new(words).ink(Ink::Fail).wrap().ui(ui);
            }
            Text::new(look.text("overview.service_follows")).ink(Ink::Soft).wrap().ui(ui);
        } else {
            Text::new(look.text("overview.service_line")).ink(Ink::Soft).wrap().ui(ui);
        }
        ui.add_space(sizes::GAP);
        let command = if state.server.address.is_some() { Command::StopServing } else { Command::StartServing };
        let refusal = command.refusal(state, &look);
        row_ui(ui, |ui| {
            let label = look.text(command.key());
            let button = if command == Command::StartServing {
                Button::primary(label).icon(icons::ICON_PLAY_ARROW)
            } else {
                Button::plain(label).icon(icons::ICON_STOP)
            };
            if button.unless(refusal.clone()).ui(ui).clicked() {
                outbox.send(command);
            }
        });
        if let Some(reason) = refusal {
            Text::new(reason).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
        }
    });
}
