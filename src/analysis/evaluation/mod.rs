//! How good a model is, and whether it is better than another: time split, errors, virtual A/B, gate.
//!
//! Every number here carries its `n`. Visits that left before being called have no known wait: they are counted and
//! never scored. What is not here yet: a comparison that is trained anew at
//! several past dates.

mod compare;
mod coverage;
mod errors;
mod split;
#[cfg(test)]
mod tests;

pub use compare::{
    Comparison, ComparisonError, Contender, CostWeights, DailyErrors, DifferenceBin, DifferenceTests, Dimension,
    Figure, Metric, Pairs, Power, Side, SiteSlice, Slice, SliceVerdict, Tenth, compare,
};
pub use coverage::{Coverage, CoveragePart, Places, coverage};
pub use errors::{Errors, WITHIN_MINUTES, errors};
pub use split::{Parts, SplitDates, SplitError, SplitPlan, TimeSplit, split_from};
