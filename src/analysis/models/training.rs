//! What a family is given to learn from, and what it hands back.

use serde::{Deserialize, Serialize};

use crate::analysis::features::FeatureTable;
use crate::base::CurvePoint;

use super::{FEWEST_VISITS, FitError, Fitted};

/// Points of a [`Curve`] that are kept with a run: enough for a picture, and a thousand runs stay small.
const KEPT_POINTS: usize = 200;

/// What a family learns from: visits whose waits were known when the training part ended.
#[derive(Clone, Copy, Debug)]
pub struct Training<'a> {
    /// The features of the visits that the model is fitted to, a row a visit.
    pub features: &'a FeatureTable,
    /// Their waits, in minutes, a row a visit.
    pub waits_minutes: &'a [f64],
    /// Later visits on which a family that is fitted in rounds decides when to stop; without them it runs all of its
    /// rounds. A family that is not fitted in rounds does not look at them.
    pub early_stop: Option<Part<'a>>,
    /// Rounds that a family that is fitted in rounds runs, whatever its parameters say.
    pub rounds: Option<u32>,
    /// What everything random in the fit follows from. The same training data, parameters and seed give the same bytes.
    pub seed: u64,
}

/// Some visits with their waits.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The features, a row a visit.
    pub features: &'a FeatureTable,
    /// The waits, in minutes, a row a visit.
    pub waits_minutes: &'a [f64],
}

/// What a fit came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The model.
    pub model: Fitted,
    /// How the loss fell, of a family that is fitted in rounds.
    pub curve: Option<Curve>,
}

/// The losses of a fit, round by round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    /// Which loss, and so in which unit.
    pub loss: CurveLoss,
    /// Rounds that the model keeps: those up to the best one on the visits that decide when to stop, else all.
    pub kept_rounds: u32,
    /// The rounds in their order; not every one where there were many.
    pub points: Vec<CurvePoint>,
}

/// A loss that a fit in rounds brings down; `curve_loss.ID` is its name for people, with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CurveLoss {
    /// The mean of |actual − predicted|, in minutes.
    AbsoluteError,
    /// The root of the mean of (actual − predicted)², in minutes.
    RootSquaredError,
    /// The mean of the pinball loss at the level that is fitted, in minutes.
    Pinball,
    /// The mean deviance of a Tweedie distribution, in minutes to the power of 2 − p.
    TweedieDeviance,
}

impl<'a> Training<'a> {
    /// Fitted to these visits, all rounds.
    #[must_use]
    pub fn new(features: &'a FeatureTable, waits_minutes: &'a [f64], seed: u64) -> Training<'a> {
        Training { features, waits_minutes, early_stop: None, rounds: None, seed }
    }

    /// The same, with visits that decide when to stop; none where there are too few of them to tell.
    #[must_use]
    pub fn stopped_by(self, part: Part<'a>) -> Training<'a> {
        Training { early_stop: (part.waits_minutes.len() >= FEWEST_VISITS).then_some(part), ..self }
    }

    /// The same with so many rounds, where a family is fitted in rounds.
    #[must_use]
    pub fn with_rounds(self, rounds: Option<u32>) -> Training<'a> {
        Training { rounds, ..self }
    }

    /// The visits that the model is fitted to.
    #[must_use]
    pub fn part(&self) -> Part<'a> {
        Part { features: self.features, waits_minutes: self.waits_minutes }
    }

    pub(super) fn check(&self) -> Result<(), FitError> {
        let n = self.waits_minutes.len();
        if n < FEWEST_VISITS { Err(FitError::TooFewVisits { n, needed: FEWEST_VISITS }) } else { Ok(()) }
    }
}

impl From<Fitted> for Fit {
    /// Of a family that is not fitted in rounds.
    fn from(model: Fitted) -> Fit {
        Fit { model, curve: None }
    }
}

impl Curve {
    /// The curve with as many points as are kept: the first, the last, the best and others evenly between them.
    #[must_use]
    pub fn thinned(&self) -> Curve {
        let Some(last) = self.points.len().checked_sub(1) else { return self.clone() };
        let step = (last / KEPT_POINTS + 1).max(1);
        let stays = |(index, point): &(usize, &CurvePoint)| {
            index.is_multiple_of(step) || *index == last || point.round == self.kept_rounds
        };
        Curve { points: self.points.iter().enumerate().filter(stays).map(|(_, point)| *point).collect(), ..*self }
    }
}

impl CurveLoss {
    /// Every loss.
    pub const ALL: [CurveLoss; 4] =
        [CurveLoss::AbsoluteError, CurveLoss::RootSquaredError, CurveLoss::Pinball, CurveLoss::TweedieDeviance];

    /// The name in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            CurveLoss::AbsoluteError => "absolute_error",
            CurveLoss::RootSquaredError => "root_squared_error",
            CurveLoss::Pinball => "pinball",
            CurveLoss::TweedieDeviance => "tweedie_deviance",
        }
    }

    /// The key of its name for people.
    #[must_use]
    pub fn name_key(self) -> &'static str {
        match self {
            CurveLoss::AbsoluteError => "curve_loss.absolute_error",
            CurveLoss::RootSquaredError => "curve_loss.root_squared_error",
            CurveLoss::Pinball => "curve_loss.pinball",
            CurveLoss::TweedieDeviance => "curve_loss.tweedie_deviance",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::language::Language;

    #[test]
    fn a_long_curve_is_thinned_and_keeps_what_matters() {
        let point = |round: u32| CurvePoint { round, train_loss: f64::from(round), stop_loss: None };
        let curve = |rounds: u32| Curve {
            loss: CurveLoss::AbsoluteError,
            kept_rounds: rounds - 2,
            points: (1..=rounds).map(point).collect(),
        };
        for rounds in [3, 200, 201, 202, 5_000] {
            let thin = curve(rounds).thinned();
            assert!(thin.points.len() <= KEPT_POINTS + 2, "{rounds}: {}", thin.points.len());
            let has = |round: u32| thin.points.iter().any(|point| point.round == round);
            assert!(has(1) && has(rounds) && has(rounds - 2), "{rounds}");
        }
        assert_eq!(curve(150).thinned(), curve(150));
        let empty = Curve { loss: CurveLoss::Pinball, kept_rounds: 0, points: Vec::new() };
        assert_eq!(empty.thinned(), empty);
    }

    #[test]
    fn losses_have_names_in_both_languages_and_in_files() {
        for loss in CurveLoss::ALL {
            assert_eq!(serde_json::to_value(loss).unwrap(), loss.id());
            for language in Language::ALL {
                assert_ne!(language.text(loss.name_key()), loss.name_key());
            }
        }
    }
}
