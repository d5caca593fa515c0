//! A fit with its intervals: twice, once to find out and once to keep.
//!
//! First on the visits before the newest of the training time: these decide when a fit in rounds stops, and how far off its
//! predictions are. Then on all of the training time, with the rounds and the distances that were found, so that what is
//! kept has learned from the newest visits, too. Which model is kept has to be as good as its newest data.

use std::sync::Arc;

use crate::analysis::evaluation::{Coverage, Places, TimeSplit, coverage};
use crate::analysis::features::{Expression, FeatureTable};
use crate::analysis::models::{
    Curve, EDGE_QUANTILES, EdgeValues, Edges, FEWEST_CALIBRATED, FEWEST_VISITS, Family, Fit, FitError, Fitted,
    Intervals, KnownDays, Parameters, Part, Queues, Training, WaitInterval,
};
use crate::base::language::Language;
use crate::base::{self, Cancelled, Task};

use super::datasets::Prepared;
use super::train::{RunDocument, waits_of};

/// What a training came to.
pub(super) struct Trained {
    pub model: Fitted,
    /// Absent where too few visits were left to calibrate with.
    pub intervals: Option<Intervals>,
    pub curve: Option<Curve>,
}

/// Some visits, as a family takes them.
struct Visits {
    features: FeatureTable,
    waits: Vec<f64>,
}

impl Visits {
    fn of(prepared: &Prepared, own: &[Arc<Expression>], rows: &[usize], task: &Task) -> Result<Visits, Cancelled> {
        let features = prepared.features.take_watched(rows, task)?.with_expressions(own);
        Ok(Visits { features, waits: waits_of(prepared, rows) })
    }

    fn part(&self) -> Part<'_> {
        Part { features: &self.features, waits_minutes: &self.waits }
    }
}

/// A family with its parameters and a seed.
#[derive(Clone, Copy)]
pub(super) struct Recipe<'a> {
    pub family: &'static dyn Family,
    pub parameters: &'a Parameters,
    pub seed: u64,
    /// How much intervals follow what comes true; fixed ones without it.
    pub rate: Option<f64>,
}

/// Which of the two times it is that a model is fitted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Time {
    First,
    Second,
}

/// The point model, then the models of [`EDGE_QUANTILES`], where the family has these.
struct Fits(Vec<Fit>);

impl Recipe<'_> {
    /// Fits it on the training time of `split`, with intervals where there is enough to calibrate them with.
    pub fn fit(
        self,
        prepared: &Prepared,
        own: &[Arc<Expression>],
        split: &TimeSplit,
        task: &Task,
    ) -> Result<Trained, FitError> {
        let parts = &split.parts;
        let stops = self.family.is_in_rounds() && parts.stop.len().min(parts.fit.len()) >= FEWEST_VISITS;
        let first = if stops { &parts.fit } else { &parts.before_calibration };
        let calibrates = parts.calibrate.len() >= FEWEST_CALIBRATED && first.len() >= FEWEST_VISITS;
        if !stops && !calibrates {
            let all = Visits::of(prepared, own, &split.train, task)?;
            let Fit { model, curve } = self.family.fit(&self.training(&all), self.parameters, task)?;
            return Ok(Trained { model, intervals: None, curve });
        }
        let of_part = |rows: &[usize]| Visits::of(prepared, own, rows, task);
        let found = {
            let first = of_part(first)?;
            let stop = if stops { Some(of_part(&parts.stop)?) } else { None };
            let training = self.training(&first);
            let training = stop.as_ref().map_or(training, |stop| training.stopped_by(stop.part()));
            self.fits(calibrates, Time::First, task, |_| training)?
        };
        let rounds: Vec<Option<u32>> = found.0.iter().map(|fit| Some(fit.curve.as_ref()?.kept_rounds)).collect();
        let all = of_part(&split.train)?;
        let kept = self.fits(calibrates, Time::Second, task, |place| {
            self.training(&all).with_rounds(rounds.get(place).copied().flatten().filter(|_| stops))
        })?;
        let curve = found.0.first().and_then(|fit| fit.curve.clone());
        let Some((model, kept_edges)) = kept.split() else { return Err(FitError::NothingVaries) };
        let intervals = match found.split() {
            Some((first, edges)) if calibrates => {
                let visits = of_part(&parts.calibrate)?;
                let values =
                    EdgeValues::of(first.predict_all(&visits.features, task)?, &edges, &visits.features, task)?;
                let between = (parts.calibrate_from, split.cut);
                let queues = Queues::of(&visits.features);
                let fixed = Intervals::calibrated(between, kept_edges, &values, &visits.waits, &queues);
                fixed.map(|fixed| match self.rate {
                    Some(rate) => fixed.following(rate, &values, &visits.waits, &queues),
                    None => fixed,
                })
            }
            _ => None,
        };
        Ok(Trained { model, intervals, curve })
    }

    fn training<'v>(&self, visits: &'v Visits) -> Training<'v> {
        Training::new(&visits.features, &visits.waits, self.seed)
    }

    /// The point model and, where intervals are wanted and the family can, the quantiles.
    fn fits<'v>(
        self,
        with_edges: bool,
        time: Time,
        task: &Task,
        training: impl Fn(usize) -> Training<'v>,
    ) -> Result<Fits, FitError> {
        let quantiles = EDGE_QUANTILES.map(|level| self.family.quantile(self.parameters, level));
        let edges = quantiles.iter().flatten().filter(|_| with_edges);
        let all: Vec<&Parameters> = std::iter::once(self.parameters).chain(edges).collect();
        let mut fits = Vec::with_capacity(all.len());
        for (place, parameters) in all.iter().enumerate() {
            let done = if time == Time::Second { all.len() } else { 0 };
            let count = |fits: usize| u32::try_from(fits).unwrap_or(u32::MAX);
            task.begin_part(Some(base::Part { place: count(done + place + 1), of: count(2 * all.len()) }));
            fits.push(self.family.fit(&training(place), parameters, task)?);
        }
        task.begin_part(None);
        Ok(Fits(fits))
    }
}

impl Fits {
    /// The point model, and what distances are measured from.
    fn split(self) -> Option<(Fitted, Edges)> {
        let mut models = self.0.into_iter().map(|fit| fit.model);
        let model = models.next()?;
        let edges = match (models.next(), models.next()) {
            (Some(low), Some(high)) => Edges::Quantiles { low: Box::new(low), high: Box::new(high) },
            _ => Edges::Prediction,
        };
        Some((model, edges))
    }
}

/// How often intervals hold what they say, level by level.
#[derive(Default)]
pub(super) struct Covered {
    /// As they are.
    pub fixed: Vec<Coverage>,
    /// As they would have followed what came true; empty where they do not.
    pub followed: Vec<Coverage>,
}

/// The coverage of the intervals on the visits of `rows`; parts of the visits for the first level alone.
pub(super) fn coverage_of(
    intervals: &Intervals,
    (prepared, rows): (&Prepared, &[usize]),
    (features, actual): (&FeatureTable, &[f64]),
    places: &Places<'_>,
    seed: u64,
    task: &Task,
) -> Result<Covered, FitError> {
    let values = EdgeValues::of(places.predicted.clone(), intervals.edges(), features, task)?;
    let queues = Queues::of(features);
    let of_levels = |levels: &[Vec<WaitInterval>]| -> Result<Vec<Coverage>, Cancelled> {
        let mut found = Vec::with_capacity(levels.len());
        for level in levels {
            task.check()?;
            found.extend(coverage(level, actual, places, seed));
        }
        found.iter_mut().skip(1).for_each(|coverage| coverage.parts.clear());
        Ok(found)
    };
    let fixed = of_levels(&intervals.of_all(&values, &queues))?;
    let followed = match intervals.rate() {
        None => None,
        Some(_) => intervals.followed(&values, actual, &queues, &known_days(prepared, rows), u32::MAX),
    };
    let followed = followed.map(|followed| of_levels(&followed.intervals)).transpose()?;
    task.check()?;
    Ok(Covered { fixed, followed: followed.unwrap_or_default() })
}

/// When each of `rows` arrived and was called: days of one clock, so that midnight is the same moment for all of them.
pub(super) fn known_days(prepared: &Prepared, rows: &[usize]) -> KnownDays {
    let visits = &prepared.history.visits;
    let mut clock = prepared.history.zone.clock();
    let mut day = |moment| clock.local(moment).date().epoch_days().cast_unsigned();
    let arrived = rows.iter().map(|row| day(visits.arrived[*row])).collect();
    // Rows were called, or they would have no wait.
    let called = rows.iter().map(|row| visits.called[*row].map_or(u32::MAX, &mut day)).collect();
    KnownDays { arrived, called }
}

impl RunDocument {
    /// How often its intervals hold what they say and how wide they are: names and sentences. Empty where it was not tested.
    #[must_use]
    pub fn interval_words(&self, language: Language) -> Vec<(String, String)> {
        if self.test.is_some() && self.coverage.is_empty() {
            let words = |key: &str| language.text(key).to_owned();
            return vec![(words("train.intervals"), words("train.no_intervals"))];
        }
        let share = |share: f64| language.percent(share, 1);
        let end = |end: Option<f64>| share(end.unwrap_or(f64::NAN));
        let of_level = |name: &str, coverage: &Coverage| {
            let values = [
                ("covered", share(coverage.covered)),
                ("low", end(coverage.covered_low)),
                ("high", end(coverage.covered_high)),
                ("n", language.integer(coverage.n)),
                ("width", language.decimal(coverage.mean_width, 1)),
                ("shown", share(coverage.shown_covered)),
            ];
            let name = language.fill(name, &[("level", &language.percent(coverage.level, 0))]);
            (name, language.fill_owned("train.intervals_value", &values))
        };
        let fixed = self.coverage.iter().map(|coverage| of_level("train.intervals_of", coverage));
        fixed.chain(self.followed.iter().map(|coverage| of_level("train.followed_of", coverage))).collect()
    }
}

/// Where each of `rows` belongs, by the clock of its site; without predictions.
pub(super) fn places<'p>(prepared: &'p Prepared, rows: &[usize]) -> Places<'p> {
    let visits = &prepared.history.visits;
    let mut clocks = prepared.history.clocks();
    let local: Vec<_> = rows.iter().map(|row| clocks.arrival(*row)).collect();
    Places {
        day: local.iter().map(|time| time.date().epoch_days().cast_unsigned()).collect(),
        hour: local.iter().map(|time| u32::from(time.hour())).collect(),
        site: rows.iter().map(|row| visits.site.get(*row)).collect(),
        predicted: Vec::new(),
    }
}
