//! A file before it is imported: some of its rows, what their columns seem to mean, and what the mapping that is being
//! tried makes of them.
//!
//! Reading the rows is work for a job; trying another mapping on the few rows at hand is not.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::analysis::history::personal::{PersonalColumn, recognise};
use crate::analysis::history::{Guess, Mapping, MappingError, PreviewRow, SampleRows, open};
use crate::base::Task;
use crate::workflows::databases::source_options;
use crate::workflows::files::stem;
use crate::workflows::import::read_mapping;
use crate::workflows::mapping::mapping_for;
use crate::workflows::{Home, WorkflowError, now};

/// Rows that are shown as visits.
pub const PREVIEWED: usize = 60;

/// A file before it is imported.
#[derive(Clone, Debug)]
pub struct Intake {
    /// The file.
    pub path: PathBuf,
    /// Some of its rows.
    pub sample: Arc<SampleRows>,
    /// What its columns seem to mean.
    pub guess: Arc<Guess>,
    /// Columns that hold personal data, and why they are taken for it.
    pub personal: Arc<Vec<PersonalColumn>>,
    /// The mapping that is tried; none while no column is known to be the arrival.
    pub mapping: Option<Mapping>,
    /// What it makes of the first rows.
    pub rows: Vec<PreviewRow>,
    /// Why it cannot be used.
    pub problem: Option<MappingError>,
}

impl Intake {
    /// Reads some rows of the file at `path`. The mapping is the one of the file `given`, else the one that an import
    /// would take, else the guess.
    ///
    /// # Errors
    /// [`WorkflowError`] where the file is no table, or `given` is no mapping.
    pub fn read(home: &Home, path: &Path, given: Option<&Path>, task: &Task) -> Result<Intake, WorkflowError> {
        task.report("stage.reading", 0, 0)?;
        let paths = [path.to_owned()];
        let given = given.map(read_mapping).transpose()?;
        let options = source_options(given.as_ref());
        let sample = SampleRows::read(open(&paths, &options)?, task)?;
        let guess = sample.guess(&stem(path), now());
        let personal = personal_columns(&sample);
        let mapping = given.or_else(|| mapping_for(home, &paths, task).ok()).or_else(|| guess.mapping.clone());
        let intake = Intake {
            path: path.to_owned(),
            sample: Arc::new(sample),
            guess: Arc::new(guess),
            personal: Arc::new(personal),
            mapping: None,
            rows: Vec::new(),
            problem: None,
        };
        Ok(match mapping {
            Some(mapping) => intake.with(mapping),
            None => intake,
        })
    }

    /// The same file, read by `mapping`.
    #[must_use]
    pub fn with(&self, mapping: Mapping) -> Intake {
        let (rows, problem) = match self.sample.preview(&mapping, PREVIEWED) {
            Ok(rows) => (rows, None),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        Intake { mapping: Some(mapping), rows, problem, ..self.clone() }
    }

    /// The rows at hand of which the mapping makes visits, and all of them.
    #[must_use]
    pub fn readable(&self) -> (usize, usize) {
        (self.rows.iter().filter(|row| row.set_aside.is_none()).count(), self.rows.len())
    }
}

fn personal_columns(sample: &SampleRows) -> Vec<PersonalColumn> {
    let of_column = |(index, column): (usize, &String)| {
        recognise(column, sample.rows.iter().filter_map(|(_, cells)| cells.get(index)).map(String::as_str))
    };
    sample.columns.iter().enumerate().filter_map(of_column).collect()
}
