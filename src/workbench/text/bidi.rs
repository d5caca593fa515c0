//! Logical text into the order in which its pieces stand on the screen.
//!
//! egui shapes each section by itself, guesses a direction for it and puts the sections from left to right; it
//! knows nothing of the bidirectional algorithm. So a line is cut here into pieces that come out right under
//! exactly those rules. Nothing here measures or draws. The invariant: every visible character of the line is in
//! exactly one piece, and pieces stand in visual order from the left.
//!
//! The rules, for a run of one direction:
//! - Arabic letters go in as they are, with the spaces between them: the shaper turns such a piece round itself;
//! - everything else that reads from right to left is turned round by character here, and brackets are mirrored;
//! - Arabic-script digits stand in a left-to-right run, but the shaper would turn them round: so they are turned
//!   round beforehand.

use std::ops::Range;

use unicode_bidi::{BidiInfo, Level};

use crate::base::language::mark_before;

pub use crate::base::language::isolate;

/// The direction in which a paragraph starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the left, as English.
    LeftToRight,
    /// From the right, as Persian.
    RightToLeft,
}

impl Direction {
    /// That of the first letter with a direction of its own; `otherwise` where there is none.
    #[must_use]
    pub fn of_value(text: &str, otherwise: Direction) -> Direction {
        match unicode_bidi::get_base_direction(text) {
            unicode_bidi::Direction::Ltr => Direction::LeftToRight,
            unicode_bidi::Direction::Rtl => Direction::RightToLeft,
            unicode_bidi::Direction::Mixed => otherwise,
        }
    }

    fn level(self) -> Level {
        match self {
            Direction::LeftToRight => Level::ltr(),
            Direction::RightToLeft => Level::rtl(),
        }
    }
}

/// A stretch of a line that is shaped as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What is handed to the shaper.
    pub text: String,
    /// Which of the caller's spans it belongs to.
    pub span: usize,
}

/// One character of a paragraph with the span it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub c: char,
    pub span: usize,
}

/// A paragraph, its marks added, ready for the algorithm.
pub(super) struct Paragraph {
    text: String,
    letters: Vec<Letter>,
    /// Byte offset of each letter, and the length at the end.
    offsets: Vec<usize>,
    direction: Direction,
}

/// A paragraph whose levels are known, so that lines can be cut from it.
pub(super) struct Resolved<'a> {
    paragraph: &'a Paragraph,
    info: BidiInfo<'a>,
}

impl Paragraph {
    /// The paragraph of `letters`, which hold no line break.
    pub fn new(letters: &[Letter], direction: Direction) -> Paragraph {
        let letters = with_marks(letters);
        let mut text = String::with_capacity(letters.len() * 2);
        let mut offsets = Vec::with_capacity(letters.len() + 1);
        for letter in &letters {
            offsets.push(text.len());
            text.push(letter.c);
        }
        offsets.push(text.len());
        Paragraph { text, letters, offsets, direction }
    }

    /// The letters, with the direction marks that were added.
    pub fn letters(&self) -> &[Letter] {
        &self.letters
    }

    /// Runs the algorithm up to the point where lines matter.
    pub fn resolve(&self) -> Resolved<'_> {
        Resolved { paragraph: self, info: BidiInfo::new(&self.text, Some(self.direction.level())) }
    }
}

impl Resolved<'_> {
    /// The pieces of the line that holds `range` of [`Paragraph::letters`], in visual order.
    pub fn pieces(&self, range: Range<usize>) -> Vec<Piece> {
        let Paragraph { letters, offsets, .. } = self.paragraph;
        let (Some(&start), Some(&end)) = (offsets.get(range.start), offsets.get(range.end)) else {
            return Vec::new();
        };
        let Some(whole) = self.info.paragraphs.first().filter(|_| start < end) else { return Vec::new() };
        let (levels, runs) = self.info.visual_runs(whole, start..end);
        let mut pieces = Vec::new();
        for bytes in runs {
            let is_rtl = levels.get(bytes.start).is_some_and(Level::is_rtl);
            let first = offsets.partition_point(|&offset| offset < bytes.start);
            let last = offsets.partition_point(|&offset| offset < bytes.end);
            if let Some(letters) = letters.get(first..last) {
                push_run(&mut pieces, letters, is_rtl);
            }
        }
        pieces
    }
}

/// Cuts one run of a single direction into pieces and appends them in visual order.
fn push_run(pieces: &mut Vec<Piece>, letters: &[Letter], is_rtl: bool) {
    let visible: Vec<Letter> = letters.iter().copied().filter(|letter| !is_format_mark(letter.c)).collect();
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for (index, letter) in visible.iter().enumerate() {
        let joins = stretches.last().is_some_and(|last| {
            let before = visible[last.end - 1];
            before.span == letter.span
                && script_at(&visible, last.end - 1, is_rtl) == script_at(&visible, index, is_rtl)
        });
        match stretches.last_mut() {
            Some(last) if joins => last.end = index + 1,
            _ => stretches.push(index..index + 1),
        }
    }
    let mut found: Vec<Piece> = stretches.into_iter().map(|range| piece(&visible[range], is_rtl)).collect();
    if is_rtl {
        found.reverse();
    }
    pieces.append(&mut found);
}

fn piece(letters: &[Letter], is_rtl: bool) -> Piece {
    let span = letters.first().map_or(0, |letter| letter.span);
    let shaper_reverses = letters.iter().any(|letter| is_arabic(letter.c) && !is_common(letter.c));
    let text = match (is_rtl, shaper_reverses) {
        (true, true) | (false, false) => letters.iter().map(|letter| letter.c).collect(),
        (true, false) => letters.iter().rev().map(|letter| mirrored(letter.c)).collect(),
        (false, true) => letters.iter().rev().map(|letter| letter.c).collect(),
    };
    Piece { text, span }
}

#[derive(PartialEq)]
enum Script {
    Arabic,
    Other,
}

/// The script with which the letter at `index` is shaped. Marks and joiners go with the letter before them, and
/// spaces between two Arabic words of a right-to-left run with the words.
fn script_at(letters: &[Letter], index: usize, is_rtl: bool) -> Script {
    let Some(letter) = letters.get(index) else { return Script::Other };
    if is_arabic(letter.c) {
        return Script::Arabic;
    }
    if is_joiner(letter.c) || (is_rtl && letter.c == ' ') {
        let is_spaced = |letter: &&Letter| letter.c == ' ' || is_joiner(letter.c);
        let before = letters[..index].iter().rev().find(|letter| !is_spaced(letter));
        let after = letters[index + 1..].iter().find(|letter| !is_spaced(letter));
        let stays =
            |found: Option<&Letter>| found.is_some_and(|found| is_arabic(found.c) && found.span == letter.span);
        if stays(before) && stays(after) {
            return Script::Arabic;
        }
    }
    Script::Other
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' | '\u{08A0}'..='\u{08FF}' | '\u{FB50}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFE}')
}

/// Arabic punctuation that belongs to several scripts, so that the shaper takes it for left-to-right when alone.
fn is_common(c: char) -> bool {
    matches!(c, '،' | '؛' | '؟' | 'ـ')
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// Characters that direct the algorithm and are never seen.
fn is_format_mark(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn mirrored(c: char) -> char {
    match c {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '{' => '}',
        '}' => '{',
        '<' => '>',
        '>' => '<',
        '«' => '»',
        '»' => '«',
        '‹' => '›',
        '›' => '‹',
        '≤' => '≥',
        '≥' => '≤',
        other => other,
    }
}

/// The letters with the marks that a careful typist would add; a mark belongs to the span of the letter that it stands before.
fn with_marks(letters: &[Letter]) -> Vec<Letter> {
    let mut marked = Vec::with_capacity(letters.len() + 4);
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| letters.get(index)).map(|letter| letter.c);
        let after = letters.get(index + 1).map(|letter| letter.c);
        marked.extend(mark_before(before, letter.c, after).map(|c| Letter { c, span: letter.span }));
        marked.push(*letter);
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces of `text` on one line, shown as `[…]` from the left.
    fn shown(text: &str, direction: Direction) -> String {
        let letters: Vec<Letter> = text.chars().map(|c| Letter { c, span: 0 }).collect();
        let paragraph = Paragraph::new(&letters, direction);
        let pieces = paragraph.resolve().pieces(0..paragraph.letters().len());
        pieces.iter().map(|piece| format!("[{}]", piece.text)).collect()
    }

    fn persian(text: &str) -> String {
        shown(text, Direction::RightToLeft)
    }

    #[test]
    fn a_sentence_with_a_version_a_number_and_a_quoted_latin_letter() {
        assert_eq!(
            persian("نسخهٔ 1.3.0 در ۲٬۳۴۵ بازدید «خدمت A» بهتر است."),
            "[.][بهتر است][ «][A][ ][خدمت][» ][بازدید][ ][۵۴۳٬۲][ ][در][ ][1.3.0][ ][نسخهٔ]"
        );
        assert_eq!(persian("MAE برابر ۱۲٫۵ دقیقه"), "[دقیقه][ ][۵٫۲۱][ ][برابر][ ][MAE]");
    }

    #[test]
    fn numbers_alone_are_turned_round_for_the_shaper() {
        assert_eq!(persian("۱۴۰۳"), "[۳۰۴۱]");
        assert_eq!(shown("۱۴۰۳", Direction::LeftToRight), "[۳۰۴۱]");
        assert_eq!(persian("۱۴۰۵/۰۹/۰۲"), "[۵۰۴۱][/][۹۰][/][۲۰]");
        assert_eq!(persian("در ۱۴۰۵/۰۹/۰۲"), "[۵۰۴۱][/][۹۰][/][۲۰][ ][در]");
        assert_eq!(persian("ساعت ۱۴:۳۰"), "[۴۱][:][۰۳][ ][ساعت]");
    }

    #[test]
    fn a_percent_sign_follows_its_number_and_a_minus_precedes_it() {
        assert_eq!(persian("۸۱٫۳٪"), "[٪][۳٫۱۸]");
        assert_eq!(persian("هدف ۵۰٪"), "[٪][۰۵][ ][هدف]");
        assert_eq!(persian("خطا −۱٫۲ است"), "[است][ ][−][۲٫۱][ ][خطا]");
        assert_eq!(persian("۱٫۲ تا ۲٫۶"), "[۶٫۲][ ][تا][ ][۲٫۱]");
        assert_eq!(persian("در محدودهٔ ±۲۰"), "[±][۰۲][ ][در محدودهٔ]");
        assert_eq!(shown("−1.9 (−2.6 to −1.2)", Direction::LeftToRight), "[−1.9 (−2.6 to −1.2)]");
    }

    #[test]
    fn brackets_are_mirrored_and_joiners_stay_inside_their_word() {
        assert_eq!(persian("خطا (دقیقه)"), "[(][دقیقه][) ][خطا]");
        assert_eq!(persian("می‌شود"), "[می‌شود]");
        assert_eq!(persian("بازدید‌ها و خانه‌ها"), "[بازدید‌ها و خانه‌ها]");
    }

    #[test]
    fn either_script_keeps_its_order_inside_the_other() {
        assert_eq!(shown("Site تهران غرب is worse", Direction::LeftToRight), "[Site ][تهران غرب][ is worse]");
        assert_eq!(persian("مدل elastic net بهتر است"), "[بهتر است][ ][elastic net][ ][مدل]");
        assert_eq!(persian("از 2026-11-23 به بعد"), "[به بعد][ ][2026-11-23][ ][از]");
    }

    #[test]
    fn an_isolated_path_keeps_its_punctuation_and_its_marks_are_not_drawn() {
        assert_eq!(
            persian(&format!("پروندهٔ {} نیست", isolate("/tmp/a b.csv"))),
            "[نیست][ ][/tmp/a b.csv][ ][پروندهٔ]"
        );
    }

    #[test]
    fn spans_are_kept_apart_and_the_first_letter_decides_for_values() {
        let mut letters: Vec<Letter> = "خطا ۱۲".chars().map(|c| Letter { c, span: 0 }).collect();
        for letter in &mut letters[4..] {
            letter.span = 1;
        }
        let paragraph = Paragraph::new(&letters, Direction::RightToLeft);
        let pieces = paragraph.resolve().pieces(0..letters.len());
        let found: Vec<(&str, usize)> = pieces.iter().map(|piece| (piece.text.as_str(), piece.span)).collect();
        assert_eq!(found, [("۲۱", 1), (" ", 0), ("خطا", 0)]);
        assert_eq!(Direction::of_value("تهران A", Direction::LeftToRight), Direction::RightToLeft);
        assert_eq!(Direction::of_value("۱۲", Direction::LeftToRight), Direction::LeftToRight);
    }
}
