//! Which parts of the queue's state are asked for, so that a sweep for three features does the work of three.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_every_part() {
        let parts = [Parts::LINE, Parts::OPENING, Parts::LAST_WEEK, Parts::RECENT_MEDIANS];
        assert!(parts.iter().all(|part| Parts::OF_QUEUE.any(*part) && Parts::ALL.any(*part)));
        assert!(Parts::ALL.any(Parts::VISIT) && !Parts::OF_QUEUE.any(Parts::VISIT));
        assert!(!Parts::NONE.any(Parts::ALL));
        assert!(!Parts::LINE.and(Parts::HEAD).any(Parts::SITE));
    }
}
