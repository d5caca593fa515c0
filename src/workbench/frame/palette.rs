//! The command palette: every command by its words, in either language.

use egui::{
    Align2, Area, Context, CornerRadius, Frame, Id, Key, Margin, Modal, Modifiers, Order, Rect, Role, ScrollArea,
    Sense, Stroke, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use super::shortcuts::{for_screen, keys_of, paint_keys};
use crate::base::language::Language;
use crate::workbench::command::Command;
use crate::workbench::state::State;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};

/// The palette: closed, or open with what was typed.
#[derive(Debug, Default)]
pub(super) struct Palette {
    is_open: bool,
    typed: String,
    chosen: usize,
}

/// What was found: the command, its words, its keys, and why it cannot be run.
struct Entry {
    command: Command,
    title: String,
    keys: Option<String>,
    refusal: Option<String>,
}

impl Palette {
    pub fn open(&mut self) {
        *self = Palette { is_open: true, ..Palette::default() };
    }

    /// Draws it where it is open; returns the command that was chosen.
    pub fn ui(&mut self, context: &Context, commands: &[Command], state: &State) -> Option<Command> {
        if !self.is_open {
            return None;
        }
        let look = Look::of_context(context);
        let id = Id::unique("nobat.palette");
        let area = Area::new(id)
            .order(Order::Foreground)
            .anchor(Align2::CENTER_TOP, vec2(0.0, 72.0))
            .kind(egui::UiKind::Modal);
        let modal = Modal::new(id).area(area).frame(dialog_frame(&look)).backdrop_color(look.palette.veil);
        let moved = keys(context);
        let shown = modal.show(context, |ui| {
            ui.set_width(sizes::DIALOG.min(ui.ctx().content_rect().width() - 48.0));
            ui.with_layout(look.column(), |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                self.field_ui(ui);
                let entries = self.found(ui.ctx(), commands, state, &look);
                self.chosen = moved.apply(self.chosen.min(entries.len().saturating_sub(1)), entries.len());
                let pressed = self.list_ui(ui, &entries, moved != Moved::default());
                let entered = moved.enter.then_some(self.chosen);
                pressed.or(entered).and_then(|index| entries.into_iter().nth(index))
            })
            .inner
        });
        if shown.should_close() {
            self.is_open = false;
        }
        let entry = shown.inner?;
        if entry.refusal.is_some() {
            return None;
        }
        self.is_open = false;
        Some(entry.command)
    }

    fn field_ui(&mut self, ui: &mut Ui) {
        let look = Look::of(ui);
        let name = look.text("palette.field");
        let field = TextEdit::singleline(&mut self.typed)
            .id(Id::unique("nobat.palette.field"))
            .frame(Frame::new().inner_margin(Margin::symmetric(8, 8)))
            .font(egui::FontId::proportional(16.0))
            .align(Align2([look.start(), egui::Align::Center]))
            .desired_width(f32::INFINITY);
        let response = ui.add(field).accessible_name(name);
        if !response.has_focus() {
            response.request_focus();
        }
        if response.changed() {
            self.chosen = 0;
        }
        if self.typed.is_empty() {
            let hint = Text::new(name).size(16.0).ink(Ink::Faint);
            hint.paint_in(ui, response.rect.shrink2(vec2(10.0, 0.0)));
        }
        let line = response.rect.expand2(vec2(12.0, 0.0));
        ui.painter().hline(line.x_range(), line.bottom() + 2.0, Stroke::new(sizes::LINE, look.palette.line));
        ui.add_space(sizes::GAP);
    }

    fn found(&self, context: &Context, commands: &[Command], state: &State, look: &Look) -> Vec<Entry> {
        let mut screen = 0;
        let mut entries = Vec::new();
        for command in commands.iter().filter(|command| **command != Command::ShowPalette) {
            let shortcut = match command {
                Command::GoTo(_) => {
                    screen += 1;
                    for_screen(screen - 1)
                }
                other => other.shortcut(),
            };
            let words = Language::ALL.map(|language| command.title(language));
            let Some(rank) = words.iter().filter_map(|words| rank(words, &self.typed)).min() else { continue };
            let entry = Entry {
                title: command.title(look.language),
                keys: shortcut.map(|shortcut| keys_of(context, &shortcut)),
                refusal: command.refusal(state, look),
                command: command.clone(),
            };
            entries.push((rank, entry));
        }
        entries.sort_by_key(|(rank, _)| *rank);
        entries.into_iter().map(|(_, entry)| entry).collect()
    }

    fn list_ui(&self, ui: &mut Ui, entries: &[Entry], follow: bool) -> Option<usize> {
        let look = Look::of(ui);
        if entries.is_empty() {
            Text::new(look.text("palette.nothing")).ink(Ink::Soft).wrap().ui(ui);
            return None;
        }
        let mut pressed = None;
        ScrollArea::vertical().max_height(360.0).auto_shrink([false, true]).show(ui, |ui| {
            ui.with_layout(look.column(), |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for (index, entry) in entries.iter().enumerate() {
                    if entry_ui(ui, entry, index == self.chosen, follow) {
                        pressed = Some(index);
                    }
                }
            });
        });
        pressed
    }
}

fn entry_ui(ui: &mut Ui, entry: &Entry, is_chosen: bool, follow: bool) -> bool {
    let look = Look::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::click());
    let enabled = entry.refusal.is_none();
    let said = match &entry.refusal {
        Some(reason) => format!("{}: {reason}", entry.title),
        None => entry.title.clone(),
    };
    response.widget_info(|| WidgetInfo::selected(Role::MenuItem, enabled, is_chosen, &said));
    if is_chosen && follow {
        response.scroll_to_me(None);
    }
    if is_chosen || response.hovered() {
        ui.painter().rect_filled(rect, sizes::CONTROL_RADIUS, look.palette.raised);
    }
    let inner = rect.shrink2(vec2(10.0, 0.0));
    let ink = if enabled { Ink::Strong } else { Ink::Faint };
    let (icon_at, anchor) = if look.is_rtl() {
        (inner.right_center(), Align2::RIGHT_CENTER)
    } else {
        (inner.left_center(), Align2::LEFT_CENTER)
    };
    Text::icon(entry.command.icon(&look))
        .ink(if enabled { Ink::Soft } else { Ink::Faint })
        .paint(ui, icon_at, anchor);
    let keys = entry.keys.as_ref().map_or(0.0, |keys| paint_keys(ui, inner, keys) + sizes::GUTTER);
    let (left, right) = if look.is_rtl() {
        (inner.left() + keys, inner.right() - 28.0)
    } else {
        (inner.left() + 28.0, inner.right() - keys)
    };
    let words = Rect::from_min_max(pos2(left, inner.top()), pos2(right, inner.bottom()));
    let mut text = Text::new(&entry.title).ink(ink);
    if let Some(reason) = &entry.refusal {
        text = text.span("  ·  ").span(reason);
    }
    text.paint_in(ui, words);
    response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
}

/// What the keys did this frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Moved {
    up: bool,
    down: bool,
    enter: bool,
}

impl Moved {
    fn apply(self, chosen: usize, count: usize) -> usize {
        match (self.up, self.down) {
            _ if count == 0 => 0,
            (true, _) => (chosen + count - 1) % count,
            (_, true) => (chosen + 1) % count,
            _ => chosen,
        }
    }
}

fn keys(context: &Context) -> Moved {
    context.input_mut(|input| Moved {
        up: input.consume_key(Modifiers::NONE, Key::ArrowUp),
        down: input.consume_key(Modifiers::NONE, Key::ArrowDown),
        enter: input.consume_key(Modifiers::NONE, Key::Enter),
    })
}

/// The frame of dialogs.
pub(super) fn dialog_frame(look: &Look) -> Frame {
    Frame::new()
        .fill(look.palette.card)
        .stroke(Stroke::new(sizes::LINE, look.palette.edge))
        .corner_radius(CornerRadius::same(sizes::CARD_RADIUS + 2))
        .inner_margin(Margin::same(12))
}

/// How well `words` answer `typed`: every typed word must begin a word, or stand inside of one; smaller is better.
fn rank(words: &str, typed: &str) -> Option<u32> {
    let (words, typed) = (plain(words), plain(typed));
    let mut rank = 0;
    for part in typed.split_whitespace() {
        let begins = words.split_whitespace().position(|word| word.starts_with(part));
        rank += match begins {
            Some(position) => u32::try_from(position).unwrap_or(u32::MAX).min(20),
            None if words.contains(part) => 50,
            None => return None,
        };
    }
    Some(rank)
}

/// `text` as it is compared: small letters, ASCII digits, one form of ی and ک, no joiners.
fn plain(text: &str) -> String {
    let letter = |c: char| match c {
        'ي' | 'ى' => 'ی',
        'ك' => 'ک',
        '\u{200C}' => ' ',
        '۰'..='۹' => char::from(b'0' + u8::try_from(u32::from(c) - 0x06F0).unwrap_or(0)),
        other => other,
    };
    text.to_lowercase().chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_of_words_come_first_and_forms_of_letters_do_not_matter() {
        assert_eq!(rank("Dark theme", "the da"), Some(1));
        assert!(rank("Dark theme", "hem") > rank("Theme", "the"));
        assert_eq!(rank("Dark theme", "x"), None);
        assert_eq!(rank("تم تاریك", "تاریک"), rank("تم تاریک", "تاریك"));
        assert_eq!(rank("می‌رود ۱۲", "رود 12"), Some(3));
        assert_eq!(rank("anything", ""), Some(0));
    }
}
