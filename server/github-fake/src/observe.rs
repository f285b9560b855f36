//! What was asked and answered, for whoever wants to compare it with what GitHub documents.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    middleware::Next,
    response::Response,
};

use super::http::Faulty;

/// A request, and the answer to it.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub method: String,
    pub path: String,
    pub query: String,
    pub sent_headers: HeaderMap,
    pub sent: Bytes,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// Whether something was to go wrong with the answer.
    pub is_fault: bool,
}

type Observer = Arc<dyn Fn(&Exchange) + Send + Sync>;

/// Who looks on.
#[derive(Clone, Default)]
pub(super) struct Observers(Arc<Mutex<Vec<Observer>>>);

impl Observers {
    pub(super) fn add(&self, observer: Observer) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(observer);
    }

    fn all(&self) -> Vec<Observer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl std::fmt::Debug for Observers {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Observers").finish_non_exhaustive()
    }
}

/// The outermost layer: what goes in, and what comes out.
pub(super) async fn observe(State(observers): State<Observers>, request: Request, next: Next) -> Response {
    let all = observers.all();
    if all.is_empty() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let sent = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let (method, uri, sent_headers) = (parts.method.to_string(), parts.uri.clone(), parts.headers.clone());
    let answer = next.run(Request::from_parts(parts, Body::from(sent.clone()))).await;
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let exchange = Exchange {
        method,
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        sent_headers,
        sent,
        status: parts.status,
        headers: parts.headers.clone(),
        body: body.clone(),
        is_fault: parts.extensions.get::<Faulty>().is_some(),
    };
    for observer in all {
        observer(&exchange);
    }
    Response::from_parts(parts, Body::from(body))
}
