//! Taking a message, and recording the result.

use app::domain::Timestamp;

use super::{Claim, Claimed, Failure, Message, Outcome};
use crate::{
    ImpossibleRow, StoreError,
    database::tx::{Operation, Statement, Tx},
    row::Reader,
};

/// Messages still to be sent, with an outcome that this build knows. Others are left to the newer build.
const TO_SEND: &str = " FROM outbox WHERE channel = $1 AND sent_at IS NULL AND gave_up_at IS NULL
   AND outcome IN ('succeeded', 'failed', 'timed_out', 'awaits_approval')";

/// The columns that are needed to send a message, and whether an earlier attempt may have got through.
type Due = (String, String, String, String, i64, bool);

impl Operation for Claim {
    type Answer = Claimed;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Claimed, StoreError> {
        // A lease that ran out was left by a crash: perhaps between the channel's answer and our recording it.
        let select = Statement::new(
            "SELECT id, deploy_id, outcome, created_at, attempts, unclear OR claimed_until IS NOT NULL",
        )
        .bind(self.channel.as_str())
        .bind(self.at)
        .push(TO_SEND)
        .push(" AND due_at <= $2 AND (claimed_until IS NULL OR claimed_until <= $2)")
        .push(" ORDER BY created_at, id LIMIT 1")
        .push(S::FOR_UPDATE_OF_ANY);
        let due: Option<Due> = tx.row(select).await?;
        let Some(due) = due else { return Ok(Claimed::Nothing(next(tx, self).await?)) };
        let message = self.message(due)?;
        let update = Statement::new(
            "UPDATE outbox SET claimed_until = $1, attempts = attempts + 1, unclear = $2 WHERE id = $3",
        )
        .bind(self.until)
        .bind(message.may_be_repeated)
        .bind(&message.id);
        tx.execute(update).await?;
        Ok(Claimed::Message(message))
    }
}

impl Claim {
    fn message(&self, due: Due) -> Result<Message, ImpossibleRow> {
        let (id, deploy_id, outcome, created_at, attempts, may_be_repeated) = due;
        let reader = Reader { table: "outbox", id: &id };
        let outcome = Outcome::ALL.into_iter().find(|known| known.as_str() == outcome);
        Ok(Message {
            deploy_id: reader.parse("deploy_id", &deploy_id)?,
            outcome: outcome.ok_or_else(|| reader.error("outcome cannot be read"))?,
            created_at: reader.parse("created_at", &created_at)?,
            attempt: u32::try_from(attempts).unwrap_or(u32::MAX).saturating_add(1),
            may_be_repeated,
            claimed_until: self.until,
            id,
        })
    }
}

/// When the next message can be claimed, if one waits.
async fn next<S: Tx>(tx: &mut S, claim: &Claim) -> Result<Option<Timestamp>, StoreError> {
    let select =
        Statement::new("SELECT min(CASE WHEN claimed_until > due_at THEN claimed_until ELSE due_at END)")
            .bind(claim.channel.as_str())
            .push(TO_SEND);
    let found: Option<(Option<String>,)> = tx.row(select).await?;
    let reader = Reader { table: "outbox", id: claim.channel.as_str() };
    Ok(found.and_then(|(at,)| at).map(|at| reader.parse("due_at", &at)).transpose()?)
}

/// A message was taken.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) id: String,
    pub(crate) at: Timestamp,
}

impl Operation for Sent {
    type Answer = ();

    /// Regardless of who holds the lease by now: the message was taken.
    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<(), StoreError> {
        let update = Statement::new(
            "UPDATE outbox SET sent_at = $1, claimed_until = NULL, gave_up_at = NULL
             WHERE id = $2 AND sent_at IS NULL",
        )
        .bind(self.at)
        .bind(&self.id);
        tx.execute(update).await?;
        Ok(())
    }
}

impl Operation for Failure {
    type Answer = ();

    /// Only under the lease of this attempt: a later lease must not be released.
    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<(), StoreError> {
        let gave_up_at = if self.again_at.is_none() { Some(self.at) } else { None };
        let update = Statement::new(
            "UPDATE outbox
             SET claimed_until = NULL,
                 due_at        = $1,
                 gave_up_at    = $2,
                 failed_at     = $3,
                 last_error    = coalesce($4, last_error),
                 unclear       = unclear OR $5
             WHERE id = $6 AND claimed_until = $7 AND sent_at IS NULL",
        )
        .bind(self.again_at.unwrap_or(self.at))
        .bind(gave_up_at)
        .bind(self.at)
        .bind(self.error.as_deref())
        .bind(self.unclear)
        .bind(&self.message.id)
        .bind(self.message.claimed_until);
        tx.execute(update).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each by hand: one that is not named would never be sent.
    #[test]
    fn every_known_outcome_is_sent() {
        let named: Vec<_> = Outcome::ALL.iter().map(|outcome| format!("'{}'", outcome.as_str())).collect();
        assert!(TO_SEND.ends_with(&format!("({})", named.join(", "))), "{TO_SEND}");
    }
}
