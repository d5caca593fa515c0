//! `nobat runs`

use std::path::PathBuf;

use clap::Subcommand;

use crate::base::Verdict;
use crate::store::sqlite::Access;
use crate::workflows::card::{read_card, save_card};
use crate::workflows::datasets::workspace;
use crate::workflows::insight::{VisitChoice, read_test_part};
use crate::workflows::train::{RunDocument, TrainSummary};

use super::{Context, Ended, insight, train};

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
}

/// Which visit; the first one of the test part where none is named.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct VisitArguments {
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

impl Runs {
    pub fn run(&self, context: &Context) -> Ended {
        let Context { home, output, task, .. } = context;
        match &self.what {
            What::List => list(context, None)?,
            What::Show { run } => list(context, Some(*run))?,
            What::Explain { run, visit } => {
                let found = read_test_part(home, *run, task)?.explain(&visit.choice())?;
                output.print(&found, |language| insight::explanation_lines(&found, language))?;
            }
            What::Importance { run } => {
                let test = read_test_part(home, *run, task)?;
                let found = test.saying(test.importance(task)?);
                output.print(&found, |language| insight::importance_lines(&found.said, language))?;
            }
            What::Effects { run, feature } => {
                let test = read_test_part(home, *run, task)?;
                let found = test.saying(test.effects(feature, task)?);
                output.print(&found, |language| insight::effect_lines(&found.said, language))?;
            }
            What::Residuals { run } => {
                let found = read_test_part(home, *run, task)?.residuals(task)?;
                output.print(&found, |language| insight::residual_lines(&found, language))?;
            }
            What::Card { run, out } => {
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

fn list(context: &Context, one: Option<i64>) -> Result<(), crate::workflows::WorkflowError> {
    let workspace = workspace(&context.home, Access::Read)?;
    let runs = match one {
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
    })
}
