//! Comparing otherwise: on a period, against predictions from a file, at several past dates.

use std::path::PathBuf;

use egui::Ui;

use crate::analysis::evaluation::CostWeights;
use crate::base::calendar::{CivilDate, date_of_either_calendar};
use crate::workbench::command::Comparing;
use crate::workbench::screens::field::{Field, plain_number};
use crate::workbench::screens::file_form::{one_path_ui, typed_path};
use crate::workbench::state::State;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Button, Card, grid_ui, icons, row_ui};
use crate::workbench::{Command, Outbox};
use crate::workflows::compare::{CompareRequest, Period, TrainingEnd};
use crate::workflows::models::ModelName;

/// What was typed, and whether the card is open.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub is_open: bool,
    from: String,
    until: String,
    file: String,
    trained_until: String,
    minute: String,
    turn: String,
    origins: String,
}

/// Past dates that are tried where nothing else is typed.
const USUAL_ORIGINS: &str = "4";
const MOST_ORIGINS: u32 = 50;

impl Default for Form {
    fn default() -> Form {
        Form {
            is_open: false,
            from: String::new(),
            until: String::new(),
            file: String::new(),
            trained_until: String::new(),
            minute: CostWeights::default().per_minute_needless.to_string(),
            turn: CostWeights::default().per_turn_missed.to_string(),
            origins: USUAL_ORIGINS.to_owned(),
        }
    }
}

/// A day, nothing, or something that is no day.
fn day(typed: &str) -> Result<Option<CivilDate>, ()> {
    match typed.trim() {
        "" => Ok(None),
        typed => date_of_either_calendar(typed).map(Some).map_err(drop),
    }
}

/// What a minute or a turn costs.
fn cost(typed: &str) -> Result<f64, &'static str> {
    let cost = plain_number(typed).parse::<f64>().ok();
    cost.filter(|cost| cost.is_finite() && *cost >= 0.0).ok_or("compare.not_a_cost")
}

impl Form {
    /// What was typed as a request; the key of what is wrong where it is none. A file takes the place of the candidate.
    fn request(&self, both: Option<(ModelName, ModelName)>) -> Result<CompareRequest, &'static str> {
        let file: Option<PathBuf> = typed_path(&self.file);
        let chosen =
            both.map(|(current, candidate)| (current, file.clone().map_or(candidate, ModelName::Predictions)));
        let (current, candidate) = match (chosen, file) {
            (Some(both), _) => both,
            (None, Some(file)) => (ModelName::Baseline("rule"), ModelName::Predictions(file)),
            (None, None) => return Err("compare.no_candidate"),
        };
        let is_file = matches!(candidate, ModelName::Predictions(_));
        let not_a_day = |_| "compare.not_a_day";
        let period =
            Period { from: day(&self.from).map_err(not_a_day)?, until: day(&self.until).map_err(not_a_day)? };
        let trained_until = day(&self.trained_until).map_err(not_a_day)?.filter(|_| is_file);
        let trained_until = trained_until.map(TrainingEnd::DayBegins);
        let weights = CostWeights { per_minute_needless: cost(&self.minute)?, per_turn_missed: cost(&self.turn)? };
        Ok(CompareRequest { trained_until, period, weights, ..CompareRequest::of(current, candidate) })
    }

    fn origins(&self) -> Result<u32, &'static str> {
        let typed = plain_number(&self.origins).parse::<u32>();
        typed.ok().filter(|origins| (2..=MOST_ORIGINS).contains(origins)).ok_or("compare.not_origins")
    }

    /// Draws the card; `both` are the models that are chosen.
    pub fn ui(&mut self, ui: &mut Ui, state: &State, both: Option<(ModelName, ModelName)>, outbox: &mut Outbox) {
        let look = Look::of(ui);
        Card::titled(look.text("compare.more")).ui(ui, |ui| {
            grid_ui(ui, "compare otherwise", &[1.0, 1.4, 1.0, 0.8], |ui, column, _| match column {
                0 => self.period_ui(ui, &look),
                1 => self.file_ui(ui, &look),
                2 => self.cost_ui(ui, &look),
                _ => self.origins_ui(ui, &look),
            });
            ui.add_space(sizes::GRID);
            let request = self.request(both);
            row_ui(ui, |ui| {
                let so = request.clone().map(|request| Comparing { request, origins: None });
                command_ui(ui, state, "compare.so", so, outbox);
                let rolled = request.and_then(|request| {
                    let is_file = matches!(request.candidate, ModelName::Predictions(_));
                    if is_file {
                        return Err("compare.file_not_rolled");
                    }
                    // Past dates are chosen by the program: a period does not go with them.
                    let request = CompareRequest { period: Period::default(), trained_until: None, ..request };
                    Ok(Comparing { request, origins: Some(self.origins()?) })
                });
                command_ui(ui, state, "compare.at_past_dates", rolled, outbox);
            });
        });
    }

    fn period_ui(&mut self, ui: &mut Ui, look: &Look) {
        let problem = look.text("compare.not_a_day");
        let fields = [
            ("compare.from", "compare.from_hint", &mut self.from),
            ("compare.until", "compare.until_hint", &mut self.until),
        ];
        for (name, hint, typed) in fields {
            let problem = day(typed).is_err().then_some(problem);
            Field { name: look.text(name), hint: look.text(hint), problem, lines: 1 }.ui(ui, typed);
        }
    }

    fn file_ui(&mut self, ui: &mut Ui, look: &Look) {
        one_path_ui(ui, ("compare.file", "compare.file_hint"), &mut self.file);
        let problem = day(&self.trained_until).is_err().then_some(look.text("compare.not_a_day"));
        let (name, hint) = (look.text("compare.trained_until"), look.text("compare.trained_until_hint"));
        Field { name, hint, problem, lines: 1 }.ui(ui, &mut self.trained_until);
    }

    fn cost_ui(&mut self, ui: &mut Ui, look: &Look) {
        let fields = [
            ("compare.cost_minute", "compare.cost_minute_hint", &mut self.minute),
            ("compare.cost_turn", "compare.cost_turn_hint", &mut self.turn),
        ];
        for (name, hint, typed) in fields {
            let problem = cost(typed).err().map(|key| look.text(key));
            Field { name: look.text(name), hint: look.text(hint), problem, lines: 1 }.ui(ui, typed);
        }
    }

    fn origins_ui(&mut self, ui: &mut Ui, look: &Look) {
        let problem = self.origins().err().map(|key| look.text(key));
        let (name, hint) = (look.text("compare.origins"), look.text("compare.origins_hint"));
        Field { name, hint, problem, lines: 1 }.ui(ui, &mut self.origins);
        Text::new(look.text("compare.origins_line")).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
    }
}

fn command_ui(
    ui: &mut Ui,
    state: &State,
    key: &str,
    comparing: Result<Comparing, &'static str>,
    outbox: &mut Outbox,
) {
    let look = Look::of(ui);
    let command = comparing.map(|comparing| Command::CompareAs(Box::new(comparing)));
    let refused = match &command {
        Ok(command) => command.refusal(state, &look),
        Err(key) => Some(look.text(key).to_owned()),
    };
    let button = Button::plain(look.text(key)).icon(icons::ICON_COMPARE_ARROWS).unless(refused);
    if let (true, Ok(command)) = (button.ui(ui).clicked(), command) {
        outbox.send(command);
    }
}
