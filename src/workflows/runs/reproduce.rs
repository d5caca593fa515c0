//! Reproduction: fit a run again from what it remembers, and say whether every bit of the model is the same.

use std::time::Instant;

use serde::Serialize;
use serde_json::Value;

use crate::analysis::evaluation::SplitPlan;
use crate::analysis::models::IMPORTED;
use crate::base::{Digest, Task, Verdict};
use crate::store::sqlite::Access;
use crate::store::workspace::{Run, Workspace, WorkspaceError};
use crate::workflows::datasets::prepare_with;
use crate::workflows::expressions::remembered;
use crate::workflows::train::{RunDocument, TrainRequest, make};
use crate::workflows::{Home, WorkflowError};

/// Places in which two models differ that are named; the others are counted.
const NAMED: usize = 32;
/// Of them, so many in each part of the document: what differs in its origin may be the reason for all the rest.
const NAMED_IN_PART: usize = 4;

/// A run that was made again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reproduction {
    /// The run.
    pub run: i64,
    /// Its family.
    pub family: String,
    /// Whether the model made again is the kept one, bit by bit; the version of the program that is written into it apart.
    pub equal: bool,
    /// The digest of the kept model.
    pub artifact_sha256: Digest,
    /// The digest of the model made again, with the kept one's version of the program.
    pub made_sha256: Digest,
    /// The version of the program that made the run.
    pub program: String,
    /// The version of this program.
    pub made_by: String,
    /// Where the models differ, by their paths in the document, the first of them.
    pub differs: Vec<DifferentPlace>,
    /// How many places that are.
    pub differing: usize,
    /// The mean absolute error of the kept run on its test part, minutes.
    pub mae: Option<f64>,
    /// That of the model made again.
    pub made_mae: Option<f64>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// A value that is not the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DifferentPlace {
    /// Where it is: `model.trees.3.value.0`.
    pub path: String,
    /// The kept value; null where there is none.
    pub kept: Value,
    /// The value made again.
    pub made: Value,
}

impl Reproduction {
    /// Pass where it is the same.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.equal { Verdict::Pass } else { Verdict::Fail }
    }

    /// Whether another version of the program made the run.
    #[must_use]
    pub fn is_of_another_program(&self) -> bool {
        self.program != self.made_by
    }
}

/// Fits run `id` again. Nothing is kept.
///
/// # Errors
/// [`WorkflowError::ImportedRun`], and [`WorkflowError`] where there is no such run, it has no model, or its data set is gone
/// or altered.
pub fn reproduce(home: &Home, id: i64, task: &Task) -> Result<Reproduction, WorkflowError> {
    let workspace = Workspace::open(home.folder(), Access::Read)?;
    let run = workspace.run(id)?;
    // Said before the visits are read: nothing that they hold would help.
    if run.family == IMPORTED {
        return Err(WorkflowError::ImportedRun { run: id });
    }
    let digest = run.artifact_sha256.ok_or(WorkflowError::RunWithoutModel { run: id })?;
    let document = RunDocument::read(&run)?;
    let request = request(&run, &document)?;
    let own = remembered(&document.expressions)?;
    let prepared = prepare_with(&workspace, &workspace.dataset(run.dataset)?, &own, task)?;
    let started = Instant::now();
    let (mut artifact, tested) = make(&prepared, &own, &request, task)?;
    let made_by = std::mem::replace(&mut artifact.origin.program, document.program.clone());
    let made = artifact.to_bytes();
    let made_sha256 = Digest::of(&made);
    let equal = made_sha256 == digest;
    let (differs, differing) = match workspace.artifact(id) {
        Ok(kept) if !equal => differences(&kept, &made)?,
        // The digest alone says whether it is the same.
        Ok(_) | Err(WorkspaceError::FileGone { .. } | WorkspaceError::FileAltered { .. }) => (Vec::new(), 0),
        Err(error) => return Err(error.into()),
    };
    Ok(Reproduction {
        run: id,
        family: run.family,
        equal,
        artifact_sha256: digest,
        made_sha256,
        program: document.program,
        made_by,
        differs,
        differing,
        mae: document.test.map(|errors| errors.mae),
        made_mae: tested.map(|errors| errors.mae),
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// What the run was asked to do, with every parameter as it was: defaults may have changed since.
fn request(run: &Run, document: &RunDocument) -> Result<TrainRequest, WorkflowError> {
    // JSON is YAML.
    let parameters = serde_json::to_string(&document.parameters)
        .map_err(|error| WorkflowError::Document { reason: error.to_string() })?;
    let asked = document.request.clone().unwrap_or_else(|| TrainRequest {
        family: run.family.clone(),
        parameters: String::new(),
        seed: run.seed,
        // Runs of before the request was kept had no other parts.
        split: SplitPlan { stop_share: 0.0, calibrate_share: 0.0, ..SplitPlan::default() },
        adaptive_rate: None,
    });
    Ok(TrainRequest { parameters, ..asked })
}

/// The places in which two documents differ: the first, and how many there are.
fn differences(kept: &[u8], made: &[u8]) -> Result<(Vec<DifferentPlace>, usize), WorkflowError> {
    let read = |bytes| {
        serde_json::from_slice::<Value>(bytes)
            .map_err(|error| WorkflowError::Document { reason: error.to_string() })
    };
    let mut found = Found::default();
    found.look("", &read(kept)?, &read(made)?);
    Ok((found.places, found.count))
}

#[derive(Default)]
struct Found {
    places: Vec<DifferentPlace>,
    count: usize,
}

impl Found {
    /// How many places are named in the part of the document that `path` leads to.
    fn named_in(&self, path: &str) -> usize {
        let part = |path: &str| path.split('.').next().unwrap_or_default().to_owned();
        let own = part(path);
        self.places.iter().filter(|place| part(&place.path) == own).count()
    }

    /// Artifacts are trees of a few levels, so that this ends.
    fn look(&mut self, path: &str, kept: &Value, made: &Value) {
        let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        match (kept, made) {
            (Value::Object(a), Value::Object(b)) => {
                for name in a.keys().chain(b.keys().filter(|name| !a.contains_key(*name))) {
                    let (a, b) = (a.get(name).unwrap_or(&Value::Null), b.get(name).unwrap_or(&Value::Null));
                    self.look(&below(name), a, b);
                }
            }
            (Value::Array(a), Value::Array(b)) => {
                for index in 0..a.len().max(b.len()) {
                    let (a, b) = (a.get(index).unwrap_or(&Value::Null), b.get(index).unwrap_or(&Value::Null));
                    self.look(&below(&index.to_string()), a, b);
                }
            }
            (a, b) if a == b => {}
            (a, b) => {
                self.count += 1;
                if self.places.len() < NAMED && self.named_in(path) < NAMED_IN_PART {
                    self.places.push(DifferentPlace { path: path.to_owned(), kept: a.clone(), made: b.clone() });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named_by_its_path_and_counted() {
        let kept = br#"{"a":{"b":[1,2.5,3]},"c":"x","only":1}"#;
        let made = br#"{"a":{"b":[1,2.50000000000001,3,4]},"c":"x","new":null}"#;
        let (places, count) = differences(kept, made).unwrap();
        let paths: Vec<&str> = places.iter().map(|place| place.path.as_str()).collect();
        assert_eq!(paths, ["a.b.1", "a.b.3", "only"]);
        assert_eq!((count, &places[1].kept, &places[1].made), (3, &Value::Null, &Value::from(4)));
        let many = |from: usize| serde_json::to_vec(&(from..from + 100).collect::<Vec<_>>()).unwrap();
        let (places, count) = differences(&many(0), &many(1)).unwrap();
        assert_eq!((places.len(), count), (NAMED, 100));
        assert_eq!(differences(kept, kept).unwrap().1, 0);
    }
}
