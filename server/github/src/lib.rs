//! The only place that speaks to GitHub.
//!
//! [`client`] is what the console asks of it, over HTTP; [`credentials`] who the console is there. Nothing here decides what follows from an answer.

mod client;
mod config;
mod credentials;
mod repository;

use app::domain::{Commit, DeployId, InputValues, OptionalInput, RunRef, Timestamp};
use serde::{Deserialize, Serialize};

pub use client::{Client, ReadError};
pub use config::GitHubConfig;
pub use credentials::{AppCredentials, Credentials, Identity, NotAPrivateKey};
pub use repository::{
    Access, AccountPermissions, Granted, ListedNames, LookError, RepositoryRecord, RequestsLeft, TokenRecord,
    WorkflowRecord,
};

/// A run to ask for.
#[derive(Clone, Debug)]
pub struct WorkflowDispatch {
    /// `owner/name`.
    pub repo: String,
    /// The file name of the workflow.
    pub workflow: String,
    /// The branch or tag on which it runs.
    pub git_ref: String,
    pub inputs: Inputs,
}

/// The inputs of the deploy workflow. GitHub takes strings alone, and refuses an input that the workflow file
/// does not declare.
#[derive(Clone, Debug, Serialize)]
pub struct Inputs {
    /// Which deploy its callbacks are about.
    pub console_deploy_id: DeployId,
    pub environment: String,
    pub git_ref: String,
    /// Whether it should report its gates. If not, the input is not sent: a workflow file that does not declare it
    /// can be deployed with as long as the flag is off.
    #[serde(skip_serializing_if = "std::ops::Not::not", serialize_with = "as_text")]
    pub phase_callbacks: bool,
    /// Who requested the deploy, for workflow files that want to know; what they do not declare is not sent unasked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<String>,
    /// What is configured for the app, and what was filled in.
    #[serde(flatten)]
    pub configured: InputValues,
}

fn as_text<S: serde::Serializer>(flag: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if *flag { "true" } else { "false" })
}

impl Inputs {
    /// Leaves out the inputs that GitHub called unexpected, or every optional one if it named none. Returns what
    /// was left out: nothing if the workflow lacks an input without which there is no deploy.
    pub fn leave_out(&mut self, unexpected: &[String]) -> Vec<OptionalInput> {
        let optional: Option<Vec<OptionalInput>> = unexpected.iter().map(|name| name.parse().ok()).collect();
        let Some(named) = optional else { return Vec::new() };
        let is_unexpected = |input: &OptionalInput| named.is_empty() || named.contains(input);
        let left_out = OptionalInput::ALL.into_iter().filter(is_unexpected).filter(|input| match input {
            OptionalInput::PhaseCallbacks => std::mem::take(&mut self.phase_callbacks),
            OptionalInput::RequestedBy => self.requested_by.take().is_some(),
        });
        left_out.collect()
    }

    /// Those of the inputs that GitHub called unexpected which are there because the app is configured so; nothing if
    /// the workflow lacks one of the console's own as well.
    #[must_use]
    pub fn configured_among<'a>(&self, unexpected: &'a [String]) -> Vec<&'a str> {
        let is_configured = |name: &&str| self.configured.get(name).is_some();
        let (configured, others): (Vec<_>, Vec<_>) =
            unexpected.iter().map(String::as_str).partition(is_configured);
        let is_optional = |name: &&str| name.parse::<OptionalInput>().is_ok();
        if others.iter().all(is_optional) { configured } else { Vec::new() }
    }
}

/// What is known after a run was requested.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DispatchOutcome {
    Accepted {
        /// The run, if GitHub said which.
        run: Option<RunRef>,
        /// The inputs that the workflow does not declare, and that were therefore not sent.
        left_out: Vec<OptionalInput>,
    },
    /// GitHub said no: there is no run, and there will be none. The reason is for operators.
    Refused(String),
    /// It is unknown whether there is a run. It must not be requested again. The reason is for operators.
    Unclear(String),
}

/// The run to look for.
#[derive(Clone, Copy, Debug)]
pub struct SoughtRun<'a> {
    /// `owner/name`.
    pub repo: &'a str,
    /// The file name of its workflow.
    pub workflow: &'a str,
    /// The deploy that its title has to name.
    pub deploy: DeployId,
    /// When the deploy was requested.
    pub requested_at: Timestamp,
}

/// What looking for a run found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FoundRun {
    /// None carries our deploy id. GitHub's lists can lag: there may be one all the same.
    None,
    One(RunRef),
    /// More than one: none is taken.
    Several,
}

/// What asking for a cancellation brought.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CancelOutcome {
    /// GitHub will cancel it.
    Asked,
    /// It has ended, or is ending.
    TooLate,
}

/// What a reviewer said of a run that waited. The texts can be shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Review {
    /// Who, where that is known.
    pub by: Option<String>,
    /// Whether they let it go on.
    pub is_approval: bool,
    /// What they said with it.
    pub comment: Option<String>,
}

/// An environment that a run waits to go on into. The texts can be shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AwaitedEnvironment {
    /// Its name on GitHub.
    pub name: String,
    /// Who may let it go on: people by their login, teams as `owner/team`; none, where no person is asked.
    pub reviewers: Vec<String>,
}

/// What GitHub is told about its gate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum GateVerdict {
    Approved,
    Rejected,
}

impl GateVerdict {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }
}

/// What became of an answer about the gate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum GateAnswer {
    /// GitHub took it.
    Taken,
    /// GitHub does not ask: not yet, or no longer.
    NothingAsked,
}

/// An approval that a run waited for, and that was rejected. The texts can be shown.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Rejection {
    /// Who rejected it, where that is known.
    pub by: Option<String>,
    /// What was said with it.
    pub comment: Option<String>,
}

/// A run, as GitHub records it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Run {
    pub id: i64,
    /// Where it stands.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: Progress,
    /// How it ended.
    pub conclusion: Option<Conclusion>,
    /// 1 for the first attempt.
    #[serde(default = "first_attempt")]
    pub run_attempt: i64,
}

const fn first_attempt() -> i64 {
    1
}

/// A run in a list, with the fields that show where it comes from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ListedRun {
    #[serde(flatten)]
    pub run: Run,
    #[serde(default, deserialize_with = "null_as_default")]
    pub display_title: String,
    /// What started it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub event: String,
    /// The branch or tag whose workflow file it runs.
    #[serde(default)]
    pub head_branch: Option<String>,
    /// The repository whose workflow file it runs: that of a fork, for its pull requests. None, if that was deleted.
    #[serde(default)]
    pub head_repository: Option<RepositoryName>,
    /// The commit of the workflow file: for a push, the commit that was pushed.
    #[serde(default, deserialize_with = "null_as_default")]
    pub head_sha: String,
    /// When it was started.
    pub created_at: Timestamp,
    /// When this attempt was started.
    #[serde(default)]
    pub run_started_at: Option<Timestamp>,
    /// When anything of it last changed; once it has ended, when it did.
    pub updated_at: Timestamp,
    /// The workflow file that it runs, perhaps with its ref behind an `@`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub path: String,
    /// Who started it.
    pub actor: Option<Account>,
    /// Who started this attempt.
    #[serde(default)]
    pub triggering_actor: Option<Account>,
}

impl ListedRun {
    /// When this attempt was started.
    #[must_use]
    pub fn started_at(&self) -> Timestamp {
        self.run_started_at.unwrap_or(self.created_at)
    }

    /// Who started this attempt, as far as GitHub says.
    #[must_use]
    pub fn started_by(&self) -> Option<&str> {
        self.starter().map(|account| account.login.as_str())
    }

    /// The account that started this attempt, as far as GitHub says.
    #[must_use]
    pub fn starter(&self) -> Option<&Account> {
        self.triggering_actor.as_ref().or(self.actor.as_ref())
    }

    /// Whether it runs the workflow of this file name.
    #[must_use]
    pub fn runs(&self, workflow: &str) -> bool {
        let path = self.path.split('@').next().unwrap_or_default();
        path.strip_prefix(".github/workflows/") == Some(workflow)
    }
}

/// A repository, by its name.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RepositoryName {
    /// `owner/name`.
    pub full_name: String,
}

/// An account on GitHub.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Account {
    /// The name there.
    pub login: String,
    /// Its number, which never changes.
    #[serde(default)]
    pub id: Option<u64>,
}

/// What lies between two commits.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Comparison {
    /// The page that shows it.
    pub html_url: String,
    /// How many commits the second has that the first has not.
    pub ahead_by: u32,
    /// How many commits the first has that the second has not.
    pub behind_by: u32,
    /// The commits that only the second has, oldest first, as far as GitHub lists them and they can be read.
    #[serde(default, deserialize_with = "readable")]
    pub commits: Vec<ComparedCommit>,
}

/// One commit between two.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ComparedCommit {
    pub sha: Commit,
    /// What is recorded in it.
    pub commit: CommitRecord,
}

/// What is recorded in a commit.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CommitRecord {
    /// The message, whole.
    pub message: String,
    /// Who wrote it, where that is known.
    #[serde(default, deserialize_with = "named")]
    pub author: Option<CommitAuthor>,
}

/// Who wrote a commit.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CommitAuthor {
    /// The name in the commit.
    pub name: String,
}

/// A job of a run, as GitHub records it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Job {
    pub id: i64,
    /// Its name, as in the workflow.
    pub name: String,
    /// Where it stands.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: Progress,
    /// How it ended.
    pub conclusion: Option<Conclusion>,
    /// Its steps; none, if no runner took it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub steps: Vec<JobStep>,
}

impl Job {
    /// Whether it ever began.
    #[must_use]
    pub const fn began(&self) -> bool {
        !self.steps.is_empty()
    }
}

/// A step of a job.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct JobStep {
    /// Its name, as in the workflow.
    #[serde(deserialize_with = "null_as_default")]
    pub name: String,
    /// Where it stands.
    #[serde(deserialize_with = "null_as_default")]
    pub status: Progress,
    /// How it ended. One that failed and may fail ended well.
    pub conclusion: Option<Conclusion>,
}

/// A job in GitHub's own words, to be shown: nothing is concluded from it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct JobRecord {
    pub id: i64,
    /// Its name, as in the workflow.
    pub name: String,
    /// Where it stands.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
    /// When it began. GitHub says something here before that, too.
    #[serde(default)]
    pub started_at: Option<Timestamp>,
    #[serde(default)]
    pub completed_at: Option<Timestamp>,
    /// Whether it ever began.
    #[serde(rename = "steps", default, deserialize_with = "is_not_empty", serialize_with = "as_list")]
    pub began: bool,
}

fn is_not_empty<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let steps: Option<Vec<serde::de::IgnoredAny>> = Deserialize::deserialize(deserializer)?;
    Ok(steps.is_some_and(|steps| !steps.is_empty()))
}

/// A list of one step or of none, so that what was read can be read again.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn as_list<S: serde::Serializer>(began: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(began.then_some(()))
}

/// The entries of a list that are as documented.
fn readable<'de, D: serde::Deserializer<'de>, T: serde::de::DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let entries: Vec<serde_json::Value> = Deserialize::deserialize(deserializer)?;
    Ok(entries.into_iter().filter_map(|entry| serde_json::from_value(entry).ok()).collect())
}

/// An author, who may have no name.
fn named<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<CommitAuthor>, D::Error> {
    #[derive(Deserialize)]
    struct Author {
        #[serde(default)]
        name: Option<String>,
    }
    let author: Option<Author> = Deserialize::deserialize(deserializer)?;
    Ok(author.and_then(|author| author.name).map(|name| CommitAuthor { name }))
}

/// Null where nothing is known, as GitHub has it in members that its description calls required, too.
fn null_as_default<'de, D: serde::Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Where a run or a job stands.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    Queued,
    InProgress,
    Completed,
    /// Waiting for an approval.
    Waiting,
    Requested,
    /// Waiting for another run of its concurrency group.
    Pending,
    /// Something that this build does not know, or that GitHub does not say.
    #[default]
    #[serde(other)]
    Unknown,
}

/// How a run or a job ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    Success,
    Failure,
    /// Neither success nor failure.
    Neutral,
    /// Cancelled: by a person, or because a newer run took its place.
    Cancelled,
    Skipped,
    /// By GitHub's own time limit.
    TimedOut,
    /// It waits for a person.
    ActionRequired,
    /// GitHub lost sight of it.
    Stale,
    /// The workflow file could not be read.
    StartupFailure,
    /// Something that this build does not know.
    #[serde(other)]
    Unknown,
}
