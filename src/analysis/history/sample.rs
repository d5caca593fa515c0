//! The first rows of a file and some later ones, to guess a mapping from and to show what a mapping does.

use serde::Serialize;

use crate::base::{Moment, Task};

use super::checks::{Check, settle};
use super::guess::{self, Guess, Sample, value};
use super::import::ImportError;
use super::mapping::{Mapping, MappingError};
use super::personal::recognise;
use super::plan::Plan;
use super::source::Source;

/// So many rows from the beginning.
const FIRST: usize = 2_000;
/// At most so many later ones, spread evenly.
const LATER: usize = 2_000;
/// Rows beyond are not looked at.
const FAR_ENOUGH: usize = 400_000;

/// Some rows of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleRows {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows: their line in the file, and their cells.
    pub rows: Vec<(u64, Vec<String>)>,
}

/// A row as a mapping reads it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PreviewRow {
    /// The line in the file.
    pub line: u64,
    /// The cells as they stand.
    pub cells: Vec<String>,
    /// The canonical columns that the mapping names, and their values; empty where the row is set aside.
    pub values: Vec<(&'static str, Option<String>)>,
    /// What was found in the row.
    pub found: Vec<Check>,
    /// Why the row is set aside.
    pub set_aside: Option<Check>,
}

impl SampleRows {
    /// Reads the sample of `source`.
    ///
    /// # Errors
    /// [`ImportError`] where a file is no table, or on request.
    pub fn read(mut source: Source, task: &Task) -> Result<SampleRows, ImportError> {
        let columns = source.columns().to_vec();
        let mut rows: Vec<(u64, Vec<String>)> = Vec::new();
        let (mut count, mut step) = (0_usize, 1_usize);
        while count < FAR_ENOUGH {
            task.check()?;
            let Some(block) = source.next_block()? else { break };
            block.for_each_row::<ImportError>(&mut |row| {
                count += 1;
                if row.broken.is_some() || count > FIRST && !count.is_multiple_of(step) {
                    return Ok(());
                }
                rows.push((row.line, row.cells.iter().map(|cell| (*cell).to_owned()).collect()));
                if rows.len() > FIRST + LATER {
                    step *= 2;
                    let mut place = 0;
                    rows.retain(|_| {
                        place += 1;
                        place <= FIRST || place % 2 == 0
                    });
                }
                Ok(())
            })?;
        }
        Ok(SampleRows { columns, rows })
    }

    /// The guessed mapping; `name` is what the file is called.
    #[must_use]
    pub fn guess(&self, name: &str, now: Moment) -> Guess {
        let rows: Vec<Vec<&str>> =
            self.rows.iter().map(|(_, cells)| cells.iter().map(String::as_str).collect()).collect();
        let is_personal = |index: &usize| {
            let cells = rows.iter().take(FIRST).filter_map(|row| row.get(*index)).copied();
            self.columns.get(*index).is_some_and(|column| recognise(column, cells).is_some())
        };
        let barred: Vec<usize> = (0..self.columns.len()).filter(is_personal).collect();
        guess::guess(&Sample { columns: &self.columns, rows: &rows, name, now, barred: &barred })
    }

    /// What `mapping` makes of the first `most` rows.
    ///
    /// # Errors
    /// [`MappingError`] where the mapping does not fit the columns.
    pub fn preview(&self, mapping: &Mapping, most: usize) -> Result<Vec<PreviewRow>, MappingError> {
        let plan = Plan::resolve(mapping, &self.columns)?;
        let fields = mapping.visit.fields();
        let mut clocks = plan.clocks();
        let read = |(line, cells): &(u64, Vec<String>)| {
            let borrowed: Vec<&str> = cells.iter().map(String::as_str).collect();
            let read = if cells.len() == self.columns.len() {
                plan.read(&borrowed, &mut clocks).and_then(|mut visit| {
                    settle(&mut visit, &mapping.checks)?;
                    Ok(visit)
                })
            } else {
                Err(Check::WrongWidth)
            };
            let (values, found, set_aside) = match read {
                Ok(visit) => {
                    let values = fields.iter().map(|field| (*field, value(field, &visit))).collect();
                    (values, visit.marks.iter().collect(), None)
                }
                Err(check) => (Vec::new(), Vec::new(), Some(check)),
            };
            PreviewRow { line: *line, cells: cells.clone(), values, found, set_aside }
        };
        Ok(self.rows.iter().take(most).map(read).collect())
    }
}
