//! A stream of server-sent events, read as a browser reads it.

use axum::{
    Router,
    body::{Body, BodyDataStream},
    http::{Request, Response},
};
use futures::StreamExt;
use serde_json::Value;
use tower::ServiceExt;

use super::request;

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Heard {
    pub id: Option<i64>,
    /// `message`, unless it says otherwise.
    pub name: String,
    pub data: Value,
}

/// What comes on a stream.
pub struct Events {
    body: BodyDataStream,
    text: String,
    pub headers: axum::http::HeaderMap,
}

impl Events {
    /// Listens, to what comes after this id, if there is one.
    pub async fn of(router: &Router, last: Option<&str>) -> Self {
        let asked = request("GET", "/api/internal/events");
        let asked = last.into_iter().fold(asked, |asked, id| asked.header("last-event-id", id));
        let asked: Request<Body> = asked.body(Body::empty()).unwrap();
        let answer: Response<Body> = router.clone().oneshot(asked).await.unwrap();
        assert_eq!(answer.status(), 200);
        let (parts, body) = answer.into_parts();
        Self { body: body.into_data_stream(), text: String::new(), headers: parts.headers }
    }

    /// The next event that says something; none at the end.
    pub async fn next(&mut self) -> Option<Heard> {
        loop {
            let heard = self.any().await?;
            if heard.name != "heartbeat" {
                return Some(heard);
            }
        }
    }

    /// The next event, a sign of life perhaps; none at the end.
    pub async fn any(&mut self) -> Option<Heard> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let heard = read(event);
                self.text = rest.to_owned();
                return Some(heard);
            }
            let bytes = self.body.next().await?.unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

fn read(event: &str) -> Heard {
    let field = |name: &str| {
        let lines = event.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(field, _)| *field == name).map(|(_, value)| value.trim()).next()
    };
    Heard {
        id: field("id").map(|id| id.parse().unwrap()),
        name: field("event").unwrap_or("message").to_owned(),
        data: serde_json::from_str(field("data").unwrap_or_default()).unwrap_or_default(),
    }
}
