//! Rows as they stand in the file, and what the audit log must say about each of them.

use rusqlite::Row;

use crate::base::Digest;
use crate::store::registry::RegistryError;
use crate::store::registry::audit::{Details, RawEvent};
use crate::store::sqlite::Session;

const ALL_PEOPLE: &str = include_str!("../sql/all_people.sql");
const ALL_VERSIONS: &str = include_str!("../sql/all_versions.sql");
const ALL_APPROVALS: &str = include_str!("../sql/all_approvals.sql");
const ALL_PUBLICATIONS: &str = include_str!("../sql/all_publications.sql");
const ALL_ROLLOUTS: &str = include_str!("../sql/all_rollouts.sql");
const ALL_THRESHOLDS: &str = include_str!("../sql/all_thresholds.sql");

pub(super) struct PersonRow {
    pub event: i64,
    pub name: String,
    pub role: String,
    pub public_key: Option<String>,
}

pub(super) struct VersionRow {
    pub event: i64,
    pub version: String,
    pub family: String,
    pub artifact: String,
    pub contract: String,
    pub evidence: String,
    pub notes: String,
}

pub(super) struct ApprovalRow {
    pub event: i64,
    pub version: String,
    pub decision: String,
    pub reason: String,
    pub statement: String,
    pub key_id: Option<String>,
    pub signature: Option<String>,
}

pub(super) struct RolloutRow {
    pub event: i64,
    pub generation: i64,
    pub kind: String,
    pub version: String,
    pub previous_version: Option<String>,
    pub returns_to: Option<i64>,
    pub reason: String,
}

pub(super) struct PublicationRow {
    pub event: i64,
    pub dataset: String,
    pub as_of: i64,
    pub max_age_ms: i64,
    pub value_count: i64,
    pub values_sha256: String,
}

pub(super) struct ThresholdRow {
    pub event: i64,
    pub name: String,
    pub value: f64,
    pub reason: String,
}

/// Every row that has an event, as it stands in the file.
pub(super) struct Kept {
    pub people: Vec<PersonRow>,
    pub versions: Vec<VersionRow>,
    pub approvals: Vec<ApprovalRow>,
    pub rollouts: Vec<RolloutRow>,
    pub publications: Vec<PublicationRow>,
    pub thresholds: Vec<ThresholdRow>,
}

impl Kept {
    pub fn read(session: &Session<'_>) -> Result<Kept, RegistryError> {
        let person = |row: &Row<'_>| {
            Ok(PersonRow { event: row.get(0)?, name: row.get(1)?, role: row.get(2)?, public_key: row.get(3)? })
        };
        let version = |row: &Row<'_>| {
            Ok(VersionRow {
                event: row.get(0)?,
                version: row.get(1)?,
                family: row.get(2)?,
                artifact: row.get(3)?,
                contract: row.get(4)?,
                evidence: row.get(5)?,
                notes: row.get(6)?,
            })
        };
        let approval = |row: &Row<'_>| {
            Ok(ApprovalRow {
                event: row.get(0)?,
                version: row.get(1)?,
                decision: row.get(2)?,
                reason: row.get(3)?,
                statement: row.get(4)?,
                key_id: row.get(5)?,
                signature: row.get(6)?,
            })
        };
        let rollout = |row: &Row<'_>| {
            Ok(RolloutRow {
                event: row.get(0)?,
                generation: row.get(1)?,
                kind: row.get(2)?,
                version: row.get(3)?,
                previous_version: row.get(4)?,
                returns_to: row.get(5)?,
                reason: row.get(6)?,
            })
        };
        let publication = |row: &Row<'_>| {
            Ok(PublicationRow {
                event: row.get(0)?,
                dataset: row.get(1)?,
                as_of: row.get(2)?,
                max_age_ms: row.get(3)?,
                value_count: row.get(4)?,
                values_sha256: row.get(5)?,
            })
        };
        let threshold = |row: &Row<'_>| {
            Ok(ThresholdRow { event: row.get(0)?, name: row.get(1)?, value: row.get(2)?, reason: row.get(3)? })
        };
        Ok(Kept {
            people: session.rows(ALL_PEOPLE, [], person)?,
            versions: session.rows(ALL_VERSIONS, [], version)?,
            approvals: session.rows(ALL_APPROVALS, [], approval)?,
            rollouts: session.rows(ALL_ROLLOUTS, [], rollout)?,
            publications: session.rows(ALL_PUBLICATIONS, [], publication)?,
            thresholds: session.rows(ALL_THRESHOLDS, [], threshold)?,
        })
    }

    pub fn version(&self, version: &str) -> Option<&VersionRow> {
        self.versions.iter().find(|row| row.version == version)
    }

    /// What the event of each row must say.
    pub fn expected(&self, events: &[RawEvent]) -> Vec<Expected> {
        let people = self.people.iter().map(|row| {
            let PersonRow { event, name, role, public_key } = row;
            let details = Details::Person { name, role, public_key: public_key.as_deref() };
            Expected::new(*event, "people", "person", None, &details)
        });
        let versions = self.versions.iter().map(|row| {
            let VersionRow { event, version, family, artifact, contract, evidence, notes } = row;
            let details = Details::Proposal {
                family,
                artifact_sha256: artifact,
                contract_sha256: contract,
                evidence_sha256: evidence,
                notes,
            };
            Expected::new(*event, "versions", "propose", Some(version), &details)
        });
        let actor = |seq: i64| events.iter().find(|event| event.seq == seq).map(|event| &event.person);
        let approvals = self.approvals.iter().map(move |row| {
            let ApprovalRow { event, version, decision, reason, statement, key_id, signature } = row;
            let proposer = self.version(version).and_then(|row| actor(row.event));
            let details = Details::Decision {
                reason,
                statement_sha256: Digest::of(statement.as_bytes()),
                key_id: key_id.as_deref(),
                signature_sha256: signature.as_ref().map(|text| Digest::of(text.as_bytes())),
                by_its_proposer: proposer.is_some() && proposer == actor(*event),
            };
            Expected::new(*event, "approvals", decision, Some(version), &details)
        });
        let rollouts = self.rollouts.iter().map(|row| {
            let RolloutRow { event, generation, kind, version, previous_version, returns_to, reason } = row;
            let details = Details::Rollout {
                generation: *generation,
                previous_version: previous_version.as_deref(),
                returns_to: *returns_to,
                reason,
            };
            Expected::new(*event, "rollouts", kind, Some(version), &details)
        });
        let publications = self.publications.iter().map(|row| {
            let PublicationRow { event, dataset, as_of, max_age_ms, value_count, values_sha256 } = row;
            let (as_of, max_age_ms, value_count) = (*as_of, *max_age_ms, *value_count);
            let details = Details::Publication { dataset, as_of, max_age_ms, value_count, values_sha256 };
            Expected::new(*event, "publications", "publish", None, &details)
        });
        let thresholds = self.thresholds.iter().map(|row| {
            let ThresholdRow { event, name, value, reason } = row;
            let details = Details::Threshold { name, value: *value, reason };
            Expected::new(*event, "thresholds", "threshold", None, &details)
        });
        let decided = people.chain(versions).chain(approvals).chain(rollouts);
        decided.chain(publications).chain(thresholds).collect()
    }
}

/// What the event of one row must say.
pub(super) struct Expected {
    pub seq: i64,
    pub table: &'static str,
    pub kind: String,
    pub version: Option<String>,
    pub details: String,
}

impl Expected {
    fn new(
        seq: i64,
        table: &'static str,
        kind: &str,
        version: Option<&String>,
        details: &Details<'_>,
    ) -> Expected {
        Expected { seq, table, kind: kind.to_owned(), version: version.cloned(), details: details.text() }
    }

    pub fn fits(&self, event: &RawEvent) -> bool {
        event.kind == self.kind && event.version == self.version && event.details == self.details
    }
}
