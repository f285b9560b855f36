//! Polls of one deploy against a bare axum handler that answers the same bytes.

use std::{sync::Arc, time::Instant};

use axum::{Router, http::header, routing::get};
use futures::future::join_all;
use reqwest::Client;
use tokio::net::TcpListener;

use crate::{
    TableRow,
    server::{BenchServer, id_of},
    stats::per_second,
};

const POLLS: usize = 4_000;
const AT_A_TIME: usize = 16;

pub async fn measure() -> Vec<TableRow> {
    let server = BenchServer::start(1).await;
    let id = id_of(server.dispatch(0).await).await;
    for status in ["smoke_gate_started", "smoke_gate_passed"] {
        assert_eq!(server.report(&id, status).await, 200);
    }
    let url = format!("{}/api/internal/deploys/{id}", server.url);
    let bytes = server.client.get(&url).send().await.unwrap().text().await.unwrap();
    let bare_url = bare(bytes).await;
    // Turn by turn, so that both see the same machine.
    let known = server.client_with_token();
    let (mut console, mut signed_in, mut bare) = (0.0, 0.0, 0.0);
    for _ in 0..3 {
        bare = f64::max(bare, polls(&server.client, &bare_url).await);
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

async fn bare(bytes: String) -> String {
    let bytes: Arc<str> = bytes.into();
    let answer = async move || ([(header::CONTENT_TYPE, "application/json")], bytes.to_string());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", get(answer))).await });
    format!("http://{address}/")
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
