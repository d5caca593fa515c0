//! Comparisons from every side: runs, rules, predictions from a file; periods; what a model had seen decides nothing.

use serde_json::Value;

use super::fixture::{Project, text};

/// A project with a linear run, and the ids and waits of its served visits in the order of their arrivals.
fn trained() -> (Project, Vec<(String, f64)>) {
    let project = Project::with_history();
    project.nobat(["train", "--family", "linear"]).exits(0);
    let digest =
        project.nobat(["--json", "data", "list"]).exits(0).json()[0]["digest"].as_str().unwrap().to_owned();
    let file = project.home().join("datasets").join(format!("{digest}.parquet"));
    let visits = nobat::analysis::history::read_visits(&file).unwrap();
    let waits =
        (0..visits.len()).filter_map(|row| Some((visits.visit_id.get(row)?.to_owned(), visits.wait(row)?.get())));
    let waits = waits.collect();
    (project, waits)
}

fn csv(predictions: impl IntoIterator<Item = (String, String)>) -> String {
    let rows = predictions.into_iter().map(|(id, minutes)| format!("{id},{minutes}\n"));
    std::iter::once("visit_id,minutes\n".to_owned()).chain(rows).collect()
}

fn number(document: &Value, key: &str) -> f64 {
    document[key].as_f64().unwrap_or_else(|| panic!("{key}: {document}"))
}

#[test]
fn predictions_from_a_file_are_a_side_and_prove_nothing_without_the_end_of_their_training() {
    let (project, waits) = trained();
    // Off by a minute, so that it is better than anything that learned.
    let close =
        project.write("close.csv", csv(waits.iter().map(|(id, wait)| (id.clone(), format!("{}", wait + 1.0)))));
    let side = format!("predictions:{}", text(&close));
    let words = ["--json", "compare", "--current", "run:1", "--candidate", &side];
    let unknown = project.nobat(words).exits(4).json();
    assert_eq!(unknown["lineage"]["kind"], "unknown");
    assert_eq!((&unknown["gate"], &unknown["gate_reason"]), (&"inconclusive".into(), &"unknown_lineage".into()));
    assert!((number(&unknown, "mae_candidate") - 1.0).abs() < 1e-6, "{unknown}");

    let until = ["--trained-until", "1404/07/01"];
    let known = project.nobat(words.iter().chain(&until)).exits(0).json();
    assert_eq!((&known["lineage"]["kind"], &known["gate"]), (&"after".into(), &"pass".into()), "{known}");
    assert_eq!(known["n"], unknown["n"]);
    // Trained in the middle of these visits: those before count as seen, where they are asked for.
    let from = known["from"].as_str().unwrap().get(..10).unwrap().to_owned();
    let late =
        project.nobat(words.iter().chain(&["--trained-until", "2025-10-31", "--from", &from])).exits(4).json();
    assert_eq!((&late["lineage"]["kind"], &late["gate_reason"]), (&"in_sample".into(), &"in_sample".into()));
    assert!(late["lineage"]["in_sample"].as_u64().unwrap() > 0);
    for language in ["en", "fa"] {
        let said =
            project.nobat(["--lang", language, "compare", "--current", "run:1", "--candidate", &side]).exits(4);
        assert!(!said.out.contains('{') && said.out.contains("close.csv"), "{said}");
    }
    project.nobat(["compare", "--candidate", "run:1", "--trained-until", "2025-10-01"]).refuses(2);
    project.nobat(["compare", "--candidate", "predictions:"]).refuses(2);
}

#[test]
fn rows_that_are_no_predictions_are_counted_and_who_leaves_out_visits_proves_nothing() {
    let (project, waits) = trained();
    let last = waits.len() - 1;
    let rows = waits.iter().enumerate().map(|(place, (id, wait))| match last - place {
        0 => (id.clone(), "-3".to_owned()),
        1 => (id.clone(), "5000".to_owned()),
        2 => (id.clone(), "NaN".to_owned()),
        3 => (id.clone(), String::new()),
        4 => ("nobody".to_owned(), "3".to_owned()),
        _ => (id.clone(), format!("{}", wait + 1.0)),
    });
    let twice = (waits[last - 9].0.clone(), "7".to_owned());
    let flawed = project.write("flawed.csv", csv(rows.chain([twice])));
    let compare = |file: &std::path::Path| {
        let side = format!("predictions:{}", text(file));
        project.nobat([
            "--json",
            "compare",
            "--candidate",
            &side,
            "--trained-until",
            "2025-09-21",
            "--current",
            "run:1",
        ])
    };
    let found = compare(&flawed).exits(0).json();
    let account = &found["selection"]["candidate_file"];
    let flaws = account["flaws"].as_array().unwrap();
    let count = |flaw: &str| {
        let found = flaws.iter().find(|count| count["flaw"] == flaw);
        found.map(|count| count["n"].as_u64().unwrap())
    };
    assert_eq!(
        ["negative", "absurd", "not_a_number", "unknown_id", "given_twice"].map(count),
        [Some(1), Some(1), Some(2), Some(1), Some(2)],
        "{account}"
    );
    assert_eq!(found["selection"]["unpredicted"], 6);

    // A third of the visits left out.
    let some = waits.iter().enumerate().filter(|(place, _)| place % 3 != 0);
    let partly = project.write("partly.csv", csv(some.map(|(_, (id, wait))| (id.clone(), format!("{wait}")))));
    let found = compare(&partly).exits(4).json();
    assert_eq!(found["gate_reason"], "unpredicted", "{found}");

    for (name, bytes) in [
        ("columns.csv", "a,b,c\n1,2,3\n"),
        ("strangers.csv", "visit_id,minutes\nx,1\ny,2\n"),
        ("empty.csv", ""),
        ("cut.csv.gz", "\u{1f}\u{8b}\u{8}"),
    ] {
        let file = project.write(name, bytes);
        let ended = compare(&file);
        assert!(matches!(ended.code, Some(1 | 2)), "{ended}");
        assert!(!ended.err.contains("panicked") && ended.out.is_empty(), "{ended}");
    }
    assert!(!compare(&project.path("nowhere.csv")).err.is_empty());
}

#[test]
fn a_period_is_asked_for_in_either_calendar_and_visits_that_were_seen_prove_nothing() {
    let (project, _) = trained();
    let words = ["--json", "compare", "--candidate", "run:1"];
    let usual = project.nobat(words).json();
    assert_eq!((&usual["lineage"]["kind"], &usual["lineage"]["in_sample"]), (&"after".into(), &0.into()));
    let gregorian =
        project.nobat(words.iter().chain(&["--from", "2025-09-25", "--until", "2025-10-10"])).exits(4).json();
    let jalali =
        project.nobat(words.iter().chain(&["--from", "1404/07/03", "--until", "۱۴۰۴/۰۷/۱۸"])).exits(4).json();
    // How long answers take differs from time to time.
    let without_gates = |document: &Value| {
        let mut document = document.clone();
        document.as_object_mut().unwrap().remove("gates");
        document
    };
    assert_eq!(without_gates(&gregorian), without_gates(&jalali));
    assert_eq!((&jalali["gate"], &jalali["gate_reason"]), (&"inconclusive".into(), &"in_sample".into()));
    assert_eq!(jalali["lineage"]["in_sample"], jalali["n"]);
    assert_eq!(jalali["selection"]["from"], "2025-09-25");
    // Only a part of what neither has seen: after both, and so it may decide.
    let part = project.nobat(words.iter().chain(&["--until", "2025-10-30"])).json();
    assert!(part["n"].as_u64() < usual["n"].as_u64() && part["lineage"]["kind"] == "after", "{part}");
    project.nobat(words.iter().chain(&["--from", "2025-10-10", "--until", "2025-09-25"])).exits(2);
    project.nobat(["compare", "--candidate", "run:1", "--from", "2031-01-01"]).refuses(4);
    project.nobat(words.iter().chain(&["--from", "1404/13/01"])).exits(2);
}

#[test]
fn a_comparison_is_made_again_at_past_dates_and_keeps_nothing() {
    let (project, _) = trained();
    let words = ["compare", "--candidate", "run:1", "--rolling", "3"];
    let told = project.nobat(["--json"].iter().chain(&words));
    assert!(matches!(told.code, Some(0 | 3 | 4)), "{told}");
    let told = told.json();
    let origins = told["origins"].as_array().unwrap();
    assert_eq!(origins.len(), 3, "{told}");
    let learned: Vec<u64> = origins.iter().map(|origin| origin["train_n"].as_u64().unwrap()).collect();
    assert!(learned.is_sorted_by(|a, b| a < b), "the later, the more is known: {told}");
    let n: u64 = origins.iter().map(|origin| origin["n"].as_u64().unwrap()).sum();
    assert_eq!(told["overall"]["n"].as_u64(), Some(n));
    for found in origins.iter().chain([&told["overall"]]) {
        let number = |key: &str| number(found, key);
        assert!(number("ratio_low") <= number("ratio") && number("ratio") <= number("ratio_high"), "{found}");
        assert!((number("mae_candidate") / number("mae_current") - number("ratio")).abs() < 1e-9, "{found}");
    }
    let won = origins.iter().filter(|origin| number(origin, "ratio") < 1.0).count();
    assert_eq!((told["compared"].as_u64(), told["won"].as_u64()), (Some(3), u64::try_from(won).ok()));
    assert!((number(&told, "won_share") - won as f64 / 3.0).abs() < 1e-12);
    // The same again is the same, and nothing was kept.
    assert_eq!(project.nobat(["--json"].iter().chain(&words)).json(), told);
    assert_eq!(project.nobat(["--json", "runs", "list"]).exits(0).json().as_array().unwrap().len(), 1);
    for language in ["en", "fa"] {
        let said = project.nobat(["--lang", language].iter().chain(&words));
        assert!(said.out.lines().count() == 5 && !said.out.contains('{'), "{said}");
    }
    let file = project.write("some.csv", "visit_id,minutes\n1,2\n");
    let side = format!("predictions:{}", text(&file));
    project.nobat(["compare", "--candidate", &side, "--rolling", "3"]).refuses(2);
    project.nobat(["compare", "--candidate", "run:1", "--rolling", "50"]).refuses(4);
    project.nobat(["compare", "--candidate", "run:1", "--rolling", "3", "--from", "2025-10-01"]).exits(2);
}

#[test]
fn the_place_where_a_candidate_is_bad_is_found_and_measured_on_other_days() {
    let (project, waits) = trained();
    let digest =
        project.nobat(["--json", "data", "list"]).exits(0).json()[0]["digest"].as_str().unwrap().to_owned();
    let visits =
        nobat::analysis::history::read_visits(&project.home().join("datasets").join(format!("{digest}.parquet")))
            .unwrap();
    let service: std::collections::HashMap<&str, &str> =
        (0..visits.len()).map(|row| (visits.visit_id.get(row).unwrap(), visits.service.get(row))).collect();
    // Off by a minute, but for the doctor's queue, where it is off by half an hour.
    let off = |id: &str| if service[id] == "Doctor" { 30.0 } else { 1.0 };
    let rows = waits.iter().map(|(id, wait)| (id.clone(), format!("{}", wait + off(id))));
    let file = project.write("uneven.csv", csv(rows));
    let side = format!("predictions:{}", text(&file));
    let words = ["compare", "--candidate", &side, "--trained-until", "2025-10-05"];
    let told = project.nobat(["--json"].iter().chain(&words)).json();
    let worst = &told["worst_slice"];
    let first = &worst["conditions"][0];
    assert_eq!(first["factor"], "service", "{worst}");
    assert!(first["holds"]["is"] == "Doctor" || first["holds"]["is_not"] == "Reception", "{worst}");
    assert_eq!(worst["verdict"], "worse");
    assert!(number(worst, "ratio_low") > 1.0 && worst["n"].as_u64() < told["n"].as_u64(), "{worst}");
    for language in ["en", "fa"] {
        let said = project.nobat(["--lang", language].iter().chain(&words));
        assert!(said.out.contains("Doctor") || said.out.contains("Reception"), "{said}");
        assert!(!said.out.contains('{'), "{said}");
    }
}
