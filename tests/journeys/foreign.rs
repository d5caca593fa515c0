//! Models that were made with LightGBM and XGBoost in Python (`tests/golden/foreign.py`): imported, tested, compared, proposed,
//! exported like ours; and what is said where a file cannot be kept.

use std::path::{Path, PathBuf};

use nobat::store::sqlite::Access;
use nobat::store::workspace::Workspace;

use crate::fixture::{OWNER, Project, text};

/// Before the last visits of the small history, which ends on 3 November 2025.
const UNTIL: &str = "2025-10-20T00:00:00+03:30";

fn model(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/foreign").join(name)
}

#[test]
fn models_of_other_programs_are_candidates_like_ours() {
    let project = Project::with_history();
    let public = project.home().join("keys").join("owner.pub");
    project.nobat(["key", "new", OWNER, "--no-passphrase"]).exits(0);
    project.nobat(["people", "add", OWNER, "--role", "model_owner", "--key", text(&public)]).exits(0);
    for (place, file) in ["lightgbm_l1.txt", "xgboost_squared.json"].into_iter().enumerate() {
        let file = model(file);
        let words = ["--json", "runs", "import", text(&file), "--data", "small", "--trained-until", UNTIL];
        let kept = project.nobat(words).exits(0).json();
        assert_eq!((kept["family"].as_str(), kept["train_n"].as_u64()), (Some("imported"), Some(0)), "{kept}");
        assert!(kept["test_n"].as_u64().unwrap() > 500 && kept["mae"].as_f64().unwrap() > 0.0, "{kept}");
        assert!(kept["mae_rule"].as_f64().is_some() && kept["mae_constant"].as_f64().is_some(), "{kept}");
        let run = kept["run"].to_string();
        let name = format!("run:{run}");
        // A model of other queues is no good here; that it is judged is the point.
        let compared = project.nobat(["--json", "compare", "--current", "rule", "--candidate", &name]);
        assert!([Some(0), Some(3), Some(4)].contains(&compared.code), "{compared}");
        assert_eq!(compared.json()["candidate"]["family"], "imported", "{compared}");
        let version = format!("{}.0.0", place + 1);
        let proposed = project.nobat(["release", "propose", "--run", &run, "--version", &version]);
        assert!([Some(0), Some(3), Some(4)].contains(&proposed.code), "{proposed}");
        let onnx = project.path(format!("{place}.onnx"));
        project.nobat(["runs", "export", &run, "--onnx", text(&onnx)]).exits(0);
        for language in ["en", "fa"] {
            let shown = project.nobat(["--lang", language, "runs", "show", &run]).exits(0);
            assert!(!shown.out.contains("family."), "{shown}");
        }
    }
    // They are listed by their family, and are not made again: how they were fitted, nobody here knows.
    project.nobat(["train", "--family", "constant"]).exits(0);
    let listed = project.nobat(["--json", "runs", "list", "--family", "imported"]).exits(0).json();
    let runs: Vec<_> = listed.as_array().unwrap().iter().map(|run| run["run"].as_i64().unwrap()).collect();
    assert_eq!(runs, [2, 1]);
    project.nobat(["runs", "list", "--family", "imports"]).refuses(2).says("boosted, imported");
    // The data set is not even read.
    for file in project.kept_files().iter().filter(|file| file.contains("datasets")) {
        std::fs::remove_file(file).unwrap();
    }
    for language in ["en", "fa"] {
        let told = project.nobat(["--lang", language, "runs", "reproduce", "1"]).refuses(2);
        told.says("SHA-256");
    }
    let listed = project.nobat(["release", "list", "--json"]).exits(0).json();
    assert_eq!(listed.as_array().unwrap().len(), 2, "{listed}");
    let parameters =
        Workspace::open(&project.home(), Access::Read).unwrap().run(1).unwrap().document["parameters"].clone();
    assert_eq!(
        (parameters["source"].as_str(), parameters["objective"].as_str()),
        (Some("lightgbm"), Some("regression_l1"))
    );
}

#[test]
fn a_model_is_not_tested_on_what_it_may_have_seen() {
    let project = Project::with_history();
    let file = model("lightgbm_l1.txt");
    let import = |until: &str| {
        project.nobat(["runs", "import", text(&file), "--trained-until", until, "--test-share", "0.2", "--json"])
    };
    let earlier = import(UNTIL).exits(0).json();
    let later = import("2025-10-30T00:00:00+03:30").exits(0).json();
    assert!(later["test_n"].as_u64() < earlier["test_n"].as_u64(), "{later} {earlier}");
    let words = ["runs", "import", text(&file), "--trained-until", "2025-12-01T00:00:00Z"];
    project.nobat(words).refuses(3).says("2025-12-01");
    assert_eq!(
        project.nobat(["runs", "import", text(&file)]).code,
        Some(2),
        "the end of the training has to be said"
    );
    assert_eq!(project.nobat(["runs", "list", "--json"]).exits(0).json().as_array().unwrap().len(), 2);
}

#[test]
fn what_cannot_be_imported_is_told_and_keeps_nothing() {
    let project = Project::with_history();
    let before = project.kept_files();
    let broken = project.write("broken.txt", "tree\nversion=v4\n");
    let cases = [
        (model("refused_linear_tree.txt"), "linear_tree"),
        (model("refused_softprob.json"), "multi:softprob"),
        (model("refused_unknown_feature.txt"), "queue_length"),
        (model("refused_number_as_category.txt"), "hour_of_day"),
        (model("refused_persian_names.json"), "XGBoost"),
        (broken, "LightGBM"),
    ];
    for (file, part) in cases {
        for language in ["en", "fa"] {
            let words = ["--lang", language, "runs", "import", text(&file), "--trained-until", UNTIL];
            project.nobat(words).refuses(1).says(part);
        }
    }
    let absent = project.path("absent.txt");
    project.nobat(["runs", "import", text(&absent), "--trained-until", UNTIL]).refuses(1).says("absent.txt");
    assert!(project.nobat(["runs", "list", "--json"]).exits(0).json().as_array().unwrap().is_empty());
    // SQLite's own files beside the workspace may stay open.
    let kept: Vec<String> = project
        .kept_files()
        .into_iter()
        .filter(|file| !file.ends_with("-wal") && !file.ends_with("-shm"))
        .collect();
    assert_eq!(kept, before);
}
