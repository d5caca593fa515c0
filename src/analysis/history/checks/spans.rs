//! Columns of lengths of time, mapped or not, in which a value below zero is a mistake of the clocks.

use crate::analysis::history::times::decimal_number;

/// The columns of a source that hold lengths of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanColumns(Vec<usize>);

/// Words of names for lengths of time.
const SPAN_WORDS: &[&str] = &[
    "time",
    "duration",
    "wait",
    "waiting",
    "span",
    "length",
    "elapsed",
    "sec",
    "secs",
    "seconds",
    "min",
    "mins",
    "minutes",
    "hours",
    "مدت",
    "انتظار",
    "ثانیه",
    "دقیقه",
    "ساعت",
];
/// In a column of lengths of time at most one value in so many is below zero; more, and it may be a difference.
const VALUES_A_NEGATIVE: usize = 10;
/// Nothing is said by fewer values.
const FEWEST: usize = 10;

impl SpanColumns {
    /// Learns from the first rows of a source: columns whose name says a length of time, and whose filled cells are all
    /// numbers, few of them below zero.
    #[must_use]
    pub fn learn<'a, R: AsRef<[&'a str]>>(columns: &[String], sample: &[R]) -> SpanColumns {
        let is_span = |index: usize| {
            let (mut filled, mut negative) = (0, 0);
            for row in sample {
                let cell = row.as_ref().get(index).map_or("", |cell| cell.trim());
                if cell.is_empty() {
                    continue;
                }
                let Some(number) = decimal_number(cell) else { return false };
                filled += 1;
                negative += usize::from(number < 0.0);
            }
            filled >= FEWEST && negative * VALUES_A_NEGATIVE <= filled
        };
        let named = columns.iter().enumerate().filter(|(_, name)| says_span(name)).map(|(index, _)| index);
        SpanColumns(named.filter(|index| is_span(*index)).collect())
    }

    /// The numbers of the columns.
    #[must_use]
    pub fn columns(&self) -> &[usize] {
        &self.0
    }

    /// The first of these columns that is below zero in a row, by `cell(index)`.
    #[must_use]
    pub fn negative<'a>(&self, cell: impl Fn(usize) -> &'a str) -> Option<usize> {
        self.0.iter().copied().find(|index| {
            let cell = cell(*index).trim_start();
            // The sign first: nearly every cell is decided by one byte.
            cell.starts_with(['-', '−'])
                && decimal_number(&cell.replace('−', "-")).is_some_and(|number| number < 0.0)
        })
    }
}

fn says_span(name: &str) -> bool {
    let name = name.to_lowercase();
    name.split(|c: char| !c.is_alphanumeric()).any(|word| SPAN_WORDS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn lengths_of_time_are_known_by_name_and_values() {
        let columns = names("id,vru_time,arrival_time,temperature,مدت خدمت,early_min");
        let rows: Vec<[&str; 6]> = (0..20)
            .map(|n| {
                [
                    "7",
                    if n == 3 { "-37" } else { "5" },
                    "2020-01-02 10:00",
                    "-3",
                    "۱۲",
                    if n % 2 == 0 { "-4" } else { "4" },
                ]
            })
            .collect();
        let spans = SpanColumns::learn(&columns, &rows);
        assert_eq!(spans.columns(), [1, 4]);
        let found: Vec<usize> =
            (0..20).filter(|row| spans.negative(|index| rows[*row][index]).is_some()).collect();
        assert_eq!(found, [3]);
        assert_eq!(spans.negative(|index| if index == 4 { " -۳" } else { "-x" }), Some(4));
        assert_eq!(SpanColumns::learn(&columns, &rows[..9]), SpanColumns::default());
    }
}
