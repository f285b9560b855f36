//! The end of the process: clients that do not read, or read slowly, do not hold it up, and a second signal cuts it short.

use std::time::Duration;

use store::DatabaseSystem;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use crate::support::{
    fresh,
    process::Serving,
    raw::{connect, exchange},
    site::{Site, apps, press},
    stub::{Stub, accepted},
};

/// Within which it has to end where no dispatch is under way.
const IN_TIME: Duration = Duration::from_secs(9);

async fn serving() -> (Site, Serving) {
    let site = Site::new(DatabaseSystem::Sqlite, &apps(&["production"])).await;
    let serving = site.serve().await;
    (site, serving)
}

/// Asks for far more than a socket holds, and has read the first byte of it.
async fn with_much_to_read(serving: &Serving) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(serving.address).await.unwrap();
    let ask = "GET /api/internal/openapi.json HTTP/1.1\r\nhost: console.test\r\n\r\n";
    stream.write_all(ask.repeat(400).as_bytes()).await.unwrap();
    stream.read_u8().await.unwrap();
    stream
}

#[tokio::test]
async fn f105_stalled_readers_do_not_delay_it() {
    let (_site, serving) = serving().await;
    let mut stalled = Vec::new();
    for _ in 0..8 {
        stalled.push(with_much_to_read(&serving).await);
    }
    let ended = timeout(IN_TIME, serving.stop("TERM")).await.expect("it ends in time");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

/// The rest of the body is waited for 10 s while it runs.
#[tokio::test]
async fn f105_half_a_body_does_not_delay_it() {
    let (_site, serving) = serving().await;
    let (_from, mut to) = connect(serving.address).await;
    let request = press(&fresh(), "production");
    to.write_all(&request.as_bytes()[..request.len() - 1]).await.unwrap();
    // What came later is answered: so that was read.
    assert_eq!(exchange(serving.address, "GET", "/healthz", &[], "").await.status(), Some(200));
    let ended = timeout(IN_TIME, serving.stop("TERM")).await.expect("it ends in time");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

#[tokio::test]
async fn f104_second_signal_ends_immediately() {
    for signal in ["TERM", "INT"] {
        let site = Site::new(DatabaseSystem::Sqlite, &apps(&["production"])).await;
        let github = Stub::closed([accepted(7)]).await;
        let url = github.url();
        let mut serving = site.serve_with(&[("GITHUB_API_URL", &url), ("RUST_LOG", "info")]).await;
        let (_from, mut to) = connect(serving.address).await;
        to.write_all(press(&fresh(), "production").as_bytes()).await.unwrap();
        while github.posted().is_empty() {
            github.arrived().await;
        }
        serving.signal("TERM").await;
        serving.says("stopping: no new requests").await;
        // The dispatch takes 10 s, and then all ends well. It does not come to that.
        let ended = serving.stop(signal).await;
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        assert!(ended.stderr.contains("as it was told twice"), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn head_over_32_kilobytes_is_431() {
    let (_site, serving) = serving().await;
    for (bytes, status) in [(30_000, 200), (40_000, 431)] {
        let value = "a".repeat(bytes);
        let answer = exchange(serving.address, "GET", "/healthz", &[("x-much", &value)], "").await;
        assert_eq!(answer.status(), Some(status), "{bytes}");
    }
}
