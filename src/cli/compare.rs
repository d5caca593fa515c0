//! `nobat compare`

use crate::analysis::evaluation::{Comparison, CostWeights, SliceVerdict};
use crate::base::Moment;
use crate::base::calendar::{CivilDate, DateStyle, date_of_either_calendar};
use crate::base::language::Language;
use crate::store::sqlite::Access;
use crate::workflows::SEED;
use crate::workflows::compare::{
    CompareOutcome, CompareRequest, Period, Rolling, RollingRatio, TrainingEnd, compare_models, compare_rolling,
    difference_places, headline_key, level_words, method_words, ratio_places, reason_words, rolling_words,
    selection_words, tests_words, worst_words,
};
use crate::workflows::datasets::{find, prepare, workspace};
use crate::workflows::models::{ModelName, at_start, contender_words};

use super::release::gate_line;
use super::{Context, Ended};

/// Two models predict the same visits, which arrived after both were trained. Exit code 0 where the candidate's error
/// is at most 5 % higher, 3 where it is not, 4 where the data do not decide.
#[derive(Debug, clap::Args)]
pub struct Compare {
    /// The current model: `rule`, `constant`, `run:3`, `1.2.0`, `live` or `predictions:FILE`, a table of visit ids and minutes.
    #[arg(long, value_name = "X", default_value = "rule")]
    current: String,
    /// The candidate, named likewise.
    #[arg(long, value_name = "Y")]
    candidate: String,
    /// The data set: its name, the beginning of its digest, or `latest`.
    #[arg(long, value_name = "D", default_value = "latest")]
    data: String,
    /// Every wait that the models behind `predictions:FILE` learned from was known before this: a day of either calendar (its
    /// beginning), or RFC 3339. Without it, nobody knows what they had seen, and nothing is decided.
    #[arg(long, value_name = "DATE", value_parser = training_end)]
    trained_until: Option<TrainingEnd>,
    /// The first day of arrivals, in either calendar; without it, visits that arrived after both models were trained.
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<CivilDate>,
    /// The last day of arrivals, in either calendar.
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Option<CivilDate>,
    /// Instead: train both anew at so many past dates, in the time before the test part, and compare them after each. Nothing is
    /// kept. Exit code 0 where the gate passes at each date, 3 where it fails at one, else 4.
    #[arg(
        long,
        value_name = "ORIGINS",
        value_parser = clap::value_parser!(u32).range(2..=50),
        conflicts_with_all = ["from", "until", "trained_until"]
    )]
    rolling: Option<u32>,
    /// What a minute costs that was predicted and not waited: it was kept free for nothing.
    #[arg(long, value_name = "COST", default_value_t = CostWeights::default().per_minute_needless, allow_negative_numbers = true)]
    cost_minute: f64,
    /// What a turn missed costs: a wait more than ten minutes longer than predicted.
    #[arg(long, value_name = "COST", default_value_t = CostWeights::default().per_turn_missed, allow_negative_numbers = true)]
    cost_turn: f64,
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
        let weights = CostWeights { per_minute_needless: self.cost_minute, per_turn_missed: self.cost_turn };
        let trained_until = self.trained_until;
        let period = Period { from: self.from, until: self.until };
        let request = CompareRequest { current, candidate, trained_until, period, weights, seed: self.seed };
        if let Some(origins) = self.rolling {
            let rolling = compare_rolling(&context.home, &prepared, &request, origins, &context.task)?;
            context.output.print(&rolling, |language| rolling_lines(&rolling, language))?;
            return Ok(rolling.verdict());
        }
        let outcome = compare_models(&context.home, &prepared, &request, &context.task)?;
        context.output.print(&outcome.summary(), |language| lines(&outcome, language))?;
        Ok(outcome.comparison.gate)
    }
}

fn training_end(text: &str) -> Result<TrainingEnd, String> {
    match Moment::parse_rfc3339(text) {
        Some(moment) => Ok(TrainingEnd::At(moment)),
        None => day(text).map(TrainingEnd::DayBegins),
    }
}

fn day(text: &str) -> Result<CivilDate, String> {
    date_of_either_calendar(text).map_err(|error| error.to_string())
}

fn lines(outcome: &CompareOutcome, language: Language) -> Vec<String> {
    let comparison = &outcome.comparison;
    let number = |value: f64| language.decimal(value, 2);
    let ratio_places = ratio_places(comparison, 3);
    let ratio = |value: f64| language.decimal(value, ratio_places);
    let places = difference_places(comparison, 2);
    let signed = |value: f64| language.signed_decimal(value, places);
    let mut lines = vec![
        at_start(&language.fill_owned(
            headline_key(comparison),
            &[
                ("candidate", contender_words(language, &comparison.candidate.name, &comparison.candidate.family)),
                ("current", contender_words(language, &comparison.current.name, &comparison.current.family)),
                ("minutes", language.decimal(comparison.delta.abs(), places)),
            ],
        )),
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
                ("delta", &signed(comparison.delta)),
                ("delta_low", &signed(comparison.delta_low)),
                ("delta_high", &signed(comparison.delta_high)),
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
    lines.extend(reason_words(language, comparison));
    if let Some(days) = comparison.days_needed {
        lines.push(language.fill("cli.compare.days_needed", &[("days", &language.integer(days))]));
    }
    lines.push(method_words(language, comparison));
    lines.push(tests_words(language, comparison));
    // The first gate is the comparison itself, which is told above.
    lines.extend(outcome.gates.iter().filter(|gate| gate.id != "error").map(|gate| gate_line(gate, language)));
    lines.push(slices_line(comparison, language));
    lines.extend(comparison.worst_slice.iter().map(|worst| worst_words(language, worst)));
    lines.extend(selection_words(language, comparison));
    lines
}

/// A line an origin, then all of them together.
fn rolling_lines(rolling: &Rolling, language: Language) -> Vec<String> {
    let number = |value: f64| language.decimal(value, 2);
    let ratio = |value: f64| language.decimal(value, 3);
    let values = |found: &RollingRatio| {
        vec![
            ("n", language.integer(found.n)),
            ("days", language.integer(found.days)),
            ("mae_current", number(found.mae_current)),
            ("mae_candidate", number(found.mae_candidate)),
            ("ratio", ratio(found.ratio)),
            ("low", ratio(found.ratio_low)),
            ("high", ratio(found.ratio_high)),
            ("verdict", language.text(&format!("verdict.{}", found.gate.id())).to_owned()),
        ]
    };
    let mut lines = vec![rolling_words(language, rolling)];
    for origin in &rolling.origins {
        let date = DateStyle::usual(language).short(origin.day, language);
        let train = language.integer(origin.train_n);
        lines.push(match &origin.found {
            Some(found) => {
                let mut values = values(found);
                values.extend([("date", date), ("train", train)]);
                language.fill_owned("cli.rolling.origin", &values)
            }
            None => language.fill("cli.rolling.few", &[("date", &date), ("train", &train)]),
        });
    }
    lines.extend(rolling.overall.iter().map(|found| language.fill_owned("cli.rolling.overall", &values(found))));
    lines
}

/// The worst slice, or that there is none; never silence about slices that could not be judged.
fn slices_line(comparison: &Comparison, language: Language) -> String {
    let of = |verdict: SliceVerdict| comparison.slices.iter().filter(move |slice| slice.verdict == verdict);
    let judged = comparison.slices.len() - of(SliceVerdict::NotJudged).count();
    let counts = [
        ("judged", language.integer(judged as u64)),
        ("not_judged", language.integer(of(SliceVerdict::NotJudged).count() as u64)),
        ("worse", language.integer(of(SliceVerdict::Worse).count() as u64)),
    ];
    let Some(worst) = of(SliceVerdict::Worse).next() else {
        return language.fill_owned("cli.compare.no_worse_slice", &counts);
    };
    let [judged, not_judged, worse] = counts;
    let values = [
        judged,
        not_judged,
        worse,
        ("dimension", language.text(&format!("slice.{}", worst.dimension)).to_owned()),
        ("level", level_words(language, &worst.dimension, &worst.level)),
        ("ratio", language.decimal(worst.ratio.unwrap_or(f64::NAN), 2)),
        ("n", language.integer(worst.n)),
    ];
    language.fill_owned("cli.compare.worst_slice", &values)
}
