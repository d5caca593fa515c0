//! Runs kept in order: pinned, noted, tagged, and removed when nobody needs them.

use rusqlite::params;

use super::runs::find_run;
use super::{Run, RunStatus, Workspace, WorkspaceError};
use crate::base::Digest;
use crate::store::sqlite::DatabaseError;

const MARK_RUN: &str = include_str!("sql/mark_run.sql");
const ADD_TAG: &str = include_str!("sql/add_tag.sql");
const REMOVE_TAG: &str = include_str!("sql/remove_tag.sql");
const REMOVE_RUN: &str = include_str!("sql/remove_run.sql");
const ARTIFACT_USERS: &str = include_str!("sql/artifact_users.sql");

/// The longest note, in characters.
pub const LONGEST_NOTE: usize = 2_000;
/// The longest tag, in characters.
pub const LONGEST_TAG: usize = 40;

/// A change of what is said about a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunMark {
    /// Kept in front, and never pruned; or no longer.
    Pinned(bool),
    /// What a person writes about it, in the place of what they wrote before; an empty text takes the note away.
    Note(String),
    /// Tagged.
    Tag(String),
    /// No longer tagged.
    Untag(String),
}

impl Workspace {
    /// Changes what is said about a run. What is so already stays so.
    ///
    /// # Errors
    /// [`WorkspaceError::RunUnknown`], [`WorkspaceError::NoteUnfit`], [`WorkspaceError::TagUnfit`] or
    /// [`WorkspaceError::Database`].
    pub fn mark_run(&mut self, id: i64, mark: &RunMark) -> Result<Run, WorkspaceError> {
        self.database.write(|session| {
            find_run(session, id)?;
            match mark {
                RunMark::Pinned(pinned) => session.execute(MARK_RUN, params![id, pinned, None::<String>])?,
                RunMark::Note(note) => session.execute(MARK_RUN, params![id, None::<bool>, fit_note(note)?])?,
                RunMark::Tag(tag) => session.execute(ADD_TAG, params![id, fit_tag(tag)?])?,
                RunMark::Untag(tag) => session.execute(REMOVE_TAG, params![id, tag.trim()])?,
            };
            Ok::<(), WorkspaceError>(())
        })?;
        self.run(id)
    }

    /// Removes runs for good, and the models that no other run ended with.
    ///
    /// # Errors
    /// [`WorkspaceError::RunUnknown`], [`WorkspaceError::RunKept`] where one of them goes on, is pinned or tagged, or
    /// [`WorkspaceError::Database`]; then all of them stay.
    pub fn remove_runs(&mut self, ids: &[i64]) -> Result<(), WorkspaceError> {
        self.end_interrupted_runs()?;
        let artifacts = self.database.write(|session| {
            let mut artifacts = Vec::new();
            for id in ids {
                let run = find_run(session, *id)?;
                if run.status == RunStatus::Running || run.pinned || !run.tags.is_empty() {
                    return Err(WorkspaceError::RunKept { id: *id });
                }
                session.execute(REMOVE_RUN, [id])?;
                artifacts.extend(run.artifact_sha256);
            }
            Ok(artifacts)
        })?;
        // Rows first: a file that no row speaks of is no obstacle, a row without its file is.
        let path = |digest: Digest| self.artifact_path(digest);
        let paths: Vec<_> = artifacts.into_iter().map(|digest| (digest, path(digest))).collect();
        self.database.write(|session| {
            for (digest, path) in &paths {
                let users = session.row(ARTIFACT_USERS, [digest.to_string()], |row| row.get::<_, i64>(0))?;
                if users == Some(0) {
                    match std::fs::remove_file(path) {
                        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                            return Err(DatabaseError::of_io(error, path).into());
                        }
                        _ => {}
                    }
                }
            }
            Ok(())
        })
    }
}

fn fit_note(note: &str) -> Result<&str, WorkspaceError> {
    let note = note.trim();
    if note.chars().count() > LONGEST_NOTE { Err(WorkspaceError::NoteUnfit) } else { Ok(note) }
}

/// Tags are listed with commas between them.
fn fit_tag(tag: &str) -> Result<&str, WorkspaceError> {
    let tag = tag.trim();
    let is_fit = !tag.is_empty()
        && tag.chars().count() <= LONGEST_TAG
        && !tag.contains([',', '،'])
        && !tag.chars().any(char::is_control);
    if is_fit { Ok(tag) } else { Err(WorkspaceError::TagUnfit { tag: tag.chars().take(LONGEST_TAG).collect() }) }
}
