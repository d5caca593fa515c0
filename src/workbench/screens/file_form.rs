//! Naming a file of visits that is to be imported: by typing or pasting its path, by a dialog, or by dropping it.
//!
//! The form reads no file: whether there is one, and what is in it, the import job says. Paths are typed from left to
//! right in both languages.

use std::path::{Path, PathBuf};

use egui::{Align2, Margin, TextEdit, Ui};
use egui_material_icons::icons;

use crate::workbench::command::{Command, Outbox};
use crate::workbench::jobs::JobStatus;
use crate::workbench::state::State;
use crate::workbench::text::{Direction, Face, Text};
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Button, Notice, row_ui};

/// What was typed.
#[derive(Debug, Default)]
pub(super) struct FileForm {
    path: String,
    mapping: String,
}

impl FileForm {
    /// Takes what was dropped on the window: a mapping goes to its field, a file of visits is looked at at once, with
    /// the mapping that the form names.
    pub fn take_dropped(&mut self, ui: &Ui, state: &State, outbox: &mut Outbox) {
        let dropped: Vec<PathBuf> =
            ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        self.take(dropped, state, outbox);
    }

    fn take(&mut self, dropped: Vec<PathBuf>, state: &State, outbox: &mut Outbox) {
        let (mappings, visits): (Vec<_>, Vec<_>) = dropped.into_iter().partition(|path| is_mapping(path));
        if let Some(mapping) = mappings.last() {
            self.mapping = mapping.display().to_string();
        }
        let Some(path) = visits.into_iter().next() else { return };
        self.path = path.display().to_string();
        let command = Command::Inspect(path, typed_path(&self.mapping));
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
        let entered = path_field_ui(ui, "file.path", "file.path_hint", &mut self.path);
        path_field_ui(ui, "file.mapping", "file.mapping_hint", &mut self.mapping);
        let request = typed_path(&self.path).map(|path| Command::Inspect(path, typed_path(&self.mapping)));
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
            for (command, key) in [(Command::ChooseFile, "file.choose"), (Command::OpenSample, "file.sample")]
                .into_iter()
                .take(if with_sample { 2 } else { 1 })
            {
                let button = Button::plain(look.text(key)).icon(command.icon(&look));
                if button.unless(command.refusal(state, &look)).ui(ui).clicked() {
                    if command == Command::ChooseFile {
                        outbox.send(Command::GoTo("data"));
                    }
                    outbox.send(command);
                }
            }
        });
        Text::new(look.text("file.drop")).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
    }
}

/// The job that imports, or looks at a file, where one does.
pub(super) fn import_job(state: &State) -> Option<&JobStatus> {
    state.jobs.iter().find(|job| matches!(job.kind, "import" | "inspect"))
}

/// A field with its name above it; true where it was left by the enter key.
fn path_field_ui(ui: &mut Ui, key: &'static str, hint: &'static str, typed: &mut String) -> bool {
    let look = Look::of(ui);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = sizes::GRID;
        Text::new(look.text(key)).weight(sizes::MEDIUM).ink(Ink::Soft).ui(ui);
        let field = TextEdit::singleline(typed)
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
        response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
    })
    .inner
}

fn is_mapping(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ending == "yaml" || ending == "yml")
}

/// The path that was typed or pasted: file managers put quotes or `file://` around it.
fn typed_path(typed: &str) -> Option<PathBuf> {
    let mut text = typed.trim();
    for quote in ['"', '\''] {
        text = text.strip_prefix(quote).and_then(|inner| inner.strip_suffix(quote)).unwrap_or(text);
    }
    text = text.strip_prefix("file://").unwrap_or(text);
    (!text.is_empty()).then(|| PathBuf::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_path_loses_what_a_file_manager_put_around_it() {
        assert_eq!(typed_path("  '/data/my visits.csv' "), Some(PathBuf::from("/data/my visits.csv")));
        assert_eq!(typed_path("file:///data/a.parquet"), Some(PathBuf::from("/data/a.parquet")));
        assert_eq!(typed_path("\"C:\\a.csv\""), Some(PathBuf::from("C:\\a.csv")));
        assert_eq!(typed_path("   "), None);
    }

    #[test]
    fn a_dropped_mapping_waits_for_the_visits_that_it_is_for() {
        let (mut form, mut outbox, state) = (FileForm::default(), Outbox::default(), State::default());
        form.take(vec![PathBuf::from("/a/map.YAML")], &state, &mut outbox);
        assert!(outbox.take().is_empty());
        form.take(vec![PathBuf::from("/a/visits.csv")], &state, &mut outbox);
        let inspect = Command::Inspect(PathBuf::from("/a/visits.csv"), Some(PathBuf::from("/a/map.YAML")));
        assert_eq!(outbox.take(), [inspect, Command::GoTo("data")]);
    }
}
