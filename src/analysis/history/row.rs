//! One visit as a row of a source gives it, before it goes into columns.

use std::borrow::Cow;

use crate::base::Moment;

use super::Channel;
use super::checks::Marks;

/// A visit that borrows its texts from the row where it can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowVisit<'a> {
    /// The source's id; empty where it names none.
    pub visit_id: Cow<'a, str>,
    /// The site, in one spelling.
    pub site: Cow<'a, str>,
    /// The service, in one spelling.
    pub service: Cow<'a, str>,
    /// The arrival.
    pub arrived: Moment,
    /// The call.
    pub called: Option<Moment>,
    /// The end of service.
    pub finished: Option<Moment>,
    /// The departure without service.
    pub left: Option<Moment>,
    /// The priority class.
    pub priority: Option<u8>,
    /// How the visit came about.
    pub channel: Option<Channel>,
    /// The booked time.
    pub booked_for: Option<Moment>,
    /// Counters open at the arrival.
    pub open_counters: Option<u32>,
    /// People ahead at the arrival.
    pub people_ahead: Option<u32>,
    /// The wait that the source states beside the moments; in milliseconds.
    pub stated_wait_millis: Option<i64>,
    /// The checks that found something in the row and let it pass or repaired it.
    pub marks: Marks,
}
