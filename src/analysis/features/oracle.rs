//! The queue state by its definition, one arrival at a time over the whole history: slow, and without any state that
//! could go wrong. The sweep must give the same.

use proptest::prelude::*;

use crate::analysis::history::{History, LONGEST_STAY, Visit, Visits};
use crate::base::{Minutes, Moment, Task};

use super::arrival::QueueState;
use super::queue_states;
use super::sweep::{KEPT_SERVICES, LAST_WEEK_DAYS, RECENT_MINUTES};

fn state_by_definition(history: &History, row: usize) -> QueueState {
    let visits = &history.visits;
    let now = visits.arrived[row];
    let hour_of = |moment: Moment| history.zone.clock().local(moment).hour();
    let same_queue: Vec<usize> = (0..visits.len())
        .filter(|other| visits.site.get(*other) == visits.site.get(row))
        .filter(|other| visits.service.get(*other) == visits.service.get(row))
        .collect();
    let before = |time: Option<Moment>| time.is_some_and(|time| time < now);
    let arrived_before =
        |other: usize| visits.arrived[other] < now || (visits.arrived[other] == now && other < row);
    let departed = |other: usize| {
        if visits.called[other].is_some() { before(visits.called[other]) } else { before(visits.left[other]) }
    };
    let waiting: Vec<usize> = same_queue
        .iter()
        .copied()
        .filter(|other| arrived_before(*other) && !departed(*other))
        .filter(|other| now.minutes_since(visits.arrived[*other]) <= LONGEST_STAY)
        .collect();
    let in_service = same_queue
        .iter()
        .filter(|other| before(visits.called[**other]) && !before(visits.finished[**other]))
        .filter(|other| now.minutes_since(visits.called[**other].unwrap()) <= LONGEST_STAY)
        .count();
    let mut called: Vec<usize> =
        same_queue.iter().copied().filter(|other| before(visits.called[*other])).collect();
    called.sort_by_key(|other| (visits.called[*other], *other));
    let mut finished: Vec<usize> = same_queue
        .iter()
        .copied()
        .filter(|other| visits.called[*other].is_some() && before(visits.finished[*other]))
        .collect();
    finished.sort_by_key(|other| (visits.finished[*other], *other));
    let services: Vec<i64> = finished
        .iter()
        .rev()
        .take(KEPT_SERVICES)
        .map(|other| visits.finished[*other].unwrap().millis() - visits.called[*other].unwrap().millis())
        .collect();
    let week_ago = now.millis() - LAST_WEEK_DAYS * 86_400_000;
    let waits: Vec<i64> = called
        .iter()
        .filter(|other| visits.called[**other].unwrap().millis() >= week_ago)
        .filter(|other| hour_of(visits.arrived[**other]) == hour_of(now))
        .map(|other| visits.called[*other].unwrap().millis() - visits.arrived[*other].millis())
        .collect();
    let mean = |millis: &[i64]| {
        (!millis.is_empty())
            .then(|| Minutes::new(millis.iter().sum::<i64>() as f64 / millis.len() as f64 / 60_000.0).unwrap())
    };
    let recent = same_queue
        .iter()
        .filter(|other| arrived_before(**other))
        .filter(|other| now.millis() - visits.arrived[**other].millis() <= RECENT_MINUTES * 60_000)
        .count();
    let head = waiting
        .iter()
        .map(|other| now.minutes_since(visits.arrived[*other]))
        .reduce(|a, b| if a >= b { a } else { b });
    QueueState {
        people_ahead: Some(visits.people_ahead[row].unwrap_or(waiting.len() as u32)),
        in_service: visits.finished.iter().any(Option::is_some).then_some(in_service as u32),
        open_counters: visits.open_counters[row],
        head_of_line: Some(head.unwrap_or(Minutes::ZERO)),
        last_wait: called.last().and_then(|other| visits.wait(*other)),
        arrivals_30min: Some(recent as u32),
        mean_service: mean(&services),
        avg_wait_last_week: mean(&waits),
    }
}

/// Coarse times, so that many events fall on one instant; some visits never end.
fn any_visit() -> impl Strategy<Value = Visit> {
    let minutes = prop_oneof![0_i64..60, 0_i64..3_000];
    (
        0..2_usize,
        0..2_usize,
        0_i64..200,
        prop_oneof![0_i64..400, 8_000_i64..20_000],
        minutes.clone(),
        minutes,
        0..6_u8,
    )
        .prop_map(|(site, service, id, arrived, wait, length, fate)| {
            let moment = |minutes: i64| Moment::from_millis(1_770_000_000_000 + minutes * 60_000).unwrap();
            let called = (fate < 4).then(|| moment(arrived + wait));
            Visit {
                visit_id: id.to_string(),
                site: ["a", "b"][site].to_owned(),
                service: ["x", "y"][service].to_owned(),
                arrived: moment(arrived),
                called,
                finished: (fate < 3).then(|| moment(arrived + wait + length)),
                left: (fate == 4).then(|| moment(arrived + wait)),
                priority: None,
                channel: None,
                booked_for: None,
                open_counters: (fate % 2 == 0).then_some(2),
                people_ahead: (fate == 1).then_some(9),
            }
        })
}

fn history(visits: Vec<Visit>) -> History {
    let mut visits: Visits = visits.into_iter().collect();
    visits.sort();
    History { visits, ..History::default() }
}

proptest! {
    #[test]
    fn the_sweep_equals_the_definition(visits in prop::collection::vec(any_visit(), 1..80)) {
        let history = history(visits);
        let swept = queue_states(&history, &Task::default()).unwrap();
        for (row, state) in swept.iter().enumerate() {
            prop_assert_eq!(*state, state_by_definition(&history, row), "row {}", row);
        }
    }

    /// Whatever happens after an arrival, or at the same instant, changes nothing of what was known at it.
    #[test]
    fn the_future_does_not_leak(visits in prop::collection::vec(any_visit(), 2..60), at in 0..60_usize) {
        let history = history(visits);
        let row = at % history.visits.len();
        let now = history.visits.arrived[row];
        let mut cut = history.clone();
        for column in [&mut cut.visits.called, &mut cut.visits.finished, &mut cut.visits.left] {
            for time in column.iter_mut() {
                if time.is_some_and(|time| time >= now) {
                    *time = None;
                }
            }
        }
        // That the source records ends of service at all is known before any visit.
        if cut.visits.finished.iter().any(Option::is_some) == history.visits.finished.iter().any(Option::is_some) {
            let full = queue_states(&history, &Task::default()).unwrap();
            let known = queue_states(&cut, &Task::default()).unwrap();
            prop_assert_eq!(full[row], known[row]);
        }
    }
}

#[test]
fn a_cancelled_sweep_says_so() {
    let task = Task::default();
    task.cancel_token().cancel();
    let visit = Visit {
        visit_id: "1".to_owned(),
        site: "a".to_owned(),
        service: "x".to_owned(),
        arrived: Moment::from_millis(0).unwrap(),
        called: None,
        finished: None,
        left: None,
        priority: None,
        channel: None,
        booked_for: None,
        open_counters: None,
        people_ahead: None,
    };
    assert!(queue_states(&history(vec![visit]), &task).is_err());
}
