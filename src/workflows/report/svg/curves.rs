//! Curves: over days, over tenths, over a value; with bands where there is an interval.

use crate::base::language::Language;
use crate::base::scale::Scale;
use crate::workflows::report::document::Ink;

use super::frame::{Axes, Frame, round_labels};
use super::{Anchor, Svg};

/// Curves over one axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curves {
    /// The places along the horizontal axis, ascending.
    pub places: Vec<Place>,
    /// The curves.
    pub curves: Vec<Curve>,
    /// Values that matter.
    pub guides: Vec<Guide>,
    /// What the horizontal axis is, with its unit.
    pub x_unit: String,
    /// What the vertical axis is, with its unit.
    pub y_unit: String,
    /// Whether the horizontal axis has round numbers instead of a word for each place.
    pub is_numeric: bool,
    /// Whether the vertical axis counts shares.
    pub is_share: bool,
}

/// A place along the horizontal axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// Where it lies, in any unit.
    pub at: f64,
    /// Its label.
    pub label: String,
    /// What is read where one points at it; nothing where that is not wanted.
    pub title: String,
}

/// A curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// Its colour.
    pub ink: Ink,
    /// A value for every place; `None` leaves a gap.
    pub values: Vec<Option<f64>>,
    /// Lower and upper ends for every place; empty where there are none.
    pub bounds: Vec<Option<(f64, f64)>>,
    /// Whether its values are marked by points: not where there are hundreds.
    pub has_points: bool,
}

/// A value that matters, across the whole picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Guide {
    /// The value.
    pub value: f64,
    /// What it means.
    pub label: String,
    /// Its colour.
    pub ink: Ink,
}

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 250.0;
/// Room beside the outermost places, as a share of their range.
const MARGIN: f64 = 0.02;

impl Curves {
    /// The picture; `None` where there is nothing to draw.
    #[must_use]
    pub fn draw(&self, language: Language) -> Option<Svg> {
        let x = Scale::of(self.places.iter().map(|place| place.at))?;
        let margin = if x.max > x.min { (x.max - x.min) * MARGIN } else { 0.5 };
        let values = self.curves.iter().flat_map(|curve| {
            let bounds = curve.bounds.iter().flatten().flat_map(|(low, high)| [*low, *high]);
            curve.values.iter().flatten().copied().chain(bounds)
        });
        // From zero, so that heights can be held against each other.
        let y = Scale::of(values.chain(self.guides.iter().map(|guide| guide.value)).chain([0.0]))?;
        let frame = Frame::new(WIDTH, HEIGHT, Scale { min: x.min - margin, max: x.max + margin }, y);
        let mut svg = Svg::new(WIDTH, HEIGHT);
        let labels = if self.is_numeric {
            round_labels(language, frame.x, 6)
        } else {
            self.places.iter().map(|place| (place.at, place.label.clone())).collect()
        };
        let axes = Axes { language, labels, x_unit: &self.x_unit, y_unit: &self.y_unit, is_share: self.is_share };
        frame.draw(&mut svg, &axes);
        for curve in &self.curves {
            self.band(&mut svg, &frame, curve);
        }
        let (left, right, top, bottom) = frame.edges();
        for guide in &self.guides {
            let y = frame.up(guide.value);
            svg.line("guide", guide.ink, (left, y), (right, y));
            let (x, anchor) = if language.is_right_to_left() {
                (left + 4.0, Anchor::Left)
            } else {
                (right - 4.0, Anchor::Right)
            };
            svg.text("label", language, (x, y - 9.0), anchor, &guide.label);
        }
        for curve in &self.curves {
            self.curve(&mut svg, &frame, curve);
        }
        for (index, place) in self.places.iter().enumerate().filter(|(_, place)| !place.title.is_empty()) {
            let edge = |other: Option<&Place>, end: f64| {
                other.map_or(end, |other| frame.across(f64::midpoint(place.at, other.at)))
            };
            let from = edge(index.checked_sub(1).and_then(|before| self.places.get(before)), left);
            let to = edge(self.places.get(index + 1), right);
            svg.rect("pointed", Ink::Plain, (from, top), (to - from, bottom - top), &place.title);
        }
        Some(svg)
    }

    /// The places with values, as stretches without gaps.
    fn stretches<'c, T: Copy + 'c>(&'c self, values: &'c [Option<T>]) -> Vec<Vec<(f64, T)>> {
        let found: Vec<Option<(f64, T)>> =
            self.places.iter().zip(values).map(|(place, value)| value.map(|value| (place.at, value))).collect();
        let stretches = found.split(Option::is_none).filter(|stretch| !stretch.is_empty());
        stretches.map(|stretch| stretch.iter().flatten().copied().collect()).collect()
    }

    fn band(&self, svg: &mut Svg, frame: &Frame, curve: &Curve) {
        for stretch in self.stretches(&curve.bounds) {
            let low = stretch.iter().map(|(x, (low, _))| frame.at(*x, *low));
            let high = stretch.iter().rev().map(|(x, (_, high))| frame.at(*x, *high));
            svg.path("band", curve.ink, &low.chain(high).collect::<Vec<_>>(), true);
        }
    }

    fn curve(&self, svg: &mut Svg, frame: &Frame, curve: &Curve) {
        for stretch in self.stretches(&curve.values) {
            let points: Vec<(f64, f64)> = stretch.iter().map(|(x, y)| frame.at(*x, *y)).collect();
            svg.path("curve", curve.ink, &points, false);
            // One point alone would not be seen otherwise.
            if curve.has_points || points.len() == 1 {
                points.iter().for_each(|point| svg.disc("dot", curve.ink, *point, 3.0));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(values: &[Option<f64>]) -> Curves {
        let place = |at: usize| Place { at: at as f64, label: format!("d{at}"), title: format!("<{at}>") };
        Curves {
            places: (0..values.len()).map(place).collect(),
            curves: vec![Curve { values: values.to_vec(), has_points: true, ..Curve::default() }],
            ..Curves::default()
        }
    }

    #[test]
    fn a_gap_divides_a_curve_and_nothing_draws_nothing() {
        let svg = curve(&[Some(1.0), Some(2.0), None, Some(3.0)]).draw(Language::English).unwrap();
        let text = svg.element(Language::English, "").as_str().to_owned();
        assert_eq!(text.matches("class=\"curve\"").count(), 2, "{text}");
        assert_eq!(text.matches("class=\"dot\"").count(), 3);
        assert!(text.contains("<title>&lt;3&gt;</title>"));
        assert_eq!(Curves::default().draw(Language::English), None);
    }

    #[test]
    fn values_that_are_no_numbers_leave_a_picture_of_numbers() {
        let svg = curve(&[Some(f64::NAN), Some(f64::INFINITY), Some(1.0)]).draw(Language::Persian).unwrap();
        let text = svg.element(Language::Persian, "").as_str().to_owned();
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        assert!(text.contains("\u{2067}۱"), "numbers of the language: {text}");
    }
}
