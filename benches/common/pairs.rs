//! A million pairs of predictions, for the benches of comparisons and of the frames that show one.

use nobat::analysis::evaluation::{Dimension, Factor, Pairs};
use nobat::analysis::models::WaitInterval;
use nobat::base::Moment;
use nobat::base::calendar::CivilDate;
use nobat::base::statistics::{draws, normal};

pub const VISITS: usize = 1_000_000;
pub const SITES: usize = 50;
pub const DAYS: usize = 90;

/// Visits of 50 sites on 90 days whose errors share the day: what a large service has in a quarter of a year.
pub fn pairs() -> Pairs {
    let mut draw = draws(7);
    let mut uniform = move || (draw(1 << 30) as f64 + 0.5) / f64::from(1 << 30);
    let names = |prefix: &str, n: usize| (0..n).map(|place| format!("{prefix} {place}")).collect::<Vec<String>>();
    let mut pairs = Pairs { sites: names("site", SITES), ..Pairs::default() };
    let sizes = [("service", 5_usize), ("hour", 12), ("weekday", 7), ("channel", 2), ("load", 2)];
    let mut dimensions: Vec<Dimension> =
        sizes.map(|(id, n)| Dimension { id, levels: names(id, n), code: Vec::with_capacity(VISITS) }).into();
    let mut factors: Vec<Factor> =
        (0..9).map(|place| Factor { id: format!("factor {place}"), values: Vec::with_capacity(VISITS) }).collect();
    let mut intervals = [Vec::with_capacity(VISITS), Vec::with_capacity(VISITS)];
    let mut levels = [1.0, 1.0];
    for visit in 0..VISITS {
        // In order of site and day, as blocks of rows need it; visits of a site-day are neighbours.
        let block = visit * SITES * DAYS / VISITS;
        if visit == 0 || block != (visit - 1) * SITES * DAYS / VISITS {
            let level = |sigma: f64, uniform: f64| (sigma * normal::quantile(uniform).unwrap_or(0.0)).exp();
            let shared = level(0.4, uniform());
            levels = [8.0 * shared, 7.6 * shared * level(0.2, uniform())];
        }
        let (site, day) = (block / DAYS, block % DAYS);
        let actual = -20.0 * uniform().ln();
        let mut off = |level: f64| {
            let size = -level * uniform().ln();
            if uniform() < 0.5 { size } else { -size }
        };
        let (current, candidate) = (actual + off(levels[0]), actual + off(levels[1]));
        pairs.actual.push(actual);
        pairs.current.push(current);
        pairs.candidate.push(candidate);
        let date = CivilDate::from_epoch_days(20_000 + day as i32).expect("a day");
        pairs.day.push(date);
        pairs.arrived.push(Moment::from_seconds(i64::from(20_000 + day as i32) * 86_400).expect("a moment"));
        pairs.site.push(site as u32);
        for (dimension, (_, n)) in dimensions.iter_mut().zip(sizes) {
            let code = if dimension.id == "weekday" { day % 7 } else { (uniform() * n as f64) as usize };
            dimension.code.push(code as u32);
        }
        factors.iter_mut().for_each(|factor| factor.values.push((uniform() * 40.0).floor() as f32));
        for (side, middle) in [current, candidate].into_iter().enumerate() {
            intervals[side].push(WaitInterval { level: 0.8, low: (middle - 15.0).max(0.0), high: middle + 15.0 });
        }
    }
    let sites = Dimension { id: "site", levels: pairs.sites.clone(), code: pairs.site.clone() };
    pairs.dimensions = std::iter::once(sites).chain(dimensions).collect();
    pairs.factors = factors;
    let [current, candidate] = intervals;
    (pairs.current_intervals, pairs.candidate_intervals) = (Some(current), Some(candidate));
    pairs
}
