//! From a source file to a history and an account of every row.
//!
//! A row that cannot become a visit is written to the quarantine as it stood, with its line and the reason, in the
//! source's own columns: so the quarantine can be mended and imported with the same mapping. A source that
//! breaks off (a cut gzip stream, an unreadable Parquet page) is refused as a whole.

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::base::explain::Failure;
use crate::base::{Cancelled, Explain, Task};

use super::checks::{Action, Check};
use super::mapping::{Mapping, MappingError};
use super::plan::{Cells, Clocks, Plan};
use super::report::ImportReport;
use super::source::{self, Source, SourceError};
use super::{History, Outcome, RowVisit, Texts, Visit, Visits};

/// What an import gives.
#[derive(Debug)]
pub struct Imported {
    /// The visits, in canonical order.
    pub history: History,
    /// What became of each row.
    pub report: ImportReport,
    /// The mapping that was used.
    pub mapping: Mapping,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file could not be read as a table.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The mapping does not fit.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// There are rows, but none of them is a visit.
    #[error("none of {read} rows could be read as a visit: {}", path.display())]
    NoVisits {
        /// Rows of the source.
        read: u64,
        /// The most frequent reason.
        reason: Option<Check>,
        /// The source.
        path: PathBuf,
    },
    /// The rows that were set aside could not be kept.
    #[error("the quarantine could not be written")]
    Quarantine(#[source] std::io::Error),
    /// Stopped by request.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl Explain for ImportError {
    fn key(&self) -> &'static str {
        match self {
            ImportError::Source(error) => error.key(),
            ImportError::Mapping(error) => error.key(),
            ImportError::NoVisits { .. } => "import_no_visits",
            ImportError::Quarantine(_) => "import_quarantine",
            ImportError::Cancelled(_) => "cancelled",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            ImportError::Source(error) => error.fields(),
            ImportError::Mapping(error) => error.fields(),
            ImportError::NoVisits { read, reason, path } => vec![
                ("read", read.to_string()),
                ("reason", reason.map_or_else(String::new, |reason| format!("@check.{}", reason.id()))),
                ("path", path.display().to_string()),
            ],
            ImportError::Quarantine(error) => vec![("reason", error.to_string())],
            ImportError::Cancelled(_) => Vec::new(),
        }
    }

    fn failure(&self) -> Failure {
        match self {
            ImportError::Mapping(error) => error.failure(),
            ImportError::Cancelled(_) => Failure::Cancelled,
            _ => Failure::Failed,
        }
    }
}

/// Reads the source at `path` with `mapping`, or with the canonical column names where there is none. Rows that
/// are set aside go to `quarantine` as CSV.
///
/// # Errors
/// [`ImportError`]; then `quarantine` holds an unfinished account, to be thrown away.
pub fn import(
    path: &Path,
    mapping: Option<&Mapping>,
    quarantine: &mut dyn Write,
    task: &Task,
) -> Result<Imported, ImportError> {
    let mut source = source::open(path, mapping.and_then(|mapping| mapping.delimiter))?;
    let mapping = match mapping {
        Some(mapping) => mapping.clone(),
        None => Mapping::canonical(source.columns())?,
    };
    let plan = Plan::resolve(&mapping, source.columns())?;
    let mut rows = Rows::new(&plan, source.columns(), quarantine)?;
    read_all(&mut source, &mut rows, task)?;
    let (mut visits, mut report) = rows.finish()?;
    if visits.is_empty() {
        let reason = report.set_aside().first().map(|finding| finding.check);
        return Err(ImportError::NoVisits { read: report.read, reason, path: path.to_owned() });
    }
    task.report("stage.sorting", 0, 0)?;
    visits.sort();
    if mapping.visit.visit_id.is_empty() {
        visits.number();
    }
    report.served = visits.count(Outcome::Served) as u64;
    report.abandoned = visits.count(Outcome::Abandoned) as u64;
    report.unfinished = visits.count(Outcome::Unfinished) as u64;
    Ok(Imported { history: History { zone: mapping.zone.clone(), visits }, report, mapping })
}

fn read_all(source: &mut Source, rows: &mut Rows<'_>, task: &Task) -> Result<(), ImportError> {
    let total = source.total_bytes();
    source.for_each_row(&mut |row, done_bytes| {
        if rows.report.read.is_multiple_of(4_096) {
            task.report("stage.reading", done_bytes, total)?;
        }
        rows.add(row)
    })
}

/// Collects visits, and sets rows aside.
struct Rows<'a> {
    plan: &'a Plan,
    clocks: Clocks,
    visits: Visits,
    report: ImportReport,
    seen: HashSet<String>,
    quarantine: csv::Writer<&'a mut dyn Write>,
    width: usize,
}

/// One row as a source hands it over.
pub(super) struct Row<'a> {
    /// Its line or row number in the source, from 1.
    pub line: u64,
    /// Its cells, or what is left of them where `broken` says why they are not a row.
    pub cells: &'a dyn Cells,
    /// How many cells there are.
    pub width: usize,
    /// Why this is not a row.
    pub broken: Option<Check>,
}

impl<'a> Rows<'a> {
    fn new(plan: &'a Plan, columns: &[String], quarantine: &'a mut dyn Write) -> Result<Rows<'a>, ImportError> {
        let mut quarantine = csv::WriterBuilder::new().flexible(true).from_writer(quarantine);
        let marks = ["nobat_line", "nobat_reason"];
        quarantine
            .write_record(columns.iter().map(String::as_str).chain(marks))
            .map_err(|error| ImportError::Quarantine(error.into()))?;
        let mut visits = Visits::default();
        for (name, _) in plan.extras() {
            visits.extras.insert(name.clone(), Texts::default());
        }
        Ok(Rows {
            plan,
            clocks: plan.clocks(),
            visits,
            report: ImportReport::default(),
            seen: HashSet::new(),
            quarantine,
            width: columns.len(),
        })
    }

    fn add(&mut self, row: &Row<'_>) -> Result<(), ImportError> {
        self.report.read += 1;
        let cells: Vec<&str> = (0..row.width).map(|index| row.cells.cell(index)).collect();
        let read = match row.broken {
            Some(reason) => Err(reason),
            None if row.width != self.width => Err(Check::WrongWidth),
            None => self.plan.read(&cells, &mut self.clocks),
        };
        let visit = match read {
            Ok(visit) => visit,
            Err(reason) => return self.set_aside(row, reason),
        };
        let id = &visit.visit_id;
        if !id.is_empty() && !self.seen.insert(id.to_string()) {
            self.report.duplicate += 1;
            self.report.find(Check::DuplicateId, Action::Repair, 1, || id.to_string());
            return Ok(());
        }
        if visit.marks.has(Check::KnownMistake) {
            self.report.repaired += 1;
            self.report.find(Check::KnownMistake, Action::Repair, 1, || row.line.to_string());
        } else {
            self.report.accepted += 1;
        }
        self.visits.push(&owned(&visit));
        for (name, index) in self.plan.extras() {
            let cell = row.cells.cell(*index).trim();
            if let Some(extra) = self.visits.extras.get_mut(name) {
                extra.set_last((!cell.is_empty()).then_some(cell));
            }
        }
        Ok(())
    }

    fn set_aside(&mut self, row: &Row<'_>, reason: Check) -> Result<(), ImportError> {
        let line = row.line.to_string();
        self.report.quarantined += 1;
        self.report.find(reason, Action::Quarantine, 1, || line.clone());
        let cells = (0..row.width).map(|index| row.cells.cell(index));
        self.quarantine
            .write_record(cells.chain([line.as_str(), reason.id()]))
            .map_err(|error| ImportError::Quarantine(error.into()))
    }

    fn finish(mut self) -> Result<(Visits, ImportReport), ImportError> {
        self.quarantine.flush().map_err(ImportError::Quarantine)?;
        Ok((self.visits, self.report))
    }
}

/// The visit with texts of its own.
fn owned(row: &RowVisit<'_>) -> Visit {
    Visit {
        visit_id: row.visit_id.to_string(),
        site: row.site.to_string(),
        service: row.service.to_string(),
        arrived: row.arrived,
        called: row.called,
        finished: row.finished,
        left: row.left,
        priority: row.priority,
        channel: row.channel,
        booked_for: row.booked_for,
        open_counters: row.open_counters,
        people_ahead: row.people_ahead,
    }
}
