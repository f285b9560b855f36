//! Whose approval counts.

use app::{
    api::{DeploysApi, ErrorCode},
    domain::{Caller, Grant, Role},
};
use axum::body::Body;
use futures::future::join_all;
use serde_json::{Value, json};
use store::{Actor, Approve, ApproveOutcome, DatabaseSystem};

use super::{approve, approver, assert_refused, done, needing, waiting, with};
use crate::support::{
    TestConsole, assert_problem, database::on_both, fresh, id_of, nobody, noon, order, request, shape,
};

/// It holds its environment, GitHub knows nothing of it, and with the last approval it goes on its way.
async fn approved_deploy_is_sent(system: DatabaseSystem) {
    let console = needing(system, "2").await;
    let id = waiting(&console).await;
    let approval =
        |given: Value| json!({ "needed": 2, "given": given, "expires_at": "2026-11-22T13:00:00Z" });
    let deploy = console.deploy(id).await;
    assert_eq!((&deploy["approval"], console.github.dispatches()), (&approval(json!([])), 0));
    let second = console.dispatch(&fresh(), &order("production")).await;
    let problem = assert_problem(&second, ErrorCode::DeployUnderWay);
    assert_eq!(problem.active_deploy_id, Some(id));

    let comment = Some("Looks good".to_owned());
    console.console.approve(&approver("ada"), id, comment).await.unwrap();
    let deploy = console.deploy(id).await;
    shape::assert_deploy(&deploy);
    let first = json!({ "by": "ada", "at": "2026-11-22T12:00:00Z", "comment": "Looks good" });
    assert_eq!(deploy["approval"], approval(json!([first])));
    assert_eq!((&deploy["status"], console.github.dispatches()), (&json!("requested"), 0));

    let sent = approve(&console, &approver("ben"), id).await.unwrap();
    assert_eq!((sent.status.to_string().as_str(), console.github.dispatches()), ("dispatched", 1));
    assert!(sent.github_run_id.is_some());
    let given = sent.approval.unwrap().given;
    assert_eq!(given.iter().map(|one| one.by.as_str()).collect::<Vec<_>>(), ["ada", "ben"]);
    let entries = [
        ("requested", "local operator"),
        ("approved", "oidc:ada"),
        ("approved", "oidc:ben"),
        ("dispatched", "console"),
    ];
    assert_eq!(done(&console, id).await, entries.map(|(what, who)| (what.to_owned(), who.to_owned())));
    console.walk(id, &["building", "deploying", "succeeded"]).await;
    assert_eq!(console.deploy(id).await["approval"]["needed"], 2, "it is still said who approved it");
    server::audit::verify(&*console.database.store, None).await.unwrap();
}

/// Each person counts once, and the requester never.
async fn f94_each_approver_counts_once(system: DatabaseSystem) {
    let console = needing(system, "2").await;
    let id = waiting(&console).await;
    assert_refused(approve(&console, &Caller::local(), id).await, ErrorCode::OwnRequest);
    let version = console.deploy(id).await["version"].clone();
    for _ in 0..2 {
        let deploy = approve(&console, &approver("ada"), id).await.unwrap();
        assert_eq!(deploy.approval.unwrap().missing(), 1);
    }
    assert_eq!(console.deploy(id).await["version"].as_i64(), version.as_i64().map(|version| version + 1));
    // One name, and two people.
    let other = Caller { id: "github:7".to_owned(), ..approver("ada") };
    approve(&console, &other, id).await.unwrap();
    assert_eq!(console.github.dispatches(), 1);
    // The answer to it may have been lost.
    assert!(approve(&console, &other, id).await.is_ok());
    assert_refused(approve(&console, &approver("ben"), id).await, ErrorCode::NotAwaitingApproval);
    assert_refused(approve(&console, &approver("ben"), nobody()).await, ErrorCode::UnknownDeploy);
    console.walk(id, &["failed"]).await;
    assert_refused(approve(&console, &other, id).await, ErrorCode::NotAwaitingApproval);
    assert_eq!((console.github.dispatches(), done(&console, id).await.len()), (1, 5));
}

/// A role on that app and environment is needed, and one that is not seen is not there.
async fn only_approvers_there_count(system: DatabaseSystem) {
    let console = needing(system, "1").await;
    let id = waiting(&console).await;
    let on = |role, app: &str, environment: &str| {
        let grant = Grant {
            role,
            apps: Some(vec![app.to_owned()]),
            environments: Some(vec![environment.to_owned()]),
        };
        with("ada", grant)
    };
    for (caller, code) in [
        (on(Role::Deployer, "shop", "production"), ErrorCode::NotAllowed),
        (on(Role::Approver, "shop", "staging"), ErrorCode::NotAllowed),
        (on(Role::Admin, "docs", "production"), ErrorCode::UnknownDeploy),
    ] {
        assert_refused(approve(&console, &caller, id).await, code);
        assert_refused(console.console.reject(&caller, id, None).await, code);
    }
    assert_eq!((done(&console, id).await.len(), console.github.dispatches()), (1, 0));
    assert!(approve(&console, &on(Role::Approver, "shop", "production"), id).await.is_ok());
}

/// Where nothing has to be approved, nothing is said of approvals.
async fn other_environments_need_none(system: DatabaseSystem) {
    let console = needing(system, "1").await;
    let id = console.dispatched("staging").await;
    assert_eq!(console.deploy(id).await["approval"], Value::Null);
    assert_refused(approve(&console, &approver("ada"), id).await, ErrorCode::NotAwaitingApproval);
}

/// A deploy of which GitHub's answer was lost is `requested`, too, and waits for nobody's approval.
async fn ambiguous_dispatch_awaits_no_approval(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.requested("production").await;
    assert_refused(approve(&console, &approver("ada"), id).await, ErrorCode::NotAwaitingApproval);
    assert_refused(console.console.reject(&approver("ada"), id, None).await, ErrorCode::NotAwaitingApproval);
}

/// The same key and request again is the same deploy, approved or not.
async fn repeated_request_is_answered_again(system: DatabaseSystem) {
    let console = needing(system, "1").await;
    let key = fresh();
    let first = console.dispatch(&key, &order("production")).await;
    for _ in 0..2 {
        let again = console.dispatch(&key, &order("production")).await;
        assert_eq!((again.status, id_of(&again)), (200, id_of(&first)));
        approve(&console, &approver("ada"), id_of(&first)).await.unwrap();
    }
    assert_eq!(console.github.dispatches(), 1);
}

/// Of eight at once, and two instances, two count; one of them is told that it was the last.
async fn f94_racing_approvals_count_once_each(system: DatabaseSystem) {
    let console = needing(system, "2").await;
    let id = waiting(&console).await;
    let stores = [console.database.another().await, console.database.another().await];
    let race = (0..16).map(|number: usize| {
        let by = Actor::named(["ada", "ben", "cleo", "dan"][number % 4]);
        let (store, approve) = (stores[number % 2].clone(), Approve { id, by, comment: None, at: noon() });
        tokio::spawn(async move { store.approve(&approve).await.unwrap() })
    });
    let outcomes: Vec<_> = join_all(race).await.into_iter().map(Result::unwrap).collect();
    let count = |outcome: ApproveOutcome| outcomes.iter().filter(|one| **one == outcome).count();
    assert_eq!((count(ApproveOutcome::Counted), count(ApproveOutcome::Complete)), (1, 1), "{outcomes:?}");
    assert_eq!(done(&console, id).await.len(), 3);
}

/// Over HTTP: the body may be left out, and what is wrong with it is said.
async fn approval_over_http_is_answered(system: DatabaseSystem) {
    let console = needing(system, "1").await;
    let id = waiting(&console).await;
    let post = async |what: &str, content_type: &str, body: String| {
        let path = format!("/api/internal/deploys/{id}/{what}");
        let mut request = request("POST", &path).body(Body::from(body)).unwrap();
        if !content_type.is_empty() {
            request.headers_mut().insert("content-type", content_type.parse().unwrap());
        }
        console.send(request).await
    };
    let long = json!({ "comment": "x".repeat(501) }).to_string();
    for what in ["approve", "reject"] {
        for (content_type, body, code) in [
            ("application/json", "{".to_owned(), ErrorCode::MalformedBody),
            ("text/plain", "{}".to_owned(), ErrorCode::UnsupportedMediaType),
            ("application/json", long.clone(), ErrorCode::InvalidField),
            ("application/json", "x".repeat(70_000), ErrorCode::BodyTooLarge),
            ("application/json", json!({ "comment": null }).to_string(), ErrorCode::OwnRequest),
            ("", String::new(), ErrorCode::OwnRequest),
        ] {
            assert_problem(&post(what, content_type, body).await, code);
        }
    }
}

on_both!(
    approved_deploy_is_sent,
    f94_each_approver_counts_once,
    only_approvers_there_count,
    other_environments_need_none,
    ambiguous_dispatch_awaits_no_approval,
    repeated_request_is_answered_again,
    f94_racing_approvals_count_once_each,
    approval_over_http_is_answered,
);
