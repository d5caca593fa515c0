//! How often the intervals hold what they say: by hour, by what was predicted, by day and by site.

use egui::Ui;

use super::nothing_ui;
use crate::analysis::evaluation::{Coverage, CoveragePart};
use crate::base::calendar::{CivilDate, DateStyle};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::charts::{LineData, RankData, RankRow, Series, Threshold, XPoint, chart_card_ui};
use crate::workbench::widgets::{grid_ui, icons};
use crate::workflows::train::RunDocument;

/// Height of a picture.
const SMALL: f32 = 190.0;
/// Sites that are drawn: those that are held least.
const MOST_SITES: usize = 12;
/// Parts with fewer visits are not drawn: their share says nothing.
const FEWEST: u64 = 30;

pub(super) fn coverage_ui(ui: &mut Ui, document: &RunDocument) {
    let look = Look::of(ui);
    let Some(coverage) = document.coverage.first() else {
        return nothing_ui(ui, icons::ICON_SSID_CHART, "coverage.none", "coverage.none_line");
    };
    let values = [
        ("level", look.language.percent(coverage.level, 0)),
        ("covered", look.language.percent(coverage.covered, 1)),
        ("n", look.language.integer(coverage.n)),
        ("below", look.language.percent(coverage.below, 1)),
        ("above", look.language.percent(coverage.above, 1)),
        ("width", look.language.decimal(coverage.mean_width, 1)),
    ];
    Text::new(look.language.fill_owned("coverage.line", &values)).ink(Ink::Soft).wrap().copyable().ui(ui);
    let hour = |part: &str| Some((part.parse().ok()?, look.language.digits(&format!("{part:0>2}:00"))));
    let decile = |part: &str| Some((part.parse().ok()?, look.language.digits(part)));
    let style = DateStyle::usual(look.language);
    let day = |part: &str| {
        let number: i32 = part.parse().ok()?;
        Some((f64::from(number), style.short(CivilDate::from_epoch_days(number)?, look.language)))
    };
    let hours = line(&look, coverage, "hour", "coverage.by_hour", &hour);
    let deciles = line(&look, coverage, "decile", "coverage.by_decile", &decile);
    grid_ui(ui, "coverage by hour and tenth", &[1.0, 1.0], |ui, column, height| match column {
        0 => chart_card_ui(ui, &hours, SMALL, height),
        _ => chart_card_ui(ui, &deciles, SMALL, height),
    });
    let (days, sites) = (line(&look, coverage, "day", "coverage.by_day", &day), sites(&look, coverage));
    grid_ui(ui, "coverage by day and site", &[1.0, 1.0], |ui, column, height| match column {
        0 => chart_card_ui(ui, &days, SMALL, height),
        _ => chart_card_ui(ui, &sites, SMALL, height),
    });
}

/// The parts of a division that have enough visits.
fn parts<'c>(coverage: &'c Coverage, by: &str) -> impl Iterator<Item = &'c CoveragePart> {
    let by = by.to_owned();
    coverage.parts.iter().filter(move |part| part.by == by && part.n >= FEWEST)
}

fn line(
    look: &Look,
    coverage: &Coverage,
    by: &str,
    key: &str,
    place: &dyn Fn(&str) -> Option<(f64, String)>,
) -> LineData {
    let found: Vec<(f64, String, &CoveragePart)> =
        parts(coverage, by).filter_map(|part| place(&part.part).map(|(at, short)| (at, short, part))).collect();
    let point = |(at, short, part): &(f64, String, &CoveragePart)| XPoint {
        at: *at,
        short: short.clone(),
        long: format!("{short} · {} {}", look.text("chart.n"), look.language.integer(part.n)),
        plain: part.part.clone(),
    };
    let level = look.language.percent(coverage.level, 0);
    LineData {
        name: look.text(key).to_owned(),
        unit: look.text("coverage.unit").to_owned(),
        x_name: look
            .text(match by {
                "hour" => "insight.hour",
                "decile" => "coverage.decile",
                _ => "coverage.day",
            })
            .to_owned(),
        places: 1,
        x: found.iter().map(point).collect(),
        series: vec![Series {
            name: look.text("coverage.held").to_owned(),
            ink: Ink::Candidate,
            values: found.iter().map(|(_, _, part)| Some(part.covered * 100.0)).collect(),
            bounds: Vec::new(),
        }],
        thresholds: vec![Threshold { value: coverage.level * 100.0, label: level, ink: Ink::Reference }],
        ..LineData::default()
    }
}

fn sites(look: &Look, coverage: &Coverage) -> RankData {
    let mut found: Vec<&CoveragePart> = parts(coverage, "site").collect();
    found.sort_by(|a, b| a.covered.total_cmp(&b.covered));
    let row = |part: &&CoveragePart| RankRow {
        label: part.part.clone(),
        value: part.covered * 100.0,
        ink: if part.covered < coverage.level - 0.05 { Ink::Warn } else { Ink::Candidate },
    };
    RankData {
        name: look.text("coverage.by_site").to_owned(),
        unit: look.text("coverage.unit").to_owned(),
        label_name: look.text("insight.site").to_owned(),
        places: 1,
        rows: found.iter().take(MOST_SITES).map(row).collect(),
    }
}
