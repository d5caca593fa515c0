//! What a person asks of a data set: what is in it, what is off, what was set aside, how it differs from another.

use crate::fixture::{Project, text};

const SOME: &str = "\
visit_id,site,service,arrived_at,called_at,finished_at,left_at
1,Tehran,Reception,2025-09-20T08:00:00,2025-09-20T08:05:00,2025-09-20T08:09:00,
2,Tehran,Reception,2025-09-20T08:01:00,2025-09-20T07:05:00,,
3,Karaj,Reception,2025-09-20T08:02:00,,,2025-09-20T08:32:00
";

#[test]
fn a_contract_is_made_kept_and_held_against_the_next_data_set() {
    let project = Project::with_history();
    let profile = project.nobat(["--json", "data", "profile", "small"]).exits(0).json();
    let count = |key: &str| profile[key].as_u64().unwrap();
    assert_eq!(count("visits"), count("served") + count("abandoned") + count("unfinished"));
    assert_eq!(profile["sites"][0]["name"], "Tehran");
    assert_eq!(profile["weekdays"][0]["weekday"], "saturday");
    for column in profile["columns"].as_array().unwrap() {
        let cells = column["filled"].as_u64().unwrap() + column["missing"].as_u64().unwrap();
        assert_eq!(cells, count("visits"), "{column}");
    }

    let contract = project.path("contract.yaml");
    project.nobat(["data", "expect", "small", "--save", text(&contract)]).exits(0);
    let yaml = std::fs::read_to_string(&contract).unwrap();
    let written = project.nobat(["data", "expect", "small"]).exits(0);
    assert_eq!(written.out.trim_end(), yaml.trim_end());
    // The simulated history is old by now: that is all that is off.
    let off = project.nobat(["--json", "data", "check", "small", "--expect", text(&contract)]).exits(3).json();
    let violations = off["violations"].as_array().unwrap();
    assert_eq!(violations.len(), 1, "{off}");
    assert_eq!(violations[0]["field"], "newest_within_hours");
    let ageless: String =
        yaml.lines().filter(|line| !line.starts_with("newest_within")).map(|l| format!("{l}\n")).collect();
    let contract = project.write("ageless.yaml", ageless);
    for language in ["en", "fa"] {
        project.nobat(["--lang", language, "data", "check", "small", "--expect", text(&contract)]).exits(0);
    }
    let odd = project.write("odd.yaml", "sites: [Tabriz]\nserved_share: { low: 1.0 }\n");
    let told = project.nobat(["data", "check", "small", "--expect", text(&odd)]).exits(3);
    assert!(told.out.contains("Tabriz") && told.out.contains("served_share: expected ≥ 1"), "{}", told.out);
    let wrong = project.write("wrong.yaml", "sits: []\n");
    project
        .nobat(["data", "check", "small", "--expect", text(&wrong)])
        .refuses(2)
        .says("expectations cannot be read");
    let wrong = project.write("wrong.yaml", "newest_within_hours: 0\n");
    project.nobat(["data", "check", "small", "--expect", text(&wrong)]).refuses(2).says("newest_within_hours");
    project.nobat(["data", "profile", "large"]).refuses(2).says("large");
}

#[test]
fn what_was_set_aside_is_named_and_data_sets_are_compared() {
    let project = Project::with_history();
    let file = project.write("some.csv", SOME);
    project.nobat(["import", text(&file)]).exits(0);
    let aside = project.nobat(["--json", "data", "quarantine", "some"]).exits(0).json();
    assert_eq!(
        (aside["rows"].as_u64(), aside["reasons"][0]["check"].as_str()),
        (Some(1), Some("called_before_arrived"))
    );
    let kept = std::fs::read_to_string(aside["path"].as_str().unwrap()).unwrap();
    assert!(kept.lines().nth(1).is_some_and(|row| row.starts_with("2,Tehran")), "{kept}");
    for language in ["en", "fa"] {
        let told = project.nobat(["--lang", language, "data", "quarantine", "some"]).exits(0);
        assert!(told.out.contains(aside["path"].as_str().unwrap()), "{}", told.out);
        project.nobat(["--lang", language, "data", "check", "some"]).exits(0);
        project.nobat(["--lang", language, "data", "profile", "some"]).exits(0);
        project.nobat(["--lang", language, "data", "compare", "some", "small"]).exits(0);
    }
    assert!(project.nobat(["data", "quarantine", "small"]).exits(0).out.contains("No row"));
    let compared = project.nobat(["--json", "data", "compare", "some", "small"]).exits(0).json();
    assert_eq!(compared["a"]["visits"], 2);
    assert_eq!(compared["sites"]["a"], serde_json::json!(["Karaj"]));
    assert_eq!(compared["shared"]["by_content"], 0);
    let same = project.nobat(["--json", "data", "compare", "small", "small"]).exits(0).json();
    assert_eq!(same["shared"]["by_content"], same["a"]["visits"]);
    assert_eq!(same["shared"]["by_id"], same["a"]["visits"]);
}
