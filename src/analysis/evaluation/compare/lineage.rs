//! Which visits a comparison rests on, and whether a verdict may rest on them.
//!
//! A model is not judged on what it has seen: where visits of its training time are among those compared, or nobody can say
//! when its training ended, the figures are shown and the gate decides nothing. The same holds where a file of predictions
//! leaves out many visits, since whoever leaves out the hard ones looks good, and where a model learned at other sites.

use serde::{Deserialize, Serialize};

use crate::base::calendar::CivilDate;
use crate::base::statistics::GateDecision;
use crate::base::statistics::gate::{FEWEST_DAYS, FEWEST_VISITS};
use crate::base::{Moment, Verdict};

use super::super::predictions::PredictionAccount;
use super::Pairs;

/// The largest share of the served visits that may lack a prediction.
pub const MOST_UNPREDICTED: f64 = 0.05;

/// None of the sites is one that was learned from.
pub(in crate::analysis::evaluation) const ELSEWHERE: &str = "elsewhere";
/// Too many served visits lack a prediction.
pub(in crate::analysis::evaluation) const UNPREDICTED: &str = "unpredicted";
/// The bounds lie to both sides of the margin.
pub(super) const UNDECIDED: &str = "undecided";
/// Too few visits or days.
pub(super) const FEW: &str = "few";

/// What the visits of a comparison are to the two models.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineageKind {
    /// All arrived after both had been trained.
    #[default]
    After,
    /// Some arrived before that.
    InSample,
    /// Nobody can say when one of the two was trained.
    Unknown,
}

/// When the two models were trained, and what of it is compared on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lineage {
    /// What the visits are to the two models.
    pub kind: LineageKind,
    /// Visits, of those compared, that arrived before the training of one of the two ended.
    pub in_sample: u64,
    /// When the training of the current model ended; absent where nobody can say.
    pub current_trained_until: Option<Moment>,
    /// The same of the candidate.
    pub candidate_trained_until: Option<Moment>,
    /// Whether one of the two learned from another data set with none of these sites.
    #[serde(default)]
    pub elsewhere: bool,
}

/// Which visits were asked for, and which of them have no prediction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// The first day that was asked for, by the clocks of the sites.
    pub from: Option<CivilDate>,
    /// The last day that was asked for.
    pub until: Option<CivilDate>,
    /// Served visits of the period that one of the two does not predict: not compared.
    pub unpredicted: u64,
    /// What became of the rows of a file, where the current model is one.
    pub current_file: Option<PredictionAccount>,
    /// The same of the candidate.
    pub candidate_file: Option<PredictionAccount>,
}

impl LineageKind {
    /// The name in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            LineageKind::After => "after",
            LineageKind::InSample => "in_sample",
            LineageKind::Unknown => "unknown",
        }
    }
}

/// What the gate may say of `pairs` that lie on `days` days, and why it does not decide.
pub(super) fn judged(pairs: &Pairs, gate: &GateDecision, days: u64) -> (Verdict, Option<&'static str>) {
    let n = pairs.actual.len() as u64;
    let unpredicted = pairs.selection.unpredicted;
    let reason = match pairs.lineage.kind {
        LineageKind::InSample => Some("in_sample"),
        LineageKind::Unknown => Some("unknown_lineage"),
        LineageKind::After if pairs.lineage.elsewhere => Some(ELSEWHERE),
        LineageKind::After if unpredicted as f64 > MOST_UNPREDICTED * (n + unpredicted) as f64 => {
            Some(UNPREDICTED)
        }
        LineageKind::After => match gate.verdict {
            Verdict::Pass | Verdict::Fail => return (gate.verdict, None),
            Verdict::Inconclusive if days < FEWEST_DAYS || n < FEWEST_VISITS => Some(FEW),
            Verdict::Inconclusive => Some(UNDECIDED),
        },
    };
    (Verdict::Inconclusive, reason)
}
