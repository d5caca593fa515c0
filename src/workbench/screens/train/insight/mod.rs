//! A run, looked at: its loss curve, where it errs, what it leans on and how, and why one visit got its prediction.
//!
//! What takes longer than a frame is computed by a job when a part is opened for the first time, and asked for once: a job
//! that was stopped or failed leaves a button behind and is not started again by itself.

mod coverage;
mod effects;
mod importance;
mod losses;
mod residuals;
mod visit;

use egui::Ui;

pub(super) use losses::loss_lines;

use super::run_column::{status_key, status_pill};
use crate::base::Progress;
use crate::store::workspace::Run;
use crate::workbench::screens::names::{family_words, run_words};
use crate::workbench::state::{RunInsight, State};
use crate::workbench::text::Text;
use crate::workbench::theme::Look;
use crate::workbench::widgets::{Card, MaterialIcon, Segmented, empty_ui, icons, loading_ui, row_ui};
use crate::workbench::{Command, Outbox};
use crate::workflows::train::RunDocument;

/// What of the screen is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Part {
    /// The form, and the errors of the run.
    #[default]
    Run,
    /// A search over parameters.
    Search,
    /// How the loss fell.
    Curve,
    /// Where it errs.
    Residuals,
    /// Predictions beside waits.
    Calibration,
    /// How often the intervals hold.
    Coverage,
    /// What the features are worth.
    Importance,
    /// How predictions move with a feature.
    Effects,
    /// Why one visit got its prediction.
    Visit,
}

/// The parts, their ids on the command line, and the keys of their names.
pub(super) const PARTS: [(Part, &str, &str); 9] = [
    (Part::Run, "run", "insight.part_run"),
    (Part::Search, "search", "search.part"),
    (Part::Curve, "curve", "insight.part_curve"),
    (Part::Residuals, "residuals", "insight.part_residuals"),
    (Part::Calibration, "calibration", "insight.part_calibration"),
    (Part::Coverage, "coverage", "insight.part_coverage"),
    (Part::Importance, "importance", "insight.part_importance"),
    (Part::Effects, "effects", "insight.part_effects"),
    (Part::Visit, "visit", "insight.part_visit"),
];

/// What was asked for last, and what was chosen.
#[derive(Debug, Default)]
pub(super) struct Insight {
    pub part: Part,
    asked: Option<Command>,
    effects: effects::EffectsPart,
    visit: visit::VisitPart,
}

/// A run with what is kept beside its model.
type Kept<'a> = &'a (Run, RunDocument);

impl Insight {
    /// The row that says which run is looked at and chooses what of it is seen.
    pub fn choice_ui(&mut self, ui: &mut Ui, chosen: Option<Kept<'_>>) {
        let look = Look::of(ui);
        row_ui(ui, |ui| {
            let options = PARTS.map(|(part, _, key)| (part, look.text(key).to_owned()));
            Segmented::new(look.text("insight.part"), options).ui(ui, &mut self.part);
            if let Some((run, _)) = chosen.filter(|_| !matches!(self.part, Part::Run | Part::Search)) {
                run_title_ui(ui, run);
            }
        });
    }

    /// The part that was chosen, of the run that is looked at.
    pub fn ui(&mut self, ui: &mut Ui, state: &State, chosen: Option<Kept<'_>>, outbox: &mut Outbox) {
        let look = Look::of(ui);
        let Some(kept) = chosen else {
            return nothing_ui(ui, icons::ICON_MODEL_TRAINING, "insight.no_run", "insight.no_run_line");
        };
        let (run, document) = kept;
        if self.part == Part::Curve {
            return losses::losses_ui(ui, document);
        }
        if self.part == Part::Coverage && run.artifact_sha256.is_some() {
            return coverage::coverage_ui(ui, document);
        }
        if run.artifact_sha256.is_none() {
            return nothing_ui(ui, icons::ICON_BLOCK, "insight.no_model", "insight.no_model_line");
        }
        if state.dataset != Some(run.dataset) {
            return other_data_ui(ui, &look, run, outbox);
        }
        if state.prepared.is_none()
            && let Some(job) = state.jobs.iter().find(|job| job.kind == "prepare")
        {
            return busy_ui(ui, &job.progress, || outbox.send(Command::CancelJob(job.id)));
        }
        let insight = state.insight.as_ref().filter(|insight| insight.test.run.id == run.id).cloned();
        let Some(insight) = insight else {
            return self.ask_ui(ui, state, Command::LookAtRun(run.id), "insight", outbox);
        };
        match self.part {
            Part::Residuals => residuals::residuals_ui(ui, &insight.residuals),
            Part::Calibration => residuals::calibration_ui(ui, &insight.residuals),
            Part::Importance => self.importance_ui(ui, state, &insight, outbox),
            Part::Effects => self.effects_ui(ui, state, &insight, outbox),
            Part::Visit => self.visit.ui(ui, &insight),
            Part::Run | Part::Search | Part::Curve | Part::Coverage => {}
        }
    }

    fn importance_ui(&mut self, ui: &mut Ui, state: &State, insight: &RunInsight, outbox: &mut Outbox) {
        let id = insight.test.run.id;
        if insight.test.artifact.contract.features().is_empty() {
            return nothing_ui(ui, icons::ICON_FUNCTIONS, "insight.no_features", "insight.no_features_line");
        }
        match state.importance.as_ref().filter(|(run, _)| *run == id) {
            Some((_, found)) => importance::importance_ui(ui, found),
            None => self.ask_ui(ui, state, Command::Importance(id), "importance", outbox),
        }
    }

    fn effects_ui(&mut self, ui: &mut Ui, state: &State, insight: &RunInsight, outbox: &mut Outbox) {
        let id = insight.test.run.id;
        let Some(feature) = self.effects.choose_ui(ui, state, insight) else {
            return nothing_ui(ui, icons::ICON_FUNCTIONS, "insight.no_features", "insight.no_features_line");
        };
        match state.effects.as_ref().filter(|(run, found)| *run == id && found.feature == feature) {
            Some((_, found)) => effects::effects_ui(ui, insight, found),
            None => self.ask_ui(ui, state, Command::Effects(id, feature), "effects", outbox),
        }
    }

    /// Asks for what is not there, once; shows how far it is, or that it did not come.
    fn ask_ui(&mut self, ui: &mut Ui, state: &State, command: Command, kind: &'static str, outbox: &mut Outbox) {
        if let Some(job) = state.jobs.iter().find(|job| job.kind == kind) {
            return busy_ui(ui, &job.progress, || outbox.send(Command::CancelJob(job.id)));
        }
        if self.asked.as_ref() != Some(&command) {
            outbox.send(command.clone());
            self.asked = Some(command);
            return busy_ui(ui, &Progress::default(), || {});
        }
        let look = Look::of(ui);
        Card::new().ui(ui, |ui| {
            let (head, line) = (look.text("insight.not_there"), look.text("insight.not_there_line"));
            if empty_ui(ui, icons::ICON_HOURGLASS, head, line, Some(look.text("insight.again"))) {
                outbox.send(command);
            }
        });
    }
}

/// "Run 2: boosted", with how it ended.
fn run_title_ui(ui: &mut Ui, run: &Run) {
    let look = Look::of(ui);
    let words = look.text(status_key(run.status)).to_owned();
    let title = [("run", run_words(&look, run.id)), ("family", family_words(&look, &run.family))];
    Text::new(look.language.fill_owned("train.run_title", &title)).strong().ui(ui);
    status_pill(run.status, &words).ui(ui);
}

fn busy_ui(ui: &mut Ui, progress: &Progress, cancel: impl FnOnce()) {
    let look = Look::of(ui);
    let pressed = Card::new().ui(ui, |ui| loading_ui(ui, look.text("insight.computing"), progress));
    if pressed {
        cancel();
    }
}

fn nothing_ui(ui: &mut Ui, icon: MaterialIcon, head: &str, line: &str) {
    let look = Look::of(ui);
    Card::new().ui(ui, |ui| {
        empty_ui(ui, icon, look.text(head), look.text(line), None);
    });
}

/// The run is of another data set, which is one press away.
fn other_data_ui(ui: &mut Ui, look: &Look, run: &Run, outbox: &mut Outbox) {
    Card::new().ui(ui, |ui| {
        let (head, line) = (look.text("insight.other_data"), look.text("insight.other_data_line"));
        if empty_ui(ui, icons::ICON_DATASET, head, line, Some(look.text("insight.choose_data"))) {
            outbox.send(Command::SelectDataset(run.dataset));
        }
    });
}
