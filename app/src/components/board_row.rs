//! One environment of one app: what is live, what is under way, and the button.

use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    deploy_form::Place,
    deploy_modal::Opening,
    frozen::opening_in_words,
    origin::asked_by,
    status::StatusBadge,
    stepper::StepRow,
    time::At,
    version::{VersionNote, what},
};
use crate::{
    api::{Board, BoardEnvironment, VersionCheck},
    domain::{Deploy, Recorded, Status},
};

/// The row. Its buttons stay in the page whatever happens, so that the focus can return to them.
#[component]
pub fn BoardRow(
    /// Where.
    place: Place,
    /// As it was read for this page.
    first: BoardEnvironment,
    /// The whole board as it is now.
    board: RwSignal<Board>,
    /// What the dialog opens on.
    opening: RwSignal<Option<Opening>>,
) -> impl IntoView {
    let name = first.name.clone();
    let (here, found) = (place.clone(), place.clone());
    let environment =
        Memo::new(move |_| board.with(|board| find(board, &found).cloned()).unwrap_or_else(|| first.clone()));
    let live = move || view! { <Live environment=environment.get() place=here.clone() /> };
    let latest = move || environment.with(latest);
    view! {
        <li class="row">
            <h3 class="row__name">{name}</h3>
            <div class="row__live">{live}</div>
            <div class="row__latest">{latest}</div>
            <Actions place environment opening />
        </li>
    }
}

fn find<'a>(board: &'a Board, place: &Place) -> Option<&'a BoardEnvironment> {
    let app = board.apps.iter().find(|app| app.name == place.app)?;
    app.environments.iter().find(|environment| environment.name == place.environment)
}

#[component]
fn Live(environment: BoardEnvironment, place: Place) -> impl IntoView {
    let BoardEnvironment { last_success, version, under_way, .. } = environment;
    // Where nothing is live there is nothing that could answer.
    let is_of_use =
        |check: &VersionCheck| last_success.is_some() || matches!(check, VersionCheck::Answers { .. });
    let version = version.filter(is_of_use);
    let versions = format!("/versions/{}/{}", place.app, place.environment);
    let label = format!("Versions of {} in {}", place.app, place.environment);
    let versions = view! { <a class="row__versions" href=versions aria-label=label>"Versions"</a> };
    let line = match last_success {
        None => Either::Left(view! {
            <div class="row__line"><span class="quiet">"No successful deploy is recorded"</span> {versions}</div>
        }),
        Some(deploy) => Either::Right(view! {
            <div class="row__line">
                <span class="row__label">"Live"</span>
                <a class="ref" href=format!("/deploys/{}", deploy.id)>{what(&deploy)}</a>
                {versions}
            </div>
            <span class="row__by">
                "since " <At at=deploy.finished_at.unwrap_or(deploy.updated_at) dated=true />
                " · " {asked_by(&deploy)}
            </span>
        }),
    };
    view! { {line} <VersionNote check=version under_way=under_way.is_some() /> }
}

/// What is under way; else the last outcome, where it is not what is live.
fn latest(environment: &BoardEnvironment) -> impl IntoView + use<> {
    if let Some(deploy) = &environment.under_way {
        return EitherOf3::A(view! { <UnderWay deploy=deploy.clone() /> });
    }
    match environment.last_ended.as_ref().filter(|deploy| !is_success(deploy)) {
        Some(deploy) => EitherOf3::B(view! { <Ended deploy=deploy.clone() /> }),
        None => EitherOf3::C(view! { <span class="quiet">"Nothing under way"</span> }),
    }
}

fn is_success(deploy: &Deploy) -> bool {
    deploy.status == Recorded::Known(Status::Succeeded)
}

#[component]
fn UnderWay(deploy: Deploy) -> impl IntoView {
    view! {
        <div class="row__line">
            <StepRow deploy=deploy.clone() />
            <StatusBadge deploy=deploy.clone() />
        </div>
        <DeployLine deploy />
    }
}

#[component]
fn Ended(deploy: Deploy) -> impl IntoView {
    view! {
        <div class="row__line"><StatusBadge deploy=deploy.clone() /></div>
        <DeployLine deploy />
    }
}

#[component]
fn DeployLine(deploy: Deploy) -> impl IntoView {
    view! {
        <span class="row__by">
            <a class="ref ref--small" href=format!("/deploys/{}", deploy.id)>{what(&deploy)}</a>
            " · " {asked_by(&deploy)} " · " <At at=deploy.updated_at dated=true />
        </span>
    }
}

/// Where the focus shall return to from a dialog that opens by itself.
pub fn focus_deploy_button(place: &Place) {
    if let Some(button) = document().get_element_by_id(&deploy_button(place)) {
        let _ = button.unchecked_into::<HtmlElement>().focus();
    }
}

fn deploy_button(place: &Place) -> String {
    format!("open-{}-{}", place.app, place.environment)
}

#[component]
fn Actions(
    place: Place,
    environment: Memo<BoardEnvironment>,
    opening: RwSignal<Option<Opening>>,
) -> impl IntoView {
    let busy = Memo::new(move |_| environment.with(|environment| environment.under_way.is_some()));
    let label = format!("Deploy {} to {}", place.app, place.environment);
    let watch_label = format!("Watch {} to {}", place.app, place.environment);
    let in_words = move || {
        environment.with(|environment| match (&environment.under_way, &environment.frozen) {
            (Some(_), _) => Some("One deploy at a time".to_owned()),
            (None, Some(frozen)) => Some(format!("Frozen. {}", opening_in_words(frozen))),
            (None, None) => None,
        })
    };
    let is_frozen = move || environment.with(|it| it.under_way.is_none() && it.frozen.is_some());
    let is_hindered =
        Memo::new(move |_| environment.with(|it| it.under_way.is_some() || it.frozen.is_some()));
    let reason = format!("reason-{}-{}", place.app, place.environment);
    let described_by = reason.clone();
    let id = deploy_button(&place);
    let place = StoredValue::new(place);
    let open = move |under_way| opening.set(Some(Opening { place: place.get_value(), under_way }));
    let deploy = move |_| {
        if !busy.get_untracked() {
            open(None);
        }
    };
    let watch = move |_| {
        // It may have ended since the button was drawn; then there is nothing to watch.
        if let Some(deploy) = environment.with_untracked(|environment| environment.under_way.clone()) {
            open(Some(deploy));
        }
    };
    view! {
        <div class="row__actions">
            <span class="row__reason" class:row__reason--frozen=is_frozen id=reason>{in_words}</span>
            <button
                type="button"
                class="button"
                aria-label=watch_label
                hidden=move || !busy.get()
                on:click=watch
            >
                "Watch"
            </button>
            <button
                id=id
                type="button"
                class="button button--primary"
                aria-label=label
                aria-describedby=move || is_hindered.get().then(|| described_by.clone())
                aria-disabled=move || busy.get().then_some("true")
                on:click=deploy
            >
                "Deploy"
            </button>
        </div>
    }
}
