//! Is the world still what it was? The three monitors from the command line, on simulated histories and on a log of predictions.

use nobat::analysis::history::read_visits;
use nobat::base::calendar::CivilDate;
use nobat::base::{Minutes, Version};
use nobat::store::predictions::{Prediction, PredictionLog};
use serde_json::Value;

use super::fixture::{Project, SMALL_RECIPE, text};

fn verdict_of(code: Option<i32>) -> &'static str {
    match code {
        Some(0) => "pass",
        Some(3) => "fail",
        Some(4) => "inconclusive",
        other => panic!("{other:?} is no verdict"),
    }
}

/// A number, or nothing where it cannot be measured; never anything else.
fn is_number_or_null(value: &Value) -> bool {
    value.is_null() || value.as_f64().is_some_and(f64::is_finite)
}

/// Another history, imported as `name`.
fn import(project: &Project, recipe: &str, name: &str) {
    let recipe = project.write(&format!("{name}.yaml"), recipe);
    let visits = project.path(format!("{name}.parquet"));
    project.nobat(["simulate", "--recipe", text(&recipe), "--out", text(&visits)]).exits(0);
    project.nobat(["import", text(&visits), "--name", name]).exits(0);
}

#[test]
fn scripts_find_every_key_and_the_exit_code_is_the_verdict() {
    let project = Project::with_history();
    let ended = project.nobat(["--json", "drift", "--data", "small", "--months", "gregorian"]);
    let found = ended.json();
    assert_eq!(found["verdict"], verdict_of(ended.code), "{ended}");
    let columns = found["data"].as_array().unwrap();
    assert!(columns.len() > 30);
    for column in columns {
        assert!(column["feature"].is_string() && column["n_current"].is_u64() && column["n_reference"].is_u64());
        assert!(["kl", "floor", "psi", "js"].iter().all(|key| is_number_or_null(&column[key])), "{column}");
        assert!(["pass", "fail", "inconclusive"].iter().any(|verdict| column["verdict"] == *verdict), "{column}");
        assert!(
            column["verdict"] != "pass" || column["kl"].is_f64(),
            "what was not measured passes nothing: {column}"
        );
    }
    let concept = &found["concept"];
    assert!(
        ["mae_week", "mae_mean_4", "ratio", "ratio_low", "ratio_high"].iter().all(|key| concept[key].is_f64())
    );
    let label = &found["label"];
    assert!(["d", "p", "wasserstein_minutes"].iter().all(|key| is_number_or_null(&label[key])), "{label}");
    assert!(concept["verdict"].is_string() && label["verdict"].is_string());
    assert_eq!(
        found,
        project.nobat(["--json", "drift", "--data", "small", "--months", "gregorian"]).json(),
        "twice the same"
    );
    for language in ["en", "fa"] {
        let said = project.nobat(["--lang", language, "drift"]);
        assert!(said.out.lines().count() > 8 && !said.out.contains('{') && !said.out.contains("NaN"), "{said}");
    }
}

#[test]
fn a_service_that_takes_twice_as_long_is_found_by_model_and_waits() {
    let project = Project::empty();
    // From the first of Aban on, one service takes longer.
    let recipe = SMALL_RECIPE.replace("days: 45", "days: 66");
    import(&project, &recipe, "usual");
    let slower = format!(
        "{recipe}scenarios:\n  - {{kind: slower-service, on: true, from: 2025-10-23, service: rec, factor: 1.6}}\n"
    );
    import(&project, &slower, "slower");
    let words = |name: &'static str| ["--json", "drift", "--data", name, "--week", "2025-10-29"];
    let usual = project.nobat(words("usual")).json();
    assert!(usual["concept"]["verdict"] != "fail" && usual["label"]["verdict"] != "fail", "{usual}");
    let found = project.nobat(words("slower")).exits(3).json();
    assert_eq!(found["label"]["verdict"], "fail", "{}", found["label"]);
    assert!(found["concept"]["ratio"].as_f64() > Some(1.5), "{}", found["concept"]);
    let moved = &found["matters"];
    assert!(moved["predicted_current"].as_f64() > moved["predicted_reference"].as_f64(), "{moved}");

    // The same over the whole past: quiet before, and found after it.
    let planted = ["--json", "drift", "--data", "slower", "--replay", "--planted", "2025-10-23"];
    let replay = project.nobat(planted).exits(0).json();
    let planted = &replay["planted"];
    let delay = planted["delay_days"][0].as_i64().unwrap();
    assert!((1..=10).contains(&delay), "within the week or the one after: {planted}");
    assert!(planted["false_alarms"][0].as_u64() <= planted["false_alarms"][1].as_u64(), "{planted}");
    assert!(
        replay["weeks"].as_array().unwrap().len() >= 8
            && replay["alerts"].as_array().is_some_and(|all| !all.is_empty())
    );

    // Against what the model learned from: everything before the weeks that are looked at.
    let training = ["--json", "drift", "--data", "slower", "--week", "2025-10-29", "--training"];
    let found = project.nobat(training).json();
    assert_eq!(found["windows"]["reference"]["first"], "2025-09-20", "{}", found["windows"]);

    // One data set against another, and two periods of one.
    let against = project.nobat(["--json", "drift", "--data", "slower", "--against", "usual"]);
    assert!(against.json()["against"].is_string(), "{against}");
    let periods = [
        "--from",
        "2025-11-01",
        "--until",
        "2025-11-14",
        "--reference-from",
        "1404/07/01",
        "--reference-until",
        "1404/07/20",
    ];
    let words = ["--json", "drift", "--data", "slower"].into_iter().chain(periods);
    let found = project.nobat(words).exits(3).json();
    assert_eq!(found["windows"]["reference"]["first"], "2025-09-23", "1 Mehr 1404");
}

#[test]
fn what_cannot_be_compared_has_a_sentence_and_passes_nothing() {
    let project = Project::with_history();
    import(&project, &SMALL_RECIPE.replace("days: 45", "days: 9"), "short");
    import(
        &project,
        &SMALL_RECIPE.replace("id: one", "id: elsewhere").replace("Tehran", "Elsewhere"),
        "elsewhere",
    );
    project.nobat(["drift", "--data", "short"]).refuses(4).says("2025-09-20");
    project.nobat(["drift", "--data", "nothing"]).refuses(2).says("nothing");
    project.nobat(["drift", "--model", "run:9"]).refuses(2).says("9");
    project.nobat(["drift", "--data", "small", "--week", "2031-01-04"]).refuses(4).says("2031");
    project.nobat(["drift", "--data", "small", "--week", "2025-09-20"]).refuses(4).says("2025-09-13");
    let between =
        |from: &'static str, until: &'static str| ["drift", "--data", "small", "--from", from, "--until", until];
    project.nobat(between("2025-10-20", "2025-10-11")).refuses(2).says("2025-10-11");
    project.nobat(between("2031-10-11", "2031-10-20")).refuses(4).says("2031-10-11");
    let twice = ["--reference-from", "2025-10-18", "--reference-until", "2025-10-25"];
    project.nobat(between("2025-10-11", "2025-10-20").into_iter().chain(twice)).refuses(2).says("2025-10-18");
    // What is wrong in the words themselves.
    for words in [["--week", "tomorrow"], ["--from", "2025-10-11"], ["--months", "lunar"], ["--least-d", "NaN"]] {
        let ended = project.nobat(["drift"].into_iter().chain(words));
        assert_eq!(ended.code, Some(2), "{ended}");
    }
    // One day against one day: too few visits for anything.
    let day = ["--reference-from", "2025-10-11", "--reference-until", "2025-10-11"];
    let found = project.nobat(["--json"].into_iter().chain(between("2025-10-12", "2025-10-12")).chain(day));
    assert_eq!(
        (found.json()["concept"]["verdict"].as_str(), found.code),
        (Some("inconclusive"), Some(4)),
        "{found}"
    );
    // No site in common: every site is new, and all that were are gone.
    let apart = project.nobat(["--json", "drift", "--data", "small", "--against", "elsewhere"]).exits(3).json();
    let site = apart["data"].as_array().unwrap().iter().find(|column| column["feature"] == "site").unwrap();
    assert!(site["verdict"] == "fail" && site["new_levels"][0]["n"].as_u64() > Some(100), "{site}");
    assert_eq!(site["missing_levels"].as_array().unwrap().len(), 1);
    // A log that is none.
    project.nobat(["drift", "--predictions", text(&project.path("nothing.db"))]).refuses(2).says("nothing.db");
    let junk = project.write("junk.db", "not a database at all, and long enough to be taken for one");
    project.nobat(["drift", "--predictions", text(&junk)]).refuses(1).says("junk.db");
}

#[test]
fn what_was_served_is_watched_and_joined_with_what_came_true() {
    let project = Project::with_history();
    let visits = read_visits(&project.path("visits.parquet")).unwrap();
    let path = project.path("predictions.db");
    let log = PredictionLog::open(&path).unwrap();
    for row in 0..visits.len() {
        let visit = visits.get(row);
        log.record(Prediction {
            at: visit.arrived,
            generation: 1,
            version: Version::new(1, 0, 0),
            site: visit.site,
            service: visit.service.clone(),
            request_key: Some(visit.visit_id),
            features: serde_json::json!({"service": visit.service, "people_ahead": row % 7, "odd": null}),
            missing: Vec::new(),
            predicted: Minutes::new(12.0).unwrap(),
            latency_us: 90,
        });
        if row % 1_000 == 0 {
            log.flush();
        }
    }
    assert_eq!(log.close().written, visits.len() as u64);
    let alone = project.nobat(["--json", "drift", "--predictions", text(&path)]).exits(4).json();
    assert_eq!(
        (alone["concept"]["reason"].as_str(), alone["predictions"]["with_outcome"].as_u64()),
        (Some("no_outcomes"), Some(0))
    );
    let columns = alone["data"].as_array().unwrap();
    assert!(
        columns.iter().any(|column| column["feature"] == "people_ahead" && column["verdict"] == "pass"),
        "{alone}"
    );
    assert!(columns.iter().any(|column| column["feature"] == "odd" && column["reason"] == "no_values"), "{alone}");
    let joined = project.nobat(["--json", "drift", "--predictions", text(&path), "--data", "small"]).json();
    let concept = &joined["concept"];
    assert!(concept["mae_week"].as_f64() > Some(1.0) && concept["ratio_low"].is_f64(), "{concept}");
    assert_eq!(joined["predictions"]["n"].as_u64(), Some(visits.len() as u64));
}

/// A minute of a day, counted from 20 September 2025 on.
#[derive(Clone, Copy)]
struct Clock {
    day: i32,
    minute: i32,
}

impl Clock {
    fn later(self, minutes: i32) -> Clock {
        Clock { minute: self.minute + minutes, ..self }
    }

    fn text(self) -> String {
        let first: CivilDate = "2025-09-20".parse().unwrap();
        let date = first.plus_days(self.day).unwrap();
        format!("{date}T{:02}:{:02}:00", self.minute / 60, self.minute % 60)
    }
}

/// Eight weeks of 60 visits a day at one counter, each with the columns that `rest` gives.
fn regular(rest: impl Fn(Clock) -> String) -> String {
    let mut file = "visit_id,site,service,arrived_at,called_at,finished_at,left_at\n".to_owned();
    for visit in 0..56 * 60 {
        let clock = Clock { day: visit / 60, minute: 8 * 60 + visit % 60 * 6 };
        file.push_str(&format!("{visit},Tehran,Reception,{},{}\n", clock.text(), rest(clock)));
    }
    file
}

#[test]
fn histories_that_say_nothing_pass_nothing() {
    let project = Project::empty();
    let add = |name: &str, csv: String| {
        let file = project.write(&format!("{name}.csv"), csv);
        project.nobat(["import", text(&file), "--name", name]).exits(0);
    };
    let all = regular(|_| ",,".to_owned());
    add("one", all.lines().take(2).map(|line| format!("{line}\n")).collect());
    add("open", all);
    add("same", regular(|clock| format!("{},{},", clock.later(10).text(), clock.later(15).text())));
    for language in ["en", "fa"] {
        // One visit is no week.
        let told = project.nobat(["--lang", language, "drift", "--data", "one"]).refuses(4);
        told.says(if language == "en" { "2025-09-20" } else { "۱۴۰۴/۰۶/۲۹" });
        let open = project.nobat(["--lang", language, "drift", "--data", "open"]);
        assert!(open.code == Some(4) && !open.out.contains("NaN"), "{open}");
    }
    let found = |name: &str| project.nobat(["--json", "drift", "--data", name]).exits(4).json();
    // Nobody was called: no error and no wait, and what nobody filled in says nothing.
    let open = found("open");
    assert!(open["concept"]["verdict"] == "inconclusive" && open["label"]["verdict"] == "inconclusive", "{open}");
    assert_eq!(open["windows"]["current"]["preliminary"], true);
    let columns = open["data"].as_array().unwrap();
    let empty: Vec<&Value> = columns.iter().filter(|column| column["reason"] == "no_values").collect();
    assert!(empty.len() > 5 && empty.iter().all(|column| column["verdict"] == "inconclusive"), "{empty:?}");
    // Everybody waits ten minutes: constant columns are measured and the same, and a rule without an error has no ratio.
    let same = found("same");
    let site = same["data"].as_array().unwrap().iter().find(|column| column["feature"] == "site").unwrap();
    assert!(site["verdict"] == "pass" && site["kl"] == 0.0, "{site}");
    assert!(same["concept"]["ratio"].is_null() || same["concept"]["ratio"].as_f64() == Some(1.0), "{same}");
    assert_ne!(same["concept"]["verdict"], "fail");
}
