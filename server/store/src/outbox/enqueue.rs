//! Writing a message.

use app::domain::{DeployId, Status, Timestamp};

use super::{Channel, Channels, Outcome};
use crate::{
    database::tx::{Statement, Tx},
    error::StoreError,
};

/// Writes what is to be said of an edge that was walked: one message to each channel if the deploy ended with it,
/// else nothing. The row of the deploy is locked, so nobody else writes about it: there is nothing to wait for.
pub(crate) async fn enqueue<S: Tx>(
    tx: &mut S,
    deploy: DeployId,
    to: Status,
    at: Timestamp,
    channels: Channels,
) -> Result<(), StoreError> {
    let Some(outcome) = Outcome::of(to) else { return Ok(()) };
    for channel in channels.iter() {
        let insert = Statement::new(
            "INSERT INTO outbox (id, deploy_id, channel, outcome, created_at, due_at, attempts, unclear)
             VALUES ($1, $2, $3, $4, $5, $5, 0, $6)
             ON CONFLICT DO NOTHING",
        )
        .bind(id(deploy, channel, outcome))
        .bind(deploy)
        .bind(channel.as_str())
        .bind(outcome.status().as_str())
        .bind(at)
        .bind(false);
        tx.execute(insert).await?;
    }
    Ok(())
}

/// The id of a message is made of what it is about. However often the transaction is run, and whatever becomes
/// of the row, receivers who keep the ids know a repetition. (Without dots: Standard Webhooks signs with them
/// between the parts.)
fn id(deploy: DeployId, channel: Channel, outcome: Outcome) -> String {
    format!("{deploy}_{}_{}", channel.as_str(), outcome.status().as_str())
}
