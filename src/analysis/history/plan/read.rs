//! Reads the cells of one row.

use std::borrow::Cow;

use crate::base::Moment;

use super::super::Channel;
use super::super::checks::{Action, Check, Marks};
use super::super::mapping::{Anchor, DateForm};
use super::super::row::RowVisit;
use super::super::times::{self, Stamp, one_spelling};
use super::clocks::{Clocks, Placed};
use super::{Channels, Column, Holds, Name, Plan, Stated, Time, TimeFrom};

/// One row, and what was found in it so far.
struct RowReader<'a, 'c> {
    plan: &'a Plan,
    cells: &'c [&'a str],
    clocks: &'c mut Clocks,
    zone: usize,
    marks: Marks,
}

pub(super) fn read<'a>(plan: &'a Plan, cells: &[&'a str], clocks: &mut Clocks) -> Result<RowVisit<'a>, Check> {
    let mut row = RowReader { plan, cells, clocks, zone: 0, marks: Marks::default() };
    if plan.not_visits.iter().any(|condition| row.holds(condition)) {
        return Err(Check::NotAVisit);
    }
    let site = row.name(&plan.site).ok_or(Check::NoSite)?;
    let service = row.name(&plan.service).ok_or(Check::NoService)?;
    if !plan.zone_of_site.is_empty() {
        row.zone = plan.zone_of_site.get(site.as_ref()).copied().unwrap_or_default();
    }
    let arrived = row.time(&plan.arrived, None, None)?.known().ok_or(Check::NoArrival)?;
    let call = row.optional_time(plan.called.as_ref(), Some(arrived), None)?;
    let called = call.known();
    let finished = match called {
        Some(_) => row.optional_time(plan.finished.as_ref(), Some(arrived), called)?.known(),
        None => None,
    };
    let left = match call {
        Known::Absent => row.optional_time(plan.left.as_ref(), Some(arrived), None)?.known(),
        _ => None,
    };
    let visit_id = row.visit_id()?;
    let priority = row.priority()?;
    let channel = plan.channel.as_ref().and_then(|channels| row.channel(channels));
    let booked_for = row.optional_time(plan.booked_for.as_ref(), None, None)?.known();
    let open_counters = row.number(plan.open_counters.as_ref(), Check::BadOpenCounters)?;
    let people_ahead = row.number(plan.people_ahead.as_ref(), Check::BadPeopleAhead)?;
    let stated_wait_millis = match &plan.stated_wait {
        Some(stated) => row.stated_wait(stated)?,
        None => None,
    };
    if plan.doubtful.iter().any(|condition| row.holds(condition)) {
        row.found(Check::Doubtful)?;
    }
    Ok(RowVisit {
        visit_id,
        site,
        service,
        arrived,
        called,
        finished,
        left,
        priority,
        channel,
        booked_for,
        open_counters,
        people_ahead,
        stated_wait_millis,
        marks: row.marks,
    })
}

/// What a row says about a moment.
#[derive(Clone, Copy)]
enum Known {
    /// It was at this time.
    At(Moment),
    /// The row has none.
    Absent,
    /// The row has one that cannot be read, and goes without it.
    Unreadable,
}

impl Known {
    fn known(self) -> Option<Moment> {
        match self {
            Known::At(moment) => Some(moment),
            Known::Absent | Known::Unreadable => None,
        }
    }
}

impl<'a> RowReader<'a, '_> {
    /// Keeps the finding, or sets the row aside, as the mapping says.
    fn found(&mut self, check: Check) -> Result<(), Check> {
        if self.plan.settings.action(check) == Action::Quarantine {
            return Err(check);
        }
        self.marks.add(check);
        Ok(())
    }

    /// The cell without spaces around it; empty where there is none.
    fn trimmed(&mut self, index: usize) -> &'a str {
        let cell = self.cells.get(index).copied().unwrap_or_default();
        // Most cells begin and end with a visible ASCII letter.
        if let (Some(first), Some(last)) = (cell.as_bytes().first(), cell.as_bytes().last())
            && first.is_ascii_graphic()
            && last.is_ascii_graphic()
        {
            return cell;
        }
        let trimmed = cell.trim();
        if trimmed.len() < cell.len() && !trimmed.is_empty() {
            self.marks.add(Check::PaddedCells);
        }
        trimmed
    }

    /// The cell with the mapping's corrections; `None` where it means nothing.
    fn cell(&mut self, column: &'a Column) -> Option<Cow<'a, str>> {
        let cell = self.trimmed(column.index);
        if cell.is_empty() || column.missing.iter().any(|missing| missing == cell) {
            return None;
        }
        for (wrong, right) in &column.corrections {
            if let Some(rest) = cell.strip_prefix(wrong.as_str()) {
                self.marks.add(Check::KnownMistake);
                return Some(Cow::Owned(format!("{right}{rest}")));
            }
        }
        Some(Cow::Borrowed(cell))
    }

    fn holds(&mut self, condition: &Holds) -> bool {
        let cell = self.trimmed(condition.index);
        condition.values.iter().any(|value| value == cell)
    }

    fn name(&mut self, name: &'a Name) -> Option<Cow<'a, str>> {
        match name {
            Name::Column(column) => match self.cell(column)? {
                Cow::Borrowed(cell) => Some(one_spelling(cell)),
                Cow::Owned(cell) => Some(Cow::Owned(one_spelling(&cell).into_owned())),
            },
            Name::Value(value) => Some(Cow::Borrowed(value)),
        }
    }

    fn visit_id(&mut self) -> Result<Cow<'a, str>, Check> {
        let plan = self.plan;
        match plan.visit_id.as_slice() {
            [] => Ok(Cow::Borrowed("")),
            [column] => self.cell(column).ok_or(Check::NoVisitId),
            columns => {
                let mut id = String::new();
                for (position, column) in columns.iter().enumerate() {
                    let part = self.cell(column).ok_or(Check::NoVisitId)?;
                    if position > 0 {
                        id.push('/');
                    }
                    id.push_str(&part);
                }
                Ok(Cow::Owned(id))
            }
        }
    }

    fn number(&mut self, column: Option<&'a Column>, otherwise: Check) -> Result<Option<u32>, Check> {
        let Some(cell) = column.and_then(|column| self.cell(column)) else { return Ok(None) };
        let number = times::whole_number(&cell);
        if number.is_none() {
            self.found(otherwise)?;
        }
        Ok(number)
    }

    fn priority(&mut self) -> Result<Option<u8>, Check> {
        let Some(number) = self.number(self.plan.priority.as_ref(), Check::BadPriority)? else { return Ok(None) };
        let priority = u8::try_from(number).ok();
        if priority.is_none() {
            self.found(Check::BadPriority)?;
        }
        Ok(priority)
    }

    fn channel(&mut self, channels: &'a Channels) -> Option<Channel> {
        let cell = self.cell(&channels.column)?;
        if channels.walk_in.iter().any(|value| *value == cell) {
            Some(Channel::WalkIn)
        } else if channels.booked.iter().any(|value| *value == cell) {
            Some(Channel::Booked)
        } else {
            None
        }
    }

    fn optional_time(
        &mut self,
        time: Option<&'a Time>,
        arrived: Option<Moment>,
        called: Option<Moment>,
    ) -> Result<Known, Check> {
        time.map_or(Ok(Known::Absent), |time| self.time(time, arrived, called))
    }

    fn time(&mut self, time: &'a Time, arrived: Option<Moment>, called: Option<Moment>) -> Result<Known, Check> {
        if time.only.as_ref().is_some_and(|condition| !self.holds(condition)) {
            return Ok(Known::Absent);
        }
        let placed = match &time.from {
            TimeFrom::Column(column) => {
                let Some(cell) = self.cell(column) else { return Ok(Known::Absent) };
                self.clocks.stamp(time.slot, self.zone, &cell, time.form)
            }
            TimeFrom::DateAndTime(date, clock) => {
                let (Some(date), Some(clock)) = (self.cell(date), self.cell(clock)) else {
                    return Ok(Known::Absent);
                };
                self.clocks.date_and_time(time.slot, self.zone, &date, &clock, time.form)
            }
            TimeFrom::After { anchor, span, unit } => {
                let anchor = match anchor {
                    Anchor::Arrived => arrived,
                    Anchor::Called => called,
                };
                let (Some(anchor), Some(cell)) = (anchor, self.cell(span)) else { return Ok(Known::Absent) };
                let moment = times::span_millis(&cell, *unit).and_then(|millis| anchor.plus_millis(millis));
                moment.map(|moment| Placed { moment, finding: None })
            }
        };
        match placed {
            Some(Placed { moment, finding }) => {
                finding.map_or(Ok(()), |check| self.found(check))?;
                Ok(Known::At(moment))
            }
            None => self.found(time.bad).map(|()| Known::Unreadable),
        }
    }

    /// The stated wait, and whether clocks of its own disagree with it by more than the tolerance.
    fn stated_wait(&mut self, stated: &'a Stated) -> Result<Option<i64>, Check> {
        let Some(cell) = self.cell(&stated.wait) else { return Ok(None) };
        let Some(wait) = times::span_millis(&cell, stated.unit) else { return Ok(None) };
        let measured = match &stated.clocks {
            // The moments are compared with it when they are put in order.
            None => None,
            Some((from, to)) => match (self.cell(from), self.cell(to)) {
                (Some(from), Some(to)) => between(&from, &to),
                _ => None,
            },
        };
        #[expect(clippy::cast_possible_truncation, reason = "a tolerance is at most a day")]
        let tolerance = (self.plan.settings.wait_tolerance_minutes * 60_000.0) as i64;
        if measured.is_some_and(|measured| (measured - wait).abs() > tolerance) {
            self.found(Check::WaitDisagrees)?;
        }
        Ok(Some(wait))
    }
}

/// Milliseconds between two clocks: times of day less than half a day apart, between which midnight may lie, or full
/// stamps. A clock that stands a second behind the other is that, and not a day ahead of it.
fn between(from: &str, to: &str) -> Option<i64> {
    let clock = |text| times::time_of_day(text, DateForm::Iso).map(i64::from);
    if let (Some(from), Some(to)) = (clock(from), clock(to)) {
        let day = i64::from(times::DAY_MILLIS);
        let ahead = (to - from).rem_euclid(day);
        return Some(if ahead > day / 2 { ahead - day } else { ahead });
    }
    let wall = |text| match times::stamp(text, DateForm::Iso)? {
        Stamp::Instant(moment) => Some(moment.millis()),
        Stamp::Wall { date, millis } => {
            Some(i64::from(date.epoch_days()) * i64::from(times::DAY_MILLIS) + i64::from(millis))
        }
    };
    Some(wall(to)? - wall(from)?)
}
