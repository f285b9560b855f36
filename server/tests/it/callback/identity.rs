//! Callbacks that GitHub vouches for: which tokens are taken, for which deploys, and what is written of them.

mod keys;
mod properties;
mod run;
mod support;

use app::{api::ErrorCode, domain::DeployId};
use github_fake::Spoiled;
use jiff::SignedDuration;
use runtime::clock::Clock;
use serde_json::{Value, json};

use self::support::{AUDIENCE, Proving, Sent};
use crate::support::{assert_problem, claim, fresh, nobody};

/// Changes what a token says.
type Spoil = fn(&mut Value);

#[tokio::test]
async fn f98_token_of_the_run_moves_its_deploy() {
    let proving = Proving::new().await;
    let id = proving.dispatched("shop").await;
    let answer = proving.report(id, "building").await;
    assert_eq!((answer.status, &answer.json["outcome"]), (200, &json!("applied")), "{answer:?}");
    let (run, token) = (proving.run_of(id), proving.claims(id));
    let proof = json!({ "run_id": run, "run_attempt": 1, "sha": token["sha"] });
    let deploy = proving.console.deploy(id).await;
    let last = deploy["history"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["source"], &last["proved_by"]), (&json!("callback"), &proof));
    let step = deploy["steps"].as_array().unwrap().iter().find(|step| step["key"] == "deploy").unwrap();
    assert_eq!(step["proved_by"], proof);
    assert_eq!(
        deploy["commit"],
        Value::Null,
        "the workflow says what it checked out, and GitHub does not know"
    );
    let first = &deploy["history"].as_array().unwrap()[0];
    assert_eq!(first.get("proved_by"), None, "left out where there is none");
    let journal = proving.console.journal(id).await;
    let entry = journal.iter().find(|entry| entry.payload["status"] == "building").unwrap();
    assert_eq!(entry.payload["proved_by"], proof);
    let page = proving.console.get(&format!("/deploys/{id}")).await.text;
    let words =
        format!("proved by GitHub: run {run}, attempt 1, commit {}", &token["sha"].as_str().unwrap()[..7]);
    assert!(page.contains(&words) && page.contains("proved_by.run_id"), "no {words} on the page");
}

/// Everything that a callback could change.
async fn state_of(proving: &Proving, id: DeployId) -> (Value, usize, i64) {
    let console = &proving.console;
    (
        console.deploy(id).await,
        console.journal(id).await.len(),
        console.database.count("callback_deliveries").await,
    )
}

/// A token that does not prove the workflow of the deploy is refused, and nothing of it is written down.
#[tokio::test]
async fn f98_token_of_something_else_is_refused() {
    let wrong: [(&str, Spoil); 24] = [
        ("of another repository", |token| {
            token["repository"] = "mallory/shop".into();
            token["workflow_ref"] = "mallory/shop/.github/workflows/deploy.yml@refs/heads/main".into();
        }),
        ("of another repository with our workflow", |token| token["repository"] = "mallory/shop".into()),
        ("of our repository with another's workflow", |token| {
            token["workflow_ref"] = "mallory/shop/.github/workflows/deploy.yml@refs/heads/main".into();
        }),
        ("of another workflow", |token| {
            token["workflow_ref"] = "acme/shop/.github/workflows/test.yml@refs/heads/main".into();
        }),
        ("of a workflow that ours calls", |token| {
            token["job_workflow_ref"] = token["workflow_ref"].clone();
            token["workflow_ref"] = "acme/shop/.github/workflows/other.yml@refs/heads/main".into();
        }),
        ("of another ref", |token| {
            token["workflow_ref"] = "acme/shop/.github/workflows/deploy.yml@refs/heads/mine".into();
        }),
        ("of a pull request", |token| {
            token["workflow_ref"] = "acme/shop/.github/workflows/deploy.yml@refs/pull/7/merge".into();
            token["event_name"] = "pull_request".into();
        }),
        ("of a pull request at its target", |token| token["event_name"] = "pull_request_target".into()),
        ("of a push", |token| token["event_name"] = "push".into()),
        ("for another audience", |token| token["aud"] = "https://github.com/acme".into()),
        ("for others as well", |token| token["aud"] = json!([AUDIENCE, "https://other.example"])),
        ("for nobody", |token| token["aud"] = json!([])),
        ("of another issuer", |token| {
            token["iss"] = "https://token.actions.githubusercontent.com".into();
        }),
        ("expired", |token| token["exp"] = (token["iat"].as_i64().unwrap() - 60).into()),
        ("not valid yet", |token| token["nbf"] = (token["iat"].as_i64().unwrap() + 61).into()),
        ("made in the future", |token| token["iat"] = (token["iat"].as_i64().unwrap() + 61).into()),
        ("without an end", |token| drop(token.as_object_mut().unwrap().remove("exp"))),
        ("without a beginning", |token| drop(token.as_object_mut().unwrap().remove("nbf"))),
        ("without a time", |token| drop(token.as_object_mut().unwrap().remove("iat"))),
        ("of no run", |token| token["run_id"] = "0".into()),
        ("of a negative run", |token| token["run_id"] = "-1".into()),
        ("of no attempt", |token| token["run_attempt"] = "x".into()),
        ("with a number for the run", |token| token["run_id"] = 7.into()),
        ("of no commit", |token| token["sha"] = "main".into()),
    ];
    let proving = Proving::new().await;
    let id = proving.dispatched("shop").await;
    let before = state_of(&proving, id).await;
    for (what, spoil) in wrong {
        let mut token = proving.claims(id);
        spoil(&mut token);
        let answer = proving.send(id, Sent::token(proving.console.github.sign_identity(&token))).await;
        assert_eq!(answer.status, 401, "{what}: {answer:?}");
        let problem = assert_problem(&answer, ErrorCode::InvalidIdentity);
        assert!(problem.detail.is_some() && answer.header("www-authenticate") == Some("Bearer"), "{what}");
        assert!(!answer.text.contains("mallory"), "{what}: {answer:?}");
    }
    assert_eq!(state_of(&proving, id).await, before);
    assert_eq!(proving.report(id, "building").await.json["outcome"], "applied");
}

/// A token that GitHub did not sign is refused, whatever it says.
#[tokio::test]
async fn f98_token_that_github_did_not_sign_is_refused() {
    let proving = Proving::new().await;
    let id = proving.dispatched("shop").await;
    let before = state_of(&proving, id).await;
    let claims = proving.claims(id);
    let good = proving.console.github.sign_identity(&claims).unwrap();
    let (head, _, signature) = parts(&good);
    let others = proving.console.github.sign_identity(&json!({ "run_id": "7" })).unwrap();
    let long = format!("{good}{}", "A".repeat(17 * 1024));
    let spoiled = [
        Spoiled::Unsigned,
        Spoiled::BySharedSecret,
        Spoiled::ByStranger("theirs"),
        Spoiled::ByStranger(""),
        Spoiled::ByStrangerAsGitHub,
    ];
    let spoiled = spoiled.map(|how| proving.console.github.spoil_identity(&claims, how).unwrap());
    let made = [
        String::new(),
        "x".to_owned(),
        "a.b.c".to_owned(),
        format!("{head}.{}.{signature}", parts(&others).1),
        format!("{head}.{}.", parts(&good).1),
        format!("{good}."),
        format!("{good}AAAA"),
        long,
    ];
    for token in spoiled.into_iter().chain(made) {
        let answer = proving.send(id, Sent::token(Some(token.clone()))).await;
        assert_eq!(answer.status, 401, "{token}: {answer:?}");
        assert_problem(&answer, ErrorCode::InvalidIdentity);
    }
    assert_eq!(state_of(&proving, id).await, before);
    let answer = proving.send(id, Sent::token(Some(good))).await;
    assert_eq!(answer.json["outcome"], "applied", "{answer:?}");
}

fn parts(token: &str) -> (&str, &str, &str) {
    let mut parts = token.split('.');
    (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap())
}

/// Who has a token of a repository of their own learns nothing: not even which deploys there are.
#[tokio::test]
async fn f98_stranger_is_answered_alike_everywhere() {
    let proving = Proving::new().await;
    let (shop, docs) = (proving.dispatched("shop").await, proving.dispatched("docs").await);
    let mut token = proving.claims(shop);
    token["repository"] = "mallory/own".into();
    token["workflow_ref"] = "mallory/own/.github/workflows/deploy.yml@refs/heads/main".into();
    let stranger = proving.console.github.sign_identity(&token);
    let mut expired = token;
    expired["exp"] = 1.into();
    let expired = proving.console.github.sign_identity(&expired);
    let entries = proving.console.journal(shop).await.len();
    for token in [stranger, expired, Some("garbage".to_owned())] {
        let mut texts = Vec::new();
        for id in [shop, docs, nobody()] {
            let answer = proving.send(id, Sent::token(token.clone())).await;
            assert_problem(&answer, ErrorCode::InvalidIdentity);
            texts.push(answer.text);
        }
        texts.dedup();
        assert_eq!(texts.len(), 1, "the answer tells which deploys there are: {texts:?}");
    }
    assert_eq!(proving.console.journal(shop).await.len(), entries, "nothing of theirs is written down");
    assert_eq!(proving.forged().await, 9);
}

/// What each app takes: a signature, a token, or either; and which of both decides.
#[tokio::test]
async fn f98_each_app_takes_what_it_says() {
    use ErrorCode::{InvalidIdentity, InvalidSignature};
    let proving = Proving::new().await;
    for (app, sent, expected) in [
        ("docs", Sent::SIGNED, Ok(())),
        ("docs", Sent::PROVED, Err(InvalidIdentity)),
        ("docs", Sent::BOTH, Ok(())),
        ("docs", Sent::SIGNED_WITH_GARBAGE, Ok(())),
        ("docs", Sent::FORGED_BUT_PROVED, Err(InvalidSignature)),
        ("docs", Sent::NOTHING, Err(InvalidSignature)),
        ("shop", Sent::SIGNED, Err(InvalidIdentity)),
        ("shop", Sent::FORGED, Err(InvalidSignature)),
        ("shop", Sent::PROVED, Ok(())),
        ("shop", Sent::BOTH, Ok(())),
        ("shop", Sent::SIGNED_WITH_GARBAGE, Err(InvalidIdentity)),
        ("shop", Sent::FORGED_BUT_PROVED, Ok(())),
        ("shop", Sent::NOTHING, Err(InvalidSignature)),
        ("search", Sent::SIGNED, Ok(())),
        ("search", Sent::FORGED, Err(InvalidSignature)),
        ("search", Sent::PROVED, Ok(())),
        ("search", Sent::BOTH, Ok(())),
        ("search", Sent::SIGNED_WITH_GARBAGE, Err(InvalidIdentity)),
        ("search", Sent::NOTHING, Err(InvalidSignature)),
    ] {
        let id = proving.dispatched_anew(app).await;
        let answer = proving.send(id, sent.clone()).await;
        match expected {
            Ok(()) => assert_eq!(answer.json["outcome"], "applied", "{app} {sent:?}: {answer:?}"),
            Err(code) => {
                assert_problem(&answer, code);
                assert_eq!(proving.console.deploy(id).await["status"], "dispatched", "{app} {sent:?}");
            }
        }
    }
}

/// Both headers beside the token are needed, and the rest is decided in the order of the contract.
#[tokio::test]
async fn f98_rest_of_the_message_is_checked_as_ever() {
    let proving = Proving::new().await;
    let id = proving.dispatched("shop").await;
    let other = proving.dispatched("search").await;
    let spoil = async |change: &dyn Fn(&mut axum::http::HeaderMap)| {
        let mut request = proving.request(id, &Sent::PROVED, &claim(id, "building").to_string());
        change(request.headers_mut());
        proving.send_request(request).await
    };
    for name in ["webhook-id", "webhook-timestamp"] {
        let answer = spoil(&|headers| drop(headers.remove(name))).await;
        assert_problem(&answer, ErrorCode::InvalidIdentity);
    }
    let now = proving.console.clock.now().as_second();
    for (seconds, status) in [(-301, 401), (301, 401), (-300, 200)] {
        let answer =
            spoil(&|headers| drop(headers.insert("webhook-timestamp", (now + seconds).into()))).await;
        assert_eq!(answer.status, status, "{seconds} s: {answer:?}");
    }
    let answer = spoil(&|headers| drop(headers.insert("content-type", "text/plain".parse().unwrap()))).await;
    assert_problem(&answer, ErrorCode::UnsupportedMediaType);
    for (body, code) in [
        ("{".to_owned(), ErrorCode::MalformedBody),
        (claim(other, "deploying").to_string(), ErrorCode::InvalidIdentity),
        (claim(id, "rolling_back").to_string(), ErrorCode::NotACallbackStatus),
        (claim(id, "smoke_gate_started").to_string(), ErrorCode::TransitionRefused),
    ] {
        let answer = proving.send_request(proving.request(id, &Sent::PROVED, &body)).await;
        assert_problem(&answer, code);
    }
    let delivery = fresh();
    for (status, outcome) in [("deploying", "applied"), ("deploying", "replayed")] {
        let body = claim(id, status).to_string();
        let request = proving.delivery(id, &Sent::PROVED, &delivery, &body);
        assert_eq!(proving.send_request(request).await.json["outcome"], outcome);
    }
    let reused = proving.delivery(id, &Sent::PROVED, &delivery, &claim(id, "succeeded").to_string());
    assert_problem(&proving.send_request(reused).await, ErrorCode::DeliveryIdReused);
}

/// A token is good for 60 s more than it says, by the console's clock.
#[tokio::test]
async fn f98_token_expires_by_the_consoles_clock() {
    let proving = Proving::new().await;
    let id = proving.dispatched("shop").await;
    let token = proving.token(id);
    proving.console.clock.advance(SignedDuration::from_secs(300 + 60));
    let late = proving.send(id, Sent::token(token.clone())).await;
    assert_problem(&late, ErrorCode::InvalidIdentity);
    proving.console.clock.set(SignedDuration::from_secs(-1));
    assert_eq!(proving.send(id, Sent::token(token)).await.json["outcome"], "applied");
}
