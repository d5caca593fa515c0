//! `nobat search`

use std::path::PathBuf;

use crate::analysis::evaluation::SplitPlan;
use crate::analysis::models::DEFAULTS;
use crate::base::Verdict;
use crate::base::language::Language;
use crate::store::sqlite::Access;
use crate::store::workspace::Trial;
use crate::workflows::SEED;
use crate::workflows::datasets::{find, prepare, workspace};
use crate::workflows::files::read_text;
use crate::workflows::runs;
use crate::workflows::search::{MINUTES, SearchOutcome, SearchRequest, TRIALS, search};

use super::train::{MOST_PARAMETER_BYTES, lines, rate, share};
use super::{Context, Ended};

/// Tries parameters of a family on the training time, then trains the best of them and tests it once. The same command
/// goes on where it stopped; with more minutes it goes further.
#[derive(Debug, clap::Args)]
pub struct Search {
    /// The data set: its name, the beginning of its digest, or `latest`.
    #[arg(long, value_name = "D", default_value = "latest")]
    data: String,
    /// The family.
    #[arg(long, value_name = "F")]
    family: String,
    /// How long the trials may take together, those of earlier times among them. A trial that was begun is ended.
    #[arg(long, value_name = "M", value_parser = minutes)]
    minutes: f64,
    /// At most this many trials begin.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(i64::from(*TRIALS.start())..=i64::from(*TRIALS.end())))]
    trials: Option<u32>,
    /// The seed of the search and of every fit.
    #[arg(long, default_value_t = SEED)]
    seed: u64,
    /// What is tried, where it is not what the family declares: `penalty: {least: 0.001, most: 1, log: true}`,
    /// `estimate: [mean]`, `l1_ratio: 0.5`.
    #[arg(long, value_name = "FILE.yaml")]
    space: Option<PathBuf>,
    /// The share of the time at the end that the best is tested on.
    #[arg(long, value_name = "SHARE", default_value_t = SplitPlan::default().test_share, value_parser = share)]
    test_share: f64,
    /// The intervals of the best follow what comes true, as with `nobat train`: how much a day moves them, 0.01 to 0.5.
    #[arg(long, value_name = "RATE", value_parser = rate)]
    adaptive_intervals: Option<f64>,
}

fn minutes(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|minutes| MINUTES.contains(minutes))
        .ok_or_else(|| format!("{}..{}", MINUTES.start(), MINUTES.end()))
}

impl Search {
    pub fn run(&self, context: &Context) -> Ended {
        let workspace = workspace(&context.home, Access::Read)?;
        let dataset = find(&workspace, &self.data)?;
        let space = match &self.space {
            Some(path) => read_text(path, MOST_PARAMETER_BYTES)?,
            None => String::new(),
        };
        let prepared = prepare(&workspace, &dataset, &context.task)?;
        let request = SearchRequest {
            family: self.family.clone(),
            space,
            seed: self.seed,
            minutes: self.minutes,
            most_trials: self.trials,
            test_share: self.test_share,
            adaptive_rate: self.adaptive_intervals,
        };
        let output = &context.output;
        let mut seen = |trial: &Trial, _: &[f64]| output.line(&trial_line(trial, output.language));
        let outcome = search(&context.home, &prepared, &request, &context.task, &mut seen)?;
        let (run, document) = runs::show(&context.home, outcome.run.run())?;
        output.print(&outcome, |language| {
            let mut words = vec![best_line(&outcome, language)];
            words.extend(gain_line(&outcome, language));
            words.extend(lines(&run, &document, language));
            words
        })?;
        Ok(Verdict::Pass)
    }
}

fn trial_line(trial: &Trial, language: Language) -> String {
    let values = [
        ("trial", language.integer(u64::from(trial.trial))),
        ("stage", language.integer(u64::from(trial.stage) + 1)),
        ("mae", language.decimal(trial.mae.unwrap_or(f64::NAN), 3)),
        ("reason", trial.failure.clone().unwrap_or_default()),
        ("seconds", language.decimal(trial.seconds, 1)),
        ("parameters", parameters(trial, language)),
    ];
    language.fill_owned(if trial.mae.is_some() { "cli.search.trial" } else { "cli.search.failed" }, &values)
}

fn best_line(outcome: &SearchOutcome, language: Language) -> String {
    let begun = outcome.trials.iter().filter(|trial| trial.stage == 0).count();
    let values = [
        ("search", language.integer(outcome.search.unsigned_abs())),
        ("trials", language.integer(begun as u64)),
        ("trial", language.integer(u64::from(outcome.best.trial))),
        ("mae", language.decimal(outcome.best.mae.unwrap_or(f64::NAN), 3)),
        ("parameters", parameters(&outcome.best, language)),
    ];
    language.fill_owned("cli.search.best", &values)
}

/// How the best of the trials stands against the defaults; nothing where these came to no model.
fn gain_line(outcome: &SearchOutcome, language: Language) -> Option<String> {
    let Some(gain) = outcome.gain else {
        return (outcome.lowest.trial == DEFAULTS).then(|| language.text("cli.search.none_better").to_owned());
    };
    let values = [
        ("trial", language.integer(u64::from(outcome.lowest.trial))),
        ("mae", language.decimal(outcome.lowest.mae.unwrap_or(f64::NAN), 3)),
        ("difference", language.decimal(-gain.difference, 3)),
        ("error", language.decimal(gain.standard_error.unwrap_or(f64::NAN), 3)),
        ("days", language.integer(gain.days as u64)),
    ];
    let key = match (gain.is_clear(), gain.standard_error) {
        (true, _) => "cli.search.defaults_left",
        (false, Some(_)) => "cli.search.defaults_kept",
        (false, None) => "cli.search.defaults_one_day",
    };
    Some(language.fill_owned(key, &values))
}

/// As in a file of parameters.
fn parameters(trial: &Trial, language: Language) -> String {
    match trial.parameters.as_object().filter(|tried| !tried.is_empty()) {
        None => language.text("cli.search.defaults").to_owned(),
        Some(tried) => tried.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(", "),
    }
}
