//! The gate through which every text on the screen goes.
//!
//! egui joins Arabic script but knows no bidirectional text, so lines are broken, ordered and aligned here; see
//! [`bidi`] for the order and [`lines`](self) for the breaking. Screen readers and the clipboard get the logical
//! text. Text fields are egui's own and do not pass through here.

pub mod bidi;
mod cache;
mod fonts;
mod lines;

use std::sync::Arc;

use egui::{Align, Align2, Color32, Galley, Pos2, Rect, Response, Sense, Ui, Vec2, WidgetInfo};

pub use bidi::{Direction, isolate};
pub use fonts::{Face, install};

use super::theme::{Ink, Look, sizes};

/// How wide a text may become and what happens to the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fit {
    /// One line, as wide as it is.
    Natural,
    /// One line that ends in "…" where it does not fit into this width; `None` is the width at hand.
    Elide(Option<f32>),
    /// Lines of at most this width; `None` is the width at hand. After the given number of lines comes "…".
    Wrap(Option<f32>, usize),
}

/// A stretch of text with its own colour and weight.
#[derive(Clone, Debug, PartialEq)]
struct Span {
    text: String,
    ink: Option<Ink>,
    weight: Option<u16>,
}

/// A text to be shown.
///
/// ```no_run
/// # use nobat::workbench::{text::Text, theme::Ink};
/// # fn draw_ui(ui: &mut egui::Ui) {
/// Text::new("Yesterday's error was ").bold("12.4 minutes").span(".").ink(Ink::Soft).wrap().ui(ui);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Text {
    spans: Vec<Span>,
    size: f32,
    weight: u16,
    ink: Ink,
    face: Face,
    fit: Fit,
    align: Option<Align>,
    direction: Option<Direction>,
    is_value: bool,
    tabular: bool,
    copyable: bool,
}

impl Text {
    /// `text` in the body style, on one line.
    pub fn new(text: impl Into<String>) -> Text {
        Text {
            spans: vec![Span { text: text.into(), ink: None, weight: None }],
            size: sizes::BODY,
            weight: sizes::REGULAR,
            ink: Ink::Strong,
            face: Face::Text,
            fit: Fit::Natural,
            align: None,
            direction: None,
            is_value: false,
            tabular: false,
            copyable: false,
        }
    }

    /// A symbol.
    #[must_use]
    pub fn icon(icon: egui_material_icons::MaterialIcon) -> Text {
        Text::new(icon.codepoint).face(Face::Icon).size(sizes::ICON)
    }

    /// Appends `text` in the style of the whole.
    #[must_use]
    pub fn span(mut self, text: impl Into<String>) -> Text {
        self.spans.push(Span { text: text.into(), ink: None, weight: None });
        self
    }

    /// Appends `text` in bold.
    #[must_use]
    pub fn bold(mut self, text: impl Into<String>) -> Text {
        self.spans.push(Span { text: text.into(), ink: None, weight: Some(sizes::BOLD) });
        self
    }

    /// Appends `text` in `ink`.
    #[must_use]
    pub fn inked(mut self, text: impl Into<String>, ink: Ink) -> Text {
        self.spans.push(Span { text: text.into(), ink: Some(ink), weight: None });
        self
    }

    /// Height of the letters' square, in points.
    #[must_use]
    pub fn size(mut self, size: f32) -> Text {
        self.size = size;
        self
    }

    /// Weight of the letters, 100 to 900.
    #[must_use]
    pub fn weight(mut self, weight: u16) -> Text {
        self.weight = weight;
        self
    }

    /// Semi-bold.
    #[must_use]
    pub fn strong(self) -> Text {
        self.weight(sizes::BOLD)
    }

    /// Colour of what has none of its own.
    #[must_use]
    pub fn ink(mut self, ink: Ink) -> Text {
        self.ink = ink;
        self
    }

    /// The face.
    #[must_use]
    pub fn face(mut self, face: Face) -> Text {
        self.face = face;
        self
    }

    /// Persian digits in cells of equal width, so that numbers line up (Latin ones do by themselves).
    #[must_use]
    pub fn tabular(mut self) -> Text {
        self.tabular = true;
        self
    }

    /// The text comes from data: its first letter decides where it starts, not the language of the screen.
    #[must_use]
    pub fn value(mut self) -> Text {
        self.is_value = true;
        self
    }

    /// Starts at this side whatever the language.
    #[must_use]
    pub fn direction(mut self, direction: Direction) -> Text {
        self.direction = Some(direction);
        self
    }

    /// Breaks into lines of the width at hand.
    #[must_use]
    pub fn wrap(mut self) -> Text {
        self.fit = Fit::Wrap(None, usize::MAX);
        self
    }

    /// Breaks into lines of at most `width`.
    #[must_use]
    pub fn wrap_to(mut self, width: f32) -> Text {
        self.fit = Fit::Wrap(Some(width), usize::MAX);
        self
    }

    /// Breaks into at most `lines` lines of the width at hand; what is left over becomes "…".
    #[must_use]
    pub fn at_most_lines(mut self, lines: usize) -> Text {
        self.fit = Fit::Wrap(None, lines.max(1));
        self
    }

    /// One line; what does not fit into the width at hand becomes "…".
    #[must_use]
    pub fn elide(mut self) -> Text {
        self.fit = Fit::Elide(None);
        self
    }

    /// One line of at most `width`.
    #[must_use]
    pub fn elide_to(mut self, width: f32) -> Text {
        self.fit = Fit::Elide(Some(width));
        self
    }

    /// Aligns lines at this side instead of the side where the language starts.
    #[must_use]
    pub fn align(mut self, align: Align) -> Text {
        self.align = Some(align);
        self
    }

    /// A right click offers to copy the logical text.
    #[must_use]
    pub fn copyable(mut self) -> Text {
        self.copyable = true;
        self
    }

    /// The text as it was given.
    #[must_use]
    pub fn logical(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    /// The text laid out for `ui`, `width` being what "the width at hand" means.
    pub fn galley(&self, ui: &Ui, width: f32) -> Arc<Galley> {
        cache::galley(ui.ctx(), self, &Look::of(ui), width)
    }

    /// Shows it at the next place of `ui`; a screen reader says the logical text.
    pub fn ui(self, ui: &mut Ui) -> Response {
        let galley = self.galley(ui, ui.available_width());
        let sense = if self.copyable { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(galley.size(), sense);
        let logical = self.logical();
        if ui.is_rect_visible(rect) {
            self.paint_galley(ui, rect, &galley);
        }
        if self.face != Face::Icon {
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, ui.is_enabled(), &logical));
        }
        if self.copyable {
            response.context_menu(|ui| {
                let copy = Look::of(ui).text("copy");
                if super::widgets::Button::plain(copy).ui(ui).clicked() {
                    ui.ctx().copy_text(logical.clone());
                    ui.close();
                }
            });
        }
        if galley.elided || self.is_cut(&galley) {
            response.on_hover_ui(|ui| drop(self.whole().ui(ui)))
        } else {
            response
        }
    }

    /// Paints it with the given corner, edge or middle at `at`; returns the rectangle that it takes.
    /// Nothing is said to a screen reader: the widget that paints names itself.
    pub fn paint(&self, ui: &Ui, at: Pos2, anchor: Align2) -> Rect {
        let galley = self.galley(ui, f32::INFINITY);
        let rect = anchor.anchor_size(at, galley.size());
        self.paint_galley(ui, rect, &galley);
        rect
    }

    /// Paints it inside `rect`, cut to its width, at the side where the text starts and in the middle of the height.
    pub fn paint_in(&self, ui: &Ui, rect: Rect) -> Rect {
        let mut cut = self.clone();
        if cut.fit == Fit::Natural {
            cut.fit = Fit::Elide(Some(rect.width()));
        }
        let galley = cut.galley(ui, rect.width());
        let at = match self.side(ui) {
            Align::Max => Rect::from_min_size(
                rect.right_center() - Vec2::new(galley.size().x, galley.size().y / 2.0),
                galley.size(),
            ),
            Align::Center => Rect::from_center_size(rect.center(), galley.size()),
            Align::Min => {
                Rect::from_min_size(rect.left_center() - Vec2::new(0.0, galley.size().y / 2.0), galley.size())
            }
        };
        self.paint_galley(ui, at, &galley);
        at
    }

    /// Width and height on one line.
    pub fn measure(&self, ui: &Ui) -> Vec2 {
        self.galley(ui, f32::INFINITY).size()
    }

    /// Distance from the top of the laid out text to the line on which its letters stand.
    #[must_use]
    pub fn baseline(&self) -> f32 {
        let (ascent, height) = (sizes::ASCENT * self.size, (sizes::ASCENT + sizes::DESCENT) * self.size);
        (lines::line_height(self.size) - height) / 2.0 + ascent
    }

    fn paint_galley(&self, ui: &Ui, rect: Rect, galley: &Arc<Galley>) {
        let offset = galley.rect.min.to_vec2();
        ui.painter().galley(rect.min - offset, galley.clone(), self.color(&Look::of(ui)));
    }

    fn color(&self, look: &Look) -> Color32 {
        look.color(self.ink)
    }

    fn side(&self, ui: &Ui) -> Align {
        self.align.unwrap_or(if self.starts_right(&Look::of(ui)) { Align::Max } else { Align::Min })
    }

    fn starts_right(&self, look: &Look) -> bool {
        let language = if look.is_rtl() { Direction::RightToLeft } else { Direction::LeftToRight };
        let start = match self.direction {
            Some(direction) => direction,
            None if self.is_value => return look.is_rtl(),
            None => language,
        };
        start == Direction::RightToLeft
    }

    fn base_direction(&self, look: &Look) -> Direction {
        let language = if look.is_rtl() { Direction::RightToLeft } else { Direction::LeftToRight };
        match self.direction {
            Some(direction) => direction,
            None if self.is_value => Direction::of_value(&self.logical(), language),
            None => language,
        }
    }

    /// Whether letters were left out to make it fit.
    fn is_cut(&self, galley: &Galley) -> bool {
        let may_be_cut = matches!(self.fit, Fit::Elide(_) | Fit::Wrap(_, 1..100));
        may_be_cut && galley.job.text.contains(lines::ELLIPSIS) && !self.logical().contains(lines::ELLIPSIS)
    }

    /// The same text, for a tooltip.
    fn whole(&self) -> Text {
        Text {
            fit: Fit::Wrap(Some(sizes::TOOLTIP), usize::MAX),
            size: sizes::BODY,
            ink: Ink::Strong,
            copyable: false,
            ..self.clone()
        }
    }
}
