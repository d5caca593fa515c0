//! Words that more than one part of the screen says.

use crate::analysis::drift::{FeatureDrift, Source, WindowFacts};
use crate::analysis::features::{Unit, feature};
use crate::base::calendar::DateStyle;
use crate::workbench::screens::names::{asked_words, at_start, listed};
use crate::workbench::theme::Look;
use crate::workflows::watch::{DriftReport, Watched};

/// Below this, a p is not written with its digits.
const SMALLEST_P: f64 = 0.001;

/// Which days were compared, and by which model.
pub(super) fn sentence(look: &Look, report: &DriftReport) -> String {
    let values = [
        ("current", window(look, &report.windows.current)),
        ("reference", window(look, &report.windows.reference)),
        ("model", model(look, &report.model)),
    ];
    let sentence = at_start(&look.language.fill_owned("drift_screen.sentence", &values));
    let Some(log) = &report.predictions else { return sentence };
    let facts = [
        ("n", look.language.integer(log.n)),
        ("m", look.language.integer(log.with_outcome)),
        ("versions", listed(look, &log.versions)),
    ];
    format!("{sentence} {}", look.language.fill_owned("drift_screen.log_facts", &facts))
}

/// The days and visits of a window, without what has to be known of it.
pub(super) fn window(look: &Look, facts: &WindowFacts) -> String {
    let style = DateStyle::usual(look.language);
    let values = [
        ("first", style.short(facts.first, look.language)),
        ("last", style.short(facts.last, look.language)),
        ("n", look.language.integer(facts.visits)),
        ("days", look.language.integer(facts.days)),
    ];
    look.language.fill_owned("drift.window", &values)
}

/// The model by its name for people.
pub(super) fn model(look: &Look, watched: &Watched) -> String {
    asked_words(look, &watched.name, watched.family.as_deref())
}

/// A p as people read it: no row of zeros.
pub(super) fn p(look: &Look, p: Option<f64>) -> String {
    match p {
        Some(p) if p < SMALLEST_P => {
            look.fill("drift_screen.p_below", &[("p", &look.language.decimal(SMALLEST_P, 3))])
        }
        p => look.language.decimal(p.unwrap_or(f64::NAN), 3),
    }
}

/// A number that may not be known.
pub(super) fn number(look: &Look, value: Option<f64>, places: usize) -> String {
    look.language.decimal(value.unwrap_or(f64::NAN), places)
}

/// A share above or below nothing: "+13 %".
pub(super) fn signed_percent(look: &Look, share: f64) -> String {
    let sign = if share > 0.0 { "+" } else { "" };
    format!("{sign}{}", look.language.percent(share, 0))
}

/// The unit of a column; none where nobody said it.
pub(super) fn unit(column: &FeatureDrift) -> Option<Unit> {
    match (column.source, column.feature.as_str()) {
        (Source::Feature, id) => feature(id).map(|feature| feature.unit),
        (Source::Input, "people_ahead") => Some(Unit::People),
        (Source::Input, "open_counters") => Some(Unit::Counters),
        (Source::Input, "booked_for") => Some(Unit::SignedMinutes),
        (Source::Input, _) => None,
    }
}
