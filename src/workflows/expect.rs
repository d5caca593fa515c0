//! Contracts for data sets: made from one that is good, held against the next.

use std::io::Write;
use std::path::Path;

use crate::analysis::history::History;
use crate::analysis::history::expectations::{Expectations, Violation};
use crate::analysis::history::profile::Profile;
use crate::base::Task;

use super::import::{file_error, read_text};
use super::profile::profile;
use super::{Home, WorkflowError, now};

/// Reads a contract.
///
/// # Errors
/// [`WorkflowError`] where the file cannot be read or is no contract.
pub fn read_expectations(path: &Path) -> Result<Expectations, WorkflowError> {
    Ok(Expectations::from_yaml(&read_text(path, Expectations::MAX_BYTES)?)?)
}

/// The contract that the data set called `name` makes for the next one.
///
/// # Errors
/// [`WorkflowError`].
pub fn expectations_of(home: &Home, name: &str, task: &Task) -> Result<Expectations, WorkflowError> {
    Ok(Expectations::from_profile(&profile(home, name, task)?.1))
}

/// Writes a contract; a file that is there is replaced as a whole, or not at all.
///
/// # Errors
/// [`WorkflowError::File`].
pub fn save_expectations(expectations: &Expectations, path: &Path) -> Result<(), WorkflowError> {
    let text = expectations.to_yaml()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut draft =
        tempfile::Builder::new().prefix(".nobat-").tempfile_in(folder).map_err(|cause| file_error(path, cause))?;
    draft.write_all(text.as_bytes()).map_err(|cause| file_error(path, cause))?;
    draft.as_file().sync_all().map_err(|cause| file_error(path, cause))?;
    draft.persist(path).map_err(|error| file_error(path, error.error))?;
    Ok(())
}

/// Where a history that is at hand is not as expected, by the machine's clock.
///
/// # Errors
/// [`WorkflowError::Cancelled`].
pub fn check_history(
    expectations: &Expectations,
    history: &History,
    task: &Task,
) -> Result<Vec<Violation>, WorkflowError> {
    Ok(check_expectations(expectations, &Profile::of(history, task)?))
}

/// Where `profile` is not as expected, by the machine's clock.
#[must_use]
pub fn check_expectations(expectations: &Expectations, profile: &Profile) -> Vec<Violation> {
    expectations.check(profile, now())
}
