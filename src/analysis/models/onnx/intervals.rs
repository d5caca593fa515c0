//! The ends of intervals: the edges of the model, and beside them the distances of the queue, looked up in tables.

use crate::analysis::features::Value;
use crate::analysis::models::{Edges, Intervals, LEVELS};

use super::graph::{Graph, Wire};
use super::tables::{Side, looked_up};
use super::{OnnxError, minutes};

/// What the metadata says of them.
pub(super) fn told(intervals: &Intervals) -> String {
    let edges = match intervals.edges() {
        Edges::Prediction => "prediction",
        Edges::Quantiles { .. } => "quantiles",
    };
    serde_json::json!({
        "levels": LEVELS,
        "edges": edges,
        "calibrated_from": intervals.calibrated_from,
        "calibrated_until": intervals.calibrated_until,
        "n": intervals.n(),
        "queues": intervals.groups(),
    })
    .to_string()
}

/// Outputs with both ends of each level, for which `predicted` is predicted.
pub(super) fn ends(
    intervals: &Intervals,
    predicted: &Wire,
    graph: &mut Graph<'_>,
) -> Result<Vec<(String, Wire)>, OnnxError> {
    let one = graph.constant(1.0);
    let is_log = matches!(intervals.edges(), Edges::Prediction);
    let [low, high] = match intervals.edges() {
        Edges::Prediction => {
            let more = graph.apply("Add", &[predicted, &one]);
            let log = graph.apply("Log", &[&more]);
            [log.clone(), log]
        }
        Edges::Quantiles { low, high } => [minutes(low, graph)?, minutes(high, graph)?],
    };
    let mut outputs = Vec::new();
    for (place, level) in LEVELS.into_iter().enumerate() {
        let [below, above] = tails(intervals, place, graph)?;
        let far_low = graph.apply("Sub", &[&low, &below]);
        let far_high = graph.apply("Add", &[&high, &above]);
        let mut in_minutes = |wire: &Wire| {
            if !is_log {
                return wire.clone();
            }
            let exp = graph.apply("Exp", &[wire]);
            graph.apply("Sub", &[&exp, &one])
        };
        let [far_low, far_high] = [in_minutes(&far_low), in_minutes(&far_high)];
        // The prediction lies in its interval, and no wait is negative.
        let least = graph.apply("Min", &[&far_low, predicted]);
        let most = graph.apply("Max", &[&far_high, predicted]);
        let percent = (level * 100.0).round();
        outputs.push((format!("low_{percent}"), graph.clipped(&least, 0.0, f64::MAX)));
        outputs.push((format!("high_{percent}"), graph.clipped(&most, 0.0, f64::MAX)));
    }
    Ok(outputs)
}

/// How far the intervals of the level at `place` reach below and above, for each visit.
fn tails<'i>(intervals: &'i Intervals, place: usize, graph: &mut Graph<'_>) -> Result<[Wire; 2], OnnxError> {
    let tails = |site: &str, service: &str| intervals.tails(place, (site, service));
    let queues = intervals.queues();
    if queues.is_empty() {
        return Ok([tails("", "").below, tails("", "").above].map(|reach| graph.constant(reach)));
    }
    let [mut sites, mut services]: [Vec<&'i str>; 2] =
        [queues.iter().map(|queue| queue.0).collect(), queues.iter().map(|queue| queue.1).collect()];
    for names in [&mut sites, &mut services] {
        names.sort_unstable();
        names.dedup();
    }
    let name = |value: Value<'i>| if let Value::Category(name) = value { name } else { "" };
    let sides = [Side::Names("site", sites), Side::Names("service", services)];
    let of = |known: &dyn Fn(&str) -> Value<'i>| tails(name(known("site")), name(known("service")));
    let below = |known: &dyn Fn(&str) -> Value<'i>| of(known).below;
    let above = |known: &dyn Fn(&str) -> Value<'i>| of(known).above;
    looked_up(graph, &sides, [&below, &above])
}
