//! Weeks of a simulated history, with and without something that changes in the last one.

use super::*;
use crate::analysis::features::{FeatureTable, build};
use crate::analysis::history::{History, Visits};
use crate::analysis::simulation::{Recipe, simulate};
use crate::base::Task;
use crate::base::calendar::Weekday;

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

#[test]
fn weeks_are_whole_and_run_from_saturday() {
    let history = history();
    let weeks = Weeks::newest(&history).unwrap();
    assert_eq!(weeks.current.weekday(), Weekday::Saturday);
    assert_eq!(weeks.reference.plus_days(7), Some(weeks.current));
    let mut clock = history.zone.clock();
    let mut day = |row: usize| clock.local(history.visits.arrived[row]).date();
    let last = day(history.visits.len() - 1);
    assert!(weeks.current.plus_days(7).unwrap() <= last, "the week is over");
    for (saturday, days) in
        [(weeks.current, weeks.current_days.clone()), (weeks.reference, weeks.reference_days.clone())]
    {
        let friday = saturday.plus_days(6).unwrap();
        for rows in days {
            let dates: std::collections::BTreeSet<CivilDate> = rows.clone().map(&mut day).collect();
            assert_eq!(dates.len(), 1, "one day each");
            assert!(dates.iter().all(|date| *date >= saturday && *date <= friday));
        }
    }
    let few: Vec<usize> = (0..500).collect();
    assert_eq!(Weeks::newest(&history.with(history.visits.take(&few))), None);
    assert_eq!(Weeks::newest(&history.with(Visits::default())), None);
}

#[test]
fn a_quiet_week_passes_and_a_shift_of_the_hour_is_found() {
    let history = history();
    let weeks = Weeks::newest(&history).unwrap();
    let quiet = features(&history);
    let hour = weeks.drift(quiet.column("hour_of_day").unwrap(), 7);
    assert_eq!(hour.verdict, Verdict::Pass, "{hour:?}");
    let measured = hour.measured.unwrap();
    assert!(measured.p.is_some() && measured.n_current > 300 && measured.n_reference > 300, "{measured:?}");

    // Everybody of the newest week comes four hours later.
    let mut moved = history.clone();
    let rows = weeks.current_days.first().unwrap().start..weeks.current_days.last().unwrap().end;
    let later = |moment: crate::base::Moment| moment.plus_millis(4 * 3_600_000).unwrap();
    for row in rows {
        moved.visits.arrived[row] = later(moved.visits.arrived[row]);
        for column in [&mut moved.visits.called, &mut moved.visits.finished, &mut moved.visits.left] {
            column[row] = column[row].map(later);
        }
    }
    moved.visits.sort();
    let shifted = features(&moved);
    let weeks = Weeks::newest(&moved).unwrap();
    let hour = weeks.drift(shifted.column("hour_of_day").unwrap(), 7);
    assert_eq!(hour.verdict, Verdict::Fail, "{hour:?}");
    let site = weeks.drift(shifted.column("site").unwrap(), 7);
    assert_eq!(site.verdict, Verdict::Pass, "one site is one bin, and the same: {site:?}");
}

#[test]
fn a_name_that_was_not_there_before_is_found() {
    let history = history();
    let weeks = Weeks::newest(&history).unwrap();
    let newest = weeks.current_days.first().unwrap().start;
    let codes = (0..history.visits.len()).map(|row| Some(u32::from(row >= newest && row % 2 == 0))).collect();
    let column = Column::Categories { names: vec!["old".to_owned(), "new".to_owned()], codes };
    assert_eq!(weeks.drift(&column, 1).verdict, Verdict::Fail);
    let missing = Column::Real(vec![f32::NAN; history.visits.len()]);
    let nothing = weeks.drift(&missing, 1);
    assert_eq!((nothing.verdict, nothing.measured), (Verdict::Inconclusive, None), "no value is no pass");
}
