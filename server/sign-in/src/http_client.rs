//! How a provider is asked: with a limit on the time, on what is read, and without following redirects, so that no secret
//! reaches another host.

use std::{pin::Pin, time::Duration};

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::{StatusCode, redirect};
use runtime::read_limited;
use url::Url;

use crate::{
    error::{Cause, SettingsError, SignInError},
    settings::is_safe,
};

/// For a whole call, from connecting to the last byte.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of an answer that are read.
const MAX_ANSWER: usize = 1024 * 1024;

#[derive(Clone, Debug)]
pub(crate) struct Http(reqwest::Client);

/// Why there is no answer. It does not name the address, which may hold something private.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("it took longer than ten seconds")]
    TooSlow,
    #[error("it could not be reached")]
    Unreachable,
    #[error("its answer broke off, or is larger than 1 MiB")]
    Broken,
    #[error("it answers {0}")]
    OutOfOrder(StatusCode),
    #[error("it names an address for the console that is not at https")]
    Insecure,
}

impl From<HttpError> for SignInError {
    fn from(error: HttpError) -> Self {
        let cause = Cause::new(error.to_string());
        match error {
            HttpError::TooSlow | HttpError::Unreachable | HttpError::Broken | HttpError::OutOfOrder(_) => {
                Self::ProviderAway(cause)
            }
            HttpError::Insecure => Self::ProviderUnusable(cause),
        }
    }
}

impl Http {
    pub(crate) fn new() -> Result<Self, SettingsError> {
        let client = reqwest::Client::builder()
            .user_agent(concat!("deploy-console/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .timeout(TIMEOUT)
            .build();
        client.map(Self).map_err(|error| SettingsError::Http(Cause::new(error.to_string())))
    }

    /// Asks, and reads the whole answer, unless it says that the provider is out of order or asked too often.
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = reqwest::Request::try_from(request).map_err(|_| HttpError::Unreachable)?;
        // A provider names its own endpoints.
        if !is_safe(request.url()) {
            return Err(HttpError::Insecure);
        }
        let answer =
            self.0.execute(request).await.map_err(|error| {
                if error.is_timeout() { HttpError::TooSlow } else { HttpError::Unreachable }
            })?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(HttpError::OutOfOrder(status));
        }
        let body = read_limited(answer, MAX_ANSWER).await.ok_or(HttpError::Broken)?;
        let mut response = HttpResponse::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// An address beneath another one.
pub(crate) fn beneath(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    // Only an address like `data:…` has no segments, and `is_safe` lets none through.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}
