//! One channel's task: it takes a message, sends it, and writes down what became of it, one after the other.
//!
//! A failure holds the whole channel for a while, and the longer the more messages fail one after the other: a
//! channel that is down is asked again now and then, not once for each message. The message itself waits longer
//! each time, so that one that alone is refused, again and again, does not stand before the others.

use app::domain::Timestamp;
use jiff::SignedDuration;
use store::{Claim, Claimed, Failure, Message};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    Notice, NotifyDeps, backoff,
    post::{PostOutcome, Target},
};
use crate::service::deploy_view;

/// How long a message is ours: several times what a try and the database may take together.
pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// A message that was not taken by then is no news any more.
const WORTH_SENDING: SignedDuration = SignedDuration::from_hours(24);
/// The longest that a channel is held after failures, and so the longest that it waits when all is well again.
const LONGEST_HOLD: SignedDuration = SignedDuration::from_secs(60);
/// The longest wait of one message.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(5);
/// From one look to the next, without a notification: another instance may have written, and ended.
const PERIOD: SignedDuration = SignedDuration::from_secs(15);
/// Before the next look, in any case.
const BREATH: SignedDuration = SignedDuration::from_secs(1);
/// Before a database that could not be reached is tried again.
const DATABASE_BREATH: SignedDuration = SignedDuration::from_secs(5);

pub(super) struct Sender {
    pub(super) target: Target,
    pub(super) http: reqwest::Client,
    pub(super) deps: NotifyDeps,
    pub(super) stop: CancellationToken,
    /// Messages that failed one after the other, since one did not.
    pub(super) failures: u32,
    /// The message that failed last.
    pub(super) last_failed: Option<String>,
    /// Until when the channel is not asked.
    pub(super) held_until: Option<Timestamp>,
}

impl Sender {
    /// Sends when it is woken and by a timer, until it has to stop. A message that is being sent then is completed.
    pub(super) async fn run(mut self, mut news: watch::Receiver<()>) {
        while !self.stop.is_cancelled() {
            news.mark_unchanged();
            let next = self.pass().await;
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = self.deps.clock.until(next) => {}
                Ok(()) = news.changed(), if self.held_until.is_none() => {}
            }
        }
    }

    /// Sends what is due. Answers when to look again.
    async fn pass(&mut self) -> Timestamp {
        loop {
            let at = self.deps.clock.now();
            self.held_until = self.held_until.filter(|until| *until > at);
            if let Some(until) = self.held_until {
                return until;
            }
            if self.stop.is_cancelled() {
                return at;
            }
            let claim = Claim { channel: self.target.channel(), at, until: later(at, LEASE) };
            match self.deps.store.claim(&claim).await {
                Ok(Claimed::Message(message)) => self.send(message).await,
                Ok(Claimed::Nothing(next)) => {
                    let (first, last) = (later(at, BREATH), later(at, PERIOD));
                    return next.unwrap_or(last).clamp(first, last);
                }
                Err(error) => {
                    tracing::warn!(channel = self.name(), %error, "the outbox cannot be read");
                    return later(at, DATABASE_BREATH);
                }
            }
        }
    }

    async fn send(&mut self, message: Message) {
        if self.deps.clock.now() >= later(message.created_at, WORTH_SENDING) {
            let error = (message.attempt == 1).then(|| "it was not asked within 24 h".to_owned());
            return self.failed(message, error, false, None).await;
        }
        let Some(notice) = self.notice(&message).await else {
            let again_at = Some(self.hold(&message, None));
            let error = "the deploy could not be read".to_owned();
            return self.failed(message, Some(error), false, again_at).await;
        };
        if notice.is_out_of_date() {
            tracing::info!(channel = self.name(), id = message.id, "message out of date: not sent");
            return self.taken(&message).await;
        }
        match self.target.post(&self.http, &notice, self.deps.clock.now()).await {
            PostOutcome::Taken => {
                (self.failures, self.last_failed) = (0, None);
                self.taken(&message).await;
            }
            PostOutcome::Failed { error, wait, unclear } => {
                let again_at = self.next_try(&message, wait);
                self.failed(message, Some(error), unclear, again_at).await;
            }
            PostOutcome::Refused { error } => {
                self.hold(&message, None);
                self.failed(message, Some(error), false, None).await;
            }
        }
    }

    /// The deploy as it is recorded; `None` if the database does not answer.
    async fn notice(&self, message: &Message) -> Option<Notice> {
        let stored = self.deps.store.deploy(message.deploy_id).await.ok()??;
        let deploy = deploy_view(&self.deps.apps, stored);
        Some(Notice {
            id: message.id.clone(),
            link: format!("{}/deploys/{}", self.deps.public_url, deploy.id),
            deploy,
            outcome: message.outcome,
            is_rehearsal: self.deps.is_rehearsal,
            may_be_repeated: message.may_be_repeated,
        })
    }

    /// Records that it was accepted, and retries until it can: until then the message would be sent again, and so
    /// nothing else is sent.
    async fn taken(&self, message: &Message) {
        let Message { id, attempt, .. } = message;
        loop {
            let is_last_try = self.stop.is_cancelled();
            match self.deps.store.sent(message, self.deps.clock.now()).await {
                Ok(()) => {
                    tracing::info!(channel = self.name(), id, attempt, "message taken");
                    return;
                }
                Err(error) if is_last_try => {
                    tracing::error!(channel = self.name(), id, %error, "taken, but that could not be written down: it will be sent again");
                    return;
                }
                Err(error) => {
                    tracing::warn!(channel = self.name(), id, %error, "taken, but that cannot be written down yet");
                }
            }
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = self.deps.clock.until(later(self.deps.clock.now(), DATABASE_BREATH)) => {}
            }
        }
    }

    /// Pauses the channel, and returns when to try this message again; `None` if it is no longer news by then.
    fn next_try(&mut self, message: &Message, wait: Option<SignedDuration>) -> Option<Timestamp> {
        let held_until = self.hold(message, wait);
        let own = backoff::wait(message.attempt, LONGEST_WAIT, rand::random());
        let again_at = later(self.deps.clock.now(), own).max(held_until);
        Some(again_at).filter(|at| *at < later(message.created_at, WORTH_SENDING))
    }

    /// Pauses the channel: for as long as it asked, or longer with each message that fails. A message that fails
    /// again does not lengthen the pause.
    fn hold(&mut self, message: &Message, wait: Option<SignedDuration>) -> Timestamp {
        if self.last_failed.as_ref() != Some(&message.id) {
            self.failures = self.failures.saturating_add(1);
            self.last_failed = Some(message.id.clone());
        }
        let own = backoff::wait(self.failures, LONGEST_HOLD, rand::random());
        let until = later(self.deps.clock.now(), wait.unwrap_or(own));
        self.held_until = Some(until);
        until
    }

    async fn failed(
        &self,
        message: Message,
        error: Option<String>,
        unclear: bool,
        again_at: Option<Timestamp>,
    ) {
        let (channel, id, attempt) = (self.name(), message.id.clone(), message.attempt);
        let said = error.as_deref().unwrap_or("it was not taken within 24 h");
        match again_at {
            Some(at) => {
                tracing::warn!(channel, id, attempt, error = said, again_at = %at, "message not taken")
            }
            None => tracing::error!(channel, id, attempt, error = said, "message given up"),
        }
        let failure = Failure { message, error, unclear, again_at, at: self.deps.clock.now() };
        if let Err(error) = self.deps.store.not_sent(&failure).await {
            // Its lease runs out by itself.
            tracing::warn!(channel, id, %error, "that a message was not taken could not be written down");
        }
    }

    const fn name(&self) -> &'static str {
        self.target.channel().as_str()
    }
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(at)
}
