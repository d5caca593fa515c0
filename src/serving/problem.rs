//! What went wrong with a request, as RFC 9457 `application/problem+json`.
//!
//! For programs and the people who write them, hence in English and outside of the string catalogues.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::analysis::answer::{FieldError, RequestError};

/// A problem. Its `type` is `tag:nobatnou.ir,2026:problem/` and the kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub kind: Kind,
    /// What is the matter this time.
    pub detail: String,
    /// What is wrong with which field.
    pub errors: Vec<FieldError>,
}

/// The kinds of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    NotJson,
    InvalidFields,
    TooLarge,
    UnsupportedMediaType,
    NotFound,
    MethodNotAllowed,
    TooSlow,
    NotReady,
    Unexpected,
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    errors: &'a [FieldError],
}

impl From<RequestError> for Problem {
    fn from(error: RequestError) -> Problem {
        let kind = if error.is_not_json { Kind::NotJson } else { Kind::InvalidFields };
        Problem { kind, detail: error.detail, errors: error.errors }
    }
}

impl Problem {
    pub fn new(kind: Kind, detail: impl Into<String>) -> Problem {
        Problem { kind, detail: detail.into(), errors: Vec::new() }
    }
}

impl Kind {
    fn facts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Kind::NotJson => (StatusCode::BAD_REQUEST, "not-json", "The body is not JSON"),
            Kind::InvalidFields => {
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid-fields", "Some fields cannot be accepted")
            }
            Kind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large"),
            Kind::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The body is not declared as JSON")
            }
            Kind::NotFound => (StatusCode::NOT_FOUND, "not-found", "There is nothing here"),
            Kind::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "The method is not allowed here")
            }
            Kind::TooSlow => (StatusCode::REQUEST_TIMEOUT, "too-slow", "The request took too long to arrive"),
            Kind::NotReady => (StatusCode::SERVICE_UNAVAILABLE, "not-ready", "No version is live here"),
            Kind::Unexpected => {
                (StatusCode::INTERNAL_SERVER_ERROR, "unexpected", "Something unexpected went wrong")
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, kind, title) = self.kind.facts();
        let document = Document {
            r#type: format!("tag:nobatnou.ir,2026:problem/{kind}"),
            title,
            status: status.as_u16(),
            detail: &self.detail,
            errors: &self.errors,
        };
        // Texts and a number always have a JSON form.
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let media_type = HeaderValue::from_static("application/problem+json");
        (status, [(header::CONTENT_TYPE, media_type)], body).into_response()
    }
}
