//! Each scenario changes what it is about, and nothing else, bit for bit.

use super::*;
use crate::base::Moment;
use crate::base::calendar::LocalTime;

const RECIPE: &str = "
seed: 5
start: 1404/11/04
days: 42
services:
  - {id: rec, name: پذیرش, median_minutes: 5}
  - {id: doc, name: نوبت پزشک, median_minutes: 10}
sites:
  - {id: krj, name: کرج, queues: [
      {service: rec, visits_a_day: 110, counters: 3},
      {service: doc, visits_a_day: 65, counters: 3, booked_share: 0.6}]}
  - {id: mhd, name: مشهد, queues: [
      {service: rec, visits_a_day: 110, counters: 3},
      {service: doc, visits_a_day: 65, counters: 3, booked_share: 0.6}]}
";

/// The first day of the scenario under test: before Ramadan, which begins on 1404/11/30.
const FROM: &str = "1404/11/18";

/// The visits without and with the scenario.
fn without_and_with(scenario: &str) -> (Visits, Visits) {
    let document = format!("{RECIPE}\nscenarios: [{{on: false, {scenario}}}]");
    let mut recipe = Recipe::from_yaml(&document).unwrap();
    let run = |recipe: &Recipe| simulate(recipe, &Task::default()).unwrap();
    let plain = run(&recipe);
    assert!(plain == run(&Recipe::from_yaml(RECIPE).unwrap()), "a scenario that is off changes nothing");
    let kind = recipe.scenarios()[0].kind();
    assert_eq!(recipe.switch(kind, true), 1);
    (plain, run(&recipe))
}

fn at(date: &str, hour: u16, minute: u16) -> Moment {
    let date = CivilDate::from(date.parse::<crate::base::calendar::JalaliDate>().unwrap());
    let local = LocalTime::new(date, hour * 60 + minute, 0).unwrap();
    crate::base::calendar::Zone::default().clock().moment(local).unwrap().chosen()
}

fn some(visits: &Visits, keep: impl Fn(&Visit) -> bool) -> Vec<Visit> {
    (0..visits.len()).map(|row| visits.get(row)).filter(|visit| keep(visit)).collect()
}

/// The visits that a scenario at Karaj from [`FROM`] on must not touch.
fn untouched(visits: &Visits) -> Vec<Visit> {
    some(visits, |visit| visit.site != "کرج" || visit.arrived < at(FROM, 0, 0))
}

fn touched(visits: &Visits) -> Vec<Visit> {
    some(visits, |visit| visit.site == "کرج" && visit.arrived >= at(FROM, 0, 0))
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

fn mean_wait(visits: &[Visit]) -> f64 {
    mean(visits.iter().filter_map(|visit| Some(visit.called?.minutes_since(visit.arrived).get())))
}

fn mean_service(visits: &[Visit]) -> f64 {
    mean(visits.iter().filter_map(|visit| Some(visit.finished?.minutes_since(visit.called?).get())))
}

/// Who came and when, without what became of them.
fn arrivals(visits: &[Visit]) -> Vec<(&str, Moment, Option<Moment>)> {
    visits.iter().map(|visit| (visit.visit_id.as_str(), visit.arrived, visit.booked_for)).collect()
}

#[test]
fn a_new_branch_has_no_visits_before_and_few_at_first() {
    let (without, with) = without_and_with(&format!("kind: new-branch, from: {FROM}, site: krj, ramp_days: 30"));
    let elsewhere = |visits| some(visits, |visit| visit.site != "کرج");
    assert_eq!(elsewhere(&without), elsewhere(&with));
    let branch = |visits| some(visits, |visit| visit.site == "کرج");
    assert!(branch(&without).iter().any(|visit| visit.arrived < at(FROM, 0, 0)));
    assert!(branch(&with).iter().all(|visit| visit.arrived >= at(FROM, 0, 0)));
    let share = |visits: &[Visit], until| visits.iter().filter(|visit| visit.arrived < until).count() as f64;
    let first_days = at("1404/11/22", 0, 0);
    let ratio = share(&touched(&with), first_days) / share(&touched(&without), first_days);
    assert!((0.2..0.5).contains(&ratio), "{ratio}");
}

#[test]
fn a_staff_shortage_closes_counters_and_lengthens_waits_of_the_same_people() {
    let (without, with) =
        without_and_with(&format!("kind: staff-shortage, from: {FROM}, site: krj, missing_share: 0.5"));
    assert_eq!(untouched(&without), untouched(&with));
    let (before, after) = (touched(&without), touched(&with));
    assert_eq!(arrivals(&before), arrivals(&after));
    assert!(mean_wait(&after) > 2.0 * mean_wait(&before));
    let open = |visits: &[Visit]| mean(visits.iter().map(|visit| f64::from(visit.open_counters.unwrap())));
    assert!(open(&after) < 0.8 * open(&before));
}

#[test]
fn a_slower_service_takes_longer_by_its_factor_and_leaves_the_other_service_alone() {
    let (without, with) =
        without_and_with(&format!("kind: slower-service, from: {FROM}, site: krj, service: doc, factor: 1.4"));
    assert_eq!(untouched(&without), untouched(&with));
    let of = |visits: &Visits, service: &str| {
        touched(visits).into_iter().filter(|visit| visit.service == service).collect::<Vec<_>>()
    };
    assert_eq!(of(&without, "پذیرش"), of(&with, "پذیرش"));
    let (before, after) = (of(&without, "نوبت پزشک"), of(&with, "نوبت پزشک"));
    assert_eq!(arrivals(&before), arrivals(&after));
    let ratio = mean_service(&after) / mean_service(&before);
    assert!((1.3..1.5).contains(&ratio), "{ratio}");
    assert!(mean_wait(&after) > mean_wait(&before));
}

#[test]
fn ramadan_hours_hold_in_ramadan_alone() {
    let scenario = format!(
        "kind: ramadan-hours, from: {FROM}, site: krj, opens_later_minutes: 90, closes_earlier_minutes: 60"
    );
    let (without, with) = without_and_with(&scenario);
    let first = at("1404/11/30", 0, 0);
    let outside = |visits| some(visits, |visit| visit.site != "کرج" || visit.arrived < first);
    assert_eq!(outside(&without), outside(&with));
    let in_ramadan = |visits| some(visits, |visit| visit.site == "کرج" && visit.arrived >= first);
    let earliest_and_last = |visits: &[Visit]| {
        let mut clock = crate::base::calendar::Zone::default().clock();
        let minutes: Vec<u16> = visits.iter().map(|visit| clock.local(visit.arrived).minute_of_day()).collect();
        (minutes.iter().min().copied(), minutes.iter().max().copied())
    };
    let (usual, short) = (earliest_and_last(&in_ramadan(&without)), earliest_and_last(&in_ramadan(&with)));
    assert!(usual.0 < Some(8 * 60) && usual.1 > Some(13 * 60), "{usual:?}");
    assert!(short.0 >= Some(9 * 60) && short.1 < Some(13 * 60), "{short:?}");
}

#[test]
fn broken_clocks_change_what_is_recorded_and_nothing_that_happened() {
    let scenario = format!("kind: broken-clocks, from: {FROM}, site: krj, off_minutes: -7, stuck_minutes: 10");
    let (without, with) = without_and_with(&scenario);
    assert_eq!(untouched(&without), untouched(&with));
    let (happened, recorded) = (touched(&without), touched(&with));
    assert_eq!(arrivals(&happened), arrivals(&recorded));
    // Ten-minute marks of Tehran's clock are ten-minute marks of UTC.
    let wrong = |moment: Option<Moment>| {
        let late = moment?.plus_millis(-7 * 60_000)?;
        late.plus_millis(-late.millis().rem_euclid(600_000))
    };
    for (happened, recorded) in happened.iter().zip(&recorded) {
        assert_eq!(recorded.called, wrong(happened.called));
        assert_eq!(recorded.finished, wrong(happened.finished));
        assert_eq!(recorded.left, wrong(happened.left));
        assert_eq!(recorded.open_counters, happened.open_counters);
    }
    let negative = recorded.iter().filter(|visit| visit.called.is_some_and(|called| called < visit.arrived));
    assert!(negative.count() > 100, "waits that a check of the data must find");
}
