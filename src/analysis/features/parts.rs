//! Which parts of the queue's state are asked for, so that a sweep for three features does the work of three.

use serde::{Deserialize, Serialize};

/// A set of parts of a [`super::QueueState`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts(u16);

impl Parts {
    /// Nothing.
    pub const NONE: Parts = Parts(0);
    /// `people_ahead`.
    pub const LINE: Parts = Parts(1);
    /// `people_called_before`.
    pub const CLASSES: Parts = Parts(1 << 1);
    /// `in_service`.
    pub const SERVICE: Parts = Parts(1 << 2);
    /// `site_waiting` and `site_in_service`.
    pub const SITE: Parts = Parts(1 << 3);
    /// `head_of_line`.
    pub const HEAD: Parts = Parts(1 << 4);
    /// `last_wait`.
    pub const LAST_WAIT: Parts = Parts(1 << 5);
    /// `arrivals_15min`, `arrivals_30min`, `arrivals_60min`.
    pub const ARRIVALS: Parts = Parts(1 << 6);
    /// `calls_15min`, `calls_30min`, `calls_60min`.
    pub const CALLS: Parts = Parts(1 << 7);
    /// `mean_service`.
    pub const MEAN_SERVICE: Parts = Parts(1 << 8);
    /// `avg_wait_last_week`.
    pub const LAST_WEEK: Parts = Parts(1 << 9);
    /// The medians of the last waits.
    pub const LAST_MEDIANS: Parts = Parts(1 << 10);
    /// The medians of the last minutes.
    pub const RECENT_MEDIANS: Parts = Parts(1 << 11);
    /// `opening_minute`.
    pub const OPENING: Parts = Parts(1 << 12);
    /// Not of the queue: what the source states of the visit itself, and of the counters.
    pub const VISIT: Parts = Parts(1 << 13);
    /// Everything.
    pub const ALL: Parts = Parts((1 << 14) - 1);
    /// Everything but [`Parts::VISIT`].
    pub const OF_QUEUE: Parts = Parts((1 << 13) - 1);

    /// What is in either.
    #[must_use]
    pub const fn and(self, other: Parts) -> Parts {
        Parts(self.0 | other.0)
    }

    /// Whether any part of `other` is in `self`.
    #[must_use]
    pub const fn any(self, other: Parts) -> bool {
        self.0 & other.0 != 0
    }
}

/// Which of two priority classes is called first. A source's numbers do not say so themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriorityOrder {
    /// Class 2 goes before class 1: the larger number is more urgent.
    #[default]
    LargerFirst,
    /// Class 1 goes before class 2.
    SmallerFirst,
    /// Classes say nothing about the order.
    NoOrder,
}

impl PriorityOrder {
    /// How urgent a class is: a larger rank is called first. A visit without a class is the least urgent.
    #[must_use]
    pub fn rank(self, priority: Option<u8>) -> u16 {
        match (self, priority) {
            (_, None) | (PriorityOrder::NoOrder, _) => 0,
            (PriorityOrder::LargerFirst, Some(class)) => u16::from(class) + 1,
            (PriorityOrder::SmallerFirst, Some(class)) => 256 - u16::from(class),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_urgent_class_has_the_larger_rank() {
        let rank = PriorityOrder::LargerFirst;
        assert!(rank.rank(Some(2)) > rank.rank(Some(1)));
        assert!(rank.rank(Some(0)) > rank.rank(None));
        let rank = PriorityOrder::SmallerFirst;
        assert!(rank.rank(Some(1)) > rank.rank(Some(2)));
        assert!(rank.rank(Some(255)) > rank.rank(None));
        assert_eq!(PriorityOrder::NoOrder.rank(Some(2)), PriorityOrder::NoOrder.rank(None));
    }

    #[test]
    fn all_is_every_part() {
        let parts = [Parts::LINE, Parts::OPENING, Parts::LAST_WEEK, Parts::RECENT_MEDIANS];
        assert!(parts.iter().all(|part| Parts::OF_QUEUE.any(*part) && Parts::ALL.any(*part)));
        assert!(Parts::ALL.any(Parts::VISIT) && !Parts::OF_QUEUE.any(Parts::VISIT));
        assert!(!Parts::NONE.any(Parts::ALL));
        assert!(!Parts::LINE.and(Parts::HEAD).any(Parts::SITE));
    }
}
