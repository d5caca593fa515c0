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
    pub shape: Option<ShapeProfile>,
    /// Columns of lengths of time.
    pub spans: SpanColumns,
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

impl BlockReader<'_> {
    /// What may be kept of the cell in the column `index`, without spaces around it.
    fn hidden_cell<'c>(&self, cells: &[&'c str], index: usize) -> Cow<'c, str> {
        self.personal.cell(index, cells.get(index).copied().unwrap_or_default().trim())
    }

    /// Reads `block`.
    pub fn read(&self, block: &Block) -> Result<Chunk, ImportError> {
        let mut building = Building::new(self);
        building.chunk.file = block.file();
        block.for_each_row(&mut |row| building.add(row))?;
        Ok(building.finish())
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
        match self.visit(row.cells) {
            Ok(visit) => {
                self.keep(row, row.cells, &visit);
                Ok(())
            }
            Err(check) => self.mend(row, check),
        }
    }

    fn visit<'c>(&mut self, cells: &[&'c str]) -> Result<RowVisit<'c>, Check>
    where
        'a: 'c,
    {
        let reader = self.reader;
        if cells.len() != reader.columns.len() {
            return Err(Check::WrongWidth);
        }
        let mut visit = reader.plan.read(cells, &mut self.clocks)?;
        checks::settle(&mut visit, reader.checks)?;
        if reader.ids.iter().any(|index| reader.personal.treatment(*index) != Treatment::Keep) {
            let parts: Vec<_> = reader.ids.iter().map(|index| reader.hidden_cell(cells, *index)).collect();
            visit.visit_id = Cow::Owned(parts.join("/"));
        }
        if reader.spans.negative(|index| cells.get(index).copied().unwrap_or_default()).is_some() {
            match reader.checks.action(Check::NegativeSpan) {
                Action::Quarantine => return Err(Check::NegativeSpan),
                _ => visit.marks.add(Check::NegativeSpan),
            }
        }
        Ok(visit)
    }

    /// A row that is no visit as it stands may be one with its cells moved back.
    fn mend(&mut self, row: &SourceRow<'_>, check: Check) -> Result<(), ImportError> {
        let reader = self.reader;
        let Some(shape) = &reader.shape else { return self.set_aside(row, check) };
        if shape.shift_of(row.cells).is_none() {
            return self.set_aside(row, check);
        }
        if reader.checks.action(Check::ShiftedColumns) == Action::Repair
            && let Some(cells) = shape.mend(row.cells)
            && let Ok(mut visit) = self.visit(&cells)
        {
            visit.marks.add(Check::ShiftedColumns);
            self.keep(row, &cells, &visit);
            return Ok(());
        }
        self.set_aside(row, Check::ShiftedColumns)
    }

    fn keep(&mut self, row: &SourceRow<'_>, cells: &[&str], visit: &RowVisit<'_>) {
        let (reader, mut is_repaired, file) = (self.reader, false, self.chunk.file);
        if !visit.marks.is_empty() {
            for check in visit.marks.iter() {
                let action = reader.checks.action(check);
                // A check whose rows are set aside by default marks a row only where it was repaired.
                let action = if action == Action::Quarantine { Action::Repair } else { action };
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
