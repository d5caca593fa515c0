//! Every colour, size and duration of the window; the colours are those of [`crate::base::palette`]. No other file holds a
//! colour (a test sees to that).
//!
//! The current model is blue and the candidate green on every screen, the reference window grey, the current one
//! violet. Text of every ink reaches WCAG AA (4.5 : 1) on every ground of its theme, and marks reach 3 : 1 on a
//! card (tests below). Where a colour is too light for words, it has a darker twin for them (`*_text`).

use egui::Color32;

use crate::base::palette::{self, Hues};

/// The colours of one theme.
#[derive(Debug, PartialEq, Eq)]
pub struct Palette {
    /// Behind everything.
    pub ground: Color32,
    /// Rail and bars.
    pub panel: Color32,
    /// Cards.
    pub card: Color32,
    /// What is selected or pointed at.
    pub raised: Color32,
    /// Lines of one point.
    pub line: Color32,
    /// Edges of controls, which must be seen without their text.
    pub edge: Color32,
    /// Headlines, numbers, what is read first.
    pub text_strong: Color32,
    /// Sentences and labels.
    pub text_soft: Color32,
    /// Axis labels, hints.
    pub text_faint: Color32,
    /// The current model.
    pub current: Color32,
    /// The current model, in words.
    pub current_text: Color32,
    /// The candidate.
    pub candidate: Color32,
    /// The candidate, in words.
    pub candidate_text: Color32,
    /// The reference window.
    pub reference: Color32,
    /// The current window.
    pub shifted: Color32,
    /// The current window, in words.
    pub shifted_text: Color32,
    /// What failed, what alerts, what is destructive.
    pub fail: Color32,
    /// The same, in words.
    pub fail_text: Color32,
    /// What warns or cannot be told yet.
    pub warn: Color32,
    /// The same, in words.
    pub warn_text: Color32,
    /// Words on a fill of `current`, `candidate`, `shifted` or `fail`.
    pub on_fill: Color32,
    /// Over the window while a dialog is open.
    pub veil: Color32,
}

/// The light theme.
pub static LIGHT: Palette = Palette::of(&palette::LIGHT, Color32::from_black_alpha(70));

/// The dark theme.
pub static DARK: Palette = Palette::of(&palette::DARK, Color32::from_black_alpha(140));

/// What lets what lies beneath be seen.
pub const CLEAR: Color32 = Color32::TRANSPARENT;

const fn rgb(hex: u32) -> Color32 {
    let [_, red, green, blue] = hex.to_be_bytes();
    Color32::from_rgb(red, green, blue)
}

/// What a text or a mark is about; from which follows its colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ink {
    /// What is read first.
    #[default]
    Strong,
    /// Sentences and labels.
    Soft,
    /// Axis labels, hints.
    Faint,
    /// The current model.
    Current,
    /// The candidate.
    Candidate,
    /// The reference window.
    Reference,
    /// The current window.
    Shifted,
    /// What failed or alerts.
    Fail,
    /// What warns or cannot be told yet.
    Warn,
    /// On a filled ground.
    OnFill,
}

impl Palette {
    const fn of(hues: &Hues, veil: Color32) -> Palette {
        Palette {
            ground: rgb(hues.ground),
            panel: rgb(hues.panel),
            card: rgb(hues.card),
            raised: rgb(hues.raised),
            line: rgb(hues.line),
            edge: rgb(hues.edge),
            text_strong: rgb(hues.text_strong),
            text_soft: rgb(hues.text_soft),
            text_faint: rgb(hues.text_faint),
            current: rgb(hues.current),
            current_text: rgb(hues.current_text),
            candidate: rgb(hues.candidate),
            candidate_text: rgb(hues.candidate_text),
            reference: rgb(hues.reference),
            shifted: rgb(hues.shifted),
            shifted_text: rgb(hues.shifted_text),
            fail: rgb(hues.fail),
            fail_text: rgb(hues.fail_text),
            warn: rgb(hues.warn),
            warn_text: rgb(hues.warn_text),
            on_fill: rgb(hues.on_fill),
            veil,
        }
    }

    /// The colour of words of `ink`.
    #[must_use]
    pub fn text(&self, ink: Ink) -> Color32 {
        match ink {
            Ink::Strong => self.text_strong,
            Ink::Soft => self.text_soft,
            Ink::Faint | Ink::Reference => self.text_faint,
            Ink::Current => self.current_text,
            Ink::Candidate => self.candidate_text,
            Ink::Shifted => self.shifted_text,
            Ink::Fail => self.fail_text,
            Ink::Warn => self.warn_text,
            Ink::OnFill => self.on_fill,
        }
    }

    /// The colour of lines, bars and fills of `ink`.
    #[must_use]
    pub fn mark(&self, ink: Ink) -> Color32 {
        match ink {
            Ink::Current => self.current,
            Ink::Candidate => self.candidate,
            Ink::Reference => self.reference,
            Ink::Shifted => self.shifted,
            Ink::Fail => self.fail,
            Ink::Warn => self.warn,
            Ink::Strong | Ink::Soft | Ink::Faint | Ink::OnFill => self.text(ink),
        }
    }
}

/// Lengths in points, on a grid of four; weights of letters.
pub mod sizes {
    /// Letters of sentences and labels.
    pub const BODY: f32 = 13.0;
    /// Letters of table heads, axes, hints.
    pub const SMALL: f32 = 12.0;
    /// Letters of a card's title.
    pub const TITLE: f32 = 13.5;
    /// Letters of a screen's headline.
    pub const HEADLINE: f32 = 20.0;
    /// Letters of a key figure.
    pub const FIGURE: f32 = 27.0;
    /// Symbols beside body text.
    pub const ICON: f32 = 18.0;
    /// Symbols inside a pill or a small button.
    pub const ICON_SMALL: f32 = 14.0;
    /// Weight of running text.
    pub const REGULAR: u16 = 400;
    /// Weight of labels that name something.
    pub const MEDIUM: u16 = 550;
    /// Weight of headlines and key figures.
    pub const BOLD: u16 = 650;
    /// Height of the embedded face above the line, per unit of size.
    pub const ASCENT: f32 = 2100.0 / 2048.0;
    /// Depth of the embedded face below the line, per unit of size.
    pub const DESCENT: f32 = 1100.0 / 2048.0;
    /// The grid.
    pub const GRID: f32 = 4.0;
    /// Between what belongs together.
    pub const GAP: f32 = 8.0;
    /// Between cards.
    pub const GUTTER: f32 = 12.0;
    /// Inside cards.
    pub const PADDING: f32 = 16.0;
    /// Around the contents of a screen.
    pub const MARGIN: f32 = 20.0;
    /// Corners of cards.
    pub const CARD_RADIUS: u8 = 8;
    /// Corners of controls.
    pub const CONTROL_RADIUS: u8 = 6;
    /// Lines.
    pub const LINE: f32 = 1.0;
    /// Curves in charts.
    pub const CURVE: f32 = 1.75;
    /// The ring round what has the focus.
    pub const FOCUS: f32 = 2.0;
    /// Height of buttons, chips and fields.
    pub const CONTROL: f32 = 30.0;
    /// Height of a table's row.
    pub const ROW: f32 = 32.0;
    /// Width of the rail.
    pub const RAIL: f32 = 188.0;
    /// Width of the rail when it shows symbols only.
    pub const RAIL_NARROW: f32 = 56.0;
    /// Height of the top bar.
    pub const TOP_BAR: f32 = 46.0;
    /// Height of the bottom bar.
    pub const BOTTOM_BAR: f32 = 32.0;
    /// Width of panels at the side.
    pub const SIDE: f32 = 340.0;
    /// Width of the command palette and of dialogs.
    pub const DIALOG: f32 = 560.0;
    /// Widest tooltip.
    pub const TOOLTIP: f32 = 360.0;
}

/// Lengths of time.
pub mod durations {
    use std::time::Duration;

    /// A change of colour under the pointer, in seconds.
    pub const HOVER_SECONDS: f32 = 0.08;
    /// How long a toast is seen.
    pub const TOAST: Duration = Duration::from_secs(6);
    /// Within this time a dangerous button must be pressed again.
    pub const CONFIRM: Duration = Duration::from_secs(5);
    /// How often progress is drawn while work runs.
    pub const PROGRESS: Duration = Duration::from_millis(100);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as defined by WCAG 2.2.
    fn luminance(color: Color32) -> f64 {
        let channel = |byte: u8| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(color.r()) + 0.7152 * channel(color.g()) + 0.0722 * channel(color.b())
    }

    fn contrast(one: Color32, other: Color32) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    const INKS: [Ink; 9] = [
        Ink::Strong,
        Ink::Soft,
        Ink::Faint,
        Ink::Current,
        Ink::Candidate,
        Ink::Reference,
        Ink::Shifted,
        Ink::Fail,
        Ink::Warn,
    ];

    #[test]
    fn words_of_every_ink_can_be_read_on_every_ground() {
        for palette in [&LIGHT, &DARK] {
            for ink in INKS {
                for ground in [palette.ground, palette.panel, palette.card, palette.raised] {
                    let found = contrast(palette.text(ink), ground);
                    assert!(found >= 4.5, "{ink:?} on {ground:?} is {found:.2} : 1");
                }
            }
            for fill in [palette.current, palette.shifted, palette.fail] {
                let found = contrast(palette.on_fill, fill);
                assert!(found >= 4.5, "words on {fill:?} are {found:.2} : 1");
            }
        }
    }

    #[test]
    fn marks_can_be_seen_on_a_card_and_grounds_can_be_told_apart() {
        for palette in [&LIGHT, &DARK] {
            for ink in INKS {
                let found = contrast(palette.mark(ink), palette.card);
                assert!(found >= 3.0, "{ink:?} on a card is {found:.2} : 1");
            }
            assert_ne!(palette.card, palette.raised);
            assert_ne!(palette.ground, palette.card);
        }
    }

    #[test]
    fn no_other_file_of_the_window_holds_a_colour() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/workbench");
        let mut folders = vec![root];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                if path.ends_with("theme/tokens.rs") {
                    continue;
                }
                seen += 1;
                let source = std::fs::read_to_string(&path).unwrap();
                for (number, line) in source.lines().enumerate() {
                    // A name in capitals after the type is a colour, but for the one that means "decided later".
                    let named = line.match_indices("Color32::").any(|(at, name)| {
                        let rest = &line[at + name.len()..];
                        rest.starts_with(|c: char| c.is_ascii_uppercase() || rest.starts_with("from_"))
                            && !rest.starts_with("PLACEHOLDER")
                    });
                    assert!(!named && !line.contains("hex_color!"), "{}:{}: {line}", path.display(), number + 1);
                }
            }
        }
        assert!(seen > 5);
    }
}
