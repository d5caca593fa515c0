//! `nobat train`

use std::path::PathBuf;

use crate::analysis::evaluation::{Errors, SplitPlan};
use crate::analysis::models::{ADAPTIVE_RATES, IMPORTED};
use crate::base::Verdict;
use crate::base::calendar::{DateStyle, WallClock};
use crate::base::language::Language;
use crate::store::sqlite::Access;
use crate::store::workspace::Run;
use crate::workflows::SEED;
use crate::workflows::backtest::{Backtest, Origin, backtest};
use crate::workflows::datasets::{find, prepare, workspace};
use crate::workflows::files::read_text;
use crate::workflows::train::{RunDocument, TrainRequest, TrainSummary, train};

use super::{Context, Ended};

/// Fits a family on the past of a data set and tests it on its future.
#[derive(Debug, clap::Args)]
pub struct Train {
    /// The data set: its name, the beginning of its digest, or `latest`.
    #[arg(long, value_name = "D", default_value = "latest")]
    data: String,
    /// The family; an unknown one is answered with the names of all.
    #[arg(long, value_name = "F")]
    family: String,
    /// Parameters of the family.
    #[arg(long, value_name = "P.yaml")]
    params: Option<PathBuf>,
    /// The seed.
    #[arg(long, default_value_t = SEED)]
    seed: u64,
    /// The share of the time at the end that is tested on.
    #[arg(long, value_name = "SHARE", default_value_t = SplitPlan::default().test_share, value_parser = share)]
    test_share: f64,
    /// The share of the rest that decides when a fit in rounds stops.
    #[arg(long, value_name = "SHARE", default_value_t = SplitPlan::default().stop_share, value_parser = part)]
    stop_share: f64,
    /// The share of the rest that intervals are calibrated on.
    #[arg(long, value_name = "SHARE", default_value_t = SplitPlan::default().calibrate_share, value_parser = part)]
    calibrate_share: f64,
    /// Days before each cut that are left out.
    #[arg(long, value_name = "DAYS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=365))]
    gap_days: u32,
    /// Intervals follow what comes true: how much a day moves them, 0.01 to 0.5; a rate of 0.2 follows within a week. The test
    /// part tells how often they would have held. The service follows what `nobat features publish` tells it.
    #[arg(long, value_name = "RATE", value_parser = rate)]
    adaptive_intervals: Option<f64>,
    /// Instead: train again and again while time went on, at so many origins before the test part, and keep nothing.
    #[arg(long, value_name = "ORIGINS", value_parser = clap::value_parser!(u32).range(1..=100))]
    backtest: Option<u32>,
}

/// The largest parameter file that is read, in bytes.
pub(super) const MOST_PARAMETER_BYTES: u64 = 64 * 1024;

pub(super) fn share(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|share| (0.01..=0.9).contains(share)).ok_or_else(|| "0.01..0.9".to_owned())
}

fn part(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|share| (0.0..=0.25).contains(share)).ok_or_else(|| "0..0.25".to_owned())
}

pub(super) fn rate(text: &str) -> Result<f64, String> {
    let (least, most) = ADAPTIVE_RATES;
    text.parse().ok().filter(|rate| (least..=most).contains(rate)).ok_or_else(|| format!("{least}..{most}"))
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
        let split = SplitPlan {
            test_share: self.test_share,
            stop_share: self.stop_share,
            calibrate_share: self.calibrate_share,
            gap_days: self.gap_days,
        };
        let (family, adaptive_rate) = (self.family.clone(), self.adaptive_intervals);
        let request = TrainRequest { family, parameters, seed: self.seed, split, adaptive_rate };
        if let Some(origins) = self.backtest {
            let found = backtest(&context.home, &prepared, &request, origins, &context.task)?;
            let mut clock = prepared.history.zone.clock();
            context.output.print(&found, |language| backtest_lines(&found, &mut clock, language))?;
            return Ok(Verdict::Pass);
        }
        let outcome = train(&context.home, &prepared, &request, &context.task)?;
        context.output.print(&TrainSummary::of(&outcome.run, &outcome.document), |language| {
            lines(&outcome.run, &outcome.document, language)
        })?;
        Ok(Verdict::Pass)
    }
}

fn backtest_lines(found: &Backtest, clock: &mut WallClock, language: Language) -> Vec<String> {
    let number = |errors: Option<&Errors>, of: fn(&Errors) -> Option<f64>| {
        language.decimal(errors.and_then(of).unwrap_or(f64::NAN), 2)
    };
    let values = |errors: Option<&Errors>, rule: Option<&Errors>| {
        [
            ("n", language.integer(errors.map_or(0, |errors| errors.n))),
            ("mae", number(errors, |errors| Some(errors.mae))),
            ("low", number(errors, |errors| errors.mae_low)),
            ("high", number(errors, |errors| errors.mae_high)),
            ("rule", number(rule, |errors| Some(errors.mae))),
        ]
    };
    let line = |origin: &Origin| {
        let date = DateStyle::usual(language).short(clock.local(origin.cut).date(), language);
        let covered = origin.coverage_80.map_or_else(|| "—".to_owned(), |share| language.percent(share, 1));
        let mut values = values(origin.test.as_ref(), origin.rule.as_ref()).to_vec();
        let train = language.integer(origin.train_n);
        values.extend([("date", date), ("train", train), ("covered", covered)]);
        let mut words = language.fill_owned("cli.backtest.origin", &values);
        if let Some(followed) = origin.coverage_80_followed {
            words
                .push_str(&language.fill("cli.backtest.followed", &[("covered", &language.percent(followed, 1))]));
        }
        words
    };
    let mut lines: Vec<String> = found.origins.iter().map(line).collect();
    lines.push(language.fill_owned("cli.backtest.overall", &values(found.overall.as_ref(), found.rule.as_ref())));
    lines
}

/// A run in words.
pub(super) fn lines(run: &Run, document: &RunDocument, language: Language) -> Vec<String> {
    let number = |value: Option<f64>| language.decimal(value.unwrap_or(f64::NAN), 2);
    let test = document.test.as_ref();
    let head = if run.family == IMPORTED { "cli.runs.imported" } else { "cli.train.head" };
    let mut lines = vec![
        language.fill(
            head,
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
    ];
    lines.extend(document.interval_words(language).into_iter().map(|(name, words)| format!("{name}: {words}")));
    if document.earlier_tests > 0 {
        lines.push(language.fill("cli.train.earlier_tests", &[("n", &language.integer(document.earlier_tests))]));
    }
    lines
}
