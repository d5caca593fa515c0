//! A mapping resolved against the columns of a source: turns one row of cells into one visit.
//!
//! The invariant: a row either becomes a visit whose moments stand in order (arrived ≤ called ≤ finished, arrived
//! ≤ left), or gets one [`Check`] and is set aside. Nothing is guessed.

use std::borrow::Cow;

use crate::base::calendar::{CivilDate, LocalTime, WallClock};
use crate::base::{Minutes, Moment};

use super::checks::Check;
use super::mapping::{Anchor, Condition, DateForm, Mapping, MappingError, NameSource, SpanUnit, TimeSource};
use super::times::{self, Stamp};
use super::{Channel, Visit};

/// The longest stay that is believed: a wait or service beyond it is a mistake of the clocks.
pub const LONGEST_STAY: Minutes = Minutes::DAY;

/// A row of a source.
pub trait Cells {
    /// The cell at `index`, as it stands; empty where there is none.
    fn cell(&self, index: usize) -> &str;
}

/// A row that became a visit.
pub struct Mapped {
    /// The visit; its id is empty where the source names none.
    pub visit: Visit,
    /// Whether a correction of the mapping changed a cell.
    pub corrected: bool,
}

/// A mapping with column numbers in place of names.
pub struct Plan {
    missing: Vec<String>,
    corrections: Vec<(usize, String, String)>,
    not_visits: Vec<Holds>,
    visit_id: Vec<usize>,
    site: Name,
    service: Name,
    arrived: Time,
    called: Option<Time>,
    finished: Option<Time>,
    left: Option<Time>,
    priority: Option<usize>,
    channel: Option<(usize, Vec<String>, Vec<String>)>,
    booked_for: Option<Time>,
    open_counters: Option<usize>,
    people_ahead: Option<usize>,
    extras: Vec<(String, usize)>,
}

enum Name {
    Column(usize),
    Value(String),
}

struct Holds {
    column: usize,
    values: Vec<String>,
}

struct Time {
    field: &'static str,
    from: TimeFrom,
    dates: DateForm,
    only: Option<Holds>,
}

enum TimeFrom {
    Column(usize),
    DateAndTime(usize, usize),
    After { anchor: Anchor, span: usize, unit: SpanUnit },
}

/// Finds column numbers, and remembers the names that it did not find.
struct Resolver<'a> {
    columns: &'a [String],
    absent: Vec<String>,
}

impl Plan {
    /// Resolves `mapping` against the `columns` of a source.
    ///
    /// # Errors
    /// [`MappingError`] where columns are absent or a moment is not described in one of the three ways.
    pub fn resolve(mapping: &Mapping, columns: &[String]) -> Result<Plan, MappingError> {
        let mut find = Resolver { columns, absent: Vec::new() };
        let visit = &mapping.visit;
        let corrections = mapping
            .corrections
            .iter()
            .map(|c| (find.column(&c.column), c.starts_with.clone(), c.replace_with.clone()))
            .collect();
        let plan = Plan {
            missing: mapping.missing.clone(),
            corrections,
            not_visits: mapping.not_visits.iter().map(|condition| find.check(condition)).collect(),
            visit_id: visit.visit_id.iter().map(|name| find.column(name)).collect(),
            site: find.name(&visit.site),
            service: find.name(&visit.service),
            arrived: find.time("arrived", &visit.arrived, &[])?,
            called: find.optional_time("called", visit.called.as_ref(), &[Anchor::Arrived])?,
            finished: find.optional_time(
                "finished",
                visit.finished.as_ref(),
                &[Anchor::Arrived, Anchor::Called],
            )?,
            left: find.optional_time("left", visit.left.as_ref(), &[Anchor::Arrived])?,
            priority: visit.priority.as_ref().map(|name| find.column(name)),
            channel: visit
                .channel
                .as_ref()
                .map(|source| (find.column(&source.column), source.walk_in.clone(), source.booked.clone())),
            booked_for: find.optional_time("booked_for", visit.booked_for.as_ref(), &[])?,
            open_counters: visit.open_counters.as_ref().map(|name| find.column(name)),
            people_ahead: visit.people_ahead.as_ref().map(|name| find.column(name)),
            extras: mapping.extras.iter().map(|(ours, theirs)| (ours.clone(), find.column(theirs))).collect(),
        };
        if find.absent.is_empty() {
            Ok(plan)
        } else {
            Err(MappingError::AbsentColumns { absent: find.absent, present: columns.to_vec() })
        }
    }

    /// The extra columns: our name and the number of the source's column.
    #[must_use]
    pub fn extras(&self) -> &[(String, usize)] {
        &self.extras
    }

    /// The visit that a row describes.
    ///
    /// # Errors
    /// Why the row has to be set aside.
    pub fn read(&self, row: &dyn Cells, clock: &mut WallClock) -> Result<Mapped, Check> {
        for check in &self.not_visits {
            if check.holds(row) {
                return Err(Check::NotAVisit);
            }
        }
        let mut reader = RowReader { plan: self, row, clock, corrected: false };
        let site = reader.name(&self.site).ok_or(Check::NoSite)?;
        let service = reader.name(&self.service).ok_or(Check::NoService)?;
        let arrived = reader.time(&self.arrived, None, None)?.ok_or(Check::NoArrival)?;
        let called = reader.optional_time(self.called.as_ref(), Some(arrived), None)?;
        let finished = match called {
            Some(called) => reader.optional_time(self.finished.as_ref(), Some(arrived), Some(called))?,
            None => None,
        };
        let left = match called {
            Some(_) => None,
            None => reader.optional_time(self.left.as_ref(), Some(arrived), None)?,
        };
        in_order(arrived, called, Check::CalledBeforeArrived, Check::WaitAboveCap)?;
        in_order(arrived, left, Check::LeftBeforeArrived, Check::WaitAboveCap)?;
        if let Some(called) = called {
            in_order(called, finished, Check::FinishedBeforeCalled, Check::ServiceAboveCap)?;
        }
        let visit = Visit {
            visit_id: reader.visit_id()?,
            site,
            service,
            arrived,
            called,
            finished,
            left,
            priority: reader
                .number(self.priority, Check::BadPriority)?
                .map(|n| u8::try_from(n).unwrap_or(u8::MAX)),
            channel: reader.channel(),
            booked_for: reader.optional_time(self.booked_for.as_ref(), None, None)?,
            open_counters: reader.number(self.open_counters, Check::BadOpenCounters)?,
            people_ahead: reader.number(self.people_ahead, Check::BadPeopleAhead)?,
        };
        Ok(Mapped { visit, corrected: reader.corrected })
    }
}

/// `later`, if there is one, lies after `earlier` and not more than [`LONGEST_STAY`] after it.
fn in_order(earlier: Moment, later: Option<Moment>, before: Check, too_long: Check) -> Result<(), Check> {
    match later.map(|later| later.minutes_since(earlier)) {
        Some(stay) if stay < Minutes::ZERO => Err(before),
        Some(stay) if stay > LONGEST_STAY => Err(too_long),
        _ => Ok(()),
    }
}

/// The moment at which the wall clock shows `millis` after the midnight of `date`. A time that the clock showed
/// twice is the first, one that it skipped counts on from before the gap ([`crate::base::calendar::LocalMoment`]).
fn wall_moment(clock: &mut WallClock, date: CivilDate, millis: u32) -> Option<Moment> {
    let minute = u16::try_from(millis / 60_000).ok()?;
    let second = u8::try_from(millis / 1_000 % 60).ok()?;
    let whole_second = clock.moment(LocalTime::new(date, minute, second)?)?.chosen();
    whole_second.plus_millis(i64::from(millis % 1_000))
}

impl Holds {
    fn holds(&self, row: &dyn Cells) -> bool {
        let cell = row.cell(self.column).trim();
        self.values.iter().any(|value| value == cell)
    }
}

impl Resolver<'_> {
    /// The number of the column called `name`; where it is absent, it is remembered and any number will do.
    fn column(&mut self, name: &str) -> usize {
        self.columns.iter().position(|column| column == name).unwrap_or_else(|| {
            if !self.absent.iter().any(|absent| absent == name) {
                self.absent.push(name.to_owned());
            }
            usize::MAX
        })
    }

    fn check(&mut self, condition: &Condition) -> Holds {
        Holds { column: self.column(&condition.column), values: condition.values.clone() }
    }

    fn name(&mut self, source: &NameSource) -> Name {
        match source {
            NameSource::Column(column) => Name::Column(self.column(column)),
            NameSource::Value(value) => Name::Value(value.clone()),
        }
    }

    fn optional_time(
        &mut self,
        field: &'static str,
        source: Option<&TimeSource>,
        anchors: &[Anchor],
    ) -> Result<Option<Time>, MappingError> {
        source.map(|source| self.time(field, source, anchors)).transpose()
    }

    fn time(
        &mut self,
        field: &'static str,
        source: &TimeSource,
        anchors: &[Anchor],
    ) -> Result<Time, MappingError> {
        let TimeSource { column, date, time, plus, after, unit, dates, only } = source;
        let from = match (column, date, time, plus, after, unit) {
            (Some(column), None, None, None, None, None) => TimeFrom::Column(self.column(column)),
            (None, Some(date), Some(time), None, None, None) => {
                TimeFrom::DateAndTime(self.column(date), self.column(time))
            }
            (None, None, None, Some(span), Some(anchor), Some(unit)) => {
                if !anchors.contains(anchor) {
                    return Err(MappingError::Circular { field });
                }
                TimeFrom::After { anchor: *anchor, span: self.column(span), unit: *unit }
            }
            _ => return Err(MappingError::UnclearTime { field }),
        };
        let only = only.as_ref().map(|condition| self.check(condition));
        Ok(Time { field, from, dates: *dates, only })
    }
}

/// Reads the cells of one row.
struct RowReader<'a> {
    plan: &'a Plan,
    row: &'a dyn Cells,
    clock: &'a mut WallClock,
    corrected: bool,
}

impl<'a> RowReader<'a> {
    /// The cell without spaces around it and with the mapping's corrections; `None` where it means nothing.
    fn cell(&mut self, index: usize) -> Option<Cow<'a, str>> {
        let cell = self.row.cell(index).trim();
        if cell.is_empty() || self.plan.missing.iter().any(|missing| missing == cell) {
            return None;
        }
        for (column, wrong, right) in &self.plan.corrections {
            if *column == index
                && let Some(rest) = cell.strip_prefix(wrong.as_str())
            {
                self.corrected = true;
                return Some(Cow::Owned(format!("{right}{rest}")));
            }
        }
        Some(Cow::Borrowed(cell))
    }

    fn name(&mut self, name: &Name) -> Option<String> {
        match name {
            Name::Column(index) => self.cell(*index).map(|cell| times::one_spelling(&cell)),
            Name::Value(value) => Some(value.clone()),
        }
    }

    fn visit_id(&mut self) -> Result<String, Check> {
        let mut id = String::new();
        for (position, index) in self.plan.visit_id.iter().enumerate() {
            let part = self.cell(*index).ok_or(Check::NoVisitId)?;
            if position > 0 {
                id.push('/');
            }
            id.push_str(&part);
        }
        Ok(id)
    }

    fn number(&mut self, index: Option<usize>, otherwise: Check) -> Result<Option<u32>, Check> {
        let Some(cell) = index.and_then(|index| self.cell(index)) else { return Ok(None) };
        times::whole_number(&cell).map(Some).ok_or(otherwise)
    }

    fn channel(&mut self) -> Option<Channel> {
        let (index, walk_in, booked) = self.plan.channel.as_ref()?;
        let cell = self.cell(*index)?;
        if walk_in.iter().any(|value| *value == cell) {
            Some(Channel::WalkIn)
        } else if booked.iter().any(|value| *value == cell) {
            Some(Channel::Booked)
        } else {
            None
        }
    }

    fn optional_time(
        &mut self,
        time: Option<&Time>,
        arrived: Option<Moment>,
        called: Option<Moment>,
    ) -> Result<Option<Moment>, Check> {
        time.map_or(Ok(None), |time| self.time(time, arrived, called))
    }

    fn time(
        &mut self,
        time: &Time,
        arrived: Option<Moment>,
        called: Option<Moment>,
    ) -> Result<Option<Moment>, Check> {
        if time.only.as_ref().is_some_and(|check| !check.holds(self.row)) {
            return Ok(None);
        }
        let bad = Check::bad_time(time.field);
        match time.from {
            TimeFrom::Column(index) => {
                let Some(cell) = self.cell(index) else { return Ok(None) };
                match times::stamp(&cell, time.dates).ok_or(bad)? {
                    Stamp::Instant(moment) => Ok(Some(moment)),
                    Stamp::Wall { date, millis } => wall_moment(self.clock, date, millis).map(Some).ok_or(bad),
                }
            }
            TimeFrom::DateAndTime(date, clock) => {
                let (Some(date), Some(clock)) = (self.cell(date), self.cell(clock)) else { return Ok(None) };
                let date = times::date(&date, time.dates).ok_or(bad)?;
                let millis = times::time_of_day(&clock).ok_or(bad)?;
                wall_moment(self.clock, date, millis).map(Some).ok_or(bad)
            }
            TimeFrom::After { anchor, span, unit } => {
                let anchor = match anchor {
                    Anchor::Arrived => arrived,
                    Anchor::Called => called,
                };
                let (Some(anchor), Some(cell)) = (anchor, self.cell(span)) else { return Ok(None) };
                let span = times::decimal_number(&cell).ok_or(bad)? * unit.millis();
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a float cast saturates, and the range is checked"
                )]
                anchor.plus_millis(span.round() as i64).map(Some).ok_or(bad)
            }
        }
    }
}
