//! What the desk does where drift is looked for, and where the alert rules are replayed.
//!
//! That some days cannot be compared is a finding like another: the screen says it, and no notification does.

use std::sync::Arc;

use super::work::Visits;
use super::{Desk, words};
use crate::analysis::drift::DriftError;
use crate::base::Task;
use crate::store::sqlite::Access;
use crate::workbench::command::{DriftAsk, DriftSource, ReplayAsk};
use crate::workbench::jobs::JobError;
use crate::workbench::state::{Arrival, DriftFound, ReplayFound, Services};
use crate::workflows::WorkflowError;
use crate::workflows::datasets::{prepare, workspace};
use crate::workflows::watch::{replay, watch, watch_log};

impl Desk {
    pub(super) fn look_for_drift(&mut self, ask: DriftAsk, services: &mut Services<'_>) {
        self.drift_job(services, ("drift", "job.drift"), move |visits, task| look_for_drift(visits, ask, task));
    }

    pub(super) fn replay_alerts(&mut self, ask: ReplayAsk, services: &mut Services<'_>) {
        self.drift_job(services, ("replay", "job.replay"), move |visits, task| replay_alerts(visits, ask, task));
    }

    fn drift_job(
        &mut self,
        services: &mut Services<'_>,
        (kind, name): (&'static str, &str),
        work: impl FnOnce(&Visits, &Task) -> Result<Arrival, JobError> + Send + 'static,
    ) {
        let Some(digest) = self.state.dataset else { return };
        let visits = Visits { home: self.home.clone(), digest, prepared: self.state.prepared.clone() };
        let name = words(services, name);
        self.drifting.retain(|job| services.jobs.is_running(*job));
        self.drifting.push(services.jobs.start(kind, name, move |task| work(&visits, task)));
    }

    /// What was found in another data set says nothing of this one, and what is still looked for there is given up.
    pub(super) fn forget_drift(&mut self, services: &mut Services<'_>) {
        for job in self.drifting.drain(..) {
            services.jobs.abandon(job);
        }
        self.state.drift = None;
        self.state.replay = None;
    }

    pub(super) fn take_drift(&mut self, found: Box<DriftFound>) {
        if self.state.dataset == Some(found.dataset) {
            self.state.drift = Some(Arc::from(found));
        }
    }

    pub(super) fn take_replay(&mut self, found: Box<ReplayFound>) {
        if self.state.dataset == Some(found.dataset) {
            self.state.replay = Some(Arc::from(found));
        }
    }
}

fn look_for_drift(visits: &Visits, ask: DriftAsk, task: &Task) -> Result<Arrival, JobError> {
    let prepared = visits.ready(task)?;
    let other = match ask.against {
        None => None,
        Some(digest) => {
            let workspace = workspace(&visits.home, Access::Read)?;
            Some(prepare(&workspace, &workspace.dataset(digest)?, task)?)
        }
    };
    let found = told(match &ask.source {
        DriftSource::Visits => watch(&visits.home, &prepared, other.as_deref(), &ask.request, task),
        DriftSource::Log(path) => {
            let path = path.clone().unwrap_or_else(|| visits.home.predictions());
            watch_log(&path, Some(&prepared), &ask.request, task)
        }
    })?;
    Ok(Arrival::Drifted(Box::new(DriftFound { dataset: visits.digest, ask, found })))
}

fn replay_alerts(visits: &Visits, ask: ReplayAsk, task: &Task) -> Result<Arrival, JobError> {
    let prepared = visits.ready(task)?;
    let found = told(replay(&visits.home, &prepared, &ask.request, ask.planted, task))?;
    Ok(Arrival::Replayed(Box::new(ReplayFound { dataset: visits.digest, ask, found })))
}

/// Why days cannot be compared is found, not failed.
fn told<T>(outcome: Result<T, WorkflowError>) -> Result<Result<T, DriftError>, WorkflowError> {
    match outcome {
        Ok(found) => Ok(Ok(found)),
        Err(WorkflowError::Drift(error)) => Ok(Err(error)),
        Err(error) => Err(error),
    }
}
