//! What is known about a visit at the moment of prediction, as columns for models.
//!
//! One catalogue, one definition each: a feature is a function of an [`Arrival`], which holds only what was known when
//! the person joined the queue. Training builds arrivals from a whole history with [`queue_states`]; serving builds one
//! from a request. Neither computes a feature anywhere else.

mod arrival;
mod audit;
mod catalogue;
mod cut;
mod online;
#[cfg(test)]
mod oracle;
mod profile;
mod sweep;
mod table;

pub use arrival::{Arrival, Day, Days, QueueState};
pub use audit::{AUDITED_ARRIVALS, Computed, Leak, LeakageAudit, Sampling, audit};
pub use catalogue::{CATALOGUE, Feature, Group, Kind, Unit, Value, feature};
pub use online::{AGGREGATED, Aggregate, OnlineOutcome, OnlineQueues, aggregates};
pub use profile::{
    Association, Bars, Distribution, FeatureProfile, MOST_SAMPLED, Measure, QUANTILE_SHARES, profile,
};
pub use sweep::{KEPT_SERVICES, LAST_WEEK_DAYS, RECENT_MINUTES, queue_states};
pub use table::{Column, FeatureTable, build};
