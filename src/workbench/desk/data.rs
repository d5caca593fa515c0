//! What the desk does with files of visits, data sets and contracts.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Desk, work};
use crate::analysis::history::Mapping;
use crate::base::Task;
use crate::workbench::command::ImportChoices;
use crate::workbench::intake::Intake;
use crate::workbench::jobs::JobError;
use crate::workbench::snapshot::Profile;
use crate::workbench::state::{Arrival, Services};
use crate::workflows::Home;
use crate::workflows::datasets::Prepared;

impl Desk {
    pub(super) fn inspect(&self, paths: Vec<PathBuf>, mapping: Option<PathBuf>, services: &mut Services<'_>) {
        self.job(services, "inspect", "job.inspect", move |home, task| {
            work::inspect(home, &paths, mapping.as_deref(), task)
        });
    }

    /// A few thousand rows that are at hand are read again: no work for a job.
    pub(super) fn try_mapping(&mut self, mapping: Mapping) {
        let tried = self.state.intake.as_ref().map(|intake| Arc::new(intake.with(mapping)));
        self.state.intake = tried;
    }

    pub(super) fn import(&self, choices: ImportChoices, services: &mut Services<'_>) {
        let person = self.state.person.clone();
        self.with_intake("import", "job.import", services, move |home, intake, task| {
            work::import_mapped(home, intake, choices, person, task)
        });
    }

    /// Starts `work` on the files that are looked at.
    pub(super) fn with_intake(
        &self,
        kind: &'static str,
        name: &str,
        services: &mut Services<'_>,
        work: impl FnOnce(&Home, &Intake, &Task) -> Result<Arrival, JobError> + Send + 'static,
    ) {
        let Some(intake) = self.state.intake.clone() else { return };
        self.job(services, kind, name, move |home, task| work(home, &intake, task));
    }

    /// The name of the data set is that of its contract, where no file is named.
    pub(super) fn save_contract(&self, path: Option<PathBuf>, services: &mut Services<'_>) {
        self.with_visits(services, "contract", "job.save_contract", move |visits, task| match path {
            Some(path) => visits.save_contract(&path, task),
            None => visits.save_contract_of_its_name(task),
        });
    }

    /// A data set that was imported is looked at, whatever was chosen before.
    pub(super) fn take_imported(
        &mut self,
        prepared: Arc<Prepared>,
        profile: Arc<Profile>,
        services: &mut Services<'_>,
    ) {
        if let Some((_, job)) = self.preparing.take() {
            services.jobs.abandon(job);
        }
        self.state.dataset = Some(prepared.digest);
        self.state.prepared = Some(prepared);
        self.state.profile = Some(profile);
        self.state.comparison = None;
        self.forget_drift(services);
        self.state.intake = None;
        self.forget_features();
        self.describe_features(services);
        self.refresh(services);
    }

    /// What was said of the features of another data set says nothing of this one.
    pub(super) fn forget_features(&mut self) {
        self.state.features = None;
        self.state.audit = None;
    }

    pub(super) fn describe_features(&self, services: &mut Services<'_>) {
        self.with_visits(services, "features", "job.features", work::Visits::describe);
    }
}
