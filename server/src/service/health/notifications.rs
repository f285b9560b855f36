//! Messages about ended deploys that channels have not taken.

use app::api::{NotificationTrouble, ServiceError};
use store::{Channel, Undelivered};

use crate::service::{Console, from_store};

impl Console {
    /// Per channel, the messages that it has not taken; empty while all is well.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn notifications(&self) -> Result<Vec<NotificationTrouble>, ServiceError> {
        let undelivered = self.store.undelivered(self.clock.now()).await.map_err(from_store)?;
        Ok(undelivered.into_iter().map(trouble).collect())
    }
}

fn trouble(undelivered: Undelivered) -> NotificationTrouble {
    let channel = match undelivered.channel {
        Channel::Slack => "Slack",
        Channel::Webhook => "The webhook",
    };
    NotificationTrouble {
        channel: channel.to_owned(),
        messages: undelivered.count,
        since: undelivered.since,
        last_error: undelivered.last_error,
    }
}
