//! Requests, good and bad.

use proptest::prelude::*;

use super::*;
use crate::base::Minutes;
use crate::serving::routes::guard;
use crate::serving::{LARGEST_BODY_BYTES, LONGEST_NAME, LONGEST_REQUEST_ID};
use crate::store::predictions::Predictions;

/// A service with a linear model.
fn service() -> World {
    World::with(&[LEARNED.artifact("linear", 0)])
}

/// [`simple`] with one field more or otherwise.
fn with(field: &str, value: Value) -> Value {
    let mut request = simple();
    request[field] = value;
    request
}

#[test]
fn an_answer_names_version_generation_and_what_was_missing() {
    let world = service();
    let mut request = with("people_ahead", json!(4));
    request["request_id"] = json!("visit ۱۲");
    request["open_counters"] = json!(2.0);
    request["mean_service_minutes"] = json!(6.5);
    request["channel"] = Value::Null;
    let answer = world.predict(&request);
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_eq!(answer.headers["x-nobat-version"], "1.0.0");
    assert_eq!(answer.headers["x-nobat-generation"], "1");
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json");
    assert_eq!((&answer.body["version"], &answer.body["generation"]), (&json!("1.0.0"), &json!(1)));
    assert_eq!(answer.body["request_id"], "visit ۱۲");
    assert!(answer.body["minutes"].as_f64().unwrap() >= 0.0);
    let missing: Vec<&str> =
        answer.body["missing"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    assert!(missing.contains(&"avg_wait_time_last_week"), "{missing:?}");
    assert!(!missing.contains(&"people_ahead") && !missing.contains(&"hour_of_day"), "{missing:?}");
    assert!(world.predict(&simple()).body.get("request_id").is_none());
}

#[test]
fn every_answer_is_logged_with_what_the_model_saw() {
    let world = World::with(&[LEARNED.artifact("rule", 0)]);
    let mut request = json!({"site": " شعبة  كرج ", "service": "x", "people_ahead": 3, "open_counters": 2});
    request["expected_service_minutes"] = json!(8);
    request["request_id"] = json!("77");
    let answer = world.predict(&request);
    world.predict(&json!({"site": "x"})).is_problem(422, "invalid-fields", &["service"]);
    world.app.log.flush();
    let reader = Predictions::open(&world.folder.path().join("predictions.db")).unwrap();
    let logged = reader.last().unwrap().unwrap();
    assert_eq!(logged.site, "شعبة کرج");
    assert_eq!(logged.request_key.as_deref(), Some("77"));
    assert_eq!((logged.generation, logged.version), (1, v(0)));
    assert_eq!(logged.features["work_ahead"], 12.0);
    assert_eq!(logged.features["site"], "شعبة کرج");
    assert_eq!(Some(logged.predicted), Minutes::new(12.0));
    assert_eq!(answer.body["minutes"], 12.0);
    assert_eq!(world.app.log.counts().written, 1);
    assert_eq!(
        world.get("/v1/live").body["predictions"],
        json!({"recorded": 1, "dropped": 0, "last_error": null})
    );
}

#[test]
fn each_field_has_its_limits() {
    let world = service();
    let long = |n: usize| json!("ک".repeat(n));
    let from_now = |millis: i64| json!(now().plus_millis(millis).unwrap().to_string());
    const HOUR: i64 = 3_600_000;
    for (field, wrong) in [
        ("site", vec![json!(""), json!(" \n "), json!(5), json!(["a"]), json!("a\u{0}b"), long(LONGEST_NAME + 1)]),
        ("service", vec![json!(""), json!({"a": 1}), json!(true), long(LONGEST_NAME + 1)]),
        (
            "arrived_at",
            vec![json!("yesterday"), json!(0), json!("2026-02-30T00:00:00Z"), json!("2026-11-23T08:00:00")]
                .into_iter()
                .chain([from_now(25 * HOUR), from_now(-367 * 24 * HOUR)])
                .collect(),
        ),
        ("booked_for", vec![json!(""), from_now(25 * HOUR), from_now(-367 * 24 * HOUR)]),
        ("channel", vec![json!("phone"), json!(1), json!("")]),
        ("priority", vec![json!(-1), json!(256), json!(1.5), json!("1")]),
        ("people_ahead", vec![json!(-1), json!(100_001), json!(0.5), json!("3"), json!(1e300)]),
        ("in_service", vec![json!(-1), json!(100_001), json!(false)]),
        ("open_counters", vec![json!(-1), json!(100_001), json!([])]),
        ("arrivals_30min", vec![json!(-1), json!(100_001), json!("")]),
        ("head_of_line_minutes", vec![json!(-0.1), json!(1440.1), json!("NaN")]),
        ("last_wait_minutes", vec![json!(-1), json!(1e18), json!({})]),
        ("mean_service_minutes", vec![json!(-1), json!(1441)]),
        ("avg_wait_time_last_week", vec![json!(-1), json!(1441)]),
        ("expected_service_minutes", vec![json!(-1), json!(1441)]),
        ("request_id", vec![json!(""), json!("a\nb"), json!(7), long(LONGEST_REQUEST_ID + 1)]),
        ("people_behind", vec![json!(1), json!("x")]),
    ] {
        for value in wrong {
            world.predict(&with(field, value)).is_problem(422, "invalid-fields", &[field]);
        }
    }
    for (field, right) in [
        ("site", vec![long(LONGEST_NAME), json!("unknown")]),
        ("arrived_at", vec![from_now(23 * HOUR), from_now(-365 * 24 * HOUR), json!(null)]),
        ("people_ahead", vec![json!(0), json!(100_000), json!(3.0), json!(null)]),
        ("last_wait_minutes", vec![json!(0), json!(1440), json!(-0.0)]),
        ("priority", vec![json!(0), json!(255)]),
        ("request_id", vec![long(LONGEST_REQUEST_ID)]),
    ] {
        for value in right {
            let answer = world.predict(&with(field, value));
            assert_eq!(answer.status, StatusCode::OK, "{field}: {answer:?}");
        }
    }
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    let world = service();
    let answer = world.predict(&json!({"service": 3, "people_ahead": -4, "colour": "red"}));
    answer.is_problem(422, "invalid-fields", &["site", "service", "people_ahead", "colour"]);
    let many: serde_json::Map<String, Value> = (0..500).map(|n| (format!("field {n}"), json!(n))).collect();
    let answer = world.predict(&many.into());
    assert_eq!(answer.body["errors"].as_array().unwrap().len(), 30);
    assert_eq!(answer.body["detail"], "502 fields cannot be accepted.");
}

#[test]
fn bodies_that_are_not_a_json_object_are_refused() {
    let world = service();
    for body in [
        "",
        "{",
        "{\"site\": \"a\", \"serv",
        "nothing",
        "{\"site\": NaN}",
        "{\"site\": 1e999}",
        "{} {}",
        "\u{feff}{}",
    ] {
        world.predict_bytes(body.into()).is_problem(400, "not-json", &[]);
    }
    world.predict_bytes(vec![b'{', b'"', 0xFF, b'"', b':', b'1', b'}']).is_problem(400, "not-json", &[]);
    let deep = "[".repeat(8_000);
    world.predict_bytes(deep.into()).is_problem(422, "invalid-fields", &[]);
    let deep = format!("{{\"site\": {}", "[".repeat(8_000));
    world.predict_bytes(deep.into()).is_problem(400, "not-json", &[]);
    for body in ["[]", "1", "null", "\"text\""] {
        world.predict_bytes(body.into()).is_problem(422, "invalid-fields", &[]);
    }
    let twice = r#"{"site": "a", "service": "b", "site": "c"}"#;
    world.predict_bytes(twice.into()).is_problem(400, "not-json", &["site"]);
}

#[test]
fn size_media_type_path_and_method_are_held_to() {
    let world = service();
    let mut body = serde_json::to_vec(&simple()).unwrap();
    body.resize(LARGEST_BODY_BYTES, b' ');
    assert_eq!(world.predict_bytes(body.clone()).status, StatusCode::OK);
    body.push(b' ');
    world.predict_bytes(body).is_problem(413, "too-large", &[]);
    for media_type in [None, Some("text/plain"), Some("application/jsonp"), Some("application/json-patch+json")] {
        let mut request = Request::post("/v1/predict");
        if let Some(media_type) = media_type {
            request = request.header(header::CONTENT_TYPE, media_type);
        }
        let request = request.body(Body::from(simple().to_string())).unwrap();
        world.send(request).is_problem(415, "unsupported-media-type", &[]);
    }
    let request = Request::post("/v1/predict").header(header::CONTENT_TYPE, "Application/JSON; charset=utf-8");
    assert_eq!(world.send(request.body(Body::from(simple().to_string())).unwrap()).status, StatusCode::OK);
    for path in ["/", "/v1", "/v1/predict/", "/v2/predict", "/%ff%00"] {
        world.get(path).is_problem(404, "not-found", &[]);
    }
    let answer = world.get("/v1/predict");
    answer.is_problem(405, "method-not-allowed", &[]);
    assert_eq!(answer.headers[header::ALLOW], "POST");
    let request = Request::delete("/livez").body(Body::empty()).unwrap();
    world.send(request).is_problem(405, "method-not-allowed", &[]);
}

#[test]
fn a_panic_in_a_route_becomes_an_answer() {
    let panics = || async {
        if LEARNED.history.visits.len() > 1 {
            panic!("on purpose");
        }
        "no visits"
    };
    let router =
        axum::Router::new().route("/", axum::routing::get(panics)).layer(axum::middleware::from_fn(guard));
    send(router, Request::get("/").body(Body::empty()).unwrap()).is_problem(500, "unexpected", &[]);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-5.0..2_000.0).prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        Just(Value::from("booked")),
        Just(Value::from("2026-11-23T08:30:00+03:30")),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".{0,8}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

const FIELDS: &[&str] = &[
    "site",
    "service",
    "arrived_at",
    "channel",
    "priority",
    "booked_for",
    "people_ahead",
    "in_service",
    "open_counters",
    "head_of_line_minutes",
    "last_wait_minutes",
    "arrivals_30min",
    "mean_service_minutes",
    "avg_wait_time_last_week",
    "expected_service_minutes",
    "request_id",
];

#[test]
fn random_bytes_are_refused_politely() {
    let world = service();
    proptest!(|(body in prop::collection::vec(any::<u8>(), 0..300))| {
        let status = world.predict_bytes(body).status.as_u16();
        prop_assert!([400, 422].contains(&status), "{status}");
    });
}

#[test]
fn random_fields_are_answered_or_refused() {
    let world = service();
    let members = prop::collection::btree_map(prop::sample::select(FIELDS), any_json(), 0..16);
    let answered = std::cell::Cell::new(0);
    proptest!(|(members in members, is_complete in any::<bool>())| {
        let mut request = if is_complete { simple() } else { json!({}) };
        for (field, value) in members {
            if !(is_complete && ["site", "service"].contains(&field)) {
                request[field] = value;
            }
        }
        let answer = world.predict(&request);
        prop_assert!([200, 422].contains(&answer.status.as_u16()), "{answer:?}");
        if answer.status == StatusCode::OK {
            answered.set(answered.get() + 1);
            let minutes = answer.body["minutes"].as_f64().unwrap();
            prop_assert!((0.0..=1_440.0).contains(&minutes));
        }
    });
    assert!(answered.get() > 0);
}
