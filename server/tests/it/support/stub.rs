//! A GitHub of a few lines: it answers what a test wrote down, keeps what it was asked, and can be made to
//! wait.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Response},
};
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::{Notify, Semaphore},
};

/// What was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

struct Script {
    answers: Mutex<VecDeque<Response<Body>>>,
    asked: Mutex<Vec<Asked>>,
    arrived: Notify,
    gate: Semaphore,
}

#[derive(Clone)]
pub struct Stub {
    address: SocketAddr,
    script: Arc<Script>,
}

impl Stub {
    /// Gives these answers, in this order; afterwards 500.
    pub async fn start(answers: impl IntoIterator<Item = Response<Body>>) -> Self {
        Self::with_gate(answers, Semaphore::MAX_PERMITS).await
    }

    /// As [`Self::start`], but gives each answer only when it is let through.
    pub async fn closed(answers: impl IntoIterator<Item = Response<Body>>) -> Self {
        Self::with_gate(answers, 0).await
    }

    async fn with_gate(answers: impl IntoIterator<Item = Response<Body>>, permits: usize) -> Self {
        let script = Arc::new(Script {
            answers: Mutex::new(answers.into_iter().collect()),
            asked: Mutex::default(),
            arrived: Notify::new(),
            gate: Semaphore::new(permits),
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&script));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, script }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.script.asked.lock().unwrap().clone()
    }

    /// What was asked for by POST: all but the reading.
    pub fn posted(&self) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.method == "POST").collect()
    }

    /// Waits for the next request to arrive, or for one that has arrived unnoticed.
    pub async fn arrived(&self) {
        self.script.arrived.notified().await;
    }

    /// Gives these answers after those that are still to be given.
    pub fn answer_next(&self, answers: impl IntoIterator<Item = Response<Body>>) {
        self.script.answers.lock().unwrap().extend(answers);
    }

    pub fn let_one_through(&self) {
        self.script.gate.add_permits(1);
    }
}

async fn answer(State(script): State<Arc<Script>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    if looks_for_runs_of_others(&parts.uri) {
        return reply(200, "{\"workflow_runs\":[]}");
    }
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    script.asked.lock().unwrap().push(Asked {
        method: parts.method.to_string(),
        path: parts.uri.to_string(),
        headers: parts.headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    script.arrived.notify_one();
    script.gate.acquire().await.unwrap().forget();
    let answer = script.answers.lock().unwrap().pop_front();
    answer.unwrap_or_else(|| reply(500, ""))
}

/// A server looks at any time for runs that were not requested. There are none, and the script covers only what the
/// test is about.
fn looks_for_runs_of_others(uri: &axum::http::Uri) -> bool {
    uri.path().ends_with("/runs") && uri.query().unwrap_or_default().ends_with("per_page=50")
}

pub fn reply(status: u16, body: impl Into<Body>) -> Response<Body> {
    Response::builder().status(status).body(body.into()).unwrap()
}

/// What GitHub answers to a dispatch that it accepted.
pub fn accepted(run: i64) -> Response<Body> {
    reply(200, serde_json::json!({ "workflow_run_id": run, "run_url": "", "html_url": "" }).to_string())
}

/// A server that reads a request, says this much and hangs up. Gives its address and how often something was
/// posted to it.
pub async fn that_hangs_up_after(said: String) -> (String, Arc<Mutex<usize>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let calls = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&calls);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut head = [0; 4096];
            if socket.read(&mut head).await.is_ok_and(|read| read > 0) {
                *counter.lock().unwrap() += usize::from(head.starts_with(b"POST"));
                socket.write_all(said.as_bytes()).await.unwrap();
            }
        }
    });
    (url, calls)
}
