//! One run: its errors beside those of the rule and the constant, and what it was made from.

use egui::Ui;

use super::form::{choice_words, number_words};
use super::run_column::{status_key, status_pill, when};
use crate::analysis::models::IMPORTED;
use crate::base::calendar::DateStyle;
use crate::store::workspace::{Run, RunStatus};
use crate::workbench::screens::metrics::METRICS;
use crate::workbench::screens::names::{family_words, listed, run_words};
use crate::workbench::snapshot::Snapshot;
use crate::workbench::state::State;
use crate::workbench::text::{Direction, Face, Text};
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Button, Card, Cell, Column, Notice, Table, icons, row_ui};
use crate::workbench::{Command, Outbox};
use crate::workflows::models::ModelName;
use crate::workflows::train::RunDocument;

/// Below this width the errors of the constant are left out, so that the names of the figures can be read.
const ROOMY: f32 = 440.0;

/// Draws the card `height` high.
pub(super) fn details_ui(
    ui: &mut Ui,
    state: &State,
    snapshot: &Snapshot,
    (run, document): &(Run, RunDocument),
    outbox: &mut Outbox,
    height: f32,
) {
    let look = Look::of(ui);
    let title = look.fill(
        "train.run_title",
        &[("run", &run_words(&look, run.id)), ("family", &family_words(&look, &run.family))],
    );
    let words = look.text(status_key(run.status)).to_owned();
    let status = |ui: &mut Ui| drop(status_pill(run.status, &words).ui(ui));
    Card::titled(title).height(height).with_actions_ui(ui, status, |ui| {
        if let Some(failure) = document.failure.as_ref().filter(|_| run.status == RunStatus::Failed) {
            Notice::failure(look.fill("train.failure", &[("reason", failure)])).ui(ui);
        }
        match run.status {
            RunStatus::Cancelled => Notice::info(look.text("train.stopped")).ui(ui),
            RunStatus::Running => Notice::info(look.text("train.goes_on")).ui(ui),
            RunStatus::Interrupted => Notice::info(look.text("train.was_interrupted")).ui(ui),
            RunStatus::Finished | RunStatus::Failed => {}
        }
        if document.test.is_some() {
            errors_ui(ui, document);
        }
        facts_ui(ui, snapshot, run, document);
        if run.artifact_sha256.is_some() {
            compare_buttons_ui(ui, state, snapshot, run, outbox);
        }
    });
}

fn errors_ui(ui: &mut Ui, document: &RunDocument) {
    let look = Look::of(ui);
    let heads = ["train.this_run", "train.column_rule", "train.column_constant"];
    let shown = if ui.available_width() < ROOMY { 2 } else { heads.len() };
    let columns = std::iter::once(Column::words(""))
        .chain(heads.into_iter().take(shown).map(|key| Column::number(look.text(key).to_owned())));
    Table::new("run errors", columns).ui(ui, METRICS.len(), |row, column| {
        let Some(metric) = METRICS.get(row) else { return Cell::text("") };
        match column {
            0 => Cell::text(metric.name(&look).to_owned()),
            1 => Cell::text(metric.with_interval(&look, document.test.as_ref())).ink(Ink::Candidate).strong(),
            2 => Cell::text(metric.words(&look, document.rule.as_ref())),
            _ => Cell::text(metric.words(&look, document.constant.as_ref())).ink(Ink::Soft),
        }
    });
}

fn facts_ui(ui: &mut Ui, snapshot: &Snapshot, run: &Run, document: &RunDocument) {
    let look = Look::of(ui);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = sizes::GRID;
        for (name, value) in facts(&look, snapshot, run, document) {
            fact_ui(ui, &name, value);
        }
        if let Some(digest) = run.artifact_sha256 {
            let line = Text::new(digest.to_string()).face(Face::Code).size(sizes::SMALL).ink(Ink::Faint);
            line.direction(Direction::LeftToRight).elide().copyable().ui(ui);
        }
    });
}

/// "Name: value", over as many lines as it needs.
pub(super) fn fact_ui(ui: &mut Ui, name: &str, value: String) {
    let start = Look::of(ui).fill("train.fact", &[("name", name)]);
    let line = Text::new(start).ink(Ink::Soft).span(" ").inked(value, Ink::Strong);
    line.wrap().copyable().ui(ui);
}

/// Names and values.
fn facts(look: &Look, snapshot: &Snapshot, run: &Run, document: &RunDocument) -> Vec<(String, String)> {
    let number = |value| look.language.integer(value);
    let fact = |key: &str, value: String| (look.text(key).to_owned(), value);
    let mut facts = Vec::new();
    if document.cut.is_some() {
        let cut = cut_words(look, snapshot, run, document);
        let learned = if run.family == IMPORTED {
            look.text("train.learned_elsewhere").to_owned()
        } else {
            let learned = [("visits", number(document.train_n)), ("date", cut)];
            look.language.fill_owned("train.learned_value", &learned)
        };
        facts.push(fact("train.learned", learned));
        let tested = [
            ("visits", number(document.test_n)),
            ("abandoned", number(document.test_abandoned)),
            ("unfinished", number(document.test_unfinished)),
        ];
        facts.push(fact("train.tested", look.language.fill_owned("train.tested_value", &tested)));
    }
    facts.extend(document.interval_words(look.language));
    if document.earlier_tests > 0 {
        let earlier = look.fill("train.earlier_value", &[("n", &number(document.earlier_tests))]);
        facts.push(fact("train.earlier", earlier));
    }
    let parameter = |(name, value): (&String, &serde_json::Value)| {
        let name = look.text(&format!("parameter.{name}")).to_owned();
        let value = match value {
            serde_json::Value::String(word) => choice_words(look, word),
            other => other.as_f64().map_or_else(|| other.to_string(), |value| number_words(look, value)),
        };
        look.fill("train.parameter", &[("name", &name), ("value", &value)])
    };
    let mut settings: Vec<String> = document.parameters.iter().map(parameter).collect();
    let seed = look.language.digits(&run.seed.to_string());
    settings.push(look.fill("train.parameter", &[("name", look.text("train.seed")), ("value", &seed)]));
    facts.push(fact("train.settings", listed(look, &settings)));
    let began = [("when", when(look, snapshot, run)), ("seconds", look.language.decimal(run.seconds, 1))];
    facts.push(fact("train.began", look.language.fill_owned("train.began_value", &began)));
    if run.artifact_sha256.is_some() {
        facts.push(fact("train.digest", String::new()));
    }
    facts
}

/// The day of the cut at the sites of the data set.
fn cut_words(look: &Look, snapshot: &Snapshot, run: &Run, document: &RunDocument) -> String {
    let dataset = snapshot.datasets.iter().find(|(dataset, _)| dataset.digest == run.dataset);
    let mut clock = dataset.map(|(_, document)| document.mapping.zone.clone()).unwrap_or_default().clock();
    let date = document.cut.map(|cut| clock.local(cut).date());
    date.map_or_else(String::new, |date| DateStyle::usual(look.language).long(date, look.language))
}

/// "Compare with the rule", "Compare with what is live", which both lead to the screen Compare; "Model card".
pub(super) fn compare_buttons_ui(ui: &mut Ui, state: &State, snapshot: &Snapshot, run: &Run, outbox: &mut Outbox) {
    let look = Look::of(ui);
    row_ui(ui, |ui| {
        let mut offers = vec![("train.compare_rule", ModelName::Baseline("rule"))];
        if snapshot.live.is_some() {
            offers.push(("train.compare_live", ModelName::Live));
        }
        let other_data = || (state.dataset != Some(run.dataset)).then(|| look.text("train.other_data").to_owned());
        for (key, current) in offers {
            let command = Command::Compare(current, ModelName::Run(run.id));
            let button = Button::plain(look.text(key)).icon(icons::ICON_COMPARE_ARROWS);
            if button.unless(command.refusal(state, &look).or_else(other_data)).ui(ui).clicked() {
                outbox.send(command);
                outbox.send(Command::GoTo("compare"));
            }
        }
        let command = Command::SaveCard(run.id);
        let button = Button::plain(look.text(command.key())).icon(icons::ICON_SAVE);
        if button.unless(command.refusal(state, &look).or_else(other_data)).ui(ui).clicked() {
            outbox.send(command);
        }
    });
}
