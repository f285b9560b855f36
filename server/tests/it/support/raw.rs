//! HTTP by hand, for what no client library would send.

use std::{io, net::SocketAddr};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// What came back before the connection was closed; empty if nothing did.
#[derive(Debug)]
pub struct RawAnswer(String);

impl RawAnswer {
    pub async fn read(mut from: OwnedReadHalf) -> Self {
        let mut bytes = Vec::new();
        // A reset after the answer leaves the answer.
        let _ = from.read_to_end(&mut bytes).await;
        Self(String::from_utf8_lossy(&bytes).into_owned())
    }

    pub fn status(&self) -> Option<u16> {
        self.0.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
    }

    pub fn text(&self) -> &str {
        self.0.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(self.text()).unwrap_or_default()
    }
}

pub async fn connect(address: SocketAddr) -> (OwnedReadHalf, OwnedWriteHalf) {
    TcpStream::connect(address).await.unwrap().into_split()
}

/// The head of a request, on a connection that ends with it.
pub fn head(method: &str, path: &str, headers: &[(&str, &str)]) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n")
}

/// Sends the text as it is, and reads the answer.
pub async fn exchange_raw(address: SocketAddr, request: &str) -> RawAnswer {
    send(address, request).await.unwrap()
}

/// A whole request.
pub fn whole(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let length = body.len().to_string();
    let headers: Vec<_> = headers.iter().copied().chain([("content-length", length.as_str())]).collect();
    format!("{}{body}", head(method, path, &headers))
}

/// Sends a whole request and reads the answer; fails if the server does not take it.
pub async fn send(address: SocketAddr, request: &str) -> io::Result<RawAnswer> {
    let (from, mut to) = TcpStream::connect(address).await?.into_split();
    to.write_all(request.as_bytes()).await?;
    Ok(RawAnswer::read(from).await)
}

/// Sends a whole request and reads the whole answer.
pub async fn exchange(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> RawAnswer {
    send(address, &whole(method, path, headers, body)).await.unwrap()
}
