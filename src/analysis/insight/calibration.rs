//! Whether what is predicted is what comes true on average: predictions by tenths, each beside its waits.
//!
//! A model whose loss is the absolute error predicts the median, which lies below the mean where waits are skewed. So both
//! stand beside the mean prediction, and it is the reader who knows which of them was promised.

use serde::{Deserialize, Serialize};

use crate::base::Task;
use crate::base::statistics::{BlockBootstrap, Sample};

use super::scored::{Scored, mean_over_days};
use super::{InsightError, enough};

/// Visits with predictions in one tenth. All in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// Visits.
    pub n: u64,
    /// Days that they lie on.
    pub days: u64,
    /// The shortest prediction.
    pub from: f64,
    /// The longest prediction.
    pub to: f64,
    /// The mean prediction.
    pub mean_predicted: f64,
    /// The mean wait.
    pub mean_actual: f64,
    /// Lower end of its 95 % interval, from a block bootstrap by day; absent with fewer than two days.
    pub mean_actual_low: Option<f64>,
    /// Upper end.
    pub mean_actual_high: Option<f64>,
    /// The median wait.
    pub median_actual: f64,
}

/// The calibration of `scored`, ascending; fewer than ten bins where predictions repeat.
///
/// # Errors
/// [`InsightError::TooFew`] and [`InsightError::Cancelled`].
pub fn calibration(scored: &Scored, seed: u64, task: &Task) -> Result<Vec<CalibrationBin>, InsightError> {
    enough(scored.len())?;
    let bootstrap = BlockBootstrap::seeded(seed);
    let mut bins = Vec::new();
    for rows in scored.deciles() {
        task.check()?;
        bins.extend(bin(scored, &rows, bootstrap));
    }
    Ok(bins)
}

fn bin(scored: &Scored, rows: &[usize], bootstrap: BlockBootstrap) -> Option<CalibrationBin> {
    let of = |values: &[f64]| Sample::new(rows.iter().filter_map(|row| values.get(*row).copied()).collect()).ok();
    let (predicted, actual) = (of(&scored.predicted)?, of(&scored.actual)?);
    let waits = rows.iter().filter_map(|row| Some((*scored.day.get(*row)?, *scored.actual.get(*row)?)));
    let mean_actual = mean_over_days(waits, bootstrap)?;
    Some(CalibrationBin {
        n: predicted.n(),
        days: mean_actual.days,
        from: predicted.min(),
        to: predicted.max(),
        mean_predicted: predicted.values().iter().sum::<f64>() / predicted.n() as f64,
        mean_actual: mean_actual.mean,
        mean_actual_low: mean_actual.interval.map(|interval| interval.low),
        mean_actual_high: mean_actual.interval.map(|interval| interval.high),
        median_actual: actual.quantile(0.5),
    })
}
