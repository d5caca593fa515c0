//! Features and raw inputs: each with how far it moved, how far chance moves it, and what is said of it.

use crate::analysis::drift::{DataReason, FeatureDrift, KL_LIMIT, Source};
use crate::base::Verdict;
use crate::workflows::card::feature_words;
use crate::workflows::report::document::{Block, Cell, Head, Ink, Table};
use crate::workflows::report::markup::name;
use crate::workflows::report::svg::{Strip, StripMark};
use crate::workflows::report::tells::Tells as _;
use crate::workflows::watch::words::{data_reason, levels_words};

use super::Telling;

/// Columns that are drawn; those that drifted come first.
const MOST_DRAWN: usize = 30;
/// Divergences beyond this end at the edge of the picture; the number beside it tells.
const WIDEST: f64 = 1.0;

impl Telling<'_> {
    /// The name of a feature, or of a raw input as it is called in the data.
    pub fn column(&self, column: &FeatureDrift) -> String {
        match column.source {
            Source::Feature => feature_words(self.language, &column.feature),
            Source::Input => self.fill("drift.input", &[("name", name(&column.feature))]),
        }
    }

    pub fn columns(&self) -> Vec<Block> {
        let columns = &self.report().data.features;
        let mut blocks = Vec::new();
        match self.divergences(columns) {
            Some(table) => blocks.push(Block::Table(table)),
            None => blocks.push(Block::Text(self.text("report.no_column_measured"))),
        }
        let unmeasured: Vec<String> =
            columns.iter().filter(|column| column.found.kl.is_none()).map(|column| self.column(column)).collect();
        if !unmeasured.is_empty() {
            let values = [("n", self.count(unmeasured.len() as u64)), ("names", self.listed(&unmeasured))];
            blocks.push(Block::Text(self.fill("report.unmeasured", &values)));
        }
        blocks.push(Block::Table(self.all_columns(columns)));
        blocks
    }

    fn divergences(&self, columns: &[FeatureDrift]) -> Option<Table> {
        let measured: Vec<(&FeatureDrift, f64, f64)> = columns
            .iter()
            .filter_map(|column| Some((column, column.found.kl?, column.found.floor?)))
            .take(MOST_DRAWN)
            .collect();
        let ends = measured.iter().flat_map(|(_, kl, floor)| [kl.min(WIDEST), floor.min(WIDEST)]);
        let strip = Strip::over(ends.chain([0.0]), None, Some(KL_LIMIT)).filter(|_| !measured.is_empty())?;
        let rows = measured.iter().map(|(column, kl, floor)| {
            let found = &column.found;
            let ink = match (found.verdict, found.reason) {
                (_, DataReason::Calendar) => Ink::Reference,
                (Verdict::Fail, _) => Ink::Fail,
                (Verdict::Inconclusive, _) => Ink::Warn,
                (Verdict::Pass, _) => Ink::Shifted,
            };
            let floor_mark = StripMark { value: floor.min(WIDEST), ink: Ink::Plain };
            vec![
                Cell::text(self.column(column)),
                Cell::Picture(strip.bar(kl.min(WIDEST), ink, &[floor_mark])),
                self.number(Some(*kl), 3),
                self.number(Some(*floor), 3),
                self.number(found.psi, 3),
                self.number(found.js, 3),
                Cell::text(self.count(found.n_current)),
                Cell::text(self.count(found.n_reference)),
                self.says(column),
            ]
        });
        let heads = ["report.kl", "report.floor", "report.psi", "report.js", "report.n_now", "report.n_before"];
        let mut all =
            vec![Head::Words(self.text("report.column")), Head::Pictures(self.text("report.column_picture"))];
        all.extend(heads.iter().map(|key| Head::Numbers(self.text(key))));
        all.push(Head::Words(self.text("report.says")));
        let shown =
            [("shown", self.count(measured.len() as u64)), ("all", self.count(self.report().data.measured))];
        Some(Table {
            caption: self.fill("report.columns_caption", &shown),
            heads: all,
            rows: rows.collect(),
            axis: Some((1, strip.axis(self.language))),
            is_folded: false,
        })
    }

    fn says(&self, column: &FeatureDrift) -> Cell {
        let found = &column.found;
        match (found.reason, found.verdict) {
            (DataReason::Calendar, _) => Cell::Text(self.text("report.calendar_moves"), Ink::Soft),
            (_, Verdict::Pass) => Cell::Text(self.verdict_word(Verdict::Pass), Ink::Soft),
            (_, verdict) => Cell::Verdict(verdict, self.verdict_word(verdict)),
        }
    }

    /// Every column with what else was measured.
    fn all_columns(&self, columns: &[FeatureDrift]) -> Table {
        let row = |column: &FeatureDrift| {
            let found = &column.found;
            let mut reason = data_reason(self.language, column);
            let levels =
                [("drift.new_levels", &found.new_levels), ("drift.missing_levels", &found.missing_levels)];
            for (key, levels) in levels.into_iter().filter(|(_, levels)| !levels.is_empty()) {
                let words = name(&levels_words(self.language, &column.feature, levels));
                reason = format!("{reason} {}", self.fill(key, &[("levels", words)]));
            }
            vec![
                Cell::text(self.column(column)),
                self.number(found.kl, 3),
                self.number(found.floor, 3),
                self.number(found.hellinger, 3),
                self.number(found.wasserstein, 2),
                self.number(found.p, 3),
                self.number(column.p_adjusted, 3),
                Cell::text(self.count(found.missing_current)),
                Cell::text(self.count(found.missing_reference)),
                Cell::Text(reason, Ink::Soft),
            ]
        };
        let mut heads = self.heads(&[
            "report.column",
            "report.kl",
            "report.floor",
            "report.hellinger",
            "report.wasserstein",
            "report.p",
            "report.p_adjusted",
            "report.missing_now",
            "report.missing_before",
        ]);
        heads.push(Head::Words(self.text("report.why")));
        Table {
            caption: self.text("report.columns_all"),
            heads,
            rows: columns.iter().map(row).collect(),
            axis: None,
            is_folded: true,
        }
    }

    /// What the drift of each feature does to the predictions; none without a model that has features.
    pub fn matters(&self) -> Option<Vec<Block>> {
        let matters = self.report().matters.as_ref().filter(|matters| !matters.features.is_empty())?;
        let shifts = matters.features.iter().filter_map(|matter| matter.shift_minutes);
        let strip = Strip::over(shifts, Some(0.0), None);
        let rows = matters.features.iter().take(MOST_DRAWN).map(|matter| {
            let ink = if matter.verdict == Verdict::Fail { Ink::Fail } else { Ink::Shifted };
            let bar = strip.zip(matter.shift_minutes).map(|(strip, minutes)| strip.bar(minutes, ink, &[]));
            vec![
                Cell::text(feature_words(self.language, &matter.feature)),
                bar.map_or_else(|| self.nothing(), Cell::Picture),
                match matter.shift_minutes {
                    Some(minutes) => Cell::text(self.language.signed_decimal(minutes, 2)),
                    None => self.nothing(),
                },
                self.number(matter.importance, 2),
                self.number(matter.kl, 3),
                self.number(matter.score, 3),
                match matter.unknown_share {
                    Some(share) => Cell::text(self.language.percent(share, 0)),
                    None => self.nothing(),
                },
            ]
        });
        let keys = ["report.shift", "report.importance", "report.kl", "report.score", "report.unknown_share"];
        let mut heads =
            vec![Head::Words(self.text("report.column")), Head::Pictures(self.text("report.shift_picture"))];
        heads.extend(keys.iter().map(|key| Head::Numbers(self.text(key))));
        let n = match matters.importance_n {
            Some(n) => self.fill("report.importance_on", &[("n", self.count(n))]),
            None => self.text("report.importance_none"),
        };
        let table = Table {
            caption: n,
            heads,
            rows: rows.collect(),
            axis: strip.map(|strip| (1, strip.axis(self.language))),
            is_folded: false,
        };
        Some(vec![Block::Table(table)])
    }
}
