//! Gates: what they rest on is measured and kept, what they hold it against is set by the owner, and who overrides one says why.

use serde_json::Value;

use super::fixture::Project;

const GATES: [&str; 8] =
    ["error", "slices", "coverage", "critical_features", "reproduction", "inference", "integration", "onnx"];

fn gate<'d>(gates: &'d Value, id: &str) -> &'d Value {
    let found = gates.as_array().unwrap().iter().find(|gate| gate["gate"] == id);
    found.unwrap_or_else(|| panic!("no gate {id}: {gates}"))
}

#[test]
fn a_comparison_says_what_every_gate_says_and_what_it_rests_on() {
    let project = Project::with_history();
    project.nobat(["train", "--family", "linear"]).exits(0);
    let told = project.nobat(["--json", "compare", "--candidate", "run:1"]).json();
    let gates = &told["gates"];
    let ids: Vec<&str> = gates.as_array().unwrap().iter().map(|gate| gate["gate"].as_str().unwrap()).collect();
    assert_eq!(ids, GATES);
    for one in gates.as_array().unwrap() {
        for key in ["verdict", "value", "limit", "n", "reason", "figures"] {
            assert!(one.get(key).is_some(), "{key}: {one}");
        }
    }
    assert_eq!(gate(gates, "error")["verdict"], told["gate"]);
    for id in ["inference", "integration", "onnx", "reproduction", "critical_features"] {
        assert_eq!(gate(gates, id)["verdict"], "pass", "{}", gate(gates, id));
    }
    let inference = gate(gates, "inference");
    assert!(inference["n"].as_u64() >= Some(1_000), "{inference}");
    assert!(inference["value"].as_f64().unwrap() > 0.0, "{inference}");
    let integration = gate(gates, "integration");
    assert!(integration["figures"]["simulated_visits"].as_u64() > Some(100), "{integration}");
    let simulated = |key: &str| integration["figures"][key].as_f64().unwrap();
    assert!(simulated("simulated_mae") < simulated("simulated_mae_constant"), "{integration}");
    for language in ["en", "fa"] {
        let said = project.nobat(["--lang", language, "compare", "--candidate", "run:1"]);
        assert!(said.out.lines().count() >= 12 && !said.out.contains('{'), "{said}");
    }
    // A rule is no model that is kept: there is nothing to measure, and nothing passes for it.
    let rule = project.nobat(["--json", "compare", "--current", "run:1", "--candidate", "rule"]).json();
    for id in ["inference", "integration", "onnx", "reproduction", "critical_features"] {
        let gate = gate(&rule["gates"], id);
        assert_eq!((&gate["verdict"], &gate["reason"]), (&"inconclusive".into(), &"no_model".into()));
    }
}

#[test]
fn the_owner_sets_thresholds_and_says_why_where_a_gate_is_overridden() {
    let project = Project::released();
    let set = |words: &[&str]| project.nobat(["thresholds", "set"].iter().chain(words));
    set(&["gate.error.margin", "1.01", "--reason", " "]).refuses(2);
    set(&["gate.error.margin", "1.01"]).exits(2);
    set(&["gate.error.margin", "9", "--reason", "all shall pass"]).refuses(2).says("1.5");
    set(&["gate.error.limit", "1.01", "--reason", "a typo"]).refuses(2).says("gate.error.margin");
    project.nobat(["people", "add", "reza", "--role", "data_analyst"]).exits(0);
    project
        .nobat(["--as", "reza", "thresholds", "set", "gate.error.margin", "1.2", "--reason", "why not"])
        .refuses(3);

    set(&["gate.error.margin", "1.01", "--reason", "people have complained"]).exits(0);
    set(&["gate.slices.ratio", "1.0", "--reason", "no site may lose"]).exits(0);
    let shown = project.nobat(["--json", "thresholds", "show"]).exits(0).json();
    let margin = shown.as_array().unwrap().iter().find(|of| of["name"] == "gate.error.margin").unwrap();
    assert_eq!((&margin["value"], &margin["usual"]), (&1.01.into(), &1.05.into()), "{shown}");
    assert_eq!((&margin["set_by"], &margin["reason"]), (&"owner".into(), &"people have complained".into()));
    for language in ["en", "fa"] {
        let said = project.nobat(["--lang", language, "thresholds", "show"]).exits(0);
        assert!(said.out.contains("people have complained") && !said.out.contains('{'), "{said}");
    }
    let compared = project.nobat(["--json", "compare", "--current", "live", "--candidate", "run:2"]).json();
    assert_eq!((&compared["margin"], &gate(&compared["gates"], "slices")["limit"]), (&1.01.into(), &1.0.into()));

    // Proposed again, the rule's gates do not all pass, and only a reason lets it through.
    project.nobat(["release", "propose", "--run", "1", "--version", "3.0.0"]).exits(0);
    let checked = project.nobat(["--json", "release", "check", "3.0.0"]);
    assert!(matches!(checked.code, Some(3 | 4)), "{checked}");
    let gates = checked.json();
    let open = gates.as_array().unwrap().iter().filter(|gate| gate["verdict"] != "pass");
    assert!(open.clone().count() > 0 && open.clone().all(|gate| gate["reason"].is_string()), "{gates}");
    assert_eq!(gate(&gates, "onnx")["verdict"], "pass", "{gates}");
    project.nobat(["release", "approve", "3.0.0"]).refuses(3);
    project.nobat(["release", "approve", "3.0.0", "--reason", "it is what we have"]).exits(0);
    let audit = project.nobat(["--json", "audit"]).exits(0).json();
    let newest = &audit[0];
    assert_eq!((&newest["kind"], &newest["details"]["reason"]), (&"approve".into(), &"it is what we have".into()));
    let kinds: Vec<&str> = audit.as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "threshold").count(), 2, "{kinds:?}");
    assert!(project.verification().problems.is_empty());
}
