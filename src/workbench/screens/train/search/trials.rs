//! Every trial of a search: as a table, and as lines through what was tried.

use std::cmp::Ordering;

use egui::Ui;

use super::Shown;
use crate::analysis::models::{Parameter, ParameterKind, family};
use crate::base::Verdict;
use crate::store::workspace::Trial;
use crate::workbench::screens::metrics::interval_words;
use crate::workbench::screens::names::listed;
use crate::workbench::screens::train::form::{choice_words, number_words, parameter_name};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::charts::{Dimension, ParallelData, ParallelLine, chart_card_with_ui};
use crate::workbench::widgets::{Card, Cell, Column, Pill, Table};
use crate::workflows::searches::{Fate, Trials};

/// Rows beyond this height are scrolled to.
const HEIGHT: f32 = 360.0;
const PICTURE: f32 = 250.0;
/// Trials that are drawn at most: those with the lowest errors.
const MOST_DRAWN: usize = 250;

const STAGE: usize = 1;
const ERROR: usize = 3;
/// The heads.
const HEADS: [&str; 6] =
    ["search.trial", "search.stage", "search.settings", "search.error", "search.seconds", "search.fate"];

/// What the table and the picture are made from, made anew only where that has changed.
#[derive(Debug)]
pub(super) struct View {
    rows: Vec<RowView>,
    stages: String,
    parallel: Option<ParallelData>,
    /// The trials of the lines.
    lines: Vec<u32>,
}

#[derive(Debug)]
struct RowView {
    step: (u32, u8),
    cells: Vec<Cell>,
    keys: [f64; HEADS.len()],
}

/// How the table is sorted, and the trial that was pressed.
#[derive(Debug, Default)]
pub(super) struct Choice {
    sorted: Option<(usize, bool)>,
    pressed: Option<(u32, u8)>,
}

/// "5.92 (5.71 to 6.13)", minutes.
pub(super) fn error_words(look: &Look, trial: &Trial) -> String {
    let mae = look.language.decimal(trial.mae.unwrap_or(f64::NAN), 3);
    match trial.mae_low.zip(trial.mae_high) {
        Some((low, high)) => interval_words(look, &mae, low, high, 3),
        None => mae,
    }
}

/// "learning rate 0.05, leaves of a tree 31"; the defaults where nothing was set.
pub(super) fn settings_words(look: &Look, family_id: &str, trial: &Trial) -> String {
    let set = trial.parameters.as_object();
    let said: Vec<String> = parameters(family_id)
        .iter()
        .filter_map(|parameter| {
            let value = match set?.get(parameter.id)? {
                serde_json::Value::String(word) => choice_words(look, word),
                other => other.as_f64().map_or_else(|| other.to_string(), |value| number_words(look, value)),
            };
            Some(look.fill("train.parameter", &[("name", &parameter_name(look, parameter)), ("value", &value)]))
        })
        .collect();
    if said.is_empty() { look.text("cli.search.defaults").to_owned() } else { listed(look, &said) }
}

fn parameters(family_id: &str) -> &'static [Parameter] {
    family(family_id).map_or(&[], |family| family.parameters())
}

fn fate_words(look: &Look, fate: Fate) -> &str {
    look.text(match fate {
        Fate::Best => "search.fate_best",
        Fate::WentOn => "search.fate_went_on",
        Fate::Finished => "search.fate_finished",
        Fate::Dropped => "search.fate_dropped",
        Fate::Waiting => "search.fate_waiting",
        Fate::Failed => "search.fate_failed",
    })
}

/// Best first, then by how far they came.
fn fate_rank(fate: Fate) -> f64 {
    match fate {
        Fate::Best => 0.0,
        Fate::Finished => 1.0,
        Fate::WentOn => 2.0,
        Fate::Waiting => 3.0,
        Fate::Dropped => 4.0,
        Fate::Failed => 5.0,
    }
}

fn fate_cell(look: &Look, fate: Fate) -> Cell {
    let words = fate_words(look, fate).to_owned();
    match fate {
        Fate::Best => Cell::pill(Pill::saying(Verdict::Pass, &words), words),
        Fate::Failed => Cell::pill(Pill::saying(Verdict::Fail, &words), words),
        Fate::WentOn | Fate::Finished => Cell::text(words),
        Fate::Dropped | Fate::Waiting => Cell::text(words).ink(Ink::Faint),
    }
}

impl View {
    pub fn of(look: &Look, shown: &Shown<'_>) -> View {
        let (trials, family) = (shown.trials(), shown.family());
        let rows = trials.all.iter().zip(&trials.fates);
        let rows = rows.map(|(trial, fate)| RowView::of(look, trials, family, trial, *fate)).collect();
        let (parallel, lines) = parallel(look, trials, family).unzip();
        View { rows, stages: stages_words(look, trials), parallel, lines: lines.unwrap_or_default() }
    }

    /// The rows in order: the best first where nothing else was chosen.
    fn order(&self, sorted: Option<(usize, bool)>) -> Vec<&RowView> {
        let mut rows: Vec<&RowView> = self.rows.iter().collect();
        let by = |column: usize| move |a: &&RowView, b: &&RowView| a.keys[column].total_cmp(&b.keys[column]);
        match sorted {
            None => rows.sort_by(|a, b| {
                let stage: Ordering = by(STAGE)(b, a);
                stage.then(by(ERROR)(a, b))
            }),
            Some((column, descending)) if column < HEADS.len() => {
                rows.sort_by(by(column));
                if descending {
                    rows.reverse();
                }
            }
            Some(_) => {}
        }
        rows
    }

    /// The table and the picture.
    pub fn ui(&self, ui: &mut Ui, choice: &mut Choice) {
        let look = Look::of(ui);
        let count = look.language.integer(self.rows.len() as u64);
        let note = look.fill("search.trials_note", &[("count", &count)]);
        Card::titled(look.text("search.table")).note(note).ui(ui, |ui| {
            self.table_ui(ui, &look, choice);
            Text::new(self.stages.as_str()).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
        });
        let Some(parallel) = &self.parallel else { return };
        let pressed = chart_card_with_ui(ui, parallel, PICTURE, 0.0, |_| {});
        if let Some(trial) = pressed.and_then(|line| self.lines.get(line)) {
            let last = self.rows.iter().map(|row| row.step).filter(|(number, _)| number == trial).max();
            choice.pressed = last;
        }
    }

    fn table_ui(&self, ui: &mut Ui, look: &Look, choice: &mut Choice) {
        let order = self.order(choice.sorted);
        let heads = HEADS.iter().enumerate().map(|(index, key)| {
            let head = look.text(key).to_owned();
            match index {
                2 => Column::words(head),
                STAGE | 5 => Column::fit(head).sortable(),
                _ => Column::number(head).sortable(),
            }
        });
        let selected = order.iter().position(|row| Some(row.step) == choice.pressed);
        let table = Table::new("search trials", heads.collect::<Vec<_>>());
        let table = table.height(HEIGHT).selectable(selected).sorted(choice.sorted);
        let response = table.ui(ui, order.len(), |row, column| {
            let cell = order.get(row).and_then(|row| row.cells.get(column));
            cell.cloned().unwrap_or_else(|| Cell::text(""))
        });
        if let Some(row) = response.clicked.and_then(|row| order.get(row)) {
            choice.pressed = Some(row.step);
        }
        if let Some(column) = response.sort {
            choice.sorted = match choice.sorted {
                Some((sorted, false)) if sorted == column => Some((column, true)),
                Some((sorted, true)) if sorted == column => None,
                _ => Some((column, false)),
            };
        }
    }
}

impl RowView {
    fn of(look: &Look, trials: &Trials, family: &str, trial: &Trial, fate: Fate) -> RowView {
        let number = |n: u64| look.language.integer(n);
        let stage =
            [("stage", number(u64::from(trial.stage) + 1)), ("stages", number(u64::from(trials.stages())))];
        let settings = settings_words(look, family, trial);
        let settings = match &trial.failure {
            Some(reason) => look.fill("search.settings_failed", &[("settings", &settings), ("reason", reason)]),
            None => settings,
        };
        let is_best = fate == Fate::Best;
        let error = Cell::text(error_words(look, trial));
        let cells = vec![
            Cell::text(number(u64::from(trial.trial))).strong(),
            Cell::text(look.language.fill_owned("search.stage_of", &stage)),
            Cell::text(settings),
            if is_best { error.ink(Ink::Candidate).strong() } else { error },
            Cell::text(look.language.decimal(trial.seconds, 1)).ink(Ink::Soft),
            fate_cell(look, fate),
        ];
        // What has no error stands at the end of an ascending table.
        let error = trial.mae.unwrap_or(f64::INFINITY);
        let keys = [f64::from(trial.trial), f64::from(trial.stage), 0.0, error, trial.seconds, fate_rank(fate)];
        RowView { step: (trial.trial, trial.stage), cells, keys }
    }
}

/// What the stages learn from, and what errors are measured on.
fn stages_words(look: &Look, trials: &Trials) -> String {
    let shares: Vec<String> = trials.shares.iter().map(|share| look.language.percent(*share, 0)).collect();
    match shares.len() {
        0 | 1 => look.text("search.stages_one").to_owned(),
        _ => look.fill("search.stages_line", &[("shares", &listed(look, &shares))]),
    }
}

/// A line for each trial through what was tried and the error on the first stage, which all of them have.
fn parallel(look: &Look, trials: &Trials, family_id: &str) -> Option<(ParallelData, Vec<u32>)> {
    let first: Vec<(&Trial, f64)> =
        trials.all.iter().filter(|trial| trial.stage == 0).filter_map(|trial| Some((trial, trial.mae?))).collect();
    if first.len() < 2 {
        return None;
    }
    let all = first.len();
    let mut drawn = first;
    drawn.sort_by(|a, b| a.1.total_cmp(&b.1));
    drawn.truncate(MOST_DRAWN);
    let best = trials.best().map(|best| best.trial);
    let tried: Vec<&Parameter> = parameters(family_id)
        .iter()
        .filter(|parameter| drawn.iter().any(|(trial, _)| trial.parameters.get(parameter.id).is_some()))
        .collect();
    let mut axes: Vec<Dimension> = tried.iter().map(|parameter| dimension(look, parameter)).collect();
    axes.push(Dimension::numbers(look.text("search.first_error")));
    let line = |(trial, mae): &(&Trial, f64)| {
        let values = tried.iter().map(|parameter| value(parameter, trial)).chain([Some(*mae)]).collect();
        let n = look.language.integer(u64::from(trial.trial));
        let name = look.fill("search.trial_n", &[("n", &n)]);
        ParallelLine { name, values, is_marked: Some(trial.trial) == best }
    };
    let counts =
        [("count", look.language.integer(drawn.len() as u64)), ("all", look.language.integer(all as u64))];
    let note = if drawn.len() < all { "search.parallel_note_cut" } else { "search.parallel_note" };
    let data = ParallelData {
        name: look.text("search.parallel").to_owned(),
        note: look.language.fill_owned(note, &counts),
        label_name: look.text("search.trial").to_owned(),
        axes,
        lines: drawn.iter().map(line).collect(),
    };
    Some((data, drawn.iter().map(|(trial, _)| trial.trial).collect()))
}

fn dimension(look: &Look, parameter: &Parameter) -> Dimension {
    let words = match parameter.kind {
        ParameterKind::Choice(choice) => choice.options.iter().map(|word| choice_words(look, word)).collect(),
        _ => Vec::new(),
    };
    Dimension { name: parameter_name(look, parameter), words }
}

/// What a trial had there, by default where it was not set.
fn value(parameter: &Parameter, trial: &Trial) -> Option<f64> {
    let set = trial.parameters.get(parameter.id);
    #[expect(clippy::cast_precision_loss, reason = "parameters stay below 2^53")]
    match parameter.kind {
        ParameterKind::Number { default, .. } => set.map_or(Some(default), serde_json::Value::as_f64),
        ParameterKind::Whole { default, .. } => set.map_or(Some(default as f64), serde_json::Value::as_f64),
        ParameterKind::Choice(choice) => {
            let word = set.map_or(Some(choice.default), serde_json::Value::as_str)?;
            choice.options.iter().position(|option| *option == word).map(|place| place as f64)
        }
    }
}
