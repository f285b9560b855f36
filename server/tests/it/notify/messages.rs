//! What is said: by whom it was asked for, how it ended and where, how long it took, and where to read on.

use jiff::{SignedDuration, ToSpan};
use runtime::clock::{Clock, SystemClock};
use serde_json::{Value, json};
use server::config::NotifyConfig;

use super::{
    World,
    channel::{FakeChannel, Mood, Taken},
    to_slack, to_webhook, until,
};
use crate::support::{claim, database::usual, fresh, noon, shape};

/// The first message that the channel took.
async fn first(channel: &FakeChannel) -> Taken {
    channel.was_asked(1).await;
    until("taken", || !channel.taken().is_empty()).await;
    channel.taken().remove(0)
}

/// The texts of the blocks.
fn texts(message: &Value) -> Vec<&str> {
    let blocks = message["blocks"].as_array().unwrap();
    let texts = blocks.iter().flat_map(|block| match block["elements"].as_array() {
        Some(elements) => elements.iter().collect::<Vec<_>>(),
        None => vec![&block["text"]],
    });
    texts
        .map(|text| {
            assert_eq!((&text["type"], &text["verbatim"]), (&json!("mrkdwn"), &json!(true)), "{text}");
            text["text"].as_str().unwrap()
        })
        .collect()
}

/// Slack is told what failed, where, by whom it was asked for, and how long it took.
#[tokio::test]
async fn slack_failure_has_place_person_and_duration() {
    let slack = FakeChannel::new().await;
    let world = World::new(usual(), &to_slack(&slack), 1).await;
    let id = world.test.dispatched("production").await;
    world.test.walk(id, &["smoke_gate_started"]).await;
    world.after(SignedDuration::from_secs(72)).await;
    world.test.walk(id, &["failed"]).await;
    let message = first(&slack).await;
    assert_eq!(message.headers["content-type"], "application/json");
    let message = message.json();
    assert_eq!(message["text"], ":x: Failed in the smoke gate — shop · production · main");
    let run = world.test.deploy(id).await["github_run_url"].as_str().unwrap().to_owned();
    assert_eq!(
        texts(&message),
        [
            "*:x: Failed in the smoke gate*\nshop · production · main".to_owned(),
            format!(
                "Requested by local operator · took 1 min 12 s · ended at 12:01:12 UTC · \
                 <https://console.test/deploys/{id}|Open the deploy> · <{run}|GitHub run>"
            ),
        ]
    );
}

/// Slack is told of a success and of a time-out in other words.
#[tokio::test]
async fn slack_success_and_timeout_differ() {
    let slack = FakeChannel::new().await;
    let world = World::new(usual(), &to_slack(&slack), 1).await;
    let id = world.test.dispatched("staging").await;
    world.test.walk(id, &["building", "deploying", "succeeded"]).await;
    assert_eq!(first(&slack).await.json()["text"], ":white_check_mark: Deployed — shop · staging · main");
    world.test.github.end_run(id, "success");
    let late = world.test.dispatched("staging").await;
    world.test.walk(late, &["building"]).await;
    world.test.github.set_job(late, "deploy", "in_progress", None);
    world.after(SignedDuration::from_hours(6)).await;
    world.test.pass().await;
    // GitHub was asked to cancel its run, and has not confirmed it.
    world.after(SignedDuration::from_mins(3)).await;
    world.test.pass().await;
    until("the second", || slack.taken().len() == 2).await;
    let text = slack.taken()[1].json()["text"].clone();
    assert_eq!(text, ":hourglass: Timed out in the deploy step — shop · staging · main");
}

/// Stored text mentions no person and forges no link.
/// Including text that an earlier build let into the row.
#[tokio::test]
async fn f55_stored_text_cannot_mention_or_link() {
    let slack = FakeChannel::new().await;
    let world = World::new(usual(), &to_slack(&slack), 1).await;
    let id = world.test.dispatched("staging").await;
    let hostile =
        "UPDATE console_deploys SET git_ref = '<!channel> & <https://evil|x>', requested_by = '<@U1>',
                   github_run_url = 'javascript:alert(1)'";
    world.test.database.raw().await.run(hostile).await.unwrap();
    world.test.walk(id, &["failed"]).await;
    let message = first(&slack).await.json();
    let said = message["text"].as_str().unwrap().to_owned() + &texts(&message).join(" ");
    for bad in ["<!", "<@", "<https://evil", "javascript:"] {
        assert!(!said.contains(bad), "{bad} in {said}");
    }
    assert!(said.contains("&lt;!channel&gt; &amp; &lt;https://evil|x&gt;"), "{said}");
}

/// The webhook verifies with the standardwebhooks crate.
/// The oracle verifies by the machine's clock.
#[tokio::test]
async fn webhook_verifies_and_holds_the_deploy() {
    let receiver = FakeChannel::new().await;
    // The new secret first, the old one still: a receiver may know either.
    let secrets = "whsec_YSBzZWNyZXQgb2YgdGhlIHdlYmhvb2s= old-secret";
    let world = World::new(usual(), &to_webhook(&receiver, secrets), 1).await;
    world.after(SystemClock.now().duration_since(noon())).await;
    let id = world.test.dispatched("staging").await;
    let mut body = claim(id, "failed");
    body["log_line"] = "It did not start.".into();
    world.test.callback(id, &fresh(), body.to_string()).await;
    let Taken { headers, body } = first(&receiver).await;

    for secret in [&b"a secret of the webhook"[..], b"old-secret"] {
        let theirs = standardwebhooks::Webhook::from_bytes(secret.to_vec()).unwrap();
        theirs.verify(&body, &headers).unwrap();
        let mut changed = body.to_vec();
        changed[0] = b' ';
        assert!(theirs.verify(&changed, &headers).is_err());
    }
    let other = standardwebhooks::Webhook::from_bytes(b"other".to_vec()).unwrap();
    assert!(other.verify(&body, &headers).is_err());

    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["webhook-id"], format!("{id}_webhook_failed").as_str());
    let body: Value = serde_json::from_slice(&body).unwrap();
    let deploy = world.test.deploy(id).await;
    shape::assert_deploy(&body["data"]);
    assert_eq!(body, json!({ "type": "deploy.failed", "timestamp": deploy["finished_at"], "data": deploy }));
}

/// A repeated webhook has the same id, and a new signature.
#[tokio::test]
async fn repeated_webhook_keeps_id_and_is_resigned() {
    let receiver = FakeChannel::new().await;
    let world = World::new(usual(), &to_webhook(&receiver, "secret"), 1).await;
    receiver.set(Mood::Answers(504, Vec::new(), String::new()));
    world.failed().await;
    receiver.was_asked(1).await;
    world.idle().await;
    receiver.set(Mood::Takes);
    world.after(SignedDuration::from_secs(2)).await;
    let message = first(&receiver).await;
    assert_eq!(message.headers["webhook-timestamp"], (noon() + 2.seconds()).as_second().to_string().as_str());
    assert!(message.headers["webhook-id"].to_str().unwrap().ends_with("_webhook_failed"));
}

/// What a gateway lost is said again as perhaps a repetition, and what was refused is not.
/// A gateway that did not hear Slack's answer does not know whether Slack has it.
#[tokio::test]
async fn gateway_loss_marks_possible_repeat_refusal_not() {
    for (status, is_marked) in [(504, true), (502, true), (500, false), (503, false)] {
        let slack = FakeChannel::new().await;
        let world = World::new(usual(), &to_slack(&slack), 1).await;
        slack.refuse(status);
        world.failed().await;
        slack.was_asked(1).await;
        world.idle().await;
        slack.set(Mood::Takes);
        world.after(SignedDuration::from_secs(2)).await;
        assert_eq!(first(&slack).await.text().contains("may be a repetition"), is_marked, "{status}");
    }
}

#[tokio::test]
async fn board_shows_what_slack_has_not_taken() {
    let slack = FakeChannel::new().await;
    let world = World::new(usual(), &to_slack(&slack), 1).await;
    let page = async || world.test.get("/").await.text;
    let json = async || world.test.get("/api/ui/board").await.json;
    assert!(!page().await.contains("has not taken") && json().await.get("notifications").is_none());
    slack.set(Mood::Answers(404, Vec::new(), "no_service".to_owned()));
    world.after(SignedDuration::from_secs(187)).await;
    world.failed().await;
    slack.was_asked(1).await;
    world.idle().await;
    let page = page().await;
    let line = "Slack has not taken 1 message since 12:03:07 UTC (it answered 404 (no_service)). Deploys are not affected.";
    assert!(page.contains(line), "{page}");
    assert_eq!(
        json().await["notifications"],
        json!([{
            "channel": "Slack",
            "messages": 1,
            "since": "2026-11-22T12:03:07Z",
            "last_error": "it answered 404 (no_service)",
        }])
    );
}

#[tokio::test]
async fn without_channels_nothing_is_written() {
    let world = World::new(usual(), &NotifyConfig::default(), 1).await;
    world.failed().await;
    assert_eq!(world.test.database.count("outbox").await, 0);
}
