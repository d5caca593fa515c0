//! `nobat runs`

use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::base::{Moment, Verdict};
use crate::store::sqlite::Access;
use crate::workflows::TEST_SHARE;
use crate::workflows::datasets::{find, prepare, workspace};
use crate::workflows::export::export_onnx;
use crate::workflows::import_model::{ImportModelRequest, import_model};
use crate::workflows::train::{RunDocument, TrainSummary};

use super::features::moment;
use super::train::share;
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
    /// Keep a model that LightGBM or XGBoost made as a run, tested on visits after its training.
    Import {
        /// A LightGBM text model or an XGBoost JSON model.
        file: PathBuf,
        /// The data set: its name, the beginning of its digest, or `latest`.
        #[arg(long, value_name = "D", default_value = "latest")]
        data: String,
        /// Every wait that the model learned from was known before this moment.
        #[arg(long, value_name = "RFC3339", value_parser = moment)]
        trained_until: Moment,
        /// The share of the time at the end that is tested on.
        #[arg(long, value_name = "SHARE", default_value_t = TEST_SHARE, value_parser = share)]
        test_share: f64,
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
            What::Import { file, data, trained_until, test_share } => import(
                context,
                data,
                &ImportModelRequest { file: file.clone(), trained_until: *trained_until, test_share: *test_share },
            ),
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

fn import(context: &Context, data: &str, request: &ImportModelRequest) -> Ended {
    let workspace = workspace(&context.home, Access::Read)?;
    let prepared = prepare(&workspace, &find(&workspace, data)?, &context.task)?;
    let outcome = import_model(&context.home, &prepared, request, &context.task)?;
    context.output.print(&TrainSummary::of(&outcome.run, &outcome.document), |language| {
        train::lines(&outcome.run, &outcome.document, language)
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
