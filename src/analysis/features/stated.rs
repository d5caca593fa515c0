//! The people ahead that a source states, against those that the sweep counts.
//!
//! Where a mapped column holds people ahead, it is used instead of the count. How far the two agree says whether the
//! column means what it was taken for, and whether arrivals or calls are missing from the history.

use crate::analysis::history::{History, PriorityOrder};
use crate::base::calendar::LocalTime;
use crate::base::{Cancelled, Task};

use super::arrival::QueueState;
use super::batch::Record;
use super::parts::Parts;
use super::replay::{by_site, replay};
use super::sweep::Sink;

/// How far stated and counted people ahead agree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Arrivals at which the source states it.
    pub n: u64,
    /// The mean of stated − counted, in people.
    pub mean_difference: f64,
    /// The share at which both are the same.
    pub equal_share: f64,
    /// Pearson's correlation; `None` where either never varies.
    pub correlation: Option<f64>,
}

/// How far the people ahead that `history` states agree with those that are counted; `None` where it states none.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub fn stated_against_counted(history: &History, task: &Task) -> Result<Option<Agreement>, Cancelled> {
    if history.visits.people_ahead.iter().all(Option::is_none) {
        return Ok(None);
    }
    // Where classes say nothing, those who are called before somebody are all who wait: our own count.
    let parts = Parts::LINE.and(Parts::CLASSES);
    let mut sums = Sums::default();
    replay(
        history,
        PriorityOrder::NoOrder,
        parts,
        (task, "stage.queues"),
        |_| Pairs::default(),
        |_, lanes| {
            let of_site = by_site(lanes, |pairs: &Pairs| std::slice::from_ref(&pairs.sums));
            sums = Sums::default();
            of_site.into_iter().flatten().for_each(|of_site| sums.add(of_site));
        },
    )?;
    Ok(sums.agreement())
}

/// Collects the pairs of one site.
#[derive(Default)]
struct Pairs {
    sums: Sums,
    stated: Option<u32>,
    state: QueueState,
}

/// Exact, so that it does not matter in which order sites are added.
#[derive(Clone, Copy, Default)]
struct Sums {
    n: u64,
    equal: u64,
    stated: u128,
    counted: u128,
    stated_squared: u128,
    counted_squared: u128,
    products: u128,
}

impl Pairs {
    /// The state has been written by now.
    fn settle(&mut self) {
        if let (Some(stated), Some(counted)) = (self.stated.take(), self.state.people_called_before) {
            let (s, c) = (u128::from(stated), u128::from(counted));
            self.sums.add(&Sums {
                n: 1,
                equal: u64::from(stated == counted),
                stated: s,
                counted: c,
                stated_squared: s * s,
                counted_squared: c * c,
                products: s * c,
            });
        }
    }
}

impl Sink for Pairs {
    fn begin(&mut self) {}

    fn next(&mut self, record: &Record, _: LocalTime) -> &mut QueueState {
        self.settle();
        self.stated = record.people_ahead;
        &mut self.state
    }

    fn end(&mut self) {
        self.settle();
    }
}

impl Sums {
    fn add(&mut self, other: &Sums) {
        self.n += other.n;
        self.equal += other.equal;
        self.stated += other.stated;
        self.counted += other.counted;
        self.stated_squared += other.stated_squared;
        self.counted_squared += other.counted_squared;
        self.products += other.products;
    }

    #[expect(clippy::cast_precision_loss, reason = "the sums are exact; what is read off them need not be")]
    fn agreement(&self) -> Option<Agreement> {
        if self.n == 0 {
            return None;
        }
        let n = self.n as f64;
        let (stated, counted) = (self.stated as f64 / n, self.counted as f64 / n);
        let variance = |squared: u128, mean: f64| (squared as f64 / n - mean * mean).max(0.0);
        let spread = (variance(self.stated_squared, stated) * variance(self.counted_squared, counted)).sqrt();
        let correlation = (self.products as f64 / n - stated * counted) / spread;
        Some(Agreement {
            n: self.n,
            mean_difference: stated - counted,
            equal_share: self.equal as f64 / n,
            correlation: (spread > 0.0).then(|| correlation.clamp(-1.0, 1.0)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::oracle::history;
    use super::super::tests::bare_visit;
    use super::*;

    /// The count is 0, 1, 2, 3: nobody leaves.
    fn agreement(stated: [Option<u32>; 4]) -> Option<Agreement> {
        let visits = (0..).zip(stated).map(|(minute, people_ahead)| {
            let mut visit = bare_visit(&minute.to_string(), minute);
            visit.people_ahead = people_ahead;
            visit
        });
        stated_against_counted(&history(visits.collect()), &Task::default()).unwrap()
    }

    #[test]
    fn what_the_source_states_is_held_against_our_count() {
        let same = agreement([Some(0), Some(1), Some(2), Some(3)]).unwrap();
        assert_eq!((same.n, same.mean_difference, same.equal_share), (4, 0.0, 1.0));
        assert!((same.correlation.unwrap() - 1.0).abs() < 1e-12);
        // numpy.corrcoef([0, 2, 2, 8], [0, 1, 2, 3])[0, 1]
        let other = agreement([Some(0), Some(2), Some(2), Some(8)]).unwrap();
        assert_eq!((other.mean_difference, other.equal_share), (1.5, 0.5));
        assert!((other.correlation.unwrap() - 0.894_427_190_999_915_9).abs() < 1e-12);
        let some = agreement([None, Some(3), None, Some(3)]).unwrap();
        assert_eq!((some.n, some.mean_difference, some.equal_share, some.correlation), (2, 1.0, 0.5, None));
        assert_eq!(agreement([None; 4]), None);
    }
}
