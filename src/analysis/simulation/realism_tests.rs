//! Whether the sample looks like a queue system's history. `--nocapture` prints its figures, and those of
//! each queue where `NOBAT_PRINT_QUEUES` is set: what a recipe is tuned by.

use std::time::Instant;

use super::*;
use crate::analysis::history::{Channel, Outcome};

const SAMPLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/recipe.yaml"));

struct Figures {
    visits: usize,
    unfinished: usize,
    abandoned_share: f64,
    booked_share: f64,
    no_wait_share: f64,
    /// Minutes at 10, 50, 90, 99 %.
    waits: [f64; 4],
    mean_wait: f64,
    /// Mean absolute error of people ahead × mean service ÷ open counters, in minutes.
    rule_mae: f64,
    /// Mean absolute error of always saying the median.
    constant_mae: f64,
}

impl Figures {
    fn of(visits: &Visits) -> Figures {
        let rows = || 0..visits.len();
        let share = |count: usize| count as f64 / visits.len() as f64;
        let mut waits: Vec<f64> = rows().filter_map(|row| visits.wait(row)).map(|wait| wait.get()).collect();
        waits.sort_by(f64::total_cmp);
        let quantile = |q: f64| waits[((waits.len() - 1) as f64 * q) as usize];
        let median = quantile(0.5);
        Figures {
            visits: visits.len(),
            unfinished: visits.count(Outcome::Unfinished),
            abandoned_share: share(visits.count(Outcome::Abandoned)),
            booked_share: share(rows().filter(|row| visits.channel[*row] == Some(Channel::Booked)).count()),
            no_wait_share: waits.iter().filter(|wait| **wait == 0.0).count() as f64 / waits.len() as f64,
            waits: [quantile(0.1), median, quantile(0.9), quantile(0.99)],
            mean_wait: waits.iter().sum::<f64>() / waits.len() as f64,
            rule_mae: rule_mae(visits),
            constant_mae: waits.iter().map(|wait| (wait - median).abs()).sum::<f64>() / waits.len() as f64,
        }
    }
}

fn queue_of(visits: &Visits, row: usize) -> (u32, u32) {
    (visits.site.codes()[row], visits.service.codes()[row])
}

fn rule_mae(visits: &Visits) -> f64 {
    let mut service = std::collections::BTreeMap::<(u32, u32), (f64, f64)>::new();
    for row in 0..visits.len() {
        if let (Some(called), Some(finished)) = (visits.called[row], visits.finished[row]) {
            let sum = service.entry(queue_of(visits, row)).or_default();
            *sum = (sum.0 + finished.minutes_since(called).get(), sum.1 + 1.0);
        }
    }
    let (mut sum, mut count) = (0.0, 0.0);
    for row in 0..visits.len() {
        let Some(wait) = visits.wait(row) else { continue };
        let (minutes, services) = service[&queue_of(visits, row)];
        let ahead = f64::from(visits.people_ahead[row].unwrap());
        let open = f64::from(visits.open_counters[row].unwrap().max(1));
        sum += (ahead * minutes / services / open - wait.get()).abs();
        count += 1.0;
    }
    sum / count
}

#[test]
fn the_sample_looks_like_a_real_history() {
    let mut recipe = Recipe::from_yaml(SAMPLE).unwrap();
    recipe.export.people_ahead = true;
    let begin = Instant::now();
    let visits = simulate(&recipe, &Task::default()).unwrap();
    let seconds = begin.elapsed().as_secs_f64();
    let figures = Figures::of(&visits);
    println!("{seconds:.2} s for {} visits, {} of them unfinished", figures.visits, figures.unfinished);
    println!("wait min p10 p50 p90 p99: {:.1?}, mean {:.1}", figures.waits, figures.mean_wait);
    println!("abandoned {:.3}, booked {:.3}", figures.abandoned_share, figures.booked_share);
    println!("no wait {:.3}", figures.no_wait_share);
    println!("MAE min: rule {:.2}, constant {:.2}", figures.rule_mae, figures.constant_mae);
    if std::env::var_os("NOBAT_PRINT_QUEUES").is_some() {
        print_queues(&visits);
    }

    assert!((150_000..=250_000).contains(&figures.visits));
    assert!((1..=300).contains(&figures.unfinished));
    assert!((8.0..=15.0).contains(&figures.waits[1]));
    assert!((35.0..=70.0).contains(&figures.waits[2]));
    assert!((0.03..=0.08).contains(&figures.abandoned_share));
    assert!((0.25..=0.35).contains(&figures.booked_share));
    assert!((0.05..=0.35).contains(&figures.no_wait_share));
    assert!(figures.rule_mae > 4.0 && figures.rule_mae < figures.constant_mae);
    assert_eq!(visits.site.names().len(), 12);
}

fn print_queues(visits: &Visits) {
    let mut queues = std::collections::BTreeMap::<(&str, &str), Vec<usize>>::new();
    for row in 0..visits.len() {
        queues.entry((visits.site.get(row), visits.service.get(row))).or_default().push(row);
    }
    for ((site, service), rows) in queues {
        let figures = Figures::of(&visits.take(&rows));
        println!(
            "{:>6} visits, waits {:>5.1?}, abandoned {:.3}, rule {:>5.1}, no wait {:.2} {site} {service}",
            figures.visits, figures.waits, figures.abandoned_share, figures.rule_mae, figures.no_wait_share
        );
    }
}
