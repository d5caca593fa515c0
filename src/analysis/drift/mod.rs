//! Whether the world is still what it was: three monitors over windows of time.
//!
//! `window`: weeks from Saturday to Friday, months, any days. `column` and `data`: the values of every feature and raw input
//! (`inputs`), and values that come and go (`levels`), this week against the week before, with KL over the bins of the reference window, a floor from days dealt anew,
//! and the multiple testing shown. `concept`: the error of a model this week against the four weeks before, and `like_for_like` among visits predicted alike. `label`: the waits
//! of this month against the month before. `shift`: what one column alone does to the predictions. Not here: where predictions come from, and what is done about an alarm.
//!
//! The invariant: what cannot be compared is inconclusive with a reason, never a pass.

mod column;
mod concept;
mod data;
mod error;
mod inputs;
mod label;
mod levels;
mod like_for_like;
mod shift;
mod sorted;
mod window;

pub use column::{BinRows, ColumnDrift, DataReason, FEWEST_VISITS, KL_LIMIT, Side, column_drift};
pub use concept::{ConceptDrift, ConceptReason, ErrorDay, RATIO_LIMIT, REFERENCE_WEEKS, WeekError, concept_drift};
pub use data::{DataDrift, FeatureDrift, Named, Source, data_drift};
pub use error::DriftError;
pub use inputs::inputs;
pub use label::{DayWaits, LabelBounds, LabelDrift, LabelReason, label_drift};
pub use levels::Level;
pub use like_for_like::{LikeForLike, Missed};
pub use shift::{Shift, shift};
pub use window::{Timeline, WEEK, Window, WindowFacts, month_of};

#[cfg(test)]
mod golden;
#[cfg(test)]
mod rates_tests;
#[cfg(test)]
mod tests;
