//! A sheet of an Excel workbook (`.xlsx`) as a source.
//!
//! The archive is unpacked and counted before the decoder sees it, so that no bomb is set off; the decoder is not ours, and
//! a panic of it is a damaged workbook. Dates and times, which are numbers with a format, become ISO text. Of merged cells
//! only the first holds a value: it is repeated downwards, which is what merging rows of a table means, but not to the
//! right. Lines of title above the header are left out. It does not read formulas; their last values are there.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, Xlsx};

use crate::analysis::history::quiet::quietly;

use super::block::{CellBlock, Rows};
use super::input::{Input, MOST_GROWTH};
use super::{Blocks, Format, MOST_COLUMNS, Opened, SourceError, SourceFile, SourceOptions, sniff};

/// The largest workbook that is read, in bytes.
const LARGEST: u64 = 256 << 20;
/// What any workbook may unpack to, in bytes …
const SMALL_UNPACKED: u64 = 64 << 20;
/// … and what none may.
const MOST_UNPACKED: u64 = 1 << 30;
/// How much memory the cells of a sheet may take, in bytes.
const MOST_CELLS: usize = 1 << 30;
/// In how many rows the header is looked for.
const HEADER_ROWS: usize = 20;

/// The blocks of a sheet, last one first.
struct Sheet(Vec<CellBlock>);

impl Blocks for Sheet {
    fn next_rows(&mut self) -> Result<Option<Rows>, SourceError> {
        Ok(self.0.pop().map(Rows::Cells))
    }
}

pub(super) fn open(mut input: Input, options: &SourceOptions) -> Result<Opened, SourceError> {
    let path = input.path.clone();
    if input.length > LARGEST {
        return Err(SourceError::WorkbookTooLarge { path });
    }
    let mut bytes = std::mem::take(&mut input.start);
    input.rest.read_to_end(&mut bytes).map_err(|cause| SourceError::Unreadable { path: path.clone(), cause })?;
    check_archive(&path, &bytes)?;
    let gave_up = || damaged(&path, "it cannot be decoded");
    let (table, columns, header, blocks) =
        quietly(|| read(&path, &bytes, options)).unwrap_or_else(|| Err(gave_up()))?;
    let file = SourceFile {
        path,
        bytes: input.length,
        format: Format::Workbook,
        compression: None,
        encoding: None,
        delimiter: None,
        header: Some(header),
        table: Some(table),
    };
    Ok(Opened { file, columns, blocks: Box::new(Sheet(blocks)), rest: None, seal: input.seal })
}

fn damaged(path: &Path, reason: impl std::fmt::Display) -> SourceError {
    SourceError::DamagedWorkbook { reason: reason.to_string(), path: path.to_owned() }
}

/// Unpacks every entry to nowhere and counts: what the directory says about sizes may be a lie.
fn check_archive(path: &Path, bytes: &[u8]) -> Result<(), SourceError> {
    let too_large = || SourceError::WorkbookTooLarge { path: path.to_owned() };
    let growth = (bytes.len() as u64).saturating_mul(MOST_GROWTH);
    let mut room = MOST_UNPACKED.min(SMALL_UNPACKED.max(growth));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(path, error))?;
    let mut names = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| damaged(path, error))?;
        if entry.size() > room {
            return Err(too_large());
        }
        names.push(entry.name().map_err(|error| damaged(path, error))?.into_owned());
        let unpacked =
            io::copy(&mut entry.take(room + 1), &mut io::sink()).map_err(|error| damaged(path, error))?;
        room = room.checked_sub(unpacked).ok_or_else(too_large)?;
    }
    let has = |name: &str| names.iter().any(|found| found.eq_ignore_ascii_case(name));
    match () {
        () if has("xl/workbook.xml") => Ok(()),
        () if has("xl/workbook.bin") => Err(SourceError::OtherWorkbook { what: "XLSB", path: path.to_owned() }),
        () if has("content.xml") => Err(SourceError::OtherWorkbook { what: "ODS", path: path.to_owned() }),
        () => Err(SourceError::Packed { what: "ZIP", path: path.to_owned() }),
    }
}

type Decoded = (String, Vec<String>, bool, Vec<CellBlock>);

fn read(path: &Path, bytes: &[u8], options: &SourceOptions) -> Result<Decoded, SourceError> {
    let broken = |error: calamine::XlsxError| damaged(path, error);
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        // A chart on a sheet of its own is no worksheet, and neither is an empty one a table.
        let has_cells = match workbook.worksheet_cells_reader(&name) {
            Ok(mut cells) => cells.next_cell().map_err(broken)?.is_some(),
            Err(_) => false,
        };
        if has_cells {
            sheets.push(name);
        }
    }
    if sheets.is_empty() {
        return Err(SourceError::Empty { path: path.to_owned() });
    }
    let table = super::choose(path, sheets, options.table.as_deref())?;
    let merged = workbook.merge_cells_by_sheet_name(&table).map_err(broken)?;
    let mut cells = workbook.worksheet_cells_reader(&table).map_err(broken)?;
    let mut rows = SheetRows::new(path, merged, options.header);
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        rows.add(row, column as usize, cell.get_value())?;
    }
    let (columns, header, blocks) = rows.finish()?;
    Ok((table, columns, header, blocks))
}

/// Collects cells into rows, and rows into blocks.
struct SheetRows {
    path: PathBuf,
    header: Option<bool>,
    /// Regions of several rows by their first cell.
    merged: HashMap<(u32, usize), u32>,
    /// The values that are repeated downwards: column, last row, value.
    repeated: Vec<(usize, u32, String)>,
    row: u32,
    cells: Vec<String>,
    /// The first rows, until the header is found among them.
    first: Vec<(u32, Vec<String>)>,
    columns: Option<(Vec<String>, bool)>,
    blocks: Vec<CellBlock>,
    block: CellBlock,
    done: usize,
}

impl SheetRows {
    fn new(path: &Path, merged: Vec<Dimensions>, header: Option<bool>) -> SheetRows {
        let several = merged.into_iter().filter(|region| region.end.0 > region.start.0);
        SheetRows {
            path: path.to_owned(),
            header,
            merged: several.map(|region| ((region.start.0, region.start.1 as usize), region.end.0)).collect(),
            repeated: Vec::new(),
            row: 0,
            cells: Vec::new(),
            first: Vec::new(),
            columns: None,
            blocks: Vec::new(),
            block: CellBlock::default(),
            done: 0,
        }
    }

    fn add(&mut self, row: u32, column: usize, value: &DataRef<'_>) -> Result<(), SourceError> {
        if column >= MOST_COLUMNS {
            return Err(SourceError::TooManyColumns { found: column + 1, path: self.path.clone() });
        }
        if row < self.row {
            return Err(damaged(&self.path, "its rows are out of order"));
        }
        if row > self.row {
            self.end_row()?;
            self.row = row;
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        if let Some(cell) = self.cells.get_mut(column) {
            *cell = text(value);
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), SourceError> {
        let mut cells = std::mem::take(&mut self.cells);
        self.repeat(&mut cells);
        if cells.iter().all(String::is_empty) {
            return Ok(());
        }
        if self.columns.is_some() {
            return self.put(self.row, &cells);
        }
        self.first.push((self.row, cells));
        if self.first.len() < HEADER_ROWS { Ok(()) } else { self.find_header() }
    }

    /// Fills in what merged cells above say, and remembers what those of this row do.
    fn repeat(&mut self, cells: &mut Vec<String>) {
        let row = self.row;
        self.repeated.retain(|(_, last, _)| *last >= row);
        for (column, _, value) in &self.repeated {
            if cells.len() <= *column {
                cells.resize(column + 1, String::new());
            }
            if let Some(cell) = cells.get_mut(*column).filter(|cell| cell.is_empty()) {
                cell.clone_from(value);
            }
        }
        if self.merged.is_empty() {
            return;
        }
        for (column, value) in cells.iter().enumerate() {
            if let Some(last) = self.merged.get(&(row, column)) {
                self.repeated.push((column, *last, value.clone()));
            }
        }
    }

    /// The header is the first row that is at least half as full as the fullest.
    fn find_header(&mut self) -> Result<(), SourceError> {
        let full = |cells: &[String]| cells.iter().filter(|cell| !cell.is_empty()).count();
        let fullest = self.first.iter().map(|(_, cells)| full(cells)).max().unwrap_or(0);
        let place = self.first.iter().position(|(_, cells)| full(cells) * 2 >= fullest).unwrap_or(0);
        let mut rows = std::mem::take(&mut self.first).into_iter().skip(place).peekable();
        let Some((_, first)) = rows.peek() else { return Ok(()) };
        let is_header = self.header.unwrap_or_else(|| sniff::is_header(first));
        let width = first.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        let names = sniff::names(first.get(..width).unwrap_or_default(), is_header);
        self.columns = Some((names, is_header));
        for (row, cells) in rows.skip(usize::from(is_header)) {
            self.put(row, &cells)?;
        }
        Ok(())
    }

    fn put(&mut self, row: u32, cells: &[String]) -> Result<(), SourceError> {
        let width = self.columns.as_ref().map_or(0, |(names, _)| names.len());
        let used = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        let padded = (0..width.max(used)).map(|column| cells.get(column).map_or(&b""[..], |cell| cell.as_bytes()));
        self.block.push(u64::from(row) + 1, padded);
        if self.block.is_full() {
            self.done += self.block.bytes();
            self.blocks.push(std::mem::take(&mut self.block));
        }
        if self.done > MOST_CELLS {
            Err(SourceError::WorkbookTooLarge { path: self.path.clone() })
        } else {
            Ok(())
        }
    }

    fn finish(mut self) -> Result<(Vec<String>, bool, Vec<CellBlock>), SourceError> {
        self.end_row()?;
        if self.columns.is_none() {
            self.find_header()?;
        }
        if !self.block.is_empty() {
            self.blocks.push(self.block);
        }
        self.blocks.reverse();
        match self.columns {
            Some((columns, header)) if !self.blocks.is_empty() => Ok((columns, header, self.blocks)),
            _ => Err(SourceError::Empty { path: self.path }),
        }
    }
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(time) => iso(*time),
        DataRef::Error(error) => error.to_string(),
    }
}

/// A date and time, a time of day, or a duration, as ISO 8601 writes the first two.
fn iso(time: ExcelDateTime) -> String {
    let mut text = String::new();
    if time.is_duration() || (0.0..1.0).contains(&time.as_f64()) {
        #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
        let millis = (time.as_f64() * 86_400_000.0).round() as i64;
        let sign = if millis < 0 { "-" } else { "" };
        let (seconds, millis) = (millis.unsigned_abs() / 1_000, millis.unsigned_abs() % 1_000);
        // Writing to a string does not fail.
        let _ = write!(text, "{sign}{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
        return with_millis(text, millis);
    }
    let (year, month, day, hour, minute, second, millis) = time.to_ymd_hms_milli();
    let _ = write!(text, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    with_millis(text, u64::from(millis))
}

fn with_millis(mut text: String, millis: u64) -> String {
    if millis > 0 {
        let _ = write!(text, ".{millis:03}");
    }
    text
}
