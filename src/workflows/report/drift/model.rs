//! The error of the model, week by week.

use crate::analysis::drift::{RATIO_LIMIT, WeekError};
use crate::workflows::report::document::{Block, Cell, Ink, Picture, Table};
use crate::workflows::report::svg::{Curve, Curves, Guide, Place};
use crate::workflows::report::tells::Tells as _;
use crate::workflows::watch::words::concept_words;

use super::Telling;

/// Standard errors to either side that hold the mean in 95 of 100 cases, where there are many days.
const NORMAL_95: f64 = 1.96;

impl Telling<'_> {
    pub fn weeks(&self) -> Vec<Block> {
        let mut blocks = vec![Block::Text(concept_words(self.language, &self.model(), &self.report().concept))];
        blocks.extend(self.weekly_errors().map(|picture| Block::Pictures(vec![picture])));
        blocks
    }

    pub fn weekly_errors(&self) -> Option<Picture> {
        let concept = &self.report().concept;
        let day = |week: &WeekError| self.style().long(week.week, self.language);
        let place = |week: &WeekError| {
            let values = [
                ("week", day(week)),
                ("mae", week.mae.map_or_else(|| self.text("report.none"), |mae| self.minutes(mae))),
                ("n", self.count(week.n)),
                ("days", self.count(week.days)),
            ];
            let long = day(week);
            Place {
                at: f64::from(week.week.epoch_days()),
                label: long.rsplit_once(' ').map_or(long.as_str(), |(day, _)| day).to_owned(),
                title: self.fill("report.week_title", &values),
            }
        };
        let bounds = |week: &WeekError| {
            let (mae, se) = week.mae.zip(week.se)?;
            Some(((mae - NORMAL_95 * se).max(0.0), mae + NORMAL_95 * se))
        };
        let limit = concept.mae_mean_4.map(|mean| Guide {
            value: mean * RATIO_LIMIT,
            label: self.fill("report.weeks_limit", &[("limit", self.minutes(mean * RATIO_LIMIT))]),
            ink: Ink::Fail,
        });
        let known = concept.weeks.iter().filter(|week| week.mae.is_some()).count();
        let curves = Curves {
            places: concept.weeks.iter().map(place).collect(),
            curves: vec![Curve {
                ink: Ink::Shifted,
                values: concept.weeks.iter().map(|week| week.mae).collect(),
                bounds: concept.weeks.iter().map(bounds).collect(),
                has_points: true,
            }],
            guides: limit.into_iter().collect(),
            x_unit: self.text("report.week_from"),
            y_unit: self.text("compare.daily_unit"),
            ..Curves::default()
        };
        let row = |week: &WeekError| {
            vec![
                Cell::text(self.style().short(week.week, self.language)),
                Cell::text(self.count(week.n)),
                Cell::text(self.count(week.days)),
                self.number(week.mae, 2),
                self.number(week.se, 3),
                Cell::Text(if week.in_sample { self.text("report.in_sample") } else { String::new() }, Ink::Warn),
            ]
        };
        let heads =
            ["report.week_from", "chart.n", "report.days_head", "report.mae", "report.se", "report.learned_from"];
        Some(Picture {
            title: self.fill("report.weekly_error_of", &[("model", self.model())]),
            note: self.text("report.weeks_note"),
            svg: curves.draw(self.language).filter(|_| known > 0)?,
            alternative: self.text("report.weeks_alternative"),
            legend: Vec::new(),
            table: Some(Table {
                caption: self.text("compare.daily_unit"),
                heads: self.heads(&heads),
                rows: concept.weeks.iter().map(row).collect(),
                axis: None,
                is_folded: true,
            }),
        })
    }
}
