//! One deploy: the same progress as in the dialog, and everything that is recorded about it.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::NotFound;
use crate::{
    api::{
        ErrorCode, JournalEntry, PollAnswer, Redeploy, RedeployKind, UiError,
        functions::{read_deploy, read_journal, read_redeploys},
    },
    components::{
        history::Transitions,
        journal::Journal,
        later_attempt::LaterAttempt,
        origin::{OriginFact, asked_by},
        page_title::{Activity, PageTitle},
        problem::ErrorNote,
        status::words,
        text::plain,
        time::At,
    },
    domain::{Deploy, DeployId, Recorded, Status},
    hooks::response,
    islands::LiveDeploy,
};

/// The page. An address that is no id, or names no deploy, leads nowhere.
#[component]
pub fn DeployPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse::<DeployId>().ok()));
    let recorded = Resource::new_blocking(move || id.get(), read);
    let content = move || {
        Suspend::new(async move {
            match recorded.await {
                Ok(Some(found)) => view! { <Recorded found /> }.into_any(),
                Ok(None) => view! { <NotFound /> }.into_any(),
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <PageTitle text="Deploy" /> <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! { <Suspense fallback=|| view! { <p class="quiet">"Reading the deploy…"</p> }>{content}</Suspense> }
        .into_any()
}

/// Everything about one deploy.
#[derive(Clone, Deserialize, Serialize)]
struct Found {
    answer: PollAnswer,
    journal: Vec<JournalEntry>,
    redeploys: Vec<Redeploy>,
}

/// A deploy with its journal; none, where the address names no deploy.
async fn read(id: Option<DeployId>) -> Result<Option<Found>, UiError> {
    let Some(id) = id else { return Ok(None) };
    match read_deploy(id).await {
        Ok(answer) => {
            let (journal, redeploys) = (read_journal(id).await?, read_redeploys(id).await?);
            Ok(Some(Found { answer, journal, redeploys }))
        }
        Err(UiError::Problem(problem)) if problem.code == ErrorCode::UnknownDeploy => Ok(None),
        Err(error) => Err(error),
    }
}

#[component]
fn Recorded(found: Found) -> impl IntoView {
    let Found { answer: first, journal, redeploys } = found;
    let deploy = &first.deploy;
    let title = format!("{} to {}", plain(&deploy.app), plain(&deploy.environment));
    let is_live = deploy.is_live();
    let (deploy, entries) = (deploy.clone(), journal.clone());
    view! {
        <PageTitle text=format!("{} · {title}", words(&deploy)) activity=activity(&deploy) />
        <div class="page-head" data-follow=is_live.then_some("")><h1>{title}</h1></div>
        <div class="part" data-part="facts"><Facts deploy=deploy.clone() /></div>
        <div class="part" data-part="redeploys"><Redeploys id=deploy.id redeploys /></div>
        <LiveDeploy first />
        <div class="part" data-part="recorded">
            <LaterAttempt entries />
            <Transitions deploy />
            <Journal entries=journal />
        </div>
    }
    .into_any()
}

fn activity(deploy: &Deploy) -> Activity {
    match &deploy.status {
        Recorded::Known(Status::Succeeded) => Activity::Quiet,
        Recorded::Known(Status::Failed | Status::TimedOut) => Activity::Bad,
        Recorded::Known(
            Status::Requested
            | Status::Dispatched
            | Status::SmokeGateStarted
            | Status::SmokeGatePassed
            | Status::FreezeCheckStarted
            | Status::FreezeCheckPassed
            | Status::Building
            | Status::Deploying,
        )
        | Recorded::Unknown(_) => Activity::Moving,
    }
}

#[component]
fn Facts(deploy: Deploy) -> impl IntoView {
    let reason = deploy.reason.as_deref().map(plain);
    let commit = deploy.commit.as_ref().map_or_else(|| "not known".to_owned(), ToString::to_string);
    let by = asked_by(&deploy);
    view! {
        <dl class="facts">
            <div><dt>"Ref"</dt><dd class="code">{plain(&deploy.git_ref)}</dd></div>
            <div><dt>"Commit"</dt><dd class="code">{commit}</dd></div>
            <div><dt>"Requested"</dt><dd><At at=deploy.requested_at dated=true /></dd></div>
            <div><dt>"By"</dt><dd>{by}</dd></div>
            <div><dt>"Reason"</dt><dd>{reason.unwrap_or_else(|| "none given".to_owned())}</dd></div>
            <div><dt>"Id"</dt><dd class="code">{deploy.id.to_string()}</dd></div>
            <OriginFact deploy />
        </dl>
    }
    .into_any()
}

/// Where its commit could be deployed again, each with the way there.
#[component]
fn Redeploys(id: DeployId, redeploys: Vec<Redeploy>) -> impl IntoView {
    let link = |Redeploy { environment, kind }| {
        let words = match kind {
            RedeployKind::Rollback => format!("Roll {environment} back to this…"),
            RedeployKind::Promotion => format!("Promote to {environment}…"),
        };
        view! { <a class="button" href=format!("/deploys/{id}/to/{environment}")>{words}</a> }
    };
    (!redeploys.is_empty()).then(|| {
        let links = redeploys.into_iter().map(link).collect_view();
        view! { <nav class="redeploys" aria-label="Deploy this commit again">{links}</nav> }
    })
}
