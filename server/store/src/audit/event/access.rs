//! Entries about sessions and tokens. No secret is in them, and no hash of one.

use app::domain::{Grant, Role, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Actor, NewToken, ops::access::sessions::EndedSessions};

/// The payload of `console.session.revoked`. `name` is, as in every entry, that of who acts.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SessionRevoked {
    /// Whose sessions they were, by name.
    pub person: String,
    /// The same, by id: of several providers, where the name is known to several.
    #[serde(default)]
    pub person_ids: Vec<String>,
    /// How many were ended.
    #[serde(default)]
    pub sessions: u32,
    /// What people call who did it, where that is not the actor of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The payload of `console.token.created`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TokenCreated {
    /// The name of the token.
    pub token: String,
    /// Its role, as text: a newer build may have others.
    pub role: String,
    /// The apps that it is for; left out: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apps: Option<Vec<String>>,
    /// The environments that it is for; left out: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environments: Option<Vec<String>>,
    /// When it ends by itself; left out: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// What people call who did it, where that is not the actor of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The payload of `console.token.revoked`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TokenRevoked {
    /// The name of the token.
    pub token: String,
    /// What people call who did it, where that is not the actor of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl SessionRevoked {
    pub(in crate::audit) fn new(ended: &EndedSessions, by: &Actor) -> Self {
        Self {
            person: ended.name.clone(),
            person_ids: ended.people.iter().cloned().collect(),
            sessions: ended.count,
            name: by.name_beside_id(),
        }
    }
}

impl From<&NewToken> for TokenCreated {
    fn from(token: &NewToken) -> Self {
        let Grant { role, apps, environments } = &token.grant;
        Self {
            token: token.name.clone(),
            role: Role::as_str(*role).to_owned(),
            apps: apps.clone(),
            environments: environments.clone(),
            expires_at: token.expires_at,
            name: token.created_by.name_beside_id(),
        }
    }
}

impl TokenRevoked {
    pub(in crate::audit) fn new(token: &str, by: &Actor) -> Self {
        Self { token: token.to_owned(), name: by.name_beside_id() }
    }
}
