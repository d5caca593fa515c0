//! A run is looked at: why one visit got its prediction, what the model leans on, where it errs, and its card.

use serde_json::Value;

use super::fixture::{Project, text};

fn trained(family: &str) -> Project {
    let project = Project::with_history();
    project.nobat(["train", "--family", family]).exits(0);
    project
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|one| one.as_f64().unwrap()).collect()
}

#[test]
fn a_prediction_is_told_as_a_sum_of_minutes() {
    let project = trained("linear");
    let first = project.nobat(["--json", "runs", "explain", "1"]).exits(0).json();
    let parts = first["contributions"].as_array().unwrap();
    let sum: f64 = parts.iter().map(|part| part["minutes"].as_f64().unwrap()).sum();
    let [base, limited, predicted] =
        ["base_minutes", "limited_minutes", "predicted_minutes"].map(|key| first[key].as_f64().unwrap());
    assert!((base + sum + limited - predicted).abs() < 1e-6, "{first}");
    assert!(parts.len() > 10 && first["row"] == 1 && first["rows"].as_u64() > Some(100));
    // The same visit by its id.
    let id = first["visit"].as_str().unwrap();
    let again = project.nobat(["--json", "runs", "explain", "1", "--visit", id]).exits(0).json();
    assert_eq!(first, again);
    for language in ["en", "fa"] {
        let said = project.nobat(["--lang", language, "runs", "explain", "1", "--row", "7"]).exits(0);
        assert!(said.out.lines().count() > 10 && !said.out.contains('{'), "{said}");
    }
    project.nobat(["runs", "explain", "1", "--row", "0"]).refuses(2).says("0");
    project.nobat(["runs", "explain", "1", "--row", "99999999"]).refuses(2).says("99999999");
    project.nobat(["runs", "explain", "1", "--visit", "nobody"]).refuses(2).says("nobody");
    project.nobat(["runs", "explain", "9"]).refuses(2).says("9");
}

#[test]
fn importance_effects_and_residuals_carry_their_n_and_are_the_same_twice() {
    let project = trained("boosted");
    let found = project.nobat(["--json", "runs", "importance", "1"]).exits(0).json();
    let groups = found["groups"].as_array().unwrap();
    let increases: Vec<f64> = groups.iter().map(|group| group["increase"].as_f64().unwrap()).collect();
    assert!(increases.is_sorted_by(|a, b| a >= b) && increases[0] > 0.1, "{found}");
    assert!(found["n"].as_u64() > Some(100) && found["run"] == 1 && found["family"] == "boosted");
    assert_eq!(found, project.nobat(["--json", "runs", "importance", "1"]).exits(0).json());

    let words = ["--json", "runs", "effects", "1", "--feature", "people_ahead"];
    let effects = project.nobat(words).exits(0).json();
    let [at, dependence, ale] = ["at", "partial_dependence", "ale"].map(|key| numbers(&effects["effect"][key]));
    assert!(at.len() > 2 && at.len() == dependence.len() && at.len() == ale.len() && at.is_sorted());
    // More people ahead never means a shorter wait, which the model keeps to.
    assert!(dependence.is_sorted() && ale.is_sorted(), "{effects}");
    let service = project.nobat(["--json", "runs", "effects", "1", "--feature", "service"]).exits(0).json();
    assert_eq!(service["effect"]["kind"], "category");
    project.nobat(["runs", "effects", "1", "--feature", "weather"]).refuses(2).says("weather");

    let residuals = project.nobat(["--json", "runs", "residuals", "1"]).exits(0).json();
    let shown = project.nobat(["--json", "runs", "show", "1"]).exits(0).json();
    assert_eq!(residuals["n"], shown[0]["test_n"]);
    let hours = residuals["by_hour"].as_array().unwrap();
    let counted: u64 = hours.iter().map(|slice| slice["n"].as_u64().unwrap()).sum();
    assert_eq!(Some(counted), residuals["n"].as_u64());
    // The mean of the hours is the error that the run was kept with.
    let mae: f64 = hours.iter().map(|slice| slice["mae"].as_f64().unwrap() * slice["n"].as_f64().unwrap()).sum();
    assert!((mae / counted as f64 - shown[0]["mae"].as_f64().unwrap()).abs() < 1e-9);
    assert_eq!(residuals["calibration"].as_array().unwrap().len(), 10);
    for command in [&["importance", "1"][..], &["effects", "1", "--feature", "people_ahead"], &["residuals", "1"]]
    {
        for language in ["en", "fa"] {
            let said = project.nobat(["--lang", language, "runs"].iter().chain(command)).exits(0);
            assert!(said.out.lines().count() > 5 && !said.out.contains('{'), "{said}");
        }
    }
}

#[test]
fn a_card_says_what_the_run_is_in_both_languages() {
    let project = trained("boosted");
    let shown = project.nobat(["--json", "runs", "show", "1"]).exits(0).json();
    let digest = shown[0]["artifact_sha256"].as_str().unwrap();
    for language in ["en", "fa"] {
        let path = project.path(format!("cards/{language}.md"));
        project.nobat(["--lang", language, "runs", "card", "1", "--out", text(&path)]).exits(0);
        let card = std::fs::read_to_string(&path).unwrap();
        assert!(card.starts_with("# ") && card.matches("\n## ").count() == 10, "{card}");
        assert!(
            card.contains(digest) && card.contains("people_ahead") && card.contains("--family boosted"),
            "{card}"
        );
        assert!(!card.contains('{') && !card.contains("card.") && !card.contains("NaN"), "{card}");
        let told = project.nobat(["--lang", language, "runs", "card", "1"]).exits(0);
        assert_eq!(told.out, card);
    }
    // What it learned from and what it kept to.
    let card = project.nobat(["--lang", "en", "runs", "card", "1"]).exits(0).out;
    assert!(card.contains("more never means a shorter wait") && card.contains("| critical |"), "{card}");
    // A folder that cannot be made is said.
    let file = project.write("file", "x");
    project.nobat(["runs", "card", "1", "--out", text(&file.join("card.md"))]).refuses(1).says("card.md");
}
