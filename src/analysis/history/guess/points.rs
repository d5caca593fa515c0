//! The points in time that a source holds, and the lengths between them.

use super::super::mapping::{SpanUnit, TimeSource};
use super::super::times;
use super::column::{Column, Dated, dated};
use super::words::Topic;
use super::{Sample, words};

/// A moment of each row, from one column or from a date and a time of day.
pub(super) struct Point {
    /// The columns, by number; the one that names it last.
    pub(super) columns: Vec<usize>,
    pub(super) source: TimeSource,
    /// The normal name by which it is known.
    pub(super) normal: String,
    /// Milliseconds on the clock of the wall; `None` where the row has none.
    pub(super) millis: Vec<Option<i64>>,
    /// A column and what it writes for "nothing".
    pub(super) empty: Option<(String, String)>,
    /// Whether the month could as well be the day.
    pub(super) day_or_month: bool,
}

/// A column with lengths of time.
pub(super) struct Length {
    pub(super) column: usize,
    pub(super) unit: SpanUnit,
    pub(super) millis: Vec<Option<i64>>,
    /// Where the unit is from.
    pub(super) unit_from: UnitFrom,
    /// The pairs of points (by number) that are as far from each other as the column says, and in which share of the
    /// rows.
    pub(super) between: Vec<(usize, usize, f64)>,
}

/// How a unit became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnitFrom {
    /// The points say it.
    Points,
    /// The name or the colons say it.
    Writing,
    /// It is the likeliest.
    Likelihood,
}

/// Further points in time are not looked at.
const MOST_POINTS: usize = 24;
/// Two points agree with a length within so much, where the length is in seconds: clocks are cut to whole seconds.
const SECONDS_TOLERANCE: i64 = 2_500;

impl Point {
    pub(super) fn score(&self, topic: Topic) -> f64 {
        topic.score(&self.normal)
    }

    /// The share of rows that have it.
    pub(super) fn coverage(&self) -> f64 {
        self.millis.iter().flatten().count() as f64 / self.millis.len().max(1) as f64
    }

    /// Of the rows that have both, the share in which `later` is not before this one and not a day after it; `None`
    /// where hardly a row has both.
    pub(super) fn order(&self, later: &[Option<i64>]) -> Option<f64> {
        let both: Vec<i64> = self.gaps(later).collect();
        let good = both.iter().filter(|gap| (0..=i64::from(times::DAY_MILLIS)).contains(*gap)).count();
        (both.len() * 50 >= self.millis.len()).then(|| good as f64 / both.len() as f64)
    }

    fn gaps<'a>(&'a self, later: &'a [Option<i64>]) -> impl Iterator<Item = i64> + 'a {
        self.millis.iter().zip(later).filter_map(|(from, to)| Some((*to)? - (*from)?))
    }

    /// This moment and so long after it.
    pub(super) fn plus(&self, length: &Length) -> Vec<Option<i64>> {
        let sum = |(from, span): (&Option<i64>, &Option<i64>)| Some((*from)? + (*span)?);
        self.millis.iter().zip(&length.millis).map(sum).collect()
    }
}

/// Every point in time that the columns hold.
pub(super) fn points(sample: &Sample<'_>, columns: &[Column<'_>]) -> Vec<Point> {
    let dates: Vec<(usize, Dated)> =
        columns.iter().filter_map(|column| Some((column.index, dated(column, sample.now)?))).collect();
    let mut points = Vec::new();
    for (index, dated) in &dates {
        if dated.has_clock {
            points.push(whole(&columns[*index], dated));
        }
    }
    let days: Vec<&(usize, Dated)> = dates.iter().filter(|(_, dated)| !dated.has_clock).collect();
    if days.is_empty() {
        points.truncate(MOST_POINTS);
        return points;
    }
    for column in columns.iter().filter(|column| !days.iter().any(|(day, _)| *day == column.index)) {
        if column.score(Topic::Wait).max(column.score(Topic::ServiceLength)) > 0.6 {
            continue;
        }
        if let Some((day, dated)) = day_of(column, &days, columns)
            && let Some(point) = pair(column, &columns[*day], dated)
        {
            points.push(point);
        }
    }
    // Each is compared with each other one.
    points.truncate(MOST_POINTS);
    if points.is_empty() {
        points.extend(days.iter().map(|(index, dated)| whole(&columns[*index], dated)));
    }
    points
}

fn whole(column: &Column<'_>, dated: &Dated) -> Point {
    Point {
        columns: vec![column.index],
        source: TimeSource::of_column(column.name.to_owned(), dated.form),
        normal: column.normal.clone(),
        millis: dated.millis.clone(),
        empty: dated.empty.clone().map(|empty| (column.name.to_owned(), empty)),
        day_or_month: dated.day_or_month,
    }
}

/// The date that goes with a column of times of day: the one whose name shares most words, else the nearest.
fn day_of<'d>(
    time: &Column<'_>,
    days: &[&'d (usize, Dated)],
    columns: &[Column<'_>],
) -> Option<&'d (usize, Dated)> {
    let shared = |day: usize| {
        let words: Vec<&str> = time.normal.split(' ').collect();
        columns[day].normal.split(' ').filter(|word| words.contains(word)).count()
    };
    let distance = |day: usize| std::cmp::Reverse(day.abs_diff(time.index));
    days.iter().copied().max_by_key(|(day, _)| (shared(*day), distance(*day)))
}

/// A column of times of day with its date.
fn pair(time: &Column<'_>, day: &Column<'_>, dated: &Dated) -> Option<Point> {
    // A number alone is too little to be a time of day.
    let colon = |cell: &str| if cell.contains(':') { times::time_of_day(cell, dated.form) } else { None };
    let clocks = time.read(colon)?;
    let empty = time.empty_time(|cell| colon(cell).map(i64::from));
    let at = |(row, clock): (usize, &Option<u32>)| {
        let cell = time.cells.get(row).copied().unwrap_or_default();
        if empty.as_deref() == Some(cell) {
            return None;
        }
        Some(dated.millis.get(row).copied()?? + i64::from((*clock)?))
    };
    Some(Point {
        columns: vec![day.index, time.index],
        source: TimeSource::of_two(day.name.to_owned(), time.name.to_owned(), dated.form),
        normal: time.normal.clone(),
        millis: clocks.iter().enumerate().map(at).collect(),
        empty: empty.map(|empty| (time.name.to_owned(), empty)),
        day_or_month: dated.day_or_month,
    })
}

/// Every column of lengths of time that is called a wait or a service, with its unit.
pub(super) fn lengths(columns: &[Column<'_>], points: &[Point], topic: Topic) -> Vec<Length> {
    let used = |column: &Column<'_>| points.iter().any(|point| point.columns.contains(&column.index));
    let named = columns.iter().filter(|column| {
        let beforehand = words::holds_any(&column.normal, words::BEFOREHAND);
        column.score(topic) > 0.6
            && column.score(Topic::PeopleAhead) < column.score(topic)
            && !beforehand
            && !used(column)
    });
    let mut lengths: Vec<Length> = named.filter_map(|column| length(column, points)).collect();
    let sure = |length: &Length| (columns[length.column].score(topic) * 1e6).round() as i64;
    lengths.sort_by_key(|length| std::cmp::Reverse(sure(length)));
    lengths
}

fn length(column: &Column<'_>, points: &[Point]) -> Option<Length> {
    if column.numbers.is_none() {
        let millis = column.lengths(SpanUnit::Clock)?;
        let between = between(&millis, SECONDS_TOLERANCE, points);
        return Some(Length {
            column: column.index,
            unit: SpanUnit::Clock,
            millis,
            unit_from: UnitFrom::Writing,
            between,
        });
    }
    let fitting = |unit: SpanUnit| {
        let millis = column.lengths(unit)?;
        // A rounded length is off by half its unit.
        #[expect(clippy::cast_possible_truncation, reason = "at most half an hour")]
        let rounding = (unit.millis()? / 2.0) as i64;
        let between = between(&millis, rounding.max(SECONDS_TOLERANCE), points);
        Some((unit, millis, between))
    };
    let units = [SpanUnit::Seconds, SpanUnit::Minutes, SpanUnit::Milliseconds, SpanUnit::Hours];
    let mut fits: Vec<_> = units.into_iter().filter_map(fitting).collect();
    // A wait of nothing agrees in every unit: only what the others do not explain as well counts.
    let share = |between: &[(usize, usize, f64)]| between.first().map_or(0.0, |(_, _, share)| *share);
    fits.sort_by(|a, b| share(&b.2).total_cmp(&share(&a.2)));
    let decided = fits.first().is_some_and(|best| {
        share(&best.2) > 0.0 && fits.get(1).is_none_or(|next| share(&best.2) > share(&next.2) + 0.1)
    });
    let (chosen, unit_from) = if decided {
        (fits.into_iter().next()?, UnitFrom::Points)
    } else {
        let (unit, from) = match column.named_unit() {
            Some(unit) => (unit, UnitFrom::Writing),
            None => (likely_unit(column), UnitFrom::Likelihood),
        };
        (fits.into_iter().find(|fit| fit.0 == unit)?, from)
    };
    let (unit, millis, between) = chosen;
    Some(Length { column: column.index, unit, millis, unit_from, between })
}

/// Whole numbers that are mostly above sixty are seconds; all else is minutes.
fn likely_unit(column: &Column<'_>) -> SpanUnit {
    let mut numbers: Vec<f64> = column.numbers.iter().flatten().flatten().copied().filter(|n| *n > 0.0).collect();
    numbers.sort_unstable_by(f64::total_cmp);
    match numbers.get(numbers.len() / 2) {
        Some(median) if *median > 60_000.0 => SpanUnit::Milliseconds,
        Some(median) if *median > 60.0 => SpanUnit::Seconds,
        _ => SpanUnit::Minutes,
    }
}

/// The pairs of points that lie as far apart as the lengths say in at least four of five rows, the surest first.
fn between(millis: &[Option<i64>], tolerance: i64, points: &[Point]) -> Vec<(usize, usize, f64)> {
    let mut found = Vec::new();
    for (from, first) in points.iter().enumerate() {
        for (to, second) in points.iter().enumerate().filter(|(to, _)| *to != from) {
            let mut all = Share::default();
            let mut telling = Share::default();
            for ((start, end), span) in first.millis.iter().zip(&second.millis).zip(millis) {
                if let (Some(start), Some(end), Some(span)) = (start, end, span) {
                    let agrees = (end - start - span).abs() <= tolerance;
                    all.add(agrees);
                    // A length of nearly nothing agrees with any two clocks that are alike.
                    if *span > 2 * tolerance {
                        telling.add(agrees);
                    }
                }
            }
            let enough = all.rows * 10 >= millis.len() && telling.rows * 50 >= millis.len();
            if enough && all.get() >= 0.8 && telling.get() >= 0.8 {
                found.push((from, to, all.get()));
            }
        }
    }
    found.sort_by(|a, b| b.2.total_cmp(&a.2));
    found
}

/// Rows, and how many of them agree.
#[derive(Default)]
struct Share {
    rows: usize,
    good: usize,
}

impl Share {
    fn add(&mut self, is_good: bool) {
        self.rows += 1;
        self.good += usize::from(is_good);
    }

    fn get(&self) -> f64 {
        self.good as f64 / self.rows.max(1) as f64
    }
}
