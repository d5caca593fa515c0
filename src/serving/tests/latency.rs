//! How long an answer takes, without the network: `cargo test --release --lib serving::tests::latency -- --ignored
//! --nocapture`.

use std::time::{Duration, Instant};

use super::*;

const REQUESTS: usize = 20_000;

#[test]
#[ignore = "measures; run it on a quiet machine"]
fn an_answer_takes_well_below_the_half_second_that_is_allowed() {
    for family in ["rule", "elastic-net"] {
        let world = World::with(&[LEARNED.artifact(family, 0)]);
        let body = json!({
            "site": "کرج", "service": "پذیرش", "channel": "walk_in", "people_ahead": 7, "in_service": 2,
            "open_counters": 2, "head_of_line_minutes": 11.5, "last_wait_minutes": 14.25, "arrivals_30min": 9,
            "mean_service_minutes": 5.1, "avg_wait_time_last_week": 12.0, "request_id": "visit 1",
        })
        .to_string();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let router = routes(Arc::clone(&world.app));
        let mut taken: Vec<Duration> = runtime.block_on(async {
            let mut taken = Vec::with_capacity(REQUESTS);
            for _ in 0..REQUESTS {
                let request = Request::post("/v1/predict").header(header::CONTENT_TYPE, "application/json");
                let request = request.body(Body::from(body.clone())).unwrap();
                let begin = Instant::now();
                let response = router.clone().oneshot(request).await.unwrap();
                assert_eq!(response.status(), StatusCode::OK);
                to_bytes(response.into_body(), 1 << 20).await.unwrap();
                taken.push(begin.elapsed());
            }
            taken
        });
        taken.sort();
        let at = |share: usize| taken[REQUESTS * share / 1_000];
        println!("{family}: p50 {:?}, p99 {:?}, p99.9 {:?}", at(500), at(990), at(999));
        let live = runtime.block_on(async {
            let response =
                router.clone().oneshot(Request::get("/v1/live").body(Body::empty()).unwrap()).await.unwrap();
            to_bytes(response.into_body(), 1 << 20).await.unwrap()
        });
        println!("{}", String::from_utf8_lossy(&live));
        assert!(at(990) < Duration::from_millis(500));
    }
}
