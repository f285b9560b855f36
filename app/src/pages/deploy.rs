//! One deploy: the same progress as in the dialog, and everything that is recorded about it.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::NotFound;
use crate::{
    api::{
        ErrorCode, UiError,
        functions::{read_deploy, read_journal},
    },
    components::{
        announcement::Announcement, history::Transitions, journal::Journal, problem::ErrorNote,
        progress::Progress, text::plain, time::At,
    },
    domain::{Deploy, DeployId},
    hooks::{response, watch::use_watch},
};

/// The page. An address that is no id, or names no deploy, leads nowhere.
#[component]
pub fn DeployPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse::<DeployId>().ok()));
    let deploy = Resource::new_blocking(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => read_deploy(id).await.map(Some),
                None => Ok(None),
            }
        },
    );
    let content = move || {
        Suspend::new(async move {
            match deploy.await {
                Ok(Some(deploy)) => view! { <Recorded deploy /> }.into_any(),
                Ok(None) => view! { <NotFound /> }.into_any(),
                Err(UiError::Problem(problem)) if problem.code == ErrorCode::UnknownDeploy => {
                    view! { <NotFound /> }.into_any()
                }
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

#[component]
fn Recorded(deploy: Deploy) -> impl IntoView {
    let title = format!("{} to {}", deploy.app, deploy.environment);
    let id = deploy.id;
    let facts = view! { <Facts deploy=deploy.clone() /> };
    let known = deploy.history.len();
    let watch = use_watch(deploy);
    let (said, say) = signal(String::new());
    view! {
        <Title text=title.clone() />
        <div class="page-head"><h1>{title}</h1></div>
        {facts}
        <section class="panel" aria-label="Progress">
            <Progress watch known say />
            <Announcement text=said />
        </section>
        <Transitions deploy=watch.deploy.into() />
        <section>
            <h2>"Journal"</h2>
            <JournalOf id deploy=watch.deploy />
        </section>
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

/// Read again whenever the deploy has changed.
#[component]
fn JournalOf(id: DeployId, deploy: ReadSignal<Deploy>) -> impl IntoView {
    let version = Memo::new(move |_| deploy.with(|deploy| deploy.version));
    let journal = Resource::new_blocking(move || version.get(), move |_| read_journal(id));
    let content = move || {
        Suspend::new(async move {
            match journal.await {
                Ok(entries) => view! { <Journal entries /> }.into_any(),
                Err(error) => view! { <ErrorNote error /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <p class="quiet">"Reading the journal…"</p> }>{content}</Transition> }
        .into_any()
}
