//! Rolling origins: the same comparison, with both models trained anew at several past dates, so that a lucky split shows.
//!
//! The origins lie in the time before the test part of the usual split, which stays unseen; nothing is kept. At each of them both
//! models learn from what was over by then, and predict the same visits until the next.

use std::sync::Arc;

use serde::Serialize;

use crate::analysis::evaluation::{Pairs, Settings, Side, SplitPlan, TimeSplit, compare};
use crate::analysis::features::Expression;
use crate::analysis::models::{Artifact, Family, Parameters, family};
use crate::base::calendar::CivilDate;
use crate::base::language::Language;
use crate::base::statistics::gate::FEWEST_DAYS;
use crate::base::{Digest, Moment, Task, Verdict};
use crate::store::sqlite::Access;
use crate::store::workspace::Workspace;
use crate::workflows::datasets::Prepared;
use crate::workflows::fitting::Recipe;
use crate::workflows::models::{ModelName, load};
use crate::workflows::tested::fit_baseline;
use crate::workflows::thresholds::limits;
use crate::workflows::train::{RunDocument, waits_of};
use crate::workflows::{Home, WorkflowError};

use super::CompareRequest;

/// What came of it. Errors are in minutes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rolling {
    /// The data set.
    pub dataset: Digest,
    /// The current model, and its family.
    pub current: RollingSide,
    /// The candidate.
    pub candidate: RollingSide,
    /// How time is divided before each origin.
    pub split: SplitPlan,
    /// The seed of the bootstrap.
    pub seed: u64,
    /// The largest ratio that the gate allows.
    pub margin: f64,
    /// The origins, the oldest first.
    pub origins: Vec<RollingOrigin>,
    /// Origins that could be compared.
    pub compared: u64,
    /// Those of them at which the candidate's error was lower.
    pub won: u64,
    /// Those with at least five days at which all of the interval of the ratio was below 1.
    pub clearly_won: u64,
    /// Those with at least five days at which all of it was above 1.
    pub clearly_lost: u64,
    /// `won ÷ compared`; absent where nothing could be compared.
    pub won_share: Option<f64>,
    /// The visits of all origins together.
    pub overall: Option<RollingRatio>,
}

/// A side of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RollingSide {
    /// How people call it.
    pub name: String,
    /// Its family.
    pub family: String,
}

/// The comparison at one origin.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RollingOrigin {
    /// The midnight.
    pub cut: Moment,
    /// The day that it begins, by the clock of the data set.
    pub day: CivilDate,
    /// Visits that were learned from.
    pub train_n: u64,
    /// What was found; absent where there was too little to compare on.
    #[serde(flatten)]
    pub found: Option<RollingRatio>,
}

/// A ratio of the mean absolute errors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RollingRatio {
    /// Visits that both predicted.
    pub n: u64,
    /// Days.
    pub days: u64,
    /// Mean absolute error of the current model.
    pub mae_current: f64,
    /// That of the candidate.
    pub mae_candidate: f64,
    /// Their ratio.
    pub ratio: f64,
    /// Lower end of its 95 % interval.
    pub ratio_low: f64,
    /// Upper end.
    pub ratio_high: f64,
    /// What the gate would have said.
    pub gate: Verdict,
}

/// A model that is trained anew.
enum Learner {
    Baseline(&'static str),
    Kept { family: &'static dyn Family, parameters: Parameters, own: Vec<Arc<Expression>>, seed: u64 },
}

impl Learner {
    fn of(name: &ModelName, artifact: Option<&Artifact>) -> Result<Learner, WorkflowError> {
        let cannot = || WorkflowError::CannotRetrain { name: name.to_string() };
        let Some(artifact) = artifact else {
            let ModelName::Baseline(family) = name else { return Err(cannot()) };
            return Ok(Learner::Baseline(family));
        };
        let family = family(artifact.model.family()).ok_or_else(cannot)?;
        // JSON is YAML.
        let said = serde_json::to_string(&artifact.origin.parameters).unwrap_or_default();
        Ok(Learner::Kept {
            family,
            parameters: Parameters::from_yaml(family.parameters(), &said)?,
            own: artifact.contract.expressions().into_iter().map(Arc::new).collect(),
            seed: artifact.origin.seed,
        })
    }

    fn family(&self) -> &str {
        match self {
            Learner::Baseline(family) => family,
            Learner::Kept { family, .. } => family.id(),
        }
    }

    /// Learns from the past of `split`, and says what it predicts of its future, minutes.
    fn predict(&self, prepared: &Prepared, split: &TimeSplit, task: &Task) -> Result<Vec<f64>, WorkflowError> {
        let features = prepared.features.take_watched(&split.test, task)?;
        match self {
            Learner::Baseline(family) => {
                let model = fit_baseline(prepared, family, &split.train, task)?;
                Ok(model.predict_all(&features, task)?)
            }
            Learner::Kept { family, parameters, own, seed } => {
                let recipe = Recipe { family: *family, parameters, seed: *seed, rate: None };
                let trained = recipe.fit(prepared, own, split, task)?;
                Ok(trained.model.predict_all(&features.with_expressions(own), task)?)
            }
        }
    }
}

/// Compares the two models of `request` at each of `origins` origins.
///
/// # Errors
/// [`WorkflowError::CannotRetrain`] for predictions from a file and for models that were trained elsewhere, and
/// [`WorkflowError`] where a training fails.
pub fn compare_rolling(
    home: &Home,
    prepared: &Prepared,
    request: &CompareRequest,
    origins: u32,
    task: &Task,
) -> Result<Rolling, WorkflowError> {
    let (mut current, mut candidate) = (request.current.clone(), request.candidate.clone());
    let artifacts = (load(home, &mut current)?, load(home, &mut candidate)?);
    let learners = [Learner::of(&current, artifacts.0.as_ref())?, Learner::of(&candidate, artifacts.1.as_ref())?];
    let split = plan_of(home, &candidate)?;
    let splits = split.rolling(&prepared.history, origins)?;
    let margin = limits(home)?.margin();
    let settings = Settings { weights: request.weights, margin, seed: request.seed };
    let side = |name: &ModelName, learner: &Learner| RollingSide {
        name: name.to_string(),
        family: learner.family().to_owned(),
    };
    let mut rolling = Rolling {
        dataset: prepared.digest,
        current: side(&current, &learners[0]),
        candidate: side(&candidate, &learners[1]),
        split,
        seed: request.seed,
        margin: margin.limit(),
        origins: Vec::with_capacity(splits.len()),
        compared: 0,
        won: 0,
        clearly_won: 0,
        clearly_lost: 0,
        won_share: None,
        overall: None,
    };
    let mut all = Pairs::default();
    let mut clock = prepared.history.zone.clock();
    for (done, split) in splits.iter().enumerate() {
        task.report("stage.rolling", done as u64, splits.len() as u64)?;
        let mut pairs = visits_of(prepared, &split.test);
        pairs.current = learners[0].predict(prepared, split, task)?;
        pairs.candidate = learners[1].predict(prepared, split, task)?;
        let found = rolling.ratio(&pairs, settings);
        let day = clock.local(split.cut).date();
        rolling.origins.push(RollingOrigin { cut: split.cut, day, train_n: split.train.len() as u64, found });
        all.current.append(&mut pairs.current);
        all.candidate.append(&mut pairs.candidate);
        all.actual.append(&mut pairs.actual);
        all.arrived.append(&mut pairs.arrived);
        all.day.append(&mut pairs.day);
        all.site.append(&mut pairs.site);
        all.sites = pairs.sites;
    }
    rolling.overall = rolling.ratio(&all, settings);
    rolling.count();
    Ok(rolling)
}

impl Rolling {
    /// What all origins say together: a pass where each passes.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let of = |origin: &RollingOrigin| origin.found.map_or(Verdict::Inconclusive, |found| found.gate);
        Verdict::all(self.origins.iter().map(of))
    }

    fn ratio(&self, pairs: &Pairs, settings: Settings) -> Option<RollingRatio> {
        let side = |of: &RollingSide| Side { name: of.name.clone(), family: of.family.clone() };
        // Too little at one origin is no reason to say nothing of the others.
        let found = compare(side(&self.current), side(&self.candidate), pairs, settings).ok()?;
        Some(RollingRatio {
            n: found.n,
            days: found.days,
            mae_current: found.current.errors.mae,
            mae_candidate: found.candidate.errors.mae,
            ratio: found.ratio,
            ratio_low: found.ratio_low,
            ratio_high: found.ratio_high,
            gate: found.gate,
        })
    }

    fn count(&mut self) {
        let found = || self.origins.iter().filter_map(|origin| origin.found);
        let count = |is: fn(&RollingRatio) -> bool| found().filter(is).count() as u64;
        let compared = found().count() as u64;
        let won = count(|of| of.ratio < 1.0);
        // An interval from fewer days means little.
        let clearly_won = count(|of| of.days >= FEWEST_DAYS && of.ratio_high < 1.0);
        let clearly_lost = count(|of| of.days >= FEWEST_DAYS && of.ratio_low > 1.0);
        self.won_share = (compared > 0).then(|| won as f64 / compared as f64);
        (self.compared, self.won) = (compared, won);
        (self.clearly_won, self.clearly_lost) = (clearly_won, clearly_lost);
    }
}

/// How the run of the candidate divided its time; as is usual, where it is no run.
fn plan_of(home: &Home, candidate: &ModelName) -> Result<SplitPlan, WorkflowError> {
    let ModelName::Run(id) = candidate else { return Ok(SplitPlan::default()) };
    let run = Workspace::open(home.folder(), Access::Read)?.run(*id)?;
    Ok(RunDocument::read(&run)?.request.map_or_else(SplitPlan::default, |request| request.split))
}

/// The visits of a test, without predictions.
fn visits_of(prepared: &Prepared, rows: &[usize]) -> Pairs {
    let visits = &prepared.history.visits;
    let mut clocks = prepared.history.clocks();
    Pairs {
        actual: waits_of(prepared, rows),
        arrived: rows.iter().map(|row| visits.arrived[*row]).collect(),
        day: rows.iter().map(|row| clocks.arrival(*row).date()).collect(),
        site: rows.iter().map(|row| visits.site.codes()[*row]).collect(),
        sites: visits.site.names().to_vec(),
        ..Pairs::default()
    }
}

/// "Better at 4 of 5 past dates, clearly at 3; clearly worse at none."
#[must_use]
pub fn rolling_words(language: Language, rolling: &Rolling) -> String {
    let values = [
        ("won", language.integer(rolling.won)),
        ("compared", language.integer(rolling.compared)),
        ("clearly_won", language.integer(rolling.clearly_won)),
        ("clearly_lost", language.integer(rolling.clearly_lost)),
    ];
    language.fill_owned("compare.rolling_head", &values)
}
