//! What the screens show of what is kept: read by a job, never while a frame is drawn.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::analysis::history::profile::{self, ColumnProfile};
use crate::base::calendar::CivilDate;
use crate::base::statistics::Sample;
use crate::base::{Cancelled, Digest, Task, Version};
use crate::store::keys::SecretKeyFile;
use crate::store::registry::{
    Approval, Event, Person, Registry, RegistryError, Rollout, Verification, VersionEntry,
};
use crate::store::sqlite::Access;
use crate::store::workspace::{Dataset, Run, Workspace};
use crate::workflows::datasets::{DatasetDocument, Prepared, document};
use crate::workflows::evidence::Evidence;
use crate::workflows::expect;
use crate::workflows::features;
use crate::workflows::import::quarantine_file;
use crate::workflows::online::{self, OnlineSheet};
use crate::workflows::people::secret_key_path;
use crate::workflows::searches::{KeptSearch, searches};
use crate::workflows::thresholds::{self, HeldThreshold};
use crate::workflows::train::RunDocument;
use crate::workflows::{Home, WorkflowError};

/// Everything that is kept, without the visits and the models.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Data sets, the newest first.
    pub datasets: Vec<(Dataset, DatasetDocument)>,
    /// The rows that an import set aside, by data set; only where the file is there.
    pub quarantine: BTreeMap<Digest, PathBuf>,
    /// The contracts in the home's folder, in the order of their names.
    pub contracts: Vec<PathBuf>,
    /// Runs, the newest first.
    pub runs: Vec<(Run, RunDocument)>,
    /// Searches over parameters, the newest first.
    pub searches: Vec<KeptSearch>,
    /// Versions, the newest first.
    pub versions: Vec<VersionEntry>,
    /// The evidence of each version; without those whose document was altered, which `verification` names.
    pub evidence: BTreeMap<Version, Evidence>,
    /// What was decided about versions; without decisions that were altered, which `verification` names.
    pub approvals: BTreeMap<Version, Approval>,
    /// The people whose secret key is in this home, and whether it is locked with a passphrase.
    pub secret_keys: BTreeMap<String, bool>,
    /// What is live.
    pub live: Option<Rollout>,
    /// Rollouts, the newest first.
    pub rollouts: Vec<Rollout>,
    /// The versions that use each feature, by its id, the newest first.
    pub feature_users: BTreeMap<String, Vec<Version>>,
    /// The values that the service uses at an arrival.
    pub online: Option<OnlineValues>,
    /// People of the registry.
    pub people: Vec<Person>,
    /// What the gates hold figures against, and who set it.
    pub thresholds: Vec<HeldThreshold>,
    /// The newest events of the audit log, the newest first.
    pub events: Vec<Event>,
    /// What the check of the whole registry found.
    pub verification: Option<Verification>,
}

/// What is published for the service.
#[derive(Clone, Debug, PartialEq)]
pub struct OnlineValues {
    /// The publication.
    pub sheet: OnlineSheet,
    /// How many values there are of each feature, by its id.
    pub counts: BTreeMap<String, u64>,
}

/// A data set, summed up. Waits are in minutes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// Visits by day, in order; days without visits are left out.
    pub days: Vec<DayProfile>,
    /// Of all served visits.
    pub waits: Option<WaitProfile>,
    /// Edges of the histogram of waits, minutes; the last bar holds everything beyond.
    pub wait_edges: Vec<f64>,
    /// Visits in each bar.
    pub wait_counts: Vec<u64>,
    /// By hour of the arrival, 0–23; hours without served visits are left out.
    pub hours: Vec<(u8, WaitProfile)>,
    /// By site, the busiest first.
    pub sites: Vec<(String, WaitProfile)>,
    /// By service, the busiest first.
    pub services: Vec<(String, WaitProfile)>,
    /// Each column: how full, how varied, and what it holds.
    pub columns: Vec<ColumnProfile>,
    /// Each feature: its id and the share of arrivals at which it is not known.
    pub missing: Vec<(&'static str, f64)>,
}

/// A day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayProfile {
    /// The date at the sites.
    pub date: CivilDate,
    /// Visits that arrived.
    pub visits: u64,
    /// Of them left unserved.
    pub abandoned: u64,
    /// Median wait of those served, minutes.
    pub median_wait: Option<f64>,
}

/// The waits of some served visits, minutes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WaitProfile {
    /// Served visits.
    pub n: u64,
    /// Median.
    pub median: f64,
    /// 90th percentile.
    pub p90: f64,
}

/// Events that are read for the audit list.
const EVENTS: u32 = 200;
/// Rollouts that are read for annotations.
const ROLLOUTS: u32 = 200;
/// Bars of the histogram of waits.
const WAIT_BARS: usize = 30;

impl Snapshot {
    /// Reads what is kept. What is not there yet is empty; what is there and cannot be read is an error.
    ///
    /// # Errors
    /// [`WorkflowError`].
    pub fn read(home: &Home) -> Result<Snapshot, WorkflowError> {
        let mut snapshot = Snapshot { contracts: expect::contracts(home), ..Snapshot::default() };
        if home.folder().join("workspace.db").exists() {
            let workspace = Workspace::open(home.folder(), Access::Read)?;
            for dataset in workspace.datasets()? {
                let document = document(&dataset)?;
                let aside = quarantine_file(home, dataset.digest);
                if aside.exists() {
                    snapshot.quarantine.insert(dataset.digest, aside);
                }
                snapshot.datasets.push((dataset, document));
            }
            for run in workspace.runs()? {
                let document = RunDocument::read(&run)?;
                snapshot.runs.push((run, document));
            }
            snapshot.searches = searches(&workspace)?;
        }
        if home.registry().exists() {
            let registry = Registry::open(home.registry(), Access::Read)?;
            snapshot.versions = registry.versions()?;
            for entry in &snapshot.versions {
                if let Some(text) = unless_altered(registry.evidence(entry.version))? {
                    snapshot.evidence.insert(entry.version, Evidence::from_text(&text)?);
                }
                if let Some(Some(approval)) = unless_altered(registry.approval(entry.version))? {
                    snapshot.approvals.insert(entry.version, approval);
                }
            }
            snapshot.live = registry.live()?;
            snapshot.rollouts = registry.rollouts(ROLLOUTS)?;
            snapshot.people = registry.people()?;
            for person in &snapshot.people {
                if let Ok(key) = SecretKeyFile::read(&secret_key_path(home, &person.name)) {
                    snapshot.secret_keys.insert(person.name.clone(), key.is_locked());
                }
            }
            snapshot.thresholds = thresholds::thresholds(home)?;
            snapshot.events = registry.events(EVENTS, None)?;
            // An artifact or a publication that was altered is named by the verification, and hides nothing else.
            snapshot.feature_users = features::users(home).unwrap_or_default();
            snapshot.online = online::published(home).ok().flatten().map(OnlineValues::of);
            snapshot.verification = Some(registry.verify()?);
        }
        Ok(snapshot)
    }

    /// The person called `name`.
    #[must_use]
    pub fn person(&self, name: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.name == name)
    }
}

/// What was read; none where it was altered, which is told by the verification and must not hide everything else.
fn unless_altered<T>(read: Result<T, RegistryError>) -> Result<Option<T>, RegistryError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error @ RegistryError::Database(_)) => Err(error),
        Err(_) => Ok(None),
    }
}

impl OnlineValues {
    fn of(sheet: OnlineSheet) -> OnlineValues {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for value in &sheet.values {
            if let Some(count) = counts.get_mut(&value.feature) {
                *count += 1;
            } else {
                counts.insert(value.feature.clone(), 1);
            }
        }
        OnlineValues { sheet, counts }
    }
}

/// Visits of some group.
#[derive(Default)]
struct Group {
    visits: u64,
    abandoned: u64,
    waits: Vec<f64>,
}

impl Group {
    fn add(&mut self, wait: Option<f64>, is_abandoned: bool) {
        self.visits += 1;
        self.abandoned += u64::from(is_abandoned);
        self.waits.extend(wait);
    }

    fn profile(&self) -> Option<WaitProfile> {
        let waits = Sample::new(self.waits.clone()).ok()?;
        Some(WaitProfile { n: waits.n(), median: waits.quantile(0.5), p90: waits.quantile(0.9) })
    }
}

impl Profile {
    /// Sums `prepared` up.
    ///
    /// # Errors
    /// [`Cancelled`] where `task` was.
    pub fn of(prepared: &Prepared, task: &Task) -> Result<Profile, Cancelled> {
        let visits = &prepared.history.visits;
        let mut clock = prepared.history.zone.clock();
        let mut all = Group::default();
        let mut days = BTreeMap::<CivilDate, Group>::new();
        let mut hours = BTreeMap::<u8, Group>::new();
        let mut sites = BTreeMap::<&str, Group>::new();
        let mut services = BTreeMap::<&str, Group>::new();
        for row in 0..visits.len() {
            if row.is_multiple_of(1 << 14) {
                task.report("stage.profile", row as u64, visits.len() as u64)?;
            }
            let local = clock.local(visits.arrived[row]);
            let (wait, left) = (prepared.waits[row], visits.left[row].is_some());
            all.add(wait, left);
            days.entry(local.date()).or_default().add(wait, left);
            hours.entry(local.hour()).or_default().add(wait, left);
            sites.entry(visits.site.get(row)).or_default().add(wait, left);
            services.entry(visits.service.get(row)).or_default().add(wait, left);
        }
        let (wait_edges, wait_counts) = histogram(&all.waits);
        Ok(Profile {
            waits: all.profile(),
            wait_edges,
            wait_counts,
            days: days
                .iter()
                .map(|(date, group)| DayProfile {
                    date: *date,
                    visits: group.visits,
                    abandoned: group.abandoned,
                    median_wait: group.profile().map(|profile| profile.median),
                })
                .collect(),
            hours: hours.iter().filter_map(|(hour, group)| Some((*hour, group.profile()?))).collect(),
            sites: busiest_first(&sites),
            services: busiest_first(&services),
            columns: profile::Profile::of(&prepared.history, task)?.columns,
            missing: missing(prepared),
        })
    }
}

fn busiest_first(groups: &BTreeMap<&str, Group>) -> Vec<(String, WaitProfile)> {
    let mut profiles: Vec<(String, WaitProfile)> =
        groups.iter().filter_map(|(name, group)| Some(((*name).to_owned(), group.profile()?))).collect();
    profiles.sort_by(|a, b| b.1.n.cmp(&a.1.n).then_with(|| a.0.cmp(&b.0)));
    profiles
}

/// As wide as 98 % of the waits; the last bar holds what lies beyond.
fn histogram(waits: &[f64]) -> (Vec<f64>, Vec<u64>) {
    let Ok(sorted) = Sample::new(waits.to_vec()) else { return (Vec::new(), Vec::new()) };
    let width = (sorted.quantile(0.98) / WAIT_BARS as f64).max(0.1);
    let mut counts = vec![0; WAIT_BARS];
    for wait in waits {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the bars")]
        let bar = (wait / width).clamp(0.0, (WAIT_BARS - 1) as f64) as usize;
        counts[bar] += 1;
    }
    ((0..=WAIT_BARS).map(|bar| bar as f64 * width).collect(), counts)
}

fn missing(prepared: &Prepared) -> Vec<(&'static str, f64)> {
    let rows = prepared.features.len().max(1) as f64;
    let share = |id: &str| {
        let missing = prepared.features.column(id).map_or(prepared.features.len(), |column| column.missing());
        missing as f64 / rows
    };
    crate::analysis::features::CATALOGUE.iter().map(|feature| (feature.id, share(feature.id))).collect()
}
