//! Who acts, who is signed in, and which programs may act.

use app::domain::{Grant, Timestamp};

/// Who acts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Actor {
    /// What the journal keeps: where they signed in, and as whom.
    pub id: String,
    /// What people read.
    pub name: String,
}

impl Actor {
    /// One whose name is all that is known of them: the console itself, or a row of before there was sign-in.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { id: name.to_owned(), name: name.to_owned() }
    }

    /// The name, where an entry of the journal has to say it beside the id.
    pub(crate) fn name_beside_id(&self) -> Option<String> {
        name_beside(&self.id, &self.name)
    }
}

/// A name, where it is not the id.
pub(crate) fn name_beside(id: &str, name: &str) -> Option<String> {
    (name != id).then(|| name.to_owned())
}

/// A person, by the word of a sign-in provider.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    /// Where they signed in, and as whom.
    pub id: String,
    /// What people call them.
    pub name: String,
    /// Their groups at that time.
    pub groups: Vec<String>,
}

/// A session to open.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewSession {
    /// SHA-256 of the secret in the cookie, in hexadecimal. No two sessions share one.
    pub hash: String,
    /// Who signed in.
    pub identity: Identity,
    /// Now.
    pub at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// A session as it is stored.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredSession {
    /// SHA-256 of the secret in the cookie, in hexadecimal.
    pub hash: String,
    /// Who signed in.
    pub identity: Identity,
    /// When.
    pub created_at: Timestamp,
    /// When it was last used, as far as that was recorded.
    pub last_seen_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was ended by hand.
    pub ended_at: Option<Timestamp>,
}

/// Which sessions to end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum EndSessions {
    /// The one with this hash.
    This(String),
    /// All of the person with this name or id.
    Of(String),
}

/// A token to make.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewToken {
    /// Its name, of which there is one at a time that is not revoked.
    pub name: String,
    /// SHA-256 of the token, in hexadecimal.
    pub hash: String,
    /// What it is good for.
    pub grant: Grant,
    /// Who makes it.
    pub created_by: Actor,
    /// Now.
    pub at: Timestamp,
    /// When it ends by itself; none: never.
    pub expires_at: Option<Timestamp>,
}

/// A token as it is stored.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredToken {
    /// Its name.
    pub name: String,
    /// SHA-256 of the token, in hexadecimal.
    pub hash: String,
    /// What it is good for.
    pub grant: Grant,
    /// The name of who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it ends by itself; none: never.
    pub expires_at: Option<Timestamp>,
    /// The hour in which it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}
