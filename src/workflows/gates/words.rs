//! What the gates say, in words: a figure in its unit and with as many digits as a person reads, and why a gate is not a pass.

use crate::analysis::evaluation::gates::{GATES, GateResult, Unit};
use crate::base::Verdict;
use crate::base::language::{Language, NO_VALUE, places_beside};
use crate::workflows::compare::level_words;

/// The name of a gate, what it says, the figure it rests on and why it is not a pass.
#[must_use]
pub fn gate_words(language: Language, gate: &GateResult) -> String {
    let mut said = language.text(&format!("gate.{}", gate.id)).to_owned();
    let more = [gate_value(language, gate), gate_reason(language, gate)];
    for (place, more) in more.into_iter().flatten().enumerate() {
        let key = if place == 0 { "gate_says" } else { "compare.sentences" };
        said = language.fill(key, &[("first", &said), ("second", &more)]);
    }
    said
}

/// The figure that a gate rests on, beside what it is held against.
#[must_use]
pub fn gate_value(language: Language, gate: &GateResult) -> Option<String> {
    let unit = GATES.iter().find(|of| of.id() == gate.id).map_or(Unit::Ratio, |of| of.unit());
    let (value, limit) = (gate.value?, gate.limit?);
    let values = [
        ("value", unit_words(language, unit, value, limit)),
        ("limit", unit_words(language, unit, limit, value)),
        ("n", language.integer(gate.n?)),
    ];
    Some(language.fill_owned(&format!("gate_value.{}", gate.id), &values))
}

/// Why a gate is not a pass, or passes for less than all.
#[must_use]
pub fn gate_reason(language: Language, gate: &GateResult) -> Option<String> {
    let reason = gate.reason.as_deref()?;
    let text = |name: &str| gate.figures.get(name).and_then(|value| value.as_str()).unwrap_or_default();
    let number = |name: &str| gate.figures.get(name).and_then(serde_json::Value::as_f64);
    let count = |name: &str| gate.figures.get(name).and_then(serde_json::Value::as_u64);
    let integer = |name: &str| count(name).map_or_else(|| NO_VALUE.to_owned(), |n| language.integer(n));
    let values = [
        ("dimension", language.text(&format!("slice.{}", text("dimension"))).to_owned()),
        ("level", level_words(language, text("dimension"), text("level"))),
        ("failure", text("failure").to_owned()),
        ("open", integer("open")),
        ("width", language.decimal(number("width").unwrap_or(f64::NAN), 1)),
        ("zero", language.percent(number("zero").unwrap_or(f64::NAN), 0)),
    ];
    let said = language.fill_owned(&format!("gate_reason.{reason}"), &values);
    if gate.verdict != Verdict::Inconclusive || count("days_needed").is_none() {
        return Some(said);
    }
    let days = language.fill("gate_days", &[("days", &integer("days_needed"))]);
    Some(language.fill("compare.sentences", &[("first", &said), ("second", &days)]))
}

/// A figure of a gate in its unit; `beside` is what it is held against, from which it must not look different only by rounding.
fn unit_words(language: Language, unit: Unit, value: f64, beside: f64) -> String {
    match unit {
        Unit::Ratio => language.decimal(value, places_beside(beside, &[value], 2)),
        Unit::Share => {
            let hundredths = 100.0 * value;
            let least = usize::from((hundredths - hundredths.round()).abs() > 1e-9);
            language.percent(value, places_beside(100.0 * beside, &[hundredths], least))
        }
        Unit::Count => language.decimal(value, 0),
        Unit::Milliseconds => language.fill("gate_unit.milliseconds", &[("value", &short_words(language, value))]),
        Unit::Difference => {
            language.fill("gate_unit.millionths", &[("value", &short_words(language, value * 1e6))])
        }
    }
}

/// Three digits at most, and no more than two of them behind the point.
fn short_words(language: Language, value: f64) -> String {
    const LEAST: f64 = 0.01;
    let places = match value.abs() {
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        size if size > 0.0 && size < LEAST => {
            return language.fill("gate_below", &[("value", &language.decimal(LEAST, 2))]);
        }
        _ => 2,
    };
    let exact = decimals(value).min(places);
    language.decimal(value, exact)
}

/// A number as it was set: every digit of it.
#[must_use]
pub fn exact_words(language: Language, value: f64) -> String {
    language.decimal(value, decimals(value))
}

/// How many digits stand behind the point of a number that is written in full.
fn decimals(value: f64) -> usize {
    value.to_string().split_once('.').map_or(0, |(_, digits)| digits.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_a_unit_and_few_digits() {
        let words = |unit, value, limit| unit_words(Language::English, unit, value, limit);
        assert_eq!(words(Unit::Milliseconds, 0.009_975, 500.0), "less than 0.01 ms");
        assert_eq!(words(Unit::Milliseconds, 0.123_456, 500.0), "0.12 ms");
        assert_eq!(words(Unit::Milliseconds, 12.345, 500.0), "12.3 ms");
        assert_eq!(words(Unit::Milliseconds, 500.0, 0.12), "500 ms");
        assert_eq!(words(Unit::Difference, 0.0, 1e-6), "0 per million");
        assert_eq!(words(Unit::Difference, 1e-6, 0.0), "1 per million");
        assert_eq!(words(Unit::Difference, 3.217e-5, 1e-4), "32.2 per million");
        assert_eq!(words(Unit::Difference, 1e-10, 1e-6), "less than 0.01 per million");
        assert_eq!(words(Unit::Ratio, 1.0, 1.05), "1.00");
        // What is above its limit never looks like it.
        assert_eq!(words(Unit::Ratio, 1.050_4, 1.05), "1.0504");
        assert_eq!(words(Unit::Share, 0.884_12, 0.75), "88.4 %");
        assert_eq!(words(Unit::Count, 3.0, 0.0), "3");
        assert_eq!(exact_words(Language::English, 0.000_001), "0.000001");
        assert_eq!(exact_words(Language::Persian, 1.05), "۱٫۰۵");
    }
}
