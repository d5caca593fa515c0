//! What every drawing function needs to know: the language and the colours of this frame.

use egui::{Align, Color32, Context, Id, Layout, Ui};

use super::tokens::{DARK, Ink, LIGHT, Palette};
use crate::base::language::Language;

/// The language and the palette of this frame. Cheap to take and to copy.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// In which language words are shown.
    pub language: Language,
    /// The colours.
    pub palette: &'static Palette,
}

impl Look {
    /// The look of `ui`.
    #[must_use]
    pub fn of(ui: &Ui) -> Look {
        Look { palette: palette(ui.visuals().dark_mode), language: Look::language(ui.ctx()) }
    }

    /// The look of a window outside of any `Ui`.
    #[must_use]
    pub fn of_context(context: &Context) -> Look {
        Look { palette: palette(context.global_style().visuals.dark_mode), language: Look::language(context) }
    }

    /// Makes `language` that of every later [`Look`].
    pub fn set_language(context: &Context, language: Language) {
        context.data_mut(|data| data.insert_temp(key(), language));
    }

    /// The text of `key`.
    #[must_use]
    pub fn text<'a>(&self, key: &'a str) -> &'a str {
        self.language.text(key)
    }

    /// The text of `key` with its placeholders filled.
    #[must_use]
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.language.fill(key, values)
    }

    /// Whether lines start at the right and panels are mirrored.
    #[must_use]
    pub fn is_rtl(&self) -> bool {
        self.language.is_right_to_left()
    }

    /// The colour of words of `ink`.
    #[must_use]
    pub fn color(&self, ink: Ink) -> Color32 {
        self.palette.text(ink)
    }

    /// One below the other, at the side where the language starts.
    #[must_use]
    pub fn column(&self) -> Layout {
        Layout::top_down(self.start())
    }

    /// One beside the other, from the side where the language starts.
    #[must_use]
    pub fn row(&self) -> Layout {
        if self.is_rtl() { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) }
    }

    /// One beside the other, from the side where the language ends.
    #[must_use]
    pub fn row_from_end(&self) -> Layout {
        if self.is_rtl() { Layout::left_to_right(Align::Center) } else { Layout::right_to_left(Align::Center) }
    }

    /// The side where lines start.
    #[must_use]
    pub fn start(&self) -> Align {
        if self.is_rtl() { Align::Max } else { Align::Min }
    }

    /// The side where lines end.
    #[must_use]
    pub fn end(&self) -> Align {
        if self.is_rtl() { Align::Min } else { Align::Max }
    }

    /// The language of the window.
    pub fn language(context: &Context) -> Language {
        context.data(|data| data.get_temp(key())).unwrap_or_default()
    }
}

fn key() -> Id {
    Id::unique("nobat.language")
}

fn palette(is_dark: bool) -> &'static Palette {
    if is_dark { &DARK } else { &LIGHT }
}
