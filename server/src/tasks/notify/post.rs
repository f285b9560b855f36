//! One request to a channel, and what its answer means. No address is in any error or log line: what goes wrong
//! is said in words of our own.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::{RequestBuilder, Response, StatusCode, header, redirect};
use secrecy::SecretString;
use store::Channel;

use super::{Notice, slack, webhook};
use crate::config::WebhookConfig;

/// For a whole request, from connecting to the last byte of the answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// For connecting alone.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// Bytes of an answer that are read.
const MAX_ANSWER: usize = 4 * 1024;
/// The longest wait that a channel may ask for.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// Where a channel's messages go.
pub(super) enum Target {
    /// An incoming webhook of Slack.
    Slack(SecretString),
    Webhook(WebhookConfig),
}

/// What became of a request.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum PostOutcome {
    /// The channel has it.
    Taken,
    /// It has not, as far as we know; later it may.
    Failed {
        /// The failure, as the end of a sentence that begins with the channel.
        error: String,
        /// How long it asks us to wait.
        wait: Option<SignedDuration>,
        /// Whether it may have it all the same.
        unclear: bool,
    },
    /// It never will.
    Refused { error: String },
}

/// A client that follows no redirect: a message goes where it is configured to go, or nowhere. And that keeps no
/// connection: one that the other side has dropped meanwhile would leave a message in doubt.
pub(super) fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .user_agent(concat!("deploy-console/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .pool_max_idle_per_host(0)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT)
        .build()
}

impl Target {
    pub(super) const fn channel(&self) -> Channel {
        match self {
            Self::Slack(_) => Channel::Slack,
            Self::Webhook(_) => Channel::Webhook,
        }
    }

    /// Posts once.
    pub(super) async fn post(&self, http: &reqwest::Client, notice: &Notice, now: Timestamp) -> PostOutcome {
        let request = match self {
            Self::Slack(url) => slack::request(http, url, notice),
            Self::Webhook(config) => webhook::request(http, config, notice, now),
        };
        match send(request).await {
            Ok(answer) if answer.status().is_success() => PostOutcome::Taken,
            Ok(answer) => self.refusal(answer).await,
            Err(verdict) => verdict,
        }
    }

    async fn refusal(&self, answer: Response) -> PostOutcome {
        let (status, wait) = (answer.status(), asked_to_wait(&answer));
        let code = match self {
            Self::Slack(_) => slack::known_code(&read_capped(answer).await),
            Self::Webhook(_) => None,
        };
        let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
        let error = format!("it answered {}{code}", status.as_u16());
        let is_final = match self {
            Self::Slack(_) => slack::is_final(status),
            Self::Webhook(_) => webhook::is_final(status),
        };
        if is_final {
            return PostOutcome::Refused { error };
        }
        // A gateway that gave up waiting does not know what became of it either.
        let unclear = matches!(status, StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT);
        PostOutcome::Failed { error, wait, unclear }
    }
}

/// The library's own words would hold the address.
async fn send(request: RequestBuilder) -> Result<Response, PostOutcome> {
    request.send().await.map_err(|error| {
        let (what, unclear) = if error.is_connect() || error.is_builder() {
            ("it could not be reached", false)
        } else if error.is_timeout() {
            ("it did not answer within 10 s", true)
        } else {
            ("it broke the connection off", true)
        };
        PostOutcome::Failed { error: what.to_owned(), wait: None, unclear }
    })
}

/// `Retry-After`, in seconds.
fn asked_to_wait(answer: &Response) -> Option<SignedDuration> {
    let seconds: i64 = answer.headers().get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(SignedDuration::from_secs(seconds.max(0)).min(LONGEST_WAIT))
}

/// As much of the body as is worth reading.
async fn read_capped(mut answer: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER {
            break;
        }
    }
    body
}
