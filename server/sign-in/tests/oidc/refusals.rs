//! Answers and tokens that are not believed.

use jiff::SignedDuration;
use runtime::clock::Clock;
use serde_json::{Value, json};
use sign_in::Answer;

use crate::{
    provider::{CLIENT, SECRET, World, check_words},
    signed::Signing,
};

#[tokio::test]
async fn f89_answer_to_another_attempt_is_refused() {
    let world = World::new().await;
    let (attempt, _) = world.authorized().await.unwrap();
    let (_, foreign) = world.authorized().await.unwrap();
    let error = world.provider.finish(attempt.clone(), foreign).await.unwrap_err();
    check_words(&error);
    assert_eq!(error.code(), "wrong_state");
    let error = world.provider.finish(attempt, Answer::default()).await.unwrap_err();
    assert_eq!(error.code(), "wrong_state");
}

#[tokio::test]
async fn f89_answer_that_comes_late_is_refused() {
    let world = World::new().await;
    let (attempt, answer) = world.authorized().await.unwrap();
    world.clock.advance(SignedDuration::from_mins(11));
    assert_eq!(world.provider.finish(attempt, answer).await.unwrap_err().code(), "attempt_expired");
}

#[tokio::test]
async fn f89_code_is_good_once_and_for_one_browser() {
    let world = World::new().await;
    let (attempt, answer) = world.authorized().await.unwrap();
    world.provider.finish(attempt.clone(), answer.clone()).await.unwrap();
    let error = world.provider.finish(attempt, answer).await.unwrap_err();
    check_words(&error);
    assert_eq!(error.code(), "code_refused");
    let (_, stolen) = world.authorized().await.unwrap();
    let (attempt, mut answer) = world.authorized().await.unwrap();
    answer.code = stolen.code;
    assert_eq!(world.provider.finish(attempt, answer).await.unwrap_err().code(), "code_refused");
}

#[tokio::test]
async fn f89_claims_that_are_not_ours_are_refused() {
    let world = World::new().await;
    let past = world.clock.now().as_second() - 61;
    for (claim, value, code) in [
        ("nonce", json!("another"), "token_nonce"),
        ("nonce", Value::Null, "token_nonce"),
        ("iss", json!("https://evil.example"), "token_issuer"),
        ("aud", json!("another"), "token_audience"),
        ("aud", json!([CLIENT, "another"]), "token_audience"),
        ("aud", Value::Null, "token_audience"),
        ("azp", json!("another"), "token_audience"),
        ("exp", json!(past), "token_expired"),
    ] {
        world.stub().claims.insert(claim.to_owned(), value.clone());
        assert_eq!(world.refused().await, code, "{claim}: {value}");
        world.stub().claims.remove(claim);
    }
    world.sign_in().await.unwrap();
}

#[tokio::test]
async fn f89_signature_has_to_be_the_providers() {
    let world = World::new().await;
    for signing in [
        Signing::Not,
        Signing::Secret(SECRET),
        Signing::Rsa { key: 1, id: "unknown" },
        Signing::Rsa { key: 1, id: "one" },
    ] {
        world.stub().signing = signing.clone();
        assert_eq!(world.refused().await, "token_signature", "{signing:?}");
    }
}

#[tokio::test]
async fn f89_answer_of_another_provider_is_refused() {
    let world = World::new().await;
    world.stub().iss = Some("https://evil.example".to_owned());
    assert_eq!(world.refused().await, "wrong_provider");
    world.stub().metadata.insert("authorization_response_iss_parameter_supported".to_owned(), json!(true));
    world.clock.advance(SignedDuration::from_hours(1));
    world.stub().iss = None;
    assert_eq!(world.refused().await, "wrong_provider", "it says that it names itself, and did not");
    world.stub().iss = Some(world.url.clone());
    world.sign_in().await.unwrap();
}

#[tokio::test]
async fn f89_refusals_say_who_refused() {
    let world = World::new().await;
    for (error, code) in [("access_denied", "refused_by_person"), ("server_error", "refused_by_provider")] {
        let (attempt, answer) = world.authorized().await.unwrap();
        let answer = Answer { error: Some(error.to_owned()), code: None, ..answer };
        let error = world.provider.finish(attempt, answer).await.unwrap_err();
        check_words(&error);
        assert_eq!(error.code(), code);
    }
}
