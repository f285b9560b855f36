//! Telling that deploys ended: real senders over a real database and HTTP, to a channel that can be made to fail,
//! by a clock that the test sets.

mod approvals;
mod channel;
mod exactly_once;
mod messages;
mod outage;
mod outbox;
mod process;
mod secrets;

use std::{sync::Arc, time::Duration};

use app::{
    api::{Board, BoardApi, NotificationTrouble},
    domain::DeployId,
};
use axum::Router;
use jiff::SignedDuration;
use runtime::{
    fail_point::FailPoint,
    supervisor::{Group, Supervisor},
};
use server::{
    config::{Apps, NotifyConfig, WebhookConfig},
    service::Console,
    tasks::notify::{self, Notifier},
};
use store::{DatabaseSystem, Store};
use tokio::time::{interval, timeout};

use self::channel::FakeChannel;
use crate::support::{CONSOLE_TOML, TestConsole};

const PUBLIC_URL: &str = "https://console.test";
/// Far more than any of it takes; what hangs fails instead.
const PATIENCE: Duration = Duration::from_secs(60);

fn to_slack(slack: &FakeChannel) -> NotifyConfig {
    NotifyConfig { slack: Some(slack.url().into()), webhook: None }
}

fn to_webhook(receiver: &FakeChannel, secrets: &str) -> NotifyConfig {
    let webhook = WebhookConfig { url: receiver.url().into(), secrets: secrets.parse().unwrap() };
    NotifyConfig { slack: None, webhook: Some(webhook) }
}

/// One of several consoles over the same rows, which sends.
struct Instance {
    console: Arc<Console>,
    router: Router,
    store: Arc<dyn Store>,
    senders: Group,
}

/// A console with this many instances that send.
struct World {
    /// Everything around them. Its own console is the last instance's.
    test: TestConsole,
    instances: Vec<Instance>,
}

impl World {
    async fn new(system: DatabaseSystem, config: &NotifyConfig, instances: usize) -> Self {
        Self::with(TestConsole::over(system).await, config, instances).await
    }

    /// The same around a console of one's own.
    async fn with(test: TestConsole, config: &NotifyConfig, instances: usize) -> Self {
        let mut world = Self { test, instances: Vec::new() };
        for _ in 0..instances {
            world.add(config).await;
        }
        world
    }

    /// Starts another instance.
    async fn add(&mut self, config: &NotifyConfig) {
        let announce = notify::announce(config);
        let store = self.test.database.announcing(&announce).await;
        self.test.database.store = Arc::clone(&store);
        self.test.restart(FailPoint::default());
        let console = Arc::clone(&self.test.console);
        let clock = Arc::clone(&self.test.clock);
        let deps = notify::NotifyDeps {
            store: Arc::clone(&store),
            apps: Apps::parse(CONSOLE_TOML, "console.toml").unwrap(),
            is_rehearsal: false,
            public_url: PUBLIC_URL.to_owned(),
            clock,
        };
        let notifier = Notifier::new(config.clone(), announce, deps).unwrap();
        let senders = Supervisor::default().group();
        notifier.start(&senders);
        self.instances.push(Instance { console, router: self.test.router.clone(), store, senders });
    }

    /// A deploy to staging that failed.
    async fn failed(&self) -> DeployId {
        let id = self.test.dispatched("staging").await;
        self.test.walk(id, &["failed"]).await;
        id
    }

    /// Waits until every task that sends waits for the clock: nothing is under way.
    async fn idle(&self) {
        let tasks = self.instances.len();
        // A task that was woken, and has not run since, runs now.
        tokio::task::yield_now().await;
        until("the senders are idle", || self.test.clock.waiting() == tasks).await;
    }

    /// Moves the clock, when nothing is under way.
    async fn after(&self, by: SignedDuration) {
        self.idle().await;
        self.test.clock.advance(by);
    }

    async fn trouble(&self) -> Vec<NotificationTrouble> {
        let Board { notifications, .. } =
            self.test.console.board(&app::domain::Caller::local()).await.unwrap();
        notifications
    }

    /// Waits until every message was taken, and that is written down.
    async fn all_sent(&self) {
        until_found("all are sent", async || self.unsent().await == "0").await;
    }

    /// How many messages are still to be sent, or were given up.
    async fn unsent(&self) -> String {
        let select = "SELECT CAST(count(*) AS TEXT) FROM outbox WHERE sent_at IS NULL";
        self.test.database.raw().await.read(select).await.remove(0)
    }
}

/// Looks again and again until it is so.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    until_found(what, async || is_so()).await;
}

/// The same, where looking takes its time.
async fn until_found(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let mut tick = interval(Duration::from_millis(2));
    let looking = async {
        while !is_so().await {
            tick.tick().await;
        }
    };
    assert!(timeout(PATIENCE, looking).await.is_ok(), "in vain: {what}");
}
