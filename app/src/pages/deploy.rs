//! One deploy: the same progress as in the dialog, and everything that is recorded about it.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::NotFound;
use crate::{
    api::{
        ErrorCode, JournalEntry, PollAnswer, UiError,
        functions::{read_deploy, read_journal},
    },
    components::{problem::ErrorNote, text::plain, time::At},
    domain::{Deploy, DeployId},
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
                Ok(Some((first, journal))) => view! { <Recorded first journal /> }.into_any(),
                Ok(None) => view! { <NotFound /> }.into_any(),
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <Title text="Deploy" /> <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! { <Suspense fallback=|| view! { <p class="quiet">"Reading the deploy…"</p> }>{content}</Suspense> }
        .into_any()
}

/// A deploy and its journal; none, where the address names no deploy.
async fn read(id: Option<DeployId>) -> Result<Option<(PollAnswer, Vec<JournalEntry>)>, UiError> {
    let Some(id) = id else { return Ok(None) };
    match read_deploy(id).await {
        Ok(answer) => Ok(Some((answer, read_journal(id).await?))),
        Err(UiError::Problem(problem)) if problem.code == ErrorCode::UnknownDeploy => Ok(None),
        Err(error) => Err(error),
    }
}

#[component]
fn Recorded(first: PollAnswer, journal: Vec<JournalEntry>) -> impl IntoView {
    let deploy = &first.deploy;
    let title = format!("{} to {}", plain(&deploy.app), plain(&deploy.environment));
    view! {
        <Title text=title.clone() />
        <div class="page-head"><h1>{title}</h1></div>
        <Facts deploy=deploy.clone() />
        <LiveDeploy first journal />
    }
    .into_any()
}

#[component]
fn Facts(deploy: Deploy) -> impl IntoView {
    let reason = deploy.reason.map(|reason| plain(&reason));
    view! {
        <dl class="facts">
            <div><dt>"Ref"</dt><dd class="code">{plain(&deploy.git_ref)}</dd></div>
            <div><dt>"Requested"</dt><dd><At at=deploy.requested_at dated=true /></dd></div>
            <div><dt>"By"</dt><dd>{plain(&deploy.requested_by)}</dd></div>
            <div><dt>"Reason"</dt><dd>{reason.unwrap_or_else(|| "none given".to_owned())}</dd></div>
            <div><dt>"Id"</dt><dd class="code">{deploy.id.to_string()}</dd></div>
        </dl>
    }
    .into_any()
}
