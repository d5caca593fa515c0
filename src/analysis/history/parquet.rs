//! Parquet in, through Polars.
//!
//! A foreign Parquet file is read as blocks of texts, so that the same mapping serves every kind of source; canonical
//! Parquet as columns. Either goes row group by row group, and each is walked by [`parquet_guard`] before the decoder
//! sees it, so that the memory does not grow with the file.

use std::fs::File;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use polars::prelude::*;
use rayon::prelude::*;

use crate::base::Moment;

use super::parquet_guard::{self, CheckedGroup, Guarded};
use super::quiet::quietly;
use super::source::SourceError;
use super::{Categories, Channel, Optional, Texts, Visits};

/// Prefix of the names of extra columns in canonical Parquet.
pub(super) const EXTRA: &str = "extra.";

/// A foreign file as texts, some rows at a time.
pub(super) struct TextBlocks {
    path: PathBuf,
    file: Guarded<File>,
    names: Vec<String>,
    next_group: usize,
    /// The row group at hand, and how many of its rows were handed over.
    group: Option<(DataFrame, usize)>,
    done: u64,
    /// How many bytes of text may still come.
    room: AtomicU64,
}

/// Some rows, column by column.
#[derive(Debug)]
pub(super) struct TextBlock {
    first_row: u64,
    rows: usize,
    columns: Vec<Texts>,
}

impl TextBlocks {
    /// The most rows of a block.
    pub const MOST_ROWS: usize = 1 << 16;

    /// Opens the file at `path`.
    pub fn open(path: &Path) -> Result<TextBlocks, SourceError> {
        let file = parquet_guard::open(path)?;
        if file.rows() == 0 {
            return Err(SourceError::Empty { path: path.to_owned() });
        }
        Ok(TextBlocks {
            path: path.to_owned(),
            names: file.columns().map(str::to_owned).collect(),
            room: AtomicU64::new(file.allowance),
            file,
            next_group: 0,
            group: None,
            done: 0,
        })
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.names
    }

    /// The next rows; `None` after the last.
    pub fn next_block(&mut self) -> Result<Option<TextBlock>, SourceError> {
        let (frame, from) = match self.group.take() {
            Some(group) => group,
            None if self.next_group == self.file.groups() => return Ok(None),
            None => {
                self.next_group += 1;
                (self.decoded(self.next_group - 1)?, 0)
            }
        };
        let rows = (frame.height() - from).min(Self::MOST_ROWS);
        let columns: Vec<Texts> = frame
            .columns()
            .par_iter()
            .map(|column| self.texts(&column.slice(from as i64, rows)))
            .collect::<Result<_, SourceError>>()?;
        let block = TextBlock { first_row: self.done, rows, columns };
        self.done += rows as u64;
        if from + rows < frame.height() {
            self.group = Some((frame, from + rows));
        }
        Ok(Some(block))
    }

    fn decoded(&self, group: usize) -> Result<DataFrame, SourceError> {
        let checked = self.file.group(group).map_err(|refusal| parquet_guard::refused(&self.path, refusal))?;
        let frame = decode(checked).map_err(|reason| damaged(&self.path, reason))?;
        if frame.width() == self.names.len() { Ok(frame) } else { Err(damaged(&self.path, GAVE_UP.to_owned())) }
    }

    fn texts(&self, column: &Column) -> Result<Texts, SourceError> {
        match quietly(|| as_texts(column, &self.room)) {
            Some(Ok(Some(texts))) => Ok(texts),
            Some(Ok(None)) => Err(SourceError::ParquetTooLarge { what: "the texts", path: self.path.clone() }),
            Some(Err(error)) => Err(damaged(&self.path, error.to_string())),
            None => Err(damaged(&self.path, GAVE_UP.to_owned())),
        }
    }
}

impl TextBlock {
    /// How many rows of the file come before.
    pub fn first_row(&self) -> u64 {
        self.first_row
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The cell of `row` in `column`; empty where it is missing.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        self.columns.get(column).and_then(|column| column.get(row)).unwrap_or_default()
    }
}

/// What is said of a file over which the decoder panicked.
const GAVE_UP: &str = "the decoder gave up";

/// The decoder is not ours: should it panic over a group that passed the guard, the file is damaged, too. It works on
/// this thread alone, where its panics are quiet.
fn decode(group: CheckedGroup) -> Result<DataFrame, String> {
    let mut reader = ParquetReader::new(Cursor::new(group.bytes));
    reader.set_metadata(Arc::new(group.metadata));
    match quietly(|| reader.read_parallel(ParallelStrategy::None).finish()) {
        Some(frame) => frame.map_err(|error| error.to_string()),
        None => Err(GAVE_UP.to_owned()),
    }
}

fn damaged(path: &Path, reason: String) -> SourceError {
    SourceError::DamagedParquet { reason, path: path.to_owned() }
}

/// Takes what is said from `room`; `false` where there is not enough.
fn take_room(room: &AtomicU64, bytes: u64) -> bool {
    room.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(bytes)).is_ok()
}

/// The cells as texts; `None` where they come to more than there is room for, as a long text that a dictionary repeats may.
fn as_texts(column: &Column, room: &AtomicU64) -> PolarsResult<Option<Texts>> {
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
        return Ok(take_room(room, texts.text_bytes()).then_some(texts));
    }
    let strings = column.cast(&DataType::String)?;
    let mut taken = 0;
    for text in strings.str()?.iter() {
        texts.push(text);
        if texts.text_bytes() - taken > 1 << 16 {
            if !take_room(room, texts.text_bytes() - taken) {
                return Ok(None);
            }
            taken = texts.text_bytes();
        }
    }
    Ok(take_room(room, texts.text_bytes() - taken).then_some(texts))
}

/// Reads canonical Parquet back.
///
/// # Errors
/// [`SourceError`] where the file cannot be read or is not canonical.
pub fn read_visits(path: &Path) -> Result<Visits, SourceError> {
    let file = parquet_guard::open(path)?;
    let room = AtomicU64::new(file.allowance);
    let chunks = (0..file.groups()).into_par_iter().map(|group| {
        let checked = file.group(group).map_err(|refusal| parquet_guard::refused(path, refusal))?;
        let frame = decode(checked).map_err(|reason| damaged(path, reason))?;
        let texts = text_bytes(&frame).map_err(|error| damaged(path, error.to_string()))?;
        if !take_room(&room, texts) {
            return Err(SourceError::ParquetTooLarge { what: "the texts", path: path.to_owned() });
        }
        from_frame(&frame).map_err(|error| damaged(path, error.to_string()))
    });
    let chunks = chunks.collect::<Result<Vec<Visits>, SourceError>>()?;
    if chunks.is_empty() {
        let extras = file.columns().filter_map(|name| name.strip_prefix(EXTRA));
        let extras = extras.map(|name| (name.to_owned(), Texts::default())).collect();
        return Ok(Visits { extras, ..Visits::default() });
    }
    Ok(Visits::concat(chunks))
}

fn text_bytes(frame: &DataFrame) -> PolarsResult<u64> {
    let mut total = 0;
    for column in frame.columns().iter().filter(|column| column.dtype().is_string()) {
        total += column.str()?.iter().flatten().map(|text| text.len() as u64).sum::<u64>();
    }
    Ok(total)
}

fn from_frame(frame: &DataFrame) -> PolarsResult<Visits> {
    let mut extras = std::collections::BTreeMap::new();
    for column in frame.columns() {
        if let Some(extra) = column.name().strip_prefix(EXTRA) {
            extras.insert(extra.to_owned(), column.str()?.iter().collect());
        }
    }
    let (visit_id, arrived) = (texts(frame, "visit_id")?, times(frame, "arrived_at")?);
    let absent = || polars_err!(ComputeError: "a visit has no id or arrival");
    if visit_id.iter().any(|id| id.is_none()) {
        return Err(absent());
    }
    Ok(Visits {
        visit_id,
        site: names(frame, "site")?,
        service: names(frame, "service")?,
        arrived: arrived.into_iter().collect::<Option<_>>().ok_or_else(absent)?,
        called: times(frame, "called_at")?,
        finished: times(frame, "finished_at")?,
        left: times(frame, "left_at")?,
        priority: counts(frame, "priority", |priority| u8::try_from(priority).ok())?,
        channel: channels(frame)?,
        booked_for: times(frame, "booked_for")?.into_iter().collect(),
        open_counters: counts(frame, "open_counters", Some)?,
        people_ahead: counts(frame, "people_ahead", Some)?,
        extras,
    })
}

fn texts(frame: &DataFrame, name: &str) -> PolarsResult<Texts> {
    Ok(frame.column(name)?.str()?.iter().collect())
}

fn names(frame: &DataFrame, name: &str) -> PolarsResult<Categories> {
    let mut names = Categories::default();
    for cell in frame.column(name)?.str()?.iter() {
        names.push(cell.ok_or_else(|| polars_err!(ComputeError: "a visit has no {}", name))?);
    }
    Ok(names)
}

fn times(frame: &DataFrame, name: &str) -> PolarsResult<Vec<Option<Moment>>> {
    let millis = frame.column(name)?.cast(&DataType::Int64)?;
    let moment = |value: i64| {
        Moment::from_millis(value).ok_or_else(|| polars_err!(ComputeError: "{} is beyond all years", name))
    };
    millis.i64()?.iter().map(|value| value.map(moment).transpose()).collect()
}

fn counts<T: Copy + Send + Sync>(
    frame: &DataFrame,
    name: &str,
    fit: impl Fn(u32) -> Option<T>,
) -> PolarsResult<Optional<T>> {
    let fitting = |count: u32| fit(count).ok_or_else(|| polars_err!(ComputeError: "{} cannot be {}", name, count));
    frame.column(name)?.u32()?.iter().map(|count| count.map(fitting).transpose()).collect()
}

fn channels(frame: &DataFrame) -> PolarsResult<Optional<Channel>> {
    let known = |id: &str| Channel::from_id(id).ok_or_else(|| polars_err!(ComputeError: "unknown channel {}", id));
    frame.column("channel")?.str()?.iter().map(|id| id.map(known).transpose()).collect()
}
