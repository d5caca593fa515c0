//! The routes, what they share, and what surrounds each of them.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Method, Uri};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::clock::Clock;
use super::deployment::Live;
use super::online::OnlineCounts;
use super::predict::predict;
use super::problem::{Kind, Problem};
use super::status::{live, livez, readyz};
use crate::analysis::answer::LARGEST_BODY_BYTES;
use crate::store::predictions::PredictionLog;

/// A request must have arrived and been answered after this time.
const LONGEST_REQUEST: Duration = Duration::from_secs(10);

/// What the routes share.
pub(super) struct App {
    /// What answers.
    pub live: Live,
    /// Where answers are written down.
    pub log: PredictionLog,
    /// How often online values were of use.
    pub online: OnlineCounts,
    /// What time it is.
    pub clock: Clock,
}

/// Every route.
pub(super) fn routes(app: Arc<App>) -> Router {
    Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/v1/live", get(live))
        .route("/v1/predict", post(predict))
        .fallback(nothing_here)
        .method_not_allowed_fallback(not_this_method)
        .layer(DefaultBodyLimit::max(LARGEST_BODY_BYTES))
        .layer(from_fn(guard))
        .with_state(app)
}

async fn nothing_here(uri: Uri) -> Problem {
    let path: String = uri.path().chars().take(100).collect();
    Problem::new(Kind::NotFound, format!("There is no {path}."))
}

async fn not_this_method(method: Method) -> Problem {
    Problem::new(
        Kind::MethodNotAllowed,
        format!("{method} is not what this address is for; see the Allow header."),
    )
}

/// Answers in place of a route that panics or takes too long.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let mut route = pin!(next.run(request));
    let watched = poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| route.as_mut().poll(context))) {
        Ok(poll) => poll.map(Some),
        // It is not polled again after this.
        Err(_) => Poll::Ready(None),
    });
    match tokio::time::timeout(LONGEST_REQUEST, watched).await {
        Ok(Some(response)) => response,
        Ok(None) => Problem::new(Kind::Unexpected, "This request was not answered; others are.").into_response(),
        Err(_) => {
            let detail = format!("A request must arrive within {} seconds.", LONGEST_REQUEST.as_secs());
            Problem::new(Kind::TooSlow, detail).into_response()
        }
    }
}
