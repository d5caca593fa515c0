//! What happened lately in one queue: counts and medians over the last minutes and the last few.

use std::collections::VecDeque;

use crate::base::Minutes;

/// The stretches of time that features look back over, in minutes.
pub const RECENT_MINUTES: [i64; 3] = [15, 30, 60];
/// Medians are over this many last waits.
pub const LAST_WAITS: [usize; 2] = [5, 20];

const MINUTE_MILLIS: i64 = 60_000;
const WIDTHS_MILLIS: [i64; 3] =
    [RECENT_MINUTES[0] * MINUTE_MILLIS, RECENT_MINUTES[1] * MINUTE_MILLIS, RECENT_MINUTES[2] * MINUTE_MILLIS];

/// Moments in order, counted over the last [`RECENT_MINUTES`] (both ends included).
#[derive(Default)]
pub(super) struct RecentTimes {
    times: VecDeque<i64>,
    /// For each width, how many of `times` are too old for it; the widest keeps none of those.
    old: [usize; 3],
}

impl RecentTimes {
    pub fn push(&mut self, millis: i64) {
        self.times.push_back(millis);
    }

    pub fn counts(&mut self, now: i64) -> [u32; 3] {
        for (old, width) in self.old.iter_mut().zip(WIDTHS_MILLIS) {
            while self.times.get(*old).is_some_and(|time| *time < now - width) {
                *old += 1;
            }
        }
        let gone = self.old[2];
        for _ in 0..gone {
            self.times.pop_front();
        }
        self.old = self.old.map(|old| old - gone);
        self.old.map(|old| u32::try_from(self.times.len() - old).unwrap_or(u32::MAX))
    }
}

/// Calls in order with their waits, in milliseconds.
#[derive(Default)]
pub(super) struct RecentCalls {
    /// The call and the wait; as many as the widest window or the last medians need.
    calls: VecDeque<(i64, i64)>,
    /// For each width, how many of `calls` are too old for it.
    old: [usize; 3],
    timed: [Ranked; 3],
    last: [Ranked; 2],
}

impl RecentCalls {
    /// Adds a call; `timed` and `last` say which medians will be asked for.
    pub fn push(&mut self, called: i64, wait: i64, timed: bool, last: bool) {
        self.calls.push_back((called, wait));
        if timed {
            self.timed.iter_mut().for_each(|window| window.insert(wait));
        }
        if last {
            for (window, size) in self.last.iter_mut().zip(LAST_WAITS) {
                window.insert(wait);
                if let Some(left) = self.calls.len().checked_sub(size + 1)
                    && let Some((_, wait)) = self.calls.get(left)
                {
                    window.remove(*wait);
                }
            }
        }
    }

    /// Forgets what lies too far before `now`, and counts what is left.
    pub fn counts(&mut self, now: i64, timed: bool) -> [u32; 3] {
        for ((old, window), width) in self.old.iter_mut().zip(&mut self.timed).zip(WIDTHS_MILLIS) {
            while let Some((called, wait)) = self.calls.get(*old)
                && *called < now - width
            {
                *old += 1;
                if timed {
                    window.remove(*wait);
                }
            }
        }
        let counts = self.old.map(|old| u32::try_from(self.calls.len() - old).unwrap_or(u32::MAX));
        let kept = LAST_WAITS[1];
        let gone = self.old[2].min(self.calls.len().saturating_sub(kept));
        for _ in 0..gone {
            self.calls.pop_front();
        }
        self.old = self.old.map(|old| old - gone);
        counts
    }

    /// The medians of the windows of time; after [`RecentCalls::counts`].
    pub fn timed_medians(&self) -> [Option<Minutes>; 3] {
        [0, 1, 2].map(|window: usize| self.timed[window].median())
    }

    /// The medians of the last waits.
    pub fn last_medians(&self) -> [Option<Minutes>; 2] {
        [0, 1].map(|window: usize| self.last[window].median())
    }
}

/// Waits in ascending order, in short blocks so that adding one to many thousands moves few.
#[derive(Default)]
struct Ranked {
    /// None is empty.
    blocks: Vec<Vec<i64>>,
    len: usize,
}

/// A block is cut in two where it would grow beyond this.
const LONGEST_BLOCK: usize = 256;

impl Ranked {
    fn insert(&mut self, wait: i64) {
        self.len += 1;
        let index = self.block_for(wait).min(self.blocks.len().saturating_sub(1));
        let Some(block) = self.blocks.get_mut(index) else {
            self.blocks.push(vec![wait]);
            return;
        };
        add_in_order(block, wait);
        if block.len() > LONGEST_BLOCK {
            let upper = block.split_off(LONGEST_BLOCK / 2);
            self.blocks.insert(index + 1, upper);
        }
    }

    fn remove(&mut self, wait: i64) {
        let index = self.block_for(wait);
        let Some(block) = self.blocks.get_mut(index) else { return };
        let place = block.partition_point(|other| *other < wait);
        if block.get(place) == Some(&wait) {
            block.remove(place);
            self.len -= 1;
            if block.is_empty() && self.blocks.len() > 1 {
                self.blocks.remove(index);
            }
        }
    }

    /// The first block that ends with `wait` or more.
    fn block_for(&self, wait: i64) -> usize {
        if self.blocks.len() < 2 {
            return 0;
        }
        self.blocks.partition_point(|block| block.last().is_some_and(|last| *last < wait))
    }

    fn at(&self, mut rank: usize) -> Option<i64> {
        for block in &self.blocks {
            if let Some(wait) = block.get(rank) {
                return Some(*wait);
            }
            rank -= block.len();
        }
        None
    }

    /// The mean of the two in the middle where their number is even, as everybody has it.
    fn median(&self) -> Option<Minutes> {
        let lower = self.at(self.len.checked_sub(1)? / 2)?;
        let upper = if self.len.is_multiple_of(2) { self.at(self.len / 2)? } else { lower };
        half_of(lower + upper)
    }
}

/// Adds `wait` to an ascending list.
fn add_in_order(list: &mut Vec<i64>, wait: i64) {
    // Most queues call a handful an hour, and a few steps cost less than a search and a move of memory.
    const FEW: usize = 24;
    if list.len() > FEW {
        let place = list.partition_point(|other| *other < wait);
        list.insert(place, wait);
        return;
    }
    list.push(wait);
    let mut place = list.len() - 1;
    while place > 0 && list[place - 1] > wait {
        list[place] = list[place - 1];
        place -= 1;
    }
    list[place] = wait;
}

#[expect(clippy::cast_precision_loss, reason = "waits stay far below 2^52 ms")]
fn half_of(millis: i64) -> Option<Minutes> {
    Minutes::new(millis as f64 / 2.0 / MINUTE_MILLIS as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Many equal values, more than a block holds, removed in the order in which they came.
        #[test]
        fn ranks_are_those_of_a_sorted_list(
            waits in prop::collection::vec(0..40_i64, 1..1_500), kept in 1..900_usize,
        ) {
            let mut ranked = Ranked::default();
            for (index, wait) in waits.iter().enumerate() {
                ranked.insert(*wait);
                let first = (index + 1).saturating_sub(kept);
                if index >= kept {
                    ranked.remove(waits[first - 1]);
                }
                if index % 50 == 0 || index + 1 == waits.len() {
                    let mut sorted = waits[first..=index].to_vec();
                    sorted.sort_unstable();
                    let all: Vec<i64> = (0..ranked.len).map(|rank| ranked.at(rank).unwrap()).collect();
                    prop_assert_eq!(&all, &sorted);
                    let middle = (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) as f64 / 2.0;
                    prop_assert_eq!(ranked.median().unwrap().get(), middle / 60_000.0);
                }
            }
        }
    }

    #[test]
    fn nothing_has_no_median() {
        let mut ranked = Ranked::default();
        assert_eq!(ranked.median(), None);
        ranked.insert(60_000);
        ranked.remove(120_000);
        assert_eq!(ranked.median(), Minutes::new(1.0));
        ranked.remove(60_000);
        assert_eq!(ranked.median(), None);
        ranked.insert(120_000);
        assert_eq!(ranked.median(), Minutes::new(2.0));
    }
}
