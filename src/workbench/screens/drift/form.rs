//! What a person sets before drift is looked for: what is compared with what, which model, whose months.
//!
//! What was typed stays as it was typed. A date is read in either calendar.

use std::collections::BTreeMap;

use egui::Ui;

use super::choices::{dataset_ui, dataset_words, models};
use crate::analysis::drift::LabelBounds;
use crate::base::Digest;
use crate::base::calendar::{CivilDate, DateStyle, date_of_either_calendar};
use crate::workbench::Outbox;
use crate::workbench::command::{DriftAsk, DriftSource, ReplayAsk};
use crate::workbench::screens::field::{Field, named_ui, plain_number};
use crate::workbench::screens::file_form::{one_path_ui, typed_path};
use crate::workbench::screens::train::number_words;
use crate::workbench::snapshot::Snapshot;
use crate::workbench::state::State;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Button, Card, Segmented, Select, grid_ui, icons};
use crate::workflows::SEED;
use crate::workflows::models::ModelName;
use crate::workflows::watch::{Period, Span, WatchRequest};

/// What the visits that are looked at are compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum With {
    /// The newest whole week and month with those before.
    #[default]
    Newest,
    /// The newest whole week with what the model learned from.
    Training,
    /// The week and month of a day with those before.
    WeekOf,
    /// A period with another one.
    Periods,
    /// All of it with all of another data set.
    Dataset(Digest),
}

/// A date that is typed; `drift_screen.field_ID` is its name for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DateField(&'static str);

const WEEK: DateField = DateField("week");
const FROM: DateField = DateField("from");
const UNTIL: DateField = DateField("until");
const BEFORE_FROM: DateField = DateField("before_from");
const BEFORE_UNTIL: DateField = DateField("before_until");
pub(super) const PLANTED: DateField = DateField("planted");

/// A choice in the first row.
#[derive(Clone, Copy)]
enum Item {
    Source,
    Dataset,
    With,
    Model,
    Months,
    Holidays,
}

const OF_VISITS: [Item; 6] = [Item::Source, Item::Dataset, Item::With, Item::Model, Item::Months, Item::Holidays];
/// What was predicted is in the log, with the holidays of no calendar.
const OF_LOG: [Item; 4] = [Item::Source, Item::Dataset, Item::With, Item::Months];

/// What was chosen and typed.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub with: With,
    model: Option<ModelName>,
    months: DateStyle,
    without_holidays: bool,
    /// Whether the log of predictions is looked at instead of visits, and where it is; that of the home where nothing is typed.
    of_log: bool,
    log: String,
    /// Whether bounds and seed are shown.
    shows_all: bool,
    least_d: String,
    least_minutes: String,
    seed: String,
    typed: BTreeMap<&'static str, String>,
}

impl Default for Form {
    fn default() -> Form {
        Form {
            with: With::default(),
            model: None,
            months: DateStyle::Jalali,
            without_holidays: false,
            of_log: false,
            log: String::new(),
            shows_all: false,
            least_d: LabelBounds::default().d.to_string(),
            least_minutes: LabelBounds::default().wasserstein_minutes.to_string(),
            seed: SEED.to_string(),
            typed: BTreeMap::new(),
        }
    }
}

impl Form {
    /// What is asked for, or the key of what is missing.
    pub fn ask(&self) -> Result<DriftAsk, &'static str> {
        let (against, span) = match self.with() {
            With::Newest | With::Training => (None, Span::Newest),
            With::WeekOf => (None, Span::Of(self.date(WEEK)?.ok_or("drift_screen.refused_week")?)),
            With::Periods => {
                let current = self.period(FROM, UNTIL)?.ok_or("drift_screen.refused_period")?;
                (None, Span::Periods(Some(current), self.period(BEFORE_FROM, BEFORE_UNTIL)?))
            }
            With::Dataset(digest) => (Some(digest), Span::Newest),
        };
        let mut ask = DriftAsk { against, ..DriftAsk::default() };
        ask.request.span = span;
        ask.request.against_training = self.with() == With::Training;
        if self.of_log {
            // What was predicted is in the log: no model predicts anew, and no day is left out.
            ask.source = DriftSource::Log(typed_path(&self.log));
        } else {
            ask.request.model.clone_from(&self.model);
            ask.request.like_with_like = self.without_holidays;
        }
        self.settle(&mut ask.request)?;
        Ok(ask)
    }

    /// What is asked for of the past: the same model and months.
    pub fn replay_ask(&self) -> Result<ReplayAsk, &'static str> {
        let mut ask = ReplayAsk { planted: self.date(PLANTED)?, ..ReplayAsk::default() };
        ask.request.model.clone_from(&self.model);
        self.settle(&mut ask.request)?;
        Ok(ask)
    }

    /// What is compared; a log has no other data set beside it and nothing that was learned from.
    fn with(&self) -> With {
        match self.with {
            With::Training | With::Dataset(_) if self.of_log => With::Newest,
            with => with,
        }
    }

    /// Months, bounds and seed.
    fn settle(&self, request: &mut WatchRequest) -> Result<(), &'static str> {
        let bound = |typed: &str| {
            let bound = plain_number(typed).parse::<f64>().ok();
            bound.filter(|bound| bound.is_finite() && *bound >= 0.0).ok_or("drift_screen.refused_bound")
        };
        request.months = self.months;
        request.bounds.d = bound(&self.least_d)?;
        request.bounds.wasserstein_minutes = bound(&self.least_minutes)?;
        request.seed = plain_number(&self.seed).parse().map_err(|_| "train.seed_problem")?;
        Ok(())
    }

    fn date(&self, field: DateField) -> Result<Option<CivilDate>, &'static str> {
        let typed = self.typed.get(field.0).map(|typed| plain_number(typed)).unwrap_or_default();
        if typed.is_empty() {
            return Ok(None);
        }
        date_of_either_calendar(&typed).map(Some).map_err(|_| "drift_screen.refused_date")
    }

    fn period(&self, from: DateField, until: DateField) -> Result<Option<Period>, &'static str> {
        match (self.date(from)?, self.date(until)?) {
            (None, None) => Ok(None),
            (Some(first), Some(last)) if first <= last => Ok(Some(Period { first, last })),
            (Some(_), Some(_)) => Err("drift_screen.refused_backwards"),
            _ => Err("drift_screen.refused_half"),
        }
    }

    /// What is wrong with what was typed there, in words.
    fn problem(&self, look: &Look, field: DateField) -> Option<String> {
        let own = self.date(field).err();
        let of_period = match field {
            UNTIL => self.period(FROM, UNTIL).err(),
            BEFORE_UNTIL => self.period(BEFORE_FROM, BEFORE_UNTIL).err(),
            _ => None,
        };
        let backwards = of_period.filter(|key| *key == "drift_screen.refused_backwards");
        own.or(backwards).map(|key| look.text(key).to_owned())
    }

    /// The field of a date.
    pub fn date_ui(&mut self, ui: &mut Ui, field: DateField) {
        let look = Look::of(ui);
        let name = look.text(&format!("drift_screen.field_{}", field.0)).to_owned();
        let problem = self.problem(&look, field);
        let hint = look.text("drift_screen.date_hint");
        let shown = Field { name: &name, hint, problem: problem.as_deref(), lines: 1 };
        shown.ui(ui, self.typed.entry(field.0).or_default());
    }

    /// The whole form.
    pub fn ui(&mut self, ui: &mut Ui, state: &State, snapshot: &Snapshot, outbox: &mut Outbox) {
        let look = Look::of(ui);
        Card::new().ui(ui, |ui| {
            let shown: &[Item] = if self.of_log { &OF_LOG } else { &OF_VISITS };
            let id = if self.of_log { "drift form of a log" } else { "drift form" };
            grid_ui(ui, id, &vec![1.0; shown.len()], |ui, cell, _| match shown.get(cell) {
                Some(Item::Source) => self.source_ui(ui, &look),
                Some(Item::Dataset) => dataset_ui(ui, &look, state, snapshot, outbox),
                Some(Item::With) => self.with_ui(ui, &look, state, snapshot),
                Some(Item::Model) => self.model_ui(ui, &look, snapshot),
                Some(Item::Months) => self.months_ui(ui, &look),
                Some(Item::Holidays) => self.holidays_ui(ui, &look),
                None => {}
            });
            if self.of_log {
                one_path_ui(ui, ("drift_screen.log", "drift_screen.log_hint"), &mut self.log);
                Text::new(look.text("drift_screen.log_line")).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
            }
            match self.with() {
                With::Newest | With::Training | With::Dataset(_) => {}
                With::WeekOf => grid_ui(ui, "drift week", &[1.0; 3], |ui, cell, _| {
                    if cell == 0 {
                        self.date_ui(ui, WEEK);
                    }
                }),
                With::Periods => {
                    let fields = [FROM, UNTIL, BEFORE_FROM, BEFORE_UNTIL];
                    grid_ui(ui, "drift days", &[1.0; 4], |ui, cell, _| {
                        if let Some(field) = fields.get(cell) {
                            self.date_ui(ui, *field);
                        }
                    });
                }
            }
            self.bounds_ui(ui, &look);
        });
    }

    fn source_ui(&mut self, ui: &mut Ui, look: &Look) {
        let options = [(false, "drift_screen.of_visits"), (true, "drift_screen.of_log")];
        let options = options.map(|(of_log, key)| (of_log, look.text(key).to_owned()));
        let name = look.text("drift_screen.source");
        named_ui(ui, name, "", |ui| Segmented::new(name, options).ui(ui, &mut self.of_log));
    }

    /// The bounds of what counts as drift of the waits, and the seed; where they are asked for.
    fn bounds_ui(&mut self, ui: &mut Ui, look: &Look) {
        if self.shows_all {
            let bounds = LabelBounds::default();
            let usual = |value: f64| look.fill("drift_screen.usually", &[("value", &number_words(look, value))]);
            let hints =
                [usual(bounds.d), usual(bounds.wasserstein_minutes), look.text("train.seed_hint").to_owned()];
            let names = ["drift_screen.least_d", "drift_screen.least_minutes", "train.seed"];
            let is_bound = |typed: &str| {
                plain_number(typed).parse::<f64>().is_ok_and(|bound| bound.is_finite() && bound >= 0.0)
            };
            let problems = [
                (!is_bound(&self.least_d)).then_some("drift_screen.refused_bound"),
                (!is_bound(&self.least_minutes)).then_some("drift_screen.refused_bound"),
                plain_number(&self.seed).parse::<u64>().is_err().then_some("train.seed_problem"),
            ];
            let mut fields = [&mut self.least_d, &mut self.least_minutes, &mut self.seed];
            grid_ui(ui, "drift bounds", &[1.0; 3], |ui, cell, _| {
                let parts = (names.get(cell), hints.get(cell), problems.get(cell), fields.get_mut(cell));
                let (Some(name), Some(hint), Some(problem), Some(typed)) = parts else { return };
                let problem = problem.map(|key| look.text(key));
                Field { name: look.text(name), hint, problem, lines: 1 }.ui(ui, typed);
            });
            Text::new(look.text("drift_screen.bounds_line")).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
        }
        let words = look.text(if self.shows_all { "train.fewer_settings" } else { "train.all_settings" });
        if Button::quiet(words).icon(icons::ICON_TUNE).ui(ui).clicked() {
            self.shows_all = !self.shows_all;
        }
    }

    fn with_ui(&mut self, ui: &mut Ui, look: &Look, state: &State, snapshot: &Snapshot) {
        let text = |key: &str| look.text(key).to_owned();
        let mut options = vec![
            (With::Newest, text("drift_screen.with_newest")),
            (With::Training, text("drift_screen.with_training")),
            (With::WeekOf, text("drift_screen.with_week_of")),
            (With::Periods, text("drift_screen.with_periods")),
        ];
        options.retain(|(with, _)| !(self.of_log && *with == With::Training));
        let others = snapshot.datasets.iter().filter(|(dataset, _)| Some(dataset.digest) != state.dataset);
        options.extend(others.filter(|_| !self.of_log).map(|(dataset, _)| {
            let name = dataset_words(snapshot, dataset);
            let words = look.fill("drift_screen.with_dataset", &[("dataset", &name)]);
            (With::Dataset(dataset.digest), words)
        }));
        // The data set that is looked at now may be the one that was compared with.
        if !options.iter().any(|(with, _)| *with == self.with) {
            self.with = With::Newest;
        }
        let name = text("drift_screen.with");
        named_ui(ui, &name, "", |ui| Select::new(&name, options).ui(ui, &mut self.with));
    }

    fn model_ui(&mut self, ui: &mut Ui, look: &Look, snapshot: &Snapshot) {
        let offers = models(look, snapshot);
        let is_offered = |name: &ModelName| offers.iter().any(|(offer, _)| offer == name);
        if self.model.as_ref().is_some_and(|name| !is_offered(name)) {
            self.model = None;
        }
        // Without a choice it is what is live, or the rule: whichever is offered first.
        let usual = offers.first().map(|(name, _)| name.clone());
        let mut chosen = self.model.clone().or_else(|| usual.clone());
        let options = offers.into_iter().map(|(name, words)| (Some(name), words));
        let name = look.text("drift_screen.model");
        if named_ui(ui, name, "", |ui| Select::new(name, options).ui(ui, &mut chosen)) {
            self.model = chosen.filter(|chosen| Some(chosen) != usual.as_ref());
        }
    }

    fn months_ui(&mut self, ui: &mut Ui, look: &Look) {
        let options =
            [(DateStyle::Jalali, "drift_screen.jalali"), (DateStyle::Gregorian, "drift_screen.gregorian")];
        let options = options.map(|(months, key)| (months, look.text(key).to_owned()));
        let name = look.text("drift_screen.months");
        named_ui(ui, name, "", |ui| Segmented::new(name, options).ui(ui, &mut self.months));
    }

    fn holidays_ui(&mut self, ui: &mut Ui, look: &Look) {
        let options = [(false, "drift_screen.with_holidays"), (true, "drift_screen.without_holidays")];
        let options = options.map(|(without, key)| (without, look.text(key).to_owned()));
        let name = look.text("drift_screen.holidays");
        named_ui(ui, name, "", |ui| Segmented::new(name, options).ui(ui, &mut self.without_holidays));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::language::Language;
    use crate::workbench::theme::LIGHT;

    fn typed(form: &mut Form, field: DateField, text: &str) {
        form.typed.insert(field.0, text.to_owned());
    }

    #[test]
    fn dates_of_either_calendar_and_digits_are_read_and_half_a_period_is_refused() {
        let mut form = Form { with: With::Periods, ..Form::default() };
        assert_eq!(form.ask(), Err("drift_screen.refused_period"));
        typed(&mut form, FROM, "۱۴۰۲/۱۱/۲۸");
        assert_eq!(form.ask(), Err("drift_screen.refused_half"));
        typed(&mut form, UNTIL, " 2024-02-23 ");
        let day = |day| CivilDate::new(2024, 2, day).unwrap();
        let ask = form.ask().unwrap();
        let current = Period { first: day(17), last: day(23) };
        assert_eq!(ask.request.span, Span::Periods(Some(current), None));
        typed(&mut form, BEFORE_FROM, "2024-02-09");
        typed(&mut form, BEFORE_UNTIL, "2024-02-02");
        assert_eq!(form.ask(), Err("drift_screen.refused_backwards"));
        for language in Language::ALL {
            let look = Look { language, palette: &LIGHT };
            let words = look.text("drift_screen.refused_backwards");
            assert_eq!(form.problem(&look, BEFORE_UNTIL).as_deref(), Some(words));
            assert_eq!(form.problem(&look, UNTIL), None);
        }
    }

    #[test]
    fn bounds_and_the_log_are_taken_and_what_is_no_bound_is_refused() {
        let mut form = Form { model: Some(ModelName::Run(3)), without_holidays: true, ..Form::default() };
        form.least_d = "۰٫۱".to_owned();
        form.least_minutes = "2.5".to_owned();
        let ask = form.ask().unwrap();
        assert_eq!((ask.request.bounds.d, ask.request.bounds.wasserstein_minutes), (0.1, 2.5));
        // Of a log there is no model to choose, nothing that was learned from, no day that is left out.
        (form.of_log, form.with) = (true, With::Training);
        let ask = form.ask().unwrap();
        assert_eq!(ask.source, DriftSource::Log(None));
        let request = &ask.request;
        assert_eq!((&request.model, request.against_training, request.like_with_like), (&None, false, false));
        form.log = "/tmp/predictions.db".to_owned();
        assert_eq!(form.ask().unwrap().source, DriftSource::Log(Some("/tmp/predictions.db".into())));
        for wrong in ["", "-1", "NaN", "inf", "x"] {
            form.least_d = wrong.to_owned();
            assert_eq!(form.ask(), Err("drift_screen.refused_bound"), "{wrong}");
            assert_eq!(form.replay_ask(), Err("drift_screen.refused_bound"), "{wrong}");
        }
        form.least_d = "0".to_owned();
        form.seed = "1.5".to_owned();
        assert_eq!(form.ask(), Err("train.seed_problem"));
    }

    #[test]
    fn the_replay_takes_the_model_and_the_months_and_a_day_that_is_one() {
        let mut form = Form { model: Some(ModelName::Run(3)), months: DateStyle::Gregorian, ..Form::default() };
        assert_eq!(form.ask().unwrap().request.model, Some(ModelName::Run(3)));
        let ask = form.replay_ask().unwrap();
        assert_eq!((ask.request.months, ask.planted), (DateStyle::Gregorian, None));
        typed(&mut form, PLANTED, "1405/13/01");
        assert_eq!(form.replay_ask(), Err("drift_screen.refused_date"));
        assert_eq!(Form::default().ask(), Ok(DriftAsk::default()));
        assert_eq!(Form::default().replay_ask(), Ok(ReplayAsk::default()));
    }
}
