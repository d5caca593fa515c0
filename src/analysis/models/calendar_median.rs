//! The median wait of the site at that hour on that weekday: what a careful person would read off a table of the past.
//!
//! A group with too few visits says nothing, so the next coarser one is taken: the site at that hour, the site, all
//! visits. Each group keeps how many visits its median is of.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::analysis::features::{Column, FeatureTable, Value};
use crate::base::statistics::Sample;
use crate::base::{Cancelled, Minutes, Task};

use super::rows::predict_rows;
use super::{Fit, FitError, Fitted, Parameter, ParameterKind, Parameters, Searched, Training};

/// The features that it uses.
pub(super) const FEATURES: &[&str] = &["site", "hour_of_day", "weekday"];

/// Names of hours: text, since JSON has no other keys.
const HOURS: [&str; 24] = [
    "00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17",
    "18", "19", "20", "21", "22", "23",
];

/// The family.
pub(super) struct Family;

/// The fitted model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarMedian {
    /// By site; only sites with enough visits.
    sites: BTreeMap<String, Site>,
    /// Of all visits.
    all: Group,
}

/// The median of some visits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Their median wait.
    pub median: Minutes,
    /// How many they are.
    pub n: u64,
}

/// How fine a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grouping {
    /// All visits.
    All,
    /// Those of the site.
    Site,
    /// Those of the site at that hour.
    SiteHour,
    /// Those of the site at that hour on that weekday.
    SiteHourWeekday,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Site {
    all: Group,
    hours: BTreeMap<String, Hour>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hour {
    all: Group,
    weekdays: BTreeMap<String, Group>,
}

impl super::Family for Family {
    fn id(&self) -> &'static str {
        "calendar-median"
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter { id: "fewest_in_group", kind: ParameterKind::Whole { least: 1, most: 100_000, default: 30 } }]
    }

    fn searched(&self) -> &'static [Searched] {
        const { &[Searched::by_logarithm("fewest_in_group", 5.0, 500.0)] }
    }

    fn fit(&self, training: &Training<'_>, parameters: &Parameters, task: &Task) -> Result<Fit, FitError> {
        training.check()?;
        let fewest = usize::try_from(parameters.whole("fewest_in_group")).unwrap_or(usize::MAX);
        let mut groups = Groups::new(fewest);
        let [sites, hours, weekdays] = ["site", "hour_of_day", "weekday"].map(|id| training.features.column(id));
        let total = training.waits_minutes.len() as u64;
        for (row, wait) in training.waits_minutes.iter().enumerate() {
            if row.is_multiple_of(1 << 14) {
                task.report("stage.fitting", row as u64, total)?;
            }
            let hour = hours.and_then(|hours| hour_of(hours.value(row)));
            groups.add(*wait, name(sites, row), hour, name(weekdays, row));
        }
        task.check()?;
        let model = groups.into_model().ok_or(FitError::NothingVaries)?;
        Ok(Fitted::CalendarMedian(model).into())
    }
}

impl CalendarMedian {
    /// The predictions for every row of `features`, in minutes.
    pub(super) fn predict_all(&self, features: &FeatureTable, task: &Task) -> Result<Vec<f64>, Cancelled> {
        predict_rows(FEATURES, features, task, |value| self.predict(value))
    }

    pub(super) fn predict<'v>(&self, value: &dyn Fn(&str) -> Value<'v>) -> Minutes {
        self.basis(value).1.median
    }

    /// The group whose median is predicted, and how fine it is.
    #[must_use]
    pub fn basis<'v>(&self, value: &dyn Fn(&str) -> Value<'v>) -> (Grouping, Group) {
        let name = |id: &str| match value(id) {
            Value::Category(name) => Some(name),
            _ => None,
        };
        let Some(site) = name("site").and_then(|site| self.sites.get(site)) else {
            return (Grouping::All, self.all);
        };
        let hour = hour_of(value("hour_of_day")).and_then(|hour| site.hours.get(hour));
        let Some(hour) = hour else { return (Grouping::Site, site.all) };
        match name("weekday").and_then(|weekday| hour.weekdays.get(weekday)) {
            Some(group) => (Grouping::SiteHourWeekday, *group),
            None => (Grouping::SiteHour, hour.all),
        }
    }

    /// The sites that have a group.
    pub(super) fn sites(&self) -> Vec<&str> {
        self.sites.keys().map(String::as_str).collect()
    }

    /// The weekdays that have a group at some site and hour.
    pub(super) fn weekdays(&self) -> Vec<&str> {
        let hours = self.sites.values().flat_map(|site| site.hours.values());
        let weekdays: BTreeSet<&str> = hours.flat_map(|hour| hour.weekdays.keys().map(String::as_str)).collect();
        weekdays.into_iter().collect()
    }

    /// How many groups there are of each kind, the finest first, and the visits of the smallest of them.
    #[must_use]
    pub fn groups(&self) -> Vec<(Grouping, u64, u64)> {
        let sites = || self.sites.values();
        let hours = || sites().flat_map(|site| site.hours.values());
        let count = |grouping, sizes: &mut dyn Iterator<Item = u64>| {
            let (n, least) = sizes.fold((0, u64::MAX), |(n, least), size| (n + 1, least.min(size)));
            (grouping, n, if n == 0 { 0 } else { least })
        };
        vec![
            count(
                Grouping::SiteHourWeekday,
                &mut hours().flat_map(|hour| hour.weekdays.values().map(|group| group.n)),
            ),
            count(Grouping::SiteHour, &mut hours().map(|hour| hour.all.n)),
            count(Grouping::Site, &mut sites().map(|site| site.all.n)),
            count(Grouping::All, &mut std::iter::once(self.all.n)),
        ]
    }
}

/// Waits by group while they are gathered.
struct Groups<'a> {
    fewest: usize,
    all: Vec<f64>,
    /// Visits without an hour or a weekday stand under "".
    sites: BTreeMap<&'a str, BTreeMap<&'static str, BTreeMap<&'a str, Vec<f64>>>>,
}

impl<'a> Groups<'a> {
    fn new(fewest: usize) -> Groups<'a> {
        Groups { fewest, all: Vec::new(), sites: BTreeMap::new() }
    }

    fn add(&mut self, wait: f64, site: Option<&'a str>, hour: Option<&'static str>, weekday: Option<&'a str>) {
        self.all.push(wait);
        if let Some(site) = site {
            let hours = self.sites.entry(site).or_default().entry(hour.unwrap_or_default()).or_default();
            hours.entry(weekday.unwrap_or_default()).or_default().push(wait);
        }
    }

    fn into_model(self) -> Option<CalendarMedian> {
        let mut sites = BTreeMap::new();
        for (name, by_hour) in self.sites {
            let mut of_site = Vec::new();
            let mut hours = BTreeMap::new();
            for (hour, by_weekday) in by_hour {
                let of_hour: Vec<f64> = by_weekday.values().flatten().copied().collect();
                let named = by_weekday.into_iter().filter(|(weekday, _)| !weekday.is_empty());
                let weekdays: BTreeMap<String, Group> = named
                    .filter_map(|(weekday, waits)| Some((weekday.to_owned(), group(waits, self.fewest)?)))
                    .collect();
                of_site.extend(&of_hour);
                if let Some(all) = group(of_hour, self.fewest).filter(|_| !hour.is_empty()) {
                    hours.insert(hour.to_owned(), Hour { all, weekdays });
                }
            }
            if let Some(all) = group(of_site, self.fewest) {
                sites.insert(name.to_owned(), Site { all, hours });
            }
        }
        Some(CalendarMedian { sites, all: group(self.all, 1)? })
    }
}

fn name(column: Option<&Column>, row: usize) -> Option<&str> {
    match column?.value(row) {
        Value::Category(name) => Some(name),
        _ => None,
    }
}

/// The group of these waits, where they are at least `fewest`.
fn group(waits: Vec<f64>, fewest: usize) -> Option<Group> {
    if waits.len() < fewest.max(1) {
        return None;
    }
    let sample = Sample::new(waits).ok()?;
    Some(Group { median: Minutes::new(sample.quantile(0.5))?, n: sample.n() })
}

fn hour_of(value: Value<'_>) -> Option<&'static str> {
    match value {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
        Value::Number(hour) if (0.0..24.0).contains(&hour) => HOURS.get(hour as usize).copied(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::features::Whole;

    /// Visits of two sites at two hours on two weekdays; the wait says which group it is in, plus its number.
    fn table(visits: &[(&str, u32, &str)]) -> FeatureTable {
        let category = |names: Vec<&str>| {
            let mut distinct: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            distinct.sort();
            distinct.dedup();
            let code = |name: &&str| distinct.iter().position(|other| other == name).map(|code| code as u32);
            let codes: Whole = names.iter().map(code).collect();
            Column::Categories { names: distinct.clone(), codes }
        };
        FeatureTable::new(
            visits.len(),
            vec![
                ("site".to_owned(), category(visits.iter().map(|visit| visit.0).collect())),
                ("hour_of_day".to_owned(), Column::Whole(visits.iter().map(|visit| Some(visit.1)).collect())),
                ("weekday".to_owned(), category(visits.iter().map(|visit| visit.2).collect())),
            ],
        )
    }

    #[test]
    fn a_group_with_too_few_visits_gives_way_to_the_next_coarser_one() {
        let mut visits = vec![("a", 9, "monday"); 40];
        visits.extend(vec![("a", 9, "sunday"); 5]);
        visits.extend(vec![("a", 15, "monday"); 7]);
        visits.extend(vec![("b", 9, "monday"); 48]);
        let waits: Vec<f64> = (0..visits.len()).map(|row| if row < 52 { row as f64 } else { 100.0 }).collect();
        let features = table(&visits);
        let parameters =
            Parameters::from_yaml(super::super::Family::parameters(&Family), "fewest_in_group: 30").unwrap();
        let training = Training::new(&features, &waits, 1);
        let fit = super::super::Family::fit(&Family, &training, &parameters, &Task::default()).unwrap();
        let Fitted::CalendarMedian(model) = &fit.model else { panic!("{:?}", fit.model) };
        let basis = |site: &'static str, hour: f64, weekday: &'static str| {
            let (grouping, group) = model.basis(&|id| match id {
                "site" => Value::Category(site),
                "weekday" => Value::Category(weekday),
                _ => Value::Number(hour),
            });
            (grouping, group.median.get(), group.n)
        };
        // Medians by hand: 0..=39, 0..=44, 0..=51, all hundred.
        assert_eq!(basis("a", 9.0, "monday"), (Grouping::SiteHourWeekday, 19.5, 40));
        assert_eq!(basis("a", 9.0, "sunday"), (Grouping::SiteHour, 22.0, 45));
        assert_eq!(basis("a", 15.0, "monday"), (Grouping::Site, 25.5, 52));
        assert_eq!(basis("a", 99.0, "monday"), (Grouping::Site, 25.5, 52));
        assert_eq!(basis("z", 9.0, "monday"), (Grouping::All, 49.5, 100));
        let counts = model.groups();
        assert_eq!(counts[0], (Grouping::SiteHourWeekday, 2, 40));
        assert_eq!(counts[3], (Grouping::All, 1, 100));
        let predicted = fit.model.predict_all(&features, &Task::default()).unwrap();
        assert_eq!((predicted[0], predicted[41], predicted[99]), (19.5, 22.0, 100.0));
    }
}
