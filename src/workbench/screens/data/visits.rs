//! The visits themselves: only the rows that are seen are read and drawn.
//!
//! A page holds as many rows as can be scrolled to without losing the precision of positions on the screen.

use egui::Ui;
use egui_material_icons::icons;

use crate::analysis::history::{Channel, Outcome};
use crate::base::calendar::DateStyle;
use crate::base::{Digest, Moment};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Button, Card, Cell, Column, Table, row_from_end_ui};
use crate::workflows::datasets::Prepared;

/// Rows of a page.
const ROWS: usize = 50_000;
/// Height of the table.
const HEIGHT: f32 = 420.0;

/// Which page of which data set is shown.
#[derive(Debug, Default)]
pub(super) struct Page {
    of: Option<Digest>,
    number: usize,
}

impl Page {
    /// Shows the visits of `prepared`.
    pub fn ui(&mut self, ui: &mut Ui, prepared: &Prepared) {
        if self.of != Some(prepared.digest) {
            *self = Page { of: Some(prepared.digest), number: 0 };
        }
        let look = Look::of(ui);
        let count = prepared.history.visits.len();
        let pages = count.div_ceil(ROWS).max(1);
        self.number = self.number.min(pages - 1);
        let from = self.number * ROWS;
        let until = (from + ROWS).min(count);
        let integer = |n: usize| look.language.integer(n as u64);
        let note = look.fill(
            "data.rows_shown",
            &[("from", &integer((from + 1).min(count))), ("until", &integer(until)), ("all", &integer(count))],
        );
        Card::titled(look.text("data.table")).note(note).ui(ui, |ui| {
            if pages > 1 {
                self.pages_ui(ui, pages);
            }
            table_ui(ui, prepared, from, until);
        });
    }

    fn pages_ui(&mut self, ui: &mut Ui, pages: usize) {
        let look = Look::of(ui);
        let (back, on) = if look.is_rtl() {
            (icons::ICON_CHEVRON_RIGHT, icons::ICON_CHEVRON_LEFT)
        } else {
            (icons::ICON_CHEVRON_LEFT, icons::ICON_CHEVRON_RIGHT)
        };
        row_from_end_ui(ui, |ui| {
            let at_end = (self.number + 1 >= pages).then(|| look.text("data.last_page"));
            if Button::symbol(on, look.text("data.next_page")).compact().unless(at_end).ui(ui).clicked() {
                self.number += 1;
            }
            let page = look.fill(
                "data.page",
                &[
                    ("page", &look.language.integer(self.number as u64 + 1)),
                    ("pages", &look.language.integer(pages as u64)),
                ],
            );
            Text::new(page).size(sizes::SMALL).ink(Ink::Soft).ui(ui);
            let at_start = (self.number == 0).then(|| look.text("data.first_page"));
            if Button::symbol(back, look.text("data.previous_page")).compact().unless(at_start).ui(ui).clicked() {
                self.number = self.number.saturating_sub(1);
            }
        });
    }
}

fn table_ui(ui: &mut Ui, prepared: &Prepared, from: usize, until: usize) {
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
    let id = if from == 0 { "visits".to_owned() } else { format!("visits from {from}") };
    Table::new(&id, columns).height(HEIGHT).ui(ui, until - from, |row, column| {
        let row = from + row;
        if row >= visits.len() {
            return Cell::text("");
        }
        let wait = prepared.waits.get(row).copied().flatten();
        match column {
            0 => Cell::text(time(visits.arrived[row])),
            1 => Cell::text(visits.site.get(row)),
            2 => Cell::text(visits.service.get(row)).ink(Ink::Soft),
            3 => Cell::text(language.decimal(wait.unwrap_or(f64::NAN), 1)).strong(),
            4 => match visits.outcome(row) {
                Outcome::Served => Cell::text(look.text("data.served")).ink(Ink::Soft),
                Outcome::Abandoned => Cell::text(look.text("data.abandoned")).ink(Ink::Warn),
                Outcome::Unfinished => Cell::text(look.text("data.unfinished")).ink(Ink::Faint),
            },
            5 => Cell::text(match visits.channel.get(row).copied().flatten() {
                Some(Channel::Booked) => look.text("data.booked").to_owned(),
                Some(Channel::WalkIn) => look.text("data.walk_in").to_owned(),
                None => dash.clone(),
            })
            .ink(Ink::Soft),
            6 => Cell::text(count(visits.people_ahead.get(row).copied().flatten())),
            7 => Cell::text(count(visits.open_counters.get(row).copied().flatten())),
            _ => Cell::code(visits.visit_id.get(row).unwrap_or_default()).ink(Ink::Faint),
        }
    });
}
