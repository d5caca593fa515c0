//! Breaks a text into lines and cuts what does not fit, on logical words; then orders each line by [`super::bidi`].

use std::ops::Range;

use egui::epaint::text::{ByteIndex, LayoutJob, LayoutSection, TextFormat, TextWrapping, VariationCoords};
use egui::{Align, Color32, FontId};

use super::bidi::{Direction, Letter, Paragraph, Piece, Resolved};
use super::fonts::Face;

/// Marks that something was left out.
pub(super) const ELLIPSIS: char = '…';

/// Distance between the feet of two lines of letters of `size`, on whole points.
pub(super) fn line_height(size: f32) -> f32 {
    (size * 1.55).round()
}

/// How letters of one span look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Look {
    pub color: Color32,
    pub weight: u16,
}

/// Everything that decides where letters go.
pub(super) struct Request<'a> {
    pub letters: &'a [Letter],
    pub looks: &'a [Look],
    pub size: f32,
    pub face: Face,
    pub direction: Direction,
    pub align: Align,
    pub tabular: bool,
    pub width: f32,
    pub lines: usize,
}

/// Measures a job without wrapping: its width in points.
pub(super) type Measure<'a> = dyn FnMut(LayoutJob) -> f32 + 'a;

/// The job that draws `request`; `measure` tells how wide a part of it would be.
pub(super) fn job(request: &Request<'_>, measure: &mut Measure<'_>) -> LayoutJob {
    let mut builder = Builder::new(request, measure);
    let mut left = request.lines;
    let paragraphs: Vec<&[Letter]> = request.letters.split(|letter| letter.c == '\n').collect();
    let count = paragraphs.len();
    for (index, letters) in paragraphs.into_iter().enumerate() {
        if left == 0 {
            break;
        }
        left -= builder.paragraph(letters, left, index + 1 < count);
    }
    builder.job
}

struct Builder<'a, 'b, 'c> {
    request: &'a Request<'a>,
    measure: &'b mut Measure<'c>,
    job: LayoutJob,
    /// Width of a digit's cell, where digits are to line up.
    cell: f32,
}

impl<'a, 'b, 'c> Builder<'a, 'b, 'c> {
    fn new(request: &'a Request<'a>, measure: &'b mut Measure<'c>) -> Self {
        let mut builder = Builder { request, measure, job: empty_job(request.align), cell: 0.0 };
        if request.tabular {
            builder.cell = ('۰'..='۹').map(|digit| builder.width_of(&[piece_of(digit)])).fold(0.0, f32::max);
        }
        builder
    }

    /// Appends the lines of one paragraph, at most `left`; returns how many there were.
    fn paragraph(&mut self, letters: &[Letter], left: usize, more_follows: bool) -> usize {
        let paragraph = Paragraph::new(letters, self.request.direction);
        let resolved = paragraph.resolve();
        let all = paragraph.letters();
        if !self.request.width.is_finite() {
            self.push_line(&resolved.pieces(0..all.len()));
            return 1;
        }
        let lines = self.break_lines(&resolved, all, left);
        let shown = lines.len().min(left);
        for (index, line) in lines.iter().take(shown).enumerate() {
            let is_last_shown = index + 1 == left;
            let is_cut = is_last_shown && (index + 1 < lines.len() || more_follows);
            if is_cut || self.width_of(&resolved.pieces(line.clone())) > self.request.width + 0.5 {
                let rest = all.get(line.start..).unwrap_or_default();
                let pieces = self.cut(rest, is_cut);
                self.push_line(&pieces);
            } else {
                self.push_line(&resolved.pieces(line.clone()));
            }
        }
        shown.max(1)
    }

    /// Ranges of letters that fit on a line each. With one line to fill, everything is that line.
    fn break_lines(&mut self, resolved: &Resolved<'_>, letters: &[Letter], left: usize) -> Vec<Range<usize>> {
        if left == 1 {
            return std::iter::once(0..letters.len()).collect();
        }
        let mut lines = Vec::new();
        let mut line = 0..0;
        for word in words(letters) {
            let candidate = line.start..word.end;
            if line.is_empty() || self.width_of(&resolved.pieces(candidate.clone())) <= self.request.width {
                line = candidate;
            } else {
                lines.push(trimmed(letters, line));
                line = word;
            }
            // A word that is wider than a line is broken between letters.
            while self.width_of(&resolved.pieces(line.clone())) > self.request.width {
                let fits = self.longest(line.clone(), |range| resolved.pieces(range));
                if fits >= line.len() || fits == 0 {
                    break;
                }
                lines.push(line.start..line.start + fits);
                line.start += fits;
            }
        }
        lines.push(trimmed(letters, line));
        lines
    }

    /// `letters`, as many as fit with "…" after them (where `always`, or where not all of them fit).
    fn cut(&mut self, letters: &[Letter], always: bool) -> Vec<Piece> {
        let direction = self.request.direction;
        let whole = Paragraph::new(letters, direction);
        let pieces = whole.resolve().pieces(0..whole.letters().len());
        if !always && self.width_of(&pieces) <= self.request.width + 0.5 {
            return pieces;
        }
        let with_ellipsis = |range: Range<usize>| {
            let kept = letters.get(range).unwrap_or_default();
            let span = kept.last().map_or(0, |letter| letter.span);
            let end = kept.iter().rposition(|letter| letter.c != ' ').map_or(0, |index| index + 1);
            let mut kept = kept.get(..end).unwrap_or_default().to_vec();
            kept.push(Letter { c: ELLIPSIS, span });
            let cut = Paragraph::new(&kept, direction);
            cut.resolve().pieces(0..cut.letters().len())
        };
        let fits = self.longest(0..letters.len(), with_ellipsis);
        with_ellipsis(0..fits)
    }

    /// The largest number of letters from the start of `range` whose pieces fit into the width.
    fn longest(&mut self, range: Range<usize>, pieces: impl Fn(Range<usize>) -> Vec<Piece>) -> usize {
        let (mut fits, mut too_many) = (0, range.len() + 1);
        while too_many - fits > 1 {
            let middle = fits + (too_many - fits) / 2;
            if self.width_of(&pieces(range.start..range.start + middle)) <= self.request.width {
                fits = middle;
            } else {
                too_many = middle;
            }
        }
        fits
    }

    fn width_of(&mut self, pieces: &[Piece]) -> f32 {
        let mut job = empty_job(Align::LEFT);
        for piece in pieces {
            self.push_piece(&mut job, piece);
        }
        (self.measure)(job)
    }

    fn push_line(&mut self, pieces: &[Piece]) {
        let mut job = std::mem::replace(&mut self.job, empty_job(Align::LEFT));
        if !job.sections.is_empty() {
            let format = self.format(0);
            push_section(&mut job, "\n", 0.0, format);
        }
        if pieces.is_empty() {
            let format = self.format(0);
            push_section(&mut job, "", 0.0, format);
        }
        for piece in pieces {
            self.push_piece(&mut job, piece);
        }
        self.job = job;
    }

    /// Appends a piece; where digits are to line up, each Persian one goes into a cell of its own.
    fn push_piece(&mut self, job: &mut LayoutJob, piece: &Piece) {
        let format = self.format(piece.span);
        let is_number = self.cell > 0.0 && piece.text.chars().any(is_persian_digit);
        if !is_number {
            push_section(job, &piece.text, 0.0, format);
            return;
        }
        let mut buffer = [0; 4];
        let mut owed = 0.0;
        // The piece was turned round for the shaper; single characters are not turned by it.
        for c in piece.text.chars().rev() {
            let text = c.encode_utf8(&mut buffer);
            let slack =
                if is_persian_digit(c) { (self.cell - self.advance(text, &format)).max(0.0) / 2.0 } else { 0.0 };
            push_section(job, text, owed + slack, format.clone());
            owed = slack;
        }
        if owed > 0.0 {
            push_section(job, "\u{200A}", (owed - self.advance("\u{200A}", &format)).max(0.0), format);
        }
    }

    fn advance(&mut self, text: &str, format: &TextFormat) -> f32 {
        let mut job = empty_job(Align::LEFT);
        push_section(&mut job, text, 0.0, format.clone());
        (self.measure)(job)
    }

    fn format(&self, span: usize) -> TextFormat {
        let request = self.request;
        let look = request.looks.get(span).or(request.looks.first());
        let mut coords = VariationCoords::default();
        if request.face == Face::Text {
            coords.push(b"wght", f32::from(look.map_or(400, |look| look.weight)));
        }
        TextFormat {
            font_id: FontId::new(request.size, request.face.family()),
            color: look.map_or(Color32::PLACEHOLDER, |look| look.color),
            coords,
            line_height: Some(line_height(request.size)),
            valign: Align::Center,
            ..TextFormat::default()
        }
    }
}

fn empty_job(halign: Align) -> LayoutJob {
    // Lines are trimmed here already; what is left at their ends is room that digits need.
    LayoutJob {
        halign,
        wrap: TextWrapping::no_max_width(),
        keep_trailing_whitespace: true,
        ..LayoutJob::default()
    }
}

/// Not [`LayoutJob::append`], which would join neighbours of equal format and have them shaped as one.
fn push_section(job: &mut LayoutJob, text: &str, leading_space: f32, format: TextFormat) {
    let start = job.text.len();
    job.text.push_str(text);
    job.sections.push(LayoutSection {
        leading_space,
        byte_range: ByteIndex(start)..ByteIndex(job.text.len()),
        format,
    });
}

fn piece_of(c: char) -> Piece {
    Piece { text: c.to_string(), span: 0 }
}

fn is_persian_digit(c: char) -> bool {
    matches!(c, '۰'..='۹')
}

/// The words of a paragraph, each with the spaces after it. A path may also be broken after a slash.
fn words(letters: &[Letter]) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = 0;
    for (index, pair) in letters.windows(2).enumerate() {
        let (Some(here), Some(next)) = (pair.first(), pair.last()) else { continue };
        let ends = (here.c == ' ' && next.c != ' ') || (matches!(here.c, '/' | '\\') && next.c.is_alphabetic());
        if ends {
            words.push(start..index + 1);
            start = index + 1;
        }
    }
    words.push(start..letters.len());
    words
}

/// `line` without the spaces at its end.
fn trimmed(letters: &[Letter], line: Range<usize>) -> Range<usize> {
    let kept = letters.get(line.clone()).unwrap_or_default();
    let length = kept.iter().rposition(|letter| letter.c != ' ').map_or(0, |index| index + 1);
    line.start..line.start + length
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOKS: [Look; 1] = [Look { color: Color32::PLACEHOLDER, weight: 400 }];

    /// The lines of `text` where every character is one point wide.
    fn broken(text: &str, direction: Direction, width: f32, lines: usize) -> Vec<String> {
        let letters: Vec<Letter> = text.chars().map(|c| Letter { c, span: 0 }).collect();
        let request = Request {
            letters: &letters,
            looks: &LOOKS,
            size: 13.0,
            face: Face::Text,
            direction,
            align: Align::LEFT,
            tabular: false,
            width,
            lines,
        };
        #[expect(clippy::cast_precision_loss, reason = "a few dozen characters")]
        let mut measure = |job: LayoutJob| job.text.chars().count() as f32;
        let job = job(&request, &mut measure);
        let section =
            |section: &LayoutSection| job.text[section.byte_range.start.0..section.byte_range.end.0].to_owned();
        let pieces: Vec<String> = job.sections.iter().map(section).collect();
        pieces.split(|piece| piece == "\n").map(|line| line.join("|")).collect()
    }

    #[test]
    fn a_wrapped_persian_paragraph_starts_with_its_first_words() {
        let lines = broken("خطای مدل در ۱۴۰۵ کمتر شد", Direction::RightToLeft, 12.0, usize::MAX);
        assert_eq!(lines, ["خطای مدل در", "کمتر شد| |۵۰۴۱"]);
    }

    #[test]
    fn what_does_not_fit_is_cut_at_the_logical_end() {
        assert_eq!(broken("one two three", Direction::LeftToRight, 8.0, 1), ["one two…"]);
        assert_eq!(broken("یک دو سه", Direction::RightToLeft, 6.0, 1), ["…|یک دو"]);
        assert_eq!(broken("one two three four", Direction::LeftToRight, 8.0, 2), ["one two", "three f…"]);
        assert_eq!(broken("fits", Direction::LeftToRight, 4.0, 1), ["fits"]);
    }

    #[test]
    fn a_word_wider_than_the_line_is_broken_and_empty_lines_stay() {
        assert_eq!(broken("abcdefgh", Direction::LeftToRight, 3.0, usize::MAX), ["abc", "def", "gh"]);
        assert_eq!(broken("a\n\nb", Direction::LeftToRight, 9.0, usize::MAX), ["a", "", "b"]);
    }
}
