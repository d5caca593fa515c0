//! `nobat runs`

use clap::Subcommand;

use crate::base::Verdict;
use crate::store::sqlite::Access;
use crate::workflows::datasets::workspace;
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
}

impl Runs {
    pub fn run(&self, context: &Context) -> Ended {
        let workspace = workspace(&context.home, Access::Read)?;
        let runs = match self.what {
            What::List => workspace.runs()?,
            What::Show { run } => vec![workspace.run(run)?],
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
}
