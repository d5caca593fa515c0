//! The whole loop on the sample, and what can be asked of the home that it leaves.

use serde_json::Value;

use crate::fixture::{OWNER, Project};

const KEYS: [&str; 12] = [
    "ok",
    "visits",
    "mae_rule",
    "mae_candidate",
    "ratio",
    "ratio_low",
    "ratio_high",
    "gate",
    "version",
    "promote_to_answer_ms",
    "rollback_to_answer_ms",
    "steps",
];

#[test]
fn the_loop_runs_on_the_sample_and_the_home_can_be_asked() {
    let project = Project::empty();
    let document = project.nobat(["demo", "--headless", "--json"]).exits(0).json();
    is_complete(&document);
    for language in ["en", "fa"] {
        is_told(&project, language);
    }
    let listed = project.nobat(["release", "list", "--json"]).exits(0).json();
    let stages: Vec<_> =
        listed.as_array().unwrap().iter().map(|entry| (&entry["version"], &entry["stage"])).collect();
    assert_eq!(stages.len(), 2, "{listed}");
    assert!(stages.iter().any(|(version, stage)| **version == "1.0.0" && **stage == "live"), "{listed}");
    assert!(stages.iter().any(|(version, _)| **version == document["version"]), "{listed}");
    let audit = project.nobat(["audit", "--json"]).exits(0).json();
    let kinds: Vec<&str> =
        audit.as_array().unwrap().iter().rev().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        ["person", "propose", "approve", "promote", "propose", "approve", "promote", "roll_back"],
        "{audit}"
    );
    let verified = project.nobat(["verify", "--json"]).exits(0).json();
    assert_eq!(verified["problems"], Value::Array(Vec::new()));
    assert_eq!((&verified["versions"], &verified["signatures"]), (&2.into(), &2.into()));
    assert_eq!(project.nobat(["runs", "list", "--json"]).exits(0).json().as_array().unwrap().len(), 2);
    assert_eq!(project.nobat(["data", "list", "--json"]).exits(0).json().as_array().unwrap().len(), 1);
    assert!(project.home().join("predictions.db").exists());
}

#[track_caller]
fn is_complete(document: &Value) {
    let keys: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    for key in KEYS {
        assert!(keys.contains(&key), "{key} is missing: {document}");
    }
    assert_eq!(keys.len(), KEYS.len(), "{keys:?}");
    assert_eq!(document["ok"], true, "{document}");
    assert_eq!(document["gate"], "pass");
    let number = |key: &str| document[key].as_f64().filter(|number| number.is_finite() && *number > 0.0).unwrap();
    assert!(number("mae_candidate") < number("mae_rule"), "{document}");
    assert!(number("ratio_low") <= number("ratio") && number("ratio") <= number("ratio_high"), "{document}");
    assert!((150_000.0..=250_000.0).contains(&number("visits")));
    println!("promote → answer: {:.0} ms", number("promote_to_answer_ms"));
    println!("rollback → answer: {:.0} ms", number("rollback_to_answer_ms"));
    let steps = document["steps"].as_array().unwrap();
    let names: Vec<&str> = steps.iter().map(|step| step["name"].as_str().unwrap()).collect();
    let wanted = ["import", "features", "train", "compare", "propose", "approve", "serve", "promote"];
    for name in wanted.iter().chain(&["predict_old", "predict_new", "predict_back"]) {
        assert!(names.contains(name), "no step {name}: {names:?}");
    }
    for step in steps {
        assert!(step["seconds"].as_f64().unwrap() >= 0.0 && !step["note"].as_str().unwrap().is_empty(), "{step}");
    }
}

/// Every list, for people, in one language.
#[track_caller]
fn is_told(project: &Project, language: &str) {
    let questions: [&[&str]; 8] = [
        &["verify"],
        &["audit"],
        &["release", "list"],
        &["release", "show", "1.0.0"],
        &["runs", "list"],
        &["data", "list"],
        &["data", "show", "sample"],
        &["people", "list"],
    ];
    for words in questions {
        let ended = project.nobat(["--lang", language].iter().chain(words)).exits(0);
        assert!(!ended.out.trim().is_empty() && !ended.out.contains('{'), "{ended}");
        // Where the catalogue has no text, its key is shown, and keys have no spaces around their points.
        let looks_like_key = |word: &str| {
            word.split('.').count() > 1
                && word
                    .split('.')
                    .all(|part| part.len() > 1 && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        };
        assert!(!ended.out.split_whitespace().any(looks_like_key), "a key instead of a text\n{ended}");
        let has_persian = ended.out.chars().any(|c| ('\u{600}'..='\u{6FF}').contains(&c));
        assert!(has_persian || language == "en", "{ended}");
    }
    let shown = project.nobat(["--lang", language, "people", "list"]).exits(0);
    assert!(shown.out.contains(OWNER), "{shown}");
}
