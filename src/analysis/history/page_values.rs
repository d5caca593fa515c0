//! The bodies of Parquet pages, walked value by value without keeping any.
//!
//! It does not hand out values; Polars does that. What passes here holds as many values as it says, each inside the
//! page, each dictionary index inside the dictionary, so that the decoder neither reserves nor repeats beyond that.
//! The encodings are those of the Apache Parquet format description ("Encodings").

use polars_parquet_format::Encoding;

/// What is wrong with a page.
pub(super) type Fault = &'static str;

/// How the values of a column are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One bit.
    Bits,
    /// Numbers of so many bytes.
    Number(usize),
    /// Bytes of one length.
    Fixed(usize),
    /// Bytes of any length.
    Bytes,
}

const CUT: Fault = "a page ends too early";
const LONG: Fault = "a page holds more than its values";

/// Checks the definition levels of `count` rows and returns how many of them hold a value.
pub(super) fn levels(data: &[u8], count: usize) -> Result<usize, Fault> {
    let mut present = 0;
    hybrid(data, 1, count, |run| match run {
        Run::Same(value, length) => {
            present += if value == 0 { 0 } else { length };
            if value > 1 { Err("a level is out of range") } else { Ok(()) }
        }
        Run::Packed(bytes, length) => {
            let whole = bytes.iter().take(length / 8).map(|byte| byte.count_ones() as usize).sum::<usize>();
            let last = bytes.get(length / 8).map_or(0, |byte| byte & ((1 << (length % 8)) - 1));
            present += whole + last.count_ones() as usize;
            Ok(())
        }
    })?;
    Ok(present)
}

/// Checks a page of `count` present values and returns how many bytes they grow to beyond the page itself.
pub(super) fn values(
    kind: Kind,
    encoding: Encoding,
    data: &[u8],
    count: usize,
    dictionary: Option<usize>,
) -> Result<u64, Fault> {
    match (encoding, kind) {
        (Encoding::PLAIN, _) => plain(kind, data, count)?,
        (
            Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY,
            Kind::Number(_) | Kind::Fixed(_) | Kind::Bytes,
        ) => {
            indexes(data, count, dictionary.ok_or("a page refers to a dictionary that is not there")?)?;
        }
        (Encoding::RLE, Kind::Bits) => {
            let (_, runs) = data.split_at_checked(4).ok_or(CUT)?;
            levels(runs, count)?;
        }
        (Encoding::BYTE_STREAM_SPLIT, Kind::Number(_)) => plain(kind, data, count)?,
        (Encoding::DELTA_BINARY_PACKED, Kind::Number(_)) => {
            delta(data, count, None)?;
        }
        (Encoding::DELTA_LENGTH_BYTE_ARRAY, Kind::Bytes) => {
            let mut total = 0_u64;
            let mut add = |length| {
                total = total.saturating_add(length_of(length)?);
                Ok(())
            };
            let rest = delta(data, count, Some(&mut add))?;
            if total > rest.len() as u64 {
                return Err(CUT);
            }
        }
        (Encoding::DELTA_BYTE_ARRAY, Kind::Bytes) => return delta_strings(data, count),
        _ => return Err("a page has an encoding that does not go with its column"),
    }
    Ok(0)
}

/// Values one after another, and nothing else.
pub(super) fn plain(kind: Kind, data: &[u8], count: usize) -> Result<(), Fault> {
    match kind {
        Kind::Bits if data.len() < count.div_ceil(8) => Err(CUT),
        Kind::Bits => Ok(()),
        Kind::Number(size) | Kind::Fixed(size) => match count.checked_mul(size) {
            Some(bytes) if bytes == data.len() => Ok(()),
            Some(bytes) if bytes < data.len() => Err(LONG),
            _ => Err(CUT),
        },
        Kind::Bytes => {
            let mut rest = data;
            for _ in 0..count {
                let (length, after) = rest.split_first_chunk::<4>().ok_or(CUT)?;
                rest = after.get(u32::from_le_bytes(*length) as usize..).ok_or(CUT)?;
            }
            if rest.is_empty() { Ok(()) } else { Err(LONG) }
        }
    }
}

fn indexes(data: &[u8], count: usize, dictionary: usize) -> Result<(), Fault> {
    const OUT: Fault = "a value is not in its dictionary";
    let (width, runs) = data.split_first().ok_or(CUT)?;
    let width = u32::from(*width);
    if width > 32 {
        return Err("an index is wider than 32 bits");
    }
    let most = dictionary as u64;
    // Where every number of that width is an index, there is nothing to look for.
    let any_fits = 1_u64 << width <= most;
    hybrid(runs, width, count, |run| match run {
        Run::Same(value, length) if length > 0 && u64::from(value) >= most => Err(OUT),
        Run::Packed(bytes, length) if !any_fits && (0..length).any(|at| bits(bytes, at, width) >= most) => {
            Err(OUT)
        }
        _ => Ok(()),
    })
}

enum Run<'a> {
    Same(u32, usize),
    Packed(&'a [u8], usize),
}

/// Runs of one value and runs of packed bits ("RLE / bit-packing hybrid"), until there are `count` values.
fn hybrid(
    mut data: &[u8],
    width: u32,
    count: usize,
    mut take: impl FnMut(Run<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    if width == 0 {
        return take(Run::Same(0, count));
    }
    let bits_each = width as usize;
    let mut left = count;
    while left > 0 {
        let head = varint(&mut data)?;
        let length = usize::try_from(head >> 1).map_err(|_| LONG)?;
        if head & 1 == 0 {
            let (value, rest) = data.split_at_checked(bits_each.div_ceil(8)).ok_or(CUT)?;
            if length > left {
                return Err("a run is longer than its page");
            }
            data = rest;
            left -= length;
            take(Run::Same(u32::try_from(bits(value, 0, width)).map_err(|_| LONG)?, length))?;
        } else {
            // Eight values to a group; writers are known to leave out the end of the last group.
            let bytes = length.checked_mul(bits_each).ok_or(LONG)?.min(data.len());
            let (packed, rest) = data.split_at_checked(bytes).ok_or(CUT)?;
            let length = (packed.len() * 8 / bits_each).min(left);
            if length == 0 {
                return Err(CUT);
            }
            data = rest;
            left -= length;
            take(Run::Packed(packed, length))?;
        }
    }
    Ok(())
}

/// The number of `width` bits, up to 32, at place `at`; absent bytes count as zero.
fn bits(bytes: &[u8], at: usize, width: u32) -> u64 {
    let first = at * width as usize;
    match bytes.get(first / 8..).and_then(<[u8]>::first_chunk::<8>) {
        Some(window) => u64::from_le_bytes(*window) >> (first % 8) & ((1 << width) - 1),
        None => wide_bits(bytes, first, width),
    }
}

/// The number of `width` bits, up to 64, from bit `first` on; absent bytes count as zero.
fn wide_bits(bytes: &[u8], first: usize, width: u32) -> u64 {
    let tail = bytes.get(first / 8..).unwrap_or_default();
    let mut window = [0; 16];
    let length = tail.len().min(9);
    window[..length].copy_from_slice(&tail[..length]);
    let value = u128::from_le_bytes(window) >> (first % 8);
    u64::try_from(value & ((1_u128 << width) - 1)).unwrap_or(u64::MAX)
}

/// An unsigned LEB128 number of at most 64 bits.
fn varint(data: &mut &[u8]) -> Result<u64, Fault> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = data.split_first().ok_or(CUT)?;
        *data = rest;
        let part = u64::from(byte & 0x7f);
        if part << shift >> shift != part {
            return Err("a number is too large");
        }
        value |= part << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err("a number is too long")
}

fn signed(data: &mut &[u8]) -> Result<i64, Fault> {
    let raw = varint(data)?;
    Ok((raw >> 1).cast_signed() ^ -(raw & 1).cast_signed())
}

fn length_of(value: i64) -> Result<u64, Fault> {
    u32::try_from(value).map(u64::from).map_err(|_| "a text has an impossible length")
}

/// Numbers by their differences, in blocks ("delta encoding"): hands over `count` numbers where somebody takes them,
/// returns what follows.
fn delta<'a>(
    mut data: &'a [u8],
    count: usize,
    mut take: Option<&mut dyn FnMut(i64) -> Result<(), Fault>>,
) -> Result<&'a [u8], Fault> {
    const ODD: Fault = "a block of differences has an impossible shape";
    let block = usize::try_from(varint(&mut data)?).map_err(|_| ODD)?;
    let parts = usize::try_from(varint(&mut data)?).map_err(|_| ODD)?;
    if block == 0 || block > 1 << 20 || block % 128 != 0 || parts == 0 || block % parts != 0 {
        return Err(ODD);
    }
    let each = block / parts;
    if each % 32 != 0 || varint(&mut data)? != count as u64 {
        return Err(ODD);
    }
    let mut value = signed(&mut data)?;
    if count == 0 {
        return Ok(data);
    }
    if let Some(take) = &mut take {
        take(value)?;
    }
    let mut left = count - 1;
    while left > 0 {
        let least = signed(&mut data)?;
        let (widths, rest) = data.split_at_checked(parts).ok_or(CUT)?;
        data = rest;
        // A part that no value needs has a width but no body.
        for &width in widths.iter().take(left.div_ceil(each)) {
            if width > 64 {
                return Err(ODD);
            }
            let (body, rest) = data.split_at_checked(usize::from(width) * each / 8).ok_or(CUT)?;
            data = rest;
            if let Some(take) = &mut take {
                for at in 0..each.min(left) {
                    let step = wide_bits(body, at * usize::from(width), u32::from(width));
                    value = value.wrapping_add(step.cast_signed()).wrapping_add(least);
                    take(value)?;
                }
            }
            left -= each.min(left);
        }
    }
    Ok(data)
}

/// Texts that begin as the text before: the length of what they share, the length of the rest, the rests.
fn delta_strings(data: &[u8], count: usize) -> Result<u64, Fault> {
    let mut shared = Vec::new();
    let mut keep = |length| {
        shared.push(length_of(length)?);
        Ok(())
    };
    let rest = delta(data, count, Some(&mut keep))?;
    let (mut row, mut before, mut own, mut total) = (0, 0_u64, 0_u64, 0_u64);
    let mut add = |length| {
        let length = length_of(length)?;
        let prefix = shared.get(row).copied().unwrap_or_default();
        if prefix > before {
            return Err("a text shares more than the text before has");
        }
        row += 1;
        before = prefix + length;
        own += length;
        total = total.saturating_add(before);
        Ok(())
    };
    let rest = delta(rest, count, Some(&mut add))?;
    if own > rest.len() as u64 { Err(CUT) } else { Ok(total) }
}
