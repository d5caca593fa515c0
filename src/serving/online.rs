//! The online values in place, and what became of them.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use crate::analysis::features::{OnlineOutcome, OnlineQueues};
use crate::analysis::models::{SHARE_IDS, Shares};
use crate::base::{Digest, Minutes, Moment, Version};
use crate::store::registry::{OnlineValue, Publication};

/// Published values in place.
pub(super) struct Online {
    /// The event of their publication and their digest.
    pub identity: (i64, Digest),
    published_at: Moment,
    /// The values.
    pub queues: OnlineQueues,
    /// A version, and the shares at which its intervals stand.
    shares: Option<(Version, Shares)>,
}

/// How often requests that left values out got them.
#[derive(Default)]
pub(super) struct OnlineCounts {
    taken: AtomicU64,
    stale: AtomicU64,
    absent: AtomicU64,
}

/// What `/v1/live` says of online values.
#[derive(Serialize)]
pub(super) struct OnlineState {
    /// The values in place; `null` where there are none.
    published: Option<Published>,
    /// Requests that got a value from them.
    taken: u64,
    /// Requests that did not, since the values were older than they may be, or of a later moment.
    stale: u64,
    /// Requests that did not, since there is none for their queue and hour.
    absent: u64,
}

#[derive(Serialize)]
struct Published {
    event: i64,
    values: usize,
    as_of: Moment,
    published_at: Moment,
    age_minutes: Minutes,
    max_age_minutes: Minutes,
    /// Whether they are used now.
    fresh: bool,
    /// The version whose intervals follow what came true; absent where none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    intervals_of: Option<Version>,
}

impl Online {
    pub fn of(publication: &Publication) -> Online {
        let values = publication.values.iter().map(|value| {
            (value.feature.as_str(), value.site.as_str(), value.service.as_str(), value.hour, value.value)
        });
        Online {
            identity: (publication.event, publication.values_sha256),
            published_at: publication.published_at,
            queues: OnlineQueues::new(publication.as_of, publication.max_age_ms, values),
            shares: shares(&publication.values),
        }
    }

    /// The shares at which the intervals of `version` stand for an arrival at `at`, where they are known and not too old.
    pub fn shares(&self, version: Version, at: Moment) -> Option<&Shares> {
        let (own, shares) = self.shares.as_ref()?;
        (*own == version && self.queues.is_usable(at)).then_some(shares)
    }
}

/// The shares among published values, with the version that they belong to, which stands in the place of the service.
fn shares(values: &[OnlineValue]) -> Option<(Version, Shares)> {
    let of = |id: &str| values.iter().find(|value| value.feature == id);
    let version = &values.iter().find(|value| SHARE_IDS.as_flattened().contains(&value.feature.as_str()))?.service;
    let shares =
        Shares::from_published(|id| of(id).filter(|value| value.service == *version).map(|value| value.value));
    Some((version.parse().ok()?, shares?))
}

impl OnlineCounts {
    pub fn count(&self, outcome: OnlineOutcome) {
        let counter = match outcome {
            OnlineOutcome::NotNeeded => return,
            OnlineOutcome::Taken => &self.taken,
            OnlineOutcome::Stale => &self.stale,
            OnlineOutcome::Absent => &self.absent,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub fn state(&self, online: Option<&Online>, now: Moment) -> OnlineState {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let published = online.map(|online| Published {
            event: online.identity.0,
            values: online.queues.count(),
            as_of: online.queues.as_of(),
            published_at: online.published_at,
            age_minutes: now.minutes_since(online.queues.as_of()),
            max_age_minutes: Minutes::from_millis(online.queues.max_age_ms()),
            fresh: online.queues.is_usable(now),
            intervals_of: online.shares.map(|(version, _)| version),
        });
        OnlineState { published, taken: read(&self.taken), stale: read(&self.stale), absent: read(&self.absent) }
    }
}
