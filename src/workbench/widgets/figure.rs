//! Key figures: a name, a number with its unit, its target, its history, and what the check says.

use egui::{Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::charts::{SparkData, paint_spark};
use super::{Card, Pill};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};

/// A key figure in a card.
#[derive(Clone, Debug)]
#[must_use = "a figure does nothing until `ui` is called"]
pub struct KeyFigure {
    name: String,
    value: String,
    unit: String,
    target: String,
    pill: Option<Pill>,
    spark: Option<SparkData>,
    ink: Ink,
    lines: Vec<(String, Ink)>,
}

impl KeyFigure {
    /// `value` is a number as the language writes it.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> KeyFigure {
        KeyFigure {
            name: name.into(),
            value: value.into(),
            unit: String::new(),
            target: String::new(),
            pill: None,
            spark: None,
            ink: Ink::Strong,
            lines: Vec::new(),
        }
    }

    /// The unit, beside the number.
    pub fn unit(mut self, unit: impl Into<String>) -> KeyFigure {
        self.unit = unit.into();
        self
    }

    /// What the number should be, below it.
    pub fn target(mut self, target: impl Into<String>) -> KeyFigure {
        self.target = target.into();
        self
    }

    /// What the check says.
    pub fn pill(mut self, pill: Pill) -> KeyFigure {
        self.pill = Some(pill);
        self
    }

    /// Its history.
    pub fn spark(mut self, spark: SparkData) -> KeyFigure {
        self.spark = Some(spark);
        self
    }

    /// Colour of the number.
    pub fn ink(mut self, ink: Ink) -> KeyFigure {
        self.ink = ink;
        self
    }

    /// A sentence below it, which takes as many lines as it needs.
    pub fn line(mut self, words: impl Into<String>, ink: Ink) -> KeyFigure {
        self.lines.push((words.into(), ink));
        self
    }

    /// Shows it in a card at least `height` high.
    pub fn ui(self, ui: &mut Ui, height: f32) {
        let look = Look::of(ui);
        Card::new().height(height).ui(ui, |ui| {
            let name = Text::new(&self.name).weight(sizes::MEDIUM).ink(Ink::Soft);
            let pill_width = self.pill.as_ref().map_or(0.0, |pill| pill.width(ui) + sizes::GAP);
            // In a narrow card the verdict has a line of its own, or the name could not be read.
            let fits = name.measure(ui).x + pill_width <= ui.available_width();
            let size = vec2(ui.available_width(), 24.0);
            ui.allocate_ui_with_layout(size, look.row_from_end(), |ui| {
                if let Some(pill) = self.pill.clone().filter(|_| fits) {
                    pill.ui(ui);
                }
                ui.allocate_ui_with_layout(vec2(ui.available_width(), 24.0), look.row(), |ui| {
                    name.elide().ui(ui);
                });
            });
            self.number_ui(ui);
            if let Some(pill) = self.pill.clone().filter(|_| !fits) {
                pill.ui(ui);
            }
            ui.spacing_mut().item_spacing.y = sizes::GAP;
            for (words, ink) in &self.lines {
                Text::new(words).ink(*ink).wrap().copyable().ui(ui);
            }
        });
    }

    fn number_ui(&self, ui: &mut Ui) {
        let look = Look::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 62.0), Sense::hover());
        let said = format!("{} {} {}, {}", self.name, self.value, self.unit, self.target);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
        let number = Text::new(&self.value).size(sizes::FIGURE).strong().ink(self.ink);
        let unit = Text::new(&self.unit).ink(Ink::Soft);
        let target = Text::new(&self.target).size(sizes::SMALL).ink(Ink::Faint);
        let number_width = number.measure(ui).x;
        let unit_width = unit.measure(ui).x;
        let top = rect.top() - 4.0;
        let at = |offset: f32, width: f32| {
            if look.is_rtl() { rect.right() - offset - width } else { rect.left() + offset }
        };
        number.paint(ui, pos2(at(0.0, number_width), top), egui::Align2::LEFT_TOP);
        let unit_top = top + number.baseline() - unit.baseline();
        unit.paint(ui, pos2(at(number_width + 6.0, unit_width), unit_top), egui::Align2::LEFT_TOP);
        let target_width = target.measure(ui).x.min(rect.width());
        let target_rect =
            Rect::from_min_size(pos2(at(0.0, target_width), rect.bottom() - 20.0), vec2(target_width, 20.0));
        target.paint_in(ui, target_rect);
        if let Some(spark) = &self.spark {
            let taken = (number_width + unit_width + 6.0).max(target_width) + sizes::GUTTER;
            let width = (rect.width() - taken).min(128.0);
            if width > 36.0 {
                let left = if look.is_rtl() { rect.left() } else { rect.right() - width };
                paint_spark(ui, Rect::from_min_size(pos2(left, rect.top() + 8.0), vec2(width, 44.0)), spark);
            }
        }
    }
}
