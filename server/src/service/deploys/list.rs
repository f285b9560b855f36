//! Which deploys are listed.

use app::{
    api::{DeployQuery, ErrorCode, ServiceError},
    domain::{Deploy, StoredStatus, Visible},
};
use store::{DeployFilter, StatusFilter};

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
        status: set(query.status)
            .map_or(StatusFilter::Any, |text| StatusFilter::Is(StoredStatus::from(&*text).to_string())),
        requested_by: set(query.requested_by),
        since: set(query.since).map(|text| range::since(&text)).transpose()?,
        until: set(query.until).map(|text| range::until(&text)).transpose()?,
        before,
        limit,
        visible,
    })
}
