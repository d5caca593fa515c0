//! How often the monitors alarm where nothing changed, and how often they find what was planted: on simulated histories, whose
//! truth is known. The figures stand in the README.

use super::*;
use crate::analysis::features::{FeatureTable, build};
use crate::analysis::history::History;
use crate::analysis::models::{Parameters, Training, family};
use crate::analysis::simulation::{Recipe, simulate};
use crate::base::calendar::{CivilDate, DateStyle};
use crate::base::{Task, Verdict};

/// Two months and two weeks from 1 Shahrivar 1404 on.
const RECIPE: &str = "\
seed: SEED
start: 2025-08-23
days: 76
demand:
  months: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
services:
  - {id: rec, name: Reception, median_minutes: 6.0}
  - {id: doc, name: Documents, median_minutes: 9.0}
sites:
  - id: one
    name: Tehran
    queues:
      - {service: rec, visits_a_day: 110, counters: 2}
      - {service: doc, visits_a_day: 70, counters: 2}
  - id: two
    name: Shiraz
    queues:
      - {service: rec, visits_a_day: 120, counters: 2}
MORE";

struct World {
    history: History,
    features: FeatureTable,
    timeline: Timeline,
    waits: Vec<Option<f64>>,
}

impl World {
    fn of(seed: u64) -> World {
        World::of_recipe(&RECIPE.replace("SEED", &seed.to_string()).replace("MORE", ""))
    }

    /// With `more` sites, so that the errors of a week say more.
    fn larger(seed: u64, more: u32) -> World {
        let site = |number: u32| {
            format!(
                "  - id: s{number}\n    name: Tehran {number}\n    queues:\n      - {{service: rec, visits_a_day: 120, counters: 2}}\n"
            )
        };
        let more: String = (0..more).map(site).collect();
        World::of_recipe(&RECIPE.replace("SEED", &seed.to_string()).replace("MORE", &more))
    }

    fn of_recipe(recipe: &str) -> World {
        let recipe = Recipe::from_yaml(recipe).unwrap();
        World::with(History::new(recipe.zone().clone(), simulate(&recipe, &Task::default()).unwrap()))
    }

    fn with(history: History) -> World {
        let features = build(&history, &Task::default()).unwrap();
        let timeline = Timeline::of(&history).unwrap();
        let waits = (0..history.visits.len()).map(|row| history.visits.wait(row).map(|wait| wait.get())).collect();
        World { history, features, timeline, waits }
    }

    fn weeks(&self) -> Vec<Window> {
        self.timeline.whole_weeks().into_iter().map(|saturday| self.timeline.week(saturday).unwrap()).collect()
    }

    fn data(&self, window: &Window, before: &Window) -> DataDrift {
        let named = |(id, column)| Named { id, source: Source::Feature, column };
        let columns: Vec<Named<'_>> = self.features.columns().map(named).collect();
        data_drift((&columns, window), (&columns, before), 3, &Task::default()).unwrap()
    }

    /// The errors of the rule, fitted on the first three weeks, in the newest five; those of the newest are `factor` times as large.
    fn errors(&self, factor: f64) -> Vec<WeekError> {
        let weeks = self.weeks();
        let known: Vec<usize> = weeks[..3].iter().flat_map(|week| &week.rows).map(|row| *row as usize).collect();
        let served: Vec<usize> = known.into_iter().filter(|row| self.waits[*row].is_some()).collect();
        let waits: Vec<f64> = served.iter().map(|row| self.waits[*row].unwrap()).collect();
        let rule = family("rule").unwrap();
        let table = self.features.take(&served);
        let training = Training::new(&table, &waits, 0);
        let model = rule.fit(&training, &Parameters::defaults(rule.parameters()), &Task::default()).unwrap().model;
        let newest = &weeks[weeks.len() - 5..];
        let of = |(place, week): (usize, &Window)| {
            let rows: Vec<usize> = week.rows.iter().map(|row| *row as usize).collect();
            let predicted = model.predict_all(&self.features.take(&rows), &Task::default()).unwrap();
            let times = if place == 4 { factor } else { 1.0 };
            let pair = |(row, predicted): (&usize, f64)| {
                Some((predicted, predicted + (self.waits[*row]? - predicted) * times))
            };
            WeekError::of_visits(week, rows.iter().zip(predicted).map(pair), false)
        };
        newest.iter().enumerate().map(of).collect()
    }

    fn month(&self, first: CivilDate, longer: f64) -> Vec<DayWaits> {
        let window = self.timeline.month(DateStyle::Jalali, first).unwrap();
        let mut days: Vec<DayWaits> = window.dates.iter().map(|day| (day.weekday().index(), Vec::new())).collect();
        for (row, day) in window.rows.iter().zip(&window.day) {
            days[*day as usize].1.extend(self.waits[*row as usize].map(|wait| wait + longer));
        }
        days
    }

    fn label(&self, longer: f64) -> LabelDrift {
        let months = self.timeline.whole_months(DateStyle::Jalali);
        let [before, month] = months[..] else { panic!("two whole months: {months:?}") };
        label_drift(&self.month(month, longer), &self.month(before, 0.0), LabelBounds::default(), 3)
    }
}

const WORLDS: u64 = 300;

/// Without any change at most 6 looks in 100 may alarm.
#[test]
fn where_nothing_changed_few_alarms_are_false() {
    let mut names = Vec::new();
    let (mut weeks, mut data, mut features, mut looked, mut levels) = (0, 0, 0, 0, 0);
    let (mut concept, mut plain_concept, mut label, mut plain_label) = (0, 0, 0, 0);
    for seed in 0..WORLDS {
        let world = World::of(seed);
        let all = world.weeks();
        let found = world.data(&all[all.len() - 1], &all[all.len() - 2]);
        weeks += 1;
        data += u64::from(found.verdict == Verdict::Fail);
        features += found.drifted;
        for feature in found.features.iter().filter(|feature| feature.found.verdict == Verdict::Fail) {
            names.push((seed, feature.feature.clone(), feature.found.kl, feature.found.floor));
        }
        looked += found.measured;
        levels += u64::from(found.level_alerts > 0);
        let errors = concept_drift(&world.errors(1.0), REFERENCE_WEEKS);
        concept += u64::from(errors.verdict == Verdict::Fail);
        plain_concept += u64::from(errors.ratio.unwrap() > RATIO_LIMIT);
        let waits = world.label(0.0);
        label += u64::from(waits.verdict == Verdict::Fail);
        plain_label += u64::from(waits.p.unwrap() < 0.05);
    }
    println!("drifted {names:?}");
    println!(
        "of {weeks} worlds without change: weeks with a drifted feature {data}, drifted features {features} of {looked}, values that came or went {levels}, \
         concept {concept} (10 % alone {plain_concept}), label {label} (KS alone {plain_label})"
    );
    let at_most = |share: f64| (share * WORLDS as f64) as u64;
    assert!(features * 100 <= looked, "of single features fewer than 1 in 100: {features} of {looked}");
    assert!(
        data <= at_most(0.06) && levels <= at_most(0.06) && concept <= at_most(0.06) && label <= at_most(0.06),
        "{data} {levels} {concept} {label}"
    );
    assert!(plain_label > at_most(0.06), "the plan's rule alone alarms more often: {plain_label}");
}

/// What is planted is found in the week or month in which it happens.
#[test]
fn what_is_planted_is_found() {
    let factors = [1.05, 1.10, 1.15, 1.2, 1.3];
    let shifts = [0.5, 1.0, 3.0];
    let (mut concept, mut label, mut hours) = ([0_u64; 5], [0_u64; 3], 0_u64);
    const PLANTED: u64 = 60;
    for seed in 0..PLANTED {
        let world = World::larger(1_000 + seed, 6);
        for (found, factor) in concept.iter_mut().zip(factors) {
            let errors = concept_drift(&world.errors(factor), REFERENCE_WEEKS);
            *found += u64::from(errors.verdict == Verdict::Fail);
        }
        for (found, longer) in label.iter_mut().zip(shifts) {
            *found += u64::from(world.label(longer).verdict == Verdict::Fail);
        }
        let newest = *world.timeline.whole_weeks().last().unwrap();
        let moved = World::with(super::tests::later(&world.history, newest));
        let all = moved.weeks();
        let found = moved.data(&all[all.len() - 1], &all[all.len() - 2]);
        hours += u64::from(
            found
                .features
                .iter()
                .any(|feature| feature.feature == "hour_of_day" && feature.found.verdict == Verdict::Fail),
        );
    }
    println!(
        "of {PLANTED}: error times {factors:?} found {concept:?}, waits longer by {shifts:?} minutes found {label:?}, hours {hours}"
    );
    assert_eq!(hours, PLANTED, "everybody four hours later");
    assert_eq!(label[2], PLANTED, "three minutes longer");
    assert!(concept[3] * 10 >= PLANTED * 9, "a fifth more error: {concept:?}");
}

/// Of a service with 47 sites a tenth more error is seen every time, though it is an alarm in half of the weeks only, since it is the
/// limit itself; from an eighth more on it is an alarm.
#[test]
#[ignore = "a minute: 30 worlds of 47 sites, in the long part"]
fn a_tenth_more_error_is_seen_in_its_week() {
    const PLANTED: u64 = 30;
    let factors = [1.0, 1.05, 1.10, 1.125, 1.15];
    let (mut alarms, mut seen) = ([0_u64; 5], [0_u64; 5]);
    for seed in 0..PLANTED {
        let world = World::larger(2_000 + seed, 44);
        for (place, factor) in factors.into_iter().enumerate() {
            let errors = concept_drift(&world.errors(factor), REFERENCE_WEEKS);
            let is_alarm = errors.verdict == Verdict::Fail;
            alarms[place] += u64::from(is_alarm);
            seen[place] += u64::from(is_alarm || errors.reason == ConceptReason::WorseWithinLimit);
        }
    }
    println!("of {PLANTED} worlds of 47 sites: error times {factors:?}: alarms {alarms:?}, seen as more {seen:?}");
    assert!(alarms[0] * 100 <= PLANTED * 6 && seen[0] * 10 <= PLANTED, "nothing planted: {alarms:?} {seen:?}");
    assert!(seen[2] * 100 >= PLANTED * 95, "a tenth more: {seen:?}");
    assert!(alarms[3] * 10 >= PLANTED * 7 && alarms[4] * 100 >= PLANTED * 95, "more than a tenth: {alarms:?}");
}
