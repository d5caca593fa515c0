//! The distributions of the columns that moved most, now and before.

use crate::analysis::drift::{BinRows, DataReason, FeatureDrift};
use crate::base::statistics::BinLabel;
use crate::workflows::report::document::Cell;
use crate::workflows::report::document::{Block, Ink, Picture, Table};
use crate::workflows::report::markup::name;
use crate::workflows::report::svg::{Bars, Curve, Curves, Histogram, Place};
use crate::workflows::report::tells::Tells as _;
use crate::workflows::watch::words::bin_words;

use super::Telling;

/// Columns whose distributions are drawn.
const MOST_DRAWN: usize = 6;
/// Bars of a picture; with more values, those whose shares moved most are drawn.
const MOST_LEVELS: usize = 20;
/// Cumulative curves end where both windows have this share of their values: the rest is tail.
const SHOWN_SHARE: f64 = 0.99;

/// Two cumulative curves: values, and the share of visits up to each.
pub(super) type TwoCurves = [Vec<[f64; 2]>; 2];

impl Telling<'_> {
    /// The columns that drifted or could not be judged, and if there are none, those that moved most.
    pub fn shapes(&self) -> Vec<Block> {
        let moved = self
            .report()
            .data
            .features
            .iter()
            .filter(|column| column.found.kl.is_some() && column.found.reason != DataReason::Calendar);
        let pictures: Vec<Picture> = moved.take(MOST_DRAWN).filter_map(|column| self.shape(column)).collect();
        if pictures.is_empty() { Vec::new() } else { vec![Block::Pictures(pictures)] }
    }

    fn windows(&self) -> Vec<(Ink, String)> {
        vec![(Ink::Reference, self.text("report.before")), (Ink::Shifted, self.text("report.now"))]
    }

    fn shape(&self, column: &FeatureDrift) -> Option<Picture> {
        let found = &column.found;
        let is_continuous = found.bins.iter().any(|bin| matches!(bin.label, BinLabel::Range { .. }));
        let svg = match &found.curves {
            Some(curves) if is_continuous => {
                self.cumulative(curves, self.text("report.value"))?.draw(self.language)?
            }
            _ => self.levels(column)?.draw(self.language)?,
        };
        let of_all = [("shown", self.count(MOST_LEVELS as u64)), ("all", self.count(found.bins.len() as u64))];
        let note = match found.bins.len() > MOST_LEVELS && !is_continuous {
            true => self.fill("report.levels_drawn", &of_all),
            false => String::new(),
        };
        let share = |rows: u64, n: u64| self.language.percent(rows as f64 / n.max(1) as f64, 1);
        let row = |bin: &BinRows| {
            vec![
                Cell::text(name(&bin_words(self.language, &column.feature, &bin.label))),
                Cell::text(self.count(bin.reference)),
                Cell::text(share(bin.reference, found.n_reference)),
                Cell::text(self.count(bin.current)),
                Cell::text(share(bin.current, found.n_current)),
            ]
        };
        let heads = ["report.value", "report.n_before", "report.share_before", "report.n_now", "report.share_now"];
        Some(Picture {
            title: self.column(column),
            note,
            svg,
            alternative: self.text("report.shape_alternative"),
            legend: self.windows(),
            table: Some(Table {
                caption: self.text("report.bins_caption"),
                heads: self.heads(&heads),
                rows: found.bins.iter().map(row).collect(),
                axis: None,
                is_folded: true,
            }),
        })
    }

    /// The shares of values that are names, or few numbers: those whose shares moved most, in the order of the bins.
    fn levels(&self, column: &FeatureDrift) -> Option<Histogram> {
        let found = &column.found;
        let share = |rows: u64, n: u64| rows as f64 / n.max(1) as f64;
        let shares =
            |bin: &BinRows| (share(bin.reference, found.n_reference), share(bin.current, found.n_current));
        let moved = |bin: &BinRows| {
            let (before, now) = shares(bin);
            (now - before).abs()
        };
        let mut order: Vec<usize> = (0..found.bins.len()).collect();
        order.sort_by(|a, b| moved(&found.bins[*b]).total_cmp(&moved(&found.bins[*a])));
        order.truncate(MOST_LEVELS);
        order.sort_unstable();
        let bins: Vec<&BinRows> = order.into_iter().filter_map(|bin| found.bins.get(bin)).collect();
        let label = |bin: &BinRows| bin_words(self.language, &column.feature, &bin.label);
        let title = |bin: &&BinRows| {
            let (before, now) = shares(bin);
            let values = [
                ("value", label(bin)),
                ("before", self.language.percent(before, 1)),
                ("now", self.language.percent(now, 1)),
            ];
            self.fill("report.level_title", &values)
        };
        let heights = |of: fn((f64, f64)) -> f64| bins.iter().map(|bin| of(shares(bin))).collect();
        (!bins.is_empty()).then(|| Histogram {
            edges: (0..=bins.len()).map(|edge| edge as f64).collect(),
            names: bins.iter().map(|bin| name(&shortened(&label(bin)))).collect(),
            titles: bins.iter().map(title).collect(),
            series: vec![
                Bars { heights: heights(|(before, _)| before), inks: vec![Ink::Reference], is_outline: false },
                Bars { heights: heights(|(_, now)| now), inks: vec![Ink::Shifted], is_outline: true },
            ],
            x_unit: self.text("report.value"),
            y_unit: self.text("report.share_of_visits"),
            is_share: true,
        })
    }

    /// The share of visits up to each value, before and now.
    pub fn cumulative(&self, [now, before]: &TwoCurves, x_unit: String) -> Option<Curves> {
        let reach =
            |curve: &[[f64; 2]]| curve.iter().find(|[_, share]| *share >= SHOWN_SHARE).map(|[value, _]| *value);
        let end = reach(now)?.max(reach(before)?);
        let mut values: Vec<f64> =
            now.iter().chain(before).map(|[value, _]| *value).filter(|value| *value <= end).collect();
        values.sort_unstable_by(f64::total_cmp);
        values.dedup();
        let curve = |ink: Ink, of: &[[f64; 2]]| {
            let share = |value: &f64| {
                let up_to = of.partition_point(|[other, _]| other <= value);
                Some(up_to.checked_sub(1).and_then(|last| of.get(last)).map_or(0.0, |[_, share]| *share))
            };
            Curve { ink, values: values.iter().map(share).collect(), ..Curve::default() }
        };
        (values.len() > 1).then(|| Curves {
            curves: vec![curve(Ink::Reference, before), curve(Ink::Shifted, now)],
            places: values.iter().map(|value| Place { at: *value, ..Place::default() }).collect(),
            x_unit,
            y_unit: self.text("report.share_up_to"),
            is_numeric: true,
            is_share: true,
            ..Curves::default()
        })
    }
}

/// So much of a name as fits below a bar.
fn shortened(label: &str) -> String {
    const MOST: usize = 14;
    if label.chars().count() <= MOST {
        return label.to_owned();
    }
    label.chars().take(MOST - 1).chain(['…']).collect()
}
