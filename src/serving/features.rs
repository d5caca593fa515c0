//! From a request to the features of a model, with the code that training uses.
//!
//! A request brings the state of its queue along; what it leaves out and nobody but a history knows is taken from the
//! online values. The rest is the catalogue's: [`Arrival`] in, values out.

use super::request::PredictionRequest;
use crate::analysis::features::{AGGREGATED, Arrival, Day, Feature, OnlineOutcome, OnlineQueues, Value};
use crate::base::Moment;
use crate::base::calendar::{WallClock, Zone};

/// Reads the features of a model from requests.
pub struct FeatureReader {
    features: Vec<&'static Feature>,
    /// Whether one of them may need an online value.
    needs_online: bool,
    /// The clock of the model's zone, which knows the offset of today.
    clock: WallClock,
}

/// The features of one request, in the reader's order, and what the online values gave it.
pub(super) struct FeatureRow<'r> {
    pub values: Vec<(&'static str, Value<'r>)>,
    pub online: OnlineOutcome,
}

impl FeatureReader {
    /// A reader of `features` by the wall clock of `zone`; `now` is a moment of these days.
    #[must_use]
    pub fn new(features: Vec<&'static Feature>, zone: &Zone, now: Moment) -> FeatureReader {
        let mut clock = zone.clock();
        // Asked once here, so that its copies know the offset of these days.
        let _ = clock.local(now);
        let needs_online = features.iter().any(|feature| AGGREGATED.contains(&feature.id));
        FeatureReader { features, needs_online, clock }
    }

    pub(super) fn row<'r>(&self, request: &'r PredictionRequest, online: Option<&OnlineQueues>) -> FeatureRow<'r> {
        let at = request.arrived;
        let local = self.clock.clone().local(at);
        let mut queue = request.queue;
        let outcome = match online {
            _ if !self.needs_online => OnlineOutcome::NotNeeded,
            Some(online) => online.fill(&mut queue, &request.site, &request.service, local.hour(), at),
            None if queue.avg_wait_last_week.is_some() => OnlineOutcome::NotNeeded,
            None => OnlineOutcome::Absent,
        };
        let arrival = Arrival {
            site: &request.site,
            service: &request.service,
            at,
            local,
            day: Day::of(local.date()),
            queue,
            channel: request.channel,
            priority: request.priority,
            booked_for: request.booked_for,
            expected_service: request.expected_service,
        };
        let values = self.features.iter().map(|feature| (feature.id, feature.value(&arrival))).collect();
        FeatureRow { values, online: outcome }
    }

    /// Hands the features of the request with this `body`, which came `now`, to `with`; `None` where the service would
    /// refuse the request.
    pub fn read<R>(
        &self,
        body: &[u8],
        now: Moment,
        online: Option<&OnlineQueues>,
        with: impl FnOnce(&[(&'static str, Value<'_>)]) -> R,
    ) -> Option<R> {
        let request = PredictionRequest::parse(body, now).ok()?;
        Some(with(&self.row(&request, online).values))
    }
}
