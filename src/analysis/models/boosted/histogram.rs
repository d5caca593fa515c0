//! Sums of gradients by bin: what splits are found from.
//!
//! Gradients are *whole numbers* (16 bits of the largest one), and so are their sums. That makes them exact: in whatever
//! order they are added, by however many threads, and where the sums of one child of a split are taken from those of its
//! parent, the same bits come out. A cell holds the sum of the gradients above the number of visits in one 64-bit word; a
//! second word holds the sum of the curvatures, for losses whose curvature is not the same everywhere (`W` = 2).
//!
//! Visits are added byte by byte of their [`super::records`], at the [`Desk`] of a thread, and the sums of each input are
//! taken from there. Where gradients take few values, most visits keep theirs from round to round, and the sums of a root
//! are those of the last one with what changed.

use rayon::prelude::*;

use super::bins::BINS;
use super::records::{OCTET, Octet, Records};

/// A word of sums, or two.
pub(super) type Cell<const W: usize> = [i64; W];
/// Rows below which one thread adds them alone.
const ROWS_A_THREAD: usize = 1 << 12;
/// Rows that are fetched together.
const FETCHED: usize = 128;
/// Rows of which no more than one in so many is wanted are fetched together.
const SPARSE: usize = 5;
/// The largest gradient or curvature as a whole number.
const LARGEST: u32 = 32_767;

/// The sums of a node, input by input and bin by bin ([`Records::range`]).
pub(super) struct Histogram<const W: usize>(pub Vec<Cell<W>>);

/// The gradients of a round as whole numbers.
pub(super) struct Gradients {
    /// Of each visit.
    pub first: Vec<i16>,
    /// The curvature of each visit, where it is not one everywhere.
    pub second: Vec<u16>,
    pub scale: Scale,
    /// Where they differ from those of the round before, where that is known.
    pub changes: Option<Changes>,
}

/// Visits whose gradient changed from one round to the next.
#[derive(Default)]
pub(super) struct Changes {
    /// Ascending.
    pub rows: Vec<u32>,
    /// By how much, as whole numbers.
    pub by: Vec<i32>,
}

/// What the whole numbers are worth.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    /// Bits of a word below the gradient: enough for the number of visits.
    shift: u32,
    /// The gradient that 1 stands for.
    pub first: f64,
    /// The curvature that 1 stands for.
    pub second: f64,
}

/// Sums of a cell, as what they are worth.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sums {
    /// Of the gradients.
    pub gradient: f64,
    /// Of the curvatures.
    pub curvature: f64,
    /// Of the visits.
    pub n: i64,
}

impl Scale {
    /// For `rows` visits whose gradients and curvatures are at most these.
    pub fn of(rows: usize, gradient: f64, curvature: f64) -> Scale {
        let shift = usize::BITS - rows.leading_zeros();
        let largest = f64::from(Scale::largest(shift));
        let unit = |most: f64, largest: f64| if most > 0.0 { most / largest } else { 1.0 };
        Scale { shift, first: unit(gradient, largest), second: unit(curvature, f64::from(LARGEST)) }
    }

    /// Gradients are so small that the sum of all of them fits above the number of visits.
    fn largest(shift: u32) -> u32 {
        (1_u32 << 63_u32.saturating_sub(2 * shift).min(30)).clamp(1, LARGEST)
    }

    /// The gradient as a whole number.
    #[expect(clippy::cast_possible_truncation, reason = "what is out of range is its end")]
    pub fn gradient(&self, gradient: f64) -> i16 {
        (gradient / self.first).round() as i16
    }

    /// The curvature as a whole number; never zero, so that no visit is weightless.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what is out of range is its end")]
    pub fn curvature(&self, curvature: f64) -> u16 {
        ((curvature / self.second).round() as u16).max(1)
    }

    /// What a cell is worth.
    #[inline]
    pub fn sums<const W: usize>(&self, cell: &Cell<W>) -> Sums {
        let n = self.visits(cell);
        let gradient = (cell[0] >> self.shift) as f64 * self.first;
        let curvature = if W == 1 { n as f64 } else { cell[W - 1] as f64 * self.second };
        Sums { gradient, curvature, n }
    }

    /// The visits of a cell.
    #[inline]
    pub fn visits<const W: usize>(&self, cell: &Cell<W>) -> i64 {
        cell[0] & ((1 << self.shift) - 1)
    }
}

impl Gradients {
    #[inline]
    fn cell<const W: usize>(&self, row: usize) -> Cell<W> {
        let mut cell = [0; W];
        cell[0] = (i64::from(self.first[row]) << self.scale.shift) + 1;
        if W == 2 {
            cell[W - 1] = i64::from(self.second[row]);
        }
        cell
    }
}

impl<const W: usize> Histogram<W> {
    /// No sums yet, of all inputs of `records`.
    pub fn empty(records: &Records) -> Histogram<W> {
        Histogram(vec![[0; W]; records.cells()])
    }

    /// The sums over `rows`, instead of what was there. Each desk is one thread's.
    pub fn fill(&mut self, desks: &mut [Desk<W>], records: &Records, gradients: &Gradients, rows: &[u32]) {
        self.0.fill([0; W]);
        self.add(desks, records, rows, |_, row| gradients.cell(row));
    }

    /// The sums after the gradients of some visits changed.
    pub fn change(&mut self, desks: &mut [Desk<W>], records: &Records, gradients: &Gradients, changes: &Changes) {
        self.add(desks, records, &changes.rows, |place, _| {
            let mut cell = [0; W];
            cell[0] = i64::from(changes.by[place]) << gradients.scale.shift;
            cell
        });
    }

    /// Adds the cells of `rows`, each of which `cell` makes from its place and its number.
    fn add(
        &mut self,
        desks: &mut [Desk<W>],
        records: &Records,
        rows: &[u32],
        cell: impl Fn(usize, usize) -> Cell<W> + Copy + Sync,
    ) {
        let part = rows.len().div_ceil(desks.len().max(1)).max(ROWS_A_THREAD);
        if let ([desk, ..], true) = (&mut *desks, rows.len() <= part) {
            desk.add(records, rows, cell);
        } else {
            desks.par_iter_mut().zip(rows.par_chunks(part)).enumerate().for_each(|(at, (desk, rows))| {
                desk.add(records, rows, |place, row| cell(at * part + place, row));
            });
        }
        let used = rows.len().div_ceil(part);
        desks.iter_mut().take(used).for_each(|desk| desk.move_to(self, records));
    }

    /// The same sums as another's.
    pub fn copy(&mut self, other: &Histogram<W>) {
        self.0.copy_from_slice(&other.0);
    }

    /// Takes the sums of one child away: what is left is the other's.
    pub fn take_away(&mut self, child: &Histogram<W>) {
        self.0.iter_mut().zip(&child.0).for_each(|(cell, less)| *cell = difference(*cell, *less));
    }
}

/// Where one thread adds up, byte by byte of the records; empty while nobody does.
pub(super) struct Desk<const W: usize>(Vec<Vec<[[Cell<W>; BINS]; OCTET]>>);

impl<const W: usize> Desk<W> {
    pub fn empty(records: &Records) -> Desk<W> {
        Desk(records.panels.iter().map(|panel| vec![[[[0; W]; BINS]; OCTET]; panel.octets]).collect())
    }

    /// Adds the cells of `rows`, each of which `cell` makes from its place and its number.
    fn add(&mut self, records: &Records, rows: &[u32], cell: impl Fn(usize, usize) -> Cell<W> + Copy) {
        let span = rows.last().map_or(0, |last| last - rows[0]) as usize;
        let are_sparse = span > rows.len() * SPARSE;
        for (panel, cells) in records.panels.iter().zip(&mut self.0) {
            match panel.octets {
                1 => add::<W, 1>(cells, &panel.bytes, rows, are_sparse, cell),
                2 => add::<W, 2>(cells, &panel.bytes, rows, are_sparse, cell),
                3 => add::<W, 3>(cells, &panel.bytes, rows, are_sparse, cell),
                _ => add::<W, 4>(cells, &panel.bytes, rows, are_sparse, cell),
            }
        }
    }

    /// Adds what is here to the sums of a node, input by input, and leaves nothing.
    fn move_to(&mut self, sums: &mut Histogram<W>, records: &Records) {
        for (panel, cells) in records.panels.iter().zip(&mut self.0) {
            for (shared, cells) in panel.shared.iter().zip(cells.as_flattened_mut()) {
                let cells = &mut cells[..shared.values];
                for part in &shared.parts {
                    let out = &mut sums.0[part.range.clone()];
                    for (at, cell) in part.cells.iter().zip(&*cells) {
                        let at = &mut out[usize::from(*at)];
                        *at = sum(*at, *cell);
                    }
                }
                cells.fill([0; W]);
            }
        }
    }
}

/// Adds the cells of `rows` to those of their bytes.
///
/// Where few of the visits are wanted, the next ones are far from each other, and waiting for each would take longer than
/// adding it: some of them are fetched together first.
fn add<const W: usize, const O: usize>(
    cells: &mut [[[Cell<W>; BINS]; OCTET]],
    bytes: &[Octet],
    rows: &[u32],
    are_sparse: bool,
    cell: impl Fn(usize, usize) -> Cell<W>,
) {
    let ([cells], records) = (cells.as_chunks_mut::<O>().0, bytes.as_chunks::<O>().0) else { return };
    if !are_sparse {
        for (place, row) in rows.iter().map(|row| *row as usize).enumerate() {
            put(cells, &records[row], cell(place, row));
        }
        return;
    }
    let mut fetched = [([[0; OCTET]; O], [0; W]); FETCHED];
    for (block, rows) in rows.chunks(FETCHED).enumerate() {
        for (place, (fetched, row)) in fetched.iter_mut().zip(rows).enumerate() {
            let row = *row as usize;
            *fetched = (records[row], cell(block * FETCHED + place, row));
        }
        fetched.iter().take(rows.len()).for_each(|(record, cell)| put(cells, record, *cell));
    }
}

#[inline]
fn put<const W: usize, const O: usize>(
    cells: &mut [[[Cell<W>; BINS]; OCTET]; O],
    record: &[Octet; O],
    cell: Cell<W>,
) {
    for (cells, octet) in cells.iter_mut().zip(record) {
        for (cells, byte) in cells.iter_mut().zip(octet) {
            let at = &mut cells[usize::from(*byte)];
            *at = sum(*at, cell);
        }
    }
}

#[inline]
pub(super) fn sum<const W: usize>(a: Cell<W>, b: Cell<W>) -> Cell<W> {
    std::array::from_fn(|word| a[word] + b[word])
}

#[inline]
pub(super) fn difference<const W: usize>(a: Cell<W>, b: Cell<W>) -> Cell<W> {
    std::array::from_fn(|word| a[word] - b[word])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::models::boosted::bins::{Cuts, Input, Matrix};
    use crate::base::Task;
    use crate::base::statistics::draws;

    const ROWS: usize = 12_000;

    /// Inputs with so many bins each, of which those at odd places miss nothing, and random visits.
    fn visits(bins: &[usize], draw: &mut impl FnMut(usize) -> usize) -> (Vec<Input>, Matrix) {
        let input = |bins: &usize| Input {
            feature: String::new(),
            cuts: Cuts::Numbers((2..*bins).map(|cut| cut as f64).collect()),
        };
        let mut column = |(place, bins): (usize, &usize)| {
            let lowest = place % 2;
            (0..ROWS).map(|_| u8::try_from(lowest + draw(bins - lowest)).unwrap()).collect()
        };
        let columns = bins.iter().enumerate().map(&mut column).collect();
        (bins.iter().map(input).collect(), Matrix { rows: ROWS, columns })
    }

    /// Checks the sums of some visits against those that are added up input by input.
    fn check<const W: usize>(
        sums: &Histogram<W>,
        records: &Records,
        matrix: &Matrix,
        gradients: &Gradients,
        rows: &[u32],
    ) {
        for (input, column) in matrix.columns.iter().enumerate() {
            let mut plain = vec![(0_i64, 0_i64, 0_i64); records.range(input).len()];
            for row in rows.iter().map(|row| *row as usize) {
                let cell = &mut plain[usize::from(column[row])];
                cell.0 += 1;
                cell.1 += i64::from(gradients.first[row]);
                cell.2 += gradients.second.get(row).map_or(0, |second| i64::from(*second));
            }
            for (cell, (n, first, second)) in sums.0[records.range(input)].iter().zip(plain) {
                assert_eq!(gradients.scale.visits(cell), n);
                assert_eq!(cell[0] >> gradients.scale.shift, first);
                assert!(W == 1 || cell[W - 1] == second);
            }
        }
    }

    fn filled<const W: usize>(bins: &[usize], seed: u64, desks: usize) {
        let mut draw = draws(seed);
        let (inputs, matrix) = visits(bins, &mut draw);
        let records = Records::of(&inputs, &matrix, &Task::default()).unwrap();
        let mut gradient = || i16::try_from(draw(201)).unwrap() - 100;
        let mut gradients = Gradients {
            first: (0..ROWS).map(|_| gradient()).collect(),
            second: Vec::new(),
            scale: Scale::of(ROWS, 1.0, 1.0),
            changes: None,
        };
        if W == 2 {
            gradients.second = (0..ROWS).map(|_| u16::try_from(1 + draw(60_000)).unwrap()).collect();
        }
        let mut desks: Vec<Desk<W>> = (0..desks).map(|_| Desk::empty(&records)).collect();
        let mut sums = Histogram::empty(&records);
        // All of them, one in two, and so few that they are fetched together.
        for one_in in [1, 2, 40] {
            let rows: Vec<u32> = (0..u32::try_from(ROWS).unwrap()).filter(|_| draw(one_in) == 0).collect();
            sums.fill(&mut desks, &records, &gradients, &rows);
            check(&sums, &records, &matrix, &gradients, &rows);
        }
        let all: Vec<u32> = (0..u32::try_from(ROWS).unwrap()).collect();
        sums.fill(&mut desks, &records, &gradients, &all);
        let mut changes = Changes::default();
        for row in all.iter().step_by(3) {
            let by = i16::try_from(draw(21)).unwrap() - 10;
            gradients.first[*row as usize] += by;
            changes.rows.push(*row);
            changes.by.push(i32::from(by));
        }
        sums.change(&mut desks, &records, &gradients, &changes);
        check(&sums, &records, &matrix, &gradients, &all);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn sums_are_those_of_every_input_alone_whatever_shares_a_byte(
            seed in any::<u64>(),
            few in prop::collection::vec(3..9_usize, 0..40),
            many in prop::collection::vec(3..=256_usize, 1..40),
            desks in 1..4_usize,
        ) {
            let bins: Vec<usize> = few.into_iter().chain(many).collect();
            filled::<1>(&bins, seed, desks);
            filled::<2>(&bins, seed, desks);
        }
    }

    #[test]
    fn inputs_with_few_bins_share_bytes() {
        let (inputs, matrix) = visits(&[3; 16], &mut draws(1));
        let records = Records::of(&inputs, &matrix, &Task::default()).unwrap();
        // Eight with three bins and eight with two: 3⁵, then 3³ · 2³, then 2⁵.
        let values: Vec<usize> =
            records.panels.iter().flat_map(|panel| &panel.shared).map(|byte| byte.values).collect();
        assert_eq!(values, [243, 216, 32]);
    }
}
