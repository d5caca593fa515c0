//! What the desk does while parameters are searched.
//!
//! The job tells each trial as it ends through a place that both see; a frame only looks whether there is something new there.
//! However the search ends (with a run, stopped, failed), what is kept is read again, since every trial is kept.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::Desk;
use super::work::Visits;
use crate::base::Task;
use crate::store::workspace::Trial;
use crate::workbench::jobs::{JobError, JobId};
use crate::workbench::state::{Arrival, SearchState, Services};
use crate::workflows::search::{SearchRequest, search};
use crate::workflows::searches::{KeptSearch, Trials};

/// Where the job puts what it found.
type Told = Arc<Mutex<Arc<SearchState>>>;

/// A search that is going on.
pub(super) struct Searching {
    job: JobId,
    told: Told,
}

impl Desk {
    pub(super) fn search(&mut self, request: SearchRequest, services: &mut Services<'_>) {
        let Some(digest) = self.state.dataset else { return };
        let visits = Visits { home: self.home.clone(), digest, prepared: self.state.prepared.clone() };
        let trials = self.kept_trials(&request);
        let state = SearchState { dataset: digest, request, trials, since: Instant::now() };
        let state = Arc::new(state);
        let told: Told = Arc::new(Mutex::new(state.clone()));
        self.state.search = Some(state);
        let seen = told.clone();
        let name = super::words(services, "job.search");
        let job = services.jobs.start("search", name, move |task| run(&visits, &seen, task));
        self.searching = Some(Searching { job, told });
    }

    /// The trials of the search that asked the same before.
    fn kept_trials(&self, request: &SearchRequest) -> Trials {
        let same = |kept: &&KeptSearch| {
            let asked = kept.request.as_ref().filter(|_| Some(kept.search.dataset) == self.state.dataset);
            let new = SearchRequest { minutes: 0.0, most_trials: None, ..request.clone() };
            asked == Some(&new)
        };
        let kept = self.state.snapshot.as_ref().and_then(|snapshot| snapshot.searches.iter().find(same));
        kept.map_or_else(|| Trials::of(Vec::new(), &[]), |kept| kept.trials.clone())
    }

    /// Shows what the search came to since the last frame; reads what is kept again once it has ended.
    pub(super) fn follow_search(&mut self, services: &mut Services<'_>) {
        let Some(Searching { job, told }) = &self.searching else { return };
        if !services.jobs.is_running(*job) {
            self.searching = None;
            self.state.search = None;
            return self.refresh(services);
        }
        let now = told.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.state.search.as_ref().is_some_and(|shown| Arc::ptr_eq(shown, &now)) {
            self.state.search = Some(now.clone());
        }
    }

    /// The best trial is a run now, which is looked at.
    pub(super) fn take_searched(&mut self, search: i64, run: i64, services: &mut Services<'_>) {
        self.state.run = Some(run);
        services.notices.done("notice.searched", vec![("search", search.to_string()), ("run", run.to_string())]);
    }
}

fn run(visits: &Visits, told: &Told, task: &Task) -> Result<Arrival, JobError> {
    let prepared = visits.ready(task)?;
    let (mut trials, request) = {
        let told = told.lock().unwrap_or_else(PoisonError::into_inner);
        (told.trials.all.clone(), told.request.clone())
    };
    let mut seen = |trial: &Trial, shares: &[f64]| {
        // Those that were kept before are told again.
        if trials.iter().any(|known| (known.trial, known.stage) == (trial.trial, trial.stage)) {
            return;
        }
        trials.push(trial.clone());
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        let trials = Trials::of(trials.clone(), shares);
        *told = Arc::new(SearchState { trials, since: Instant::now(), ..SearchState::clone(&told) });
    };
    let outcome = search(&visits.home, &prepared, &request, task, &mut seen)?;
    Ok(Arrival::Searched(outcome.search, outcome.run.run()))
}
