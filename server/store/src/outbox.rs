//! Messages about deploys that have ended, or begin to wait for an approval, written in the transaction that makes it so:
//! what is committed is announced, and what is rolled back never is.
//!
//! A message is a row, and its key says which deploy, channel and outcome it is about, so that there is at most one of
//! each. Its sender takes a lease; when that runs out, the sender has crashed, and the next may take it. No transaction
//! stays open while a channel answers.
//!
//! - [`announce`]: the channels, and the signal that there is something to send.
//! - [`enqueue`]: writing a message. [`lease`]: taking it, and recording the result.
//! - [`undelivered`]: messages that a channel has not taken.

mod announce;
mod enqueue;
mod lease;
mod undelivered;

use app::domain::{DeployId, Status, Timestamp};
use async_trait::async_trait;

pub(crate) use announce::WithChannels;
pub use announce::{Announce, Channels};
pub(crate) use enqueue::{enqueue, enqueue_waiting};
pub use undelivered::Undelivered;
pub(crate) use {lease::Sent, undelivered::Troubled};

use crate::StoreError;

/// Where messages go.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Channel {
    /// An incoming webhook of Slack.
    Slack,
    /// A signed webhook, for any receiver.
    Webhook,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 2] = [Self::Slack, Self::Webhook];

    /// Its name in the database and in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Webhook => "webhook",
        }
    }
}

/// What a message says of a deploy: how it ended, or that it waits.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Outcome {
    /// The new version is healthy.
    Succeeded,
    /// It ended without success.
    Failed,
    /// Its deadline passed.
    TimedOut,
    /// It has not ended: others have to approve it first.
    AwaitsApproval,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Succeeded, Self::Failed, Self::TimedOut, Self::AwaitsApproval];

    /// The outcome of a status, if it is terminal.
    #[must_use]
    pub const fn of(status: Status) -> Option<Self> {
        match status {
            Status::Requested
            | Status::Dispatched
            | Status::SmokeGateStarted
            | Status::SmokeGatePassed
            | Status::FreezeCheckStarted
            | Status::FreezeCheckPassed
            | Status::Building
            | Status::Deploying => None,
            Status::Succeeded => Some(Self::Succeeded),
            Status::Failed => Some(Self::Failed),
            Status::TimedOut => Some(Self::TimedOut),
        }
    }

    /// Its name in the database: that of a status, where it is one.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => Status::Succeeded.as_str(),
            Self::Failed => Status::Failed.as_str(),
            Self::TimedOut => Status::TimedOut.as_str(),
            Self::AwaitsApproval => "awaits_approval",
        }
    }
}

/// A message that this instance may send until its lease runs out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// Its id: the same for every attempt.
    pub id: String,
    /// The deploy that it is about.
    pub deploy_id: DeployId,
    /// What it says of it.
    pub outcome: Outcome,
    /// When that was recorded.
    pub created_at: Timestamp,
    /// The number of this attempt, from 1.
    pub attempt: u32,
    /// Whether an earlier attempt may have reached the channel all the same.
    pub may_be_repeated: bool,
    /// The end of the lease. It tells this lease from a later one.
    pub claimed_until: Timestamp,
}

/// A request for a message to send.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// For this channel.
    pub channel: Channel,
    /// Now.
    pub at: Timestamp,
    /// When the lease runs out: later than any attempt may take.
    pub until: Timestamp,
}

/// The answer to a claim.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Claimed {
    /// This.
    Message(Message),
    /// Nothing now. If a message waits, until when.
    Nothing(Option<Timestamp>),
}

/// A message that was not taken.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The message, with the lease of the attempt.
    pub message: Message,
    /// What went wrong, without any secret; none: the error of the attempt before stays.
    pub error: Option<String>,
    /// Whether it may have been taken all the same.
    pub unclear: bool,
    /// When to try again; none: never.
    pub again_at: Option<Timestamp>,
    /// Now.
    pub at: Timestamp,
}

/// What the sender of messages needs of a database. Like [`Store`](crate::Store), one transaction each.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Takes the oldest message that is due, under a lease. Concurrent callers get different ones.
    async fn claim(&self, claim: &Claim) -> Result<Claimed, StoreError>;

    /// Records that a message was taken. It is never claimed again.
    async fn sent(&self, message: &Message, at: Timestamp) -> Result<(), StoreError>;

    /// Records that an attempt failed, and releases the lease if it is still held.
    async fn not_sent(&self, failure: &Failure) -> Result<(), StoreError>;

    /// Messages that the channels of this store have not taken, where something is wrong.
    async fn undelivered(&self, now: Timestamp) -> Result<Vec<Undelivered>, StoreError>;
}
