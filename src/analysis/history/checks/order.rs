//! The order of one visit's moments: arrived ≤ called ≤ finished, arrived ≤ left, and stays of a believable length.
//!
//! The queue's sweep relies on this order, so nothing that breaks it is ever accepted: it is repaired by leaving out
//! what cannot be true, or the row is set aside.

use crate::analysis::history::RowVisit;
use crate::base::Moment;

use super::{Action, Check, CheckSettings};

/// Puts the moments of `visit` in order, as `settings` say; what was repaired or accepted is marked in the visit.
///
/// Afterwards arrived ≤ called ≤ finished and arrived ≤ left hold, no stay is longer than its cap, a visit that was
/// not called has no end of service, and a visit that was called has no departure without service.
///
/// # Errors
/// The check for which the row has to be set aside; the visit is then unfinished work.
pub fn settle(visit: &mut RowVisit<'_>, settings: &CheckSettings) -> Result<(), Check> {
    let arrived = visit.arrived;
    if let Some(called) = visit.called {
        visit.left = None;
        if let Some(stated) = visit.stated_wait_millis {
            agree(visit, settings, stated, called)?;
        }
        if let Some(check) = out_of_order(
            arrived,
            called,
            settings.wait_cap_minutes,
            Check::CalledBeforeArrived,
            Check::WaitAboveCap,
        ) {
            permit_repair(visit, settings, check)?;
            visit.called = None;
            visit.finished = None;
        } else if let Some(finished) = visit.finished
            && let Some(check) = out_of_order(
                called,
                finished,
                settings.service_cap_minutes,
                Check::FinishedBeforeCalled,
                Check::ServiceAboveCap,
            )
        {
            permit_repair(visit, settings, check)?;
            visit.finished = None;
        }
        return Ok(());
    }
    visit.finished = None;
    if let Some(left) = visit.left {
        if let Some(stated) = visit.stated_wait_millis {
            agree(visit, settings, stated, left)?;
        }
        if let Some(check) =
            out_of_order(arrived, left, settings.wait_cap_minutes, Check::LeftBeforeArrived, Check::WaitAboveCap)
        {
            permit_repair(visit, settings, check)?;
            visit.left = None;
        }
    }
    Ok(())
}

/// The stated wait against the wait until `end`.
fn agree(
    visit: &mut RowVisit<'_>,
    settings: &CheckSettings,
    stated_millis: i64,
    end: Moment,
) -> Result<(), Check> {
    let by_clocks = end.millis() - visit.arrived.millis();
    let difference = by_clocks.saturating_sub(stated_millis).unsigned_abs();
    if difference <= millis(settings.wait_tolerance_minutes).unsigned_abs() {
        return Ok(());
    }
    match settings.action(Check::WaitDisagrees) {
        Action::Quarantine => Err(Check::WaitDisagrees),
        Action::Accept | Action::Repair => {
            visit.marks.add(Check::WaitDisagrees);
            Ok(())
        }
    }
}

/// What is wrong with `later`, if anything.
fn out_of_order(
    earlier: Moment,
    later: Moment,
    cap_minutes: f64,
    before: Check,
    too_long: Check,
) -> Option<Check> {
    let stay = later.millis() - earlier.millis();
    if stay < 0 {
        Some(before)
    } else if stay > millis(cap_minutes) {
        Some(too_long)
    } else {
        None
    }
}

/// Marks `check` where it may be repaired; everything else sets the row aside.
fn permit_repair(visit: &mut RowVisit<'_>, settings: &CheckSettings, check: Check) -> Result<(), Check> {
    if settings.action(check) == Action::Repair {
        visit.marks.add(check);
        Ok(())
    } else {
        Err(check)
    }
}

/// Minutes as whole milliseconds; the limits of settings are at most a day.
#[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
fn millis(minutes: f64) -> i64 {
    (minutes * 60_000.0) as i64
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::analysis::history::Marks;

    /// Minutes after an arrival at an arbitrary hour; the stated wait in minutes, too.
    fn visit(
        called: Option<i64>,
        finished: Option<i64>,
        left: Option<i64>,
        stated: Option<i64>,
    ) -> RowVisit<'static> {
        let arrived = Moment::from_seconds(1_700_000_000).unwrap();
        let at = |minutes: Option<i64>| minutes.and_then(|m| arrived.plus_millis(m * 60_000));
        RowVisit {
            visit_id: Cow::Borrowed("1"),
            site: Cow::Borrowed("a"),
            service: Cow::Borrowed("b"),
            arrived,
            called: at(called),
            finished: at(finished),
            left: at(left),
            priority: None,
            channel: None,
            booked_for: None,
            open_counters: None,
            people_ahead: None,
            stated_wait_millis: stated.map(|m| m * 60_000),
            marks: Marks::default(),
        }
    }

    fn repairing() -> CheckSettings {
        let checks = [
            Check::CalledBeforeArrived,
            Check::FinishedBeforeCalled,
            Check::LeftBeforeArrived,
            Check::WaitAboveCap,
            Check::ServiceAboveCap,
        ];
        CheckSettings {
            actions: checks.into_iter().map(|check| (check, Action::Repair)).collect::<BTreeMap<_, _>>(),
            wait_cap_minutes: 240.0,
            service_cap_minutes: 120.0,
            ..CheckSettings::default()
        }
    }

    #[test]
    fn what_is_wrong_is_named_and_repaired_as_its_description_says() {
        type Moments = (Option<i64>, Option<i64>, Option<i64>);
        let cases: [(Moments, Check, Moments); 6] = [
            ((Some(-1), Some(5), None), Check::CalledBeforeArrived, (None, None, None)),
            ((Some(241), Some(250), None), Check::WaitAboveCap, (None, None, None)),
            ((Some(5), Some(4), None), Check::FinishedBeforeCalled, (Some(5), None, None)),
            ((Some(5), Some(126), None), Check::ServiceAboveCap, (Some(5), None, None)),
            ((None, None, Some(-3)), Check::LeftBeforeArrived, (None, None, None)),
            ((None, None, Some(241)), Check::WaitAboveCap, (None, None, None)),
        ];
        for ((called, finished, left), check, expected) in cases {
            let mut strict = repairing();
            strict.actions.clear();
            assert_eq!(settle(&mut visit(called, finished, left, None), &strict), Err(check));
            let mut repaired = visit(called, finished, left, None);
            settle(&mut repaired, &repairing()).unwrap();
            assert_eq!(repaired.marks.iter().collect::<Vec<_>>(), [check]);
            repaired.marks = Marks::default();
            assert_eq!(repaired, visit(expected.0, expected.1, expected.2, None));
        }
    }

    #[test]
    fn limits_themselves_are_believed() {
        for moments in [(Some(0), Some(0), None), (Some(240), Some(360), None), (None, None, Some(240))] {
            let mut settled = visit(moments.0, moments.1, moments.2, None);
            settle(&mut settled, &repairing()).unwrap();
            assert_eq!(settled, visit(moments.0, moments.1, moments.2, None));
        }
    }

    #[test]
    fn a_stated_wait_is_held_against_the_clocks() {
        let settings = CheckSettings::default();
        for (called, left, stated, agrees) in [
            (Some(10), None, 11, true),
            (Some(10), None, 12, false),
            (Some(10), None, -10, false),
            (None, Some(10), 9, true),
            (None, Some(10), 3, false),
            (None, None, 3, true),
        ] {
            let mut settled = visit(called, None, left, Some(stated));
            settle(&mut settled, &settings).unwrap();
            assert_eq!(settled.marks.has(Check::WaitDisagrees), !agrees, "{called:?} {left:?} {stated}");
            assert_eq!(settled.called, visit(called, None, left, None).called);
        }
        let mut strict = CheckSettings::default();
        strict.actions.insert(Check::WaitDisagrees, Action::Quarantine);
        assert_eq!(settle(&mut visit(Some(10), None, None, Some(99)), &strict), Err(Check::WaitDisagrees));
    }

    proptest! {
        #[test]
        fn the_order_holds_whatever_a_row_says(
            called in prop::option::of(-3_000_i64..3_000),
            finished in prop::option::of(-3_000_i64..3_000),
            left in prop::option::of(-3_000_i64..3_000),
            stated in prop::option::of(-3_000_i64..3_000),
            repair in any::<bool>(),
        ) {
            let mut settings = repairing();
            if !repair {
                settings.actions.clear();
            }
            let mut settled = visit(called, finished, left, stated);
            if settle(&mut settled, &settings).is_ok() {
                let within = |from: Moment, to: Option<Moment>, cap: f64| {
                    to.is_none_or(|to| (0.0..=cap).contains(&to.minutes_since(from).get()))
                };
                prop_assert!(within(settled.arrived, settled.called, 240.0));
                prop_assert!(within(settled.arrived, settled.left, 240.0));
                match settled.called {
                    Some(called) => {
                        prop_assert!(settled.left.is_none());
                        prop_assert!(within(called, settled.finished, 120.0));
                    }
                    None => prop_assert!(settled.finished.is_none()),
                }
            } else {
                prop_assert!(!repair);
            }
        }
    }
}
