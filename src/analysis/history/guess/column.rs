//! What the cells of one column look like.

use std::collections::HashMap;

use crate::base::Moment;

use super::super::mapping::{DateForm, SpanUnit, normal_name};
use super::super::times::{self, DAY_MILLIS, Stamp};
use super::Sample;
use super::words::{NOTHING, Topic, is_one_of};

/// A column of the sample.
pub(super) struct Column<'a> {
    pub(super) index: usize,
    /// The name as it stands.
    pub(super) name: &'a str,
    /// The name by which it is compared.
    pub(super) normal: String,
    /// The cell of each row without spaces around it; empty where it means nothing.
    pub(super) cells: Vec<&'a str>,
    /// How many are not empty.
    pub(super) filled: usize,
    /// The different cells, with how many rows hold each.
    pub(super) distinct: HashMap<&'a str, usize>,
    /// The cells as numbers, where nearly all are.
    pub(super) numbers: Option<Vec<Option<f64>>>,
}

/// How nearly all cells of a column read.
const NEARLY_ALL: f64 = 0.95;
/// So many filled cells decide whether a form is worth trying on all.
const TRIAL: usize = 40;

impl<'a> Column<'a> {
    pub(super) fn of(sample: &Sample<'a>, index: usize) -> Column<'a> {
        let cell = |row: &'a Vec<&'a str>| row.get(index).map_or("", |cell| cell.trim());
        let cells: Vec<&str> =
            sample.rows.iter().map(|row| if is_nothing(cell(row)) { "" } else { cell(row) }).collect();
        let mut distinct = HashMap::new();
        cells.iter().filter(|cell| !cell.is_empty()).for_each(|cell| *distinct.entry(*cell).or_insert(0) += 1);
        let filled = distinct.values().sum();
        let name = sample.columns.get(index).map_or("", String::as_str);
        let mut column = Column { index, name, normal: normal_name(name), cells, filled, distinct, numbers: None };
        column.numbers = column.read(times::decimal_number);
        column
    }

    /// Every cell through `parse`, where nearly all can be read.
    pub(super) fn read<T>(&self, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<Option<T>>> {
        let trial: Vec<&&str> = self.cells.iter().filter(|cell| !cell.is_empty()).take(TRIAL).collect();
        let good = trial.iter().filter(|cell| parse(cell).is_some()).count();
        if trial.is_empty() || good * 2 < trial.len() {
            return None;
        }
        let read: Vec<Option<T>> = self.cells.iter().map(|cell| parse(cell)).collect();
        let good = read.iter().flatten().count();
        (good as f64 >= NEARLY_ALL * self.filled as f64).then_some(read)
    }

    pub(super) fn score(&self, topic: Topic) -> f64 {
        topic.score(&self.normal)
    }

    /// The share of rows that hold something.
    pub(super) fn coverage(&self) -> f64 {
        self.filled as f64 / self.cells.len().max(1) as f64
    }

    /// Whether no two rows hold the same.
    pub(super) fn is_unique(&self) -> bool {
        self.filled > 1 && self.distinct.len() == self.filled && self.filled == self.cells.len()
    }

    /// Whether the cells are words or codes that come again and again.
    pub(super) fn is_category(&self) -> bool {
        let some = self.distinct.len() <= 500 && self.distinct.len() * 4 <= self.filled.max(8);
        let decimals = self.numbers.is_some() && self.distinct.keys().any(|cell| cell.contains(['.', '٫']));
        self.filled > 0 && some && !decimals
    }

    /// Whether the cells are whole numbers from 0 to `most`.
    pub(super) fn is_count(&self, most: u32) -> bool {
        let small = |cell: &&&str| times::whole_number(cell).is_some_and(|number| number <= most);
        let good: usize = self.distinct.iter().filter(|(cell, _)| small(cell)).map(|(_, rows)| rows).sum();
        self.filled > 0 && good as f64 >= NEARLY_ALL * self.filled as f64
    }

    /// The unit that the name says.
    pub(super) fn named_unit(&self) -> Option<SpanUnit> {
        self.normal.split(' ').find_map(|word| match word {
            "ms" | "msec" | "millis" | "milliseconds" | "میلی" => Some(SpanUnit::Milliseconds),
            "s" | "sec" | "secs" | "second" | "seconds" | "ثانیه" => Some(SpanUnit::Seconds),
            "min" | "mins" | "minute" | "minutes" | "دقیقه" => Some(SpanUnit::Minutes),
            "h" | "hr" | "hrs" | "hour" | "hours" => Some(SpanUnit::Hours),
            _ => None,
        })
    }

    /// The cells as lengths of time, in milliseconds.
    pub(super) fn lengths(&self, unit: SpanUnit) -> Option<Vec<Option<i64>>> {
        self.read(|cell| times::span_millis(cell, unit))
    }

    /// A cell that stands for "nothing" in a column of times: one text that comes often while what surrounds it in
    /// time hardly does, or that is no time while nearly all others are.
    pub(super) fn empty_time(&self, parse: impl Fn(&str) -> Option<i64>) -> Option<String> {
        let often = |rows: usize| rows >= 3 && rows * 100 >= self.filled;
        let midnight =
            |cell: &str| parse(cell).is_some_and(|millis| millis.rem_euclid(i64::from(DAY_MILLIS)) == 0);
        let rows_after = self.distinct.iter().filter(|(cell, _)| {
            parse(cell).is_some_and(|millis| (1..3_600_000).contains(&millis.rem_euclid(i64::from(DAY_MILLIS))))
        });
        let near: usize = rows_after.map(|(_, rows)| rows).sum();
        let candidate = self
            .distinct
            .iter()
            .filter(|(cell, rows)| often(**rows) && (parse(cell).is_none() || midnight(cell) && **rows > near))
            .max_by_key(|(cell, rows)| (**rows, **cell))?;
        Some((*candidate.0).to_owned())
    }
}

/// Whether a cell holds nothing, in whichever words.
pub(super) fn is_nothing(cell: &str) -> bool {
    cell.is_empty() || cell.len() <= 16 && is_one_of(&cell.to_lowercase(), NOTHING)
}

/// A column read as dates in one form.
pub(super) struct Dated {
    pub(super) form: DateForm,
    /// Milliseconds as the clock on the wall shows them, or since the epoch where cells carry an offset.
    pub(super) millis: Vec<Option<i64>>,
    /// Whether there are times of day, too.
    pub(super) has_clock: bool,
    /// Whether the month could as well be the day.
    pub(super) day_or_month: bool,
    /// What the column writes for "nothing".
    pub(super) empty: Option<String>,
}

/// The forms in the order in which they are tried; what comes later needs a name that says a time.
const TRIED: [(DateForm, bool); 8] = [
    (DateForm::Iso, false),
    (DateForm::Jalali, false),
    (DateForm::DayFirst, false),
    (DateForm::MonthFirst, false),
    (DateForm::EpochMillis, false),
    (DateForm::EpochSeconds, true),
    (DateForm::Yymmdd, true),
    (DateForm::ExcelSerial, true),
];

/// Reads `column` as dates, where it holds such; dates before 1990 or more than two years after `now` are not believed.
pub(super) fn dated(column: &Column<'_>, now: Moment) -> Option<Dated> {
    const YEAR: i64 = 31_556_952_000;
    let believed = 631_152_000_000..now.millis() + 2 * YEAR;
    let says_time = [Topic::Date, Topic::Arrived, Topic::Called, Topic::Finished, Topic::BookedFor, Topic::Left]
        .into_iter()
        .any(|topic| column.score(topic) > 0.0)
        || column.normal.split(' ').any(|word| matches!(word, "time" | "at" | "زمان" | "ساعت"));
    let read = |form: DateForm| {
        let parse = |cell: &str| wall_millis(cell, form).filter(|millis| believed.contains(millis));
        let empty = column.empty_time(parse);
        let parsed: Vec<Option<i64>> =
            column.cells.iter().map(|cell| parse(cell).filter(|_| empty.as_deref() != Some(*cell))).collect();
        let nothing = empty.as_deref().and_then(|cell| column.distinct.get(cell)).copied().unwrap_or_default();
        let good = parsed.iter().flatten().count();
        let enough = good > 0 && good as f64 >= 0.8 * (column.filled - nothing) as f64;
        enough.then_some((good, parsed, empty))
    };
    let tried = TRIED.into_iter().filter(|(_, needs_name)| says_time || !needs_name);
    let mut fits: Vec<_> = tried.filter_map(|(form, _)| read(form).map(|fit| (form, fit))).collect();
    let best = fits.iter().map(|(_, (good, ..))| *good).max()?;
    // A form that misses one row in fifty where another reads it is not the form.
    fits.retain(|(_, (good, ..))| *good * 50 >= best * 49);
    let day_or_month = [DateForm::DayFirst, DateForm::MonthFirst]
        .iter()
        .all(|form| fits.iter().any(|(fit, (good, ..))| fit == form && *good == best));
    let ((form, (_, millis, empty)), day_or_month) =
        if day_or_month { better_order(fits)? } else { (fits.into_iter().next()?, false) };
    let day = i64::from(DAY_MILLIS);
    let has_clock = millis.iter().flatten().any(|millis| millis.rem_euclid(day) != 0);
    Some(Dated { form, millis, has_clock, day_or_month, empty })
}

type Fit = (DateForm, (usize, Vec<Option<i64>>, Option<String>));

/// Of day first and month first, the one by which the rows run more evenly, and whether that leaves a doubt: sources
/// are mostly in the order of time, and the wrong reading jumps between months.
fn better_order(fits: Vec<Fit>) -> Option<(Fit, bool)> {
    let unevenness = |fit: &Fit| -> u128 {
        let moments: Vec<i64> = fit.1.1.iter().flatten().copied().collect();
        moments.windows(2).map(|pair| u128::from(pair[0].abs_diff(pair[1]))).sum()
    };
    let mut orders: Vec<(u128, Fit)> = fits
        .into_iter()
        .filter(|fit| matches!(fit.0, DateForm::DayFirst | DateForm::MonthFirst))
        .map(|fit| (unevenness(&fit), fit))
        .collect();
    orders.sort_by_key(|(unevenness, _)| *unevenness);
    let mut orders = orders.into_iter();
    let (even, best) = orders.next()?;
    let doubt = orders.next().is_none_or(|(other, _)| other < even.saturating_mul(2).max(1));
    Some((best, doubt))
}

/// What a clock on the wall shows, in milliseconds as if it stood in UTC.
pub(super) fn wall_millis(cell: &str, form: DateForm) -> Option<i64> {
    match times::stamp(cell, form)? {
        Stamp::Instant(moment) => Some(moment.millis()),
        Stamp::Wall { date, millis } => {
            Some(i64::from(date.epoch_days()) * i64::from(DAY_MILLIS) + i64::from(millis))
        }
    }
}

/// The quantile `q` of values, by the nearest rank.
pub(super) fn quantile(values: &mut [i64], q: f64) -> Option<i64> {
    values.sort_unstable();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "q is within 0 and 1")]
    let place = (q * values.len().saturating_sub(1) as f64).round() as usize;
    values.get(place).copied()
}
