//! The wait of those who came just before: the delay estimators that need no model (Ibrahim & Whitt 2009, M&SOM 11:397).
//!
//! Which one is a parameter; each is a feature of the catalogue. Where it is not known (nobody was called yet), the
//! median wait of the site is predicted, and of all visits for a site that was never seen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::analysis::features::{Column, FeatureTable, Value};
use crate::analysis::history::LONGEST_STAY;
use crate::base::statistics::Sample;
use crate::base::{Cancelled, Minutes, Task};

use super::rows::predict_rows;
use super::{Choice, Fit, FitError, Fitted, Parameter, ParameterKind, Parameters, Searched, Training};

/// The family.
pub(super) struct Family;

/// What is predicted: the name of the choice, and the feature that it is.
const ESTIMATORS: [(&str, &str); 5] = [
    ("last_to_enter_service", "last_to_enter_service_wait"),
    ("head_of_line", "head_of_line_wait"),
    ("median_of_5", "median_wait_last_5"),
    ("median_of_20", "median_wait_last_20"),
    ("median_of_30min", "median_wait_30min"),
];
const CHOICES: &[&str] = &[ESTIMATORS[0].0, ESTIMATORS[1].0, ESTIMATORS[2].0, ESTIMATORS[3].0, ESTIMATORS[4].0];

/// The fitted model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LastWait {
    /// The feature that is predicted as it is.
    feature: String,
    /// Median waits by site, where the feature is not known.
    sites: BTreeMap<String, Minutes>,
    /// The median wait of all, for a site that was never seen.
    overall: Minutes,
}

impl super::Family for Family {
    fn id(&self) -> &'static str {
        "last-wait"
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter {
            id: "estimator",
            kind: ParameterKind::Choice(Choice { options: CHOICES, default: ESTIMATORS[0].0 }),
        }]
    }

    fn searched(&self) -> &'static [Searched] {
        const { &[Searched::words("estimator")] }
    }

    fn fit(&self, training: &Training<'_>, parameters: &Parameters, task: &Task) -> Result<Fit, FitError> {
        training.check()?;
        let chosen = parameters.choice("estimator");
        let (_, feature) = ESTIMATORS.into_iter().find(|(choice, _)| *choice == chosen).unwrap_or(ESTIMATORS[0]);
        let median = |waits: Vec<f64>| Minutes::new(Sample::new(waits).ok()?.quantile(0.5));
        let mut by_site: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        let sites: Option<&Column> = training.features.column("site");
        for (row, wait) in training.waits_minutes.iter().enumerate() {
            if row.is_multiple_of(1 << 14) {
                task.report("stage.fitting", row as u64, training.waits_minutes.len() as u64)?;
            }
            if let Some(Value::Category(site)) = sites.map(|sites| sites.value(row)) {
                by_site.entry(site).or_default().push(*wait);
            }
        }
        let overall = median(training.waits_minutes.to_vec()).ok_or(FitError::NothingVaries)?;
        let sites = by_site.into_iter().filter_map(|(site, waits)| Some((site.to_owned(), median(waits)?)));
        Ok(Fitted::LastWait(LastWait { feature: feature.to_owned(), sites: sites.collect(), overall }).into())
    }
}

impl LastWait {
    /// The ids of the features it uses, in the catalogue's order.
    pub(super) fn features(&self) -> Vec<&str> {
        vec!["site", &self.feature]
    }

    /// The sites that have a median.
    pub(super) fn sites(&self) -> Vec<&str> {
        self.sites.keys().map(String::as_str).collect()
    }

    /// The predictions for every row of `features`, in minutes.
    pub(super) fn predict_all(&self, features: &FeatureTable, task: &Task) -> Result<Vec<f64>, Cancelled> {
        predict_rows(&self.features(), features, task, |value| self.predict(value))
    }

    pub(super) fn predict<'v>(&self, value: &dyn Fn(&str) -> Value<'v>) -> Minutes {
        if let Value::Number(minutes) = value(&self.feature) {
            return Minutes::new(minutes.clamp(0.0, LONGEST_STAY.get())).unwrap_or(self.overall);
        }
        match value("site") {
            Value::Category(site) => self.sites.get(site).copied().unwrap_or(self.overall),
            _ => self.overall,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::features::feature;

    #[test]
    fn each_estimator_is_a_feature_and_where_it_is_not_known_the_site_tells() {
        for (choice, id) in ESTIMATORS {
            assert!(feature(id).is_some(), "{id}");
            let names = vec!["a".to_owned(), "b".to_owned()];
            let rows = 120;
            let codes = (0..rows).map(|row| Some(u32::from(row >= 80))).collect();
            let known = (0..rows).map(|row| if row == 0 { f32::NAN } else { 7.5 }).collect();
            let columns = vec![
                ("site".to_owned(), Column::Categories { names, codes }),
                (id.to_owned(), Column::Real(known)),
            ];
            let features = FeatureTable::new(rows, columns);
            let waits: Vec<f64> = (0..rows).map(|row| if row < 80 { 4.0 } else { 30.0 }).collect();
            let yaml = format!("estimator: {choice}");
            let parameters = Parameters::from_yaml(super::super::Family::parameters(&Family), &yaml).unwrap();
            let training = Training::new(&features, &waits, 1);
            let model =
                super::super::Family::fit(&Family, &training, &parameters, &Task::default()).unwrap().model;
            assert_eq!(model.features(), ["site", id]);
            let predicted = model.predict_all(&features, &Task::default()).unwrap();
            assert_eq!((predicted[0], predicted[1]), (4.0, 7.5));
            let of = |site: &'static str| {
                model.predict(&|id| if id == "site" { Value::Category(site) } else { Value::Missing }).get()
            };
            assert_eq!((of("b"), of("never seen")), (30.0, 4.0));
        }
    }
}
