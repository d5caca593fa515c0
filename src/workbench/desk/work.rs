//! What the jobs do: workflows, and what they bring to the window.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::analysis::features::{AUDITED_ARRIVALS, Sampling};
use crate::base::{Digest, Role, Task, Version};
use crate::store::sqlite::Access;
use crate::store::workspace::RunMark;
use crate::workbench::command::{ImportChoices, NewThreshold};
use crate::workbench::intake::Intake;
use crate::workbench::jobs::JobError;
use crate::workbench::snapshot::{Profile, Snapshot};
use crate::workbench::state::{Arrival, DatasetDifference, Held};
use crate::workflows::compare::{CompareRequest, compare_models, compare_rolling};
use crate::workflows::datasets::{Prepared, workspace};
use crate::workflows::import::{ImportRequest, import_file};
use crate::workflows::mapping;
use crate::workflows::online::{self, PublishRequest};
use crate::workflows::people::{add_person, new_key, secret_key_path, trust};
use crate::workflows::profile;
use crate::workflows::release::{self, ProposeRequest, unlock_key};
use crate::workflows::train::TrainRequest;
use crate::workflows::{
    Home, SEED, WorkflowError, datasets, demo, expect, features, runs, server, thresholds, train,
};

/// Where visits come from: they are ready, or are made so first.
pub(super) struct Visits {
    pub home: Home,
    pub digest: Digest,
    pub prepared: Option<Arc<Prepared>>,
}

pub(super) fn read(home: &Home) -> Result<Arrival, JobError> {
    Ok(Arrival::Snapshot(Box::new(Snapshot::read(home)?)))
}

pub(super) fn prepare(home: &Home, digest: Digest, task: &Task) -> Result<Arrival, JobError> {
    let prepared = Visits { home: home.clone(), digest, prepared: None }.ready(task)?;
    let profile = Profile::of(&prepared, task)?;
    Ok(Arrival::Prepared(prepared, Arc::new(profile)))
}

pub(super) fn sample(home: &Home, task: &Task) -> Result<Arrival, JobError> {
    imported(demo::open_sample(home, task)?, None, task)
}

/// Opens a dialog, in this job's thread: the window goes on. Several files are one history.
pub(super) fn choose_files(home: &Home, task: &Task) -> Result<Arrival, JobError> {
    chosen(rfd::FileDialog::new().pick_files(), |paths| inspect(home, &paths, None, task))
}

/// As [`choose_files`], for a folder whose files are one history.
pub(super) fn choose_folder(home: &Home, task: &Task) -> Result<Arrival, JobError> {
    chosen(rfd::FileDialog::new().pick_folder(), |path| inspect(home, &[path], None, task))
}

/// As [`choose_files`], for a contract.
pub(super) fn choose_contract() -> Result<Arrival, JobError> {
    let dialog = rfd::FileDialog::new().add_filter("YAML", &["yaml", "yml"]);
    chosen(dialog.pick_file(), |path| Ok(Arrival::ChosenContract(path)))
}

/// A dialog that cannot be opened looks like one that was closed.
fn chosen<T>(choice: Option<T>, take: impl FnOnce(T) -> Result<Arrival, JobError>) -> Result<Arrival, JobError> {
    choice.map_or_else(|| Ok(Arrival::Written("notice.no_file", Vec::new())), take)
}

pub(super) fn inspect(
    home: &Home,
    paths: &[PathBuf],
    mapping: Option<&Path>,
    task: &Task,
) -> Result<Arrival, JobError> {
    Ok(Arrival::Inspected(Box::new(Intake::read(home, paths, mapping, task)?)))
}

/// Keeps the mapping that is tried for files of the same shape.
pub(super) fn keep_mapping(home: &Home, intake: &Intake, _: &Task) -> Result<Arrival, JobError> {
    let Some(mapping) = &intake.mapping else { return Ok(Arrival::Nothing) };
    let path = mapping::keep_mapping(home, &intake.sample.columns, mapping)?;
    Ok(Arrival::Written("notice.mapping_kept", vec![("path", path.display().to_string())]))
}

/// Imports by the mapping that is tried, which is kept for the next files of the same shape.
pub(super) fn import_mapped(
    home: &Home,
    intake: &Intake,
    choices: ImportChoices,
    person: String,
    task: &Task,
) -> Result<Arrival, JobError> {
    let Some(mapping) = &intake.mapping else { return Ok(Arrival::Nothing) };
    let kept = mapping::keep_mapping(home, &intake.sample.columns, mapping)?;
    let ImportChoices { name, append_to, contract } = choices;
    let request = ImportRequest {
        paths: intake.paths.clone(),
        mapping: Some(kept),
        name,
        append_to: append_to.map(|digest| digest.to_string()),
        expectations: contract.clone(),
        person,
    };
    let outcome = import_file(home, &request, task)?;
    let dataset = outcome.dataset.digest;
    let held = contract.zip(outcome.violations.clone());
    let held = held.map(|(contract, violations)| Box::new(Held { dataset, contract, violations }));
    imported(outcome.prepare(home, task)?, held, task)
}

pub(super) fn compare_datasets(home: &Home, of: (Digest, Digest), task: &Task) -> Result<Arrival, JobError> {
    let names = (of.0.to_string(), of.1.to_string());
    let (_, _, difference) = profile::compare_datasets(home, (&names.0, &names.1), task)?;
    Ok(Arrival::Differ(Box::new(DatasetDifference { of, difference })))
}

fn imported(prepared: Arc<Prepared>, held: Option<Box<Held>>, task: &Task) -> Result<Arrival, JobError> {
    let profile = Profile::of(&prepared, task)?;
    Ok(Arrival::Imported(prepared, Arc::new(profile), held))
}

impl Visits {
    pub fn ready(&self, task: &Task) -> Result<Arc<Prepared>, WorkflowError> {
        match &self.prepared {
            Some(prepared) => Ok(prepared.clone()),
            None => {
                let workspace = workspace(&self.home, Access::Read)?;
                datasets::prepare(&workspace, &workspace.dataset(self.digest)?, task)
            }
        }
    }

    pub fn train(&self, request: &TrainRequest, task: &Task) -> Result<Arrival, JobError> {
        let outcome = train::train(&self.home, self.ready(task)?.as_ref(), request, task)?;
        Ok(Arrival::Trained(outcome.run.id))
    }

    pub fn describe(&self, task: &Task) -> Result<Arrival, JobError> {
        // Who uses a feature changes with the registry and is read with it.
        let sheet = features::sheet(self.ready(task)?.as_ref(), BTreeMap::new(), task)?;
        Ok(Arrival::Described(Box::new(sheet)))
    }

    pub fn audit(&self, task: &Task) -> Result<Arrival, JobError> {
        let sampling = Sampling { arrivals: AUDITED_ARRIVALS, seed: SEED };
        let found = features::audit_catalogue(self.ready(task)?.as_ref(), sampling, task)?;
        Ok(Arrival::Audited(self.digest, Box::new(found)))
    }

    pub fn publish(&self, person: &str, task: &Task) -> Result<Arrival, JobError> {
        let prepared = self.ready(task)?;
        let sheet = online::publish(&self.home, &prepared, PublishRequest::default(), person, task)?;
        Ok(Arrival::Written("notice.published", vec![("n", sheet.values.len().to_string())]))
    }

    /// Makes a contract in a new file of the home, called as the data set is.
    pub fn save_contract_of_its_name(&self, task: &Task) -> Result<Arrival, JobError> {
        self.save_contract(&expect::new_contract_file(&self.home, &self.name()?), task)
    }

    /// Makes a contract in a file that is not there yet.
    pub fn save_contract(&self, path: &Path, task: &Task) -> Result<Arrival, JobError> {
        let contract = expect::expectations_of_history(&self.ready(task)?.history, task)?;
        expect::save_new_expectations(&contract, path)?;
        Ok(Arrival::SavedContract(path.to_owned()))
    }

    /// Makes a contract in a file that is named in a dialog, which asks by itself before it replaces one.
    pub fn save_contract_as(&self, task: &Task) -> Result<Arrival, JobError> {
        let name = format!("{}.yaml", self.name()?);
        let dialog = rfd::FileDialog::new().add_filter("YAML", &["yaml", "yml"]).set_file_name(name);
        chosen(dialog.save_file(), |path| {
            let contract = expect::expectations_of_history(&self.ready(task)?.history, task)?;
            expect::save_expectations(&contract, &path)?;
            Ok(Arrival::SavedContract(path))
        })
    }

    /// Holds the data set against the contract in the file `path`.
    pub fn hold_against(&self, path: &Path, task: &Task) -> Result<Arrival, JobError> {
        let contract = expect::read_expectations(path)?;
        let violations = expect::check_history(&contract, &self.ready(task)?.history, task)?;
        Ok(Arrival::Held(Box::new(Held { dataset: self.digest, contract: path.to_owned(), violations })))
    }

    fn name(&self) -> Result<String, WorkflowError> {
        Ok(workspace(&self.home, Access::Read)?.dataset(self.digest)?.name)
    }

    pub fn compare(
        &self,
        request: &CompareRequest,
        origins: Option<u32>,
        task: &Task,
    ) -> Result<Arrival, JobError> {
        let prepared = self.ready(task)?;
        if let Some(origins) = origins {
            let rolling = compare_rolling(&self.home, &prepared, request, origins, task)?;
            return Ok(Arrival::Rolled(Box::new(rolling)));
        }
        let outcome = compare_models(&self.home, &prepared, request, task)?;
        Ok(Arrival::Compared(Box::new(outcome)))
    }

    pub fn propose(&self, run: i64, notes: String, person: String, task: &Task) -> Result<Arrival, JobError> {
        let request = ProposeRequest { run, version: None, notes, person, seed: SEED };
        let outcome = release::propose(&self.home, self.ready(task)?.as_ref(), &request, task)?;
        Ok(Arrival::Written("notice.proposed", vec![("version", outcome.version.version.to_string())]))
    }
}

/// Changes what is said of a run; each change is kept by itself.
pub(super) fn mark_run(home: &Home, run: i64, marks: &[RunMark]) -> Result<Arrival, JobError> {
    for mark in marks {
        runs::mark(home, run, mark)?;
    }
    Ok(Arrival::Marked)
}

pub(super) fn approve(
    home: &Home,
    version: Version,
    person: &str,
    passphrase: &str,
    reason: &str,
) -> Result<Arrival, WorkflowError> {
    let passphrase = Some(passphrase).filter(|words| !words.is_empty());
    let key = unlock_key(&secret_key_path(home, person), passphrase)?;
    release::approve(home, version, person, &key, reason)?;
    Ok(Arrival::Written("notice.approved", vec![("version", version.to_string())]))
}

pub(super) fn reject(home: &Home, version: Version, person: &str, reason: &str) -> Result<Arrival, WorkflowError> {
    release::reject(home, version, person, reason)?;
    Ok(Arrival::Written("notice.rejected", vec![("version", version.to_string())]))
}

pub(super) fn set_threshold(home: &Home, set: &NewThreshold, person: &str) -> Result<Arrival, WorkflowError> {
    thresholds::set_threshold(home, &set.name, set.value, &set.reason, person)?;
    Ok(Arrival::Written("notice.threshold_set", Vec::new()))
}

pub(super) fn promote(
    home: &Home,
    version: Version,
    person: &str,
    reason: &str,
) -> Result<Arrival, WorkflowError> {
    release::promote(home, version, person, reason)?;
    Ok(Arrival::Written("notice.promoted", vec![("version", version.to_string())]))
}

pub(super) fn roll_back(home: &Home, person: &str, reason: &str) -> Result<Arrival, WorkflowError> {
    let rollout = release::roll_back(home, person, reason)?;
    Ok(Arrival::Written("notice.rolled_back", vec![("version", rollout.version.to_string())]))
}

/// Makes a key for `person`, has this home's serving side trust it, and names them the model owner.
pub(super) fn become_owner(home: &Home, person: &str, passphrase: &str) -> Result<Arrival, WorkflowError> {
    let passphrase = Some(passphrase).filter(|words| !words.is_empty());
    let key = new_key(home, person, passphrase)?;
    trust(home, &key.public)?;
    add_person(home, person, Role::ModelOwner, Some(&key.public), person)?;
    Ok(Arrival::Written("notice.owner", vec![("name", person.to_owned())]))
}

/// The service at `listen`, or at any free port where that one is taken.
pub(super) fn serve(home: &Home, listen: SocketAddr) -> Result<Arrival, JobError> {
    let program = std::env::current_exe().map_err(|error| WorkflowError::Service { reason: error.to_string() })?;
    let server = server::start(home, &program, listen)
        .or_else(|_| server::start(home, &program, SocketAddr::new(listen.ip(), 0)))?;
    Ok(Arrival::Serving(Box::new(server)))
}
