//! How good a model is, and whether it is better than another: time split, errors, virtual A/B, gates.
//!
//! Every number here carries its `n`. Visits that left before being called have no known wait: they are counted and
//! never scored.

mod compare;
mod coverage;
mod errors;
pub mod gates;
mod predictions;
mod split;
#[cfg(test)]
mod tests;

pub use compare::{
    Comparison, ComparisonError, Condition, Contender, CostWeights, DailyErrors, Difference, DifferenceBin,
    DifferenceTests, Dimension, Factor, Figure, Holds, INTERVAL_METHOD, Lineage, LineageKind, MOST_UNPREDICTED,
    Metric, Pairs, Power, Selection, Settings, Side, SiteSlice, Slice, SliceVerdict, Tenth, WorstSlice, compare,
};
pub use coverage::{Coverage, CoveragePart, Places, coverage};
pub use errors::{Errors, WITHIN_MINUTES, errors};
pub use predictions::{
    FlawCount, MOST_PREDICTIONS, PredictionAccount, PredictionFlaw, Predictions, PredictionsError,
    read_predictions,
};
pub use split::{Parts, SplitDates, SplitError, SplitPlan, TimeSplit, split_from};
