//! `nobat compare`

use crate::base::language::Language;
use crate::store::sqlite::Access;
use crate::workflows::SEED;
use crate::workflows::compare::{CompareOutcome, CompareRequest, compare_models};
use crate::workflows::datasets::{find, prepare, workspace};
use crate::workflows::models::ModelName;

use super::{Context, Ended};

/// Two models predict the same visits, which arrived after both were trained. Exit code 0 where the candidate's error
/// is at most 5 % higher, 3 where it is not, 4 where the data do not decide.
#[derive(Debug, clap::Args)]
pub struct Compare {
    /// The current model: `rule`, `constant`, `run:3`, `1.2.0` or `live`.
    #[arg(long, value_name = "X", default_value = "rule")]
    current: String,
    /// The candidate, named likewise.
    #[arg(long, value_name = "Y")]
    candidate: String,
    /// The data set: its name, the beginning of its digest, or `latest`.
    #[arg(long, value_name = "D", default_value = "latest")]
    data: String,
    /// The seed of the bootstrap.
    #[arg(long, default_value_t = SEED)]
    seed: u64,
}

impl Compare {
    pub fn run(&self, context: &Context) -> Ended {
        let current: ModelName = self.current.parse()?;
        let candidate: ModelName = self.candidate.parse()?;
        let workspace = workspace(&context.home, Access::Read)?;
        let dataset = find(&workspace, &self.data)?;
        let prepared = prepare(&workspace, &dataset, &context.task)?;
        let request = CompareRequest { current, candidate, seed: self.seed };
        let outcome = compare_models(&context.home, &prepared, &request, &context.task)?;
        context.output.print(&outcome.summary(), |language| lines(&outcome, language))?;
        Ok(outcome.comparison.gate)
    }
}

fn lines(outcome: &CompareOutcome, language: Language) -> Vec<String> {
    let comparison = &outcome.comparison;
    let number = |value: f64| language.decimal(value, 2);
    let ratio = |value: f64| language.decimal(value, 3);
    let mut lines = vec![
        language.fill(
            "cli.compare.errors",
            &[
                ("candidate", &comparison.candidate.name),
                ("mae_candidate", &number(comparison.candidate.errors.mae)),
                ("current", &comparison.current.name),
                ("mae_current", &number(comparison.current.errors.mae)),
                ("mae_constant", &number(outcome.mae_constant)),
                ("n", &language.integer(comparison.n)),
                ("days", &language.integer(comparison.days)),
            ],
        ),
        language.fill(
            "cli.compare.difference",
            &[
                ("delta", &language.signed_decimal(comparison.delta, 2)),
                ("delta_low", &language.signed_decimal(comparison.delta_low, 2)),
                ("delta_high", &language.signed_decimal(comparison.delta_high, 2)),
                ("ratio", &ratio(comparison.ratio)),
                ("ratio_low", &ratio(comparison.ratio_low)),
                ("ratio_high", &ratio(comparison.ratio_high)),
            ],
        ),
        language.fill(
            "cli.compare.gate",
            &[
                ("verdict", language.text(&format!("verdict.{}", comparison.gate.id()))),
                ("upper", &ratio(comparison.ratio_upper_bound)),
                ("margin", &language.decimal(comparison.margin, 2)),
            ],
        ),
    ];
    if let Some(days) = comparison.days_needed {
        lines.push(language.fill("cli.compare.days_needed", &[("days", &language.integer(days))]));
    }
    lines
}
