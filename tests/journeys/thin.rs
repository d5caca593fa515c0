//! Comparisons on too little, on nothing, or on what says nothing: each is told in both languages, and none is a pass or NaN.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::fixture::{Ended, Project, text};

/// What a history is made of.
#[derive(Clone, Copy)]
struct History {
    name: &'static str,
    site: &'static str,
    days: i64,
    visits_a_day: i64,
    /// The wait of every visit; seconds that differ from visit to visit where it is none.
    wait: Option<i64>,
    /// Whether anybody was called.
    served: bool,
}

/// 2025-09-20, half past eight in Tehran.
const START: i64 = 1_758_344_400;

const USUAL: History =
    History { name: "usual", site: "Tehran", days: 40, visits_a_day: 30, wait: None, served: true };

impl History {
    fn wait(&self, visit: i64) -> i64 {
        self.wait.unwrap_or((visit * 7_919) % 1_800)
    }

    fn id(&self, visit: i64) -> String {
        format!("{}-{visit}", self.name)
    }

    fn visits(&self) -> impl Iterator<Item = i64> {
        0..self.days * self.visits_a_day
    }

    /// Imports it.
    fn import(&self, project: &Project) {
        let at = |seconds: i64| nobat::base::Moment::from_seconds(seconds).unwrap().to_string();
        let mut csv = "visit_id,site,service,arrived_at,called_at,finished_at\n".to_owned();
        for visit in self.visits() {
            let (day, place) = (visit / self.visits_a_day, visit % self.visits_a_day);
            let arrived = START + day * 86_400 + place * 25_000 / self.visits_a_day;
            let called = arrived + self.wait(visit);
            let (id, site) = (self.id(visit), self.site);
            let ends = if self.served { format!("{},{}", at(called), at(called + 200)) } else { ",".to_owned() };
            writeln!(csv, "{id},{site},Reception,{},{ends}", at(arrived)).unwrap();
        }
        let file = project.write(&format!("{}.csv", self.name), csv);
        project.nobat(["import", text(&file), "--name", self.name]).exits(0);
    }

    /// Predictions that are a minute off, as `nobat compare` takes them.
    fn predictions(&self, project: &Project, of: impl Fn(i64) -> Option<String>) -> PathBuf {
        let rows = self.visits().filter_map(|visit| Some(format!("{},{}\n", self.id(visit), of(visit)?)));
        let csv: String = std::iter::once("visit_id,minutes\n".to_owned()).chain(rows).collect();
        project.write(&format!("{}-predictions.csv", self.name), csv)
    }

    fn close(&self, project: &Project) -> PathBuf {
        self.predictions(project, |visit| Some(format!("{:.3}", self.wait(visit) as f64 / 60.0 + 1.0)))
    }
}

/// The comparison in both languages and as JSON, which must say the same; the last one is returned.
fn compared(project: &Project, words: &[&str]) -> Ended {
    let [english, persian, json] = [&["--lang", "en"][..], &["--lang", "fa"], &["--json"]]
        .map(|first| project.nobat(first.iter().chain(&["compare"]).chain(words)));
    for ended in [&english, &persian, &json] {
        assert_eq!(ended.code, english.code, "{ended}");
        for bad in ["NaN", "panicked", "inf ", "{", "null%"] {
            let is_json = std::ptr::eq(ended, &json);
            assert!(
                is_json && bad == "{" || !ended.out.contains(bad) && !ended.err.contains(bad),
                "{bad}: {ended}"
            );
        }
    }
    let letters = |text: &str| text.chars().filter(|c| ('\u{600}'..='\u{6ff}').contains(c)).count();
    let of = |ended: &Ended| letters(&format!("{}{}", ended.out, ended.err));
    assert!(of(&persian) > 40 && of(&english) == 0, "{english}{persian}");
    json
}

/// Refused as inconclusive, in three sentences.
fn says_too_little(project: &Project, words: &[&str], says: &str) {
    let ended = compared(project, words);
    assert_eq!(ended.code, Some(4), "{ended}");
    project.nobat(["compare"].iter().chain(words)).refuses(4).says(says);
}

/// Figures are shown, and the gate decides nothing for this reason; no other gate fails for it.
fn decides_nothing(project: &Project, words: &[&str], reason: &str) {
    let ended = compared(project, words).exits(4);
    let told = ended.json();
    assert_eq!((&told["gate"], &told["gate_reason"]), (&"inconclusive".into(), &reason.into()), "{told}");
    for gate in told["gates"].as_array().unwrap() {
        assert!(gate["verdict"] != "fail", "{gate}");
        if ["error", "slices", "coverage"].iter().any(|id| gate["id"] == *id) {
            assert_eq!(gate["verdict"], "inconclusive", "{gate}");
        }
    }
}

fn side(file: &Path) -> String {
    format!("predictions:{}", text(file))
}

#[test]
fn one_visit_one_day_and_few_days_are_too_little() {
    for (history, says) in [
        (History { name: "one-visit", days: 1, visits_a_day: 1, ..USUAL }, "1 days"),
        (History { name: "one-day", days: 1, visits_a_day: 200, ..USUAL }, "1 days"),
        (History { name: "two-days", days: 2, visits_a_day: 150, ..USUAL }, "150 visits on 1 site-days"),
    ] {
        let project = Project::empty();
        history.import(&project);
        says_too_little(&project, &["--candidate", "constant"], says);
        // Nobody can say what a rule fitted on nothing would have predicted.
        let file = side(&history.close(&project));
        let words = ["--candidate", &file, "--trained-until", "2025-09-20"];
        says_too_little(&project, &words, "the waits of 0 visits were known");
    }
    let project = Project::empty();
    let few = History { name: "four-days", days: 4, visits_a_day: 100, ..USUAL };
    few.import(&project);
    decides_nothing(&project, &["--candidate", "constant"], "few");
    let file = side(&few.close(&project));
    decides_nothing(&project, &["--candidate", &file, "--trained-until", "2025-09-22"], "few");
}

#[test]
fn without_a_finished_visit_there_is_nothing_to_compare_on() {
    let project = Project::empty();
    let nobody = History { name: "nobody", days: 20, served: false, ..USUAL };
    nobody.import(&project);
    says_too_little(&project, &["--candidate", "constant"], "None of the 600 visits was served");
    let file = side(&nobody.close(&project));
    says_too_little(&project, &["--candidate", &file, "--trained-until", "2025-09-25"], "the waits of 0 visits");
}

#[test]
fn waits_that_are_all_alike_give_no_ratio_to_what_predicts_them() {
    for wait in [0, 300] {
        let project = Project::empty();
        History { name: "alike", days: 20, wait: Some(wait), ..USUAL }.import(&project);
        says_too_little(&project, &["--current", "constant", "--candidate", "rule"], "has no error");
    }
}

#[test]
fn a_model_of_other_sites_is_shown_and_decides_nothing() {
    let project = Project::empty();
    let elsewhere = History { name: "elsewhere", site: "Shiraz", ..USUAL };
    USUAL.import(&project);
    elsewhere.import(&project);
    project.nobat(["train", "--data", "usual", "--family", "linear"]).exits(0);
    decides_nothing(&project, &["--data", "elsewhere", "--candidate", "run:1"], "elsewhere");
    decides_nothing(&project, &["--data", "elsewhere", "--current", "run:1", "--candidate", "rule"], "elsewhere");
    // On its own sites it is judged, also in another data set that holds them.
    let own = project.nobat(["--json", "compare", "--data", "usual", "--candidate", "run:1"]).json();
    assert_eq!(own["lineage"]["elsewhere"], false, "{own}");
    History { name: "again", ..USUAL }.import(&project);
    let again = project.nobat(["--json", "compare", "--data", "again", "--candidate", "run:1"]).json();
    assert_eq!((&again["lineage"]["elsewhere"], &again["lineage"]["kind"]), (&false.into(), &"after".into()));
    // Predictions of other visits are for none of these.
    let file = side(&elsewhere.close(&project));
    let words = ["compare", "--data", "usual", "--current", "run:1", "--candidate", &file];
    project.nobat(words).refuses(1).says("id");
}

#[test]
fn predictions_for_few_visits_or_of_nonsense_decide_nothing() {
    let project = Project::empty();
    USUAL.import(&project);
    project.nobat(["train", "--family", "linear"]).exits(0);
    let last = USUAL.days * USUAL.visits_a_day - 1;
    let compare = |of: &dyn Fn(i64) -> Option<String>| {
        let file = side(&USUAL.predictions(&project, of));
        let words = ["--current", "run:1", "--candidate", &file, "--trained-until", "2025-09-20"];
        compared(&project, &words)
    };
    // One visit of the period, and none of it.
    assert_eq!(compare(&|visit| (visit == last).then(|| "3".to_owned())).code, Some(4));
    assert_eq!(compare(&|visit| (visit == 0).then(|| "3".to_owned())).code, Some(4));
    for nonsense in ["-5", "NaN", "inf", "1e300", "soon", ""] {
        assert_eq!(compare(&|_| Some(nonsense.to_owned())).code, Some(1), "{nonsense}");
    }
    // The same value for every visit is a prediction like any other.
    assert!(matches!(compare(&|_| Some("15".to_owned())).code, Some(0 | 3 | 4)));
}

#[test]
fn costs_that_are_none_are_refused_in_both_languages() {
    let project = Project::with_history();
    for cost in ["-1", "nan", "inf"] {
        for words in [
            ["compare", "--candidate", "constant", "--cost-minute", cost],
            ["compare", "--candidate", "constant", "--cost-turn", cost],
        ] {
            project.nobat(words).refuses(2).says("--cost-minute");
            let persian = project.nobat(["--lang", "fa"].iter().chain(&words)).refuses(2);
            assert!(persian.happened.contains("هزینه"), "{}", persian.happened);
        }
    }
}
