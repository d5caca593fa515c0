//! Rolling back with a reason: the first press says what will change and asks why, the second one does it.

use egui::{Key, Ui};

use super::field::Field;
use crate::base::Version;
use crate::store::registry::Rollout;
use crate::workbench::command::{Command, Outbox};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::{Button, Card, icons, row_ui};

/// What was typed. A reason for leaving one generation must not slip into another.
#[derive(Debug, Default)]
pub(super) struct RollBackForm {
    from_generation: Option<i64>,
    reason: String,
    wants_focus: bool,
}

impl RollBackForm {
    /// The button that asks; `refusal` is why it cannot be pressed.
    pub fn button_ui(&mut self, ui: &mut Ui, live: &Rollout, label: &str, refusal: Option<String>) {
        let button = Button::danger(label).icon(icons::ICON_UNDO).unless(refusal);
        if button.ui(ui).clicked() {
            let is_open = self.from_generation == Some(live.generation);
            *self = RollBackForm::default();
            self.from_generation = (!is_open).then_some(live.generation);
            self.wants_focus = !is_open;
        }
    }

    /// The question, once the button was pressed: from `live` back to `target`.
    pub fn form_ui(&mut self, ui: &mut Ui, live: &Rollout, target: Version, outbox: &mut Outbox) {
        if self.from_generation != Some(live.generation) {
            return;
        }
        let look = Look::of(ui);
        let values = [
            ("version", target.to_string()),
            ("from", live.version.to_string()),
            ("generation", look.language.integer(live.generation.saturating_add(1).unsigned_abs())),
        ];
        let label = look.language.fill_owned("releases.roll_back.to", &values);
        Card::titled(&label).ui(ui, |ui| {
            let changes = look.language.fill_owned("releases.roll_back.changes", &values);
            Text::new(changes).ink(Ink::Soft).wrap().ui(ui);
            let name = look.text("releases.roll_back.why");
            let field = Field { name, hint: look.text("releases.roll_back.kept"), problem: None, lines: 1 };
            let typed = field.ui(ui, &mut self.reason);
            if std::mem::take(&mut self.wants_focus) {
                typed.request_focus();
            }
            let entered = typed.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            let reason = self.reason.trim().to_owned();
            let refusal = reason.is_empty().then(|| look.text("releases.refused.roll_back_reason"));
            row_ui(ui, |ui| {
                let button = Button::danger(look.text("releases.roll_back.now")).icon(icons::ICON_UNDO);
                let pressed = button.unless(refusal).ui(ui).clicked();
                if (pressed || entered) && refusal.is_none() {
                    outbox.send(Command::RollBack(reason));
                    *self = RollBackForm::default();
                }
                if Button::plain(look.text("cancel")).ui(ui).clicked() {
                    *self = RollBackForm::default();
                }
            });
        });
    }
}
