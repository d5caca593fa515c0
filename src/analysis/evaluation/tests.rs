//! Errors and comparisons on visits whose truth is known.

use super::*;
use crate::analysis::history::{History, Visit, Visits};
use crate::base::calendar::CivilDate;
use crate::base::{Explain, Moment, Verdict};

fn side(name: &str) -> Side {
    Side { name: name.to_owned(), family: "rule".to_owned() }
}

/// `days` × `sites` blocks of `visits` each. The current model is off by four minutes, above and below in turn; the
/// candidate by `candidate` minutes, which may differ by site.
fn pairs(days: i32, sites: u32, visits: u32, candidate: impl Fn(u32, i32) -> f64) -> Pairs {
    let mut pairs = Pairs { sites: (0..sites).map(|site| format!("site {site}")).collect(), ..Pairs::default() };
    for day in 0..days {
        for site in 0..sites {
            for visit in 0..visits {
                let sign = if (visit + site) % 2 == 0 { 1.0 } else { -1.0 };
                // Something that differs by day, so that there is something to resample.
                let spread = f64::from((day * 7 + i32::try_from(site).unwrap() * 3) % 5) * 0.1;
                let actual = 20.0 + f64::from(visit % 9);
                pairs.actual.push(actual);
                pairs.current.push(actual + sign * (4.0 + spread));
                pairs.candidate.push(actual + sign * (candidate(site, day) + spread));
                pairs.day.push(CivilDate::from_epoch_days(20_000 + day).unwrap());
                pairs
                    .arrived
                    .push(Moment::from_seconds(i64::from(20_000 + day) * 86_400 + i64::from(visit)).unwrap());
                pairs.site.push(site);
            }
        }
    }
    pairs
}

#[test]
fn errors_are_what_their_names_say() {
    // Off by +1, −3, +20, −30: by hand.
    let found = errors(&[11.0, 7.0, 30.0, 10.0], &[10.0, 10.0, 10.0, 40.0], &[1, 1, 2, 3], 7).unwrap();
    assert_eq!((found.n, found.days), (4, 3));
    assert_eq!(found.mae, 13.5);
    assert_eq!(found.bias, -3.0);
    assert_eq!(found.median_absolute_error, 11.5);
    assert!((found.rmse - (1310.0_f64 / 4.0).sqrt()).abs() < 1e-12);
    assert_eq!(found.within_20, 0.75);
    assert_eq!(found.too_low, 0.25);
    assert!(found.mae_low.unwrap() < found.mae && found.mae < found.mae_high.unwrap());
    assert_eq!(errors(&[], &[], &[], 7), None);
    // One day has no interval, and says so by not having one.
    assert_eq!(errors(&[1.0], &[2.0], &[1], 7).unwrap().mae_low, None);
}

#[test]
fn a_better_and_a_worse_candidate_are_told_apart() {
    let better = compare(side("a"), side("b"), &pairs(20, 3, 20, |_, _| 3.0), Settings::seeded(1)).unwrap();
    assert_eq!(better.gate, Verdict::Pass);
    assert_eq!((better.n, better.days, better.site_days), (1_200, 20, 60));
    assert!(
        (better.delta + 1.0).abs() < 1e-9 && better.delta_low <= better.delta && better.delta <= better.delta_high
    );
    assert!(better.ratio_high < 1.0 && better.ratio_upper_bound < 1.0);
    assert_eq!(better.candidate_closer, 1.0);
    assert_eq!(better.differences.iter().map(|bin| bin.n).sum::<u64>(), better.n);
    assert_eq!(better.daily.iter().map(|day| day.n).sum::<u64>(), better.n);

    let worse = compare(side("a"), side("b"), &pairs(20, 3, 20, |_, _| 5.0), Settings::seeded(1)).unwrap();
    assert_eq!(worse.gate, Verdict::Fail);

    // Much better on some days and much worse on others: about as good, and nobody knows.
    let unsure = compare(
        side("a"),
        side("b"),
        &pairs(8, 1, 20, |_, day| if day % 2 == 0 { 2.0 } else { 6.5 }),
        Settings::seeded(1),
    )
    .unwrap();
    assert_eq!(unsure.gate, Verdict::Inconclusive);
    assert!(unsure.days_needed.is_none_or(|days| days > unsure.days));
}

#[test]
fn the_same_model_is_no_worse_than_itself_and_the_same_seed_gives_the_same() {
    let pairs = pairs(12, 2, 30, |_, _| 4.0);
    let found = compare(side("a"), side("a"), &pairs, Settings::seeded(3)).unwrap();
    assert_eq!((found.delta, found.ratio, found.gate), (0.0, 1.0, Verdict::Pass));
    assert_eq!((found.candidate_closer, found.current_closer), (0.0, 0.0));
    assert_eq!(found, compare(side("a"), side("a"), &pairs, Settings::seeded(3)).unwrap());
}

#[test]
fn the_worst_site_comes_first_and_small_sites_are_not_judged() {
    let mut pairs = pairs(10, 3, 20, |site, _| if site == 1 { 6.0 } else { 3.0 });
    pairs.sites.push("tiny".to_owned());
    for index in 0..3 {
        pairs.actual.push(10.0);
        pairs.current.push(11.0);
        pairs.candidate.push(40.0);
        pairs.day.push(CivilDate::from_epoch_days(20_000 + index).unwrap());
        pairs.arrived.push(Moment::from_seconds(i64::from(20_000 + index) * 86_400).unwrap());
        pairs.site.push(3);
    }
    let found = compare(side("a"), side("b"), &pairs, Settings::seeded(1)).unwrap();
    assert_eq!(found.sites[0].site, "site 1");
    assert!(found.sites[0].ratio_low.unwrap() > 1.05);
    let tiny = found.sites.last().unwrap();
    assert_eq!((tiny.site.as_str(), tiny.n, tiny.ratio), ("tiny", 3, None));
}

#[test]
fn nothing_is_never_a_pass() {
    let key = |pairs: &Pairs| compare(side("a"), side("b"), pairs, Settings::seeded(1)).unwrap_err().key();
    assert_eq!(key(&Pairs::default()), key(&pairs(1, 1, 50, |_, _| 1.0)));
    let mut perfect = pairs(10, 2, 20, |_, _| 1.0);
    perfect.current = perfect.actual.clone();
    assert!(matches!(
        compare(side("a"), side("b"), &perfect, Settings::seeded(1)),
        Err(ComparisonError::NoCurrentError)
    ));
    // Few visits on few days are compared, and decide nothing.
    let few = compare(side("a"), side("b"), &pairs(3, 1, 10, |_, _| 0.5), Settings::seeded(1)).unwrap();
    assert_eq!(few.gate, Verdict::Inconclusive);
}

#[test]
fn past_and_future_do_not_touch() {
    let start = Moment::parse_rfc3339("2026-01-03T05:00:00Z").unwrap();
    let visit = |index: i64| Visit {
        visit_id: index.to_string(),
        site: "a".to_owned(),
        service: "x".to_owned(),
        arrived: start.plus_millis(index * 3_600_000).unwrap(),
        // A long wait, so that some visits straddle the cut.
        called: (index % 5 != 0).then(|| start.plus_millis((index + 7) * 3_600_000).unwrap()),
        finished: None,
        left: (index % 10 == 0).then(|| start.plus_millis((index + 1) * 3_600_000).unwrap()),
        priority: None,
        channel: None,
        booked_for: None,
        open_counters: None,
        people_ahead: None,
    };
    let visits: Visits = (0..240).map(visit).collect();
    let history = History { visits, ..History::default() };
    let split = SplitPlan::default().split(&history).unwrap();
    assert_eq!(history.zone.clock().local(split.cut).minute_of_day(), 0);
    let visits = &history.visits;
    assert!(split.train.iter().all(|row| visits.called[*row].unwrap() < split.cut));
    assert!(split.test.iter().all(|row| visits.arrived[*row] >= split.cut));
    let straddling = (0..visits.len()).filter(|row| {
        visits.arrived[*row] < split.cut && visits.called[*row].is_some_and(|called| called >= split.cut)
    });
    assert!(straddling.clone().count() > 0);
    assert!(straddling.into_iter().all(|row| !split.train.contains(&row) && !split.test.contains(&row)));
    assert!(split.test_abandoned > 0 && split.test_unfinished > 0);

    // The parts before the cut do not touch either, and have what was asked for.
    let parts = &split.parts;
    let called = |row: &usize| visits.called[*row].unwrap();
    assert!(parts.fit.iter().all(|row| called(row) < parts.stop_from));
    assert!(
        parts.stop.iter().all(|row| visits.arrived[*row] >= parts.stop_from && called(row) < parts.calibrate_from)
    );
    assert!(
        parts.calibrate.iter().all(|row| visits.arrived[*row] >= parts.calibrate_from && called(row) < split.cut)
    );
    assert!(parts.before_calibration.iter().all(|row| called(row) < parts.calibrate_from));
    assert!([&parts.fit, &parts.stop, &parts.calibrate].iter().all(|part| !part.is_empty()));
    assert!(parts.fit.iter().chain(&parts.stop).chain(&parts.calibrate).all(|row| split.train.contains(row)));
    // Days of a gap are taken from what lies before a cut; the test stays the same.
    let gap = SplitPlan { gap_days: 1, ..SplitPlan::default() }.split(&history).unwrap();
    assert_eq!((gap.cut, &gap.test), (split.cut, &split.test));
    let day_before = split.cut.plus_millis(-86_400_000).unwrap();
    assert!(gap.train.iter().all(|row| called(row) < day_before) && gap.train.len() < split.train.len());
    let whole =
        SplitPlan { stop_share: 0.0, calibrate_share: 0.0, ..SplitPlan::default() }.split(&history).unwrap();
    assert_eq!((&whole.parts.fit, &whole.train), (&split.train, &split.train));
    assert!(whole.parts.stop.is_empty() && whole.parts.calibrate.is_empty());

    // Rolling origins: one after another, none of them looks at the test part, each at its own past alone.
    let origins = SplitPlan::default().rolling(&history, 3).unwrap();
    assert_eq!(origins.len(), 3);
    let mut tested: Vec<usize> = Vec::new();
    for origin in &origins {
        assert!(origin.train.iter().all(|row| called(row) < origin.cut));
        assert!(
            origin.test.iter().all(|row| visits.arrived[*row] >= origin.cut && visits.arrived[*row] < split.cut)
        );
        assert!(!origin.parts.fit.is_empty() && !origin.parts.calibrate.is_empty());
        tested.extend(&origin.test);
    }
    assert!(tested.is_sorted_by(|a, b| a < b), "each visit is tested on once, in order");
    assert!(matches!(SplitPlan::default().rolling(&history, 99), Err(SplitError::TooShort { .. })));

    let one_day = History { visits: visits.take(&[0, 1, 2, 3]), ..History::default() };
    assert!(matches!(SplitPlan::default().split(&one_day), Err(SplitError::TooShort { days: 1, needed: 3 })));
    assert!(matches!(
        SplitPlan::default().split(&History::default()),
        Err(SplitError::TooShort { days: 0, needed: 3 })
    ));
}

/// A served visit on each of `days` days, at these minutes of the first, the others, and the last.
fn daily(days: i64, [first, between, last]: [i64; 3]) -> History {
    let midnight = Moment::parse_rfc3339("2026-01-03T00:00:00+03:30").unwrap();
    let visit = |day: i64| {
        let minute = match day {
            0 => first,
            day if day + 1 == days => last,
            _ => between,
        };
        let arrived = midnight.plus_millis((day * 1_440 + minute) * 60_000).unwrap();
        Visit {
            visit_id: day.to_string(),
            site: "a".to_owned(),
            service: "x".to_owned(),
            arrived,
            called: arrived.plus_millis(1_000),
            finished: None,
            left: None,
            priority: None,
            channel: None,
            booked_for: None,
            open_counters: None,
            people_ahead: None,
        }
    };
    History { visits: (0..days).map(visit).collect(), ..History::default() }
}

#[test]
fn so_many_days_as_are_said_to_be_needed_are_enough_and_one_less_may_not_be() {
    let needed = |result: Result<(), SplitError>| match result {
        Err(SplitError::TooShort { needed, .. }) => needed,
        other @ (Ok(()) | Err(SplitError::NobodyServed { .. })) => panic!("nothing was split: {other:?}"),
    };
    let hours = [[0, 0, 0], [0, 720, 1_439], [1_439, 720, 0], [1_439, 1_439, 1_439], [500, 600, 700]];
    for test_share in [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 0.9] {
        for gap_days in [0, 1, 5] {
            let plan = SplitPlan { gap_days, ..SplitPlan::default().testing(test_share) };
            let split = |history: &History| plan.split(history).map(|_| ());
            let days = needed(split(&History::default()));
            assert!(hours.iter().all(|hours| split(&daily(days, *hours)).is_ok()), "{plan:?}, {days} days");
            let fewer = hours.iter().any(|hours| split(&daily(days - 1, *hours)).is_err());
            assert!(fewer, "{plan:?}: {} days are enough", days - 1);
            for count in [1, 3, 4] {
                let rolling = |history: &History| plan.rolling(history, count).map(|_| ());
                let days = needed(rolling(&History::default()));
                assert!(
                    hours.iter().all(|hours| rolling(&daily(days, *hours)).is_ok()),
                    "{plan:?}, {count} stretches, {days} days"
                );
            }
        }
    }
}

/// The same pairs, with the site as their dimension.
fn sliced(pairs: Pairs) -> Pairs {
    let site = Dimension { id: "site", levels: pairs.sites.clone(), code: pairs.site.clone() };
    Pairs { dimensions: vec![site], ..pairs }
}

#[test]
fn the_slice_that_is_worse_is_found_and_comes_first_and_small_ones_are_not_judged() {
    let mut all = sliced(pairs(28, 4, 20, |site, _| if site == 2 { 5.0 } else { 3.0 }));
    // A level that only three visits have, and one visit whose level is not known.
    all.dimensions[0].levels.push("tiny".to_owned());
    for (row, level) in [(0, 4), (1, 4), (2, 4), (3, u32::MAX)] {
        all.dimensions[0].code[row] = level;
    }
    let found = compare(side("a"), side("b"), &all, Settings::seeded(1)).unwrap();
    let said: Vec<(&str, SliceVerdict)> =
        found.slices.iter().map(|slice| (slice.level.as_str(), slice.verdict)).collect();
    assert_eq!((said[0], said[4]), (("site 2", SliceVerdict::Worse), ("tiny", SliceVerdict::NotJudged)));
    assert!(said[1..4].iter().all(|(_, verdict)| *verdict == SliceVerdict::Better), "{said:?}");
    let [worst, .., tiny] = found.slices.as_slice() else { panic!() };
    assert_eq!((worst.n, worst.days, worst.site_days), (560, 28, 28));
    assert!(worst.p_adjusted.unwrap() >= worst.p.unwrap() && worst.ratio_bounds.unwrap()[0] > 1.1);
    assert_eq!((tiny.n, tiny.ratio, tiny.p_adjusted), (3, None, None));
    // With no difference at all, nothing is called.
    let alike = compare(side("a"), side("b"), &sliced(pairs(28, 4, 20, |_, _| 4.0)), Settings::seeded(1));
    assert!(alike.unwrap().slices.iter().all(|slice| slice.verdict == SliceVerdict::Alike));
    // What all visits share is no slice.
    let one = compare(side("a"), side("b"), &sliced(pairs(28, 1, 20, |_, _| 3.0)), Settings::seeded(1));
    assert_eq!(one.unwrap().slices, []);
}

#[test]
fn every_figure_is_what_its_name_says_and_has_its_interval() {
    let all = pairs(20, 3, 20, |_, _| 11.0);
    let weights = CostWeights { per_minute_needless: 2.0, per_turn_missed: 7.0 };
    let found = compare(side("a"), side("b"), &all, Settings { weights, ..Settings::seeded(1) }).unwrap();
    let metric = |id: &str| found.metrics.iter().find(|metric| metric.id == id).unwrap();
    let n = all.actual.len() as f64;
    let errors = |predicted: &[f64]| -> Vec<f64> {
        predicted.iter().zip(&all.actual).map(|(predicted, actual)| predicted - actual).collect()
    };
    let mean = |values: Vec<f64>, of: &dyn Fn(f64) -> f64| values.into_iter().map(of).sum::<f64>() / n;
    for (id, of) in [
        ("mae", &f64::abs as &dyn Fn(f64) -> f64),
        ("bias", &|error| error),
        ("within_5", &|error: f64| f64::from(u8::from(error.abs() <= 5.0))),
        ("too_low", &|error| f64::from(u8::from(error < -10.0))),
        ("cost", &|error: f64| if error < -10.0 { 7.0 } else { error.max(0.0) * 2.0 }),
    ] {
        let metric = metric(id);
        let (current, candidate) = (metric.current.unwrap(), metric.candidate.unwrap());
        assert!((current.value - mean(errors(&all.current), of)).abs() < 1e-9, "{id}");
        assert!((candidate.value - mean(errors(&all.candidate), of)).abs() < 1e-9, "{id}");
        let difference = metric.difference.unwrap();
        assert!((difference.value - (candidate.value - current.value)).abs() < 1e-9, "{id}");
        assert!(
            difference.low.unwrap() <= difference.value && difference.value <= difference.high.unwrap(),
            "{id}"
        );
    }
    assert!((metric("rmse").current.unwrap().value - found.current.errors.rmse).abs() < 1e-9);
    let p90 = metric("p90_absolute_error").candidate.unwrap();
    assert_eq!(p90.value, found.candidate.errors.p90_absolute_error);
    assert!(p90.low.unwrap() <= p90.value && p90.value <= p90.high.unwrap());
    // Neither has intervals, so that nothing is said of them.
    assert!(found.metrics.iter().all(|metric| metric.id != "coverage_80"));
    let whole: u64 = found.by_wait.iter().map(|tenth| tenth.n).sum();
    assert_eq!(whole, found.n);
    assert!(found.by_wait.is_sorted_by(|a, b| a.to < b.from), "equal waits stay together");
}

#[test]
fn as_many_days_as_are_said_do_show_the_difference_four_times_in_five() {
    // A difference of a minute, by days that vary by normal noise; in shadow the visits themselves cancel.
    let mut draw = crate::base::statistics::draws(5);
    let mut noise = move || {
        let uniform = (draw(1 << 30) as f64 + 0.5) / f64::from(1 << 30);
        crate::base::statistics::normal::quantile(uniform).unwrap()
    };
    let mut days = |n: usize, shift: f64| -> Vec<f64> { (0..n).map(|_| shift + noise()).collect() };
    let by_day = days(200, 0.0);
    let all = pairs(200, 1, 10, |_, day| 4.0 + by_day[day as usize]);
    let found = compare(side("a"), side("b"), &all, Settings::seeded(1)).unwrap();
    let shadow = |relative: f64| {
        let of = |power: &&Power| power.traffic == "shadow" && power.relative == relative;
        found.power.iter().find(of).unwrap().clone()
    };
    let asked = shadow(0.10);
    let needed = asked.days.unwrap() as usize;
    let seen = (0..1_000).filter(|_| {
        let series = days(needed, asked.difference);
        crate::base::statistics::diebold_mariano(&series, 1).is_ok_and(|test| test.p <= 0.05)
    });
    let share = seen.count() as f64 / 1_000.0;
    assert!((0.74..=0.86).contains(&share), "{share} of experiments of {needed} days");
    assert!(shadow(0.05).days.unwrap() > 3 * asked.days.unwrap());
    // A canary of one in a hundred has other people, and needs longer.
    let canary = found.power.iter().find(|power| power.traffic == "canary" && power.relative == 0.10).unwrap();
    assert!(canary.days.unwrap() > asked.days.unwrap());
    assert!(
        compare(side("a"), side("b"), &pairs(4, 2, 30, |_, _| 3.0), Settings::seeded(1)).unwrap().power.is_empty()
    );
}
