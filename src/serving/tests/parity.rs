//! A request gives the features, and so the prediction, that training would have computed from the history.

use super::super::FeatureReader;
use super::*;
use crate::analysis::features::{CATALOGUE, Expression, Unit, Value as FeatureValue};
use crate::analysis::history::Channel;

const ARRIVALS: usize = 500;
const MANY_ARRIVALS: usize = 10_000;

/// What a caller would send for this visit.
pub(super) fn request(learned: &Learned, row: usize) -> Value {
    let (visits, queue) = (&learned.history.visits, learned.states[row]);
    let expected = visits.extras.get("expected_service_min").and_then(|extra| extra.get(row));
    json!({
        "site": visits.site.get(row),
        "service": visits.service.get(row),
        "arrived_at": visits.arrived[row],
        "channel": visits.channel[row].map(Channel::id),
        "priority": visits.priority[row],
        "booked_for": visits.booked_for[row],
        "people_ahead": queue.people_ahead,
        "in_service": queue.in_service,
        "open_counters": queue.open_counters,
        "head_of_line_minutes": queue.head_of_line,
        "last_wait_minutes": queue.last_wait,
        "arrivals_30min": queue.arrivals_30min,
        "mean_service_minutes": queue.mean_service,
        "avg_wait_time_last_week": queue.avg_wait_last_week,
        "people_called_before": queue.people_called_before,
        "site_waiting": queue.site_waiting,
        "site_in_service": queue.site_in_service,
        "arrivals_15min": queue.arrivals_15min,
        "arrivals_60min": queue.arrivals_60min,
        "calls_15min": queue.calls_15min,
        "calls_30min": queue.calls_30min,
        "calls_60min": queue.calls_60min,
        "median_wait_last_5": queue.median_wait_last_5,
        "median_wait_last_20": queue.median_wait_last_20,
        "median_wait_15min": queue.median_wait_15min,
        "median_wait_30min": queue.median_wait_30min,
        "median_wait_60min": queue.median_wait_60min,
        "opening_minute": queue.opening_minute,
        "expected_service_minutes": expected.and_then(|text| text.parse::<f64>().ok()),
    })
}

#[test]
fn a_request_is_predicted_as_its_row_of_the_history_bit_for_bit() {
    let learned = &*LEARNED;
    for family in ["elastic-net", "linear", "rule"] {
        let artifact = learned.artifact(family, 0);
        let offline = artifact.model.predict_all(&learned.features, &Task::default()).unwrap();
        let contract = artifact.contract.clone();
        let mut world = World::at(end_of_history);
        world.register_all(&[artifact]);
        let step = learned.features.len() / ARRIVALS;
        let mut distinct = std::collections::BTreeSet::new();
        for row in (0..ARRIVALS).map(|n| n * step) {
            let answer = world.predict(&request(learned, row));
            assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
            let minutes = answer.body["minutes"].as_f64().unwrap();
            assert_eq!(minutes.to_bits(), offline[row].to_bits(), "{family}, row {row}");
            let is_missing =
                |id: &str| learned.features.value(id, row) == crate::analysis::features::Value::Missing;
            let missing: Vec<&str> = contract
                .features()
                .iter()
                .map(|feature| feature.id.as_str())
                .filter(|id| is_missing(id))
                .collect();
            assert_eq!(answer.body["missing"], json!(missing), "{family}, row {row}");
            distinct.insert(minutes.to_bits());
        }
        assert!(distinct.len() > ARRIVALS / 4, "{family} hardly distinguishes arrivals");
    }
}

/// The whole catalogue, computed from what a caller would send, is what stands in the table of the history.
#[test]
fn ten_thousand_requests_have_the_features_of_their_rows_bit_for_bit() {
    let learned = Learned::from(&RECIPE.replace("days: 21", "days: 45"));
    assert!(learned.features.len() >= MANY_ARRIVALS, "{}", learned.features.len());
    let end = *learned.history.visits.arrived.last().unwrap();
    let reader = FeatureReader::new(
        CATALOGUE.iter().collect(),
        Vec::new(),
        (&learned.history.zone, &learned.history.zones),
        end,
    );
    let (mut compared, mut known) = (0, 0);
    for row in 0..MANY_ARRIVALS {
        let body = serde_json::to_vec(&request(&learned, row)).unwrap();
        let read = reader.read(&body, end, None, |values| {
            for (id, value) in values {
                assert_eq!(*value, learned.features.value(id, row), "{id}, row {row}");
                compared += 1;
                known += usize::from(*value != FeatureValue::Missing);
            }
        });
        assert!(read.is_some(), "row {row} was refused");
    }
    assert_eq!(compared, MANY_ARRIVALS * CATALOGUE.len());
    assert!(known > compared * 8 / 10, "{known} of {compared} are known");
}

/// What an analyst added travels with the model and is computed from a request as it was from the history.
#[test]
fn an_expression_is_served_as_it_was_learned() {
    let text = "if(open_counters > 1, people_ahead / open_counters, people_ahead) + avg_wait_time_last_week / 10";
    let load = Arc::new(Expression::new("load", text, Unit::Minutes).unwrap());
    let learned = Learned {
        history: LEARNED.history.clone(),
        features: LEARNED.features.clone().with_expressions(&[load]),
        states: LEARNED.states.clone(),
    };
    let artifact = learned.artifact("linear", 0);
    let own = artifact.contract.features().last().unwrap().clone();
    assert_eq!((own.id.as_str(), own.expression.as_deref()), ("x.load", Some(text)));
    let offline = artifact.model.predict_all(&learned.features, &Task::default()).unwrap();
    let mut world = World::at(end_of_history);
    world.register_all(&[artifact]);
    let step = learned.features.len() / ARRIVALS;
    let mut known = 0;
    for row in (0..ARRIVALS).map(|n| n * step) {
        let answer = world.predict(&request(&learned, row));
        assert_eq!(answer.body["minutes"].as_f64().unwrap().to_bits(), offline[row].to_bits(), "row {row}");
        let is_missing = learned.features.value("x.load", row) == FeatureValue::Missing;
        assert_eq!(answer.body["missing"].as_array().unwrap().contains(&json!("x.load")), is_missing, "row {row}");
        known += usize::from(!is_missing);
    }
    assert!(known > ARRIVALS / 2, "{known}");
}
