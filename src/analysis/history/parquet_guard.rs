//! A Parquet file is walked here from end to end before the decoder sees it.
//!
//! The decoder trusts what it reads: a wrong length makes it ask for more memory than there is, which ends the
//! program and cannot be caught. So its footer is parsed within bounds, each row group is read into memory once and
//! described anew with only what decoding needs, every page is unpacked and counted, and what it will grow to is known. It
//! does not hand out values. Invariant: a [`CheckedGroup`] is flat, all of it lies inside its bytes, its pages hold
//! exactly its rows, and all groups of a file decode to no more than [`MOST_DECODED`] bytes.

use std::collections::HashSet;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};

use polars_parquet::parquet::metadata::{ColumnChunkMetadata, FileMetadata};
use polars_parquet::parquet::read::deserialize_metadata;
use polars_parquet::parquet::schema::types::{PhysicalType, PrimitiveConvertedType, PrimitiveLogicalType};
use polars_parquet_format::thrift::protocol::{TCompactInputProtocol, TCompactOutputProtocol};
use polars_parquet_format::{
    ColumnMetaData, ConvertedType, FieldRepetitionType, FileMetaData, LogicalType, RowGroup, SchemaElement, Type,
};

use super::page_values::{Fault, Kind};
use super::pages::Pages;
use super::quiet::quietly;
use super::source::{MOST_COLUMNS, SourceError};

/// The largest Parquet file that is read, in bytes.
pub const LARGEST_PARQUET: u64 = 2 << 30;
/// The most rows of a Parquet file.
pub const MOST_ROWS: u64 = 200_000_000;
/// The most bytes that a Parquet file may take in memory once it is decoded.
pub const MOST_DECODED: u64 = 4 << 30;

/// The longest footer, in bytes. A footer takes about 100 bytes for each column of each row group.
const LONGEST_FOOTER: usize = 4 << 20;
/// What even the smallest file may grow to, in bytes …
const SMALL_DECODED: u64 = 64 << 20;
/// … and what each of its bytes adds to that.
const DECODED_PER_BYTE: u64 = 1_024;
const MAGIC: &[u8] = b"PAR1";
const UNREAD: Fault = "it cannot be read to its end";

/// Why a file is not handed to the decoder.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The file contradicts itself or the format.
    Damaged(Fault),
    /// A column holds lists or groups.
    Nested(String),
    /// Two columns of one name.
    Duplicate(String),
    /// More than there is room for.
    TooLarge(Fault),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Refusal {
        Refusal::Damaged(fault)
    }
}

/// A file whose footer was checked and whose row groups can be asked for, from several threads.
pub(super) struct Guarded<R> {
    source: Mutex<R>,
    described: FileMetaData,
    /// How many bytes of text the cells of the file may come to.
    pub allowance: u64,
    /// What is left of that for all that the groups grow to.
    left: AtomicU64,
}

/// A row group that was walked, and the description of it that the walk followed.
pub(super) struct CheckedGroup {
    /// Its column chunks one after the other.
    pub bytes: Vec<u8>,
    /// A footer for these bytes, without statistics, notes and indexes.
    pub metadata: FileMetadata,
}

/// Checks the footer of the file at `path`.
pub(super) fn open(path: &Path) -> Result<Guarded<File>, SourceError> {
    let unreadable = |cause| SourceError::Unreadable { path: path.to_owned(), cause };
    let file = File::open(path).map_err(unreadable)?;
    // The length is asked once; what is written to the file meanwhile is left out.
    let length = file.metadata().map_err(unreadable)?.len();
    Guarded::new(file, length).map_err(|refusal| refused(path, refusal))
}

/// What is said of the file at `path` that was refused.
pub(super) fn refused(path: &Path, refusal: Refusal) -> SourceError {
    let path = path.to_owned();
    match refusal {
        Refusal::Damaged(reason) => SourceError::DamagedParquet { reason: reason.to_owned(), path },
        Refusal::Nested(column) => SourceError::NestedColumn { column, path },
        Refusal::Duplicate(column) => SourceError::DuplicateColumn { column, path },
        Refusal::TooLarge(what) => SourceError::ParquetTooLarge { what, path },
    }
}

impl<R: Read + Seek> Guarded<R> {
    /// Checks the footer of `source`, which is `length` bytes long.
    pub fn new(mut source: R, length: u64) -> Result<Guarded<R>, Refusal> {
        if length > LARGEST_PARQUET {
            return Err(Refusal::TooLarge("the file"));
        }
        let (data_end, footer) = footer(&mut source, length)?;
        let mut described = parse(&footer)?;
        check_schema(&described.schema)?;
        // Nothing is read from a group without rows, and writers say odd things about where it lies.
        described.row_groups.retain(|group| group.num_rows != 0);
        check_groups(&described, data_end)?;
        described.row_groups.iter_mut().for_each(strip_group);
        let allowance = MOST_DECODED.min(SMALL_DECODED + DECODED_PER_BYTE * length);
        Ok(Guarded { source: Mutex::new(source), described, allowance, left: AtomicU64::new(allowance) })
    }

    /// The names of the columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.described.schema.iter().skip(1).map(|column| column.name.as_str())
    }

    /// The number of rows.
    pub fn rows(&self) -> u64 {
        u64::try_from(self.described.num_rows).unwrap_or_default()
    }

    /// The number of row groups that have rows.
    pub fn groups(&self) -> usize {
        self.described.row_groups.len()
    }

    /// Reads and walks row group `index`, of which there must be one.
    pub fn group(&self, index: usize) -> Result<CheckedGroup, Refusal> {
        let mut group = self.described.row_groups[index].clone();
        let mut bytes = Vec::new();
        for meta in group.columns.iter_mut().filter_map(|chunk| chunk.meta_data.as_mut()) {
            self.fetch(meta, &mut bytes)?;
        }
        let schema = self.described.schema.clone();
        let rows = group.num_rows;
        let described =
            FileMetaData::new(self.described.version, schema, rows, vec![group], None, None, None, None, None);
        let metadata = decoder_metadata(described)?;
        // The decompressors are not ours: a panic in one is a damaged file, too.
        quietly(|| {
            let mut pages = Pages::new(&self.left);
            for group in &metadata.row_groups {
                for column in group.parquet_columns() {
                    check_column(&bytes, column, group.num_rows(), &mut pages)?;
                }
            }
            Ok(())
        })
        .unwrap_or(Err(Refusal::Damaged("it cannot be unpacked")))?;
        Ok(CheckedGroup { bytes, metadata })
    }

    /// Adds a column chunk to `bytes`, where it is to be found from then on.
    fn fetch(&self, meta: &mut ColumnMetaData, bytes: &mut Vec<u8>) -> Result<(), Refusal> {
        let first = dictionary_start(meta).unwrap_or(meta.data_page_offset);
        let (from, length) = (first.cast_unsigned(), meta.total_compressed_size.cast_unsigned());
        let start = bytes.len();
        let room = usize::try_from(length).unwrap_or(usize::MAX);
        bytes.try_reserve(room).map_err(|_| Refusal::TooLarge("the file"))?;
        let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        let read =
            source.seek(SeekFrom::Start(from)).and_then(|_| source.by_ref().take(length).read_to_end(bytes));
        if read.ok() != Some(room) {
            return Err(Refusal::Damaged(UNREAD));
        }
        meta.data_page_offset =
            start as i64 + (meta.data_page_offset - first).clamp(0, meta.total_compressed_size);
        meta.dictionary_page_offset = dictionary_start(meta).map(|_| start as i64);
        Ok(())
    }
}

/// Where the data ends, and the bytes of the footer.
fn footer(source: &mut (impl Read + Seek), length: u64) -> Result<(u64, Vec<u8>), Refusal> {
    const EDGES: Fault = "it does not begin and end as Parquet";
    let mut read = |from: u64, length: usize| {
        let mut bytes = vec![0; length];
        let read = source.seek(SeekFrom::Start(from)).and_then(|_| source.read_exact(&mut bytes));
        read.map(|()| bytes).map_err(|_| Refusal::Damaged(UNREAD))
    };
    // The mark at both ends, and the length of the footer before the last.
    let Some(end) = length.checked_sub(8).filter(|end| *end >= MAGIC.len() as u64) else {
        return Err(Refusal::Damaged(EDGES));
    };
    let last = read(end, 8)?;
    let (size, mark) = last.split_first_chunk::<4>().ok_or(EDGES)?;
    if read(0, MAGIC.len())? != MAGIC || mark != MAGIC {
        return Err(Refusal::Damaged(EDGES));
    }
    let size = u32::from_le_bytes(*size);
    let start = end.checked_sub(u64::from(size)).filter(|start| *start >= MAGIC.len() as u64);
    let start = start.ok_or("its footer is longer than the file")?;
    let size = usize::try_from(size).ok().filter(|size| *size <= LONGEST_FOOTER);
    let size = size.ok_or(Refusal::TooLarge("the footer"))?;
    Ok((start, read(start, size)?))
}

fn parse(footer: &[u8]) -> Result<FileMetaData, Refusal> {
    // What the lists and texts of a footer ask for is a small multiple of its length; a list that claims more is
    // refused before room is made for it.
    let most = footer.len() * 3 + 4_096;
    let described = FileMetaData::read_from_in_protocol(&mut TCompactInputProtocol::new(footer, most))
        .map_err(|_| "its footer cannot be read")?;
    if described.encryption_algorithm.is_some() {
        return Err(Refusal::Damaged("it is encrypted"));
    }
    Ok(described)
}

/// A root, and columns that hold one value a row.
fn check_schema(schema: &[SchemaElement]) -> Result<(), Refusal> {
    let (root, columns) = schema.split_first().ok_or("it has no columns")?;
    if columns.is_empty() {
        return Err(Refusal::Damaged("it has no columns"));
    }
    if columns.len() > MOST_COLUMNS {
        return Err(Refusal::TooLarge("the number of columns"));
    }
    let mut names = HashSet::new();
    for column in columns {
        let name = || column.name.clone();
        let nested = column.num_children.is_some_and(|children| children != 0);
        match column.repetition_type {
            _ if nested => return Err(Refusal::Nested(name())),
            Some(FieldRepetitionType::REQUIRED | FieldRepetitionType::OPTIONAL) => {}
            Some(FieldRepetitionType::REPEATED) => return Err(Refusal::Nested(name())),
            _ => return Err(Refusal::Damaged("a column has no repetition")),
        }
        if column.type_.is_none() {
            return Err(Refusal::Damaged("a column has no type"));
        }
        if !names.insert(column.name.as_str()) {
            return Err(Refusal::Duplicate(name()));
        }
    }
    let children = root.num_children.and_then(|children| usize::try_from(children).ok());
    if children == Some(columns.len()) { Ok(()) } else { Err(Refusal::Damaged("its columns are miscounted")) }
}

fn check_groups(described: &FileMetaData, data_end: u64) -> Result<(), Refusal> {
    let columns = &described.schema[1..];
    let mut total = 0_u64;
    let mut bytes = 0_u64;
    for group in &described.row_groups {
        let rows = u64::try_from(group.num_rows).map_err(|_| "a row group has a negative number of rows")?;
        total = total.saturating_add(rows);
        if group.columns.len() != columns.len() || group.total_byte_size < 0 {
            return Err(Refusal::Damaged("a row group does not have the columns of the file"));
        }
        for (chunk, column) in group.columns.iter().zip(columns) {
            let meta = chunk.meta_data.as_ref().ok_or("a column has no description")?;
            if chunk.file_path.is_some() || chunk.crypto_metadata.is_some() {
                return Err(Refusal::Damaged("a column is kept elsewhere or encrypted"));
            }
            if Some(meta.type_) != column.type_ || meta.num_values != group.num_rows {
                return Err(Refusal::Damaged("a column differs from its row group"));
            }
            check_place(meta, data_end)?;
            bytes = bytes.saturating_add(meta.total_compressed_size.cast_unsigned());
        }
    }
    // Columns that overlap could be read again and again.
    if bytes > data_end {
        return Err(Refusal::Damaged("its columns overlap"));
    }
    if total > MOST_ROWS {
        return Err(Refusal::TooLarge("the number of rows"));
    }
    if u64::try_from(described.num_rows) != Ok(total) {
        return Err(Refusal::Damaged("its rows are miscounted"));
    }
    Ok(())
}

/// A column chunk lies between the first bytes and the footer.
fn check_place(meta: &ColumnMetaData, data_end: u64) -> Result<(), Fault> {
    const OUTSIDE: Fault = "a column lies outside the data";
    for start in [Some(meta.data_page_offset), dictionary_start(meta)].into_iter().flatten() {
        let start = u64::try_from(start).map_err(|_| OUTSIDE)?;
        let length = u64::try_from(meta.total_compressed_size).map_err(|_| OUTSIDE)?;
        let inside = start >= MAGIC.len() as u64 && start <= data_end;
        let first = dictionary_start(meta).unwrap_or(meta.data_page_offset);
        let fits = u64::try_from(first)
            .ok()
            .and_then(|first| first.checked_add(length))
            .is_some_and(|end| end <= data_end);
        if !inside || !fits {
            return Err(OUTSIDE);
        }
    }
    Ok(())
}

/// Some writers say 0 where there is no dictionary.
fn dictionary_start(meta: &ColumnMetaData) -> Option<i64> {
    meta.dictionary_page_offset.filter(|start| *start != 0)
}

fn strip_group(group: &mut RowGroup) {
    group.sorting_columns = None;
    for meta in group.columns.iter_mut().filter_map(|chunk| chunk.meta_data.as_mut()) {
        meta.dictionary_page_offset = dictionary_start(meta);
        meta.index_page_offset = None;
        meta.key_value_metadata = None;
        meta.statistics = None;
        meta.encoding_stats = None;
        meta.bloom_filter_offset = None;
        meta.bloom_filter_length = None;
        meta.size_statistics = None;
    }
    for chunk in &mut group.columns {
        chunk.offset_index_offset = None;
        chunk.offset_index_length = None;
        chunk.column_index_offset = None;
        chunk.column_index_length = None;
        chunk.encrypted_column_metadata = None;
    }
}

/// The description as the decoder wants it, from a footer that we wrote.
fn decoder_metadata(mut described: FileMetaData) -> Result<FileMetadata, Refusal> {
    described.key_value_metadata = None;
    described.created_by = None;
    described.column_orders = None;
    described.footer_signing_key_metadata = None;
    for column in &mut described.schema {
        // Small integers are kept as integers of 32 bits and are read as such.
        if column.type_ == Some(Type::INT32) && is_small_integer(column) {
            column.logical_type = None;
            column.converted_type = None;
        }
    }
    let mut clean = Vec::new();
    described
        .write_to_out_protocol(&mut TCompactOutputProtocol::new(&mut clean))
        .map_err(|_| "its footer cannot be read")?;
    deserialize_metadata(clean.into()).map_err(|_| Refusal::Damaged("a column has a type that is not known"))
}

fn is_small_integer(column: &SchemaElement) -> bool {
    use ConvertedType as Converted;
    match (&column.logical_type, column.converted_type) {
        (Some(LogicalType::INTEGER(integer)), _) => integer.bit_width < 32,
        (None, Some(Converted::INT_8 | Converted::INT_16 | Converted::UINT_8 | Converted::UINT_16)) => true,
        _ => false,
    }
}

fn check_column(
    bytes: &[u8],
    column: &ColumnChunkMetadata,
    rows: usize,
    pages: &mut Pages<'_>,
) -> Result<(), Refusal> {
    let place = column.byte_range();
    let place = usize::try_from(place.start).unwrap_or(usize::MAX)..usize::try_from(place.end).unwrap_or(0);
    let chunk = bytes.get(place).ok_or("a column lies outside the data")?;
    let descriptor = &column.descriptor().descriptor;
    let kind = match descriptor.primitive_type.physical_type {
        PhysicalType::Boolean => Kind::Bits,
        PhysicalType::Int32 | PhysicalType::Float => Kind::Number(4),
        PhysicalType::Int64 | PhysicalType::Double => Kind::Number(8),
        PhysicalType::Int96 => Kind::Fixed(12),
        PhysicalType::FixedLenByteArray(0) => return Err(Refusal::Damaged("a column has cells of no bytes")),
        PhysicalType::FixedLenByteArray(length) => Kind::Fixed(length),
        PhysicalType::ByteArray => Kind::Bytes,
    };
    let decimal = matches!(descriptor.primitive_type.logical_type, Some(PrimitiveLogicalType::Decimal(..)))
        || matches!(descriptor.primitive_type.converted_type, Some(PrimitiveConvertedType::Decimal(..)));
    // What a row takes once it is decoded, with its mark of being there.
    let width = match kind {
        Kind::Bits => 2,
        Kind::Number(bytes) if !decimal => bytes as u64 + 1,
        Kind::Fixed(bytes) => bytes.max(16) as u64 + 1,
        Kind::Number(_) | Kind::Bytes => 17,
    };
    pages.spend((rows as u64).saturating_mul(width))?;
    pages.walk(chunk, column.compression(), kind, descriptor.max_def_level > 0, rows)
}
