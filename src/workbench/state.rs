//! What the window shows, and what stands behind it.
//!
//! [`State`] is a snapshot: plain values, computed by jobs, never while a frame is drawn. A [`Project`] owns it,
//! turns commands into jobs and takes in what they bring. A [`Screen`] draws it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use egui::{Context, Ui};
use egui_material_icons::MaterialIcon;

use super::command::{Command, DriftAsk, Outbox, ReplayAsk};
use super::intake::Intake;
use super::jobs::{JobStatus, Jobs};
use super::notices::Notices;
use super::snapshot::{Profile, Snapshot};
use super::theme::Ink;
use crate::analysis::drift::DriftError;
use crate::analysis::features::LeakageAudit;
use crate::analysis::history::difference::Difference;
use crate::analysis::history::expectations::Violation;
use crate::analysis::insight::{Effects, Importance};
use crate::base::Digest;
use crate::workflows::compare::{CompareOutcome, Rolling};
use crate::workflows::datasets::Prepared;
use crate::workflows::features::FeatureSheet;
use crate::workflows::insight::{RunResiduals, TestPart};
use crate::workflows::search::SearchRequest;
use crate::workflows::searches::Trials;
use crate::workflows::server::{LiveStatus, Server};
use crate::workflows::watch::{DriftReport, Replay};

/// What every screen may read.
#[derive(Debug, Default)]
pub struct State {
    /// What is being looked at, along the top.
    pub chips: Vec<ChipState>,
    /// What the serving side does, at the bottom.
    pub serving: Option<StatusLine>,
    /// Further lines at the bottom, such as when the monitor ran last.
    pub lines: Vec<String>,
    /// Running jobs; the frame keeps this up to date.
    pub jobs: Vec<JobStatus>,
    /// How many notifications there are; the frame keeps this up to date.
    pub notices: usize,
    /// What is kept, as it was read last; none until it was read for the first time.
    pub snapshot: Option<Arc<Snapshot>>,
    /// The files that are about to be imported.
    pub intake: Option<Arc<Intake>>,
    /// The contract that was made or chosen last.
    pub contract: Option<PathBuf>,
    /// Whether the data set that was held against a contract last is as expected.
    pub held: Option<Arc<Held>>,
    /// The data set that is looked at.
    pub dataset: Option<Digest>,
    /// What it holds, summed up; none until it was computed.
    pub profile: Option<Arc<Profile>>,
    /// Its visits, of which a screen draws the rows that are seen; none until they were read.
    pub prepared: Option<Arc<Prepared>>,
    /// Its features, described; none until they were.
    pub features: Option<Arc<FeatureSheet>>,
    /// The audit of its features that was made last.
    pub audit: Option<Arc<LeakageAudit>>,
    /// How two data sets differ that were compared last.
    pub difference: Option<Arc<DatasetDifference>>,
    /// The run that is looked at.
    pub run: Option<i64>,
    /// The test part of the run that was looked at last.
    pub insight: Option<Arc<RunInsight>>,
    /// What the features of a run's model are worth to it, as it was computed last, with the run.
    pub importance: Option<(i64, Arc<Importance>)>,
    /// How the predictions of a run's model move with a feature, as it was computed last, with the run.
    pub effects: Option<(i64, Arc<Effects>)>,
    /// The search that is going on.
    pub search: Option<Arc<SearchState>>,
    /// The comparison that was made last.
    pub comparison: Option<Arc<CompareOutcome>>,
    /// The comparison at past dates that was made last.
    pub rolling: Option<Arc<Rolling>>,
    /// What was found where drift was looked for last.
    pub drift: Option<Arc<DriftFound>>,
    /// The replay of the alert rules that was made last.
    pub replay: Option<Arc<ReplayFound>>,
    /// The service that this window started.
    pub server: ServerState,
    /// The name under which this person acts.
    pub person: String,
}

/// A data set that was held against a contract.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The data set.
    pub dataset: Digest,
    /// The contract's file.
    pub contract: PathBuf,
    /// Where the data set is not as expected.
    pub violations: Vec<Violation>,
}

/// A run that is looked at.
#[derive(Clone, Debug)]
pub struct RunInsight {
    /// Its model on its test part.
    pub test: Arc<TestPart>,
    /// Where it errs there.
    pub residuals: RunResiduals,
}

/// A search that is going on.
#[derive(Clone, Debug)]
pub struct SearchState {
    /// On which data set.
    pub dataset: Digest,
    /// What was asked.
    pub request: SearchRequest,
    /// The trials so far, also those that were kept before.
    pub trials: Trials,
    /// When the last of them ended, or the search began: since then the next one is under way.
    pub since: Instant,
}

/// Two data sets side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetDifference {
    /// Which.
    pub of: (Digest, Digest),
    /// How they differ.
    pub difference: Difference,
}

/// What was found where drift was looked for.
#[derive(Clone, Debug)]
pub struct DriftFound {
    /// In which data set.
    pub dataset: Digest,
    /// What was asked.
    pub ask: DriftAsk,
    /// What was found, or why these days cannot be compared.
    pub found: Result<DriftReport, DriftError>,
}

/// What the alert rules would have said.
#[derive(Clone, Debug)]
pub struct ReplayFound {
    /// Of which data set.
    pub dataset: Digest,
    /// What was asked.
    pub ask: ReplayAsk,
    /// The past, or why there is none.
    pub found: Result<Replay, DriftError>,
}

/// The service that this window started.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerState {
    /// Where it listens; none where it does not run.
    pub address: Option<SocketAddr>,
    /// What it said last of what is live.
    pub live: Option<LiveStatus>,
}

impl State {
    /// Whether a job of this kind is running.
    #[must_use]
    pub fn is_running(&self, kind: &str) -> bool {
        self.jobs.iter().any(|job| job.kind == kind)
    }

    /// What was found where drift was looked for last; none where those days could not be compared.
    #[must_use]
    pub fn drift_report(&self) -> Option<&DriftReport> {
        self.drift.as_ref().and_then(|drift| drift.found.as_ref().ok())
    }

    /// Whether a version was live before the one that is live now.
    #[must_use]
    pub fn can_roll_back(&self) -> bool {
        let live = self.snapshot.as_ref().and_then(|snapshot| snapshot.live.as_ref());
        live.is_some_and(|live| live.returns_to.is_some())
    }
}

/// A chip of the top bar.
#[derive(Clone, Debug)]
pub struct ChipState {
    /// Key of its name in the string catalogue.
    pub name: &'static str,
    /// Its value, such as a file's name.
    pub value: String,
    /// Shown when pointed at, such as the whole path.
    pub hint: String,
    /// Its symbol.
    pub icon: MaterialIcon,
    /// What a press does.
    pub command: Option<Command>,
}

/// A line with a dot before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusLine {
    /// Colour of the dot.
    pub ink: Ink,
    /// What it says.
    pub text: String,
}

/// What a finished job brings; taken in by [`Project::receive`].
#[derive(Debug)]
pub enum Arrival {
    /// Nothing to be shown, such as a dialog that was closed.
    Nothing,
    /// What is kept was read again.
    Snapshot(Box<Snapshot>),
    /// Some rows of files that are to be imported, and what they seem to mean.
    Inspected(Box<Intake>),
    /// The visits of a data set that was chosen are ready for models, and summed up.
    Prepared(Arc<Prepared>, Arc<Profile>),
    /// A new data set, ready for models and summed up; held against a contract, where one was named.
    Imported(Arc<Prepared>, Arc<Profile>, Option<Box<Held>>),
    /// A data set was held against a contract.
    Held(Box<Held>),
    /// A contract was chosen.
    ChosenContract(PathBuf),
    /// A contract was made and is in this file.
    SavedContract(PathBuf),
    /// The features of a data set, described.
    Described(Box<FeatureSheet>),
    /// The features of the data set with this digest were audited.
    Audited(Digest, Box<LeakageAudit>),
    /// Two data sets were compared.
    Differ(Box<DatasetDifference>),
    /// A run ended with a model.
    Trained(i64),
    /// A search ended: its number, and the run of its best trial.
    Searched(i64, i64),
    /// A run was looked at.
    Looked(Box<RunInsight>),
    /// What the features of this run's model are worth was computed.
    Weighed(i64, Box<Importance>),
    /// How the predictions of this run's model move with a feature was computed.
    Moved(i64, Box<Effects>),
    /// What is said of a run was changed.
    Marked,
    /// Two models were compared.
    Compared(Box<CompareOutcome>),
    /// Two models were compared at several past dates.
    Rolled(Box<Rolling>),
    /// Drift was looked for.
    Drifted(Box<DriftFound>),
    /// The alert rules were replayed.
    Replayed(Box<ReplayFound>),
    /// Something was written to the registry or the workspace: a key of the string catalogue and its values.
    Written(&'static str, Vec<(&'static str, String)>),
    /// The service is up.
    Serving(Box<Server>),
}

/// What a [`Project`] may use while it carries out a command.
pub struct Services<'a> {
    /// Starts work beside the window.
    pub jobs: &'a mut Jobs,
    /// Tells people things.
    pub notices: &'a mut Notices,
    /// For threads that are to ask for a frame when there is something new.
    pub context: &'a Context,
}

/// What stands behind the window.
pub trait Project {
    /// What is shown.
    fn state(&self) -> &State;

    /// For the frame, which fills in jobs and notifications.
    fn state_mut(&mut self) -> &mut State;

    /// The window was opened: starts the jobs that fill the state.
    fn opened(&mut self, _services: &mut Services<'_>) {}

    /// Called before every frame, also while the window is hidden; must cost next to nothing.
    fn tick(&mut self, _services: &mut Services<'_>) {}

    /// The window was closed and its jobs have ended: lets go of what it holds, such as a child process.
    fn closed(&mut self) {}

    /// Carries out a command that is not about the frame. Must not wait: long work goes to `services.jobs`.
    fn run(&mut self, command: Command, services: &mut Services<'_>);

    /// Takes in what a job brought.
    fn receive(&mut self, arrival: Arrival, services: &mut Services<'_>);
}

/// A screen of the rail. It may keep what a person chose in it; everything else it reads from the [`State`].
pub trait Screen {
    /// Its id: on the command line, and `screen.ID` is its name in the string catalogue.
    fn id(&self) -> &'static str;

    /// Its symbol in the rail.
    fn icon(&self) -> MaterialIcon;

    /// How many things wait there for the person.
    fn badge(&self, _state: &State) -> u32 {
        0
    }

    /// The ids of its parts, of which one is seen at a time; none where there is nothing to choose.
    fn parts(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// Shows the part with this id.
    fn show_part(&mut self, _part: &str) {}

    /// Draws it and sends what the person asked for.
    fn ui(&mut self, ui: &mut Ui, state: &State, outbox: &mut Outbox);
}
