//! What the console adds to GitHub's own time: the same dispatch through the console, and straight to a
//! GitHub that answers at once, turn by turn.

use std::time::Instant;

use serde_json::json;

use crate::{
    TableRow,
    github::DISPATCH,
    server::BenchServer,
    stats::{milliseconds, percentile, sort},
};

const WARM_UP: usize = 50;
const DISPATCHES: usize = 500;

pub async fn measure() -> Vec<TableRow> {
    let server = BenchServer::start(WARM_UP + DISPATCHES).await;
    let mut added = Vec::new();
    for turn in 0..WARM_UP + DISPATCHES {
        let began = Instant::now();
        let answer = server.dispatch(turn).await;
        let through_the_console = began.elapsed();
        assert_eq!(answer.status(), 202);
        let began = Instant::now();
        ask_github(&server).await;
        let straight = began.elapsed();
        if turn >= WARM_UP {
            added.push(milliseconds(through_the_console) - milliseconds(straight));
        }
    }
    let added = sort(added);
    vec![TableRow {
        what: "dispatch: time added to GitHub's own answer".to_owned(),
        measured: format!("p50 {:.1} ms, p99 {:.1} ms", percentile(&added, 50), percentile(&added, 99)),
        target: "p99 ≤ 15 ms",
    }]
}

async fn ask_github(server: &BenchServer) {
    let body = json!({ "ref": "main", "inputs": {}, "return_run_details": true });
    let asked = server.client.post(format!("{}{DISPATCH}", server.github)).json(&body).send().await;
    asked.unwrap().bytes().await.unwrap();
}
