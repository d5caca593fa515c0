//! Online values: what the serving side cannot know from a request, published for a time.
//!
//! A publication is one event and replaces every value of the one before it; its event holds the digest of all values,
//! and they are handed out only with it. Whoever may propose a version may publish: values change what a live version is
//! told, not which version is live. What a value means is not known here.

use rusqlite::Row;
use serde::Serialize;

use super::audit::{Details, NewEvent, append};
use super::people::authorise;
use super::{EventKind, Registry, RegistryError};
use crate::base::digest::Digester;
use crate::base::role::Permission;
use crate::base::{Digest, Moment};
use crate::store::sqlite::{Session, moment, parsed};

const ADD_PUBLICATION: &str = include_str!("sql/add_publication.sql");
const ADD_ONLINE_VALUE: &str = include_str!("sql/add_online_value.sql");
const REMOVE_ONLINE_VALUES: &str = include_str!("sql/remove_online_values.sql");
const PUBLICATION: &str = include_str!("sql/publication.sql");
const LAST_PUBLICATION: &str = include_str!("sql/last_publication.sql");
const ONLINE_VALUES: &str = include_str!("sql/online_values.sql");

/// More values than any service of queues has: sites × services × hours × features.
pub const MOST_ONLINE_VALUES: usize = 1_000_000;

/// One value of a feature for a queue and an hour of the local day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OnlineValue {
    /// The feature's id.
    pub feature: String,
    /// The site.
    pub site: String,
    /// The service.
    pub service: String,
    /// The hour of the local day, 0–23.
    pub hour: u8,
    /// The value, in the feature's unit.
    pub value: f64,
    /// Visits that it is computed from.
    pub n: u32,
}

/// Values that are to be published.
#[derive(Clone, Copy, Debug)]
pub struct NewPublication<'a> {
    /// The digest of the history that they were computed from.
    pub dataset: Digest,
    /// Nothing at or after this moment was looked at.
    pub as_of: Moment,
    /// How old they may become, counted from `as_of`, before they count as missing; in milliseconds.
    pub max_age_ms: i64,
    /// The values.
    pub values: &'a [OnlineValue],
}

/// The values that are published now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Publication {
    /// Its event.
    pub event: i64,
    /// The digest of the history that they were computed from.
    pub dataset: Digest,
    /// Nothing at or after this moment was looked at.
    pub as_of: Moment,
    /// How old they may become, in milliseconds.
    pub max_age_ms: i64,
    /// When they were published.
    pub published_at: Moment,
    /// Who published them.
    pub person: String,
    /// The digest of the values.
    pub values_sha256: Digest,
    /// The values, by feature, site, service and hour.
    pub values: Vec<OnlineValue>,
}

impl Publication {
    /// How old the values are `now`, in milliseconds; negative where they lie ahead of it.
    #[must_use]
    pub fn age_ms(&self, now: Moment) -> i64 {
        now.millis().saturating_sub(self.as_of.millis())
    }

    /// Whether the values may still be used `now`.
    #[must_use]
    pub fn is_fresh(&self, now: Moment) -> bool {
        self.age_ms(now) <= self.max_age_ms
    }
}

impl Registry {
    /// Publishes values in the place of those published before; returns the event.
    ///
    /// # Errors
    /// [`RegistryError::PersonUnknown`], [`RegistryError::NotAllowed`], [`RegistryError::ValuesUnfit`] or
    /// [`RegistryError::Database`].
    pub fn publish(&mut self, new: &NewPublication<'_>, person: &str, at: Moment) -> Result<i64, RegistryError> {
        let mut values: Vec<&OnlineValue> = new.values.iter().collect();
        values.sort_by(|a, b| place(a).cmp(&place(b)));
        check(new, &values)?;
        let sha256 = digest(values.iter().copied()).to_string();
        let (dataset, as_of, count) = (new.dataset.to_string(), new.as_of.millis(), values.len());
        self.write(|session| {
            authorise(session, person, Permission::Publish)?;
            let details = Details::Publication {
                dataset: &dataset,
                as_of,
                max_age_ms: new.max_age_ms,
                value_count: i64::try_from(count).unwrap_or(i64::MAX),
                values_sha256: &sha256,
            };
            let event =
                append(session, &NewEvent { at, person, kind: EventKind::Publish, version: None, details })?;
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            session.execute(ADD_PUBLICATION, (event, &dataset, as_of, new.max_age_ms, count, &sha256))?;
            session.execute(REMOVE_ONLINE_VALUES, [event])?;
            for value in &values {
                let OnlineValue { feature, site, service, hour, value, n } = *value;
                session.execute(ADD_ONLINE_VALUE, (event, feature, site, service, hour, value, n))?;
            }
            Ok(event)
        })
    }

    /// The event and the digest of the values that are current; `None` before the first publication.
    ///
    /// # Errors
    /// [`RegistryError::Database`].
    pub fn last_publication(&self) -> Result<Option<(i64, Digest)>, RegistryError> {
        self.read(|session| Ok(session.row(LAST_PUBLICATION, [], |row| Ok((row.get(0)?, parsed(row, 1)?)))?))
    }

    /// The values that are published now, which have the digest that they were published with; `None` before the first
    /// publication.
    ///
    /// # Errors
    /// [`RegistryError::WrongValues`] or [`RegistryError::Database`].
    pub fn publication(&self) -> Result<Option<Publication>, RegistryError> {
        self.read(publication)
    }
}

fn publication(session: &Session<'_>) -> Result<Option<Publication>, RegistryError> {
    let read = |row: &Row<'_>| {
        let publication = Publication {
            event: row.get(0)?,
            dataset: parsed(row, 1)?,
            as_of: moment(row, 2)?,
            max_age_ms: row.get(3)?,
            published_at: moment(row, 6)?,
            person: row.get(7)?,
            values_sha256: parsed(row, 5)?,
            values: Vec::new(),
        };
        Ok(publication)
    };
    let Some(mut publication) = session.row(PUBLICATION, [], read)? else { return Ok(None) };
    publication.values = kept_values(session)?.into_iter().map(|(value, _)| value).collect();
    let (expected, found) = (publication.values_sha256, digest(publication.values.iter()));
    if found == expected {
        Ok(Some(publication))
    } else {
        Err(RegistryError::WrongValues { event: publication.event, expected, found })
    }
}

/// Every value that is kept, in the order in which they are digested, with the event of its publication.
pub(super) fn kept_values(session: &Session<'_>) -> Result<Vec<(OnlineValue, i64)>, RegistryError> {
    let read = |row: &Row<'_>| {
        let value = OnlineValue {
            feature: row.get(0)?,
            site: row.get(1)?,
            service: row.get(2)?,
            hour: row.get(3)?,
            value: row.get(4)?,
            n: row.get(5)?,
        };
        Ok((value, row.get(6)?))
    };
    Ok(session.rows(ONLINE_VALUES, [], read)?)
}

fn place(value: &OnlineValue) -> (&str, &str, &str, u8) {
    (&value.feature, &value.site, &value.service, value.hour)
}

/// What cannot be a publication. `values` are in order.
fn check(new: &NewPublication<'_>, values: &[&OnlineValue]) -> Result<(), RegistryError> {
    let unfit = |detail: &str| Err(RegistryError::ValuesUnfit { detail: detail.to_owned() });
    let is_named = |value: &OnlineValue| {
        (1..=200).contains(&value.feature.len()) && !value.site.is_empty() && !value.service.is_empty()
    };
    if values.is_empty() {
        return unfit("there is no value");
    }
    if values.len() > MOST_ONLINE_VALUES {
        return unfit("there are more than a million values");
    }
    if new.max_age_ms <= 0 {
        return unfit("the age limit is not above zero");
    }
    if values.windows(2).any(|pair| place(pair[0]) == place(pair[1])) {
        return unfit("a value is there twice");
    }
    if !values.iter().all(|value| value.value.is_finite() && value.hour < 24 && value.n > 0 && is_named(value)) {
        return unfit("a value is not a finite number of a feature, a queue and an hour");
    }
    Ok(())
}

/// SHA-256 over the values in order. Each text is its length in bytes (8 bytes, big end first) and its bytes; then
/// the hour, the bits of the value and the count, 8 bytes each.
pub(super) fn digest<'a>(values: impl Iterator<Item = &'a OnlineValue>) -> Digest {
    let mut digester = Digester::default();
    digester.update(b"nobat online values 1\n");
    for value in values {
        for text in [&value.feature, &value.site, &value.service] {
            digester.update(&(text.len() as u64).to_be_bytes());
            digester.update(text.as_bytes());
        }
        for number in [u64::from(value.hour), value.value.to_bits(), u64::from(value.n)] {
            digester.update(&number.to_be_bytes());
        }
    }
    digester.finish()
}
