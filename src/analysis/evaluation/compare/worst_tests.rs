//! The worst slice, planted and absent.

use super::worst::worst;
use super::*;

/// Forty days of sixty visits. The candidate is a minute better, but on Saturdays with more than 12 people ahead: there it
/// is `worse` minutes worse.
fn pairs(worse: f64) -> Pairs {
    let mut pairs = Pairs { sites: vec!["a".to_owned()], ..Pairs::default() };
    let weekdays = ["saturday", "sunday", "monday"];
    let mut weekday = Dimension { id: "weekday", levels: weekdays.map(str::to_owned).to_vec(), code: Vec::new() };
    let mut ahead = Factor { id: "people_ahead".to_owned(), values: Vec::new() };
    let mut noise = crate::base::statistics::draws(9);
    for day in 0..40_i32 {
        for visit in 0..60_i32 {
            let people = visit % 20;
            let off = if day % 3 == 0 && people > 12 { worse } else { -1.0 };
            let spread = noise(100) as f64 / 100.0 - 0.5;
            pairs.actual.push(30.0);
            pairs.current.push(34.0 + spread);
            pairs.candidate.push(34.0 + off + spread);
            pairs.day.push(CivilDate::from_epoch_days(20_000 + day).unwrap());
            pairs.arrived.push(Moment::from_seconds(i64::from(20_000 + day) * 86_400).unwrap());
            pairs.site.push(0);
            weekday.code.push(day.unsigned_abs() % 3);
            ahead.values.push(if visit == 7 { f32::NAN } else { people as f32 });
        }
    }
    pairs.dimensions = vec![weekday];
    pairs.factors = vec![ahead];
    pairs
}

#[test]
fn a_planted_slice_is_found_and_measured_on_days_that_were_not_looked_at() {
    let found = worst(&pairs(2.0), BlockBootstrap::seeded(1)).unwrap();
    let is =
        |factor: &str, holds: Holds| found.conditions.contains(&Condition { factor: factor.to_owned(), holds });
    assert!(is("weekday", Holds::Is("saturday".to_owned())), "{found:?}");
    assert!(is("people_ahead", Holds::Above(12.0)), "{found:?}");
    assert_eq!(found.conditions.len(), 2, "{found:?}");
    assert_eq!(found.verdict, SliceVerdict::Worse);
    // Six against four minutes; 7 of 14 Saturdays, of 21 visits each that have more than 12 people ahead.
    assert!((found.ratio.unwrap() - 1.5).abs() < 0.05, "{found:?}");
    assert_eq!((found.n, found.days), (7 * 21, 7));
}

#[test]
fn where_nothing_is_worse_nothing_is_called_worse() {
    let found = worst(&pairs(-1.0), BlockBootstrap::seeded(1));
    assert!(found.is_none_or(|found| found.verdict != SliceVerdict::Worse));
    assert_eq!(worst(&Pairs::default(), BlockBootstrap::seeded(1)), None);
    // Noise alone: what looks worst on one half is no worse on the other, in nineteen of twenty cases.
    let alarms = (0..60_u64).filter(|seed| {
        let mut pairs = pairs(-1.0);
        let mut noise = crate::base::statistics::draws(*seed);
        for row in 0..pairs.actual.len() {
            let mut off = || 4.0 + (noise(1_000) as f64 / 500.0 - 1.0);
            pairs.current[row] = 30.0 + off();
            pairs.candidate[row] = 30.0 + off();
        }
        worst(&pairs, BlockBootstrap::seeded(*seed)).is_some_and(|found| found.verdict == SliceVerdict::Worse)
    });
    assert!(alarms.count() <= 6);
}
