//! The first screen: the answer, one figure for each monitor, and what they say.

use super::Telling;
use crate::base::Verdict;
use crate::workflows::models::at_start;
use crate::workflows::report::document::{Finding, Ink, KeyFigure, Picture};
use crate::workflows::report::tells::Tells as _;
use crate::workflows::watch::words::{
    concept_words, data_words, headline, label_words, marks, matter_words, watched_words, window_words,
};

/// Features that are named because their drift moves the predictions.
const MOST_NAMED: usize = 3;

impl Telling<'_> {
    pub fn headline(&self) -> String {
        at_start(&headline(self.language, self.report()))
    }

    /// The model whose errors were looked at.
    pub fn model(&self) -> String {
        watched_words(self.language, &self.report().model)
    }

    pub fn subject(&self) -> String {
        let windows = &self.report().windows;
        let window = |facts| window_words(self.language, self.style(), facts);
        let against = self.fill("drift.against", &[("window", window(&windows.reference))]);
        let values = [("window", window(&windows.current)), ("against", against)];
        at_start(&self.fill("report.subject_drift", &values))
    }

    /// The word for a verdict of a monitor: "drift", "steady".
    pub fn verdict_word(&self, verdict: Verdict) -> String {
        self.text(&format!("report.drift_is.{}", verdict.id()))
    }

    pub fn finding(&self) -> Finding {
        let report = self.report();
        let values = [
            ("data", self.verdict_word(report.data.verdict)),
            ("concept", self.verdict_word(report.concept.verdict)),
            ("label", self.verdict_word(report.label.verdict)),
        ];
        Finding {
            verdict: report.verdict,
            word: self.verdict_word(report.verdict),
            name: self.text("report.three_monitors"),
            sentence: self.fill("report.monitors_say", &values),
        }
    }

    pub fn key_figures(&self) -> Vec<KeyFigure> {
        let report = self.report();
        let (data, concept, label) = (&report.data, &report.concept, &report.label);
        let range = |low: f64, high: f64| {
            self.fill("report.interval", &[("low", self.minutes(low)), ("high", self.minutes(high))])
        };
        let of_data = [("drifted", self.count(data.drifted)), ("measured", self.count(data.measured))];
        let by_chance = [
            ("above", self.count(data.above_floor)),
            ("chance", self.language.decimal(data.above_floor_by_chance, 1)),
        ];
        let months = label.medians.map(|[now, before]| {
            let minutes = |value: f64| self.language.decimal(value, 1);
            self.fill("report.medians", &[("before", minutes(before)), ("now", minutes(now))])
        });
        let distance = label.d.zip(label.p_days).map(|(d, p_days)| {
            self.fill(
                "report.d_and_p",
                &[("d", self.language.decimal(d, 3)), ("p", self.language.decimal(p_days, 3))],
            )
        });
        vec![
            KeyFigure {
                name: self.text("report.figure_columns"),
                value: self.fill("report.of_all", &of_data),
                range: self.fill("report.above_by_chance", &by_chance),
                ink: self.ink(data.verdict),
            },
            KeyFigure {
                name: self.text("report.figure_weeks"),
                value: concept
                    .ratio
                    .map_or_else(|| self.verdict_word(concept.verdict), |ratio| self.minutes(ratio)),
                range: concept.ratio_low.zip(concept.ratio_high).map_or_else(
                    || self.text(&format!("drift.concept.{}", concept.reason.id())),
                    |(low, high)| range(low, high),
                ),
                ink: self.ink(concept.verdict),
            },
            KeyFigure {
                name: self.text("report.figure_waits"),
                value: months.unwrap_or_else(|| self.verdict_word(label.verdict)),
                range: distance.unwrap_or_else(|| self.text(&format!("drift.label.{}", label.reason.id()))),
                ink: self.ink(label.verdict),
            },
        ]
    }

    fn ink(&self, verdict: Verdict) -> Ink {
        Ink::of(verdict)
    }

    /// Error and waits on the first screen would be two pictures; the weeks of the error are the one that is read at a glance.
    pub fn first_picture(&self) -> Option<Picture> {
        self.weekly_errors().map(|picture| Picture { table: None, ..picture })
    }

    pub fn meaning(&self) -> Vec<String> {
        let report = self.report();
        let monitor = |id: &str, says: String| {
            self.fill(
                "report.monitor_says",
                &[("monitor", self.text(&format!("drift.monitor.{id}"))), ("says", says)],
            )
        };
        let mut sentences = vec![
            monitor("data", data_words(self.language, report)),
            monitor("concept", concept_words(self.language, &self.model(), &report.concept)),
            monitor("label", label_words(self.language, &report.label)),
        ];
        if let Some(matters) = &report.matters {
            let means = [
                ("current", self.minutes(matters.predicted_current)),
                ("reference", self.minutes(matters.predicted_reference)),
            ];
            sentences.push(self.fill("drift.matters_line", &means));
            let drifted = matters.features.iter().filter(|matter| matter.verdict == Verdict::Fail);
            sentences.extend(drifted.take(MOST_NAMED).map(|matter| matter_words(self.language, matter)));
        }
        let windows = &report.windows;
        let all = [Some(&windows.current), Some(&windows.reference), windows.label_current.as_ref()];
        if all.into_iter().flatten().any(|facts| facts.preliminary) {
            sentences.push(self.text("report.preliminary"));
        }
        let marked = [&windows.current, &windows.reference].iter().any(|facts| facts.has_holiday == Some(true));
        if marked {
            sentences.push(self.text("report.holiday_week"));
        }
        sentences
    }

    /// A window with its marks, as a fact.
    pub fn window(&self, facts: &crate::analysis::drift::WindowFacts) -> String {
        let values = [
            ("first", self.style().long(facts.first, self.language)),
            ("last", self.style().long(facts.last, self.language)),
            ("n", self.count(facts.visits)),
            ("days", self.count(facts.days)),
        ];
        let mut words = vec![self.fill("drift.window", &values)];
        words.extend(marks(self.language, facts));
        self.listed(&words)
    }
}
