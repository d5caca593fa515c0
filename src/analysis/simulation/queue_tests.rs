//! A queue worked through by hand: who is called when, and who leaves.

use super::*;

const MINUTE: Second = 60;
const NINE: Second = 9 * 3_600;
const BOOKING: Booking = Booking {
    slot: 600,
    no_show: 0.0,
    early_minutes: 0.0,
    early_spread_minutes: 0.0,
    late_share: 0.0,
    late_minutes: 0.0,
    called_early: 5 * MINUTE,
    forfeits_after: 15 * MINUTE,
    yields_after: 60 * MINUTE,
};

/// Somebody who walks in `minutes` after nine, with a service of ten minutes.
fn person(minutes: Second) -> Person {
    Person {
        arrives: NINE + minutes * MINUTE,
        booked_for: None,
        has_priority: false,
        effort_seconds: 600.0,
        patience: None,
    }
}

fn counter(open: &[(Second, Second)]) -> Counter {
    let open = open.iter().map(|(from, until)| (NINE + from * MINUTE, NINE + until * MINUTE));
    Counter { open: open.collect(), slowness: 1.0 }
}

/// What became of each person, in minutes after nine: called, or minus the minute of leaving.
fn ends(people: &[Person], counters: &[Counter], closes: Second) -> Vec<Second> {
    let stays = run(people, counters, &BOOKING, NINE + closes * MINUTE, |person, _, counter| {
        (person.effort_seconds * counter.slowness) as Second
    });
    let minutes = |second: Second| (second - NINE) / MINUTE;
    let end = |stay: Stay| match stay.end {
        End::Served { called, .. } => minutes(called),
        End::Left(left) => -minutes(left),
    };
    stays.into_iter().map(end).collect()
}

#[test]
fn people_are_called_in_turn_and_leave_when_their_patience_ends_or_the_site_closes() {
    let impatient = Person { patience: Some(12 * MINUTE), ..person(2) };
    let people = [person(0), person(1), impatient, person(3), person(24)];
    assert_eq!(ends(&people, &[counter(&[(0, 30)])], 30), [0, 10, -14, 20, -30]);
}

#[test]
fn patience_that_ends_in_the_second_of_the_call_ends_first() {
    let impatient = Person { patience: Some(8 * MINUTE), ..person(2) };
    assert_eq!(ends(&[person(0), impatient], &[counter(&[(0, 60)])], 60), [0, -10]);
}

#[test]
fn a_clerk_finishes_before_the_break_and_nobody_is_called_during_it() {
    let counters = [counter(&[(0, 15), (40, 60)])];
    let people = [person(0), person(6), person(16), person(30)];
    assert_eq!(ends(&people, &counters, 60), [0, 10, 40, 50]);
    let stays = run(&people, &counters, &BOOKING, NINE + 3_600, |_, _, _| 600);
    let seen: Vec<_> = stays.iter().map(|stay| (stay.open_counters, stay.people_ahead)).collect();
    // At 9:16 the clerk still serves the second person; at 9:30 nobody is there.
    assert_eq!(seen, [(1, 0), (1, 0), (1, 0), (0, 1)]);
}

#[test]
fn priority_goes_first_then_who_is_due_by_booking_then_who_came_first() {
    let elderly = Person { has_priority: true, ..person(5) };
    let due = Person { booked_for: Some(NINE + 12 * MINUTE), ..person(4) };
    let early = Person { booked_for: Some(NINE + 50 * MINUTE), ..person(2) };
    let late = Person { booked_for: Some(NINE - 14 * MINUTE), ..person(3) };
    let people = [person(0), person(1), early, late, due, elderly];
    assert_eq!(ends(&people, &[counter(&[(0, 90)])], 90), [0, 30, 40, 50, 20, 10]);
}

#[test]
fn the_counter_that_has_been_free_for_longest_is_next() {
    let people = [person(0), person(1), person(13)];
    let stays = run(&people, &[counter(&[(0, 60)]), counter(&[(0, 60)])], &BOOKING, NINE + 3_600, |_, _, _| 600);
    let counters = stays.iter().map(|stay| match stay.end {
        End::Served { counter, .. } => counter,
        End::Left(_) => panic!("nobody leaves"),
    });
    assert_eq!(counters.collect::<Vec<_>>(), [0, 1, 0]);
}

#[test]
fn bookings_yield_to_whoever_has_waited_for_long() {
    let booked = |minutes: Second| Person { booked_for: Some(NINE + minutes * MINUTE), ..person(minutes) };
    let mut people = vec![person(0), person(1)];
    people.extend((0..8).map(|slot| booked(8 + slot * 10)));
    assert_eq!(ends(&people, &[counter(&[(0, 200)])], 200), [0, 70, 10, 20, 30, 40, 50, 60, 80, 90]);
}
