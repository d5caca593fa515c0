//! The visits of new files added to those of an older history.
//!
//! Exports overlap: the last days of one are the first days of the next, and a visit that was open in the first is over
//! in the second. So a new row is looked up among the older visits, by its id where both have ids, by its content
//! otherwise. One that says what is there already is left out, one that knows more of a visit that was open takes its
//! place, and one whose id is there with another story is set aside: what an older history says is never overwritten by a
//! contradiction.
//!
//! Content is paired one to one: of three equal new rows, two repeat the two that are there, and the third is new. It
//! changes neither history; [`joined`] makes a third.

use std::collections::VecDeque;
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::RandomState;
use rayon::prelude::*;

use crate::base::Moment;

use super::{History, Texts, Visits};

/// The history that new files are added to.
#[derive(Debug)]
pub struct Parent {
    /// Its visits.
    pub history: History,
    /// Whether the ids of its visits are those of its sources, and not only numbers given at its import.
    pub has_ids: bool,
}

/// How the rows of a new table go with the visits of an older one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Overlap {
    /// New rows, each with the older row that says the same.
    pub repeats: Vec<(u32, u32)>,
    /// New rows, each with the older row of the same visit, which was open and of which the new one knows more.
    pub completes: Vec<(u32, u32)>,
    /// New rows, each with the older row that has its id and another story.
    pub contradicts: Vec<(u32, u32)>,
}

impl Overlap {
    /// Looks up the rows of `new` for which `is_wanted`. The results stand in the order of the new rows.
    pub fn find(old: &Visits, new: &Visits, by_id: bool, is_wanted: impl Fn(usize) -> bool + Sync) -> Overlap {
        let tables = Tables { old, new, hashes: RandomState::default() };
        let mut overlap = if by_id { tables.by_id(&is_wanted) } else { tables.by_content(&is_wanted) };
        for pairs in [&mut overlap.repeats, &mut overlap.completes, &mut overlap.contradicts] {
            pairs.sort_unstable();
        }
        overlap
    }
}

/// Whether an old row and a new one go together.
type Pairing<'a> = &'a dyn Fn(usize, usize) -> bool;

struct Tables<'a> {
    old: &'a Visits,
    new: &'a Visits,
    hashes: RandomState,
}

impl Tables<'_> {
    fn by_id(&self, is_wanted: &(dyn Fn(usize) -> bool + Sync)) -> Overlap {
        let (old, new) = (self.old, self.new);
        let key = |visits: &Visits, row: usize| Some(self.hashes.hash_one(visits.visit_id.get(row)));
        let of_one_id = |a: usize, b: usize| old.visit_id.get(a) == new.visit_id.get(b);
        let pairs = self.pairs(&|row| key(old, row), &|row| key(new, row).filter(|_| is_wanted(row)), &of_one_id);
        let mut overlap = Overlap::default();
        for (row, older) in pairs {
            let (a, b) = (older as usize, row as usize);
            let kind = if says_the_same(old, a, new, b) {
                &mut overlap.repeats
            } else if tells_more(old, a, new, b) {
                &mut overlap.completes
            } else {
                &mut overlap.contradicts
            };
            kind.push((row, older));
        }
        overlap
    }

    /// The keys hold all that has to agree, so that whoever shares one nearly always goes together, however many came in
    /// the same minute.
    fn by_content(&self, is_wanted: &(dyn Fn(usize) -> bool + Sync)) -> Overlap {
        let (old, new) = (self.old, self.new);
        let story = |visits: &Visits, row: usize| [visits.called[row], visits.finished[row], visits.left[row]];
        let whole = |visits: &Visits, row: usize| Some(self.key(visits, row, story(visits, row)));
        let repeats =
            self.pairs(&|row| whole(old, row), &|row| whole(new, row).filter(|_| is_wanted(row)), &|a, b| {
                says_the_same(old, a, new, b)
            });
        let mut overlap = Overlap { repeats, ..Overlap::default() };
        let mut is_old_free = vec![true; old.len()];
        let mut is_new_free = vec![true; new.len()];
        let take = |pairs: &[(u32, u32)], is_old_free: &mut [bool], is_new_free: &mut [bool]| {
            for (row, older) in pairs {
                (is_new_free[*row as usize], is_old_free[*older as usize]) = (false, false);
            }
        };
        take(&overlap.repeats, &mut is_old_free, &mut is_new_free);
        // First who had been called already, then who had not.
        for was_called in [true, false] {
            let open = |row: usize| {
                let is_open = old.called[row].is_some() == was_called && old.left[row].is_none();
                (is_old_free[row] && is_open && old.finished[row].is_none())
                    .then(|| self.key(old, row, [old.called[row], None, None]))
            };
            let later = |row: usize| {
                let called = new.called[row].filter(|_| was_called);
                (is_new_free[row] && is_wanted(row)).then(|| self.key(new, row, [called, None, None]))
            };
            let pairs = self.pairs(&open, &later, &|a, b| tells_more(old, a, new, b));
            take(&pairs, &mut is_old_free, &mut is_new_free);
            overlap.completes.extend(pairs);
        }
        overlap
    }

    fn key(&self, visits: &Visits, row: usize, story: [Option<Moment>; 3]) -> u64 {
        let mut hasher = self.hashes.build_hasher();
        (visits.site.get(row), visits.service.get(row), visits.arrived[row], story).hash(&mut hasher);
        (visits.priority[row], visits.channel[row], visits.booked_for[row]).hash(&mut hasher);
        (visits.open_counters[row], visits.people_ahead[row]).hash(&mut hasher);
        hasher.finish()
    }

    /// New rows with an old row of the same key that goes with them, each old row at most once.
    fn pairs(
        &self,
        old_key: &(dyn Fn(usize) -> Option<u64> + Sync),
        new_key: &(dyn Fn(usize) -> Option<u64> + Sync),
        goes: Pairing<'_>,
    ) -> Vec<(u32, u32)> {
        let mut newer: Vec<(u64, u32)> = keyed(self.new.len(), new_key).collect();
        newer.par_sort_unstable();
        let among_new = |key: u64| newer.binary_search_by(|(known, _)| known.cmp(&key)).is_ok();
        let mut older: Vec<(u64, u32)> =
            keyed(self.old.len(), old_key).filter(|(key, _)| among_new(*key)).collect();
        older.par_sort_unstable();
        let (mut pairs, mut rest) = (Vec::new(), older.as_slice());
        for group in newer.chunk_by(|a, b| a.0 == b.0) {
            rest = &rest[rest.partition_point(|(key, _)| *key < group[0].0)..];
            let (same, later) = rest.split_at(rest.partition_point(|(key, _)| *key == group[0].0));
            let mut free: VecDeque<u32> = same.iter().map(|(_, row)| *row).collect();
            for (_, row) in group {
                let place = free.iter().position(|older| goes(*older as usize, *row as usize));
                pairs.extend(place.and_then(|place| free.remove(place)).map(|older| (*row, older)));
            }
            rest = later;
        }
        pairs
    }
}

fn keyed<'a>(
    rows: usize,
    key: &'a (dyn Fn(usize) -> Option<u64> + Sync),
) -> impl ParallelIterator<Item = (u64, u32)> + 'a {
    (0..rows as u32).into_par_iter().filter_map(|row| Some((key(row as usize)?, row)))
}

fn is_same_arrival(old: &Visits, old_row: usize, new: &Visits, new_row: usize) -> bool {
    old.arrived[old_row] == new.arrived[new_row]
        && old.site.get(old_row) == new.site.get(new_row)
        && old.service.get(old_row) == new.service.get(new_row)
}

/// Whether two rows agree in everything but, perhaps, the id.
fn says_the_same(old: &Visits, old_row: usize, new: &Visits, new_row: usize) -> bool {
    is_same_arrival(old, old_row, new, new_row)
        && old.called[old_row] == new.called[new_row]
        && old.finished[old_row] == new.finished[new_row]
        && old.left[old_row] == new.left[new_row]
        && agree_in_the_rest(old, old_row, new, new_row)
}

/// Whether the new row is the old one at a later time: nothing that was known is different, and more is known of how the
/// visit went on.
fn tells_more(old: &Visits, old_row: usize, new: &Visits, new_row: usize) -> bool {
    let moments = [(&old.called, &new.called), (&old.finished, &new.finished), (&old.left, &new.left)];
    let keeps = moments.iter().all(|(old, new)| old[old_row].is_none_or(|known| new[new_row] == Some(known)));
    let adds = moments.iter().any(|(old, new)| old[old_row].is_none() && new[new_row].is_some());
    // Somebody who had left has not been called later.
    let is_open = old.left[old_row].is_none();
    keeps
        && adds
        && is_open
        && is_same_arrival(old, old_row, new, new_row)
        && agree_in_the_rest(old, old_row, new, new_row)
}

fn agree_in_the_rest(old: &Visits, old_row: usize, new: &Visits, new_row: usize) -> bool {
    let cell = |visits: &Visits, name: &str, row: usize| -> Option<String> {
        visits.extras.get(name).and_then(|extra| extra.get(row)).map(str::to_owned)
    };
    old.priority[old_row] == new.priority[new_row]
        && old.channel[old_row] == new.channel[new_row]
        && old.booked_for[old_row] == new.booked_for[new_row]
        && old.open_counters[old_row] == new.open_counters[new_row]
        && old.people_ahead[old_row] == new.people_ahead[new_row]
        && old
            .extras
            .keys()
            .chain(new.extras.keys())
            .all(|name| cell(old, name, old_row) == cell(new, name, new_row))
}

/// One table of an older history without `replaced` (ascending rows) and of new visits, in canonical order.
pub(super) fn joined(parent: Parent, replaced: &[u32], new: Visits) -> Visits {
    let mut old = parent.history.visits;
    old.remove(replaced);
    if !parent.has_ids {
        // Numbers of an earlier import say nothing; everybody is numbered anew.
        old.visit_id = (0..old.len()).map(|_| None).collect::<Texts>();
    }
    let mut visits = Visits::concat(vec![old, new]);
    visits.sort();
    if !parent.has_ids {
        visits.number();
    }
    visits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::history::{Visit, digest};
    use crate::base::Moment;

    fn visit(id: &str, minute: i64, called: Option<i64>, left: Option<i64>) -> Visit {
        let at = |minute: i64| Moment::from_seconds(1_750_000_000 + minute * 60).unwrap();
        Visit {
            visit_id: id.to_owned(),
            site: "Karaj".to_owned(),
            service: "s".to_owned(),
            arrived: at(minute),
            called: called.map(at),
            finished: None,
            left: left.map(at),
            priority: None,
            channel: None,
            booked_for: None,
            open_counters: None,
            people_ahead: None,
        }
    }

    fn table(visits: &[Visit]) -> Visits {
        visits.iter().cloned().collect()
    }

    #[test]
    fn by_id_a_row_repeats_completes_or_contradicts() {
        let old = table(&[
            visit("a", 0, Some(5), None),
            visit("b", 1, None, None),
            visit("c", 2, None, Some(9)),
            visit("d", 3, None, None),
        ]);
        let new = table(&[
            visit("c", 2, Some(9), Some(9)),
            visit("b", 1, Some(7), None),
            visit("a", 0, Some(5), None),
            visit("e", 0, Some(5), None),
            visit("d", 4, Some(5), None),
        ]);
        let overlap = Overlap::find(&old, &new, true, |_| true);
        assert_eq!(overlap.repeats, [(2, 0)]);
        assert_eq!(overlap.completes, [(1, 1)]);
        // Somebody who left is not called later, and an id does not move to another arrival.
        assert_eq!(overlap.contradicts, [(0, 2), (4, 3)]);
        assert_eq!(Overlap::find(&old, &new, true, |row| row == 3), Overlap::default());
    }

    #[test]
    fn by_content_equal_rows_are_paired_one_to_one() {
        let twice = visit("", 0, Some(5), None);
        let old = table(&[twice.clone(), twice.clone(), visit("", 1, None, None)]);
        let new = table(&[twice.clone(), twice.clone(), twice, visit("", 1, None, Some(4))]);
        let overlap = Overlap::find(&old, &new, false, |_| true);
        assert_eq!(overlap.repeats.len(), 2);
        assert_eq!(overlap.completes, [(3, 2)]);
        assert_eq!(overlap.contradicts, []);
    }

    proptest! {
        /// Two exports that overlap, added one after the other, are the history that one export of all would be.
        #[test]
        fn two_exports_are_one_history(
            arrivals in prop::collection::vec((0..40_i64, prop::option::of(0..20_i64)), 1..40),
            cut in 0..40_i64,
            back in 0..20_i64,
            has_ids in any::<bool>(),
        ) {
            let whole: Vec<Visit> = arrivals
                .iter()
                .enumerate()
                .map(|(index, (minute, wait))| {
                    let id = if has_ids { index.to_string() } else { String::new() };
                    visit(&id, *minute, wait.map(|wait| minute + wait), None)
                })
                .collect();
            // What was known at the cut, and a second export that reaches back before it.
            let known = |visit: &Visit| {
                let now = Moment::from_seconds(1_750_000_000 + cut * 60).unwrap();
                (visit.arrived < now).then(|| Visit {
                    called: visit.called.filter(|called| *called < now),
                    ..visit.clone()
                })
            };
            let first: Vec<Visit> = whole.iter().filter_map(known).collect();
            let from = Moment::from_seconds(1_750_000_000 + (cut - back) * 60).unwrap();
            let second: Vec<Visit> = whole
                .iter()
                .filter(|visit| visit.arrived >= from || visit.called.is_none_or(|called| called >= from))
                .cloned()
                .collect();
            let blank = |mut visits: Visits| {
                if !has_ids {
                    visits.visit_id = (0..visits.len()).map(|_| None).collect();
                }
                visits
            };
            let history = |visits: Visits| History { visits, ..History::default() };
            let mut all = blank(table(&whole));
            all.sort();
            let mut old = blank(table(&first));
            old.sort();
            if !has_ids {
                all.number();
                old.number();
            }
            let mut new = blank(table(&second));
            let overlap = Overlap::find(&old, &new, has_ids, |_| true);
            prop_assert_eq!(&overlap.contradicts, &[]);
            let repeated: Vec<u32> = overlap.repeats.iter().map(|(row, _)| *row).collect();
            new.remove(&repeated);
            let mut replaced: Vec<u32> = overlap.completes.iter().map(|(_, row)| *row).collect();
            replaced.sort_unstable();
            let parent = Parent { history: history(old), has_ids };
            let both = joined(parent, &replaced, new);
            prop_assert_eq!(digest(&history(both)), digest(&history(all)));
        }
    }
}
