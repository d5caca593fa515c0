//! Runs in order: a training that is killed leaves a record, a run is made again bit by bit, and what is pruned is what
//! nobody needs.

use std::process::Stdio;

use nobat::analysis::models::FAMILIES;
use serde_json::Value;

use crate::fixture::{Project, Running, wait_until};

fn runs(project: &Project, words: &[&str]) -> Vec<Value> {
    let list = project.nobat([&["--json", "runs", "list"], words].concat()).exits(0).json();
    list.as_array().unwrap().clone()
}

fn numbers(project: &Project, words: &[&str]) -> Vec<i64> {
    runs(project, words).iter().map(|run| run["run"].as_i64().unwrap()).collect()
}

#[test]
fn a_training_that_is_killed_leaves_a_record() {
    let project = Project::with_history();
    let slow = project.write("slow.yaml", "rounds: 5000\nlearning_rate: 0.001\nleaves: 1024\nmin_leaf: 2\n");
    let words = ["train", "--family", "boosted", "--params", slow.to_str().unwrap()];
    let mut command = project.command(words);
    let mut running = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    wait_until("the run is there while it goes on", || {
        let runs = runs(&project, &[]);
        runs.len() == 1 && runs[0]["status"] == "running"
    });
    project.nobat(["runs", "prune", "--keep", "0", "--yes"]).exits(0);
    assert_eq!(numbers(&project, &[]), [1], "what goes on is not removed");
    // Another training does not end it.
    project.nobat(["train", "--family", "constant"]).exits(0);
    assert_eq!(runs(&project, &["--family", "boosted"])[0]["status"], "running");
    assert!(running.0.try_wait().unwrap().is_none(), "the slow training was too quick to be killed");
    running.0.kill().unwrap();
    running.0.wait().unwrap();
    let killed = &runs(&project, &["--family", "boosted"])[0];
    assert_eq!((&killed["status"], &killed["artifact_sha256"]), (&"interrupted".into(), &Value::Null));
    assert_eq!(killed["train_n"].as_u64().map(|n| n > 1_000), Some(true), "{killed}");
    project.nobat(["runs", "reproduce", "1"]).refuses(1).says("no model");
    project.nobat(["train", "--family", "constant"]).exits(0);
    assert_eq!(runs(&project, &["--family", "boosted"])[0]["status"], "interrupted");
    let left = project.kept_files();
    assert!(!left.iter().any(|file| file.ends_with(".lock")), "{left:?}");
}

#[test]
fn a_run_is_made_again_bit_by_bit_and_what_differs_is_said() {
    let project = Project::with_history();
    let params = project.write("p.yaml", "penalty: 0.01\n");
    project.nobat(["features", "add", "x", "--expr", "people_ahead * 2", "--unit", "people"]).exits(0);
    // Every family there is; the first is altered below.
    let others = FAMILIES.iter().map(|family| family.id()).filter(|family| *family != "elastic-net");
    let families: Vec<&str> = std::iter::once("elastic-net").chain(others).collect();
    assert_eq!(families.len(), FAMILIES.len());
    for family in families.iter().copied() {
        let mut words = vec!["train", "--family", family, "--seed", "9", "--test-share", "0.3"];
        if family == "elastic-net" {
            words.extend(["--params", params.to_str().unwrap()]);
        }
        project.nobat(words).exits(0);
    }
    // What the workspace holds now is not what it held then.
    project.nobat(["features", "remove", "x"]).exits(0);
    for (before, family) in families.iter().enumerate() {
        let run = (before + 1).to_string();
        let made = project.nobat(["--json", "runs", "reproduce", &run]).exits(0).json();
        assert_eq!(made["family"], *family);
        assert_eq!((&made["equal"], &made["artifact_sha256"]), (&true.into(), &made["made_sha256"]), "{made}");
        assert_eq!(made["mae"], made["made_mae"]);
    }
    assert_eq!(numbers(&project, &[]).len(), families.len(), "nothing is kept of it");
    let altered_run = (families.len() + 1).to_string();

    // A run that remembers other parameters than its model was made with.
    let shell = rusqlite::Connection::open(project.home().join("workspace.db")).unwrap();
    let altered = "INSERT INTO runs SELECT NULL, dataset, family, seed, created_at, seconds, status, \
                   json_set(document, '$.parameters.penalty', 0.5, '$.program', '0.0.1'), artifact_sha256 FROM runs WHERE id = 1";
    shell.execute(altered, []).unwrap();
    drop(shell);
    let made = project.nobat(["--json", "runs", "reproduce", &altered_run]).exits(3).json();
    assert_eq!((&made["equal"], &made["program"]), (&false.into(), &"0.0.1".into()));
    let differs = made["differs"].as_array().unwrap();
    let paths: Vec<&str> = differs.iter().map(|place| place["path"].as_str().unwrap()).collect();
    assert!(paths.contains(&"origin.parameters.penalty"), "{paths:?}");
    assert!(made["differing"].as_u64().is_some_and(|count| count > 20), "{made}");
    let told = project.nobat(["--lang", "fa", "runs", "reproduce", &altered_run]).exits(3);
    assert!(told.out.contains("مدل دیگری") && told.out.contains("0.0.1"), "{told}");

    // Without its data set there is nothing to make it from.
    for file in project.kept_files().iter().filter(|file| file.ends_with(".parquet") && file.contains("datasets"))
    {
        std::fs::remove_file(file).unwrap();
    }
    project.nobat(["runs", "reproduce", "1"]).refuses(1).says(".parquet");
    project.nobat(["runs", "reproduce", "77"]).refuses(2).says("77");
}

#[test]
fn runs_are_marked_listed_compared_and_pruned() {
    let project = Project::released();
    for penalty in ["0.1", "0.001"] {
        let params = project.write("p.yaml", format!("penalty: {penalty}\n"));
        project.nobat(["train", "--family", "elastic-net", "--params", params.to_str().unwrap()]).exits(0);
    }
    project.nobat(["train", "--family", "constant"]).exits(0);
    assert_eq!(numbers(&project, &[]), [5, 4, 3, 2, 1]);
    assert_eq!(numbers(&project, &["--family", "elastic-net"]), [4, 3]);
    assert_eq!(numbers(&project, &["--limit", "2"]), [5, 4]);
    let by_mae = runs(&project, &["--sort", "mae"]);
    assert!(by_mae.windows(2).all(|pair| pair[0]["mae"].as_f64() <= pair[1]["mae"].as_f64()), "{by_mae:?}");
    project.nobat(["runs", "list", "--family", "elastic"]).refuses(2).says("elastic-net");

    project.nobat(["runs", "tag", "3", "نوروز"]).exits(0);
    project.nobat(["runs", "pin", "5"]).exits(0);
    let noted = project.nobat(["--json", "runs", "note", "5", "the floor"]).exits(0).json();
    assert_eq!((&noted[0]["pinned"], &noted[0]["note"]), (&true.into(), &"the floor".into()));
    assert_eq!(numbers(&project, &["--tag", "نوروز"]), [3]);
    project.nobat(["runs", "tag", "3", "a,b"]).refuses(2).says("a,b");
    project.nobat(["runs", "pin", "99"]).refuses(2).says("99");

    let table = project.nobat(["--json", "runs", "compare", "3", "4"]).exits(0).json();
    assert_eq!((&table["runs"], &table["same_test"]), (&serde_json::json!([3, 4]), &true.into()));
    let settings = table["settings"].as_array().unwrap();
    assert_eq!(settings.len(), 1, "{table}");
    assert_eq!(
        (&settings[0]["id"], &settings[0]["values"]),
        (&"penalty".into(), &serde_json::json!([0.1, 0.001]))
    );
    let told = project.nobat(["runs", "compare", "1", "4"]).exits(0);
    assert!(told.out.contains("penalty") && told.out.contains("mean absolute error"), "{told}");

    // Runs 1 and 2 are released, 3 is tagged, 5 is pinned.
    project.nobat(["runs", "prune"]).exits(2);
    let listed = project.nobat(["--json", "runs", "prune", "--keep", "0"]).exits(0).json();
    assert_eq!((&listed["removed"], &listed["protected"]), (&false.into(), &serde_json::json!([5, 3, 2, 1])));
    assert_eq!(numbers(&project, &[]).len(), 5);
    project.nobat(["runs", "prune", "--keep", "0", "--older-than", "1", "--yes"]).exits(0);
    assert_eq!(numbers(&project, &[]).len(), 5, "none is a day old");
    let models = || project.kept_files().iter().filter(|file| file.contains("artifacts")).count();
    let before = models();
    let pruned = project.nobat(["--json", "runs", "prune", "--keep", "0", "--yes"]).exits(0).json();
    assert_eq!(pruned["runs"].as_array().unwrap().len(), 1);
    assert_eq!((numbers(&project, &[]), models()), (vec![5, 3, 2, 1], before - 1));
    project.nobat(["runs", "unpin", "5"]).exits(0);
    project.nobat(["runs", "untag", "3", "نوروز"]).exits(0);
    project.nobat(["runs", "prune", "--keep", "1", "--yes"]).exits(0);
    assert_eq!(numbers(&project, &[]), [5, 2, 1]);
    project.nobat(["verify"]).exits(0);
}
