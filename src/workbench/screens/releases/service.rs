//! The service that this window started: what it answers with, what it refused, and how traffic is shared.

use egui::Ui;

use super::fields::fact_ui;
use super::page::Page;
use crate::base::Verdict;
use crate::base::language::{Catalogue, NO_VALUE};
use crate::workbench::command::{Command, Outbox};
use crate::workbench::text::Text;
use crate::workbench::text::bidi::Direction;
use crate::workbench::theme::{Ink, sizes};
use crate::workbench::widgets::charts::{Chart as _, SplitData, SplitPart, legend_ui};
use crate::workbench::widgets::{Button, Card, Notice, Pill, icons, row_ui};
use crate::workflows::server::RefusedGeneration;

/// Height of the bar of blue and green.
const BAR: f32 = 26.0;

/// The service, and what it may be told.
pub(super) fn card_ui(ui: &mut Ui, page: &Page<'_>, height: f32, outbox: &mut Outbox) {
    let look = page.look;
    let server = &page.state.server;
    let actions = |ui: &mut Ui| {
        if server.address.is_some() {
            let (verdict, words) = page.acknowledged();
            let key = match verdict {
                Verdict::Pass => "releases.service.confirmed",
                Verdict::Fail => "releases.service.refuses",
                Verdict::Inconclusive => "releases.service.unconfirmed",
            };
            Pill::saying(verdict, look.text(key)).hint(words).ui(ui);
        }
    };
    Card::titled(look.text("releases.service")).height(height).with_actions_ui(ui, actions, |ui| {
        split_ui(ui, page);
        if let Some(refused) = server.live.as_ref().and_then(|live| live.refused.as_ref()) {
            Notice::failure(refusal(page, refused)).ui(ui);
        }
        match server.address {
            Some(_) => answers_ui(ui, page),
            None => {
                Text::new(look.text("releases.service.stopped")).ink(Ink::Soft).wrap().ui(ui);
            }
        }
        row_ui(ui, |ui| {
            let start = Button::plain(look.text("command.start_serving")).icon(icons::ICON_PLAY_ARROW);
            let stop = Button::plain(look.text("command.stop_serving")).icon(icons::ICON_STOP);
            if start.unless(Command::StartServing.refusal(page.state, &look)).ui(ui).clicked() {
                outbox.send(Command::StartServing);
            }
            if stop.unless(Command::StopServing.refusal(page.state, &look)).ui(ui).clicked() {
                outbox.send(Command::StopServing);
            }
        });
    });
}

/// Today all traffic goes to the live version.
fn split_ui(ui: &mut Ui, page: &Page<'_>) {
    let look = page.look;
    let Some(live) = &page.snapshot.live else { return };
    let label = look.fill("releases.service.blue", &[("version", &live.version.to_string())]);
    let name = look.text("releases.service.split").to_owned();
    let split = SplitData { name, parts: vec![SplitPart { label, share: 1.0, ink: Ink::Current }] };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = sizes::GRID;
        split.ui(ui, BAR);
        legend_ui(ui, &split.legend());
    });
}

fn answers_ui(ui: &mut Ui, page: &Page<'_>) {
    let look = page.look;
    let server = &page.state.server;
    let said = server.live.as_ref();
    let or_dash = |value: Option<String>| Text::new(value.unwrap_or_else(|| NO_VALUE.to_owned()));
    let version = said.and_then(|live| live.version).map(|version| version.to_string());
    let generation = said.and_then(|live| live.generation).map(|generation| page.count(generation));
    let since = said.and_then(|live| live.loaded_at).map(|at| page.when(at));
    let address = server.address.map(|address| address.to_string());
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let address = or_dash(address).direction(Direction::LeftToRight);
        fact_ui(ui, look.text("releases.service.address"), address);
        fact_ui(ui, look.text("releases.service.version"), or_dash(version).strong().ink(Ink::Current));
        fact_ui(ui, look.text("releases.service.generation"), or_dash(generation));
        fact_ui(ui, look.text("releases.service.loaded"), or_dash(since));
    });
}

/// Why the service does not answer with a generation, in the language where the catalogue knows the reason.
fn refusal(page: &Page<'_>, refused: &RefusedGeneration) -> String {
    let look = page.look;
    let key = format!("error.{}.happened", refused.key);
    let reason = match Catalogue::get(look.language).text(&key) {
        Some(_) => {
            let fields: Vec<(&str, &str)> =
                refused.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            look.fill(&key, &fields)
        }
        None => refused.reason.clone(),
    };
    let values = [
        ("version", refused.version.to_string()),
        ("generation", page.count(refused.generation)),
        ("reason", reason),
    ];
    look.language.fill_owned("releases.service.refused", &values)
}
