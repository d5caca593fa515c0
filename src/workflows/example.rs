//! An arrival of a data set as the request that a caller would send for it.

use crate::analysis::features::Value;
use crate::analysis::history::Channel;

use super::datasets::Prepared;

/// The extra column of the service's length, where a source publishes it.
const EXPECTED_SERVICE: &str = "expected_service_min";

/// The busiest arrival of the last day as a request: what the serving side would have been asked.
pub(super) fn busiest_request(prepared: &Prepared) -> serde_json::Value {
    let visits = &prepared.history.visits;
    let ahead = |row: &usize| match prepared.features.value("people_ahead", *row) {
        #[expect(clippy::cast_possible_truncation, reason = "people in a queue")]
        Value::Number(people) => people as i64,
        _ => 0,
    };
    let first = visits.len().saturating_sub(2_000);
    request_of(prepared, (first..visits.len()).max_by_key(ahead).unwrap_or_default())
}

/// What a caller would send for the visit in `row`. Panics where there is no such row.
pub(super) fn request_of(prepared: &Prepared, row: usize) -> serde_json::Value {
    let visits = &prepared.history.visits;
    let expected = visits.extras.get(EXPECTED_SERVICE).and_then(|extra| extra.get(row));
    let number = |id: &str| match prepared.features.value(id, row) {
        Value::Number(number) => Some(number),
        _ => None,
    };
    let whole = |id: &str| {
        #[expect(clippy::cast_possible_truncation, reason = "people and minutes of a day")]
        number(id).map(|number| number as i64)
    };
    let mut request = serde_json::json!({
        "site": visits.site.get(row),
        "service": visits.service.get(row),
        "arrived_at": visits.arrived[row],
        "channel": visits.channel[row].map(Channel::id),
        "priority": visits.priority[row],
        "booked_for": visits.booked_for[row],
        "head_of_line_minutes": number("head_of_line_wait"),
        "last_wait_minutes": number("last_to_enter_service_wait"),
        "mean_service_minutes": number("mean_service_time"),
        "expected_service_minutes": expected.and_then(|text| text.parse::<f64>().ok()),
        "opening_minute": whole("minute_of_day").zip(whole("minutes_since_opening")).map(|(now, since)| now - since),
    });
    if let Some(fields) = request.as_object_mut() {
        // Under the names that the features have: counts, and minutes of waits that are over.
        for id in COUNTS_OF_REQUEST {
            fields.insert(id.to_owned(), whole(id).into());
        }
        for id in WAITS_OF_REQUEST {
            fields.insert(id.to_owned(), number(id).into());
        }
    }
    request
}

const COUNTS_OF_REQUEST: [&str; 12] = [
    "people_ahead",
    "people_called_before",
    "in_service",
    "open_counters",
    "site_waiting",
    "site_in_service",
    "arrivals_15min",
    "arrivals_30min",
    "arrivals_60min",
    "calls_15min",
    "calls_30min",
    "calls_60min",
];

const WAITS_OF_REQUEST: [&str; 6] = [
    "avg_wait_time_last_week",
    "median_wait_last_5",
    "median_wait_last_20",
    "median_wait_15min",
    "median_wait_30min",
    "median_wait_60min",
];
