//! The pictures of a comparison, each with its numbers as a table.

use crate::analysis::evaluation::{DailyErrors, DifferenceBin, Tenth};
use crate::workflows::report::document::{Block, Cell, Ink, Picture, Table};
use crate::workflows::report::svg::{Bars, Curve, Curves, Histogram, Place, Strip};

use super::Telling;
use crate::workflows::report::tells::Tells as _;

/// With more days than this their values are not marked one by one.
const MOST_POINTS: usize = 45;

/// A share of visits alike that would be 0 % in words is not named.
const LEAST_NAMED: f64 = 0.005;

impl Telling<'_> {
    /// The interval of the ratio beside the margin of the gate.
    pub fn gauge(&self) -> Option<Picture> {
        let comparison = self.comparison();
        let ends = (comparison.ratio_low, comparison.ratio_high);
        let strip = Strip::over([ends.0, ends.1], Some(1.0), Some(comparison.margin))?.alone();
        let interval = strip.interval(comparison.ratio, ends, Ink::Candidate);
        let margin = [("margin", self.minutes(comparison.margin))];
        let ratio = |value: f64| self.minutes(value);
        let values = [
            ("ratio", ratio(comparison.ratio)),
            ("low", ratio(ends.0)),
            ("high", ratio(ends.1)),
            ("margin", self.minutes(comparison.margin)),
        ];
        Some(Picture {
            title: String::new(),
            note: self.text("report.gauge_note"),
            svg: strip.with_axis(&interval, self.language, &self.fill("report.gauge_margin", &margin)),
            alternative: self.fill("report.gauge_alternative", &values),
            legend: Vec::new(),
            table: None,
        })
    }

    fn sides(&self) -> Vec<(Ink, String)> {
        vec![
            (Ink::Current, self.fill("compare.current_is", &[("model", self.current())])),
            (Ink::Candidate, self.fill("compare.candidate_is", &[("model", self.candidate())])),
        ]
    }

    /// Day by day, and visit by visit.
    pub fn over_days(&self) -> Vec<Block> {
        let comparison = self.comparison();
        let pictures = [self.daily(&comparison.daily), self.differences(&comparison.differences)];
        match pictures.into_iter().flatten().collect::<Vec<_>>() {
            found if found.is_empty() => vec![Block::Text(self.text("chart.nothing"))],
            found => vec![Block::Pictures(found)],
        }
    }

    fn daily(&self, daily: &[DailyErrors]) -> Option<Picture> {
        let style = self.style();
        let place = |day: &DailyErrors| {
            let long = style.long(day.day, self.language);
            let values = [
                ("day", format!("{} {long}", self.text(day.day.weekday().name_key()))),
                ("current", self.minutes(day.mae_current)),
                ("candidate", self.minutes(day.mae_candidate)),
                ("n", self.count(day.n)),
            ];
            Place {
                at: f64::from(day.day.epoch_days()),
                // The year stands last in both languages, and the axis has no room for it.
                label: long.rsplit_once(' ').map_or(long.as_str(), |(day, _)| day).to_owned(),
                title: self.fill("report.day_title", &values),
            }
        };
        let has_points = daily.len() <= MOST_POINTS;
        let curve = |ink: Ink, value: fn(&DailyErrors) -> f64| Curve {
            ink,
            values: daily.iter().map(|day| Some(value(day))).collect(),
            has_points,
            ..Curve::default()
        };
        let curves = Curves {
            places: daily.iter().map(place).collect(),
            curves: vec![
                curve(Ink::Current, |day| day.mae_current),
                curve(Ink::Candidate, |day| day.mae_candidate),
            ],
            x_unit: self.text("compare.day"),
            y_unit: self.text("compare.daily_unit"),
            ..Curves::default()
        };
        let row = |day: &DailyErrors| {
            vec![
                Cell::text(style.short(day.day, self.language)),
                Cell::text(self.count(day.n)),
                Cell::text(self.minutes(day.mae_current)),
                Cell::text(self.minutes(day.mae_candidate)),
                Cell::text(self.language.signed_decimal(day.mae_candidate - day.mae_current, 2)),
            ]
        };
        let heads = ["compare.day", "chart.n", "report.mae_current", "report.mae_candidate", "report.difference"];
        Some(Picture {
            title: self.text("compare.daily"),
            note: String::new(),
            svg: curves.draw(self.language)?,
            alternative: self.text("report.daily_alternative"),
            legend: self.sides(),
            table: Some(Table {
                caption: self.text("compare.daily_unit"),
                heads: self.heads(&heads),
                rows: daily.iter().map(row).collect(),
                axis: None,
                is_folded: true,
            }),
        })
    }

    fn differences(&self, bins: &[DifferenceBin]) -> Option<Picture> {
        let comparison = self.comparison();
        // Visits that both predict equally well stand in the bar that begins at zero: where they are most of it, it belongs to
        // neither.
        let alike = (1.0 - comparison.candidate_closer - comparison.current_closer).max(0.0);
        let alike_visits = alike * comparison.n as f64;
        let ink = |bin: &DifferenceBin| {
            if bin.to <= 1e-9 {
                Ink::Candidate
            } else if bin.from <= 1e-9 && alike_visits * 2.0 > bin.n as f64 {
                Ink::Reference
            } else {
                Ink::Current
            }
        };
        let minutes = |value: f64| self.language.signed_decimal(value, 2);
        let title = |bin: &DifferenceBin| {
            let values = [("from", minutes(bin.from)), ("to", minutes(bin.to)), ("n", self.count(bin.n))];
            self.fill("report.bin_title", &values)
        };
        let histogram = Histogram {
            edges: bins.first().map(|bin| bin.from).into_iter().chain(bins.iter().map(|bin| bin.to)).collect(),
            series: vec![Bars {
                heights: bins.iter().map(|bin| bin.n as f64).collect(),
                inks: bins.iter().map(ink).collect(),
                is_outline: false,
            }],
            titles: bins.iter().map(title).collect(),
            x_unit: self.text("report.differences_unit"),
            y_unit: self.text("chart.n"),
            ..Histogram::default()
        };
        let percent = |share: f64| self.language.percent(share, 0);
        let closer = |key: &str, share: f64| self.fill(key, &[("share", percent(share))]);
        let row = |bin: &DifferenceBin| {
            let words = [minutes(bin.from), minutes(bin.to), self.count(bin.n)];
            words.into_iter().map(Cell::text).collect()
        };
        Some(Picture {
            title: self.text("compare.differences"),
            note: self.text("report.differences_note"),
            svg: histogram.draw(self.language)?,
            alternative: self.text("report.differences_alternative"),
            legend: [
                (Ink::Candidate, "compare.candidate_closer", comparison.candidate_closer),
                (Ink::Reference, "report.alike_closer", alike),
                (Ink::Current, "report.current_closer", comparison.current_closer),
            ]
            .into_iter()
            .filter(|(ink, _, share)| *ink != Ink::Reference || *share >= LEAST_NAMED)
            .map(|(ink, key, share)| (ink, closer(key, share)))
            .collect(),
            table: Some(Table {
                caption: self.text("compare.differences"),
                heads: self.heads(&["report.from", "report.to", "chart.n"]),
                rows: bins.iter().map(row).collect(),
                axis: None,
                is_folded: true,
            }),
        })
    }

    /// By tenths of what was predicted and of what came true: the error of both.
    pub fn tenths(&self) -> Vec<Block> {
        let comparison = self.comparison();
        let pictures = [
            self.by_tenths(&comparison.by_predicted, "report.by_predicted", "report.by_predicted_unit"),
            self.by_tenths(&comparison.by_wait, "report.by_wait", "report.by_wait_unit"),
        ];
        match pictures.into_iter().flatten().collect::<Vec<_>>() {
            found if found.is_empty() => vec![Block::Text(self.text("chart.nothing"))],
            found => vec![Block::Pictures(found)],
        }
    }

    fn by_tenths(&self, tenths: &[Tenth], title: &str, unit: &str) -> Option<Picture> {
        let place = |(index, tenth): (usize, &Tenth)| {
            let values = [
                ("from", self.minutes(tenth.from)),
                ("to", self.minutes(tenth.to)),
                ("current", self.minutes(tenth.mae_current)),
                ("candidate", self.minutes(tenth.mae_candidate)),
                ("n", self.count(tenth.n)),
            ];
            let places = match tenth.to {
                to if to < 1.0 => 2,
                to if to < 10.0 => 1,
                _ => 0,
            };
            Place {
                at: index as f64,
                label: self.language.decimal(tenth.to, places),
                title: self.fill("report.tenth_title", &values),
            }
        };
        let curve = |ink: Ink, value: fn(&Tenth) -> f64| Curve {
            ink,
            values: tenths.iter().map(|tenth| Some(value(tenth))).collect(),
            has_points: true,
            ..Curve::default()
        };
        let curves = Curves {
            places: tenths.iter().enumerate().map(place).collect(),
            curves: vec![
                curve(Ink::Current, |tenth| tenth.mae_current),
                curve(Ink::Candidate, |tenth| tenth.mae_candidate),
            ],
            x_unit: self.text(unit),
            y_unit: self.text("compare.daily_unit"),
            ..Curves::default()
        };
        let row = |tenth: &Tenth| {
            let range = [("from", self.minutes(tenth.from)), ("to", self.minutes(tenth.to))];
            let numbers = [tenth.mae_current, tenth.mae_candidate].map(|value| self.minutes(value));
            let biases = [tenth.bias_current, tenth.bias_candidate];
            let biases = biases.map(|value| self.language.signed_decimal(value, 2));
            let mut cells = vec![Cell::text(self.fill("report.range", &range)), Cell::text(self.count(tenth.n))];
            cells.extend(numbers.into_iter().chain(biases).map(Cell::text));
            cells
        };
        let heads = [
            "report.tenth",
            "chart.n",
            "report.mae_current",
            "report.mae_candidate",
            "report.bias_current",
            "report.bias_candidate",
        ];
        Some(Picture {
            title: self.text(title),
            note: String::new(),
            svg: curves.draw(self.language)?,
            alternative: self.text("report.tenths_alternative"),
            legend: self.sides(),
            table: Some(Table {
                caption: self.text(unit),
                heads: self.heads(&heads),
                rows: tenths.iter().map(row).collect(),
                axis: None,
                is_folded: true,
            }),
        })
    }
}
