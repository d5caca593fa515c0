//! Train: what has been learned so far, and a form for learning more.
//!
//! Everything that is shown was computed when the run was made. The headline names the best run by its error in
//! relation to the rule on the same visits, since runs with different splits are tested on different visits.

mod details;
mod form;
mod form_ui;
mod insight;
#[cfg(test)]
mod insight_tests;
mod live;
mod marks;
mod run_column;
mod runs;
mod search;
mod side_by_side;
mod split;
#[cfg(test)]
mod tests;

use egui::Ui;
use egui_material_icons::MaterialIcon;

use super::metrics::METRICS;
use super::names::{at_start, family_words, run_words};
use crate::analysis::evaluation::Errors;
use crate::store::workspace::Run;
use crate::workbench::snapshot::Snapshot;
use crate::workbench::state::{Screen, State};
use crate::workbench::theme::Look;
use crate::workbench::widgets::{Button, Card, Headline, empty_ui, grid_ui, icons, loading_ui};
use crate::workbench::{Command, Outbox};
use crate::workflows::train::RunDocument;

pub(super) use form::number_words;

/// The screen.
#[derive(Debug, Default)]
pub(super) struct Train {
    form: form::Form,
    band: split::SplitBand,
    runs: runs::Runs,
    insight: insight::Insight,
    search: search::SearchPart,
}

impl Screen for Train {
    fn id(&self) -> &'static str {
        "train"
    }

    fn icon(&self) -> MaterialIcon {
        icons::ICON_MODEL_TRAINING
    }

    fn parts(&self) -> Vec<&'static str> {
        insight::PARTS.iter().map(|(_, id, _)| *id).collect()
    }

    fn show_part(&mut self, part: &str) {
        if let Some((part, _, _)) = insight::PARTS.iter().find(|(_, id, _)| *id == part) {
            self.insight.part = *part;
        }
    }

    fn ui(&mut self, ui: &mut Ui, state: &State, outbox: &mut Outbox) {
        let look = Look::of(ui);
        let Some(snapshot) = state.snapshot.clone() else {
            return reading_ui(ui, state, outbox, "train.reading");
        };
        if snapshot.datasets.is_empty() {
            return no_data_ui(ui, state, outbox, "train.no_data", "train.no_data_line");
        }
        headline_ui(ui, &look, state, &snapshot, outbox);
        let chosen = state.run.and_then(|id| snapshot.runs.iter().find(|(run, _)| run.id == id));
        let chosen = chosen.or(snapshot.runs.first());
        self.insight.choice_ui(ui, chosen);
        if self.insight.part == insight::Part::Run {
            grid_ui(ui, "train", &[1.0, 1.0], |ui, column, height| match (column, chosen) {
                (0, _) => form_ui::form_ui(ui, &mut self.form, &mut self.band, state, outbox, height),
                (_, Some(run)) => details::details_ui(ui, state, &snapshot, run, outbox, height),
                (_, None) => Card::titled(look.text("train.details")).height(height).ui(ui, |ui| {
                    let (head, line) = (look.text("train.no_runs"), look.text("train.no_runs_line"));
                    empty_ui(ui, icons::ICON_MODEL_TRAINING, head, line, None);
                }),
            });
        } else if self.insight.part == insight::Part::Search {
            if self.search.ui(ui, state, &snapshot, outbox).is_some() {
                self.insight.part = insight::Part::Run;
            }
        } else {
            self.insight.ui(ui, state, chosen, outbox);
        }
        if !snapshot.runs.is_empty() {
            self.runs.ui(ui, &snapshot, chosen.map(|(run, _)| run.id), outbox);
        }
    }
}

/// What is kept is being read for the first time.
pub(super) fn reading_ui(ui: &mut Ui, state: &State, outbox: &mut Outbox, key: &str) {
    let look = Look::of(ui);
    Card::new().ui(ui, |ui| match state.jobs.first() {
        Some(job) => {
            if loading_ui(ui, look.text(key), &job.progress) {
                outbox.send(Command::CancelJob(job.id));
            }
        }
        None => {
            let next = look.text("command.refresh");
            if empty_ui(ui, icons::ICON_HOURGLASS, look.text(key), look.text("train.not_read"), Some(next)) {
                outbox.send(Command::Refresh);
            }
        }
    });
}

/// There is no data set yet: the sample is one press away.
pub(super) fn no_data_ui(ui: &mut Ui, state: &State, outbox: &mut Outbox, headline: &str, sentence: &str) {
    let look = Look::of(ui);
    Headline::new(look.text(headline)).sentence(look.text(sentence)).ui(ui);
    Card::new().ui(ui, |ui| {
        if let Some(job) = state.jobs.iter().find(|job| job.kind == "import") {
            if loading_ui(ui, &job.name, &job.progress) {
                outbox.send(Command::CancelJob(job.id));
            }
            return;
        }
        let (head, line) = (look.text("train.no_data_card"), look.text("train.no_data_next"));
        if empty_ui(ui, icons::ICON_DATASET, head, line, Some(look.text("command.open_sample"))) {
            outbox.send(Command::OpenSample);
        }
    });
}

/// A finished run with its errors and those of the rule.
struct Best<'a> {
    run: &'a Run,
    document: &'a RunDocument,
    errors: &'a Errors,
    rule: &'a Errors,
}

/// The run on the data set that is looked at whose error is the smallest part of the rule's; baselines only where
/// nothing else was trained.
fn best<'a>(state: &State, snapshot: &'a Snapshot) -> Option<Best<'a>> {
    let runs = snapshot.runs.iter().filter(|(run, _)| state.dataset.is_none_or(|dataset| run.dataset == dataset));
    let tested = runs.filter_map(|(run, document)| {
        Some(Best { run, document, errors: document.test.as_ref()?, rule: document.rule.as_ref()? })
    });
    let badness = |best: &Best<'_>| {
        let is_baseline = matches!(best.run.family.as_str(), "rule" | "constant");
        (is_baseline, best.errors.mae / best.rule.mae.max(f64::MIN_POSITIVE))
    };
    tested.min_by(|a, b| {
        let (a, b) = (badness(a), badness(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    })
}

fn headline_ui(ui: &mut Ui, look: &Look, state: &State, snapshot: &Snapshot, outbox: &mut Outbox) {
    let Some(Best { run, document, errors, rule }) = best(state, snapshot) else {
        let head = if snapshot.runs.is_empty() { "train.nothing_trained" } else { "train.nothing_tested" };
        Headline::new(look.text(head)).sentence(look.text("train.nothing_trained_line")).ui(ui);
        return;
    };
    let number = |value: f64| look.language.decimal(value, 1);
    let family = family_words(look, &run.family);
    let values = [
        ("run", run_words(look, run.id)),
        ("family", family),
        ("mae", number(errors.mae)),
        ("rule", number(rule.mae)),
    ];
    let key = match errors.mae.total_cmp(&rule.mae) {
        _ if run.family == "rule" => "train.best_is_rule",
        std::cmp::Ordering::Less => "train.best",
        _ => "train.best_is_worse",
    };
    let sentence = [
        ("run", METRICS[0].with_interval(look, Some(errors))),
        ("rule", METRICS[0].with_interval(look, Some(rule))),
        ("visits", look.language.integer(errors.n)),
        ("days", look.language.integer(errors.days)),
        ("abandoned", look.language.integer(document.test_abandoned)),
    ];
    Headline::new(at_start(&look.language.fill_owned(key, &values)))
        .sentence(look.language.fill_owned("train.best_line", &sentence))
        .with_actions_ui(ui, |ui| {
            let button = Button::plain(look.text("train.go_compare")).icon(icons::ICON_COMPARE_ARROWS);
            if button.ui(ui).clicked() {
                outbox.send(Command::GoTo("compare"));
            }
        });
}
