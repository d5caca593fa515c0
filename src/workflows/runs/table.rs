//! Several runs side by side: what was set differently, and what came of it.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::analysis::evaluation::Errors;
use crate::store::sqlite::Access;
use crate::store::workspace::Workspace;
use crate::workflows::train::RunDocument;
use crate::workflows::{Home, WorkflowError};

use super::KeptRun;

/// Runs side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunsTable {
    /// Their numbers, a column each.
    pub runs: Vec<i64>,
    /// Whether all of them were tested on the same visits: on the same data set, from the same cut on.
    pub same_test: bool,
    /// What is not the same in all of them: family, data set, seed, split, parameters.
    pub settings: Vec<TableRow>,
    /// The errors on the test parts, and the seconds that training took.
    pub metrics: Vec<TableRow>,
}

/// A value for each run; null where a run has none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TableRow {
    /// The name: of a parameter, or of the setting or metric in JSON.
    pub id: String,
    /// Whether it is a parameter of a family.
    pub is_parameter: bool,
    /// The values.
    pub values: Vec<Value>,
}

/// The runs with these numbers side by side, in this order; a number that is given twice stands once.
///
/// # Errors
/// Where there is no such run.
pub fn compare(home: &Home, ids: &[i64]) -> Result<RunsTable, WorkflowError> {
    let workspace = Workspace::open(home.folder(), Access::Read)?;
    let mut seen = BTreeSet::new();
    let kept = ids
        .iter()
        .filter(|id| seen.insert(**id))
        .map(|id| {
            let run = workspace.run(*id)?;
            RunDocument::read(&run).map(|document| (run, document))
        })
        .collect::<Result<Vec<KeptRun>, WorkflowError>>()?;
    Ok(table(&kept.iter().collect::<Vec<_>>()))
}

/// `runs` side by side.
#[must_use]
pub fn table(runs: &[&KeptRun]) -> RunsTable {
    let row = |id: &str, is_parameter: bool, value: &dyn Fn(&KeptRun) -> Value| TableRow {
        id: id.to_owned(),
        is_parameter,
        values: runs.iter().map(|kept| value(kept)).collect(),
    };
    let mut settings = vec![
        row("family", false, &|(run, _)| run.family.as_str().into()),
        row("dataset", false, &|(run, _)| run.dataset.short().into()),
        row("seed", false, &|(run, _)| run.seed.into()),
        row("cut", false, &|(_, document)| document.cut.map(|cut| cut.to_string()).into()),
    ];
    let names: BTreeSet<&str> =
        runs.iter().flat_map(|(_, document)| document.parameters.keys().map(String::as_str)).collect();
    settings.extend(names.into_iter().map(|name| {
        row(name, true, &|(_, document)| document.parameters.get(name).cloned().unwrap_or(Value::Null))
    }));
    let is_same = |row: &TableRow| row.values.windows(2).all(|pair| pair[0] == pair[1]);
    let same_test = settings.iter().filter(|row| row.id == "dataset" || row.id == "cut").all(is_same);
    settings.retain(|row| !is_same(row));
    let metric = |id: &str, value: &dyn Fn(&Errors) -> Option<f64>| {
        row(id, false, &|(_, document)| document.test.as_ref().and_then(value).into())
    };
    let metrics = vec![
        metric("mae", &|errors| Some(errors.mae)),
        metric("mae_low", &|errors| errors.mae_low),
        metric("mae_high", &|errors| errors.mae_high),
        metric("median_absolute_error", &|errors| Some(errors.median_absolute_error)),
        metric("p90_absolute_error", &|errors| Some(errors.p90_absolute_error)),
        metric("rmse", &|errors| Some(errors.rmse)),
        metric("bias", &|errors| Some(errors.bias)),
        metric("within_20", &|errors| Some(errors.within_20)),
        metric("too_low", &|errors| Some(errors.too_low)),
        row("seconds", false, &|(run, _)| run.seconds.into()),
    ];
    RunsTable { runs: runs.iter().map(|(run, _)| run.id).collect(), same_test, settings, metrics }
}
