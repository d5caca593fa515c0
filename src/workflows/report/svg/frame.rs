//! The frame of a picture with two axes: grid lines, round numbers, units.

use crate::base::language::Language;
use crate::base::scale::{Scale, places};
use crate::workflows::report::document::Ink;

use super::{Anchor, Svg, width_of};

/// Room around what is drawn, pixels.
const LEFT: f64 = 44.0;
const RIGHT: f64 = 12.0;
const ABOVE: f64 = 30.0;
const BELOW: f64 = 44.0;

/// Where values lie in a picture.
pub(super) struct Frame {
    pub x: Scale,
    pub y: Scale,
    y_step: f64,
    width: f64,
    height: f64,
}

/// What stands along the axes.
pub(super) struct Axes<'a> {
    pub language: Language,
    /// Places and words along the horizontal axis.
    pub labels: Vec<(f64, String)>,
    /// What the horizontal axis is, with its unit.
    pub x_unit: &'a str,
    /// What the vertical axis is, with its unit.
    pub y_unit: &'a str,
    /// Whether the vertical axis counts shares.
    pub is_share: bool,
}

impl Frame {
    /// A frame in a picture of this size, whose vertical axis ends at round numbers.
    pub fn new(width: f64, height: f64, x: Scale, y: Scale) -> Frame {
        let (y, y_step) = y.rounded(4);
        Frame { x, y, y_step, width, height }
    }

    /// Where the value `x` lies.
    pub fn across(&self, x: f64) -> f64 {
        LEFT + self.x.part(x) * (self.width - LEFT - RIGHT)
    }

    /// Where the value `y` lies.
    pub fn up(&self, y: f64) -> f64 {
        self.height - BELOW - self.y.part(y) * (self.height - ABOVE - BELOW)
    }

    /// Where both lie.
    pub fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.across(x), self.up(y))
    }

    /// The edges of what is drawn: left, right, top, bottom.
    pub fn edges(&self) -> (f64, f64, f64, f64) {
        (LEFT, self.width - RIGHT, ABOVE, self.height - BELOW)
    }

    /// Grid, numbers, units.
    pub fn draw(&self, svg: &mut Svg, axes: &Axes<'_>) {
        let language = axes.language;
        let (left, right, _, bottom) = self.edges();
        for value in self.y.steps(self.y_step) {
            let y = self.up(value);
            svg.line("grid", Ink::Plain, (left, y), (right, y));
            let words = if axes.is_share {
                language.percent(value, places(self.y_step * 100.0))
            } else {
                language.decimal(value, places(self.y_step))
            };
            svg.text("label", language, (left - 8.0, y), Anchor::Right, &words);
        }
        // Units stand where reading begins.
        let (x, anchor) = if language.is_right_to_left() { (right, Anchor::Right) } else { (0.0, Anchor::Left) };
        svg.text("unit", language, (x, 8.0), anchor, axes.y_unit);
        svg.text("unit", language, (f64::midpoint(left, right), self.height - 9.0), Anchor::Middle, axes.x_unit);
        let mut free_from = 0.0;
        for (value, words) in &axes.labels {
            let (x, half) = (self.across(*value), width_of(words) / 2.0);
            let x = x.min(self.width - half);
            if x - half >= free_from {
                svg.text("label", language, (x, bottom + 18.0), Anchor::Middle, words);
                free_from = x + half + 10.0;
            }
        }
    }
}

/// Round numbers along `scale`, about `count` of them.
pub(super) fn round_labels(language: Language, scale: Scale, count: usize) -> Vec<(f64, String)> {
    let (_, step) = scale.rounded(count);
    scale.steps(step).map(|value| (value, language.decimal(value, places(step)))).collect()
}
