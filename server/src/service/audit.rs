//! The journal: read by page, and exported as a whole.

use app::{
    api::{AuditApi, AuditFilter, AuditHead, AuditPaging, AuditTrail, ErrorCode, ServiceError},
    domain::{Caller, TrailEntry, Visible},
};
use async_trait::async_trait;
use futures::{Stream, TryStreamExt, stream};
use store::{EntryFilter, EntryOrder, EntryPage, StoreError, audit::Chain};

use super::{Console, from_store, range};
use crate::audit;

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1_000;

#[async_trait]
impl AuditApi for Console {
    async fn audit(
        &self,
        caller: &Caller,
        filter: AuditFilter,
        paging: AuditPaging,
    ) -> Result<AuditTrail, ServiceError> {
        let limit = paging.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(invalid(format!("limit: 1 to {MAX_LIMIT}.")));
        }
        let order = match (paging.after, paging.before) {
            (Some(_), Some(_)) => return Err(invalid("after, before: one of them.".to_owned())),
            (None, Some(before)) => EntryOrder::NewestBefore(before),
            (after, None) => EntryOrder::OldestAfter(after.unwrap_or(0)),
        };
        let filter = EntryFilter { order, limit, ..entry_filter(filter, caller.visible())? };
        let EntryPage { entries, has_more } = self.store.entries(&filter).await.map_err(from_store)?;
        let next = entries.last().filter(|_| has_more).map(|entry| entry.sequence);
        let (next_after, next_before) = match order {
            EntryOrder::OldestAfter(_) => (next, None),
            EntryOrder::NewestBefore(_) => (None, next),
        };
        let entries = entries.into_iter().map(store::audit::read).collect();
        Ok(AuditTrail { entries, next_after, next_before })
    }

    async fn audit_head(&self, _: &Caller) -> Result<AuditHead, ServiceError> {
        self.check_head().await
    }
}

impl Console {
    /// Every entry that matches, the oldest first, read while it is sent: no more than a page is in memory.
    ///
    /// # Errors
    /// A malformed value of the filter. The stream ends with an error if the journal can no longer be read.
    pub fn audit_export(
        &self,
        caller: &Caller,
        filter: AuditFilter,
    ) -> Result<impl Stream<Item = Result<TrailEntry, ServiceError>> + Send + use<>, ServiceError> {
        let store = self.store.clone();
        let first = EntryFilter { limit: MAX_LIMIT, ..entry_filter(filter, caller.visible())? };
        let pages = stream::try_unfold(Some(first), move |next| {
            let store = store.clone();
            async move {
                let Some(filter) = next else { return Ok::<_, StoreError>(None) };
                let EntryPage { entries, has_more } = store.entries(&filter).await?;
                let last = entries.last().filter(|_| has_more).map(|entry| entry.sequence);
                let next = last.map(|last| EntryFilter { order: EntryOrder::OldestAfter(last), ..filter });
                Ok(Some((stream::iter(entries.into_iter().map(Ok)), next)))
            }
        });
        Ok(pages.try_flatten().map_ok(store::audit::read).map_err(from_store))
    }

    /// Deletes what was kept for repetitions that can no longer come.
    ///
    /// # Errors
    /// If the database is not available.
    pub async fn prune(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.store.prune(now, self.retention).await
    }

    /// The end of the journal.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn journal_head(&self) -> Result<Chain, StoreError> {
        audit::head(&*self.store).await
    }
}

fn entry_filter(filter: AuditFilter, visible: Visible) -> Result<EntryFilter, ServiceError> {
    let AuditFilter { deploy_id, action, actor, app, environment, since, until } = filter;
    let set = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(EntryFilter {
        deploy_id,
        action: set(action),
        actor: set(actor),
        app: set(app),
        environment: set(environment),
        since: set(since).map(|text| range::since(&text)).transpose()?,
        until: set(until).map(|text| range::until(&text)).transpose()?,
        visible,
        ..EntryFilter::page(DEFAULT_LIMIT)
    })
}

fn invalid(detail: String) -> ServiceError {
    ServiceError::new(ErrorCode::InvalidQuery).with_detail(detail)
}
