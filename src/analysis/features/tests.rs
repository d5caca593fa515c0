//! The catalogue is complete and told in both languages; columns are what the definitions say, alone or together.

use std::collections::HashSet;

use super::oracle::history;
use super::*;
use crate::analysis::history::{History, Texts, Visit};
use crate::analysis::simulation::{Recipe, simulate};
use crate::base::language::{Catalogue, Language};
use crate::base::{Moment, Task};

const RECIPE: &str = "
seed: 3
start: 1404/12/16
days: 24
services:
  - {id: rec, name: پذیرش, median_minutes: 5}
  - {id: doc, name: نوبت پزشک, median_minutes: 10}
sites:
  - {id: krj, name: کرج, queues: [
      {service: rec, visits_a_day: 90, counters: 2},
      {service: doc, visits_a_day: 60, counters: 2, booked_share: 0.6}]}
  - {id: mhd, name: مشهد, queues: [
      {service: rec, visits_a_day: 70, counters: 1}]}
";

fn simulated() -> History {
    let recipe = Recipe::from_yaml(RECIPE).unwrap();
    History::new(recipe.zone().clone(), simulate(&recipe, &Task::default()).unwrap())
}

#[test]
fn every_feature_is_told_in_both_languages() {
    let mut ids = HashSet::new();
    for feature in CATALOGUE {
        assert!(ids.insert(feature.id), "{} stands twice", feature.id);
        let (unit, group) = (feature.unit.name_key(), feature.group.name_key());
        let (known, missing) = (feature.known.name_key(), feature.missing.name_key());
        let mut said = HashSet::new();
        for language in Language::ALL {
            let catalogue = Catalogue::get(language);
            for key in [&unit, &group, &known, &missing] {
                assert!(catalogue.text(key).is_some_and(|text| !text.is_empty()), "{key}");
            }
            let name = catalogue.text(&feature.name_key()).expect(feature.id);
            let about = catalogue.text(&feature.about_key()).expect(feature.id);
            assert!(about.ends_with('.') && about.chars().count() > name.chars().count() / 2, "{}", feature.id);
            assert!(said.insert(name) && said.insert(about), "{} says the same in both languages", feature.id);
        }
    }
}

/// What a feature declares is so: whether it is ever missing, and when it is known.
#[test]
fn declared_fields_hold() {
    for feature in CATALOGUE {
        let from_queue = feature.needs.any(Parts::OF_QUEUE);
        match feature.known {
            Known::InAdvance | Known::AtTheArrival => assert!(!from_queue, "{}", feature.id),
            Known::BeforeTheDay => assert_eq!(feature.needs, Parts::OPENING, "{}", feature.id),
            Known::BeforeTheArrival => assert!(from_queue, "{}", feature.id),
        }
    }
    let nothing_known = history(vec![bare_visit("1", 0)]);
    let table = build(&nothing_known, &Task::default()).unwrap();
    for feature in CATALOGUE.iter().filter(|feature| feature.missing == MissingRule::Never) {
        assert_ne!(table.value(feature.id, 0), Value::Missing, "{}", feature.id);
    }
}

/// One visit at a time of a simulated history, by the catalogue's own definitions.
#[test]
fn columns_hold_what_the_definitions_say_of_each_arrival() {
    let history = simulated();
    let visits = &history.visits;
    let table = build(&history, &Task::default()).unwrap();
    let states = queue_states(&history, &Task::default()).unwrap();
    let mut clock = history.zone.clock();
    for (row, queue) in states.iter().enumerate() {
        let local = clock.local(visits.arrived[row]);
        let arrival = Arrival {
            site: visits.site.get(row),
            service: visits.service.get(row),
            at: visits.arrived[row],
            local,
            day: Day::of(local.date()),
            queue: *queue,
            channel: visits.channel[row],
            priority: visits.priority[row],
            booked_for: visits.booked_for[row],
            expected_service: None,
        };
        for feature in CATALOGUE {
            assert_eq!(table.value(feature.id, row), feature.value(&arrival), "{} {row}", feature.id);
        }
    }
    // Every feature is known somewhere, and every number varies: but for holidays, on which the sites are closed.
    for feature in CATALOGUE {
        let column = table.column(feature.id).unwrap();
        assert!(column.missing() < column.len(), "{} is never known", feature.id);
        let distinct: HashSet<u64> = column.numbers().map(f64::to_bits).collect();
        let varies = distinct.len() > 1 || feature.kind() == Kind::Category || feature.id == "is_holiday";
        assert!(varies, "{} never varies", feature.id);
    }
}

/// Which parts of the state a feature declares is all that it uses.
#[test]
fn a_feature_alone_is_what_it_is_among_all() {
    let history = simulated();
    let all = build(&history, &Task::default()).unwrap();
    for feature in CATALOGUE {
        let alone = build_columns(&history, &[feature], &Task::default()).unwrap();
        assert_eq!(alone.columns().count(), 1);
        assert_eq!(alone.column(feature.id), all.column(feature.id), "{}", feature.id);
    }
}

#[test]
fn a_published_service_length_stands_in_until_a_service_has_ended() {
    let mut history = history(vec![bare_visit("1", 0), bare_visit("2", 10), bare_visit("3", 20)]);
    let texts: Texts = [Some("7.5"), Some("-1"), Some("soon")].into_iter().collect();
    history.visits.extras.insert("expected_service_min".to_owned(), texts);
    let table = build(&history, &Task::default()).unwrap();
    let value = |row| table.value("mean_service_time", row);
    assert_eq!([value(0), value(1), value(2)], [Value::Number(7.5), Value::Missing, Value::Missing]);
}

#[test]
fn rows_are_taken_in_the_order_asked_for() {
    let table = build(&simulated(), &Task::default()).unwrap();
    let taken = table.take(&[40, 7, 40]);
    assert_eq!(taken.len(), 3);
    for feature in CATALOGUE {
        for (place, row) in [40, 7, 40].into_iter().enumerate() {
            assert_eq!(taken.value(feature.id, place), table.value(feature.id, row), "{}", feature.id);
        }
    }
    assert_eq!(table.value("people_ahead", table.len()), Value::Missing);
    assert_eq!(table.value("no_such_feature", 0), Value::Missing);
}

#[test]
fn a_cancelled_sweep_says_so() {
    let task = Task::default();
    task.cancel_token().cancel();
    let history = history(vec![bare_visit("1", 0)]);
    assert!(queue_states(&history, &task).is_err());
    assert!(build(&history, &task).is_err());
}

#[test]
fn no_visits_have_no_features() {
    let table = build(&History::default(), &Task::default()).unwrap();
    assert!(table.is_empty());
    assert_eq!(table.columns().count(), CATALOGUE.len());
}

pub(super) fn bare_visit(id: &str, minute: i64) -> Visit {
    Visit {
        visit_id: id.to_owned(),
        site: "a".to_owned(),
        service: "x".to_owned(),
        arrived: Moment::from_millis(1_770_000_000_000 + minute * 60_000).unwrap(),
        called: None,
        finished: None,
        left: None,
        priority: None,
        channel: None,
        booked_for: None,
        open_counters: None,
        people_ahead: None,
    }
}
