//! The training visits as they are added up: a few bytes a visit, next to each other.
//!
//! Inputs with few bins share a byte: a yes or no, a service and a number of counters make one number below 256 together,
//! and adding a visit to the sums of that byte adds it to those of all of them. The sums of each are taken apart again once
//! per node, so that 37 features cost no more than some 24 bytes.
//!
//! Eight bytes are an *octet*, up to four octets a *panel*: lengths that are known when the program is built need no checks
//! in the innermost loop.

use std::ops::Range;

use rayon::prelude::*;

use super::bins::{BINS, Input, MISSING, Matrix};
use crate::base::{Cancelled, Task};

/// Bytes of an octet.
pub(super) const OCTET: usize = 8;
/// Octets of a panel, at most.
const MOST_OCTETS: usize = 4;
/// Visits that are laid out at a time.
const ROWS: usize = 1 << 12;

/// Eight bytes of a visit.
pub(super) type Octet = [u8; OCTET];

/// The visits, panel by panel.
pub(super) struct Records {
    pub panels: Vec<Panel>,
    /// Where the cells of each input begin, and where those of the last one end.
    starts: Vec<usize>,
}

/// Some bytes of every visit.
pub(super) struct Panel {
    /// Of each visit.
    pub octets: usize,
    /// Visit by visit.
    pub bytes: Vec<Octet>,
    /// What each byte holds.
    pub shared: Vec<Shared>,
}

/// The inputs that share a byte.
pub(super) struct Shared {
    /// The byte is below this.
    pub values: usize,
    pub parts: Vec<Part>,
}

/// An input in a byte.
pub(super) struct Part {
    input: usize,
    /// What one bin more adds to the byte.
    step: usize,
    /// The bin that adds nothing.
    lowest: u8,
    /// The cell of its bin, for each value of the byte.
    pub cells: Vec<u16>,
    /// Its cells among all.
    pub range: Range<usize>,
}

impl Records {
    /// The visits of `matrix`, whose inputs have these bins.
    pub fn of(inputs: &[Input], matrix: &Matrix, task: &Task) -> Result<Records, Cancelled> {
        let mut starts = vec![0];
        for input in inputs {
            starts.push(starts.last().map_or(0, |last| last + input.bins().min(BINS)));
        }
        let lowest: Vec<u8> =
            matrix.columns.par_iter().map(|column| u8::from(!column.contains(&MISSING))).collect();
        let mut shared = shared(&starts, &lowest);
        let mut panels = Vec::new();
        while !shared.is_empty() {
            let rest = shared.split_off(shared.len().min(MOST_OCTETS * OCTET));
            panels.push(Panel::of(shared, matrix, task)?);
            shared = rest;
        }
        Ok(Records { panels, starts })
    }

    /// The cells of all inputs.
    pub fn cells(&self) -> usize {
        self.starts.last().copied().unwrap_or_default()
    }

    /// The cells of an input, bin by bin.
    pub fn range(&self, input: usize) -> Range<usize> {
        self.starts[input]..self.starts[input + 1]
    }
}

/// Which inputs share a byte: those with many bins find room first, each in the byte that it fills best.
fn shared(starts: &[usize], lowest: &[u8]) -> Vec<Shared> {
    let used = |input: usize| (starts[input + 1] - starts[input] - usize::from(lowest[input])).max(1);
    let mut order: Vec<usize> = (0..lowest.len()).collect();
    order.sort_by_key(|input| (std::cmp::Reverse(used(*input)), *input));
    let mut bytes: Vec<Shared> = Vec::new();
    for input in order {
        let range = starts[input]..starts[input + 1];
        let part =
            |step: usize| Part { input, step, lowest: lowest[input], cells: Vec::new(), range: range.clone() };
        let fitting = bytes.iter_mut().filter(|byte| byte.values * used(input) <= BINS);
        match fitting.reduce(|best, next| if next.values > best.values { next } else { best }) {
            Some(byte) => {
                byte.parts.push(part(byte.values));
                byte.values *= used(input);
            }
            None => bytes.push(Shared { values: used(input), parts: vec![part(1)] }),
        }
    }
    for byte in &mut bytes {
        for part in &mut byte.parts {
            let cell = |value: usize| value / part.step % used(part.input) + usize::from(part.lowest);
            part.cells = (0..byte.values).map(|value| u16::try_from(cell(value)).unwrap_or_default()).collect();
        }
    }
    bytes
}

impl Panel {
    fn of(shared: Vec<Shared>, matrix: &Matrix, task: &Task) -> Result<Panel, Cancelled> {
        let octets = shared.len().div_ceil(OCTET);
        let mut bytes = vec![[0_u8; OCTET]; matrix.rows * octets];
        bytes.par_chunks_mut(ROWS * octets).enumerate().try_for_each(|(block, octets_of_block)| {
            task.check()?;
            for (place, byte) in shared.iter().enumerate() {
                for part in &byte.parts {
                    let step = u8::try_from(part.step).unwrap_or_default();
                    let column = &matrix.columns[part.input][block * ROWS..];
                    let cells = octets_of_block.iter_mut().skip(place / OCTET).step_by(octets);
                    for (cell, bin) in cells.map(|octet| &mut octet[place % OCTET]).zip(column) {
                        *cell = cell.wrapping_add(bin.wrapping_sub(part.lowest).wrapping_mul(step));
                    }
                }
            }
            Ok(())
        })?;
        Ok(Panel { octets, bytes, shared })
    }
}
