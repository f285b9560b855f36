//! A channel of a few lines: it remembers what it took, and can be made to refuse, to wait or to fall silent.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use tokio::{net::TcpListener, sync::watch, time::timeout};

use super::PATIENCE;

/// What it does with a message.
#[derive(Clone, Debug)]
pub(super) enum Mood {
    /// Takes it.
    Takes,
    /// Answers this instead, with these headers and this body.
    Answers(u16, Vec<(&'static str, String)>, String),
    /// Accepts it, unless it contains this: then it answers 500.
    TakesAllBut(String),
    /// Does nothing until its mood changes, and then takes it.
    Waits,
    /// Takes it, and does not say so until its mood changes.
    TakesInSilence,
}

/// A message that it took.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Taken {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }
}

struct Inner {
    mood: watch::Sender<Mood>,
    asked: watch::Sender<usize>,
    taken: Mutex<Vec<Taken>>,
}

#[derive(Clone)]
pub(super) struct FakeChannel {
    address: SocketAddr,
    path: String,
    inner: Arc<Inner>,
}

impl FakeChannel {
    pub(super) async fn new() -> Self {
        Self::at("/services/T0/B0/x").await
    }

    pub(super) async fn at(path: &str) -> Self {
        let inner = Arc::new(Inner {
            mood: watch::Sender::new(Mood::Takes),
            asked: watch::Sender::new(0),
            taken: Mutex::default(),
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, path: path.to_owned(), inner }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}{}", self.address, self.path)
    }

    pub(super) fn set(&self, mood: Mood) {
        self.inner.mood.send_replace(mood);
    }

    pub(super) fn refuse(&self, status: u16) {
        self.set(Mood::Answers(status, Vec::new(), String::new()));
    }

    /// How often something was posted, taken or not.
    pub(super) fn asked(&self) -> usize {
        *self.inner.asked.borrow()
    }

    /// Waits until something was posted so often.
    pub(super) async fn was_asked(&self, times: usize) {
        let mut asked = self.inner.asked.subscribe();
        let waited = timeout(PATIENCE, asked.wait_for(|asked| *asked >= times)).await;
        assert!(waited.is_ok(), "it was asked {} times, not {times}", self.asked());
    }

    pub(super) fn taken(&self) -> Vec<Taken> {
        self.inner.taken.lock().unwrap().clone()
    }
}

async fn answer(State(channel): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> Response {
    let mut moods = channel.mood.subscribe();
    let mood = moods.borrow_and_update().clone();
    let text = String::from_utf8_lossy(&body).into_owned();
    let take = || channel.taken.lock().unwrap().push(Taken { headers, body });
    if matches!(mood, Mood::TakesInSilence) {
        take();
        channel.asked.send_modify(|asked| *asked += 1);
        let _ = moods.changed().await;
        return "ok".into_response();
    }
    channel.asked.send_modify(|asked| *asked += 1);
    match mood {
        Mood::Answers(status, said, body) => {
            let mut answer = (StatusCode::from_u16(status).unwrap(), body).into_response();
            for (name, value) in said {
                answer.headers_mut().insert(name, value.parse().unwrap());
            }
            answer
        }
        Mood::TakesAllBut(word) if text.contains(&word) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Mood::Waits => {
            let _ = moods.changed().await;
            take();
            "ok".into_response()
        }
        Mood::Takes | Mood::TakesAllBut(_) | Mood::TakesInSilence => {
            take();
            "ok".into_response()
        }
    }
}
