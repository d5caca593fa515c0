//! Naming the contract that a data set is held against: by typing a path, from the contracts of the home, or by a dialog.

use std::path::{Path, PathBuf};

use egui::Ui;

use super::file_form::{one_path_ui, typed_path};
use crate::workbench::command::{Command, Outbox};
use crate::workbench::state::State;
use crate::workbench::theme::Look;
use crate::workbench::widgets::{Button, icons, row_ui};

/// What was typed.
#[derive(Debug, Default)]
pub(super) struct ContractField {
    typed: String,
    /// The contract that was made or chosen last, once it was taken over.
    taken: Option<PathBuf>,
}

/// Contracts of the home that are offered; others can be typed.
const MOST_OFFERED: usize = 6;

impl ContractField {
    /// The contract that is named.
    pub fn named(&self) -> Option<PathBuf> {
        typed_path(&self.typed)
    }

    /// An empty field that takes over what is made or chosen from now on.
    pub fn since(state: &State) -> ContractField {
        ContractField { typed: String::new(), taken: state.contract.clone() }
    }

    /// Takes over the contract that was made or chosen last.
    pub fn adopt(&mut self, state: &State) {
        if self.taken == state.contract {
            return;
        }
        self.taken.clone_from(&state.contract);
        if let Some(path) = &state.contract {
            self.typed = path.display().to_string();
        }
    }

    /// Shows the field, and below it what it can be filled in with; true where the enter key was pressed in it.
    pub fn ui(&mut self, ui: &mut Ui, state: &State, outbox: &mut Outbox) -> bool {
        let look = Look::of(ui);
        let entered = one_path_ui(ui, ("contract.path", "contract.path_hint"), &mut self.typed);
        row_ui(ui, |ui| {
            let known = state.snapshot.as_ref().map(|snapshot| snapshot.contracts.as_slice()).unwrap_or_default();
            let named = self.named();
            for path in known.iter().take(MOST_OFFERED).filter(|path| named.as_ref() != Some(path)) {
                let hint = look.fill("contract.use", &[("path", &path.display().to_string())]);
                let button = Button::quiet(name(path)).icon(icons::ICON_FACT_CHECK).hint(hint);
                if button.ui(ui).clicked() {
                    self.typed = path.display().to_string();
                }
            }
            let command = Command::ChooseContract;
            let button = Button::quiet(look.text("file.choose_contract")).icon(command.icon(&look));
            if button.unless(command.refusal(state, &look)).ui(ui).clicked() {
                outbox.send(command);
            }
            if named.is_some()
                && Button::quiet(look.text("contract.none")).icon(icons::ICON_CLOSE).ui(ui).clicked()
            {
                self.typed.clear();
            }
        });
        entered
    }
}

/// What a contract is called: its file without the ending.
pub(super) fn name(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
