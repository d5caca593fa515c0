//! The model can be taken elsewhere: exported to ONNX, read back and run by code that shares nothing with the models but the
//! file, it predicts the same. That this code does what onnxruntime does is a journey of the tests, not of this gate.

use super::{Case, Decision, Gate, Limit, Limits, Unit};
use crate::base::Verdict;

pub(super) struct Onnx;

/// How much the exported model may differ, as a share of the prediction or of a minute where that is longer.
const DIFFERENCE: Limit = Limit { id: "gate.onnx.difference", usual: 1e-4, least: 0.0, most: 1e-2 };

impl Gate for Onnx {
    fn id(&self) -> &'static str {
        "onnx"
    }

    fn unit(&self) -> Unit {
        Unit::Difference
    }

    fn limits(&self) -> &'static [Limit] {
        &[DIFFERENCE]
    }

    fn decide(&self, case: &Case<'_>, limits: &Limits) -> Decision {
        if case.candidate.is_none() {
            return Decision::inconclusive("no_model");
        }
        let Some(parity) = case.onnx else { return Decision::inconclusive("not_measured") };
        let limit = limits.of(&DIFFERENCE);
        let told = |verdict| {
            Decision::new(verdict, parity.largest, limit, parity.n).with("failure", parity.failure.clone())
        };
        if parity.failure.is_some() {
            told(Verdict::Fail).because("not_exported")
        } else if parity.n == 0 {
            told(Verdict::Inconclusive).because("few")
        } else if parity.largest <= limit {
            told(Verdict::Pass)
        } else {
            told(Verdict::Fail).because("export_differs")
        }
    }
}
