//! What an answer says of the rate limit. One that says only that nothing has changed does not count.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use runtime::clock::{Clock, SystemClock};

use super::{
    HttpState,
    errors::{refuse, with_header},
};
use crate::model::Spent;

pub(super) async fn within_the_hour(
    State(github): State<HttpState>,
    request: Request,
    next: Next,
) -> Response {
    let before = github.model.spent(SystemClock.now());
    if before.remaining() == 0 {
        let message = "API rate limit exceeded for user ID 1. If you reach out to GitHub Support for help, please include the request ID.";
        return with_headers(refuse(403, message), before);
    }
    let answer = next.run(request).await;
    if answer.status() == StatusCode::NOT_MODIFIED {
        return with_headers(answer, before);
    }
    with_headers(answer, github.model.count(SystemClock.now()))
}

fn with_headers(answer: Response, spent: Spent) -> Response {
    let numbers = [
        ("x-ratelimit-limit", i64::from(spent.limit)),
        ("x-ratelimit-remaining", i64::from(spent.remaining())),
        ("x-ratelimit-used", i64::from(spent.used)),
        ("x-ratelimit-reset", spent.resets_at.as_second()),
    ];
    let answer = with_header(answer, "x-ratelimit-resource", "core");
    numbers.into_iter().fold(answer, |answer, (name, value)| {
        // A test that plays a limit has its own words for it.
        if answer.headers().contains_key(name) {
            answer
        } else {
            with_header(answer, name, &value.to_string())
        }
    })
}
