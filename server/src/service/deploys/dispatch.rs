//! From the press of the button to GitHub's answer.
//!
//! The request is recorded before GitHub is asked, and GitHub is asked once. What follows depends on the
//! answer alone: accepted, refused, or unclear — then the row stays `requested` until somebody can tell.

use std::sync::Arc;

use app::{
    api::{DispatchRequest, Dispatched, ErrorCode, Problem},
    domain::{DeployId, Flag, GitRef, NotAGitRef, Source, Status},
};
use github::{Client, DispatchOutcome, Inputs, WorkflowDispatch};
use jiff::SignedDuration;
use runtime::{
    fail_point::{FailPoint, Point},
    ids::uuid_at,
};
use sha2::{Digest, Sha256};
use store::{Advance, Advanced, CreateOutcome, NewDeploy, Note, Noted, Store, StoreError};

use crate::config::AppConfig;
use crate::service::{CONSOLE, Console, LOCAL_OPERATOR, from_store};

/// A request that is still unanswered after this was left by a crash: GitHub is given 10 s, the database 6.
const IN_FLIGHT: SignedDuration = SignedDuration::from_secs(20);
/// Characters of a reason.
const MAX_REASON: usize = 500;
/// Characters of a key.
const MAX_KEY: usize = 255;

impl Console {
    pub(in crate::service) async fn request_deploy(
        &self,
        key: &str,
        request: DispatchRequest,
    ) -> Result<Dispatched, Problem> {
        check_key(key)?;
        let Some((app, environment)) = self.apps.find(&request.app, &request.environment) else {
            return Err(Problem::new(ErrorCode::UnknownEnvironment));
        };
        let git_ref = check_ref(&request.git_ref)?;
        check_reason("reason", request.reason.as_deref())?;
        check_reason("override_freeze", request.override_freeze.as_deref())?;
        let origin = self.origin_of(&request, app, environment).await;
        let on = self.flag_service.on_in(&environment.name).await?;
        let at = self.clock.now();
        let open = NewDeploy {
            id: DeployId::new(uuid_at(at)),
            actor: LOCAL_OPERATOR.to_owned(),
            key: key.to_owned(),
            fingerprint: hex::encode(Sha256::digest(fingerprint_text(&request))),
            app: app.name.clone(),
            environment: environment.name.clone(),
            // A ref that is the full id of a commit can be nothing else.
            commit: git_ref.as_str().parse().ok(),
            git_ref: git_ref.clone(),
            origin: origin.clone().unwrap_or_default(),
            reason: said(request.reason),
            override_freeze: said(request.override_freeze),
            at,
            in_flight_since: at.saturating_sub(IN_FLIGHT).unwrap_or(at),
        };
        if let Err(problem) = origin {
            // What was answered once is answered again, whatever has become since of what it was pinned to.
            let earlier = self.store.earlier(&open).await.map_err(from_store)?.ok_or(problem)?;
            return self.answer_known(earlier).await;
        }
        let inputs = Inputs {
            console_deploy_id: open.id,
            environment: environment.name.clone(),
            git_ref: git_ref.to_string(),
            phase_callbacks: on.contains(&Flag::ConsoleDeployPhaseCallbacks),
        };
        self.fail_point.pass(Point::BeforeIntent).await;
        let id = open.id;
        match self.record_and_ask(open, app, inputs).await? {
            CreateOutcome::New => {
                self.fail_point.pass(Point::AfterCommit).await;
                let stored = self.find(id).await?;
                if on.contains(&Flag::ConsoleDeployAsync) {
                    Ok(Dispatched::Accepted(Box::new(self.view(stored))))
                } else {
                    let stored = self.background.track_future(self.wait_for_run(stored)).await?;
                    Ok(Dispatched::Created(Box::new(self.view(stored))))
                }
            }
            known => self.answer_known(known).await,
        }
    }

    /// Answers a request that made no deploy this time.
    async fn answer_known(&self, opened: CreateOutcome) -> Result<Dispatched, Problem> {
        match opened {
            // Whoever has made one asks GitHub for it, and does not come here.
            CreateOutcome::New => Err(Problem::new(ErrorCode::Internal)),
            CreateOutcome::Replayed(id) => {
                Ok(Dispatched::Replayed(Box::new(self.view(self.find(id).await?))))
            }
            CreateOutcome::InFlight => Err(Problem::new(ErrorCode::IdempotencyKeyInFlight)),
            CreateOutcome::KeyReused => Err(Problem::new(ErrorCode::IdempotencyKeyReused)),
            CreateOutcome::Frozen(frozen) => {
                Err(Problem { frozen: Some(frozen), ..Problem::new(ErrorCode::Frozen) })
            }
            CreateOutcome::UnderWay(other) => {
                Err(Problem { active_deploy_id: Some(other), ..Problem::new(ErrorCode::DeployUnderWay) })
            }
        }
    }

    /// Records the request, and asks GitHub if it is new: in a task of its own. If the one who asked goes away,
    /// what was recorded is asked for, and what GitHub answers is recorded, all the same.
    async fn record_and_ask(
        &self,
        open: NewDeploy,
        app: &AppConfig,
        inputs: Inputs,
    ) -> Result<CreateOutcome, Problem> {
        let dispatch = WorkflowDispatch {
            repo: app.repo.clone(),
            workflow: app.workflow.clone(),
            git_ref: app.git_ref.to_string(),
            inputs,
        };
        let task = Task {
            id: open.id,
            store: Arc::clone(&self.store),
            github: self.github.clone(),
            clock: self.clock.clone(),
            fail_point: self.fail_point.clone(),
        };
        let done = self.background.spawn(async move { task.run(&open, &dispatch).await });
        done.await.map_err(|_| Problem::new(ErrorCode::Internal))?.map_err(from_store)
    }
}

/// The text over which the fingerprint is made: every field of the request, each with its length.
fn fingerprint_text(request: &DispatchRequest) -> String {
    let reason = request.reason.as_deref().unwrap_or_default();
    [request.app.as_str(), &request.environment, &request.git_ref, reason]
        .into_iter()
        .chain(request.override_freeze.as_deref())
        .map(|field| format!("{}:{field}\n", field.len()))
        // No field begins so: each begins with its length.
        .chain(request.pinned_to.map(|id| format!("pinned to {id}\n")))
        .collect()
}

/// Blanks say nothing.
fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// One dispatch, free of whoever asked for it.
struct Task {
    id: DeployId,
    store: Arc<dyn Store>,
    github: Client,
    clock: runtime::clock::SharedClock,
    fail_point: FailPoint,
}

impl Task {
    async fn run(&self, open: &NewDeploy, dispatch: &WorkflowDispatch) -> Result<CreateOutcome, StoreError> {
        let opened = self.store.open(open).await?;
        if opened == CreateOutcome::New {
            self.ask_github(dispatch).await?;
        }
        Ok(opened)
    }

    async fn ask_github(&self, dispatch: &WorkflowDispatch) -> Result<(), StoreError> {
        self.fail_point.pass(Point::AfterIntent).await;
        let outcome = self.github.dispatch(dispatch).await;
        self.fail_point.pass(Point::AfterPost).await;
        tracing::info!(deploy_id = %self.id, ?outcome, "GitHub was asked for a run");
        let left_out = match &outcome {
            DispatchOutcome::Accepted { left_out, .. } => left_out.clone(),
            DispatchOutcome::Refused(_) | DispatchOutcome::Unclear(_) => Vec::new(),
        };
        if let Some(advance) = self.advance(outcome) {
            match self.store.advance(&advance).await? {
                Advanced::Moved => {}
                // A callback was quicker than GitHub's answer; it proved the same.
                Advanced::Refused(current) => {
                    tracing::info!(deploy_id = %self.id, ?current, "the row had moved on already");
                }
                Advanced::Missing => tracing::error!(deploy_id = %self.id, "the row is gone"),
            }
        }
        for input in left_out {
            let what = Noted::InputLeftOut(input);
            let actor = CONSOLE.to_owned();
            self.store.note(&Note { id: self.id, what, actor, at: self.clock.now() }).await?;
        }
        self.store.answered(self.id, self.clock.now()).await
    }

    fn advance(&self, outcome: DispatchOutcome) -> Option<Advance> {
        let (to, log_line, run) = match outcome {
            DispatchOutcome::Accepted { run, left_out } => {
                let sentences: Vec<_> = left_out.iter().map(|input| input.without()).collect();
                let log_line = (!sentences.is_empty()).then(|| sentences.join(" "));
                (Status::Dispatched, log_line, run)
            }
            DispatchOutcome::Refused(reason) => (Status::Failed, Some(reason), None),
            DispatchOutcome::Unclear(_) => return None,
        };
        Some(Advance {
            id: self.id,
            to,
            source: Source::Console,
            actor: CONSOLE.to_owned(),
            log_line,
            failure_stage: None,
            evidence: run.as_ref().map(|run| format!("GitHub run {}", run.id)),
            run,
            past: None,
            at: self.clock.now(),
        })
    }
}

/// The characters of a structured-field string, however the key came.
fn check_key(key: &str) -> Result<(), Problem> {
    let is_allowed = |c: char| c.is_ascii_graphic() || c == ' ';
    if (1..=MAX_KEY).contains(&key.len()) && key.chars().all(is_allowed) {
        Ok(())
    } else {
        Err(Problem::new(ErrorCode::InvalidIdempotencyKey))
    }
}

fn check_ref(text: &str) -> Result<GitRef, Problem> {
    text.parse().map_err(|wrong| {
        let detail = match wrong {
            NotAGitRef::Malformed => {
                "git_ref: write a branch, a tag or a commit, such as main or v1.4.2.".to_owned()
            }
            NotAGitRef::Invisible(_) => format!("git_ref: {wrong}."),
        };
        Problem::new(ErrorCode::InvalidField).with_detail(detail)
    })
}

pub(in crate::service) fn check_reason(field: &str, reason: Option<&str>) -> Result<(), Problem> {
    let wrong =
        |what: &str| Err(Problem::new(ErrorCode::InvalidField).with_detail(format!("{field}: {what}.")));
    match reason {
        Some(reason) if reason.chars().count() > MAX_REASON => {
            wrong(&format!("at most {MAX_REASON} characters"))
        }
        // The one character that not every database can keep in a text.
        Some(reason) if reason.contains('\0') => wrong("text without the character U+0000"),
        Some(_) | None => Ok(()),
    }
}
