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
    ages: Ages,
}

impl RecentTimes {
    pub fn push(&mut self, millis: i64) {
        self.ages.add(millis, self.times.len());
        self.times.push_back(millis);
    }

    pub fn counts(&mut self, now: i64) -> [u32; 3] {
        for width in 0..WIDTHS_MILLIS.len() {
            while self.ages.is_too_old(width, now) {
                let next = self.times.get(self.ages.old[width] + 1);
                self.ages.forget(width, next.copied());
            }
        }
        let counts = self.ages.counts(self.times.len());
        // The widest keeps none of those that are too old for it.
        self.times.drain(..self.ages.forgotten_by_all(usize::MAX));
        counts
    }
}

/// Which of some moments in order are too old for each of the [`RECENT_MINUTES`].
struct Ages {
    /// For each width, how many of the moments are too old for it.
    old: [usize; 3],
    /// For each width, when the first that is not becomes so: most looks go no further than this.
    until: [i64; 3],
}

impl Default for Ages {
    fn default() -> Ages {
        Ages { old: [0; 3], until: [i64::MAX; 3] }
    }
}

impl Ages {
    /// A moment is added after `before` others.
    fn add(&mut self, millis: i64, before: usize) {
        for ((old, until), width) in self.old.iter().zip(&mut self.until).zip(WIDTHS_MILLIS) {
            if *old == before {
                *until = millis + width;
            }
        }
    }

    /// Whether the first moment that counts for this width no longer does.
    fn is_too_old(&self, width: usize, now: i64) -> bool {
        self.until[width] < now
    }

    /// The first moment that counts for this width no longer does; `next` comes after it.
    fn forget(&mut self, width: usize, next: Option<i64>) {
        self.old[width] += 1;
        self.until[width] = next.map_or(i64::MAX, |millis| millis + WIDTHS_MILLIS[width]);
    }

    /// How many of `all` moments count for each width.
    fn counts(&self, all: usize) -> [u32; 3] {
        let count = |old: usize| u32::try_from(all - old).unwrap_or(u32::MAX);
        // Written out, here and below: `map` of an array is a call for each of its few elements.
        let [short, middle, long] = self.old;
        [count(short), count(middle), count(long)]
    }

    /// How many of the moments count for no width, `most` at the most: they can be dropped.
    fn forgotten_by_all(&mut self, most: usize) -> usize {
        let gone = self.old[2].min(most);
        self.old.iter_mut().for_each(|old| *old -= gone);
        gone
    }
}

/// Calls in order with their waits, in milliseconds.
#[derive(Default)]
pub(super) struct RecentCalls {
    /// The call and the wait; as many as the widest window or the last medians need.
    calls: VecDeque<(i64, i64)>,
    ages: Ages,
    timed: [Ranked; 3],
    last: [Ranked; 2],
}

impl RecentCalls {
    /// Adds a call; `timed` and `last` say which medians will be asked for.
    pub fn push(&mut self, called: i64, wait: i64, timed: bool, last: bool) {
        if timed {
            self.timed.iter_mut().for_each(|window| window.insert(wait));
        }
        if last {
            for (window, size) in self.last.iter_mut().zip(LAST_WAITS) {
                match self.calls.len().checked_sub(size).and_then(|left| self.calls.get(left)) {
                    Some((_, left)) => window.replace(*left, wait),
                    None => window.insert(wait),
                }
            }
        }
        self.ages.add(called, self.calls.len());
        self.calls.push_back((called, wait));
    }

    /// Forgets what lies too far before `now`, and counts what is left.
    pub fn counts(&mut self, now: i64, timed: bool) -> [u32; 3] {
        for (width, window) in self.timed.iter_mut().enumerate() {
            while self.ages.is_too_old(width, now) {
                let old = self.ages.old[width];
                if timed && let Some((_, wait)) = self.calls.get(old) {
                    window.remove(*wait);
                }
                self.ages.forget(width, self.calls.get(old + 1).map(|(called, _)| *called));
            }
        }
        let counts = self.ages.counts(self.calls.len());
        // The last medians need a few, however long ago they were.
        let spare = self.calls.len().saturating_sub(LAST_WAITS[1]);
        self.calls.drain(..self.ages.forgotten_by_all(spare));
        counts
    }

    /// The medians of the windows of time; after [`RecentCalls::counts`].
    pub fn timed_medians(&self) -> [Option<Minutes>; 3] {
        let [short, middle, long] = &self.timed;
        [short.median(), middle.median(), long.median()]
    }

    /// The medians of the last waits.
    pub fn last_medians(&self) -> [Option<Minutes>; 2] {
        let [few, more] = &self.last;
        [few.median(), more.median()]
    }
}

/// Waits in ascending order. Most queues call a handful an hour: these stand in one short list at hand. Many thousands stand
/// in blocks, so that adding one moves few.
struct Ranked {
    /// All of them, where `blocks` is empty.
    few: [i64; MOST_FEW],
    /// None is empty.
    blocks: Vec<Vec<i64>>,
    len: usize,
}

const MOST_FEW: usize = 28;
/// A block is cut in two where it would grow beyond this.
const LONGEST_BLOCK: usize = 256;

impl Default for Ranked {
    fn default() -> Ranked {
        Ranked { few: [0; MOST_FEW], blocks: Vec::new(), len: 0 }
    }
}

impl Ranked {
    fn insert(&mut self, wait: i64) {
        if self.blocks.is_empty() {
            if let Some(few) = self.few.get_mut(..=self.len) {
                few[self.len] = wait;
                sink(few, self.len);
                self.len += 1;
                return;
            }
            self.blocks.push(self.few.to_vec());
        }
        self.len += 1;
        let index = self.block_for(wait).min(self.blocks.len() - 1);
        let block = &mut self.blocks[index];
        let place = block.partition_point(|other| *other < wait);
        block.insert(place, wait);
        if block.len() > LONGEST_BLOCK {
            let upper = block.split_off(LONGEST_BLOCK / 2);
            self.blocks.insert(index + 1, upper);
        }
    }

    fn remove(&mut self, wait: i64) {
        if self.blocks.is_empty() {
            let few = &mut self.few[..self.len];
            let Some(place) = few.iter().position(|other| *other == wait) else { return };
            for at in place + 1..few.len() {
                few[at - 1] = few[at];
            }
            self.len -= 1;
            return;
        }
        let index = self.block_for(wait);
        let Some(block) = self.blocks.get_mut(index) else { return };
        let place = block.partition_point(|other| *other < wait);
        if block.get(place) != Some(&wait) {
            return;
        }
        block.remove(place);
        self.len -= 1;
        if block.is_empty() {
            self.blocks.remove(index);
        }
        // Half of what fits, so that a window at the limit does not move to and fro.
        if self.len <= MOST_FEW / 2 {
            let all = self.blocks.drain(..).flatten();
            self.few.iter_mut().zip(all).for_each(|(place, wait)| *place = wait);
        }
    }

    /// Removes `old` and adds `new`.
    fn replace(&mut self, old: i64, new: i64) {
        let few = &mut self.few[..self.len.min(MOST_FEW)];
        match few.iter().position(|other| *other == old) {
            Some(place) if self.blocks.is_empty() => {
                few[place] = new;
                sink(few, place);
                rise(few, place);
            }
            _ => {
                self.remove(old);
                self.insert(new);
            }
        }
    }

    /// The first block that ends with `wait` or more.
    fn block_for(&self, wait: i64) -> usize {
        self.blocks.partition_point(|block| block.last().is_some_and(|last| *last < wait))
    }

    fn at(&self, mut rank: usize) -> Option<i64> {
        if self.blocks.is_empty() {
            return self.few[..self.len].get(rank).copied();
        }
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

/// Moves what stands at `place` down to where nothing larger stands before it.
fn sink(list: &mut [i64], mut place: usize) {
    while place > 0 && list[place - 1] > list[place] {
        list.swap(place - 1, place);
        place -= 1;
    }
}

/// Moves what stands at `place` up to where nothing smaller stands after it.
fn rise(list: &mut [i64], mut place: usize) {
    while place + 1 < list.len() && list[place + 1] < list[place] {
        list.swap(place, place + 1);
        place += 1;
    }
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
                let first = (index + 1).saturating_sub(kept);
                match index >= kept {
                    true if index % 3 == 0 => ranked.replace(waits[first - 1], *wait),
                    true => {
                        ranked.insert(*wait);
                        ranked.remove(waits[first - 1]);
                    }
                    false => ranked.insert(*wait),
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

    proptest! {
        /// Windows grow over what fits at hand and shrink again.
        #[test]
        fn a_window_that_empties_is_what_it_was(
            waits in prop::collection::vec(prop_oneof![0..1_000_i64, (1 << 31) - 2..(1 << 31) + 2_i64], 1..120),
        ) {
            let mut ranked = Ranked::default();
            waits.iter().for_each(|wait| ranked.insert(*wait));
            for (index, wait) in waits.iter().enumerate() {
                let mut sorted = waits[index..].to_vec();
                sorted.sort_unstable();
                let all: Vec<i64> = (0..ranked.len).map(|rank| ranked.at(rank).unwrap()).collect();
                prop_assert_eq!(all, sorted);
                prop_assert_eq!(ranked.at(ranked.len), None);
                ranked.remove(*wait);
            }
            prop_assert_eq!(ranked.median(), None);
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
