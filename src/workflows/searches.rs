//! The searches that are kept: every trial with what became of it, and how a search that was stopped is gone on with.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::analysis::models::{BRACKET, SearchResults, Space, best_step, next_step};
use crate::store::workspace::{Search, Trial, Workspace};

use super::WorkflowError;
use super::expressions::{ExpressionText, expressions};
use super::search::{STAGES, SearchRequest, asked, results};
use super::train::find_family;

/// What became of a trial on a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The best of the highest stage that any has reached.
    Best,
    /// It went on to the next stage.
    WentOn,
    /// It learned from all of the training time, and another one is better.
    Finished,
    /// Others were better: it did not go on.
    Dropped,
    /// It is not decided yet: others that began with it have not ended.
    Waiting,
    /// No model came of it.
    Failed,
}

/// The trials of a search, with what became of each.
#[derive(Clone, Debug, PartialEq)]
pub struct Trials {
    /// Every one, in the order of their numbers and stages.
    pub all: Vec<Trial>,
    /// What became of each.
    pub fates: Vec<Fate>,
    /// The shares of the training time that the stages learn from, the last of them all of it.
    pub shares: Vec<f64>,
}

/// A search that is kept.
#[derive(Clone, Debug)]
pub struct KeptSearch {
    /// What is kept of it.
    pub search: Search,
    /// Its trials.
    pub trials: Trials,
    /// What has to be asked so that it goes on, without minutes; `None` where the same cannot be asked any more: another
    /// version of the program made it, or the expressions have changed since.
    pub request: Option<SearchRequest>,
}

impl Trials {
    /// Says what became of each of `all`.
    #[must_use]
    pub fn of(mut all: Vec<Trial>, shares: &[f64]) -> Trials {
        let stages = stages_of(shares);
        all.sort_by_key(|trial| (trial.trial, trial.stage));
        let results = results(&all);
        let best = best_step(&results);
        let mut decided = BTreeMap::new();
        let mut fate = |trial: &Trial| {
            let step = (trial.trial, trial.stage);
            let next = trial.stage.saturating_add(1);
            if trial.mae.is_none() {
                return Fate::Failed;
            }
            if best == Some(step) {
                return Fate::Best;
            }
            if results.contains_key(&(trial.trial, next)) {
                return Fate::WentOn;
            }
            if next >= stages {
                return Fate::Finished;
            }
            let first = trial.trial / BRACKET * BRACKET;
            let going = decided.entry((first, next)).or_insert_with(|| going(&results, (first, next), stages));
            match going {
                None => Fate::Waiting,
                Some(going) if going.contains(&trial.trial) => Fate::WentOn,
                Some(_) => Fate::Dropped,
            }
        };
        let fates = all.iter().map(&mut fate).collect();
        Trials { all, fates, shares: shares.to_vec() }
    }

    /// The best so far.
    #[must_use]
    pub fn best(&self) -> Option<&Trial> {
        let place = self.fates.iter().position(|fate| *fate == Fate::Best)?;
        self.all.get(place)
    }

    /// How many began.
    #[must_use]
    pub fn begun(&self) -> usize {
        self.all.iter().filter(|trial| trial.stage == 0).count()
    }

    /// How many stages there are.
    #[must_use]
    pub fn stages(&self) -> u8 {
        stages_of(&self.shares)
    }

    /// How many learned from all of the training time.
    #[must_use]
    pub fn finished(&self) -> usize {
        self.all
            .iter()
            .filter(|trial| trial.stage.saturating_add(1) >= self.stages() && trial.mae.is_some())
            .count()
    }

    /// How long they took together, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.all.iter().map(|trial| trial.seconds).sum()
    }
}

fn stages_of(shares: &[f64]) -> u8 {
    u8::try_from(shares.len()).unwrap_or(u8::MAX)
}

/// Which of the trials that began with `first` go on to `stage`, by the same rule that the search goes by; `None` while
/// that is not decided.
fn going(results: &SearchResults, (first, stage): (u32, u8), stages: u8) -> Option<BTreeSet<u32>> {
    let of_bracket = |trial: &u32| (first..first + BRACKET).contains(trial);
    let begun = results.keys().map(|(trial, _)| *trial).filter(of_bracket);
    // Where fewer were asked for than begin together, the last ones are not waited for.
    let is_cut = results.keys().any(|(trial, stage)| of_bracket(trial) && *stage > 0);
    let most = if is_cut { begun.max()? + 1 } else { first + BRACKET };
    let mut seen = results.clone();
    let mut going: BTreeSet<u32> =
        results.keys().filter(|(trial, at)| of_bracket(trial) && *at == stage).map(|(trial, _)| *trial).collect();
    loop {
        match next_step(&seen, stages, most) {
            // Those that began before are asked about by themselves.
            Some((trial, at)) if trial < first => drop(seen.insert((trial, at), None)),
            Some((_, at)) if at < stage => return None,
            Some((trial, at)) if at == stage => {
                going.insert(trial);
                seen.insert((trial, at), None);
            }
            _ => return Some(going),
        }
    }
}

/// Every search that is kept, the newest first.
///
/// # Errors
/// [`WorkflowError`].
pub fn searches(workspace: &Workspace) -> Result<Vec<KeptSearch>, WorkflowError> {
    let found = workspace.searches()?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let own = expressions(workspace)?;
    let own: Vec<ExpressionText> = own.iter().map(|own| ExpressionText::of(own)).collect();
    let kept = |search: Search| {
        let shares = search.document.get("stages").and_then(Value::as_array);
        // Older programs did not keep them.
        let shares = shares.map_or(STAGES.to_vec(), |shares| shares.iter().filter_map(Value::as_f64).collect());
        let trials = Trials::of(workspace.trials(search.id)?, &shares);
        let request = request(&search)
            .filter(|(request, space)| asked(search.dataset, space, request, &own) == search.asked);
        Ok(KeptSearch { trials, request: request.map(|(request, _)| request), search })
    };
    found.into_iter().map(kept).collect()
}

/// What was asked, as far as the document says it.
fn request(search: &Search) -> Option<(SearchRequest, Space)> {
    let family = find_family(&search.family).ok()?;
    let document = &search.document;
    // Older programs kept what the space was, and not what had been given for it.
    let given = document.get("given").and_then(Value::as_str).unwrap_or_default();
    let request = SearchRequest {
        family: search.family.clone(),
        space: given.to_owned(),
        seed: document.get("seed")?.as_u64()?,
        minutes: 0.0,
        most_trials: None,
        test_share: document.get("test_share")?.as_f64()?,
        adaptive_rate: document.get("adaptive_rate").and_then(Value::as_f64),
    };
    let space = Space::from_yaml(family, given).ok()?;
    Some((request, space))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(trial: u32, stage: u8, mae: Option<f64>) -> Trial {
        let failure = mae.is_none().then(|| "no model".to_owned());
        let parameters = serde_json::json!({});
        Trial {
            trial,
            stage,
            parameters,
            mae,
            mae_low: None,
            mae_high: None,
            failure,
            seconds: 1.0,
            by_day: Vec::new(),
        }
    }

    /// The fate of the trial with this number on this stage.
    fn fate(trials: &Trials, step: (u32, u8)) -> Fate {
        let place = trials.all.iter().position(|trial| (trial.trial, trial.stage) == step).unwrap();
        trials.fates[place]
    }

    #[test]
    fn what_became_of_a_trial_follows_the_rule_of_the_search() {
        // Until the nine have ended nothing is decided.
        let first: Vec<Trial> = (0..8).map(|n| trial(n, 0, (n != 3).then_some(f64::from(10 - n)))).collect();
        let found = Trials::of(first.clone(), &STAGES);
        assert_eq!(
            (fate(&found, (7, 0)), fate(&found, (3, 0)), fate(&found, (0, 0))),
            (Fate::Best, Fate::Failed, Fate::Waiting)
        );
        // The whole search, as it goes by itself.
        let (mut all, mut results) = (Vec::new(), SearchResults::new());
        while let Some((number, stage)) = next_step(&results, 3, 18) {
            let mae = (number != 3).then(|| f64::from((number * 7) % 19) - f64::from(stage));
            results.insert((number, stage), mae);
            all.push(trial(number, stage, mae));
            let found = Trials::of(all.clone(), &STAGES);
            // What is decided stays so, but for the best, which changes.
            for (at, fate) in found.fates.iter().enumerate() {
                let is_last = found.all[at].stage + 1 == 3;
                assert!(
                    !is_last || matches!(fate, Fate::Best | Fate::Finished | Fate::Failed),
                    "{:?}",
                    found.all[at]
                );
            }
        }
        let found = Trials::of(all, &STAGES);
        assert_eq!(found.begun(), 18);
        for (at, fate) in found.fates.iter().enumerate() {
            let Trial { trial, stage, mae, .. } = &found.all[at];
            let went_on = results.contains_key(&(*trial, stage + 1));
            match fate {
                Fate::Best => assert_eq!(best_step(&results), Some((*trial, *stage))),
                Fate::WentOn => assert!(went_on),
                Fate::Dropped => assert!(!went_on && mae.is_some() && *stage < 2),
                Fate::Finished => assert_eq!(*stage, 2),
                Fate::Failed => assert!(mae.is_none() && !went_on),
                Fate::Waiting => panic!("everything is decided: {trial} {stage}"),
            }
        }
        assert_eq!(found.finished(), 2);
        assert_eq!(found.best().map(|best| (best.trial, best.stage)), best_step(&results));
    }

    #[test]
    fn fewer_trials_than_begin_together_are_decided_among_themselves() {
        let all = vec![trial(0, 0, Some(2.0)), trial(1, 0, Some(1.0)), trial(1, 1, Some(0.9))];
        let found = Trials::of(all, &STAGES[1..]);
        // The defaults go on whatever they come to.
        assert_eq!(found.fates, [Fate::WentOn, Fate::WentOn, Fate::Best]);
        assert_eq!(Trials::of(Vec::new(), &STAGES).best(), None);
    }
}
