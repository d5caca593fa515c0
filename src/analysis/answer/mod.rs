//! From the body of a request to a prediction, as the service answers it.
//!
//! The service, the gate that measures how long an answer takes and the one that holds the service against the workbench all go
//! through [`Predictor`]; what HTTP, the log and the registry add is not here. The invariant: the same bytes, model and moment
//! give the same answer.

mod reader;
mod request;

use serde_json::{Map, Value as Json};

use crate::analysis::features::{OnlineOutcome, OnlineQueues, Value, feature};
use crate::analysis::models::{Artifact, Scalar, Shares, WaitInterval};
use crate::base::{Minutes, Moment};

use reader::FeatureRow;

pub use reader::FeatureReader;
pub use request::{
    FieldError, LARGEST_BODY_BYTES, LONGEST_NAME, LONGEST_REQUEST_ID, MOST_PEOPLE, PredictionRequest, RequestError,
};

/// A model that answers requests.
pub struct Predictor {
    /// The model and its origin.
    pub artifact: Artifact,
    /// Reads the features of its contract, by the clock of its zone.
    reader: FeatureReader,
}

/// What a model makes of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Predicted {
    /// The wait.
    pub minutes: Minutes,
    /// Between which waits the actual one lies, level by level.
    pub intervals: Vec<WaitInterval>,
    /// The features of its contract that were known.
    pub features: Map<String, Json>,
    /// Those that were not.
    pub missing: Vec<String>,
    /// What the online values gave.
    pub online: OnlineOutcome,
}

impl Predictor {
    /// A predictor by `artifact`; `now` is a moment of these days.
    #[must_use]
    pub fn new(artifact: Artifact, now: Moment) -> Predictor {
        // An artifact that was read has no feature that the catalogue lacks.
        let features = artifact.contract.features().iter().filter_map(|entry| feature(&entry.id)).collect();
        let zones = (&artifact.origin.zone, &artifact.origin.zones);
        let reader = FeatureReader::new(features, artifact.contract.expressions(), zones, now);
        Predictor { artifact, reader }
    }

    /// What it predicts for `request`, by the clock of the zone it was trained for; with intervals at `shares`, where they
    /// can follow what came true.
    #[must_use]
    pub fn predict(
        &self,
        request: &PredictionRequest,
        online: Option<&OnlineQueues>,
        shares: Option<&Shares>,
    ) -> Predicted {
        let FeatureRow { values, online } = self.reader.row(request, online);
        let value = |id: &str| {
            values.iter().find(|(candidate, _)| *candidate == id).map_or(Value::Missing, |(_, value)| *value)
        };
        let (minutes, intervals) = self.artifact.predict(&value, shares);
        let mut features = Map::new();
        let mut missing = Vec::new();
        for (id, value) in &values {
            match Scalar::of(*value) {
                Some(Scalar::Number(number)) => features.insert((*id).to_owned(), number.into()),
                Some(Scalar::Text(text)) => features.insert((*id).to_owned(), text.into()),
                None => {
                    missing.push((*id).to_owned());
                    None
                }
            };
        }
        Predicted { minutes, intervals, features, missing, online }
    }
}
