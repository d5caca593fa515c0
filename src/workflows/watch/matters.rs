//! Which drift matters: divergence times importance in the model, and what the shift alone does to the predicted wait.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::analysis::drift::{DataDrift, Shift, Side, Source, Window, shift};
use crate::analysis::features::FeatureTable;
use crate::analysis::insight::{ImportanceSettings, InsightError, importance};
use crate::base::{Task, Verdict};
use crate::workflows::WorkflowError;

use super::Watching;
use super::model::WatchedModel;

/// What the drift of the features does to a model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Matters {
    /// Mean prediction on the visits of the current window, minutes.
    pub predicted_current: f64,
    /// The same of the reference window.
    pub predicted_reference: f64,
    /// Finished visits of the reference window that the importance was measured on; none where they are too few.
    pub importance_n: Option<u64>,
    /// The features of the model: by divergence times importance, the largest first.
    pub features: Vec<Matter>,
}

/// What the drift of one feature does.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Matter {
    /// The id of the feature.
    pub feature: String,
    /// Its KL, nats.
    pub kl: Option<f64>,
    /// The verdict on it.
    pub verdict: Verdict,
    /// By how many minutes the MAE grows without its group (see `together`).
    pub importance: Option<f64>,
    /// The features that go with it in the measure of importance, itself among them.
    pub together: Vec<String>,
    /// Divergence times importance.
    pub score: Option<f64>,
    /// By how many minutes the mean prediction changes by the shift of this feature alone.
    pub shift_minutes: Option<f64>,
    /// The share of the current visits whose value the reference window never had, and about which the shift says nothing.
    pub unknown_share: Option<f64>,
}

/// What the drift that `data` tells does to `model`, on the current and the reference window.
pub(super) fn matters(
    model: &WatchedModel,
    [(ours, current), (theirs, reference)]: [(&Watching<'_>, &Window); 2],
    data: &DataDrift,
    seed: u64,
    task: &Task,
) -> Result<Option<Matters>, WorkflowError> {
    let Some(fitted) = &model.fitted else { return Ok(None) };
    let rows = |window: &Window| window.rows.iter().map(|row| *row as usize).collect::<Vec<_>>();
    let here = model.features(ours, &rows(current), task)?;
    let there = model.features(theirs, &rows(reference), task)?;
    let predicted = fitted.predict_all(&here, task)?;
    let before = fitted.predict_all(&there, task)?;
    let ids = fitted.features();
    let ask = |table: &FeatureTable, task: &Task| fitted.predict_all(table, task);
    let waits = &theirs.prepared.waits;
    let finished: Vec<(usize, u32, f64)> = reference
        .rows
        .iter()
        .zip(&reference.day)
        .enumerate()
        .filter_map(|(place, (row, day))| Some((place, *day, waits.get(*row as usize).copied()??)))
        .collect();
    let (actual, days): (Vec<f64>, Vec<u32>) = finished.iter().map(|(_, day, wait)| (*wait, *day)).unzip();
    let table = there.take(&finished.iter().map(|(place, ..)| *place).collect::<Vec<_>>());
    let settings = ImportanceSettings::seeded(seed);
    let found = match importance(&ask, &ids, (&table, &actual, &days), settings, task) {
        Ok(found) => Some(found),
        Err(InsightError::Cancelled(cancelled)) => return Err(cancelled.into()),
        Err(_) => None, // too few finished visits: there is no importance to tell
    };
    let mut by_feature: BTreeMap<&str, (f64, &[String])> = BTreeMap::new();
    for group in found.iter().flat_map(|found| &found.groups) {
        for feature in &group.features {
            by_feature.insert(feature, (group.increase, &group.features));
        }
    }
    let one = |id: &&str| -> Option<Matter> {
        let drift = data.features.iter().find(|drift| drift.source == Source::Feature && drift.feature == *id)?;
        let (importance, together) = by_feature.get(*id).copied().unzip();
        let moved = moved(id, (ours, current), (theirs, reference), &before);
        Some(Matter {
            feature: (*id).to_owned(),
            kl: drift.found.kl,
            verdict: drift.found.verdict,
            importance,
            together: together.map(<[String]>::to_vec).unwrap_or_default(),
            score: drift.found.kl.zip(importance).map(|(kl, importance)| kl * importance.max(0.0)),
            shift_minutes: moved.map(|moved| moved.minutes),
            unknown_share: moved.map(|moved| moved.unknown_share),
        })
    };
    let mut features: Vec<Matter> = ids.iter().filter_map(one).collect();
    let key = |matter: &Matter| matter.score.or(matter.kl).unwrap_or(-1.0);
    features.sort_by(|a, b| key(b).total_cmp(&key(a)));
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    Ok(Some(Matters {
        predicted_current: mean(&predicted),
        predicted_reference: mean(&before),
        importance_n: found.map(|found| found.n),
        features,
    }))
}

fn moved(
    id: &str,
    (ours, current): (&Watching<'_>, &Window),
    (theirs, reference): (&Watching<'_>, &Window),
    predicted: &[f64],
) -> Option<Shift> {
    let ours = Side { column: ours.prepared.features.column(id)?, window: current };
    let theirs = Side { column: theirs.prepared.features.column(id)?, window: reference };
    shift(ours, theirs, predicted)
}
