//! What a report says of drift: the three monitors, each with its numbers and its picture.
//!
//! The sentences are those of [`crate::workflows::watch::words`], so that terminal, window and file say the same. Nothing is
//! judged here a second time.

mod columns;
mod facts;
mod model;
mod shapes;
mod waits;
mod words;

use crate::base::calendar::{DateStyle, Zone};
use crate::base::language::Language;
use crate::base::{Digest, Moment};
use crate::workflows::watch::DriftReport;

use super::document::{Block, Report, Section};
use super::tells::Tells;

/// A result of the monitors, and what has to be known of it beside its numbers.
#[derive(Clone, Debug)]
pub struct DriftAccount<'a> {
    /// The result.
    pub report: &'a DriftReport,
    /// What people call the data set; none where only a log was looked at.
    pub dataset: Option<String>,
    /// The same of the other data set, where two were compared.
    pub against: Option<String>,
    /// By whose clock it is told when the report was written.
    pub zone: Zone,
    /// In which calendar days are told; that of the language without it.
    pub calendar: Option<DateStyle>,
    /// When the report was written.
    pub made_at: Moment,
}

/// The report in `language`.
#[must_use]
pub fn drift_report(account: &DriftAccount<'_>, language: Language) -> Report {
    let telling = Telling { account, language };
    let section = |id: &'static str, title: &str, lead: &str, blocks: Vec<Block>| Section {
        id,
        title: language.text(title).to_owned(),
        lead: language.text(lead).to_owned(),
        blocks,
    };
    let mut sections = vec![section("columns", "report.columns", "report.columns_lead", telling.columns())];
    let shapes = telling.shapes();
    if !shapes.is_empty() {
        sections.push(section("shapes", "report.shapes", "report.shapes_lead", shapes));
    }
    sections.push(section("model", "report.weeks", "report.weeks_lead", telling.weeks()));
    sections.push(section("waits", "report.waits", "report.waits_lead", telling.waits()));
    if let Some(matters) = telling.matters() {
        sections.push(section("matters", "report.matters", "report.matters_lead", matters));
    }
    sections.push(section("made", "report.made", "report.made_lead", telling.made()));
    sections.push(section("terms", "report.terms", "report.terms_lead", telling.terms()));
    Report {
        language,
        question: language.text("report.question_drift").to_owned(),
        subject: telling.subject(),
        headline: telling.headline(),
        finding: telling.finding(),
        figures: telling.key_figures(),
        picture: telling.first_picture(),
        meaning: telling.meaning(),
        sections,
        colophon: telling.colophon(),
    }
}

/// A result of the monitors that is told in one language.
struct Telling<'a> {
    account: &'a DriftAccount<'a>,
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
    fn report(&self) -> &DriftReport {
        self.account.report
    }

    /// Digests of both data sets, where there are any.
    fn digests(&self) -> [Option<Digest>; 2] {
        [self.report().dataset, self.report().against]
    }
}
