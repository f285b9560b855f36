//! Providers that are away, or that are none.

use std::sync::Arc;

use jiff::SignedDuration;
use runtime::clock::ManualClock;
use serde_json::json;

use crate::provider::{Trouble, World, check_words, provider_at};

#[tokio::test]
async fn f89_provider_that_is_away_is_said_to_be() {
    let world = World::new().await;
    for (trouble, code) in [
        (Trouble::Status(503), "provider_away"),
        (Trouble::Status(429), "provider_away"),
        (Trouble::Huge, "provider_away"),
        (Trouble::NotJson, "provider_unusable"),
        (Trouble::Status(404), "provider_unusable"),
        (Trouble::Redirect("http://127.0.0.1:9/".to_owned()), "provider_unusable"),
    ] {
        world.stub().trouble = Some(trouble.clone());
        assert_eq!(world.refused().await, code, "{trouble:?}");
        world.clock.advance(SignedDuration::from_secs(5));
    }
    world.stub().trouble = None;
    world.sign_in().await.unwrap();
}

#[tokio::test]
async fn f89_provider_may_go_away_in_between() {
    let world = World::new().await;
    for (trouble, code) in [(Trouble::Status(503), "provider_away"), (Trouble::NotJson, "provider_unusable")]
    {
        let (attempt, answer) = world.authorized().await.unwrap();
        world.stub().trouble = Some(trouble);
        let error = world.provider.finish(attempt, answer).await.unwrap_err();
        check_words(&error);
        assert_eq!(error.code(), code);
        world.stub().trouble = None;
    }
}

#[tokio::test]
async fn f89_provider_that_does_not_answer_keeps_nothing_from_starting() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let clock = Arc::new(ManualClock::at("2026-11-29T12:00:00Z".parse().unwrap()));
    let provider = provider_at(&format!("http://{free}"), clock);
    let error = provider.begin().await.unwrap_err();
    check_words(&error);
    assert_eq!(error.code(), "provider_away");
}

#[tokio::test]
async fn provider_that_is_away_is_not_asked_by_everybody() {
    let world = World::new().await;
    world.stub().trouble = Some(Trouble::Status(503));
    for _ in 0..3 {
        assert_eq!(world.refused().await, "provider_away");
    }
    assert_eq!(world.stub().reads_of_metadata, 1);
}

#[tokio::test]
async fn f89_metadata_of_another_issuer_is_not_believed() {
    let world = World::new().await;
    world.stub().metadata.insert("issuer".to_owned(), json!("https://evil.example"));
    assert_eq!(world.refused().await, "provider_unusable");
}

#[tokio::test]
async fn f89_endpoints_in_the_clear_are_not_used() {
    for endpoint in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        let world = World::new().await;
        world.stub().metadata.insert(endpoint.to_owned(), json!("http://evil.example/"));
        let code = match world.provider.begin().await {
            Err(error) => error.code(),
            Ok(_) => world.refused().await,
        };
        assert_eq!(code, "provider_unusable", "{endpoint}");
    }
}
