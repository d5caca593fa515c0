//! A small writer of SVG, and the pictures of reports: curves over time, histograms, intervals and bars in the cells of tables.
//!
//! Colours are the classes of [`super::style`], so that a picture follows the theme of its page. As in the window, values grow
//! to the right in both languages, and only words change their side. The invariant: a text is escaped, and a number of a
//! picture is finite.

mod curves;
mod frame;
mod histogram;
mod strip;

pub use curves::{Curve, Curves, Guide, Place};
pub use histogram::{Bars, Histogram};
pub use strip::{Strip, StripMark};

use crate::base::language::{Language, with_marks};

use super::document::Ink;
use super::markup::Markup;

/// A finished picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Svg {
    /// Width and height of its own, pixels.
    size: (f64, f64),
    body: Markup,
}

/// Which point of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Anchor {
    Left,
    Middle,
    Right,
}

/// Isolates what reads from the right in a picture, whose own direction is from the left.
const RIGHT_TO_LEFT_ISOLATE: char = '\u{2067}';
const POP_ISOLATE: char = '\u{2069}';

impl Svg {
    /// Of this size, empty.
    fn new(width: f64, height: f64) -> Svg {
        Svg { size: (width, height), body: Markup::new() }
    }

    /// As an element of the page: an image with a name, or decoration where there is none.
    #[must_use]
    pub fn element(&self, language: Language, alternative: &str) -> Markup {
        let mut out = Markup::new();
        let (width, height) = self.size;
        out.raw("<svg viewBox=\"0 0 ").pixels(width).raw(" ").pixels(height);
        out.raw("\" width=\"").pixels(width).raw("\" height=\"").pixels(height).raw("\"");
        if alternative.is_empty() {
            out.raw(" aria-hidden=\"true\">");
        } else {
            out.raw(" role=\"img\" aria-label=\"").words(language, alternative).raw("\">");
        }
        out.push(&self.body).raw("</svg>");
        out
    }

    /// A straight line.
    fn line(&mut self, class: &'static str, ink: Ink, from: (f64, f64), to: (f64, f64)) {
        self.begin("line", class, ink);
        for (name, value) in [(" x1=\"", from.0), ("\" y1=\"", from.1), ("\" x2=\"", to.0), ("\" y2=\"", to.1)] {
            self.body.raw(name).pixels(value);
        }
        self.body.raw("\"/>");
    }

    /// A rectangle, with a read-out where there is one.
    fn rect(&mut self, class: &'static str, ink: Ink, (left, top): (f64, f64), size: (f64, f64), title: &str) {
        self.begin("rect", class, ink);
        let (width, height) = (size.0.max(0.0), size.1.max(0.0));
        for (name, value) in [(" x=\"", left), ("\" y=\"", top), ("\" width=\"", width), ("\" height=\"", height)]
        {
            self.body.raw(name).pixels(value);
        }
        self.body.raw("\"");
        self.end("rect", title);
    }

    /// A disc.
    fn disc(&mut self, class: &'static str, ink: Ink, (x, y): (f64, f64), radius: f64) {
        self.begin("circle", class, ink);
        self.body.raw(" cx=\"").pixels(x).raw("\" cy=\"").pixels(y).raw("\" r=\"").pixels(radius).raw("\"/>");
    }

    /// A line through points, or an area between them.
    fn path(&mut self, class: &'static str, ink: Ink, points: &[(f64, f64)], is_area: bool) {
        if points.is_empty() {
            return;
        }
        self.begin("path", class, ink);
        self.body.raw(" d=\"");
        for (index, (x, y)) in points.iter().enumerate() {
            self.body.raw(if index == 0 { "M" } else { "L" }).pixels(*x).raw(" ").pixels(*y);
        }
        self.body.raw(if is_area { "Z\"/>" } else { "\"/>" });
    }

    /// A text of `language`, centred on the height `y`.
    fn text(&mut self, class: &'static str, language: Language, (x, y): (f64, f64), anchor: Anchor, text: &str) {
        self.begin("text", class, Ink::Plain);
        self.body.raw(" x=\"").pixels(x).raw("\" y=\"").pixels(y + 4.0);
        self.body.raw(match anchor {
            Anchor::Left => "\">",
            Anchor::Middle => "\" text-anchor=\"middle\">",
            Anchor::Right => "\" text-anchor=\"end\">",
        });
        if language.is_right_to_left() {
            self.body.text(&format!("{RIGHT_TO_LEFT_ISOLATE}{}{POP_ISOLATE}", with_marks(text)));
        } else {
            self.body.text(text);
        }
        self.body.raw("</text>");
    }

    fn begin(&mut self, name: &'static str, class: &'static str, ink: Ink) {
        self.body.raw("<").raw(name).raw(" class=\"").raw(class);
        if ink != Ink::Plain {
            self.body.raw(" i-").raw(ink.id());
        }
        self.body.raw("\"");
    }

    fn end(&mut self, name: &'static str, title: &str) {
        if title.is_empty() {
            self.body.raw("/>");
        } else {
            self.body.raw("><title>").text(title).raw("</title>").close(name);
        }
    }
}

/// About how wide a text of the size of labels is, pixels. Widths of letters are not known here, so it is rather too much.
fn width_of(text: &str) -> f64 {
    text.chars().filter(|letter| !letter.is_control()).count() as f64 * 6.6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_a_name_or_is_decoration_and_its_texts_are_escaped() {
        let mut svg = Svg::new(10.0, 4.0);
        svg.text("label", Language::English, (1.0, 2.0), Anchor::Right, "a<b");
        svg.rect("bar", Ink::Fail, (0.0, f64::NAN), (2.0, -1.0), "\"&");
        let named = svg.element(Language::English, "x > y");
        assert!(named.as_str().contains("role=\"img\" aria-label=\"x &gt; y\""), "{named:?}");
        assert!(named.as_str().contains("a&lt;b</text>") && named.as_str().contains("<title>&quot;&amp;</title>"));
        assert!(named.as_str().contains("y=\"0\" width=\"2\" height=\"0\""), "{named:?}");
        assert!(svg.element(Language::English, "").as_str().contains("aria-hidden"));
    }
}
