//! Who signed in.

use jiff::SignedDuration;
use serde_json::{Value, json};
use sign_in::{Person, SignInError};

use crate::{
    provider::{World, object},
    signed::{Signing, published, published_curve},
};

#[tokio::test]
async fn person_is_as_the_token_says() {
    let world = World::new().await;
    let person = world.sign_in().await.unwrap();
    let ada = Person { id: "oidc:s-1".to_owned(), name: "ada".to_owned(), groups: vec!["ops".to_owned()] };
    assert_eq!(person, ada);
    assert_eq!(world.provider.label(), "127.0.0.1");
}

#[tokio::test]
async fn f90_groups_are_those_of_this_sign_in() {
    let world = World::new().await;
    assert_eq!(world.sign_in().await.unwrap().groups, ["ops"]);
    world.stub().claims.insert("groups".to_owned(), json!(["dev", "dev"]));
    assert_eq!(world.sign_in().await.unwrap().groups, ["dev"]);
    world.stub().claims.insert("groups".to_owned(), json!([]));
    assert!(world.sign_in().await.unwrap().groups.is_empty());
}

#[tokio::test]
async fn f90_userinfo_says_what_the_token_does_not() {
    let world = World::new().await;
    world.stub().claims = object(json!({}));
    world.stub().user_info = Some(json!({ "sub": "s-1", "preferred_username": "ada", "groups": ["ops"] }));
    let person = world.sign_in().await.unwrap();
    assert_eq!((person.name.as_str(), person.groups), ("ada", vec!["ops".to_owned()]));
    world.stub().user_info = Some(json!({ "sub": "s-1", "groups": "one" }));
    let person = world.sign_in().await.unwrap();
    assert_eq!((person.name.as_str(), person.groups), ("s-1", vec!["one".to_owned()]));
    world.stub().metadata.insert("userinfo_endpoint".to_owned(), Value::Null);
    world.clock.advance(SignedDuration::from_hours(1));
    assert!(world.sign_in().await.unwrap().groups.is_empty());
}

#[tokio::test]
async fn f89_userinfo_of_somebody_else_is_not_believed() {
    let world = World::new().await;
    world.stub().claims = object(json!({}));
    world.stub().user_info = Some(json!({ "sub": "s-2", "groups": ["ops"] }));
    assert_eq!(world.refused().await, "token_malformed");
    world.stub().user_info = None;
    assert_eq!(world.refused().await, "provider_unusable", "nobody gets in without their groups");
}

#[tokio::test]
async fn names_that_cannot_be_used_are_left_out() {
    let world = World::new().await;
    world.stub().claims.insert("preferred_username".to_owned(), json!("a\u{202e}b"));
    assert_eq!(world.sign_in().await.unwrap().name, "s-1");
    world.stub().claims.insert("sub".to_owned(), json!("s\n1"));
    assert_eq!(world.sign_in().await, Err(SignInError::NoName));
}

#[tokio::test]
async fn providers_differ_in_how_they_sign_and_are_told_the_secret() {
    let world = World::new().await;
    {
        let mut stub = world.stub();
        let methods = json!(["client_secret_post", "private_key_jwt"]);
        stub.metadata.insert("token_endpoint_auth_methods_supported".to_owned(), methods);
        stub.metadata.insert("id_token_signing_alg_values_supported".to_owned(), json!(["ES256"]));
        (stub.is_told_in_body, stub.keys, stub.signing) = (true, vec![published_curve()], Signing::Curve);
    }
    world.sign_in().await.unwrap();
    world.stub().keys.push(published(0, "one"));
    world.stub().signing = Signing::Rsa { key: 0, id: "one" };
    assert_eq!(world.refused().await, "token_signature", "it says that it signs in another way");
    world.stub().is_told_in_body = false;
    assert_eq!(world.refused().await, "client_refused");
}
