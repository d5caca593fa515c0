//! The command line: arguments, one file a command, exit codes.
//!
//! A command parses its words, calls a workflow and says what came of it: as one JSON document with `--json`, else as
//! text in the language of the person. Text and JSON go to standard output, progress and errors to standard error.

mod audit;
mod compare;
mod data;
mod data_account;
mod demo;
mod drift;
mod export;
mod features;
mod guess;
mod import;
mod import_model;
mod insight;
mod key;
mod look;
mod output;
mod people;
#[cfg(feature = "serve")]
mod predict;
mod release;
mod runs;
mod search;
#[cfg(feature = "serve")]
mod serve;
mod simulate;
mod thresholds;
mod train;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::base::explain::{Explanation, Failure};
use crate::base::language::Language;
use crate::base::{CancelToken, Explain, Task, Verdict};
use crate::workflows::{Home, WorkflowError};

pub use output::Output;

/// Waiting-time models for an appointment and queue service: history, training, virtual A/B, release, serving.
/// Without a command, the workbench is opened.
#[derive(Debug, Parser)]
#[command(name = "nobat", version, arg_required_else_help = false)]
pub struct Arguments {
    /// The folder of the project; the user's data folder without it.
    #[arg(long, global = true, value_name = "DIR", env = "NOBAT_HOME")]
    home: Option<PathBuf>,
    /// The registry; `registry.db` in the home without it.
    #[arg(long, global = true, value_name = "FILE", env = "NOBAT_REGISTRY")]
    registry: Option<PathBuf>,
    /// Who you are in the registry; your name on this computer without it.
    #[arg(long = "as", global = true, value_name = "PERSON", env = "NOBAT_AS")]
    person: Option<String>,
    /// Print one JSON document.
    #[arg(long, global = true)]
    json: bool,
    /// The language of texts; the system's without it.
    #[arg(long, global = true, value_name = "en|fa", value_parser = language, env = "NOBAT_LANG")]
    lang: Option<Language>,
    #[command(flatten)]
    window: WindowArguments,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What only the workbench takes.
#[derive(Debug, Default, clap::Args)]
pub struct WindowArguments {
    /// Look at files of visits, as one history, before they are imported.
    #[arg(long, value_name = "FILE")]
    pub open: Vec<PathBuf>,
    /// Draw screens, or parts of them, into PNG files and exit: `overview:a.png,data/columns:b.png`.
    #[arg(long, value_name = "SCREEN:FILE[,…]")]
    pub screenshot: Option<String>,
    /// The size of the window in points.
    #[arg(long, value_name = "WxH")]
    pub size: Option<String>,
    /// The theme.
    #[arg(long, value_name = "light|dark|system")]
    pub theme: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The whole loop on the sample data.
    Demo(demo::Demo),
    /// A seeded history as Parquet.
    Simulate(simulate::Simulate),
    /// A file of visits becomes a data set.
    Import(import::Import),
    /// Data sets.
    Data(data::Data),
    /// The feature catalogue.
    Features(features::Features),
    /// Fit a model and test it on later visits.
    Train(train::Train),
    /// Try parameters of a family, and train the best.
    Search(search::Search),
    /// Trainings that were kept.
    Runs(runs::Runs),
    /// Two models on the same visits.
    Compare(compare::Compare),
    /// Whether the world is still what it was.
    Drift(drift::Drift),
    /// Write a result as a file: reports.
    Export(export::Export),
    /// Versions: propose, approve, promote, roll back.
    Release(release::Release),
    /// Answer over HTTP with the live version.
    #[cfg(feature = "serve")]
    Serve(serve::Serve),
    /// Ask a running service.
    #[cfg(feature = "serve")]
    Predict(predict::Predict),
    /// People of the registry.
    People(people::People),
    /// Keys that sign releases.
    Key(key::Key),
    /// The audit log.
    Audit(audit::Audit),
    /// What the gates hold figures against.
    Thresholds(thresholds::Thresholds),
    /// Check the registry: hash chain, artifacts, evidence, signatures.
    Verify(audit::Verify),
}

/// What every command is given.
pub struct Context {
    /// Where things are.
    pub home: Home,
    /// Who asks.
    pub person: String,
    /// Where and how to speak.
    pub output: Output,
    /// Watched and cancelled from outside.
    pub task: Task,
}

/// How a command ended.
pub type Ended = Result<Verdict, WorkflowError>;

impl Arguments {
    /// The language that was asked for, or the system's.
    #[must_use]
    pub fn language(&self) -> Language {
        self.lang.unwrap_or_else(system_language)
    }

    /// Whether the workbench is asked for, and how.
    #[must_use]
    pub fn wants_window(&self) -> Option<&WindowArguments> {
        if self.command.is_none() { Some(&self.window) } else { None }
    }

    /// Who asks.
    #[must_use]
    pub fn person(&self) -> String {
        let from_system = || std::env::var("USER").or_else(|_| std::env::var("USERNAME")).unwrap_or_default();
        self.person.clone().unwrap_or_else(from_system)
    }

    /// Who asks, where that was said.
    #[must_use]
    pub fn named_person(&self) -> Option<String> {
        self.person.clone()
    }

    /// Where things are.
    ///
    /// # Errors
    /// [`WorkflowError::NoHome`].
    pub fn home(&self) -> Result<Home, WorkflowError> {
        Home::resolve(self.home.as_deref(), self.registry.as_deref())
    }

    /// Whether an explicit choice of a language was made.
    #[must_use]
    pub fn chosen_language(&self) -> Option<Language> {
        self.lang
    }
}

/// Runs the command of `arguments` and gives the exit code.
#[must_use]
pub fn run(arguments: &Arguments, cancel: CancelToken) -> u8 {
    let language = arguments.language();
    let output = Output::new(arguments.json, language);
    let ended = arguments.home().and_then(|home| {
        let task = Task::with_cancel(cancel);
        let watching = output.watch(&task);
        let context = Context { home, person: arguments.person(), output: output.clone(), task };
        let ended = match &arguments.command {
            Some(command) => dispatch(command, &context, arguments.home.is_some()),
            // Only a program without a window comes here; it shows what it can do instead.
            None => show_help(),
        };
        drop(watching);
        ended
    });
    match ended {
        Ok(Verdict::Pass) => 0,
        Ok(Verdict::Fail) => exit_code(Failure::Refused),
        Ok(Verdict::Inconclusive) => exit_code(Failure::Inconclusive),
        Err(error) => tell(arguments, &error),
    }
}

/// Tells an error as `arguments` ask for it, and gives its exit code.
#[must_use]
pub fn tell(arguments: &Arguments, error: &dyn Explain) -> u8 {
    let language = arguments.language();
    Output::new(arguments.json, language).error(&Explanation::of(error, language), error);
    exit_code(error.failure())
}

fn show_help() -> Ended {
    <Arguments as clap::CommandFactory>::command()
        .print_help()
        .map_err(|cause| WorkflowError::File { path: "stdout".into(), cause })?;
    Ok(Verdict::Pass)
}

fn dispatch(command: &Command, context: &Context, home_was_given: bool) -> Ended {
    match command {
        Command::Demo(demo) => demo.run(context, home_was_given),
        Command::Simulate(simulate) => simulate.run(context),
        Command::Import(import) => import.run(context),
        Command::Data(data) => data.run(context),
        Command::Features(features) => features.run(context),
        Command::Train(train) => train.run(context),
        Command::Search(search) => search.run(context),
        Command::Runs(runs) => runs.run(context),
        Command::Compare(compare) => compare.run(context),
        Command::Drift(drift) => drift.run(context),
        Command::Export(export) => export.run(context),
        Command::Release(release) => release.run(context),
        #[cfg(feature = "serve")]
        Command::Serve(serve) => serve.run(context),
        #[cfg(feature = "serve")]
        Command::Predict(predict) => predict.run(context),
        Command::People(people) => people.run(context),
        Command::Key(key) => key.run(context),
        Command::Audit(audit) => audit.run(context),
        Command::Thresholds(thresholds) => thresholds.run(context),
        Command::Verify(verify) => verify.run(context),
    }
}

/// The exit code of a failure.
#[must_use]
pub fn exit_code(failure: Failure) -> u8 {
    match failure {
        Failure::Failed => 1,
        Failure::Usage => 2,
        Failure::Refused => 3,
        Failure::Inconclusive => 4,
        Failure::Cancelled => 130,
    }
}

fn language(text: &str) -> Result<Language, String> {
    Language::from_id(text).ok_or_else(|| "en, fa".to_owned())
}

/// By the POSIX variables; English where none of them is set.
fn system_language() -> Language {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    set.into_iter()
        .find(|locale| !locale.is_empty())
        .map_or(Language::English, |locale| Language::from_locale(&locale))
}
