//! The audit is silent where nothing leaks and names what does.

use super::super::{CATALOGUE, build};
use super::*;
use crate::analysis::history::Visits;
use crate::analysis::simulation::{Recipe, simulate};

const RECIPE: &str = "
seed: 11
start: 1404/07/05
days: 24
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

fn ids() -> Vec<&'static str> {
    CATALOGUE.iter().map(|feature| feature.id).collect()
}

const SAMPLING: Sampling = Sampling { arrivals: 200, seed: 1404 };

/// The catalogue with one more feature, computed by `peek` from the whole of the history it is given.
struct Planted {
    table: FeatureTable,
    peeked: Vec<Option<f64>>,
}

impl Computed for Planted {
    fn value(&self, id: &str, row: usize) -> Value<'_> {
        match id {
            "planted" => self.peeked[row].map_or(Value::Missing, Value::Number),
            id => FeatureTable::value(&self.table, id, row),
        }
    }
}

fn planted(history: &History, task: &Task, peek: fn(&Visits, usize) -> Option<f64>) -> Result<Planted, Cancelled> {
    let peeked = (0..history.visits.len()).map(|row| peek(&history.visits, row)).collect();
    Ok(Planted { table: build(history, task)?, peeked })
}

fn audit_planted(peek: fn(&Visits, usize) -> Option<f64>) -> LeakageAudit {
    let (history, task) = (simulated(), Task::default());
    let ids: Vec<&str> = ids().into_iter().chain(["planted"]).collect();
    let offline = planted(&history, &task, peek).unwrap();
    audit(&history, &ids, &offline, |cut, task| planted(cut, task, peek), SAMPLING, &task).unwrap()
}

#[test]
fn the_catalogue_does_not_look_ahead() {
    let (history, task) = (simulated(), Task::default());
    let offline = build(&history, &task).unwrap();
    let found = audit(&history, &ids(), &offline, build, SAMPLING, &task).unwrap();
    assert_eq!(found.checked, 200 * CATALOGUE.len() as u64);
    assert_eq!(found.leaks, []);
}

#[test]
fn a_feature_that_peeks_at_the_call_is_caught_at_every_arrival_that_was_called() {
    let found = audit_planted(|visits, row| visits.wait(row).map(crate::base::Minutes::get));
    assert!(found.leaks.iter().all(|leak| leak.feature == "planted"), "{:?}", found.leaks);
    let history = simulated();
    let served = |leak: &&Leak| {
        let row = history.visits.visit_id.iter().position(|id| id == Some(leak.visit_id.as_str())).unwrap();
        leak.offline.as_f64() == history.visits.wait(row).map(crate::base::Minutes::get)
    };
    assert_eq!(found.leaks.iter().filter(served).count(), found.leaks.len());
    assert!(found.leaks.iter().all(|leak| leak.recomputed.is_null()));
    // Nearly everybody is called in the end.
    assert!(found.leaks.len() > 150, "{}", found.leaks.len());
}

#[test]
fn a_feature_that_counts_those_who_come_later_is_caught() {
    let found = audit_planted(|visits, row| {
        let later = |other: &usize| visits.site.get(*other) == visits.site.get(row);
        Some((row + 1..visits.len()).filter(later).count() as f64)
    });
    assert!(found.leaks.len() > 190 && found.leaks.iter().all(|leak| leak.feature == "planted"));
    assert!(found.leaks.iter().all(|leak| leak.recomputed == 0.0));
}

/// A feature of the whole past differs in the recent past and is no leak.
#[test]
fn a_long_memory_is_no_leak() {
    let found = audit_planted(|visits, row| {
        let same = |other: &usize| visits.site.get(*other) == visits.site.get(row);
        Some((0..row).filter(same).count() as f64)
    });
    assert_eq!(found.leaks, []);
}

#[test]
fn the_sample_is_spread_over_sites_and_time_and_follows_its_seed() {
    let visits = simulated().visits;
    let sites = rows_of_sites(&visits);
    let sample = draw(&sites, SAMPLING);
    assert_eq!(sample.len(), 200);
    assert_eq!(sample, draw(&sites, SAMPLING));
    assert_ne!(sample, draw(&sites, Sampling { seed: 2, ..SAMPLING }));
    for (site, rows) in sites.iter().enumerate() {
        let places: Vec<usize> =
            sample.iter().filter(|(other, _)| *other == site).map(|(_, place)| *place).collect();
        assert_eq!(places.len(), 100);
        // One in each hundredth of the site's visits.
        for (part, place) in places.iter().enumerate() {
            assert!((part * rows.len() / 100..(part + 1) * rows.len() / 100).contains(place));
        }
    }
}

#[test]
fn few_visits_are_all_audited_and_none_gives_nothing() {
    let few = vec![vec![0, 2], vec![1], vec![]];
    let mut sample = draw(&few, SAMPLING);
    sample.sort_unstable();
    assert_eq!(sample, [(0, 0), (0, 1), (1, 0)]);
    let (empty, task) = (History::default(), Task::default());
    let offline = build(&empty, &task).unwrap();
    assert_eq!(audit(&empty, &ids(), &offline, build, SAMPLING, &task).unwrap(), LeakageAudit::default());
}

#[test]
fn an_audit_can_be_cancelled() {
    let (history, task) = (simulated(), Task::default());
    let offline = build(&history, &task).unwrap();
    task.cancel_token().cancel();
    assert_eq!(audit(&history, &ids(), &offline, build, SAMPLING, &task), Err(Cancelled));
}
