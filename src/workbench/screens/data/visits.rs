//! The visits themselves, however many: a long table, a row or a day to go to, and all that is known of the visit that
//! the keyboard is on.

use std::fmt::Write as _;

use egui::{Key, Ui, vec2};

use crate::analysis::history::{History, Outcome, Visits};
use crate::base::calendar::{DateStyle, date_of_either_calendar};
use crate::base::{Digest, Moment};
use crate::workbench::screens::field::{Field, plain_number};
use crate::workbench::text::{Text, isolate};
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Button, Card, Cell, Column, LongTable, LongView, row_from_end_ui};
use crate::workflows::datasets::Prepared;

/// Which part of which data set is seen.
#[derive(Debug, Default)]
pub(super) struct VisitTable {
    of: Option<Digest>,
    table: LongTable,
    typed: String,
    /// What was typed last names no visit.
    is_nowhere: bool,
}

/// Height of the table in a window that has little.
const LEAST: f32 = 320.0;
/// Height that the rest of the screen takes.
const REST: f32 = 650.0;
/// Width of the field of where to go.
const FIELD: f32 = 230.0;

impl VisitTable {
    /// Shows the visits of `prepared`.
    pub fn ui(&mut self, ui: &mut Ui, prepared: &Prepared) {
        if self.of != Some(prepared.digest) {
            *self = VisitTable { of: Some(prepared.digest), ..VisitTable::default() };
        }
        let look = Look::of(ui);
        let count = prepared.history.visits.len();
        Card::titled(look.text("data.table")).note(look.text("data.table_keys")).ui(ui, |ui| {
            let height = (ui.ctx().content_rect().height() - REST).max(LEAST);
            self.table_ui(ui, prepared, height);
            ui.add_space(sizes::GRID);
            row_from_end_ui(ui, |ui| {
                self.go_ui(ui, prepared);
                let seen = Text::new(self.table.seen_words(&look, count)).size(sizes::SMALL).ink(Ink::Soft);
                let size = vec2(ui.available_width(), sizes::CONTROL);
                ui.allocate_ui_with_layout(size, look.row(), |ui| seen.elide().ui(ui));
            });
            if self.is_nowhere {
                Text::new(look.text("data.nowhere")).size(sizes::SMALL).ink(Ink::Fail).wrap().ui(ui);
            }
            if let Some(row) = self.table.cursor().filter(|row| *row < count) {
                let words = visit_words(prepared, row, &look);
                Text::new(words).size(sizes::SMALL).ink(Ink::Soft).wrap().copyable().ui(ui);
            }
        });
    }

    /// The field of where to go, and its button.
    fn go_ui(&mut self, ui: &mut Ui, prepared: &Prepared) {
        let look = Look::of(ui);
        let go = Button::plain(look.text("data.go")).ui(ui).clicked();
        let entered = ui.allocate_ui_with_layout(vec2(FIELD, sizes::CONTROL), look.row(), |ui| {
            let typed = Field::line_ui(ui, look.text("data.go_to"), look.text("data.go_hint"), &mut self.typed);
            typed.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
        });
        if (go || entered.inner) && !self.typed.trim().is_empty() {
            let found = find(&prepared.history, &self.typed);
            self.is_nowhere = found.is_none();
            if let Some(row) = found {
                self.table.go_to(row);
            }
        }
    }

    fn table_ui(&mut self, ui: &mut Ui, prepared: &Prepared, height: f32) {
        let look = Look::of(ui);
        let language = look.language;
        let style = DateStyle::usual(language);
        let visits = &prepared.history.visits;
        let mut clock = prepared.history.zone.clock();
        let mut time = |moment: Moment| style.date_and_time(clock.local(moment), language);
        let head = |key: &'static str| look.text(key);
        let columns = [
            Column::fit(head("data.arrived")),
            Column::words(head("data.site")),
            Column::words(head("data.service")),
            Column::number(head("data.wait_minutes")),
            Column::fit(head("data.outcome")),
            Column::fit(head("data.channel")),
            Column::number(head("data.ahead")),
            Column::number(head("data.counters")),
            Column::fit(head("data.visit_id")),
        ];
        let dash = language.decimal(f64::NAN, 0);
        let count = |value: Option<u32>| value.map_or_else(|| dash.clone(), |n| language.integer(u64::from(n)));
        let view = LongView { name: look.text("data.table"), columns: &columns, rows: visits.len(), height };
        self.table.ui(ui, view, |row, column| {
            let wait = prepared.waits.get(row).copied().flatten();
            match column {
                0 => Cell::text(visits.arrived.get(row).map_or_else(String::new, |moment| time(*moment))),
                1 => Cell::text(visits.site.get(row)),
                2 => Cell::text(visits.service.get(row)).ink(Ink::Soft),
                3 => Cell::text(language.decimal(wait.unwrap_or(f64::NAN), 1)).strong(),
                4 => outcome_cell(visits, row, &look),
                5 => Cell::text(channel_words(visits, row, &look)).ink(Ink::Soft),
                6 => Cell::text(count(visits.people_ahead.get(row).copied().flatten())),
                7 => Cell::text(count(visits.open_counters.get(row).copied().flatten())),
                _ => Cell::code(visits.visit_id.get(row).unwrap_or_default()).ink(Ink::Faint),
            }
        });
    }
}

fn outcome_cell(visits: &Visits, row: usize, look: &Look) -> Cell {
    match visits.outcome(row) {
        Outcome::Served => Cell::text(look.text("data.served")).ink(Ink::Soft),
        Outcome::Abandoned => Cell::text(look.text("data.abandoned")).ink(Ink::Warn),
        Outcome::Unfinished => Cell::text(look.text("data.unfinished")).ink(Ink::Faint),
    }
}

fn channel_words(visits: &Visits, row: usize, look: &Look) -> String {
    let channel = visits.channel.get(row).copied().flatten();
    channel.map_or_else(|| look.language.decimal(f64::NAN, 0), |channel| look.text(channel.name_key()).to_owned())
}

/// All that is known of the visit in `row`, in a line or two; what is not known is left out.
fn visit_words(prepared: &Prepared, row: usize, look: &Look) -> String {
    let (language, visits) = (look.language, &prepared.history.visits);
    let mut clock = prepared.history.zone.clock();
    let mut time = |moment: Moment| DateStyle::usual(language).date_and_time(clock.local(moment), language);
    let visit = visits.get(row);
    let mut parts = vec![
        ("data.visit_id", isolate(&visit.visit_id)),
        ("data.site", isolate(&visit.site)),
        ("data.service", isolate(&visit.service)),
        ("data.arrived", time(visit.arrived)),
    ];
    let moments = [
        ("data.called", visit.called),
        ("data.finished", visit.finished),
        ("data.left", visit.left),
        ("data.booked_for", visit.booked_for),
    ];
    parts.extend(moments.into_iter().filter_map(|(key, moment)| Some((key, time(moment?)))));
    let priority = visit.priority.map(|priority| language.integer(u64::from(priority)));
    parts.extend(priority.map(|priority| ("data.priority", priority)));
    let mut words = String::new();
    let named = parts.into_iter().map(|(key, value)| (look.text(key).to_owned(), value));
    let extras = visits.extras.iter().filter_map(|(name, texts)| Some((isolate(name), isolate(texts.get(row)?))));
    for (name, value) in named.chain(extras) {
        let between = if words.is_empty() { "" } else { " · " };
        // Writing into a text does not fail.
        let _ = write!(words, "{between}{}", look.fill("data.named", &[("name", &name), ("value", &value)]));
    }
    words
}

/// The row that `typed` means: its number, counted from 1, or the first arrival on or after a date.
fn find(history: &History, typed: &str) -> Option<usize> {
    let plain = plain_number(typed);
    let visits = &history.visits;
    if let Ok(date) = date_of_either_calendar(&plain) {
        let mut clock = history.zone.clock();
        let row = visits.arrived.partition_point(|moment| clock.local(*moment).date() < date);
        return (row < visits.len()).then_some(row);
    }
    let digits: String = plain.chars().filter(|c| !matches!(c, ',' | '٬' | ' ' | '\u{a0}' | '_')).collect();
    let row = digits.parse::<usize>().ok()?.checked_sub(1)?;
    (row < visits.len()).then_some(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::history::Visit;
    use crate::base::calendar::{CivilDate, LocalTime, Zone};

    /// Noon in Tehran on a day of March 2026.
    fn moment(day: u8) -> Moment {
        let noon = LocalTime::new(CivilDate::new(2026, 3, day).unwrap(), 720, 0).unwrap();
        Zone::default().clock().moment(noon).unwrap().chosen()
    }

    fn history() -> History {
        let visit = |day: u8| Visit {
            visit_id: day.to_string(),
            site: "a".to_owned(),
            service: "b".to_owned(),
            arrived: moment(day),
            called: None,
            finished: None,
            left: None,
            priority: None,
            channel: None,
            booked_for: None,
            open_counters: None,
            people_ahead: None,
        };
        History { visits: [19, 21, 21, 25].into_iter().map(visit).collect(), ..History::default() }
    }

    #[test]
    fn a_row_is_found_by_its_number_and_by_a_date_of_either_calendar() {
        let history = history();
        assert_eq!(find(&history, "1"), Some(0));
        assert_eq!(find(&history, " ۴ "), Some(3));
        assert_eq!(find(&history, "5"), None);
        assert_eq!(find(&history, "0"), None);
        assert_eq!(find(&history, "2026-03-20"), Some(1), "the first arrival after a day without any");
        assert_eq!(find(&history, "۱۴۰۵/۰۱/۰۵"), Some(3));
        assert_eq!(find(&history, "1405/1/30"), None);
        assert_eq!(find(&history, "soon"), None);
    }
}
