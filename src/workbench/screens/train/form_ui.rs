//! The card in which a training is set up, started, watched and stopped.

use egui::{Ui, vec2};

use super::form::{Form, SPLIT_FIELDS, SplitField, allowed_words, choice_words, number_words, parameter_name};
use super::split::SplitBand;
use crate::analysis::models::{Choice, FAMILIES, Parameter, ParameterKind};
use crate::workbench::screens::field::{Field, named_ui};
use crate::workbench::screens::names::{family_words, listed};
use crate::workbench::state::State;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::charts::{Chart, progress_ui};
use crate::workbench::widgets::{Button, Card, Segmented, Select, grid_ui, icons, row_ui};
use crate::workbench::{Command, Outbox};

/// Parameters that are shown before all are asked for.
const FIRST_PARAMETERS: usize = 4;
/// Options that stand side by side; more are chosen from a list.
const MOST_SEGMENTS: usize = 2;
/// Height of the picture of the split, its dates included.
const BAND: f32 = 58.0;

/// Draws the card `height` high.
pub(super) fn form_ui(
    ui: &mut Ui,
    form: &mut Form,
    band: &mut SplitBand,
    state: &State,
    outbox: &mut Outbox,
    height: f32,
) {
    let look = Look::of(ui);
    let dataset = state
        .snapshot
        .as_ref()
        .and_then(|snapshot| snapshot.datasets.iter().find(|(dataset, _)| Some(dataset.digest) == state.dataset));
    let note = dataset
        .map_or_else(String::new, |(dataset, _)| look.fill("train.on_dataset", &[("dataset", &dataset.name)]));
    Card::titled(look.text("train.form")).note(note).height(height).ui(ui, |ui| {
        family_ui(ui, form);
        fields_ui(ui, form);
        if let Some(split) = form.plan().and_then(|plan| band.of(&look, state, plan)) {
            named_ui(ui, look.text("train.split"), &split.hint, |ui| drop(split.data.ui(ui, BAND)));
        }
        start_ui(ui, form, state, outbox);
    });
}

fn family_ui(ui: &mut Ui, form: &mut Form) {
    let look = Look::of(ui);
    let name = look.text("train.family");
    let options = FAMILIES.iter().map(|family| (family.id(), family_words(&look, family.id())));
    named_ui(ui, name, "", |ui| Select::new(name, options).ui(ui, &mut form.family));
    let about = look.text(&format!("train.about_{}", form.family)).to_owned();
    Text::new(about).ink(Ink::Soft).wrap().ui(ui);
}

/// A field of the form.
enum Item {
    Parameter(&'static Parameter),
    Seed,
    Split(&'static SplitField),
}

/// The first few parameters, the seed and what is tested on; the rest where it is asked for.
fn items(form: &Form) -> Vec<Item> {
    let shown = if form.shows_all { usize::MAX } else { FIRST_PARAMETERS };
    let mut items: Vec<Item> = form.parameters().iter().take(shown).map(Item::Parameter).collect();
    items.push(Item::Seed);
    items.extend(SPLIT_FIELDS.iter().take(if form.shows_all { usize::MAX } else { 1 }).map(Item::Split));
    items
}

fn fields_ui(ui: &mut Ui, form: &mut Form) {
    let look = Look::of(ui);
    let items = items(form);
    let id = format!("{} {}", form.family, items.len());
    grid_ui(ui, &id, &vec![1.0; items.len()], |ui, index, _| match items.get(index) {
        Some(Item::Parameter(parameter)) => parameter_ui(ui, form, parameter),
        Some(Item::Seed) => {
            let problem = form.seed_problem(&look);
            let field = Field {
                name: look.text("train.seed"),
                hint: look.text("train.seed_hint"),
                problem: problem.as_deref(),
                lines: 1,
            };
            field.ui(ui, &mut form.seed);
        }
        Some(Item::Split(part)) => {
            let (problem, hint, name) = (form.split_problem(&look, part), part.allowed(&look), part.name(&look));
            let field = Field { name, hint: &hint, problem: problem.as_deref(), lines: 1 };
            field.ui(ui, form.split.entry(part.id).or_default());
        }
        None => {}
    });
    let words = look.text(if form.shows_all { "train.fewer_settings" } else { "train.all_settings" });
    if Button::quiet(words).ui(ui).clicked() {
        form.shows_all = !form.shows_all;
    }
}

fn parameter_ui(ui: &mut Ui, form: &mut Form, parameter: &'static Parameter) {
    let look = Look::of(ui);
    let name = parameter_name(&look, parameter);
    if let ParameterKind::Choice(choice) = parameter.kind {
        named_ui(ui, &name, "", |ui| choice_ui(ui, &name, choice, form.typed(parameter.id)));
        return;
    }
    let default = match parameter.kind {
        ParameterKind::Number { default, .. } => number_words(&look, default),
        ParameterKind::Whole { default, .. } => look.language.integer(default),
        ParameterKind::Choice(choice) => choice_words(&look, choice.default),
    };
    let hint = look.fill("train.hint", &[("range", &allowed_words(&look, parameter)), ("default", &default)]);
    let problem = form.parameter_problem(&look, parameter);
    let field = Field { name: &name, hint: &hint, problem: problem.as_deref(), lines: 1 };
    field.ui(ui, form.typed(parameter.id));
    let about = look.text(&format!("parameter_about.{}", parameter.id)).to_owned();
    Text::new(about).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
}

fn choice_ui(ui: &mut Ui, name: &str, choice: Choice, typed: &mut String) {
    let look = Look::of(ui);
    let mut chosen = choice.options.iter().find(|option| **option == *typed).copied().unwrap_or(choice.default);
    let options = choice.options.iter().map(|option| (*option, choice_words(&look, option)));
    // A row of more words is wider than a column of the form.
    let is_changed = if choice.options.len() > MOST_SEGMENTS {
        Select::new(name, options).ui(ui, &mut chosen)
    } else {
        Segmented::new(name, options).ui(ui, &mut chosen)
    };
    if is_changed {
        chosen.clone_into(typed);
    }
}

/// The button that starts, or how far the training is and the button that stops it.
fn start_ui(ui: &mut Ui, form: &mut Form, state: &State, outbox: &mut Outbox) {
    let look = Look::of(ui);
    ui.add_space(sizes::GRID);
    if let Some(job) = state.jobs.iter().find(|job| job.kind == "train") {
        let stage = if job.progress.stage.is_empty() { "job.train" } else { job.progress.stage };
        let words = if job.is_cancelled { "bottom.stopping" } else { stage };
        Text::new(look.text(words)).strong().ui(ui);
        if !job.is_cancelled {
            form.live.ui(ui, job);
        }
        row_ui(ui, |ui| {
            let width = (ui.available_width() - 120.0).max(120.0);
            progress_ui(ui, &job.progress, width);
            if Button::plain(look.text("cancel")).icon(icons::ICON_CLOSE).ui(ui).clicked() {
                outbox.send(Command::CancelJob(job.id));
            }
        });
        return;
    }
    let problems = form.problems(&look);
    let request = form.request();
    let refused = match &request {
        None => Some(look.fill("train.wrong_fields", &[("fields", &listed(&look, &problems))])),
        Some(request) => Command::Train(request.clone()).refusal(state, &look),
    };
    ui.allocate_ui_with_layout(vec2(ui.available_width(), sizes::CONTROL), look.row(), |ui| {
        let button = Button::primary(look.text("command.train")).icon(icons::ICON_MODEL_TRAINING);
        let pressed = button.unless(refused.clone()).ui(ui).clicked();
        if let Some(reason) = &refused {
            Text::new(reason.as_str()).size(sizes::SMALL).ink(Ink::Fail).wrap().ui(ui);
        }
        if let Some(request) = request.filter(|_| pressed) {
            outbox.send(Command::Train(request));
        }
    });
}
