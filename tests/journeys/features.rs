//! The feature catalogue on a project: audited, added to, published, and what a model does with it.

use nobat::analysis::models::Artifact;
use nobat::base::{Moment, Version};
use nobat::store::registry::{Proposal, Registry};
use nobat::store::sqlite::Access;
use serde_json::Value;

use super::fixture::{OWNER, Project};

/// The text of `x.load` in the contract of whichever model has one.
fn expression_of(project: &Project) -> Option<String> {
    let folder = project.home().join("artifacts");
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).find_map(|path| {
        let artifact: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let contract = artifact["contract"].as_array().unwrap();
        let own = contract.iter().find(|feature| feature["id"] == "x.load")?;
        Some(own["expression"].as_str().unwrap().to_owned())
    })
}

#[test]
fn an_audit_counts_what_it_checked_and_finds_no_leak() {
    let project = Project::with_history();
    let listed = project.nobat(["--json", "features", "list"]).exits(0).json();
    let features = listed.as_array().unwrap().len();
    assert!(features > 30, "{listed}");
    let found = project.nobat(["--json", "features", "audit", "--sample", "40", "--seed", "3"]).exits(0).json();
    assert_eq!(found["checked"], 40 * features);
    assert_eq!(found["leaks"], serde_json::json!([]));
    assert_eq!(found.as_object().unwrap().len(), 2);
    // Nothing checked is no pass.
    let nothing = project.nobat(["--json", "features", "audit", "--sample", "0"]).exits(4).json();
    assert_eq!(nothing["checked"], 0);
    project.nobat(["features", "audit", "--data", "nowhere"]).refuses(2).says("nowhere");
}

#[test]
fn an_expression_is_learned_from_and_travels_with_the_model() {
    let project = Project::with_history();
    let text = "people_ahead / max(in_service, 1)";
    project.nobat(["features", "add", "load", "--expr", text, "--unit", "people"]).exits(0);
    project.nobat(["features", "add", "load", "--expr", text, "--unit", "people"]).refuses(2).says("load");
    project
        .nobat(["features", "add", "peek", "--expr", "called + 1", "--unit", "minutes"])
        .refuses(2)
        .says("called");
    let listed = project.nobat(["--json", "features", "list"]).exits(0).json();
    let own = listed.as_array().unwrap().last().unwrap().clone();
    assert_eq!((&own["id"], &own["expression"]), (&Value::from("x.load"), &Value::from(text)));
    for language in ["en", "fa"] {
        let said = project.nobat(["--lang", language, "features", "list"]).exits(0);
        assert!(said.out.contains(text) && !said.out.contains('{'), "{said}");
    }
    project.nobat(["features", "audit", "--sample", "20"]).exits(0);
    project.nobat(["train", "--family", "linear"]).exits(0);
    assert_eq!(expression_of(&project).as_deref(), Some(text));
    // Without the expression in the workspace, the model still knows how to compute it.
    let before = project.nobat(["--json", "compare", "--candidate", "run:1"]).json();
    project.nobat(["features", "remove", "load"]).exits(0);
    project.nobat(["features", "remove", "load"]).refuses(2).says("load");
    let after = project.nobat(["--json", "compare", "--candidate", "run:1"]).json();
    assert_eq!(before["mae_candidate"], after["mae_candidate"]);
    assert!(before["mae_candidate"].as_f64().is_some_and(f64::is_finite), "{before}");
}

#[test]
fn values_are_published_by_whom_it_is_allowed_and_listed_with_their_age() {
    let project = Project::released();
    let none = project.nobat(["--json", "features", "online"]).exits(0).json();
    assert_eq!(none, Value::Null);
    project.nobat(["--as", "nobody", "features", "publish"]).refuses(2).says("nobody");
    project.nobat(["features", "publish", "--as-of", "2999-01-01T00:00:00Z"]).refuses(2).says("2999");
    let published = project.nobat(["--json", "features", "publish", "--max-age", "90m"]).exits(0).json();
    assert_eq!((&published["person"], &published["max_age_minutes"]), (&Value::from("owner"), &Value::from(90.0)));
    let values = published["values"].as_array().unwrap();
    assert!(values.len() > 20 && values.iter().all(|value| value["n"].as_u64() > Some(0)), "{published}");
    // The simulated history ended long ago.
    assert_eq!(published["fresh"], false);
    let listed = project.nobat(["--json", "features", "online"]).exits(0).json();
    assert_eq!(listed["values"], published["values"]);
    for language in ["en", "fa"] {
        let said = project.nobat(["--lang", language, "features", "online"]).exits(0);
        assert_eq!(said.out.lines().count(), 1 + values.len(), "{said}");
        assert!(!said.out.contains('{'), "{said}");
    }
    assert_eq!(project.verification().problems, []);
    project.nobat(["verify"]).exits(0);
}

/// A version whose model counts minutes where this program counts people.
#[test]
fn a_version_that_this_program_cannot_compute_is_named_feature_by_feature() {
    let project = Project::released();
    let run = std::fs::read_dir(project.home().join("artifacts")).unwrap().find_map(|entry| {
        let kept = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        kept.contains(r#""people_ahead","kind""#).then_some(kept)
    });
    let people = r#""id":"people_ahead","kind":"number","unit":"people""#;
    let minutes = people.replace(r#""unit":"people""#, r#""unit":"minutes""#);
    let forged = run.unwrap().replace(people, &minutes);
    assert!(forged.contains(&minutes));
    let bytes = forged.as_bytes();
    let proposal = Proposal {
        version: Version::new(3, 0, 0),
        family: "linear",
        artifact: bytes,
        contract_sha256: Artifact::contract_of(bytes).unwrap().digest(),
        evidence: b"{}",
        notes: "",
    };
    let mut registry = Registry::open(&project.registry(), Access::Write).unwrap();
    let now = Moment::from_seconds(1_795_000_000).unwrap();
    registry.propose(&proposal, OWNER, now).unwrap();
    drop(registry);
    assert_eq!(project.verification().problems, []);
    let said = project.nobat(["verify"]).exits(3);
    assert!(said.out.contains("people_ahead counts minutes in the contract and people here"), "{said}");
    let said = project.nobat(["--lang", "fa", "verify"]).exits(3);
    assert!(said.out.contains("people_ahead در قرارداد minutes را می‌شمارد"), "{said}");
    project.nobat(["compare", "--candidate", "3.0.0"]).refuses(1).says("people_ahead counts minutes");
}

/// Features that were kept are used, and a file that was altered is not: either way the same model comes out.
#[test]
fn kept_features_give_the_same_model_and_an_altered_file_is_not_used() {
    let project = Project::with_history();
    let trained = |project: &Project| {
        let run = project.nobat(["--json", "train", "--family", "linear"]).exits(0).json();
        run["artifact_sha256"].as_str().unwrap().to_owned()
    };
    let computed = trained(&project);
    let built = project.nobat(["--json", "features", "build"]).exits(0).json();
    assert!(built["rows"].as_u64() > Some(1_000) && built["columns"].as_u64() > Some(30), "{built}");
    assert_eq!(trained(&project), computed);
    let file = std::path::PathBuf::from(built["file"].as_str().unwrap());
    let mut bytes = std::fs::read(&file).unwrap();
    assert_eq!(built["bytes"], bytes.len());
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    std::fs::write(&file, bytes).unwrap();
    assert_eq!(trained(&project), computed);
}
