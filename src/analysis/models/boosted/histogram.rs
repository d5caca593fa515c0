//! Sums of gradients by bin: what splits are found from.
//!
//! Gradients are *whole numbers* (16 bits of the largest one), and so are their sums. That makes them exact: in whatever
//! order they are added, by however many threads, and where the sums of one child of a split are taken from those of its
//! parent, the same bits come out. A cell holds the sum of the gradients above the number of visits in one 64-bit word; a
//! second word holds the sum of the curvatures, for losses whose curvature is not the same everywhere (`W` = 2).

use rayon::prelude::*;

use super::bins::{BINS, Matrix};

/// A word of sums, or two.
pub(super) type Cell<const W: usize> = [i64; W];
/// Rows below which one thread adds them alone.
const ROWS_A_THREAD: usize = 1 << 14;
/// The largest gradient or curvature as a whole number.
const LARGEST: u32 = 32_767;

/// The sums of a node, input by input and bin by bin.
pub(super) struct Histogram<const W: usize>(pub Vec<[Cell<W>; BINS]>);

/// The gradients of a round as whole numbers.
pub(super) struct Gradients {
    /// Of each visit.
    pub first: Vec<i16>,
    /// The curvature of each visit, where it is not one everywhere.
    pub second: Vec<u16>,
    pub scale: Scale,
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
    /// No sums yet.
    pub fn empty(width: usize) -> Histogram<W> {
        Histogram(vec![[[0; W]; BINS]; width])
    }

    /// The sums over `rows` of the inputs in `active`, instead of what was there.
    pub fn fill(&mut self, matrix: &Matrix, gradients: &Gradients, active: &[u16], rows: &[u32]) {
        self.0.iter_mut().for_each(|cells| cells.fill([0; W]));
        let threads = rayon::current_num_threads();
        if threads == 1 || rows.len() < 2 * ROWS_A_THREAD {
            self.add(matrix, gradients, active, rows);
            return;
        }
        let part = rows.len().div_ceil(threads).max(ROWS_A_THREAD);
        let (first, rest) = rows.split_at(part);
        let width = self.0.len();
        let (parts, ()) = rayon::join(
            || {
                let fill = |rows: &[u32]| {
                    let mut part = Histogram::<W>::empty(width);
                    part.add(matrix, gradients, active, rows);
                    part
                };
                rest.par_chunks(part).map(fill).collect::<Vec<_>>()
            },
            || self.add(matrix, gradients, active, first),
        );
        for part in parts {
            for (cells, more) in self.0.iter_mut().zip(&part.0) {
                cells.iter_mut().zip(more).for_each(|(cell, more)| *cell = sum(*cell, *more));
            }
        }
    }

    fn add(&mut self, matrix: &Matrix, gradients: &Gradients, active: &[u16], rows: &[u32]) {
        let width = matrix.width;
        if active.len() == width {
            for row in rows.iter().map(|row| *row as usize) {
                let cell = gradients.cell::<W>(row);
                let bins = &matrix.by_row[row * width..(row + 1) * width];
                for (cells, bin) in self.0.iter_mut().zip(bins) {
                    let at = &mut cells[usize::from(*bin)];
                    *at = sum(*at, cell);
                }
            }
            return;
        }
        for row in rows.iter().map(|row| *row as usize) {
            let cell = gradients.cell::<W>(row);
            let bins = &matrix.by_row[row * width..(row + 1) * width];
            for place in active.iter().map(|place| usize::from(*place)) {
                let at = &mut self.0[place][usize::from(bins[place])];
                *at = sum(*at, cell);
            }
        }
    }

    /// Takes the sums of one child away: what is left is the other's.
    pub fn take_away(&mut self, child: &Histogram<W>) {
        for (cells, less) in self.0.iter_mut().zip(&child.0) {
            cells.iter_mut().zip(less).for_each(|(cell, less)| *cell = difference(*cell, *less));
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
