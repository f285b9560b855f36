//! Notifies Slack, and the receiver of the webhook, that a deploy ended; and Slack that one begins to wait for an approval.
//! The only place that posts there.
//!
//! The message was written in the transaction that made it so (`store/outbox`). Here it is sent: each channel
//! has a task of its own, so that one that hangs delays no other, and nothing that moves a deploy ever waits for any
//! of them. A task is woken by the write, and by a timer.
//!
//! **How often a message is sent.** Instances claim messages under a lease, and a message that its channel accepted
//! is never claimed again: so it is sent once, by one of them. But Slack cannot be asked what it has. If an attempt
//! ends without an answer, or the process dies between Slack's answer and our record of it, the outcome is unknown;
//! then the message is sent again, and says that it may be a repetition. Only in that case is delivery "at least
//! once": that a production deploy failed is better read twice than never. The webhook carries the id of the message,
//! by which receivers recognise a repetition. See ADR 9.
//!
//! - [`sender`]: one channel's task. [`backoff`]: how long it waits after a failure.
//! - [`post`]: one request, and what its answer means.
//! - [`slack`], [`webhook`]: what is said, and how.

mod backoff;
mod post;
mod sender;
mod slack;
mod webhook;

use std::sync::Arc;

use app::domain::Deploy;
use runtime::{Task, clock::SharedClock, supervisor::Group};
use store::{Announce, Channel, Channels, Outcome, Store};

use self::{post::Target, sender::Sender};
use crate::config::{Apps, NotifyConfig};

/// What a message says about one deploy.
pub(crate) struct Notice {
    /// The id of the message.
    id: String,
    /// The deploy, as pages show it.
    deploy: Deploy,
    /// How it ended, or that it waits.
    outcome: Outcome,
    /// Its page.
    link: String,
    /// Whether nothing of it was real.
    is_rehearsal: bool,
    /// Whether this may have been said before.
    may_be_repeated: bool,
}

impl Notice {
    /// Whether it asks for an approval that nobody waits for any more: the channel was away for long.
    fn is_out_of_date(&self) -> bool {
        self.outcome == Outcome::AwaitsApproval && self.deploy.awaited_approval().is_none()
    }
}

/// Whom to announce to, by the configuration.
#[must_use]
pub fn announce(config: &NotifyConfig) -> Announce {
    Announce::to(Channels { slack: config.slack.is_some(), webhook: config.webhook.is_some() })
}

/// Ready to send.
pub struct Notifier {
    targets: Vec<Target>,
    http: reqwest::Client,
    announce: Announce,
    deps: NotifyDeps,
}

/// What sending takes. Cheap to clone.
#[derive(Clone)]
pub struct NotifyDeps {
    /// The outbox, and the deploys that its messages are about.
    pub store: Arc<dyn Store>,
    /// The gates of each environment, for the step at which a deploy failed.
    pub apps: Apps,
    /// Whether GitHub is simulated.
    pub is_rehearsal: bool,
    /// Where links lead.
    pub public_url: String,
    pub clock: SharedClock,
}

impl Notifier {
    /// Over the outbox of a store that announces to these channels.
    ///
    /// # Errors
    /// If the machine has no TLS to offer.
    pub fn new(config: NotifyConfig, announce: Announce, deps: NotifyDeps) -> Result<Self, reqwest::Error> {
        let slack = config.slack.map(Target::Slack);
        let targets = slack.into_iter().chain(config.webhook.map(Target::Webhook)).collect();
        Ok(Self { targets, http: post::client()?, announce, deps })
    }

    /// Begins to send, one task for each channel.
    pub fn start(self, tasks: &Group) {
        for target in self.targets {
            let task = match target.channel() {
                Channel::Slack => Task::Slack,
                Channel::Webhook => Task::Webhook,
            };
            let sender = Sender {
                target,
                http: self.http.clone(),
                deps: self.deps.clone(),
                stop: tasks.stopping().clone(),
                failures: 0,
                last_failed: None,
                held_until: None,
            };
            tasks.spawn_to_end(task, sender.run(self.announce.news()));
        }
    }
}
