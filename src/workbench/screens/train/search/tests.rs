//! The search driven by what a screen reader would say.

use std::sync::Arc;
use std::time::Instant;

use egui::Role;
use egui_kittest::kittest::Queryable as _;

use crate::base::Progress;
use crate::base::language::Language;
use crate::workbench::Command;
use crate::workbench::jobs::{JobStatus, Jobs};
use crate::workbench::screens::fixture::{assert_in_words, full, said, searched, shown};
use crate::workbench::screens::train::Train;
use crate::workbench::state::{Arrival, Screen as _, SearchState, State};
use crate::workflows::search::SearchRequest;

fn part() -> Train {
    let mut train = Train::default();
    train.show_part("search");
    train
}

/// The search of the project as if it went on, with its job.
fn live() -> State {
    let state = full();
    let kept = state.snapshot.as_ref().unwrap().searches[0].clone();
    let search = SearchState {
        dataset: kept.search.dataset,
        request: searched(),
        trials: kept.trials,
        since: Instant::now(),
    };
    let id = Jobs::new(egui::Context::default()).start("search", "", |_| Ok(Arrival::Nothing));
    let progress = Progress { stage: "stage.fitting", done: 3, total: 10, ..Progress::default() };
    let job = JobStatus {
        id,
        name: "Searching".to_owned(),
        kind: "search",
        progress,
        stages: Vec::new(),
        is_cancelled: false,
    };
    State { search: Some(Arc::new(search)), jobs: vec![job], ..state }
}

#[test]
fn a_search_is_set_up_and_what_is_wrong_is_named() {
    let mut harness = shown(part(), full(), Language::English);
    harness.get_by_role_and_label(Role::Button, "Search").click();
    harness.run();
    let Some(Command::Search(request)) = harness.state().sent.first() else {
        panic!("{:?}", harness.state().sent)
    };
    assert_eq!((request.family.as_str(), request.minutes, request.test_share), ("boosted", 5.0, 0.2));
    assert_eq!((request.space.as_str(), request.most_trials), ("", None));
    harness.get_by_role_and_label(Role::Button, "Change what is tried").click();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Learning rate: from").focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Learning rate: from").type_text("x");
    harness.run();
    assert!(harness.query_by_label("Mend first: Learning rate.").is_some(), "{:?}", said(&harness));
    let sent = harness.state().sent.len();
    harness.get_by_role_and_label(Role::Button, "Search").click();
    harness.run();
    assert_eq!(harness.state().sent.len(), sent);
}

#[test]
fn a_search_that_was_stopped_shows_its_trials_and_goes_on() {
    for language in Language::ALL {
        let mut harness = shown(part(), full(), language);
        assert_in_words(&harness);
        let stage = [("stage", language.integer(1)), ("stages", language.integer(3))];
        let stage = language.fill_owned("search.stage_of", &stage);
        let rows: Vec<String> = said(&harness).into_iter().filter(|said| said.contains(&stage)).collect();
        assert!(rows.len() >= 5, "five trials and the best: {rows:?}");
        let defaults = language.text("cli.search.defaults");
        assert!(rows.iter().any(|row| row.contains(defaults)), "the first one tries the defaults: {rows:?}");
        assert!(harness.query_by_role_and_label(Role::Figure, language.text("search.parallel")).is_some());
        harness.get_by_role_and_label(Role::Button, language.text("search.go_on")).click();
        harness.run();
        let Some(Command::Search(more)) = harness.state().sent.last().cloned() else {
            panic!("nothing was asked")
        };
        assert!(more.minutes > 5.0 && more.minutes < 6.0, "those that it took and five: {}", more.minutes);
        assert_eq!(SearchRequest { minutes: 60.0, ..more }, searched());
        harness.get_by_role_and_label(Role::Button, language.text("search.train_best")).click();
        harness.run();
        let best = Command::Search(SearchRequest { minutes: 0.0, ..searched() });
        assert_eq!(harness.state().sent.last(), Some(&best), "no further trial");
    }
}

#[test]
fn a_search_that_goes_on_tells_the_best_and_the_time_left_and_can_be_stopped() {
    for language in Language::ALL {
        let state = live();
        let id = state.jobs[0].id;
        let mut harness = shown(part(), state, language);
        assert_in_words(&harness);
        let shown = said(&harness);
        let begins = |key: &str| {
            let words = language.text(key).split('{').next().unwrap_or_default().to_owned();
            shown.iter().any(|said| said.contains(words.trim()))
        };
        assert!(begins("search.left") && begins("search.best") && begins("search.counts"), "{shown:?}");
        harness.get_by_role_and_label(Role::Button, language.text("search.stop")).click();
        harness.run();
        assert_eq!(harness.state().sent, [Command::CancelJob(id)]);
        // A second one is refused, and says why.
        let search = Command::Search(searched());
        assert_eq!(search.check(&harness.state().state), Err("refused.searching"));
    }
}
