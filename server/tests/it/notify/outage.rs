//! A channel that is down, slow, limited or gone: no deploy waits for it, it is not hammered, and it shows.

use app::api::NotificationTrouble;
use jiff::SignedDuration;
use server::config::NotifyConfig;
use store::DatabaseSystem;
use tokio::net::TcpListener;

use super::{
    World,
    channel::{FakeChannel, Mood},
    to_slack, to_webhook, until,
};
use crate::support::{database::on_both, noon};

const SECOND: SignedDuration = SignedDuration::from_secs(1);

async fn world(slack: &FakeChannel) -> World {
    World::new(crate::support::database::usual(), &to_slack(slack), 1).await
}

/// Slack is asked, and does not answer: meanwhile deploys begin and end as if it were not there.
async fn outage_delays_no_deploy(system: DatabaseSystem) {
    let slack = FakeChannel::new().await;
    let world = World::new(system, &to_slack(&slack), 1).await;
    slack.set(Mood::Waits);
    world.failed().await;
    slack.was_asked(1).await;
    for status in ["failed", "building"] {
        let id = world.test.dispatched("staging").await;
        world.test.walk(id, &[status]).await;
        assert_eq!(world.test.deploy(id).await["status"], status);
    }
    assert_eq!((slack.taken().len(), slack.asked()), (0, 1), "it still has not answered");
    slack.set(Mood::Takes);
    until("both", || slack.taken().len() == 2).await;
}

on_both!(outage_delays_no_deploy);

/// The waits are half as long as they could be at least: jitter takes no more.
#[tokio::test]
async fn failing_channel_is_retried_with_growing_waits() {
    let slack = FakeChannel::new().await;
    let world = world(&slack).await;
    slack.refuse(500);
    world.failed().await;
    for (times, longest) in [(1, 2), (2, 4), (3, 8), (4, 16), (5, 32)] {
        slack.was_asked(times).await;
        let longest = SignedDuration::from_secs(longest);
        world.after(longest / 2 - SignedDuration::from_millis(1)).await;
        world.idle().await;
        assert_eq!(slack.asked(), times, "too early");
        world.after(longest / 2 + SignedDuration::from_millis(1)).await;
    }
    slack.was_asked(6).await;
}

/// While a channel is down, new messages do not ask it more often.
#[tokio::test]
async fn new_messages_do_not_speed_up_retries() {
    let slack = FakeChannel::new().await;
    let world = world(&slack).await;
    slack.refuse(500);
    world.failed().await;
    slack.was_asked(1).await;
    world.idle().await;
    for _ in 0..5 {
        world.failed().await;
    }
    // The shortest that it may be held.
    world.after(SECOND - SignedDuration::from_millis(1)).await;
    world.idle().await;
    assert_eq!((slack.asked(), world.trouble().await[0].messages), (1, 6));
    slack.set(Mood::Takes);
    world.after(SECOND * 4).await;
    until("all of them", || slack.taken().len() == 6).await;
}

/// Retry-After is waited for, even if other messages are due.
#[tokio::test]
async fn retry_after_is_always_obeyed() {
    let slack = FakeChannel::new().await;
    let world = world(&slack).await;
    slack.set(Mood::Answers(429, vec![("retry-after", "30".to_owned())], String::new()));
    world.failed().await;
    slack.was_asked(1).await;
    slack.set(Mood::Takes);
    world.idle().await;
    world.failed().await;
    world.after(SECOND * 30 - SignedDuration::from_millis(1)).await;
    world.idle().await;
    assert_eq!(slack.asked(), 1);
    world.after(SignedDuration::from_millis(1)).await;
    until("both", || slack.taken().len() == 2).await;
    assert_eq!(slack.asked(), 3);
}

/// What Slack never will take is given up at once, and shown until it takes another.
/// Gone, forbidden, or not what it takes: asking again would change nothing.
#[tokio::test]
async fn permanent_slack_refusal_is_given_up() {
    for (status, said, shown) in [
        (400, "invalid_payload", "it answered 400 (invalid_payload)"),
        (403, "action_prohibited", "it answered 403 (action_prohibited)"),
        (404, "no_service", "it answered 404 (no_service)"),
        (410, "channel_is_archived", "it answered 410 (channel_is_archived)"),
        (302, "elsewhere", "it answered 302"),
    ] {
        let slack = FakeChannel::new().await;
        let world = world(&slack).await;
        let location = vec![("location", slack.url())];
        slack.set(Mood::Answers(status, location, said.to_owned()));
        world.failed().await;
        slack.was_asked(1).await;
        for _ in 0..3 {
            world.after(SignedDuration::from_hours(23)).await;
        }
        world.idle().await;
        assert_eq!(slack.asked(), 1, "{status}");
        let trouble = NotificationTrouble {
            channel: "Slack".to_owned(),
            messages: 1,
            since: noon(),
            last_error: Some(shown.to_owned()),
        };
        assert_eq!(world.trouble().await, [trouble]);
        slack.set(Mood::Takes);
        world.failed().await;
        until("taken", || slack.taken().len() == 1).await;
        world.idle().await;
        assert_eq!(world.trouble().await, [], "{status}");
    }
}

/// A receiver of webhooks is asked again, unless it says that it is gone.
/// Neither is a receiver that says 404 for a while, for instance because it is being moved; but gone is gone.
#[tokio::test]
async fn webhook_receiver_is_retried_unless_gone() {
    let receiver = FakeChannel::new().await;
    let world = World::new(DatabaseSystem::Sqlite, &to_webhook(&receiver, "secret"), 1).await;
    receiver.refuse(404);
    world.failed().await;
    receiver.was_asked(1).await;
    world.idle().await;
    assert_eq!(world.trouble().await[0].channel, "The webhook");
    receiver.refuse(410);
    world.after(SECOND * 2).await;
    receiver.was_asked(2).await;
    world.after(SignedDuration::from_hours(1)).await;
    world.idle().await;
    assert_eq!(receiver.asked(), 2);
}

/// After a day it is no news, and shown as not taken.
#[tokio::test]
async fn message_is_given_up_after_a_day() {
    let slack = FakeChannel::new().await;
    let world = world(&slack).await;
    slack.refuse(500);
    world.failed().await;
    for _ in 0..24 * 60 {
        world.after(SignedDuration::from_mins(1)).await;
    }
    world.idle().await;
    let asked = slack.asked();
    assert!((280..=620).contains(&asked), "in a day it was asked {asked} times");
    assert_eq!(world.trouble().await[0].last_error.as_deref(), Some("it answered 500"));
    slack.set(Mood::Takes);
    world.after(SignedDuration::from_hours(1)).await;
    world.idle().await;
    assert_eq!((slack.asked(), world.trouble().await[0].messages), (asked, 1));
}

/// What lay for a day before any instance could send it is not sent.
/// As when the variable is set again after a week without.
#[tokio::test]
async fn day_old_message_is_not_sent() {
    let slack = FakeChannel::new().await;
    let mut world = world(&slack).await;
    world.instances.remove(0).senders.stop().await;
    world.failed().await;
    world.test.clock.advance(SignedDuration::from_hours(24));
    world.add(&to_slack(&slack)).await;
    world.idle().await;
    world.after(SignedDuration::from_mins(1)).await;
    world.idle().await;
    assert_eq!(slack.asked(), 0);
    assert_eq!(world.trouble().await[0].last_error.as_deref(), Some("it was not asked within 24 h"));
}

/// A message that alone is refused does not stand before the others.
#[tokio::test]
async fn refused_message_does_not_block_others() {
    let slack = FakeChannel::new().await;
    let world = world(&slack).await;
    slack.set(Mood::TakesAllBut("production".to_owned()));
    let poison = world.test.dispatched("production").await;
    world.test.walk(poison, &["failed"]).await;
    slack.was_asked(1).await;
    for taken in 1..6 {
        // Meanwhile it is refused again.
        for _ in 0..8 {
            world.after(SECOND).await;
        }
        world.idle().await;
        world.failed().await;
        // It may stand before it three times, for 2 s each, until it waits longer than it holds the channel.
        for _ in 0..7 {
            world.after(SECOND).await;
        }
        until("the other one", || slack.taken().len() == taken).await;
    }
    assert!(slack.asked() > 5 + 3, "it was tried again");
    assert_eq!(world.trouble().await[0].messages, 1);
}

/// One channel hangs, the other does not notice.
#[tokio::test]
async fn each_channel_waits_for_itself() {
    let (slack, receiver) = (FakeChannel::new().await, FakeChannel::new().await);
    let config = NotifyConfig { slack: to_slack(&slack).slack, ..to_webhook(&receiver, "secret") };
    let world = World::new(DatabaseSystem::Sqlite, &config, 1).await;
    receiver.set(Mood::Waits);
    world.failed().await;
    receiver.was_asked(1).await;
    world.failed().await;
    until("both to Slack", || slack.taken().len() == 2).await;
    assert_eq!((receiver.taken().len(), receiver.asked()), (0, 1));
}

/// A stop waits for what is being sent, and begins nothing new.
#[tokio::test]
async fn stop_finishes_sending_and_starts_nothing() {
    let slack = FakeChannel::new().await;
    let mut world = world(&slack).await;
    slack.set(Mood::Waits);
    world.failed().await;
    slack.was_asked(1).await;
    world.failed().await;
    let senders = world.instances.remove(0).senders;
    let stopped = tokio::spawn(async move { senders.stop().await });
    tokio::task::yield_now().await;
    assert!(!stopped.is_finished());
    slack.set(Mood::Takes);
    stopped.await.unwrap();
    assert_eq!((slack.taken().len(), slack.asked(), world.unsent().await.as_str()), (1, 1, "1"));
}

/// What was taken is written down when the database is back.
/// The database is away when the result has to be recorded: nothing is sent until it is, and so nothing twice.
#[tokio::test]
async fn delivery_is_recorded_when_database_returns() {
    let slack = FakeChannel::new().await;
    let world = World::new(DatabaseSystem::Sqlite, &to_slack(&slack), 1).await;
    slack.set(Mood::Waits);
    world.failed().await;
    slack.was_asked(1).await;
    let mut raw = world.test.database.raw().await;
    let trap = "CREATE TRIGGER refuse BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'refused'); END";
    raw.run(trap).await.unwrap();
    slack.set(Mood::Takes);
    // Well past the lease.
    for _ in 0..200 {
        world.after(SECOND).await;
    }
    world.idle().await;
    assert_eq!((slack.asked(), world.unsent().await.as_str()), (1, "1"));
    raw.run("DROP TRIGGER refuse").await.unwrap();
    world.after(SECOND * 5).await;
    world.all_sent().await;
    assert_eq!(slack.asked(), 1);
}

/// Where no server listens, that is said in words of our own.
#[tokio::test]
async fn unreachable_channel_is_explained_in_own_words() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/services/canary", listener.local_addr().unwrap());
    drop(listener);
    let config = NotifyConfig { slack: Some(url.into()), webhook: None };
    let world = World::new(DatabaseSystem::Sqlite, &config, 1).await;
    world.failed().await;
    for _ in 0..3 {
        world.after(SECOND * 60).await;
    }
    world.idle().await;
    assert_eq!(world.trouble().await[0].last_error.as_deref(), Some("it could not be reached"));
}
