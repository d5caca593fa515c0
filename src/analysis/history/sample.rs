//! The first rows of a file and some later ones, to guess a mapping from and to show what a mapping does.

use serde::Serialize;

use crate::base::{Moment, Task};

use super::checks::{Action, Check};
use super::chunk::{BlockReader, ReadRow};
use super::guess::{self, Guess, Sample, value};
use super::import::ImportError;
use super::learned::{LEARNED_ROWS, Learned, without_personal_extras};
use super::mapping::{Mapping, MappingError};
use super::personal::{PersonalCells, PersonalColumn};
use super::plan::Plan;
use super::report::ImportReport;
use super::source::Source;

/// So many rows from the beginning.
const FIRST: usize = LEARNED_ROWS;
/// At most so many later ones, spread evenly.
const LATER: usize = 2_000;
/// Rows beyond are not looked at.
const FAR_ENOUGH: usize = 400_000;

/// Some rows of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleRows {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows: their line in the file, and their cells.
    pub rows: Vec<(u64, Vec<String>)>,
    /// What an import would learn from them.
    learned: Learned,
}

/// What a mapping makes of the rows of a sample. Checks that need the whole file are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Preview {
    /// The first rows.
    pub rows: Vec<PreviewRow>,
    /// The names of the extra columns that would be kept.
    pub extras: Vec<String>,
    /// What was found in all rows of the sample, and how many would be set aside. Repaired rows are not counted: the
    /// checks of the whole file may repair others.
    pub report: ImportReport,
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
    /// The values of [`Preview::extras`], with personal data left out or hidden; empty where the row is set aside.
    pub extras: Vec<Option<String>>,
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
        let borrowed: Vec<Vec<&str>> = rows.iter().take(FIRST).map(|(_, cells)| borrow(cells)).collect();
        let learned = Learned::from(&columns, &borrowed);
        Ok(SampleRows { columns, rows, learned })
    }

    /// The columns that hold personal data, and why they are taken for it.
    #[must_use]
    pub fn personal(&self) -> &[PersonalColumn] {
        &self.learned.personal
    }

    /// The guessed mapping; `name` is what the file is called.
    #[must_use]
    pub fn guess(&self, name: &str, now: Moment) -> Guess {
        let rows: Vec<Vec<&str>> = self.rows.iter().map(|(_, cells)| borrow(cells)).collect();
        let is_personal = |column: &String| self.personal().iter().any(|found| found.column == *column);
        let barred = self.columns.iter().enumerate().filter(|(_, column)| is_personal(column));
        let barred: Vec<usize> = barred.map(|(index, _)| index).collect();
        guess::guess(&Sample { columns: &self.columns, rows: &rows, name, now, barred: &barred })
    }

    /// What `mapping` makes of the rows: the first `most` in full, all of them counted. Nothing is hashed, since that
    /// would need a key; [`super::personal::HIDDEN`] stands for a hash.
    ///
    /// # Errors
    /// [`MappingError`] where the mapping does not fit the columns.
    pub fn preview(&self, mapping: &Mapping, most: usize) -> Result<Preview, MappingError> {
        let found = self.learned.personal_of(mapping);
        let (mapping, _) = without_personal_extras(mapping, &found);
        let plan = Plan::resolve(&mapping, &self.columns)?;
        let ids = plan.id_columns();
        let reader = BlockReader {
            plan: &plan,
            checks: &mapping.checks,
            files: Vec::new(),
            columns: &self.columns,
            shape: self.learned.shape.as_ref(),
            spans: &self.learned.spans,
            personal: PersonalCells::new(&self.columns, &found, &mapping.personal, &ids),
            ids,
        };
        let mut seen = Previewing { reader, fields: mapping.visit.fields(), most, preview: Preview::default() };
        let mut clocks = plan.clocks();
        for (line, cells) in &self.rows {
            let borrowed = borrow(cells);
            let row = seen.reader.row(&borrowed, &mut clocks);
            seen.add(*line, &borrowed, row);
        }
        seen.preview.extras = plan.extras().iter().map(|(name, _)| name.clone()).collect();
        Ok(seen.preview)
    }
}

fn borrow(cells: &[String]) -> Vec<&str> {
    cells.iter().map(String::as_str).collect()
}

/// A preview that is being made.
struct Previewing<'a> {
    reader: BlockReader<'a>,
    fields: Vec<&'static str>,
    most: usize,
    preview: Preview,
}

impl Previewing<'_> {
    fn add(&mut self, line: u64, cells: &[&str], row: Result<ReadRow<'_>, Check>) {
        let example = || line.to_string();
        let report = &mut self.preview.report;
        report.read += 1;
        match &row {
            Ok(read) => {
                for check in read.visit.marks.iter() {
                    report.find(check, self.reader.done_about(check), 1, example);
                }
            }
            Err(check) => {
                report.quarantined += 1;
                report.find(*check, Action::Quarantine, 1, example);
            }
        }
        if self.preview.rows.len() < self.most {
            let row = self.shown(line, cells, row);
            self.preview.rows.push(row);
        }
    }

    fn shown(&self, line: u64, cells: &[&str], row: Result<ReadRow<'_>, Check>) -> PreviewRow {
        let mut shown = PreviewRow {
            line,
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
            values: Vec::new(),
            extras: Vec::new(),
            found: Vec::new(),
            set_aside: None,
        };
        match row {
            Ok(ReadRow { visit, moved }) => {
                let cells = moved.as_deref().unwrap_or(cells);
                let extra = |index: usize| {
                    let cell = self.reader.hidden_cell(cells, index);
                    (!cell.is_empty()).then(|| cell.into_owned())
                };
                shown.values = self.fields.iter().map(|field| (*field, value(field, &visit))).collect();
                shown.extras = self.reader.plan.extras().iter().map(|(_, index)| extra(*index)).collect();
                shown.found = visit.marks.iter().collect();
            }
            Err(check) => shown.set_aside = Some(check),
        }
        shown
    }
}
