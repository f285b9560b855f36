//! Polls of one deploy against a bare axum handler that answers the same bytes. Each of the two is a process of its own,
//! beside the one that asks: where both ends share a process, nothing has to wake the other.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Instant,
};

use axum::{Router, http::header, routing::get};
use futures::future::join_all;
use reqwest::Client;
use tokio::net::TcpListener;

use crate::{
    TableRow,
    server::{BenchServer, id_of},
    stats::per_second,
};

/// The bytes that the bare handler answers. The process that has them serves them.
pub const BARE_ANSWER: &str = "BARE_ANSWER";
const POLLS: usize = 20_000;
const AT_A_TIME: usize = 16;

pub async fn measure() -> Vec<TableRow> {
    let server = BenchServer::start(1).await;
    let id = id_of(server.dispatch(0).await).await;
    for status in ["smoke_gate_started", "smoke_gate_passed"] {
        assert_eq!(server.report(&id, status).await, 200);
    }
    let url = format!("{}/api/internal/deploys/{id}", server.url);
    let bytes = server.client.get(&url).send().await.unwrap().text().await.unwrap();
    let bare_server = BareServer::start(&bytes);
    // Turn by turn, so that both see the same machine.
    let known = server.client_with_token();
    let (mut console, mut signed_in, mut bare) = (0.0, 0.0, 0.0);
    for _ in 0..3 {
        bare = f64::max(bare, polls(&server.client, &bare_server.url).await);
        console = f64::max(console, polls(&server.client, &url).await);
        signed_in = f64::max(signed_in, polls(&known, &url).await);
    }
    let row = |what: &str, console: f64| TableRow {
        what: format!("{what} against a bare axum handler returning the same bytes"),
        measured: format!("{:.2} ({console:.0} against {bare:.0})", console / bare),
        target: "≥ 0.6",
    };
    vec![row("polls a second", console), row("polls a second of who is known by a secret", signed_in)]
}

struct BareServer {
    process: Child,
    url: String,
}

impl BareServer {
    fn start(answer: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let mut process = command.env(BARE_ANSWER, answer).stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { process, url: url.trim().to_owned() }
    }
}

impl Drop for BareServer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Serves until it is killed.
pub async fn serve_bare(answer: String) {
    let bytes: Arc<str> = answer.into();
    let answer = async move || ([(header::CONTENT_TYPE, "application/json")], bytes.to_string());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    println!("http://{}/", listener.local_addr().unwrap());
    axum::serve(listener, Router::new().route("/", get(answer))).await.unwrap();
}

async fn polls(client: &Client, url: &str) -> f64 {
    let began = Instant::now();
    let pollers = (0..AT_A_TIME).map(|_| {
        let (client, url) = (client.clone(), url.to_owned());
        tokio::spawn(async move {
            for _ in 0..POLLS / AT_A_TIME {
                client.get(&url).send().await.unwrap().bytes().await.unwrap();
            }
        })
    });
    join_all(pollers).await.into_iter().for_each(Result::unwrap);
    per_second(POLLS, began.elapsed())
}
