//! Deletes what is kept only for a while: delivery ids, idempotency keys, messages that were sent,
//! what GitHub asked and was told about its gate, and sessions that are over. A repetition comes within minutes; the journal keeps what happened.

use app::domain::Timestamp;
use jiff::SignedDuration;

use crate::{
    StoreError,
    database::tx::{Operation, Statement, Tx},
};

/// Rows of a table that one transaction deletes, so that other writers do not wait long.
const AT_A_TIME: i64 = 500;

/// How long a session is kept after its end, for those who ask what became of it.
const SESSIONS: SignedDuration = SignedDuration::from_hours(24);

/// Deletes some of the older rows. Returns whether there may be more.
#[derive(Clone, Copy)]
pub(crate) struct Prune {
    pub(crate) now: Timestamp,
    /// How long everything else is kept.
    pub(crate) retention: SignedDuration,
}

impl Prune {
    fn before(self) -> Timestamp {
        ago(self.now, self.retention)
    }

    fn sessions_before(self) -> Timestamp {
        ago(self.now, SESSIONS)
    }
}

fn ago(now: Timestamp, time: SignedDuration) -> Timestamp {
    now.saturating_sub(time).unwrap_or(now)
}

impl Operation for Prune {
    type Answer = bool;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<bool, StoreError> {
        let mut has_more = false;
        for (delete, before) in [
            (
                "DELETE FROM callback_deliveries WHERE delivery_id IN
               (SELECT delivery_id FROM callback_deliveries WHERE received_at < $1 LIMIT $2)",
                self.before(),
            ),
            (
                "DELETE FROM github_deliveries WHERE delivery_id IN
               (SELECT delivery_id FROM github_deliveries WHERE received_at < $1 LIMIT $2)",
                self.before(),
            ),
            (
                "DELETE FROM idempotency_keys WHERE (actor, key) IN
               (SELECT actor, key FROM idempotency_keys
                WHERE created_at < $1 AND answered_at IS NOT NULL LIMIT $2)",
                self.before(),
            ),
            (
                "DELETE FROM outbox WHERE id IN
               (SELECT id FROM outbox WHERE sent_at < $1 OR gave_up_at < $1 LIMIT $2)",
                self.before(),
            ),
            (
                "DELETE FROM approved_dispatches WHERE deploy_id IN
               (SELECT deploy_id FROM approved_dispatches WHERE claimed_at < $1 LIMIT $2)",
                self.before(),
            ),
            (
                "DELETE FROM protection_requests WHERE id IN
               (SELECT id FROM protection_requests WHERE closed_at < $1 LIMIT $2)",
                self.before(),
            ),
            (
                "DELETE FROM console_sessions WHERE hash IN
               (SELECT hash FROM console_sessions WHERE ended_at < $1 OR expires_at < $1 LIMIT $2)",
                self.sessions_before(),
            ),
        ] {
            let delete = Statement::new(delete).bind(before).bind(AT_A_TIME);
            has_more |= tx.execute(delete).await? >= AT_A_TIME.unsigned_abs();
        }
        Ok(has_more)
    }
}

/// Whether there is something to delete.
pub(crate) struct IsToPrune(pub(crate) Prune);

impl Operation for IsToPrune {
    type Answer = bool;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<bool, StoreError> {
        let select = Statement::new(
            "SELECT 1 AS found WHERE EXISTS (SELECT 1 FROM callback_deliveries WHERE received_at < $1)
               OR EXISTS (SELECT 1 FROM github_deliveries WHERE received_at < $1)
               OR EXISTS (SELECT 1 FROM idempotency_keys WHERE created_at < $1 AND answered_at IS NOT NULL)
               OR EXISTS (SELECT 1 FROM outbox WHERE sent_at < $1 OR gave_up_at < $1)
               OR EXISTS (SELECT 1 FROM approved_dispatches WHERE claimed_at < $1)
               OR EXISTS (SELECT 1 FROM protection_requests WHERE closed_at < $1)
               OR EXISTS (SELECT 1 FROM console_sessions WHERE ended_at < $2 OR expires_at < $2)",
        )
        .bind(self.0.before())
        .bind(self.0.sessions_before());
        let found: Option<(i32,)> = tx.row(select).await?;
        Ok(found.is_some())
    }
}
