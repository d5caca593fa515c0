//! Several runs side by side: what was set differently, and what came of it.
//!
//! Without runs that were chosen for it, those of one family on one data set are looked at. Errors compare only where the runs were
//! tested on the same visits; where they were not, that is said.

use egui::Ui;

use super::form::{choice_words, number_words};
use crate::base::language::Language;
use crate::store::workspace::Run;
use crate::workbench::screens::field::named_ui;
use crate::workbench::screens::names::{family_words, run_words};
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::charts::{
    Dimension, ParallelData, ParallelLine, ScatterData, ScatterPoint, chart_card_with_ui,
};
use crate::workbench::widgets::{Card, Cell, Column, Notice, Select, Table, grid_ui};
use crate::workflows::runs::{KeptRun, RunsTable, TableRow, table};

/// Runs that are drawn at most: those with the lowest errors.
const MOST_DRAWN: usize = 250;
/// Runs that stand in the table at most.
const MOST_COLUMNS: usize = 6;
const PICTURE: f32 = 250.0;

/// The figures that a scatter may show upwards.
const FIGURES: [&str; 4] = ["mae", "median_absolute_error", "p90_absolute_error", "rmse"];

/// What the pictures are made from.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    runs: Vec<i64>,
    picked: Vec<i64>,
    looked_at: Option<i64>,
    language: Language,
    setting: Option<String>,
    figure: usize,
}

#[derive(Debug)]
struct Pictures {
    table: RunsTable,
    parallel: ParallelData,
    scatter: Option<ScatterData>,
    /// The runs of the lines, and those of the points.
    lines: Vec<i64>,
    points: Vec<i64>,
    /// The settings that a scatter may show across.
    settings: Vec<(String, String)>,
}

/// Runs side by side, made anew only where what is shown has changed.
#[derive(Debug, Default)]
pub(super) struct SideBySide {
    setting: Option<String>,
    figure: usize,
    made: Option<(Key, Pictures)>,
}

impl SideBySide {
    /// Draws `picked` of `runs` beside each other, or all of them where fewer than two are picked; the one that is
    /// `looked_at` stands out. The run whose line or point was pressed.
    pub fn ui(&mut self, ui: &mut Ui, runs: &[&KeptRun], picked: &[i64], looked_at: Option<i64>) -> Option<i64> {
        let look = Look::of(ui);
        let tested: Vec<&KeptRun> = runs.iter().copied().filter(|(_, document)| document.test.is_some()).collect();
        let chosen: Vec<&KeptRun> = tested.iter().copied().filter(|(run, _)| picked.contains(&run.id)).collect();
        let is_chosen = chosen.len() > 1;
        let shown = if is_chosen { chosen } else { tested };
        if shown.len() < 2 {
            return None;
        }
        let key = Key {
            runs: shown.iter().map(|(run, _)| run.id).collect(),
            picked: picked.to_vec(),
            looked_at,
            language: look.language,
            setting: self.setting.clone(),
            figure: self.figure,
        };
        if self.made.as_ref().is_none_or(|(made, _)| *made != key) {
            let pictures = Pictures::of(&look, shown, &key);
            self.made = Some((key, pictures));
        }
        let (_, pictures) = self.made.as_ref()?;
        if is_chosen {
            table_ui(ui, &pictures.table);
        }
        let (setting, figure) = (&mut self.setting, &mut self.figure);
        let mut pressed = None;
        grid_ui(ui, "runs side by side", &[1.6, 1.0], |ui, column, height| match (column, &pictures.scatter) {
            (0, _) => {
                let line = chart_card_with_ui(ui, &pictures.parallel, PICTURE, height, |ui| {
                    if !pictures.table.same_test {
                        Notice::info(look.text("runs.other_test")).ui(ui);
                    }
                });
                pressed = pressed.or(line.and_then(|line| pictures.lines.get(line).copied()));
            }
            (_, Some(scatter)) => {
                let point = chart_card_with_ui(ui, scatter, PICTURE, height, |ui| {
                    let mut across =
                        setting.clone().or_else(|| pictures.settings.first().map(|(id, _)| id.clone()));
                    grid_ui(ui, "scatter choices", &[1.0, 1.0], |ui, column, _| {
                        if column == 0 {
                            let name = look.text("train.scatter_setting");
                            let options =
                                pictures.settings.iter().map(|(id, name)| (Some(id.clone()), name.clone()));
                            named_ui(ui, name, "", |ui| Select::new(name, options).ui(ui, &mut across));
                        } else {
                            let name = look.text("train.scatter_figure");
                            let options = FIGURES.iter().enumerate();
                            let options =
                                options.map(|(at, id)| (at, look.text(&format!("runs.{id}")).to_owned()));
                            named_ui(ui, name, "", |ui| Select::new(name, options).ui(ui, figure));
                        }
                    });
                    *setting = across;
                });
                pressed = pressed.or(point.and_then(|point| pictures.points.get(point).copied()));
            }
            (_, None) => Card::titled(look.text("train.scatter")).height(height).ui(ui, |ui| {
                Notice::info(look.text("train.nothing_differs")).ui(ui);
            }),
        });
        pressed
    }
}

impl Pictures {
    fn of(look: &Look, mut shown: Vec<&KeptRun>, key: &Key) -> Pictures {
        let mae = |kept: &KeptRun| kept.1.test.as_ref().map_or(f64::INFINITY, |errors| errors.mae);
        let count = shown.len();
        if count > MOST_DRAWN {
            // What was picked stays, whatever its error.
            shown.sort_by(|a, b| {
                let is_picked = |kept: &KeptRun| key.picked.contains(&kept.0.id);
                is_picked(b).cmp(&is_picked(a)).then(mae(a).total_cmp(&mae(b)))
            });
            shown.truncate(MOST_DRAWN);
        }
        let table = table(&shown);
        let numbers: Vec<_> = table.settings.iter().map(|row| Numbered::of(look, row)).collect();
        let settings = table.settings.iter().map(|row| (row.id.clone(), setting_name(look, row))).collect();
        let note_values =
            [("count", look.language.integer(shown.len() as u64)), ("all", look.language.integer(count as u64))];
        let note = if count > shown.len() { "train.parallel_note_cut" } else { "train.parallel_note" };
        let is_marked = |run: i64| key.picked.contains(&run) || key.looked_at == Some(run);
        let line = |(at, (run, document)): (usize, &&KeptRun)| ParallelLine {
            name: run_title(look, run),
            values: numbers
                .iter()
                .map(|setting| setting.values.get(at).copied().flatten())
                .chain([document.test.as_ref().map(|errors| errors.mae)])
                .collect(),
            is_marked: is_marked(run.id),
        };
        let parallel = ParallelData {
            name: look.text("train.parallel").to_owned(),
            note: look.language.fill_owned(note, &note_values),
            label_name: look.text("train.column_run").to_owned(),
            axes: numbers
                .iter()
                .map(|setting| setting.dimension.clone())
                .chain([Dimension::numbers(look.text("runs.mae"))])
                .collect(),
            lines: shown.iter().enumerate().map(line).collect(),
        };
        let across = key.setting.as_deref().and_then(|id| table.settings.iter().position(|row| row.id == id));
        let figure = FIGURES.get(key.figure).copied().unwrap_or("mae");
        let up = table.metrics.iter().find(|row| row.id == figure);
        let (points, scatter) = numbers
            .get(across.unwrap_or(0))
            .zip(up)
            .map(|(setting, up)| {
                let point = |(at, (run, _)): (usize, &&KeptRun)| {
                    let point = ScatterPoint {
                        name: run_title(look, run),
                        across: setting.values.get(at).copied().flatten()?,
                        up: up.values.get(at)?.as_f64()?,
                        is_marked: is_marked(run.id),
                    };
                    Some((run.id, point))
                };
                let (runs, points) = shown.iter().enumerate().filter_map(point).unzip();
                let scatter = ScatterData {
                    name: look.text("train.scatter").to_owned(),
                    note: look.text("train.scatter_note").to_owned(),
                    label_name: look.text("train.column_run").to_owned(),
                    across: setting.dimension.clone(),
                    up: Dimension::numbers(look.text(&format!("runs.{figure}"))),
                    points,
                };
                (runs, scatter)
            })
            .unzip();
        let lines = shown.iter().map(|(run, _)| run.id).collect();
        Pictures { table, parallel, scatter, lines, points: points.unwrap_or_default(), settings }
    }
}

/// A setting as numbers: itself, or the place of its word among all words that it has here.
struct Numbered {
    dimension: Dimension,
    values: Vec<Option<f64>>,
}

impl Numbered {
    fn of(look: &Look, row: &TableRow) -> Numbered {
        let name = setting_name(look, row);
        let are_numbers = row.values.iter().all(|value| value.is_number() || value.is_null());
        if are_numbers {
            let values = row.values.iter().map(serde_json::Value::as_f64).collect();
            return Numbered { dimension: Dimension::numbers(name), values };
        }
        let words: Vec<Option<String>> = row
            .values
            .iter()
            .map(|value| if value.is_null() { None } else { Some(value_words(look, row, value)) })
            .collect();
        let mut known: Vec<String> = words.iter().flatten().cloned().collect();
        known.sort();
        known.dedup();
        let place = |word: &String| {
            #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
            let place = known.iter().position(|other| other == word).map(|at| at as f64);
            place
        };
        let values = words.iter().map(|word| word.as_ref().and_then(place)).collect();
        Numbered { values, dimension: Dimension { name, words: known } }
    }
}

/// "Run 12 (boosted trees)".
fn run_title(look: &Look, run: &Run) -> String {
    let (model, family) = (run_words(look, run.id), family_words(look, &run.family));
    look.fill("model.with_family", &[("model", &model), ("family", &family)])
}

fn setting_name(look: &Look, row: &TableRow) -> String {
    let area = if row.is_parameter { "parameter" } else { "runs" };
    look.text(&format!("{area}.{}", row.id)).to_owned()
}

fn value_words(look: &Look, row: &TableRow, value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Number(number) => number_words(look, number.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(word) if row.id == "family" => family_words(look, word),
        serde_json::Value::String(word) if row.is_parameter => choice_words(look, word),
        serde_json::Value::String(word) => word.clone(),
        _ => look.language.decimal(f64::NAN, 0),
    }
}

/// What differs, then what came of it; the lowest error is marked.
fn table_ui(ui: &mut Ui, table: &RunsTable) {
    let look = Look::of(ui);
    let shown = table.runs.len().min(MOST_COLUMNS);
    let values = [
        ("count", look.language.integer(table.runs.len() as u64)),
        ("shown", look.language.integer(shown as u64)),
    ];
    let note = if shown < table.runs.len() { "train.compared_note_cut" } else { "train.compared_note" };
    Card::titled(look.text("train.compared")).note(look.language.fill_owned(note, &values)).ui(ui, |ui| {
        let columns = std::iter::once(Column::words(look.text("train.setting")))
            .chain(table.runs.iter().take(shown).map(|run| Column::number(run_words(&look, *run))));
        let rows: Vec<&TableRow> = table.settings.iter().chain(&table.metrics).collect();
        Table::new("runs compared", columns).ui(ui, rows.len(), |at, column| {
            let Some(row) = rows.get(at) else { return Cell::text("") };
            let is_setting = at < table.settings.len();
            let Some(value) = column.checked_sub(1).and_then(|run| row.values.get(run)) else {
                return Cell::text(setting_name(&look, row)).ink(if is_setting { Ink::Strong } else { Ink::Soft });
            };
            if is_setting {
                return Cell::text(value_words(&look, row, value)).strong();
            }
            let number = value.as_f64().unwrap_or(f64::NAN);
            let is_share = matches!(row.id.as_str(), "within_20" | "too_low");
            let words = if is_share { look.language.percent(number, 1) } else { look.language.decimal(number, 2) };
            let least = row.values.iter().filter_map(serde_json::Value::as_f64).reduce(f64::min);
            if row.id == "mae" && least == Some(number) {
                Cell::text(words).ink(Ink::Candidate).strong()
            } else {
                Cell::text(words)
            }
        });
    });
}
