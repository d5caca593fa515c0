//! Windows of a simulated history, with and without something that changes in the last one.

use super::*;
use crate::analysis::features::{Column, FeatureTable, build};
use crate::analysis::history::{History, Visits};
use crate::analysis::simulation::{Recipe, simulate};
use crate::base::calendar::{CivilDate, DateStyle, Weekday};
use crate::base::{Moment, Task, Verdict};

const RECIPE: &str = "\
seed: 5
start: 2025-08-30
days: 44
services:
  - {id: rec, name: Reception, median_minutes: 6.0}
sites:
  - id: one
    name: Tehran
    queues:
      - {service: rec, visits_a_day: 150, counters: 2}
";

fn history() -> History {
    let recipe = Recipe::from_yaml(RECIPE).unwrap();
    History::new(recipe.zone().clone(), simulate(&recipe, &Task::default()).unwrap())
}

fn features(history: &History) -> FeatureTable {
    build(history, &Task::default()).unwrap()
}

/// The newest whole week and the week before.
fn weeks(timeline: &Timeline) -> [Window; 2] {
    let newest = *timeline.whole_weeks().last().unwrap();
    [newest, newest.plus_days(-WEEK).unwrap()].map(|saturday| timeline.week(saturday).unwrap())
}

fn drift(weeks: &[Window; 2], column: &Column) -> ColumnDrift {
    let [window, before] = weeks;
    column_drift(Side { column, window }, Side { column, window: before }, 7)
}

#[test]
fn weeks_and_months_are_whole() {
    let history = history();
    let timeline = Timeline::of(&history).unwrap();
    let (first, last) = timeline.span();
    assert_eq!((first.to_string().as_str(), last.to_string().as_str()), ("2025-08-30", "2025-10-12"));
    let saturdays = timeline.whole_weeks();
    assert!(saturdays.iter().all(|day| day.weekday() == Weekday::Saturday));
    assert_eq!(saturdays.len(), 6, "44 days from a Saturday on: six weeks and two days of a seventh");
    let mut clock = history.zone.clock();
    for saturday in saturdays {
        let week = timeline.week(saturday).unwrap();
        assert!(week.facts.is_whole && week.facts.visits > 400, "{:?}", week.facts);
        for (row, day) in week.rows.iter().zip(&week.day) {
            let date = clock.local(history.visits.arrived[*row as usize]).date();
            assert_eq!(date, week.dates[*day as usize]);
            assert!(date >= saturday && date < saturday.plus_days(WEEK).unwrap());
        }
    }
    let unfinished = timeline.week(last).unwrap();
    assert!(!unfinished.facts.is_whole && unfinished.facts.preliminary, "the week is not over");
    // Shahrivar 1404 began before the history, Mehr ends after it.
    assert!(timeline.whole_months(DateStyle::Jalali).is_empty());
    let september: CivilDate = "2025-09-01".parse().unwrap();
    assert_eq!(timeline.whole_months(DateStyle::Gregorian), [september]);
    let month = timeline.month(DateStyle::Gregorian, "2025-09-17".parse().unwrap()).unwrap();
    assert_eq!((month.facts.first, month.facts.last.to_string().as_str()), (september, "2025-09-30"));
    let mehr = timeline.month(DateStyle::Jalali, "2025-10-01".parse().unwrap()).unwrap();
    assert_eq!(mehr.facts.first.to_string(), "2025-09-23", "1 Mehr 1404");
    assert_eq!(mehr.facts.last.to_string(), "2025-10-22", "30 Mehr 1404");
    assert!(Timeline::of(&history.with(Visits::default())).is_none());
}

#[test]
fn like_is_compared_with_like() {
    let history = history();
    let timeline = Timeline::of(&history).unwrap();
    let with_holiday = timeline.whole_weeks().into_iter().filter_map(|saturday| timeline.week(saturday));
    let Some(week) = with_holiday.into_iter().find(|week| week.facts.has_holiday == Some(true)) else {
        panic!("10 September 2025 is a holiday");
    };
    let before = timeline.week(week.facts.first.plus_days(-WEEK).unwrap()).unwrap();
    let (ours, theirs) = (timeline.like_with_like(&week, &before), timeline.like_with_like(&before, &week));
    assert!(!ours.facts.without.is_empty() && ours.facts.without == theirs.facts.without);
    let weekdays = |window: &Window| window.dates.iter().map(|day| day.weekday()).collect::<Vec<_>>();
    assert!(ours.facts.without.iter().all(|left_out| !weekdays(&ours).contains(left_out)));
    assert!(ours.facts.without.iter().all(|left_out| !weekdays(&theirs).contains(left_out)));
}

/// Everybody from `from` on comes four hours later.
pub(super) fn later(history: &History, from: CivilDate) -> History {
    let mut moved = history.clone();
    let mut clock = history.zone.clock();
    let shift = |moment: Moment| moment.plus_millis(4 * 3_600_000).unwrap();
    for row in 0..moved.visits.len() {
        if clock.local(history.visits.arrived[row]).date() >= from {
            moved.visits.arrived[row] = shift(moved.visits.arrived[row]);
            for column in [&mut moved.visits.called, &mut moved.visits.finished, &mut moved.visits.left] {
                column[row] = column[row].map(shift);
            }
        }
    }
    moved.visits.sort();
    moved
}

#[test]
fn a_quiet_week_passes_and_a_shift_of_the_hour_is_found() {
    let history = history();
    let timeline = Timeline::of(&history).unwrap();
    let quiet = features(&history);
    let hour = drift(&weeks(&timeline), quiet.column("hour_of_day").unwrap());
    assert_eq!((hour.verdict, hour.reason), (Verdict::Pass, DataReason::BelowLimit), "{hour:?}");
    assert!(hour.p.is_some() && hour.n_current > 300 && hour.n_reference > 300, "{hour:?}");

    let newest = *timeline.whole_weeks().last().unwrap();
    let moved = later(&history, newest);
    let shifted = features(&moved);
    let timeline = Timeline::of(&moved).unwrap();
    let hour = drift(&weeks(&timeline), shifted.column("hour_of_day").unwrap());
    assert_eq!((hour.verdict, hour.reason), (Verdict::Fail, DataReason::Drift), "{hour:?}");
    let distance = hour.wasserstein.unwrap();
    assert!((distance - 4.0).abs() < 0.5, "in hours: {distance}");
    assert!(!hour.new_levels.is_empty(), "hours that nobody came at before");
    let site = drift(&weeks(&timeline), shifted.column("site").unwrap());
    assert_eq!(site.verdict, Verdict::Pass, "one site is one bin, and the same: {site:?}");

    let named = |table: &'static str, id: &'static str, column| {
        let _ = table;
        Named { id, source: Source::Feature, column }
    };
    let columns: Vec<Named<'_>> =
        shifted.columns().map(|(id, column)| Named { id, source: Source::Feature, column }).collect();
    let [window, before] = weeks(&timeline);
    let all = data_drift((&columns, &window), (&columns, &before), 7, &Task::default()).unwrap();
    assert_eq!(all.verdict, Verdict::Fail);
    assert!(all.features.iter().take(4).any(|feature| feature.feature == "hour_of_day"), "{:?}", all.features[0]);
    let one = [named("", "hour_of_day", shifted.column("hour_of_day").unwrap())];
    let other = [named("", "site", shifted.column("site").unwrap())];
    let apart = data_drift((&one, &window), (&other, &before), 7, &Task::default()).unwrap();
    assert_eq!((apart.verdict, apart.measured, apart.features.len()), (Verdict::Inconclusive, 0, 2));
}

#[test]
fn levels_that_come_and_go_are_findings() {
    let history = history();
    let timeline = Timeline::of(&history).unwrap();
    let [window, before] = weeks(&timeline);
    let newest = window.rows[0] as usize;
    let codes = (0..history.visits.len()).map(|row| Some(u32::from(row >= newest && row % 2 == 0))).collect();
    let column = Column::Categories { names: vec!["old".to_owned(), "new".to_owned()], codes };
    let both = [window, before];
    let found = drift(&both, &column);
    assert_eq!(found.verdict, Verdict::Fail);
    assert_eq!(found.new_levels.len(), 1);
    assert!(found.missing_levels.is_empty());
    let [window, before] = both;
    let back = drift(&[before, window.clone()], &column);
    assert!(back.new_levels.is_empty() && back.missing_levels.len() == 1, "{back:?}");
    let missing = Column::Real(vec![f32::NAN; history.visits.len()]);
    let nothing = drift(&[window.clone(), window], &missing);
    assert_eq!((nothing.verdict, nothing.reason, nothing.kl), (Verdict::Inconclusive, DataReason::NoValues, None));
}

#[test]
fn few_visits_are_no_pass() {
    let history = history();
    let timeline = Timeline::of(&history).unwrap();
    let table = features(&history);
    let column = table.column("minute_of_day").unwrap();
    let [window, before] = weeks(&timeline);
    let few = |window: &Window, n: usize| {
        let some = |of: &[u32]| (0..n).map(|place| of[place * of.len() / n]).collect::<Vec<u32>>();
        Window { day: some(&window.day), rows: some(&window.rows), ..window.clone() }
    };
    let one = drift(&[few(&window, 1), before.clone()], column);
    assert_eq!(
        (one.verdict, one.reason, one.visits_needed),
        (Verdict::Inconclusive, DataReason::TooFewVisits, Some(FEWEST_VISITS))
    );
    let same = drift(&[before.clone(), before], column);
    assert_eq!((same.verdict, same.kl), (Verdict::Pass, Some(0.0)));
}

fn week(number: i32, days: &[(u64, f64)]) -> WeekError {
    let saturday = CivilDate::from_epoch_days(20_002 + 7 * number).unwrap();
    let days: Vec<ErrorDay> = days
        .iter()
        .enumerate()
        .map(|(day, (n, mae))| ErrorDay {
            day: saturday.plus_days(i32::try_from(day).unwrap()).unwrap(),
            n: *n,
            sum_abs: mae * *n as f64,
        })
        .collect();
    WeekError::of(saturday, &days, false)
}

#[test]
fn a_model_that_errs_more_is_found_and_what_may_be_chance_is_not() {
    let usual = [(100, 5.0), (120, 5.5), (80, 4.5), (110, 5.2), (90, 4.9), (100, 5.1)];
    let times = |factor: f64| usual.map(|(n, mae)| (n, mae * factor));
    let history = |last: &[(u64, f64)]| {
        let mut weeks: Vec<WeekError> = (0..4).map(|number| week(number, &usual)).collect();
        weeks.push(week(4, last));
        concept_drift(&weeks, REFERENCE_WEEKS)
    };
    let worse = history(&times(1.2));
    assert_eq!((worse.verdict, worse.reason), (Verdict::Fail, ConceptReason::Drift));
    assert!((worse.ratio.unwrap() - 1.2).abs() < 1e-12);
    assert!(worse.ratio_low.unwrap() > 1.1 && worse.ratio_high.unwrap() < 1.31, "{worse:?}");
    let little = history(&times(1.05));
    assert_eq!((little.verdict, little.reason), (Verdict::Pass, ConceptReason::WorseWithinLimit));
    assert_eq!(history(&times(0.95)).reason, ConceptReason::BelowLimit);
    // One day of six is bad: 30 % above on the whole, and it says little.
    let mut odd = usual;
    odd[0].1 = 15.0;
    let odd = history(&odd);
    assert_eq!((odd.verdict, odd.reason), (Verdict::Inconclusive, ConceptReason::MayBeChance), "{odd:?}");
    assert!(odd.visits_needed.unwrap() > 600);
    assert_eq!(history(&usual[..3]).reason, ConceptReason::TooFewVisits);
    assert_eq!(history(&[]).reason, ConceptReason::TooFewVisits);
    assert_eq!(history(&times(0.0)).reason, ConceptReason::NoError);
    let two = [week(0, &usual), week(1, &usual)];
    assert_eq!(concept_drift(&two, REFERENCE_WEEKS).reason, ConceptReason::TooFewWeeks);
    assert_eq!(concept_drift(&[], REFERENCE_WEEKS).verdict, Verdict::Inconclusive);
    let seen = WeekError { in_sample: true, ..week(0, &usual) };
    let mut weeks = vec![seen];
    weeks.extend((1..4).map(|number| week(number, &usual)));
    weeks.push(week(4, &times(1.3)));
    let in_sample = concept_drift(&weeks, REFERENCE_WEEKS);
    assert_eq!((in_sample.verdict, in_sample.reason), (Verdict::Inconclusive, ConceptReason::InSample));
}

#[test]
fn waits_that_differ_are_found_and_two_busy_days_are_not() {
    let day = |number: usize, shift: f64| -> Vec<f64> {
        (0..200).map(|visit| ((visit * 37 + number * 11) % 97) as f64 / 4.0 + shift).collect()
    };
    let month = |shift: f64| (0..25).map(|number| ((number % 6) as u8, day(number, shift))).collect::<Vec<_>>();
    let bounds = LabelBounds::default();
    let same = label_drift(&month(0.0), &month(0.0), bounds, 3);
    assert_eq!((same.verdict, same.reason), (Verdict::Pass, LabelReason::NoDifference));
    let moved = label_drift(&month(3.0), &month(0.0), bounds, 3);
    assert_eq!((moved.verdict, moved.reason), (Verdict::Fail, LabelReason::Drift), "{moved:?}");
    assert!((moved.wasserstein_minutes.unwrap() - 3.0).abs() < 1e-9);
    let mut busy = month(0.0);
    for number in 0..3 {
        busy[number * 8].1 = day(number, 40.0);
    }
    let busy = label_drift(&busy, &month(0.0), bounds, 3);
    assert_eq!((busy.verdict, busy.reason), (Verdict::Inconclusive, LabelReason::DaysDifferAsMuch), "{busy:?}");
    assert!(busy.p.unwrap() < 1e-6, "the plan's rule would alarm");
    assert_eq!(label_drift(&[(0, vec![1.0; 40])], &month(0.0), bounds, 3).reason, LabelReason::TooFewDays);
    assert_eq!(label_drift(&[], &month(0.0), bounds, 3).reason, LabelReason::TooFewVisits);
    let constant = label_drift(&vec![(0, vec![5.0; 40]); 6], &vec![(0, vec![5.0; 40]); 6], bounds, 3);
    assert_eq!((constant.verdict, constant.d), (Verdict::Pass, Some(0.0)));
}
