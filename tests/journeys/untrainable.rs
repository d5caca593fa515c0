//! Histories that nothing can be learned from, or hardly: each is told in both languages, or trained without a number that is
//! none.

use nobat::analysis::models::FAMILIES;
use serde_json::Value;

use crate::fixture::{Project, Told, text};

const HEAD: &str = "visit_id,site,service,arrived_at,called_at,left_at\n";

/// On the days after those of [`Project::with_history`].
const AFTER: [&str; 4] = ["--data", "both", "--from", "2025-11-04"];

/// A history of so many days with so many visits a day; `row` writes when somebody was called and left, from the day, the
/// minute of the arrival and a number.
fn history(days: u32, a_day: u32, row: impl Fn(u32, u32, u32) -> (String, String)) -> String {
    let mut text = String::from(HEAD);
    for day in 0..days {
        for n in 0..a_day {
            let (minute, number) = (n * 400 / a_day, day * a_day + n);
            let at = |minute: u32| {
                format!(
                    "2025-{:02}-{:02}T{:02}:{:02}:00",
                    9 + day / 28,
                    1 + day % 28,
                    8 + minute / 60,
                    minute % 60
                )
            };
            let (called, left) = row(day, minute, number);
            let called = called.parse().map_or(String::new(), |wait: u32| at(minute + wait));
            let left = left.parse().map_or(String::new(), |wait: u32| at(minute + wait));
            text.push_str(&format!("v{number},Tehran,Reception,{},{called},{left}\n", at(minute)));
        }
    }
    text
}

fn project(history: &str) -> Project {
    let project = Project::empty();
    let file = project.write("visits.csv", history);
    project.nobat(["import", text(&file), "--name", "odd"]).exits(0);
    project
}

/// What a training of `family` is refused with, in both languages; the English is given back.
fn refused(project: &Project, family: &str, code: i32) -> Told {
    let words = |language: &'static str| ["--lang", language, "train", "--family", family];
    let persian = project.nobat(words("fa")).refuses(code);
    let english = project.nobat(words("en")).refuses(code);
    for (a, b) in [(&persian.happened, &english.happened), (&persian.next, &english.next)] {
        assert!(a != b && !a.contains('{') && !b.contains('{'), "{a} / {b}");
    }
    println!("{family}: {} {} {}", english.happened, english.untouched, english.next);
    english
}

#[test]
fn histories_without_a_wait_or_a_future_are_refused_by_name() {
    let no = String::new;
    let usual = |_: u32, _: u32, n: u32| ((3 + n * 7 % 31).to_string(), String::new());
    let cases: [(String, i32, &str); 5] = [
        (history(40, 20, |_, _, _| (no(), no())), 4, "800"),
        (history(40, 20, |_, _, n| (no(), (5 + n % 9).to_string())), 4, "left before"),
        (history(1, 300, usual), 4, "1 days"),
        (history(30, 2, usual), 4, "100"),
        // Nobody was served on the newest days: nothing to test on.
        (history(40, 20, |day, _, n| if day < 20 { usual(day, 0, n) } else { (no(), no()) }), 4, "days"),
    ];
    for (history, code, says) in cases {
        let project = project(&history);
        for family in ["constant", "rule", "elastic-net", "boosted"] {
            let told = refused(&project, family, code);
            let all = format!("{} {} {}", told.happened, told.untouched, told.next);
            assert!(all.contains(says), "{family}: {all}");
        }
        let search = ["search", "--family", "elastic-net", "--minutes", "1", "--trials", "2"];
        if says == "100" {
            // A search that ends without a model says why, and what it tried.
            let ended = project.nobat(search).exits(4);
            assert!(ended.out.lines().count() == 2 && ended.err.contains("100 are needed"), "{ended}");
        } else {
            project.nobat(search).refuses(code);
        }
        project.nobat(["train", "--family", "elastic-net", "--backtest", "2"]).refuses(code);
        project.nobat(["verify"]).exits(2);
    }
}

/// Every number of a document.
fn numbers(document: &Value, found: &mut Vec<f64>) {
    match document {
        Value::Number(number) => found.extend(number.as_f64()),
        Value::Array(values) => values.iter().for_each(|value| numbers(value, found)),
        Value::Object(members) => members.values().for_each(|value| numbers(value, found)),
        _ => {}
    }
}

#[test]
fn waits_that_are_always_the_same_and_one_queue_alone_are_learned_by_every_family() {
    let constant = project(&history(40, 25, |_, _, _| ("7".to_owned(), String::new())));
    let varied = project(&history(40, 25, |_, _, n| ((n * n % 23).to_string(), String::new())));
    let few = varied.write("few.yaml", "rounds: 30\n");
    for family in FAMILIES {
        let id = family.id();
        for (project, is_constant) in [(&constant, true), (&varied, false)] {
            let mut words = vec!["--json", "train", "--family", id];
            if id == "boosted" {
                words.extend(["--params", text(&few)]);
            }
            let told = project.nobat(&words).exits(0).json();
            let mae = told["mae"].as_f64().unwrap();
            assert!(mae.is_finite(), "{told}");
            if is_constant && !["rule", "last-wait"].contains(&id) {
                assert!(mae < 1e-6, "{id}: {told}");
            }
            let mut all = Vec::new();
            numbers(&told, &mut all);
            assert!(all.iter().all(|number| number.is_finite()), "{told}");
            for language in ["en", "fa"] {
                let run = told["run"].to_string();
                let said = project.nobat(["--lang", language, "runs", "show", &run]).exits(0);
                assert!(!said.out.contains("NaN") && !said.out.contains('{'), "{said}");
            }
        }
    }
    // Compared with a model that is never wrong, the ratio has no number, and nothing passes by that.
    let compared = constant.nobat(["--json", "compare", "--current", "run:1", "--candidate", "run:2"]);
    assert!(matches!(compared.code, Some(0 | 3 | 4)), "{compared}");
    assert!(!compared.out.contains("NaN"), "{compared}");
}

#[test]
fn names_that_were_never_seen_are_answered_by_every_family() {
    let project = Project::with_history();
    for family in FAMILIES {
        let words = ["--json", "train", "--family", family.id()];
        let few = project.write("few.yaml", "rounds: 30\n");
        let more: &[&str] = if family.id() == "boosted" { &["--params", text(&few)] } else { &[] };
        project.nobat(words.iter().chain(more)).exits(0);
    }
    let mut later = String::from(HEAD);
    for n in 0..400_u32 {
        let (day, minute) = (1 + n / 20, n % 20 * 20);
        let at = |minute: u32| format!("2025-11-{day:02}T{:02}:{:02}:00", 8 + minute / 60, minute % 60);
        later.push_str(&format!("n{n},Elsewhere,Unheard of,{},{},\n", at(minute), at(minute + n % 17)));
    }
    let file = project.write("later.csv", later);
    project.nobat(["import", text(&file), "--append", "small", "--name", "both"]).exits(0);
    for run in 1..=FAMILIES.len() {
        let candidate = format!("run:{run}");
        let words =
            [&["--json", "compare", "--current", "run:2", "--candidate", &candidate], AFTER.as_slice()].concat();
        let compared = project.nobat(words);
        assert!(matches!(compared.code, Some(0 | 3 | 4)), "{compared}");
        assert!(!compared.out.contains("NaN") && compared.out.contains("ratio"), "{compared}");
    }
}
