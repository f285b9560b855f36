//! The address of a channel is a secret: anyone who knows it may post there. It is in no log line, no answer, no row
//! and no debug text, after any failure. At TRACE, because that is what people turn on when something is wrong.

use jiff::SignedDuration;
use server::config::{NotifyConfig, WebhookConfig};
use tokio::net::TcpListener;

use super::{
    World,
    channel::{FakeChannel, Mood},
    until_found,
};
use crate::support::{database::usual, log::Log, stub::that_hangs_up_after};

const CANARY: &str = "address-canary";
const SECRET: &str = "secret-canary";

fn config(url: &str) -> NotifyConfig {
    let webhook = WebhookConfig { url: url.into(), secrets: SECRET.parse().unwrap() };
    NotifyConfig { slack: Some(url.into()), webhook: Some(webhook) }
}

/// One deploy ends, and both channels are asked this often each.
async fn told(url: &str) -> (World, String) {
    let config = config(url);
    let mut shown = format!("{config:?}");
    let world = World::new(usual(), &config, 1).await;
    world.failed().await;
    let mut raw = world.test.database.raw().await;
    let mut rows = Vec::new();
    until_found("both were tried, and what became of it is written down", async || {
        rows = raw.read("SELECT last_error FROM outbox WHERE failed_at IS NOT NULL").await;
        rows.len() == 2
    })
    .await;
    shown.push_str(&rows.join(" "));
    for path in ["/", "/api/ui/board", "/deploys"] {
        let answer = world.test.get(path).await;
        shown.push_str(&format!("{:?} {}", answer.headers, answer.text));
    }
    (world, shown)
}

/// No address of a channel is shown, after any failure.
#[tokio::test]
async fn f58_channel_address_is_never_shown() {
    let (log, _guard) = Log::begin();
    let path = format!("/services/{CANARY}?token={CANARY}");
    let channel = FakeChannel::at(&path).await;
    let echo = format!("no such page: {}", channel.url());
    for mood in [
        Mood::Answers(500, Vec::new(), echo.clone()),
        Mood::Answers(404, Vec::new(), echo.clone()),
        Mood::Answers(429, vec![("retry-after", CANARY.to_owned())], echo.clone()),
        Mood::Answers(307, vec![("location", format!("{}/elsewhere", channel.url()))], echo.clone()),
        Mood::Answers(403, vec![("x-echo", channel.url())], "x".repeat(100_000)),
    ] {
        channel.set(mood.clone());
        let (_world, shown) = told(&channel.url()).await;
        assert!(!shown.contains(CANARY) && !shown.contains(SECRET), "{mood:?}: {shown}");
    }
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let nobody = format!("http://{}{path}", listener.local_addr().unwrap());
    drop(listener);
    let (hangs_up, _) = that_hangs_up_after(String::new()).await;
    let (babbles, _) = that_hangs_up_after(format!("HTTP/9 {CANARY}\r\n\r\n")).await;
    let nowhere = format!("http://no-such-host.invalid{path}");
    let urls = [nobody, format!("{hangs_up}{path}"), format!("{babbles}{path}"), nowhere];
    for url in urls {
        let (world, shown) = told(&url).await;
        assert!(!shown.contains(CANARY) && !shown.contains(SECRET), "{url}: {shown}");
        world.test.clock.advance(SignedDuration::from_mins(1));
    }
    // Taken, too: and what is logged then.
    channel.set(Mood::Takes);
    let world = World::new(usual(), &config(&channel.url()), 1).await;
    world.failed().await;
    channel.was_asked(12).await;
    world.all_sent().await;

    let log = log.text();
    assert!(log.contains("message not taken") && log.contains("message given up"), "{log}");
    assert!(log.contains("message taken") && log.contains("TRACE"));
    for canary in [CANARY, SECRET] {
        assert_eq!(log.lines().find(|line| line.contains(canary)), None, "{canary}");
    }
}

/// Takes the 10 s that a channel is given.
#[tokio::test]
async fn f58_channel_address_is_hidden_on_timeout() {
    let (log, _guard) = Log::begin();
    let channel = FakeChannel::at(&format!("/services/{CANARY}")).await;
    channel.set(Mood::Waits);
    let (world, shown) = told(&channel.url()).await;
    assert!(!shown.contains(CANARY), "{shown}");
    let trouble = world.trouble().await;
    assert_eq!(trouble[0].last_error.as_deref(), Some("it did not answer within 10 s"));
    assert_eq!(log.text().lines().find(|line| line.contains(CANARY)), None);
}
