//! Whether the intervals and the gate keep what they promise, on simulated pairs whose truth is known.

use super::{BlockBootstrap, NonInferiority, PairedBlock, draws, normal, sign_flips};
use crate::base::Verdict;

/// Mean absolute error of the current model, minutes.
const MAE: f64 = 8.0;
const EXPERIMENTS: u64 = 1_000;

/// Site-days of 5 to 44 visits whose errors share the queue of the day: exponential errors around a level that varies by
/// site-day (lognormal, σ = 0.4), of which the candidate's varies beside it (σ = 0.2). In truth the candidate's mean absolute
/// error is `ratio` times [`MAE`].
fn experiment(site_days: usize, ratio: f64, seed: u64) -> Vec<PairedBlock> {
    let mut draw = draws(seed);
    let mut uniform = move || (draw(1 << 30) as f64 + 0.5) / f64::from(1 << 30);
    let level =
        |sigma: f64, uniform: f64| (sigma * normal::quantile(uniform).unwrap() - sigma * sigma / 2.0).exp();
    (0..site_days)
        .map(|_| {
            let shared = level(0.4, uniform());
            let own = level(0.2, uniform());
            let n = 5 + (uniform() * 40.0) as u64;
            let mut sums = [0.0; 2];
            for _ in 0..n {
                sums[0] -= MAE * shared * uniform().ln();
                sums[1] -= MAE * ratio * shared * own * uniform().ln();
            }
            PairedBlock { n, sum_abs_error_current: sums[0], sum_abs_error_candidate: sums[1] }
        })
        .collect()
}

/// How often, of a thousand experiments: the interval of ΔMAE holds the truth; that of the ratio; the gate passes.
fn shares(site_days: usize, ratio: f64) -> [f64; 3] {
    let mut counts = [0_u32; 3];
    for seed in 0..EXPERIMENTS {
        let blocks = experiment(site_days, ratio, seed);
        let found = BlockBootstrap::seeded(seed).paired(&blocks).unwrap();
        let (delta, of_ratio) = (found.delta_interval.deciding(), found.ratio_interval.deciding());
        counts[0] += u32::from((delta.low..=delta.high).contains(&(MAE * (ratio - 1.0))));
        counts[1] += u32::from((of_ratio.low..=of_ratio.high).contains(&ratio));
        counts[2] += u32::from(NonInferiority::default().decide(&found, 28).verdict == Verdict::Pass);
    }
    counts.map(|count| f64::from(count) / EXPERIMENTS as f64)
}

#[test]
fn of_a_thousand_experiments_the_interval_holds_the_truth_in_93_to_97_percent() {
    for (site_days, ratio) in [(60, 0.9), (60, 1.05), (200, 0.9), (200, 1.05), (400, 0.95)] {
        let [delta, of_ratio, _] = shares(site_days, ratio);
        println!("{site_days} site-days, ratio {ratio}: {delta} and {of_ratio}");
        assert!((0.93..=0.97).contains(&delta), "{site_days} site-days, ratio {ratio}: {delta}");
        assert!((0.93..=0.97).contains(&of_ratio), "{site_days} site-days, ratio {ratio}: {of_ratio}");
    }
}

#[test]
fn at_a_true_ratio_of_the_margin_the_gate_passes_falsely_in_at_most_6_percent() {
    for site_days in [60, 200] {
        let passed = shares(site_days, 1.05)[2];
        println!("{site_days} site-days: {passed}");
        assert!(passed <= 0.06, "{site_days} site-days: {passed}");
    }
    // And it does pass where it should.
    assert!(shares(200, 0.95)[2] > 0.8);
}

#[test]
fn sign_flips_call_a_difference_that_is_not_there_in_about_5_percent() {
    let p = |seed| {
        let blocks = experiment(40, 1.0, seed);
        let sums: Vec<f64> =
            blocks.iter().map(|block| block.sum_abs_error_candidate - block.sum_abs_error_current).collect();
        sign_flips(&sums, seed).unwrap().p
    };
    let alarms = (0..EXPERIMENTS).filter(|seed| p(*seed) <= 0.05).count() as f64 / EXPERIMENTS as f64;
    println!("{alarms}");
    // Binomial with a standard deviation of 0.7 %: three of them.
    assert!((0.03..=0.07).contains(&alarms), "{alarms}");
}
