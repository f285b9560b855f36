//! Configuration: every variable and every key is read, checked and documented here, once, at the start.
//! What is wrong stops the start with one line that names the key and the fix.

mod apps;
mod callback_identity;
mod callback_secrets;
mod environment;
mod github;
mod grants;
mod inputs;
mod job_names;
mod names;
mod notify;
mod sign_in;

pub use apps::{AppConfig, Apps, EnvironmentConfig, FrozenRuns};
pub use callback_identity::CallbackIdentity;
pub use callback_secrets::CallbackSecrets;
pub use environment::{
    Config, LogFormat, ServeConfig, apps, database, database_url, log_format, signing_secrets,
    webhook_secrets,
};
pub use grants::Grants;
pub use inputs::AppInputs;
pub use job_names::JobNames;
pub(crate) use job_names::is_leg;
pub use notify::{NotifyConfig, WebhookConfig};
pub use sign_in::{GitHubOAuthApp, ProxyConfig, SignInConfig, TrustedProxies};

/// Workflow files of a rehearsal that are not shipped: the repository of each, its name, and its text.
pub const REHEARSAL_WORKFLOWS: [(&str, &str, &str); 1] =
    [("example/search", "deploy-search.yml", include_str!("config/rehearsal/deploy-search.yml"))];

/// The owner of the repositories of a rehearsal.
pub const REHEARSAL_OWNER: &str = "example";

/// What is wrong with the configuration: one line for the operator who starts the server.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{key}: {problem}. {fix}.")]
pub struct ConfigError {
    key: String,
    problem: String,
    fix: String,
}

impl ConfigError {
    /// `key` is what to look for; `problem` and `fix` are half sentences without a full stop.
    #[must_use]
    pub fn new(key: impl Into<String>, problem: impl Into<String>, fix: impl Into<String>) -> Self {
        // One line, even if a parser's message has several.
        let one_line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { key: key.into(), problem: one_line(problem.into()), fix: one_line(fix.into()) }
    }
}
