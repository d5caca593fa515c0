//! Disks that are full or may not be written to, two programs at once: nothing is lost, nothing is half-written.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::fixture::{Ended, Project, Running, command_at, skipped, text};

/// A file system of its own, which goes when this does.
struct Mounted(PathBuf);

impl Mounted {
    /// Memory of this many bytes, or none where mounting is not allowed.
    fn memory(at: PathBuf, bytes: u64) -> Option<Mounted> {
        std::fs::create_dir_all(&at).unwrap();
        let options = format!("size={bytes}");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "nobat-journey"]).arg(&at).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Mounted(at))
    }

    fn read_only(&self) -> bool {
        let again = Command::new("mount").args(["-o", "remount,ro"]).arg(&self.0).output();
        again.is_ok_and(|output| output.status.success())
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Where it fails, the system unmounts it at its end.
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

/// The registry of `project`, copied onto a file system of its own.
fn on_its_own_disk(project: &Project, bytes: u64) -> Option<(Mounted, PathBuf)> {
    let disk = Mounted::memory(project.path("disk"), bytes)?;
    let registry = disk.0.join("registry.db");
    std::fs::copy(project.registry(), &registry).unwrap();
    Some((disk, registry))
}

#[test]
fn a_full_disk_loses_nothing() {
    let project = Project::released();
    let Some((disk, registry)) = on_its_own_disk(&project, 4 << 20) else {
        return skipped("a_full_disk_loses_nothing", "it needs the right to mount");
    };
    let filler = disk.0.join("filler");
    fill(&filler);
    let on_disk = |words: &[&str]| {
        let words: Vec<&str> = ["--registry", text(&registry)].into_iter().chain(words.iter().copied()).collect();
        project.nobat(words)
    };
    on_disk(&["release", "promote", "2.0.0"]).refuses(1).says("full");
    let out = disk.0.join("visits.parquet");
    project.nobat(["simulate", "--out", text(&out)]).refuses(1).says("visits.parquet");
    assert!(!out.exists());
    let report = disk.0.join("report.html");
    let words = ["export", "report", "--candidate", "run:2", "--out", text(&report), "--with-json"];
    project.nobat(words).refuses(1).says("report.");
    let names: Vec<_> = std::fs::read_dir(&disk.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        names.iter().all(|name| name == "filler" || name.to_str().unwrap().starts_with("registry.db")),
        "{names:?}"
    );
    std::fs::remove_file(&filler).unwrap();
    on_disk(&["verify"]).exits(0);
    let live = |versions: &serde_json::Value| {
        versions
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["stage"] == "live")
            .map(|entry| entry["version"].clone())
    };
    assert_eq!(live(&on_disk(&["release", "list", "--json"]).exits(0).json()), Some("1.0.0".into()));
    on_disk(&["release", "promote", "2.0.0"]).exits(0);
}

/// Writes until nothing fits any more.
fn fill(path: &Path) {
    use std::io::Write as _;
    let mut file = std::fs::File::create(path).unwrap();
    for size in [1 << 16, 1 << 12, 1] {
        while file.write_all(&vec![b'x'; size]).is_ok() {}
    }
}

#[test]
fn a_registry_that_may_only_be_read_is_read_and_not_changed() {
    let project = Project::released();
    let Some((disk, registry)) = on_its_own_disk(&project, 8 << 20) else {
        return skipped("a_registry_that_may_only_be_read_is_read_and_not_changed", "it needs the right to mount");
    };
    assert!(disk.read_only());
    let before = std::fs::read(&registry).unwrap();
    project.nobat(["--registry", text(&registry), "release", "promote", "2.0.0"]).refuses(1).says("registry.db");
    let listed = project.nobat(["--registry", text(&registry), "release", "list"]);
    assert!(matches!(listed.code, Some(0 | 1)), "{listed}");
    if listed.code == Some(1) {
        listed.refuses(1).says("registry.db");
    }
    assert!(std::fs::read(&registry).unwrap() == before);
}

/// Where the home of a project is on a disk that fills up while a data set is written, nothing of it is kept.
#[test]
fn an_import_onto_a_full_disk_keeps_nothing() {
    let project = Project::with_history();
    let Some(disk) = Mounted::memory(project.path("disk"), 3 << 20) else {
        return skipped("an_import_onto_a_full_disk_keeps_nothing", "it needs the right to mount");
    };
    let home = disk.0.join("home");
    let some = project
        .write("some.csv", "site,service,arrived_at,called_at\nA,B,2025-09-20T08:00:00,2025-09-20T08:05:00\n");
    let on_disk = |words: &[&str]| Ended::of(command_at(&home, words));
    on_disk(&["import", text(&some)]).exits(0);
    let before = on_disk(&["data", "list"]).exits(0).out;
    let filler = disk.0.join("filler");
    fill(&filler);
    // Room for a part of what has to be written.
    std::fs::write(&filler, vec![b'x'; std::fs::metadata(&filler).unwrap().len() as usize - 40_000]).unwrap();
    let files = || {
        let mut files: Vec<PathBuf> = Vec::new();
        let mut folders = vec![home.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        files.retain(|path| !text(path).contains("workspace.db-"));
        files.sort();
        files
    };
    let kept = files();
    on_disk(&["import", text(&project.path("visits.parquet"))]).refuses(1);
    assert_eq!(files(), kept, "something was left behind");
    std::fs::remove_file(&filler).unwrap();
    assert_eq!(on_disk(&["data", "list"]).exits(0).out, before);
    on_disk(&["data", "profile", "some"]).exits(0);
    on_disk(&["import", text(&project.path("visits.parquet"))]).exits(0);
}

/// Where the disk fills up while a run is saved, there is a record without a model, and nothing of one.
#[test]
fn a_run_that_cannot_be_saved_leaves_a_record_and_no_model() {
    let project = Project::with_history();
    let Some(disk) = Mounted::memory(project.path("disk"), 6 << 20) else {
        return skipped("a_run_that_cannot_be_saved_leaves_a_record_and_no_model", "it needs the right to mount");
    };
    let home = disk.0.join("home");
    let on_disk = |words: &[&str]| Ended::of(command_at(&home, words));
    on_disk(&["import", text(&project.path("visits.parquet")), "--name", "small"]).exits(0);
    on_disk(&["train", "--family", "rule"]).exits(0);
    let models = || {
        let mut names: Vec<_> = std::fs::read_dir(home.join("artifacts"))
            .map(|entries| entries.map(|entry| entry.unwrap().file_name()).collect())
            .unwrap_or_default();
        names.sort();
        names
    };
    let before = models();
    assert_eq!(before.len(), 1, "{before:?}");
    let filler = disk.0.join("filler");
    fill(&filler);
    // Room for the record, and not for a model of a hundred trees.
    std::fs::write(&filler, vec![b'x'; std::fs::metadata(&filler).unwrap().len() as usize - 60_000]).unwrap();
    let yaml = project.write("many.yaml", "rounds: 100\nleaves: 63\n");
    for language in ["en", "fa"] {
        let words = ["--lang", language, "train", "--family", "boosted", "--params", text(&yaml)];
        let told = on_disk(&words).refuses(1);
        println!("{} {} {}", told.happened, told.untouched, told.next);
    }
    assert_eq!(models(), before, "a part of a model was left");
    let runs = on_disk(&["--json", "runs", "list"]).exits(0).json();
    let statuses: Vec<&str> = runs.as_array().unwrap().iter().map(|run| run["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["interrupted", "interrupted", "finished"], "{runs}");
    on_disk(&["runs", "show", "1"]).exits(0);
    std::fs::remove_file(&filler).unwrap();
    on_disk(&["train", "--family", "boosted", "--params", text(&yaml)]).exits(0);
    on_disk(&["runs", "reproduce", "4"]).exits(0);
}

/// What may not be written to or read is named. (Somebody who may do everything is not stopped by permissions, so the disk
/// itself may only be read.)
#[test]
fn a_home_that_may_only_be_read_and_a_folder_that_is_none_are_told() {
    let project = Project::with_history();
    let Some(disk) = Mounted::memory(project.path("disk"), 3 << 20) else {
        return skipped(
            "a_home_that_may_only_be_read_and_a_folder_that_is_none_are_told",
            "it needs the right to mount",
        );
    };
    let home = disk.0.join("home");
    assert!(disk.read_only());
    let visits = project.path("visits.parquet");
    Ended::of(command_at(&home, ["import", text(&visits)])).refuses(1).says("disk");
    let empty = project.path("empty");
    std::fs::create_dir(&empty).unwrap();
    project.nobat(["import", text(&empty)]).refuses(1).says("empty");
    project.nobat(["import", text(&project.path("absent"))]).refuses(1).says("absent");
}

#[test]
fn two_imports_at_once_are_both_kept() {
    let project = Project::empty();
    let files = ["one", "two"].map(|name| {
        let mut rows = String::from("visit_id,site,service,arrived_at,called_at\n");
        for n in 0..20_000 {
            let (hour, minute, second) = (n / 3_600 % 12 + 8, n / 60 % 60, n % 60);
            rows.push_str(&format!("{name}{n},Tehran,S,2025-09-20T{hour:02}:{minute:02}:{second:02},\n"));
        }
        project.write(&format!("{name}.csv"), rows)
    });
    let start = |file: &PathBuf| {
        let mut command = project.command(["import", text(file)]);
        Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    };
    let mut running: Vec<Running> = files.iter().chain(&files).map(start).collect();
    for running in &mut running {
        assert!(running.0.wait().unwrap().success());
    }
    let listed = project.nobat(["--json", "data", "list"]).exits(0).json();
    assert_eq!(listed.as_array().unwrap().len(), 2, "the same file twice is one data set");
    for name in ["one", "two"] {
        project.nobat(["data", "profile", name]).exits(0);
    }
}
