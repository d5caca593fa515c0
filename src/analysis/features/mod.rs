//! What is known about a visit at the moment of prediction, as columns for models.
//!
//! One catalogue, one definition each: a feature is a function of an [`Arrival`], which holds only what was known when
//! the person joined the queue. Training builds arrivals from a whole history with the sweep behind [`build`]; serving
//! builds one from a request. Neither computes a feature anywhere else, and both get it in the precision in which it is
//! kept.

mod arrival;
mod audit;
mod batch;
mod build;
mod catalogue;
mod column;
mod cut;
mod definitions;
mod expression;
mod formulas;
#[cfg(test)]
mod golden;
mod matrix;
mod online;
mod opening;
#[cfg(test)]
mod oracle;
mod parts;
mod profile;
mod queue;
mod replay;
mod stated;
mod sweep;
mod table;
#[cfg(test)]
mod tests;
mod windows;

pub use arrival::{Arrival, Day, Days, QueueState};
pub use audit::{AUDITED_ARRIVALS, Computed, Leak, LeakageAudit, Sampling, audit};
pub use build::{build, build_columns};
pub use catalogue::{Feature, Group, Kind, Known, MissingRule, Unit, Value, feature};
pub use column::{Column, Whole};
pub use definitions::CATALOGUE;
pub use expression::{
    DEEPEST_EXPRESSION, Expression, ExpressionError, LONGEST_EXPRESSION, LONGEST_EXPRESSION_NAME,
};
pub use matrix::{MatrixError, MatrixKey, feature_set, read_matrix, write_matrix};
pub use online::{Aggregate, OnlineKind, OnlineOutcome, OnlineQueues, PUBLISHED, aggregates};
pub use opening::KEPT_OPENINGS;
pub use parts::Parts;
pub use profile::{
    Association, Bars, Distribution, FeatureProfile, MOST_SAMPLED, Measure, QUANTILE_SHARES, profile,
};
pub use queue::{KEPT_SERVICES, LAST_WEEK_DAYS};
pub use replay::queue_states;
pub use stated::{Agreement, stated_against_counted};
pub use table::FeatureTable;
pub use windows::{LAST_WAITS, RECENT_MINUTES};
