//! The service as others meet it: requests that make no sense, an address that is taken, and its end.

use std::net::TcpListener;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::fixture::{Project, Running, Service, wait_until};

#[test]
fn requests_that_make_no_sense_are_answered_with_a_problem() {
    let project = Project::released();
    let service = Service::of(&project);
    let answer = service.predict();
    assert_eq!((answer.status, &answer.body["version"]), (200, &json!("1.0.0")), "{answer:?}");
    assert!(
        answer.body["minutes"].as_f64().is_some_and(|minutes| (0.0..1_440.0).contains(&minutes)),
        "{answer:?}"
    );

    let names = |answer: &crate::fixture::Answer| -> Vec<String> {
        let mut names: Vec<String> = answer.body["errors"].as_array().unwrap().iter().map(field).collect();
        names.sort();
        names
    };
    let missing = service.post("/v1/predict", r#"{"people_ahead": 3}"#);
    assert_eq!(names(missing.is_problem(422)), ["service", "site"]);
    let absurd = json!({"site": "a", "service": "b", "people_ahead": -1, "last_wait_minutes": 1e12,
        "open_counters": "many", "arrived_at": "yesterday"});
    let absurd = service.post("/v1/predict", &absurd.to_string());
    assert_eq!(
        names(absurd.is_problem(422)),
        ["arrived_at", "last_wait_minutes", "open_counters", "people_ahead"]
    );
    let extra = service.post("/v1/predict", r#"{"site": "a", "service": "b", "colour": "red"}"#);
    assert_eq!(names(extra.is_problem(422)), ["colour"]);
    service.post("/v1/predict", "{\"site\": ").is_problem(400);
    service.post("/v1/predict", "").is_problem(400);
    service.post("/v1/predict", &format!("{{\"site\": \"{}\"}}", "x".repeat(20_000))).is_problem(413);
    service.get("/v1/predict").is_problem(405);
    service.get("/v2/predict").is_problem(404);
    for path in ["/livez", "/readyz", "/v1/live"] {
        assert_eq!(service.get(path).status, 200, "{path}");
    }
    assert_eq!(service.predict().status, 200, "it still answers");
}

fn field(error: &Value) -> String {
    error["field"].as_str().unwrap().to_owned()
}

#[test]
fn an_address_that_is_taken_is_named() {
    let project = Project::released();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    project.nobat(["serve", "--listen", &address]).refuses(1).says(&address);
    project.nobat(["serve", "--listen", "203.0.113.7:8787"]).refuses(1).says("203.0.113.7");
    project.nobat(["serve", "--listen", "nowhere"]).exits(2);
    project.nobat(["predict", "--help"]).exits(0);
}

#[test]
fn a_service_ends_with_who_started_it() {
    let project = Project::released();
    let mut command = project.command(["--json", "serve", "--until-input-closes", "--listen", "127.0.0.1:0"]);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut running = Running(child);
    let mut line = String::new();
    let mut out = std::io::BufReader::new(running.0.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    assert!(line.contains("listening"), "{line}");
    drop(running.0.stdin.take());
    wait_until("the service ends", || running.0.try_wait().unwrap().is_some());
    assert_eq!(running.0.wait().unwrap().code(), Some(0));
}
