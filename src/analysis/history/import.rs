//! From a source file to a history and an account of every row.
//!
//! Blocks of rows are read on every core ([`super::chunk`]) and joined in the order of the source. Then come the checks
//! that need the whole table; the rows that they set aside are copied from the source in a second pass, since keeping
//! every row's text until then would cost more memory than the visits. A source that breaks off (a cut gzip stream, an
//! unreadable Parquet page) is refused as a whole.

use std::io::{self, Write};
use std::path::PathBuf;

use crate::base::explain::Failure;
use crate::base::{Cancelled, Digest, Explain, Moment, Task};

use super::History;
use super::append::Parent;
use super::checks::{Check, TableContext, check_table};
use super::chunk::{BlockReader, Quarantine};
use super::gathered::Gathered;
use super::learned::{LEARNED_ROWS, Learned, without_personal_extras};
use super::mapping::{Mapping, MappingError};
use super::ordered::in_order;
use super::personal::{KEY_BYTES, PersonalCells};
use super::plan::Plan;
use super::report::ImportReport;
use super::source::{Block, Source, SourceError};

/// What an import gives.
#[derive(Debug)]
pub struct Imported {
    /// The visits, in canonical order.
    pub history: History,
    /// What became of each row.
    pub report: ImportReport,
    /// The files that were read: where they are, their bytes and their SHA-256.
    pub files: Vec<(PathBuf, u64, Digest)>,
    /// The columns of the source.
    pub columns: Vec<String>,
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
        /// The first file of the source.
        path: PathBuf,
    },
    /// The rows that were set aside could not be kept.
    #[error("the quarantine could not be written")]
    Quarantine(#[source] io::Error),
    /// Of the data set and the file that is to be added to it, only one has ids.
    #[error("only one of the data set and the file that is to be added to it has visit ids")]
    ParentIds {
        /// Whether it is the data set.
        parent_has_ids: bool,
    },
    /// The data set and the file that is to be added to it keep different clocks.
    #[error("the data set is in the zone {parent}, the file that is to be added to it in {new}")]
    ParentZone {
        /// The zone of the data set.
        parent: String,
        /// The zone of the mapping.
        new: String,
    },
    /// Personal data is to be hashed, and the key for it cannot be read or made.
    #[error("the key for personal data cannot be read or made")]
    PersonalKey(#[source] io::Error),
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
            ImportError::PersonalKey(_) => "import_personal_key",
            ImportError::ParentIds { parent_has_ids: true } => "import_parent_ids",
            ImportError::ParentIds { parent_has_ids: false } => "import_parent_numbers",
            ImportError::ParentZone { .. } => "import_parent_zone",
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
            ImportError::Quarantine(error) | ImportError::PersonalKey(error) => {
                vec![("reason", error.to_string())]
            }
            ImportError::ParentZone { parent, new } => vec![("parent", parent.clone()), ("new", new.clone())],
            ImportError::ParentIds { .. } | ImportError::Cancelled(_) => Vec::new(),
        }
    }

    fn failure(&self) -> Failure {
        match self {
            ImportError::Mapping(error) => error.failure(),
            ImportError::Cancelled(_) => Failure::Cancelled,
            ImportError::ParentIds { .. } | ImportError::ParentZone { .. } => Failure::Usage,
            _ => Failure::Failed,
        }
    }
}

/// What an import needs beside the source.
pub struct ImportSettings<'a> {
    /// Which columns mean what, and what is done about findings.
    pub mapping: &'a Mapping,
    /// The time of the import.
    pub now: Moment,
    /// Gives the key by which personal data is hashed; asked for only where something is to be hashed.
    pub personal_key: &'a dyn Fn() -> io::Result<[u8; KEY_BYTES]>,
}

/// Reads the source that `open` opens, a second time where rows have to be set aside after all were seen. Rows that
/// are set aside go to `quarantine` as CSV. With a `parent`, its visits and the new ones become one history, and the
/// report is of the new ones.
///
/// # Errors
/// [`ImportError`]; then `quarantine` holds an unfinished account, to be thrown away.
pub fn import(
    open: &dyn Fn() -> Result<Source, SourceError>,
    settings: &ImportSettings<'_>,
    parent: Option<Parent>,
    quarantine: &mut dyn Write,
    task: &Task,
) -> Result<Imported, ImportError> {
    let mut source = open()?;
    let columns = source.columns().to_vec();
    let names = source.files().iter().map(file_name).collect();
    let first = first_blocks(&mut source)?;
    let learned = learn(&columns, &first);
    let found = learned.personal_of(settings.mapping);
    let (mapping, left_out) = without_personal_extras(settings.mapping, &found);
    let mapping = &mapping;
    let plan = Plan::resolve(mapping, &columns)?;
    fits_parent(mapping, parent.as_ref())?;
    let ids = plan.id_columns();
    let mut personal = PersonalCells::new(&columns, &found, &mapping.personal, &ids);
    if personal.hashes_any() {
        personal.hash_by((settings.personal_key)().map_err(ImportError::PersonalKey)?);
    }
    let reader = BlockReader {
        plan: &plan,
        checks: &mapping.checks,
        files: names,
        columns: &columns,
        shape: learned.shape.as_ref(),
        spans: &learned.spans,
        ids,
        personal,
    };
    Quarantine::new(&mut *quarantine).header(&columns)?;
    let mut gathered = Gathered::default();
    gathered.found_personal(&columns, &found, &reader.personal, left_out);
    read_all(&mut source, first, &reader, &mut gathered, quarantine, task)?;
    let files = source.digests().to_vec();

    let mut table = gathered.join();
    let account = {
        let (visits, places) = table.parts();
        let zones = mapping.zones_of_sites();
        let context = TableContext {
            place: &|row| places.place(&reader.files, row),
            file_starts: places.file_starts(),
            zone: &mapping.zone,
            zones: &zones,
            settings: &mapping.checks,
            now: settings.now,
        };
        check_table(visits, &context, task)?
    };
    task.report("stage.check_duplicates", 0, 0)?;
    let aside =
        table.settle(account, !mapping.visit.visit_id.is_empty(), &mapping.checks, &reader.files, parent.as_ref());
    if !aside.is_empty() {
        task.report("stage.setting_aside", 0, 0)?;
        copy_rows(&mut open()?, &reader, aside, quarantine, task)?;
    }
    task.report("stage.sorting", 0, 0)?;
    let (visits, report) = table.finish(mapping.visit.visit_id.is_empty(), parent);
    if visits.is_empty() {
        // With a parent, there always is a visit: its own.
        let reason = report.set_aside().first().map(|finding| finding.check);
        let path = files.first().map(|(path, _, _)| path.clone()).unwrap_or_default();
        return Err(ImportError::NoVisits { read: report.read, reason, path });
    }
    quarantine.flush().map_err(ImportError::Quarantine)?;
    let history = History::read_by(mapping, visits);
    Ok(Imported { history, report, files, columns })
}

/// Whether the visits of `mapping` can be added to `parent`.
fn fits_parent(mapping: &Mapping, parent: Option<&Parent>) -> Result<(), ImportError> {
    let Some(parent) = parent else { return Ok(()) };
    if parent.has_ids == mapping.visit.visit_id.is_empty() {
        return Err(ImportError::ParentIds { parent_has_ids: parent.has_ids });
    }
    if parent.history.zone != mapping.zone {
        let (parent, new) = (parent.history.zone.to_string(), mapping.zone.to_string());
        return Err(ImportError::ParentZone { parent, new });
    }
    Ok(())
}

fn file_name(file: &super::SourceFile) -> String {
    file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The blocks that hold the first [`LEARNED_ROWS`].
fn first_blocks(source: &mut Source) -> Result<Vec<Block>, ImportError> {
    let (mut blocks, mut rows) = (Vec::new(), 0);
    while rows < LEARNED_ROWS as u64 {
        let Some(block) = source.next_block()? else { break };
        rows += block.for_each_row::<ImportError>(&mut |_| Ok(()))?;
        blocks.push(block);
    }
    Ok(blocks)
}

/// What the first rows, which are those of `blocks`, say about the columns.
fn learn(columns: &[String], blocks: &[Block]) -> Learned {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for block in blocks {
        // Ends where the sample is full.
        let _ = block.for_each_row(&mut |row| {
            if row.broken.is_none() {
                rows.push(row.cells.iter().map(|cell| (*cell).to_owned()).collect());
            }
            if rows.len() < LEARNED_ROWS { Ok(()) } else { Err(()) }
        });
    }
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    Learned::from(columns, &rows)
}

fn read_all(
    source: &mut Source,
    first: Vec<Block>,
    reader: &BlockReader<'_>,
    gathered: &mut Gathered,
    quarantine: &mut dyn Write,
    task: &Task,
) -> Result<(), ImportError> {
    let total = source.total_bytes();
    let mut first = first.into_iter();
    in_order(
        || {
            task.report("stage.reading", source.done_bytes(), total)?;
            first.next().map_or_else(|| Ok(source.next_block()?), |block| Ok(Some(block)))
        },
        |block| reader.read(&block),
        |chunk| {
            quarantine.write_all(&chunk.quarantine).map_err(ImportError::Quarantine)?;
            gathered.add(chunk);
            Ok(())
        },
    )
}

/// Copies rows from `source` to the quarantine. `rows` are the file and the line of each, in order.
fn copy_rows(
    source: &mut Source,
    reader: &BlockReader<'_>,
    rows: Vec<(usize, u32, Check)>,
    quarantine: &mut dyn Write,
    task: &Task,
) -> Result<(), ImportError> {
    let mut out = Quarantine::new(quarantine);
    let mut rows = rows.into_iter().peekable();
    while let Some(block) = source.next_block()? {
        task.check()?;
        block.for_each_row(&mut |row| {
            let wanted = |(file, line, _): &(usize, u32, Check)| {
                *file == block.file() && u64::from(*line) == row.line && row.broken.is_none()
            };
            match rows.next_if(wanted) {
                Some((file, _, check)) => out.write(reader, file, row, check),
                None => Ok(()),
            }
        })?;
    }
    out.flush()
}
