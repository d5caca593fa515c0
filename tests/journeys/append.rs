//! One export after the other: what they share is taken once, and what comes out is what one export of all would give.

use std::path::PathBuf;

use serde_json::Value;

use crate::fixture::{Project, text};

const HEADER: &str = "visit_id,site,service,arrived_at,called_at,finished_at,left_at";

/// A row of the export at `cut` minutes after eight: what comes later is not known yet, and who comes later is not there.
fn row(n: i64, cut: i64) -> Option<String> {
    let (arrived, called, finished) = (n * 3, n * 3 + 11 + n % 7, n * 3 + 20 + n % 5);
    let clock = |minute: i64| format!("2025-09-20T{:02}:{:02}:00", 8 + minute / 60, minute % 60);
    let known = |minute: i64, is_so: bool| if is_so && minute < cut { clock(minute) } else { String::new() };
    let has_left = n % 9 == 4;
    (arrived < cut).then(|| {
        [
            format!("v{n}"),
            if n % 4 == 0 { "Karaj" } else { "Tehran" }.to_owned(),
            "Reception".to_owned(),
            clock(arrived),
            known(called, !has_left),
            known(finished, !has_left),
            known(called, has_left),
        ]
        .join(",")
    })
}

fn export(project: &Project, name: &str, visits: std::ops::Range<i64>, cut: i64) -> PathBuf {
    let rows: Vec<String> = visits.filter_map(|n| row(n, cut)).collect();
    project.write(name, format!("{HEADER}\n{}\n", rows.join("\n")))
}

fn counts(summary: &Value) -> [u64; 5] {
    ["read", "accepted", "repaired", "quarantined", "duplicate"].map(|key| summary[key].as_u64().unwrap())
}

fn found(summary: &Value, check: &str) -> u64 {
    let findings = summary["findings"].as_array().unwrap();
    findings.iter().filter(|finding| finding["check"] == check).map(|found| found["count"].as_u64().unwrap()).sum()
}

#[test]
fn exports_that_overlap_become_the_history_that_one_export_gives() {
    let project = Project::empty();
    let whole = export(&project, "whole.csv", 0..150, 10_000);
    let all = project.nobat(["--json", "import", text(&whole)]).exits(0).json();

    let project = Project::empty();
    let first = export(&project, "monday.csv", 0..150, 240);
    let second = export(&project, "tuesday.csv", 60..150, 10_000);
    let parent = project.nobat(["--json", "import", text(&first), "--name", "queues"]).exits(0).json();
    assert!(parent["unfinished"].as_u64().unwrap() > 0);
    let both = project.nobat(["--json", "import", text(&second), "--append", "queues"]).exits(0).json();
    assert_eq!(both["digest"], all["digest"]);
    assert_eq!((both["dataset"].as_str(), &both["parent"]["digest"]), (Some("queues"), &parent["digest"]));
    let [read, accepted, repaired, quarantined, duplicate] = counts(&both);
    assert_eq!((read, quarantined), (90, 0));
    assert_eq!(read, accepted + repaired + duplicate);
    assert_eq!(found(&both, "repeats_parent"), duplicate);
    assert_eq!(found(&both, "completes_parent"), both["parent"]["completed"].as_u64().unwrap());
    assert!(both["parent"]["completed"].as_u64().unwrap() > 0);
    assert_eq!(both["outcomes"]["visits"], 150);
    assert_eq!(both["outcomes"]["unfinished"], 0);

    // The older data set is as it was, and both are there.
    let listed = project.nobat(["--json", "data", "list"]).exits(0).json();
    let digests: Vec<&Value> = listed.as_array().unwrap().iter().map(|set| &set["digest"]).collect();
    assert_eq!(digests, [&both["digest"], &parent["digest"]]);
    let shown = project.nobat(["--json", "data", "show", "queues"]).exits(0).json();
    assert_eq!(shown[0]["parent"]["visits"], parent["accepted"]);

    // The same file once more adds nothing, in either language.
    for language in ["en", "fa"] {
        let words = ["--lang", language, "import", text(&second), "--append", "queues"];
        let again = project.nobat(words).exits(0);
        assert!(again.out.lines().count() >= 4, "{again}");
    }
    let again = project.nobat(["--json", "import", text(&second), "--append", "queues"]).exits(0).json();
    assert_eq!((&again["digest"], counts(&again)[4]), (&both["digest"], 90));
    assert_eq!(project.nobat(["--json", "data", "list"]).exits(0).json().as_array().unwrap().len(), 2);
}

#[test]
fn a_contradiction_is_set_aside_and_what_does_not_fit_is_refused() {
    let project = Project::empty();
    let first = export(&project, "monday.csv", 0..60, 10_000);
    project.nobat(["import", text(&first), "--name", "queues"]).exits(0);
    let other = format!(
        "{HEADER}\nv7,Tehran,Reception,2025-09-20T08:21:00,2025-09-20T11:00:00,,\n\
         w1,Tehran,Reception,2025-09-21T08:21:00,2025-09-21T08:30:00,,\n"
    );
    let other = project.write("other.csv", other);
    let set = project.nobat(["--json", "import", text(&other), "--append", "queues"]).exits(0).json();
    assert_eq!((counts(&set), found(&set, "contradicts_parent")), ([2, 1, 0, 1, 0], 1));
    let kept = std::fs::read_to_string(set["quarantine"].as_str().unwrap()).unwrap();
    assert!(kept.lines().nth(1).is_some_and(|row| row.starts_with("v7,")), "{kept}");
    assert_eq!(set["outcomes"]["visits"], 61);
    // The mapping may say that the older one is kept without a word more.
    let lenient = project.write(
        "map.yaml",
        "checks: { actions: { contradicts_parent: repair } }\nvisit:\n  visit_id: [visit_id]\n  site: { column: site }\n  service: { column: service }\n  \
         arrived: { column: arrived_at, dates: iso }\n  called: { column: called_at, dates: iso }\n",
    );
    let words = ["--json", "import", text(&other), "--append", "queues", "--map", text(&lenient)];
    let set = project.nobat(words).exits(0).json();
    assert_eq!(counts(&set)[3], 0, "{set}");

    let nameless =
        project.write("nameless.csv", "site,service,arrived_at\nTehran,Reception,2025-09-22T08:00:00\n");
    project.nobat(["import", text(&nameless), "--append", "queues"]).refuses(2).says("visit ids");
    project.nobat(["import", text(&nameless), "--name", "numbers"]).exits(0);
    project.nobat(["import", text(&other), "--append", "numbers"]).refuses(2).says("none of its own");
    let warsaw = project.write(
        "warsaw.yaml",
        "zone: Europe/Warsaw\nvisit:\n  visit_id: [visit_id]\n  site: { column: site }\n  service: { column: service }\n  \
         arrived: { column: arrived_at, dates: iso }\n",
    );
    let words = ["import", text(&other), "--append", "queues", "--map", text(&warsaw)];
    project.nobat(words).refuses(2).says("Europe/Warsaw");
    project.nobat(["import", text(&other), "--append", "nothing"]).refuses(2).says("nothing");
}
