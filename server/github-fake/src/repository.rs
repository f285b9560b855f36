//! What is special about a repository, for tests and for what a rehearsal shows.

use std::collections::HashMap;

/// What GitHub says of a repository beside its runs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RepositorySettings {
    pub archived: bool,
    /// The state of its workflows; none: it lists none.
    pub workflow_state: Option<&'static str>,
    /// The scopes of the console's token, if that is a classic one.
    pub scopes: Option<&'static str>,
    /// The names of its environments.
    pub environments: Vec<&'static str>,
    /// The names of its secrets; none: the token may not list them.
    pub secrets: Option<Vec<&'static str>>,
}

impl Default for RepositorySettings {
    fn default() -> Self {
        Self {
            archived: false,
            workflow_state: Some("active"),
            scopes: Some("repo"),
            environments: vec!["production", "staging"],
            secrets: Some(vec!["DEPLOY_CALLBACK_HMAC_SECRET"]),
        }
    }
}

/// The repositories about which something is special.
#[derive(Debug, Default)]
pub(super) struct SpecialRepositories(HashMap<String, RepositorySettings>);

impl SpecialRepositories {
    pub(super) fn of(&self, repo: &str) -> RepositorySettings {
        self.0.get(repo).cloned().unwrap_or_default()
    }

    pub(super) fn set(&mut self, repo: &str, settings: RepositorySettings) {
        self.0.insert(repo.to_owned(), settings);
    }
}
