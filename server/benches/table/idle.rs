//! A server that has nothing to do.

use crate::{TableRow, server::BenchServer, stats::milliseconds};

pub async fn measure() -> Vec<TableRow> {
    let server = BenchServer::start(1).await;
    let megabytes = server.resident() / (1024 * 1024);
    vec![
        TableRow {
            what: "idle server: memory".to_owned(),
            measured: format!("{megabytes} MB resident"),
            target: "≤ 40 MB",
        },
        TableRow {
            what: "idle server: ready after its start, on an empty folder".to_owned(),
            measured: format!("{:.0} ms", milliseconds(server.ready_after)),
            target: "≤ 300 ms",
        },
    ]
}
