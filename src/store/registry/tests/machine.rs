//! Random sequences of operations against a model of a few lines.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Step {
    Propose(u32),
    Approve(u32),
    Reject(u32),
    Promote(u32),
    RollBack,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0u32..6).prop_map(Step::Propose),
        3 => (0u32..6).prop_map(Step::Approve),
        1 => (0u32..6).prop_map(Step::Reject),
        3 => (0u32..6).prop_map(Step::Promote),
        3 => Just(Step::RollBack),
        1 => Just(Step::Reopen),
    ]
}

/// Decisions by version, and the pile of promoted versions.
#[derive(Default)]
struct Model {
    versions: std::collections::BTreeMap<u32, Option<Decision>>,
    ever_live: std::collections::BTreeSet<u32>,
    pile: Vec<u32>,
    generation: i64,
    events: usize,
}

impl Model {
    /// Whether the step is allowed; it is taken if so.
    fn take(&mut self, step: &Step) -> bool {
        let is_allowed = match *step {
            Step::Propose(n) => {
                let is_newer = self.versions.keys().all(|known| *known < n);
                is_newer && self.versions.insert(n, None).is_none()
            }
            Step::Approve(n) => self.decide(n, Decision::Approve),
            Step::Reject(n) => self.decide(n, Decision::Reject),
            Step::Promote(n) => {
                let is_fit =
                    self.versions.get(&n) == Some(&Some(Decision::Approve)) && self.pile.last() != Some(&n);
                if is_fit {
                    self.pile.push(n);
                    self.ever_live.insert(n);
                }
                is_fit
            }
            Step::RollBack => self.pile.len() > 1 && self.pile.pop().is_some(),
            Step::Reopen => return true,
        };
        if is_allowed {
            self.events += 1;
            self.generation += i64::from(matches!(step, Step::Promote(_) | Step::RollBack));
        }
        is_allowed
    }

    fn decide(&mut self, n: u32, decision: Decision) -> bool {
        self.versions.get_mut(&n).is_some_and(|decided| decided.is_none() && decided.replace(decision).is_none())
    }

    fn stage(&self, n: u32) -> Stage {
        match self.versions[&n] {
            None => Stage::Proposed,
            Some(Decision::Reject) => Stage::Rejected,
            Some(Decision::Approve) if self.pile.last() == Some(&n) => Stage::Live,
            Some(Decision::Approve) if self.ever_live.contains(&n) => Stage::Retired,
            Some(Decision::Approve) => Stage::Approved,
        }
    }
}

fn run(fixture: &mut Fixture, step: &Step) -> bool {
    match *step {
        Step::Propose(n) => fixture.propose(v(n)).is_ok(),
        Step::Approve(n) => {
            let known = fixture.registry.statement(v(n));
            known.is_ok_and(|_| fixture.approve(v(n)).is_ok())
        }
        Step::Reject(n) => fixture.registry.reject(v(n), "Sara", "no", at(2)).is_ok(),
        Step::Promote(n) => fixture.promote(v(n)).is_ok(),
        Step::RollBack => fixture.roll_back().is_ok(),
        Step::Reopen => {
            fixture.registry = Registry::open(&fixture.path(), Access::Write).unwrap();
            true
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_registry_does_what_the_model_does(steps in prop::collection::vec(step(), 1..60)) {
        let mut fixture = Fixture::new();
        let mut model = Model { events: 2, ..Model::default() };
        for step in &steps {
            let is_allowed = model.take(step);
            prop_assert_eq!(run(&mut fixture, step), is_allowed, "{:?}", step);
            let live = model.pile.last().map(|n| (model.generation, v(*n)));
            prop_assert_eq!(fixture.live(), live);
        }
        for entry in fixture.registry.versions().unwrap() {
            prop_assert_eq!(entry.stage, model.stage(entry.version.minor()));
        }
        let report = fixture.registry.verify().unwrap();
        prop_assert_eq!(report.problems, vec![]);
        prop_assert_eq!((report.events, report.versions), (model.events, model.versions.len()));
    }
}
