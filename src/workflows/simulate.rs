//! Simulate: a recipe becomes a Parquet file of visits.

use std::io::{BufWriter, Write};
use std::path::Path;

use serde::Serialize;

use crate::analysis::history::{Outcome, Visits, write_visits};
use crate::analysis::simulation::{Recipe, ScenarioKind, simulate};
use crate::base::{Digest, Moment, Task};

use super::WorkflowError;
use super::files::{file_error, read_text};

/// The sample: a recipe and what it gives, so that the program can show itself without any other file.
pub const SAMPLE_RECIPE: &str = include_str!("../../sample-data/recipe.yaml");
/// The history of [`SAMPLE_RECIPE`] as Parquet.
pub const SAMPLE_VISITS: &[u8] = include_bytes!("../../sample-data/visits.parquet");
/// How the sample is read.
pub const SAMPLE_MAPPING: &str = include_str!("../../sample-data/mappings/sample.yaml");

/// The largest recipe that is read, in bytes.
const MOST_RECIPE_BYTES: u64 = 256 * 1024;

/// What was simulated.
#[derive(Debug, Serialize)]
pub struct SimulateSummary {
    /// Visits.
    pub visits: u64,
    /// Called.
    pub served: u64,
    /// Left unserved.
    pub abandoned: u64,
    /// Not over at the end.
    pub unfinished: u64,
    /// Sites.
    pub sites: u64,
    /// The first arrival.
    pub first: Option<Moment>,
    /// The last arrival.
    pub last: Option<Moment>,
    /// The seed.
    pub seed: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: Digest,
}

/// The recipe in the file at `path`, or the sample's.
///
/// # Errors
/// [`WorkflowError`].
pub fn read_recipe(path: Option<&Path>) -> Result<Recipe, WorkflowError> {
    match path {
        Some(path) => Ok(Recipe::from_yaml(&read_text(path, MOST_RECIPE_BYTES)?)?),
        None => Ok(Recipe::from_yaml(SAMPLE_RECIPE)?),
    }
}

/// Simulates `recipe` with these scenarios switched on, and writes the visits to `out`, whole or not at all.
///
/// # Errors
/// [`WorkflowError`].
pub fn simulate_file(
    mut recipe: Recipe,
    scenarios: &[ScenarioKind],
    out: &Path,
    task: &Task,
) -> Result<SimulateSummary, WorkflowError> {
    for scenario in scenarios {
        recipe.switch(*scenario, true);
    }
    let visits = simulate(&recipe, task)?;
    task.report("stage.keeping", 0, 0)?;
    let mut bytes = Vec::new();
    write_visits(&visits, &mut bytes).map_err(|reason| file_error(out, std::io::Error::other(reason)))?;
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    // As any file that a person writes; a temporary file would be closed to others.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let written = builder.tempfile_in(folder).and_then(|mut file| {
        BufWriter::new(file.as_file_mut()).write_all(&bytes)?;
        file.as_file().sync_all()?;
        file.persist(out).map_err(|error| error.error)
    });
    written.map_err(|cause| file_error(out, cause))?;
    Ok(summary(&visits, recipe.seed(), &bytes))
}

fn summary(visits: &Visits, seed: u64, bytes: &[u8]) -> SimulateSummary {
    SimulateSummary {
        visits: visits.len() as u64,
        served: visits.count(Outcome::Served) as u64,
        abandoned: visits.count(Outcome::Abandoned) as u64,
        unfinished: visits.count(Outcome::Unfinished) as u64,
        sites: visits.site.names().len() as u64,
        first: visits.arrived.first().copied(),
        last: visits.arrived.last().copied(),
        seed,
        bytes: bytes.len() as u64,
        sha256: Digest::of(bytes),
    }
}
