//! Online values: computed from a data set as of a moment, published for the service, and looked at.
//!
//! Beside the values of queues these are the shares at which the intervals of the live version stand, where they follow what
//! came true: the service keeps no outcomes, so whoever has the finished visits says so, a night at a time. Between two
//! publications, and once they are too old, its intervals do not move; those of a version that was trained without a rate never
//! do.

use std::borrow::Cow;

use serde::Serialize;

use crate::analysis::features::aggregates;
use crate::analysis::history::Outcome;
use crate::analysis::models::{EdgeValues, Queues};
use crate::base::{Digest, Moment, Task};
use crate::store::registry::{NewPublication, OnlineValue, Publication, Registry};
use crate::store::sqlite::Access;

use super::datasets::Prepared;
use super::fitting::known_days;
use super::models::{ModelName, features_for, load};
use super::train::waits_of;
use super::{Home, WorkflowError, now};

/// How old online values may become, unless said otherwise: they are for the 24 hours after their moment.
pub const MAX_AGE_MS: i64 = 24 * 60 * 60 * 1_000;
/// Stands for every site among published values.
pub const EVERY_SITE: &str = "*";
/// The longest age limit: after a week, nothing of the last week is left.
pub const LONGEST_AGE_MS: i64 = 7 * MAX_AGE_MS;

/// What is to be published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublishRequest {
    /// The moment that the values are of; without it, the end of the history, or now where that lies ahead.
    pub as_of: Option<Moment>,
    /// How old the values may become, in milliseconds; without it [`MAX_AGE_MS`].
    pub max_age_ms: Option<i64>,
}

/// The values that are published, seen from a moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OnlineSheet {
    /// The event of the publication.
    pub event: i64,
    /// The data set that the values were computed from.
    pub dataset: Digest,
    /// The moment that they are of.
    pub as_of: Moment,
    /// When they were published.
    pub published_at: Moment,
    /// Who published them.
    pub person: String,
    /// How old they are, in minutes.
    pub age_minutes: f64,
    /// How old they may become, in minutes.
    pub max_age_minutes: f64,
    /// Whether the service uses them.
    pub fresh: bool,
    /// The values, by feature, site, service and hour.
    pub values: Vec<OnlineValue>,
}

/// Computes the values of `prepared` and publishes them in the place of those before.
///
/// # Errors
/// [`WorkflowError::AsOfAhead`], and [`WorkflowError::Registry`] where the person may not publish or there is nothing to.
pub fn publish(
    home: &Home,
    prepared: &Prepared,
    request: PublishRequest,
    person: &str,
    task: &Task,
) -> Result<OnlineSheet, WorkflowError> {
    let now = now();
    let as_of = match request.as_of {
        Some(as_of) if as_of > now => return Err(WorkflowError::AsOfAhead { as_of }),
        Some(as_of) => as_of,
        None => end_of(prepared).map_or(now, |end| end.min(now)),
    };
    let found = aggregates(&prepared.history, as_of, task)?;
    let value = |found: crate::analysis::features::Aggregate| OnlineValue {
        feature: found.kind.id().to_owned(),
        site: found.site,
        service: found.service,
        hour: found.hour,
        value: found.value,
        n: found.n,
    };
    let mut values: Vec<OnlineValue> = found.into_iter().map(value).collect();
    values.extend(shares(home, prepared, as_of, task)?);
    let max_age_ms = request.max_age_ms.unwrap_or(MAX_AGE_MS);
    task.report("stage.keeping", 0, 0)?;
    let mut registry = Registry::open(home.registry(), Access::Write)?;
    let new = NewPublication { dataset: prepared.digest, as_of, max_age_ms, values: &values };
    registry.publish(&new, person, now)?;
    registry
        .publication()?
        .map(|published| sheet(published, now))
        .ok_or_else(|| WorkflowError::Document { reason: "what was published is not there".to_owned() })
}

/// The shares at which the intervals of the live version stand after the days that were over at `as_of`; empty where nothing
/// is live, its intervals stay as they are, or no visit tells anything. They follow from the version and the history alone:
/// publishing again changes nothing.
fn shares(
    home: &Home,
    prepared: &Prepared,
    as_of: Moment,
    task: &Task,
) -> Result<Vec<OnlineValue>, WorkflowError> {
    let mut name = ModelName::Live;
    let artifact = match load(home, &mut name) {
        Ok(Some(artifact)) => artifact,
        Ok(None) | Err(WorkflowError::NothingLive) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let Some(intervals) = artifact.intervals.as_ref().filter(|intervals| intervals.rate().is_some()) else {
        return Ok(Vec::new());
    };
    let visits = &prepared.history.visits;
    let tells = |row: &usize| {
        visits.arrived[*row] >= artifact.origin.trained_until
            && visits.outcome(*row) == Outcome::Served
            && visits.called[*row].is_some_and(|called| called < as_of)
    };
    let rows: Vec<usize> = (0..visits.len()).filter(tells).collect();
    let features = features_for(&artifact, Cow::Owned(prepared.features.take_watched(&rows, task)?))?;
    let predicted = artifact.model.predict_all(&features, task)?;
    let edges = EdgeValues::of(predicted, intervals.edges(), &features, task)?;
    let (actual, days) = (waits_of(prepared, &rows), known_days(prepared, &rows));
    let today = prepared.history.zone.clock().local(as_of).date().epoch_days().cast_unsigned();
    let followed = intervals.followed(&edges, &actual, &Queues::of(&features), &days, today);
    let Some(followed) = followed.filter(|followed| followed.n > 0) else { return Ok(Vec::new()) };
    let n = u32::try_from(followed.n).unwrap_or(u32::MAX);
    let value = |(id, percent): (&str, f64)| OnlineValue {
        feature: id.to_owned(),
        site: EVERY_SITE.to_owned(),
        // The version that they belong to, which never changes.
        service: name.to_string(),
        hour: 0,
        value: percent,
        n,
    };
    Ok(followed.shares.published().map(value).collect())
}

/// The values that are published now; `None` where there are none, or there is no registry.
///
/// # Errors
/// [`WorkflowError::Registry`].
pub fn published(home: &Home) -> Result<Option<OnlineSheet>, WorkflowError> {
    if !home.registry().exists() {
        return Ok(None);
    }
    let publication = Registry::open(home.registry(), Access::Read)?.publication()?;
    Ok(publication.map(|publication| sheet(publication, now())))
}

fn sheet(publication: Publication, now: Moment) -> OnlineSheet {
    let minutes = |millis: i64| crate::base::Minutes::from_millis(millis).get();
    OnlineSheet {
        event: publication.event,
        dataset: publication.dataset,
        as_of: publication.as_of,
        published_at: publication.published_at,
        age_minutes: minutes(publication.age_ms(now)),
        max_age_minutes: minutes(publication.max_age_ms),
        fresh: publication.is_fresh(now),
        person: publication.person,
        values: publication.values,
    }
}

/// The moment after everything that the history tells.
fn end_of(prepared: &Prepared) -> Option<Moment> {
    let visits = &prepared.history.visits;
    let later = [&visits.called, &visits.finished, &visits.left].into_iter().flatten().flatten();
    visits.arrived.iter().chain(later).max()?.plus_millis(1)
}
