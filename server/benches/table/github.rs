//! A GitHub that answers every dispatch at once.

use std::sync::atomic::{AtomicI64, Ordering};

use axum::{Json, Router, routing::post};
use serde_json::json;
use tokio::net::TcpListener;

pub const DISPATCH: &str = "/repos/acme/shop/actions/workflows/deploy.yml/dispatches";

/// Starts it, and gives its address.
pub async fn start() -> String {
    static RUN: AtomicI64 = AtomicI64::new(1);
    let answer = async || {
        let run = RUN.fetch_add(1, Ordering::Relaxed);
        Json(json!({ "workflow_run_id": run, "run_url": "", "html_url": "" }))
    };
    let router = Router::new().route(DISPATCH, post(answer));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}
