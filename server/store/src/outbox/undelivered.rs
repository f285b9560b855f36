//! Messages that a channel has not taken.

use app::domain::Timestamp;
use jiff::SignedDuration;

use super::{Channel, Channels};
use crate::{
    StoreError,
    database::tx::{Operation, Statement, Tx},
    row::Reader,
};

/// A message without any attempt after this time counts as undelivered, too.
const UNTRIED: SignedDuration = SignedDuration::from_secs(60);

/// Messages that a channel has not taken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Undelivered {
    /// The channel.
    pub channel: Channel,
    /// How many: those still to be sent, and those that were given up since the channel last took one.
    pub count: u32,
    /// When the oldest of them was written.
    pub since: Timestamp,
    /// The error of the last attempt that failed, without any secret; none: there was no attempt.
    pub last_error: Option<String>,
}

/// Checks each of these channels.
pub(crate) struct Troubled {
    pub(crate) channels: Channels,
    pub(crate) now: Timestamp,
}

impl Operation for Troubled {
    type Answer = Vec<Undelivered>;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Vec<Undelivered>, StoreError> {
        let mut found = Vec::new();
        for channel in self.channels.iter() {
            found.extend(self.of(tx, channel).await?);
        }
        Ok(found)
    }
}

/// Messages not taken: still to be sent, or given up since the channel last took one.
const OPEN: &str =
    " FROM outbox WHERE channel = $1 AND sent_at IS NULL AND (gave_up_at IS NULL OR gave_up_at >=
   coalesce((SELECT max(sent_at) FROM outbox WHERE channel = $1 AND sent_at IS NOT NULL), ''))";

impl Troubled {
    /// A message that was just written does not count; one that failed or was left lying does.
    async fn of<S: Tx>(&self, tx: &mut S, channel: Channel) -> Result<Option<Undelivered>, StoreError> {
        let late = self.now.saturating_sub(UNTRIED).unwrap_or(self.now);
        let select = Statement::new(
            "SELECT count(*), min(created_at),
                    max(CASE WHEN failed_at IS NOT NULL OR created_at <= $2 THEN 1 ELSE 0 END) = 1",
        )
        .bind(channel.as_str())
        .bind(late)
        .push(OPEN);
        let found: Option<(i64, Option<String>, Option<bool>)> = tx.row(select).await?;
        let Some((count, Some(since), Some(true))) = found else { return Ok(None) };
        let reader = Reader { table: "outbox", id: channel.as_str() };
        Ok(Some(Undelivered {
            channel,
            count: u32::try_from(count).unwrap_or(u32::MAX),
            since: reader.parse("created_at", &since)?,
            last_error: last_error(tx, channel).await?,
        }))
    }
}

async fn last_error<S: Tx>(tx: &mut S, channel: Channel) -> Result<Option<String>, StoreError> {
    let select = Statement::new("SELECT last_error")
        .bind(channel.as_str())
        .push(OPEN)
        .push(" AND failed_at IS NOT NULL ORDER BY failed_at DESC LIMIT 1");
    let found: Option<(Option<String>,)> = tx.row(select).await?;
    Ok(found.and_then(|(error,)| error))
}
