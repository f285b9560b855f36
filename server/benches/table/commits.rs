//! What a callback costs the database: the store alone, in this process, against commits of one row by a single
//! writer, on the same disk. (Over HTTP, on cores that are shared with the client, see `callback`.)

use std::{path::Path, sync::Arc, time::Instant};

use app::domain::{DeployId, InputValues, Origin, Source, Status, Timestamp};
use futures::future::join_all;
use runtime::{fail_point::FailPoint, ids::uuid_at};
use sqlx::{
    ConnectOptions, Connection, Executor, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use store::{
    self, Actor, Advance, Advanced, CreateOutcome, DatabaseUrl, Decision, Delivery, NewDeploy, Received,
    RunPages, Store,
};
use tempfile::TempDir;

use crate::{TableRow, stats::per_second};

const DEPLOYS: usize = 640;
const AT_A_TIME: usize = 64;
const PATH: [Status; 7] = [
    Status::SmokeGateStarted,
    Status::SmokeGatePassed,
    Status::FreezeCheckStarted,
    Status::FreezeCheckPassed,
    Status::Building,
    Status::Deploying,
    Status::Succeeded,
];

pub async fn measure() -> Vec<TableRow> {
    let folder = TempDir::new().unwrap();
    let url = DatabaseUrl::sqlite(&folder.path().join("bench.db"));
    store::migrate(&url, None).await.unwrap();
    let store = store::open(&url, FailPoint::default()).await.unwrap();
    let mut deploys = Vec::new();
    for number in 0..DEPLOYS {
        deploys.push(dispatched(&*store, number).await);
    }
    // Before and after, so that both see the same machine.
    let before = bare_commits(folder.path(), "before.db").await;
    let ours = callbacks(&store, &deploys).await;
    let bare = before.max(bare_commits(folder.path(), "after.db").await);
    vec![TableRow {
        what: "callback: durable commits a second in the store, 64 at a time, against bare SQLite commits of one row".to_owned(),
        measured: format!("{:.2} ({ours:.0} against {bare:.0})", ours / bare),
        target: "≥ 0.8",
    }]
}

async fn dispatched(store: &dyn Store, number: usize) -> DeployId {
    let at = Timestamp::now();
    let request = NewDeploy {
        id: DeployId::new(uuid_at(at)),
        actor: Actor::named("bench"),
        key: number.to_string(),
        fingerprint: "print".to_owned(),
        app: "shop".to_owned(),
        environment: format!("e{number}"),
        git_ref: "main".parse().unwrap(),
        commit: None,
        origin: Origin::Request,
        reason: None,
        override_freeze: None,
        approval: None,
        inputs: InputValues::default(),
        at,
        in_flight_since: at,
    };
    assert_eq!(store.open(&request).await.unwrap(), CreateOutcome::New);
    let accepted = Advance {
        id: request.id,
        to: Status::Dispatched,
        source: Source::Console,
        actor: "console".to_owned(),
        log_line: None,
        evidence: None,
        failure_stage: None,
        run: None,
        past: None,
        at,
    };
    assert_eq!(store.advance(&accepted).await.unwrap(), Advanced::Moved);
    request.id
}

/// Walks every deploy to its end; returns the callbacks that were committed per second.
async fn callbacks(store: &Arc<dyn Store>, deploys: &[DeployId]) -> f64 {
    let began = Instant::now();
    let walks = deploys.chunks(DEPLOYS.div_ceil(AT_A_TIME)).map(|deploys| {
        let (store, deploys) = (Arc::clone(store), deploys.to_vec());
        tokio::spawn(async move {
            for id in deploys {
                for claim in PATH {
                    let received = store.receive(&delivery(id, claim)).await.unwrap();
                    let applied = Decision::Applied { status: claim };
                    assert!(matches!(received, Received::Decided(decided) if decided.decision == applied));
                }
            }
        })
    });
    join_all(walks).await.into_iter().for_each(Result::unwrap);
    per_second(DEPLOYS * PATH.len(), began.elapsed())
}

fn delivery(deploy_id: DeployId, claim: Status) -> Delivery {
    let at = Timestamp::now();
    Delivery {
        id: uuid_at(at).to_string().as_str().into(),
        body_hash: "hash".to_owned(),
        deploy_id,
        claim: claim.into(),
        log_line: Some("measured".to_owned()),
        failure_stage: None,
        proof: None,
        run_id: None,
        run_pages: RunPages::default(),
        run_attempt: None,
        commit: None,
        committed_at: None,
        leg: None,
        at,
    }
}

/// Commits of one row a second, one after the other, as durable as the console's.
pub async fn bare_commits(folder: &Path, name: &str) -> f64 {
    const COMMITS: usize = 3_000;
    let mut connection: SqliteConnection = SqliteConnectOptions::new()
        .filename(folder.join(name))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await
        .unwrap();
    connection.execute("CREATE TABLE bare (row TEXT)").await.unwrap();
    let began = Instant::now();
    for _ in 0..COMMITS {
        let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.unwrap();
        sqlx::query("INSERT INTO bare VALUES ($1)").bind("a row").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }
    per_second(COMMITS, began.elapsed())
}
