//! One block of rows, read: its visits as columns, and an account of every row.
//!
//! Blocks are read on many threads, so nothing here is shared. A row that is set aside is written as it stood, with its
//! line and the check that found it, in the source's own columns: so the quarantine can be mended and imported again
//! with the same mapping. Personal data is left out of it, or hashed as in the data set.

use std::borrow::Cow;
use std::io::Write;

use super::checks::{self, Action, Check, CheckSettings, ShapeProfile, SpanColumns};
use super::import::ImportError;
use super::personal::{PersonalCells, Treatment};
use super::plan::{Clocks, Plan};
use super::report::ImportReport;
use super::source::{Block, SourceRow};
use super::{RowVisit, Texts, Visits};

/// The columns that a quarantine has beside the source's own.
pub(super) const QUARANTINE_MARKS: [&str; 3] = ["nobat_file", "nobat_line", "nobat_check"];

/// What every block is read with.
pub(super) struct BlockReader<'a> {
    pub plan: &'a Plan,
    pub checks: &'a CheckSettings,
    /// The names of the source's files.
    pub files: Vec<String>,
    /// The columns of the source.
    pub columns: &'a [String],
    /// What the columns look like, where enough rows were seen.
    pub shape: Option<&'a ShapeProfile>,
    /// Columns of lengths of time.
    pub spans: &'a SpanColumns,
    /// The columns that identify a visit together.
    pub ids: Vec<usize>,
    /// What becomes of personal data.
    pub personal: PersonalCells,
}

/// One block, read.
pub(super) struct Chunk {
    pub visits: Visits,
    /// The line of each visit in its file.
    pub lines: Vec<u32>,
    /// The file that the block is of.
    pub file: usize,
    /// Whether something in the row of each visit was repaired.
    pub is_repaired: Vec<bool>,
    /// Read, set aside and found; `accepted` and `repaired` are counted later.
    pub report: ImportReport,
    /// Records of the quarantine.
    pub quarantine: Vec<u8>,
}

/// A row that is a visit.
pub(super) struct ReadRow<'c> {
    pub visit: RowVisit<'c>,
    /// Its cells, where they had to be moved back into their columns.
    pub moved: Option<Vec<&'c str>>,
}

impl<'a> BlockReader<'a> {
    /// What may be kept of the cell in the column `index`, without spaces around it.
    pub fn hidden_cell<'c>(&self, cells: &[&'c str], index: usize) -> Cow<'c, str> {
        self.personal.cell(index, cells.get(index).copied().unwrap_or_default().trim())
    }

    /// What is done about `check`, which marks a row that became a visit.
    pub fn done_about(&self, check: Check) -> Action {
        match self.checks.action(check) {
            // A check whose rows are set aside by default marks a row only where it was repaired.
            Action::Quarantine => Action::Repair,
            action => action,
        }
    }

    /// Reads `block`.
    pub fn read(&self, block: &Block) -> Result<Chunk, ImportError> {
        let mut building = Building::new(self);
        building.chunk.file = block.file();
        block.for_each_row(&mut |row| building.add(row))?;
        Ok(building.finish())
    }

    /// The visit that a row describes, with its cells moved back where that is needed and permitted; or the check that
    /// sets the row aside.
    pub fn row<'c>(&self, cells: &[&'c str], clocks: &mut Clocks) -> Result<ReadRow<'c>, Check>
    where
        'a: 'c,
    {
        let check = match self.visit(cells, clocks) {
            Ok(visit) => return Ok(ReadRow { visit, moved: None }),
            Err(check) => check,
        };
        let Some(shape) = self.shape else { return Err(check) };
        if shape.shift_of(cells).is_none() {
            return Err(check);
        }
        if self.checks.action(Check::ShiftedColumns) == Action::Repair
            && let Some(moved) = shape.mend(cells)
            && let Ok(mut visit) = self.visit(&moved, clocks)
        {
            visit.marks.add(Check::ShiftedColumns);
            return Ok(ReadRow { visit, moved: Some(moved) });
        }
        Err(Check::ShiftedColumns)
    }

    /// The visit that the cells describe as they stand.
    fn visit<'c>(&self, cells: &[&'c str], clocks: &mut Clocks) -> Result<RowVisit<'c>, Check>
    where
        'a: 'c,
    {
        if cells.len() != self.columns.len() {
            return Err(Check::WrongWidth);
        }
        let mut visit = self.plan.read(cells, clocks)?;
        checks::settle(&mut visit, self.checks)?;
        if self.ids.iter().any(|index| self.personal.treatment(*index) != Treatment::Keep) {
            let parts: Vec<_> = self.ids.iter().map(|index| self.hidden_cell(cells, *index)).collect();
            visit.visit_id = Cow::Owned(parts.join("/"));
        }
        if self.spans.negative(|index| cells.get(index).copied().unwrap_or_default()).is_some() {
            match self.checks.action(Check::NegativeSpan) {
                Action::Quarantine => return Err(Check::NegativeSpan),
                _ => visit.marks.add(Check::NegativeSpan),
            }
        }
        Ok(visit)
    }
}

struct Building<'a> {
    reader: &'a BlockReader<'a>,
    clocks: Clocks,
    extras: Vec<Texts>,
    quarantine: Quarantine<Vec<u8>>,
    chunk: Chunk,
}

impl<'a> Building<'a> {
    fn new(reader: &'a BlockReader<'a>) -> Building<'a> {
        Building {
            reader,
            clocks: reader.plan.clocks(),
            extras: vec![Texts::default(); reader.plan.extras().len()],
            quarantine: Quarantine::new(Vec::new()),
            chunk: Chunk {
                visits: Visits::default(),
                lines: Vec::new(),
                file: 0,
                is_repaired: Vec::new(),
                report: ImportReport::default(),
                quarantine: Vec::new(),
            },
        }
    }

    fn add(&mut self, row: &SourceRow<'_>) -> Result<(), ImportError> {
        self.chunk.report.read += 1;
        if let Some(check) = row.broken {
            return self.set_aside(row, check);
        }
        match self.reader.row(row.cells, &mut self.clocks) {
            Ok(ReadRow { visit, moved }) => {
                self.keep(row, moved.as_deref().unwrap_or(row.cells), &visit);
                Ok(())
            }
            Err(check) => self.set_aside(row, check),
        }
    }

    fn keep(&mut self, row: &SourceRow<'_>, cells: &[&str], visit: &RowVisit<'_>) {
        let (reader, mut is_repaired, file) = (self.reader, false, self.chunk.file);
        if !visit.marks.is_empty() {
            for check in visit.marks.iter() {
                let action = reader.done_about(check);
                is_repaired |= action == Action::Repair;
                self.chunk.report.find(check, action, 1, || place(&reader.files, file, row.line));
            }
        }
        self.chunk.is_repaired.push(is_repaired);
        self.chunk.lines.push(line_number(row.line));
        self.chunk.visits.push_row(visit);
        for ((_, index), extra) in self.reader.plan.extras().iter().zip(&mut self.extras) {
            let cell = reader.hidden_cell(cells, *index);
            extra.push((!cell.is_empty()).then_some(&*cell));
        }
    }

    fn set_aside(&mut self, row: &SourceRow<'_>, check: Check) -> Result<(), ImportError> {
        let (reader, file) = (self.reader, self.chunk.file);
        self.chunk.report.quarantined += 1;
        self.chunk.report.find(check, Action::Quarantine, 1, || place(&reader.files, file, row.line));
        self.quarantine.write(reader, file, row, check)
    }

    fn finish(mut self) -> Chunk {
        let names = self.reader.plan.extras().iter().map(|(name, _)| name.clone());
        self.chunk.visits.extras = names.zip(self.extras).collect();
        self.chunk.quarantine = self.quarantine.finish();
        self.chunk
    }
}

/// Where a row stands, for people: its line, and its file where there are several.
pub(super) fn place(files: &[String], file: usize, line: u64) -> String {
    match files {
        [] | [_] => line.to_string(),
        files => format!("{}:{line}", files.get(file).map_or("", String::as_str)),
    }
}

/// Beyond four thousand million lines, the last of them stands for the rest.
pub(super) fn line_number(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// Writes rows that are set aside.
pub(super) struct Quarantine<W: Write> {
    out: csv::Writer<W>,
}

impl<W: Write> Quarantine<W> {
    pub fn new(out: W) -> Quarantine<W> {
        Quarantine { out: csv::WriterBuilder::new().flexible(true).has_headers(false).from_writer(out) }
    }

    /// Writes the header: the source's columns, and the marks.
    pub fn header(&mut self, columns: &[String]) -> Result<(), ImportError> {
        let own = columns.iter().map(String::as_str).filter(|column| !QUARANTINE_MARKS.contains(column));
        self.record(own.chain(QUARANTINE_MARKS))
    }

    /// Writes a row as it stood, without the cells of hidden columns and with the marks behind it.
    pub fn write(
        &mut self,
        reader: &BlockReader<'_>,
        file: usize,
        row: &SourceRow<'_>,
        check: Check,
    ) -> Result<(), ImportError> {
        let shown = |index: usize| reader.columns.get(index).is_none_or(|name| !is_mark(name));
        let cells = row.cells.iter().enumerate().filter(|(index, _)| shown(*index));
        let cells: Vec<_> = cells.map(|(index, cell)| reader.personal.cell(index, cell)).collect();
        let file = reader.files.get(file).map_or("", String::as_str);
        let line = row.line.to_string();
        self.record(cells.iter().map(|cell| &**cell).chain([file, line.as_str(), check.id()]))
    }

    fn record<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> Result<(), ImportError> {
        self.out.write_record(cells).map_err(|error| ImportError::Quarantine(error.into()))
    }

    pub fn flush(&mut self) -> Result<(), ImportError> {
        self.out.flush().map_err(ImportError::Quarantine)
    }
}

impl Quarantine<Vec<u8>> {
    fn finish(self) -> Vec<u8> {
        // Writing into memory does not fail.
        self.out.into_inner().unwrap_or_default()
    }
}

fn is_mark(name: &str) -> bool {
    QUARANTINE_MARKS.contains(&name)
}
