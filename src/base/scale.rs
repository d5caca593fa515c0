//! The axis of a picture: from values to places along it, and the round numbers beside it.

/// The values from one end of an axis to the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The value at its beginning.
    pub min: f64,
    /// The value at its end.
    pub max: f64,
}

impl Scale {
    /// The range of `values`; `None` where none of them is finite.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Scale> {
        let mut scale: Option<Scale> = None;
        for value in values.into_iter().filter(|value| value.is_finite()) {
            scale = Some(scale.map_or(Scale { min: value, max: value }, |scale| Scale {
                min: scale.min.min(value),
                max: scale.max.max(value),
            }));
        }
        scale
    }

    /// Widened to round numbers, with the step between them: about `count` steps.
    #[must_use]
    pub fn rounded(self, count: usize) -> (Scale, f64) {
        let span = if self.max > self.min { self.max - self.min } else { self.max.abs().max(1.0) };
        let step = round_step(span, count);
        let max = (self.max / step).ceil() * step;
        let min = (self.min / step).floor() * step;
        (Scale { min, max: if max > min { max } else { min + step } }, step)
    }

    /// Where `value` lies: 0 at the beginning, 1 at the end, a half where there is no range.
    #[must_use]
    pub fn part(self, value: f64) -> f64 {
        let span = self.max - self.min;
        if span > 0.0 { (value - self.min) / span } else { 0.5 }
    }

    /// Multiples of `step` inside.
    pub fn steps(self, step: f64) -> impl Iterator<Item = f64> {
        let first = (self.min / step - 1e-9).ceil();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most a few dozen steps")]
        let count = (((self.max - self.min) / step + 1e-9).floor() as usize).min(200);
        (0..=count).map(move |index| {
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let value = (first + index as f64) * step;
            if value.abs() < step * 1e-9 { 0.0 } else { value }
        })
    }
}

/// 1, 2, 2.5 or 5 times a power of ten, so that `span` holds about `count` of it.
fn round_step(span: f64, count: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "small")]
    let raw = span / count.max(1) as f64;
    let magnitude = 10f64.powf(raw.log10().floor());
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|factor| factor * magnitude >= raw * 0.999);
    factor.unwrap_or(10.0) * magnitude
}

/// Decimals needed to write multiples of `step`.
#[must_use]
pub fn places(step: f64) -> usize {
    (0..6)
        .find(|&places| {
            let scaled = step * 10f64.powi(places);
            (scaled - scaled.round()).abs() < 1e-6
        })
        .map_or(6, |places| usize::try_from(places).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_cover_the_values() {
        let (scale, step) = Scale { min: 0.0, max: 31.0 }.rounded(4);
        assert_eq!((scale, step), (Scale { min: 0.0, max: 40.0 }, 10.0));
        assert_eq!(scale.steps(step).collect::<Vec<_>>(), [0.0, 10.0, 20.0, 30.0, 40.0]);
        let (scale, step) = Scale { min: 0.79, max: 1.39 }.rounded(6);
        assert_eq!(step, 0.1);
        assert!(scale.min <= 0.79 && scale.max >= 1.39);
        assert_eq!((places(0.1), places(2.5), places(20.0)), (1, 1, 0));
    }

    #[test]
    fn one_value_alone_still_has_a_range_and_nothing_has_none() {
        let (scale, step) = Scale { min: 5.0, max: 5.0 }.rounded(4);
        assert!(scale.max > scale.min && step > 0.0);
        assert_eq!(Scale::of([f64::NAN]), None);
        assert_eq!(Scale { min: 0.0, max: 10.0 }.part(2.5), 0.25);
        assert_eq!(Scale { min: 5.0, max: 5.0 }.part(5.0), 0.5);
    }
}
