//! Reports: one HTML file that explains a result to somebody who was not there, in both languages, without a network.
//!
//! A report is a document ([`Report`]: a headline, figures, sections with tables and pictures) that knows nothing of HTML; what
//! it says of a comparison is written in [`comparison`], of drift in [`drift`], and [`html`] turns the document of each language into the one page.
//! Nothing is computed here: every number comes from the result that is reported.
//!
//! The invariant: whatever comes from data (names of sites, services, files) is text, never markup. Only the writers of
//! [`markup`] and [`svg`] make markup, and both escape what they are given.

mod comparison;
mod document;
mod drift;
mod export;
mod font;
mod html;
mod markup;
mod style;
mod svg;
mod tells;
#[cfg(test)]
mod tests;

pub use comparison::{ComparisonAccount, comparison_report};
pub use document::{Block, Cell, Fact, Finding, Head, Ink, KeyFigure, Picture, Report, Section, Table};
pub use drift::{DriftAccount, drift_report};
pub use export::{ExportedReport, ReportTarget, export_comparison, export_drift, save_comparison, save_drift};
pub use html::page;
