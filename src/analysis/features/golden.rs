//! Features against the values that `tests/golden/features.py` computes by definition.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::oracle::history;
use super::*;
use crate::analysis::history::Visit;
use crate::base::{Moment, Task};

#[derive(Deserialize)]
struct Golden {
    visits: Vec<GoldenVisit>,
    features: BTreeMap<String, Vec<Option<f64>>>,
}

#[derive(Deserialize)]
struct GoldenVisit {
    id: String,
    site: String,
    service: String,
    arrived: i64,
    called: Option<i64>,
    finished: Option<i64>,
    left: Option<i64>,
    priority: Option<u8>,
}

#[test]
fn features_agree_with_their_definitions_in_python() {
    let golden: Golden = serde_json::from_str(include_str!("../../../tests/golden/features.json")).unwrap();
    let moment = |millis: i64| Moment::from_millis(millis).unwrap();
    let visit = |visit: GoldenVisit| Visit {
        visit_id: visit.id,
        site: visit.site,
        service: visit.service,
        arrived: moment(visit.arrived),
        called: visit.called.map(moment),
        finished: visit.finished.map(moment),
        left: visit.left.map(moment),
        priority: visit.priority,
        channel: None,
        booked_for: None,
        open_counters: None,
        people_ahead: None,
    };
    let table = build(&history(golden.visits.into_iter().map(visit).collect()), &Task::default()).unwrap();
    assert_eq!(golden.features.len(), 23);
    for (id, expected) in golden.features {
        let column = table.column(&id).unwrap();
        assert_eq!(column.len(), expected.len());
        for (row, expected) in expected.into_iter().enumerate() {
            let ours = column.number(row);
            let close = match (ours, expected) {
                (Some(ours), Some(expected)) => (ours - expected).abs() <= 1e-6 * expected.abs().max(1.0),
                (ours, expected) => ours == expected,
            };
            assert!(close, "{id}, row {row}: {ours:?}, not {expected:?}");
        }
    }
}
