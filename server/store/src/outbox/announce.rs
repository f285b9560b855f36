//! The channels to which ends of deploys are announced. The store itself knows them, so that no way to end a deploy can
//! forget to.

use std::sync::Arc;

use tokio::sync::watch;

use super::Channel;

/// The channels that are configured.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Channels {
    /// Slack.
    pub slack: bool,
    /// The signed webhook.
    pub webhook: bool,
}

impl Channels {
    /// Those that are configured.
    pub fn iter(self) -> impl Iterator<Item = Channel> {
        Channel::ALL.into_iter().filter(move |channel| match channel {
            Channel::Slack => self.slack,
            Channel::Webhook => self.webhook,
        })
    }
}

/// The channels, and a signal to their senders that there is something to send. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Announce {
    channels: Channels,
    news: Arc<watch::Sender<()>>,
}

impl Announce {
    /// Announces to these channels.
    #[must_use]
    pub fn to(channels: Channels) -> Self {
        Self { channels, ..Self::default() }
    }

    /// The channels.
    #[must_use]
    pub const fn channels(&self) -> Channels {
        self.channels
    }

    /// Signals when a message was written by this instance. Writes of other instances are not signalled.
    #[must_use]
    pub fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// Signals that a message was committed.
    pub(crate) fn notify(&self) {
        self.news.send_replace(());
    }
}

/// An operation that may end a deploy or have it wait for an approval, with the channels to announce that to.
#[derive(Clone, Debug)]
pub(crate) struct WithChannels<A> {
    pub(crate) operation: A,
    pub(crate) channels: Channels,
}
