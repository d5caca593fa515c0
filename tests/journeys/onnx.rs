//! Every family as an ONNX file, through onnxruntime: another program predicts the same.
//!
//! The Python that has onnxruntime (`tests/peers/requirements.txt`) is `NOBAT_PYTHON`, else that of `tests/peers/venv`, else
//! `python3`. Where none of them has it the journey is skipped and says so.

use std::path::{Path, PathBuf};
use std::process::Command;

use nobat::analysis::features::{Column, FeatureTable, Kind, Value, Whole};
use nobat::analysis::models::onnx::OnnxGraph;
use nobat::analysis::models::{Artifact, EdgeValues, FAMILIES, Queues};
use nobat::base::Task;
use nobat::store::sqlite::Access;
use nobat::workflows::Home;
use nobat::workflows::datasets::{find, prepare, workspace};
use serde_json::json;

use crate::fixture::{Ended, Project, skipped, text};

/// Three sites, two services, gaps in what is known: 20,000 visits.
const RECIPE: &str = "\
seed: 11
start: 2025-03-01
days: 75
services:
  - {id: rec, name: Reception, median_minutes: 6.0}
  - {id: doc, name: Doctor, median_minutes: 11.0}
sites:
  - id: one
    name: Tehran
    queues:
      - {service: rec, visits_a_day: 80, counters: 1, peak_counters: 1}
      - {service: doc, visits_a_day: 50, counters: 2}
  - id: two
    name: کرج
    queues:
      - {service: rec, visits_a_day: 70, counters: 1}
      - {service: doc, visits_a_day: 60, counters: 2}
  - id: three
    name: Qom
    queues:
      - {service: rec, visits_a_day: 60, counters: 1}
";
/// Rows that are compared.
const ROWS: usize = 10_000;
/// Of a minute, or of the prediction where that is longer.
const TOLERANCE: f64 = 1e-4;

/// A family, and parameters under which its graph has other parts.
const CASES: &[(&str, &str)] = &[
    ("rule", "pace: throughput"),
    ("last-wait", "estimator: median_of_5"),
    ("linear", "estimate: mean"),
    ("tweedie", "estimate: mean"),
    ("boosted", "loss: tweedie\nleaves: 31\nrounds: 100"),
    ("boosted", "loss: quantile\nquantile_level: 0.9\nrounds: 60\nmonotone: free"),
];

/// The Python that has onnxruntime.
pub fn python(module: &str) -> Option<PathBuf> {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/venv");
    let named = std::env::var_os("NOBAT_PYTHON").map(PathBuf::from);
    let candidates =
        [named, Some(kept.join("bin/python")), Some(kept.join("Scripts/python.exe")), Some("python3".into())];
    candidates.into_iter().flatten().find(|python| {
        let tried = Command::new(python).args(["-c", &format!("import {module}")]).output();
        tried.is_ok_and(|output| output.status.success())
    })
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name)
}

/// The first rows of every feature, with gaps and names that nobody has seen: each by a pattern of its own.
fn with_gaps(features: &FeatureTable) -> FeatureTable {
    let columns = features.columns().enumerate().map(|(place, (id, column))| {
        let is_gap = |row: usize| (row * 7 + place * 13).is_multiple_of(31) || row.is_multiple_of(97);
        let kept = match column {
            Column::Real(numbers) => Column::Real(
                numbers
                    .iter()
                    .enumerate()
                    .map(|(row, number)| if is_gap(row) { f32::NAN } else { *number })
                    .collect(),
            ),
            Column::Whole(numbers) => Column::Whole(
                numbers.iter().enumerate().map(|(row, number)| number.filter(|_| !is_gap(row))).collect(),
            ),
            Column::Categories { names, codes } => {
                let mut names = names.clone();
                names.push("never seen".to_owned());
                let unseen = u32::try_from(names.len() - 1).ok();
                let code = |(row, code): (usize, Option<u32>)| match row % 53 {
                    0 => unseen,
                    _ => code.filter(|_| !is_gap(row)),
                };
                let codes: Whole = codes.iter().enumerate().map(code).collect();
                Column::Categories { names, codes }
            }
        };
        (id.to_owned(), kept)
    });
    FeatureTable::new(features.len(), columns.collect())
}

/// The features of the data set, and the inputs and predictions of the model as JSON.
fn rows(artifact: &Artifact, features: &FeatureTable) -> String {
    let value = |id: &str, row: usize| match features.value(id, row) {
        Value::Number(number) => json!(number),
        Value::Category(name) => json!(name),
        Value::Missing => serde_json::Value::Null,
    };
    let inputs: serde_json::Map<_, _> = artifact
        .contract
        .features()
        .iter()
        .map(|feature| {
            let values: Vec<_> = (0..features.len()).map(|row| value(&feature.id, row)).collect();
            (feature.id.clone(), values.into())
        })
        .collect();
    let task = Task::default();
    let minutes = artifact.model.predict_all(features, &task).unwrap();
    // Whatever has intervals has them in the file, too.
    let mut ends = serde_json::Map::new();
    if let Some(intervals) = &artifact.intervals {
        let values = EdgeValues::of(minutes.clone(), intervals.edges(), features, &task).unwrap();
        for (level, found) in ["80", "90"].iter().zip(intervals.of_all(&values, &Queues::of(features))) {
            ends.insert(format!("low_{level}"), found.iter().map(|interval| interval.low).collect());
            ends.insert(format!("high_{level}"), found.iter().map(|interval| interval.high).collect());
        }
    }
    json!({ "inputs": inputs, "minutes": minutes, "intervals": ends }).to_string()
}

/// What the program itself makes of the file, by the operators alone.
fn run_here(file: &Path, features: &FeatureTable) -> Vec<f64> {
    let graph = OnnxGraph::read(&std::fs::read(file).unwrap()).unwrap();
    graph.predict(features.len(), &|row, id| features.value(id, row)).unwrap()
}

#[test]
fn another_program_predicts_the_same() {
    let Some(python) = python("onnxruntime") else {
        return skipped("another_program_predicts_the_same", "no Python with onnxruntime (NOBAT_PYTHON)");
    };
    let project = Project::empty();
    let recipe = project.write("recipe.yaml", RECIPE);
    let visits = project.path("visits.parquet");
    project.nobat(["simulate", "--recipe", text(&recipe), "--out", text(&visits)]).exits(0);
    project.nobat(["import", text(&visits), "--name", "sites"]).exits(0);
    let load = "people_ahead / max(open_counters, 1)";
    project.nobat(["features", "add", "load", "--expr", load, "--unit", "people"]).exits(0);
    let home = Home::resolve(Some(&project.home()), None).unwrap();
    let workspace = workspace(&home, Access::Read).unwrap();
    let prepared = prepare(&workspace, &find(&workspace, "sites").unwrap(), &Task::default()).unwrap();
    assert!(prepared.features.len() >= ROWS);
    let gappy = with_gaps(&prepared.features.take(&(0..ROWS).collect::<Vec<_>>()));
    assert!(gappy.columns().any(|(_, column)| column.kind() == Kind::Category));

    let cases = FAMILIES.iter().map(|family| (family.id(), "")).chain(CASES.iter().copied());
    for (place, (family, parameters)) in cases.enumerate() {
        let yaml = project.write("parameters.yaml", parameters);
        let trained =
            project.nobat(["--json", "train", "--family", family, "--params", text(&yaml)]).exits(0).json();
        let run = trained["run"].as_i64().unwrap();
        let file = project.path(format!("{place}.onnx"));
        let words = ["--json", "runs", "export", &run.to_string(), "--onnx", text(&file)].map(str::to_owned);
        let exported = project.nobat(&words).exits(0).json();
        assert_eq!(exported["bytes"].as_u64(), Some(std::fs::metadata(&file).unwrap().len()), "{exported}");
        // What is there is not written over.
        project.nobat(&words[1..]).refuses(1);

        let artifact = Artifact::from_bytes(&workspace.artifact(run).unwrap()).unwrap();
        let own: Vec<_> = artifact.contract.expressions().into_iter().map(std::sync::Arc::new).collect();
        let kept = project.write("rows.json", rows(&artifact, &gappy.clone().with_expressions(&own)));
        let mut command = Command::new(&python);
        command.args([script("onnx_parity.py"), file.clone(), kept]);
        let answer = Ended::of(command).exits(0).json();
        let largest = answer["largest_difference"].as_f64().unwrap();
        println!(
            "{family} {parameters:?}: {} bytes, {} different predictions, differs by at most {largest:.1e}, {:.1} ms",
            exported["bytes"],
            answer["distinct"],
            answer["seconds"].as_f64().unwrap() * 1e3
        );
        assert!(largest < TOLERANCE, "{family}: {largest}");
        assert!(artifact.intervals.as_ref().is_some_and(|intervals| intervals.groups() > 1), "{family}");
        let of_ends = answer["largest_difference_of_ends"].as_f64().unwrap();
        assert!(of_ends < TOLERANCE, "{family}: the ends of intervals differ by {of_ends}");
        let ours = run_here(&file, &gappy.clone().with_expressions(&own));
        let theirs: Vec<f64> = serde_json::from_value(answer["predicted"].clone()).unwrap();
        // A model without inputs answers once for all.
        let of_row = |row: usize| if theirs.len() == 1 { theirs[0] } else { theirs[row] };
        assert!(theirs.len() == ours.len() || family == "constant", "{family}");
        let differs = |(row, ours): (usize, &f64)| (ours - of_row(row)).abs() / of_row(row).abs().max(1.0);
        let largest = ours.iter().enumerate().map(differs).fold(0.0, f64::max);
        // Both add up 32-bit sums of leaves in an order of their own.
        assert!(largest < 1e-5, "{family}: run here, the same file differs by {largest}");
        assert_eq!(answer["rows"].as_u64(), u64::try_from(ROWS).ok());
        assert!(family == "constant" || answer["distinct"].as_u64().unwrap() > 1, "{family}: {answer}");
        assert_eq!(answer["metadata"]["nobat.family"], family);
        assert_eq!(answer["metadata"]["nobat.artifact_sha256"], trained["artifact_sha256"]);
    }
}
