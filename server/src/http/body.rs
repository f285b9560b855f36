//! Request bodies: limited in size and in time, for every client.

use std::time::Duration;

use app::api::{ErrorCode, Problem};
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use super::ApiError;

pub const MAX_BODY: usize = 64 * 1024;
/// The time within which the whole body has to arrive.
pub const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// Reads the whole body, of at most this many bytes.
pub(super) async fn read(body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let collect = Limited::new(body, limit).collect();
    match tokio::time::timeout(BODY_DEADLINE, collect).await {
        Err(_) => Err(ErrorCode::BodyTooSlow.into()),
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(ErrorCode::BodyTooLarge.into()),
        // It ended before its Content-Length, or was no HTTP.
        Ok(Err(_)) => Err(ErrorCode::MalformedBody.into()),
    }
}

/// Refuses a body whose declared length is too large, before any of it is read.
pub(super) fn check_declared_size(headers: &HeaderMap, limit: usize) -> Result<(), ApiError> {
    let declared =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|size| size > limit as u64) {
        Err(ErrorCode::BodyTooLarge.into())
    } else {
        Ok(())
    }
}

/// Checks that a body calls itself JSON.
pub(super) fn check_content_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(ErrorCode::UnsupportedMediaType.into())
    }
}

/// Parses a JSON object of type `T`. Members that the type ignores are read as well: they have to be JSON, not too
/// deep, and text.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(body)
        .and_then(|_| serde_json::from_slice(body))
        .map_err(|error| Problem::new(ErrorCode::MalformedBody).with_detail(shape_of(&error)).into())
}

/// What is wrong with the JSON, without quoting it: a request may hold anything.
fn shape_of(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Data => "is not of the expected shape",
        serde_json::error::Category::Syntax => "is not JSON",
        serde_json::error::Category::Eof => "ends too early",
        serde_json::error::Category::Io => "cannot be read",
    };
    format!("The body {what} at line {}, column {}.", error.line(), error.column())
}

/// A JSON body of a shape.
pub(super) struct JsonBody<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        check_declared_size(&parts.headers, MAX_BODY)?;
        check_content_type(&parts.headers)?;
        Ok(Self(parse(&read(body, MAX_BODY).await?)?))
    }
}

/// A JSON body of a shape that may be left out altogether.
pub(super) struct OptionalJsonBody<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for OptionalJsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        check_declared_size(&parts.headers, MAX_BODY)?;
        let is_typed = check_content_type(&parts.headers);
        let bytes = read(body, MAX_BODY).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        is_typed?;
        Ok(Self(parse(&bytes)?))
    }
}
