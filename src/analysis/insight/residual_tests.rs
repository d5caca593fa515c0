//! Residuals and calibration of visits whose errors are known, by brute force.

use super::tests::close;
use super::*;
use crate::base::calendar::{CivilDate, Weekday};

/// `n` visits on `days` days at two sites: the second site, and the hour 9, are told ten minutes too much.
pub(super) fn scored(n: usize, days: usize) -> Scored {
    let mut scored = Scored { sites: vec!["north".to_owned(), "south".to_owned()], ..Scored::default() };
    for row in 0..n {
        let day = row % days;
        let is_south = row / days % 2 == 1;
        let hour = 8 + (row / days / 2 % 3) as u8;
        let actual = (row % 40) as f64;
        let too_much = if is_south { 10.0 } else { 0.0 } + if hour == 9 { 10.0 } else { 0.0 };
        scored.actual.push(actual);
        scored.predicted.push(actual + too_much + (day % 3) as f64 - 1.0);
        scored.day.push(day as u32);
        scored.hour.push(hour);
        scored.weekday.push(CivilDate::from_epoch_days(20_000 + day as i32).unwrap().weekday());
        scored.site.push(u32::from(is_south));
    }
    scored
}

#[test]
fn residuals_are_told_where_they_are_by_brute_force() {
    let scored = scored(4_200, 21);
    let found = residuals(&scored, 1, &Task::default()).unwrap();
    assert_eq!((found.n, found.days, found.sites_left_out), (4_200, 21, 0));
    let bias = |holds: &dyn Fn(usize) -> bool| {
        let rows: Vec<usize> = (0..scored.len()).filter(|row| holds(*row)).collect();
        let sum: f64 = rows.iter().map(|row| scored.predicted[*row] - scored.actual[*row]).sum();
        (rows.len() as u64, sum / rows.len() as f64)
    };
    for slice in &found.by_hour {
        let (n, expected) = bias(&|row| scored.hour[row] == slice.of);
        assert_eq!(slice.n, n);
        close(slice.bias, expected, 1e-9);
        assert!(slice.bias_low.unwrap() <= slice.bias && slice.bias <= slice.bias_high.unwrap());
        assert!(slice.mae >= slice.bias.abs() - 1e-9 && slice.mae_low.unwrap() <= slice.mae);
    }
    assert_eq!(found.by_hour.iter().map(|slice| slice.of).collect::<Vec<_>>(), [8, 9, 10]);
    assert_eq!(found.by_site.iter().map(|slice| slice.of.as_str()).collect::<Vec<_>>(), ["south", "north"]);
    close(found.by_site[0].bias - found.by_site[1].bias, 10.0, 0.2);
    assert_eq!(found.by_weekday.len(), 7);
    assert_eq!(found.by_weekday[0].of, Weekday::Saturday);
    assert_eq!(found.by_predicted.len(), 10);
    assert_eq!(found.by_predicted.iter().map(|slice| slice.n).sum::<u64>(), 4_200);
    assert!(found.by_predicted.windows(2).all(|two| two[0].of.to < two[1].of.from));
    // A single day has a bias and no interval.
    let one_day = residuals(&self::scored(40, 1), 1, &Task::default()).unwrap();
    assert!(one_day.by_hour.iter().all(|slice| slice.days == 1 && slice.bias_low.is_none()));
}

#[test]
fn calibration_puts_means_and_medians_beside_predictions() {
    let found = calibration(&scored(4_200, 21), 1, &Task::default()).unwrap();
    assert_eq!((found.len(), found.iter().map(|bin| bin.n).sum::<u64>()), (10, 4_200));
    for bin in &found {
        assert!(bin.from <= bin.mean_predicted && bin.mean_predicted <= bin.to);
        assert!(
            bin.mean_actual_low.unwrap() <= bin.mean_actual && bin.mean_actual <= bin.mean_actual_high.unwrap()
        );
    }
    let total: f64 = found.iter().map(|bin| bin.mean_actual * bin.n as f64).sum();
    close(total / 4_200.0, 19.5, 0.1);
    // A model that always says the same is one bin.
    let constant = Scored { predicted: vec![12.0; 4_200], ..scored(4_200, 21) };
    let found = calibration(&constant, 1, &Task::default()).unwrap();
    assert_eq!((found.len(), found[0].n, found[0].from, found[0].to), (1, 4_200, 12.0, 12.0));
    close(found[0].median_actual, 19.5, 0.51);
}
