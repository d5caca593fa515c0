//! Backtest: a family as it would have done, trained again and again while time went on.
//!
//! Rolling origins lie in the time before the test part, so that what they tell may be used to choose: the test part stays
//! unseen. Nothing is kept.

use serde::Serialize;

use crate::analysis::evaluation::{Coverage, Errors, SplitPlan, errors};
use crate::analysis::models::Parameters;
use crate::base::{Digest, Moment, Task};
use crate::store::sqlite::Access;

use super::datasets::{Prepared, workspace};
use super::expressions::expressions;
use super::fitting::Recipe;
use super::tested::{Scored, fit_and_test};
use super::train::{TrainRequest, find_family};
use super::{Home, WorkflowError};

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Backtest {
    /// The data set.
    pub dataset: Digest,
    /// The family.
    pub family: String,
    /// The seed.
    pub seed: u64,
    /// How time is divided before each origin.
    pub split: SplitPlan,
    /// The origins, the oldest first.
    pub origins: Vec<Origin>,
    /// The errors on the visits of all origins.
    pub overall: Option<Errors>,
    /// Those of today's rule.
    pub rule: Option<Errors>,
}

/// A training that knew what was over before `cut`, and was tested on what came until the next origin.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Origin {
    /// The midnight.
    pub cut: Moment,
    /// Visits that were learned from.
    pub train_n: u64,
    /// The errors on the visits after it.
    pub test: Option<Errors>,
    /// Those of today's rule.
    pub rule: Option<Errors>,
    /// The share of the waits that the 80 % intervals hold; absent without intervals.
    pub coverage_80: Option<f64>,
    /// The same as the intervals would have followed what came true; absent where they stay as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage_80_followed: Option<f64>,
}

/// Trains the family of `request` at each of `origins` origins.
///
/// # Errors
/// [`WorkflowError`], also where one of the trainings fails.
pub fn backtest(
    home: &Home,
    prepared: &Prepared,
    request: &TrainRequest,
    origins: u32,
    task: &Task,
) -> Result<Backtest, WorkflowError> {
    let family = find_family(&request.family)?;
    let parameters = Parameters::from_yaml(family.parameters(), &request.parameters)?;
    let splits = request.split.rolling(&prepared.history, origins)?;
    let own = expressions(&workspace(home, Access::Read)?)?;
    let recipe = Recipe { family, parameters: &parameters, seed: request.seed, rate: request.adaptive_rate };
    let (mut found, mut all) = (Vec::new(), Scored::default());
    for split in &splits {
        let (_, tested) = fit_and_test(prepared, &own, recipe, split, task)?;
        all.add(tested.scored);
        let of_80 = |levels: &[Coverage]| {
            levels.iter().find(|coverage| coverage.level == 0.8).map(|coverage| coverage.covered)
        };
        found.push(Origin {
            cut: split.cut,
            train_n: split.train.len() as u64,
            coverage_80: of_80(&tested.covered.fixed),
            coverage_80_followed: of_80(&tested.covered.followed),
            test: tested.model,
            rule: tested.rule,
        });
    }
    Ok(Backtest {
        dataset: prepared.digest,
        family: request.family.clone(),
        seed: request.seed,
        split: request.split,
        origins: found,
        overall: errors(&all.predicted, &all.actual, &all.days, request.seed),
        rule: errors(&all.rule, &all.actual, &all.days, request.seed),
    })
}
