//! A profile against the same sums made the plain way.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use super::*;
use crate::analysis::history::{Texts, Visit, Visits};
use crate::analysis::simulation::{Recipe, simulate};
use crate::base::calendar::{JalaliDate, LocalTime, Zone};
use crate::base::statistics::Sample;

const SAMPLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/recipe.yaml"));

static HISTORY: LazyLock<History> = LazyLock::new(|| {
    let visits = simulate(&Recipe::from_yaml(SAMPLE).unwrap(), &Task::default()).unwrap();
    History::new(Zone::default(), visits.take(&(0..visits.len()).step_by(7).collect::<Vec<_>>()))
});

fn profile(history: &History) -> Profile {
    Profile::of(history, &Task::default()).unwrap()
}

#[track_caller]
fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} {b}");
}

/// The visits of each group, the plain way.
fn plainly<K: Ord>(key: impl Fn(usize, LocalTime) -> K) -> BTreeMap<K, Visitors> {
    let visits = &HISTORY.visits;
    let mut clock = HISTORY.zone.clock();
    let mut groups = BTreeMap::<K, (Visitors, Vec<f64>)>::new();
    for row in 0..visits.len() {
        let (group, waits) = groups.entry(key(row, clock.local(visits.arrived[row]))).or_default();
        group.visits += 1;
        group.abandoned += u64::from(visits.outcome(row) == Outcome::Abandoned);
        waits.extend(visits.wait(row).map(|wait| wait.get()));
    }
    let sum_up = |(key, (mut group, waits)): (K, (Visitors, Vec<f64>))| {
        group.served = waits.len() as u64;
        group.waits = Sample::new(waits).ok().map(|waits| WaitProfile {
            n: waits.n(),
            mean: waits.values().iter().sum::<f64>() / waits.n() as f64,
            median: waits.quantile(0.5),
            p90: waits.quantile(0.9),
        });
        (key, group)
    };
    groups.into_iter().map(sum_up).collect()
}

#[track_caller]
fn same<K: Ord + std::fmt::Debug>(ours: impl Iterator<Item = (K, Visitors)>, expected: BTreeMap<K, Visitors>) {
    let ours: BTreeMap<K, Visitors> = ours.collect();
    assert_eq!(ours.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (a, b) in ours.values().zip(expected.values()) {
        assert_eq!((a.visits, a.served, a.abandoned), (b.visits, b.served, b.abandoned));
        assert_eq!(a.waits.map(|waits| waits.n), b.waits.map(|waits| waits.n));
        if let (Some(a), Some(b)) = (a.waits, b.waits) {
            close(a.mean, b.mean);
            close(a.median, b.median);
            close(a.p90, b.p90);
        }
    }
}

#[test]
fn every_group_is_summed_up_as_the_plain_way_does_it() {
    let profile = profile(&HISTORY);
    let visits = &HISTORY.visits;
    assert_eq!(profile.visits, visits.len() as u64);
    assert_eq!(profile.visits, profile.served + profile.abandoned + profile.unfinished);
    assert_eq!(profile.abandoned, visits.count(Outcome::Abandoned) as u64);
    assert_eq!((profile.first, profile.last), (visits.arrived.first().copied(), visits.arrived.last().copied()));
    let named = |groups: &[GroupProfile]| {
        groups.iter().map(|group| (group.name.clone(), group.visitors)).collect::<Vec<_>>().into_iter()
    };
    same(named(&profile.sites), plainly(|row, _| visits.site.get(row).to_owned()));
    same(named(&profile.services), plainly(|row, _| visits.service.get(row).to_owned()));
    same(profile.hours.iter().map(|hour| (hour.hour, hour.visitors)), plainly(|_, local| local.hour()));
    same(profile.days.iter().map(|day| (day.date, day.visitors)), plainly(|_, local| local.date()));
    let weekdays = profile.weekdays.iter().map(|weekday| (weekday.weekday, weekday.visitors));
    same(weekdays, plainly(|_, local| local.date().weekday()));
    assert!(profile.sites.is_sorted_by(|a, b| a.visitors.visits >= b.visitors.visits));
    assert_eq!(profile.weekdays.iter().map(|weekday| weekday.days).sum::<u64>(), profile.days.len() as u64);
    assert_eq!(profile.weekdays[0].weekday, Weekday::Saturday);
    assert_eq!(JalaliDate::from(profile.days[0].date).to_string(), "1404/06/29");
}

#[test]
fn waits_and_services_have_the_quantiles_of_a_sorted_sample() {
    let profile = profile(&HISTORY);
    let visits = &HISTORY.visits;
    let waits = (0..visits.len()).filter_map(|row| Some(visits.wait(row)?.get())).collect();
    let took = visits.called.iter().zip(&visits.finished);
    let took = took.filter_map(|(called, finished)| Some((*finished)?.minutes_since((*called)?).get())).collect();
    for (ours, values) in [(profile.waits.unwrap(), waits), (profile.services_took.unwrap(), took)] {
        let sample = Sample::new(values).unwrap();
        assert_eq!(ours.n, sample.n());
        for (ours, share) in [
            (ours.min, 0.0),
            (ours.p05, 0.05),
            (ours.p25, 0.25),
            (ours.median, 0.5),
            (ours.p75, 0.75),
            (ours.p90, 0.9),
            (ours.p95, 0.95),
            (ours.p99, 0.99),
            (ours.max, 1.0),
        ] {
            close(ours, sample.quantile(share));
        }
        let Histogram { from, width, counts } = ours.histogram;
        assert_eq!(counts.iter().sum::<u64>(), ours.n);
        let third = sample.values().iter().filter(|v| (2.0..3.0).contains(&((**v - from) / width))).count();
        assert_eq!(counts[2], third as u64);
        assert_eq!(
            *counts.last().unwrap(),
            sample.values().iter().filter(|v| (**v - from) / width >= 29.0).count() as u64
        );
    }
}

#[test]
fn columns_are_counted() {
    let mut history = HISTORY.clone();
    let n = history.visits.len();
    let texts = |cell: &dyn Fn(usize) -> Option<String>| -> Texts {
        let mut texts = Texts::default();
        (0..n).for_each(|row| texts.push(cell(row).as_deref()));
        texts
    };
    let extras = [
        ("colour", texts(&|row| Some(["red", "green", "red"][row % 3].to_owned()))),
        ("rare", texts(&|row| (row % 10 == 0).then(|| format!("x{row}")))),
        ("weight", texts(&|row| (row % 2 == 0).then(|| format!("{}.5", row % 100)))),
        ("empty", texts(&|_| None)),
    ];
    history.visits.extras.extend(extras.map(|(name, texts)| (name.to_owned(), texts)));
    let profile = profile(&history);
    let visits = &history.visits;
    for column in &profile.columns {
        assert_eq!(column.filled + column.missing, n as u64, "{column:?}");
        assert!(column.distinct.is_exact && column.top.len() <= MOST_TOP_VALUES);
        assert_eq!(column.name == "empty", column.filled == 0, "a column that is not mapped is not listed");
    }
    let column = |name: &str| profile.column(name).unwrap();
    assert_eq!(column("visit_id").distinct.n, n as u64);
    assert_eq!(column("visit_id").top, []);
    assert_eq!(column("site").distinct.n, visits.site.names().len() as u64);
    assert_eq!(column("site").top[0].1, profile.sites[0].visitors.visits);
    let called: HashSet<_> = visits.called.iter().flatten().collect();
    assert_eq!(column("called_at").distinct.n, called.len() as u64);
    let times = column("called_at").times.clone().unwrap();
    let mut sorted: Vec<_> = visits.called.iter().flatten().copied().collect();
    sorted.sort();
    let at = |quarter: usize| sorted[(sorted.len() - 1) * quarter / 4];
    assert_eq!([times.first, times.p25, times.median, times.p75, times.last], [0, 1, 2, 3, 4].map(at));
    assert_eq!((times.counts.len(), times.counts.iter().sum::<u64>()), (BARS, sorted.len() as u64));
    assert!(times.counts[0] > 0 && times.counts[BARS - 1] > 0, "the first and the last are in it");
    assert_eq!(column("priority").kind, ColumnKind::Number);
    let booked = visits.channel.iter().filter(|channel| channel.is_some_and(|c| c.id() == "booked")).count();
    assert!(column("channel").top.contains(&("booked".to_owned(), booked as u64)));
    assert_eq!(column("colour").kind, ColumnKind::Category);
    assert_eq!(column("colour").top[0], ("red".to_owned(), (n - n / 3 - usize::from(n % 3 == 2)) as u64));
    assert_eq!((column("rare").kind, column("rare").filled), (ColumnKind::Text, n.div_ceil(10) as u64));
    let weight = column("weight").numbers.as_ref().unwrap();
    assert_eq!((weight.min, weight.max, weight.n), (0.5, 98.5, n.div_ceil(2) as u64));
    let json = serde_json::to_string(&profile).unwrap();
    assert_eq!(serde_json::from_str::<Profile>(&json).unwrap(), profile);
}

#[test]
fn few_visits_and_visits_of_all_ages_are_summed_up() {
    let empty = profile(&History::default());
    assert_eq!((empty.visits, empty.days.len(), empty.waits), (0, 0, None));
    let visit = |millis: i64| Visit {
        visit_id: millis.to_string(),
        site: "a".to_owned(),
        service: "b".to_owned(),
        arrived: Moment::from_millis(millis).unwrap(),
        called: None,
        finished: None,
        left: None,
        priority: None,
        channel: None,
        booked_for: None,
        open_counters: None,
        people_ahead: None,
    };
    let ages = [-Moment::RANGE_MILLIS, 0, 86_400_000, Moment::RANGE_MILLIS];
    let visits: Visits = ages.into_iter().map(visit).collect();
    let aged = profile(&History::new(Zone::default(), visits));
    assert_eq!(aged.days.iter().map(|day| day.visitors.visits).collect::<Vec<_>>(), [1, 1, 1, 1]);
    assert_eq!(aged.days[1].date.to_string(), "1970-01-01");
    assert_eq!((aged.unfinished, aged.weekdays.iter().map(|weekday| weekday.days).sum::<u64>()), (4, 4));
    let many: Visits = (0..2 * MOST_GROUPS as i64).map(|day| visit(day * 86_400_000)).collect();
    let many = profile(&History::new(Zone::default(), many));
    assert_eq!(many.days.len(), MOST_GROUPS);
    assert_eq!(many.column("visit_id").unwrap().distinct, Distinct { n: 2 * MOST_GROUPS as u64, is_exact: true });
}
