//! Many boards that are read again at once, as after every event, against one.

use std::time::Instant;

use futures::future::join_all;

use crate::{
    TableRow,
    server::BenchServer,
    stats::{milliseconds, percentile, sort},
};

const ENVIRONMENTS: usize = 150;
const BOARDS: usize = 200;
const TIMES: usize = 21;

pub async fn measure() -> Vec<TableRow> {
    let server = BenchServer::start(ENVIRONMENTS).await;
    // Turn by turn, so that both see the same machine.
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        alone.push(read(&server, 1).await);
        together.push(read(&server, BOARDS).await);
    }
    let (alone, together) = (percentile(&sort(alone), 50), percentile(&sort(together), 50));
    vec![TableRow {
        what: format!("{BOARDS} boards of {ENVIRONMENTS} environments read at once, against one"),
        measured: format!("{:.1} ({together:.0} ms against {alone:.1} ms)", together / alone),
        target: "—",
    }]
}

/// How long it takes until each of this many boards has its page.
async fn read(server: &BenchServer, boards: usize) -> f64 {
    let began = Instant::now();
    let pages = (0..boards).map(|_| async {
        let page = server.client.get(format!("{}/", server.url)).send().await.unwrap();
        page.error_for_status().unwrap().bytes().await.unwrap().len()
    });
    let lengths = join_all(pages).await;
    assert!(lengths.iter().all(|length| *length > 10_000), "each has the page");
    milliseconds(began.elapsed())
}
