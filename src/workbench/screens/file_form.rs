//! Naming files of visits that are to be imported: by typing or pasting paths, by a dialog, or by dropping them.
//!
//! Several files, or a folder of files, are one history. The form reads no file: whether there is one, and what is in it,
//! the job says. Paths are typed from left to right in both languages, one a line.

use std::path::{Path, PathBuf};

use egui::{Align2, Key, KeyboardShortcut, Margin, Modifiers, TextEdit, Ui};
use egui_material_icons::icons;

use crate::workbench::command::{Command, Outbox};
use crate::workbench::state::State;
use crate::workbench::text::{Direction, Face, Text};
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Button, Notice, row_ui};

/// What was typed.
#[derive(Debug, Default)]
pub(super) struct FileForm {
    /// Paths of files or folders, one a line.
    paths: String,
    mapping: String,
}

/// How many lines a field may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    One,
    /// A further line is begun with Shift and the enter key, or pasted.
    Several,
}

impl FileForm {
    /// Takes what was dropped on the window: a mapping goes to its field, files and folders of visits are looked at at
    /// once, with the mapping that the form names. While files are looked at, a mapping that is dropped alone is theirs.
    pub fn take_dropped(&mut self, ui: &Ui, state: &State, outbox: &mut Outbox) {
        let dropped: Vec<PathBuf> =
            ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        self.take(dropped, state, outbox);
    }

    fn take(&mut self, dropped: Vec<PathBuf>, state: &State, outbox: &mut Outbox) {
        let (mappings, mut visits): (Vec<_>, Vec<_>) = dropped.into_iter().partition(|path| is_mapping(path));
        if let Some(mapping) = mappings.last() {
            self.mapping = mapping.display().to_string();
            if visits.is_empty() {
                visits = state.intake.as_ref().map(|intake| intake.paths.clone()).unwrap_or_default();
            }
        }
        if visits.is_empty() {
            return;
        }
        let lines: Vec<String> = visits.iter().map(|path| path.display().to_string()).collect();
        self.paths = lines.join("\n");
        let command = Command::Inspect(visits, typed_path(&self.mapping));
        if command.check(state).is_ok() {
            outbox.send(command);
            outbox.send(Command::GoTo("data"));
        }
    }

    /// Shows the fields and their buttons; `with_sample` adds the one that opens the sample.
    pub fn ui(&mut self, ui: &mut Ui, state: &State, with_sample: bool, outbox: &mut Outbox) {
        let look = Look::of(ui);
        if ui.input(|input| !input.raw.hovered_files.is_empty()) {
            Notice::info(look.text("file.release")).ui(ui);
        }
        let entered = path_field_ui(ui, ("file.path", "file.path_hint"), Lines::Several, &mut self.paths);
        path_field_ui(ui, ("file.mapping", "file.mapping_hint"), Lines::One, &mut self.mapping);
        let paths = typed_paths(&self.paths);
        let request = (!paths.is_empty()).then(|| Command::Inspect(paths, typed_path(&self.mapping)));
        let refusal = match &request {
            None => Some(look.text("file.no_path").to_owned()),
            Some(command) => command.refusal(state, &look),
        };
        ui.add_space(sizes::GRID);
        row_ui(ui, |ui| {
            let import =
                Button::primary(look.text("file.look")).icon(icons::ICON_TABLE).unless(refusal.clone()).ui(ui);
            if let Some(command) = request.filter(|_| refusal.is_none() && (import.clicked() || entered)) {
                outbox.send(command);
                outbox.send(Command::GoTo("data"));
            }
            let dialogs = [(Command::ChooseFile, "file.choose"), (Command::ChooseFolder, "file.choose_folder")];
            let sample = with_sample.then_some((Command::OpenSample, "file.sample"));
            for (command, key) in dialogs.into_iter().chain(sample) {
                let button = Button::plain(look.text(key)).icon(command.icon(&look));
                if button.unless(command.refusal(state, &look)).ui(ui).clicked() {
                    if command != Command::OpenSample {
                        outbox.send(Command::GoTo("data"));
                    }
                    outbox.send(command);
                }
            }
        });
        Text::new(look.text("file.drop")).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
    }
}

/// A field for one path, with its name above it: keys of the name and of an example. True where the enter key was pressed
/// in it.
pub(super) fn one_path_ui(ui: &mut Ui, keys: (&'static str, &'static str), typed: &mut String) -> bool {
    path_field_ui(ui, keys, Lines::One, typed)
}

fn path_field_ui(
    ui: &mut Ui,
    (key, hint): (&'static str, &'static str),
    lines: Lines,
    typed: &mut String,
) -> bool {
    let look = Look::of(ui);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = sizes::GRID;
        Text::new(look.text(key)).weight(sizes::MEDIUM).ink(Ink::Soft).elide().ui(ui);
        let field = match lines {
            Lines::One => TextEdit::singleline(typed),
            Lines::Several => TextEdit::multiline(typed)
                .desired_rows(1)
                .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter)),
        };
        let field = field
            .id_salt(key)
            .margin(Margin::symmetric(8, 6))
            .align(Align2::LEFT_CENTER)
            .desired_width(f32::INFINITY);
        let response = ui.add(field).accessible_name(look.text(key));
        if typed.is_empty() {
            let room = response.rect.shrink2(egui::vec2(9.0, 0.0));
            // An example of a path is no sentence: it stands where the path will.
            let example = Text::new(look.text(hint)).face(Face::Code).size(sizes::SMALL).ink(Ink::Faint);
            example.direction(Direction::LeftToRight).elide_to(room.width()).paint(
                ui,
                room.left_center(),
                Align2::LEFT_CENTER,
            );
        }
        let is_here = response.has_focus() || response.lost_focus();
        is_here && ui.input(|input| input.key_pressed(Key::Enter) && !input.modifiers.shift)
    })
    .inner
}

fn is_mapping(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ending == "yaml" || ending == "yml")
}

/// The paths in the lines of what was typed or pasted.
fn typed_paths(typed: &str) -> Vec<PathBuf> {
    typed.lines().filter_map(typed_path).collect()
}

/// The path that was typed or pasted: file managers put quotes or `file://` around it, the latter with percent signs.
pub(super) fn typed_path(typed: &str) -> Option<PathBuf> {
    let mut text = typed.trim();
    for quote in ['"', '\''] {
        text = text.strip_prefix(quote).and_then(|inner| inner.strip_suffix(quote)).unwrap_or(text);
    }
    let path = text.strip_prefix("file://").map_or_else(|| text.to_owned(), without_percents);
    (!path.is_empty()).then(|| PathBuf::from(path))
}

/// `my visits` of `my%20visits`; what is no such sign stays as it is.
fn without_percents(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let sign = digits.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(sign.unwrap_or(*first));
        rest = if sign.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_path_loses_what_a_file_manager_put_around_it() {
        assert_eq!(typed_path("  '/data/my visits.csv' "), Some(PathBuf::from("/data/my visits.csv")));
        assert_eq!(typed_path("file:///data/a.parquet"), Some(PathBuf::from("/data/a.parquet")));
        assert_eq!(typed_path("file:///data/my%20visits%D8%A7.csv"), Some(PathBuf::from("/data/my visitsا.csv")));
        assert_eq!(typed_path("/data/100%25.csv"), Some(PathBuf::from("/data/100%25.csv")), "typed by hand");
        assert_eq!(typed_path("\"C:\\a.csv\""), Some(PathBuf::from("C:\\a.csv")));
        assert_eq!(typed_path("   "), None);
    }

    #[test]
    fn each_line_is_a_path() {
        let pasted = "file:///data/january.csv\r\nfile:///data/february.csv\n\n /data/march ";
        let expected = ["/data/january.csv", "/data/february.csv", "/data/march"].map(PathBuf::from);
        assert_eq!(typed_paths(pasted), expected);
        assert!(typed_paths(" \n").is_empty());
    }

    #[test]
    fn a_dropped_mapping_waits_for_the_visits_that_it_is_for() {
        let (mut form, mut outbox, state) = (FileForm::default(), Outbox::default(), State::default());
        form.take(vec![PathBuf::from("/a/map.YAML")], &state, &mut outbox);
        assert!(outbox.take().is_empty());
        form.take(vec![PathBuf::from("/a/visits.csv"), PathBuf::from("/a/more")], &state, &mut outbox);
        let paths = vec![PathBuf::from("/a/visits.csv"), PathBuf::from("/a/more")];
        let inspect = Command::Inspect(paths, Some(PathBuf::from("/a/map.YAML")));
        assert_eq!(outbox.take(), [inspect, Command::GoTo("data")]);
        assert_eq!(form.paths, "/a/visits.csv\n/a/more");
    }
}
