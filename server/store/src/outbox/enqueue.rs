//! Writing a message.

use app::domain::{DeployId, Status, Timestamp};

use super::{Channel, Channels, Outcome};
use crate::{
    database::tx::{Statement, Tx},
    error::StoreError,
};

/// Writes the messages about an edge that was walked: one for each channel if the deploy ended with it, else none. The
/// row of the deploy is locked, so no other transaction writes about it: there is nothing to wait for.
pub(crate) async fn enqueue<S: Tx>(
    tx: &mut S,
    deploy: DeployId,
    to: Status,
    at: Timestamp,
    channels: Channels,
) -> Result<(), StoreError> {
    let Some(outcome) = Outcome::of(to) else { return Ok(()) };
    for channel in channels.iter() {
        insert(tx, deploy, channel, outcome, at).await?;
    }
    Ok(())
}

/// Writes the message about a deploy that begins to wait for an approval, in the transaction that records its request. To
/// people alone: what the webhook sends are ends of deploys.
pub(crate) async fn enqueue_waiting<S: Tx>(
    tx: &mut S,
    deploy: DeployId,
    at: Timestamp,
    channels: Channels,
) -> Result<(), StoreError> {
    if channels.slack {
        insert(tx, deploy, Channel::Slack, Outcome::AwaitsApproval, at).await?;
    }
    Ok(())
}

async fn insert<S: Tx>(
    tx: &mut S,
    deploy: DeployId,
    channel: Channel,
    outcome: Outcome,
    at: Timestamp,
) -> Result<(), StoreError> {
    let insert = Statement::new(
        "INSERT INTO outbox (id, deploy_id, channel, outcome, created_at, due_at, attempts, unclear)
             VALUES ($1, $2, $3, $4, $5, $5, 0, $6)
             ON CONFLICT DO NOTHING",
    )
    .bind(id(deploy, channel, outcome))
    .bind(deploy)
    .bind(channel.as_str())
    .bind(outcome.as_str())
    .bind(at)
    .bind(false);
    tx.execute(insert).await?;
    Ok(())
}

/// The id of a message is derived from its subject. However often the transaction runs, and whatever happens to the
/// row, receivers that remember ids recognize a repetition. (Without dots: Standard Webhooks uses them to separate the
/// parts that it signs.)
fn id(deploy: DeployId, channel: Channel, outcome: Outcome) -> String {
    format!("{deploy}_{}_{}", channel.as_str(), outcome.as_str())
}
