//! What is measured or chosen along one axis: numbers evenly or by their logarithms, or words.

use super::Value;
use super::axis::Scale;
use crate::workbench::theme::Look;

/// Numbers of which the largest is this many times the smallest are spread by their logarithms.
const WIDE: f64 = 40.0;

/// An axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dimension {
    /// Its name, with its unit.
    pub name: String,
    /// The words that stand along it, where it holds words: a value is the place of one of them. Empty: numbers.
    pub words: Vec<String>,
}

/// Where values of a dimension stand between its ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    ends: Scale,
    by_logarithm: bool,
}

impl Dimension {
    /// An axis of numbers.
    #[must_use]
    pub fn numbers(name: impl Into<String>) -> Dimension {
        Dimension { name: name.into(), words: Vec::new() }
    }

    /// How `values` are spread along it; `None` where there is none.
    pub(super) fn spread(&self, values: impl Iterator<Item = f64>) -> Option<Spread> {
        let ends = Scale::of(values)?;
        if !self.words.is_empty() {
            #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
            let last = self.words.len().saturating_sub(1).max(1) as f64;
            return Some(Spread { ends: Scale { min: 0.0, max: last }, by_logarithm: false });
        }
        let by_logarithm = ends.min > 0.0 && ends.max / ends.min > WIDE;
        Some(Spread { ends, by_logarithm })
    }

    /// A value in words; a number with so many decimals.
    pub(super) fn shown(&self, look: &Look, value: f64, places: usize) -> String {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the place of one of its words"
        )]
        let word = self.words.get(value.max(0.0) as usize);
        word.cloned().unwrap_or_else(|| look.language.decimal(value, places))
    }
}

impl Dimension {
    /// A value as it stands in a table.
    pub(super) fn value(&self, look: &Look, spread: Spread, value: f64) -> Value {
        let places = spread.decimals(value);
        if self.words.is_empty() {
            Value::Number(value, places)
        } else {
            Value::word(self.shown(look, value, places))
        }
    }
}

impl Spread {
    /// From 0 at the lower end to 1 at the upper one; in the middle where all are the same.
    #[expect(clippy::cast_possible_truncation, reason = "a place on a screen")]
    pub(super) fn part(self, value: f64) -> f32 {
        let of = |value: f64| if self.by_logarithm { value.max(f64::MIN_POSITIVE).ln() } else { value };
        let (least, most) = (of(self.ends.min), of(self.ends.max));
        if most > least { ((of(value) - least) / (most - least)).clamp(0.0, 1.0) as f32 } else { 0.5 }
    }

    /// Values worth a label, from the lower end to the upper one: the ends, and the middle of the spread.
    pub(super) fn labels(self) -> Vec<f64> {
        let Scale { min, max } = self.ends;
        if max <= min {
            return vec![min];
        }
        let middle = if self.by_logarithm { (min * max).sqrt() } else { f64::midpoint(min, max) };
        vec![min, middle, max]
    }

    /// Decimals that tell `value` from others along it: where the range is narrow, two digits of the range.
    pub(super) fn decimals(self, value: f64) -> usize {
        let (own, range) = (decimals(value), self.ends.max - self.ends.min);
        if self.by_logarithm || range <= 0.0 || !range.is_finite() {
            return own;
        }
        own.max(written_decimals(value.abs(), places_of(range, 2)))
    }

    /// As [`Spread::decimals`], for a label among the others: all have as many, unless they stand by their logarithms.
    pub(super) fn label_decimals(self, value: f64) -> usize {
        if self.by_logarithm {
            return self.decimals(value);
        }
        self.labels().into_iter().map(|label| self.decimals(label)).max().unwrap_or(0)
    }
}

/// Decimals that show about three digits of `value`, and none that are zero at the end.
pub(super) fn decimals(value: f64) -> usize {
    let size = value.abs();
    if size == 0.0 || !size.is_finite() {
        return 0;
    }
    written_decimals(size, places_of(size, 3))
}

/// Decimals that show this many digits of a positive `size`.
fn places_of(size: f64, digits: i32) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "the size of a number is within ±308")]
    let whole = size.log10().floor() as i32;
    usize::try_from((digits - 1 - whole).clamp(0, 6)).unwrap_or(0)
}

/// Of `places` decimals of `size`, those up to the last that is not zero.
fn written_decimals(size: f64, places: usize) -> usize {
    let written = format!("{size:.places$}");
    let decimals = written.split_once('.').map_or("", |(_, decimals)| decimals);
    decimals.trim_end_matches('0').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_ranges_are_spread_by_logarithm_and_words_evenly() {
        let numbers = Dimension::numbers("penalty");
        let wide = numbers.spread([0.001, 0.1, 10.0].into_iter()).unwrap();
        assert!((wide.part(0.1) - 0.5).abs() < 1e-6);
        let even = numbers.spread([0.0, 5.0, 100.0].into_iter()).unwrap();
        assert!((even.part(5.0) - 0.05).abs() < 1e-6);
        assert_eq!(numbers.spread([3.0, 3.0].into_iter()).map(|spread| spread.part(3.0)), Some(0.5));
        assert_eq!(numbers.spread([f64::NAN].into_iter()), None);
        let words = Dimension { name: "loss".to_owned(), words: ["a", "b", "c"].map(str::to_owned).to_vec() };
        assert_eq!(words.spread([0.0, 1.0].into_iter()).map(|spread| spread.part(1.0)), Some(0.5));
    }

    #[test]
    fn numbers_are_written_with_the_digits_that_matter() {
        for (value, places) in [(0.0, 0), (63.0, 0), (0.001, 3), (0.05, 2), (6.754, 2), (12_345.6, 0), (0.5, 1)] {
            assert_eq!(decimals(value), places, "{value}");
        }
    }

    #[test]
    fn labels_differ_where_values_differ_in_the_fourth_digit_only() {
        let axis = Dimension::numbers("error");
        for (ends, labels) in [
            ([6.7541, 6.7549], vec!["6.7541", "6.7545", "6.7549"]),
            ([6.3, 6.5], vec!["6.3", "6.4", "6.5"]),
            ([1000.2, 1000.4], vec!["1000.2", "1000.3", "1000.4"]),
            ([31.0, 63.0], vec!["31", "47", "63"]),
            ([0.001, 10.0], vec!["0.001", "0.1", "10"]),
            ([5.0, 5.0], vec!["5"]),
        ] {
            let spread = axis.spread(ends.into_iter()).unwrap();
            let written = |value: f64| format!("{value:.*}", spread.label_decimals(value));
            assert_eq!(spread.labels().into_iter().map(written).collect::<Vec<_>>(), labels);
        }
    }
}
