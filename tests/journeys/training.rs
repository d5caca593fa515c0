//! Training on a project: the parts of the time, intervals, backtests, and what cannot be trained.

use serde_json::Value;

use super::fixture::{Project, text};

#[test]
fn a_run_says_how_its_time_was_divided_and_how_often_its_intervals_hold() {
    let project = Project::with_history();
    let parameters = project.write("few.yaml", "rounds: 40\nlearning_rate: 0.1\nleaves: 15\n");
    let path = text(&parameters);
    let told = project.nobat(["--json", "train", "--family", "boosted", "--params", path]).exits(0).json();
    let keys = [
        "run",
        "family",
        "seed",
        "artifact_sha256",
        "train_n",
        "test_n",
        "mae",
        "mae_low",
        "mae_high",
        "within_20",
        "coverage_80",
        "seconds",
    ];
    assert!(keys.iter().all(|key| !told[*key].is_null()), "{told}");
    let covered = told["coverage_80"].as_f64().unwrap();
    assert!((0.5..=1.0).contains(&covered), "{told}");
    for language in ["en", "fa"] {
        let said = project.nobat(["--lang", language, "runs", "show", "1"]).exits(0);
        assert!(said.out.lines().count() >= 4 && !said.out.contains('{'), "{said}");
    }
    // The same again is the same, and says that the test part had been looked at.
    let again = project.nobat(["--json", "train", "--family", "boosted", "--params", path]).exits(0).json();
    assert_eq!(told["artifact_sha256"], again["artifact_sha256"]);
    let said = project.nobat(["--lang", "en", "runs", "show", "2"]).exits(0);
    assert!(said.out.contains("before: 1;"), "{said}");
    // Without a part for calibration there are no intervals, and that is said.
    let without = ["--lang", "en", "train", "--family", "linear", "--calibrate-share", "0"];
    assert!(project.nobat(without).exits(0).out.contains("Intervals: none"));
    for wrong in
        [["--calibrate-share", "0.9"], ["--stop-share", "-1"], ["--gap-days", "1e3"], ["--test-share", "1"]]
    {
        project.nobat(["train", "--family", "linear"].iter().chain(&wrong)).exits(2);
    }
    // A gap that leaves nothing to learn from is told, and nothing is kept but the attempts.
    project.nobat(["train", "--family", "linear", "--gap-days", "365"]).refuses(4);
}

#[test]
fn a_backtest_keeps_nothing_and_leaves_the_test_part_alone() {
    let project = Project::with_history();
    let told = project.nobat(["--json", "train", "--family", "elastic-net", "--backtest", "3"]).exits(0).json();
    let origins = told["origins"].as_array().unwrap();
    assert_eq!(origins.len(), 3, "{told}");
    let n = |errors: &Value| errors["n"].as_u64().unwrap();
    assert_eq!(n(&told["overall"]), origins.iter().map(|origin| n(&origin["test"])).sum::<u64>());
    let learned: Vec<u64> = origins.iter().map(|origin| origin["train_n"].as_u64().unwrap()).collect();
    assert!(learned.is_sorted_by(|a, b| a < b), "the later, the more is known: {told}");
    assert!(told["overall"]["mae"].as_f64().unwrap() < told["rule"]["mae"].as_f64().unwrap(), "{told}");
    assert_eq!(project.nobat(["--json", "runs", "list"]).exits(0).json(), Value::Array(Vec::new()));
    for language in ["en", "fa"] {
        let words = ["--lang", language, "train", "--family", "constant", "--backtest", "2"];
        let said = project.nobat(words).exits(0);
        assert!(said.out.lines().count() == 3 && !said.out.contains('{'), "{said}");
    }
    project.nobat(["train", "--family", "constant", "--backtest", "99"]).refuses(4);
}
