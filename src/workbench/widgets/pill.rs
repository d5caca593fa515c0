//! Pills: a verdict as symbol and word. `pass` is ink, `fail` is filled, `inconclusive` is dashed, so that they
//! can be told apart without colours.

use egui::{Align2, Color32, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use egui_material_icons::{MaterialIcon, icons};

use crate::base::Verdict;
use crate::workbench::text::Text;
use crate::workbench::theme::tokens::CLEAR;
use crate::workbench::theme::{Ink, Look, sizes};

/// A small word with a shape of its own.
#[derive(Clone, Debug)]
#[must_use = "a pill does nothing until `ui` is called"]
pub struct Pill {
    verdict: Option<Verdict>,
    word: String,
    hint: Option<String>,
    icon: Option<MaterialIcon>,
}

/// The symbol of `verdict`.
#[must_use]
pub fn verdict_icon(verdict: Verdict) -> MaterialIcon {
    match verdict {
        Verdict::Pass => icons::ICON_CHECK,
        Verdict::Fail => icons::ICON_CLOSE,
        Verdict::Inconclusive => icons::ICON_QUESTION_MARK,
    }
}

impl Pill {
    /// The verdict in its own word.
    pub fn verdict(verdict: Verdict, look: &Look) -> Pill {
        let key = match verdict {
            Verdict::Pass => "verdict.pass",
            Verdict::Fail => "verdict.fail",
            Verdict::Inconclusive => "verdict.inconclusive",
        };
        Pill::saying(verdict, look.text(key))
    }

    /// The shape of `verdict` with another word ("within target", "stable", "drift").
    pub fn saying(verdict: Verdict, word: impl Into<String>) -> Pill {
        Pill { verdict: Some(verdict), word: word.into(), hint: None, icon: Some(verdict_icon(verdict)) }
    }

    /// A word that is no verdict.
    pub fn plain(word: impl Into<String>) -> Pill {
        Pill { verdict: None, word: word.into(), hint: None, icon: None }
    }

    /// With a symbol of its own.
    pub fn icon(mut self, icon: MaterialIcon) -> Pill {
        self.icon = Some(icon);
        self
    }

    /// Shown when pointed at: why.
    pub fn hint(mut self, hint: impl Into<String>) -> Pill {
        self.hint = Some(hint.into());
        self
    }

    /// Width that [`Pill::ui`] will take.
    #[must_use]
    pub fn width(&self, ui: &Ui) -> f32 {
        self.parts(ui).2
    }

    /// Shows it.
    pub fn ui(self, ui: &mut Ui) -> Response {
        let (_, _, width) = self.parts(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &self.word));
        self.paint(ui, rect);
        match self.hint {
            Some(hint) => response.on_hover_ui(|ui| drop(Text::new(hint).wrap_to(sizes::TOOLTIP).ui(ui))),
            None => response,
        }
    }

    /// Paints it in the middle of the height of `rect`, at the side where the language starts; for table cells.
    pub(super) fn paint_in(&self, ui: &Ui, rect: egui::Rect) {
        let width = self.parts(ui).2.min(rect.width());
        let left = if Look::of(ui).is_rtl() { rect.right() - width } else { rect.left() };
        let own = egui::Rect::from_min_size(pos2(left, rect.center().y - HEIGHT / 2.0), vec2(width, HEIGHT));
        self.paint(ui, own);
    }

    fn parts(&self, ui: &Ui) -> (Text, Option<Text>, f32) {
        let word = Text::new(&self.word).size(sizes::SMALL).strong();
        let icon = self.icon.map(|icon| Text::icon(icon).size(sizes::ICON_SMALL));
        let icon_width = icon.as_ref().map_or(0.0, |icon| icon.measure(ui).x + 3.0);
        let width = (word.measure(ui).x + icon_width + 18.0).ceil();
        (word, icon, width)
    }

    fn paint(&self, ui: &Ui, rect: egui::Rect) {
        let look = Look::of(ui);
        let palette = look.palette;
        let (word, icon, _) = self.parts(ui);
        let (fill, edge, ink) = match self.verdict {
            Some(Verdict::Fail) => (palette.fail, palette.fail, Ink::OnFill),
            Some(Verdict::Inconclusive) => (CLEAR, CLEAR, Ink::Warn),
            Some(Verdict::Pass) => (CLEAR, palette.edge, Ink::Strong),
            None => (palette.raised, palette.raised, Ink::Soft),
        };
        let radius = HEIGHT / 2.0;
        ui.painter().rect(rect, radius, fill, Stroke::new(sizes::LINE, edge), StrokeKind::Inside);
        if self.verdict == Some(Verdict::Inconclusive) {
            dashed_outline(ui, rect, palette.warn);
        }
        let (start, end) = (rect.left() + 9.0, rect.right() - 9.0);
        let middle = rect.center().y;
        let (icon_at, icon_anchor, word_at, word_anchor) = if look.is_rtl() {
            (end, Align2::RIGHT_CENTER, start, Align2::LEFT_CENTER)
        } else {
            (start, Align2::LEFT_CENTER, end, Align2::RIGHT_CENTER)
        };
        if let Some(icon) = icon {
            icon.ink(ink).paint(ui, pos2(icon_at, middle), icon_anchor);
        }
        word.ink(ink).paint(ui, pos2(word_at, middle), word_anchor);
    }
}

const HEIGHT: f32 = 22.0;

/// The outline of a stadium in dashes.
fn dashed_outline(ui: &Ui, rect: egui::Rect, color: Color32) {
    let rect = rect.shrink(0.5);
    let radius = rect.height() / 2.0;
    let mut points = Vec::with_capacity(40);
    let arc = |points: &mut Vec<egui::Pos2>, x: f32, from: f32| {
        for step in 0..=12_u8 {
            let angle = from + std::f32::consts::PI * f32::from(step) / 12.0;
            points.push(pos2(x + radius * angle.cos(), rect.center().y + radius * angle.sin()));
        }
    };
    arc(&mut points, rect.right() - radius, -std::f32::consts::FRAC_PI_2);
    arc(&mut points, rect.left() + radius, std::f32::consts::FRAC_PI_2);
    points.extend(points.first().copied());
    ui.painter().extend(Shape::dashed_line(&points, Stroke::new(sizes::LINE, color), 3.0, 2.5));
}
