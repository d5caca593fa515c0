//! What can be chosen before drift is looked for: data sets and models, by their names for people.

use egui::Ui;

use crate::store::workspace::{Dataset, RunStatus};
use crate::workbench::screens::field::named_ui;
use crate::workbench::screens::names::{family_words, model_words, run_words};
use crate::workbench::snapshot::Snapshot;
use crate::workbench::state::State;
use crate::workbench::theme::Look;
use crate::workbench::widgets::Select;
use crate::workbench::{Command, Outbox};
use crate::workflows::models::ModelName;

/// The data set that is looked at.
pub(super) fn dataset_ui(ui: &mut Ui, look: &Look, state: &State, snapshot: &Snapshot, outbox: &mut Outbox) {
    let words = |dataset: &Dataset| dataset_words(snapshot, dataset);
    let options = snapshot.datasets.iter().map(|(dataset, _)| (Some(dataset.digest), words(dataset)));
    let mut chosen = state.dataset;
    let name = look.text("drift_screen.dataset");
    if named_ui(ui, name, "", |ui| Select::new(name, options).ui(ui, &mut chosen))
        && let Some(digest) = chosen
    {
        outbox.send(Command::SelectDataset(digest));
    }
}

/// Its name; with its digest where another one has the same.
pub(super) fn dataset_words(snapshot: &Snapshot, dataset: &Dataset) -> String {
    let is_named_so = |(other, _): &&(Dataset, _)| other.name == dataset.name;
    match snapshot.datasets.iter().filter(is_named_so).count() {
        0..=1 => dataset.name.clone(),
        _ => format!("{} · {}", dataset.name, dataset.digest.short()),
    }
}

/// The models whose errors can be watched: what is live, the baselines, the finished runs, the newest first.
pub(super) fn models(look: &Look, snapshot: &Snapshot) -> Vec<(ModelName, String)> {
    let mut models = Vec::new();
    if let Some(live) = &snapshot.live {
        let values = [("model", model_words(look, &ModelName::Live)), ("family", live.version.to_string())];
        models.push((ModelName::Live, look.language.fill_owned("model.with_family", &values)));
    }
    models.extend(["rule", "constant"].map(|family| (ModelName::Baseline(family), family_words(look, family))));
    let finished = snapshot.runs.iter().filter(|(run, _)| run.status == RunStatus::Finished);
    models.extend(finished.map(|(run, _)| {
        let values = [("model", run_words(look, run.id)), ("family", family_words(look, &run.family))];
        (ModelName::Run(run.id), look.language.fill_owned("model.with_family", &values))
    }));
    models
}
