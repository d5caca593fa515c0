//! The three monitors beside each other: what each found, on how many visits, of which days, and why.

use egui::Ui;

use super::words;
use crate::analysis::drift::{ConceptDrift, DataReason, FeatureDrift, KL_LIMIT, LabelDrift, WindowFacts};
use crate::base::Verdict;
use crate::workbench::screens::names::{drift_key, listed};
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::{KeyFigure, Pill, grid_ui};
use crate::workflows::watch::{DriftReport, words as said};

/// Columns that are named; the rest is counted.
const MOST_NAMED: usize = 3;

/// The cards.
#[derive(Clone, Debug)]
pub(super) struct Summary {
    cards: [KeyFigure; 3],
}

impl Summary {
    pub fn of(look: &Look, report: &DriftReport) -> Summary {
        Summary { cards: [data(look, report), concept(look, report), label(look, report)] }
    }

    pub fn ui(&self, ui: &mut Ui) {
        grid_ui(ui, "monitors", &[1.0; 3], |ui, cell, height| {
            if let Some(card) = self.cards.get(cell) {
                card.clone().ui(ui, height);
            }
        });
    }
}

/// The pill of a monitor.
pub(super) fn pill(look: &Look, verdict: Verdict) -> Pill {
    Pill::saying(verdict, look.text(drift_key(verdict)))
}

fn data(look: &Look, report: &DriftReport) -> KeyFigure {
    let data = &report.data;
    let number = |n: u64| look.language.integer(n);
    let [current, reference] = [&report.windows.current, &report.windows.reference].map(|facts| facts.visits);
    let counts = [("n", number(current)), ("m", number(reference)), ("limit", look.language.decimal(KL_LIMIT, 1))];
    let mut figure = KeyFigure::new(look.text("drift_screen.data_card"), number(data.drifted))
        .unit(look.fill("drift_screen.of_measured", &[("n", &number(data.measured))]))
        .target(look.language.fill_owned("drift_screen.data_target", &counts))
        .pill(pill(look, data.verdict))
        .line(data_reason(look, report), Ink::Strong);
    let largest = data.features.iter().filter(|feature| feature.found.reason != DataReason::Calendar);
    let largest = largest.max_by(|a, b| kl(a).total_cmp(&kl(b))).filter(|feature| feature.found.kl.is_some());
    if let Some(feature) = largest {
        let values = [
            ("feature", said::column_words(look.language, feature)),
            ("kl", words::number(look, feature.found.kl, 2)),
            ("floor", words::number(look, feature.found.floor, 2)),
        ];
        figure = figure.line(look.language.fill_owned("drift_screen.largest", &values), Ink::Soft);
    }
    windows(look, figure, [Some(&report.windows.current), Some(&report.windows.reference)])
}

fn kl(feature: &FeatureDrift) -> f64 {
    feature.found.kl.unwrap_or(-1.0)
}

/// Which columns drifted, or which could not be judged and what would decide.
pub(super) fn data_reason(look: &Look, report: &DriftReport) -> String {
    let data = &report.data;
    let is_told = |feature: &&FeatureDrift| {
        feature.found.verdict == data.verdict && feature.found.reason != DataReason::NoValues
    };
    let named: Vec<&FeatureDrift> = data.features.iter().filter(is_told).collect();
    let mut names: Vec<String> =
        named.iter().take(MOST_NAMED).map(|feature| said::column_words(look.language, feature)).collect();
    let more = named.len().saturating_sub(MOST_NAMED) as u64;
    if more > 0 {
        names.push(look.fill("drift.more", &[("n", &look.language.integer(more))]));
    }
    let names = listed(look, &names);
    match data.verdict {
        Verdict::Pass => look.text("drift_screen.none_drifted").to_owned(),
        Verdict::Fail => look.fill("drift_screen.drifted_are", &[("features", &names)]),
        Verdict::Inconclusive if named.is_empty() => look.text("drift_screen.nothing_measured").to_owned(),
        Verdict::Inconclusive => {
            let words = look.fill("drift_screen.undecided_are", &[("features", &names)]);
            // So many decide the last of them.
            let reason = named.first().map(|feature| feature.found.reason);
            let is_common = named.iter().all(|feature| Some(feature.found.reason) == reason);
            let words = match reason.filter(|_| is_common) {
                Some(reason) => format!("{words} {}", look.text(&format!("drift.data.{}", reason.id()))),
                None => words,
            };
            let needed = named.iter().filter_map(|feature| feature.found.visits_needed).max();
            with_needed(look, words, needed)
        }
    }
}

fn with_needed(look: &Look, words: String, needed: Option<u64>) -> String {
    match needed {
        Some(n) => format!("{words} {}", look.fill("drift.needed", &[("n", &look.language.integer(n))])),
        None => words,
    }
}

fn concept(look: &Look, report: &DriftReport) -> KeyFigure {
    let concept = &report.concept;
    let figure = concept
        .ratio
        .map_or_else(|| look.language.decimal(f64::NAN, 0), |ratio| words::signed_percent(look, ratio - 1.0));
    let figure = KeyFigure::new(look.text("drift_screen.model_card"), figure)
        .unit(look.text(if concept.ratio.is_some() {
            "drift_screen.error_against"
        } else {
            "drift_screen.no_ratio"
        }))
        .target(concept_target(look, concept))
        .pill(pill(look, concept.verdict))
        .line(said::concept_reason(look.language, concept), Ink::Strong)
        .line(mae_line(look, report), Ink::Soft);
    let figure = match &concept.like_for_like {
        Some(alike) => figure.line(said::alike_words(look.language, alike), Ink::Soft),
        None => figure,
    };
    windows(look, figure, [Some(&report.windows.current), None])
}

fn concept_target(look: &Look, concept: &ConceptDrift) -> String {
    let number = |n: u64| look.language.integer(n);
    let counts = [("n", number(concept.n)), ("days", number(concept.days))];
    let counted = look.language.fill_owned("drift_screen.n_on_days", &counts);
    let Some(low) = concept.ratio_low else { return counted };
    let high = concept
        .ratio_high
        .map_or_else(|| look.language.decimal(f64::NAN, 0), |high| words::signed_percent(look, high - 1.0));
    let values = [("low", words::signed_percent(look, low - 1.0)), ("high", high), ("n", counted)];
    look.language.fill_owned("drift_screen.interval_and_n", &values)
}

fn mae_line(look: &Look, report: &DriftReport) -> String {
    let values = [
        ("model", words::model(look, &report.model)),
        ("mae", words::number(look, report.concept.mae_week, 2)),
        ("mean", words::number(look, report.concept.mae_mean_4, 2)),
    ];
    let key = if report.concept.mae_mean_4.is_some() { "drift_screen.mae_line" } else { "drift_screen.mae_alone" };
    look.language.fill_owned(key, &values)
}

fn label(look: &Look, report: &DriftReport) -> KeyFigure {
    let label = &report.label;
    let figure =
        KeyFigure::new(look.text("drift_screen.waits_card"), words::number(look, label.wasserstein_minutes, 2))
            .unit(look.text("drift_screen.apart"))
            .target(label_target(look, label))
            .pill(pill(look, label.verdict))
            .line(look.text(&format!("drift.label.{}", label.reason.id())), Ink::Strong)
            .line(medians_line(look, label), Ink::Soft);
    let windows_of = [report.windows.label_current.as_ref(), report.windows.label_reference.as_ref()];
    windows(look, figure, windows_of)
}

fn label_target(look: &Look, label: &LabelDrift) -> String {
    let values = [
        ("d", words::number(look, label.d, 3)),
        ("p", words::p(look, label.p_days)),
        ("n", look.language.integer(label.n_current)),
        ("m", look.language.integer(label.n_reference)),
    ];
    look.language.fill_owned("drift_screen.waits_target", &values)
}

pub(super) fn medians_line(look: &Look, label: &LabelDrift) -> String {
    let [median, before] = label.medians.map_or([f64::NAN; 2], |medians| medians);
    let values = [("median", look.language.decimal(median, 1)), ("before", look.language.decimal(before, 1))];
    look.language.fill_owned("drift_screen.medians", &values)
}

/// `figure` with the days of both windows, and what has to be known of each.
fn windows(look: &Look, figure: KeyFigure, windows: [Option<&WindowFacts>; 2]) -> KeyFigure {
    let keys = ["drift_screen.now", "drift_screen.before"];
    windows.into_iter().zip(keys).fold(figure, |figure, (facts, key)| {
        let Some(facts) = facts else { return figure };
        let figure = figure.line(look.fill(key, &[("window", &words::window(look, facts))]), Ink::Soft);
        match said::marks_words(look.language, facts) {
            Some(marks) => figure.line(marks, Ink::Warn),
            None => figure,
        }
    })
}
