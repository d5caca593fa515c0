//! What a person says of a run: tags and a note, typed here and kept with a press.

use std::collections::BTreeSet;

use egui::Ui;

use crate::store::workspace::{LONGEST_NOTE, LONGEST_TAG, Run, RunMark};
use crate::workbench::screens::field::Field;
use crate::workbench::screens::names::listed;
use crate::workbench::theme::{Look, sizes};
use crate::workbench::widgets::{Button, grid_ui, icons};
use crate::workbench::{Command, Outbox};

/// What was typed about a run.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// The run, with what is kept of it: where that changes, what was typed is replaced.
    kept: Option<(i64, String, Vec<String>)>,
    tags: String,
    note: String,
}

/// Pinned, tags and note in one line; `None` where nothing is said of the run.
pub(super) fn marks_words(look: &Look, run: &Run) -> Option<String> {
    let pinned = run.pinned.then(|| look.text("train.pinned").to_owned());
    let note = Some(run.note.clone()).filter(|note| !note.is_empty());
    let said: Vec<String> = pinned.into_iter().chain(run.tags.iter().cloned()).chain(note).collect();
    if said.is_empty() { None } else { Some(listed(look, &said)) }
}

impl Marks {
    /// Draws the fields for `run`, and sends what was changed.
    pub fn ui(&mut self, ui: &mut Ui, run: &Run, outbox: &mut Outbox) {
        let look = Look::of(ui);
        let kept = (run.id, run.note.clone(), run.tags.clone());
        if self.kept.as_ref() != Some(&kept) {
            self.tags = listed(&look, &run.tags);
            self.note.clone_from(&run.note);
            self.kept = Some(kept);
        }
        let problem = self.problem(&look);
        grid_ui(ui, "run marks", &[1.0, 2.0, 0.9], |ui, column, _| match column {
            0 => {
                let (name, hint) = (look.text("train.tags"), look.text("train.tags_hint"));
                Field { name, hint, problem: problem.as_deref(), lines: 1 }.ui(ui, &mut self.tags);
            }
            1 => {
                let name = look.text("train.note");
                Field { name, hint: "", problem: None, lines: 1 }.ui(ui, &mut self.note);
            }
            _ => {
                let changes = self.changes(run);
                let reason = match (&problem, changes.is_empty()) {
                    (Some(problem), _) => Some(problem.clone()),
                    (None, true) => Some(look.text("train.marks_same").to_owned()),
                    (None, false) => None,
                };
                // Beside the fields, not beside their names.
                ui.add_space(18.0 + sizes::GRID);
                let button = Button::plain(look.text("train.keep_marks")).icon(icons::ICON_SAVE);
                if button.unless(reason).ui(ui).clicked() {
                    outbox.send(Command::MarkRun(run.id, changes));
                }
            }
        });
    }

    fn typed_tags(&self) -> Vec<String> {
        let parts = self.tags.split([',', '،']).map(|tag| tag.trim().to_owned());
        let mut seen = BTreeSet::new();
        parts.filter(|tag| !tag.is_empty() && seen.insert(tag.clone())).collect()
    }

    fn problem(&self, look: &Look) -> Option<String> {
        let is_long = self.typed_tags().iter().any(|tag| tag.chars().count() > LONGEST_TAG);
        let note_is_long = self.note.trim().chars().count() > LONGEST_NOTE;
        let most = |most: usize| look.language.integer(most as u64);
        match (is_long, note_is_long) {
            (true, _) => Some(look.fill("train.tag_long", &[("most", &most(LONGEST_TAG))])),
            (_, true) => Some(look.fill("train.note_long", &[("most", &most(LONGEST_NOTE))])),
            _ => None,
        }
    }

    /// What has to change so that what is kept is what was typed.
    fn changes(&self, run: &Run) -> Vec<RunMark> {
        let typed = self.typed_tags();
        let gone = run.tags.iter().filter(|tag| !typed.contains(tag)).cloned().map(RunMark::Untag);
        let new = typed.iter().filter(|tag| !run.tags.contains(tag)).cloned().map(RunMark::Tag);
        let note = Some(self.note.trim().to_owned()).filter(|note| *note != run.note).map(RunMark::Note);
        gone.chain(new).chain(note).collect()
    }
}
