//! Strips: what stands in the cell of a table, one below the other over a common axis, which is the last row.
//!
//! The rows of the table are the words of the picture, so that names wrap, numbers meet, and who does not see it reads the same.

use crate::base::language::Language;
use crate::base::scale::Scale;
use crate::workflows::report::document::Ink;

use super::frame::round_labels;
use super::{Anchor, Svg, width_of};

/// A column of strips.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strip {
    scale: Scale,
    /// Where nothing differs.
    neutral: Option<f64>,
    /// What must not be reached.
    bound: Option<f64>,
    width: f64,
    height: f64,
}

/// A sign in a strip of bars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StripMark {
    /// The value at which it stands.
    pub value: f64,
    /// Its colour.
    pub ink: Ink,
}

const WIDTH: f64 = 260.0;
const HEIGHT: f64 = 22.0;
const AXIS_HEIGHT: f64 = 24.0;
/// Room beside the outermost values, pixels.
const INSET: f64 = 16.0;

impl Strip {
    /// Over all of `values`, with what matters; `None` where there are none.
    #[must_use]
    pub fn over(values: impl IntoIterator<Item = f64>, neutral: Option<f64>, bound: Option<f64>) -> Option<Strip> {
        let scale = Scale::of(values.into_iter().chain(neutral).chain(bound))?;
        let scale =
            if scale.max > scale.min { scale } else { Scale { min: scale.min - 0.5, max: scale.max + 0.5 } };
        Some(Strip { scale, neutral, bound, width: WIDTH, height: HEIGHT })
    }

    /// The same, as wide and as high as a picture that stands alone.
    #[must_use]
    pub fn alone(self) -> Strip {
        Strip { width: 480.0, height: 40.0, ..self }
    }

    fn across(&self, value: f64) -> f64 {
        INSET + self.scale.part(value).clamp(0.0, 1.0) * (self.width - 2.0 * INSET)
    }

    /// What must not be reached, and where nothing differs.
    fn ground(&self, svg: &mut Svg) {
        if let Some(bound) = self.bound {
            let x = self.across(bound);
            svg.rect("beyond", Ink::Fail, (x, 0.0), (self.width - x, self.height), "");
            svg.line("guide", Ink::Fail, (x, 0.0), (x, self.height));
        }
        if let Some(neutral) = self.neutral {
            let x = self.across(neutral);
            svg.line("neutral", Ink::Plain, (x, 0.0), (x, self.height));
        }
    }

    fn empty(&self) -> Svg {
        let mut svg = Svg::new(self.width, self.height);
        self.ground(&mut svg);
        svg
    }

    /// An estimate with its interval.
    #[must_use]
    pub fn interval(&self, estimate: f64, (low, high): (f64, f64), ink: Ink) -> Svg {
        let mut svg = self.empty();
        let middle = self.height / 2.0;
        svg.line("interval", ink, (self.across(low), middle), (self.across(high), middle));
        for end in [low, high] {
            let x = self.across(end);
            svg.line("interval", ink, (x, middle - 4.0), (x, middle + 4.0));
        }
        svg.disc("dot", ink, (self.across(estimate), middle), 4.5);
        svg
    }

    /// A bar from zero, with signs at values that it is to be held against.
    #[must_use]
    pub fn bar(&self, value: f64, ink: Ink, marks: &[StripMark]) -> Svg {
        let mut svg = self.empty();
        let (zero, end) = (self.across(0.0), self.across(value));
        svg.rect("bar", ink, (zero.min(end), self.height / 2.0 - 5.0), ((end - zero).abs().max(1.0), 10.0), "");
        for mark in marks {
            let x = self.across(mark.value);
            svg.line("mark", mark.ink, (x, 3.0), (x, self.height - 3.0));
        }
        svg
    }

    /// The numbers below the strips.
    #[must_use]
    pub fn axis(&self, language: Language) -> Svg {
        let mut svg = Svg::new(self.width, AXIS_HEIGHT);
        let count = if self.width > WIDTH { 9 } else { 4 };
        let mut free_from = 0.0;
        for (value, words) in round_labels(language, self.scale, count) {
            let (x, half) = (self.across(value), width_of(&words) / 2.0);
            svg.line("tick", Ink::Plain, (x, 0.0), (x, 4.0));
            if x - half >= free_from && x + half <= self.width {
                svg.text("label", language, (x, 14.0), Anchor::Middle, &words);
                free_from = x + half + 6.0;
            }
        }
        svg
    }

    /// An estimate with its interval and the numbers below it, in one picture.
    #[must_use]
    pub fn with_axis(&self, strip: &Svg, language: Language, bound: &str) -> Svg {
        let axis = self.axis(language);
        let above = if bound.is_empty() { 0.0 } else { 20.0 };
        let mut svg = Svg::new(self.width, above + self.height + AXIS_HEIGHT);
        if let Some(value) = self.bound.filter(|_| !bound.is_empty()) {
            // On the side on which there is more room.
            let x = self.across(value);
            let anchor = if x > self.width / 2.0 { Anchor::Right } else { Anchor::Left };
            svg.text("label", language, (x, 8.0), anchor, bound);
        }
        for (part, y) in [(strip, above), (&axis, above + self.height)] {
            svg.body.raw("<g transform=\"translate(0 ").pixels(y).raw(")\">").push(&part.body).raw("</g>");
        }
        svg
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_lies_on_its_axis() {
        let strip = Strip::over([0.5, 1.5], Some(1.0), Some(1.05)).unwrap();
        // Half of the range is the middle of the width.
        assert_eq!(strip.across(1.0), WIDTH / 2.0);
        let drawn = strip.interval(0.75, (0.5, 1.0), Ink::Candidate);
        let text = drawn.element(Language::English, "").as_str().to_owned();
        assert!(text.contains("class=\"dot i-candidate\" cx=\"73\""), "{text}");
        assert!(text.contains("class=\"beyond i-fail\""));
        let axis = strip.axis(Language::Persian).element(Language::Persian, "").as_str().to_owned();
        assert!(axis.contains("۱٫۰"), "{axis}");
        assert_eq!(Strip::over([f64::NAN], None, None), None);
    }
}
