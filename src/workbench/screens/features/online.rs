//! The values that the service uses at an arrival: which are published, from which data set, how old they are and how old
//! they may become.

use std::time::Duration;

use egui::Ui;
use egui_material_icons::icons;

use super::name;
use crate::base::calendar::{DateStyle, Zone};
use crate::base::role::Permission;
use crate::base::{Moment, Verdict};
use crate::workbench::command::{Command, Outbox};
use crate::workbench::screens::names::listed;
use crate::workbench::screens::releases::fields::{code, fact_ui};
use crate::workbench::snapshot::OnlineValues;
use crate::workbench::state::State;
use crate::workbench::text::{Text, isolate};
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Button, Card, Cell, Column, Pill, Table, grid_ui, row_ui};
use crate::workflows::now;
use crate::workflows::online::OnlineSheet;

/// How often the age is drawn anew.
const MINUTE: Duration = Duration::from_secs(60);
/// Beyond this height the values scroll.
const HIGHEST: f32 = 300.0;

/// The cards of the published values.
pub(super) fn online_ui(ui: &mut Ui, state: &State, outbox: &mut Outbox) {
    let look = Look::of(ui);
    let Some(online) = state.snapshot.as_ref().and_then(|snapshot| snapshot.online.as_ref()) else {
        Card::titled(look.text("features.online")).ui(ui, |ui| {
            Text::new(look.text("features.online_none")).strong().wrap().ui(ui);
            Text::new(look.text("features.online_none_line")).ink(Ink::Soft).wrap().ui(ui);
            publish_ui(ui, state, outbox);
        });
        return;
    };
    grid_ui(ui, "online", &[1.0, 1.5], |ui, cell, height| match cell {
        0 => publication_ui(ui, state, &online.sheet, height, outbox),
        _ => values_ui(ui, online, height),
    });
}

/// How old the values are at `now`, in minutes: what was read may have been read a while ago.
fn age_minutes(sheet: &OnlineSheet, now: Moment) -> f64 {
    now.minutes_since(sheet.as_of).get()
}

fn publication_ui(ui: &mut Ui, state: &State, sheet: &OnlineSheet, height: f32, outbox: &mut Outbox) {
    let look = Look::of(ui);
    ui.ctx().request_repaint_after(MINUTE);
    let age = age_minutes(sheet, now());
    let is_fresh = age <= sheet.max_age_minutes;
    Card::titled(look.text("features.online")).height(height).ui(ui, |ui| {
        row_ui(ui, |ui| {
            let (verdict, key) =
                if is_fresh { (Verdict::Pass, "features.fresh") } else { (Verdict::Fail, "features.stale") };
            Pill::saying(verdict, look.text(key)).hint(look.text("features.stale_hint")).ui(ui);
        });
        let line = if is_fresh { "features.fresh_line" } else { "features.stale_line" };
        Text::new(look.text(line)).ink(Ink::Soft).wrap().ui(ui);
        ui.add_space(sizes::GRID);
        let mut clock = Zone::default().clock();
        let mut time = |at| DateStyle::usual(look.language).date_and_time(clock.local(at), look.language);
        fact_ui(ui, look.text("features.as_of"), Text::new(time(sheet.as_of)));
        fact_ui(ui, look.text("features.age"), Text::new(length_words(&look, age)));
        fact_ui(ui, look.text("features.max_age"), Text::new(length_words(&look, sheet.max_age_minutes)));
        let who = [("person", isolate(&sheet.person)), ("time", time(sheet.published_at))];
        let who = look.language.fill_owned("features.published_by", &who);
        fact_ui(ui, look.text("features.published"), Text::new(who));
        fact_ui(ui, look.text("data.digest"), code(sheet.dataset.short()));
        ui.add_space(sizes::GRID);
        publish_ui(ui, state, outbox);
    });
}

/// Publishing changes what the service answers with, so that it says so.
fn publish_ui(ui: &mut Ui, state: &State, outbox: &mut Outbox) {
    let look = Look::of(ui);
    let snapshot = state.snapshot.as_ref();
    let person = snapshot.and_then(|snapshot| snapshot.person(&state.person));
    let may = person.is_some_and(|person| person.role.may(Permission::Publish));
    let refusal = Command::PublishOnline
        .refusal(state, &look)
        .or_else(|| (!may).then(|| look.text("features.may_not_publish").to_owned()));
    let button = Button::plain(look.text("command.publish_online")).icon(icons::ICON_UPLOAD);
    if button.unless(refusal.clone()).ui(ui).clicked() {
        outbox.send(Command::PublishOnline);
    }
    let line = refusal.unwrap_or_else(|| look.text("features.publish_line").to_owned());
    Text::new(line).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
}

fn values_ui(ui: &mut Ui, online: &OnlineValues, height: f32) {
    let look = Look::of(ui);
    let sheet = &online.sheet;
    let count = |(id, n): (&String, &u64)| {
        let values = [("feature", name(&look, id)), ("n", look.language.integer(*n))];
        look.language.fill_owned("features.values_count", &values)
    };
    let counts: Vec<String> = online.counts.iter().map(count).collect();
    Card::titled(look.text("features.online_values")).height(height).ui(ui, |ui| {
        Text::new(listed(&look, &counts)).ink(Ink::Soft).wrap().ui(ui);
        let columns = [
            Column::words(look.text("features.feature")),
            Column::words(look.text("data.site")),
            Column::words(look.text("data.service")),
            Column::number(look.text("data.hour")),
            Column::number(look.text("features.value")),
            Column::number(look.text("features.n")),
        ];
        let table = Table::new("online values", columns).height(HIGHEST);
        table.ui(ui, sheet.values.len(), |row, column| {
            let Some(value) = sheet.values.get(row) else { return Cell::text("") };
            match column {
                0 => Cell::text(name(&look, &value.feature)),
                1 => Cell::text(value.site.clone()),
                2 => Cell::text(value.service.clone()).ink(Ink::Soft),
                3 => Cell::text(look.language.digits(&format!("{}:00", value.hour))),
                4 => Cell::text(look.language.decimal(value.value, 1)).strong(),
                _ => Cell::text(look.language.integer(u64::from(value.n))).ink(Ink::Soft),
            }
        });
    });
}

/// "42 min", "3.5 h", "12 days".
fn length_words(look: &Look, minutes: f64) -> String {
    let (key, value, places) = match minutes {
        minutes if minutes < 120.0 => ("features.minutes", minutes, 0),
        minutes if minutes < 48.0 * 60.0 => ("features.hours", minutes / 60.0, 1),
        minutes => ("features.days", minutes / 1_440.0, 1),
    };
    look.fill(key, &[("n", &look.language.decimal(value, places))])
}
