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

fn new_run(dataset: Digest) -> NewRun {
    NewRun {
        dataset,
        family: "elastic-net".to_owned(),
        seed: u64::MAX - 1,
        document: json!({"parameters": {"penalty": 0.1}}),
        created_at: at(1),
    }
}

/// A run from its beginning to its end.
fn run_of(workspace: &mut Workspace, dataset: Digest, outcome: RunOutcome) -> Result<Run, WorkspaceError> {
    let begun = workspace.begin_run(&new_run(dataset))?;
    workspace.finish_run(begun, &RunEnd { document: json!({"mae": 6.5}), seconds: 1.25, outcome })
}

fn model(weight: u32) -> RunOutcome {
    RunOutcome::Finished { artifact: format!("{{\"weights\":[{weight}]}}").into_bytes() }
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
fn tests_from_the_same_cut_are_counted_as_their_documents_say() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = Workspace::open_or_create(folder.path()).unwrap();
    let datasets = ["a", "b"].map(|content| keep(&mut workspace, content, content).unwrap().digest);
    let test = json!({"mae": 6.5});
    // A run that goes on, fails, or is of another program says no cut, or has no test.
    let documents = [
        (0, json!({"cut": at(0), "test": test})),
        (0, json!({"cut": at(0), "test": test, "curve": {"test": null, "cut": at(5)}})),
        (0, json!({"cut": at(0), "test": null})),
        (0, json!({"cut": at(0)})),
        (0, json!({"cut": null, "test": test})),
        (0, json!({"test": test})),
        (0, json!({"cut": at(5), "test": test})),
        (1, json!({"cut": at(0), "test": test})),
        (1, json!([1, 2])),
    ];
    for (dataset, document) in &documents {
        let begun = workspace.begin_run(&new_run(datasets[*dataset])).unwrap();
        let end = RunEnd { document: document.clone(), seconds: 1.0, outcome: RunOutcome::Failed };
        workspace.finish_run(begun, &end).unwrap();
    }
    workspace.begin_run(&new_run(datasets[0])).unwrap();
    let runs = workspace.runs().unwrap();
    for (dataset, cut, expected) in [(0, at(0), 2), (0, at(5), 1), (1, at(0), 1), (1, at(5), 0), (0, at(7), 0)] {
        let (dataset, said) = (datasets[dataset], json!(cut));
        let is_one =
            |run: &&Run| run.dataset == dataset && run.document["cut"] == said && run.document["test"].is_object();
        assert_eq!(runs.iter().filter(is_one).count() as u64, expected, "the case is what it says");
        assert_eq!(workspace.tests_from(dataset, cut).unwrap(), expected);
    }
    assert_eq!(workspace.tests_from(Digest::of(b"?"), at(0)).unwrap(), 0);
}

#[test]
fn runs_come_back_as_they_were_and_models_only_with_their_digest() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = Workspace::open_or_create(folder.path()).unwrap();
    let dataset = keep(&mut workspace, "a", "A").unwrap().digest;
    let run = run_of(&mut workspace, dataset, model(1)).unwrap();
    assert_eq!((run.id, run.seed, run.seconds, run.status), (1, u64::MAX - 1, 1.25, RunStatus::Finished));
    assert_eq!(
        run.document,
        json!({"mae": 6.5}),
        "the document of the end takes the place of that of the beginning"
    );
    assert_eq!(workspace.artifact(1).unwrap(), b"{\"weights\":[1]}");
    assert_eq!(run_of(&mut workspace, dataset, model(1)).unwrap().artifact_sha256, run.artifact_sha256);
    let stopped = run_of(&mut workspace, dataset, RunOutcome::Cancelled).unwrap();
    assert_eq!(workspace.artifact(stopped.id).unwrap_err().key(), "run_without_model");
    assert_eq!(run_of(&mut workspace, dataset, RunOutcome::Failed).unwrap().status, RunStatus::Failed);
    assert_eq!(workspace.runs().unwrap().iter().map(|run| run.id).collect::<Vec<_>>(), [4, 3, 2, 1]);
    assert_eq!(workspace.run(1).unwrap(), run);
    assert_eq!(workspace.run(9).unwrap_err().key(), "run_unknown");
    let stray = run_of(&mut workspace, Digest::of(b"?"), RunOutcome::Failed);
    assert_eq!(stray.unwrap_err().key(), "dataset_unknown");
    assert_eq!((files(&workspace, "artifacts"), files(&workspace, "running")), (1, 0));

    let path = workspace.artifact_path(run.artifact_sha256.unwrap());
    fs::write(&path, "{}").unwrap();
    assert_eq!(workspace.artifact(1).unwrap_err().key(), "file_altered");
    fs::remove_file(&path).unwrap();
    assert_eq!(workspace.artifact(1).unwrap_err().key(), "file_gone");
    workspace.mark_run(1, &RunMark::Pinned(true)).unwrap();
    let shell = rusqlite::Connection::open(folder.path().join("workspace.db")).unwrap();
    for sql in
        ["UPDATE runs SET seed = 1", "DELETE FROM runs", "UPDATE datasets SET name = 'x'", "DELETE FROM datasets"]
    {
        assert!(shell.execute(sql, []).unwrap_err().to_string().contains("never"), "{sql}");
    }
}

#[test]
fn a_run_is_there_from_its_beginning_and_interrupted_where_its_program_goes_away() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = Workspace::open_or_create(folder.path()).unwrap();
    let dataset = keep(&mut workspace, "a", "A").unwrap().digest;
    let begun = workspace.begin_run(&new_run(dataset)).unwrap();
    let reader = Workspace::open(folder.path(), Access::Read).unwrap();
    let statuses = |workspace: &Workspace| {
        workspace.runs().unwrap().iter().map(|run| (run.id, run.status)).collect::<Vec<_>>()
    };
    assert_eq!(statuses(&reader), [(1, RunStatus::Running)]);
    assert_eq!(reader.run(1).unwrap().document, new_run(dataset).document);
    // Another training begins while it goes on, and does not end it.
    let other = workspace.begin_run(&new_run(dataset)).unwrap();
    assert_eq!(statuses(&reader), [(2, RunStatus::Running), (1, RunStatus::Running)]);
    assert_eq!(workspace.remove_runs(&[1]).unwrap_err().key(), "run_kept");
    drop(begun);
    assert_eq!(statuses(&reader), [(2, RunStatus::Running), (1, RunStatus::Interrupted)]);
    let end = RunEnd { document: json!({}), seconds: 2.0, outcome: RunOutcome::Cancelled };
    workspace.finish_run(other, &end).unwrap();
    // From the next beginning on, the file says so itself.
    drop(workspace.begin_run(&new_run(dataset)).unwrap());
    let kept: Vec<_> = (1..=3).map(|id| workspace.kept_run(id).unwrap().status).collect();
    assert_eq!(kept, [RunStatus::Interrupted, RunStatus::Cancelled, RunStatus::Running]);
    assert_eq!(workspace.artifact(3).unwrap_err().key(), "run_without_model");
    assert_eq!(files(&workspace, "running"), 0);
}

#[test]
fn runs_are_marked_and_only_those_without_a_mark_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = Workspace::open_or_create(folder.path()).unwrap();
    let dataset = keep(&mut workspace, "a", "A").unwrap().digest;
    for weight in [1, 1, 2, 3] {
        run_of(&mut workspace, dataset, model(weight)).unwrap();
    }
    let note = RunMark::Note(" first try ".to_owned());
    assert_eq!(workspace.mark_run(1, &note).unwrap().note, "first try");
    assert!(workspace.mark_run(1, &RunMark::Pinned(true)).unwrap().pinned);
    for tag in ["نوروز", "long", "long"] {
        workspace.mark_run(3, &RunMark::Tag(tag.to_owned())).unwrap();
    }
    let (first, third) = (workspace.run(1).unwrap(), workspace.run(3).unwrap());
    assert_eq!((first.note.as_str(), first.pinned, first.tags.len()), ("first try", true, 0));
    assert_eq!(third.tags, ["long", "نوروز"]);
    for unfit in ["", " ", "a,b", "a\nb", &"x".repeat(41)] {
        let error = workspace.mark_run(3, &RunMark::Tag(unfit.to_owned())).unwrap_err();
        assert_eq!(error.key(), "tag_unfit", "{unfit:?}");
    }
    let error = workspace.mark_run(3, &RunMark::Note("x".repeat(2_001))).unwrap_err();
    assert_eq!(error.key(), "note_unfit");
    assert_eq!(workspace.mark_run(9, &RunMark::Pinned(true)).unwrap_err().key(), "run_unknown");

    for kept in [1, 3] {
        assert_eq!(workspace.remove_runs(&[4, kept]).unwrap_err().key(), "run_kept");
    }
    assert_eq!(workspace.runs().unwrap().len(), 4, "all or none");
    workspace.remove_runs(&[2, 4]).unwrap();
    assert_eq!(workspace.runs().unwrap().iter().map(|run| run.id).collect::<Vec<_>>(), [3, 1]);
    assert_eq!(files(&workspace, "artifacts"), 2, "run 1 ended with the model of run 2");
    assert!(workspace.artifact(1).is_ok() && workspace.artifact(3).is_ok());
    assert_eq!(run_of(&mut workspace, dataset, model(4)).unwrap().id, 5, "no number is given twice");
    workspace.mark_run(1, &RunMark::Pinned(false)).unwrap();
    for tag in ["long", "نوروز"] {
        workspace.mark_run(3, &RunMark::Untag(tag.to_owned())).unwrap();
    }
    workspace.remove_runs(&[1, 3]).unwrap();
    assert_eq!(workspace.runs().unwrap().len(), 1);
}

/// The schema as the first programs made it, with a run.
fn first_schema(folder: &std::path::Path) {
    let shell = rusqlite::Connection::open(folder.join("workspace.db")).unwrap();
    shell.execute_batch(SCHEMA.migrations[0]).unwrap();
    shell.pragma_update(None, "application_id", SCHEMA.application_id).unwrap();
    shell.pragma_update(None, "user_version", 1).unwrap();
    let digest = Digest::of(b"a").to_string();
    shell.execute("INSERT INTO datasets VALUES (?1, 'A', 0, '0.1.0', ?1, 1, '{}')", [&digest]).unwrap();
    for id in [3, 7] {
        let row = rusqlite::params![id, digest, digest];
        shell
            .execute("INSERT INTO runs VALUES (?1, ?2, 'rule', 5, 0, 1.5, 'finished', '{\"n\":1}', ?3)", row)
            .unwrap();
    }
}

#[test]
fn a_workspace_of_an_older_program_is_brought_up_to_date_with_its_runs() {
    for access in [Access::Read, Access::Write] {
        let folder = tempfile::tempdir().unwrap();
        first_schema(folder.path());
        let workspace = Workspace::open(folder.path(), access).unwrap();
        let runs = workspace.runs().unwrap();
        assert_eq!(runs.iter().map(|run| run.id).collect::<Vec<_>>(), [7, 3]);
        let run = &runs[1];
        assert_eq!((run.family.as_str(), run.seed, run.seconds), ("rule", 5, 1.5));
        assert_eq!((run.status, run.pinned, run.note.as_str()), (RunStatus::Finished, false, ""));
        assert_eq!(run.document, json!({"n": 1}));
        drop(workspace);
        let mut workspace = Workspace::open(folder.path(), Access::Write).unwrap();
        workspace.remove_runs(&[7]).unwrap();
        let dataset = Digest::of(b"a");
        assert_eq!(run_of(&mut workspace, dataset, RunOutcome::Failed).unwrap().id, 8, "7 is not given again");
    }
}
