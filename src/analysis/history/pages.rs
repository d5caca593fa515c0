//! The pages of one Parquet column after the other: headers, checksums, unpacking, and the count of rows.
//!
//! It does not keep what it unpacks beyond the page at hand. Invariant: nothing is unpacked before what it grows to
//! was taken from the allowance.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use polars_parquet::parquet::compression::{Compression, DecompressionContext, decompress};
use polars_parquet_format::thrift::protocol::TCompactInputProtocol;
use polars_parquet_format::{DataPageHeader, DataPageHeaderV2, Encoding, PageHeader, PageType};

use super::page_values::{self, Fault, Kind};
use super::parquet_guard::Refusal;

/// The largest page, unpacked, in bytes.
const LARGEST_PAGE: usize = 256 << 20;
/// The most that a page header may ask for, in bytes; all but the statistics in it is small.
const LARGEST_HEADER: usize = 1 << 20;

/// Walks pages within an allowance of bytes for the whole file.
pub(super) struct Pages<'a> {
    left: &'a AtomicU64,
    plain: Vec<u8>,
    again: Vec<u8>,
    context: DecompressionContext,
}

/// A column while its pages are walked.
struct Column {
    packing: Compression,
    kind: Kind,
    optional: bool,
    dictionary: Option<usize>,
}

impl Pages<'_> {
    /// Takes what things grow to from `allowance`, which those who walk other parts of the file share.
    pub fn new(allowance: &AtomicU64) -> Pages<'_> {
        Pages { left: allowance, plain: Vec::new(), again: Vec::new(), context: DecompressionContext::Unset }
    }

    /// Takes `bytes` from the allowance.
    pub fn spend(&mut self, bytes: u64) -> Result<(), Refusal> {
        match self.left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(bytes)) {
            Ok(_) => Ok(()),
            Err(_) => Err(Refusal::TooLarge("the decoded table")),
        }
    }

    /// Walks the pages of a column chunk until it has `rows` rows.
    pub fn walk(
        &mut self,
        mut chunk: &[u8],
        packing: Compression,
        kind: Kind,
        optional: bool,
        rows: usize,
    ) -> Result<(), Refusal> {
        let mut column = Column { packing, kind, optional, dictionary: None };
        let mut seen = 0;
        let mut first = true;
        while seen < rows || (first && !chunk.is_empty()) {
            let header =
                PageHeader::read_from_in_protocol(&mut TCompactInputProtocol::new(&mut chunk, LARGEST_HEADER))
                    .map_err(|_| "a page header cannot be read")?;
            let packed = usize::try_from(header.compressed_page_size).map_err(|_| "a page has a negative size")?;
            let size = usize::try_from(header.uncompressed_page_size).map_err(|_| "a page has a negative size")?;
            let (body, rest) = chunk.split_at_checked(packed).ok_or("a page ends after its column")?;
            chunk = rest;
            check_sum(&header, body)?;
            if size > LARGEST_PAGE {
                return Err(Refusal::TooLarge("a page"));
            }
            self.spend(size as u64)?;
            seen += self.page(&mut column, &header, body, size, first, rows - seen)?;
            first = false;
        }
        Ok(())
    }

    /// Checks one page and returns its rows.
    fn page(
        &mut self,
        column: &mut Column,
        header: &PageHeader,
        body: &[u8],
        size: usize,
        first: bool,
        left: usize,
    ) -> Result<usize, Refusal> {
        match header.type_ {
            PageType::DICTIONARY_PAGE if first => {
                let dictionary = header.dictionary_page_header.as_ref().ok_or("a dictionary has no header")?;
                let count = usize::try_from(dictionary.num_values).map_err(|_| "a page has a negative count")?;
                if !matches!(dictionary.encoding, Encoding::PLAIN | Encoding::PLAIN_DICTIONARY)
                    || column.kind == Kind::Bits
                {
                    return Err(Refusal::Damaged("a dictionary has an encoding that is not known"));
                }
                let plain =
                    unpack(&mut self.plain, &mut self.again, &mut self.context, column.packing, body, size)?;
                page_values::plain(column.kind, plain, count)?;
                column.dictionary = Some(count);
                self.spend(count as u64 * 16)?;
                Ok(0)
            }
            PageType::DATA_PAGE => {
                let head = header.data_page_header.as_ref().ok_or("a page has no header")?;
                let count = rows_of(head.num_values, left)?;
                self.first_form(column, head, body, size, count)?;
                Ok(count)
            }
            PageType::DATA_PAGE_V2 => {
                let head = header.data_page_header_v2.as_ref().ok_or("a page has no header")?;
                let count = rows_of(head.num_values, left)?;
                self.second_form(column, head, body, size, count)?;
                Ok(count)
            }
            _ => Err(Refusal::Damaged("a page is of a type that is not known here")),
        }
    }

    /// A page whose levels are packed together with its values.
    fn first_form(
        &mut self,
        column: &Column,
        head: &DataPageHeader,
        body: &[u8],
        size: usize,
        count: usize,
    ) -> Result<(), Refusal> {
        let plain = unpack(&mut self.plain, &mut self.again, &mut self.context, column.packing, body, size)?;
        let (levels, values) = if column.optional {
            if head.definition_level_encoding != Encoding::RLE {
                return Err(Refusal::Damaged("the levels of a page have an encoding that is not known"));
            }
            let (length, rest) = plain.split_first_chunk::<4>().ok_or("a page ends too early")?;
            let (levels, values) =
                rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or("a page ends too early")?;
            (Some(levels), values)
        } else {
            (None, plain)
        };
        let present = levels.map_or(Ok(count), |levels| page_values::levels(levels, count))?;
        let grown = page_values::values(column.kind, head.encoding, values, present, column.dictionary)?;
        self.spend(grown)
    }

    /// A page whose levels stand unpacked before its values.
    fn second_form(
        &mut self,
        column: &Column,
        head: &DataPageHeaderV2,
        body: &[u8],
        size: usize,
        count: usize,
    ) -> Result<(), Refusal> {
        let length =
            usize::try_from(head.definition_levels_byte_length).map_err(|_| "a page has a negative size")?;
        if head.repetition_levels_byte_length != 0 || head.num_rows != head.num_values {
            return Err(Refusal::Damaged("a page holds lists"));
        }
        let (levels, rest) = body.split_at_checked(length).ok_or("a page ends too early")?;
        let size = size.checked_sub(length).ok_or("a page ends too early")?;
        let packing = if head.is_compressed.unwrap_or(true) { column.packing } else { Compression::Uncompressed };
        if (packing == Compression::Uncompressed || rest.is_empty()) && rest.len() != size {
            return Err(Refusal::Damaged("a page is not as long as it says"));
        }
        let values = if rest.is_empty() {
            rest
        } else {
            unpack(&mut self.plain, &mut self.again, &mut self.context, packing, rest, size)?
        };
        let present = if column.optional { page_values::levels(levels, count)? } else { count };
        if usize::try_from(head.num_nulls) != Ok(count - present) || (!column.optional && length != 0) {
            return Err(Refusal::Damaged("the empty cells of a page are miscounted"));
        }
        let grown = page_values::values(column.kind, head.encoding, values, present, column.dictionary)?;
        self.spend(grown)
    }
}

fn rows_of(values: i32, left: usize) -> Result<usize, Fault> {
    let count = usize::try_from(values).map_err(|_| "a page has a negative count")?;
    if count > left { Err("a column has more rows than its row group") } else { Ok(count) }
}

/// The CRC-32 of the page as it stands in the file, where the writer gave one.
fn check_sum(header: &PageHeader, body: &[u8]) -> Result<(), Fault> {
    let Some(expected) = header.crc else { return Ok(()) };
    let mut sum = flate2::Crc::new();
    sum.update(body);
    if sum.sum() == expected.cast_unsigned() { Ok(()) } else { Err("a page does not have its checksum") }
}

/// What `packed` unpacks to: exactly `size` bytes.
fn unpack<'a>(
    plain: &'a mut Vec<u8>,
    again: &mut Vec<u8>,
    context: &mut DecompressionContext,
    packing: Compression,
    packed: &'a [u8],
    size: usize,
) -> Result<&'a [u8], Fault> {
    const CANNOT: Fault = "a page cannot be unpacked";
    if packing == Compression::Uncompressed {
        return Ok(packed);
    }
    plain.clear();
    plain.resize(size, 0);
    decompress(packing, packed, plain, context).map_err(|_| CANNOT)?;
    if !matches!(packing, Compression::Zstd | Compression::Gzip | Compression::Brotli) {
        // The others may stop short and leave what was there. What they wrote is the same on any ground.
        again.clear();
        again.resize(size, 0xff);
        decompress(packing, packed, again, context).map_err(|_| CANNOT)?;
        if plain != again {
            return Err("a page is not as long as it says");
        }
    }
    Ok(plain)
}
