//! What GitHub says when it asks, and where that question belongs.

use app::{
    api::ServiceError,
    domain::{ProtectionRequestId, Timestamp},
};
use runtime::ids::uuid_at;
use serde_json::Value;
use store::{NewProtectionRequest, StartedBy};

use super::{Console, from_store};
use crate::config::{AppConfig, EnvironmentConfig};

/// A question as it comes: for which run, and where it would go.
#[derive(Debug, Eq, PartialEq)]
struct Asked {
    repo: String,
    environment: String,
    run: i64,
    deployment: i64,
    started_by: Option<StartedBy>,
}

impl Asked {
    /// None, if it is no question, or names no run. The address to answer to is not believed: the console answers to the
    /// GitHub that is configured.
    fn read(payload: &Value) -> Option<Self> {
        let text = |pointer: &str| payload.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        if text("/action")? != "requested" {
            return None;
        }
        let callback = text("/deployment_callback_url")?;
        let run = callback.strip_suffix("/deployment_protection_rule")?.rsplit('/').next()?.parse().ok()?;
        let login = text("/sender/login");
        Some(Self {
            repo: text("/repository/full_name")?,
            environment: text("/environment")?,
            run,
            deployment: payload.pointer("/deployment/id").and_then(Value::as_i64).unwrap_or_default(),
            started_by: login
                .map(|login| StartedBy { login, id: payload.pointer("/sender/id").and_then(Value::as_u64) }),
        })
    }
}

impl Console {
    /// Keeps a question of GitHub. Returns whether it is about a place that is configured.
    ///
    /// # Errors
    /// If the database is not available.
    pub(in crate::service) async fn take_question(
        &self,
        payload: &Value,
        at: Timestamp,
    ) -> Result<bool, ServiceError> {
        let Some(asked) = Asked::read(payload) else { return Ok(false) };
        let Some((app, environment)) = self.places_of(&asked.repo, &asked.environment).next() else {
            tracing::warn!(
                repo = asked.repo,
                environment = asked.environment,
                run = asked.run,
                "GitHub asks about an environment that is not in console.toml, and gets no answer"
            );
            return Ok(false);
        };
        let request = NewProtectionRequest {
            id: ProtectionRequestId::new(uuid_at(at)),
            repo: app.repo.clone(),
            run: asked.run,
            environment: environment.name.clone(),
            deployment: asked.deployment,
            app: app.name.clone(),
            started_by: asked.started_by,
            at,
        };
        if self.store.ask_protection(&request).await.map_err(from_store)? {
            tracing::info!(
                app = app.name,
                environment = environment.name,
                run = asked.run,
                "GitHub asks about its gate"
            );
        }
        self.wake_protection();
        Ok(true)
    }

    /// The places that an environment of a repository may be: several, where apps share the repository. GitHub does not tell
    /// small and capital letters apart.
    pub(super) fn places_of<'a>(
        &'a self,
        repo: &'a str,
        environment: &'a str,
    ) -> impl Iterator<Item = (&'a AppConfig, &'a EnvironmentConfig)> {
        let apps = self.apps.iter().filter(move |app| app.repo.eq_ignore_ascii_case(repo));
        apps.filter_map(move |app| {
            let mut named = app.environments.iter();
            named.find(|known| known.name.eq_ignore_ascii_case(environment)).map(|known| (app, known))
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn f97_question_names_its_run_by_the_path_alone() {
        let payload = |url: &str| {
            json!({
                "action": "requested",
                "environment": "production",
                "deployment_callback_url": url,
                "deployment": { "id": 9 },
                "repository": { "full_name": "acme/shop" },
                "sender": { "login": "octocat", "id": 1 },
            })
        };
        let asked =
            Asked::read(&payload("https://elsewhere/repos/x/y/actions/runs/12/deployment_protection_rule"));
        assert_eq!(asked.as_ref().map(|asked| (asked.run, asked.deployment)), Some((12, 9)));
        for url in
            ["", "https://api/repos/a/b/actions/runs/12", "https://api/runs/x/deployment_protection_rule"]
        {
            assert_eq!(Asked::read(&payload(url)), None, "{url}");
        }
        for pointer in ["action", "environment", "repository"] {
            let mut without = payload("https://api/runs/12/deployment_protection_rule");
            without[pointer] = Value::Null;
            assert_eq!(Asked::read(&without), None, "{pointer}");
        }
    }
}
