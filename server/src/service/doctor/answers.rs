//! What GitHub is asked about one app, and what follows from all of it together. Each question has its own time limit, so
//! that one that is not answered leaves the others.

use std::time::Duration;

use app::api::{AppChecks, Check, CheckSubject};
use github::{
    Client, Identity, ListedNames, LookError, ReadError, RepositoryRecord, RequestsLeft, TokenRecord,
    WorkflowRecord,
};

use super::{
    found::{Looked, depends_on, problem},
    gate, identity, inputs, jobs, repository, run_name, token,
    workflow_file::WorkflowFile,
};
use crate::config::AppConfig;

/// For one question. A few depend on others, and are asked after them.
const PATIENCE: Duration = Duration::from_secs(3);

/// What GitHub answered about one app.
pub(super) struct Answers {
    repository: Looked<(RepositoryRecord, TokenRecord)>,
    workflow: Looked<WorkflowRecord>,
    text: Looked<String>,
    compare: Looked<()>,
    secrets: Looked<ListedNames>,
    /// Only where the workflow accepts nothing but GitHub's own environments.
    environments: Option<Looked<ListedNames>>,
    /// Only where GitHub does not say what the token may do.
    cancel: Option<Looked<()>>,
    /// Only where the console is an App: which environments it is asked about.
    gate: Option<Looked<Vec<bool>>>,
}

async fn within<T>(looked: impl Future<Output = Looked<T>>) -> Looked<T> {
    let took_too_long = || ReadError::Unusable("it took too long".to_owned());
    tokio::time::timeout(PATIENCE, looked).await.unwrap_or_else(|_| Err(took_too_long().into()))
}

impl Answers {
    pub(super) async fn gather(github: &Client, app: &AppConfig) -> Self {
        let AppConfig { repo, workflow, git_ref, .. } = app;
        let git_ref = git_ref.as_str();
        let ((repository, cancel), (text, environments), workflow, compare, secrets, gate) = tokio::join!(
            Self::repository_and_cancel(github, repo),
            Self::text_and_environments(github, app),
            within(github.workflow(repo, workflow)),
            within(github.may_compare(repo, git_ref)),
            within(github.secret_names(repo)),
            Self::gate(github, app),
        );
        Self { repository, workflow, text, compare, secrets, environments, cancel, gate }
    }

    /// GitHub asks Apps alone.
    async fn gate(github: &Client, app: &AppConfig) -> Option<Looked<Vec<bool>>> {
        match github.identity() {
            Identity::Token => None,
            Identity::App => Some(within(gate::look(github, app)).await),
        }
    }

    async fn repository_and_cancel(
        github: &Client,
        repo: &str,
    ) -> (Looked<(RepositoryRecord, TokenRecord)>, Option<Looked<()>>) {
        let repository = within(github.repository(repo)).await;
        let says_nothing =
            matches!(&repository, Ok((_, token)) if token.scopes.is_none() && token.granted.is_none());
        let cancel = if says_nothing { Some(within(github.cancel_no_run(repo)).await) } else { None };
        (repository, cancel)
    }

    async fn text_and_environments(
        github: &Client,
        app: &AppConfig,
    ) -> (Looked<String>, Option<Looked<ListedNames>>) {
        let text = within(github.workflow_text(&app.repo, &app.workflow, app.git_ref.as_str())).await;
        let file = text.as_ref().ok().and_then(|text| WorkflowFile::read(text).ok());
        let environments = match file {
            Some(file) if inputs::needs_environments(&file) => {
                Some(within(github.environment_names(&app.repo)).await)
            }
            Some(_) | None => None,
        };
        (text, environments)
    }

    /// How many requests GitHub still answers.
    pub(super) fn requests(&self) -> Option<RequestsLeft> {
        self.repository.as_ref().ok().and_then(|(_, token)| token.requests)
    }

    /// The lines about the app, in the order in which they are worth reading.
    pub(super) fn checks(&self, app: &AppConfig) -> AppChecks {
        let record = self.repository.as_ref().map(|(record, _)| record).map_err(LookError::clone);
        let mut checks = vec![
            repository::repository(app, record),
            repository::workflow(app, &self.workflow),
            repository::file(app, &self.text),
        ];
        checks.extend(self.of_file(app));
        checks.push(match &self.repository {
            Ok((record, token)) => token::actions(app, (record, token), self.cancel.as_ref()),
            Err(_) => depends_on(CheckSubject::Actions, CheckSubject::Repository),
        });
        checks.push(token::compare(app, &self.compare));
        checks.extend(self.gate.as_ref().map(|looked| gate::gate(app, looked)));
        of(app, checks)
    }

    fn of_file(&self, app: &AppConfig) -> Vec<Check> {
        let Ok(text) = &self.text else {
            return OF_FILE.map(|subject| depends_on(subject, CheckSubject::File)).into();
        };
        let file = match WorkflowFile::read(text) {
            Ok(file) => file,
            Err(error) => return vec![unreadable(app, &error)],
        };
        let mut checks = inputs::inputs(app, &file);
        checks.push(inputs::environments(app, &file, self.environments.as_ref()));
        checks.extend(jobs::jobs(app, &file));
        checks.push(run_name::run_name(app, &file));
        checks.push(jobs::reports(app, &file));
        if app.callback_identity.takes_signatures() {
            checks.push(token::secret(app, &file, &self.secrets));
        }
        checks.extend(identity::permission(app, &file));
        checks
    }
}

/// What the file is read for.
const OF_FILE: [CheckSubject; 6] = [
    CheckSubject::Inputs,
    CheckSubject::Environments,
    CheckSubject::Jobs,
    CheckSubject::RunName,
    CheckSubject::Reports,
    CheckSubject::Secret,
];

fn unreadable(app: &AppConfig, error: &serde_saphyr::Error) -> Check {
    let why = error.to_string();
    let why = why.lines().next().unwrap_or_default();
    problem(
        CheckSubject::File,
        format!("{} cannot be read as a workflow: {why}.", app.workflow),
        format!("the file on {}", app.git_ref),
        "Mend it: GitHub shows what is wrong with it on the page of its runs.",
    )
}

/// These lines, about this app.
pub(super) fn of(app: &AppConfig, checks: Vec<Check>) -> AppChecks {
    AppChecks {
        app: app.name.clone(),
        repo: app.repo.clone(),
        workflow: app.workflow.clone(),
        git_ref: app.git_ref.to_string(),
        checks,
    }
}
