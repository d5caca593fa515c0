//! Canonical Parquet out: what a data set is kept as.
//!
//! The same visits give the same bytes with the same program. Moments are kept by their differences, which takes two or three
//! bytes where a moment takes eight; names, channels and counts as indexes into the few that there are; ids and extra
//! columns as they are, compressed. Row groups are encoded a few at a time, their columns in parallel, so that the memory it
//! takes does not grow with the history.

use std::io::{self, Write};
use std::ops::Range;

use polars_parquet::parquet::compression::{CompressionOptions, ZstdLevel, compress};
use polars_parquet_format::thrift::protocol::TCompactOutputProtocol;
use polars_parquet_format::{
    ColumnChunk, ColumnMetaData, CompressionCodec, ConvertedType, DataPageHeader, DictionaryPageHeader, Encoding,
    FieldRepetitionType, FileMetaData, IntType, LogicalType, MilliSeconds, PageHeader, PageType, RowGroup,
    SchemaElement, StringType, TimeUnit, TimestampType, Type,
};
use rayon::prelude::*;

use crate::base::Moment;

use super::parquet::EXTRA;
use super::parquet_values::{self as values, Encoded};
use super::{Categories, Channel, Optional, Texts, Visits};

/// The visits of a row group.
const GROUP: usize = 1 << 18;
/// How many row groups are encoded at a time.
const GROUPS_AT_A_TIME: usize = 4;
/// Compression is kept where it saves at least one byte of so many.
const WORTH_ONE_OF: usize = 8;
const MAGIC: &[u8] = b"PAR1";

/// A column of the file.
struct Column<'a> {
    name: String,
    cells: Cells<'a>,
}

enum Cells<'a> {
    Texts(&'a Texts),
    Names(&'a Categories),
    Moments(&'a [Moment]),
    Times(&'a [Option<Moment>]),
    Booked(&'a Optional<Moment>),
    Classes(&'a Optional<u8>),
    Channels(&'a Optional<Channel>),
    Counts(&'a Optional<u32>),
}

/// A column chunk as it stands in the file.
struct Chunk {
    bytes: Vec<u8>,
    /// Where in `bytes` the first data page begins; before it stands the dictionary.
    data: usize,
    unpacked: usize,
    encoding: Encoding,
    codec: CompressionCodec,
}

/// Writes `visits` as canonical Parquet.
///
/// # Errors
/// What could not be written; then `out` holds an unfinished file.
pub fn write_visits(visits: &Visits, mut out: impl Write) -> Result<(), String> {
    let columns = columns(visits);
    let groups: Vec<Range<usize>> = (0..visits.len().div_ceil(GROUP))
        .map(|group| group * GROUP..visits.len().min((group + 1) * GROUP))
        .collect();
    let mut written = Written { groups: Vec::new(), end: MAGIC.len() as u64 };
    out.write_all(MAGIC).map_err(|error| error.to_string())?;
    for some in groups.chunks(GROUPS_AT_A_TIME) {
        let tasks = some.par_iter().flat_map(|rows| columns.par_iter().map(|column| chunk(column, rows.clone())));
        let chunks: Vec<Chunk> = tasks.collect::<Result<_, String>>()?;
        for (rows, chunks) in some.iter().zip(chunks.chunks(columns.len())) {
            written.group(&columns, rows.len(), chunks, &mut out).map_err(|error| error.to_string())?;
        }
    }
    written.finish(&columns, visits.len(), &mut out).map_err(|error| error.to_string())
}

fn columns(visits: &Visits) -> Vec<Column<'_>> {
    let fixed = [
        ("visit_id", Cells::Texts(&visits.visit_id)),
        ("site", Cells::Names(&visits.site)),
        ("service", Cells::Names(&visits.service)),
        ("arrived_at", Cells::Moments(&visits.arrived)),
        ("called_at", Cells::Times(&visits.called)),
        ("finished_at", Cells::Times(&visits.finished)),
        ("left_at", Cells::Times(&visits.left)),
        ("priority", Cells::Classes(&visits.priority)),
        ("channel", Cells::Channels(&visits.channel)),
        ("booked_for", Cells::Booked(&visits.booked_for)),
        ("open_counters", Cells::Counts(&visits.open_counters)),
        ("people_ahead", Cells::Counts(&visits.people_ahead)),
    ];
    let extras = visits.extras.iter().map(|(name, texts)| (format!("{EXTRA}{name}"), Cells::Texts(texts)));
    let fixed = fixed.into_iter().map(|(name, cells)| (name.to_owned(), cells));
    fixed.chain(extras).map(|(name, cells)| Column { name, cells }).collect()
}

impl Cells<'_> {
    fn encode(&self, rows: Range<usize>) -> Encoded {
        let count = rows.len();
        match self {
            Cells::Texts(texts) => values::texts(texts, rows),
            Cells::Names(names) => values::names(names, rows),
            Cells::Moments(cells) => values::numbers(cells[rows].iter().map(|cell| Some(cell.millis())), count),
            Cells::Times(cells) => values::numbers(cells[rows].iter().map(|cell| cell.map(Moment::millis)), count),
            Cells::Booked(cells) => values::numbers(rows.map(|row| cells[row].map(Moment::millis)), count),
            Cells::Classes(cells) => values::counts(rows.map(|row| cells[row].map(u32::from)), count),
            Cells::Counts(cells) => values::counts(rows.map(|row| cells[row]), count),
            Cells::Channels(cells) => {
                let channels = [Channel::Booked, Channel::WalkIn];
                let place = |channel: Channel| u32::from(channel == Channel::WalkIn);
                values::one_of(&channels.map(Channel::id), rows.map(|row| cells[row].map(place)), count)
            }
        }
    }

    fn kind(&self) -> Type {
        match self {
            Cells::Texts(_) | Cells::Names(_) | Cells::Channels(_) => Type::BYTE_ARRAY,
            Cells::Moments(_) | Cells::Times(_) | Cells::Booked(_) => Type::INT64,
            Cells::Classes(_) | Cells::Counts(_) => Type::INT32,
        }
    }

    fn meaning(&self) -> (ConvertedType, LogicalType) {
        match self.kind() {
            Type::BYTE_ARRAY => (ConvertedType::UTF8, LogicalType::STRING(StringType {})),
            Type::INT64 => {
                let millis = TimestampType::new(true, TimeUnit::MILLIS(MilliSeconds {}));
                (ConvertedType::TIMESTAMP_MILLIS, LogicalType::TIMESTAMP(millis))
            }
            _ => (ConvertedType::UINT_32, LogicalType::INTEGER(IntType::new(32, false))),
        }
    }
}

fn chunk(column: &Column<'_>, rows: Range<usize>) -> Result<Chunk, String> {
    let encoded = column.cells.encode(rows);
    let plain = encoded.pages.iter().map(|(_, body)| body.len()).sum::<usize>();
    let packed = if encoded.compressible { packed(&encoded.pages)? } else { Vec::new() };
    let size = packed.iter().map(Vec::len).sum::<usize>();
    let keep = !packed.is_empty() && size + plain / WORTH_ONE_OF <= plain;
    let codec = if keep { CompressionCodec::ZSTD } else { CompressionCodec::UNCOMPRESSED };
    let mut chunk = Chunk { bytes: Vec::new(), data: 0, unpacked: 0, encoding: encoded.encoding, codec };
    if let Some((count, body)) = &encoded.dictionary {
        let head = DictionaryPageHeader::new(length(*count)?, Encoding::PLAIN, None);
        let sizes = (length(body.len())?, length(body.len())?);
        chunk.page(
            &PageHeader::new(PageType::DICTIONARY_PAGE, sizes.0, sizes.1, None, None, None, head, None),
            body,
        )?;
        chunk.data = chunk.bytes.len();
    }
    for (at, (rows, body)) in encoded.pages.iter().enumerate() {
        let head = DataPageHeader::new(length(*rows)?, encoded.encoding, Encoding::RLE, Encoding::RLE, None);
        let kept = if keep { &packed[at] } else { body };
        let sizes = (length(body.len())?, length(kept.len())?);
        chunk.page(&PageHeader::new(PageType::DATA_PAGE, sizes.0, sizes.1, None, head, None, None, None), kept)?;
    }
    Ok(chunk)
}

fn packed(pages: &[(usize, Vec<u8>)]) -> Result<Vec<Vec<u8>>, String> {
    let level = ZstdLevel::try_new(1).map_err(|error| error.to_string())?;
    let pack = |(_, body): &(usize, Vec<u8>)| {
        let mut packed = Vec::new();
        compress(CompressionOptions::Zstd(Some(level)), body, &mut packed).map_err(|error| error.to_string())?;
        Ok(packed)
    };
    pages.iter().map(pack).collect()
}

/// A length as the format keeps it.
fn length(length: usize) -> Result<i32, String> {
    i32::try_from(length).map_err(|_| "a text is too long to be kept".to_owned())
}

impl Chunk {
    fn page(&mut self, header: &PageHeader, body: &[u8]) -> Result<(), String> {
        let start = self.bytes.len();
        header
            .write_to_out_protocol(&mut TCompactOutputProtocol::new(&mut self.bytes))
            .map_err(|error| error.to_string())?;
        self.unpacked += self.bytes.len() - start + usize::try_from(header.uncompressed_page_size).unwrap_or(0);
        self.bytes.extend_from_slice(body);
        Ok(())
    }

    fn described(&self, column: &Column<'_>, rows: usize, start: u64) -> ColumnChunk {
        let data = start.cast_signed() + self.data as i64;
        let mut encodings = vec![Encoding::RLE, self.encoding];
        if self.data > 0 {
            encodings.push(Encoding::PLAIN);
        }
        let meta = ColumnMetaData {
            type_: column.cells.kind(),
            encodings,
            path_in_schema: vec![column.name.clone()],
            codec: self.codec,
            num_values: rows as i64,
            total_uncompressed_size: self.unpacked as i64,
            total_compressed_size: self.bytes.len() as i64,
            key_value_metadata: None,
            data_page_offset: data,
            index_page_offset: None,
            dictionary_page_offset: (self.data > 0).then_some(start.cast_signed()),
            statistics: None,
            encoding_stats: None,
            bloom_filter_offset: None,
            bloom_filter_length: None,
            size_statistics: None,
        };
        ColumnChunk {
            file_path: None,
            file_offset: 0,
            meta_data: Some(meta),
            offset_index_offset: None,
            offset_index_length: None,
            column_index_offset: None,
            column_index_length: None,
            crypto_metadata: None,
            encrypted_column_metadata: None,
        }
    }
}

/// What stands in the file so far.
struct Written {
    groups: Vec<RowGroup>,
    end: u64,
}

impl Written {
    fn group(
        &mut self,
        columns: &[Column<'_>],
        rows: usize,
        chunks: &[Chunk],
        out: &mut impl Write,
    ) -> io::Result<()> {
        let start = self.end;
        let mut described = Vec::with_capacity(columns.len());
        for (column, chunk) in columns.iter().zip(chunks) {
            described.push(chunk.described(column, rows, self.end));
            out.write_all(&chunk.bytes)?;
            self.end += chunk.bytes.len() as u64;
        }
        self.groups.push(RowGroup {
            columns: described,
            total_byte_size: chunks.iter().map(|chunk| chunk.unpacked as i64).sum(),
            num_rows: rows as i64,
            sorting_columns: None,
            file_offset: Some(start.cast_signed()),
            total_compressed_size: Some((self.end - start).cast_signed()),
            ordinal: None,
        });
        Ok(())
    }

    fn finish(self, columns: &[Column<'_>], rows: usize, out: &mut impl Write) -> io::Result<()> {
        let root = SchemaElement::new(
            None,
            None,
            None,
            "visits".to_owned(),
            Some(columns.len() as i32),
            None,
            None,
            None,
            None,
            None,
        );
        let leaves = columns.iter().map(|column| {
            let (converted, logical) = column.cells.meaning();
            let optional = FieldRepetitionType::OPTIONAL;
            let (kind, name) = (column.cells.kind(), column.name.clone());
            SchemaElement::new(kind, None, optional, name, None, converted, None, None, None, logical)
        });
        let schema = std::iter::once(root).chain(leaves).collect();
        let made_by = "nobat".to_owned();
        let footer = FileMetaData::new(2, schema, rows as i64, self.groups, None, made_by, None, None, None);
        let mut bytes = Vec::new();
        footer.write_to_out_protocol(&mut TCompactOutputProtocol::new(&mut bytes)).map_err(io::Error::other)?;
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(MAGIC);
        out.write_all(&bytes)?;
        out.flush()
    }
}
