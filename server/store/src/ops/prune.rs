//! Deletes what is kept only for a while: delivery ids, idempotency keys, and messages that were sent. A repetition
//! comes within minutes; the journal keeps what happened.

use app::domain::Timestamp;

use crate::{
    StoreError,
    database::tx::{Operation, Statement, Tx},
};

/// Rows of a table that one transaction deletes, so that other writers do not wait long.
const AT_A_TIME: i64 = 500;

/// Deletes some of the older rows. Returns whether there may be more.
#[derive(Clone, Copy)]
pub(crate) struct Prune {
    pub(crate) before: Timestamp,
}

impl Operation for Prune {
    type Answer = bool;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<bool, StoreError> {
        let mut has_more = false;
        for delete in [
            "DELETE FROM callback_deliveries WHERE delivery_id IN
               (SELECT delivery_id FROM callback_deliveries WHERE received_at < $1 LIMIT $2)",
            "DELETE FROM idempotency_keys WHERE (actor, key) IN
               (SELECT actor, key FROM idempotency_keys
                WHERE created_at < $1 AND answered_at IS NOT NULL LIMIT $2)",
            "DELETE FROM outbox WHERE id IN
               (SELECT id FROM outbox WHERE sent_at < $1 OR gave_up_at < $1 LIMIT $2)",
        ] {
            let delete = Statement::new(delete).bind(self.before).bind(AT_A_TIME);
            has_more |= tx.execute(delete).await? >= AT_A_TIME.unsigned_abs();
        }
        Ok(has_more)
    }
}

/// Whether there is something to delete.
pub(crate) struct IsToPrune(pub(crate) Timestamp);

impl Operation for IsToPrune {
    type Answer = bool;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<bool, StoreError> {
        let select = Statement::new(
            "SELECT 1 AS found WHERE EXISTS (SELECT 1 FROM callback_deliveries WHERE received_at < $1)
               OR EXISTS (SELECT 1 FROM idempotency_keys WHERE created_at < $1 AND answered_at IS NOT NULL)
               OR EXISTS (SELECT 1 FROM outbox WHERE sent_at < $1 OR gave_up_at < $1)",
        )
        .bind(self.0);
        let found: Option<(i32,)> = tx.row(select).await?;
        Ok(found.is_some())
    }
}
