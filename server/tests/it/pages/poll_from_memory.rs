//! Polls are answered from memory until something is written, and never with less than what was written.

use app::domain::{Caller, Grant, Role, Source, Status};
use store::DatabaseSystem;

use crate::support::{
    Database, TestConsole, database::on_both, noon, process::PATIENCE, request, sample::advance,
};

const PATH: [&str; 6] = [
    "smoke_gate_started",
    "smoke_gate_passed",
    "freeze_check_started",
    "freeze_check_passed",
    "building",
    "deploying",
];

/// Whatever was polled before: what was just written is in the next answer, under its own tag.
async fn poll_shows_what_was_just_written(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("production").await;
    let path = format!("/api/internal/deploys/{id}");
    let mut tags = Vec::new();
    for status in PATH {
        assert_eq!(console.report(id, status).await.status, 200);
        for _ in 0..3 {
            let poll = console.get(&path).await;
            assert_eq!(poll.json["status"], status);
            assert_eq!(poll.header("etag"), Some(&*format!("\"{}\"", poll.json["version"])));
            assert_eq!(poll.header("content-type"), Some("application/json"));
            tags.push(poll.header("etag").unwrap().to_owned());
        }
        let known = request("GET", &path).header("if-none-match", tags.last().unwrap());
        assert_eq!(console.send(known.body(axum::body::Body::empty()).unwrap()).await.status, 304);
    }
    tags.dedup();
    assert_eq!(tags.len(), PATH.len());
}

/// Nothing signals it, as after a connection that fell silent.
async fn poll_shows_what_nothing_told_of(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("production").await;
    console.report(id, "building").await;
    assert_eq!(console.deploy(id).await["status"], "building");
    console.database.force_status(id, "deploying").await;
    let seen = tokio::time::timeout(PATIENCE, async {
        while console.deploy(id).await["status"] != "deploying" {
            tokio::task::yield_now().await;
        }
    });
    seen.await.expect("it is read again");
}

/// What one caller sees is not answered to another who does not.
async fn f91_memory_answers_only_who_sees_the_app(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("production").await;
    console.report(id, "building").await;
    let grant =
        |app: &str| Grant { role: Role::Viewer, apps: Some(vec![app.to_owned()]), environments: None };
    let caller = |app| Caller { grants: vec![grant(app)], ..Caller::local() };
    for _ in 0..3 {
        assert!(console.console.polled(&caller("shop"), id).await.is_ok());
        let refused = console.console.polled(&caller("other"), id).await.unwrap_err();
        assert_eq!(refused.code, app::api::ErrorCode::UnknownDeploy);
    }
}

/// A write counts before it is answered, and that of another instance once the database has told of it.
async fn writes_are_counted(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let store = &database.store;
    let request = crate::support::sample::open_request("one", "production");
    let before = store.writes();
    store.open(&request).await.unwrap();
    let after = store.writes();
    assert!(after > before);
    assert_eq!((store.deploy(request.id).await.unwrap().is_some(), store.writes()), (true, after));
    if system == DatabaseSystem::Postgres {
        let mut written = store.written();
        written.changed().await.unwrap();
        let (there, before) = (database.another().await, store.writes());
        let building =
            store::Advance { at: noon(), ..advance(request.id, Status::Dispatched, Source::Console) };
        there.advance(&building).await.unwrap();
        let told = tokio::time::timeout(PATIENCE, async {
            while store.writes() == before {
                written.changed().await.unwrap();
            }
        });
        told.await.expect("it was told");
    }
}

on_both!(
    poll_shows_what_was_just_written,
    poll_shows_what_nothing_told_of,
    f91_memory_answers_only_who_sees_the_app,
    writes_are_counted,
);
