//! What is read, how often, and who hears of it.

use app::domain::{DeployId, Visible};
use futures::FutureExt;
use jiff::SignedDuration;
use runtime::{fail_point::FailPoint, ids::uuid_at};
use serde_json::{Value, json};
use store::{DatabaseSystem, NewDeploy};

use super::{Asked, UNKNOWN, board, json, pushed, read};
use crate::support::{
    TestConsole, database::on_both, events::Events, log::Log, noon, process::PATIENCE, request,
    sample::open_request,
};

/// Each page that shows a deploy says what its commit is, once that was read.
async fn details_appear_after_a_page_was_seen(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let commit = pushed(&console);
    let id = console.succeeded("production", &commit).await;
    let details = async || -> Vec<Value> {
        let deploy = |deploy: &Value| deploy["commit_details"].clone();
        let plan = json(&console, "/api/ui/deploy_plan?app=shop&environment=production").await;
        let versions = json(&console, "/api/ui/versions?app=shop&environment=production").await;
        let redeploy = json(&console, &format!("/api/ui/redeploy_plan?id={id}&environment=staging")).await;
        vec![
            deploy(&board(&console).await[0]["last_success"]),
            deploy(&board(&console).await[0]["last_ended"]),
            deploy(&json(&console, "/api/internal/deploys").await["deploys"][0]),
            deploy(&console.deploy(id).await),
            deploy(&json(&console, &format!("/api/ui/deploy?id={id}")).await["deploy"]),
            deploy(&json(&console, &format!("/api/ui/stored-deploy?id={id}")).await["deploy"]),
            deploy(&plan["environment"]["last_success"]),
            deploy(&versions["live"]),
            deploy(&redeploy["of"]),
        ]
    };
    let before = details().await;
    assert!(before.iter().all(Value::is_null), "{before:?}");
    read(&console).await;
    let after = details().await;
    assert!(after.iter().all(|details| *details == after[0]), "{after:?}");
    let (subject, author) = (after[0]["subject"].as_str().unwrap(), after[0]["author"].as_str().unwrap());
    assert!(subject.len() > 9 && !subject.contains('\n'), "{subject}");
    assert!(["octocat", "monalisa", "hubot"].contains(&author), "{author}");
    assert!(after[0]["committed_at"].is_string());
}

/// One request for a commit, whatever is looked at and how often; none again after a restart, and none while idle.
async fn each_commit_is_asked_for_once(system: DatabaseSystem) {
    let mut console = TestConsole::over(system).await;
    let asked = Asked::of(&console);
    let commit = pushed(&console);
    let id = console.succeeded("staging", &commit).await;
    console.pass().await;
    read(&console).await;
    assert_eq!(asked.count(), 0, "nothing was looked at");
    for _ in 0..3 {
        board(&console).await;
        json(&console, "/api/internal/deploys").await;
    }
    read(&console).await;
    for _ in 0..3 {
        board(&console).await;
        read(&console).await;
    }
    assert_eq!(asked.all(), [&*commit]);

    console.restart(FailPoint::default());
    let subject = console.deploy(id).await["commit_details"]["subject"].clone();
    assert!(subject.is_string());
    read(&console).await;
    assert_eq!(asked.all(), [commit]);
    assert_eq!(console.database.count("commits").await, 1);
}

/// What was polled before has another tag once the commit is known, though the row is as it was.
async fn poll_shows_details_of_an_unchanged_row(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.succeeded("staging", &pushed(&console)).await;
    let path = format!("/api/internal/deploys/{id}");
    let before = console.get(&path).await;
    assert!(before.json["commit_details"].is_null());
    read(&console).await;
    let known = request("GET", &path).header("if-none-match", before.header("etag").unwrap());
    let after = console.send(known.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!((after.status, &after.json["version"]), (200, &before.json["version"]));
    assert!(after.json["commit_details"]["subject"].is_string());
    let known = request("GET", &path).header("if-none-match", after.header("etag").unwrap());
    assert_eq!(console.send(known.body(axum::body::Body::empty()).unwrap()).await.status, 304);
}

/// A deploy of an app that is not configured any more has no repository to ask.
async fn unconfigured_app_is_not_asked_about(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let asked = Asked::of(&console);
    let gone = NewDeploy {
        id: DeployId::new(uuid_at(noon())),
        app: "gone".to_owned(),
        commit: UNKNOWN.parse().ok(),
        ..open_request("gone", "production")
    };
    console.database.store.open(&gone).await.unwrap();
    assert_eq!(json(&console, "/api/internal/deploys").await["deploys"][0]["commit"], UNKNOWN);
    read(&console).await;
    assert_eq!(asked.count(), 0);
}

/// Open pages hear of what was read: once for all of it, and without a number, so that they miss nothing of the journal.
#[tokio::test]
async fn open_pages_hear_of_it_once() {
    let console = TestConsole::new().await;
    let mut events = Events::of(&console.router, None).await;
    let mut listener = console.console.feed().listen(None, Visible::Only(Vec::new()));
    for _ in 0..3 {
        console.succeeded("staging", &pushed(&console)).await;
    }
    json(&console, "/api/internal/deploys").await;
    read(&console).await;
    let heard = tokio::time::timeout(PATIENCE, events.next()).await.unwrap().unwrap();
    assert_eq!((heard.id, &*heard.name), (None, "note"));
    assert_eq!((&heard.data["action"], heard.data.get("deploy_id")), (&json!("console.commits.read"), None));
    assert_eq!(listener.next().await.unwrap().sequence, None);
    assert!(listener.next().now_or_never().is_none(), "once for all of it");
}

/// While much is read, pages hear of it every few seconds.
#[tokio::test]
async fn much_reading_is_told_in_between() {
    let console = TestConsole::new().await;
    for _ in 0..3 {
        console.succeeded("staging", &pushed(&console)).await;
    }
    json(&console, "/api/internal/deploys").await;
    let mut listener = console.console.feed().listen(None, Visible::All);
    let clock = std::sync::Arc::clone(&console.clock);
    console.github.observe(move |_| clock.advance(SignedDuration::from_secs(3)));
    read(&console).await;
    let mut told = 0;
    while listener.next().now_or_never().flatten().is_some() {
        told += 1;
    }
    assert_eq!(told, 2, "after six seconds, and at the end");
}

/// A page asks the database once for all its commits, and not for those that it remembers; a poll from memory never.
#[tokio::test]
async fn page_costs_one_statement_more() {
    let console = TestConsole::over(DatabaseSystem::Sqlite).await;
    for environment in ["staging", "production", "staging", "production"] {
        console.succeeded(environment, &pushed(&console)).await;
    }
    let id = console.succeeded("staging", &pushed(&console)).await;
    let (log, _listens) = Log::begin();
    let statements = || log.text().matches("FROM commits").count();
    json(&console, "/api/internal/deploys").await;
    assert_eq!(statements(), 1);
    board(&console).await;
    assert_eq!(statements(), 2);
    console.deploy(id).await;
    assert_eq!(statements(), 3);
    console.deploy(id).await;
    assert_eq!(statements(), 3, "from memory");
    read(&console).await;
    json(&console, "/api/internal/deploys").await;
    board(&console).await;
    console.deploy(id).await;
    assert_eq!(statements(), 3, "all of them are remembered");
}

on_both!(
    details_appear_after_a_page_was_seen,
    each_commit_is_asked_for_once,
    poll_shows_details_of_an_unchanged_row,
    unconfigured_app_is_not_asked_about,
);
