//! A request gives the features, and so the prediction, that training would have computed from the history.

use super::*;
use crate::analysis::history::Channel;

const ARRIVALS: usize = 500;

/// What a caller would send for this visit.
fn request(learned: &Learned, row: usize) -> Value {
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
