//! Which deploys are listed.

use std::sync::Arc;

use app::{
    api::{DeployQuery, ErrorCode, ServiceError},
    domain::{Caller, Deploy, NotAnEndKind, StoredStatus, Visible},
};
use futures::{Stream, TryStreamExt, stream};
use store::{DeployFilter, StatusFilter, StoreError, StoredPage};

use crate::service::{Console, deploys::cursor, from_store, range};

const DEFAULT_LIMIT: u32 = 25;
const MAX_LIMIT: u32 = 100;

impl Console {
    pub(in crate::service) async fn newest(
        &self,
        app: &str,
        environment: &str,
        status: StatusFilter,
    ) -> Result<Option<Deploy>, ServiceError> {
        let filter = DeployFilter {
            app: Some(app.to_owned()),
            environment: Some(environment.to_owned()),
            status,
            limit: 1,
            ..DeployFilter::default()
        };
        let stored = self.store.deploys(&filter).await.map_err(from_store)?;
        Ok(stored.into_iter().next().map(|stored| self.view(stored)))
    }

    /// All deploys that a query asks for, newest first: read by page, so that they need not fit into memory. What is
    /// requested meanwhile is not among them.
    ///
    /// # Errors
    /// A malformed value of the query. The stream ends with an error if the deploys can no longer be read.
    pub fn deploys_export(
        self: &Arc<Self>,
        caller: &Caller,
        query: DeployQuery,
    ) -> Result<impl Stream<Item = Result<Deploy, ServiceError>> + Send + use<>, ServiceError> {
        let query = DeployQuery { limit: Some(MAX_LIMIT), cursor: None, ..query };
        let (console, first) = (self.clone(), filter(query, caller.visible())?);
        let store = self.store.clone();
        let pages = stream::try_unfold(Some(first), move |next| {
            let store = store.clone();
            async move {
                let Some(filter) = next else { return Ok::<_, StoreError>(None) };
                let StoredPage { deploys, has_more } = store.deploy_page(&filter).await?;
                let last = deploys.last().filter(|_| has_more).map(|last| (last.requested_at, last.id));
                let next = last.map(|last| DeployFilter { before: Some(last), ..filter });
                Ok(Some((stream::iter(deploys.into_iter().map(Ok)), next)))
            }
        });
        Ok(pages.try_flatten().map_ok(move |stored| console.view(stored)).map_err(from_store))
    }
}

/// What a query asks for, of what the caller sees.
pub(super) fn filter(query: DeployQuery, visible: Visible) -> Result<DeployFilter, ServiceError> {
    let set = |text: Option<String>| text.filter(|text| !text.is_empty());
    let before = set(query.cursor).map(|text| cursor::decode(&text)).transpose()?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(
            ServiceError::new(ErrorCode::InvalidQuery).with_detail(format!("limit: 1 to {MAX_LIMIT}."))
        );
    }
    Ok(DeployFilter {
        app: set(query.app),
        environment: set(query.environment),
        status: set(query.status).map_or(StatusFilter::Any, |text| status(&text)),
        requested_by: set(query.requested_by),
        person: set(query.person),
        since: set(query.since).map(|text| range::since(&text)).transpose()?,
        until: set(query.until).map(|text| range::until(&text)).transpose()?,
        ended_since: set(query.ended_since).map(|text| range::ended_since(&text)).transpose()?,
        ended_until: set(query.ended_until).map(|text| range::ended_until(&text)).transpose()?,
        before,
        limit,
        visible,
    })
}

/// A group of statuses, or one.
fn status(text: &str) -> StatusFilter {
    match text.parse() {
        Ok(kind) => StatusFilter::EndedAs(kind),
        Err(NotAnEndKind) if text == DeployQuery::IN_PROGRESS => StatusFilter::Live,
        Err(NotAnEndKind) => StatusFilter::Is(StoredStatus::from(text).to_string()),
    }
}
