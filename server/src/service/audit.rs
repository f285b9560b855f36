//! The journal, a page at a time.

use app::api::{AuditQuery, AuditTrail, ErrorCode, ServiceError};
use store::{EntryFilter, EntryPage, StoreError, audit::Chain};

use super::{Console, from_store};
use crate::audit;

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1_000;

impl Console {
    /// A page of the journal, in sequence.
    ///
    /// # Errors
    /// A limit that is not allowed, or a database that is not available.
    pub async fn audit(&self, query: AuditQuery) -> Result<AuditTrail, ServiceError> {
        let AuditQuery { deploy_id, after, limit } = query;
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(
                ServiceError::new(ErrorCode::InvalidQuery).with_detail(format!("limit: 1 to {MAX_LIMIT}."))
            );
        }
        let filter = EntryFilter { deploy_id, after: after.unwrap_or(0), limit };
        let EntryPage { entries, has_more } = self.store.entries(&filter).await.map_err(from_store)?;
        let next_after = entries.last().filter(|_| has_more).map(|entry| entry.sequence);
        Ok(AuditTrail { entries: entries.into_iter().map(store::audit::read).collect(), next_after })
    }

    /// Takes away what was kept for repetitions that can no longer come.
    ///
    /// # Errors
    /// If the database is not available.
    pub async fn prune(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.store.prune(now.saturating_sub(self.retention).unwrap_or(now)).await
    }

    /// The end of the journal.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn journal_head(&self) -> Result<Chain, StoreError> {
        audit::head(&*self.store).await
    }
}
