//! What must hold of every recipe, checked on random small ones, second by second and without the engine's help.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::queue::End;
use super::*;
use crate::analysis::history::Outcome;
use crate::base::calendar::{Holidays, Weekday};

/// One queue's day with everything that decided it.
struct Scene {
    day: Day,
    people: Vec<Person>,
    counters: Vec<Counter>,
    stays: Vec<Stay>,
}

fn scenes(recipe: &Recipe) -> Vec<Scene> {
    let mut clock = recipe.zone.clock();
    let mut scenes = Vec::new();
    for (index, site) in recipe.sites.iter().enumerate() {
        for date in (0..recipe.days).filter_map(|day| recipe.start.plus_days(day)) {
            let Some(day) = Day::of(recipe, index, date, &mut clock) else { continue };
            for queue in &site.queues {
                let service = &recipe.services[queue.service];
                let QueueDay { people, stays } = QueueDay::of(recipe, site, queue, &day);
                let counters = roster::roster(recipe, site, queue, service, &day);
                scenes.push(Scene { day: day.clone(), people, counters, stays });
            }
        }
    }
    scenes
}

impl Scene {
    /// When the person's wait ends, one way or the other.
    fn wait_ends(&self, person: usize) -> Second {
        match self.stays[person].end {
            End::Served { called, .. } => called,
            End::Left(left) => left,
        }
    }

    fn is_served(&self, person: usize) -> bool {
        matches!(self.stays[person].end, End::Served { .. })
    }

    /// Whether the counter has a service going on that began before `second`.
    fn is_busy(&self, counter: usize, second: Second) -> bool {
        self.stays.iter().any(|stay| match stay.end {
            End::Served { counter: at, called, finished } => at == counter && called < second && second < finished,
            End::Left(_) => false,
        })
    }

    fn check(&self, booking: &recipe::Booking) {
        assert_eq!(self.stays.len(), self.people.len());
        assert!(self.people.is_sorted_by_key(|person| person.arrives));
        for person in 0..self.people.len() {
            self.check_times(person);
            self.check_told(person);
            self.check_order(person, booking);
        }
        self.check_counters();
        self.check_nobody_waits_for_nothing();
    }

    fn check_times(&self, index: usize) {
        let (day, person) = (&self.day, &self.people[index]);
        assert!(day.opens <= person.arrives && person.arrives < day.last_ticket);
        let gives_up = person.patience.map_or(Second::MAX, |patience| person.arrives + patience);
        match self.stays[index].end {
            End::Served { counter, called, finished } => {
                assert!(person.arrives <= called && called < finished && called < gives_up);
                assert!(called < day.closes && self.counters[counter].is_open(called));
            }
            End::Left(left) => assert_eq!(left, gives_up.min(day.closes)),
        }
    }

    fn check_told(&self, index: usize) {
        let now = self.people[index].arrives;
        let is_staffed = |counter: &usize| self.counters[*counter].is_open(now) || self.is_busy(*counter, now);
        let staffed = (0..self.counters.len()).filter(is_staffed).count();
        // Within a second, people give up before others arrive, and calls come last.
        let waits = |other: &usize| {
            self.wait_ends(*other) > now || (self.is_served(*other) && self.wait_ends(*other) == now)
        };
        let ahead = (0..index).filter(waits).count();
        let stay = self.stays[index];
        assert_eq!((stay.open_counters as usize, stay.people_ahead as usize), (staffed, ahead));
    }

    /// Nobody who still waits after `index` was called went before them.
    fn check_order(&self, index: usize, booking: &recipe::Booking) {
        let End::Served { called: now, .. } = self.stays[index].end else { return };
        let class = |person: &Person| {
            let due = person.booked_for.is_some_and(|booked_for| {
                now >= booked_for - booking.called_early && person.arrives <= booked_for + booking.forfeits_after
            });
            let long = now - person.arrives >= booking.yields_after;
            if person.has_priority {
                'a'
            } else if due || long {
                'b'
            } else {
                'c'
            }
        };
        for (other, person) in self.people.iter().enumerate() {
            if person.arrives <= now && self.wait_ends(other) > now {
                assert!((class(&self.people[index]), index) < (class(person), other));
            }
        }
    }

    fn check_counters(&self) {
        for counter in 0..self.counters.len() {
            let mut services: Vec<(Second, Second)> = Vec::new();
            for stay in &self.stays {
                match stay.end {
                    End::Served { counter: at, called, finished } if at == counter => {
                        services.push((called, finished))
                    }
                    _ => {}
                }
            }
            services.sort_unstable();
            assert!(services.windows(2).all(|pair| pair[0].1 <= pair[1].0), "two people at one counter");
            let open = &self.counters[counter].open;
            assert!(
                open.iter()
                    .all(|(from, until)| self.day.opens <= *from && from < until && *until <= self.day.closes)
            );
            assert!(open.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
    }

    /// No counter is open and free at the end of a second through which somebody waits.
    fn check_nobody_waits_for_nothing(&self) {
        let mut seconds: BTreeSet<Second> = self.people.iter().map(|person| person.arrives).collect();
        seconds.extend(self.counters.iter().flat_map(|counter| counter.open.iter().map(|(from, _)| *from)));
        for stay in &self.stays {
            if let End::Served { finished, .. } = stay.end {
                seconds.insert(finished);
            }
        }
        for now in seconds.into_iter().filter(|now| *now < self.day.closes) {
            let waits = |person: usize| self.people[person].arrives <= now && self.wait_ends(person) > now;
            // Just after `now`, a service that began at `now` counts.
            let is_free =
                |counter: usize| self.counters[counter].is_open(now) && !self.is_busy_through(counter, now);
            if (0..self.people.len()).any(waits) {
                assert!(!(0..self.counters.len()).any(is_free), "somebody waits beside a free counter");
            }
        }
    }

    fn is_busy_through(&self, counter: usize, second: Second) -> bool {
        self.stays.iter().any(|stay| match stay.end {
            End::Served { counter: at, called, finished } => {
                at == counter && called <= second && second < finished
            }
            End::Left(_) => false,
        })
    }
}

fn queue() -> impl Strategy<Value = String> {
    (0..3_usize, 0.0..150.0_f64, 1..4_u8, 0..3_u8, 0.0..1.0_f64).prop_map(
        |(service, visits, counters, peak, booked)| {
            format!(
                "{{service: s{service}, visits_a_day: {visits:.1}, counters: {counters}, peak_counters: {peak}, \
             booked_share: {booked:.2}}}"
            )
        },
    )
}

fn scenario() -> impl Strategy<Value = String> {
    let kinds = [
        "kind: new-branch, site: a, ramp_days: 3",
        "kind: staff-shortage, missing_share: 0.6",
        "kind: slower-service, service: s1, factor: 2.0",
        "kind: ramadan-hours",
        "kind: broken-clocks, stuck_minutes: 15",
    ];
    (prop::sample::select(kinds.to_vec()), 0..12_u8)
        .prop_map(|(kind, day)| format!("{{{kind}, from: 2026-02-{:02}}}", 15 + day))
}

fn document() -> impl Strategy<Value = String> {
    let shares = (0.0..0.3_f64, 0.0..0.9_f64, 2.0..120.0_f64, 0.0..0.9_f64);
    let scenarios = prop::collection::vec(scenario(), 0..3);
    (any::<u64>(), 1..9_u8, queue(), queue(), shares, scenarios, 8..15_u8).prop_map(
        |(seed, days, first, second, (priority, patient, patience, absence), scenarios, export)| {
            format!(
                "{{seed: {seed}, start: 2026-02-15, days: {days}, export: {{at: \"{export}:00\", people_ahead: true}}, \
                 people: {{priority_share: {priority:.2}, patient_share: {patient:.2}, patience_minutes: {patience:.1}}}, \
                 booking: {{called_early_minutes: 4, forfeits_after_minutes: 10, yields_after_minutes: 40, late_share: 0.5}}, \
                 staff: {{absence: {absence:.2}, jitter_minutes: 30}}, \
                 services: [{{id: s0, name: a, median_minutes: 2}}, {{id: s1, name: b, median_minutes: 6}}, \
                 {{id: s2, name: c, median_minutes: 20, spread: 1.0}}], \
                 sites: [{{id: a, name: A, queues: [{first}]}}, {{id: b, name: B, queues: [{second}]}}], \
                 scenarios: [{}]}}",
                scenarios.join(", ")
            )
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn queues_keep_their_rules(document in document()) {
        let recipe = Recipe::from_yaml(&document).unwrap();
        for scene in scenes(&recipe) {
            scene.check(&recipe.booking);
        }
    }

    #[test]
    fn the_history_adds_up_and_depends_on_the_seed_alone(document in document()) {
        let mut recipe = Recipe::from_yaml(&document).unwrap();
        let visits = simulate(&recipe, &Task::default()).unwrap();
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        prop_assert!(visits == alone.install(|| simulate(&recipe, &Task::default())).unwrap());
        prop_assert!(visits.len() < 20 || visits != simulate(&recipe.clone().with_seed(recipe.seed ^ 1), &Task::default()).unwrap());

        let [served, abandoned, unfinished] =
            [Outcome::Served, Outcome::Abandoned, Outcome::Unfinished].map(|outcome| visits.count(outcome));
        prop_assert_eq!(served + abandoned + unfinished, visits.len());
        let ids: BTreeSet<&str> = visits.visit_id.iter().flatten().collect();
        prop_assert_eq!(ids.len(), visits.len());
        let mut sorted = visits.clone();
        sorted.sort();
        prop_assert!(sorted == visits);

        // Without the cut, everybody's visit ends, and nobody is lost.
        recipe.export.at = None;
        let whole = simulate(&recipe, &Task::default()).unwrap();
        prop_assert_eq!(whole.count(Outcome::Unfinished), 0);
        prop_assert_eq!(whole.len(), scenes(&recipe).iter().map(|scene| scene.people.len()).sum::<usize>());
        prop_assert!(whole.len() >= visits.len());
    }
}

#[test]
fn nobody_comes_on_fridays_and_holidays_and_cancelling_stops_the_work() {
    let recipe = Recipe::from_yaml(include_str!("../../../sample-data/recipe.yaml")).unwrap();
    let visits = simulate(&recipe, &Task::default()).unwrap();
    let mut clock = recipe.zone.clock();
    let days: BTreeSet<_> = visits.arrived.iter().map(|arrived| clock.local(*arrived).date()).collect();
    assert!(days.len() > 130);
    assert!(days.iter().all(|day| day.weekday() != Weekday::Friday));
    assert!(days.iter().all(|day| Holidays::iran().is_holiday(*day) == Some(false)));

    let task = Task::default();
    task.cancel_token().cancel();
    assert_eq!(simulate(&recipe, &task), Err(Cancelled));
}
