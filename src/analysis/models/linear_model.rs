//! The linear model of a function of the wait that the linear families fit, each with a solver of linfa's.
//!
//! For `linear`, `elastic-net` and `q-lasso` that is `ln(1 + wait)`; for `tweedie` the logarithm of the expected wait. The
//! target is heavy-tailed, hence the logarithm. What is reported back is by default the *median* wait, which is
//! what the absolute error rewards: the intercept is moved by the median of the residuals, and `expm1` keeps medians.
//! `estimate: mean` gives the mean instead, by Duan's smearing (Duan 1983, JASA 78:605).
//!
//! A solver sees the problem reduced by [`super::gram`], never the visits.

use std::collections::BTreeSet;

use ndarray::Array1;
use serde::{Deserialize, Serialize};

use crate::analysis::features::{CATALOGUE, FeatureTable, Value};
use crate::base::statistics::Sample;
use crate::base::{Cancelled, Minutes, Task};

use super::design::Term;
use super::gram::{Design, Gram};
use super::{Choice, Contribution, Explanation, FitError, Parameter, ParameterKind, Training};

/// Rows that are predicted at a time, column by column.
const ROWS: usize = 1 << 12;

/// What a prediction estimates; a parameter of both families.
pub(super) const ESTIMATE: Parameter = Parameter {
    id: "estimate",
    kind: ParameterKind::Choice(Choice { options: &["median", "mean"], default: "median" }),
};

/// The fitted model: `exp(intercept + Σ coefficient × standardised column) × smearing`, less 1 by its link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinearModel {
    /// What the linear prediction is of; artifacts of before there were two do not say it.
    #[serde(default, skip_serializing_if = "Link::is_usual")]
    pub(super) link: Link,
    pub(super) intercept: f64,
    pub(super) terms: Vec<Weighted>,
    /// `exp` of the prediction is multiplied by this: 1 for medians, Duan's factor for means.
    pub(super) smearing: f64,
    /// No prediction is longer than the longest wait of the training data.
    pub(super) longest: Minutes,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Weighted {
    #[serde(flatten)]
    pub term: Term,
    pub coefficient: f64,
}

/// What the linear prediction is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Link {
    /// `ln(1 + wait)`.
    #[default]
    LogOnePlus,
    /// `ln(wait)`.
    Log,
}

impl Link {
    /// What is taken from `exp` of the linear prediction, in minutes.
    pub fn less(self) -> f64 {
        match self {
            Link::LogOnePlus => 1.0,
            Link::Log => 0.0,
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    fn is_usual(&self) -> bool {
        *self == Link::LogOnePlus
    }
}

impl LinearModel {
    /// Fits the model of `ln(1 + wait)` with the coefficients that `solve` finds for the standardised columns of
    /// `terms`.
    pub(super) fn fit(
        terms: Vec<Term>,
        training: &Training<'_>,
        estimate: &str,
        task: &Task,
        solve: impl FnOnce(&Gram) -> Result<Array1<f64>, FitError>,
    ) -> Result<LinearModel, FitError> {
        training.check()?;
        if terms.is_empty() {
            return Err(FitError::NothingVaries);
        }
        let logs: Vec<f64> = training.waits_minutes.iter().map(|wait| libm::log1p(*wait)).collect();
        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
        let centred: Vec<f64> = logs.iter().map(|log| log - mean).collect();
        let gram = Gram::of(&Design::new(&terms, training.features), &centred, task)?;
        let coefficients = solve(&gram)?;
        let mut model = LinearModel::with(Link::LogOnePlus, mean, terms, coefficients, training)?;
        model.calibrate(training, &logs, estimate == "mean", task)?;
        Ok(model)
    }

    /// The model with these coefficients of the standardised columns of `terms`.
    pub(super) fn with(
        link: Link,
        intercept: f64,
        terms: Vec<Term>,
        coefficients: Array1<f64>,
        training: &Training<'_>,
    ) -> Result<LinearModel, FitError> {
        if !coefficients.iter().chain([&intercept]).all(|coefficient| coefficient.is_finite()) {
            return Err(FitError::Singular);
        }
        let kept = terms.into_iter().zip(coefficients).filter(|(_, coefficient)| *coefficient != 0.0);
        let longest = training.waits_minutes.iter().copied().reduce(f64::max);
        Ok(LinearModel {
            link,
            intercept,
            terms: kept.map(|(term, coefficient)| Weighted { term, coefficient }).collect(),
            smearing: 1.0,
            longest: longest.and_then(Minutes::new).unwrap_or(Minutes::ZERO),
        })
    }

    /// The same model with every prediction (of its link `Log`) multiplied by `factor`.
    pub(super) fn times(self, factor: f64) -> LinearModel {
        LinearModel { smearing: factor, ..self }
    }

    /// The ids of the features it uses: the catalogue's in its order, then the others by name.
    pub(super) fn features(&self) -> Vec<&str> {
        let mut used: BTreeSet<&str> = self.terms.iter().flat_map(|weighted| weighted.term.features()).collect();
        let known = CATALOGUE.iter().filter_map(|feature| used.take(feature.id)).collect::<Vec<_>>();
        known.into_iter().chain(used).collect()
    }

    /// Makes the predictions medians or means of the training waits.
    fn calibrate(
        &mut self,
        training: &Training<'_>,
        logs: &[f64],
        mean: bool,
        task: &Task,
    ) -> Result<(), FitError> {
        let predicted = self.log_predictions(training.features, "stage.fitting", task)?;
        let residuals: Vec<f64> = logs.iter().zip(predicted).map(|(log, predicted)| log - predicted).collect();
        if mean {
            self.smearing =
                residuals.iter().map(|residual| libm::exp(*residual)).sum::<f64>() / residuals.len() as f64;
        } else {
            self.intercept += Sample::new(residuals).map_or(0.0, |residuals| residuals.quantile(0.5));
        }
        Ok(())
    }

    fn log_prediction<'v>(&self, value: &dyn Fn(&str) -> Value<'v>) -> f64 {
        let weighted = |weighted: &Weighted| weighted.coefficient * weighted.term.standardised(value);
        self.terms.iter().map(weighted).sum::<f64>() + self.intercept
    }

    /// As [`Self::log_prediction`] for every row of `features`, to the last bit: terms are added in the same order.
    fn log_predictions(
        &self,
        features: &FeatureTable,
        stage: &'static str,
        task: &Task,
    ) -> Result<Vec<f64>, Cancelled> {
        let columns: Vec<_> =
            self.terms.iter().map(|weighted| (weighted, weighted.term.columns(features))).collect();
        let mut sums = vec![0.0; features.len()];
        let mut standardised = [0.0; ROWS];
        for (block, sums) in sums.chunks_mut(ROWS).enumerate() {
            task.report(stage, (block * ROWS) as u64, features.len() as u64)?;
            for (weighted, columns) in &columns {
                weighted.term.fill(*columns, block * ROWS, &mut standardised[..sums.len()]);
                for (sum, value) in sums.iter_mut().zip(&standardised) {
                    *sum += weighted.coefficient * value;
                }
            }
            sums.iter_mut().for_each(|sum| *sum += self.intercept);
        }
        Ok(sums)
    }

    /// The predictions for every row of `features`, in minutes.
    pub(super) fn predict_all(&self, features: &FeatureTable, task: &Task) -> Result<Vec<f64>, Cancelled> {
        let logs = self.log_predictions(features, "stage.predicting", task)?;
        Ok(logs.into_iter().map(|log| self.minutes(log).get()).collect())
    }

    pub(super) fn predict<'v>(&self, value: &dyn Fn(&str) -> Value<'v>) -> Minutes {
        self.minutes(self.log_prediction(value))
    }

    /// Coefficient times deviation from the training mean, by feature; a product's are halved between its two. These are logarithms, told in minutes in
    /// proportion: all of them times the one factor with which they add up to the difference in minutes.
    pub(super) fn explain<'v>(&self, value: &dyn Fn(&str) -> Value<'v>) -> Explanation {
        let log = self.log_prediction(value);
        let [minutes, base] = [log, self.intercept].map(|log| self.unlimited(log));
        let difference = log - self.intercept;
        // Where nothing deviates, the slope at the base.
        let factor = if difference.abs() < 1e-9 { base + self.link.less() } else { (minutes - base) / difference };
        let contribution = |feature: &str| {
            let share = |weighted: &Weighted| {
                let (all, own) = weighted
                    .term
                    .features()
                    .fold((0.0, 0.0), |(all, own), id| (all + 1.0, if id == feature { own + 1.0 } else { own }));
                if own == 0.0 { 0.0 } else { own / all * weighted.coefficient * weighted.term.standardised(value) }
            };
            let log: f64 = self.terms.iter().map(share).sum();
            Contribution::new(feature, value(feature), log * factor)
        };
        let predicted = self.minutes(log);
        Explanation {
            base_minutes: base,
            contributions: self.features().into_iter().map(contribution).collect(),
            limited_minutes: predicted.get() - minutes,
            predicted,
        }
    }

    fn minutes(&self, log: f64) -> Minutes {
        Minutes::new(self.unlimited(log).clamp(0.0, self.longest.get())).unwrap_or(self.longest)
    }

    /// The prediction before it is kept from being negative or longer than anything.
    fn unlimited(&self, log: f64) -> f64 {
        libm::exp(log) * self.smearing - self.link.less()
    }
}
