//! Search: try parameters of a family on the training time alone, then train the best of them and test it once.
//!
//! The last fifth of the *training* time is the validation part that trials are judged on, and a family that is fitted in
//! rounds stops on visits of its own before it; the test part is not looked at until the best trial is trained as a run. The
//! defaults are left only for a trial that is better by more than one standard error of the difference, days as blocks. Every trial is kept as it ends: the same search, asked again, goes on where it
//! stopped, and comes to the same end as if it had not been stopped. The minutes are those of all its trials together.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;

use crate::analysis::evaluation::{Errors, SplitPlan, errors};
use crate::analysis::features::{Expression, FeatureTable};
use crate::analysis::models::{
    BRACKET, DEFAULTS, Family, FitError, Gain, Parameters, Part, SearchResults, Space, Training, Tried, best_step,
    next_step,
};
use crate::base::{Cancelled, Digest, Moment, Task};
use crate::store::workspace::{NewSearch, Trial, Workspace};

use super::datasets::Prepared;
use super::expressions::{ExpressionText, expressions};
use super::fitting::places;
use super::train::{RunDocument, TrainRequest, TrainSummary, find_family, train, waits_of};
use super::{Home, WorkflowError, now};

/// The share of the training time at its end on which trials are judged.
const VALIDATION_SHARE: f64 = 0.2;
/// The share of the time before that, at its end, on which a fit in rounds stops.
const STOP_SHARE: f64 = 0.1;
/// The shares of the time before that from which the stages learn: always the newest part.
pub(super) const STAGES: [f64; 3] = [1.0 / 9.0, 1.0 / 3.0, 1.0];
/// The minutes that a search may be given.
pub const MINUTES: RangeInclusive<f64> = 0.01..=10_080.0;
/// The trials that may be asked for.
pub const TRIALS: RangeInclusive<u32> = 1..=100_000;
/// A stage with fewer visits than this says too little and is left out.
const FEWEST_IN_STAGE: usize = 1_000;

/// What is searched.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchRequest {
    /// The id of the family.
    pub family: String,
    /// What is tried, as YAML, where it is not what the family declares.
    pub space: String,
    /// The seed of the search and of every fit.
    pub seed: u64,
    /// How long trials may take together, those that were kept before among them.
    pub minutes: f64,
    /// At most this many trials begin.
    pub most_trials: Option<u32>,
    /// The share of the time at the end that the best is tested on.
    pub test_share: f64,
    /// How much the intervals of the best follow what comes true, as in [`TrainRequest`]; trials have none.
    pub adaptive_rate: Option<f64>,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct SearchOutcome {
    /// The number of the search in the workspace.
    pub search: i64,
    /// The family.
    pub family: String,
    /// The seed.
    pub seed: u64,
    /// The shares of the training time that the stages learn from.
    pub stages: Vec<f64>,
    /// Every trial, also those that were kept before.
    pub trials: Vec<Trial>,
    /// The one that is taken: the best of those that reached the highest stage, or the defaults.
    pub best: Trial,
    /// The one with the lowest error of those that reached the highest stage.
    pub lowest: Trial,
    /// How much better that one is than the defaults; absent where it has them, or no model came of them.
    pub gain: Option<Gain>,
    /// The best, trained on the whole training part and tested once.
    pub run: TrainSummary,
}

/// Where trials learn and where they are judged.
struct Ground {
    /// For each stage, the visits it learns from and their waits in minutes.
    stages: Vec<(FeatureTable, Vec<f64>)>,
    shares: Vec<f64>,
    /// What decides when a fit in rounds stops; empty for other families.
    stop: (FeatureTable, Vec<f64>),
    validation: FeatureTable,
    waits: Vec<f64>,
    /// The place of the day of each visit of the validation part among its days, and how many visits a day has.
    days: Vec<u32>,
    of_day: Vec<u32>,
}

/// Searches until the minutes or the trials are used up, then trains and tests the best. `seen` is told every trial, and
/// the shares of the training time that the stages learn from. Without minutes nothing more is tried than the one trial without which there is no best.
///
/// # Errors
/// [`WorkflowError`]; trials that ended before are kept.
pub fn search(
    home: &Home,
    prepared: &Prepared,
    request: &SearchRequest,
    task: &Task,
    seen: &mut dyn FnMut(&Trial, &[f64]),
) -> Result<SearchOutcome, WorkflowError> {
    let family = find_family(&request.family)?;
    let space = Space::from_yaml(family, &request.space)?;
    if space.is_empty() {
        return Err(WorkflowError::NothingToSearch { family: request.family.clone() });
    }
    let mut workspace = Workspace::open_or_create(home.folder())?;
    let own = expressions(&workspace)?;
    let ground = Ground::of(prepared, family, &own, request.test_share, task)?;
    let (id, run) = workspace.begin_search(&NewSearch {
        asked: asked(
            prepared.digest,
            &space,
            request,
            &own.iter().map(|x| ExpressionText::of(x)).collect::<Vec<_>>(),
        ),
        dataset: prepared.digest,
        family: request.family.clone(),
        document: document(request, &space, &ground.shares),
        created_at: now(),
    })?;
    let mut trials = workspace.trials(id)?;
    let stages = u8::try_from(ground.stages.len()).unwrap_or(u8::MAX);
    trials.iter().for_each(|trial| seen(trial, &ground.shares));
    let most = request.most_trials.unwrap_or(u32::MAX - BRACKET);
    let budget = request.minutes * 60.0;
    let used = |trials: &[Trial]| trials.iter().map(|trial| trial.seconds).sum::<f64>();
    while trials.is_empty() || used(&trials) < budget {
        let Some(step) = next_step(&results(&trials), stages, most) else { break };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of a search")]
        task.report("stage.searching", used(&trials) as u64, budget as u64)?;
        let tried = tried(&space, request.seed, step, &trials);
        let trial = ground.attempt(family, tried, request.seed, step, task)?;
        workspace.keep_trial(id, &trial)?;
        seen(&trial, &ground.shares);
        trials.push(trial);
    }
    let best = best_step(&results(&trials));
    let lowest = best.and_then(|step| trials.iter().find(|trial| (trial.trial, trial.stage) == step)).cloned();
    let lowest = lowest.ok_or_else(|| WorkflowError::NoTrialEnded {
        reason: trials.iter().find_map(|trial| trial.failure.clone()).unwrap_or_default(),
    })?;
    let (best, gain) = chosen(&lowest, &trials, &ground.of_day);
    let run = tested(home, prepared, request, &best, &mut workspace, (id, run), task)?;
    trials.sort_by_key(|trial| (trial.trial, trial.stage));
    let stages = ground.shares;
    let (family, seed) = (request.family.clone(), request.seed);
    Ok(SearchOutcome { search: id, family, seed, stages, trials, best, lowest, gain, run })
}

/// The parameters of the trial of a step: those that it had on an earlier stage, or what is proposed for it.
fn tried(space: &Space, seed: u64, (trial, _): (u32, u8), trials: &[Trial]) -> serde_json::Value {
    if let Some(earlier) = trials.iter().find(|earlier| earlier.trial == trial) {
        return earlier.parameters.clone();
    }
    let known = trials.iter().filter_map(|known| {
        let Trial { trial, stage, parameters, mae, .. } = known;
        Some(Tried { trial: *trial, stage: *stage, parameters, mae: (*mae)? })
    });
    serde_json::json!(space.proposed(seed, trial, &known.collect::<Vec<_>>()))
}

/// The trial that is taken, and what the lowest gains over the defaults.
fn chosen(lowest: &Trial, trials: &[Trial], of_day: &[u32]) -> (Trial, Option<Gain>) {
    let is_default = |trial: &&Trial| {
        lowest.trial != DEFAULTS && (trial.trial, trial.stage) == (DEFAULTS, lowest.stage) && trial.mae.is_some()
    };
    let Some(defaults) = trials.iter().find(is_default) else { return (lowest.clone(), None) };
    let gain = Gain::of(of_day, &lowest.by_day, &defaults.by_day);
    let taken = if gain.is_some_and(|gain| gain.is_clear()) { lowest } else { defaults };
    (taken.clone(), gain)
}

/// The run of the best trial: the one that the search ended with before, where that is the same, else a new one.
fn tested(
    home: &Home,
    prepared: &Prepared,
    request: &SearchRequest,
    best: &Trial,
    workspace: &mut Workspace,
    (search, before): (i64, Option<i64>),
    task: &Task,
) -> Result<TrainSummary, WorkflowError> {
    let asked = TrainRequest {
        family: request.family.clone(),
        // JSON is YAML.
        parameters: best.parameters.to_string(),
        seed: request.seed,
        split: SplitPlan::default().testing(request.test_share),
        adaptive_rate: request.adaptive_rate,
    };
    if let Some(id) = before {
        let run = workspace.run(id)?;
        let document = RunDocument::read(&run)?;
        if document.request.as_ref() == Some(&asked) && run.artifact_sha256.is_some() {
            return Ok(TrainSummary::of(&run, &document));
        }
    }
    let outcome = train(home, prepared, &asked, task)?;
    workspace.end_search(search, outcome.run.id)?;
    Ok(TrainSummary::of(&outcome.run, &outcome.document))
}

/// All that the trials of a search follow from. Minutes and the number of trials are not among it: with more of them the
/// same search goes on. Neither is how intervals follow, which only the run of the best has.
pub(super) fn asked(dataset: Digest, space: &Space, request: &SearchRequest, own: &[ExpressionText]) -> Digest {
    let program = env!("CARGO_PKG_VERSION");
    let (family, seed, share) = (&request.family, request.seed, request.test_share);
    // What trials are judged on and stop on, and how they are drawn, changed once each; trials of before do not mix with
    // those of now.
    let text = format!("3\n{program}\n{dataset}\n{family}\n{seed}\n{share}\n{}\n{own:?}", space.text());
    Digest::of(text.as_bytes())
}

/// What was asked, so that the same can be asked again.
fn document(request: &SearchRequest, space: &Space, shares: &[f64]) -> serde_json::Value {
    serde_json::json!({
        "space": space.text(),
        "given": request.space,
        "seed": request.seed,
        "test_share": request.test_share,
        "adaptive_rate": request.adaptive_rate,
        "stages": shares,
    })
}

pub(super) fn results(trials: &[Trial]) -> SearchResults {
    trials.iter().map(|trial| ((trial.trial, trial.stage), trial.mae)).collect()
}

impl Ground {
    fn of(
        prepared: &Prepared,
        family: &dyn Family,
        expressions: &[Arc<Expression>],
        test_share: f64,
        task: &Task,
    ) -> Result<Ground, WorkflowError> {
        let split = SplitPlan::default().testing(test_share).split(&prepared.history)?;
        let visits = &prepared.history.visits;
        let first = split.train.first().map_or(split.cut, |row| visits.arrived[*row]);
        let part = |from: Moment, to: Moment, share: f64| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                reason = "spans are below 2^53 ms"
            )]
            let millis = ((to.millis() - from.millis()) as f64 * share) as i64;
            to.plus_millis(-millis).unwrap_or(from)
        };
        let judged_from = part(first, split.cut, VALIDATION_SHARE);
        let stop_share = if family.is_in_rounds() { STOP_SHARE } else { 0.0 };
        let cut = part(first, judged_from, stop_share);
        // What was called after a cut was not known then, and what came before it belongs to what lies before.
        let between = |from: Moment, until: Moment| -> Vec<usize> {
            let is_in = |row: &&usize| {
                visits.arrived[**row] >= from && visits.called[**row].is_some_and(|called| called < until)
            };
            split.train.iter().filter(is_in).copied().collect()
        };
        let own = |rows: &[usize]| -> Result<_, Cancelled> {
            let features = prepared.features.take_watched(rows, task)?.with_expressions(expressions);
            Ok((features, waits_of(prepared, rows)))
        };
        let (mut stages, mut shares) = (Vec::new(), Vec::new());
        for share in STAGES {
            let rows = between(part(first, cut, share), cut);
            if rows.len() >= FEWEST_IN_STAGE || share >= 1.0 {
                stages.push(own(&rows)?);
                shares.push(share);
            }
        }
        let later = between(judged_from, split.cut);
        let (validation, waits) = own(&later)?;
        if waits.is_empty() {
            return Err(FitError::TooFewVisits { n: 0, needed: 1 }.into());
        }
        let dates = places(prepared, &later).day;
        let mut known = dates.clone();
        known.sort_unstable();
        known.dedup();
        let days: Vec<u32> = dates.iter().map(|date| known.partition_point(|known| known < date) as u32).collect();
        let mut of_day = vec![0; known.len()];
        days.iter().for_each(|day| of_day[*day as usize] += 1);
        let stop = own(&between(cut, judged_from))?;
        Ok(Ground { stages, shares, stop, validation, waits, days, of_day })
    }

    /// One trial on one stage. What goes wrong with it is its result; only a cancelled one is none.
    fn attempt(
        &self,
        family: &dyn Family,
        tried: serde_json::Value,
        seed: u64,
        (trial, stage): (u32, u8),
        task: &Task,
    ) -> Result<Trial, WorkflowError> {
        let parameters = Parameters::from_yaml(family.parameters(), &tried.to_string())?;
        let started = Instant::now();
        let fitted = self.errors_of(family, &parameters, seed, stage, task);
        if let Err(FitError::Cancelled(cancelled)) = fitted {
            return Err(cancelled.into());
        }
        let seconds = started.elapsed().as_secs_f64();
        let none = Trial {
            trial,
            stage,
            parameters: tried,
            mae: None,
            mae_low: None,
            mae_high: None,
            failure: None,
            seconds,
            by_day: Vec::new(),
        };
        Ok(match fitted {
            Ok((by_day, Some(Errors { mae, mae_low, mae_high, .. }))) if mae.is_finite() => {
                Trial { mae: Some(mae), mae_low, mae_high, by_day, ..none }
            }
            Ok((_, found)) => {
                let mae = found.map_or(f64::NAN, |errors| errors.mae);
                Trial { failure: Some(format!("the mean absolute error is {mae}")), ..none }
            }
            Err(error) => Trial { failure: Some(error.to_string()), ..none },
        })
    }

    /// The errors on the validation part, with the sums of the absolute errors on its days, minutes.
    fn errors_of(
        &self,
        family: &dyn Family,
        parameters: &Parameters,
        seed: u64,
        stage: u8,
        task: &Task,
    ) -> Result<(Vec<f64>, Option<Errors>), FitError> {
        let Some((features, waits)) = self.stages.get(usize::from(stage)) else {
            return Err(FitError::NothingVaries);
        };
        // A fit in rounds stops on visits that it is not judged on, as the run that comes of it does.
        let stop = Part { features: &self.stop.0, waits_minutes: &self.stop.1 };
        let training = Training::new(features, waits, seed).stopped_by(stop);
        let model = family.fit(&training, parameters, task)?.model;
        let predicted = model.predict_all(&self.validation, task)?;
        let mut by_day = vec![0.0; self.of_day.len()];
        for ((predicted, wait), day) in predicted.iter().zip(&self.waits).zip(&self.days) {
            by_day[*day as usize] += (predicted - wait).abs();
        }
        Ok((by_day, errors(&predicted, &self.waits, &self.days, seed)))
    }
}
