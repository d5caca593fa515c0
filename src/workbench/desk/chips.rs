//! What stands along the top and at the bottom: which data set, which registry, who, and what the serving side does.

use egui_material_icons::icons;

use crate::base::language::Language;
use crate::workbench::command::Command;
use crate::workbench::state::{ChipState, State, StatusLine};
use crate::workbench::theme::Ink;
use crate::workflows::Home;

/// The chips of the top bar.
pub(super) fn chips(state: &State, home: &Home, language: Language) -> Vec<ChipState> {
    let snapshot = state.snapshot.clone().unwrap_or_default();
    let dataset = state.dataset.and_then(|digest| {
        let found = snapshot.datasets.iter().find(|(dataset, _)| dataset.digest == digest);
        found.map(|(dataset, _)| dataset.name.clone())
    });
    let none = language.text("chip.none").to_owned();
    let registry = home.registry();
    let role = snapshot.person(&state.person).map(|person| person.role);
    let unnamed = if state.person.is_empty() { none.clone() } else { state.person.clone() };
    let who = role.map_or(unnamed, |role| {
        let role = language.text(&format!("role.{}", role.id())).to_owned();
        language.fill("chip.person", &[("name", &state.person), ("role", &role)])
    });
    let registry_name = registry.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    vec![
        ChipState {
            name: "chip.dataset",
            value: dataset.unwrap_or(none),
            hint: state.dataset.map(|digest| digest.to_string()).unwrap_or_default(),
            icon: icons::ICON_DATASET,
            command: Some(Command::GoTo("data")),
        },
        ChipState {
            name: "chip.registry",
            value: registry_name,
            hint: registry.display().to_string(),
            icon: icons::ICON_DATABASE,
            command: Some(Command::GoTo("releases")),
        },
        ChipState {
            name: "chip.you",
            value: who,
            hint: String::new(),
            icon: icons::ICON_PERSON,
            command: Some(Command::GoTo("releases")),
        },
    ]
}

/// What the bottom bar says of the serving side.
pub(super) fn serving_line(state: &State, language: Language) -> StatusLine {
    let Some(address) = state.server.address else {
        return StatusLine { ink: Ink::Faint, text: language.text("serving.stopped").to_owned() };
    };
    let live = state.server.live.as_ref();
    match live.and_then(|live| Some((live.version?, live.generation?))) {
        Some((version, generation)) => StatusLine {
            ink: if live.is_some_and(|live| live.refused.is_some()) { Ink::Warn } else { Ink::Current },
            text: language.fill(
                "serving.answers",
                &[
                    ("version", &version.to_string()),
                    ("generation", &language.integer(generation.unsigned_abs())),
                    ("address", &address.to_string()),
                ],
            ),
        },
        None => StatusLine {
            ink: Ink::Warn,
            text: language.fill("serving.starting", &[("address", &address.to_string())]),
        },
    }
}
