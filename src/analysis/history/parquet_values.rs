//! The bodies of the pages of canonical Parquet.
//!
//! It knows values and encodings, not files: [`super::parquet_writer`] puts pages together. The encodings are those of the
//! Apache Parquet format description ("Encodings").

use std::collections::BTreeMap;
use std::ops::Range;

use polars_parquet::parquet::encoding::{bitpacked, hybrid_rle, uleb128, zigzag_leb128};
use polars_parquet_format::Encoding;

use super::{Categories, Texts};

/// The cells of a column chunk, encoded.
pub(super) struct Encoded {
    /// Where the data pages are indexes into it: how many values, one after the other.
    pub dictionary: Option<(usize, Vec<u8>)>,
    /// Rows and body of each data page.
    pub pages: Vec<(usize, Vec<u8>)>,
    /// How the values of the data pages are encoded.
    pub encoding: Encoding,
    /// Whether general compression is worth its time.
    pub compressible: bool,
}

/// Differences to a block, and the parts of a block, each of which has a width of its own.
const BLOCK: usize = 256;
const PARTS: usize = 4;
const PART: usize = BLOCK / PARTS;

/// The most bytes of texts in a page beyond its first text.
const PAGE_BYTES: u64 = 16 << 20;

/// Moments and other numbers, by their differences.
pub(super) fn numbers(cells: impl Iterator<Item = Option<i64>> + Clone, rows: usize) -> Encoded {
    let mut body = Vec::new();
    let values: Vec<i64> = cells.clone().flatten().collect();
    levels(&mut body, cells.map(|cell| cell.is_some()), rows);
    differences(&mut body, &values);
    Encoded {
        dictionary: None,
        pages: vec![(rows, body)],
        encoding: Encoding::DELTA_BINARY_PACKED,
        compressible: false,
    }
}

/// Small counts, by the list of those that there are.
pub(super) fn counts(cells: impl Iterator<Item = Option<u32>> + Clone, rows: usize) -> Encoded {
    let mut places: BTreeMap<u32, u32> = cells.clone().flatten().map(|count| (count, 0)).collect();
    let mut dictionary = Vec::with_capacity(places.len() * 4);
    for (place, (count, found)) in places.iter_mut().enumerate() {
        *found = place as u32;
        dictionary.extend_from_slice(&count.to_le_bytes());
    }
    let length = places.len();
    indexed((length, dictionary), cells.map(|cell| cell.and_then(|count| places.get(&count).copied())), rows)
}

/// Names, by the list of those that there are in `rows`, in the order of their bytes.
pub(super) fn names(column: &Categories, rows: Range<usize>) -> Encoded {
    let codes = &column.codes()[rows];
    let mut places: BTreeMap<&str, u32> = BTreeMap::new();
    let mut place_of: Vec<Option<u32>> = vec![None; column.names().len()];
    for code in codes {
        if place_of[*code as usize].is_none() {
            place_of[*code as usize] = Some(0);
            places.insert(column.name(*code), *code);
        }
    }
    let mut dictionary = Vec::new();
    for (place, (name, code)) in places.iter().enumerate() {
        place_of[*code as usize] = Some(place as u32);
        length_and_bytes(&mut dictionary, name);
    }
    indexed((places.len(), dictionary), codes.iter().map(|code| place_of[*code as usize]), codes.len())
}

/// One of a few names that are known beforehand, by its place among `names`.
pub(super) fn one_of(names: &[&str], cells: impl Iterator<Item = Option<u32>> + Clone, rows: usize) -> Encoded {
    let mut dictionary = Vec::new();
    names.iter().for_each(|name| length_and_bytes(&mut dictionary, name));
    indexed((names.len(), dictionary), cells, rows)
}

/// Texts of their own: all lengths, then all bytes.
pub(super) fn texts(column: &Texts, rows: Range<usize>) -> Encoded {
    let mut pages = Vec::new();
    let mut start = rows.start;
    while start < rows.end || (pages.is_empty() && rows.is_empty()) {
        let (_, ends) = column.packed(start..rows.end);
        let fitting = ends.take_while(|end| end >> 1 <= PAGE_BYTES).count().max(1).min(rows.end - start);
        let (bytes, ends) = column.packed(start..start + fitting);
        let mut body = Vec::new();
        levels(&mut body, ends.clone().map(|end| end & 1 == 0), fitting);
        let mut before = 0;
        let lengths = ends.filter_map(|end| {
            let length = (end >> 1) - before;
            before = end >> 1;
            (end & 1 == 0).then_some(length.cast_signed())
        });
        differences(&mut body, &lengths.collect::<Vec<_>>());
        body.extend_from_slice(bytes);
        pages.push((fitting, body));
        start += fitting.max(1);
    }
    Encoded { dictionary: None, pages, encoding: Encoding::DELTA_LENGTH_BYTE_ARRAY, compressible: true }
}

fn length_and_bytes(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

fn indexed(
    dictionary: (usize, Vec<u8>),
    cells: impl Iterator<Item = Option<u32>> + Clone,
    rows: usize,
) -> Encoded {
    let mut body = Vec::new();
    levels(&mut body, cells.clone().map(|cell| cell.is_some()), rows);
    // Some readers do not know indexes of no bits.
    let width = (usize::BITS - dictionary.0.saturating_sub(1).leading_zeros()).max(1);
    body.push(width as u8);
    // Writing to a vector cannot fail.
    let _ = hybrid_rle::encode::<u32, _, _>(&mut body, cells.flatten(), width);
    Encoded {
        dictionary: Some(dictionary),
        pages: vec![(rows, body)],
        encoding: Encoding::RLE_DICTIONARY,
        compressible: false,
    }
}

/// Which rows are there ("definition levels"), after their length.
fn levels(out: &mut Vec<u8>, there: impl Iterator<Item = bool> + Clone, rows: usize) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    let present = there.clone().filter(|there| *there).count();
    if rows == 0 || present == 0 || present == rows {
        unsigned(out, (rows as u64) << 1);
        out.push(u8::from(present > 0));
    } else {
        // Writing to a vector cannot fail.
        let _ = hybrid_rle::encode::<u32, _, _>(out, there.map(u32::from), 1);
    }
    let length = (out.len() - start - 4) as u32;
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

fn unsigned(out: &mut Vec<u8>, value: u64) {
    let mut bytes = [0; 10];
    let length = uleb128::encode(value, &mut bytes);
    out.extend_from_slice(&bytes[..length]);
}

fn signed(out: &mut Vec<u8>, value: i64) {
    let (bytes, length) = zigzag_leb128::encode(value);
    out.extend_from_slice(&bytes[..length]);
}

/// Numbers by their differences ("delta encoding", `DELTA_BINARY_PACKED`).
fn differences(out: &mut Vec<u8>, values: &[i64]) {
    unsigned(out, BLOCK as u64);
    unsigned(out, PARTS as u64);
    unsigned(out, values.len() as u64);
    signed(out, values.first().copied().unwrap_or_default());
    let mut before = values;
    let mut left = values.get(1..).unwrap_or_default();
    let mut steps = [0_i64; BLOCK];
    while !left.is_empty() {
        let length = left.len().min(BLOCK);
        for (step, (value, before)) in steps.iter_mut().zip(left.iter().zip(before)) {
            *step = value.wrapping_sub(*before);
        }
        let least = steps[..length].iter().copied().min().unwrap_or_default();
        signed(out, least);
        let mut packed = [0_u64; BLOCK];
        for (packed, step) in packed.iter_mut().zip(&steps[..length]) {
            *packed = step.wrapping_sub(least).cast_unsigned();
        }
        let widths = packed.chunks_exact(PART).map(|part| {
            let all = part.iter().fold(0, |all, value| all | value);
            (u64::BITS - all.leading_zeros()) as u8
        });
        let widths: Vec<u8> = widths.collect();
        out.extend_from_slice(&widths);
        for (part, width) in packed.chunks_exact(PART).zip(&widths).take(length.div_ceil(PART)) {
            let start = out.len();
            out.resize(start + usize::from(*width) * PART / 8, 0);
            if *width > 0 {
                bitpacked::encode(part, usize::from(*width), &mut out[start..]);
            }
        }
        before = &before[length..];
        left = &left[length..];
    }
}
