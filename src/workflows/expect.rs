//! Contracts for data sets: made from one that is good, held against the next.
//!
//! A contract is a file that people read and change. Those that the window makes with one press are in a folder of the
//! home, each under a name of its own: none replaces another.

use std::path::{Path, PathBuf};

use crate::analysis::history::History;
use crate::analysis::history::expectations::{Expectations, Violation};
use crate::analysis::history::profile::Profile;
use crate::base::Task;

use super::files::{file_error, read_text, write_new_text, write_text};
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

/// The contract that a history makes for the next one.
///
/// # Errors
/// [`WorkflowError::Cancelled`].
pub fn expectations_of_history(history: &History, task: &Task) -> Result<Expectations, WorkflowError> {
    task.report("stage.expecting", 0, 0)?;
    Ok(Expectations::from_profile(&Profile::of(history, task)?))
}

/// The contracts in the folder of `home`, in the order of their names.
#[must_use]
pub fn contracts(home: &Home) -> Vec<PathBuf> {
    // A folder that is not there, or cannot be read, holds none: any other file can still be named.
    let entries = std::fs::read_dir(home.contracts()).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml") && !is_hidden(path))
        .collect();
    files.sort();
    files
}

/// A file in the folder of `home` for a new contract of a data set called `name`; there is none of that name yet.
#[must_use]
pub fn new_contract_file(home: &Home, name: &str) -> PathBuf {
    let of_file = |letter: char| if letter.is_alphanumeric() || letter == '-' { letter } else { '_' };
    let stem: String = name.chars().take(LONGEST_STEM).map(of_file).collect();
    let stem = if stem.is_empty() { "contract".to_owned() } else { stem };
    let file = |number: u32| {
        let name = if number == 1 { format!("{stem}.yaml") } else { format!("{stem}-{number}.yaml") };
        home.contracts().join(name)
    };
    (1..=u32::MAX).map(file).find(|path| !path.exists()).unwrap_or_else(|| file(1))
}

/// The longest name of a contract's file, in letters: file systems take 255 bytes.
const LONGEST_STEM: usize = 60;

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// Writes a contract; a file that is there is replaced as a whole, or not at all.
///
/// # Errors
/// [`WorkflowError::File`].
pub fn save_expectations(expectations: &Expectations, path: &Path) -> Result<(), WorkflowError> {
    write_text(path, &expectations.to_yaml()?)
}

/// Writes a contract to a file that is not there yet; its folder is made where it is not.
///
/// # Errors
/// [`WorkflowError::File`], also where there is a file of that name: it stays as it is.
pub fn save_new_expectations(expectations: &Expectations, path: &Path) -> Result<(), WorkflowError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|cause| file_error(folder, cause))?;
    }
    write_new_text(path, &expectations.to_yaml()?)
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
    task.report("stage.expecting", 0, 0)?;
    Ok(check_expectations(expectations, &Profile::of(history, task)?))
}

/// Where `profile` is not as expected, by the machine's clock.
#[must_use]
pub fn check_expectations(expectations: &Expectations, profile: &Profile) -> Vec<Violation> {
    expectations.check(profile, now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_never_takes_the_place_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::resolve(Some(folder.path()), None).unwrap();
        assert!(contracts(&home).is_empty());
        let first = new_contract_file(&home, "صف/one");
        assert_eq!(first.file_name().unwrap(), "صف_one.yaml");
        let contract = Expectations::default();
        save_new_expectations(&contract, &first).unwrap();
        let second = new_contract_file(&home, "صف/one");
        assert_eq!(second.file_name().unwrap(), "صف_one-2.yaml");
        save_new_expectations(&contract, &second).unwrap();
        assert!(matches!(save_new_expectations(&contract, &first), Err(WorkflowError::File { .. })));
        assert_eq!(contracts(&home), [second, first.clone()]);
        assert_eq!(read_expectations(&first).unwrap(), contract);
        assert_eq!(new_contract_file(&home, "").file_name().unwrap(), "contract.yaml");
    }
}
