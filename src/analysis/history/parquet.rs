//! Parquet in and out, through Polars.
//!
//! A foreign Parquet file is read as a table of texts, so that the same mapping serves every kind of source.
//! Either is walked by [`parquet_guard`] first. Canonical Parquet is what a data set is kept as: the same visits give the same bytes with the same program.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use polars::prelude::*;

use crate::base::Moment;

use super::parquet_guard::{self, Checked};
use super::quiet::quietly;
use super::source::SourceError;
use super::{Channel, Texts, Visit, Visits};

/// A table whose cells are texts, column by column.
#[derive(Debug)]
pub(super) struct TextTable {
    names: Vec<String>,
    columns: Vec<Texts>,
    rows: usize,
}

/// Prefix of the names of extra columns in canonical Parquet.
pub(super) const EXTRA: &str = "extra.";

impl TextTable {
    pub fn columns(&self) -> &[String] {
        &self.names
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The cell, empty where there is none.
    pub fn cell(&self, column: usize, row: usize) -> &str {
        self.columns.get(column).and_then(|column| column.get(row)).unwrap_or_default()
    }
}

/// Reads a Parquet file as texts.
pub(super) fn read_table(path: &Path) -> Result<TextTable, SourceError> {
    let checked = parquet_guard::open(path)?;
    let mut room = checked.allowance;
    let frame = decode(path, checked)?;
    if frame.height() == 0 {
        return Err(SourceError::Empty { path: path.to_owned() });
    }
    let mut table = TextTable { names: Vec::new(), columns: Vec::new(), rows: frame.height() };
    // One column after the other is let go, so that the table is not in memory twice.
    for column in frame.into_columns() {
        table.names.push(column.name().to_string());
        let texts = quietly(|| as_texts(&column, room)).unwrap_or_else(|| polars_bail!(ComputeError: "{GAVE_UP}"));
        let texts = texts.map_err(|error| damaged(path, error.to_string()))?;
        let texts =
            texts.ok_or_else(|| SourceError::ParquetTooLarge { what: "the texts", path: path.to_owned() })?;
        room -= texts.text_bytes().min(room);
        table.columns.push(texts);
    }
    Ok(table)
}

/// What is said of a file over which the decoder panicked.
const GAVE_UP: &str = "the decoder gave up";

/// The decoder is not ours: should it panic over a file that passed the guard, the file is damaged, too. It works on
/// this thread alone, where its panics are quiet.
fn decode(path: &Path, checked: Checked) -> Result<DataFrame, SourceError> {
    let mut reader = ParquetReader::new(Cursor::new(checked.bytes));
    reader.set_metadata(Arc::new(checked.metadata));
    match quietly(|| reader.read_parallel(ParallelStrategy::None).set_rechunk(true).finish()) {
        Some(Ok(frame)) => Ok(frame),
        Some(Err(error)) => Err(damaged(path, error.to_string())),
        None => Err(damaged(path, GAVE_UP.to_owned())),
    }
}

fn damaged(path: &Path, reason: String) -> SourceError {
    SourceError::DamagedParquet { reason, path: path.to_owned() }
}

/// The cells as texts; `None` where they come to more than `room` bytes, as a long text that a dictionary repeats may.
fn as_texts(column: &Column, room: u64) -> PolarsResult<Option<Texts>> {
    let mut texts = Texts::default();
    if let DataType::Datetime(unit, zone) = column.dtype() {
        let per_milli = match unit {
            TimeUnit::Milliseconds => 1,
            TimeUnit::Microseconds => 1_000,
            TimeUnit::Nanoseconds => 1_000_000,
        };
        let instants = zone.is_some();
        let physical = column.cast(&DataType::Int64)?;
        for value in physical.i64()?.iter() {
            let moment = value.and_then(|value| Moment::from_millis(value.div_euclid(per_milli)));
            let text = moment.map(|moment| moment.to_string());
            // Without a zone, the column holds what the clock on the wall said.
            texts.push(text.as_deref().map(|text| if instants { text } else { text.trim_end_matches('Z') }));
        }
        return Ok((texts.text_bytes() <= room).then_some(texts));
    }
    let strings = column.cast(&DataType::String)?;
    for text in strings.str()?.iter() {
        texts.push(text);
        if texts.text_bytes() > room {
            return Ok(None);
        }
    }
    Ok(Some(texts))
}

/// Reads canonical Parquet back.
///
/// # Errors
/// [`SourceError`] where the file cannot be read or is not canonical.
pub fn read_visits(path: &Path) -> Result<Visits, SourceError> {
    let checked = parquet_guard::open(path)?;
    let room = checked.allowance;
    let frame = decode(path, checked)?;
    let texts = text_bytes(&frame).map_err(|error| damaged(path, error.to_string()))?;
    if texts > room {
        return Err(SourceError::ParquetTooLarge { what: "the texts", path: path.to_owned() });
    }
    from_frame(&frame).map_err(|error| damaged(path, error.to_string()))
}

fn text_bytes(frame: &DataFrame) -> PolarsResult<u64> {
    let mut total = 0;
    for column in frame.columns().iter().filter(|column| column.dtype().is_string()) {
        total += column.str()?.iter().flatten().map(|text| text.len() as u64).sum::<u64>();
    }
    Ok(total)
}

fn from_frame(frame: &DataFrame) -> PolarsResult<Visits> {
    let text = |name: &str| frame.column(name)?.str().cloned();
    let number = |name: &str| frame.column(name)?.u32().cloned();
    let times = |name: &str| -> PolarsResult<Vec<Option<Moment>>> {
        let millis = frame.column(name)?.cast(&DataType::Int64)?;
        Ok(millis.i64()?.iter().map(|value| value.and_then(Moment::from_millis)).collect())
    };
    let (ids, sites, services, channels) = (text("visit_id")?, text("site")?, text("service")?, text("channel")?);
    let (arrived, called, finished, left, booked) = (
        times("arrived_at")?,
        times("called_at")?,
        times("finished_at")?,
        times("left_at")?,
        times("booked_for")?,
    );
    let (priorities, counters, ahead) = (number("priority")?, number("open_counters")?, number("people_ahead")?);
    let mut visits = Visits::default();
    for row in 0..frame.height() {
        let absent = || polars_err!(ComputeError: "row {} has no id, site, service or arrival", row);
        visits.push(&Visit {
            visit_id: ids.get(row).ok_or_else(absent)?.to_owned(),
            site: sites.get(row).ok_or_else(absent)?.to_owned(),
            service: services.get(row).ok_or_else(absent)?.to_owned(),
            arrived: arrived[row].ok_or_else(absent)?,
            called: called[row],
            finished: finished[row],
            left: left[row],
            priority: priorities.get(row).and_then(|priority| u8::try_from(priority).ok()),
            channel: channels.get(row).and_then(Channel::from_id),
            booked_for: booked[row],
            open_counters: counters.get(row),
            people_ahead: ahead.get(row),
        });
    }
    for column in frame.columns() {
        if let Some(extra) = column.name().strip_prefix(EXTRA) {
            visits.extras.insert(extra.to_owned(), column.str()?.iter().collect());
        }
    }
    Ok(visits)
}
