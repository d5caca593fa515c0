//! Every way in which a workflow can fail, as one type with one exit code each.

use std::path::PathBuf;

use crate::analysis::drift::DriftError;
use crate::analysis::evaluation::{ComparisonError, PredictionsError, SplitError};
use crate::analysis::features::ExpressionError;
use crate::analysis::history::expectations::ExpectationsError;
use crate::analysis::history::{ImportError, MappingError, SourceError};
use crate::analysis::insight::InsightError;
use crate::analysis::models::foreign::ForeignError;
use crate::analysis::models::onnx::OnnxError;
use crate::analysis::models::{ArtifactError, FitError, ParameterError};
use crate::analysis::simulation::RecipeError;
use crate::base::calendar::CivilDate;
use crate::base::explain::{Failure, day_field};
use crate::base::{Cancelled, Digest, Explain, Moment, Verdict, Version};
use crate::store::keys::KeyError;
use crate::store::registry::RegistryError;
use crate::store::sqlite::DatabaseError;
use crate::store::workspace::WorkspaceError;

/// Why a workflow did not come to its end.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the variants that wrap say what they are by their type")]
pub enum WorkflowError {
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Mapping(#[from] MappingError),
    #[error(transparent)]
    Split(#[from] SplitError),
    #[error(transparent)]
    Comparison(#[from] ComparisonError),
    #[error(transparent)]
    Drift(#[from] DriftError),
    #[error(transparent)]
    Predictions(#[from] PredictionsError),
    #[error(transparent)]
    Insight(#[from] InsightError),
    #[error(transparent)]
    Fit(#[from] FitError),
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    #[error(transparent)]
    Foreign(#[from] ForeignError),
    #[error(transparent)]
    Onnx(#[from] OnnxError),
    #[error(transparent)]
    Recipe(#[from] RecipeError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Expectations(#[from] ExpectationsError),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Expression(#[from] ExpressionError),
    /// There is an expression of this name, or there are as many as there may be.
    #[error("there is an expression \"{name}\" already, or {most} of them")]
    ExpressionExists { name: String, most: usize },
    /// A text that names no expression.
    #[error("no expression \"{name}\"")]
    UnknownExpression { name: String },
    /// The system names no folder for data.
    #[error("this system names no folder for a user's data")]
    NoHome,
    /// A file that is not a registry, workspace or key could not be read or written.
    #[error("{path}: {cause}")]
    File { path: PathBuf, cause: std::io::Error },
    /// A text that names no data set.
    #[error("no data set \"{name}\"")]
    UnknownDataset { name: String },
    /// A text that names no model.
    #[error("no model \"{name}\"")]
    UnknownModel { name: String },
    /// A text that names no family.
    #[error("no family \"{name}\"; there are {known}")]
    UnknownFamily { name: String, known: String, nearest: Option<&'static str> },
    /// A family of which nothing is searched.
    #[error("nothing of \"{family}\" is searched")]
    NothingToSearch { family: String },
    /// No trial of a search ended with a model.
    #[error("no trial ended with a model: {reason}")]
    NoTrialEnded { reason: String },
    /// A run that did not end with a model.
    #[error("run {run} has no model")]
    RunWithoutModel { run: i64 },
    /// A run whose model was trained elsewhere cannot be made again.
    #[error("the model of run {run} was trained elsewhere and cannot be made again")]
    ImportedRun { run: i64 },
    /// A run that was trained on other visits than those at hand.
    #[error("run {run} was trained on the data set {dataset}")]
    OtherDataset { run: i64, dataset: Digest },
    /// A visit that is not in the test part of a run.
    #[error("no visit \"{name}\" among the {visits} of the test part")]
    UnknownVisit { name: String, visits: usize },
    /// No visit arrived after both models were trained.
    #[error("both models were trained until {trained_until}, and no served visit arrived after that")]
    InSample { trained_until: Moment, last_arrival: Moment },
    /// None of the visits that were asked for is predicted by both models.
    #[error("none of the visits that were asked for is predicted by both models")]
    NoVisitsToCompare { unpredicted: u64, first: Moment, last: Moment },
    /// An end of training was said where both models say it themselves.
    #[error("an end of training was said, and neither model is a file of predictions")]
    NothingToDate,
    /// A period that ends before it begins.
    #[error("a period from {from} to {until}")]
    PeriodReversed { from: CivilDate, until: CivilDate },
    /// A cost that is below zero, or no number.
    #[error("a cost is not a number from 0 on")]
    CostUnfit,
    /// Too few waits were known before the visits that are compared to fit a baseline on.
    #[error("{n} waits were known before {before}, and {needed} are needed for a baseline")]
    NoPast { n: usize, needed: usize, before: Moment },
    /// A version whose gates do not all pass is approved without a reason.
    #[error("the gates of {version} say {verdict:?}, and no reason was given")]
    ReasonNeeded { version: Version, verdict: Verdict },
    /// Online values as of a moment that has not come.
    #[error("{as_of} has not come yet")]
    AsOfAhead { as_of: Moment },
    /// A model that cannot be trained anew here.
    #[error("{name} cannot be trained anew here")]
    CannotRetrain { name: String },
    /// A text that names no threshold.
    #[error("no threshold \"{name}\"; there are {known}")]
    UnknownThreshold { name: String, known: String },
    /// A threshold that may not be so large or so small.
    #[error("{name} may be from {least} to {most}")]
    ThresholdRange { name: String, least: f64, most: f64 },
    /// A key cannot be called this, since its file could not.
    #[error("a key cannot be called \"{name}\"")]
    KeyName { name: String },
    /// Nothing is live.
    #[error("nothing is live")]
    NothingLive,
    /// A kept document is not what this program writes.
    #[error("a kept document cannot be read: {reason}")]
    Document { reason: String },
    /// The serving side of this program could not start or go on. It is above this layer, and explains itself.
    #[error("{0}")]
    Serving(Box<dyn Explain + Send + Sync>),
    /// The service did not come up, or went away.
    #[error("the service did not answer: {reason}")]
    Service { reason: String },
    /// The service answered with a refusal.
    #[error("the service answered {status}: {detail}")]
    ServiceRefused { status: u16, detail: String },
}

macro_rules! delegate {
    ($self:expr, $method:ident, { $($wrapping:ident),* }, { $($own:pat => $value:expr),* $(,)? }) => {
        match $self {
            $(WorkflowError::$wrapping(error) => error.$method(),)*
            $($own => $value,)*
        }
    };
}

impl Explain for WorkflowError {
    fn key(&self) -> &'static str {
        delegate!(self, key, {
            Import, Source, Mapping, Split, Comparison, Drift, Predictions, Insight, Fit, Parameter, Artifact, Foreign, Onnx, Recipe,
            Workspace, Registry, Database, Key, Expectations, Expression, Serving
        }, {
            WorkflowError::Cancelled(_) => "cancelled",
            WorkflowError::NoHome => "no_home",
            WorkflowError::File { .. } => "file",
            WorkflowError::UnknownDataset { .. } => "unknown_dataset",
            WorkflowError::UnknownModel { .. } => "unknown_model",
            WorkflowError::UnknownFamily { nearest: None, .. } => "unknown_family",
            WorkflowError::UnknownFamily { nearest: Some(_), .. } => "unknown_family_near",
            WorkflowError::NothingToSearch { .. } => "nothing_to_search",
            WorkflowError::NoTrialEnded { .. } => "no_trial_ended",
            WorkflowError::RunWithoutModel { .. } => "run_without_model",
            WorkflowError::ImportedRun { .. } => "imported_run",
            WorkflowError::OtherDataset { .. } => "other_dataset",
            WorkflowError::UnknownVisit { .. } => "unknown_visit",
            WorkflowError::InSample { .. } => "in_sample",
            WorkflowError::NoVisitsToCompare { .. } => "compare_no_visits",
            WorkflowError::NothingToDate => "nothing_to_date",
            WorkflowError::PeriodReversed { .. } => "period_reversed",
            WorkflowError::CostUnfit => "cost_unfit",
            WorkflowError::NoPast { .. } => "no_past",
            WorkflowError::ReasonNeeded { .. } => "reason_needed",
            WorkflowError::AsOfAhead { .. } => "as_of_ahead",
            WorkflowError::ExpressionExists { .. } => "expression_exists",
            WorkflowError::UnknownExpression { .. } => "expression_unknown",
            WorkflowError::CannotRetrain { .. } => "cannot_retrain",
            WorkflowError::UnknownThreshold { .. } => "threshold_unknown",
            WorkflowError::ThresholdRange { .. } => "threshold_range",
            WorkflowError::KeyName { .. } => "key_name",
            WorkflowError::NothingLive => "nothing_live",
            WorkflowError::Document { .. } => "document",
            WorkflowError::Service { .. } => "service",
            WorkflowError::ServiceRefused { .. } => "service_refused",
        })
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        delegate!(self, fields, {
            Import, Source, Mapping, Split, Comparison, Drift, Predictions, Insight, Fit, Parameter, Artifact, Foreign, Onnx, Recipe,
            Workspace, Registry, Database, Key, Expectations, Expression, Serving
        }, {
            WorkflowError::Cancelled(_)
            | WorkflowError::NoHome
            | WorkflowError::NothingLive
            | WorkflowError::NothingToDate
            | WorkflowError::CostUnfit => Vec::new(),
            WorkflowError::File { path, cause } => {
                vec![("reason", cause.to_string()), ("path", path.display().to_string())]
            },
            WorkflowError::UnknownDataset { name }
            | WorkflowError::UnknownModel { name }
            | WorkflowError::UnknownExpression { name }
            | WorkflowError::CannotRetrain { name }
            | WorkflowError::KeyName { name } => {
                vec![("name", name.clone())]
            },
            WorkflowError::ThresholdRange { name, least, most } => {
                vec![("name", name.clone()), ("least", least.to_string()), ("most", most.to_string())]
            },
            WorkflowError::UnknownFamily { name, known, nearest } => vec![
                ("name", name.clone()),
                ("known", known.clone()),
                ("nearest", nearest.unwrap_or_default().to_owned()),
            ],
            WorkflowError::UnknownThreshold { name, known } => vec![("name", name.clone()), ("known", known.clone())],
            WorkflowError::ExpressionExists { name, most } => {
                vec![("name", name.clone()), ("most", most.to_string())]
            },
            WorkflowError::AsOfAhead { as_of } => vec![("as_of", as_of.to_string())],
            WorkflowError::RunWithoutModel { run } | WorkflowError::ImportedRun { run } => vec![("id", run.to_string())],
            WorkflowError::OtherDataset { run, dataset } => {
                vec![("id", run.to_string()), ("dataset", dataset.short())]
            },
            WorkflowError::UnknownVisit { name, visits } => {
                vec![("name", name.clone()), ("visits", visits.to_string())]
            },
            WorkflowError::InSample { trained_until, last_arrival } => {
                vec![("trained_until", trained_until.to_string()), ("last_arrival", last_arrival.to_string())]
            },
            WorkflowError::NoVisitsToCompare { unpredicted, first, last } => vec![
                ("unpredicted", unpredicted.to_string()),
                ("first", first.to_string()),
                ("last", last.to_string()),
            ],
            WorkflowError::NoPast { n, needed, before } => vec![
                ("n", n.to_string()),
                ("needed", needed.to_string()),
                ("before", before.to_string()),
            ],
            WorkflowError::PeriodReversed { from, until } => {
                vec![("from", day_field(*from)), ("until", day_field(*until))]
            },
            WorkflowError::ReasonNeeded { version, verdict } => {
                vec![("version", version.to_string()), ("verdict", format!("@verdict.{}", verdict.id()))]
            },
            WorkflowError::NothingToSearch { family } => vec![("family", family.clone())],
            WorkflowError::Document { reason }
            | WorkflowError::Service { reason }
            | WorkflowError::NoTrialEnded { reason } => {
                vec![("reason", reason.clone())]
            },
            WorkflowError::ServiceRefused { status, detail } => {
                vec![("status", status.to_string()), ("detail", detail.clone())]
            },
        })
    }

    fn failure(&self) -> Failure {
        delegate!(self, failure, {
            Import, Source, Mapping, Split, Comparison, Drift, Predictions, Insight, Fit, Parameter, Artifact, Foreign, Onnx, Recipe,
            Workspace, Registry, Database, Key, Expectations, Expression, Serving
        }, {
            WorkflowError::Cancelled(_) => Failure::Cancelled,
            WorkflowError::UnknownDataset { .. }
            | WorkflowError::UnknownModel { .. }
            | WorkflowError::UnknownFamily { .. }
            | WorkflowError::NothingToSearch { .. }
            | WorkflowError::AsOfAhead { .. }
            | WorkflowError::ExpressionExists { .. }
            | WorkflowError::UnknownExpression { .. }
            | WorkflowError::ImportedRun { .. }
            | WorkflowError::OtherDataset { .. }
            | WorkflowError::UnknownVisit { .. }
            | WorkflowError::PeriodReversed { .. }
            | WorkflowError::NothingToDate
            | WorkflowError::CostUnfit
            | WorkflowError::UnknownThreshold { .. }
            | WorkflowError::CannotRetrain { .. }
            | WorkflowError::ThresholdRange { .. }
            | WorkflowError::KeyName { .. } => Failure::Usage,
            WorkflowError::NoVisitsToCompare { .. }
            | WorkflowError::NoPast { .. }
            | WorkflowError::NoTrialEnded { .. } => Failure::Inconclusive,
            WorkflowError::InSample { .. } | WorkflowError::ReasonNeeded { .. } => Failure::Refused,
            _ => Failure::Failed,
        })
    }
}
