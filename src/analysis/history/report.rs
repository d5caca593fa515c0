//! What became of each row of a source.
//!
//! The invariant: `read = accepted + repaired + quarantined + duplicate`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $id:literal),* $(,)?) => {
        /// Why a row was set aside.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Reason {
            $($(#[$doc])* $name),*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &[Reason] = &[$(Reason::$name),*];

            /// The name in files; `quarantine.ID` is the sentence for people.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self {
                    $(Reason::$name => $id),*
                }
            }
        }
    };
}

reasons! {
    /// The mapping says that such rows are not visits.
    NotAVisit = "not_a_visit",
    /// Another number of cells than the header has.
    WrongWidth = "wrong_width",
    /// Bytes that are not UTF-8.
    NotUtf8 = "not_utf8",
    /// A part of the visit's id is empty.
    NoVisitId = "no_visit_id",
    /// No site.
    NoSite = "no_site",
    /// No service.
    NoService = "no_service",
    /// No arrival.
    NoArrival = "no_arrival",
    /// The arrival is not a time, or no such time exists at the site.
    BadArrival = "bad_arrival",
    /// The call, or the wait, cannot be read.
    BadCall = "bad_call",
    /// The end of service cannot be read.
    BadFinish = "bad_finish",
    /// The departure cannot be read.
    BadLeave = "bad_leave",
    /// The booked time cannot be read.
    BadBooking = "bad_booking",
    /// The priority is not a small whole number.
    BadPriority = "bad_priority",
    /// The open counters are not a whole number.
    BadOpenCounters = "bad_open_counters",
    /// The people ahead are not a whole number.
    BadPeopleAhead = "bad_people_ahead",
    /// Called before having arrived: a negative wait.
    CalledBeforeArrived = "called_before_arrived",
    /// Finished before being called.
    FinishedBeforeCalled = "finished_before_called",
    /// Left before having arrived.
    LeftBeforeArrived = "left_before_arrived",
    /// A wait or a service of more than a day.
    StayTooLong = "stay_too_long",
}

impl Reason {
    /// The reason for an unreadable cell of the canonical column `field`.
    pub(super) fn bad_time(field: &str) -> Reason {
        match field {
            "called" => Reason::BadCall,
            "finished" => Reason::BadFinish,
            "left" => Reason::BadLeave,
            "booked_for" => Reason::BadBooking,
            _ => Reason::BadArrival,
        }
    }
}

/// The account of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Rows of the source, without the header.
    pub read: u64,
    /// Rows that became visits as they stood.
    pub accepted: u64,
    /// Rows that became visits after a correction of the mapping.
    pub repaired: u64,
    /// Rows whose visit id came before.
    pub duplicate: u64,
    /// Rows set aside.
    pub quarantined: u64,
    /// The rows set aside, by reason.
    pub reasons: BTreeMap<Reason, u64>,
    /// Visits that were called.
    pub served: u64,
    /// Visits that left unserved: their waits are censored.
    pub abandoned: u64,
    /// Visits that were neither called nor gone.
    pub unfinished: u64,
}

impl ImportReport {
    /// Whether every row is accounted for.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.read == self.accepted + self.repaired + self.duplicate + self.quarantined
            && self.quarantined == self.reasons.values().sum::<u64>()
            && self.accepted + self.repaired == self.served + self.abandoned + self.unfinished
    }

    pub(super) fn set_aside(&mut self, reason: Reason) {
        self.quarantined += 1;
        *self.reasons.entry(reason).or_default() += 1;
    }
}
