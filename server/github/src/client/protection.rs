//! GitHub's gate: which environments a run waits for, who may review it there, and the console's own answer.
//!
//! <https://docs.github.com/en/rest/actions/workflow-runs#review-custom-deployment-protection-rules-for-a-workflow-run>

use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Client, ReadError, entries::Entries, words::presentable};
use crate::{AwaitedEnvironment, GateAnswer, GateVerdict, ListedRun, null_as_default};

/// Characters of a comment that GitHub takes.
const MAX_COMMENT: usize = 1024;

#[derive(Deserialize, Serialize)]
struct PendingDeployment {
    environment: EnvironmentName,
    #[serde(default, deserialize_with = "null_as_default")]
    reviewers: Vec<Reviewer>,
}

#[derive(Deserialize, Serialize)]
struct EnvironmentName {
    #[serde(default, deserialize_with = "null_as_default")]
    name: String,
}

#[derive(Deserialize, Serialize)]
struct CustomRules {
    #[serde(rename = "custom_deployment_protection_rules")]
    rules: Entries<CustomRule>,
}

#[derive(Deserialize, Serialize)]
struct CustomRule {
    enabled: bool,
    app: RuleApp,
}

#[derive(Deserialize, Serialize)]
struct RuleApp {
    id: u64,
}

/// Somebody, or a team, who may review: a person has a login, a team a slug.
#[derive(Deserialize, Serialize)]
struct Reviewer {
    #[serde(default, deserialize_with = "null_as_default")]
    reviewer: ReviewerName,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct ReviewerName {
    login: Option<String>,
    slug: Option<String>,
}

impl Client {
    /// Tells GitHub whether a job of a run may go on into an environment; without a verdict, why it still waits.
    ///
    /// # Errors
    /// If it is not known whether GitHub took it.
    pub async fn answer_gate(
        &self,
        repo: &str,
        run: i64,
        environment: &str,
        verdict: Option<GateVerdict>,
        comment: &str,
    ) -> Result<GateAnswer, ReadError> {
        let path = ["actions", "runs", &run.to_string(), "deployment_protection_rule"];
        let comment: String = comment.chars().take(MAX_COMMENT).collect();
        let mut body = json!({ "environment_name": environment, "comment": comment });
        if let Some(verdict) = verdict {
            body["state"] = verdict.as_str().into();
        }
        let answer = self.send(self.request(Method::POST, repo, &path).json(&body)).await?;
        match answer.status() {
            status if status.is_success() => Ok(GateAnswer::Taken),
            // It has begun to ask and does not know it yet, or was answered before, or the run has ended.
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::NOT_FOUND => Ok(GateAnswer::NothingAsked),
            _ => Err(self.refusal(answer).await.into_read_error()),
        }
    }

    /// The environments that a run waits for, and who may let it go on into each.
    ///
    /// # Errors
    /// If GitHub's record cannot be read.
    pub async fn awaited_environments(
        &self,
        repo: &str,
        run: i64,
    ) -> Result<Vec<AwaitedEnvironment>, ReadError> {
        let path = ["actions", "runs", &run.to_string(), "pending_deployments"];
        let pending: Entries<PendingDeployment> = self.read(self.request(Method::GET, repo, &path)).await?;
        let token = self.authentication.secret();
        let owner = repo.split('/').next().unwrap_or_default();
        let name = |Reviewer { reviewer: ReviewerName { login, slug } }: Reviewer| {
            let name = login.or_else(|| slug.map(|slug| format!("{owner}/{slug}")))?;
            presentable(&name, token)
        };
        let awaited = pending.into_readable()?.into_iter().map(|pending| AwaitedEnvironment {
            name: pending.environment.name,
            reviewers: pending.reviewers.into_iter().filter_map(name).collect(),
        });
        Ok(awaited.collect())
    }

    /// Whether GitHub asks the console itself before a job goes on into an environment. Without an App, or where the App is
    /// known by its client id alone, that is not told.
    ///
    /// # Errors
    /// If GitHub's record cannot be read.
    pub async fn is_asked_about(&self, repo: &str, environment: &str) -> Result<bool, ReadError> {
        let Some(own) = self.authentication.app_number() else { return Ok(false) };
        let path = ["environments", environment, "deployment_protection_rules"];
        let CustomRules { rules } = self.read(self.request(Method::GET, repo, &path)).await?;
        Ok(rules.into_readable()?.iter().any(|rule| rule.enabled && rule.app.id == own))
    }

    /// A run, with the fields that show where it comes from.
    ///
    /// # Errors
    /// If GitHub's record cannot be read.
    pub async fn origin_of_run(&self, repo: &str, id: i64) -> Result<ListedRun, ReadError> {
        // It makes an address of its own: the answer to the other is kept without these fields.
        let query = [("exclude_pull_requests", "true")];
        self.read(self.request(Method::GET, repo, &["actions", "runs", &id.to_string()]).query(&query)).await
    }
}
