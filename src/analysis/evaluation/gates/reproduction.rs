//! The model that is kept is the model that was tested: read back from its bytes, it predicts the same.

use super::{Case, Decision, Gate, Limits, Unit};
use crate::analysis::models::Artifact;
use crate::base::Verdict;

pub(super) struct Reproduction;

impl Gate for Reproduction {
    fn id(&self) -> &'static str {
        "reproduction"
    }

    fn unit(&self) -> Unit {
        Unit::Count
    }

    fn decide(&self, case: &Case<'_>, _: &Limits) -> Decision {
        let Some(candidate) = case.candidate else { return Decision::inconclusive("no_model") };
        let rows = candidate.golden_rows() as u64;
        let told =
            |verdict, differing: f64| Decision::new(verdict, differing, 0.0, rows).with("golden_rows", rows);
        match Artifact::from_bytes(&candidate.to_bytes()) {
            Ok(read) if read == *candidate && rows > 0 => told(Verdict::Pass, 0.0),
            Ok(_) if rows == 0 => told(Verdict::Inconclusive, 0.0).because("no_golden_rows"),
            _ => told(Verdict::Fail, 1.0).because("not_reproduced"),
        }
    }
}
