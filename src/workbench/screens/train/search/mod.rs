//! A search over parameters: set up, watched, stopped, gone on with; every trial of it, and the best trained.

mod form;
mod status;
#[cfg(test)]
mod tests;
mod trials;

use std::sync::Arc;

use egui::Ui;

use crate::base::language::Language;
use crate::workbench::Outbox;
use crate::workbench::screens::field::named_ui;
use crate::workbench::screens::names::family_words;
use crate::workbench::snapshot::Snapshot;
use crate::workbench::state::{SearchState, State};
use crate::workbench::theme::Look;
use crate::workbench::widgets::{Select, grid_ui};
use crate::workflows::searches::{KeptSearch, Trials};
use status::Asked;
use trials::{Choice, View};

/// Minutes that are offered to a search that goes on.
const MORE: &str = "5";

/// The search that is shown.
enum Shown<'a> {
    /// It is going on.
    Live(&'a Arc<SearchState>),
    /// It was stopped, or has ended.
    Kept(&'a KeptSearch),
}

/// What the table and the picture depend on.
#[derive(Debug, PartialEq)]
struct Key {
    /// Of a search that is kept.
    search: Option<i64>,
    trials: usize,
    stages: u8,
    family: String,
    seed: Option<u64>,
    language: Language,
}

/// The part of the screen.
#[derive(Debug)]
pub(super) struct SearchPart {
    form: form::Form,
    more: String,
    chosen: Option<i64>,
    choice: Choice,
    made: Option<(Key, View)>,
}

impl Default for SearchPart {
    fn default() -> SearchPart {
        let (form, choice) = (form::Form::default(), Choice::default());
        SearchPart { form, more: MORE.to_owned(), chosen: None, choice, made: None }
    }
}

impl Shown<'_> {
    fn trials(&self) -> &Trials {
        match self {
            Shown::Live(live) => &live.trials,
            Shown::Kept(kept) => &kept.trials,
        }
    }

    fn family(&self) -> &str {
        match self {
            Shown::Live(live) => &live.request.family,
            Shown::Kept(kept) => &kept.search.family,
        }
    }

    fn key(&self, language: Language) -> Key {
        let (search, seed) = match self {
            Shown::Live(live) => (None, Some(live.request.seed)),
            Shown::Kept(kept) => (Some(kept.search.id), None),
        };
        let trials = self.trials();
        let family = self.family().to_owned();
        Key { search, trials: trials.all.len(), stages: trials.stages(), family, seed, language }
    }
}

impl SearchPart {
    /// Draws it; the run that is to be looked at, where that was asked for.
    pub fn ui(&mut self, ui: &mut Ui, state: &State, snapshot: &Snapshot, outbox: &mut Outbox) -> Option<i64> {
        let look = Look::of(ui);
        let of_dataset = |kept: &&KeptSearch| Some(kept.search.dataset) == state.dataset;
        let kept: Vec<&KeptSearch> = snapshot.searches.iter().filter(of_dataset).collect();
        let chosen = kept.iter().find(|kept| Some(kept.search.id) == self.chosen).or(kept.first()).copied();
        let live = state.search.as_ref();
        let shown = live.map(Shown::Live).or_else(|| chosen.map(Shown::Kept));
        let named = |digest| {
            let mut datasets = snapshot.datasets.iter();
            let name = datasets.find(|(dataset, _)| Some(dataset.digest) == digest);
            name.map_or_else(String::new, |(dataset, _)| dataset.name.clone())
        };
        let note = look.fill("train.on_dataset", &[("dataset", &named(state.dataset))]);
        let (mut asked, mut is_started) = (None, false);
        grid_ui(ui, "search", &[1.0, 1.0], |ui, column, height| match (column, &shown) {
            (0, _) => is_started = self.form.ui(ui, state, note.clone(), outbox, height),
            (_, Some(shown)) => {
                asked = status::status_ui(ui, state, snapshot, shown, &mut self.more, outbox, height);
            }
            (_, None) => status::nothing_ui(ui, height),
        });
        if is_started {
            self.chosen = None;
        }
        if let Some(Asked::GoOn(search)) = asked {
            self.chosen = Some(search);
        }
        if live.is_none() && kept.len() > 1 {
            self.choose_ui(ui, &look, &kept, chosen.map(|kept| kept.search.id));
        }
        if let Some(shown) = shown.filter(|shown| !shown.trials().all.is_empty()) {
            let key = shown.key(look.language);
            if self.made.as_ref().is_none_or(|(made, _)| *made != key) {
                self.made = Some((key, View::of(&look, &shown)));
            }
            if let Some((_, view)) = &self.made {
                view.ui(ui, &mut self.choice);
            }
        }
        match asked {
            Some(Asked::Run(run)) => Some(run),
            _ => None,
        }
    }

    /// Which of the searches on this data set is looked at.
    fn choose_ui(&mut self, ui: &mut Ui, look: &Look, kept: &[&KeptSearch], shown: Option<i64>) {
        let words = |kept: &KeptSearch| {
            let number = |n: u64| look.language.integer(n);
            let values = [
                ("search", number(kept.search.id.unsigned_abs())),
                ("family", family_words(look, &kept.search.family)),
                ("n", number(kept.trials.begun() as u64)),
            ];
            look.language.fill_owned("search.choice", &values)
        };
        let options: Vec<_> = kept.iter().map(|kept| (Some(kept.search.id), words(kept))).collect();
        let mut chosen = shown;
        grid_ui(ui, "search choice", &[1.0, 2.0], |ui, index, _| {
            if index == 0 {
                let name = look.text("search.which");
                named_ui(ui, name, "", |ui| Select::new(name, options.clone()).ui(ui, &mut chosen));
            }
        });
        if chosen != shown {
            self.chosen = chosen;
        }
    }
}
