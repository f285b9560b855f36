//! Tokens as the command line prints them.

use std::fmt::Write;

use app::api::{TokenReport, TokenState};

/// Every token, a line each.
#[must_use]
pub fn table(tokens: &[TokenReport]) -> String {
    let mut text = String::new();
    for TokenReport { name, grant, created_by, created_at, last_used_at, state } in tokens {
        let list =
            |names: &Option<Vec<String>>| names.as_ref().map_or("all".to_owned(), |names| names.join(", "));
        let (apps, environments) = (list(&grant.apps), list(&grant.environments));
        let used = last_used_at.map_or("never".to_owned(), |at| at.to_string());
        let state = match state {
            TokenState::Live { until: Some(at) } => format!("until {at}"),
            TokenState::Live { until: None } => "until it is revoked".to_owned(),
            TokenState::Expired { at } => format!("expired {at}"),
            TokenState::Revoked { at } => format!("revoked {at}"),
        };
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{name}  {role}  apps: {apps}  environments: {environments}  made {created_at} by {created_by}  \
             used: {used}  {state}",
            role = grant.role
        );
    }
    text
}
