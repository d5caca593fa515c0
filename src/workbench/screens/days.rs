//! Days as points of a line: a weekend is bridged, a longer stretch without visits is a gap.

use crate::base::calendar::CivilDate;

/// So many days without visits are bridged: a Friday and a holiday beside it.
const BRIDGED: i32 = 2;

/// `days`, ascending, and between them every day of the stretches that are too long to be bridged, with nothing.
pub(super) fn with_gaps<T>(days: &[T], date: impl Fn(&T) -> CivilDate) -> Vec<(CivilDate, Option<&T>)> {
    let mut points: Vec<(CivilDate, Option<&T>)> = Vec::with_capacity(days.len());
    for day in days {
        let own = date(day);
        if let Some(last) = points.last().map(|(date, _)| *date) {
            let missing = own.days_since(last) - 1;
            if missing > BRIDGED {
                points.extend((1..=missing).filter_map(|offset| Some((last.plus_days(offset)?, None))));
            }
        }
        points.push((own, Some(day)));
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_friday_is_bridged_and_nowruz_is_a_gap() {
        let day = |day| CivilDate::new(2026, 3, day).unwrap();
        let days = [day(1), day(3), day(7)];
        let found: Vec<(u8, bool)> =
            with_gaps(&days, |day| *day).iter().map(|(date, value)| (date.day(), value.is_some())).collect();
        assert_eq!(found, [(1, true), (3, true), (4, false), (5, false), (6, false), (7, true)]);
    }
}
