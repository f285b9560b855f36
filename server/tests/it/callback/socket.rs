//! Callbacks over a real socket, from senders that break off, send too much or send too slowly. None of them
//! gets anything written, though each has signed what it sends.

use std::{net::SocketAddr, time::Duration};

use app::domain::DeployId;
use axum::http::HeaderMap;
use server::listen::HEAD_DEADLINE;
use tokio::io::AsyncWriteExt;

use crate::support::{
    TestConsole, claim,
    raw::{RawAnswer, connect, head},
};

struct Sender {
    console: TestConsole,
    address: SocketAddr,
    id: DeployId,
}

impl Sender {
    async fn new() -> Self {
        let console = TestConsole::new().await;
        let id = console.dispatched("production").await;
        Self { address: console.listen().await, console, id }
    }

    /// The head of a callback that signs `body`, with this header in addition.
    fn head(&self, body: &str, name: &str, value: &str) -> String {
        let signed = self.console.signed(self.id, "one", body.as_bytes()).body(()).unwrap();
        let mut headers: Vec<(&str, &str)> = text_of(signed.headers());
        headers.push((name, value));
        head("POST", &format!("/api/internal/deploys/{}/callback", self.id), &headers)
    }

    async fn assert_untouched(&self) {
        assert_eq!(self.console.deploy(self.id).await["status"], "dispatched");
        assert_eq!(self.console.journal(self.id).await.len(), 2);
        assert_eq!(self.console.database.count("callback_deliveries").await, 0);
    }
}

fn text_of(headers: &HeaderMap) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect()
}

#[tokio::test]
async fn complete_callback_is_applied() {
    let sender = Sender::new().await;
    let body = claim(sender.id, "building").to_string();
    let (from, mut to) = connect(sender.address).await;
    let head = sender.head(&body, "content-length", &body.len().to_string());
    to.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    let answer = RawAnswer::read(from).await;
    assert_eq!((answer.status(), &answer.json()["outcome"]), (Some(200), &"applied".into()), "{answer:?}");
}

/// A body that is shorter than its content length is not believed.
#[tokio::test]
async fn f15_truncated_body_is_not_applied() {
    let sender = Sender::new().await;
    // Were the end of the connection taken for the end of the body, this would be a good callback.
    let body = claim(sender.id, "building").to_string();
    let (from, mut to) = connect(sender.address).await;
    let head = sender.head(&body, "content-length", &(body.len() + 1).to_string());
    to.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    to.shutdown().await.unwrap();
    let answer = RawAnswer::read(from).await;
    assert!(matches!(answer.status(), Some(400) | None), "{answer:?}");
    sender.assert_untouched().await;
}

/// A chunked body without its last chunk is not believed.
#[tokio::test]
async fn f15_unfinished_chunked_body_is_not_applied() {
    let sender = Sender::new().await;
    let body = claim(sender.id, "building").to_string();
    let (from, mut to) = connect(sender.address).await;
    let head = sender.head(&body, "transfer-encoding", "chunked");
    to.write_all(format!("{head}{:x}\r\n{body}\r\n", body.len()).as_bytes()).await.unwrap();
    to.shutdown().await.unwrap();
    let answer = RawAnswer::read(from).await;
    assert!(matches!(answer.status(), Some(400) | None), "{answer:?}");
    sender.assert_untouched().await;
}

#[tokio::test]
async fn f16_chunked_body_over_64_kib_is_413() {
    let sender = Sender::new().await;
    let mut body = claim(sender.id, "building");
    body["log_line"] = "x".repeat(64 * 1024).into();
    let body = body.to_string();
    let (from, mut to) = connect(sender.address).await;
    let head = sender.head(&body, "transfer-encoding", "chunked");
    let send = async {
        to.write_all(head.as_bytes()).await?;
        for chunk in body.as_bytes().chunks(4096) {
            to.write_all(format!("{:x}\r\n", chunk.len()).as_bytes()).await?;
            to.write_all(chunk).await?;
            to.write_all(b"\r\n").await?;
        }
        to.write_all(b"0\r\n\r\n").await
    };
    // The server need not take more than it reads.
    let (_, answer) = tokio::join!(send, RawAnswer::read(from));
    assert_eq!(
        (answer.status(), &answer.json()["code"]),
        (Some(413), &"body_too_large".into()),
        "{answer:?}"
    );
    sender.assert_untouched().await;
}

/// A body that is declared too large is refused before it comes.
#[tokio::test]
async fn f16_declared_large_body_is_refused_early() {
    let sender = Sender::new().await;
    let (from, mut to) = connect(sender.address).await;
    let head = sender.head("", "content-length", "65537");
    to.write_all(head.as_bytes()).await.unwrap();
    // Not a byte of the body is ever sent.
    let answer = RawAnswer::read(from).await;
    assert_eq!(answer.status(), Some(413), "{answer:?}");
    sender.assert_untouched().await;
}

/// A body of one byte a second is 408, at ten seconds in all.
/// Takes the 10 s that it is about.
#[tokio::test]
async fn f17_slow_body_is_408_after_ten_seconds() {
    let sender = Sender::new().await;
    let body = claim(sender.id, "building").to_string();
    let (from, mut to) = connect(sender.address).await;
    let head = sender.head(&body, "content-length", &body.len().to_string());
    to.write_all(head.as_bytes()).await.unwrap();
    let mut bytes = body.into_bytes().into_iter();
    let mut sent = 0;
    let mut second = tokio::time::interval(Duration::from_secs(1));
    let answer = RawAnswer::read(from);
    tokio::pin!(answer);
    let answer = loop {
        tokio::select! {
            biased;
            answer = &mut answer => break answer,
            _ = second.tick() => {
                let byte = bytes.next().expect("the answer comes before the end of the body");
                if to.write_all(&[byte]).await.is_ok() {
                    sent += 1;
                }
            }
        }
    };
    assert_eq!((answer.status(), &answer.json()["code"]), (Some(408), &"body_too_slow".into()), "{answer:?}");
    assert!((9..=12).contains(&sent), "answered after {sent} bytes, one a second");
    sender.assert_untouched().await;
}

/// Takes the 10 s that it is about.
#[tokio::test]
async fn f17_endless_head_is_not_awaited() {
    let sender = Sender::new().await;
    let beginnings = ["", "GET /healthz HTTP/1.1\r\n", "POST /api/internal/deploys HTTP/1.1\r\nhost: con"];
    let answers = beginnings.map(async |beginning| {
        let (from, mut to) = connect(sender.address).await;
        to.write_all(beginning.as_bytes()).await.unwrap();
        let answer = RawAnswer::read(from).await;
        // Kept open until here: it is the server that closed.
        drop(to);
        answer
    });
    let closed = tokio::time::timeout(2 * HEAD_DEADLINE, futures::future::join_all(answers)).await;
    let closed = closed.expect("each connection was closed");
    assert!(closed.iter().all(|answer| answer.status().is_none_or(|status| status == 408)), "{closed:?}");
    sender.assert_untouched().await;
}

#[tokio::test]
async fn f17_timely_next_request_keeps_the_connection() {
    let sender = Sender::new().await;
    let (from, mut to) = connect(sender.address).await;
    for end in ["keep-alive", "close"] {
        let request = format!("GET /healthz HTTP/1.1\r\nhost: console.test\r\nconnection: {end}\r\n\r\n");
        to.write_all(request.as_bytes()).await.unwrap();
    }
    let answers = RawAnswer::read(from).await;
    assert_eq!(format!("{answers:?}").matches("HTTP/1.1 200").count(), 2, "{answers:?}");
}
