//! Gradient-boosted trees: each tree is grown to what the trees before it left over.
//!
//! The trainer of the program (Friedman 2001; Ke et al. 2017, "LightGBM"): features as bytes ([`bins`]), those with few
//! bins sharing one ([`records`]), leaf-wise growth from sums by bin ([`grow`], [`histogram`], [`split`]), leaves that are
//! exact for absolute and quantile loss ([`loss`]), names split as sets, missing values where the split sends them. What it
//! leaves behind are plain [`Trees`].
//!
//! Everything that is added up is a whole number or added in a fixed order, so that the same data, parameters and seed
//! give the same bytes whatever the number of threads.
//!
//! Where more of something never makes a wait shorter ([`MONOTONE`]), predictions keep to that by default.
//!
//! Memory, for n visits of f features: at most 2 n f bytes of bins, 18 n bytes of sums and lists, and for each leaf at most
//! 4,096 bytes of sums a feature: 0.8 GB for 10 million visits of 30 features, beside the table of features itself.

mod bins;
mod division;
mod grow;
mod histogram;
mod loss;
mod monotone;
mod records;
mod rounds;
mod split;
#[cfg(test)]
mod tests;

use crate::base::{Minutes, Task};

use super::trees::{self, Document, Link, Monotone, Tree, Trees};
use super::{Choice, Fit, FitError, Fitted, Parameter, ParameterKind, Parameters, Searched, Training};

use bins::{Cuts, Input, Matrix};
use grow::Ground;
use loss::Loss;
use records::Records;
use rounds::{Boosted, Plan, boost};
use split::SplitRules;

/// The family.
pub(super) struct Family;

/// The features in which a prediction moves in one direction only, and why.
///
/// Each is a length of the line itself, or a time in which it would be worked off: with everything else equal, another
/// person ahead takes time and never gives any. Waits of others in the past are not among them (a long last wait may have
/// been the end of a rush), and neither are the people in service (more of them may mean more counters) and the open
/// counters (more of them are opened when the line is long).
pub const MONOTONE: &[(&str, Monotone)] = &[
    ("people_ahead", Monotone::Increasing),
    ("people_called_before", Monotone::Increasing),
    ("head_of_line_wait", Monotone::Increasing),
    ("work_ahead", Monotone::Increasing),
    ("time_to_drain", Monotone::Increasing),
];

const fn number(id: &'static str, least: f64, most: f64, default: f64) -> Parameter {
    Parameter { id, kind: ParameterKind::Number { least, most, default } }
}

const fn whole(id: &'static str, least: u64, most: u64, default: u64) -> Parameter {
    Parameter { id, kind: ParameterKind::Whole { least, most, default } }
}

const fn choice(id: &'static str, options: &'static [&'static str], default: &'static str) -> Parameter {
    Parameter { id, kind: ParameterKind::Choice(Choice { options, default }) }
}

const PARAMETERS: &[Parameter] = &[
    choice("loss", &["absolute", "quantile", "squared", "tweedie"], "absolute"),
    whole("rounds", 1, 5_000, 1_000),
    number("learning_rate", 0.001, 1.0, 0.03),
    whole("leaves", 2, 1_024, 63),
    whole("min_leaf", 1, 1_000_000, 20),
    number("l2", 0.0, 1_000.0, 1.0),
    number("row_share", 0.05, 1.0, 1.0),
    number("column_share", 0.05, 1.0, 1.0),
    number("quantile_level", 0.01, 0.99, 0.5),
    number("tweedie_power", 1.01, 1.99, 1.5),
    choice("monotone", &["kept", "free"], "kept"),
    whole("early_stop_rounds", 1, 1_000, 50),
    whole("bins", 8, 254, 254),
];

impl super::Family for Family {
    fn id(&self) -> &'static str {
        "boosted"
    }

    fn parameters(&self) -> &'static [Parameter] {
        PARAMETERS
    }

    fn searched(&self) -> &'static [Searched] {
        const {
            &[
                Searched::by_logarithm("rounds", 100.0, 1_000.0),
                Searched::by_logarithm("learning_rate", 0.02, 0.2),
                Searched::by_logarithm("leaves", 8.0, 255.0),
                Searched::by_logarithm("min_leaf", 5.0, 300.0),
                Searched::by_logarithm("l2", 0.01, 30.0),
                Searched::evenly("row_share", 0.5, 1.0),
                Searched::evenly("column_share", 0.4, 1.0),
            ]
        }
    }

    fn fit(&self, training: &Training<'_>, parameters: &Parameters, task: &Task) -> Result<Fit, FitError> {
        training.check()?;
        let inputs = bins::inputs(training.features, size(parameters, "bins"), task)?;
        if inputs.is_empty() {
            return Err(FitError::NothingVaries);
        }
        let directions = directions(&inputs, parameters.choice("monotone") == "kept");
        let matrix = Matrix::of(&inputs, training.features, task)?;
        let records = Records::of(&inputs, &matrix, task)?;
        let ground = Ground {
            inputs: &inputs,
            directions: &directions,
            matrix: &matrix,
            records: &records,
            leaves: size(parameters, "leaves"),
            rules: SplitRules {
                min_leaf: i64::try_from(parameters.whole("min_leaf")).unwrap_or(i64::MAX / 4),
                l2: parameters.number("l2"),
            },
        };
        let stop = match training.early_stop {
            Some(part) => Some((Matrix::of(&inputs, part.features, task)?, part.waits_minutes)),
            None => None,
        };
        let plan = Plan::of(parameters, training);
        let boosted = boost(&plan, &ground, training.waits_minutes, stop, task)?;
        let curve = boosted.curve.clone();
        let longest = training.waits_minutes.iter().copied().reduce(f64::max);
        let longest = longest.and_then(Minutes::new).unwrap_or(Minutes::ZERO);
        let document = document(boosted, &inputs, &directions, longest, plan.loss);
        let trees = Trees::try_from(document)?;
        Ok(Fit { model: Fitted::Boosted(Box::new(trees)), curve: Some(curve) })
    }

    fn is_in_rounds(&self) -> bool {
        true
    }

    fn quantile(&self, parameters: &Parameters, level: f64) -> Option<Parameters> {
        Some(parameters.clone().with(("quantile_level", level), ("loss", "quantile")))
    }
}

impl Plan {
    fn of(parameters: &Parameters, training: &Training<'_>) -> Plan {
        let whole = |id| u32::try_from(parameters.whole(id)).unwrap_or(u32::MAX);
        let loss = match parameters.choice("loss") {
            "quantile" => Loss::Quantile(parameters.number("quantile_level")),
            "squared" => Loss::Squared,
            "tweedie" => Loss::Tweedie(parameters.number("tweedie_power")),
            _ => Loss::Absolute,
        };
        Plan {
            loss,
            rounds: training.rounds.unwrap_or_else(|| whole("rounds")),
            learning_rate: parameters.number("learning_rate"),
            patience: whole("early_stop_rounds"),
            row_share: parameters.number("row_share"),
            column_share: parameters.number("column_share"),
            seed: training.seed,
        }
    }
}

fn size(parameters: &Parameters, id: &str) -> usize {
    usize::try_from(parameters.whole(id)).unwrap_or(usize::MAX)
}

fn directions(inputs: &[Input], are_on: bool) -> Vec<Option<Monotone>> {
    let direction = |input: &Input| MONOTONE.iter().find(|(id, _)| *id == input.feature).map(|(_, way)| *way);
    inputs.iter().map(|input| direction(input).filter(|_| are_on)).collect()
}

/// The kept form: only the inputs that a tree splits on.
fn document(
    boosted: Boosted,
    inputs: &[Input],
    directions: &[Option<Monotone>],
    longest: Minutes,
    loss: Loss,
) -> Document {
    let mut used = vec![false; inputs.len()];
    let splits = boosted.trees.iter().flat_map(|tree| &tree.input);
    splits.for_each(|input| used[usize::from(*input)] = true);
    let mut places = vec![0_u16; inputs.len()];
    let mut kept = Vec::new();
    for (place, input) in inputs.iter().enumerate().filter(|(place, _)| used[*place]) {
        places[place] = u16::try_from(kept.len()).unwrap_or(u16::MAX);
        kept.push(trees::Input {
            feature: input.feature.clone(),
            levels: match &input.cuts {
                Cuts::Numbers(_) => None,
                Cuts::Levels(levels) => Some(levels.clone()),
            },
            monotone: directions[place],
        });
    }
    let renumbered = |mut tree: Tree| {
        tree.input.iter_mut().for_each(|input| *input = places[usize::from(*input)]);
        tree
    };
    Document {
        inputs: kept,
        link: if loss.has_curvature() { Link::Log } else { Link::Identity },
        base: boosted.base,
        longest,
        trees: boosted.trees.into_iter().map(renumbered).collect(),
    }
}
