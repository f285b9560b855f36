//! Which commit is live in an environment, and which were, or are elsewhere: each with a link to deploy it.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::NotFound;
use crate::{
    api::{ErrorCode, UiError, Versions, versions::read_versions},
    domain::{Commit, Deploy},
    request::response,
    text::{deploy::deploy_label, printable::printable},
    ui::{
        kit::{error_note::ErrorNote, may_not::MayNot, requester::requester_text, time::At},
        layout::page_title::PageTitle,
        versions::VersionNote,
    },
};

/// The page. An address that names no environment leads nowhere.
#[component]
pub fn VersionsPage() -> impl IntoView {
    let params = use_params_map();
    let place = Memo::new(move |_| {
        let part = |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
        (part("app"), part("environment"))
    });
    let versions =
        Resource::new_blocking(move || place.get(), |(app, environment)| read_versions(app, environment));
    let content = move || {
        Suspend::new(async move {
            match versions.await {
                Ok(versions) => view! { <VersionsContent versions /> }.into_any(),
                Err(UiError::Problem(problem)) if problem.code == ErrorCode::UnknownEnvironment => {
                    view! { <NotFound /> }.into_any()
                }
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <PageTitle text="Versions" /> <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! { <Suspense fallback=|| view! { <p class="quiet">"Reading the versions…"</p> }>{content}</Suspense> }
        .into_any()
}

/// What is known of the versions of one environment.
#[component]
pub fn VersionsContent(versions: Versions) -> impl IntoView {
    let Versions { app, environment, live, check, earlier, elsewhere, denied } = versions;
    let title = format!("Versions of {app} in {environment}");
    let commit = live.as_ref().and_then(|live| live.commit.clone());
    let live = match live {
        Some(deploy) => view! {
            <p class="versions__live"><a class="ref" href=format!("/deploys/{}", deploy.id)>{deploy_label(&deploy)}</a></p>
            <p class="quiet">
                "since " <At at=deploy.finished_at.unwrap_or(deploy.updated_at) dated=true />
                " · " {requester_text(&deploy)}
            </p>
        }
        .into_any(),
        None => view! { <p class="quiet">"No successful deploy is recorded."</p> }.into_any(),
    };
    view! {
        <PageTitle text=title.clone() />
        <div class="page-head"><h1>{title}</h1></div>
        <section class="panel versions" aria-labelledby="versions-live">
            <h2 id="versions-live">"Live"</h2>
            {live}
            <VersionNote check under_way=false />
        </section>
        <DeployChoices
            id="versions-earlier"
            title="Roll back to"
            nothing="No earlier deploy succeeded here with another commit that is known."
            action="Roll back…"
            deploys=earlier
            live=commit.clone()
            to=environment.clone()
            denied=denied.clone()
        />
        <DeployChoices
            id="versions-elsewhere"
            title="Promote from"
            nothing="Nothing is live in another environment of this app."
            action="Promote…"
            deploys=elsewhere
            live=commit
            to=environment
            denied
        />
    }
    .into_any()
}

/// Deploys whose commits could be deployed here, each with the way there.
#[component]
fn DeployChoices(
    id: &'static str,
    title: &'static str,
    nothing: &'static str,
    action: &'static str,
    deploys: Vec<Deploy>,
    live: Option<Commit>,
    to: String,
    denied: Option<String>,
) -> impl IntoView {
    let row = |deploy| row(&deploy, action, live.as_ref(), &to, denied.as_deref());
    let rows = deploys.into_iter().map(row).collect::<Vec<_>>();
    let list = if rows.is_empty() {
        view! { <p class="quiet">{nothing}</p> }.into_any()
    } else {
        view! { <ul class="versions__list" role="list">{rows}</ul> }.into_any()
    };
    view! { <section aria-labelledby=id><h2 id=id>{title}</h2>{list}</section> }
}

fn row(
    deploy: &Deploy,
    action: &'static str,
    live: Option<&Commit>,
    to: &str,
    denied: Option<&str>,
) -> impl IntoView + use<> {
    let name = format!("{action} {}", deploy_label(deploy));
    let way = match &deploy.commit {
        Some(commit) if live == Some(commit) => {
            view! { <span class="quiet">"Live here, too"</span> }.into_any()
        }
        Some(_) if denied.is_some() => {
            let reason = denied.unwrap_or_default().to_owned();
            view! { <MayNot id=format!("may-not-{}", deploy.id) label=action name reason brief=true /> }
                .into_any()
        }
        Some(_) => view! {
            <a class="button" href=format!("/deploys/{}/to/{to}", deploy.id) aria-label=name>{action}</a>
        }
        .into_any(),
        None => view! { <span class="quiet">"Its commit is not known"</span> }.into_any(),
    };
    let place =
        (deploy.environment != to).then(|| view! { <strong>{printable(&deploy.environment)}</strong> " · " });
    view! {
        <li class="versions__row">
            <div>
                {place}
                <a class="ref" href=format!("/deploys/{}", deploy.id)>{deploy_label(deploy)}</a>
                <span class="second">
                    "deployed " <At at=deploy.finished_at.unwrap_or(deploy.updated_at) dated=true />
                    " · " {requester_text(deploy)}
                </span>
            </div>
            {way}
        </li>
    }
}
