//! `POST /v1/predict`.
//!
//! A request becomes features by the code that training uses (see [`crate::analysis::answer`]).

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::deployment::Deployment;
use super::problem::{Kind, Problem};
use super::routes::App;
use crate::analysis::answer::{LARGEST_BODY_BYTES, Predicted, PredictionRequest};
use crate::analysis::features::OnlineQueues;
use crate::analysis::models::WaitInterval;
use crate::base::{Minutes, Moment, Version};
use crate::store::predictions::Prediction;

/// The answer.
#[derive(Serialize)]
struct Answer<'a> {
    /// The predicted wait.
    minutes: Minutes,
    /// Between which waits the actual one lies, each with its level; empty where the version has no intervals.
    intervals: Vec<WaitInterval>,
    /// The moment until which the intervals followed what came true; absent where they stay as they were calibrated.
    #[serde(skip_serializing_if = "Option::is_none")]
    intervals_as_of: Option<Moment>,
    version: Version,
    generation: i64,
    /// The features of the model that were not known.
    missing: &'a [String],
    /// Whether a value came from the online values; `stale` or `absent` where one was looked for in vain.
    #[serde(skip_serializing_if = "Option::is_none")]
    online: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

/// Answers with the version that is live when the body has arrived.
pub(super) async fn predict(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let begin = Instant::now();
    if !is_json(&headers) {
        let detail = "Send the request as application/json.";
        return Err(Problem::new(Kind::UnsupportedMediaType, detail));
    }
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(Kind::TooLarge, format!("The body may have {LARGEST_BODY_BYTES} bytes."))
        }
        _ => Problem::new(Kind::NotJson, "The body did not arrive whole."),
    })?;
    let Some(deployment) = app.live.deployment() else { return Err(app.not_ready()) };
    let at = (app.clock)();
    let request = PredictionRequest::parse(&body, at)?;
    let online = app.live.online();
    let version = deployment.model.statement.version;
    let shares = online.as_deref().and_then(|online| online.shares(version, request.arrived));
    let queues = online.as_deref().map(|online| &online.queues);
    let predictor = &deployment.model.predictor;
    let predicted = predictor.predict(&request, queues, shares);
    app.online.count(predicted.online);
    let can_follow = predictor.artifact.intervals.as_ref().is_some_and(|intervals| intervals.rate().is_some());
    let followed = queues.filter(|_| can_follow && shares.is_some()).map(OnlineQueues::as_of);
    Ok(answer(&app, &deployment, request, (predicted, followed), at, begin))
}

/// Answers, and hands the answer over to be logged.
fn answer(
    app: &App,
    deployment: &Deployment,
    request: PredictionRequest,
    (predicted, intervals_as_of): (Predicted, Option<Moment>),
    at: Moment,
    begin: Instant,
) -> Response {
    let Predicted { minutes, intervals, features, missing, online } = predicted;
    let (version, generation) = (deployment.model.statement.version, deployment.generation);
    let request_id = request.request_id.as_deref();
    let online = online.id();
    let missing_ids = missing.as_slice();
    let body = Json(Answer {
        minutes,
        intervals,
        intervals_as_of,
        version,
        generation,
        missing: missing_ids,
        online,
        request_id,
    });
    let headers = [
        ("x-nobat-version", HeaderValue::from_str(&version.to_string())),
        ("x-nobat-generation", Ok(HeaderValue::from(generation))),
    ];
    let mut response = body.into_response();
    for (name, value) in headers {
        // Digits and dots always make a header.
        if let Ok(value) = value {
            response.headers_mut().insert(name, value);
        }
    }
    app.log.record(Prediction {
        at,
        generation,
        version,
        site: request.site,
        service: request.service,
        request_key: request.request_id,
        features: features.into(),
        missing,
        predicted: minutes,
        latency_us: u32::try_from(begin.elapsed().as_micros()).unwrap_or(u32::MAX),
    });
    response
}

/// Whether the body is declared as `application/json`, with or without parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}
