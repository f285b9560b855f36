//! The keys of the issuer: when they are read, and what happens while they cannot be.

use app::{api::ErrorCode, domain::DeployId};
use futures::future::join_all;
use github_fake::Spoiled;
use jiff::SignedDuration;
use serde_json::json;

use super::support::{Proving, Sent};
use crate::support::{
    assert_problem,
    stub::{Stub, reply},
};

/// A token by a key of this name, which the issuer never had.
fn stranger(proving: &Proving, id: DeployId, name: &str) -> Sent {
    let claims = proving.claims(id);
    Sent::token(proving.console.github.spoil_identity(&claims, Spoiled::ByStranger(name)))
}

fn wait(proving: &Proving, seconds: i64) {
    proving.console.clock.advance(SignedDuration::from_secs(seconds));
}

async fn accepted(proving: &Proving, id: DeployId) -> bool {
    proving.send(id, Sent::PROVED).await.status == 200
}

#[tokio::test]
async fn f98_new_key_is_read_once_and_counts() {
    let proving = Proving::new().await;
    let github = &proving.console.github;
    let id = proving.dispatched("shop").await;
    assert!(accepted(&proving, id).await && accepted(&proving, id).await);
    assert_eq!(github.identity_reads(), 1);
    let of_old = proving.token(id);
    github.rotate_identity_keys(true);
    assert!(accepted(&proving, id).await);
    assert_eq!(github.identity_reads(), 2);
    assert_eq!(proving.send(id, Sent::token(of_old)).await.status, 200, "it is still published");
    assert_eq!(github.identity_reads(), 2);
}

#[tokio::test]
async fn f98_key_that_is_gone_counts_no_more() {
    let proving = Proving::new().await;
    let github = &proving.console.github;
    let id = proving.dispatched("shop").await;
    assert!(accepted(&proving, id).await);
    let of_old = proving.token(id);
    github.rotate_identity_keys(false);
    assert!(accepted(&proving, id).await);
    assert_problem(&proving.send(id, Sent::token(of_old)).await, ErrorCode::InvalidIdentity);

    // Without a word of a new key, the one that is gone counts for an hour.
    let old_claims = proving.claims(id);
    let old = github.sign_identity(&old_claims);
    github.rotate_identity_keys(false);
    wait(&proving, 200);
    assert_eq!(proving.send(id, Sent::token(old)).await.status, 200);
    let reads = github.identity_reads();
    wait(&proving, 3_600);
    assert!(accepted(&proving, id).await);
    assert_eq!(github.identity_reads(), reads + 1, "after an hour they are read again");
}

/// Strangers can make up names of keys: the issuer is asked once a minute, however many come at once.
#[tokio::test]
async fn f98_unknown_keys_cost_one_read_a_minute() {
    let proving = Proving::new().await;
    let github = &proving.console.github;
    let id = proving.dispatched("shop").await;
    assert!(accepted(&proving, id).await);
    let burst = async || {
        let tokens: Vec<_> = (0..4).map(|key| stranger(&proving, id, &format!("key-{key}"))).collect();
        let sent = (0..100).map(|number| proving.send(id, tokens[number % tokens.len()].clone()));
        for answer in join_all(sent).await {
            assert_problem(&answer, ErrorCode::InvalidIdentity);
        }
    };
    burst().await;
    assert_eq!(github.identity_reads(), 2);
    wait(&proving, 59);
    burst().await;
    assert_eq!(github.identity_reads(), 2);
    assert!(accepted(&proving, id).await, "who has a key that is known does not notice");
    wait(&proving, 1);
    burst().await;
    assert_eq!(github.identity_reads(), 3);
}

/// Many workflows may report at once to a console that was just started.
#[tokio::test]
async fn f98_keys_are_read_once_for_all_who_wait() {
    let proving = Proving::new().await;
    let id = proving.dispatched("shop").await;
    let answers = join_all((0..20).map(|_| proving.send(id, Sent::PROVED))).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert_eq!(proving.console.github.identity_reads(), 1);
}

/// Without keys nothing is accepted, and nothing is refused for good: the workflow tries again.
#[tokio::test]
async fn f98_issuer_that_is_away_is_waited_for() {
    let proving = Proving::new().await;
    let id = proving.dispatched("shop").await;
    let before = proving.console.deploy(id).await;
    proving.console.github.take_identity_away(true);
    for _ in 0..2 {
        let answer = proving.send(id, Sent::PROVED).await;
        assert_problem(&answer, ErrorCode::IdentityUnavailable);
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("10")));
    }
    assert_eq!(proving.console.deploy(id).await, before);
    assert_eq!(proving.forged().await, 0);
    proving.console.github.take_identity_away(false);
    wait(&proving, 9);
    assert_eq!(proving.send(id, Sent::PROVED).await.status, 503, "it is asked every ten seconds");
    wait(&proving, 1);
    assert_eq!(proving.send(id, Sent::PROVED).await.json["outcome"], "applied");
}

/// Keys that were read go on to count for a day while the issuer is away; a key that is new then may be good.
#[tokio::test]
async fn f98_known_keys_outlast_an_issuer_that_is_away() {
    let proving = Proving::new().await;
    let github = &proving.console.github;
    let id = proving.dispatched("shop").await;
    assert!(accepted(&proving, id).await);
    github.take_identity_away(true);
    wait(&proving, 23 * 3_600);
    assert!(accepted(&proving, id).await);
    let answer = proving.send(id, stranger(&proving, id, "new")).await;
    assert_problem(&answer, ErrorCode::IdentityUnavailable);
    wait(&proving, 3_600);
    assert_problem(&proving.send(id, Sent::PROVED).await, ErrorCode::IdentityUnavailable);
    github.take_identity_away(false);
    wait(&proving, 10);
    assert!(accepted(&proving, id).await);
}

/// A client that hangs up does not keep the keys from being read.
#[tokio::test]
async fn f98_keys_are_read_also_if_the_client_has_gone() {
    let mut proving = Proving::new().await;
    let id = proving.dispatched("shop").await;
    let issuer = Stub::closed([]).await;
    proving.facing(&issuer.url());
    let mut claims = proving.claims(id);
    claims["iss"] = issuer.url().into();
    let token = proving.console.github.sign_identity(&claims);
    issuer.answer_next([discovery(&issuer.url(), &issuer.url()), reply(200, keys(&proving).await)]);
    let gone = proving.send(id, Sent::token(token.clone()));
    tokio::select! {
        answer = gone => panic!("{answer:?}"),
        () = issuer.arrived() => {}
    }
    issuer.let_one_through();
    issuer.arrived().await;
    issuer.let_one_through();
    assert_eq!(proving.send(id, Sent::token(token)).await.status, 200);
    assert_eq!(issuer.asked().len(), 2);
}

fn discovery(issuer: &str, keys_at: &str) -> axum::http::Response<axum::body::Body> {
    reply(200, json!({ "issuer": issuer, "jwks_uri": format!("{keys_at}/keys") }).to_string())
}

/// The keys as the simulated GitHub publishes them.
async fn keys(proving: &Proving) -> String {
    let address = format!("{}/.well-known/jwks", proving.console.github.identity_issuer());
    reqwest::get(address).await.unwrap().text().await.unwrap()
}

/// An answer that is not of an issuer gives no keys, and leads nowhere else.
#[tokio::test]
async fn f98_strange_issuers_give_no_keys() {
    let mut proving = Proving::new().await;
    let id = proving.dispatched("shop").await;
    let keys = keys(&proving).await;
    let elsewhere = Stub::start([reply(200, keys.clone())]).await;
    let redirect = |to: &str| {
        axum::http::Response::builder().status(302).header("location", to).body("".into()).unwrap()
    };
    type Script<'a> = (&'a str, &'a dyn Fn(&str) -> Vec<axum::http::Response<axum::body::Body>>);
    let scripts: [Script<'_>; 8] = [
        ("another issuer", &|_| vec![discovery("https://other.example", "https://other.example")]),
        ("keys at another host", &|url| vec![discovery(url, &elsewhere.url())]),
        ("a redirect", &|_| vec![redirect(&elsewhere.url())]),
        ("keys behind a redirect", &|url| vec![discovery(url, url), redirect(&elsewhere.url())]),
        ("no keys", &|url| vec![discovery(url, url), reply(200, "{\"keys\":[]}")]),
        ("no JSON", &|_| vec![reply(200, "<h1>It works</h1>")]),
        ("too much", &|url| {
            vec![discovery(url, url), reply(200, format!("{keys}{}", " ".repeat(300 * 1024)))]
        }),
        ("an error", &|url| vec![discovery(url, url), reply(404, keys.clone())]),
    ];
    for (what, answers) in scripts {
        let issuer = Stub::start([]).await;
        issuer.answer_next(answers(&issuer.url()));
        proving.facing(&issuer.url());
        let mut claims = proving.claims(id);
        claims["iss"] = issuer.url().into();
        let token = proving.console.github.sign_identity(&claims);
        let answer = proving.send(id, Sent::token(token)).await;
        assert_eq!(answer.json["code"], "identity_unavailable", "{what}: {answer:?}");
    }
    assert!(elsewhere.asked().is_empty());
}
