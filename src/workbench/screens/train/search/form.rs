//! What a person sets before a search: a family, how long, what is tried, the seed, the share that the best is tested on.
//!
//! The ranges follow from what the family declares to be searched. What was typed stays as it was typed; whether it may be
//! used is decided by the same check that the command line uses.

use std::collections::BTreeMap;

use egui::{Ui, vec2};

use crate::analysis::evaluation::SplitPlan;
use crate::analysis::models::{FAMILIES, Family, Parameter, ParameterKind, Searched, Space, family};
use crate::workbench::screens::field::{Field, named_ui, plain_number};
use crate::workbench::screens::names::{family_words, listed};
use crate::workbench::screens::train::form::{
    FOLLOWS, SplitField, TESTED, allowed_words, choice_words, number_words, parameter_name, range_words,
};
use crate::workbench::state::State;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Button, Card, Select, grid_ui, icons};
use crate::workbench::{Command, Outbox};
use crate::workflows::SEED;
use crate::workflows::search::{MINUTES, SearchRequest, TRIALS};

/// The family that is offered first.
const FIRST_FAMILY: &str = "boosted";
/// Minutes that are offered.
const FIRST_MINUTES: &str = "5";

/// What was typed.
#[derive(Clone, Debug)]
pub(super) struct Form {
    family: &'static str,
    minutes: String,
    trials: String,
    seed: String,
    test_share: String,
    adaptive_rate: String,
    shows_ranges: bool,
    /// The ends between which a number is tried, by family and parameter.
    ends: BTreeMap<(&'static str, &'static str), [String; 2]>,
    /// The one word that is tried; none where all are.
    words: BTreeMap<(&'static str, &'static str), Option<&'static str>>,
}

impl Default for Form {
    fn default() -> Form {
        let mut ends = BTreeMap::new();
        for family in FAMILIES {
            for Searched { id, between, .. } in family.searched() {
                if let Some((least, most)) = between {
                    ends.insert((family.id(), *id), [least.to_string(), most.to_string()]);
                }
            }
        }
        Form {
            family: FIRST_FAMILY,
            minutes: FIRST_MINUTES.to_owned(),
            trials: String::new(),
            seed: SEED.to_string(),
            test_share: (SplitPlan::default().test_share * 100.0).to_string(),
            adaptive_rate: "0".to_owned(),
            shows_ranges: false,
            ends,
            words: BTreeMap::new(),
        }
    }
}

/// Minutes that were typed, where they may be used.
pub(super) fn minutes(typed: &str) -> Option<f64> {
    plain_number(typed).parse().ok().filter(|minutes| MINUTES.contains(minutes))
}

/// What minutes may be.
pub(super) fn minutes_problem(look: &Look, typed: &str) -> Option<String> {
    let allowed = || range_words(look, *MINUTES.start(), *MINUTES.end());
    minutes(typed).is_none().then(|| look.fill("train.not_allowed", &[("allowed", &allowed())]))
}

/// The parameter that is searched so.
fn parameter_of(family: &dyn Family, searched: &Searched) -> Option<&'static Parameter> {
    family.parameters().iter().find(|parameter| parameter.id == searched.id)
}

impl Form {
    fn family(&self) -> Option<&'static dyn Family> {
        family(self.family)
    }

    fn searched(&self) -> &'static [Searched] {
        self.family().map_or(&[], |family| family.searched())
    }

    /// What is typed for a parameter as a line of YAML, empty where that is what the family declares; `None` where it cannot
    /// be used.
    fn line(&self, searched: &Searched) -> Option<String> {
        let key = (self.family, searched.id);
        let Some((least, most)) = searched.between else {
            let word = self.words.get(&key).copied().flatten();
            return Some(word.map_or_else(String::new, |word| format!("{}: [{word}]\n", searched.id)));
        };
        let [from, to] = self.ends.get(&key)?;
        let number = |typed: &str| plain_number(typed).parse::<f64>().ok().filter(|number| number.is_finite());
        let (from, to) = (number(from)?, number(to)?);
        if (from.to_bits(), to.to_bits()) == (least.to_bits(), most.to_bits()) {
            return Some(String::new());
        }
        let line = if from.to_bits() == to.to_bits() {
            format!("{}: {from}\n", searched.id)
        } else {
            format!("{}: {{least: {from}, most: {to}, log: {}}}\n", searched.id, searched.by_logarithm)
        };
        Space::from_yaml(self.family()?, &line).is_ok().then_some(line)
    }

    fn whole<T: std::str::FromStr>(typed: &str) -> Option<T> {
        plain_number(typed).parse().ok()
    }

    /// `Ok(None)` where nothing was typed.
    fn most_trials(&self) -> Result<Option<u32>, ()> {
        if self.trials.trim().is_empty() {
            return Ok(None);
        }
        Form::whole(&self.trials).filter(|trials| TRIALS.contains(trials)).map(Some).ok_or(())
    }

    fn test_share(&self) -> Option<f64> {
        TESTED.number(&self.test_share).map(|share| share / 100.0)
    }

    /// What is to be searched; `None` while something is wrong.
    pub fn request(&self) -> Option<SearchRequest> {
        let lines: Option<Vec<String>> = self.searched().iter().map(|searched| self.line(searched)).collect();
        let space = lines?.concat();
        let is_something = Space::from_yaml(self.family()?, &space).is_ok_and(|space| !space.is_empty());
        Some(SearchRequest {
            family: self.family.to_owned(),
            space,
            seed: Form::whole(&self.seed)?,
            minutes: minutes(&self.minutes)?,
            most_trials: self.most_trials().ok()?,
            test_share: self.test_share()?,
            adaptive_rate: Some(FOLLOWS.number(&self.adaptive_rate)?).filter(|rate| *rate > 0.0),
        })
        .filter(|_| is_something)
    }

    /// Why nothing can be searched, in words; `None` where it can.
    fn refusal(&self, look: &Look) -> Option<String> {
        let mut wrong: Vec<String> = Vec::new();
        let mut note = |is_wrong: bool, name: &str| wrong.extend(is_wrong.then(|| name.to_owned()));
        note(minutes(&self.minutes).is_none(), look.text("search.minutes"));
        note(self.most_trials().is_err(), look.text("search.trials"));
        note(Form::whole::<u64>(&self.seed).is_none(), look.text("train.seed"));
        note(self.test_share().is_none(), TESTED.name(look));
        note(FOLLOWS.number(&self.adaptive_rate).is_none(), FOLLOWS.name(look));
        for searched in self.searched() {
            let key = format!("parameter.{}", searched.id);
            note(self.line(searched).is_none(), look.text(&key));
        }
        if !wrong.is_empty() {
            return Some(look.fill("train.wrong_fields", &[("fields", &listed(look, &wrong))]));
        }
        self.request().is_none().then(|| look.text("search.nothing_varies").to_owned())
    }

    /// Draws the card `height` high; true where a search was started.
    pub fn ui(&mut self, ui: &mut Ui, state: &State, note: String, outbox: &mut Outbox, height: f32) -> bool {
        let look = Look::of(ui);
        let mut is_started = false;
        Card::titled(look.text("search.form")).note(note).height(height).ui(ui, |ui| {
            let name = look.text("train.family");
            let families = FAMILIES.iter().filter(|family| !family.searched().is_empty());
            let options = families.map(|family| (family.id(), family_words(&look, family.id())));
            named_ui(ui, name, "", |ui| Select::new(name, options).ui(ui, &mut self.family));
            Text::new(look.text("search.about")).ink(Ink::Soft).wrap().ui(ui);
            self.fields_ui(ui, &look);
            self.space_ui(ui, &look);
            is_started = self.start_ui(ui, &look, state, outbox);
        });
        is_started
    }

    fn fields_ui(&mut self, ui: &mut Ui, look: &Look) {
        let allowed = |words: String| look.fill("train.not_allowed", &[("allowed", &words)]);
        let trials =
            || look.fill("search.trials_allowed", &[("most", &look.language.integer(u64::from(*TRIALS.end())))]);
        let problems = [
            minutes_problem(look, &self.minutes),
            self.most_trials().err().map(|()| allowed(trials())),
            Form::whole::<u64>(&self.seed).is_none().then(|| look.text("train.seed_problem").to_owned()),
            self.test_share().is_none().then(|| allowed(TESTED.allowed(look))),
            FOLLOWS.number(&self.adaptive_rate).is_none().then(|| allowed(FOLLOWS.allowed(look))),
        ];
        let of_keys = |[name, hint]: [&str; 2]| (look.text(name).to_owned(), look.text(hint).to_owned());
        let of_field = |field: &SplitField| (field.name(look).to_owned(), field.allowed(look));
        let words = [
            of_keys(["search.minutes", "search.minutes_hint"]),
            of_keys(["search.trials", "search.trials_hint"]),
            of_keys(["train.seed", "train.seed_hint"]),
            of_field(TESTED),
            of_field(FOLLOWS),
        ];
        let typed =
            [&mut self.minutes, &mut self.trials, &mut self.seed, &mut self.test_share, &mut self.adaptive_rate];
        let mut fields: Vec<_> = words.into_iter().zip(problems).zip(typed).collect();
        // The hint of the last one is a sentence: it has a row of its own.
        for (id, row) in ["search fields", "search intervals"].into_iter().zip(fields.chunks_mut(4)) {
            grid_ui(ui, id, &vec![1.0; row.len()], |ui, index, _| {
                if let Some((((name, hint), problem), typed)) = row.get_mut(index) {
                    Field { name, hint, problem: problem.as_deref(), lines: 1 }.ui(ui, typed);
                }
            });
        }
    }

    /// What is tried: in one sentence, and as fields where that is asked for.
    fn space_ui(&mut self, ui: &mut Ui, look: &Look) {
        if self.shows_ranges {
            for searched in self.searched() {
                self.range_ui(ui, look, searched);
            }
        } else {
            let tried: Vec<String> = self.searched().iter().map(|searched| self.tried(look, searched)).collect();
            let tried = look.fill("search.tried", &[("tried", &listed(look, &tried))]);
            Text::new(tried).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
        }
        let words = look.text(if self.shows_ranges { "search.hide_ranges" } else { "search.show_ranges" });
        if Button::quiet(words).icon(icons::ICON_TUNE).ui(ui).clicked() {
            self.shows_ranges = !self.shows_ranges;
        }
    }

    /// "Learning rate 0.02 to 0.2".
    fn tried(&self, look: &Look, searched: &Searched) -> String {
        let value = match self.ends.get(&(self.family, searched.id)) {
            Some([from, to]) => {
                let shown = |typed: &String| match plain_number(typed).parse::<f64>() {
                    Ok(number) if number.is_finite() => number_words(look, number),
                    _ => typed.clone(),
                };
                look.fill("train.range", &[("least", &shown(from)), ("most", &shown(to))])
            }
            None => match self.words.get(&(self.family, searched.id)).copied().flatten() {
                Some(word) => choice_words(look, word),
                None => look.text("search.every_word").to_owned(),
            },
        };
        let name = look.text(&format!("parameter.{}", searched.id)).to_owned();
        look.fill("train.parameter", &[("name", &name), ("value", &value)])
    }

    fn range_ui(&mut self, ui: &mut Ui, look: &Look, searched: &Searched) {
        let Some(parameter) = self.family().and_then(|family| parameter_of(family, searched)) else { return };
        let name = parameter_name(look, parameter);
        let key = (self.family, searched.id);
        if let ParameterKind::Choice(choice) = parameter.kind {
            let every = (None, look.text("search.every_word").to_owned());
            let options = choice.options.iter().map(|word| (Some(*word), choice_words(look, word)));
            let options = std::iter::once(every).chain(options);
            let chosen = self.words.entry(key).or_default();
            named_ui(ui, &name, "", |ui| Select::new(&name, options).ui(ui, chosen));
            return;
        }
        let problem_key = if searched.by_logarithm { "search.range_problem_log" } else { "search.range_problem" };
        let allowed = allowed_words(look, parameter);
        let problem = self.line(searched).is_none().then(|| look.fill(problem_key, &[("allowed", &allowed)]));
        let Some(ends) = self.ends.get_mut(&key) else { return };
        grid_ui(ui, searched.id, &[1.0; 2], |ui, index, _| {
            let (name_key, problem) = match index {
                0 => ("search.from", problem.as_deref()),
                _ => ("search.to", None),
            };
            let name = look.fill(name_key, &[("name", &name)]);
            let hint = if index == 0 { allowed.as_str() } else { "" };
            if let Some(typed) = ends.get_mut(index) {
                Field { name: &name, hint, problem, lines: 1 }.ui(ui, typed);
            }
        });
    }

    fn start_ui(&self, ui: &mut Ui, look: &Look, state: &State, outbox: &mut Outbox) -> bool {
        ui.add_space(sizes::GRID);
        let request = self.request();
        let refused = self.refusal(look).or_else(|| Command::Search(request.clone()?).refusal(state, look));
        let mut is_started = false;
        ui.allocate_ui_with_layout(vec2(ui.available_width(), sizes::CONTROL), look.row(), |ui| {
            let button = Button::primary(look.text("command.search")).icon(icons::ICON_MANAGE_SEARCH);
            let pressed = button.unless(refused.clone()).ui(ui).clicked();
            if let Some(reason) = &refused {
                Text::new(reason.as_str()).size(sizes::SMALL).ink(Ink::Fail).wrap().ui(ui);
            }
            if let Some(request) = request.filter(|_| pressed) {
                outbox.send(Command::Search(request));
                is_started = true;
            }
        });
        is_started
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::language::Language;
    use crate::workbench::theme::LIGHT;

    #[test]
    fn what_is_offered_is_what_the_family_declares_and_may_be_searched() {
        for language in Language::ALL {
            let look = Look { language, palette: &LIGHT };
            for family in FAMILIES.iter().filter(|family| !family.searched().is_empty()) {
                let form = Form { family: family.id(), ..Form::default() };
                assert_eq!(form.refusal(&look), None, "{}", family.id());
                let request = form.request().unwrap();
                assert_eq!((request.space.as_str(), request.most_trials), ("", None), "{}", family.id());
            }
        }
    }

    #[test]
    fn ranges_in_persian_digits_are_read_and_what_cannot_be_searched_is_named() {
        let look = Look { language: Language::Persian, palette: &LIGHT };
        let mut form =
            Form {
                family: "elastic-net", trials: "۱۸".to_owned(), minutes: "۲٫۵".to_owned(), ..Form::default()
            };
        let key = ("elastic-net", "penalty");
        form.ends.insert(key, ["۰٫۰۰۱".to_owned(), "0.1".to_owned()]);
        form.words.insert(("elastic-net", "estimate"), Some("mean"));
        let request = form.request().unwrap();
        assert_eq!(request.space, "penalty: {least: 0.001, most: 0.1, log: true}\nestimate: [mean]\n");
        assert_eq!((request.minutes, request.most_trials, request.seed), (2.5, Some(18), SEED));
        for wrong in [["0", "1"], ["1", "0.5"], ["x", "1"], ["0.001", "1e9"], ["", ""], ["NaN", "1"]] {
            form.ends.insert(key, wrong.map(str::to_owned));
            assert_eq!(form.request(), None, "{wrong:?}");
            let words = form.refusal(&look).unwrap();
            assert!(words.contains(look.text("parameter.penalty")), "{words}");
        }
        form.ends.insert(key, ["0.5", "0.5"].map(str::to_owned));
        assert!(form.request().unwrap().space.starts_with("penalty: 0.5\n"), "one value is kept as it is");
        form.ends.insert(("elastic-net", "l1_ratio"), ["1", "1"].map(str::to_owned));
        assert_eq!(form.request().unwrap().space.lines().count(), 3);
        form.words.clear();
        let mut alone = Form { family: "calendar-median", ..Form::default() };
        alone.ends.insert(("calendar-median", "fewest_in_group"), ["30", "30"].map(str::to_owned));
        assert_eq!(alone.refusal(&look).as_deref(), Some(look.text("search.nothing_varies")));
    }

    #[test]
    fn minutes_trials_and_shares_out_of_range_are_refused() {
        let look = Look { language: Language::English, palette: &LIGHT };
        for key in ["search.minutes", "search.trials", "train.seed", "train.test_share"] {
            for wrong in ["-1", "0.0000001", "1e9", "NaN", "x"] {
                let mut form = Form::default();
                let typed = match key {
                    "search.minutes" => &mut form.minutes,
                    "search.trials" => &mut form.trials,
                    "train.seed" => &mut form.seed,
                    _ => &mut form.test_share,
                };
                wrong.clone_into(typed);
                assert_eq!(form.request(), None, "{key} {wrong}");
                assert!(form.refusal(&look).unwrap().contains(look.text(key)), "{key} {wrong}");
            }
        }
    }
}
