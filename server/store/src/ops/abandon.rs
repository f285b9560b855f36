//! Ending a deploy by hand.

use app::domain::{Status, StoredStatus, transition::Cause};

use crate::{
    Abandon, Advanced, StoreError,
    audit::NewEntry,
    database::tx::{Operation, Tx},
    ops::transition::{TransitionUpdate, append, lock_status, update_status},
    outbox::WithChannels,
};

impl Operation for WithChannels<Abandon> {
    type Answer = Advanced;

    async fn perform<S: Tx>(&self, tx: &mut S) -> Result<Advanced, StoreError> {
        let Self { operation: abandon, channels } = self;
        let Some(current) = lock_status(tx, abandon.id).await? else { return Ok(Advanced::Missing) };
        let end = TransitionUpdate {
            id: abandon.id,
            to: Status::Failed,
            by: Cause::Abandoned,
            failure_stage: None,
            run: None,
            commit: None,
            committed_at: None,
            past: None,
            at: abandon.at,
        };
        match (update_status(tx, &end, *channels).await?, current) {
            (true, StoredStatus::Known(previous)) => {
                append(tx, NewEntry::abandoned(abandon, previous)).await?;
                Ok(Advanced::Moved)
            }
            (_, current) => Ok(Advanced::Refused(current)),
        }
    }
}
