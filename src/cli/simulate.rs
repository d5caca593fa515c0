//! `nobat simulate`

use std::path::PathBuf;

use crate::analysis::simulation::ScenarioKind;
use crate::base::Verdict;
use crate::workflows::simulate::{read_recipe, simulate_file};

use super::{Context, Ended};

/// Writes the visits of a simulated service as Parquet.
#[derive(Debug, clap::Args)]
pub struct Simulate {
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The recipe; the sample's without it.
    #[arg(long, value_name = "FILE")]
    recipe: Option<PathBuf>,
    /// Another seed than the recipe's.
    #[arg(long)]
    seed: Option<u64>,
    /// Switch on a scenario of the recipe; may be given several times.
    #[arg(long = "scenario", value_name = "NAME", value_parser = scenario)]
    scenarios: Vec<ScenarioKind>,
}

fn scenario(text: &str) -> Result<ScenarioKind, String> {
    ScenarioKind::from_id(text)
        .ok_or_else(|| ScenarioKind::ALL.iter().map(|kind| kind.id()).collect::<Vec<_>>().join(", "))
}

impl Simulate {
    pub fn run(&self, context: &Context) -> Ended {
        let mut recipe = read_recipe(self.recipe.as_deref())?;
        if let Some(seed) = self.seed {
            recipe = recipe.with_seed(seed);
        }
        let summary = simulate_file(recipe, &self.scenarios, &self.out, &context.task)?;
        context.output.print(&summary, |language| {
            vec![language.fill(
                "cli.simulate",
                &[
                    ("visits", &language.integer(summary.visits)),
                    ("sites", &language.sites(summary.sites)),
                    ("path", &self.out.display().to_string()),
                    ("sha256", &summary.sha256.to_string()),
                ],
            )]
        })?;
        Ok(Verdict::Pass)
    }
}
