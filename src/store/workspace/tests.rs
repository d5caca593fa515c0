//! Data sets and runs are kept whole, once, and handed out only as they were kept.

use std::fs;
use std::io::Write;

use serde_json::json;

use super::*;
use crate::base::Explain;

fn at(second: i64) -> Moment {
    Moment::from_seconds(1_795_000_000 + second).unwrap()
}

fn keep(workspace: &mut Workspace, content: &str, name: &str) -> Result<Dataset, WorkspaceError> {
    let mut draft = workspace.draft_dataset()?;
    draft.file().write_all(format!("parquet of {content}").as_bytes()).unwrap();
    let new = NewDataset {
        digest: Digest::of(content.as_bytes()),
        name: name.to_owned(),
        created_at: at(0),
        document: json!({"rows": 3, "mae": 0.1}),
    };
    workspace.keep_dataset(draft, &new)
}

fn run_of(dataset: Digest, outcome: RunOutcome) -> NewRun {
    NewRun {
        dataset,
        family: "elastic-net".to_owned(),
        seed: u64::MAX - 1,
        document: json!({"parameters": {"penalty": 0.1}}),
        created_at: at(1),
        seconds: 1.25,
        outcome,
    }
}

fn files(workspace: &Workspace, folder: &str) -> usize {
    fs::read_dir(workspace.folder().join(folder)).map_or(0, Iterator::count)
}

#[test]
fn a_data_set_is_its_content_and_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = Workspace::open_or_create(folder.path()).unwrap();
    assert_eq!(Workspace::open(&folder.path().join("x"), Access::Read).unwrap_err().key(), "database_missing");
    let first = keep(&mut workspace, "a", "Warsaw").unwrap();
    assert_eq!(first.document, json!({"rows": 3, "mae": 0.1}));
    assert_eq!(keep(&mut workspace, "a", "again").unwrap(), first);
    assert_eq!(keep(&mut workspace, "b", " ").unwrap_err().key(), "dataset_name");
    let second = keep(&mut workspace, "b", "ورشو").unwrap();
    assert_eq!(workspace.datasets().unwrap(), [second, first.clone()]);
    assert_eq!(files(&workspace, "datasets"), 2, "dropped drafts leave nothing");
    let path = workspace.dataset_file(first.digest).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"parquet of a");

    fs::write(&path, "parquet of c").unwrap();
    assert_eq!(workspace.dataset_file(first.digest).unwrap_err().key(), "file_altered");
    fs::remove_file(&path).unwrap();
    assert_eq!(workspace.dataset_file(first.digest).unwrap_err().key(), "file_gone");
    assert_eq!(keep(&mut workspace, "a", "back").unwrap().name, "Warsaw");
    assert!(workspace.dataset_file(first.digest).is_ok(), "keeping it again brings the file back");
    assert_eq!(workspace.dataset_file(Digest::of(b"?")).unwrap_err().key(), "dataset_unknown");
}

#[test]
fn a_file_left_by_a_killed_program_is_no_obstacle() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = Workspace::open_or_create(folder.path()).unwrap();
    fs::create_dir(folder.path().join("datasets")).unwrap();
    let orphan = workspace.dataset_path(Digest::of(b"a"));
    fs::write(&orphan, "half").unwrap();
    let kept = keep(&mut workspace, "a", "A").unwrap();
    assert_eq!(workspace.dataset_file(kept.digest).unwrap(), orphan);
}

#[test]
fn runs_come_back_as_they_were_and_models_only_with_their_digest() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = Workspace::open_or_create(folder.path()).unwrap();
    let dataset = keep(&mut workspace, "a", "A").unwrap().digest;
    let finished = run_of(dataset, RunOutcome::Finished { artifact: b"{\"weights\":[1]}".to_vec() });
    let run = workspace.add_run(&finished).unwrap();
    assert_eq!((run.id, run.seed, run.seconds, run.status), (1, u64::MAX - 1, 1.25, RunStatus::Finished));
    assert_eq!(workspace.artifact(1).unwrap(), b"{\"weights\":[1]}");
    assert_eq!(workspace.add_run(&finished).unwrap().artifact_sha256, run.artifact_sha256);
    let stopped = workspace.add_run(&run_of(dataset, RunOutcome::Cancelled)).unwrap();
    assert_eq!(workspace.artifact(stopped.id).unwrap_err().key(), "run_without_model");
    assert_eq!(workspace.add_run(&run_of(dataset, RunOutcome::Failed)).unwrap().status, RunStatus::Failed);
    assert_eq!(workspace.runs().unwrap().iter().map(|run| run.id).collect::<Vec<_>>(), [4, 3, 2, 1]);
    assert_eq!(workspace.run(1).unwrap(), run);
    assert_eq!(workspace.run(9).unwrap_err().key(), "run_unknown");
    let stray = run_of(Digest::of(b"?"), RunOutcome::Failed);
    assert_eq!(workspace.add_run(&stray).unwrap_err().key(), "dataset_unknown");
    assert_eq!(files(&workspace, "artifacts"), 1);

    let path = workspace.artifact_path(run.artifact_sha256.unwrap());
    fs::write(&path, "{}").unwrap();
    assert_eq!(workspace.artifact(1).unwrap_err().key(), "file_altered");
    fs::remove_file(&path).unwrap();
    assert_eq!(workspace.artifact(1).unwrap_err().key(), "file_gone");
    let shell = rusqlite::Connection::open(folder.path().join("workspace.db")).unwrap();
    for sql in
        ["UPDATE runs SET seed = 1", "DELETE FROM runs", "UPDATE datasets SET name = 'x'", "DELETE FROM datasets"]
    {
        assert!(shell.execute(sql, []).unwrap_err().to_string().contains("never"), "{sql}");
    }
}
