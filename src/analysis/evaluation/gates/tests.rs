//! Gates on comparisons and measurements whose truth is known: what is missing is never a pass.

use super::*;
use crate::analysis::evaluation::{
    Comparison, Dimension, Figure, LineageKind, Metric, Pairs, Settings, Side, Tenth, compare,
};
use crate::base::Moment;
use crate::base::calendar::CivilDate;

/// Twenty days at two sites; at the second, the candidate is off by `there` minutes where the current model is off by four.
pub(super) fn comparison(there: f64) -> Comparison {
    let mut pairs = Pairs { sites: vec!["a".to_owned(), "b".to_owned()], ..Pairs::default() };
    let mut site = Dimension { id: "site", levels: pairs.sites.clone(), code: Vec::new() };
    for day in 0..20 {
        for code in 0..2_u32 {
            for visit in 0..20 {
                let sign = if visit % 2 == 0 { 1.0 } else { -1.0 };
                let spread = f64::from((day * 7 + 3) % 5) * 0.1;
                pairs.actual.push(20.0);
                pairs.current.push(20.0 + sign * (4.0 + spread));
                pairs.candidate.push(20.0 + sign * (if code == 1 { there } else { 3.0 } + spread));
                pairs.day.push(CivilDate::from_epoch_days(20_000 + day).unwrap());
                pairs.arrived.push(Moment::from_seconds(i64::from(20_000 + day) * 86_400).unwrap());
                pairs.site.push(code);
                site.code.push(code);
            }
        }
    }
    pairs.dimensions = vec![site];
    let side = |name: &str| Side { name: name.to_owned(), family: "rule".to_owned() };
    compare(side("a"), side("b"), &pairs, Settings::seeded(1)).unwrap()
}

pub(super) fn case(comparison: &Comparison) -> Case<'_> {
    Case { comparison, candidate: None, critical: None, inference: None, integration: None, onnx: None }
}

fn verdict_of(gate: &str, case: &Case<'_>) -> (Verdict, Option<String>) {
    let found = decide(case, &Limits::default()).into_iter().find(|result| result.gate == gate).unwrap();
    (found.verdict, found.reason)
}

#[test]
fn ids_and_limits_are_unique_and_the_usual_is_allowed() {
    let mut ids: Vec<&str> = GATES.iter().map(|gate| gate.id()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), GATES.len());
    let mut limits: Vec<&str> = Limit::all().map(|limit| limit.id).collect();
    assert!(Limit::all().all(|limit| limit.allows(limit.usual) && !limit.allows(f64::NAN)));
    limits.sort_unstable();
    limits.dedup();
    assert_eq!(limits.len(), Limit::all().count());
    for language in crate::base::language::Language::ALL {
        for gate in GATES {
            assert_ne!(language.text(&format!("gate.{}", gate.id())), format!("gate.{}", gate.id()));
            assert_ne!(language.text(&format!("gate_value.{}", gate.id())), format!("gate_value.{}", gate.id()));
        }
        for limit in &limits {
            assert_ne!(language.text(limit), *limit);
        }
    }
}

#[test]
fn without_evidence_no_gate_passes() {
    let mut seen = comparison(3.0);
    seen.gate = Verdict::Inconclusive;
    for kind in [LineageKind::InSample, LineageKind::Unknown] {
        seen.lineage.kind = kind;
        assert!(
            decide(&case(&seen), &Limits::default()).iter().all(
                |gate| gate.verdict == Verdict::Inconclusive && gate.reason.is_some() | (gate.gate == "error")
            )
        );
    }
}

#[test]
fn a_slice_that_is_worse_beyond_chance_fails_and_the_limit_can_be_set() {
    let bad = comparison(5.5);
    let (verdict, reason) = verdict_of("slices", &case(&bad));
    assert_eq!((verdict, reason.as_deref()), (Verdict::Fail, Some("slice_worse")));
    assert_eq!(verdict_of("slices", &case(&comparison(3.0))).0, Verdict::Pass);
    let wide = Limits::set([("gate.slices.ratio".to_owned(), 2.0)]);
    let found = decide(&case(&bad), &wide).into_iter().find(|gate| gate.gate == "slices").unwrap();
    assert_eq!((found.verdict, found.limit, found.n), (Verdict::Pass, Some(2.0), Some(2)));
    // What may not be is passed over.
    assert_eq!(Limits::set([("gate.slices.ratio".to_owned(), 99.0)]), Limits::default());
    let mut none = comparison(5.5);
    none.slices.clear();
    assert_eq!(verdict_of("slices", &case(&none)).1.as_deref(), Some("no_slice"));
}

#[test]
fn intervals_are_judged_by_the_ends_of_their_coverage() {
    let mut of = comparison(3.0);
    assert_eq!(verdict_of("coverage", &case(&of)).1.as_deref(), Some("no_intervals"));
    let mut verdict = |low: Option<f64>, value: f64, high: Option<f64>| {
        of.metrics.retain(|metric| metric.id != "coverage_80");
        let candidate = Some(Figure { value, low, high });
        of.metrics.push(Metric {
            id: "coverage_80".to_owned(),
            unit: "share".to_owned(),
            n: of.n,
            current: None,
            candidate,
            difference: None,
        });
        verdict_of("coverage", &case(&of)).0
    };
    assert_eq!(verdict(Some(0.76), 0.79, Some(0.82)), Verdict::Pass);
    assert_eq!(verdict(Some(0.9), 0.95, Some(0.99)), Verdict::Pass);
    assert_eq!(verdict(Some(0.70), 0.76, Some(0.82)), Verdict::Inconclusive);
    assert_eq!(verdict(Some(0.60), 0.65, Some(0.70)), Verdict::Fail);
    assert_eq!(verdict(None, 0.95, None), Verdict::Inconclusive);
}

#[test]
fn intervals_that_hold_too_much_pass_and_say_so() {
    let mut of = comparison(3.0);
    let figure = |id: &str, unit: &str, value: f64, half: f64| Metric {
        id: id.to_owned(),
        unit: unit.to_owned(),
        n: 800,
        current: None,
        candidate: Some(Figure { value, low: Some(value - half), high: Some(value + half) }),
        difference: None,
    };
    of.metrics = vec![figure("coverage_80", "share", 0.92, 0.02), figure("width_80", "minutes", 31.0, 1.0)];
    let told = |of: &Comparison| {
        let found =
            decide(&case(of), &Limits::default()).into_iter().find(|gate| gate.gate == "coverage").unwrap();
        (found.verdict, found.reason, found.figures["width"].as_f64())
    };
    assert_eq!(told(&of), (Verdict::Pass, Some("coverage_wide".to_owned()), Some(31.0)));
    // Half of the waits are zero: no interval can hold less.
    of.by_wait = vec![Tenth {
        from: 0.0,
        to: 0.0,
        n: of.n / 2,
        mae_current: 1.0,
        mae_candidate: 1.0,
        bias_current: 1.0,
        bias_candidate: 1.0,
    }];
    assert_eq!(told(&of), (Verdict::Pass, Some("coverage_zero".to_owned()), Some(31.0)));
    // Not beyond the tolerance, and nothing to say.
    of.metrics[0] = figure("coverage_80", "share", 0.83, 0.02);
    assert_eq!(told(&of).1, None);
}
