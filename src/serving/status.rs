//! `GET /livez`, `/readyz` and `/v1/live`: whether it runs, whether it answers, and with what.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::deployment::{Deployment, Notes};
use super::online::OnlineState;
use super::problem::{Kind, Problem};
use super::routes::App;
use crate::base::{Digest, Moment, Version};

/// The answer of `/livez`.
#[derive(Serialize)]
pub(super) struct Alive {
    status: &'static str,
}

/// The answer of `/readyz` where a version answers.
#[derive(Serialize)]
pub(super) struct Ready {
    status: &'static str,
    generation: i64,
    version: Version,
    #[serde(flatten)]
    notes: Notes,
}

/// The answer of `/v1/live`; what is not known where nothing is live is `null`.
#[derive(Serialize)]
pub(super) struct LiveDocument {
    generation: Option<i64>,
    version: Option<Version>,
    family: Option<&'static str>,
    artifact_sha256: Option<Digest>,
    loaded_at: Option<Moment>,
    trained_until: Option<Moment>,
    #[serde(flatten)]
    notes: Notes,
    predictions: LogState,
    online: OnlineState,
}

/// What became of the answers.
#[derive(Serialize)]
struct LogState {
    /// Written to the log.
    recorded: u64,
    /// Not logged, since the disk was too slow or could not be written to.
    dropped: u64,
    /// Why the last of those was not.
    last_error: Option<String>,
}

pub(super) async fn livez() -> Json<Alive> {
    Json(Alive { status: "alive" })
}

pub(super) async fn readyz(State(app): State<Arc<App>>) -> Result<Json<Ready>, Problem> {
    let Some(deployment) = app.live.deployment() else { return Err(app.not_ready()) };
    Ok(Json(Ready {
        status: "ready",
        generation: deployment.generation,
        version: deployment.model.statement.version,
        notes: Notes::clone(&app.live.notes()),
    }))
}

pub(super) async fn live(State(app): State<Arc<App>>) -> Json<LiveDocument> {
    let (deployment, notes, counts) = (app.live.deployment(), app.live.notes(), app.log.counts());
    let known = deployment.as_deref();
    let model = known.map(|deployment| &*deployment.model);
    Json(LiveDocument {
        generation: known.map(|deployment: &Deployment| deployment.generation),
        version: model.map(|model| model.statement.version),
        family: model.map(|model| model.predictor.artifact.model.family()),
        artifact_sha256: model.map(|model| model.statement.artifact_sha256),
        loaded_at: known.map(|deployment| deployment.loaded_at),
        trained_until: model.map(|model| model.predictor.artifact.origin.trained_until),
        predictions: LogState {
            recorded: counts.written,
            dropped: counts.dropped.saturating_add(counts.failed),
            last_error: counts.last_error.or_else(|| notes.log_error.clone()),
        },
        notes: Notes::clone(&notes),
        online: app.online.state(app.live.online().as_deref(), (app.clock)()),
    })
}

impl App {
    /// Why nothing answers.
    pub fn not_ready(&self) -> Problem {
        let notes = self.live.notes();
        let detail = match (&notes.refused, &notes.registry_error) {
            (Some(refused), _) => format!(
                "Generation {} (version {}) was refused: {}.",
                refused.generation, refused.version, refused.why.reason
            ),
            (None, Some(error)) => format!("The registry cannot be read: {}.", error.reason),
            (None, None) => "No version has been promoted yet.".to_owned(),
        };
        Problem::new(Kind::NotReady, detail)
    }
}
