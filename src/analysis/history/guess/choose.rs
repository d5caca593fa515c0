//! Which of the points in time is the arrival, the call, the end of service: by name, and by how they follow each other.

use super::super::mapping::{Anchor, Condition, StatedWait, TimeSource};
use super::column::{Column, quantile};
use super::names::Outcomes;
use super::points::{Length, Point, UnitFrom, lengths, points};
use super::words::Topic;
use super::{Alternative, Draft, Question, SURE, Sample, Why};

/// The moments of a visit.
pub(super) struct Moments {
    pub(super) arrived: TimeSource,
    pub(super) called: Option<TimeSource>,
    pub(super) finished: Option<TimeSource>,
    pub(super) left: Option<TimeSource>,
    pub(super) booked_for: Option<TimeSource>,
    pub(super) stated_wait: Option<StatedWait>,
}

/// Points and lengths, and what was chosen of them.
struct Choice<'c, 'a> {
    columns: &'c [Column<'a>],
    points: Vec<Point>,
    waits: Vec<Length>,
    services: Vec<Length>,
    outcome: Option<&'c Outcomes>,
    arrived: usize,
    /// The call of each row.
    call: Option<Vec<Option<i64>>>,
    call_point: Option<usize>,
    used: Vec<usize>,
}

/// An arrival is known in nearly every row.
const ARRIVAL_COVERAGE: f64 = 0.9;
/// Moments that are in order in fewer rows are not what they are taken for.
const IN_ORDER: f64 = 0.9;
/// Waits whose 90th percentile lies below so many milliseconds, or …
const LEAST_LONG_WAIT: i64 = 5_000;
/// … whose median lies above so many are not believed.
const MOST_USUAL_WAIT: i64 = 8 * 3_600_000;

/// Chooses the moments; `None` where nothing can be the arrival.
pub(super) fn moments(
    sample: &Sample<'_>,
    columns: &[Column<'_>],
    outcome: Option<&Outcomes>,
    draft: &mut Draft,
) -> Option<Moments> {
    let points = points(sample, columns);
    let waits = lengths(columns, &points, Topic::Wait);
    let services = lengths(columns, &points, Topic::ServiceLength);
    let arrived = choose_arrival(&points, &waits, columns, draft)?;
    let used = vec![arrived];
    let mut choice =
        Choice { columns, points, waits, services, outcome, arrived, call: None, call_point: None, used };
    let booked_for = choice.booked_for(draft);
    let (called, stated_wait) = choice.called(draft);
    let finished = if called.is_some() { choice.finished(draft) } else { None };
    let left = choice.left(called.as_ref(), draft);
    for point in choice.used.iter().filter_map(|point| choice.points.get(*point)) {
        if let Some((column, empty)) = &point.empty {
            draft.empty.insert(column.clone(), vec![empty.clone()]);
        }
    }
    choice.ask_day_or_month(draft);
    let arrived = choice.points[arrived].source.clone();
    Some(Moments { arrived, called, finished, left, booked_for, stated_wait })
}

fn names(point: &Point, columns: &[Column<'_>]) -> Vec<String> {
    point.columns.iter().map(|column| columns[*column].name.to_owned()).collect()
}

fn choose_arrival(points: &[Point], waits: &[Length], columns: &[Column<'_>], draft: &mut Draft) -> Option<usize> {
    let others = [Topic::Called, Topic::Finished, Topic::Left, Topic::BookedFor];
    let weigh = |index: usize, point: &Point| {
        let sum = waits
            .iter()
            .flat_map(|wait| &wait.between)
            .filter(|(from, ..)| *from == index)
            .map(|(.., share)| *share)
            .fold(0.0, f64::max);
        let other = others.iter().map(|topic| point.score(*topic)).fold(0.0, f64::max);
        let first: Vec<f64> = points
            .iter()
            .enumerate()
            .filter(|(other, point)| *other != index && point.score(Topic::BookedFor) < 0.6)
            .filter_map(|(_, later)| point.order(&later.millis))
            .collect();
        let first = if first.is_empty() { 1.0 } else { first.iter().sum::<f64>() / first.len() as f64 };
        let named = point.score(Topic::Arrived);
        let against = if sum > 0.0 { 0.0 } else { 0.7 * (other - named).max(0.0) };
        (named + 2.0 * sum + 0.4 * first - against, named, sum, first)
    };
    let mut weighed: Vec<(usize, (f64, f64, f64, f64))> = points
        .iter()
        .enumerate()
        .filter(|(_, point)| point.coverage() >= ARRIVAL_COVERAGE)
        .map(|(index, point)| (index, weigh(index, point)))
        .collect();
    weighed.sort_by(|a, b| b.1.0.total_cmp(&a.1.0));
    let (best, (score, named, sum, first)) = *weighed.first()?;
    let next = weighed.get(1).map_or(0.0, |(_, (score, ..))| *score);
    let strength = named.max(if sum > 0.0 { 0.9 } else { 0.55 * first });
    let confidence = strength * if score - next < 0.1 { 0.6 } else { 1.0 };
    let mut why = vec![Why::Values];
    why.extend((named > 0.5).then_some(Why::Name));
    why.extend((sum > 0.0).then_some(Why::Sum));
    why.extend((points.len() > 1 && first > IN_ORDER).then_some(Why::Order));
    let alternatives: Vec<Alternative> = weighed
        .iter()
        .skip(1)
        .take(3)
        .map(|(index, (other, ..))| Alternative {
            columns: names(&points[*index], columns),
            confidence: (confidence * other / score.max(0.1)).clamp(0.0, 1.0),
        })
        .collect();
    if confidence < SURE {
        let likeliest = weighed.iter().take(3).flat_map(|(index, _)| names(&points[*index], columns)).collect();
        draft.questions.push(Question::Unsure { field: "arrived", columns: likeliest });
    }
    let chosen: Vec<&Column<'_>> = points[best].columns.iter().map(|column| &columns[*column]).collect();
    draft.field("arrived", &chosen, confidence, &why, alternatives);
    Some(best)
}

impl Choice<'_, '_> {
    /// Notes that `field` is the point, or the length after another moment. Where the name says nothing, it is not sure.
    fn note(&self, field: &'static str, columns: &[usize], confidence: f64, why: &[Why], draft: &mut Draft) {
        let columns: Vec<&Column<'_>> = columns.iter().map(|column| &self.columns[*column]).collect();
        let why: Vec<Why> = why.iter().copied().filter(|why| *why != Why::Name || confidence > 0.5).collect();
        draft.field(field, &columns, confidence, &why, Vec::new());
    }

    /// The unused point that is most likely `topic`, with how sure it is and in which share of rows it follows `after`.
    fn best_point(&self, topic: Topic, against: &[Topic], after: &[Option<i64>]) -> Option<(usize, f64, f64)> {
        let start = Point {
            columns: Vec::new(),
            source: TimeSource::default(),
            normal: String::new(),
            millis: after.to_vec(),
            empty: None,
            day_or_month: false,
        };
        let weigh = |(index, point): (usize, &Point)| {
            let order = start.order(&point.millis)?;
            let other = against.iter().map(|topic| point.score(*topic)).fold(0.0, f64::max);
            let named = point.score(topic);
            let sure = if named > 0.0 && named >= other {
                named
            } else if other > 0.0 {
                return None;
            } else {
                0.5 * order
            };
            Some((index, sure, order))
        };
        let unused = self.points.iter().enumerate().filter(|(index, _)| !self.used.contains(index));
        let median = |index: usize| {
            let gap = |(from, to): (&Option<i64>, &Option<i64>)| Some((*to)? - (*from)?);
            let mut gaps: Vec<i64> = after.iter().zip(&self.points[index].millis).filter_map(gap).collect();
            quantile(&mut gaps, 0.5).unwrap_or(i64::MAX)
        };
        // Of points alike in name, the earlier one is what comes next.
        unused.filter_map(weigh).max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| median(b.0).cmp(&median(a.0))))
    }

    fn called(&mut self, draft: &mut Draft) -> (Option<TimeSource>, Option<StatedWait>) {
        let arrived = self.points[self.arrived].millis.clone();
        let against = [Topic::Arrived, Topic::Finished, Topic::Left];
        let point = self.best_point(Topic::Called, &against, &arrived);
        let wait =
            self.waits.iter().position(|wait| self.is_believable(wait)).or((!self.waits.is_empty()).then_some(0));
        let in_order = point.is_some_and(|(.., order)| order >= IN_ORDER);
        match (point, wait) {
            (Some((index, sure, _)), wait) if in_order && (sure > 0.4 || wait.is_none()) => {
                self.call = Some(self.points[index].millis.clone());
                self.call_point = Some(index);
                self.used.push(index);
                self.note("called", &self.points[index].columns.clone(), sure, &[Why::Name, Why::Order], draft);
                let mut source = self.points[index].source.clone();
                source.only = self.only_where_called(index);
                let stated = wait.and_then(|wait| self.stated(wait, None, draft));
                (Some(source), stated)
            }
            (_, Some(wait)) => {
                let length = &self.waits[wait];
                let column = &self.columns[length.column];
                let mut source = TimeSource::of_span(Anchor::Arrived, column.name.to_owned(), length.unit);
                source.only = self.outcome.and_then(Outcomes::served);
                self.call = Some(self.points[self.arrived].plus(length));
                let why = if length.unit_from == UnitFrom::Points {
                    [Why::Name, Why::Sum]
                } else {
                    [Why::Name, Why::Values]
                };
                let sure = column.score(Topic::Wait);
                self.note("called", &[length.column], sure, &why, draft);
                self.ask_unit(wait, draft);
                let end = self.clock_of(wait);
                (Some(source), end.and_then(|end| self.stated(wait, Some(end), draft)))
            }
            _ => (None, None),
        }
    }

    /// The point that the wait leads to from the arrival, the one that is called a call where there are several.
    fn clock_of(&self, wait: usize) -> Option<usize> {
        let ends = self.waits[wait].between.iter().filter(|(from, ..)| *from == self.arrived);
        let named = |point: usize| self.points[point].score(Topic::Called);
        ends.max_by(|a, b| (named(a.1) + a.2).total_cmp(&(named(b.1) + b.2))).map(|(_, to, _)| *to)
    }

    /// The wait that is stated beside the moments. Where the call is reckoned by it, it is compared with the clock at
    /// the point `end`.
    fn stated(&mut self, wait: usize, end: Option<usize>, draft: &mut Draft) -> Option<StatedWait> {
        let length = &self.waits[wait];
        let column = self.columns[length.column].name.to_owned();
        let unit = length.unit;
        if length.unit_from == UnitFrom::Likelihood {
            // It would be compared in a unit that nobody named.
            return None;
        }
        let clock = |point: &Point| point.source.time.clone().or_else(|| point.source.column.clone());
        let (from, to) = match end {
            None => (None, None),
            Some(end) => {
                self.used.push(end);
                (clock(&self.points[self.arrived]), clock(&self.points[end]))
            }
        };
        if end.is_some() && (from.is_none() || to.is_none()) {
            return None;
        }
        self.note("stated_wait", &[self.waits[wait].column], 0.9, &[Why::Name, Why::Sum], draft);
        Some(StatedWait { column, unit, from, to })
    }

    fn is_believable(&self, wait: &Length) -> bool {
        let mut lengths: Vec<i64> = wait.millis.iter().flatten().copied().collect();
        let long = quantile(&mut lengths, 0.9).unwrap_or_default();
        let usual = quantile(&mut lengths, 0.5).unwrap_or_default();
        long >= LEAST_LONG_WAIT && usual <= MOST_USUAL_WAIT
    }

    fn ask_unit(&self, wait: usize, draft: &mut Draft) {
        let length = &self.waits[wait];
        let mut lengths: Vec<i64> = length.millis.iter().flatten().copied().collect();
        if length.unit_from == UnitFrom::Likelihood || !self.is_believable(length) {
            let median = quantile(&mut lengths, 0.5).unwrap_or_default();
            draft.questions.push(Question::Unit {
                column: self.columns[length.column].name.to_owned(),
                unit: length.unit.id(),
                median_seconds: median as f64 / 1_000.0,
            });
        }
    }

    /// Where given-up visits have a time in the column of calls, too, the condition that tells them apart.
    fn only_where_called(&self, point: usize) -> Option<Condition> {
        let outcome = self.outcome?;
        let gone = |row: usize| outcome.is_abandoned(self.columns, row);
        let millis = &self.points[point].millis;
        let (called, all) = (0..millis.len())
            .filter(|row| gone(*row))
            .fold((0, 0), |(called, all), row| (called + usize::from(millis[row].is_some()), all + 1));
        if all > 0 && called * 20 > all { outcome.served() } else { None }
    }

    fn finished(&mut self, draft: &mut Draft) -> Option<TimeSource> {
        let call = self.call.clone()?;
        let against = [Topic::Arrived, Topic::Called, Topic::Left];
        let point = self.best_point(Topic::Finished, &against, &call);
        let length = self.services.iter().find(|length| {
            let negative = length.millis.iter().flatten().filter(|millis| **millis < 0).count();
            length.unit_from != UnitFrom::Likelihood && negative * 50 <= length.millis.len()
        });
        // A length passes midnight, which a time of day beside the date of the arrival does not.
        let paired = |index: usize| self.points[index].source.time.is_some();
        let served = self.outcome.and_then(Outcomes::served);
        match (point, length) {
            (Some((index, sure, order)), length)
                if order >= IN_ORDER && sure > 0.4 && (length.is_none() || !paired(index)) =>
            {
                self.used.push(index);
                self.note("finished", &self.points[index].columns.clone(), sure, &[Why::Name, Why::Order], draft);
                Some(self.points[index].source.clone())
            }
            (_, Some(length)) => {
                let column = &self.columns[length.column];
                let mut source = TimeSource::of_span(Anchor::Called, column.name.to_owned(), length.unit);
                source.only = served;
                let sure = column.score(Topic::ServiceLength);
                self.note("finished", &[length.column], sure, &[Why::Name, Why::Values], draft);
                Some(source)
            }
            _ => None,
        }
    }

    fn left(&mut self, called: Option<&TimeSource>, draft: &mut Draft) -> Option<TimeSource> {
        let arrived = self.points[self.arrived].millis.clone();
        let named = self.best_point(Topic::Left, &[Topic::Called, Topic::Finished], &arrived);
        if let Some((index, sure, order)) = named
            && sure > 0.6
            && order >= IN_ORDER
        {
            self.used.push(index);
            self.note("left", &self.points[index].columns.clone(), sure, &[Why::Name, Why::Order], draft);
            return Some(self.points[index].source.clone());
        }
        let abandoned = self.outcome.and_then(Outcomes::abandoned)?;
        let by_length = called.is_some_and(|called| called.plus.is_some());
        let wait = if by_length { self.waits.iter().find(|wait| self.is_believable(wait)) } else { None };
        let wait = wait.or_else(|| self.waits.first().filter(|wait| wait.unit_from != UnitFrom::Likelihood))?;
        let column = &self.columns[wait.column];
        let mut source = TimeSource::of_span(Anchor::Arrived, column.name.to_owned(), wait.unit);
        source.only = Some(abandoned);
        self.note("left", &[wait.column], column.score(Topic::Wait), &[Why::Name, Why::Values], draft);
        Some(source)
    }

    fn booked_for(&mut self, draft: &mut Draft) -> Option<TimeSource> {
        let unused = self.points.iter().enumerate().filter(|(index, _)| !self.used.contains(index));
        let (index, sure) = unused
            .map(|(index, point)| (index, point.score(Topic::BookedFor)))
            .filter(|(_, sure)| *sure > 0.6)
            .max_by(|a, b| a.1.total_cmp(&b.1))?;
        self.used.push(index);
        self.note("booked_for", &self.points[index].columns.clone(), sure, &[Why::Name, Why::Values], draft);
        Some(self.points[index].source.clone())
    }

    fn ask_day_or_month(&self, draft: &mut Draft) {
        let doubtful =
            self.used.iter().filter_map(|point| self.points.get(*point)).find(|point| point.day_or_month);
        if let Some(point) = doubtful
            && let Some(column) = point.columns.first().and_then(|column| self.columns.get(*column))
        {
            let example = column.cells.iter().find(|cell| !cell.is_empty()).copied().unwrap_or_default();
            draft
                .questions
                .push(Question::DayOrMonth { column: column.name.to_owned(), example: example.to_owned() });
        }
    }
}
