//! One deploy: the same progress as in the dialog, and everything that is recorded about it.

use futures::future::try_join;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::NotFound;
use crate::{
    api::{
        Brought, DeployJournal, ErrorCode, PollAnswer, Redeploy, RunRecord, UiError,
        deploys::{read_journal, read_run_record, read_stored_deploy},
        versions::{read_brought, read_redeploys},
    },
    domain::DeployId,
    islands::{LiveDeploy, LiveList},
    request::{query::use_query, response},
    text::{printable::printable, status::status_text},
    ui::{
        deploy::{
            deploy_details::DeployDetails,
            next_steps::NextSteps,
            progress_panel::ProgressPanel,
            record::{commits::BroughtCommits, jobs::JobList, journal::Journal, later_attempt::LaterAttempt},
        },
        kit::{
            error_note::{ErrorNote, FormErrorNote},
            status::Tone,
        },
        layout::page_title::PageTitle,
    },
};

/// The page. An address that is no id, or names no deploy, leads nowhere.
#[component]
pub fn DeployDetailPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse::<DeployId>().ok()));
    let recorded = Resource::new_blocking(move || id.get(), read);
    let content = move || {
        Suspend::new(async move {
            match recorded.await {
                Ok(Some(found)) => view! { <DeployContent found /> }.into_any(),
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
struct DeployRecord {
    answer: PollAnswer,
    journal: DeployJournal,
    redeploys: Vec<Redeploy>,
    record: RunRecord,
    brought: Option<Brought>,
}

/// A deploy with its journal; `None` if the address names no deploy.
async fn read(id: Option<DeployId>) -> Result<Option<DeployRecord>, UiError> {
    let Some(id) = id else { return Ok(None) };
    match read_stored_deploy(id).await {
        Ok(answer) => {
            let (journal, redeploys) = (read_journal(id).await?, read_redeploys(id).await?);
            // The last, because GitHub may take its time.
            let (record, brought) = try_join(read_run_record(id), read_brought(id)).await?;
            Ok(Some(DeployRecord { answer, journal, redeploys, record, brought }))
        }
        Err(UiError::Problem(problem)) if problem.code == ErrorCode::UnknownDeploy => Ok(None),
        Err(error) => Err(error),
    }
}

#[component]
fn DeployContent(found: DeployRecord) -> impl IntoView {
    let DeployRecord { answer: first, journal, redeploys, record, brought } = found;
    let posted = use_query().get("problem");
    let deploy = first.deploy.clone();
    let title = format!("{} to {}", printable(&deploy.app), printable(&deploy.environment));
    let (is_live, may_change) = (deploy.is_live(), deploy.may_change());
    // Without a deploy under way, its run may go on, and GitHub may still be asked for its commits.
    let is_followed = !is_live && (may_change || brought.as_ref().is_some_and(Brought::is_pending));
    let (id, entries) = (deploy.id, journal.entries.clone());
    // What the panel offers is not offered twice.
    let promoted_to = first.outcome.as_ref().and_then(|outcome| outcome.promote_to.clone());
    let redeploys =
        redeploys.into_iter().filter(|redeploy| Some(&redeploy.environment) != promoted_to.as_ref());
    view! {
        <PageTitle text=format!("{} · {title}", status_text(&deploy)) activity=Tone::of(&deploy).into() />
        <div class="page-head" data-follow=may_change.then_some("")>
            <h1>{title}</h1>
            <NextSteps deploy=id redeploys=redeploys.collect() />
        </div>
        <FormErrorNote problem=posted />
        <DeployDetails deploy=deploy.clone() />
        {is_live.then(|| view! { <LiveDeploy /> })}
        {is_followed.then(|| view! { <LiveList /> })}
        <div class="part" data-part="later"><LaterAttempt entries /></div>
        <ProgressPanel first read_at=record.asked_at />
        <div class="part" data-part="commits"><BroughtCommits deploy brought /></div>
        <JobList record is_live />
        <div class="part" data-part="recorded"><Journal id journal /></div>
    }
    .into_any()
}
