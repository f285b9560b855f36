//! Tokens as programs show them, and how often an address may be wrong.

use app::{
    api::{TokenRequest, TokensApi},
    domain::{Caller, Role},
};
use axum::body::Body;
use jiff::SignedDuration;
use serde_json::json;
use server::access::Peer;
use std::time::Duration;
use store::DatabaseSystem;

use super::people::{FOREIGN, console_with};
use crate::support::{Answer, Given, TestConsole, database::on_both, fresh, request};

const GRANTS: &str = "[[grant]]\nrole = \"admin\"\nto = [\"user:ada\"]\n";

async fn console(database: DatabaseSystem) -> TestConsole {
    console_with(GRANTS, Given { database, ..Given::default() }).await
}

async fn made(console: &TestConsole, name: &str, role: Role, lifetime: Option<Duration>) -> String {
    let (apps, environments) = (vec!["shop".to_owned()], vec!["staging".to_owned()]);
    let request = TokenRequest { name: name.to_owned(), role, apps, environments, lifetime };
    console.console.access().create_token(&Caller::local(), request).await.unwrap().token
}

/// From an address, with a token; what is forwarded counts from a trusted proxy alone.
async fn ask(console: &TestConsole, token: &str, peer: &str, forwarded: Option<&str>) -> Answer {
    let builder = request("GET", "/api/internal/me").header("authorization", format!("Bearer {token}"));
    let builder = builder.extension(Peer(peer.parse().unwrap()));
    let builder = match forwarded {
        Some(address) => builder.header("x-forwarded-for", address),
        None => builder,
    };
    console.send(builder.body(Body::empty()).unwrap()).await
}

async fn deploy(console: &TestConsole, token: &str, app: &str, environment: &str) -> (u16, String) {
    let order = json!({ "app": app, "environment": environment, "git_ref": "main" }).to_string();
    let builder = request("POST", "/api/internal/deploys").header("authorization", format!("bearer {token}"));
    let builder = builder.header("content-type", "application/json").header("idempotency-key", fresh());
    let answer = console.send(builder.body(order.into()).unwrap()).await;
    (answer.status, answer.json["code"].as_str().unwrap_or_default().to_owned())
}

async fn f93_token_is_good_for_what_it_says_and_as_long(system: DatabaseSystem) {
    let console = console(system).await;
    let token = made(&console, "bot", Role::Deployer, Some(Duration::from_hours(24))).await;
    let me = ask(&console, &token, "192.0.2.1", None).await.json;
    assert_eq!((&me["kind"], &me["id"], &me["name"]), (&json!("token"), &json!("token:bot"), &json!("bot")));
    let nothing = (0, 0);
    let written = async || {
        let count = async |table: &str| console.database.count(table).await;
        (count("console_deploys").await, count("idempotency_keys").await)
    };
    let before = written().await;
    assert_eq!((before.0, before.1), nothing);
    assert_eq!(deploy(&console, &token, "shop", "production").await, (403, "not_allowed".to_owned()));
    assert_eq!(deploy(&console, &token, FOREIGN, "staging").await, (404, "unknown_environment".to_owned()));
    let mut broken = token.clone();
    let last = if broken.pop() == Some('0') { '1' } else { '0' };
    broken.push(last);
    for wrong in [&broken, "dct_", "", "ghp_something"] {
        assert_eq!(deploy(&console, wrong, "shop", "staging").await, (401, "not_signed_in".to_owned()));
    }
    assert_eq!(written().await, before, "nothing is written");
    assert_eq!(deploy(&console, &token, "shop", "staging").await.0, 201);

    console.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(deploy(&console, &token, "shop", "staging").await.0, 401, "it has expired");
    let other = made(&console, "other", Role::Viewer, None).await;
    assert_eq!(ask(&console, &other, "192.0.2.1", None).await.status, 200);
    console.console.access().revoke_token(&Caller::local(), "other").await.unwrap();
    assert_eq!(ask(&console, &other, "192.0.2.1", None).await.status, 401, "it was revoked");
}

async fn f59_addresses_that_guess_wait(system: DatabaseSystem) {
    let console = console(system).await;
    let token = made(&console, "bot", Role::Viewer, None).await;
    let wrong = "dct_wrong";
    // Somebody else's word for the address counts for nothing.
    for number in 0..50 {
        let forged = format!("203.0.113.{number}");
        assert_eq!(ask(&console, wrong, "192.0.2.1", Some(&forged)).await.status, 401);
    }
    let waits = ask(&console, &token, "192.0.2.1", None).await;
    assert_eq!((waits.status, &waits.json["code"]), (429, &json!("too_many_attempts")));
    assert_eq!(waits.header("retry-after"), Some("300"));
    assert_eq!(ask(&console, &token, "192.0.2.2", None).await.status, 200, "others go on");
    // Behind the trusted proxy each client counts for itself.
    for _ in 0..50 {
        assert_eq!(ask(&console, wrong, "127.0.0.2", Some("198.51.100.1")).await.status, 401);
    }
    assert_eq!(ask(&console, &token, "127.0.0.2", Some("198.51.100.1")).await.status, 429);
    assert_eq!(ask(&console, &token, "127.0.0.2", Some("198.51.100.2")).await.status, 200);
    console.clock.advance(SignedDuration::from_mins(5));
    assert_eq!(ask(&console, &token, "192.0.2.1", None).await.status, 200);
}

on_both!(f93_token_is_good_for_what_it_says_and_as_long, f59_addresses_that_guess_wait);
