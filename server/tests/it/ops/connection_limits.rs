//! More connections and streams than there are file descriptors for: those that count are answered all the same.

use std::{net::SocketAddr, time::Duration};

use app::domain::DeployId;
use store::DatabaseSystem;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{
    fresh,
    raw::{RawAnswer, send},
    site::{Site, apps, callback, press},
};

/// 128 file descriptors make 64 connections, and 32 streams.
const FEW_FILES: &str = "ulimit -n 128";
const STREAMS: usize = 32;
const PATIENCE: Duration = Duration::from_secs(30);

/// Opens a stream, and reads the status and some of the rest.
async fn stream(address: SocketAddr) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /api/internal/events HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut head = [0; 1_024];
    let read = timeout(PATIENCE, stream.read(&mut head)).await.expect("a head").unwrap();
    (stream, String::from_utf8_lossy(&head[..read]).to_lowercase())
}

/// Sends on a connection that is open already, and reads to its end.
async fn on(connection: TcpStream, request: &str) -> RawAnswer {
    let (from, mut to) = connection.into_split();
    to.write_all(request.as_bytes()).await.unwrap();
    timeout(PATIENCE, RawAnswer::read(from)).await.expect("an answer")
}

/// A stream too many is 503, until one ends.
#[tokio::test]
async fn f105_stream_over_limit_is_503() {
    let site = Site::new(DatabaseSystem::Sqlite, &apps(&["production"])).await;
    let serving = site.serve_after(FEW_FILES).await;
    let mut open = Vec::new();
    for _ in 0..STREAMS {
        let (stream, head) = stream(serving.address).await;
        assert!(head.starts_with("http/1.1 200"), "{head}");
        open.push(stream);
    }
    let (_, refused) = stream(serving.address).await;
    assert!(refused.starts_with("http/1.1 503"), "{refused}");
    assert!(refused.contains("retry-after: 10") && refused.contains("too_many_streams"), "{refused}");
    // There is room for requests that are not streams.
    let answer = send(serving.address, &press(&fresh(), "production")).await.unwrap();
    assert_eq!(answer.status(), Some(201), "{answer:?}");
    open.pop();
    // It is given back when the server has seen that it is gone.
    let again = async { while !stream(serving.address).await.1.starts_with("http/1.1 200") {} };
    timeout(PATIENCE, again).await.expect("there is room again");
    drop(open);
    assert_eq!(serving.stop("TERM").await.code, Some(0));
}

#[tokio::test]
async fn f105_idle_connections_do_not_block_callbacks() {
    let site = Site::new(DatabaseSystem::Sqlite, &apps(&["production"])).await;
    let serving = site.serve_after(FEW_FILES).await;
    let mut idle = Vec::new();
    let ours = TcpStream::connect(serving.address).await.unwrap();
    for _ in 0..120 {
        idle.push(TcpStream::connect(serving.address).await.unwrap());
    }
    // It has files left for GitHub and the database.
    let made = on(ours, &press(&fresh(), "production")).await;
    assert_eq!(made.status(), Some(201), "{made:?}");
    let id: DeployId = made.json()["id"].as_str().unwrap().parse().unwrap();
    // This one waits until the idle ones are given up.
    let building = callback(id, &fresh(), "building");
    let answer = timeout(PATIENCE, send(serving.address, &building)).await.expect("an answer").unwrap();
    assert_eq!(answer.status(), Some(200), "{answer:?}");
    drop(idle);
    let ended = serving.stop("TERM").await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(!ended.stderr.contains("no connection can be taken"), "{}", ended.stderr);
}
