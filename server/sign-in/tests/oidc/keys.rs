//! Keys that a provider changes.

use jiff::SignedDuration;

use crate::{
    provider::World,
    signed::{Signing, published},
};

#[tokio::test]
async fn f89_rotated_keys_are_read_again_at_once() {
    let world = World::new().await;
    world.sign_in().await.unwrap();
    let before = world.stub().reads_of_keys;
    world.stub().keys = vec![published(0, "one"), published(1, "two")];
    world.stub().signing = Signing::Rsa { key: 1, id: "two" };
    world.sign_in().await.unwrap();
    world.sign_in().await.unwrap();
    assert_eq!(world.stub().reads_of_keys, before + 1);
    world.stub().keys = vec![published(2, "three")];
    world.stub().signing = Signing::Rsa { key: 2, id: "three" };
    assert_eq!(world.refused().await, "token_signature", "they were read a moment ago");
    assert_eq!(world.stub().reads_of_keys, before + 1);
    world.clock.advance(SignedDuration::from_mins(1));
    world.sign_in().await.unwrap();
}

#[tokio::test]
async fn f89_keys_that_are_gone_are_not_believed_for_long() {
    let world = World::new().await;
    world.sign_in().await.unwrap();
    world.stub().keys = vec![published(1, "two")];
    world.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(world.refused().await, "token_signature");
}

#[tokio::test]
async fn metadata_is_kept_for_an_hour() {
    let world = World::new().await;
    for _ in 0..3 {
        world.sign_in().await.unwrap();
    }
    assert_eq!(world.reads(), (1, 1));
    world.clock.advance(SignedDuration::from_hours(1));
    world.sign_in().await.unwrap();
    assert_eq!(world.reads(), (2, 2));
}
