//! A server that has nothing to do.

use crate::{Row, server::Server, stats::milliseconds};

pub async fn measure() -> Vec<Row> {
    let server = Server::start(1).await;
    let megabytes = server.resident() / (1024 * 1024);
    vec![
        Row {
            what: "idle server: memory".to_owned(),
            measured: format!("{megabytes} MB resident"),
            target: "≤ 40 MB",
        },
        Row {
            what: "idle server: ready after its start, on an empty folder".to_owned(),
            measured: format!("{:.0} ms", milliseconds(server.ready_after)),
            target: "≤ 300 ms",
        },
    ]
}
