//! Days, clocks and holidays: what a clock and a calendar on a site's wall say at a [`super::Moment`].
//!
//! It does not read the system's clock, zone or zone files (the zone database is compiled in, so that the same
//! history gives the same features on every machine), and it does not know opening hours, which are data.
//! The invariant: a value is valid by construction; what the tables do not know is told apart from "no".

pub mod date;
pub mod format;
pub mod holidays;
mod iran_table;
pub mod jalali;
pub mod zone;

pub use date::{CivilDate, DateError, Weekday};
pub use format::DateStyle;
pub use holidays::{DayKind, Holiday, HolidayEntry, Holidays, Ramadan};
pub use jalali::{JalaliDate, date_of_either_calendar};
pub use zone::{LocalMoment, LocalTime, WallClock, Zone, ZoneError};
