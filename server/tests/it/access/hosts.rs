//! Whose console this is: a request under another host name gets nothing, and does nothing.

use app::api::ErrorCode;
use axum::{
    body::Body,
    http::{Request, request::Builder},
};

use crate::support::{TestConsole, assert_problem, claim, order, raw::exchange_raw};

const FOREIGN: &str = "evil.test";

fn to(host: &str, method: &str, path: &str) -> Builder {
    Request::builder().method(method).uri(path).header("host", host)
}

async fn status(console: &TestConsole, request: Builder) -> u16 {
    console.send(request.body(Body::empty()).unwrap()).await.status
}

#[tokio::test]
async fn f88_other_host_cannot_deploy() {
    let console = TestConsole::new().await;
    for path in ["/api/internal/deploys", "/api/ui/dispatch"] {
        let request = to(FOREIGN, "POST", path)
            .header("origin", "http://evil.test")
            .header("sec-fetch-site", "same-origin")
            .header("idempotency-key", "key")
            .header("content-type", "application/json")
            .body(order("production").to_string().into());
        assert_problem(&console.send(request.unwrap()).await, ErrorCode::WrongHost);
    }
    assert_eq!((console.github.dispatches(), console.database.count("console_deploys").await), (0, 0));
}

#[tokio::test]
async fn f88_every_route_refuses_other_hosts() {
    let console = TestConsole::new().await;
    for path in [
        "/",
        "/deploys",
        "/flags",
        "/freezes",
        "/insight",
        "/audit",
        "/doctor",
        "/nowhere",
        "/metrics",
        "/pkg",
        "/healthz/",
        "/auth",
        "/api/internal/deploys",
        "/api/internal/events",
        "/api/internal/audit",
        "/api/internal/doctor",
        "/api/internal/audit/export",
        "/api/internal/openapi.json",
        "/api/internal/deploys/x/callback/more",
        "/api/ui/board",
        "/api/ui/nothing",
    ] {
        assert_eq!(status(&console, to(FOREIGN, "GET", path)).await, 421, "{path}");
        // A stream of events has no end to wait for.
        if path != "/api/internal/events" {
            assert_ne!(status(&console, to("console.test", "GET", path)).await, 421, "{path}");
        }
    }
}

/// What asks for no host answers any.
#[tokio::test]
async fn f88_hostless_endpoints_answer_any_host() {
    let console = TestConsole::new().await;
    for path in ["/healthz", "/readyz", "/pkg/main.css", "/sign-in", "/auth/start", "/api/github/webhooks"] {
        assert_ne!(status(&console, to(FOREIGN, "GET", path)).await, 421, "{path}");
    }
    let id = console.dispatched("production").await;
    let body = claim(id, "building").to_string();
    let mut callback = console.signed(id, "one", body.as_bytes()).body(body.into()).unwrap();
    callback.headers_mut().insert("host", FOREIGN.parse().unwrap());
    assert_eq!(console.send(callback).await.json["outcome"], "applied");
}

/// One host is named, and everywhere the same.
#[tokio::test]
async fn f88_all_host_names_must_agree() {
    let console = TestConsole::new().await;
    let none = Request::builder().uri("/");
    assert_eq!(status(&console, none).await, 421);
    let two = to("console.test", "GET", "/").header("host", FOREIGN);
    assert_eq!(status(&console, two).await, 421);
    // In the target, as a proxy is asked.
    for (target, host, expected) in [
        ("http://evil.test/", "console.test", 421),
        ("http://console.test/", FOREIGN, 421),
        ("http://console.test/", "console.test", 200),
    ] {
        assert_eq!(status(&console, to(host, "GET", target)).await, expected, "{target} {host}");
    }
}

#[tokio::test]
async fn target_without_a_path_is_refused() {
    let console = TestConsole::new().await;
    let address = console.listen().await;
    for head in [
        "CONNECT evil.test:443 HTTP/1.1\r\nhost: evil.test:443\r\n",
        "CONNECT localhost:1 HTTP/1.1\r\nhost: localhost:1\r\n",
        "OPTIONS * HTTP/1.1\r\nhost: localhost\r\n",
    ] {
        let answer = exchange_raw(address, &format!("{head}connection: close\r\n\r\n")).await;
        assert_eq!(answer.status(), Some(405), "{head}: {answer:?}");
    }
    assert_eq!(console.get("/healthz").await.status, 200, "it is still there");
}
