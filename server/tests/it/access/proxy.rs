//! People whom a proxy signs in: its word is taken, and nobody else's.

use axum::body::Body;
use serde_json::json;
use server::access::Peer;

use super::people::{console, nobody, person};
use crate::support::{Answer, TestConsole, request};

const GRANTS: &str = "[[grant]]\nrole = \"admin\"\nto = [\"user:ada\"]\n\
    [[grant]]\nrole = \"deployer\"\nto = [\"group:web\"]\napps = [\"shop\"]\nenvironments = [\"staging\"]\n";

#[tokio::test]
async fn person_is_who_the_proxy_says() {
    let console = console(GRANTS).await;
    let answer = person(&console, "bob", "docs, web").get("/api/internal/me").await;
    assert_eq!(
        answer.json,
        json!({
            "kind": "person", "id": "proxy:bob", "name": "bob", "groups": ["docs", "web"],
            "grants": [{ "role": "deployer", "apps": ["shop"], "environments": ["staging"] }],
        })
    );
    let bob = person(&console, "bob", "web");
    let order = json!({ "app": "shop", "environment": "staging", "git_ref": "main" });
    let deploy = bob.post("/api/internal/deploys", &order).await;
    assert_eq!((deploy.status, &deploy.json["requested_by"]), (201, &json!("bob")), "{deploy:?}");
    let trail = person(&console, "ada", "").get("/api/internal/audit").await;
    assert_eq!(trail.json["entries"][0]["actor"], "proxy:bob");
}

async fn from(console: &TestConsole, peer: &str, headers: &[(&str, &str)]) -> Answer {
    let builder = request("GET", "/api/internal/me").extension(Peer(peer.parse().unwrap()));
    let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
    console.send(builder.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn f92_headers_of_others_are_removed() {
    let console = console(GRANTS).await;
    let ada = ("x-forwarded-user", "ada");
    assert_eq!(from(&console, "127.0.0.2", &[ada]).await.json["name"], "ada");
    for (peer, headers) in [
        ("127.0.0.1", &[ada][..]),
        ("192.0.2.1", &[ada]),
        ("192.0.2.1", &[ada, ("x-forwarded-for", "127.0.0.2")]),
        ("::1", &[ada]),
        // Somebody sent the first.
        ("127.0.0.2", &[ada, ("x-forwarded-user", "bob")]),
        ("127.0.0.2", &[("x-forwarded-user", " ")]),
        ("127.0.0.2", &[("x-forwarded-user", "a\tb")]),
        ("127.0.0.2", &[]),
    ] {
        let answer = from(&console, peer, headers).await;
        assert_eq!(
            (answer.status, &answer.json["code"]),
            (401, &json!("not_signed_in")),
            "{peer} {headers:?}"
        );
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
}

#[tokio::test]
async fn f57_nobody_gets_a_page_to_sign_in() {
    let console = console(GRANTS).await;
    for (path, to) in [
        ("/", "/sign-in"),
        ("/deploys?app=shop&status=failed", "/sign-in?return_to=%2Fdeploys%3Fapp%3Dshop%26status%3Dfailed"),
        ("/no/such/page", "/sign-in?return_to=%2Fno%2Fsuch%2Fpage"),
    ] {
        let answer = nobody(&console).get(path).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some(to)), "{path}");
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(nobody(&console).get(path).await.status, 200, "{path}");
    }
}

/// Who has no grant is known, and that is all.
#[tokio::test]
async fn person_without_a_grant_may_nothing() {
    let console = console(GRANTS).await;
    let eve = person(&console, "eve", "");
    assert_eq!(eve.get("/api/internal/me").await.json["grants"], json!([]));
    assert_eq!(eve.get("/").await.header("location"), Some("/me"));
    let answer = eve.get("/api/internal/deploys").await;
    assert_eq!((answer.status, &answer.json["code"]), (403, &json!("not_allowed")));
    assert_eq!(answer.json["detail"], "It needs the role viewer on an app.");
}

/// Of a proxy with a cookie of its own, a page of another site could make use.
#[tokio::test]
async fn f53_cookie_of_the_proxy_needs_a_page_of_this_console() {
    let console = console(GRANTS).await;
    let post = async |headers: &[(&str, &str)]| {
        let builder = person(&console, "ada", "").request("POST", "/api/internal/deploys");
        let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
        console.send(builder.body(Body::empty()).unwrap()).await.json["code"].clone()
    };
    let cookie = ("cookie", "_oauth2_proxy=x");
    assert_eq!(post(&[]).await, "invalid_idempotency_key", "it was let in");
    assert_eq!(post(&[cookie]).await, "cross_site");
    assert_eq!(post(&[cookie, ("origin", "https://evil.test")]).await, "cross_site");
    assert_eq!(post(&[cookie, ("sec-fetch-site", "cross-site")]).await, "cross_site");
    assert_eq!(post(&[cookie, ("sec-fetch-site", "same-origin")]).await, "invalid_idempotency_key");
    assert_eq!(post(&[cookie, ("origin", "http://console.test")]).await, "invalid_idempotency_key");
}
