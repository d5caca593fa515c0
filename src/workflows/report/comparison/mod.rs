//! What a report says of a comparison of two models.
//!
//! Everything that [`Comparison`] holds is in it. Nothing is judged here a second time: verdicts and intervals are those of the
//! comparison.

mod facts;
mod pictures;
mod slices;
mod tables;
mod words;

use crate::analysis::evaluation::Comparison;
use crate::base::calendar::{DateStyle, Zone};
use crate::base::language::Language;
use crate::base::{Digest, Moment};
use crate::workflows::compare::CompareOutcome;

use super::document::{Block, Report, Section};
use super::tells::Tells;

/// A comparison, and what has to be known of it beside its numbers.
#[derive(Clone, Debug)]
pub struct ComparisonAccount<'a> {
    /// The comparison and the two models.
    pub outcome: &'a CompareOutcome,
    /// What people call the data set.
    pub dataset: String,
    /// Its digest.
    pub digest: Digest,
    /// By whose clock days are told.
    pub zone: Zone,
    /// The digests of both models as they are kept; none of a baseline.
    pub artifacts: [Option<Digest>; 2],
    /// In which calendar days are told; that of the language without it.
    pub calendar: Option<DateStyle>,
    /// When the report was written.
    pub made_at: Moment,
}

/// The report in `language`.
#[must_use]
pub fn comparison_report(account: &ComparisonAccount<'_>, language: Language) -> Report {
    let telling = Telling { account, language };
    let section = |id: &'static str, title: &str, lead: &str, blocks: Vec<Block>| Section {
        id,
        title: language.text(title).to_owned(),
        lead: language.text(lead).to_owned(),
        blocks,
    };
    Report {
        language,
        question: language.text("report.question_compare").to_owned(),
        subject: telling.subject(),
        headline: telling.headline(),
        finding: telling.finding(),
        figures: telling.key_figures(),
        picture: telling.gauge(),
        meaning: telling.meaning(),
        sections: vec![
            section("gates", "report.gates", "report.gates_lead", telling.gates()),
            section("days", "report.days", "report.days_lead", telling.over_days()),
            section("figures", "report.figures", "report.figures_lead", telling.metrics()),
            section("scale", "report.scale", "report.scale_lead", telling.tenths()),
            section("slices", "report.slices", "report.slices_lead", telling.slices()),
            section("tests", "report.tests", "report.tests_lead", telling.tests()),
            section("power", "compare.power", "report.power_lead", telling.power()),
            section("made", "report.made", "report.made_lead", telling.made()),
            section("terms", "report.terms", "report.terms_lead", telling.terms()),
        ],
        colophon: telling.colophon(),
    }
}

/// A comparison that is told in one language.
struct Telling<'a> {
    account: &'a ComparisonAccount<'a>,
    language: Language,
}

impl Tells for Telling<'_> {
    fn language(&self) -> Language {
        self.language
    }

    fn style(&self) -> DateStyle {
        self.account.calendar.unwrap_or(DateStyle::usual(self.language))
    }

    fn zone(&self) -> &Zone {
        &self.account.zone
    }

    fn made_at(&self) -> Moment {
        self.account.made_at
    }
}

impl Telling<'_> {
    fn comparison(&self) -> &Comparison {
        &self.account.outcome.comparison
    }
}
