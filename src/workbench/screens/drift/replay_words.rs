//! A replay in words and pictures. They are made when it arrives, not while a frame is drawn.

use super::model::week_point;
use super::words;
use crate::analysis::drift::{KL_LIMIT, RATIO_LIMIT, Source, WeekError};
use crate::analysis::features::feature;
use crate::base::Verdict;
use crate::base::calendar::{CivilDate, DateStyle};
use crate::workbench::screens::names::{drift_key, listed};
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::charts::{HeatData, LineData, Mark, Numbers, Series, Threshold, Value, XPoint};
use crate::workbench::widgets::{Cell, KeyFigure};
use crate::workflows::card::feature_words;
use crate::workflows::watch::{Alert, Planted, Replay, ReplayMonth, ReplayWeek};

/// Weeks that are drawn; the newest.
const MOST_WEEKS: usize = 104;
/// The colour is full at so many times the limit.
const FULL_LIMITS: f64 = 2.0;
/// Columns that an alert names; the rest is counted.
const MOST_NAMED: usize = 2;

/// What is shown of a replay.
#[derive(Debug)]
pub(super) struct ReplayView {
    pub head: String,
    pub figures: Vec<KeyFigure>,
    pub heat: Option<HeatData>,
    pub heat_note: String,
    pub ratios: LineData,
    pub months: Numbers,
    pub alerts: Vec<[Cell; 3]>,
    pub plain: Vec<[Cell; 3]>,
}

impl ReplayView {
    pub fn of(look: &Look, replay: &Replay) -> ReplayView {
        let shown = replay.weeks.len().min(MOST_WEEKS);
        let weeks = replay.weeks.get(replay.weeks.len() - shown..).unwrap_or_default();
        ReplayView {
            head: head(look, replay),
            figures: figures(look, replay),
            heat: heat(look, replay, weeks),
            heat_note: heat_note(look, replay.weeks.len(), shown),
            ratios: ratios(look, replay, weeks),
            months: months(look, &replay.months),
            alerts: replay.alerts.iter().map(|alert| cells(look, alert)).collect(),
            plain: replay.plain_alerts.iter().map(|alert| cells(look, alert)).collect(),
        }
    }
}

fn rate(look: &Look, n: usize, replay: &Replay) -> String {
    let rate = if replay.watched_months > 0.0 { n as f64 / replay.watched_months } else { f64::NAN };
    look.language.decimal(rate, 1)
}

fn head(look: &Look, replay: &Replay) -> String {
    let count = |n: usize| look.language.integer(n as u64);
    let (ours, plain) = (replay.alerts.len(), replay.plain_alerts.len());
    let values = [
        ("weeks", count(replay.weeks.len())),
        ("months", count(replay.months.len())),
        ("alerts", count(ours)),
        ("rate", rate(look, ours, replay)),
        ("plain", count(plain)),
        ("plain_rate", rate(look, plain, replay)),
    ];
    look.language.fill_owned("drift.replay_head", &values)
}

/// How often there was an alert, by the rules and by the plain thresholds; and what came of a change that is known.
fn figures(look: &Look, replay: &Replay) -> Vec<KeyFigure> {
    let of = |key: &str, n: usize| {
        let values =
            [("rate", rate(look, n, replay)), ("months", look.language.decimal(replay.watched_months, 1))];
        KeyFigure::new(look.text(key), look.language.integer(n as u64))
            .unit(look.text("drift_screen.alerts_unit"))
            .target(look.language.fill_owned("drift_screen.rate", &values))
    };
    let mut figures = vec![
        of("drift_screen.by_rules", replay.alerts.len()).ink(Ink::Shifted),
        of("drift_screen.by_plain", replay.plain_alerts.len()),
    ];
    if let Some(planted) = &replay.planted {
        figures.extend(planted_figures(look, planted));
    }
    figures
}

fn planted_figures(look: &Look, planted: &Planted) -> [KeyFigure; 2] {
    let language = look.language;
    let days = |delay: Option<i32>| delay.map(|days| language.integer(u64::from(days.unsigned_abs())));
    let [ours, plain] = planted.delay_days.map(days);
    let plain_words = match plain {
        Some(days) => look.fill("drift.days_after", &[("n", &days)]),
        None => look.text("drift.never_found").to_owned(),
    };
    let found_by: Vec<String> = planted
        .found_by
        .iter()
        .map(|monitor| look.text(&format!("drift.monitor.{}", monitor.id())).to_owned())
        .collect();
    let from = DateStyle::usual(language).short(planted.from, language);
    let is_found = ours.is_some();
    let mut delay = KeyFigure::new(
        look.fill("drift_screen.delay", &[("from", &from)]),
        ours.unwrap_or_else(|| look.text("drift.never_found").to_owned()),
    )
    .target(look.fill("drift_screen.plain_delay", &[("delay", &plain_words)]));
    if is_found {
        delay = delay.unit(look.text("drift_screen.delay_unit"));
    }
    if !found_by.is_empty() {
        let monitors = listed(look, &found_by);
        delay = delay.line(look.fill("drift_screen.found_by", &[("monitors", &monitors)]), Ink::Soft);
    }
    let [ours, plain] = planted.false_alarms.map(|n| language.integer(n));
    let quiet = [("plain", plain), ("months", language.decimal(planted.quiet_months, 1))];
    let mut alarms = KeyFigure::new(look.text("drift_screen.false_alarms"), ours)
        .target(language.fill_owned("drift_screen.false_alarms_line", &quiet));
    if let Some([ours, plain]) = planted.false_alarms_per_month {
        let values = [("ours", language.decimal(ours, 2)), ("plain", language.decimal(plain, 2))];
        alarms = alarms.line(language.fill_owned("drift_screen.false_alarm_rates", &values), Ink::Soft);
    }
    [delay, alarms]
}

/// A column of the replay: its place, its name, and how it fared.
struct HeatRow {
    place: usize,
    name: String,
    /// Weeks in which it drifted, and in which it could not be told.
    found: [usize; 2],
    highest: f64,
}

/// KL of every column that was ever measured in every week: what drifted most often first.
fn heat(look: &Look, replay: &Replay, weeks: &[ReplayWeek]) -> Option<HeatData> {
    let columns = replay.features.iter().zip(&replay.sources).enumerate();
    let mut rows: Vec<HeatRow> = columns
        .filter_map(|(place, (id, source))| {
            let kl = weeks.iter().filter_map(|week| week.kl.get(place).copied().flatten());
            let highest = kl.fold(None, |highest: Option<f64>, kl| Some(highest.map_or(kl, |old| old.max(kl))))?;
            let is = |week: &&ReplayWeek, verdict: Verdict| {
                week.verdicts.get(place) == Some(&verdict) && week.kl.get(place).is_some_and(Option::is_some)
            };
            let found = [Verdict::Fail, Verdict::Inconclusive]
                .map(|verdict| weeks.iter().filter(|week| is(week, verdict)).count());
            let name = match source {
                Source::Feature => feature_words(look.language, id),
                Source::Input => look.fill("drift.input", &[("name", id)]),
            };
            Some(HeatRow { place, name, found, highest })
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    rows.sort_by(|a, b| b.found.cmp(&a.found).then(b.highest.total_cmp(&a.highest)));
    let style = DateStyle::usual(look.language);
    let points: Vec<XPoint> =
        weeks.iter().map(|week| XPoint::day(week.window.first, style, look.language)).collect();
    let (mut names, mut values, mut outlines) = (Vec::new(), Vec::new(), Vec::new());
    for row in &rows {
        for (week, point) in weeks.iter().zip(&points) {
            let kl = week.kl.get(row.place).copied().flatten();
            let verdict = week.verdicts.get(row.place).copied().filter(|_| kl.is_some());
            let of = [
                ("column", row.name.clone()),
                ("week", point.long.clone()),
                ("verdict", verdict_words(look, kl, verdict)),
            ];
            names.push((
                look.language.fill_owned("drift_screen.square", &of),
                format!("{} {}", row.name, point.plain),
            ));
            values.push(kl);
            outlines.push(match verdict {
                Some(Verdict::Fail) => Some(Ink::Fail),
                Some(Verdict::Inconclusive) => Some(Ink::Warn),
                Some(Verdict::Pass) | None => None,
            });
        }
    }
    Some(HeatData {
        name: look.text("drift_screen.heat").to_owned(),
        unit: look.text("drift_screen.heat_unit").to_owned(),
        rows: rows.into_iter().map(|row| row.name).collect(),
        columns: points.into_iter().map(|point| point.short).collect(),
        names,
        values,
        places: 3,
        ink: Ink::Shifted,
        full_at: Some(KL_LIMIT * FULL_LIMITS),
        outlines,
    })
}

/// What a square says. A column that is beyond the limit and passes all the same follows from the date alone.
fn verdict_words(look: &Look, kl: Option<f64>, verdict: Option<Verdict>) -> String {
    match verdict {
        None => String::new(),
        Some(Verdict::Pass) if kl > Some(KL_LIMIT) => look.text("drift_screen.by_date").to_owned(),
        Some(verdict) => look.text(drift_key(verdict)).to_owned(),
    }
}

fn heat_note(look: &Look, all: usize, shown: usize) -> String {
    let number = |n: usize| look.language.integer(n as u64);
    let values = [
        ("full", look.language.decimal(KL_LIMIT * FULL_LIMITS, 1)),
        ("shown", number(shown)),
        ("all", number(all)),
    ];
    let key = if shown < all { "drift_screen.heat_some" } else { "drift_screen.heat_all" };
    look.language.fill_owned(key, &values)
}

/// The error of each week over that of the weeks before.
fn ratios(look: &Look, replay: &Replay, weeks: &[ReplayWeek]) -> LineData {
    let own = |week: &ReplayWeek| {
        week.concept.weeks.last().cloned().unwrap_or_else(|| WeekError::of(week.window.first, &[], false))
    };
    let limit = look.language.decimal(RATIO_LIMIT, 1);
    let threshold = |value: f64, label: String, ink| Threshold { value, label, ink };
    let mark = |planted: &Planted| Mark {
        at: f64::from(planted.from.epoch_days()),
        label: look.text("drift_screen.change").to_owned(),
    };
    LineData {
        name: look.text("drift_screen.past_ratios").to_owned(),
        unit: look.fill("drift_screen.past_ratios_unit", &[("model", &words::model(look, &replay.model))]),
        x_name: look.text("drift_screen.week").to_owned(),
        places: 2,
        x: weeks.iter().map(|week| week_point(look, &own(week))).collect(),
        series: vec![Series {
            name: look.text("drift_screen.ratio").to_owned(),
            ink: Ink::Current,
            values: weeks.iter().map(|week| week.concept.ratio).collect(),
            bounds: weeks.iter().map(|week| week.concept.ratio_low.zip(week.concept.ratio_high)).collect(),
        }],
        thresholds: vec![
            threshold(1.0, look.text("drift_screen.as_before").to_owned(), Ink::Reference),
            threshold(RATIO_LIMIT, look.fill("drift_screen.times_before", &[("limit", &limit)]), Ink::Fail),
        ],
        marks: replay.planted.iter().map(mark).collect(),
        whiskers: true,
        ..LineData::default()
    }
}

fn months(look: &Look, months: &[ReplayMonth]) -> Numbers {
    let head = |key: &str| look.text(key).to_owned();
    let style = DateStyle::usual(look.language);
    let number =
        |value: Option<f64>, places: usize| value.map_or(Value::None, |value| Value::Number(value, places));
    let row = |month: &ReplayMonth| {
        let (first, label) = (month.window.first, &month.label);
        vec![
            Value::Word(style.short(first, look.language), first.to_string()),
            number(label.d, 3),
            number(label.wasserstein_minutes, 2),
            number(label.p_days, 3),
            Value::word(look.text(drift_key(label.verdict))),
        ]
    };
    Numbers {
        heads: vec![
            head("drift_screen.month_from"),
            head("drift_screen.fact_d"),
            head("drift_screen.minutes_apart"),
            head("drift_screen.fact_p_days"),
            head("drift_screen.verdict"),
        ],
        rows: months.iter().map(row).collect(),
    }
}

/// When it was known, by which monitor, and of what.
fn cells(look: &Look, alert: &Alert) -> [Cell; 3] {
    let day = |date: CivilDate| DateStyle::usual(look.language).short(date, look.language);
    let mut names: Vec<String> = Vec::new();
    for id in &alert.features {
        let name = column_name(look, id);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(MOST_NAMED) as u64;
    names.truncate(MOST_NAMED);
    if more > 0 {
        names.push(look.fill("drift.more", &[("n", &look.language.integer(more))]));
    }
    let from = day(alert.window);
    let what = match names.as_slice() {
        [] => look.fill("drift_screen.window_from", &[("from", &from)]),
        names => listed(look, names),
    };
    let monitor = look.text(&format!("drift.monitor.{}", alert.monitor.id())).to_owned();
    [Cell::text(day(alert.at)), Cell::text(monitor).strong(), Cell::text(what).ink(Ink::Soft)]
}

/// A column of which only the id is known.
fn column_name(look: &Look, id: &str) -> String {
    if feature(id).is_some() || id.starts_with("x.") {
        feature_words(look.language, id)
    } else {
        look.fill("drift.input", &[("name", id)])
    }
}
