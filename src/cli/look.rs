//! `nobat runs explain`, `importance`, `effects`, `residuals`, `card` and `export`: one run, looked at or handed over.

use std::path::PathBuf;

use clap::Subcommand;

use crate::base::Verdict;
use crate::workflows::card::{read_card, save_card};
use crate::workflows::export::export_onnx;
use crate::workflows::insight::{VisitChoice, read_test_part};

use super::{Context, Ended, insight};

/// What of a run is looked at.
#[derive(Debug, Subcommand)]
pub(super) enum Look {
    /// Why one visit of its test part got its prediction, in minutes by feature.
    Explain {
        /// Its number.
        run: i64,
        #[command(flatten)]
        visit: VisitArguments,
    },
    /// By how many minutes its error grows without each group of features.
    Importance {
        /// Its number.
        run: i64,
    },
    /// How its predictions move with one feature: partial dependence, single visits, accumulated local effects.
    Effects {
        /// Its number.
        run: i64,
        /// The feature's id.
        #[arg(long, value_name = "F")]
        feature: String,
    },
    /// Where it errs, and how its predictions stand to the waits.
    Residuals {
        /// Its number.
        run: i64,
    },
    /// Its model card as Markdown.
    Card {
        /// Its number.
        run: i64,
        /// Where the card goes; standard output without it.
        #[arg(long, value_name = "FILE.md")]
        out: Option<PathBuf>,
    },
    /// Write its model for another program.
    Export {
        /// Its number.
        run: i64,
        /// The ONNX file, which must not be there yet.
        #[arg(long, value_name = "FILE")]
        onnx: PathBuf,
    },
}

/// Which visit; the first one of the test part where none is named.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub(super) struct VisitArguments {
    /// The source's id of the visit.
    #[arg(long, value_name = "ID")]
    visit: Option<String>,
    /// Its place in the test part in order of arrival, from 1.
    #[arg(long, value_name = "N")]
    row: Option<usize>,
}

impl VisitArguments {
    fn choice(&self) -> VisitChoice {
        match (&self.visit, self.row) {
            (Some(id), _) => VisitChoice::Id(id.clone()),
            (None, row) => VisitChoice::Place(row.unwrap_or(1)),
        }
    }
}

impl Look {
    pub fn run(&self, context: &Context) -> Ended {
        let Context { home, output, task, .. } = context;
        match self {
            Look::Explain { run, visit } => {
                let found = read_test_part(home, *run, task)?.explain(&visit.choice())?;
                output.print(&found, |language| insight::explanation_lines(&found, language))?;
            }
            Look::Importance { run } => {
                let test = read_test_part(home, *run, task)?;
                let found = test.saying(test.importance(task)?);
                output.print(&found, |language| insight::importance_lines(&found.said, language))?;
            }
            Look::Effects { run, feature } => {
                let test = read_test_part(home, *run, task)?;
                let found = test.saying(test.effects(feature, task)?);
                output.print(&found, |language| insight::effect_lines(&found.said, language))?;
            }
            Look::Residuals { run } => {
                let found = read_test_part(home, *run, task)?.residuals(task)?;
                output.print(&found, |language| insight::residual_lines(&found, language))?;
            }
            Look::Export { run, onnx } => {
                let exported = export_onnx(home, *run, onnx)?;
                output.print(&exported, |language| {
                    let values = [
                        ("run", language.integer(run.unsigned_abs())),
                        ("path", exported.file.display().to_string()),
                        ("bytes", language.integer(exported.bytes)),
                        ("sha256", exported.sha256.to_string()),
                    ];
                    vec![language.fill_owned("cli.runs.exported", &values)]
                })?;
            }
            Look::Card { run, out } => {
                let text = read_card(home, *run, output.language, task)?;
                if let Some(path) = out {
                    save_card(&text, path)?;
                }
                let card = serde_json::json!({ "run": run, "markdown": text, "path": out });
                output.print(&card, |language| match out {
                    Some(path) => {
                        vec![language.fill("cli.runs.card", &[("path", &path.display().to_string())])]
                    }
                    None => text.lines().map(str::to_owned).collect(),
                })?;
            }
        }
        Ok(Verdict::Pass)
    }
}
