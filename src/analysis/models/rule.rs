//! Today's estimator: people ahead × mean service time ÷ open counters, else the mean wait of the site at that hour.
//!
//! The first part is the feature `work_ahead`; a parameter takes `time_to_drain` in its place, which divides the people
//! ahead by the calls of the last hour (its throughput) and needs to know neither counters nor service times. This
//! family adds the means for arrivals at which it is not known.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::analysis::features::{FeatureTable, Value};
use crate::analysis::history::LONGEST_STAY;
use crate::base::{Cancelled, Minutes, Task};

use super::rows::predict_rows;
use super::{Choice, Fit, FitError, Fitted, Parameter, ParameterKind, Parameters, Searched, Training};

const WORK_AHEAD: &[&str] = &["site", "hour_of_day", "work_ahead"];
const TIME_TO_DRAIN: &[&str] = &["site", "hour_of_day", "time_to_drain"];

/// The family.
pub(super) struct Family;

/// The fitted model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What the people ahead are divided by; artifacts of before there was a choice do not say it.
    #[serde(default, skip_serializing_if = "Pace::is_usual")]
    pace: Pace,
    /// Mean waits by site and hour of the day.
    #[serde(deserialize_with = "read_site_hours")]
    site_hours: BTreeMap<String, BTreeMap<u8, Minutes>>,
    /// The mean wait of all, for a site or an hour that was never seen.
    overall: Minutes,
}

/// What tells how quickly those ahead will be called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Pace {
    /// The mean service time and the open counters.
    #[default]
    ServiceTime,
    /// The calls of the last hour.
    Throughput,
}

impl Pace {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    fn is_usual(&self) -> bool {
        *self == Pace::ServiceTime
    }
}

impl super::Family for Family {
    fn id(&self) -> &'static str {
        "rule"
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter {
            id: "pace",
            kind: ParameterKind::Choice(Choice {
                options: &["service_time", "throughput"],
                default: "service_time",
            }),
        }]
    }

    fn searched(&self) -> &'static [Searched] {
        const { &[Searched::words("pace")] }
    }

    fn fit(&self, training: &Training<'_>, parameters: &Parameters, task: &Task) -> Result<Fit, FitError> {
        training.check()?;
        let pace = if parameters.choice("pace") == "throughput" { Pace::Throughput } else { Pace::ServiceTime };
        let [sites, hours] = ["site", "hour_of_day"].map(|id| training.features.column(id));
        let mut sums: BTreeMap<(&str, u8), (f64, u32)> = BTreeMap::new();
        for (row, wait) in training.waits_minutes.iter().enumerate() {
            if row.is_multiple_of(1 << 14) {
                task.report("stage.fitting", row as u64, training.waits_minutes.len() as u64)?;
            }
            let (Some(Value::Category(site)), Some(hour)) =
                (sites.map(|sites| sites.value(row)), hours.and_then(|hours| hour(hours.value(row))))
            else {
                continue;
            };
            let (sum, n) = sums.entry((site, hour)).or_insert((0.0, 0));
            *sum += wait;
            *n += 1;
        }
        let mean = |sum: f64, n: f64| Minutes::new(sum / n).unwrap_or(Minutes::ZERO);
        let mut site_hours: BTreeMap<String, BTreeMap<u8, Minutes>> = BTreeMap::new();
        for ((site, hour), (sum, n)) in sums {
            site_hours.entry(site.to_owned()).or_default().insert(hour, mean(sum, f64::from(n)));
        }
        let overall = mean(training.waits_minutes.iter().sum(), training.waits_minutes.len() as f64);
        Ok(Fitted::Rule(Rule { pace, site_hours, overall }).into())
    }
}

impl Rule {
    /// The ids of the features it uses, in the catalogue's order.
    pub(super) fn features(&self) -> &'static [&'static str] {
        match self.pace {
            Pace::ServiceTime => WORK_AHEAD,
            Pace::Throughput => TIME_TO_DRAIN,
        }
    }

    /// The sites that have means.
    pub(super) fn sites(&self) -> Vec<&str> {
        self.site_hours.keys().map(String::as_str).collect()
    }

    /// The predictions for every row of `features`, in minutes.
    pub(super) fn predict_all(&self, features: &FeatureTable, task: &Task) -> Result<Vec<f64>, Cancelled> {
        predict_rows(self.features(), features, task, |value| self.predict(value))
    }

    pub(super) fn predict<'v>(&self, value: &dyn Fn(&str) -> Value<'v>) -> Minutes {
        let work = match self.pace {
            Pace::ServiceTime => value("work_ahead"),
            Pace::Throughput => value("time_to_drain"),
        };
        if let Value::Number(minutes) = work {
            return Minutes::new(minutes.clamp(0.0, LONGEST_STAY.get())).unwrap_or(self.overall);
        }
        let (Value::Category(site), Some(hour)) = (value("site"), hour(value("hour_of_day"))) else {
            return self.overall;
        };
        self.site_hours.get(site).and_then(|hours| hours.get(&hour)).copied().unwrap_or(self.overall)
    }
}

/// JSON names hours by text, and inside of the tagged [`Fitted`] nothing turns that back into numbers.
fn read_site_hours<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, BTreeMap<u8, Minutes>>, D::Error> {
    let by_text = BTreeMap::<String, BTreeMap<String, Minutes>>::deserialize(deserializer)?;
    let hour = |(text, minutes): (String, Minutes)| match text.parse() {
        Ok(hour) if hour < 24 => Ok((hour, minutes)),
        _ => Err(serde::de::Error::custom(format!("\"{text}\" is not an hour of the day"))),
    };
    by_text
        .into_iter()
        .map(|(site, hours)| Ok((site, hours.into_iter().map(hour).collect::<Result<_, _>>()?)))
        .collect()
}

fn hour(value: Value<'_>) -> Option<u8> {
    match value {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
        Value::Number(hour) if (0.0..24.0).contains(&hour) => Some(hour as u8),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_reads_back_as_it_was_written() {
        let minutes = |value| Minutes::new(value).unwrap();
        let hours = BTreeMap::from([(7, minutes(4.5)), (23, minutes(0.1))]);
        for pace in [Pace::ServiceTime, Pace::Throughput] {
            let site_hours = BTreeMap::from([("کرج".to_owned(), hours.clone())]);
            let fitted = Fitted::Rule(Rule { pace, site_hours, overall: minutes(9.25) });
            let text = serde_json::to_string(&fitted).unwrap();
            assert_eq!(text.contains("pace"), pace == Pace::Throughput);
            assert_eq!(serde_json::from_str::<Fitted>(&text).unwrap(), fitted);
            assert!(serde_json::from_str::<Fitted>(&text.replace("\"23\"", "\"24\"")).is_err());
            let work = |id: &str| match id {
                "work_ahead" => Value::Number(12.0),
                "time_to_drain" => Value::Number(5.0),
                _ => Value::Missing,
            };
            assert_eq!(fitted.predict(&work).get(), if pace == Pace::Throughput { 5.0 } else { 12.0 });
        }
    }
}
