//! What verifying can find, and how it is told.

use serde::Serialize;

/// Something that is not as this program left it. `seq` is the number of the event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Problem {
    /// An event does not have the hash of its content.
    EventAltered {
        /// The event.
        seq: i64,
    },
    /// An event does not follow the one before it.
    LinkBroken {
        /// The event.
        seq: i64,
    },
    /// An event's row is not there, or there are two.
    RowMissing {
        /// The event.
        seq: i64,
    },
    /// A row is not what its event says.
    RowAltered {
        /// The event.
        seq: i64,
        /// The table.
        table: &'static str,
    },
    /// A row has no event.
    EventMissing {
        /// The number that the event would have.
        seq: i64,
        /// The table.
        table: &'static str,
    },
    /// Somebody did what their role did not allow then.
    NotAllowed {
        /// The event.
        seq: i64,
        /// Who.
        person: String,
    },
    /// An event could not have happened in the state before it.
    OutOfOrder {
        /// The event.
        seq: i64,
    },
    /// A decision is about something else than its version.
    StatementAltered {
        /// The event.
        seq: i64,
    },
    /// The signature of an approval does not fit.
    SignatureWrong {
        /// The event.
        seq: i64,
    },
    /// The bytes of an artifact do not have its digest.
    ArtifactAltered {
        /// The event of the version; `None` where no version uses it.
        seq: Option<i64>,
        /// Its digest.
        sha256: String,
    },
    /// An evidence document does not have its digest.
    EvidenceAltered {
        /// The event of the version; `None` where no version uses it.
        seq: Option<i64>,
        /// Its digest.
        sha256: String,
    },
    /// The online values are not those that were published last.
    ValuesAltered {
        /// The event of the publication; 0 where there is none.
        seq: i64,
    },
    /// SQLite's own check of the file found something.
    FileDamaged {
        /// What it said.
        detail: String,
    },
}

impl Problem {
    /// The key of its sentence in the string catalogue.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Problem::EventAltered { .. } => "problem.event_altered",
            Problem::LinkBroken { .. } => "problem.link_broken",
            Problem::RowMissing { .. } => "problem.row_missing",
            Problem::RowAltered { .. } => "problem.row_altered",
            Problem::EventMissing { .. } => "problem.event_missing",
            Problem::NotAllowed { .. } => "problem.not_allowed",
            Problem::OutOfOrder { .. } => "problem.out_of_order",
            Problem::StatementAltered { .. } => "problem.statement_altered",
            Problem::SignatureWrong { .. } => "problem.signature_wrong",
            Problem::ArtifactAltered { .. } => "problem.artifact_altered",
            Problem::EvidenceAltered { .. } => "problem.evidence_altered",
            Problem::ValuesAltered { .. } => "problem.values_altered",
            Problem::FileDamaged { .. } => "problem.file_damaged",
        }
    }

    /// The event it is about.
    #[must_use]
    pub fn seq(&self) -> Option<i64> {
        match self {
            Problem::EventAltered { seq }
            | Problem::LinkBroken { seq }
            | Problem::RowMissing { seq }
            | Problem::RowAltered { seq, .. }
            | Problem::EventMissing { seq, .. }
            | Problem::NotAllowed { seq, .. }
            | Problem::OutOfOrder { seq }
            | Problem::StatementAltered { seq }
            | Problem::ValuesAltered { seq }
            | Problem::SignatureWrong { seq } => Some(*seq),
            Problem::ArtifactAltered { seq, .. } | Problem::EvidenceAltered { seq, .. } => *seq,
            Problem::FileDamaged { .. } => None,
        }
    }

    /// The values of the placeholders of its sentence.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![("seq", self.seq().map_or_else(|| "—".to_owned(), |seq| seq.to_string()))];
        match self {
            Problem::RowAltered { table, .. } | Problem::EventMissing { table, .. } => {
                fields.push(("table", (*table).to_owned()));
            }
            Problem::NotAllowed { person, .. } => fields.push(("person", person.clone())),
            Problem::ArtifactAltered { sha256, .. } | Problem::EvidenceAltered { sha256, .. } => {
                fields.push(("digest", sha256.chars().take(12).collect()));
            }
            Problem::FileDamaged { detail } => fields.push(("detail", detail.clone())),
            _ => {}
        }
        fields
    }
}
