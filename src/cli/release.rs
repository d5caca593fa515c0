//! `nobat release`

use std::path::PathBuf;

use clap::Subcommand;

use crate::analysis::evaluation::gates::GateResult;
use crate::base::language::Language;
use crate::base::{Verdict, Version};
use crate::store::keys::SigningKey;
use crate::store::registry::{Rollout, VersionEntry};
use crate::store::sqlite::Access;
use crate::workflows::datasets::{find, prepare, workspace};
use crate::workflows::evidence::Evidence;
use crate::workflows::gates::gate_words;
use crate::workflows::people::secret_key_path;
use crate::workflows::release::{
    ProposeRequest, approve, evidence, promote, propose, reject, roll_back, unlock_key, versions,
};
use crate::workflows::{SEED, WorkflowError};

use super::{Context, Ended};

/// Versions of the registry and what is live.
#[derive(Debug, clap::Args)]
pub struct Release {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Compare a run with what is live and put it up for review.
    Propose {
        /// The run.
        #[arg(long)]
        run: i64,
        /// The data set to compare on.
        #[arg(long, value_name = "D", default_value = "latest")]
        data: String,
        /// The version; the next that fits without it.
        #[arg(long)]
        version: Option<Version>,
        /// What changed.
        #[arg(long, default_value = "")]
        notes: String,
    },
    /// The gates of a version. Exit code 0, 3 or 4.
    Check {
        /// The version.
        version: Version,
    },
    /// Sign a version with your key.
    Approve {
        /// The version.
        version: Version,
        /// Your secret key; that of your name in the home without it.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// Why; needed where not every gate passes.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Reject a version, for good.
    Reject {
        /// The version.
        version: Version,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Put an approved version in front of people.
    Promote {
        /// The version.
        version: Version,
        /// Why.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Return to the version that was live before.
    Rollback {
        /// Why.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Every version.
    List,
    /// A version with its evidence.
    Show {
        /// The version.
        version: Version,
    },
}

impl Release {
    pub fn run(&self, context: &Context) -> Ended {
        let (home, person) = (&context.home, context.person.as_str());
        match &self.step {
            Step::Propose { run, data, version, notes } => {
                let workspace = workspace(home, Access::Read)?;
                let prepared = prepare(&workspace, &find(&workspace, data)?, &context.task)?;
                let request = ProposeRequest {
                    run: *run,
                    version: *version,
                    notes: notes.clone(),
                    person: person.to_owned(),
                    seed: SEED,
                };
                let outcome = propose(home, &prepared, &request, &context.task)?;
                context.output.print(&outcome, |language| {
                    let mut lines = vec![version_line(&outcome.version, language)];
                    lines.extend(gate_lines(&outcome.evidence, language));
                    lines
                })?;
                Ok(Verdict::Pass)
            }
            Step::Check { version } => {
                let evidence = evidence(home, *version)?;
                context.output.print(&evidence.gates, |language| gate_lines(&evidence, language))?;
                Ok(evidence.verdict())
            }
            Step::Approve { version, key, reason } => {
                let key = self.unlock(context, key.clone())?;
                said(context, &approve(home, *version, person, &key, reason)?)
            }
            Step::Reject { version, reason } => said(context, &reject(home, *version, person, reason)?),
            Step::Promote { version, reason } => switched(context, &promote(home, *version, person, reason)?),
            Step::Rollback { reason } => switched(context, &roll_back(home, person, reason)?),
            Step::List => {
                let versions = versions(home)?;
                context.output.print(&versions, |language| match versions.as_slice() {
                    [] => vec![language.text("cli.release.none").to_owned()],
                    versions => versions.iter().map(|entry| version_line(entry, language)).collect(),
                })?;
                Ok(Verdict::Pass)
            }
            Step::Show { version } => {
                let versions = versions(home)?;
                let entry = versions.iter().find(|entry| entry.version == *version);
                let evidence = evidence(home, *version)?;
                context.output.print(
                    &serde_json::json!({ "version": entry, "evidence": evidence }),
                    |language| {
                        let mut lines: Vec<String> =
                            entry.iter().map(|entry| version_line(entry, language)).collect();
                        lines.extend(gate_lines(&evidence, language));
                        lines
                    },
                )?;
                Ok(Verdict::Pass)
            }
        }
    }

    /// The key, with its passphrase from `NOBAT_PASSPHRASE` or from the terminal where it is locked.
    fn unlock(&self, context: &Context, path: Option<PathBuf>) -> Result<SigningKey, WorkflowError> {
        let path = path.unwrap_or_else(|| secret_key_path(&context.home, &context.person));
        match unlock_key(&path, std::env::var("NOBAT_PASSPHRASE").ok().as_deref()) {
            Err(WorkflowError::Key(crate::store::keys::KeyError::PassphraseNeeded { .. })) => {
                let words = super::key::ask_passphrase(context, "cli.key.passphrase")?;
                unlock_key(&path, Some(&words))
            }
            result => result,
        }
    }
}

fn said(context: &Context, entry: &VersionEntry) -> Ended {
    context.output.print(entry, |language| vec![version_line(entry, language)])?;
    Ok(Verdict::Pass)
}

fn switched(context: &Context, rollout: &Rollout) -> Ended {
    context.output.print(rollout, |language| {
        vec![language.fill(
            "cli.release.live",
            &[
                ("version", &rollout.version.to_string()),
                ("generation", &language.integer(rollout.generation.unsigned_abs())),
            ],
        )]
    })?;
    Ok(Verdict::Pass)
}

fn version_line(entry: &VersionEntry, language: Language) -> String {
    language.fill(
        "cli.release.line",
        &[
            ("version", &entry.version.to_string()),
            ("stage", language.text(&format!("version_stage.{}", entry.stage.id()))),
            ("family", language.text(&format!("family.{}", entry.family))),
            ("person", &entry.proposed_by),
        ],
    )
}

/// A gate, what it says and what it rests on.
pub(super) fn gate_line(gate: &GateResult, language: Language) -> String {
    let verdict = language.text(&format!("verdict.{}", gate.verdict.id())).to_owned();
    language.fill_owned("cli.release.gate", &[("verdict", verdict), ("gate", gate_words(language, gate))])
}

fn gate_lines(evidence: &Evidence, language: Language) -> Vec<String> {
    evidence.gates.iter().map(|gate| gate_line(gate, language)).collect()
}
