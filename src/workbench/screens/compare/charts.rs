//! A comparison in pictures. They are made when a comparison arrives, not while a frame is drawn.

use crate::analysis::evaluation::{Comparison, DailyErrors, SiteSlice, Tenth};
use crate::base::calendar::{CivilDate, DateStyle};
use crate::workbench::screens::names::with_family;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::charts::{
    ForestData, ForestRow, HistogramData, HistogramSeries, LineData, Series, Side, XPoint,
};
use crate::workflows::models::ModelName;

/// Days from the last one of a week to the first of the next.
const LONGEST_WEEKEND: i32 = 3;
/// Sites that are drawn; the worst ones.
const MOST_SITES: usize = 14;

/// The pictures.
#[derive(Clone, Debug, Default)]
pub(super) struct Charts {
    /// Error a day of both.
    pub daily: LineData,
    /// How much closer the candidate is, visit by visit.
    pub differences: HistogramData,
    /// Errors by tenths of what was predicted.
    pub by_predicted: LineData,
    /// Errors by tenths of the true wait.
    pub by_wait: LineData,
    /// The ratio of the errors, site by site.
    pub sites: ForestData,
    /// The same for other slices.
    pub slices: ForestData,
}

impl Charts {
    /// Those of `comparison`.
    pub fn of(look: &Look, comparison: &Comparison) -> Charts {
        Charts {
            daily: daily(look, comparison),
            differences: differences(look, comparison),
            by_predicted: tenths(
                look,
                comparison,
                ("compare.by_predicted", "compare.by_predicted_x"),
                &comparison.by_predicted,
            ),
            by_wait: tenths(look, comparison, ("compare.by_wait", "compare.by_wait_x"), &comparison.by_wait),
            sites: sites(look, comparison),
            slices: super::more::slices(look, comparison),
        }
    }
}

/// A side of a comparison by its name for people.
pub(super) fn side_words(look: &Look, name: &str, family: &str) -> String {
    name.parse::<ModelName>().map_or_else(|_| name.to_owned(), |name| with_family(look, &name, family))
}

/// The days, and one without errors after each that is followed by nothing for longer than a weekend, so that no line
/// is drawn through days on which nobody came.
fn with_gaps(daily: &[DailyErrors]) -> Vec<(CivilDate, Option<&DailyErrors>)> {
    let mut days: Vec<(CivilDate, Option<&DailyErrors>)> = Vec::with_capacity(daily.len());
    for errors in daily {
        let before = days.last().map(|(day, _)| *day);
        let gap = before.filter(|before| errors.day.days_since(*before) > LONGEST_WEEKEND);
        days.extend(gap.and_then(|before| before.plus_days(1)).map(|day| (day, None)));
        days.push((errors.day, Some(errors)));
    }
    days
}

fn daily(look: &Look, comparison: &Comparison) -> LineData {
    let style = DateStyle::usual(look.language);
    let line = |key: &str, name: &str, family: &str, ink: Ink, values: Vec<Option<f64>>| Series {
        name: look.fill(key, &[("model", &side_words(look, name, family))]),
        ink,
        values,
        bounds: Vec::new(),
    };
    let (current, candidate) = (&comparison.current, &comparison.candidate);
    let days = with_gaps(&comparison.daily);
    let of = |value: fn(&DailyErrors) -> f64| days.iter().map(|(_, errors)| errors.map(value)).collect();
    LineData {
        name: look.text("compare.daily").to_owned(),
        unit: look.text("compare.daily_unit").to_owned(),
        x_name: look.text("compare.day").to_owned(),
        places: 1,
        x: days.iter().map(|(day, _)| XPoint::day(*day, style, look.language)).collect(),
        series: vec![
            line("compare.current_is", &current.name, &current.family, Ink::Current, of(|day| day.mae_current)),
            line(
                "compare.candidate_is",
                &candidate.name,
                &candidate.family,
                Ink::Candidate,
                of(|day| day.mae_candidate),
            ),
        ],
        from_zero: true,
        ..LineData::default()
    }
}

/// The errors of both along a scale: keys of the names of the picture and of the scale.
fn tenths(look: &Look, comparison: &Comparison, (key, x_key): (&str, &str), tenths: &[Tenth]) -> LineData {
    let number = |value: f64| look.language.decimal(value, 1);
    let point = |tenth: &Tenth| {
        let values =
            [("from", number(tenth.from)), ("to", number(tenth.to)), ("n", look.language.integer(tenth.n))];
        XPoint {
            at: f64::midpoint(tenth.from, tenth.to),
            short: number(f64::midpoint(tenth.from, tenth.to)),
            long: look.language.fill_owned("compare.tenth", &values),
            plain: format!("{:.2}-{:.2}", tenth.from, tenth.to),
        }
    };
    let line = |key: &str, name: &str, family: &str, ink: Ink, value: fn(&Tenth) -> f64| Series {
        name: look.fill(key, &[("model", &side_words(look, name, family))]),
        ink,
        values: tenths.iter().map(|tenth| Some(value(tenth))).collect(),
        bounds: Vec::new(),
    };
    let (current, candidate) = (&comparison.current, &comparison.candidate);
    LineData {
        name: look.text(key).to_owned(),
        unit: look.text("compare.daily_unit").to_owned(),
        x_name: look.text(x_key).to_owned(),
        places: 1,
        x: tenths.iter().map(point).collect(),
        series: vec![
            line("compare.current_is", &current.name, &current.family, Ink::Current, |tenth| tenth.mae_current),
            line("compare.candidate_is", &candidate.name, &candidate.family, Ink::Candidate, |tenth| {
                tenth.mae_candidate
            }),
        ],
        from_zero: true,
        ..LineData::default()
    }
}

fn differences(look: &Look, comparison: &Comparison) -> HistogramData {
    let bins = &comparison.differences;
    let percent = |share: f64| look.language.percent(share, 0);
    let (candidate, current) = (comparison.candidate_closer, comparison.current_closer);
    let closer = look.fill("compare.candidate_closer", &[("share", &percent(candidate))]);
    // Visits that both predict equally well stand in the bar that begins at zero, which would look like a loss.
    let alike = percent((1.0 - candidate - current).max(0.0));
    let rest = look.fill("compare.current_closer", &[("alike", &alike), ("share", &percent(current))]);
    HistogramData {
        name: look.text("compare.differences").to_owned(),
        unit: look.text("compare.minutes").to_owned(),
        height_name: look.text("chart.n").to_owned(),
        places: 0,
        edges: bins.iter().map(|bin| bin.from).chain(bins.last().map(|bin| bin.to)).collect(),
        series: vec![HistogramSeries {
            name: look.text("compare.differences").to_owned(),
            ink: Ink::Reference,
            heights: bins.iter().map(|bin| bin.n as f64).collect(),
        }],
        sides: Some((Side { label: closer, ink: Ink::Candidate }, Side { label: rest, ink: Ink::Current })),
    }
}

fn sites(look: &Look, comparison: &Comparison) -> ForestData {
    let judged: Vec<ForestRow> = comparison.sites.iter().filter_map(|of| site(comparison, of)).collect();
    let (shown, all) = (judged.len().min(MOST_SITES), judged.len());
    let note = if shown < all {
        let number = |value: usize| look.language.integer(value as u64);
        look.fill("compare.sites_some", &[("shown", &number(shown)), ("all", &number(all))])
    } else {
        look.text("compare.sites_note").to_owned()
    };
    ForestData {
        name: look.text("compare.sites").to_owned(),
        note,
        label_name: look.text("compare.site").to_owned(),
        rows: judged.into_iter().take(MOST_SITES).collect(),
        neutral: 1.0,
        bound: Some(comparison.margin),
        places: 2,
    }
}

fn site(comparison: &Comparison, slice: &SiteSlice) -> Option<ForestRow> {
    Some(ForestRow {
        label: slice.site.clone(),
        n: slice.n,
        estimate: slice.ratio?,
        low: slice.ratio_low?,
        high: slice.ratio_high?,
        ink: super::more::ink_of(comparison.of_site(slice)),
    })
}
