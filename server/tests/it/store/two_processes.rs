//! Two server processes on one Postgres database, and many clients at once: what one of them does is not done
//! again by the other.

use std::{net::SocketAddr, sync::Arc};

use app::{api::ErrorCode, domain::DeployId};
use futures::future::join_all;
use serde_json::json;
use store::DatabaseSystem;
use tokio::{io::AsyncWriteExt, sync::Barrier};

use crate::support::{
    invariants::{assert_chain, assert_path},
    process::Serving,
    raw::{RawAnswer, connect, send},
    site::{Site, apps, callback, press},
};

/// Two servers, and the database between them.
async fn two() -> (Site, [Serving; 2]) {
    let site = Site::new(DatabaseSystem::Postgres, &apps(&RACES)).await;
    // Both find an empty database: each migrates it, or waits for the other to.
    let servers = tokio::join!(site.serve(), site.serve());
    (site, servers.into())
}

/// Sends each request to one server after the other by turns: all but the last byte, and when all of them
/// have come so far, that.
async fn at_once(servers: &[Serving; 2], requests: impl IntoIterator<Item = String>) -> Vec<RawAnswer> {
    let requests: Vec<_> = requests.into_iter().collect();
    let barrier = Arc::new(Barrier::new(requests.len()));
    let turns = servers.iter().map(|server| server.address).cycle();
    let sent = turns.zip(requests).map(|(address, request)| {
        let barrier = Arc::clone(&barrier);
        tokio::spawn(async move {
            let (from, mut to) = connect(address).await;
            let (most, last) = request.as_bytes().split_at(request.len() - 1);
            to.write_all(most).await.unwrap();
            barrier.wait().await;
            to.write_all(last).await.unwrap();
            RawAnswer::read(from).await
        })
    });
    join_all(sent).await.into_iter().map(Result::unwrap).collect()
}

/// Presses Deploy and returns the deploy.
async fn dispatched(address: SocketAddr, key: &str, environment: &str) -> DeployId {
    let answer = send(address, &press(key, environment)).await.unwrap();
    assert_eq!(answer.status(), Some(201), "{answer:?}");
    id_of(&answer)
}

fn id_of(answer: &RawAnswer) -> DeployId {
    answer.json()["id"].as_str().unwrap_or_else(|| panic!("{answer:?}")).parse().unwrap()
}

/// Of 64 callbacks to two processes, one is applied.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f12_one_of_64_callbacks_applies() {
    let (site, servers) = two().await;
    let id = dispatched(servers[0].address, "key", RACES[0]).await;
    let callbacks = (0..64).map(|number| callback(id, &number.to_string(), "building"));
    let (mut applied, mut others) = (0, 0);
    for answer in at_once(&servers, callbacks).await {
        match (answer.status(), answer.json()["outcome"].as_str()) {
            (Some(200), Some("applied")) => applied += 1,
            (Some(200), Some("repeated")) | (Some(409), None) => others += 1,
            _ => panic!("{answer:?}"),
        }
    }
    assert_eq!((applied, others), (1, 63));

    let store = site.store().await;
    let journal = store.journal(id).await.unwrap();
    let outcomes = journal.iter().filter(|entry| entry.payload["outcome"] == "applied");
    assert_eq!(outcomes.count(), 1, "{journal:#?}");
    assert_path(&store.deploy(id).await.unwrap().unwrap(), &journal);
    assert_chain([journal.as_slice()]);
    // A pass of the reconciler may have written down what the run is like, beside them.
    let decided = journal.iter().filter(|entry| entry.payload["outcome"].is_string());
    assert_eq!(decided.count(), 64, "what moved nothing is in the journal, too");
}

/// The first race has to open connections, and the requests that wait for one come late; the later races do not.
const RACES: [&str; 4] = ["first", "second", "third", "fourth"];

/// One key at two processes is one POST.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f47_one_key_is_one_post() {
    let (site, servers) = two().await;
    let mut deploys = Vec::new();
    for environment in RACES {
        let answers = at_once(&servers, (0..16).map(|_| press(environment, environment))).await;
        let (made, others) = the_one_made(&answers);
        for answer in others {
            match answer.status() {
                Some(200) => assert_eq!(id_of(answer), made),
                _ => assert_refused(answer, ErrorCode::IdempotencyKeyInFlight),
            }
        }
        deploys.push(made.to_string());
    }
    assert_eq!(site.github.asked_for(), deploys);
}

/// Many keys at two processes are one deploy, and the others name it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f49_many_keys_make_one_deploy() {
    let (site, servers) = two().await;
    let mut deploys = Vec::new();
    for environment in RACES {
        let keys = (0..16).map(|number| press(&format!("{environment}-{number}"), environment));
        let answers = at_once(&servers, keys).await;
        let (made, others) = the_one_made(&answers);
        for answer in others {
            assert_refused(answer, ErrorCode::DeployUnderWay);
            assert_eq!(answer.json()["active_deploy_id"], json!(made), "{answer:?}");
        }
        deploys.push(made.to_string());
    }
    assert_eq!(site.github.asked_for(), deploys);
}

/// The one deploy that was made, and the other answers.
#[track_caller]
fn the_one_made(answers: &[RawAnswer]) -> (DeployId, Vec<&RawAnswer>) {
    let (made, others): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status() == Some(201));
    let [made] = made[..] else { panic!("{answers:#?}") };
    (id_of(made), others)
}

#[track_caller]
fn assert_refused(answer: &RawAnswer, code: ErrorCode) {
    assert_eq!((answer.status(), &answer.json()["code"]), (Some(409), &json!(code)), "{answer:?}");
}
