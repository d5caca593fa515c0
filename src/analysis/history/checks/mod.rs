//! Everything that an import can find, each by one name, and what is done about it.
//!
//! A [`Check`] permits some [`Action`]s and does one of them unless the mapping says otherwise. What would break the
//! order of a visit's moments can be repaired or set aside, but not accepted: the queue's sweep relies on that order.

mod duplicates;
mod order;
mod settings;
mod shape;
mod spans;
mod table;

pub use duplicates::DuplicatePolicy;
pub use order::settle;
pub use settings::{CheckSettings, SettingsError};
pub use shape::{ShapeProfile, Shift};
pub use spans::SpanColumns;
pub use table::{NotEvaluated, TableAccount, TableContext, Why, check_table};

use serde::{Deserialize, Serialize};

/// What is done about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The row becomes a visit after what is wrong was mended or left out; [`Check`] says how.
    Repair,
    /// The row is set aside, with its reason.
    Quarantine,
    /// The row becomes a visit as it stands, and the finding is told.
    Accept,
}

impl Action {
    /// The name in files; `action.ID` is the name for people.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Action::Repair => "repair",
            Action::Quarantine => "quarantine",
            Action::Accept => "accept",
        }
    }
}

macro_rules! checks {
    ($($(#[$doc:meta])* $name:ident = $id:literal, [$($action:ident),+]);* $(;)?) => {
        /// Something that an import can find. The first permitted action is what is done by default.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[repr(u8)]
        pub enum Check {
            $($(#[$doc])* $name),*
        }

        impl Check {
            /// Every check.
            pub const ALL: &[Check] = &[$(Check::$name),*];

            /// The name in files; `check.ID` is the name for people and `check.ID_why` the sentence.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self {
                    $(Check::$name => $id),*
                }
            }

            /// What may be done about it; the first is done by default.
            #[must_use]
            pub fn actions(self) -> &'static [Action] {
                match self {
                    $(Check::$name => &[$(Action::$action),+]),*
                }
            }
        }
    };
}

checks! {
    /// The mapping says that such rows are not visits.
    NotAVisit = "not_a_visit", [Quarantine];
    /// Another number of cells than the header has.
    WrongWidth = "wrong_width", [Quarantine];
    /// Bytes that are not text in the source's encoding.
    NotText = "not_text", [Quarantine];
    /// A part of the visit's id is empty.
    NoVisitId = "no_visit_id", [Quarantine];
    /// No site.
    NoSite = "no_site", [Quarantine];
    /// No service.
    NoService = "no_service", [Quarantine];
    /// No arrival.
    NoArrival = "no_arrival", [Quarantine];
    /// The arrival is not a time.
    BadArrival = "bad_arrival", [Quarantine];
    /// The call, or the wait, cannot be read. Repaired: the call is unknown.
    BadCall = "bad_call", [Quarantine, Repair];
    /// The end of service cannot be read. Repaired: it is unknown.
    BadFinish = "bad_finish", [Quarantine, Repair];
    /// The departure cannot be read. Repaired: it is unknown.
    BadLeave = "bad_leave", [Quarantine, Repair];
    /// The booked time cannot be read. Repaired: it is unknown.
    BadBooking = "bad_booking", [Quarantine, Repair];
    /// The priority is not a small whole number. Repaired: it is unknown.
    BadPriority = "bad_priority", [Quarantine, Repair];
    /// The open counters are not a whole number. Repaired: they are unknown.
    BadOpenCounters = "bad_open_counters", [Quarantine, Repair];
    /// The people ahead are not a whole number. Repaired: they are unknown.
    BadPeopleAhead = "bad_people_ahead", [Quarantine, Repair];
    /// Called before having arrived, or a wait below zero. Repaired: call and end of service are unknown.
    CalledBeforeArrived = "called_before_arrived", [Quarantine, Repair];
    /// Finished before being called. Repaired: the end of service is unknown.
    FinishedBeforeCalled = "finished_before_called", [Quarantine, Repair];
    /// Left before having arrived. Repaired: the departure is unknown.
    LeftBeforeArrived = "left_before_arrived", [Quarantine, Repair];
    /// A wait above the cap. Repaired: call and end of service are unknown.
    WaitAboveCap = "wait_above_cap", [Quarantine, Repair];
    /// A service above the cap. Repaired: the end of service is unknown.
    ServiceAboveCap = "service_above_cap", [Quarantine, Repair];
    /// A stated wait that disagrees with the stated moments by more than the tolerance.
    WaitDisagrees = "wait_disagrees", [Accept, Quarantine];
    /// A length of time below zero in a column that is not the wait.
    NegativeSpan = "negative_span", [Accept, Quarantine];
    /// A cell that begins as the mapping's corrections say.
    KnownMistake = "known_mistake", [Repair];
    /// A row that the mapping marks as doubtful.
    Doubtful = "doubtful", [Accept, Quarantine];
    /// Cells with spaces around them. Repaired: without.
    PaddedCells = "padded_cells", [Repair];
    /// Cells that stand one or more columns to the side. Repaired: moved back, where one way of doing so fits.
    ShiftedColumns = "shifted_columns", [Quarantine, Repair];
    /// A time that the clock on the wall showed twice. Repaired: the first is meant.
    AmbiguousHour = "ambiguous_hour", [Repair, Quarantine];
    /// A time that the clock on the wall skipped. Repaired: it counts on from before the gap.
    SkippedHour = "skipped_hour", [Repair, Quarantine];
    /// An arrival after the time of the import.
    FutureDate = "future_date", [Quarantine, Accept];
    /// An arrival whole centuries away from all others. Repaired: in their century.
    WrongCentury = "wrong_century", [Repair, Quarantine, Accept];
    /// An arrival at the turn of a year whose year is that of its week. Repaired: in the year of its neighbours.
    WrongYear = "wrong_year", [Repair, Quarantine, Accept];
    /// A visit id that came before, with another content. Repaired: the first is kept.
    DuplicateId = "duplicate_id", [Repair, Quarantine];
    /// A row whose content came before. Repaired: the first is kept.
    DuplicateRow = "duplicate_row", [Repair, Accept];
    /// A site's clock went back between two rows of a source that is in order.
    ClockJump = "clock_jump", [Accept];
    /// A site's clock stood still: many arrivals at one instant.
    StuckClock = "stuck_clock", [Accept];
    /// Names that differ only in ي/ی, ك/ک, case, spaces, half-spaces, marks or a full stop. Repaired: the most frequent.
    NearDuplicateName = "near_duplicate_name", [Repair, Accept];
    /// A column with one value.
    ConstantColumn = "constant_column", [Accept];
    /// An extra column that is only known after the arrival. Repaired: left out.
    LeakingColumn = "leaking_column", [Repair, Accept];
    /// A column with personal data. Repaired: left out, or replaced by a keyed hash, as the mapping says.
    PersonalData = "personal_data", [Repair, Accept];
    /// A site without visits from some day on.
    VanishedSite = "vanished_site", [Accept];
    /// A site without visits until some day.
    AppearedSite = "appeared_site", [Accept];
    /// Days on which a site that was open lacks hours of its usual day.
    MissingHours = "missing_hours", [Accept];
    /// A line that cannot be taken apart: a quote that is never closed, or JSON that is not an object.
    BrokenRecord = "broken_record", [Quarantine];
    /// A visit that the data set added to has already. Repaired: left out.
    RepeatsParent = "repeats_parent", [Repair];
    /// A visit that was open in the data set added to, and of which more is known here: it takes the older one's place.
    CompletesParent = "completes_parent", [Accept];
    /// A visit id that the data set added to has with another story. Repaired: the older one is kept.
    ContradictsParent = "contradicts_parent", [Quarantine, Repair];
}

impl Check {
    /// What is done about it unless the mapping says otherwise.
    #[must_use]
    pub fn default_action(self) -> Action {
        self.actions().first().copied().unwrap_or(Action::Quarantine)
    }

    /// Whether more than one row is needed to find it, so that a few rows of a file do not tell.
    #[must_use]
    pub fn needs_every_row(self) -> bool {
        matches!(
            self,
            Check::FutureDate
                | Check::WrongCentury
                | Check::WrongYear
                | Check::DuplicateId
                | Check::DuplicateRow
                | Check::ClockJump
                | Check::StuckClock
                | Check::NearDuplicateName
                | Check::ConstantColumn
                | Check::LeakingColumn
                | Check::PersonalData
                | Check::VanishedSite
                | Check::AppearedSite
                | Check::MissingHours
        )
    }

    /// The check for an unreadable cell of the canonical column `field`.
    pub(in crate::analysis::history) fn bad_time(field: &str) -> Check {
        match field {
            "called" => Check::BadCall,
            "finished" => Check::BadFinish,
            "left" => Check::BadLeave,
            "booked_for" => Check::BadBooking,
            _ => Check::BadArrival,
        }
    }
}

/// The checks that found something in one row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(u64);

impl Marks {
    /// Adds `check`.
    pub fn add(&mut self, check: Check) {
        self.0 |= 1 << check as u8;
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `check` is among them.
    #[must_use]
    pub fn has(self, check: Check) -> bool {
        self.0 >> check as u8 & 1 == 1
    }

    /// The checks in the order of [`Check::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Check> {
        Check::ALL.iter().copied().filter(move |check| self.has(*check))
    }
}

const _: () = assert!(Check::ALL.len() <= 64, "marks are bits of a u64");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_keep_every_check_apart() {
        for check in Check::ALL {
            let mut marks = Marks::default();
            marks.add(*check);
            assert_eq!(marks.iter().collect::<Vec<_>>(), [*check]);
            let id = serde_json::to_value(check).unwrap();
            assert_eq!(id, check.id(), "the name in files is the name in JSON");
        }
    }
}
