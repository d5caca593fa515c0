//! Fields for typing, with a name above and what is wrong below.
//!
//! egui draws what is typed by itself and knows no bidirectional text; where Persian was typed, it is shown once more
//! below the field as it will be read.

use egui::{Align, Align2, CornerRadius, Frame, Margin, Response, Stroke, TextEdit, Ui, vec2};

use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::icons;

/// A field to be shown.
pub(super) struct Field<'a> {
    /// Its name, also for screen readers.
    pub name: &'a str,
    /// What may be typed.
    pub hint: &'a str,
    /// What is wrong with what was typed.
    pub problem: Option<&'a str>,
    /// Lines of text; 1 for a single value.
    pub lines: usize,
}

impl Field<'_> {
    /// A field of one line without a name above it: the name is for screen readers, `hint` stands where nothing is typed.
    pub fn line_ui(ui: &mut Ui, name: &str, hint: &str, typed: &mut String) -> Response {
        let look = Look::of(ui);
        let field = Field { name, hint, problem: None, lines: 1 };
        let response = field.edit_ui(ui, typed, &look);
        if typed.is_empty() {
            let room = response.rect.shrink2(vec2(11.0, 0.0));
            Text::new(hint).size(sizes::SMALL).ink(Ink::Faint).paint_in(ui, room);
        }
        response
    }

    /// Shows it as wide as the place it stands in.
    pub fn ui(&self, ui: &mut Ui, typed: &mut String) -> Response {
        let look = Look::of(ui);
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = sizes::GRID;
            name_ui(ui, self.name, self.hint);
            let response = self.edit_ui(ui, typed, &look);
            if let Some(problem) = self.problem {
                ui.allocate_ui_with_layout(vec2(ui.available_width(), 18.0), look.row(), |ui| {
                    ui.spacing_mut().item_spacing.x = sizes::GRID;
                    Text::icon(icons::ICON_ERROR).size(sizes::ICON_SMALL).ink(Ink::Fail).ui(ui);
                    Text::new(problem).size(sizes::SMALL).ink(Ink::Fail).wrap().ui(ui);
                });
            } else if self.lines > 1 && typed.chars().any(|letter| ('\u{600}'..='\u{6ff}').contains(&letter)) {
                Text::new(typed.as_str()).size(sizes::SMALL).ink(Ink::Soft).value().wrap().ui(ui);
            }
            response
        })
        .inner
    }

    fn edit_ui(&self, ui: &mut Ui, typed: &mut String, look: &Look) -> Response {
        let edge = if self.problem.is_some() { look.palette.fail } else { look.palette.edge };
        let frame = Frame::new()
            .fill(look.palette.card)
            .stroke(Stroke::new(sizes::LINE, edge))
            .corner_radius(CornerRadius::same(sizes::CONTROL_RADIUS))
            .inner_margin(Margin::symmetric(10, 6));
        let edit = if self.lines > 1 {
            TextEdit::multiline(typed).desired_rows(self.lines)
        } else {
            TextEdit::singleline(typed)
        };
        let vertical = if self.lines > 1 { Align::Min } else { Align::Center };
        let edit = edit.frame(frame).desired_width(f32::INFINITY).align(Align2([look.start(), vertical]));
        ui.add(edit).accessible_name(self.name)
    }
}

/// Another control with a name above.
pub(super) fn named_ui<R>(ui: &mut Ui, name: &str, hint: &str, control: impl FnOnce(&mut Ui) -> R) -> R {
    let named = ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = sizes::GRID;
        name_ui(ui, name, hint);
        control(ui)
    });
    named.inner
}

/// The line above a control: its name at the start, what may be chosen at the end.
fn name_ui(ui: &mut Ui, name: &str, hint: &str) {
    let look = Look::of(ui);
    let size = vec2(ui.available_width(), 18.0);
    ui.allocate_ui_with_layout(size, look.row_from_end(), |ui| {
        if !hint.is_empty() {
            Text::new(hint).size(sizes::SMALL).ink(Ink::Faint).elide_to(ui.available_width() * 0.7).ui(ui);
        }
        ui.allocate_ui_with_layout(vec2(ui.available_width(), 18.0), look.row(), |ui| {
            Text::new(name).size(sizes::SMALL).weight(sizes::MEDIUM).ink(Ink::Soft).elide().ui(ui);
        });
    });
}

/// `typed` with ASCII digits and a point, as files have them.
pub(super) fn plain_number(typed: &str) -> String {
    let plain = |letter: char| match letter {
        '۰'..='۹' => char::from_digit(u32::from(letter) - u32::from('۰'), 10).unwrap_or(letter),
        '٠'..='٩' => char::from_digit(u32::from(letter) - u32::from('٠'), 10).unwrap_or(letter),
        '٫' => '.',
        other => other,
    };
    typed.trim().chars().map(plain).collect()
}
