//! The first screen: the answer in a sentence, the numbers that carry it, what it means and what would decide.

use crate::analysis::evaluation::{LineageKind, SliceVerdict};
use crate::workflows::compare::{
    bounds_words, difference_places, headline_key, level_words, ratio_places, selection_words, undecided_words,
};
use crate::workflows::models::{at_start, contender_words};
use crate::workflows::report::document::{Finding, Ink, KeyFigure};
use crate::workflows::report::markup::name;

use super::Telling;
use crate::workflows::report::tells::Tells as _;

impl Telling<'_> {
    /// "Run 2 (elastic net)".
    pub fn current(&self) -> String {
        let side = &self.comparison().current;
        contender_words(self.language, &side.name, &side.family)
    }

    pub fn candidate(&self) -> String {
        let side = &self.comparison().candidate;
        contender_words(self.language, &side.name, &side.family)
    }

    pub fn headline(&self) -> String {
        let comparison = self.comparison();
        let minutes = self.language.decimal(comparison.delta.abs(), self.places());
        let values = [("candidate", self.candidate()), ("current", self.current()), ("minutes", minutes)];
        at_start(&self.fill(headline_key(comparison), &values))
    }

    /// Decimals that tell the ends of the interval of the difference apart.
    fn places(&self) -> usize {
        let least = match self.comparison().delta_high - self.comparison().delta_low {
            width if width >= 1.0 => 1,
            width if width >= 0.02 => 2,
            _ => 3,
        };
        difference_places(self.comparison(), least)
    }

    pub fn subject(&self) -> String {
        let comparison = self.comparison();
        let values = [
            ("visits", self.count(comparison.n)),
            ("days", self.count(comparison.days)),
            ("from", self.date(comparison.from)),
            ("until", self.date(comparison.until)),
            ("dataset", name(&self.account.dataset)),
        ];
        self.fill("report.subject_compare", &values)
    }

    pub fn finding(&self) -> Finding {
        let comparison = self.comparison();
        Finding {
            verdict: comparison.gate,
            word: self.text(&format!("verdict.{}", comparison.gate.id())),
            name: self.fill("report.gate", &[("margin", self.minutes(comparison.margin))]),
            sentence: bounds_words(self.language, comparison, 3),
        }
    }

    pub fn key_figures(&self) -> Vec<KeyFigure> {
        let comparison = self.comparison();
        let places = self.places();
        let minutes = |words: String| self.fill("report.minutes", &[("minutes", words)]);
        let range = |low: String, high: String| self.fill("report.interval", &[("low", low), ("high", high)]);
        let signed = |value: f64| self.language.signed_decimal(value, places);
        let plain = |value: f64| self.language.decimal(value, places);
        let of_side = |key: &str, errors: &crate::analysis::evaluation::Errors, ink: Ink| KeyFigure {
            name: self.text(key),
            value: minutes(plain(errors.mae)),
            range: errors
                .mae_low
                .zip(errors.mae_high)
                .map_or_else(|| self.text("report.no_interval"), |(low, high)| range(plain(low), plain(high))),
            ink,
        };
        let ratio_places = ratio_places(comparison, 2);
        let ratio = |value: f64| self.language.decimal(value, ratio_places);
        vec![
            KeyFigure {
                name: self.text("report.figure_difference"),
                value: minutes(signed(comparison.delta)),
                range: range(signed(comparison.delta_low), signed(comparison.delta_high)),
                ink: Ink::Plain,
            },
            KeyFigure {
                name: self.text("report.figure_ratio"),
                value: ratio(comparison.ratio),
                range: range(ratio(comparison.ratio_low), ratio(comparison.ratio_high)),
                ink: Ink::Plain,
            },
            of_side("report.figure_candidate", &comparison.candidate.errors, Ink::Candidate),
            of_side("report.figure_current", &comparison.current.errors, Ink::Current),
        ]
    }

    pub fn meaning(&self) -> Vec<String> {
        let comparison = self.comparison();
        let errors = [
            ("candidate", self.minutes(comparison.candidate.errors.mae)),
            ("current", self.minutes(comparison.current.errors.mae)),
            ("constant", self.minutes(self.account.outcome.mae_constant)),
            ("n", self.count(comparison.n)),
        ];
        let blocks = [
            ("blocks", self.count(comparison.site_days)),
            ("resamples", self.count(comparison.resamples)),
            ("days", self.count(comparison.days)),
        ];
        let mut sentences =
            vec![self.fill("report.mean_error", &errors), self.fill("report.mean_interval", &blocks)];
        sentences.extend(undecided_words(self.language, comparison));
        sentences.extend(selection_words(self.language, comparison));
        sentences.push(self.worst_slice());
        sentences.extend(self.unseen());
        let unserved =
            [("abandoned", self.count(comparison.abandoned)), ("unfinished", self.count(comparison.unfinished))];
        sentences.push(self.fill("compare.unserved", &unserved));
        sentences
    }

    /// The worst slice, or that there is none; never silence about those that could not be judged.
    fn worst_slice(&self) -> String {
        let slices = &self.comparison().slices;
        let of = |verdict: SliceVerdict| slices.iter().filter(move |slice| slice.verdict == verdict);
        let not_judged = of(SliceVerdict::NotJudged).count();
        let mut values = vec![
            ("judged", self.count((slices.len() - not_judged) as u64)),
            ("not_judged", self.count(not_judged as u64)),
            ("worse", self.count(of(SliceVerdict::Worse).count() as u64)),
        ];
        let Some(worst) = of(SliceVerdict::Worse).next() else {
            return self.fill("cli.compare.no_worse_slice", &values);
        };
        values.extend([
            ("dimension", self.text(&format!("slice.{}", worst.dimension))),
            ("level", name(&level_words(self.language, &worst.dimension, &worst.level))),
            ("ratio", self.minutes(worst.ratio.unwrap_or(f64::NAN))),
            ("n", self.count(worst.n)),
        ]);
        self.fill("cli.compare.worst_slice", &values)
    }

    /// That neither model has learned from these visits, and since when; nothing where that is not so, or nobody knows.
    fn unseen(&self) -> Option<String> {
        let lineage = &self.comparison().lineage;
        let until = lineage.current_trained_until.max(lineage.candidate_trained_until)?;
        (lineage.kind == LineageKind::After).then(|| self.fill("report.unseen", &[("until", self.date(until))]))
    }
}
