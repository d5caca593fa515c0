//! Published values are what the sweep tells an arrival, bit for bit, and bring no future along.

use super::super::cut::cut;
use super::*;
use crate::analysis::simulation::{Recipe, simulate};

const RECIPE: &str = "
seed: 12
start: 1404/07/05
days: 20
services:
  - {id: rec, name: پذیرش, median_minutes: 5}
  - {id: doc, name: پزشک, median_minutes: 10}
sites:
  - {id: krj, name: کرج, queues: [
      {service: rec, visits_a_day: 60, counters: 1},
      {service: doc, visits_a_day: 35, counters: 2, booked_share: 0.6}]}
  - {id: mhd, name: مشهد, queues: [{service: rec, visits_a_day: 40, counters: 1}]}
";

fn simulated() -> History {
    let recipe = Recipe::from_yaml(RECIPE).unwrap();
    History::new(recipe.zone().clone(), simulate(&recipe, &Task::default()).unwrap())
}

fn queues(as_of: Moment, found: &[Aggregate]) -> OnlineQueues {
    let values = found
        .iter()
        .map(|value| (value.kind.id(), value.site.as_str(), value.service.as_str(), value.hour, value.value));
    OnlineQueues::new(as_of, DAY_MILLIS, values)
}

/// As of the instant of an arrival, the value for its queue and hour is the one that the sweep of the whole history has
/// for it.
#[test]
fn a_value_as_of_an_arrival_is_that_of_the_arrival() {
    let (history, task) = (simulated(), Task::default());
    let states = queue_states(&history, &task).unwrap();
    let visits = &history.visits;
    let mut clock = history.zone.clock();
    let mut known = 0;
    for row in (0..visits.len()).step_by(41) {
        let at = visits.arrived[row];
        let online = queues(at, &aggregates(&history, at, &task).unwrap());
        let mut queue = QueueState { avg_wait_last_week: None, opening_minute: None, ..states[row] };
        let hour = clock.local(at).hour();
        let place = (visits.site.get(row), visits.service.get(row));
        let outcome = online.fill(&mut queue, Parts::ALL, place, hour, at);
        assert_eq!(queue, states[row], "row {row}");
        assert_eq!(outcome == OnlineOutcome::Taken, OnlineKind::lacking(&states[row], Parts::ALL).is_empty());
        known += u32::from(outcome == OnlineOutcome::Taken);
    }
    assert!(known > 30, "{known}");
}

/// By its definition: the median first arrival of the last four of that weekday, of a site that has come to it.
#[test]
fn an_opening_is_that_of_the_weekday_of_its_hour() {
    let (history, task) = (simulated(), Task::default());
    let visits = &history.visits;
    let mut clock = history.zone.clock();
    let as_of = visits.arrived[visits.len() - 5];
    let found = aggregates(&history, as_of, &task).unwrap();
    let openings: Vec<&Aggregate> = found.iter().filter(|value| value.kind == OnlineKind::OpeningMinute).collect();
    assert!(openings.len() > 24, "{}", openings.len());
    for value in openings {
        let begin = next_hours(&mut clock, as_of)[usize::from(value.hour)].unwrap();
        let today = clock.local(begin).date();
        let mut firsts: std::collections::BTreeMap<_, u16> = std::collections::BTreeMap::new();
        for row in
            (0..visits.len()).filter(|row| visits.site.get(*row) == value.site && visits.arrived[*row] < as_of)
        {
            let local = clock.local(visits.arrived[row]);
            firsts.entry(local.date()).or_insert(local.minute_of_day());
        }
        let mut last: Vec<u16> = firsts
            .range(..today)
            .rev()
            .filter(|(date, _)| date.weekday() == today.weekday())
            .take(4)
            .map(|(_, first)| *first)
            .collect();
        last.sort_unstable();
        assert_eq!(value.value, f64::from(last[(last.len() - 1) / 2]), "{value:?}");
        assert_eq!(value.n as usize, last.len(), "{value:?}");
    }
}

/// By its definition, over the whole history: the mean wait of those who arrived in that hour of the day and were
/// called in the week before the hour begins, as far as that was known.
#[test]
fn a_value_for_a_later_hour_is_what_is_known_of_its_week() {
    let (history, task) = (simulated(), Task::default());
    let visits = &history.visits;
    let mut clock = history.zone.clock();
    let as_of = visits.arrived[visits.len() * 3 / 4];
    let found = aggregates(&history, as_of, &task).unwrap();
    assert!(found.len() > 20, "{}", found.len());
    for value in found.iter().filter(|value| value.kind == OnlineKind::AvgWaitLastWeek) {
        let begin = (0..=24 * 4)
            .filter_map(|quarter| {
                let millis = if quarter == 0 {
                    as_of.millis()
                } else {
                    as_of.millis() / 900_000 * 900_000 + quarter * 900_000
                };
                Moment::from_millis(millis)
            })
            .find(|moment| clock.local(*moment).hour() == value.hour)
            .unwrap();
        let waits: Vec<i64> = (0..visits.len())
            .filter(|row| visits.site.get(*row) == value.site && visits.service.get(*row) == value.service)
            .filter(|row| visits.called[*row].is_some_and(|called| called < as_of))
            .filter(|row| visits.called[*row].unwrap().millis() >= begin.millis() - 7 * DAY_MILLIS)
            .filter(|row| clock.local(visits.arrived[*row]).hour() == value.hour)
            .map(|row| visits.called[row].unwrap().millis() - visits.arrived[row].millis())
            .collect();
        assert_eq!(value.n as usize, waits.len(), "{value:?}");
        let mean = waits.iter().sum::<i64>() as f64 / waits.len() as f64 / 60_000.0;
        assert_eq!(value.value, mean, "{value:?}");
    }
}

#[test]
fn what_happens_later_changes_nothing() {
    let (history, task) = (simulated(), Task::default());
    let visits = &history.visits;
    let as_of = visits.arrived[visits.len() / 2];
    let known: Vec<usize> = (0..visits.len()).filter(|row| visits.arrived[*row] < as_of).collect();
    let mut past = cut(&history, &known, as_of, Facts::of(visits));
    let real: Vec<usize> = (0..past.visits.len()).filter(|row| past.visits.site.get(*row) != NO_SITE).collect();
    past.visits = past.visits.take(&real);
    assert_eq!(aggregates(&past, as_of, &task).unwrap(), aggregates(&history, as_of, &task).unwrap());
}

#[test]
fn a_value_is_used_from_its_moment_on_and_for_its_time_only() {
    let at = |millis: i64| Moment::from_millis(1_795_000_000_000 + millis).unwrap();
    let online = OnlineQueues::new(
        at(0),
        1_000,
        [
            ("avg_wait_time_last_week", "کرج", "پزشک", 9, 4.5),
            ("avg_wait_time_last_week", "کرج", "پزشک", 24, 4.5),
            ("avg_wait_time_last_week", "کرج", "پزشک", 8, -1.0),
            ("opening_minute", "کرج", "پزشک", 8, 1_440.0),
            ("site", "کرج", "پزشک", 7, 4.5),
        ],
    );
    assert_eq!(online.count(), 1);
    let fill = |site: &str, hour: u8, at: Moment, own: Option<f64>| {
        let avg_wait_last_week = own.and_then(Minutes::new);
        let mut queue = QueueState { avg_wait_last_week, ..QueueState::default() };
        let outcome = online.fill(&mut queue, Parts::LAST_WEEK, (site, "پزشک"), hour, at);
        (outcome, queue.avg_wait_last_week.map(Minutes::get))
    };
    assert_eq!(fill("کرج", 9, at(0), None), (OnlineOutcome::Taken, Some(4.5)));
    assert_eq!(fill("کرج", 9, at(1_000), None), (OnlineOutcome::Taken, Some(4.5)));
    assert_eq!(fill("کرج", 9, at(1_001), None), (OnlineOutcome::Stale, None));
    assert_eq!(fill("کرج", 9, at(-1), None), (OnlineOutcome::Stale, None));
    assert_eq!(fill("کرج", 8, at(0), None), (OnlineOutcome::Absent, None));
    assert_eq!(fill("قم", 9, at(0), None), (OnlineOutcome::Absent, None));
    assert_eq!(fill("کرج", 9, at(5_000), Some(2.0)), (OnlineOutcome::NotNeeded, Some(2.0)));
}

#[test]
fn before_the_first_visit_there_is_nothing_to_publish() {
    let (history, task) = (simulated(), Task::default());
    assert_eq!(aggregates(&history, history.visits.arrived[0], &task).unwrap(), []);
    assert_eq!(aggregates(&History::default(), history.visits.arrived[0], &task).unwrap(), []);
}
