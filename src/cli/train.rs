//! `nobat train`

use std::path::PathBuf;

use crate::base::Verdict;
use crate::base::language::Language;
use crate::store::sqlite::Access;
use crate::store::workspace::Run;
use crate::workflows::datasets::{find, prepare, workspace};
use crate::workflows::files::read_text;
use crate::workflows::train::{RunDocument, TrainRequest, TrainSummary, train};
use crate::workflows::{SEED, TEST_SHARE};

use super::{Context, Ended};

/// Fits a family on the past of a data set and tests it on its future.
#[derive(Debug, clap::Args)]
pub struct Train {
    /// The data set: its name, the beginning of its digest, or `latest`.
    #[arg(long, value_name = "D", default_value = "latest")]
    data: String,
    /// The family: constant, rule, linear, elastic-net.
    #[arg(long, value_name = "F")]
    family: String,
    /// Parameters of the family.
    #[arg(long, value_name = "P.yaml")]
    params: Option<PathBuf>,
    /// The seed.
    #[arg(long, default_value_t = SEED)]
    seed: u64,
    /// The share of the time at the end that is tested on.
    #[arg(long, value_name = "SHARE", default_value_t = TEST_SHARE, value_parser = share)]
    test_share: f64,
}

/// The largest parameter file that is read, in bytes.
pub(super) const MOST_PARAMETER_BYTES: u64 = 64 * 1024;

pub(super) fn share(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|share| (0.01..=0.9).contains(share)).ok_or_else(|| "0.01..0.9".to_owned())
}

impl Train {
    pub fn run(&self, context: &Context) -> Ended {
        let workspace = workspace(&context.home, Access::Read)?;
        let dataset = find(&workspace, &self.data)?;
        let parameters = match &self.params {
            Some(path) => read_text(path, MOST_PARAMETER_BYTES)?,
            None => String::new(),
        };
        let prepared = prepare(&workspace, &dataset, &context.task)?;
        let request =
            TrainRequest { family: self.family.clone(), parameters, seed: self.seed, test_share: self.test_share };
        let outcome = train(&context.home, &prepared, &request, &context.task)?;
        context.output.print(&TrainSummary::of(&outcome.run, &outcome.document), |language| {
            lines(&outcome.run, &outcome.document, language)
        })?;
        Ok(Verdict::Pass)
    }
}

/// A run in words.
pub(super) fn lines(run: &Run, document: &RunDocument, language: Language) -> Vec<String> {
    let number = |value: Option<f64>| language.decimal(value.unwrap_or(f64::NAN), 2);
    let test = document.test.as_ref();
    vec![
        language.fill(
            "cli.train.head",
            &[
                ("run", &language.integer(run.id.unsigned_abs())),
                ("family", language.text(&format!("family.{}", run.family))),
                ("train_n", &language.integer(document.train_n)),
                ("test_n", &language.integer(document.test_n)),
                ("status", language.text(&format!("run_status.{}", run.status.id()))),
            ],
        ),
        language.fill(
            "cli.train.errors",
            &[
                ("mae", &number(test.map(|errors| errors.mae))),
                ("low", &number(test.and_then(|errors| errors.mae_low))),
                ("high", &number(test.and_then(|errors| errors.mae_high))),
                ("rule", &number(document.rule.as_ref().map(|errors| errors.mae))),
                ("constant", &number(document.constant.as_ref().map(|errors| errors.mae))),
            ],
        ),
    ]
}
