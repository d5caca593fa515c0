//! The waits of two months, or of two periods.

use crate::workflows::report::document::{Block, Cell, Fact, Ink, Picture};
use crate::workflows::report::tells::Tells as _;
use crate::workflows::watch::words::label_words;

use super::Telling;

impl Telling<'_> {
    pub fn waits(&self) -> Vec<Block> {
        let label = &self.report().label;
        let mut blocks = vec![Block::Text(label_words(self.language, label))];
        let curves =
            label.curves.as_ref().and_then(|curves| self.cumulative(curves, self.text("report.wait_minutes")));
        let svg = curves.and_then(|curves| curves.draw(self.language));
        let windows = &self.report().windows;
        let legend = [(Ink::Reference, &windows.label_reference), (Ink::Shifted, &windows.label_current)];
        let legend = legend.into_iter().filter_map(|(ink, facts)| {
            let facts = facts.as_ref()?;
            let ends = [facts.first, facts.last].map(|day| self.style().long(day, self.language));
            let [from, to] = ends;
            Some((ink, self.fill("report.range", &[("from", from), ("to", to)])))
        });
        blocks.extend(svg.map(|svg| {
            Block::Pictures(vec![Picture {
                title: self.text("report.waits_up_to"),
                note: self.text("report.waits_note"),
                svg,
                alternative: self.text("report.waits_alternative"),
                legend: legend.collect(),
                table: None,
            }])
        }));
        blocks.push(Block::Facts(self.wait_facts()));
        blocks
    }

    fn wait_facts(&self) -> Vec<Fact> {
        let label = &self.report().label;
        let minutes = |value: Option<f64>| self.number(value, 2);
        let bounds = [
            ("p", self.language.decimal(label.bounds.p, 2)),
            ("d", self.language.decimal(label.bounds.d, 2)),
            ("minutes", self.language.decimal(label.bounds.wasserstein_minutes, 1)),
        ];
        vec![
            self.fact("report.median_now", minutes(label.medians.map(|[now, _]| now))),
            self.fact("report.median_before", minutes(label.medians.map(|[_, before]| before))),
            self.fact("report.ks_d", self.number(label.d, 4)),
            self.fact("report.ks_p", self.number(label.p, 4)),
            self.fact("report.p_days", self.number(label.p_days, 3)),
            self.fact("report.wasserstein_minutes", minutes(label.wasserstein_minutes)),
            self.fact("report.n_now", Cell::text(self.count(label.n_current))),
            self.fact("report.n_before", Cell::text(self.count(label.n_reference))),
            self.fact("report.wait_rule", Cell::text(self.fill("report.wait_bounds", &bounds))),
        ]
    }
}
