//! The tables of a comparison: every figure of both models, other tests of the same difference, days that would show one.

use crate::analysis::evaluation::gates::GateResult;
use crate::analysis::evaluation::{Figure, Metric, Power};
use crate::base::language::places_beside;
use crate::base::statistics::Interval;
use crate::workflows::compare::{difference_places, method_words, ratio_places};
use crate::workflows::gates::{gate_reason, gate_value};
use crate::workflows::report::document::{Block, Cell, Head, Ink, Table};

use super::Telling;
use crate::workflows::report::tells::Tells as _;

/// Whether more of a figure is better, less of it, or neither.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Better {
    More,
    Less,
    Neither,
}

fn better(id: &str) -> Better {
    match id {
        "within_5" | "within_10" | "within_20" => Better::More,
        // Closer to zero, or to what was promised.
        "bias" | "coverage_80" | "shown_coverage_80" => Better::Neither,
        _ => Better::Less,
    }
}

impl Telling<'_> {
    /// The figure by its name for people.
    fn metric_name(&self, id: &str) -> String {
        match id {
            "mae" | "bias" | "rmse" | "within_20" | "too_low" => self.text(&format!("metric.{id}")),
            "median_absolute_error" => self.text("metric.median"),
            "p90_absolute_error" => self.text("metric.p90"),
            id => self.text(&format!("report.metric.{id}")),
        }
    }

    /// Every figure of both, with its interval.
    pub fn metrics(&self) -> Vec<Block> {
        let comparison = self.comparison();
        let head = |key: &str| Head::Numbers(self.text(key));
        let rows = comparison.metrics.iter().map(|metric| {
            vec![
                Cell::text(self.metric_name(&metric.id)),
                self.figure(metric.current, metric, Ink::Current),
                self.figure(metric.candidate, metric, Ink::Candidate),
                self.difference(metric),
            ]
        });
        let table = Table {
            caption: self.fill("report.metrics_caption", &[("n", self.count(comparison.n))]),
            heads: vec![
                Head::Words(self.text("report.figure")),
                head("compare.current"),
                head("compare.candidate"),
                head("report.difference"),
            ],
            rows: rows.collect(),
            axis: None,
            is_folded: false,
        };
        let weights = [
            ("minute", self.language.decimal(self.account.outcome.weights.per_minute_needless, 1)),
            ("turn", self.language.decimal(self.account.outcome.weights.per_turn_missed, 1)),
        ];
        vec![Block::Table(table), Block::Text(self.fill("report.cost_note", &weights))]
    }

    fn figure(&self, figure: Option<Figure>, metric: &Metric, ink: Ink) -> Cell {
        let Some(figure) = figure else { return Cell::Text(self.text("report.none"), Ink::Soft) };
        let words = |value: f64| {
            if metric.unit == "share" { self.language.percent(value, 1) } else { self.minutes(value) }
        };
        Cell::Text(self.figure_words(figure, &words), ink)
    }

    fn figure_words(&self, figure: Figure, words: &dyn Fn(f64) -> String) -> String {
        match (figure.low, figure.high) {
            (Some(low), Some(high)) => self.with_bounds(words(figure.value), words(low), words(high)),
            _ => words(figure.value),
        }
    }

    /// Candidate − current; coloured where its interval leaves no doubt which of them is better.
    fn difference(&self, metric: &Metric) -> Cell {
        let Some(figure) = metric.difference else { return Cell::Text(self.text("report.none"), Ink::Soft) };
        let (scale, least) = if metric.unit == "share" { (100.0, 1) } else { (1.0, 2) };
        let ends = [figure.low, figure.high].map(|end| end.unwrap_or(f64::NAN) * scale);
        let places = places_beside(0.0, &ends, least);
        let words = |value: f64| self.language.signed_decimal(value * scale, places);
        let told = self.figure_words(figure, &words);
        let told = if metric.unit == "share" { self.fill("metric.points", &[("points", told)]) } else { told };
        let side = match (figure.low, figure.high) {
            (Some(low), _) if low > 0.0 => 1,
            (_, Some(high)) if high < 0.0 => -1,
            _ => 0,
        };
        let ink = match (better(&metric.id), side) {
            (Better::More, 1) | (Better::Less, -1) => Ink::Candidate,
            (Better::More, -1) | (Better::Less, 1) => Ink::Fail,
            _ => Ink::Plain,
        };
        Cell::Text(told, ink)
    }

    /// What each gate says and what it rests on.
    pub fn gates(&self) -> Vec<Block> {
        let gates = &self.account.outcome.gates;
        let row = |gate: &GateResult| {
            let said = [gate_value(self.language, gate), gate_reason(self.language, gate)];
            let said = said
                .into_iter()
                .flatten()
                .reduce(|first, second| self.fill("compare.sentences", &[("first", first), ("second", second)]));
            vec![
                Cell::text(self.text(&format!("gate.{}", gate.id))),
                Cell::Verdict(gate.verdict, self.text(&format!("verdict.{}", gate.verdict.id()))),
                said.map_or_else(|| Cell::Text(self.text("report.none"), Ink::Soft), Cell::text),
            ]
        };
        let head = |key: &str| Head::Words(self.text(key));
        vec![Block::Table(Table {
            caption: self.fill("report.gates_caption", &[("n", self.count(self.comparison().n))]),
            heads: vec![head("report.gate_name"), head("report.gate_verdict"), head("report.rests_on")],
            rows: gates.iter().map(row).collect(),
            axis: None,
            is_folded: false,
        })]
    }

    /// The intervals by both methods, and tests that rest on other assumptions.
    pub fn tests(&self) -> Vec<Block> {
        let method = method_words(self.language, self.comparison());
        vec![Block::Table(self.test_table()), Block::Table(self.interval_table()), Block::Text(method)]
    }

    fn test_table(&self) -> Table {
        let comparison = self.comparison();
        let tests = &comparison.tests;
        let none = || Cell::Text(self.text("compare.no_p"), Ink::Soft);
        let p = |p: Option<f64>| p.map_or_else(none, |p| Cell::text(self.language.decimal(p, 4)));
        let number = |value: Option<f64>| {
            Cell::text(
                value.map_or_else(|| self.text("report.none"), |value| self.language.signed_decimal(value, 2)),
            )
        };
        let flips = tests.sign_flips.as_ref();
        let flips_words = flips.map_or_else(String::new, |flips| {
            let key = if flips.is_exact { "report.flips_exact" } else { "report.flips_drawn" };
            self.fill(key, &[("flips", self.count(flips.flips))])
        });
        let mut rows = vec![vec![
            Cell::text(self.text("report.sign_flips")),
            Cell::text(self.fill("report.on_site_days", &[("n", self.count(comparison.site_days))])),
            number(None),
            p(flips.map(|flips| flips.p)),
            Cell::Text(flips_words, Ink::Soft),
        ]];
        let of_days = [
            ("report.diebold_mariano", &tests.diebold_mariano, "report.days_independent"),
            ("report.robust", &tests.diebold_mariano_robust, "report.days_alike"),
        ];
        for (key, test, supposes) in of_days {
            let lags = test.as_ref().map_or(0, |test| test.lags);
            rows.push(vec![
                Cell::text(self.text(key)),
                Cell::text(self.fill("report.on_days", &[("n", self.count(comparison.days))])),
                number(test.as_ref().map(|test| test.statistic)),
                p(test.as_ref().map(|test| test.p)),
                Cell::Text(self.fill(supposes, &[("lags", self.count(lags))]), Ink::Soft),
            ]);
        }
        Table {
            caption: self.text("report.tests_caption"),
            heads: vec![
                Head::Words(self.text("report.test")),
                Head::Words(self.text("report.rests_on")),
                Head::Numbers(self.text("report.statistic")),
                Head::Numbers(self.text("report.p")),
                Head::Words(self.text("report.supposes")),
            ],
            rows,
            axis: None,
            is_folded: false,
        }
    }

    fn interval_table(&self) -> Table {
        let comparison = self.comparison();
        let between =
            |low: String, high: String| Cell::text(self.fill("report.range", &[("from", low), ("to", high)]));
        let places = (difference_places(comparison, 3), ratio_places(comparison, 3));
        let minutes = |value: f64| self.language.signed_decimal(value, places.0);
        let ratio = |value: f64| self.language.decimal(value, places.1);
        let plain = |interval: Option<Interval>, words: &dyn Fn(f64) -> String| match interval {
            Some(interval) => between(words(interval.low), words(interval.high)),
            None => Cell::Text(self.text("report.none"), Ink::Soft),
        };
        let row =
            |key: &str, value: f64, ends: (f64, f64), of: [Option<Interval>; 2], words: &dyn Fn(f64) -> String| {
                let [percentile, bca] = of.map(|of| plain(of, words));
                vec![
                    Cell::text(self.text(key)),
                    Cell::text(words(value)),
                    between(words(ends.0), words(ends.1)),
                    percentile,
                    bca,
                ]
            };
        let delta = (comparison.delta_low, comparison.delta_high);
        let ends = (comparison.ratio_low, comparison.ratio_high);
        let bounds = (comparison.ratio_lower_bound, comparison.ratio_upper_bound);
        Table {
            caption: self.text("report.intervals_caption"),
            heads: vec![
                Head::Words(self.text("report.figure")),
                Head::Numbers(self.text("report.value")),
                Head::Numbers(self.text("report.deciding")),
                Head::Numbers(self.text("report.percentile")),
                Head::Numbers(self.text("report.plain_bca")),
            ],
            rows: vec![
                row(
                    "report.figure_difference_min",
                    comparison.delta,
                    delta,
                    [comparison.delta_percentile, comparison.delta_bca],
                    &minutes,
                ),
                row(
                    "report.figure_ratio",
                    comparison.ratio,
                    ends,
                    [comparison.ratio_percentile, comparison.ratio_bca],
                    &ratio,
                ),
                row("report.one_sided", comparison.ratio, bounds, [None, None], &ratio),
            ],
            axis: None,
            is_folded: false,
        }
    }

    /// How long shadow traffic or a canary would have to run.
    pub fn power(&self) -> Vec<Block> {
        let power = &self.comparison().power;
        let asked: Vec<&Power> = power.iter().filter(|power| power.traffic == "shadow").collect();
        let Some(first) = asked.first() else { return vec![Block::Text(self.text("compare.power_none"))] };
        let mut heads = vec![Head::Words(self.text("compare.traffic"))];
        heads.extend(asked.iter().map(|power| {
            let values =
                [("share", self.language.percent(power.relative, 0)), ("minutes", self.minutes(power.difference))];
            Head::Numbers(self.fill("compare.difference_of", &values))
        }));
        let rows = power.iter().filter(|power| power.relative == first.relative).map(|traffic| {
            let share = [("share", self.language.percent(traffic.share, 0))];
            let mut cells = vec![Cell::text(self.fill(&format!("compare.{}", traffic.traffic), &share))];
            cells.extend(asked.iter().map(|asked| {
                let found = power.iter().find(|power| {
                    power.traffic == traffic.traffic
                        && power.share == traffic.share
                        && power.relative == asked.relative
                });
                match found.and_then(|found| found.days.zip(found.visits)) {
                    Some((days, visits)) => {
                        let values = [("days", self.count(days)), ("visits", self.count(visits))];
                        Cell::text(self.fill("report.days_and_visits", &values))
                    }
                    None => Cell::Text(self.text("compare.never"), Ink::Soft),
                }
            }));
            cells
        });
        vec![Block::Table(Table {
            caption: self.text("compare.power_note"),
            heads,
            rows: rows.collect(),
            axis: None,
            is_folded: false,
        })]
    }
}
