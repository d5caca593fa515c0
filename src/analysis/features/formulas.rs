//! The formulas of features that are more than a field of the [`Arrival`].

use crate::base::Minutes;

use super::arrival::Arrival;

pub(super) fn minutes(value: Option<Minutes>) -> Option<f64> {
    value.map(Minutes::get)
}

/// Minutes after the time at which the site usually opens on this weekday; negative before it.
pub(super) fn since_opening(arrival: &Arrival<'_>) -> Option<f64> {
    let opening = arrival.queue.opening_minute?;
    Some(f64::from(arrival.local.minute_of_day()) - f64::from(opening))
}

/// The mean of the last services where any ended yet, else what the source publishes.
pub(super) fn mean_service(arrival: &Arrival<'_>) -> Option<Minutes> {
    arrival.queue.mean_service.or(arrival.expected_service)
}

/// People ahead × mean service time ÷ open counters (people in service where the counters are not known, at least
/// one): today's estimate of the wait.
pub(super) fn work_ahead(arrival: &Arrival<'_>) -> Option<f64> {
    let counters = arrival.queue.open_counters.or(arrival.queue.in_service)?.max(1);
    let people = arrival.queue.people_ahead?;
    Some(f64::from(people) * mean_service(arrival)?.get() / f64::from(counters))
}

/// People ahead ÷ calls a minute over the last hour; no time where nobody is ahead, not known where nobody was called.
pub(super) fn time_to_drain(arrival: &Arrival<'_>) -> Option<f64> {
    match (arrival.queue.people_ahead?, arrival.queue.calls_60min?) {
        (0, _) => Some(0.0),
        (_, 0) => None,
        (people, calls) => Some(f64::from(people) * 60.0 / f64::from(calls)),
    }
}
