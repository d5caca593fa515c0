//! Queues that nobody of this project made, through import, training and comparison with the committed mappings.
//!
//! The files are not part of the project. Where they are missing the journey is skipped and says so.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::fixture::{Project, skipped, text};

/// Where the data would be.
fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data")
}

fn mapping(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/mappings").join(name)
}

/// What is wrong in the files, counted without this program: by comparing their columns in Python.
const JANUARY: [(&str, u64); 3] = [("not_a_visit", 240), ("negative_span", 32), ("wait_disagrees", 27)];
const FEBRUARY: [(&str, u64); 3] = [("not_a_visit", 278), ("negative_span", 23), ("wait_disagrees", 39)];

/// Imports, trains and compares; `dirt` is what has to be found, by name and how often.
fn journey(name: &str, file: &Path, mapping: &Path, dirt: &[(&str, u64)]) {
    if !file.exists() {
        return skipped(name, &format!("there is no {}", file.display()));
    }
    let project = Project::empty();
    let account = project.nobat(["--json", "import", text(file), "--map", text(mapping)]).exits(0).json();
    let count = |key: &str| account[key].as_u64().unwrap_or_else(|| panic!("{key}: {account}"));
    assert_eq!(
        count("read"),
        count("accepted") + count("repaired") + count("quarantined") + count("duplicate"),
        "rows are missing from the account: {account}"
    );
    let kept = count("accepted") + count("repaired");
    assert_eq!(kept, count("served") + count("abandoned") + count("unfinished"), "{account}");
    let aside = account["findings"].as_array().unwrap().iter().filter(|finding| finding["action"] == "quarantine");
    let by_reason: u64 = aside.map(|finding| finding["count"].as_u64().unwrap()).sum();
    assert_eq!(by_reason, count("quarantined"), "{account}");
    for (check, count) in dirt {
        let found = account["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == *check);
        assert_eq!(found.map(|finding| finding["count"].as_u64()), Some(Some(*count)), "{check}: {account}");
    }
    assert!(kept > 30_000, "{account}");
    project.nobat(["train", "--family", "elastic-net"]).exits(0);
    let ended = project.nobat(["--json", "compare", "--current", "rule", "--candidate", "run:1"]);
    let compared = ended.json();
    // Too few days do not decide, however much better the candidate is.
    let code = match compared["gate"].as_str() {
        Some("pass") => 0,
        Some("inconclusive") if compared["days"].as_u64().is_some_and(|days| days < 5) => 4,
        _ => panic!("the candidate does not pass\n{ended}"),
    };
    ended.exits(code);
    let number = |key: &str| {
        compared[key].as_f64().filter(|n| n.is_finite()).unwrap_or_else(|| panic!("{key}: {compared}"))
    };
    for key in ["n", "delta", "delta_low", "delta_high", "ratio", "ratio_low", "ratio_high"] {
        number(key);
    }
    let trained = project.nobat(["--json", "runs", "show", "1"]).exits(0).json();
    let constant = find(&trained, "constant").or_else(|| find(&compared, "mae_constant")).unwrap();
    println!(
        "{name}: {kept} visits of {} rows ({} set aside); on {} later ones, MAE in minutes: candidate {:.3}, rule {:.3}, constant {constant:.3}; ratio {:.3} ({:.3} to {:.3})",
        count("read"),
        count("quarantined"),
        number("n"),
        number("mae_candidate"),
        number("mae_current"),
        number("ratio"),
        number("ratio_low"),
        number("ratio_high"),
    );
    assert!(number("mae_candidate") < number("mae_current"), "{compared}");
    assert!(number("mae_candidate") < constant, "{compared} {constant}");
}

/// The mean absolute error under `key`, wherever it stands.
fn find(document: &Value, key: &str) -> Option<f64> {
    match document {
        Value::Object(members) => match members.get(key) {
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::Object(errors)) => errors.get("mae").and_then(Value::as_f64),
            _ => members.values().find_map(|value| find(value, key)),
        },
        Value::Array(values) => values.iter().find_map(|value| find(value, key)),
        _ => None,
    }
}

#[test]
fn a_banks_call_centre_of_1999() {
    let file = data().join("call-centre-1999/january.txt.gz");
    journey("a_banks_call_centre_of_1999 (January)", &file, &mapping("call-centre.yaml"), &JANUARY);
    let file = data().join("call-centre-1999/february.txt.gz");
    journey("a_banks_call_centre_of_1999 (February)", &file, &mapping("call-centre.yaml"), &FEBRUARY);
}

#[test]
fn municipal_offices_of_warsaw_in_2020() {
    let file = data().join("warsaw-offices-2020/visits.csv.gz");
    journey(
        "municipal_offices_of_warsaw_in_2020",
        &file,
        &mapping("warsaw-offices.yaml"),
        &[("wrong_year", 7_953), ("near_duplicate_name", 1_714), ("doubtful", 931)],
    );
}

/// The guessed mapping of `file` with `corrections` by hand gives the same visits as the kept mapping.
fn guessed(name: &str, file: &Path, corrections: [(&str, &str); 2], kept: &Path) {
    if !file.exists() {
        return skipped(name, &format!("there is no {}", file.display()));
    }
    let project = Project::empty();
    let saved = project.path("guessed.yaml");
    let guess = project.nobat(["--json", "data", "guess", text(file), "--save", text(&saved)]).exits(0).json();
    assert_eq!(guess["questions"], serde_json::json!([]), "{guess}");
    let mut yaml = std::fs::read_to_string(&saved).unwrap();
    for (wrong, right) in corrections {
        assert_eq!(yaml.matches(wrong).count(), 1, "{wrong} in\n{yaml}");
        yaml = yaml.replace(wrong, right);
    }
    let corrected = project.write("corrected.yaml", yaml);
    let digest = |mapping: &Path| {
        let account = project.nobat(["--json", "import", text(file), "--map", text(mapping)]).exits(0).json();
        account["digest"].as_str().unwrap().to_owned()
    };
    assert_eq!(digest(&corrected), digest(kept));
}

#[test]
fn a_guess_and_two_corrections_import_the_call_centre() {
    let file = data().join("call-centre-1999/january.txt.gz");
    let corrections = [("Asia/Tehran", "Asia/Jerusalem"), ("value: january", "value: Anonymous Bank")];
    let name = "a_guess_and_two_corrections_import_the_call_centre";
    guessed(name, &file, corrections, &mapping("call-centre.yaml"));
}

#[test]
fn a_guess_and_two_corrections_import_the_offices() {
    let file = data().join("warsaw-offices-2020/visits.csv.gz");
    let doubtful = "doubtful:
  - { column: before_first_call, values: ['1'], reason: the ticket was estimated before the first call }
visit:
";
    let corrections = [("Asia/Tehran", "Europe/Warsaw"), ("visit:\n", doubtful)];
    let name = "a_guess_and_two_corrections_import_the_offices";
    guessed(name, &file, corrections, &mapping("warsaw-offices.yaml"));
}
