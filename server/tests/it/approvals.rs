//! Approvals: who counts, when GitHub is asked, and how a deploy ends that is not approved.

mod counting;
mod endings;
mod model;
mod pages;
mod sending;

use app::{
    api::{DeploysApi, ErrorCode, ServiceError},
    domain::{Caller, CallerKind, Deploy, DeployId, Grant, Role},
};
use serde_json::{Value, json};
use store::DatabaseSystem;

use crate::support::{CONSOLE_TOML, Given, TestConsole, fresh, id_of, order};

/// A console whose production needs approvals, with more about that.
async fn needing(system: DatabaseSystem, approvals: &str) -> TestConsole {
    let asks = format!("freeze_check = true, approvals = {approvals}");
    let apps = CONSOLE_TOML.replacen("freeze_check = true", &asks, 1);
    TestConsole::given(Given { database: system, apps: &apps, ..Given::default() }).await
}

/// A person who may approve everything.
fn approver(name: &str) -> Caller {
    with(name, Grant::everywhere(Role::Approver))
}

fn with(name: &str, grant: Grant) -> Caller {
    Caller {
        kind: CallerKind::Person,
        id: format!("oidc:{name}"),
        name: name.to_owned(),
        groups: Vec::new(),
        grants: vec![grant],
    }
}

/// A deploy to production that waits for approvals; the local operator requested it.
async fn waiting(console: &TestConsole) -> DeployId {
    let answer = console.dispatch(&fresh(), &order("production")).await;
    assert_eq!((answer.status, &answer.json["status"]), (202, &json!("requested")), "{answer:?}");
    id_of(&answer)
}

async fn approve(console: &TestConsole, caller: &Caller, id: DeployId) -> Result<Deploy, ServiceError> {
    console.console.approve(caller, id, None).await
}

#[track_caller]
fn assert_refused(answer: Result<Deploy, ServiceError>, code: ErrorCode) {
    assert_eq!(answer.map(|deploy| deploy.status).map_err(|error| error.code), Err(code));
}

/// Its status, and what was said last.
async fn end_of(console: &TestConsole, id: DeployId) -> (Value, Value) {
    let deploy = console.deploy(id).await;
    let last = deploy["history"].as_array().unwrap().last().unwrap()["log_line"].clone();
    (deploy["status"].clone(), last)
}

/// What each entry of a deploy says was done, and by whom.
async fn done(console: &TestConsole, id: DeployId) -> Vec<(String, String)> {
    let entries = console.journal(id).await;
    let said = |action: &str| action.trim_start_matches("console.deploy.").to_owned();
    entries.into_iter().map(|entry| (said(&entry.action), entry.actor)).collect()
}
