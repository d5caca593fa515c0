//! Bars over the bins of a value: one series, whose bars may differ in colour, or two over each other.

use crate::base::language::Language;
use crate::base::scale::Scale;
use crate::workflows::report::document::Ink;

use super::Svg;
use super::frame::{Axes, Frame, round_labels};

/// A histogram.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// The edges of the bins, one more than there are bins; numbers of bins where the bins have names.
    pub edges: Vec<f64>,
    /// The names of the bins; empty where their edges say what they are.
    pub names: Vec<String>,
    /// What is drawn over them.
    pub series: Vec<Bars>,
    /// What is read where one points at a bin.
    pub titles: Vec<String>,
    /// What the horizontal axis is, with its unit.
    pub x_unit: String,
    /// What the vertical axis is.
    pub y_unit: String,
    /// Whether the vertical axis counts shares.
    pub is_share: bool,
}

/// A series of bars.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bars {
    /// A height for every bin.
    pub heights: Vec<f64>,
    /// A colour for every bin, or one for all.
    pub inks: Vec<Ink>,
    /// Whether only its outline is drawn, over the others.
    pub is_outline: bool,
}

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 250.0;

impl Histogram {
    /// The picture; `None` where there is nothing to draw.
    #[must_use]
    pub fn draw(&self, language: Language) -> Option<Svg> {
        let x = Scale::of(self.edges.iter().copied()).filter(|x| x.max > x.min)?;
        let heights = self.series.iter().flat_map(|bars| bars.heights.iter().copied());
        let y = Scale::of(heights.chain([0.0]))?;
        let frame = Frame::new(WIDTH, HEIGHT, x, y);
        let mut svg = Svg::new(WIDTH, HEIGHT);
        let middles = self.edges.windows(2).map(|pair| f64::midpoint(pair[0], pair[1]));
        let labels = if self.names.is_empty() {
            round_labels(language, x, 7)
        } else {
            middles.zip(self.names.iter().cloned()).collect()
        };
        let axes = Axes { language, labels, x_unit: &self.x_unit, y_unit: &self.y_unit, is_share: self.is_share };
        frame.draw(&mut svg, &axes);
        for bars in &self.series {
            if bars.is_outline {
                self.outline(&mut svg, &frame, bars);
            } else {
                self.filled(&mut svg, &frame, bars);
            }
        }
        let (_, _, top, bottom) = frame.edges();
        for (pair, title) in self.edges.windows(2).zip(&self.titles) {
            let (from, to) = (frame.across(pair[0]), frame.across(pair[1]));
            svg.rect("pointed", Ink::Plain, (from, top), (to - from, bottom - top), title);
        }
        Some(svg)
    }

    fn filled(&self, svg: &mut Svg, frame: &Frame, bars: &Bars) {
        let (_, _, _, bottom) = frame.edges();
        for (index, (pair, height)) in self.edges.windows(2).zip(&bars.heights).enumerate() {
            let (from, to, top) = (frame.across(pair[0]), frame.across(pair[1]), frame.up(*height));
            let ink = bars.inks.get(index).or(bars.inks.first()).copied().unwrap_or_default();
            // A hair between the bars, where they are wide enough for one.
            let gap = if to - from > 4.0 { 1.0 } else { 0.0 };
            svg.rect("bar", ink, (from + gap / 2.0, top), (to - from - gap, bottom - top), "");
        }
    }

    fn outline(&self, svg: &mut Svg, frame: &Frame, bars: &Bars) {
        let (_, _, _, bottom) = frame.edges();
        let mut points = Vec::new();
        for (pair, height) in self.edges.windows(2).zip(&bars.heights) {
            let y = frame.up(*height);
            if points.is_empty() {
                points.push((frame.across(pair[0]), bottom));
            }
            points.extend([(frame.across(pair[0]), y), (frame.across(pair[1]), y)]);
        }
        points.extend(points.last().map(|(x, _)| (*x, bottom)));
        svg.path("outline", bars.inks.first().copied().unwrap_or_default(), &points, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bin_has_its_bar_and_its_read_out() {
        let histogram = Histogram {
            edges: vec![0.0, 1.0, 2.0],
            series: vec![
                Bars { heights: vec![3.0, 5.0], inks: vec![Ink::Reference], is_outline: false },
                Bars { heights: vec![4.0, 1.0], inks: vec![Ink::Shifted], is_outline: true },
            ],
            titles: vec!["one".to_owned(), "two".to_owned()],
            ..Histogram::default()
        };
        let text = histogram.draw(Language::English).unwrap().element(Language::English, "").as_str().to_owned();
        assert_eq!(text.matches("class=\"bar i-reference\"").count(), 2, "{text}");
        assert_eq!(text.matches("class=\"outline i-shifted\"").count(), 1);
        assert!(text.contains("<title>two</title>"));
        assert_eq!(Histogram::default().draw(Language::English), None);
        let one_edge = Histogram { edges: vec![1.0], ..Histogram::default() };
        assert_eq!(one_edge.draw(Language::English), None);
    }
}
