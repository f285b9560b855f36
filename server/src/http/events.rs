//! Accepted transitions as they happen, as server-sent events. The id of an event is its entry's sequence number in the
//! journal, so a client that reconnects with its last id misses nothing of it.

use std::{convert::Infallible, sync::Arc, time::Duration};

use app::{
    api::{ErrorCode, Problem},
    domain::Caller,
};
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, HeaderName},
    response::{
        IntoResponse,
        sse::{Event as Sent, KeepAlive, Sse},
    },
};
use futures::{StreamExt, stream};

use super::ApiError;
use crate::{
    access::{Access, Proof},
    listen::limits::Streams,
    metrics::Metrics,
    service::Console,
    tasks::feed::{EventKind, FeedEvent},
};

/// The interval of heartbeats while nothing else is sent. With them, a browser can tell a quiet console from one that
/// is gone.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// From one look at whether a listener may still listen to the next.
const LOOK: Duration = Duration::from_secs(2);
/// How long a browser waits before it reconnects.
const COME_BACK: Duration = Duration::from_secs(2);
/// Seconds after which a stream that was refused is worth trying again.
const RETRY_AFTER: u32 = 10;
/// The id of the last event that the client received.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Tells nginx, and proxies that know the header, to pass on each event at once.
const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// Stream accepted transitions.
///
/// A stream of server-sent events. Each transition is a `message` with the deploy, the status and the source; any other
/// entry of the journal is a `note`, and so is, without an id, that something else is known; a `heartbeat` says that
/// nothing was written. It continues after `Last-Event-ID`, or from now on.
#[utoipa::path(
    get,
    path = "/api/internal/events",
    tag = "deploys",
    params(("Last-Event-ID" = Option<i64>, Header, description = "The id of the last event that was heard")),
    responses(
        (status = 200, description = "Events, until the console stops", body = String, content_type = "text/event-stream"),
        (status = 503, description = "As many streams are open as there may be", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn events(
    State(console): State<Arc<Console>>,
    Extension(caller): Extension<Caller>,
    State(metrics): State<Metrics>,
    State(streams): State<Streams>,
    State(access): State<Arc<Access>>,
    Extension(proof): Extension<Proof>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let place = streams.open().ok_or_else(|| Problem {
        retry_after: Some(RETRY_AFTER),
        ..Problem::new(ErrorCode::TooManyStreams)
    })?;
    let after = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()?.trim().parse().ok());
    let listener = console.feed().listen(after, caller.visible());
    let first = Sent::default().retry(COME_BACK).event("heartbeat").data("");
    let open = (metrics.stream(), place);
    let told = stream::unfold((Some(first), listener, open), async |(first, mut listener, open)| {
        let next = match first {
            Some(first) => first,
            None => sent(&*listener.next().await?),
        };
        Some((Ok::<_, Infallible>(next), (None, listener, open)))
    });
    let heartbeat = KeepAlive::new().interval(HEARTBEAT).event(Sent::default().event("heartbeat").data(""));
    let told = told.take_until(ended(access, proof));
    Ok(([UNBUFFERED], Sse::new(told).keep_alive(heartbeat)))
}

/// Waits until what the listener is known by does not hold any more: nothing else ends a request that is answered forever.
async fn ended(access: Arc<Access>, proof: Proof) {
    match proof {
        Proof::Session { .. } | Proof::Token(_) => {
            while access.holds(&proof).await {
                tokio::time::sleep(LOOK).await;
            }
        }
        Proof::Proxy | Proof::Nothing => std::future::pending().await,
    }
}

fn sent(event: &FeedEvent) -> Sent {
    let sent = Sent::default().data(&event.data);
    // Without a number, what the client heard last stays what it is.
    let sent = match event.sequence {
        Some(sequence) => sent.id(sequence.to_string()),
        None => sent,
    };
    match event.kind {
        EventKind::Transition => sent,
        EventKind::Note => sent.event("note"),
    }
}
