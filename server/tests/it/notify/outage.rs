//! A channel that is down, slow, limited or gone: no deploy waits for it, it is not hammered, and it shows.

use app::api::NotificationTrouble;
use jiff::SignedDuration;
use server::config::{DatabaseSystem, NotifyConfig};
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
async fn an_outage_delays_no_deploy(system: DatabaseSystem) {
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

on_both!(an_outage_delays_no_deploy);

/// The waits are half as long as they could be at least: jitter takes no more.
#[tokio::test]
async fn a_channel_that_fails_is_asked_again_after_ever_longer_waits() {
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

#[tokio::test]
async fn while_a_channel_is_down_new_messages_do_not_ask_it_more_often() {
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

#[tokio::test]
async fn retry_after_is_waited_for_whatever_else_there_is_to_send() {
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

/// Gone, forbidden, or not what it takes: asking again would change nothing.
#[tokio::test]
async fn what_slack_never_will_take_is_given_up_at_once_and_shown_until_it_takes_another() {
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

/// Neither is a receiver that says 404 for a while, for instance because it is being moved; but gone is gone.
#[tokio::test]
async fn a_receiver_of_webhooks_is_asked_again_unless_it_says_that_it_is_gone() {
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

#[tokio::test]
async fn after_a_day_it_is_no_news_and_shown_as_not_taken() {
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

/// As when the variable is set again after a week without.
#[tokio::test]
async fn what_lay_for_a_day_before_anybody_could_send_it_is_not_sent() {
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

#[tokio::test]
async fn a_message_that_alone_is_refused_does_not_stand_before_the_others() {
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
async fn each_channel_waits_for_itself_alone() {
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

#[tokio::test]
async fn a_stop_waits_for_what_is_being_sent_and_begins_nothing_new() {
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

/// The database is away when it is to be written down: nothing is sent until it is, and so nothing twice.
#[tokio::test]
async fn what_was_taken_is_written_down_when_the_database_is_back() {
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

#[tokio::test]
async fn where_nobody_listens_is_said_in_words_of_our_own() {
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
