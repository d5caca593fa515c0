//! The figures by which a model is judged, in the order in which every table shows them.

use crate::analysis::evaluation::Errors;
use crate::workbench::theme::Look;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Minutes,
    Share,
}

/// One figure of [`Errors`].
pub(super) struct Metric {
    key: &'static str,
    value: fn(&Errors) -> f64,
    unit: Unit,
    has_interval: bool,
}

const fn minutes(key: &'static str, value: fn(&Errors) -> f64) -> Metric {
    Metric { key, value, unit: Unit::Minutes, has_interval: false }
}

const fn share(key: &'static str, value: fn(&Errors) -> f64) -> Metric {
    Metric { key, value, unit: Unit::Share, has_interval: false }
}

/// All of them; the mean absolute error, which decides, comes first.
pub(super) const METRICS: [Metric; 7] = [
    Metric { has_interval: true, ..minutes("metric.mae", |errors| errors.mae) },
    minutes("metric.median", |errors| errors.median_absolute_error),
    minutes("metric.p90", |errors| errors.p90_absolute_error),
    minutes("metric.rmse", |errors| errors.rmse),
    minutes("metric.bias", |errors| errors.bias),
    share("metric.within_20", |errors| errors.within_20),
    share("metric.too_low", |errors| errors.too_low),
];

impl Metric {
    /// Its name with its unit.
    pub fn name<'a>(&self, look: &'a Look) -> &'a str {
        look.text(self.key)
    }

    /// Its value; a dash where there is none.
    pub fn words(&self, look: &Look, errors: Option<&Errors>) -> String {
        let value = errors.map_or(f64::NAN, self.value);
        match self.unit {
            Unit::Minutes => look.language.decimal(value, 2),
            Unit::Share => look.language.percent(value, 1),
        }
    }

    /// Its value, with its 95 % interval where it has one.
    pub fn with_interval(&self, look: &Look, errors: Option<&Errors>) -> String {
        let ends = errors.filter(|_| self.has_interval).and_then(|errors| errors.mae_low.zip(errors.mae_high));
        let words = self.words(look, errors);
        ends.map_or(words.clone(), |(low, high)| interval_words(look, &words, low, high, 2))
    }
}

/// "8.1 (7.8 to 8.5)".
pub(super) fn interval_words(look: &Look, value: &str, low: f64, high: f64, places: usize) -> String {
    let end = |value| look.language.decimal(value, places);
    look.fill("chart.with_bounds", &[("value", value), ("low", &end(low)), ("high", &end(high))])
}
