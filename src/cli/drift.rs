//! `nobat drift`

use std::path::{Path, PathBuf};

use crate::analysis::drift::{DataReason, FeatureDrift, LabelBounds, WindowFacts};
use crate::base::Verdict;
use crate::base::calendar::{CivilDate, DateStyle, Zone, date_of_either_calendar};
use crate::base::language::Language;
use crate::store::sqlite::Access;
use crate::workflows::card::feature_words;
use crate::workflows::datasets::{find, prepare, workspace};
use crate::workflows::models::{ModelName, at_start};
use crate::workflows::report::{ReportTarget, export_drift};
use crate::workflows::watch::words::{
    concept_words, data_words, feature_line, headline, label_words, matter_words, watched_words, window_words,
};
use crate::workflows::watch::{
    DriftReport, Monitor, Period, Planted, Replay, Span, WatchRequest, replay, watch, watch_log,
};
use crate::workflows::{SEED, WorkflowError};

use super::{Context, Ended, export};

/// Whether the world is still what it was: features and raw inputs week by week, the error of a model against the four weeks
/// before, waits month by month. Exit code 0 where nothing drifted, 3 where something did, 4 where the data do not decide.
#[derive(Debug, clap::Args)]
pub struct Drift {
    /// The data set: its name, the beginning of its digest, or `latest`.
    #[arg(long, value_name = "D")]
    data: Option<String>,
    /// A log of predictions that is looked at instead (`predictions.db` of a service). Outcomes are those of the visits of `--data`
    /// whose ids callers sent along.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["against", "model", "replay", "without_holidays"])]
    predictions: Option<PathBuf>,
    /// Another data set that comes before; all of both is compared unless periods are given.
    #[arg(long, value_name = "D")]
    against: Option<String>,
    /// The model whose errors are looked at: `rule`, `constant`, `run:3`, `1.2.0` or `live`. Without it the live version, or the
    /// rule where nothing is live.
    #[arg(long, value_name = "X")]
    model: Option<String>,
    /// A day of the week and month that are looked at, `2024-02-17` or `1402/11/28`; the newest whole ones without it.
    #[arg(long, value_name = "DATE", value_parser = date, conflicts_with_all = ["from", "until", "reference_from", "reference_until"])]
    week: Option<CivilDate>,
    /// The first day of a period that is looked at instead of a week and a month.
    #[arg(long, value_name = "DATE", value_parser = date, requires = "until")]
    from: Option<CivilDate>,
    /// Its last day.
    #[arg(long, value_name = "DATE", value_parser = date, requires = "from")]
    until: Option<CivilDate>,
    /// The first day of the period that it is compared with; as many days before without it.
    #[arg(long, value_name = "DATE", value_parser = date, requires_all = ["reference_until", "from"])]
    reference_from: Option<CivilDate>,
    /// Its last day.
    #[arg(long, value_name = "DATE", value_parser = date, requires = "reference_from")]
    reference_until: Option<CivilDate>,
    /// Whose months.
    #[arg(long, value_name = "jalali|gregorian", default_value = "jalali", value_parser = months)]
    months: DateStyle,
    /// Compare data with what the model learned from instead of the week before.
    #[arg(long, conflicts_with_all = ["against", "from"])]
    training: bool,
    /// Leave out the weekdays on which either week has a public holiday.
    #[arg(long)]
    without_holidays: bool,
    /// Waits drifted only where the Kolmogorov–Smirnov D is at least this,
    #[arg(long, value_name = "D", default_value_t = LabelBounds::default().d, value_parser = bound)]
    least_d: f64,
    /// or the Wasserstein distance is, in minutes.
    #[arg(long, value_name = "MINUTES", default_value_t = LabelBounds::default().wasserstein_minutes, value_parser = bound)]
    least_minutes: f64,
    /// Run the rules over the whole past and show the alerts there would have been.
    #[arg(long, conflicts_with_all = ["against", "week", "from", "without_holidays"])]
    replay: bool,
    /// With `--replay`: the day on which a known change began, so that alerts before it are false.
    #[arg(long, value_name = "DATE", value_parser = date, requires = "replay")]
    planted: Option<CivilDate>,
    /// Also write what was found as one HTML file in both languages, which must not be there yet.
    #[arg(long, value_name = "FILE.html", conflicts_with = "replay")]
    report: Option<PathBuf>,
    /// The seed of the dealings.
    #[arg(long, default_value_t = SEED)]
    seed: u64,
}

impl Drift {
    pub fn run(&self, context: &Context) -> Ended {
        if let Some(path) = &self.predictions {
            return self.log(path, context);
        }
        let workspace = workspace(&context.home, Access::Read)?;
        let dataset = find(&workspace, self.data.as_deref().unwrap_or("latest"))?;
        let other = self.against.as_ref().map(|name| find(&workspace, name)).transpose()?;
        let request = self.request()?;
        let target = self.target(context)?;
        let prepared = prepare(&workspace, &dataset, &context.task)?;
        if self.replay {
            let found = replay(&context.home, &prepared, &request, self.planted, &context.task)?;
            context.output.print(&found, |language| replay_lines(&found, language))?;
            return Ok(Verdict::Pass);
        }
        let other = other.map(|other| prepare(&workspace, &other, &context.task)).transpose()?;
        let found = watch(&context.home, &prepared, other.as_deref(), &request, &context.task)?;
        say(context, &found, &prepared.history.zone, target.as_ref())
    }

    fn log(&self, path: &Path, context: &Context) -> Ended {
        let target = self.target(context)?;
        let outcomes = match &self.data {
            None => None,
            Some(name) => {
                let workspace = workspace(&context.home, Access::Read)?;
                Some(prepare(&workspace, &find(&workspace, name)?, &context.task)?)
            }
        };
        let found = watch_log(path, outcomes.as_deref(), &self.request()?, &context.task)?;
        let zone = outcomes.as_ref().map_or_else(Zone::default, |prepared| prepared.history.zone.clone());
        say(context, &found, &zone, target.as_ref())
    }

    /// Where the report goes, refused before anything is computed where it could not be written.
    fn target(&self, context: &Context) -> Result<Option<ReportTarget>, WorkflowError> {
        let Some(file) = self.report.clone() else { return Ok(None) };
        let target = ReportTarget { file, with_json: false, language: context.output.language, calendar: None };
        target.check()?;
        Ok(Some(target))
    }

    fn request(&self) -> Result<WatchRequest, WorkflowError> {
        let period = |first: Option<CivilDate>, last| Some(Period { first: first?, last: last? });
        let span = match (self.week, period(self.from, self.until)) {
            (Some(date), _) => Span::Of(date),
            (None, Some(current)) => {
                Span::Periods(Some(current), period(self.reference_from, self.reference_until))
            }
            (None, None) => Span::Newest,
        };
        Ok(WatchRequest {
            model: self.model.as_deref().map(str::parse::<ModelName>).transpose()?,
            span,
            months: self.months,
            like_with_like: self.without_holidays,
            against_training: self.training,
            bounds: LabelBounds {
                d: self.least_d,
                wasserstein_minutes: self.least_minutes,
                ..LabelBounds::default()
            },
            seed: self.seed,
        })
    }
}

/// Prints what was found, after the report was written where one is wanted.
fn say(context: &Context, found: &DriftReport, zone: &Zone, target: Option<&ReportTarget>) -> Ended {
    let written = target.map(|target| export_drift(&context.home, found, zone, target)).transpose()?;
    context.output.print(&found.summary(), |language| {
        let mut all = lines(found, language);
        all.extend(written.iter().flat_map(|written| export::lines(written, language)));
        all
    })?;
    Ok(found.verdict)
}

fn date(text: &str) -> Result<CivilDate, String> {
    date_of_either_calendar(text).map_err(|error| error.to_string())
}

fn months(text: &str) -> Result<DateStyle, String> {
    match text {
        "jalali" => Ok(DateStyle::Jalali),
        "gregorian" => Ok(DateStyle::Gregorian),
        _ => Err("jalali or gregorian".to_owned()),
    }
}

fn bound(text: &str) -> Result<f64, String> {
    let bound = text.parse::<f64>().map_err(|error| error.to_string())?;
    (bound.is_finite() && bound >= 0.0).then_some(bound).ok_or_else(|| format!("{text}: not a number from 0 on"))
}

fn lines(report: &DriftReport, language: Language) -> Vec<String> {
    let dates = DateStyle::usual(language);
    let section = |monitor: Monitor, verdict: Verdict| {
        let name = language.text(&format!("drift.monitor.{}", monitor.id())).to_owned();
        format!("\n{name}: {}", language.text(&format!("verdict.{}", verdict.id())))
    };
    let against = |[current, reference]: [Option<&WindowFacts>; 2]| {
        let words = |facts| window_words(language, dates, facts);
        let reference = reference.map(|facts| language.fill("drift.against", &[("window", &words(facts))]));
        current.map(words).into_iter().chain(reference).map(|line| format!("  {line}")).collect::<Vec<_>>()
    };
    let windows = &report.windows;
    let mut lines = vec![headline(language, report), section(Monitor::Data, report.data.verdict)];
    lines.extend(against([Some(&windows.current), Some(&windows.reference)]));
    lines.push(format!("  {}", data_words(language, report)));
    let is_told = |feature: &&FeatureDrift| feature.found.verdict != Verdict::Pass || has_news(feature);
    let (empty, told): (Vec<_>, Vec<_>) = report
        .data
        .features
        .iter()
        .filter(is_told)
        .partition(|feature| feature.found.reason == DataReason::NoValues);
    lines.extend(told.iter().map(|feature| format!("  {}", feature_line(language, feature))));
    if !empty.is_empty() {
        let n = language.integer(empty.len() as u64);
        lines.push(format!("  {}", language.fill("drift.unmeasured_count", &[("n", &n)])));
    }
    lines.push(section(Monitor::Concept, report.concept.verdict));
    let model = at_start(&watched_words(language, &report.model));
    lines.push(format!("  {}", concept_words(language, &model, &report.concept)));
    lines.extend(matters_lines(report, language));
    lines.push(section(Monitor::Label, report.label.verdict));
    lines.extend(against([windows.label_current.as_ref(), windows.label_reference.as_ref()]));
    lines.push(format!("  {}", label_words(language, &report.label)));
    lines
}

fn has_news(feature: &FeatureDrift) -> bool {
    !feature.found.new_levels.is_empty() || !feature.found.missing_levels.is_empty()
}

/// The mean prediction then and now, and the features that moved it most.
fn matters_lines(report: &DriftReport, language: Language) -> Vec<String> {
    const SHOWN: usize = 3;
    let Some(matters) = &report.matters else { return Vec::new() };
    let means = [
        ("current", language.decimal(matters.predicted_current, 2)),
        ("reference", language.decimal(matters.predicted_reference, 2)),
    ];
    let mut lines = vec![format!("  {}", language.fill_owned("drift.matters_line", &means))];
    let drifted = matters.features.iter().filter(|matter| matter.verdict == Verdict::Fail);
    let words: Vec<String> =
        drifted.take(SHOWN).map(|matter| format!("  {}", matter_words(language, matter))).collect();
    if words.is_empty() {
        lines.push(format!("  {}", language.text("drift.nothing_matters")));
    }
    lines.extend(words);
    lines
}

fn replay_lines(replay: &Replay, language: Language) -> Vec<String> {
    let dates = DateStyle::usual(language);
    let rate = |n: usize| language.decimal(n as f64 / replay.watched_months, 1);
    let head = [
        ("weeks", language.integer(replay.weeks.len() as u64)),
        ("months", language.integer(replay.months.len() as u64)),
        ("alerts", language.integer(replay.alerts.len() as u64)),
        ("rate", rate(replay.alerts.len())),
        ("plain", language.integer(replay.plain_alerts.len() as u64)),
        ("plain_rate", rate(replay.plain_alerts.len())),
    ];
    let mut lines = vec![language.fill_owned("drift.replay_head", &head)];
    for alert in &replay.alerts {
        let names: Vec<String> = alert.features.iter().map(|id| feature_words(language, id)).collect();
        let features = if names.is_empty() { String::new() } else { format!(": {}", names.join("، ")) };
        let features = if language.is_right_to_left() { features } else { features.replace('،', ",") };
        let values = [
            ("at", dates.short(alert.at, language)),
            ("monitor", language.text(&format!("drift.monitor.{}", alert.monitor.id())).to_owned()),
            ("window", dates.short(alert.window, language)),
            ("features", features),
        ];
        lines.push(language.fill_owned("drift.alert_line", &values));
    }
    if replay.alerts.is_empty() {
        lines.push(language.text("drift.no_alerts").to_owned());
    }
    lines.extend(replay.planted.as_ref().map(|planted| planted_line(planted, language)));
    lines
}

fn planted_line(planted: &Planted, language: Language) -> String {
    let delay = |days: Option<i32>| match days {
        Some(days) => {
            language.fill("drift.days_after", &[("n", &language.integer(u64::from(days.unsigned_abs())))])
        }
        None => language.text("drift.never_found").to_owned(),
    };
    let [ours, plain] = planted.false_alarms;
    let [delay_ours, delay_plain] = planted.delay_days;
    let values = [
        ("from", DateStyle::usual(language).short(planted.from, language)),
        ("false_alarms", language.integer(ours)),
        ("plain", language.integer(plain)),
        ("quiet", language.decimal(planted.quiet_months, 1)),
        ("delay", delay(delay_ours)),
        ("plain_delay", delay(delay_plain)),
    ];
    language.fill_owned("drift.planted_line", &values)
}
