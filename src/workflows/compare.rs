//! Compare: two models on the same visits, all of which arrived after both had been trained.

use std::borrow::Cow;
use std::sync::Arc;

use crate::analysis::evaluation::{Comparison, CostWeights, Dimension, Pairs, Side, SplitPlan, compare};
use crate::analysis::features::{Expression, FeatureTable, Value};
use crate::analysis::history::{Channel, Outcome};
use crate::analysis::models::{Artifact, ArtifactError, EdgeValues, Fitted, Queues, WaitInterval};
use crate::base::calendar::{LocalTime, Weekday};
use crate::base::language::Language;
use crate::base::statistics::Sample;
use crate::base::{Moment, Task};

use super::card::category_words;
use super::datasets::Prepared;
use super::models::{ModelName, load};
use super::train::{fit_baseline, waits_of};
use super::{Home, WorkflowError};

/// Which models are to be compared.
#[derive(Clone, Debug)]
pub struct CompareRequest {
    /// The model that is there now.
    pub current: ModelName,
    /// The model that may replace it.
    pub candidate: ModelName,
    /// What errors cost people.
    pub weights: CostWeights,
    /// The seed of the bootstrap.
    pub seed: u64,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct CompareOutcome {
    /// The comparison.
    pub comparison: Comparison,
    /// Mean absolute error of the training median on the same visits, minutes: what both have to beat.
    pub mae_constant: f64,
    /// The current model; `None` where it is a baseline.
    pub current: Option<Artifact>,
    /// The candidate; `None` where it is a baseline.
    pub candidate: Option<Artifact>,
}

/// One of the two.
enum Contestant {
    Kept(Box<Artifact>),
    Fitted(Fitted),
}

impl Contestant {
    fn model(&self) -> &Fitted {
        match self {
            Contestant::Kept(artifact) => &artifact.model,
            Contestant::Fitted(model) => model,
        }
    }

    /// `features` as the model needs them: with the expressions of its own contract, and refused where something is
    /// still different.
    fn features<'f>(&self, features: &'f FeatureTable) -> Result<Cow<'f, FeatureTable>, WorkflowError> {
        let Contestant::Kept(artifact) = self else { return Ok(Cow::Borrowed(features)) };
        let own: Vec<Arc<Expression>> = artifact.contract.expressions().into_iter().map(Arc::new).collect();
        let features = match own.as_slice() {
            [] => Cow::Borrowed(features),
            own => Cow::Owned(features.clone().with_expressions(own)),
        };
        match artifact.contract.differences_from_table(&features) {
            differences if differences.is_empty() => Ok(features),
            differences => Err(ArtifactError::ContractDiffers { differences }.into()),
        }
    }

    /// The 80 % interval of every row of `features`, for which `predicted` minutes are predicted; `None` for a model without.
    fn intervals(
        &self,
        features: &FeatureTable,
        predicted: &[f64],
        task: &Task,
    ) -> Result<Option<Vec<WaitInterval>>, WorkflowError> {
        let Contestant::Kept(artifact) = self else { return Ok(None) };
        let Some(intervals) = &artifact.intervals else { return Ok(None) };
        let values = EdgeValues::of(predicted.to_vec(), intervals.edges(), features, task)?;
        Ok(intervals.of_all(&values, &Queues::of(features)).into_iter().next())
    }

    fn into_artifact(self) -> Option<Artifact> {
        match self {
            Contestant::Kept(artifact) => Some(*artifact),
            Contestant::Fitted(_) => None,
        }
    }
}

/// Compares two models on the visits of `prepared` that arrived after both were trained. A baseline is fitted on the
/// visits that were over when the other model's training ended.
///
/// # Errors
/// [`WorkflowError::InSample`] where there are no such visits, and [`WorkflowError`].
pub fn compare_models(
    home: &Home,
    prepared: &Prepared,
    request: &CompareRequest,
    task: &Task,
) -> Result<CompareOutcome, WorkflowError> {
    let (mut current, mut candidate) = (request.current.clone(), request.candidate.clone());
    let artifacts = (load(home, &mut current)?, load(home, &mut candidate)?);
    let trained_until = trained_until(prepared, &artifacts)?;
    let known = known_before(prepared, trained_until);
    let contestant = |name: &ModelName, artifact: Option<Artifact>| -> Result<Contestant, WorkflowError> {
        match (artifact, name) {
            (Some(artifact), _) => Ok(Contestant::Kept(Box::new(artifact))),
            (None, ModelName::Baseline(family)) => {
                Ok(Contestant::Fitted(fit_baseline(prepared, family, &known, task)?))
            }
            (None, _) => Err(WorkflowError::UnknownModel { name: name.to_string() }),
        }
    };
    let first = contestant(&current, artifacts.0)?;
    let second = contestant(&candidate, artifacts.1)?;
    let pairs = pairs(prepared, trained_until, &first, &second, task)?;
    if pairs.actual.is_empty() {
        let last_arrival = prepared.history.visits.arrived.last().copied().unwrap_or(trained_until);
        return Err(WorkflowError::InSample { trained_until, last_arrival });
    }
    task.report("stage.comparing", 0, 0)?;
    let side = |name: &ModelName, contestant: &Contestant| Side {
        name: name.to_string(),
        family: contestant.model().family().to_owned(),
    };
    let comparison =
        compare(side(&current, &first), side(&candidate, &second), &pairs, request.weights, request.seed)?;
    let constant = fit_baseline(prepared, "constant", &known, task)?;
    let mae_constant = mean_absolute_error(&constant, &pairs);
    Ok(CompareOutcome {
        comparison,
        mae_constant,
        current: first.into_artifact(),
        candidate: second.into_artifact(),
    })
}

impl CompareOutcome {
    /// The comparison as JSON: its fields, and the three mean absolute errors by name.
    #[must_use]
    pub fn summary(&self) -> serde_json::Value {
        let mut document = serde_json::to_value(&self.comparison).unwrap_or_default();
        if let Some(fields) = document.as_object_mut() {
            fields.insert("mae_current".to_owned(), self.comparison.current.errors.mae.into());
            fields.insert("mae_candidate".to_owned(), self.comparison.candidate.errors.mae.into());
            fields.insert("mae_constant".to_owned(), self.mae_constant.into());
        }
        document
    }
}

/// What the tests beside the bootstrap say of the difference; of one that is not evaluable, that it is not.
#[must_use]
pub fn tests_words(language: Language, comparison: &Comparison) -> String {
    let p = |p: Option<f64>| match p {
        Some(p) => language.decimal(p, 4),
        None => language.text("compare.no_p").to_owned(),
    };
    let tests = &comparison.tests;
    let values = [
        ("sign_flips", p(tests.sign_flips.as_ref().map(|test| test.p))),
        ("diebold_mariano", p(tests.diebold_mariano.as_ref().map(|test| test.p))),
        ("robust", p(tests.diebold_mariano_robust.as_ref().map(|test| test.p))),
        ("days", language.integer(comparison.days)),
        ("site_days", language.integer(comparison.site_days)),
    ];
    language.fill_owned("compare.tests", &values)
}

/// The level of a slice of a comparison, such as "Thursday", "busy" or the name of a service.
#[must_use]
pub fn level_words(language: Language, dimension: &str, level: &str) -> String {
    match (dimension, level) {
        ("load", "quiet" | "busy") | ("site_age", "known" | "new") => {
            language.text(&format!("slice.{dimension}.{level}")).to_owned()
        }
        // Hours in the digits of the language.
        ("hour", hour) => hour.parse().map_or_else(|_| hour.to_owned(), |hour| language.integer(hour)),
        _ => category_words(language, dimension, level),
    }
}

/// Of a model that says the same of every visit.
fn mean_absolute_error(constant: &Fitted, pairs: &Pairs) -> f64 {
    let always = constant.predict(&|_| Value::Missing).get();
    pairs.actual.iter().map(|actual| (always - actual).abs()).sum::<f64>() / pairs.actual.len() as f64
}

/// The later end of training of the two; the usual cut where both are baselines.
fn trained_until(
    prepared: &Prepared,
    (current, candidate): &(Option<Artifact>, Option<Artifact>),
) -> Result<Moment, WorkflowError> {
    let until = |artifact: &Option<Artifact>| artifact.as_ref().map(|artifact| artifact.origin.trained_until);
    match until(current).max(until(candidate)) {
        Some(until) => Ok(until),
        None => Ok(SplitPlan::default().split(&prepared.history)?.cut),
    }
}

/// The served visits that were called before `moment`.
fn known_before(prepared: &Prepared, moment: Moment) -> Vec<usize> {
    let called = &prepared.history.visits.called;
    (0..called.len()).filter(|row| called[*row].is_some_and(|called| called < moment)).collect()
}

type Predictions = (Vec<f64>, Option<Vec<WaitInterval>>);

fn predictions(of: &Contestant, features: &FeatureTable, task: &Task) -> Result<Predictions, WorkflowError> {
    let features = of.features(features)?;
    let predicted = of.model().predict_all(&features, task)?;
    let intervals = of.intervals(&features, &predicted, task)?;
    Ok((predicted, intervals))
}

fn pairs(
    prepared: &Prepared,
    from: Moment,
    current: &Contestant,
    candidate: &Contestant,
    task: &Task,
) -> Result<Pairs, WorkflowError> {
    let visits = &prepared.history.visits;
    let mut pairs = Pairs { sites: visits.site.names().to_vec(), ..Pairs::default() };
    let mut rows = Vec::new();
    for row in 0..visits.len() {
        if visits.arrived[row] < from {
            continue;
        }
        match visits.outcome(row) {
            Outcome::Served => rows.push(row),
            Outcome::Abandoned => pairs.abandoned += 1,
            Outcome::Unfinished => pairs.unfinished += 1,
        }
    }
    let features = prepared.features.take(&rows);
    (pairs.current, pairs.current_intervals) = predictions(current, &features, task)?;
    (pairs.candidate, pairs.candidate_intervals) = predictions(candidate, &features, task)?;
    pairs.actual = waits_of(prepared, &rows);
    let mut clocks = prepared.history.clocks();
    let local: Vec<LocalTime> = rows.iter().map(|row| clocks.arrival(*row)).collect();
    pairs.dimensions = dimensions(prepared, &rows, &local, &features, from);
    pairs.day = local.iter().map(|time| time.date()).collect();
    for row in rows {
        pairs.arrived.push(visits.arrived[row]);
        pairs.site.push(visits.site.codes()[row]);
    }
    Ok(pairs)
}

/// What the visits `rows` of a comparison from `from` on are divided by. `local` are their arrivals by the clocks of
/// their sites, `features` what was known then.
fn dimensions(
    prepared: &Prepared,
    rows: &[usize],
    local: &[LocalTime],
    features: &FeatureTable,
    from: Moment,
) -> Vec<Dimension> {
    let visits = &prepared.history.visits;
    let names = |levels: &[&str]| levels.iter().map(|level| (*level).to_owned()).collect::<Vec<String>>();
    let of_rows = |codes: &[u32]| rows.iter().map(|row| codes[*row]).collect();
    let channels = [Channel::WalkIn, Channel::Booked];
    let channel_of = |row: &usize| {
        let found = visits.channel[*row].and_then(|channel| channels.iter().position(|of| *of == channel));
        found.map_or(u32::MAX, |place| place as u32)
    };
    let mut before = std::collections::BTreeSet::new();
    let earlier = visits.arrived.iter().zip(visits.site.codes()).take_while(|(arrived, _)| **arrived < from);
    before.extend(earlier.map(|(_, site)| *site));
    let age = |row: &usize| u32::from(!before.contains(&visits.site.codes()[*row]));
    let weekdays = Weekday::ALL.map(Weekday::id);
    vec![
        Dimension { id: "site", levels: visits.site.names().to_vec(), code: of_rows(visits.site.codes()) },
        Dimension {
            id: "service",
            levels: visits.service.names().to_vec(),
            code: of_rows(visits.service.codes()),
        },
        Dimension {
            id: "hour",
            levels: (0..24).map(|hour: u8| hour.to_string()).collect(),
            code: local.iter().map(|time| u32::from(time.hour())).collect(),
        },
        Dimension {
            id: "weekday",
            levels: names(&weekdays),
            code: local.iter().map(|time| u32::from(time.date().weekday().index())).collect(),
        },
        Dimension {
            id: "channel",
            levels: names(&channels.map(Channel::id)),
            code: rows.iter().map(channel_of).collect(),
        },
        Dimension { id: "load", levels: names(&["quiet", "busy"]), code: loads(features) },
        Dimension { id: "site_age", levels: names(&["known", "new"]), code: rows.iter().map(age).collect() },
    ]
}

/// 1 where more people were ahead than at the median of these visits, 0 where not, beyond where it is not known.
fn loads(features: &FeatureTable) -> Vec<u32> {
    let ahead = |row: usize| match features.value("people_ahead", row) {
        Value::Number(people) => Some(people),
        _ => None,
    };
    let known = Sample::new((0..features.len()).filter_map(ahead).collect()).ok();
    let median = known.map_or(f64::INFINITY, |sample| sample.quantile(0.5));
    (0..features.len()).map(|row| ahead(row).map_or(u32::MAX, |people| u32::from(people > median))).collect()
}
