//! One row after another: how a model that looks values up by their names predicts a whole table.

use crate::analysis::features::{Column, FeatureTable, Value};
use crate::base::{Cancelled, Minutes, Task};

/// Rows between two looks at whether the task was cancelled.
const ROWS: usize = 1 << 13;

/// What `predict` gives for each row of `features`, in minutes. Of the features it asks for, only `ids` are looked up;
/// any other is missing.
pub(super) fn predict_rows<'f>(
    ids: &[&str],
    features: &'f FeatureTable,
    task: &Task,
    predict: impl Fn(&dyn Fn(&str) -> Value<'f>) -> Minutes,
) -> Result<Vec<f64>, Cancelled> {
    let columns: Vec<(&str, &'f Column)> = ids.iter().filter_map(|id| Some((*id, features.column(id)?))).collect();
    let mut predictions = Vec::with_capacity(features.len());
    for row in 0..features.len() {
        if row.is_multiple_of(ROWS) {
            task.report("stage.predicting", row as u64, features.len() as u64)?;
        }
        let value = |id: &str| {
            let column = columns.iter().find(|(candidate, _)| *candidate == id);
            column.map_or(Value::Missing, |(_, column)| column.value(row))
        };
        predictions.push(predict(&value).get());
    }
    Ok(predictions)
}
