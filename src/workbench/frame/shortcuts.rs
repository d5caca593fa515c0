//! Keys: listening for them, and the list of them.

use egui::{
    Align2, Context, Id, Key, KeyboardShortcut, Modal, Modifiers, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    vec2,
};

use super::palette::dialog_frame;
use crate::workbench::command::{Command, Outbox};
use crate::workbench::state::Screen;
use crate::workbench::text::{Direction, Text};
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::Button;

/// `shortcut` as it stands on a keyboard.
pub(super) fn keys_of(context: &Context, shortcut: &KeyboardShortcut) -> String {
    let named = context.format_shortcut(shortcut);
    named.replace("Questionmark", "?").replace("Plus", "+").replace("Minus", "−")
}

/// Every command that can be listed, screens first.
pub(super) fn all(screens: &[Box<dyn Screen>]) -> Vec<Command> {
    screens.iter().map(|screen| Command::GoTo(screen.id())).chain(Command::listed()).collect()
}

/// The keys of the screen at `index` of the rail.
pub(super) fn for_screen(index: usize) -> Option<KeyboardShortcut> {
    const KEYS: [Key; 9] =
        [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];
    KEYS.get(index).map(|key| KeyboardShortcut::new(Modifiers::COMMAND, *key))
}

/// Sends the commands whose keys were pressed. Keys without a modifier are left to a field that is being typed in.
pub(super) fn listen(context: &Context, screens: &[Box<dyn Screen>], outbox: &mut Outbox) {
    let is_typing = context.egui_wants_keyboard_input();
    context.input_mut(|input| {
        for (index, screen) in screens.iter().enumerate() {
            if for_screen(index).is_some_and(|shortcut| input.consume_shortcut(&shortcut)) {
                outbox.send(Command::GoTo(screen.id()));
            }
        }
        // Those with more modifiers first: a shorter one would take their keys.
        let mut listed = Command::listed();
        listed.sort_by_key(|command| !command.shortcut().is_some_and(|shortcut| shortcut.modifiers.shift));
        for command in listed {
            let Some(shortcut) = command.shortcut() else { continue };
            if (!is_typing || shortcut.modifiers.any()) && input.consume_shortcut(&shortcut) {
                outbox.send(command);
            }
        }
        // The same key without Shift, and on the number pad.
        if input.consume_key(Modifiers::COMMAND, Key::Equals) {
            outbox.send(Command::ZoomIn);
        }
        if !is_typing && input.consume_key(Modifiers::SHIFT, Key::Questionmark) {
            outbox.send(Command::ShowShortcuts);
        }
    });
}

/// Draws the list of shortcuts; false once it is closed.
pub(super) fn shortcuts_ui(context: &Context, commands: &[Command]) -> bool {
    let look = Look::of_context(context);
    let modal =
        Modal::new(Id::unique("nobat.shortcuts")).frame(dialog_frame(&look)).backdrop_color(look.palette.veil);
    let mut is_open = true;
    let shown = modal.show(context, |ui| {
        ui.set_width(sizes::DIALOG * 0.75);
        ui.with_layout(look.column(), |ui| {
            ui.spacing_mut().item_spacing.y = sizes::GRID;
            Text::new(look.text("shortcuts.title")).size(16.0).strong().ui(ui);
            ui.add_space(sizes::GRID);
            let mut screen = 0;
            for command in commands {
                let shortcut = if matches!(command, Command::GoTo(_)) {
                    screen += 1;
                    for_screen(screen - 1)
                } else {
                    command.shortcut()
                };
                if let Some(shortcut) = shortcut {
                    line_ui(ui, &command.title(look.language), &shortcut);
                }
            }
            ui.add_space(sizes::GAP);
            if Button::plain(look.text("close")).ui(ui).clicked() {
                is_open = false;
            }
        });
    });
    is_open && !shown.should_close()
}

fn line_ui(ui: &mut Ui, title: &str, shortcut: &KeyboardShortcut) {
    let keys = keys_of(ui.ctx(), shortcut);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{title}: {keys}")));
    Text::new(title).ink(Ink::Soft).paint_in(ui, rect);
    paint_keys(ui, rect, &keys);
}

/// Paints keys in a frame at the end of `rect`; returns how wide they are.
pub(super) fn paint_keys(ui: &Ui, rect: egui::Rect, keys: &str) -> f32 {
    let look = Look::of(ui);
    let text = Text::new(keys).direction(Direction::LeftToRight).size(11.0).weight(sizes::MEDIUM).ink(Ink::Soft);
    let size = text.measure(ui) + vec2(12.0, 2.0);
    let anchor = if look.is_rtl() { Align2::LEFT_CENTER } else { Align2::RIGHT_CENTER };
    let at = if look.is_rtl() { rect.left_center() } else { rect.right_center() };
    let own = anchor.anchor_size(at, size);
    let stroke = Stroke::new(sizes::LINE, look.palette.edge);
    ui.painter().rect(own, 4, look.palette.raised, stroke, StrokeKind::Inside);
    text.paint(ui, own.center(), Align2::CENTER_CENTER);
    size.x
}
