//! The addresses of the history: what it shows is in them.

use crate::{api::DeployQuery, request::query};

/// The page that shows these deploys.
#[must_use]
pub fn history_address(query: &DeployQuery) -> String {
    address("/deploys", query)
}

/// The file of all these deploys, whatever page is shown.
#[must_use]
pub fn csv_address(query: &DeployQuery) -> String {
    address("/api/internal/deploys.csv", &DeployQuery { cursor: None, ..query.clone() })
}

fn address(path: &str, query: &DeployQuery) -> String {
    let DeployQuery { app, environment, status, requested_by, person, since, until, .. } = query;
    let DeployQuery { ended_since, ended_until, limit: _, cursor, .. } = query;
    query::address(
        path,
        [
            ("app", app),
            ("environment", environment),
            ("status", status),
            ("requested_by", requested_by),
            ("person", person),
            ("since", since),
            ("until", until),
            ("ended_since", ended_since),
            ("ended_until", ended_until),
            ("cursor", cursor),
        ],
    )
}
