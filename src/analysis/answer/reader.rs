//! From a request to the features of a model, with the code that training uses.
//!
//! A request brings the state of its queue along; what it leaves out and nobody but a history knows is taken from the
//! online values. The rest is the catalogue's: [`Arrival`] in, values out.

use std::collections::{BTreeMap, HashMap};

use super::request::PredictionRequest;
use crate::analysis::features::{
    Arrival, Day, Expression, Feature, OnlineKind, OnlineOutcome, OnlineQueues, Parts, Value,
};
use crate::base::Moment;
use crate::base::calendar::{WallClock, Zone};

/// Reads the features of a model from requests.
pub struct FeatureReader {
    features: Vec<&'static Feature>,
    expressions: Vec<Expression>,
    /// The parts of the queue's state that they need.
    parts: Parts,
    /// The clock of the model's zone, which knows the offset of today.
    clock: WallClock,
    /// The same for sites in another zone.
    clocks: HashMap<String, WallClock>,
}

/// The features of one request, in the reader's order, and what the online values gave it.
pub(super) struct FeatureRow<'r> {
    pub values: Vec<(&'r str, Value<'r>)>,
    pub online: OnlineOutcome,
}

impl FeatureReader {
    /// A reader of `features` and `expressions` by the wall clock of `zone`, and of `zones` at the sites named there;
    /// `now` is a moment of these days.
    #[must_use]
    pub fn new(
        features: Vec<&'static Feature>,
        expressions: Vec<Expression>,
        (zone, zones): (&Zone, &BTreeMap<String, Zone>),
        now: Moment,
    ) -> FeatureReader {
        let clock_of = |zone: &Zone| {
            let mut clock = zone.clock();
            // Asked once here, so that its copies know the offset of these days.
            let _ = clock.local(now);
            clock
        };
        let clocks = zones.iter().map(|(site, zone)| (site.clone(), clock_of(zone))).collect();
        let clock = clock_of(zone);
        let inputs = expressions.iter().flat_map(Expression::inputs);
        let parts = features.iter().chain(inputs).fold(Parts::NONE, |parts, feature| parts.and(feature.needs));
        FeatureReader { features, expressions, parts, clock, clocks }
    }

    pub(super) fn row<'r>(
        &'r self,
        request: &'r PredictionRequest,
        online: Option<&OnlineQueues>,
    ) -> FeatureRow<'r> {
        let at = request.arrived;
        let local = self.clocks.get(&request.site).unwrap_or(&self.clock).clone().local(at);
        let mut queue = request.queue;
        let place = (request.site.as_str(), request.service.as_str());
        let outcome = match online {
            Some(online) => online.fill(&mut queue, self.parts, place, local.hour(), at),
            None if OnlineKind::lacking(&queue, self.parts).is_empty() => OnlineOutcome::NotNeeded,
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
        let known = self.features.iter().map(|feature| (feature.id, feature.value(&arrival)));
        let own = self.expressions.iter().map(|expression| (expression.id(), expression.value(&arrival)));
        let values = known.chain(own).collect();
        FeatureRow { values, online: outcome }
    }

    /// Hands the features of the request with this `body`, which came `now`, to `with`; `None` where the service would
    /// refuse the request.
    pub fn read<R>(
        &self,
        body: &[u8],
        now: Moment,
        online: Option<&OnlineQueues>,
        with: impl FnOnce(&[(&str, Value<'_>)]) -> R,
    ) -> Option<R> {
        let request = PredictionRequest::parse(body, now).ok()?;
        Some(with(&self.row(&request, online).values))
    }
}
