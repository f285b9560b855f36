//! What GitHub refuses, and its words.

use github_fake::{Permission, TokenState};
use reqwest::Method;
use serde_json::json;

use crate::support::{RUNS, Web, order};

#[tokio::test]
async fn dispatches_are_refused_in_githubs_words() {
    let web = Web::new().await;
    let mut at_commit = order("staging");
    at_commit["ref"] = "0".repeat(40).into();
    let mut undeclared = order("staging");
    undeclared["inputs"]["foo"] = "".into();
    web.github.remove_ref("acme/shop", "next");
    let mut unknown = order("staging");
    unknown["ref"] = "next".into();
    for (body, message) in [
        (at_commit, format!("No ref found for: {}", "0".repeat(40))),
        (unknown, "No ref found for: next".to_owned()),
        (undeclared, "Unexpected inputs provided: [\"foo\"]".to_owned()),
        (
            order("moon"),
            "Provided value 'moon' for input 'environment' not in the list of allowed values".to_owned(),
        ),
    ] {
        let answer = web.dispatch(&body).await;
        assert_eq!((answer.status, answer.message()), (422, message.as_str()));
    }
    web.github.disable_workflow("acme/shop", "deploy.yml");
    let answer = web.dispatch(&order("staging")).await;
    let message = "Cannot trigger a 'workflow_dispatch' on a disabled workflow";
    assert_eq!((answer.status, answer.message()), (422, message));
    let workflow = web.get("/actions/workflows/deploy.yml").await;
    assert_eq!(workflow.json["state"], "disabled_manually");
    web.github.write_workflow("acme/shop", "deploy.yml", "on:\n  push:\njobs: {}\n").unwrap();
    web.github.enable_workflow("acme/shop", "deploy.yml");
    let answer = web.dispatch(&order("staging")).await;
    assert_eq!(answer.message(), "Workflow does not have 'workflow_dispatch' trigger");
    assert_eq!(web.github.runs(), 0);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let web = Web::new().await;
    web.github.remove_workflow("acme/shop", "deploy.yml");
    assert_eq!((web.get(RUNS).await.status, web.dispatch(&order("staging")).await.status), (404, 404));
    assert_eq!(web.get("/actions/runs/7").await.status, 404);
    let (unknown, commit) = ("0".repeat(40), web.github.push("acme/shop", "deploy.yml", "staging").1);
    let absent = web.get(&format!("/commits/{unknown}")).await;
    assert_eq!((absent.status, absent.message()), (422, &*format!("No commit found for SHA: {unknown}")));
    assert_eq!(web.get(&format!("/compare/{commit}...{unknown}")).await.status, 404);
    web.github.remove_repo("acme/shop");
    let answer = web.get("").await;
    assert_eq!((answer.status, answer.message()), (404, "Not Found"));
}

#[tokio::test]
async fn tokens_are_checked() {
    let web = Web::new().await;
    let without = web.send(web.ask_as("", Method::GET, RUNS)).await;
    assert_eq!((without.status, without.message()), (401, "Bad credentials"));
    web.github.set_token(TokenState::Revoked);
    assert_eq!(web.get(RUNS).await.status, 401);
    web.github.set_token(TokenState::Without(Permission::WriteActions));
    let refused = web.dispatch(&order("staging")).await;
    assert_eq!(
        (refused.status, refused.message(), refused.header("x-accepted-github-permissions")),
        (403, "Resource not accessible by personal access token", "actions=write")
    );
    assert_eq!(web.get(RUNS).await.status, 200, "it may still read");
    web.github.set_token(TokenState::WithoutSingleSignOn);
    let refused = web.get(RUNS).await;
    assert_eq!((refused.status, refused.header("x-github-sso").starts_with("required; url=")), (403, true));
}

#[tokio::test]
async fn renamed_repository_is_pointed_at() {
    let web = Web::new().await;
    let (_, run) = web.run("staging").await;
    web.github.rename_repo("acme/shop", "acme/store");
    let read = web.get(&format!("/actions/runs/{run}")).await;
    let written = web.dispatch(&order("staging")).await;
    assert_eq!((read.status, written.status), (301, 307));
    assert_eq!(read.json["url"], read.header("location"));
    let number = read.header("location").rsplit("/repositories/").next().unwrap().to_owned();
    let number = number.split('/').next().unwrap().to_owned();
    let url = format!("{}/repositories/{number}", web.github.url());
    let there =
        web.send(reqwest::Client::new().get(url).bearer_auth("x").header("user-agent", "tests")).await;
    assert_eq!(there.json["full_name"], "acme/store");
}

#[tokio::test]
async fn requests_are_counted_and_limited() {
    let web = Web::new().await;
    let first = web.get(RUNS).await;
    let etag = first.header("etag").to_owned();
    assert!(etag.starts_with("W/\""), "{etag}");
    assert_eq!((first.header("x-ratelimit-limit"), first.header("x-ratelimit-remaining")), ("5000", "4999"));
    let again = web.send(web.ask(Method::GET, RUNS).header("if-none-match", &etag)).await;
    assert_eq!((again.status, again.header("x-ratelimit-remaining")), (304, "4999"));
    assert_eq!(web.github.counted_requests(), 1);
    web.github.set_rate_limit(1);
    let refused = web.get(RUNS).await;
    assert_eq!((refused.status, refused.header("x-ratelimit-remaining")), (403, "0"));
    assert!(refused.message().starts_with("API rate limit exceeded"));
}

#[tokio::test]
async fn requests_have_to_be_documented_ones() {
    let web = Web::new().await;
    let version = web.send(web.ask(Method::GET, RUNS).header("x-github-api-version", "2030-01-01")).await;
    assert_eq!(version.status, 400);
    let nobody = web.send(web.ask(Method::GET, RUNS).header("user-agent", "")).await;
    assert_eq!(nobody.status, 403);
    let mut many = order("staging");
    many["inputs"] = (0..30).map(|number| (format!("i{number}"), json!(""))).collect();
    let request = web.ask(Method::POST, crate::support::DISPATCHES).json(&many).send().await.unwrap();
    assert_eq!(request.status(), 422);
}
