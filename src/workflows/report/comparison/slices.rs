//! Slice by slice: those that were judged beside each other over one axis, and all of them with every number.

use crate::analysis::evaluation::{Slice, SliceVerdict};
use crate::workflows::compare::level_words;
use crate::workflows::report::document::{Block, Cell, Head, Ink, Table};
use crate::workflows::report::markup::name;
use crate::workflows::report::svg::Strip;

use super::Telling;
use crate::workflows::report::tells::Tells as _;

/// Slices that are drawn; the worst ones. All of them are in the table below.
const MOST_DRAWN: usize = 24;
/// Slices in the table of all.
const MOST_LISTED: usize = 600;

impl Telling<'_> {
    pub fn slices(&self) -> Vec<Block> {
        let slices = &self.comparison().slices;
        if slices.is_empty() {
            return vec![Block::Text(self.text("report.no_slices"))];
        }
        let mut blocks = Vec::new();
        match self.forest(slices) {
            Some(forest) => blocks.push(Block::Table(forest)),
            None => blocks.push(Block::Text(self.text("report.no_slice_judged"))),
        }
        blocks.push(Block::Table(self.all_slices(slices)));
        blocks
    }

    fn label(&self, slice: &Slice) -> Cell {
        let values = [
            ("dimension", self.text(&format!("slice.{}", slice.dimension))),
            ("level", name(&level_words(self.language, &slice.dimension, &slice.level))),
        ];
        Cell::text(self.fill("compare.slice_is", &values))
    }

    fn verdict(&self, slice: &Slice) -> Cell {
        let (key, ink) = match slice.verdict {
            SliceVerdict::Worse => ("report.slice_worse", Ink::Fail),
            SliceVerdict::Better => ("report.slice_better", Ink::Candidate),
            SliceVerdict::Alike => ("report.slice_alike", Ink::Soft),
            SliceVerdict::NotJudged => ("report.slice_not_judged", Ink::Soft),
        };
        Cell::Text(self.text(key), ink)
    }

    fn forest(&self, slices: &[Slice]) -> Option<Table> {
        let judged: Vec<(&Slice, f64, (f64, f64))> = slices
            .iter()
            .filter_map(|slice| Some((slice, slice.ratio?, (slice.ratio_low?, slice.ratio_high?))))
            .collect();
        let drawn = judged.get(..judged.len().min(MOST_DRAWN)).unwrap_or(&judged);
        if drawn.is_empty() {
            return None;
        }
        let ends = drawn.iter().flat_map(|(_, _, (low, high))| [*low, *high]);
        let strip = Strip::over(ends, Some(1.0), Some(self.comparison().margin))?;
        let rows = drawn.iter().map(|(slice, ratio, (low, high))| {
            let ink = match slice.verdict {
                SliceVerdict::Worse => Ink::Fail,
                SliceVerdict::Better => Ink::Candidate,
                SliceVerdict::Alike | SliceVerdict::NotJudged => Ink::Reference,
            };
            let words = self.with_bounds(self.minutes(*ratio), self.minutes(*low), self.minutes(*high));
            vec![
                self.label(slice),
                Cell::text(self.count(slice.n)),
                Cell::Picture(strip.interval(*ratio, (*low, *high), ink)),
                Cell::text(words),
                self.verdict(slice),
            ]
        });
        let count = [("shown", self.count(drawn.len() as u64)), ("all", self.count(judged.len() as u64))];
        Some(Table {
            caption: self.fill("report.slices_drawn", &count),
            heads: vec![
                Head::Words(self.text("compare.slice")),
                Head::Numbers(self.text("chart.n")),
                Head::Pictures(self.text("report.slice_picture")),
                Head::Numbers(self.text("report.slice_ratio")),
                Head::Words(self.text("report.slice_says")),
            ],
            rows: rows.collect(),
            axis: Some((2, strip.axis(self.language))),
            is_folded: false,
        })
    }

    fn all_slices(&self, slices: &[Slice]) -> Table {
        let optional = |value: Option<f64>, places: usize| {
            Cell::text(self.language.decimal(value.unwrap_or(f64::NAN), places))
        };
        let row = |slice: &Slice| {
            vec![
                self.label(slice),
                Cell::text(self.count(slice.n)),
                Cell::text(self.count(slice.days)),
                Cell::text(self.count(slice.site_days)),
                Cell::text(self.minutes(slice.mae_current)),
                Cell::text(self.minutes(slice.mae_candidate)),
                optional(slice.ratio, 2),
                optional(slice.p, 4),
                optional(slice.p_adjusted, 4),
                self.verdict(slice),
            ]
        };
        let numbers = [
            "chart.n",
            "report.days_head",
            "report.site_days",
            "report.mae_current",
            "report.mae_candidate",
            "report.ratio",
            "report.p",
            "report.p_adjusted",
        ];
        let mut heads = vec![Head::Words(self.text("compare.slice"))];
        heads.extend(numbers.iter().map(|key| Head::Numbers(self.text(key))));
        heads.push(Head::Words(self.text("report.slice_says")));
        let count = [
            ("shown", self.count(slices.len().min(MOST_LISTED) as u64)),
            ("all", self.count(slices.len() as u64)),
        ];
        Table {
            caption: self.fill("report.slices_all", &count),
            heads,
            rows: slices.iter().take(MOST_LISTED).map(row).collect(),
            axis: None,
            is_folded: true,
        }
    }
}
