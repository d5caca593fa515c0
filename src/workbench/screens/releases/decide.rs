//! What a person may do about a version: approve, reject, promote, roll back; each says what it will change, or why it
//! cannot be done now.

use egui::Ui;

use super::fields::{Content, field_ui};
use super::page::Page;
use crate::base::role::Permission;
use crate::base::{Verdict, Version};
use crate::store::registry::{Stage, VersionEntry};
use crate::workbench::command::{Approval, Command, Outbox};
use crate::workbench::text::{Text, isolate};
use crate::workbench::theme::{Ink, sizes};
use crate::workbench::widgets::{Button, Card, ConfirmButton, icons};

/// What was typed, for one version in one stage: a reason for one decision must not slip into another.
#[derive(Default)]
pub(super) struct DecisionForm {
    about: Option<(Version, Stage)>,
    reason: String,
    passphrase: String,
}

impl DecisionForm {
    /// The actions on `entry`.
    pub fn card_ui(&mut self, ui: &mut Ui, page: &Page<'_>, entry: &VersionEntry, outbox: &mut Outbox) {
        let about = Some((entry.version, entry.stage));
        if self.about != about {
            *self = DecisionForm { about, ..DecisionForm::default() };
        }
        let look = page.look;
        let title = look.fill("releases.decide", &[("version", &entry.version.to_string())]);
        Card::titled(title).note(page.stage(entry.stage)).ui(ui, |ui| {
            let can_act = approve_refusal(page, entry, self).is_none_or(|refusal| refusal.is_about_form)
                || promote_refusal(page, entry).is_none()
                || roll_back_refusal(page).is_none();
            if can_act {
                self.fields_ui(ui, page, entry);
            }
            self.approve_ui(ui, page, entry, outbox);
            self.reject_ui(ui, page, entry, outbox);
            self.promote_ui(ui, page, entry, outbox);
            self.roll_back_ui(ui, page, outbox);
        });
    }

    fn fields_ui(&mut self, ui: &mut Ui, page: &Page<'_>, entry: &VersionEntry) {
        let look = page.look;
        let needs_reason = entry.stage == Stage::Proposed && !passes(page, entry);
        let label = if needs_reason { "releases.reason.needed" } else { "releases.reason" };
        field_ui(ui, look.text(label), Content::Words, &mut self.reason);
        if entry.stage == Stage::Proposed && is_locked(page) {
            field_ui(ui, look.text("releases.passphrase"), Content::Passphrase, &mut self.passphrase);
        }
    }

    fn approve_ui(&mut self, ui: &mut Ui, page: &Page<'_>, entry: &VersionEntry, outbox: &mut Outbox) {
        let look = page.look;
        let refusal = approve_refusal(page, entry, self).map(|refusal| refusal.words);
        let changes = look.language.fill_owned(
            "releases.approve.changes",
            &[
                ("version", entry.version.to_string()),
                ("artifact", entry.artifact_sha256.short()),
                ("evidence", entry.evidence_sha256.short()),
            ],
        );
        let pressed = action_ui(ui, refusal.as_deref(), &changes, |ui| {
            let button = Button::primary(look.text("command.approve")).icon(icons::ICON_CHECK);
            button.unless(refusal.clone()).ui(ui).clicked()
        });
        if pressed {
            let passphrase = std::mem::take(&mut self.passphrase);
            let reason = self.reason.trim().to_owned();
            outbox.send(Command::Approve(Approval { version: entry.version, reason, passphrase }));
        }
    }

    fn reject_ui(&mut self, ui: &mut Ui, page: &Page<'_>, entry: &VersionEntry, outbox: &mut Outbox) {
        let look = page.look;
        let refusal = decision_refusal(page, entry).or_else(|| {
            self.reason.trim().is_empty().then(|| look.text("releases.refused.reject_reason").to_owned())
        });
        let values = [("version", entry.version.to_string())];
        let changes = look.language.fill_owned("releases.reject.changes", &values);
        let again = look.language.fill_owned("releases.reject.again", &values);
        let pressed = action_ui(ui, refusal.as_deref(), &changes, |ui| {
            let button = ConfirmButton::new(look.text("command.reject"), again).icon(icons::ICON_BLOCK);
            button.unless(refusal.clone()).ui(ui, "reject")
        });
        if pressed {
            outbox.send(Command::Reject(entry.version, self.reason.trim().to_owned()));
        }
    }

    fn promote_ui(&mut self, ui: &mut Ui, page: &Page<'_>, entry: &VersionEntry, outbox: &mut Outbox) {
        let look = page.look;
        let refusal = promote_refusal(page, entry);
        let live = page.snapshot.live.as_ref();
        let key = if live.is_some() { "releases.promote.changes" } else { "releases.promote.first" };
        let changes = look.language.fill_owned(
            key,
            &[
                ("version", entry.version.to_string()),
                ("from", live.map(|live| live.version.to_string()).unwrap_or_default()),
                ("generation", page.count(live.map_or(0, |live| live.generation).saturating_add(1))),
            ],
        );
        let label = look.fill("releases.promote.to", &[("version", &entry.version.to_string())]);
        let pressed = action_ui(ui, refusal.as_deref(), &changes, |ui| {
            let button = Button::primary(label).icon(icons::ICON_ROCKET_LAUNCH);
            button.unless(refusal.clone()).ui(ui).clicked()
        });
        if pressed {
            outbox.send(Command::Promote(entry.version, self.reason.trim().to_owned()));
        }
    }

    fn roll_back_ui(&mut self, ui: &mut Ui, page: &Page<'_>, outbox: &mut Outbox) {
        let look = page.look;
        let refusal = roll_back_refusal(page).or_else(|| {
            self.reason.trim().is_empty().then(|| look.text("releases.refused.roll_back_reason").to_owned())
        });
        let (live, target) = (page.snapshot.live.as_ref(), page.returns_to());
        let target = target.map(|version| version.to_string()).unwrap_or_default();
        let values = [
            ("version", target.clone()),
            ("from", live.map(|live| live.version.to_string()).unwrap_or_default()),
            ("generation", page.count(live.map_or(0, |live| live.generation).saturating_add(1))),
        ];
        let changes = look.language.fill_owned("releases.roll_back.changes", &values);
        let label = match target.as_str() {
            "" => look.text("command.roll_back").to_owned(),
            _ => look.language.fill_owned("releases.roll_back.to", &values),
        };
        let again = look.language.fill_owned("releases.roll_back.again", &values);
        let pressed = action_ui(ui, refusal.as_deref(), &changes, |ui| {
            let button = ConfirmButton::new(label, again).icon(icons::ICON_UNDO);
            button.unless(refusal.clone()).ui(ui, "roll back")
        });
        if pressed {
            outbox.send(Command::RollBack(self.reason.trim().to_owned()));
        }
    }
}

/// A button, and below it what it changes or why it cannot be pressed.
fn action_ui(ui: &mut Ui, refusal: Option<&str>, changes: &str, button: impl FnOnce(&mut Ui) -> bool) -> bool {
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = sizes::GRID;
        let pressed = button(ui);
        let ink = if refusal.is_some() { Ink::Faint } else { Ink::Soft };
        Text::new(refusal.unwrap_or(changes)).size(sizes::SMALL).ink(ink).wrap().ui(ui);
        ui.add_space(sizes::GAP);
        pressed
    })
    .inner
}

/// Why an approval cannot be sent.
struct Refusal {
    words: String,
    /// Whether typing something helps.
    is_about_form: bool,
}

fn approve_refusal(page: &Page<'_>, entry: &VersionEntry, form: &DecisionForm) -> Option<Refusal> {
    let look = page.look;
    let for_good = |words: String| Refusal { words, is_about_form: false };
    if let Some(words) = decision_refusal(page, entry).or_else(|| key_refusal(page)) {
        return Some(for_good(words));
    }
    let missing = if !passes(page, entry) && form.reason.trim().is_empty() {
        "releases.refused.approve_reason"
    } else if is_locked(page) && form.passphrase.is_empty() {
        "releases.refused.passphrase"
    } else {
        return None;
    };
    Some(Refusal { words: look.text(missing).to_owned(), is_about_form: true })
}

/// Why nothing can be decided about `entry` by this person now.
fn decision_refusal(page: &Page<'_>, entry: &VersionEntry) -> Option<String> {
    if entry.stage != Stage::Proposed {
        let values = [("version", entry.version.to_string()), ("stage", page.stage(entry.stage))];
        return Some(page.look.language.fill_owned("releases.refused.decided", &values));
    }
    role_refusal(page, Permission::Approve)
}

fn promote_refusal(page: &Page<'_>, entry: &VersionEntry) -> Option<String> {
    let key = match entry.stage {
        Stage::Proposed => "releases.refused.not_approved",
        Stage::Rejected => "releases.refused.rejected",
        Stage::Live => "releases.refused.live",
        Stage::Approved | Stage::Retired => return role_refusal(page, Permission::Promote),
    };
    Some(page.look.fill(key, &[("version", &entry.version.to_string())]))
}

/// Why this person cannot roll back now.
pub(super) fn roll_back_refusal(page: &Page<'_>) -> Option<String> {
    if let Err(key) = Command::RollBack(String::new()).check(page.state) {
        return Some(page.look.text(key).to_owned());
    }
    role_refusal(page, Permission::RollBack)
}

/// Why this person may not, or must wait.
pub(super) fn role_refusal(page: &Page<'_>, permission: Permission) -> Option<String> {
    let (look, name) = (page.look, isolate(&page.state.person));
    let Some(person) = page.snapshot.person(&page.state.person) else {
        return Some(look.fill("releases.refused.unknown", &[("name", &name)]));
    };
    if !person.role.may(permission) {
        let key = match permission {
            Permission::RollBack => "releases.refused.owner_or_ops",
            _ => "releases.refused.owner_only",
        };
        let role = look.text(&format!("role.{}", person.role.id())).to_owned();
        return Some(look.language.fill_owned(key, &[("name", name), ("role", role)]));
    }
    page.state.is_running("release").then(|| look.text("refused.releasing").to_owned())
}

/// Why this person cannot sign.
fn key_refusal(page: &Page<'_>) -> Option<String> {
    let (look, name) = (page.look, &page.state.person);
    let key = match page.snapshot.person(name)? {
        person if person.public_key.is_none() => "releases.refused.no_key",
        _ if !page.snapshot.secret_keys.contains_key(name) => "releases.refused.key_elsewhere",
        _ => return None,
    };
    Some(look.fill(key, &[("name", &isolate(name))]))
}

fn is_locked(page: &Page<'_>) -> bool {
    page.snapshot.secret_keys.get(&page.state.person).copied().unwrap_or_default()
}

/// Whether every gate passes; no evidence is no pass.
fn passes(page: &Page<'_>, entry: &VersionEntry) -> bool {
    let evidence = page.snapshot.evidence.get(&entry.version);
    evidence.is_some_and(|evidence| evidence.verdict() == Verdict::Pass)
}
