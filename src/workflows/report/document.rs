//! What a report says, before it is a page: the same document for every kind of report.
//!
//! One document is in one language; a page holds that of each. All texts are plain: whoever renders them escapes them.

use crate::base::Verdict;
use crate::base::language::Language;

use super::svg::Svg;

/// A report in one language.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Its language.
    pub language: Language,
    /// What is asked: "Is the new model really better?"
    pub question: String,
    /// What it is about, in one line: the two models, or the two windows, and the data.
    pub subject: String,
    /// The answer in one sentence.
    pub headline: String,
    /// The verdict.
    pub finding: Finding,
    /// The few numbers that carry it.
    pub figures: Vec<KeyFigure>,
    /// The picture of the verdict, where there is one.
    pub picture: Option<Picture>,
    /// What it means, and what would decide, sentence by sentence.
    pub meaning: Vec<String>,
    /// The rest, in the order in which it is read.
    pub sections: Vec<Section>,
    /// Who wrote it, when, and that it is whole: the last line.
    pub colophon: String,
}

/// A verdict in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What was found.
    pub verdict: Verdict,
    /// The verdict for people: "pass".
    pub word: String,
    /// What was judged: "Error at most 5 % higher than now".
    pub name: String,
    /// What it rests on.
    pub sentence: String,
}

/// A number of the first screen.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyFigure {
    /// What it is.
    pub name: String,
    /// Its value with its unit.
    pub value: String,
    /// Its interval, or what it is to be held against.
    pub range: String,
    /// Its colour.
    pub ink: Ink,
}

/// What something is about; from which follows its colour, as in the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ink {
    /// Nothing in particular.
    #[default]
    Plain,
    /// Beside the point.
    Soft,
    /// The current model.
    Current,
    /// The candidate.
    Candidate,
    /// The reference window, and what cannot be told apart.
    Reference,
    /// The current window.
    Shifted,
    /// What failed or alerts.
    Fail,
    /// What cannot be told yet.
    Warn,
}

impl Ink {
    /// Every ink.
    pub const ALL: [Ink; 8] =
        [Ink::Plain, Ink::Soft, Ink::Current, Ink::Candidate, Ink::Reference, Ink::Shifted, Ink::Fail, Ink::Warn];

    /// Its class in the page.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Ink::Plain => "plain",
            Ink::Soft => "soft",
            Ink::Current => "current",
            Ink::Candidate => "candidate",
            Ink::Reference => "reference",
            Ink::Shifted => "shifted",
            Ink::Fail => "fail",
            Ink::Warn => "warn",
        }
    }

    /// That of a verdict.
    #[must_use]
    pub fn of(verdict: Verdict) -> Ink {
        match verdict {
            Verdict::Pass => Ink::Plain,
            Verdict::Fail => Ink::Fail,
            Verdict::Inconclusive => Ink::Warn,
        }
    }
}

/// A part of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Its anchor.
    pub id: &'static str,
    /// Its title.
    pub title: String,
    /// What is to be seen in it, and how it is read.
    pub lead: String,
    /// What is in it.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// A table.
    Table(Table),
    /// Pictures beside each other.
    Pictures(Vec<Picture>),
    /// Names and values.
    Facts(Vec<Fact>),
}

/// A name and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// Its value.
    pub value: Cell,
}

/// A table. The first cell of a row is its head.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// The heads of its columns.
    pub heads: Vec<Head>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
    /// The axis of a column of pictures, as its last row.
    pub axis: Option<(usize, Svg)>,
    /// Whether it is shown only when asked for.
    pub is_folded: bool,
}

/// The head of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Head {
    /// Of words, which begin at the edge where reading begins.
    Words(String),
    /// Of numbers, which end below each other.
    Numbers(String),
    /// Of pictures.
    Pictures(String),
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A text.
    Text(String, Ink),
    /// A name from data: it has a direction of its own.
    Name(String),
    /// A digest, a path, a command: letter by letter, from the left.
    Code(String),
    /// A picture; what it shows stands in the other cells too.
    Picture(Svg),
    /// A verdict.
    Verdict(Verdict, String),
}

impl Cell {
    /// A text of no particular colour.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into(), Ink::Plain)
    }
}

/// A picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// What it shows.
    pub title: String,
    /// Method, unit and the like.
    pub note: String,
    /// The picture.
    pub svg: Svg,
    /// What it shows, for who does not see it.
    pub alternative: String,
    /// What its colours mean.
    pub legend: Vec<(Ink, String)>,
    /// Its numbers.
    pub table: Option<Table>,
}
