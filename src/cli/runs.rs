//! `nobat runs`

use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::base::Verdict;
use crate::store::sqlite::Access;
use crate::workflows::datasets::workspace;
use crate::workflows::export::export_onnx;
use crate::workflows::train::{RunDocument, TrainSummary};

use super::{Context, Ended, train};

/// Trainings of the workspace.
#[derive(Debug, clap::Args)]
pub struct Runs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Every run, the newest first.
    List,
    /// One run.
    Show {
        /// Its number.
        run: i64,
    },
    /// Write the model of a run for another program.
    Export {
        /// Its number.
        run: i64,
        /// The ONNX file, which must not be there yet.
        #[arg(long, value_name = "FILE")]
        onnx: PathBuf,
    },
}

impl Runs {
    pub fn run(&self, context: &Context) -> Ended {
        match &self.what {
            What::List => list(context, None),
            What::Show { run } => list(context, Some(*run)),
            What::Export { run, onnx } => export(context, *run, onnx),
        }
    }
}

/// One run, or every one.
fn list(context: &Context, run: Option<i64>) -> Ended {
    let workspace = workspace(&context.home, Access::Read)?;
    let runs = match run {
        None => workspace.runs()?,
        Some(run) => vec![workspace.run(run)?],
    };
    let documents = runs.iter().map(RunDocument::read).collect::<Result<Vec<_>, _>>()?;
    let summaries: Vec<_> =
        runs.iter().zip(&documents).map(|(run, document)| TrainSummary::of(run, document)).collect();
    context.output.print(&summaries, |language| {
        if runs.is_empty() {
            return vec![language.text("cli.runs.none").to_owned()];
        }
        runs.iter().zip(&documents).flat_map(|(run, document)| train::lines(run, document, language)).collect()
    })?;
    Ok(Verdict::Pass)
}

fn export(context: &Context, run: i64, onnx: &Path) -> Ended {
    let exported = export_onnx(&context.home, run, onnx)?;
    context.output.print(&exported, |language| {
        vec![language.fill(
            "cli.runs.exported",
            &[
                ("run", &language.integer(run.unsigned_abs())),
                ("path", &exported.file.display().to_string()),
                ("bytes", &language.integer(exported.bytes)),
                ("sha256", &exported.sha256.to_string()),
            ],
        )]
    })?;
    Ok(Verdict::Pass)
}
