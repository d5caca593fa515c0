//! A search that was stopped goes on where it stopped and comes to the same end; only the best is tested.

use std::process::Stdio;

use serde_json::Value;

use crate::fixture::{Project, Running, wait_until};

const SEARCH: [&str; 7] = ["search", "--family", "elastic-net", "--minutes", "5", "--trials", "9"];

fn found(project: &Project) -> Value {
    project.nobat([&["--json"], SEARCH.as_slice()].concat()).exits(0).json()
}

/// Every trial without its seconds.
fn trials(found: &Value) -> Vec<Value> {
    let without_seconds = |mut trial: Value| {
        trial.as_object_mut().unwrap().remove("seconds");
        trial
    };
    found["trials"].as_array().unwrap().iter().cloned().map(without_seconds).collect()
}

fn kept(project: &Project) -> i64 {
    let shell = rusqlite::Connection::open(project.home().join("workspace.db")).unwrap();
    shell.query_row("SELECT count(*) FROM trials", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_search_goes_on_where_it_was_killed_and_ends_the_same() {
    let project = Project::with_history();
    let other = project.copy();
    let whole = found(&project);
    // What is taken is the lowest, or the defaults where that is no clear gain.
    let (best, lowest) = (&whole["best"], &whole["lowest"]);
    let last = whole["stages"].as_array().unwrap().len() - 1;
    assert_eq!(best["stage"], last, "{whole}");
    let of_last: Vec<f64> = trials(&whole)
        .iter()
        .filter(|trial| trial["stage"] == last)
        .map(|trial| trial["mae"].as_f64().unwrap())
        .collect();
    assert!(of_last.iter().all(|mae| *mae >= lowest["mae"].as_f64().unwrap()));
    if lowest["trial"] != 0 {
        let gain = &whole["gain"];
        let (difference, error) = (gain["difference"].as_f64().unwrap(), gain["standard_error"].as_f64());
        let is_clear = error.is_some_and(|error| difference < -error);
        assert_eq!(best["trial"], if is_clear { lowest["trial"].clone() } else { 0.into() }, "{whole}");
        assert!(
            (difference - (lowest["mae"].as_f64().unwrap() - of_last[0])).abs() < 1e-9,
            "the defaults come first"
        );
    }
    assert_eq!(trials(&whole)[0]["parameters"], serde_json::json!({}), "the first tries the defaults");
    assert!(whole["run"]["mae"].as_f64().is_some());
    // The same again tries nothing again and tests nothing again.
    let before = kept(&project);
    assert_eq!(found(&project), whole);
    assert_eq!(kept(&project), before);
    let runs = project.nobat(["--json", "runs", "list"]).exits(0).json();
    assert_eq!(runs.as_array().unwrap().len(), 1, "only the best is trained as a run");
    project.nobat(["runs", "reproduce", "1"]).exits(0);
    // Intervals that follow are another run of the best; no trial is another.
    let followed = [&["--json"], SEARCH.as_slice(), &["--adaptive-intervals", "0.2"]].concat();
    let followed = project.nobat(followed).exits(0).json();
    assert_eq!((&followed["trials"], &followed["best"]), (&whole["trials"], best));
    assert!(
        followed["run"]["coverage_80_followed"].is_f64() && whole["run"].get("coverage_80_followed").is_none()
    );
    assert_eq!(followed["run"]["mae"], whole["run"]["mae"]);

    let mut command = other.command(SEARCH);
    let mut running = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    wait_until("three trials are kept", || {
        let path = other.home().join("workspace.db");
        let shell = rusqlite::Connection::open(path).unwrap();
        let count = shell.query_row("SELECT count(*) FROM trials", [], |row| row.get::<_, i64>(0));
        count.is_ok_and(|count| count >= 3)
    });
    let _ = running.0.kill();
    let _ = running.0.wait();
    let again = found(&other);
    assert_eq!(trials(&again), trials(&whole));
    assert_eq!(again["best"]["parameters"], best["parameters"]);
    assert_eq!(again["run"]["artifact_sha256"], whole["run"]["artifact_sha256"]);
}

#[test]
fn what_cannot_be_searched_is_said() {
    let project = Project::with_history();
    project.nobat(["search", "--family", "constant", "--minutes", "1"]).refuses(2).says("constant");
    let wrong = project.write("space.yaml", "penalti: 1\n");
    let space = wrong.to_str().unwrap();
    let words = ["search", "--family", "elastic-net", "--minutes", "1", "--space", space];
    project.nobat(words).refuses(2).says("penalti").says("\"penalty\" is meant");
    project.write("space.yaml", "penalty: {least: 5, most: 50}\n");
    project.nobat(words).refuses(2).says("0..10");
    project.nobat(["search", "--family", "elastic-net", "--minutes", "0"]).exits(2);
    project.write("space.yaml", "penalty: [0.1]\n");
    project.nobat(words).refuses(2).says("penalty");
}
