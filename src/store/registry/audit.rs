//! The audit log: events, each of which holds the hash of the one before it.
//!
//! `hash = SHA-256(DOMAIN ‖ field…)` over seq, at, person, kind, version, details and the hash before; each field
//! is one byte that says whether it is there, its length in bytes as 8 bytes, big end first, and its bytes. Numbers
//! are 8 bytes, big end first; hashes are their 64 digits.

use rusqlite::Row;
use serde::Serialize;

use super::{Event, EventKind, Registry, RegistryError};
use crate::base::digest::Digester;
use crate::base::{Digest, Moment, Role, Version};
use crate::store::sqlite::{Session, parsed};

const LAST_EVENT: &str = include_str!("sql/last_event.sql");
const ADD_EVENT: &str = include_str!("sql/add_event.sql");
const EVENTS: &str = include_str!("sql/events.sql");

const DOMAIN: &[u8] = b"nobat audit event 1\n";

/// An event as it stands in the file.
#[derive(Clone, Debug)]
pub(super) struct RawEvent {
    pub seq: i64,
    pub at: i64,
    pub person: String,
    pub kind: String,
    pub version: Option<String>,
    pub details: String,
    pub previous_hash: Option<String>,
    pub hash: String,
}

/// What an event repeats of the row that comes with it. Written as JSON, members in this order.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Details<'a> {
    Person {
        name: &'a str,
        role: &'a str,
        public_key: Option<&'a str>,
    },
    Proposal {
        family: &'a str,
        artifact_sha256: &'a str,
        contract_sha256: &'a str,
        evidence_sha256: &'a str,
        notes: &'a str,
    },
    Decision {
        reason: &'a str,
        statement_sha256: Digest,
        key_id: Option<&'a str>,
        signature_sha256: Option<Digest>,
        by_its_proposer: bool,
    },
    Rollout {
        generation: i64,
        previous_version: Option<&'a str>,
        returns_to: Option<i64>,
        reason: &'a str,
    },
    Publication {
        dataset: &'a str,
        as_of: i64,
        max_age_ms: i64,
        value_count: i64,
        values_sha256: &'a str,
    },
    Threshold {
        name: &'a str,
        value: f64,
        reason: &'a str,
    },
}

impl Details<'_> {
    pub fn text(&self) -> String {
        // Strings, numbers and digests always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Who did what to which version, and when.
pub(super) struct NewEvent<'a> {
    pub at: Moment,
    pub person: &'a str,
    pub kind: EventKind,
    pub version: Option<Version>,
    pub details: Details<'a>,
}

impl RawEvent {
    pub fn read(row: &Row<'_>) -> rusqlite::Result<RawEvent> {
        Ok(RawEvent {
            seq: row.get(0)?,
            at: row.get(1)?,
            person: row.get(2)?,
            kind: row.get(3)?,
            version: row.get(4)?,
            details: row.get(5)?,
            previous_hash: row.get(6)?,
            hash: row.get(7)?,
        })
    }

    /// The hash that this event must have.
    pub fn digest(&self) -> Digest {
        let mut digester = Digester::default();
        digester.update(DOMAIN);
        let mut field = |bytes: Option<&[u8]>| {
            digester.update(&[u8::from(bytes.is_some())]);
            let bytes = bytes.unwrap_or_default();
            digester.update(&(bytes.len() as u64).to_be_bytes());
            digester.update(bytes);
        };
        field(Some(&self.seq.to_be_bytes()));
        field(Some(&self.at.to_be_bytes()));
        field(Some(self.person.as_bytes()));
        field(Some(self.kind.as_bytes()));
        field(self.version.as_deref().map(str::as_bytes));
        field(Some(self.details.as_bytes()));
        field(self.previous_hash.as_deref().map(str::as_bytes));
        digester.finish()
    }

    pub fn is_sound(&self) -> bool {
        self.digest().to_string() == self.hash
    }
}

/// The number and hash of the last event.
pub(super) fn last_event(session: &Session<'_>) -> Result<Option<(i64, Digest)>, RegistryError> {
    Ok(session.row(LAST_EVENT, [], |row| Ok((row.get(0)?, parsed(row, 1)?)))?)
}

/// Adds an event and returns its number.
pub(super) fn append(session: &Session<'_>, new: &NewEvent<'_>) -> Result<i64, RegistryError> {
    let last = last_event(session)?;
    let mut event = RawEvent {
        seq: last.map_or(1, |(seq, _)| seq.saturating_add(1)),
        at: new.at.millis(),
        person: new.person.to_owned(),
        kind: new.kind.id().to_owned(),
        version: new.version.map(|version| version.to_string()),
        details: new.details.text(),
        previous_hash: last.map(|(_, hash)| hash.to_string()),
        hash: String::new(),
    };
    event.hash = event.digest().to_string();
    let RawEvent { seq, at, person, kind, version, details, previous_hash, hash } = event;
    session.execute(ADD_EVENT, (seq, at, person, kind, version, details, previous_hash, hash))?;
    Ok(seq)
}

impl Registry {
    /// The newest `limit` events before event number `before`, or the newest of all; the newest first.
    ///
    /// # Errors
    /// [`RegistryError::AuditBroken`] where one of them was altered, or its predecessor is another.
    pub fn events(&self, limit: u32, before: Option<i64>) -> Result<Vec<Event>, RegistryError> {
        // One more than asked for, so that the oldest one's link can be checked as well.
        let parameters = (before.unwrap_or(i64::MAX), i64::from(limit) + 1);
        let raw = self.read(|session| Ok(session.rows(EVENTS, parameters, RawEvent::read)?))?;
        let broken = |seq| RegistryError::AuditBroken { seq, path: self.path().to_owned() };
        for (index, event) in raw.iter().enumerate() {
            let expected = raw.get(index + 1).map(|earlier| &earlier.hash);
            let is_linked = index == limit as usize || event.previous_hash.as_ref() == expected;
            if !event.is_sound() || !is_linked {
                return Err(broken(event.seq));
            }
        }
        raw.into_iter().take(limit as usize).map(|event| typed(&event).ok_or_else(|| broken(event.seq))).collect()
    }
}

/// `None` where the event holds something that no event can hold.
fn typed(event: &RawEvent) -> Option<Event> {
    Some(Event {
        seq: event.seq,
        at: Moment::from_millis(event.at)?,
        person: event.person.clone(),
        kind: event.kind.parse().ok()?,
        version: event.version.as_deref().map(str::parse).transpose().ok()?,
        details: serde_json::from_str(&event.details).ok()?,
        hash: event.hash.parse().ok()?,
    })
}

/// The role whose [`Role::id`] stands in `column`.
pub(super) fn role(row: &Row<'_>, column: usize) -> rusqlite::Result<Role> {
    let text = row.get_ref(column)?.as_str()?;
    Role::from_id(text)
        .ok_or_else(|| rusqlite::Error::InvalidColumnType(column, "role".to_owned(), rusqlite::types::Type::Text))
}
