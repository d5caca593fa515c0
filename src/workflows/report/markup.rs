//! Text into markup. The one place where characters that mean something to a browser are replaced.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::base::language::{Language, isolate, with_marks};

/// HTML or SVG that is safe to put into a page: made by a writer that escapes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markup(String);

impl Markup {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Markup {
        Markup::default()
    }

    /// What was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Adds markup that stands in the sources. Never give it a value.
    pub fn raw(&mut self, markup: &'static str) -> &mut Markup {
        self.0.push_str(markup);
        self
    }

    /// Adds a text.
    pub fn text(&mut self, text: &str) -> &mut Markup {
        escape_into(&mut self.0, text);
        self
    }

    /// Adds a text that people of `language` read, with the marks that keep signs and versions in order.
    pub fn words(&mut self, language: Language, text: &str) -> &mut Markup {
        let text = if language.is_right_to_left() { Cow::Owned(with_marks(text)) } else { Cow::Borrowed(text) };
        self.text(&text)
    }

    /// Adds a style sheet. It holds no value, and could not end its element if it did.
    pub fn style(&mut self, sheet: &str) -> &mut Markup {
        self.raw("<style>");
        self.0.extend(sheet.chars().filter(|letter| *letter != '<'));
        self.raw("</style>")
    }

    /// Adds a number of a picture, in pixels, to a tenth.
    pub fn pixels(&mut self, value: f64) -> &mut Markup {
        let rounded = (value * 10.0).round() / 10.0;
        // Never NaN in a picture; and no "-0".
        let rounded = if rounded.is_finite() { rounded + 0.0 } else { 0.0 };
        // Writing to a string does not fail.
        let _ = write!(self.0, "{rounded}");
        self
    }

    /// Adds other markup.
    pub fn push(&mut self, other: &Markup) -> &mut Markup {
        self.0.push_str(&other.0);
        self
    }

    /// Opens an element: its name, and its attributes, whose values are escaped.
    pub fn open(&mut self, name: &'static str, attributes: &[(&'static str, &str)]) -> &mut Markup {
        self.0.push('<');
        self.0.push_str(name);
        for (attribute, value) in attributes {
            self.0.push(' ');
            self.0.push_str(attribute);
            self.0.push_str("=\"");
            escape_into(&mut self.0, value);
            self.0.push('"');
        }
        self.0.push('>');
        self
    }

    /// Closes an element.
    pub fn close(&mut self, name: &'static str) -> &mut Markup {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
        self
    }
}

/// A name from data, to stand in a sentence: it keeps its own direction, and cannot turn the sentence round.
#[must_use]
pub fn name(value: &str) -> String {
    let is_override = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    isolate(&value.replace(is_override, ""))
}

fn escape_into(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            // Not allowed in a page, or turns round what stands behind it.
            letter if letter.is_control() || matches!(letter, '\u{202A}'..='\u{202E}') => {}
            letter => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_becomes_markup() {
        let mut out = Markup::new();
        out.open("td", &[("title", "\"><script>alert(1)</script>")]).text("<b>&'\0\n").close("td");
        assert_eq!(
            out.as_str(),
            "<td title=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\">&lt;b&gt;&amp;&#39; </td>"
        );
    }

    #[test]
    fn a_name_cannot_turn_the_sentence_round() {
        assert_eq!(name("a\u{202E}b\u{2066}"), "\u{2068}ab\u{2069}");
    }

    #[test]
    fn pixels_are_short_and_always_numbers() {
        let mut out = Markup::new();
        for value in [1.0, 2.345, -0.01, f64::NAN, f64::INFINITY] {
            out.pixels(value).raw(" ");
        }
        assert_eq!(out.as_str(), "1 2.3 0 0 0 ");
    }
}
