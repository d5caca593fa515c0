//! Every command has words and keys of its own, and says why it cannot be run.

use std::collections::HashSet;

use super::*;

#[test]
fn every_command_has_words_in_both_languages_and_keys_of_its_own() {
    let mut shortcuts = HashSet::new();
    for command in Command::listed() {
        for language in Language::ALL {
            assert_ne!(command.title(language), command.key(), "{command:?} has no words");
        }
        if let Some(shortcut) = command.shortcut() {
            assert!(shortcuts.insert(shortcut), "{shortcut:?} is taken twice");
        }
        assert_eq!(Command::listed().iter().filter(|other| **other == command).count(), 1);
    }
}

#[test]
fn what_cannot_be_run_says_why() {
    let state = State::default();
    for command in Command::listed() {
        if let Err(key) = command.check(&state) {
            assert_ne!(Language::Persian.text(key), key, "{key}");
        }
    }
    assert_eq!(Command::CancelJobs.check(&state), Err("refused.no_jobs"));
}
