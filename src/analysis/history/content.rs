//! The digest of a history: of its content, not of the file that holds it.
//!
//! The same visits in the same zones give the same digest, whatever the order or format of the source was and
//! whatever version of the Parquet writer keeps them.
//!
//! It is the SHA-256 of, in this order (numbers are little-endian; a *length* is an unsigned LEB128 number; a *text* is
//! its length in bytes and its UTF-8 bytes):
//!
//! 1. the line `nobat visits 2\n`,
//! 2. the name of the zone as text, the number of visits in 8 bytes, the number of extra columns as length and
//!    their names as texts in ascending order,
//! 3. where a site keeps the clock of another zone or priority classes are not called high first (then line 1 is
//!    `nobat visits 3\n`): the number of such sites as length, for each in ascending order its name and its zone as texts,
//!    and the id of the order of classes as text,
//! 4. for each block of 65,536 visits in canonical order (the last may be shorter) the 32 bytes of a SHA-256.
//!
//! The digest of a block is of its columns one after the other: visit id, site, service, arrival, call, end of service,
//! departure, priority, channel, booked time, open counters, people ahead, and the extra columns. A column is
//!
//! - one byte: 0 where every cell is missing, 1 where none is, 2 where some are; after 2 one bit a row, lowest bit first,
//!   which is set where the cell is there;
//! - its cells that are there: a moment as milliseconds since 1970 in 8 bytes, a priority in 1, a count in 4, a channel in
//!   1 (0 walk-in, 1 booked), an id or extra as text: first all lengths, then all bytes;
//! - for site and service, which are never missing and have no such byte: the number of distinct names in the block
//!   as length, these names as texts in ascending order of their bytes, and for each row the place of its name among them in 2 bytes.

use std::ops::Range;

use rayon::prelude::*;

use crate::base::digest::Digester;
use crate::base::{Digest, Moment};

use super::{Categories, Channel, History, Optional, Texts, Visits};

/// Changes whenever the encoding does.
const FORMAT: &[u8] = b"nobat visits 2\n";
/// Where something has to be known of the sites beside their zone.
const FORMAT_OF_SITES: &[u8] = b"nobat visits 3\n";
/// The visits of a block: as many as two bytes can tell names apart.
const BLOCK: usize = 1 << 16;

/// The digest of `history`, whose visits are in canonical order.
#[must_use]
pub fn digest(history: &History) -> Digest {
    let visits = &history.visits;
    let mut head = Encoder::default();
    let is_plain = history.zones.is_empty() && history.priority_order.is_usual();
    head.buffer.extend_from_slice(if is_plain { FORMAT } else { FORMAT_OF_SITES });
    head.text(history.zone.name());
    head.buffer.extend_from_slice(&(visits.len() as u64).to_le_bytes());
    head.length(visits.extras.len() as u64);
    visits.extras.keys().for_each(|name| head.text(name));
    if !is_plain {
        head.length(history.zones.len() as u64);
        for (site, zone) in &history.zones {
            head.text(site);
            head.text(zone.name());
        }
        head.text(history.priority_order.id());
    }
    head.flush();
    let by_rank = [in_order(&visits.site), in_order(&visits.service)];
    let blocks: Vec<Digest> = (0..visits.len().div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| block_digest(visits, &by_rank, block * BLOCK..visits.len().min((block + 1) * BLOCK)))
        .collect();
    blocks.iter().for_each(|block| head.digester.update(block.bytes()));
    head.digester.finish()
}

fn block_digest(visits: &Visits, by_rank: &[Vec<u32>; 2], rows: Range<usize>) -> Digest {
    let mut out = Encoder::default();
    out.texts(&visits.visit_id, rows.clone());
    out.names(&visits.site, &by_rank[0], rows.clone());
    out.names(&visits.service, &by_rank[1], rows.clone());
    let millis = |moment: &Moment| moment.millis().to_le_bytes();
    out.buffer.push(1);
    out.cells(visits.arrived[rows.clone()].iter().map(millis));
    for moments in [&visits.called, &visits.finished, &visits.left] {
        out.optional(Some(&moments[rows.clone()]), millis);
    }
    out.optional(part(&visits.priority, &rows), |priority| [*priority]);
    out.optional(part(&visits.channel, &rows), |channel| [u8::from(*channel == Channel::Booked)]);
    out.optional(part(&visits.booked_for, &rows), millis);
    for counts in [&visits.open_counters, &visits.people_ahead] {
        out.optional(part(counts, &rows), |count| count.to_le_bytes());
    }
    visits.extras.values().for_each(|extra| out.texts(extra, rows.clone()));
    out.digester.finish()
}

/// `rows` of a column; `None` where the whole column is missing.
fn part<'a, T: Copy + Send + Sync>(column: &'a Optional<T>, rows: &Range<usize>) -> Option<&'a [Option<T>]> {
    column.rows().map(|kept| &kept[rows.clone()])
}

/// The codes in the order of their names' bytes.
fn in_order(names: &Categories) -> Vec<u32> {
    let mut codes: Vec<u32> = (0..names.names().len() as u32).collect();
    codes.sort_unstable_by_key(|code| names.name(*code));
    codes
}

/// Encodes columns so that no two of them give the same bytes.
#[derive(Default)]
struct Encoder {
    buffer: Vec<u8>,
    digester: Digester,
}

impl Encoder {
    fn flush(&mut self) {
        self.digester.update(&self.buffer);
        self.buffer.clear();
    }

    fn length(&mut self, mut length: u64) {
        while length >= 0x80 {
            self.buffer.push(length as u8 | 0x80);
            length >>= 7;
        }
        self.buffer.push(length as u8);
    }

    fn text(&mut self, text: &str) {
        self.length(text.len() as u64);
        self.buffer.extend_from_slice(text.as_bytes());
    }

    fn cells<const WIDTH: usize>(&mut self, cells: impl Iterator<Item = [u8; WIDTH]>) {
        self.buffer.reserve(cells.size_hint().1.unwrap_or(0) * WIDTH);
        cells.for_each(|cell| self.buffer.extend_from_slice(&cell));
        self.flush();
    }

    /// Which of `rows` rows are there.
    fn presence(&mut self, rows: usize, there: impl Iterator<Item = bool> + Clone) {
        let present = there.clone().filter(|there| *there).count();
        if present == 0 || present == rows {
            self.buffer.push(u8::from(present != 0));
            return;
        }
        self.buffer.push(2);
        let start = self.buffer.len();
        self.buffer.resize(start + rows.div_ceil(8), 0);
        for (row, there) in there.enumerate() {
            self.buffer[start + row / 8] |= u8::from(there) << (row % 8);
        }
    }

    fn optional<T, const WIDTH: usize>(
        &mut self,
        cells: Option<&[Option<T>]>,
        encode: impl Fn(&T) -> [u8; WIDTH],
    ) {
        let cells = cells.unwrap_or_default();
        self.presence(cells.len(), cells.iter().map(Option::is_some));
        self.cells(cells.iter().flatten().map(encode));
    }

    fn texts(&mut self, texts: &Texts, rows: Range<usize>) {
        let (bytes, ends) = texts.packed(rows.clone());
        self.presence(rows.len(), ends.clone().map(|end| end & 1 == 0));
        let mut start = 0;
        for end in ends {
            if end & 1 == 0 {
                self.length((end >> 1) - start);
            }
            start = end >> 1;
        }
        self.flush();
        self.digester.update(bytes);
    }

    fn names(&mut self, names: &Categories, by_rank: &[u32], rows: Range<usize>) {
        let codes = &names.codes()[rows];
        let mut places: Vec<Option<u16>> = vec![None; names.names().len()];
        codes.iter().for_each(|code| places[*code as usize] = Some(0));
        let used: Vec<u32> = by_rank.iter().copied().filter(|code| places[*code as usize].is_some()).collect();
        self.length(used.len() as u64);
        for (place, code) in used.into_iter().enumerate() {
            places[code as usize] = Some(place as u16);
            self.text(names.name(code));
        }
        self.cells(codes.iter().map(|code| places[*code as usize].unwrap_or_default().to_le_bytes()));
    }
}
