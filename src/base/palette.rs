//! The colours of the product, as numbers: the window draws with them, and so do the reports.
//!
//! The current model is blue and the candidate green wherever they are shown, the reference window grey, the current one
//! violet. Text of every colour reaches WCAG AA (4.5 : 1) on every ground of its theme, and marks reach 3 : 1 on a card; the
//! window's tokens hold the tests of that. Where a colour is too light for words, it has a darker twin for them (`*_text`).

/// The colours of one theme, each `0xRRGGBB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hues {
    /// Behind everything.
    pub ground: u32,
    /// Rail and bars.
    pub panel: u32,
    /// Cards.
    pub card: u32,
    /// What is selected or pointed at.
    pub raised: u32,
    /// Thin lines.
    pub line: u32,
    /// Edges of controls, which must be seen without their text.
    pub edge: u32,
    /// Headlines, numbers, what is read first.
    pub text_strong: u32,
    /// Sentences and labels.
    pub text_soft: u32,
    /// Axis labels, hints.
    pub text_faint: u32,
    /// The current model.
    pub current: u32,
    /// The current model, in words.
    pub current_text: u32,
    /// The candidate.
    pub candidate: u32,
    /// The candidate, in words.
    pub candidate_text: u32,
    /// The reference window.
    pub reference: u32,
    /// The current window.
    pub shifted: u32,
    /// The current window, in words.
    pub shifted_text: u32,
    /// What failed, what alerts, what is destructive.
    pub fail: u32,
    /// The same, in words.
    pub fail_text: u32,
    /// What warns or cannot be told yet.
    pub warn: u32,
    /// The same, in words.
    pub warn_text: u32,
    /// Words on a fill of `current`, `candidate`, `shifted` or `fail`.
    pub on_fill: u32,
}

/// The light theme.
pub const LIGHT: Hues = Hues {
    ground: 0xF4F6F8,
    panel: 0xFFFFFF,
    card: 0xFFFFFF,
    raised: 0xF0F3F6,
    line: 0xDFE4EA,
    edge: 0xC3CBD4,
    text_strong: 0x17212B,
    text_soft: 0x54606E,
    text_faint: 0x626E7C,
    current: 0x1769B5,
    current_text: 0x1769B5,
    candidate: 0x0B8A66,
    candidate_text: 0x087A5A,
    reference: 0x8A95A3,
    shifted: 0x7B45C8,
    shifted_text: 0x7B45C8,
    fail: 0xC8501E,
    fail_text: 0xB84818,
    warn: 0x9A6B00,
    warn_text: 0x8C6100,
    on_fill: 0xFFFFFF,
};

/// The dark theme.
pub const DARK: Hues = Hues {
    ground: 0x0E1217,
    panel: 0x141A21,
    card: 0x1A212A,
    raised: 0x212A35,
    line: 0x2B3541,
    edge: 0x3B4756,
    text_strong: 0xE7ECF2,
    text_soft: 0xA6B1BE,
    text_faint: 0x8B97A5,
    current: 0x4C9BE8,
    current_text: 0x4C9BE8,
    candidate: 0x2DBE8D,
    candidate_text: 0x2DBE8D,
    reference: 0x8A95A3,
    shifted: 0xB98AF0,
    shifted_text: 0xB98AF0,
    fail: 0xF0764A,
    fail_text: 0xF0764A,
    warn: 0xE6B13C,
    warn_text: 0xE6B13C,
    on_fill: 0x0E1217,
};
