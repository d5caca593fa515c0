//! Rows come back as they were handed over; none is lost without being counted.

use std::time::{Duration, Instant};

use super::*;

fn prediction(n: u32, generation: i64) -> Prediction {
    Prediction {
        at: Moment::from_seconds(1_795_000_000 + i64::from(n)).unwrap(),
        generation,
        version: Version::new(1, generation.try_into().unwrap(), 0),
        site: "تهران ۱".to_owned(),
        service: "A".to_owned(),
        request_key: n.is_multiple_of(2).then(|| format!("visit {n}")),
        features: serde_json::json!({"people_ahead": n, "open_counters": null}),
        missing: vec!["open_counters".to_owned()],
        predicted: Minutes::new(12.1 + f64::from(n)).unwrap(),
        latency_us: 90,
    }
}

fn live(generation: i64, refused: Option<&str>) -> LiveEntry {
    LiveEntry {
        at: Moment::from_seconds(1_795_000_000).unwrap(),
        generation,
        version: Version::new(1, 0, 0),
        refused: refused.map(str::to_owned),
    }
}

#[test]
fn rows_are_written_soon_and_come_back_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("predictions.db");
    assert!(matches!(Predictions::open(&path), Err(DatabaseError::Missing { .. })));
    let log = PredictionLog::open(&path).unwrap();
    let reader = Predictions::open(&path).unwrap();
    assert_eq!(reader.last().unwrap(), None);
    let seen = reader.data_version().unwrap();
    log.record(prediction(1, 1));
    let start = Instant::now();
    while reader.data_version().unwrap() == seen {
        assert!(start.elapsed() < Duration::from_secs(5), "not written by itself");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(reader.last().unwrap(), Some(prediction(1, 1)));
    log.record_live(live(1, None)).unwrap();
    log.record_live(live(2, Some("not trusted"))).unwrap();
    assert_eq!(reader.live_log(9).unwrap(), [live(2, Some("not trusted")), live(1, None)]);
    for n in 0..1_200 {
        log.record(prediction(n, 2));
    }
    log.flush();
    let count = |generation, predictions| PredictionCount {
        generation,
        version: Version::new(1, generation.try_into().unwrap(), 0),
        predictions,
    };
    assert_eq!(reader.counts().unwrap(), [count(1, 1), count(2, 1_200)]);
    let mut seen = Vec::new();
    reader
        .each(|answer| {
            seen.push(answer.at);
            seen.len() < 1_000
        })
        .unwrap();
    assert!(seen.len() == 1_000 && seen.is_sorted(), "the oldest first, until it is enough");
    log.record(prediction(7, 3));
    let counts = log.close();
    assert_eq!(counts, LogCounts { written: 1_202, ..LogCounts::default() });
    assert_eq!(reader.last().unwrap(), Some(prediction(7, 3)));
}

#[test]
fn a_busy_disk_never_holds_up_an_answer_and_what_is_lost_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("predictions.db");
    let log = PredictionLog::with_queue(&path, 20).unwrap();
    let mut other = Database::open_existing(&path, &SCHEMA, Access::Write).unwrap();
    let slowest = other
        .write(|_| {
            let mut slowest = Duration::ZERO;
            for n in 0..3_000 {
                let start = Instant::now();
                log.record(prediction(n, 1));
                slowest = slowest.max(start.elapsed());
            }
            Ok::<_, DatabaseError>(slowest)
        })
        .unwrap();
    assert!(slowest < Duration::from_millis(500), "{slowest:?}");
    let counts = log.close();
    assert!(counts.dropped > 0);
    assert_eq!(counts.written + counts.dropped + counts.failed, 3_000);
    let kept: i64 =
        Predictions::open(&path).unwrap().counts().unwrap().iter().map(|count| count.predictions).sum();
    assert_eq!(u64::try_from(kept).unwrap(), counts.written);
}

#[test]
fn rows_that_the_file_does_not_take_are_counted_as_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("predictions.db");
    let log = PredictionLog::open(&path).unwrap();
    let unfit = Prediction { generation: 0, ..prediction(1, 1) };
    log.record(unfit);
    log.flush();
    let counts = log.counts();
    assert_eq!((counts.written, counts.failed), (0, 1));
    assert!(counts.last_error.is_some());
    log.record(prediction(2, 1));
    assert_eq!(log.close().written, 1, "the log goes on");
}
