//! How a search stands: its trials, the best of them, the time; and what can be done with it next.

use egui::Ui;

use super::Shown;
use super::form::{minutes, minutes_problem};
use super::trials::{error_words, settings_words};
use crate::base::Progress;
use crate::store::workspace::Trial;
use crate::workbench::jobs::JobStatus;
use crate::workbench::screens::field::Field;
use crate::workbench::screens::names::{family_words, run_words};
use crate::workbench::screens::train::details::fact_ui;
use crate::workbench::snapshot::Snapshot;
use crate::workbench::state::{SearchState, State};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::charts::progress_ui;
use crate::workbench::widgets::{Button, Card, Pill, empty_ui, grid_ui, icons, row_ui};
use crate::workbench::{Command, Outbox};
use crate::workflows::search::SearchRequest;
use crate::workflows::searches::{KeptSearch, Trials};

/// What was asked of a search from its card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The search with this number goes on.
    GoOn(i64),
    /// The run is to be looked at.
    Run(i64),
}

/// No search was made on the data set yet.
pub(super) fn nothing_ui(ui: &mut Ui, height: f32) {
    let look = Look::of(ui);
    Card::titled(look.text("search.status")).height(height).ui(ui, |ui| {
        let (head, line) = (look.text("search.none"), look.text("search.none_line"));
        empty_ui(ui, icons::ICON_MANAGE_SEARCH, head, line, None);
    });
}

/// Draws the card of what is `shown`; `more` is what was typed for a search that goes on.
pub(super) fn status_ui(
    ui: &mut Ui,
    state: &State,
    snapshot: &Snapshot,
    shown: &Shown<'_>,
    more: &mut String,
    outbox: &mut Outbox,
    height: f32,
) -> Option<Asked> {
    let look = Look::of(ui);
    let family = family_words(&look, shown.family());
    let (title, status) = match shown {
        Shown::Live(_) => (look.fill("search.title_live", &[("family", &family)]), "search.running"),
        Shown::Kept(kept) => {
            let values = [("search", look.language.integer(kept.search.id.unsigned_abs())), ("family", family)];
            let status = if kept.search.run.is_some() { "search.ended" } else { "search.stopped" };
            (look.language.fill_owned("search.title", &values), status)
        }
    };
    let pill = |ui: &mut Ui| drop(Pill::plain(look.text(status)).ui(ui));
    let mut asked = None;
    Card::titled(title).height(height).with_actions_ui(ui, pill, |ui| {
        facts_ui(ui, &look, shown.trials(), shown.family());
        match shown {
            Shown::Live(live) => live_ui(ui, &look, state, live, outbox),
            Shown::Kept(kept) => asked = kept_ui(ui, &look, state, snapshot, kept, more, outbox),
        }
    });
    asked
}

fn facts_ui(ui: &mut Ui, look: &Look, trials: &Trials, family: &str) {
    let number = |n: usize| look.language.integer(n as u64);
    let failed = trials.all.iter().filter(|trial| trial.mae.is_none()).count();
    let counts =
        [("begun", number(trials.begun())), ("finished", number(trials.finished())), ("failed", number(failed))];
    let key = if failed > 0 { "search.counts_failed" } else { "search.counts" };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = sizes::GRID;
        fact_ui(ui, look.text("search.fact_trials"), look.language.fill_owned(key, &counts));
        match trials.best() {
            None => fact_ui(ui, look.text("search.fact_best"), look.text("search.no_best").to_owned()),
            Some(best) => best_ui(ui, look, trials, best, family),
        }
        let seconds = look.language.decimal(trials.seconds() / 60.0, 1);
        fact_ui(ui, look.text("search.fact_time"), look.fill("search.minutes_n", &[("n", &seconds)]));
    });
}

fn best_ui(ui: &mut Ui, look: &Look, trials: &Trials, best: &Trial, family: &str) {
    let number = |n: u64| look.language.integer(n);
    let values = [
        ("error", error_words(look, best)),
        ("trial", number(u64::from(best.trial))),
        ("stage", number(u64::from(best.stage) + 1)),
        ("stages", number(u64::from(trials.stages()))),
    ];
    fact_ui(ui, look.text("search.fact_best"), look.language.fill_owned("search.best", &values));
    fact_ui(ui, look.text("search.fact_settings"), settings_words(look, family, best));
}

/// How far it is, how much longer it will take, and the button that stops it.
fn live_ui(ui: &mut Ui, look: &Look, state: &State, live: &SearchState, outbox: &mut Outbox) {
    let job = state.jobs.iter().find(|job| job.kind == "search");
    let budget = live.request.minutes * 60.0;
    let used = live.trials.seconds() + live.since.elapsed().as_secs_f64();
    let left = budget - used;
    let words = match job {
        Some(job) if job.is_cancelled => look.text("bottom.stopping").to_owned(),
        _ if left > 0.0 => {
            let shown = |seconds: f64| look.language.decimal(seconds / 60.0, 1);
            look.fill("search.left", &[("left", &shown(left)), ("all", &shown(budget))])
        }
        _ => look.text("search.over").to_owned(),
    };
    ui.add_space(sizes::GRID);
    Text::new(words).strong().wrap().ui(ui);
    if let Some(job) = job.filter(|job| !job.is_cancelled) {
        Text::new(now_words(look, live, job)).ink(Ink::Soft).wrap().ui(ui);
    }
    row_ui(ui, |ui| {
        let width = (ui.available_width() - 120.0).max(120.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of a search")]
        let seconds = |seconds: f64| seconds.max(0.0) as u64;
        // Without minutes there is only the best to be trained: as far as that is.
        let progress = match job {
            Some(job) if budget <= 0.0 => job.progress.clone(),
            _ => {
                Progress { done: seconds(used.min(budget)), total: seconds(budget).max(1), ..Progress::default() }
            }
        };
        progress_ui(ui, &progress, width);
        if let Some(job) = job
            && Button::plain(look.text("search.stop")).icon(icons::ICON_STOP).ui(ui).clicked()
        {
            outbox.send(Command::CancelJob(job.id));
        }
    });
    Text::new(look.text("search.stop_line")).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
}

/// What it does right now: the stage, and the round of a fit.
fn now_words(look: &Look, live: &SearchState, job: &JobStatus) -> String {
    let stage = match job.progress.stage {
        "" => look.text("job.search"),
        stage => look.text(stage),
    };
    let Some(fitting) = job.progress.fitting else { return look.fill("search.now", &[("stage", stage)]) };
    let number = |n: u64| look.language.integer(n);
    let values = [
        ("stage", stage.to_owned()),
        ("rows", number(fitting.rows)),
        ("round", number(u64::from(fitting.point.round))),
        ("rounds", number(job.progress.total)),
        ("trials", number(live.trials.begun() as u64)),
    ];
    look.language.fill_owned("search.now_round", &values)
}

/// What can be done with a search that does not run: go on, train the best, look at its run.
fn kept_ui(
    ui: &mut Ui,
    look: &Look,
    state: &State,
    snapshot: &Snapshot,
    kept: &KeptSearch,
    more: &mut String,
    outbox: &mut Outbox,
) -> Option<Asked> {
    let mut asked = None;
    let changed = || look.text("search.other_program").to_owned();
    let refusal = |request: &Option<SearchRequest>| match request {
        Some(request) => Command::Search(request.clone()).refusal(state, look),
        None => Some(changed()),
    };
    ui.add_space(sizes::GRID);
    if kept.request.is_none() {
        Text::new(changed()).ink(Ink::Warn).wrap().ui(ui);
    }
    let problem = minutes_problem(look, more);
    grid_ui(ui, "search more", &[1.0, 1.0], |ui, index, _| {
        if index == 0 {
            let (name, hint) = (look.text("search.more"), look.text("search.more_hint"));
            Field { name, hint, problem: problem.as_deref(), lines: 1 }.ui(ui, more);
            return;
        }
        // Beside the field, not beside its name.
        ui.add_space(18.0 + sizes::GRID);
        let minutes = minutes(more).map(|more| more + kept.trials.seconds() / 60.0);
        let request = kept.request.clone().zip(minutes);
        let request = request.map(|(request, minutes)| SearchRequest { minutes, ..request });
        let refused = problem.clone().or_else(|| refusal(&request));
        if Button::plain(look.text("search.go_on")).icon(icons::ICON_PLAY_ARROW).unless(refused).ui(ui).clicked()
            && let Some(request) = request
        {
            outbox.send(Command::Search(request));
            asked = Some(Asked::GoOn(kept.search.id));
        }
    });
    row_ui(ui, |ui| {
        let run = kept.search.run;
        let best = kept.trials.best();
        if run.is_none_or(|run| !is_of_best(snapshot, run, best)) {
            let refused = match best {
                None => Some(look.text("search.no_best").to_owned()),
                Some(_) => refusal(&kept.request),
            };
            let button = Button::primary(look.text("search.train_best")).icon(icons::ICON_MODEL_TRAINING);
            if button.unless(refused).hint(look.text("search.train_best_hint")).ui(ui).clicked()
                && let Some(request) = kept.request.clone()
            {
                outbox.send(Command::Search(request));
                asked = Some(Asked::GoOn(kept.search.id));
            }
        }
        if let Some(run) = run {
            let words = look.fill("search.look_at_run", &[("run", &run_words(look, run))]);
            if Button::plain(words).icon(icons::ICON_VISIBILITY).ui(ui).clicked() {
                outbox.send(Command::SelectRun(run));
                asked = Some(Asked::Run(run));
            }
        }
    });
    asked
}

/// Whether the run was trained with the parameters of the best trial.
fn is_of_best(snapshot: &Snapshot, run: i64, best: Option<&Trial>) -> bool {
    let document = snapshot.runs.iter().find(|(kept, _)| kept.id == run).map(|(_, document)| document);
    let request = document.and_then(|document| document.request.as_ref());
    let trained = request.and_then(|request| serde_json::from_str::<serde_json::Value>(&request.parameters).ok());
    trained.zip(best).is_some_and(|(trained, best)| trained == best.parameters)
}
