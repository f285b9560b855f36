//! A run of a workflow and its jobs, as GitHub records them.

use std::collections::BTreeMap;

use app::domain::Timestamp;
use serde::{Deserialize, Serialize};

/// What starts a run.
pub(super) const DISPATCH: &str = "workflow_dispatch";
pub(super) const PUSH: &str = "push";

#[derive(Clone, Debug, Serialize)]
pub(super) struct SimulatedRun {
    /// Its id, unique in this GitHub.
    pub(super) id: i64,
    /// `owner/name`.
    pub(super) repo: String,
    /// The file name of its workflow.
    pub(super) workflow: String,
    /// The branch or tag that it runs on.
    #[serde(rename = "ref")]
    pub(super) git_ref: String,
    pub(super) inputs: DispatchInputs,
    /// Its title, by the `run-name` of the workflow.
    pub(super) display_title: String,
    /// Its jobs, in their order.
    pub(super) jobs: Vec<SimulatedJob>,
    /// How it ended.
    pub(super) conclusion: Option<&'static str>,
    /// Why it is held back: `waiting` for an approval, `pending` for its turn.
    pub(super) held: Option<&'static str>,
    /// Which attempt this is.
    pub(super) attempt: i64,
    /// Who rejected the approval that it waited for, and what was said with that.
    #[serde(skip)]
    pub(super) rejected: Option<(String, String)>,
    /// The jobs of the attempts before, oldest first.
    #[serde(skip)]
    pub(super) past_jobs: Vec<Vec<SimulatedJob>>,
    /// What started it.
    pub(super) event: &'static str,
    /// Who started it.
    pub(super) actor: &'static str,
    /// The commit that it deploys.
    pub(super) commit: String,
    /// The commit of its workflow file.
    pub(super) head_sha: String,
    /// When it was started.
    pub(super) created_at: Timestamp,
    /// When it ended, or was started.
    pub(super) updated_at: Timestamp,
    /// Whether lists show it already: GitHub's can lag.
    #[serde(skip)]
    pub(super) listed: bool,
}

impl SimulatedRun {
    /// The jobs of an attempt, from 1.
    pub(super) fn jobs_of_attempt(&self, attempt: i64) -> Option<&[SimulatedJob]> {
        let place = usize::try_from(attempt).ok()?.checked_sub(1)?;
        let all = self.past_jobs.iter().chain(std::iter::once(&self.jobs));
        all.map(Vec::as_slice).nth(place)
    }

    /// Whether its workflow has this job.
    pub(super) fn has(&self, job: &str) -> bool {
        self.jobs.iter().any(|candidate| candidate.name == job)
    }

    /// `queued`, `in_progress`, `completed`, or why it is held back.
    pub(super) fn status(&self) -> &'static str {
        match self.conclusion {
            Some(_) => "completed",
            None if self.held.is_some() => self.held.unwrap_or_default(),
            None if self.jobs.iter().all(|job| job.status == "queued") => "queued",
            None => "in_progress",
        }
    }
}

/// The inputs of a run. Which of them its workflow declares was checked before.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct DispatchInputs {
    pub(super) console_deploy_id: String,
    pub(super) environment: String,
    pub(super) git_ref: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) phase_callbacks: Option<String>,
    /// Those of an app's own.
    #[serde(flatten)]
    pub(super) others: BTreeMap<String, String>,
}

impl DispatchInputs {
    /// The inputs of a run that is started by hand.
    pub(super) fn without_console(environment: &str, git_ref: &str) -> Self {
        Self {
            console_deploy_id: String::new(),
            environment: environment.to_owned(),
            git_ref: git_ref.to_owned(),
            phase_callbacks: None,
            others: BTreeMap::new(),
        }
    }
}

/// One job of a run.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SimulatedJob {
    /// Its name in the workflow.
    pub(super) name: &'static str,
    /// `queued`, `in_progress` or `completed`.
    pub(super) status: &'static str,
    /// How it ended.
    pub(super) conclusion: Option<&'static str>,
    /// Whether a runner ever took it.
    pub(super) began: bool,
    /// When a runner took it.
    pub(super) started_at: Option<Timestamp>,
    pub(super) completed_at: Option<Timestamp>,
}

impl SimulatedJob {
    const fn queued(name: &'static str) -> Self {
        Self { name, status: "queued", conclusion: None, began: false, started_at: None, completed_at: None }
    }

    /// Goes on, or ends.
    pub(super) fn set(&mut self, status: &'static str, conclusion: Option<&'static str>, at: Timestamp) {
        (self.status, self.conclusion) = (status, conclusion);
        self.began |= status == "in_progress" || conclusion.is_some_and(|how| how != "skipped");
        self.started_at = self.started_at.or(self.began.then_some(at));
        self.completed_at = conclusion.map(|_| self.completed_at.unwrap_or(at));
    }
}

/// The jobs of a workflow, in their order: those of the files in `.github/workflows`. One that is not there has
/// the jobs of the first.
pub(super) fn jobs_of(workflow: &str) -> Vec<SimulatedJob> {
    let names: &[&'static str] = match workflow {
        "deploy-customer-docs.yml" => &["deploy"],
        "deploy-legacy.yml" => &["smoke", "release"],
        "deploy-heroku.yml" => &["report-smoke-start", "smoke", "report-smoke-end", "freeze-check", "deploy"],
        _ => &["smoke", "freeze-check", "deploy"],
    };
    names.iter().copied().map(SimulatedJob::queued).collect()
}

/// The title of a run, by the `run-name` of the shipped workflows; of one that several apps share, with its input `app`.
pub(super) fn title(inputs: &DispatchInputs, event: &str) -> String {
    let by = match (inputs.console_deploy_id.as_str(), event) {
        ("", PUSH) => "push",
        ("", _) => "by hand",
        (id, _) => id,
    };
    let app = inputs.others.get("app").map(|app| format!("{app} ")).unwrap_or_default();
    format!("Deploy {app}{} to {} ({by})", inputs.git_ref, inputs.environment)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::de::IgnoredAny;

    use super::{super::workflow_file::SHIPPED, *};

    #[test]
    fn jobs_match_the_shipped_workflows() {
        #[derive(Deserialize)]
        struct File {
            jobs: BTreeMap<String, IgnoredAny>,
        }
        for (workflow, text) in SHIPPED {
            let file: File = serde_saphyr::from_str(text).unwrap();
            let mut jobs: Vec<_> = jobs_of(workflow).iter().map(|job| job.name).collect();
            jobs.sort_unstable();
            assert_eq!(jobs, file.jobs.into_keys().collect::<Vec<_>>(), "{workflow}");
        }
    }
}
