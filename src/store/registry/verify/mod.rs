//! Checks everything that is kept against everything else.
//!
//! The log is walked from its first event: hashes, links and numbers; each event against the one row it repeats;
//! each event against the roles and decisions before it. Artifacts and evidence are digested again, statements are
//! composed again, signatures are verified again. It reads one state of the file, changes nothing, and goes on
//! after a problem, so that the report names all of them.

mod kept;
mod problem;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use self::kept::{Expected, Kept, RolloutRow, VersionRow};
use super::audit::{RawEvent, last_event};
use super::online::{digest, kept_values};
use super::{Registry, RegistryError, ReleaseStatement};
use crate::base::role::Permission;
use crate::base::{Digest, Role};
use crate::store::keys::PublicKey;
use crate::store::sqlite::Session;

pub use problem::Problem;

const ALL_EVENTS: &str = include_str!("../sql/all_events.sql");
const ALL_ARTIFACTS: &str = include_str!("../sql/all_artifacts.sql");
const ALL_EVIDENCE: &str = include_str!("../sql/all_evidence.sql");
const ARTIFACT: &str = include_str!("../sql/artifact.sql");
const EVIDENCE: &str = include_str!("../sql/evidence.sql");

/// What [`Registry::verify`] found.
#[derive(Clone, Debug, Serialize)]
pub struct Verification {
    /// Events in the log.
    pub events: usize,
    /// Versions.
    pub versions: usize,
    /// Artifacts that were digested again.
    pub artifacts: usize,
    /// Signatures that were verified again.
    pub signatures: usize,
    /// The hash of the last event. Noted somewhere else, it tells later whether the log was rewritten.
    pub head: Option<Digest>,
    /// What is wrong, in the order of the events.
    pub problems: Vec<Problem>,
}

impl Registry {
    /// Checks the whole registry. Takes about as long as reading it.
    ///
    /// # Errors
    /// [`RegistryError::Database`] where it cannot be read at all; what is wrong in it is in the report.
    pub fn verify(&self) -> Result<Verification, RegistryError> {
        self.read(|session| {
            let mut problems: Vec<Problem> = Vec::new();
            for detail in session.integrity()? {
                problems.push(Problem::FileDamaged { detail });
            }
            let events = session.rows(ALL_EVENTS, [], RawEvent::read)?;
            check_chain(&events, &mut problems);
            let kept = Kept::read(session)?;
            check_rows(&events, &kept, &mut problems);
            check_order(&events, &kept, &mut problems);
            let signatures = check_decisions(&events, &kept, &mut problems);
            let artifacts = check_bytes(session, &mut problems)?;
            check_values(session, &kept, &mut problems)?;
            problems.sort_by_key(|problem| problem.seq().unwrap_or(0));
            problems.dedup();
            let head = if events.last().is_some_and(RawEvent::is_sound) { last_event(session)? } else { None };
            Ok(Verification {
                events: events.len(),
                versions: kept.versions.len(),
                artifacts,
                signatures,
                head: head.map(|(_, hash)| hash),
                problems,
            })
        })
    }
}

fn check_chain(events: &[RawEvent], problems: &mut Vec<Problem>) {
    let mut before: Option<&RawEvent> = None;
    for event in events {
        let seq = event.seq;
        if !event.is_sound() {
            problems.push(Problem::EventAltered { seq });
        }
        let follows = before.map_or(1, |before| before.seq.saturating_add(1));
        if seq != follows || event.previous_hash.as_ref() != before.map(|before| &before.hash) {
            problems.push(Problem::LinkBroken { seq });
        }
        before = Some(event);
    }
}

fn check_rows(events: &[RawEvent], kept: &Kept, problems: &mut Vec<Problem>) {
    let mut by_event: BTreeMap<i64, Vec<Expected>> = BTreeMap::new();
    for expected in kept.expected(events) {
        by_event.entry(expected.seq).or_default().push(expected);
    }
    for event in events {
        let seq = event.seq;
        match by_event.remove(&seq).unwrap_or_default().as_slice() {
            [only] if only.fits(event) => {}
            [only] => problems.push(Problem::RowAltered { seq, table: only.table }),
            _ => problems.push(Problem::RowMissing { seq }),
        }
    }
    for expected in by_event.into_values().flatten() {
        problems.push(Problem::EventMissing { seq: expected.seq, table: expected.table });
    }
}

/// Replays the log: who was allowed what, and whether each step was possible.
fn check_order(events: &[RawEvent], kept: &Kept, problems: &mut Vec<Problem>) {
    let mut roles: HashMap<&str, Role> = HashMap::new();
    let mut decided: HashMap<&str, bool> = HashMap::new();
    let mut proposed: HashSet<&str> = HashSet::new();
    let mut rollouts: HashMap<i64, &RolloutRow> = HashMap::new();
    let mut live: Option<&RolloutRow> = None;
    for event in events {
        let seq = event.seq;
        let version = event.version.as_deref().unwrap_or_default();
        let permission = match event.kind.as_str() {
            "propose" => Permission::Propose,
            "approve" | "reject" => Permission::Approve,
            "promote" => Permission::Promote,
            "roll_back" => Permission::RollBack,
            "publish" => Permission::Publish,
            "threshold" => Permission::SetThresholds,
            _ => Permission::ManagePeople,
        };
        let person = kept.people.iter().find(|row| row.event == seq);
        // Whoever makes the registry names themselves first.
        if let Some(first) = person.filter(|first| roles.is_empty() && first.name == event.person) {
            roles.extend(Role::from_id(&first.role).map(|role| (first.name.as_str(), role)));
        }
        if !roles.get(event.person.as_str()).is_some_and(|role| role.may(permission)) {
            problems.push(Problem::NotAllowed { seq, person: event.person.clone() });
        }
        let is_possible = match event.kind.as_str() {
            "person" => {
                person.and_then(|row| Role::from_id(&row.role).map(|role| roles.insert(&row.name, role))).is_some()
            }
            "propose" => proposed.insert(version),
            "publish" => kept.publications.iter().any(|row| row.event == seq),
            "threshold" => kept.thresholds.iter().any(|row| row.event == seq),
            "approve" | "reject" => {
                proposed.contains(version) && decided.insert(version, event.kind == "approve").is_none()
            }
            kind => kept.rollouts.iter().find(|row| row.event == seq).is_some_and(|row| {
                let target = live.and_then(|live| live.returns_to).and_then(|target| rollouts.get(&target));
                let is_right = if kind == "promote" {
                    row.returns_to == live.map(|live| live.generation)
                        && live.is_none_or(|live| live.version != row.version)
                } else {
                    target.is_some_and(|t| t.version == row.version && t.returns_to == row.returns_to)
                };
                let follows = row.generation == live.map_or(1, |live| live.generation.saturating_add(1))
                    && row.previous_version.as_ref() == live.map(|live| &live.version);
                live = Some(row);
                rollouts.insert(row.generation, row);
                is_right && follows && decided.get(version) == Some(&true)
            }),
        };
        if !is_possible {
            problems.push(Problem::OutOfOrder { seq });
        }
    }
}

/// Composes every statement again and verifies every signature again; the number of signatures that fit.
fn check_decisions(events: &[RawEvent], kept: &Kept, problems: &mut Vec<Problem>) -> usize {
    let mut fitting = 0;
    for row in &kept.approvals {
        let seq = row.event;
        if kept.version(&row.version).and_then(statement_of).as_ref() != Some(&row.statement) {
            problems.push(Problem::StatementAltered { seq });
        }
        if row.decision != "approve" {
            continue;
        }
        let person = events.iter().find(|event| event.seq == seq).map(|event| &event.person);
        let known = kept.people.iter().rfind(|known| Some(&known.name) == person && known.event < seq);
        let key = known.and_then(|known| known.public_key.as_ref()?.parse::<PublicKey>().ok());
        let signature = row.signature.as_deref().unwrap_or_default();
        let signed = key.and_then(|key| key.verify(row.statement.as_bytes(), signature).ok());
        match signed {
            Some(signed) if row.key_id == Some(signed.key_id.to_string()) => fitting += 1,
            _ => problems.push(Problem::SignatureWrong { seq }),
        }
    }
    fitting
}

fn statement_of(row: &VersionRow) -> Option<String> {
    let (version, artifact) = (row.version.parse().ok()?, row.artifact.parse().ok()?);
    let (contract, evidence) = (row.contract.parse().ok()?, row.evidence.parse().ok()?);
    Some(ReleaseStatement::new(version, artifact, contract, evidence).text())
}

/// Digests every artifact and every evidence document again; the number of artifacts.
fn check_bytes(session: &Session<'_>, problems: &mut Vec<Problem>) -> Result<usize, RegistryError> {
    let listed = |sql| session.rows(sql, [], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?)));
    let artifacts = listed(ALL_ARTIFACTS)?;
    let count = artifacts.len();
    for (sha256, seq) in artifacts {
        let digest = session.row(ARTIFACT, [&sha256], |row| Ok(Digest::of(row.get_ref(0)?.as_blob()?)))?;
        if seq.is_none() || digest.map(|digest| digest.to_string()).as_ref() != Some(&sha256) {
            problems.push(Problem::ArtifactAltered { seq, sha256 });
        }
    }
    for (sha256, seq) in listed(ALL_EVIDENCE)? {
        let digest = session.row(EVIDENCE, [&sha256], |row| Ok(Digest::of(row.get_ref(0)?.as_bytes()?)))?;
        if seq.is_none() || digest.map(|digest| digest.to_string()).as_ref() != Some(&sha256) {
            problems.push(Problem::EvidenceAltered { seq, sha256 });
        }
    }
    Ok(count)
}

/// Digests the online values again: they are those of the last publication, all of them.
fn check_values(session: &Session<'_>, kept: &Kept, problems: &mut Vec<Problem>) -> Result<(), RegistryError> {
    let values = kept_values(session)?;
    let last = kept.publications.last();
    let (seq, expected) = last.map_or((0, ""), |row| (row.event, row.values_sha256.as_str()));
    let is_sound = match last {
        Some(_) => digest(values.iter().map(|(value, _)| value)).to_string() == expected,
        None => values.is_empty(),
    };
    if !is_sound || values.iter().any(|(_, publication)| *publication != seq) {
        problems.push(Problem::ValuesAltered { seq });
    }
    Ok(())
}
