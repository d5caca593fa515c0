//! Everything a person can tell the window to do.
//!
//! Buttons, shortcuts and the command palette all send a [`Command`]; nothing else changes anything. A command that
//! cannot be run now says why. The frame carries out the commands about itself and hands the rest to the
//! [`Project`](super::Project).

mod parts;

use std::path::PathBuf;

use egui::{Key, KeyboardShortcut, Modifiers};
use egui_material_icons::{MaterialIcon, icons};

use super::jobs::JobId;
use super::state::State;
use super::theme::{Look, Theme};
use crate::analysis::history::Mapping;
use crate::base::language::Language;
use crate::base::{Digest, Version};
use crate::store::workspace::RunMark;
use crate::workflows::models::ModelName;
use crate::workflows::search::SearchRequest;
use crate::workflows::train::TrainRequest;

pub use parts::{
    Approval, Comparing, DriftAsk, DriftSource, ImportChoices, NewOwner, NewThreshold, Outbox, ReplayAsk,
};

/// Something to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Show the screen with this [`Screen::id`](super::Screen::id).
    GoTo(&'static str),
    /// Open the list of commands.
    ShowPalette,
    /// Open the list of shortcuts.
    ShowShortcuts,
    /// Open or close the notifications.
    ToggleNotices,
    /// Empty the notifications.
    ClearNotices,
    /// Change the theme.
    SetTheme(Theme),
    /// Change the language.
    SetLanguage(Language),
    /// Larger.
    ZoomIn,
    /// Smaller.
    ZoomOut,
    /// As large as at first.
    ZoomReset,
    /// Stop one job.
    CancelJob(JobId),
    /// Stop every job.
    CancelJobs,
    /// Read again what is kept.
    Refresh,
    /// Import the sample and release today's rule with it.
    OpenSample,
    /// Choose files of visits in a dialog.
    ChooseFile,
    /// Choose a folder of files of visits in a dialog.
    ChooseFolder,
    /// Look at files of visits before they are imported as one history; with a mapping file, where there is one.
    Inspect(Vec<PathBuf>, Option<PathBuf>),
    /// Read the rows of the files that are looked at by another mapping.
    TryMapping(Box<Mapping>),
    /// Keep the mapping of the files that are looked at for files of the same shape.
    KeepMapping,
    /// Import the files that are looked at, by their mapping.
    ImportMapped(ImportChoices),
    /// Leave the files that are looked at as they are.
    CloseIntake,
    /// Make a contract from the data set, in this file or in a new one of the home.
    SaveContract(Option<PathBuf>),
    /// As that, in a file that is named in a dialog.
    SaveContractAs,
    /// Choose a contract in a dialog.
    ChooseContract,
    /// Hold the data set against the contract in this file.
    CheckContract(PathBuf),
    /// Look at a data set.
    SelectDataset(Digest),
    /// Look at two data sets side by side.
    CompareDatasets(Digest, Digest),
    /// Describe the features of the data set.
    DescribeFeatures,
    /// Compute a sample of the features again from what was known at the arrivals.
    AuditFeatures,
    /// Publish the values that the service uses at an arrival, computed from the data set.
    PublishOnline,
    /// Fit a family on the data set.
    Train(TrainRequest),
    /// Try parameters of a family on the data set, then train the best; a search that was stopped goes on.
    Search(SearchRequest),
    /// Look at a run.
    SelectRun(i64),
    /// Read the test part of a run, and compute where the model errs on it.
    LookAtRun(i64),
    /// Compute what the features of a run's model are worth to it.
    Importance(i64),
    /// Compute how the predictions of a run's model move with a feature.
    Effects(i64, String),
    /// Save the model card of a run in a file of the home.
    SaveCard(i64),
    /// Change what is said of a run.
    MarkRun(i64, Vec<RunMark>),
    /// Compare two models on the data set.
    Compare(ModelName, ModelName),
    /// Compare on a period, with a file or at past dates.
    CompareAs(Box<Comparing>),
    /// Write the report of the comparison into a file that is named in a dialog.
    SaveReportAs,
    /// Write the report of the drift that was found into a file that is named in a dialog.
    SaveDriftReportAs,
    /// Look whether the world of the data set is still what it was.
    LookForDrift(DriftAsk),
    /// Run the alert rules over the whole past of the data set.
    ReplayAlerts(ReplayAsk),
    /// Propose a run as a version; with notes.
    Propose(i64, String),
    /// Sign a version.
    Approve(Approval),
    /// Reject a version, for a reason.
    Reject(Version, String),
    /// Put an approved version in front of people; with a reason.
    Promote(Version, String),
    /// Return to the version that was live before; with a reason.
    RollBack(String),
    /// Set what a gate holds a figure against.
    SetThreshold(NewThreshold),
    /// Start the service.
    StartServing,
    /// Stop the service.
    StopServing,
    /// Act as somebody else of the registry.
    ActAs(String),
    /// Make oneself the model owner of an empty registry.
    BecomeOwner(NewOwner),
}

impl Command {
    /// Commands that need nothing to be said beforehand, in the order of the palette. Screens come before them.
    #[must_use]
    pub fn listed() -> Vec<Command> {
        let mut commands = vec![
            Command::ChooseFile,
            Command::ChooseFolder,
            Command::OpenSample,
            Command::SaveContract(None),
            Command::AuditFeatures,
            Command::SaveReportAs,
            Command::SaveDriftReportAs,
            Command::LookForDrift(DriftAsk::default()),
            Command::ReplayAlerts(ReplayAsk::default()),
            Command::StartServing,
            Command::StopServing,
            Command::Refresh,
        ];
        commands.extend([Command::CancelJobs, Command::ToggleNotices, Command::ClearNotices]);
        commands.extend(Theme::ALL.map(Command::SetTheme));
        commands.extend(Language::ALL.map(Command::SetLanguage));
        commands.extend([Command::ZoomIn, Command::ZoomOut, Command::ZoomReset]);
        commands.extend([Command::ShowPalette, Command::ShowShortcuts]);
        commands
    }

    /// Its key in the string catalogue.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Command::GoTo(_) => "command.go_to",
            Command::ShowPalette => "command.show_palette",
            Command::ShowShortcuts => "command.show_shortcuts",
            Command::ToggleNotices => "command.toggle_notices",
            Command::ClearNotices => "command.clear_notices",
            Command::SetTheme(Theme::System) => "command.theme_system",
            Command::SetTheme(Theme::Light) => "command.theme_light",
            Command::SetTheme(Theme::Dark) => "command.theme_dark",
            Command::SetLanguage(Language::English) => "command.language_en",
            Command::SetLanguage(Language::Persian) => "command.language_fa",
            Command::ZoomIn => "command.zoom_in",
            Command::ZoomOut => "command.zoom_out",
            Command::ZoomReset => "command.zoom_reset",
            Command::CancelJob(_) => "command.cancel_job",
            Command::CancelJobs => "command.cancel_jobs",
            Command::Refresh => "command.refresh",
            Command::OpenSample => "command.open_sample",
            Command::ChooseFile => "command.choose_file",
            Command::ChooseFolder => "command.choose_folder",
            Command::Inspect(..) => "command.inspect",
            Command::TryMapping(_) => "command.try_mapping",
            Command::KeepMapping => "command.keep_mapping",
            Command::ImportMapped(_) => "command.import",
            Command::CloseIntake => "command.close_intake",
            Command::SaveContract(_) => "command.save_contract",
            Command::SaveContractAs => "command.save_contract_as",
            Command::ChooseContract => "command.choose_contract",
            Command::CheckContract(_) => "command.check_contract",
            Command::SelectDataset(_) => "command.select_dataset",
            Command::CompareDatasets(..) => "command.compare_datasets",
            Command::DescribeFeatures => "command.describe_features",
            Command::AuditFeatures => "command.audit_features",
            Command::PublishOnline => "command.publish_online",
            Command::Train(_) => "command.train",
            Command::Search(_) => "command.search",
            Command::SelectRun(_) => "command.select_run",
            Command::LookAtRun(_) => "command.look_at_run",
            Command::Importance(_) => "command.importance",
            Command::Effects(..) => "command.effects",
            Command::SaveCard(_) => "command.save_card",
            Command::MarkRun(..) => "command.mark_run",
            Command::Compare(..) | Command::CompareAs(_) => "command.compare",
            Command::SaveReportAs => "command.save_report_as",
            Command::SaveDriftReportAs => "command.save_drift_report_as",
            Command::LookForDrift(_) => "command.look_for_drift",
            Command::ReplayAlerts(_) => "command.replay_alerts",
            Command::Propose(..) => "command.propose",
            Command::Approve(_) => "command.approve",
            Command::Reject(..) => "command.reject",
            Command::Promote(..) => "command.promote",
            Command::RollBack(_) => "command.roll_back",
            Command::SetThreshold(_) => "command.set_threshold",
            Command::StartServing => "command.start_serving",
            Command::StopServing => "command.stop_serving",
            Command::ActAs(_) => "command.act_as",
            Command::BecomeOwner(_) => "command.become_owner",
        }
    }

    /// What it does, in words.
    #[must_use]
    pub fn title(&self, language: Language) -> String {
        match self {
            Command::GoTo(screen) => {
                let screen = language.text(&format!("screen.{screen}")).to_owned();
                language.fill(self.key(), &[("screen", &screen)])
            }
            other => language.text(other.key()).to_owned(),
        }
    }

    /// Its symbol; arrows point where the language goes on.
    #[must_use]
    pub fn icon(&self, look: &Look) -> MaterialIcon {
        match self {
            Command::GoTo(_) if look.is_rtl() => icons::ICON_ARROW_BACK,
            Command::GoTo(_) => icons::ICON_ARROW_FORWARD,
            Command::ShowPalette => icons::ICON_SEARCH,
            Command::ShowShortcuts => icons::ICON_KEYBOARD,
            Command::ToggleNotices | Command::ClearNotices => icons::ICON_NOTIFICATIONS,
            Command::SetTheme(Theme::System) => icons::ICON_CONTRAST,
            Command::SetTheme(Theme::Light) => icons::ICON_LIGHT_MODE,
            Command::SetTheme(Theme::Dark) => icons::ICON_DARK_MODE,
            Command::SetLanguage(_) => icons::ICON_TRANSLATE,
            Command::ZoomIn => icons::ICON_ZOOM_IN,
            Command::ZoomOut | Command::ZoomReset => icons::ICON_ZOOM_OUT,
            Command::CancelJob(_) | Command::CancelJobs => icons::ICON_CLOSE,
            Command::Refresh => icons::ICON_REFRESH,
            Command::OpenSample => icons::ICON_DATASET,
            Command::ChooseFile | Command::ChooseFolder | Command::Inspect(..) | Command::ChooseContract => {
                icons::ICON_FOLDER_OPEN
            }
            Command::TryMapping(_) => icons::ICON_TABLE,
            Command::MarkRun(..) => icons::ICON_KEEP,
            Command::KeepMapping | Command::SaveContract(_) | Command::SaveContractAs => icons::ICON_SAVE,
            Command::CheckContract(_) => icons::ICON_FACT_CHECK,
            Command::ImportMapped(_) => icons::ICON_UPLOAD_FILE,
            Command::CloseIntake => icons::ICON_CLOSE,
            Command::SelectDataset(_) | Command::SelectRun(_) | Command::LookAtRun(_) => icons::ICON_VISIBILITY,
            Command::Importance(_) | Command::Effects(..) => icons::ICON_FUNCTIONS,
            Command::SaveCard(_) | Command::SaveReportAs | Command::SaveDriftReportAs => icons::ICON_SAVE,
            Command::DescribeFeatures => icons::ICON_FUNCTIONS,
            Command::AuditFeatures => icons::ICON_POLICY,
            Command::PublishOnline => icons::ICON_UPLOAD,
            Command::Train(_) => icons::ICON_MODEL_TRAINING,
            Command::Search(_) => icons::ICON_MANAGE_SEARCH,
            Command::Compare(..) | Command::CompareAs(_) | Command::CompareDatasets(..) => {
                icons::ICON_COMPARE_ARROWS
            }
            Command::LookForDrift(_) => icons::ICON_WAVES,
            Command::ReplayAlerts(_) => icons::ICON_HISTORY,
            Command::Propose(..) => icons::ICON_UPLOAD,
            Command::Approve(_) => icons::ICON_CHECK,
            Command::Reject(..) => icons::ICON_BLOCK,
            Command::Promote(..) => icons::ICON_ROCKET_LAUNCH,
            Command::RollBack(_) => icons::ICON_UNDO,
            Command::SetThreshold(_) => icons::ICON_TUNE,
            Command::StartServing => icons::ICON_PLAY_ARROW,
            Command::StopServing => icons::ICON_STOP,
            Command::ActAs(_) | Command::BecomeOwner(_) => icons::ICON_PERSON,
        }
    }

    /// The keys that run it.
    #[must_use]
    pub fn shortcut(&self) -> Option<KeyboardShortcut> {
        let command = |key| Some(KeyboardShortcut::new(Modifiers::COMMAND, key));
        let shifted = |key| Some(KeyboardShortcut::new(Modifiers::COMMAND | Modifiers::SHIFT, key));
        match self {
            Command::ShowPalette => command(Key::K),
            Command::ChooseFile => command(Key::O),
            Command::Refresh => command(Key::R),
            Command::ShowShortcuts => Some(KeyboardShortcut::new(Modifiers::NONE, Key::Questionmark)),
            Command::ToggleNotices => shifted(Key::N),
            Command::SetLanguage(Language::English) => shifted(Key::E),
            Command::SetLanguage(Language::Persian) => shifted(Key::F),
            Command::SetTheme(Theme::Light) => shifted(Key::L),
            Command::SetTheme(Theme::Dark) => shifted(Key::D),
            Command::ZoomIn => command(Key::Plus),
            Command::ZoomOut => command(Key::Minus),
            Command::ZoomReset => command(Key::Num0),
            _ => None,
        }
    }

    /// Why it cannot be run now, as a key of the string catalogue.
    ///
    /// # Errors
    /// The key of the reason.
    pub fn check(&self, state: &State) -> Result<(), &'static str> {
        match self {
            Command::CancelJobs if state.jobs.is_empty() => Err("refused.no_jobs"),
            Command::ClearNotices if state.notices == 0 => Err("refused.no_notices"),
            Command::OpenSample | Command::ImportMapped(_) if state.is_running("import") => {
                Err("refused.importing")
            }
            Command::Inspect(..) | Command::ChooseFile | Command::ChooseFolder if state.is_running("inspect") => {
                Err("refused.inspecting")
            }
            Command::ImportMapped(_) | Command::KeepMapping
                if state.intake.as_ref().is_none_or(|intake| intake.mapping.is_none()) =>
            {
                Err("refused.no_mapping")
            }
            Command::ImportMapped(_) | Command::KeepMapping
                if state.intake.as_ref().is_some_and(|intake| intake.problem.is_some()) =>
            {
                Err("refused.bad_mapping")
            }
            Command::DescribeFeatures
            | Command::AuditFeatures
            | Command::PublishOnline
            | Command::Train(_)
            | Command::Search(_)
                if state.dataset.is_none() =>
            {
                Err("refused.no_dataset")
            }
            Command::SaveContract(_) | Command::SaveContractAs | Command::CheckContract(_)
                if state.dataset.is_none() =>
            {
                Err("refused.no_dataset")
            }
            Command::SaveContract(_)
            | Command::SaveContractAs
            | Command::ChooseContract
            | Command::CheckContract(_)
                if state.is_running("contract") =>
            {
                Err("refused.contract")
            }
            Command::LookAtRun(_) | Command::Importance(_) | Command::Effects(..) | Command::SaveCard(_)
                if state.dataset.is_none() =>
            {
                Err("refused.no_dataset")
            }
            Command::CompareDatasets(..) if state.is_running("difference") => Err("refused.comparing"),
            Command::AuditFeatures if state.is_running("audit") => Err("refused.auditing"),
            Command::PublishOnline if state.is_running("release") => Err("refused.releasing"),
            Command::MarkRun(..) if state.is_running("mark") => Err("refused.marking"),
            Command::Train(_) if state.is_running("train") => Err("refused.training"),
            Command::Search(_) if state.is_running("search") => Err("refused.searching"),
            Command::Compare(..) | Command::CompareAs(_) | Command::Propose(..) if state.dataset.is_none() => {
                Err("refused.no_dataset")
            }
            Command::Compare(..) | Command::CompareAs(_) if state.is_running("compare") => {
                Err("refused.comparing")
            }
            Command::LookForDrift(_) | Command::ReplayAlerts(_) if state.dataset.is_none() => {
                Err("refused.no_dataset")
            }
            Command::SaveReportAs if state.comparison.is_none() => Err("compare.nothing"),
            Command::SaveDriftReportAs if state.drift_report().is_none() => Err("drift_screen.nothing"),
            Command::LookForDrift(_) if state.is_running("drift") => Err("refused.looking_for_drift"),
            Command::ReplayAlerts(_) if state.is_running("replay") => Err("refused.replaying"),
            Command::Propose(..) | Command::Approve(_) | Command::Reject(..) | Command::Promote(..)
                if state.is_running("release") =>
            {
                Err("refused.releasing")
            }
            Command::RollBack(_) | Command::SetThreshold(_) if state.is_running("release") => {
                Err("refused.releasing")
            }
            Command::RollBack(_) if !state.can_roll_back() => Err("refused.nothing_to_return_to"),
            Command::StartServing if state.server.address.is_some() || state.is_running("serve") => {
                Err("refused.serving")
            }
            Command::StartServing if state.snapshot.as_ref().is_none_or(|snapshot| snapshot.live.is_none()) => {
                Err("refused.nothing_live")
            }
            Command::StopServing if state.server.address.is_none() => Err("refused.not_serving"),
            _ => Ok(()),
        }
    }

    /// As [`Command::check`], in words.
    #[must_use]
    pub fn refusal(&self, state: &State, look: &Look) -> Option<String> {
        self.check(state).err().map(|key| look.text(key).to_owned())
    }
}

#[cfg(test)]
mod tests;
