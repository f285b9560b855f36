//! Requests to the router in process, and their answers.

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, request::Builder},
};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// After this a request counts as never answered: longer than any limit of the server's own.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request to this console by its name.
pub fn request(method: &str, path: &str) -> Builder {
    Request::builder().method(method).uri(path).header("host", "console.test")
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    /// The body, where it is JSON.
    pub json: Value,
}

impl Answer {
    pub async fn of(router: &Router, request: Request<Body>) -> Self {
        let what = format!("{} {}", request.method(), request.uri());
        let answered = tokio::time::timeout(PATIENCE, async {
            let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
            (parts, body.collect().await.unwrap().to_bytes())
        });
        let Ok((parts, bytes)) = answered.await else { panic!("{what} was not answered in {PATIENCE:?}") };
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            json: serde_json::from_slice(&bytes).unwrap_or_default(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
