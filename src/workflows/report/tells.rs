//! What everything that tells a result in one language can say.

use crate::base::Moment;
use crate::base::calendar::{DateStyle, Zone};
use crate::base::language::Language;

use super::document::{Cell, Fact, Head, Ink};

/// Somebody who tells a result in one language.
pub(super) trait Tells {
    /// The language.
    fn language(&self) -> Language;

    /// The calendar in which days are told.
    fn style(&self) -> DateStyle;

    /// The clock by which moments are told.
    fn zone(&self) -> &Zone;

    /// When the report is written.
    fn made_at(&self) -> Moment;

    fn text(&self, key: &str) -> String {
        self.language().text(key).to_owned()
    }

    fn fill(&self, key: &str, values: &[(&'static str, String)]) -> String {
        self.language().fill_owned(key, values)
    }

    fn count(&self, n: u64) -> String {
        self.language().integer(n)
    }

    /// Minutes, or another number of that size, to a hundredth.
    fn minutes(&self, value: f64) -> String {
        self.language().decimal(value, 2)
    }

    /// "0.73 (0.71 to 0.77)".
    fn with_bounds(&self, value: String, low: String, high: String) -> String {
        self.fill("chart.with_bounds", &[("value", value), ("low", low), ("high", high)])
    }

    /// A number, or a mark where there is none.
    fn number(&self, value: Option<f64>, places: usize) -> Cell {
        match value {
            Some(value) => Cell::text(self.language().decimal(value, places)),
            None => self.nothing(),
        }
    }

    /// The mark of a value that there is not.
    fn nothing(&self) -> Cell {
        Cell::Text(self.text("report.none"), Ink::Soft)
    }

    fn fact(&self, key: &str, value: Cell) -> Fact {
        Fact { name: self.text(key), value }
    }

    /// The head of a column of names, and those of columns of numbers.
    fn heads(&self, keys: &[&str]) -> Vec<Head> {
        let heads = keys.iter().map(|key| self.text(key)).enumerate();
        heads.map(|(index, head)| if index == 0 { Head::Words(head) } else { Head::Numbers(head) }).collect()
    }

    /// Words that a stranger need not know.
    fn terms_of(&self, ids: &[&str]) -> Vec<Fact> {
        let fact = |id: &&str| Fact {
            name: self.text(&format!("report.term.{id}")),
            value: Cell::text(self.text(&format!("report.meaning.{id}"))),
        };
        ids.iter().map(fact).collect()
    }

    /// The day of a moment.
    fn date(&self, moment: Moment) -> String {
        self.style().long(self.zone().clock().local(moment).date(), self.language())
    }

    /// Things in a row.
    fn listed(&self, things: &[String]) -> String {
        let mut things = things.iter();
        let first = things.next().cloned().unwrap_or_default();
        things.fold(first, |a, b| self.fill("list.comma", &[("a", a), ("b", b.clone())]))
    }

    /// When the report is written, and by whose clock.
    fn written_at(&self) -> String {
        let local = self.zone().clock().local(self.made_at());
        let at = self.style().date_and_time(local, self.language());
        self.fill("report.at_zone", &[("at", at), ("zone", self.zone().to_string())])
    }

    /// The last line.
    fn colophon(&self) -> String {
        let calendar = match self.style() {
            DateStyle::Jalali => "report.in_jalali",
            DateStyle::Gregorian => "report.in_gregorian",
        };
        let values = [("program", program()), ("at", self.written_at()), ("calendar", self.text(calendar))];
        self.fill("report.colophon", &values)
    }
}

/// This program and its version.
pub(super) fn program() -> String {
    format!("nobat {}", env!("CARGO_PKG_VERSION"))
}
