//! Exactly once per deploy and outcome: two instances, an outage, a hundred deploys; and what is known when a
//! process dies in the middle.

use std::collections::BTreeMap;

use app::domain::{DeployId, Source, Status};
use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::json;
use store::{Advanced, CreateOutcome, DatabaseSystem};

use super::{
    Instance, PUBLIC_URL, World,
    channel::{FakeChannel, Mood, Taken},
    to_slack, until,
};
use crate::support::{
    Answer, TestConsole, claim,
    database::on_both,
    fresh, noon,
    sample::{advance as edge, open_request},
};

const DEPLOYS: usize = 100;
const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// A deploy that GitHub has accepted, to an environment of its own.
async fn dispatched(instance: &Instance, number: usize) -> DeployId {
    let request = open_request(&number.to_string(), &format!("e{number}"));
    assert_eq!(instance.store.open(&request).await.unwrap(), CreateOutcome::New);
    let accepted = edge(request.id, Status::Dispatched, Source::Console);
    assert_eq!(instance.store.advance(&accepted).await.unwrap(), Advanced::Moved);
    request.id
}

/// Ends a deploy through one of the instances, in one of the ways there are; answers how.
async fn end(test: &TestConsole, instance: &Instance, number: usize, id: DeployId) -> &'static str {
    let report = async |status: &str| {
        let body = claim(id, status).to_string();
        let request = test.signed(id, &fresh_for(number, status), body.as_bytes()).body(body.into()).unwrap();
        let answer = Answer::of(&instance.router, request).await;
        assert_eq!((answer.status, &answer.json["outcome"]), (200, &json!("applied")), "{answer:?}");
    };
    match number % 3 {
        0 => {
            report("failed").await;
            "Failed"
        }
        1 => {
            for status in ["building", "deploying", "succeeded"] {
                report(status).await;
            }
            "Deployed"
        }
        _ => {
            let late = edge(id, Status::TimedOut, Source::Reconciler);
            assert_eq!(instance.store.advance(&late).await.unwrap(), Advanced::Moved);
            "Timed out"
        }
    }
}

fn fresh_for(number: usize, status: &str) -> String {
    format!("{number} {status} {}", fresh())
}

/// The deploy that a message is about.
fn about(message: &Taken) -> DeployId {
    let text = message.text();
    let (_, rest) = text.split_once(&format!("<{PUBLIC_URL}/deploys/")).unwrap();
    rest.split_once('|').unwrap().0.parse().unwrap()
}

/// Of a hundred deploys in an outage, each is told once.
/// Two instances, Slack down for a minute, a hundred deploys ending: a hundred messages, none twice.
async fn outage_of_hundred_deploys_notifies_each_once(system: DatabaseSystem) {
    let slack = FakeChannel::new().await;
    let world = World::new(system, &to_slack(&slack), 2).await;
    slack.refuse(503);
    let mut ids = Vec::new();
    for number in 0..DEPLOYS {
        ids.push(dispatched(&world.instances[0], number).await);
    }
    let ends = ids.iter().enumerate().map(|(number, id)| {
        // By turns, each way to end by each instance.
        end(&world.test, &world.instances[number / 3 % 2], number, *id)
    });
    let how: BTreeMap<_, _> = ids.iter().copied().zip(join_all(ends).await).collect();
    slack.was_asked(1).await;
    world.idle().await;
    assert_eq!(world.unsent().await, "100", "they ended all the same");
    let trouble = world.trouble().await;
    assert_eq!((trouble[0].messages, trouble[0].since), (100, noon()));

    let mut seconds = 0;
    while slack.taken().len() < DEPLOYS {
        until("idle, or all taken", || world.test.clock.waiting() == 2 || slack.taken().len() == DEPLOYS)
            .await;
        world.test.clock.advance(SECOND);
        seconds += 1;
        match seconds {
            ..60 => assert_eq!(slack.taken().len(), 0),
            60 => slack.set(Mood::Takes),
            _ => assert!(seconds < 300, "it does not recover: {} taken", slack.taken().len()),
        }
    }
    // Time for anything else that might be sent.
    for _ in 0..30 {
        world.after(SignedDuration::from_mins(5)).await;
    }
    world.idle().await;
    let told: Vec<_> = slack.taken();
    assert_eq!((told.len(), world.unsent().await.as_str()), (DEPLOYS, "0"));
    let by_deploy: BTreeMap<_, _> = told.iter().map(|message| (about(message), message.text())).collect();
    assert_eq!(by_deploy.len(), DEPLOYS, "one deploy was told twice, and another not at all");
    for (id, text) in &by_deploy {
        assert!(text.contains(how[id]) && !text.contains("repetition"), "{id} {}: {text}", how[id]);
    }
    assert_eq!(world.trouble().await, []);
    let refused = slack.asked() - told.len();
    assert!((2..=24).contains(&refused), "in a minute of outage it was asked {refused} times");
    for instance in world.instances {
        instance.senders.stop().await;
    }
    assert_eq!(slack.asked(), DEPLOYS + refused);
}

/// A message that may have been sent is sent again, and says so.
/// Slack has it, and the process dies before that is recorded, so the outcome is unknown.
async fn uncertain_message_is_repeated_and_marked(system: DatabaseSystem) {
    let slack = FakeChannel::new().await;
    let mut world = World::new(system, &to_slack(&slack), 1).await;
    slack.set(Mood::TakesInSilence);
    let id = world.failed().await;
    slack.was_asked(1).await;
    // As a crash ends it: dropped in the middle.
    drop(world.instances.remove(0));
    slack.set(Mood::Takes);
    world.add(&to_slack(&slack)).await;
    world.after(SECOND * 59).await;
    world.idle().await;
    assert_eq!(slack.asked(), 1, "its lease has not run out");
    world.after(SECOND).await;
    slack.was_asked(2).await;
    world.idle().await;
    let told = slack.taken();
    assert_eq!(told.iter().map(about).collect::<Vec<_>>(), [id, id]);
    assert!(!told[0].text().contains("repetition") && told[1].text().contains("may be a repetition"));
    world.after(SignedDuration::from_hours(1)).await;
    world.idle().await;
    assert_eq!((slack.asked(), world.unsent().await.as_str()), (2, "0"));
}

/// Killed before Slack was asked, it is said by the next.
async fn unsent_message_is_sent_by_next_instance(system: DatabaseSystem) {
    let slack = FakeChannel::new().await;
    let mut world = World::new(system, &to_slack(&slack), 1).await;
    let instance = world.instances.remove(0);
    instance.senders.stop().await;
    let id = world.failed().await;
    assert_eq!((slack.asked(), world.unsent().await.as_str()), (0, "1"));
    world.add(&to_slack(&slack)).await;
    slack.was_asked(1).await;
    world.idle().await;
    assert_eq!(about(&slack.taken()[0]), id);
    drop(instance.console);
}

/// An instance that ended a deploy and is gone: another one finds its message by time alone.
async fn another_instance_sends_unannounced_messages(system: DatabaseSystem) {
    let slack = FakeChannel::new().await;
    let mut world = World::new(system, &to_slack(&slack), 2).await;
    world.instances.remove(1).senders.stop().await;
    world.idle().await;
    // By the console whose senders have stopped.
    world.failed().await;
    world.after(SignedDuration::from_secs(14)).await;
    world.idle().await;
    assert_eq!(slack.asked(), 0);
    world.after(SECOND).await;
    slack.was_asked(1).await;
}

on_both!(
    outage_of_hundred_deploys_notifies_each_once,
    uncertain_message_is_repeated_and_marked,
    unsent_message_is_sent_by_next_instance,
    another_instance_sends_unannounced_messages,
);
