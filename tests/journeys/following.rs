//! Intervals that follow what comes true: measured when a model is trained, made again bit by bit, and published for the
//! service.

use serde_json::Value;

use crate::fixture::Project;

const TRAIN: [&str; 5] = ["train", "--family", "elastic-net", "--adaptive-intervals", "0.2"];

#[test]
fn a_run_says_how_its_intervals_would_have_followed() {
    let project = Project::with_history();
    let told = project.nobat([&["--json"], TRAIN.as_slice()].concat()).exits(0).json();
    for key in ["coverage_80", "coverage_80_followed"] {
        assert!((0.5..=1.0).contains(&told[key].as_f64().unwrap()), "{told}");
    }
    for (language, says) in [("en", "following what came true"), ("fa", "پیرو آنچه")] {
        let said = project.nobat(["--lang", language, "runs", "show", "1"]).exits(0);
        assert!(said.out.contains(says) && !said.out.contains('{'), "{said}");
    }
    project.nobat(["runs", "reproduce", "1"]).exits(0);
    let backtest = project.nobat([&["--json"], TRAIN.as_slice(), &["--backtest", "2"]].concat()).exits(0).json();
    let origins = backtest["origins"].as_array().unwrap();
    assert!(origins.iter().all(|origin| origin["coverage_80_followed"].is_f64()), "{backtest}");
    // Without it nothing follows, and nothing says so.
    let fixed = project.nobat(["--json", "train", "--family", "elastic-net"]).exits(0).json();
    assert_eq!((fixed.get("coverage_80_followed"), &fixed["coverage_80"]), (None, &told["coverage_80"]));
    for wrong in ["0", "0.6", "-1", "NaN", "soon"] {
        project.nobat(["train", "--family", "rule", "--adaptive-intervals", wrong]).exits(2);
    }
}

/// The shares among the values that are published.
fn shares(sheet: &Value) -> Vec<&Value> {
    let values = sheet["values"].as_array().unwrap();
    values.iter().filter(|value| value["feature"].as_str().unwrap().starts_with("tail_")).collect()
}

#[test]
fn shares_are_published_for_the_version_that_is_live_and_follow_from_the_history_alone() {
    let project = Project::released();
    let publish = || project.nobat(["--json", "features", "publish"]).exits(0).json();
    assert_eq!(shares(&publish()), Vec::<&Value>::new(), "the rule has fixed intervals");
    let run = project.nobat([&["--json"], TRAIN.as_slice()].concat()).exits(0).json()["run"].to_string();
    project.nobat(["release", "propose", "--run", &run, "--version", "3.0.0"]).exits(0);
    project.nobat(["release", "approve", "3.0.0", "--reason", "for a journey"]).exits(0);
    project.nobat(["release", "promote", "3.0.0"]).exits(0);
    let sheet = publish();
    let found = shares(&sheet);
    assert_eq!(found.len(), 4, "{sheet}");
    for value in &found {
        assert_eq!((&value["service"], &value["site"]), (&"3.0.0".into(), &"*".into()));
        assert!((0.0..=50.0).contains(&value["value"].as_f64().unwrap()) && value["n"].as_u64().unwrap() > 100);
    }
    assert_eq!(shares(&publish()), found, "again the same");
    // As of a moment in the training, nothing is known of what came after it.
    let early =
        project.nobat(["--json", "features", "publish", "--as-of", "2025-10-10T12:00:00Z"]).exits(0).json();
    assert_eq!(shares(&early), Vec::<&Value>::new());
    publish();
    for (language, says) in [("en", "share below"), ("fa", "سهم پایین‌تر")] {
        let said = project.nobat(["--lang", language, "features", "online"]).exits(0);
        assert!(said.out.contains(says) && !said.out.contains("tail_"), "{}", said.out);
    }
    project.nobat(["verify"]).exits(0);
}
