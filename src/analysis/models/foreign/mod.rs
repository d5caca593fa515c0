//! Models that were trained elsewhere, as trees of our own: LightGBM's text form and XGBoost's JSON form.
//!
//! A file is read as hostile: its size, its trees, leaves and sets are bounded, every index is checked, and what comes out
//! is [`Trees`], which are valid by construction. It predicts what the other program predicts (tested to 10⁻⁵ with models of
//! LightGBM 4.7 and XGBoost 3.2); a part that cannot be kept exactly is refused by its name ([`ForeignError`]).
//!
//! Features are bound by name: the file's names must be ids of features that are there, numbers as numbers and categories
//! as categories with the names that the file keeps for its codes. Features that no tree splits on do not matter. Where a
//! name was never seen in training, the visit goes where LightGBM sends it, and where XGBoost sends a missing one.
//!
//! What the other program would not do: predictions are kept between zero and a day. XGBoost counts in 32-bit floats, so
//! that a whole number beyond 2²⁴ may fall on another side of a split.

mod binding;
mod lightgbm;
#[cfg(test)]
mod tests;
mod xgboost;

use crate::analysis::features::FeatureTable;
use crate::analysis::history::LONGEST_STAY;
use crate::base::Explain;
use crate::base::explain::Failure;

use super::trees::{Document, Link, TreeError, Trees};
use binding::Binding;

/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 256 << 20;

/// A model that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// Which program's form it has.
    pub source: Source,
    /// What it was trained for, in that program's words.
    pub objective: String,
    /// What it has become.
    pub trees: Trees,
}

/// The program that a model came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// LightGBM's `model.txt`.
    LightGbm,
    /// XGBoost's JSON.
    XgBoost,
}

/// Why a file does not become a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForeignError {
    /// Larger than is read.
    #[error("the file is larger than {most} bytes")]
    TooLarge {
        /// Bytes that are read.
        most: usize,
    },
    /// Not such a file, or a broken one.
    #[error("not a LightGBM text model or an XGBoost JSON model: {reason}")]
    Unreadable {
        /// What is wrong, and where.
        reason: String,
    },
    /// Something in it that cannot be kept.
    #[error("{part} cannot be kept")]
    Unsupported {
        /// Its name in the other program.
        part: String,
    },
    /// A feature that is not there.
    #[error("there is no feature \"{feature}\"")]
    UnknownFeature {
        /// Its name in the file.
        feature: String,
    },
    /// A category that is split as a number, or a number as a category.
    #[error("the model takes \"{feature}\" as a {theirs}, which it is not")]
    Kind {
        /// The feature's id.
        feature: String,
        /// `number` or `category`.
        theirs: &'static str,
    },
    /// The file does not say which name a code is.
    #[error("the file does not name the categories of \"{feature}\": {reason}")]
    Unnamed {
        /// The feature's id.
        feature: String,
        /// Why they cannot be told: a key of the string catalogue.
        reason: &'static str,
    },
    /// Trees that are none.
    #[error(transparent)]
    Trees(#[from] TreeError),
}

impl Explain for ForeignError {
    fn key(&self) -> &'static str {
        match self {
            ForeignError::TooLarge { .. } => "foreign_too_large",
            ForeignError::Unreadable { .. } => "foreign_unreadable",
            ForeignError::Unsupported { .. } => "foreign_unsupported",
            ForeignError::UnknownFeature { .. } => "foreign_feature",
            ForeignError::Kind { .. } => "foreign_kind",
            ForeignError::Unnamed { .. } => "foreign_unnamed",
            ForeignError::Trees(error) => error.key(),
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            ForeignError::TooLarge { most } => vec![("most", most.to_string())],
            ForeignError::Unreadable { reason } => vec![("reason", shown(reason))],
            ForeignError::Unsupported { part } => vec![("part", shown(part))],
            ForeignError::UnknownFeature { feature } => vec![("feature", shown(feature))],
            ForeignError::Kind { feature, .. } => vec![("feature", shown(feature))],
            ForeignError::Unnamed { feature, reason } => {
                vec![("feature", shown(feature)), ("reason", format!("@{reason}"))]
            }
            ForeignError::Trees(error) => error.fields(),
        }
    }

    fn failure(&self) -> Failure {
        Failure::Failed
    }
}

/// What a file says, without what would break a line.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn unreadable(reason: impl Into<String>) -> ForeignError {
    ForeignError::Unreadable { reason: reason.into() }
}

fn unsupported(part: impl Into<String>) -> ForeignError {
    ForeignError::Unsupported { part: part.into() }
}

impl Source {
    /// The name in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Source::LightGbm => "lightgbm",
            Source::XgBoost => "xgboost",
        }
    }
}

/// Reads a model and binds it to the columns of `features`.
///
/// # Errors
/// [`ForeignError`].
pub fn read(bytes: &[u8], features: &FeatureTable) -> Result<Imported, ForeignError> {
    if bytes.len() > MOST_BYTES {
        return Err(ForeignError::TooLarge { most: MOST_BYTES });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| unreadable("it is no text in UTF-8"))?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text).trim_start();
    let mut binding = Binding::new(features);
    if text.starts_with('{') {
        let (objective, model) = xgboost::read(text, &mut binding)?;
        Ok(Imported { source: Source::XgBoost, objective, trees: finish(model, binding)? })
    } else if text.lines().next().is_some_and(|line| line.trim_end() == "tree") {
        let (objective, model) = lightgbm::read(text, &mut binding)?;
        Ok(Imported { source: Source::LightGbm, objective, trees: finish(model, binding)? })
    } else {
        Err(unreadable("it begins like neither of them"))
    }
}

/// Trees whose inputs are those of a [`Binding`], in the order in which they were bound.
struct Bound {
    link: Link,
    base: f64,
    trees: Vec<super::trees::Tree>,
}

fn finish(model: Bound, binding: Binding<'_>) -> Result<Trees, ForeignError> {
    let Bound { link, base, mut trees } = model;
    let inputs = binding.into_inputs(&mut trees);
    Ok(Trees::try_from(Document { inputs, link, base, longest: LONGEST_STAY, trees })?)
}
