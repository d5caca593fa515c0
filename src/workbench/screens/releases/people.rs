//! Who is in the registry, as whom this window acts, and how the first person comes into it.

use egui::{Ui, vec2};

use super::fields::{Content, code, field_ui};
use super::page::Page;
use crate::store::registry::Person;
use crate::workbench::command::{Command, NewOwner, Outbox};
use crate::workbench::text::{Text, isolate};
use crate::workbench::theme::{Ink, sizes};
use crate::workbench::widgets::{Button, Card, Notice, Pill, icons};

/// The people of the registry, or the form for the first of them.
pub(super) fn card_ui(ui: &mut Ui, page: &Page<'_>, owner: &mut OwnerForm, height: f32, outbox: &mut Outbox) {
    let (look, people) = (page.look, &page.snapshot.people);
    if people.is_empty() {
        Card::titled(look.text("releases.owner")).height(height).ui(ui, |ui| owner.ui(ui, page, outbox));
        return;
    }
    let note = look.fill("releases.people.count", &[("count", &look.language.integer(people.len() as u64))]);
    Card::titled(look.text("releases.people")).note(note).height(height).ui(ui, |ui| {
        if page.snapshot.person(&page.state.person).is_none() {
            let values = [("name", isolate(&page.state.person))];
            Notice::warning(look.language.fill_owned("releases.people.stranger", &values)).ui(ui);
        }
        for person in people {
            person_ui(ui, page, person, outbox);
        }
    });
}

fn person_ui(ui: &mut Ui, page: &Page<'_>, person: &Person, outbox: &mut Outbox) {
    const HEIGHT: f32 = 44.0;
    let look = page.look;
    let is_self = person.name == page.state.person;
    ui.allocate_ui_with_layout(vec2(ui.available_width(), HEIGHT), look.row_from_end(), |ui| {
        if is_self {
            Pill::plain(look.text("releases.people.you")).icon(icons::ICON_PERSON).ui(ui);
        } else {
            let label = look.fill("releases.people.act_as", &[("name", &isolate(&person.name))]);
            if Button::plain(label).compact().ui(ui).clicked() {
                outbox.send(Command::ActAs(person.name.clone()));
            }
        }
        ui.allocate_ui_with_layout(vec2(ui.available_width(), HEIGHT), look.column(), |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.allocate_ui_with_layout(vec2(ui.available_width(), 22.0), look.row(), |ui| {
                ui.spacing_mut().item_spacing.x = sizes::GAP;
                Text::new(&person.name).value().strong().elide_to(ui.available_width() * 0.5).ui(ui);
                let role = look.text(&format!("role.{}", person.role.id())).to_owned();
                Text::new(role).ink(Ink::Soft).elide().ui(ui);
            });
            match &person.public_key {
                Some(key) => code(key.id().to_string()).ink(Ink::Faint).elide().copyable().ui(ui),
                None => Text::new(look.text("releases.people.no_key")).size(sizes::SMALL).ink(Ink::Faint).ui(ui),
            };
        });
    });
}

/// The form by which the first person of a registry becomes its model owner.
#[derive(Default)]
pub(super) struct OwnerForm {
    /// None until something was typed: the name under which this person acts already.
    name: Option<String>,
    passphrase: String,
    again: String,
}

impl OwnerForm {
    /// Shows it.
    pub fn ui(&mut self, ui: &mut Ui, page: &Page<'_>, outbox: &mut Outbox) {
        let look = page.look;
        Text::new(look.text("releases.owner.line")).ink(Ink::Soft).wrap().ui(ui);
        let name = self.name.get_or_insert_with(|| page.state.person.clone());
        field_ui(ui, look.text("releases.owner.name"), Content::Words, name);
        field_ui(ui, look.text("releases.owner.passphrase"), Content::Passphrase, &mut self.passphrase);
        field_ui(ui, look.text("releases.owner.again"), Content::Passphrase, &mut self.again);
        let open = self.passphrase.is_empty() && self.again.is_empty();
        let hint = if open { "releases.owner.open" } else { "releases.owner.locked" };
        Text::new(look.text(hint)).size(sizes::SMALL).ink(Ink::Soft).wrap().ui(ui);
        let refusal = self.refusal(page);
        let button = Button::primary(look.text("command.become_owner")).icon(icons::ICON_KEY);
        if button.unless(refusal.map(|key| look.text(key))).ui(ui).clicked() {
            let name = self.name.clone().unwrap_or_default().trim().to_owned();
            let passphrase = std::mem::take(&mut self.passphrase);
            self.again.clear();
            outbox.send(Command::BecomeOwner(NewOwner { name, passphrase }));
        }
        if let Some(key) = refusal {
            Text::new(look.text(key)).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
        }
    }

    /// Why it cannot be sent, as a key of the string catalogue.
    fn refusal(&self, page: &Page<'_>) -> Option<&'static str> {
        let name = self.name.as_deref().unwrap_or_default().trim();
        if name.is_empty() {
            Some("releases.refused.name")
        } else if !fits_a_file(name) {
            Some("releases.refused.name_unfit")
        } else if self.passphrase != self.again {
            Some("releases.refused.passphrases_differ")
        } else if page.state.is_running("release") {
            Some("refused.releasing")
        } else {
            None
        }
    }
}

/// Whether a key may be called like this: the name becomes that of a file, on any system.
fn fits_a_file(name: &str) -> bool {
    let unfit = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c);
    name.chars().count() <= 64 && !name.starts_with('.') && !name.ends_with('.') && !name.chars().any(unfit)
}
