//! What GitHub does not have, cannot say, or should not have said.

use github_fake::{Outage, Permission, TokenState};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::DatabaseSystem;

use super::{Asked, UNKNOWN, board, json, pushed, read};
use crate::support::{
    Flags, TestConsole,
    database::on_both,
    stub::{Stub, accepted, reply},
};

/// Looks at the deploys, and has read what they lack. Returns what is known of each commit, the newest first.
async fn seen_and_read(console: &TestConsole) -> Vec<Value> {
    json(console, "/api/internal/deploys").await;
    read(console).await;
    let deploys = json(console, "/api/internal/deploys").await;
    deploys["deploys"].as_array().unwrap().iter().map(|deploy| deploy["commit_details"].clone()).collect()
}

/// It is no fault of GitHub's, and is asked for again after an hour.
async fn unknown_commit_is_asked_for_hourly(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let asked = Asked::of(&console);
    console.succeeded("staging", UNKNOWN).await;
    let known = pushed(&console);
    console.succeeded("staging", &known).await;
    for minutes in [0, 11, 48] {
        console.clock.advance(SignedDuration::from_mins(minutes));
        let details = seen_and_read(&console).await;
        assert!(details[0].is_object() && details[1].is_null(), "{details:?}");
    }
    assert_eq!(asked.count(), 2, "{:?}", asked.all());
    assert!(json(&console, "/api/ui/board").await["github"].is_null());
    console.clock.advance(SignedDuration::from_mins(1));
    seen_and_read(&console).await;
    assert_eq!(asked.all().iter().filter(|commit| *commit == UNKNOWN).count(), 2);
    assert_eq!(console.database.count("commits").await, 1);
}

/// One failure, and nothing more is asked for until a page is looked at again; of the one that failed, not for a while.
async fn outage_is_not_pressed(system: DatabaseSystem) {
    for outage in [Outage::Answering(503), Outage::Limited(60)] {
        let console = TestConsole::over(system).await;
        let asked = Asked::of(&console);
        for _ in 0..3 {
            console.succeeded("staging", &pushed(&console)).await;
        }
        console.github.set_outage(Some(outage));
        seen_and_read(&console).await;
        assert_eq!(asked.count(), 1, "{:?}", asked.all());
        let failed = asked.all()[0].clone();
        console.github.set_outage(None);
        console.clock.advance(SignedDuration::from_mins(9));
        let details = seen_and_read(&console).await;
        assert_eq!(details.iter().filter(|details| details.is_object()).count(), 2, "{:?}", asked.all());
        assert_eq!(asked.all().iter().filter(|commit| **commit == failed).count(), 1);
        console.clock.advance(SignedDuration::from_mins(1));
        assert!(seen_and_read(&console).await.iter().all(Value::is_object));
        assert_eq!(asked.all().iter().filter(|commit| **commit == failed).count(), 2);
    }
}

/// Deploys need no such permission: the board does not say that GitHub is away.
#[tokio::test]
async fn token_may_lack_the_right_to_read_commits() {
    let console = TestConsole::new().await;
    console.succeeded("staging", &pushed(&console)).await;
    console.github.set_token(TokenState::Without(Permission::ReadContents));
    board(&console).await;
    read(&console).await;
    assert!(json(&console, "/api/ui/board").await["github"].is_null());
}

/// A console with one deploy, whose GitHub says this of its commit.
async fn told(commit: Value) -> Value {
    let github = Stub::start([accepted(7), reply(200, commit.to_string())]).await;
    let console = TestConsole::facing(&github, Flags::default()).await;
    let id = console.succeeded("staging", UNKNOWN).await;
    console.deploy(id).await;
    read(&console).await;
    assert_eq!(console.get("/").await.status, 200);
    console.deploy(id).await["commit_details"].clone()
}

#[tokio::test]
async fn hostile_texts_are_cut() {
    let (line, name) = ("\u{1b}[31m<script>\0 ".to_owned() + &"ä".repeat(5_000), "n".repeat(5_000));
    let message = format!("{line}\n\nsecond");
    let details =
        told(json!({ "author": null, "commit": { "message": message, "author": { "name": name } } })).await;
    let (subject, author) = (details["subject"].as_str().unwrap(), details["author"].as_str().unwrap());
    assert!(subject.starts_with("[31m<script> ää") && !subject.contains("second"), "{subject}");
    assert_eq!((subject.chars().count(), author.chars().count()), (120, 120));
}

/// GitHub may leave out nearly everything.
#[tokio::test]
async fn author_and_time_may_be_unknown() {
    let commit =
        json!({ "author": null, "commit": { "message": "Say so", "author": null, "committer": null } });
    assert_eq!(told(commit).await, json!({ "subject": "Say so" }));
    // Git takes a blank message: then there is nothing to know it by.
    assert_eq!(told(json!({ "commit": { "message": " \n" } })).await, Value::Null);
}

on_both!(unknown_commit_is_asked_for_hourly, outage_is_not_pressed);
