//! Contracts for data sets: made from one that is good, held against the next.

use std::path::Path;

use crate::analysis::history::History;
use crate::analysis::history::expectations::{Expectations, Violation};
use crate::analysis::history::profile::Profile;
use crate::base::Task;

use super::files::{read_text, write_text};
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
    write_text(path, &expectations.to_yaml()?)
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
