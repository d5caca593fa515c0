//! The sentence a screen opens with, and the states in which there is nothing to show: empty, loading, failed.
//! Each of them says what to do next.

use egui::{Align2, CornerRadius, Frame, Margin, Role, Sense, Stroke, Ui, WidgetInfo};
use egui_material_icons::{MaterialIcon, icons};

use super::Button;
use crate::base::Progress;
use crate::base::explain::Explanation;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};

/// What a screen says in one sentence, with a second one that gives the numbers.
#[derive(Clone, Debug)]
#[must_use = "a headline does nothing until `ui` is called"]
pub struct Headline {
    headline: String,
    sentence: Option<Text>,
}

impl Headline {
    /// The headline.
    pub fn new(headline: impl Into<String>) -> Headline {
        Headline { headline: headline.into(), sentence: None }
    }

    /// The sentence below it.
    pub fn sentence(self, sentence: impl Into<String>) -> Headline {
        self.rich_sentence(Text::new(sentence))
    }

    /// The sentence below it, with bold numbers and the like.
    pub fn rich_sentence(mut self, sentence: Text) -> Headline {
        self.sentence = Some(sentence.size(sizes::TITLE).ink(Ink::Soft).wrap());
        self
    }

    /// Shows it.
    pub fn ui(self, ui: &mut Ui) {
        self.with_actions_ui(ui, |_| {});
    }

    /// Shows it with buttons at the end of its first line; the main one comes first. Where they leave too
    /// little room, they get a line of their own.
    pub fn with_actions_ui(self, ui: &mut Ui, actions: impl FnOnce(&mut Ui)) {
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = sizes::GRID;
            self.draw_ui(ui, actions);
        });
    }

    fn draw_ui(self, ui: &mut Ui, actions: impl FnOnce(&mut Ui)) {
        let look = Look::of(ui);
        let width = ui.available_width();
        let text = Text::new(&self.headline).size(sizes::HEADLINE).strong();
        // How wide the buttons are is known from the frame before.
        let id = ui.scope_id().with("headline actions");
        let taken: f32 = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        let room = width - taken - sizes::GUTTER;
        let is_stacked = text.measure(ui).x > room && room < width * 0.5;
        if is_stacked {
            self.headline_ui(ui, text, width);
            let size = egui::vec2(width, sizes::CONTROL);
            let layout = look.row().with_main_wrap(true);
            ui.allocate_ui_with_layout(size, layout, |ui| measured_ui(ui, id, actions));
        } else {
            let size = egui::vec2(width, 32.0);
            ui.allocate_ui_with_layout(size, look.row_from_end(), |ui| {
                measured_ui(ui, id, actions);
                ui.add_space(sizes::GUTTER);
                let width = ui.available_width();
                ui.allocate_ui_with_layout(egui::vec2(width, 32.0), look.column(), |ui| {
                    self.headline_ui(ui, text, width);
                });
            });
        }
        if let Some(sentence) = self.sentence {
            sentence.copyable().ui(ui);
        }
        ui.add_space(sizes::GRID);
    }

    fn headline_ui(&self, ui: &mut Ui, text: Text, width: f32) {
        let response = text.wrap_to(width).copyable().ui(ui);
        response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, &self.headline));
    }
}

/// Draws `contents` and remembers under `id` how wide they are.
fn measured_ui(ui: &mut Ui, id: egui::Id, contents: impl FnOnce(&mut Ui)) {
    let scope = ui.scope(|ui| contents(ui));
    let taken = scope.response.rect.width();
    let known: Option<f32> = ui.data(|data| data.get_temp(id));
    if known.is_none_or(|known| (known - taken).abs() > 0.5) {
        ui.data_mut(|data| data.insert_temp(id, taken));
        ui.ctx().request_discard("the width of a headline's buttons became known");
    }
}

/// A note inside a screen: something to know, to mind, or that failed.
#[derive(Clone, Debug)]
#[must_use = "a notice does nothing until `ui` is called"]
pub struct Notice {
    ink: Ink,
    icon: MaterialIcon,
    text: String,
}

impl Notice {
    /// Something to know.
    pub fn info(text: impl Into<String>) -> Notice {
        Notice { ink: Ink::Current, icon: icons::ICON_INFO, text: text.into() }
    }

    /// Something to mind.
    pub fn warning(text: impl Into<String>) -> Notice {
        Notice { ink: Ink::Warn, icon: icons::ICON_WARNING, text: text.into() }
    }

    /// Something that failed.
    pub fn failure(text: impl Into<String>) -> Notice {
        Notice { ink: Ink::Fail, icon: icons::ICON_ERROR, text: text.into() }
    }

    /// Shows it.
    pub fn ui(self, ui: &mut Ui) {
        let look = Look::of(ui);
        let color = look.palette.mark(self.ink);
        Frame::new()
            .fill(look.palette.card)
            .stroke(Stroke::new(sizes::LINE, color))
            .corner_radius(CornerRadius::same(sizes::CONTROL_RADIUS))
            .inner_margin(Margin::symmetric(12, 8))
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                let room = sizes::ICON + sizes::GAP;
                let text = Text::new(&self.text);
                let galley = text.clone().wrap_to(ui.available_width() - room).galley(ui, 0.0);
                let (rect, response) =
                    ui.allocate_exact_size(egui::vec2(ui.available_width(), galley.size().y), Sense::hover());
                response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &self.text));
                let first_line = rect.top() + text.measure(ui).y.min(20.0) / 2.0;
                let (at, anchor, corner) = if look.is_rtl() {
                    (rect.right(), Align2::RIGHT_CENTER, rect.right() - room - galley.size().x)
                } else {
                    (rect.left(), Align2::LEFT_CENTER, rect.left() + room)
                };
                Text::icon(self.icon).ink(self.ink).paint(ui, egui::pos2(at, first_line), anchor);
                let corner = egui::pos2(corner, rect.top()) - galley.rect.min.to_vec2();
                ui.painter().galley(corner, galley, look.color(Ink::Strong));
            });
    }
}

/// Nothing here yet: what would be here, and the buttons that bring it. True where the button was pressed.
pub fn empty_ui(ui: &mut Ui, icon: MaterialIcon, headline: &str, sentence: &str, next: Option<&str>) -> bool {
    let mut pressed = false;
    state_ui(ui, icon, Ink::Faint, headline, sentence, |ui| {
        if let Some(next) = next {
            pressed = Button::primary(next).ui(ui).clicked();
        }
    });
    pressed
}

/// Work is under way: its stage, how far it is, and a button that stops it. True where that was pressed.
pub fn loading_ui(ui: &mut Ui, headline: &str, progress: &Progress) -> bool {
    let look = Look::of(ui);
    let stage = if progress.stage.is_empty() { String::new() } else { look.text(progress.stage).to_owned() };
    let mut pressed = false;
    state_ui(ui, icons::ICON_HOURGLASS, Ink::Current, headline, &stage, |ui| {
        super::charts::progress_ui(ui, progress, ui.available_width().min(240.0));
        pressed = Button::plain(look.text("cancel")).ui(ui).clicked();
    });
    pressed
}

/// It did not work: what happened, what was left untouched, what to do. True where "try again" was pressed.
pub fn failed_ui(ui: &mut Ui, explanation: &Explanation) -> bool {
    let look = Look::of(ui);
    let mut pressed = false;
    let sentence = format!("{}\n{}", explanation.untouched, explanation.next);
    state_ui(ui, icons::ICON_ERROR, Ink::Fail, &explanation.happened, &sentence, |ui| {
        pressed = Button::plain(look.text("try_again")).ui(ui).clicked();
        if Button::quiet(look.text("copy_details")).ui(ui).clicked() {
            ui.ctx().copy_text(format!("{}\n{sentence}", explanation.happened));
        }
    });
    pressed
}

fn state_ui(
    ui: &mut Ui,
    icon: MaterialIcon,
    ink: Ink,
    headline: &str,
    sentence: &str,
    rest: impl FnOnce(&mut Ui),
) {
    let width = ui.available_width().min(440.0);
    ui.vertical_centered(|ui| {
        ui.set_max_width(width);
        ui.add_space(sizes::PADDING);
        Text::icon(icon).size(32.0).ink(ink).ui(ui);
        let centre = |text: Text| text.wrap_to(width).align(egui::Align::Center);
        centre(Text::new(headline).size(15.0).strong()).ui(ui);
        if !sentence.is_empty() {
            centre(Text::new(sentence).ink(Ink::Soft)).copyable().ui(ui);
        }
        ui.add_space(sizes::GRID);
        rest(ui);
        ui.add_space(sizes::PADDING);
    });
}
