//! The dialog around a deploy: first the form, then, in the same dialog, the deploy on its way.
//!
//! The native dialog does the hard parts: focus goes in, stays in, and returns to the opener; Escape
//! closes. What is inside exists only while it is open, so nothing of it polls or ticks once it is closed.

use leptos::{either::EitherOf3, html, prelude::*, task::spawn_local};

use super::{
    announcement::Announcement,
    deploy_form::{DeployForm, Place},
    origin::asked_by,
    problem::ErrorNote,
    progress::Progress,
    version::what,
};
use crate::{
    api::{PollAnswer, UiError},
    domain::{Deploy, DeployId},
    hooks::{
        source::{DeploySource, injected},
        watch::use_watch,
    },
};

/// What the dialog opens on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Opening {
    /// Where.
    pub place: Place,
    /// The deploy to watch; without one, the form.
    pub under_way: Option<Deploy>,
}

/// What stands in the dialog.
#[derive(Clone)]
enum Scene {
    Form,
    Progress { deploy: Box<Deploy>, known: usize },
    Trouble(UiError),
}

/// The dialog. It opens when `opening` is set, and unsets it when it closes.
#[component]
pub fn DeployModal(
    /// What to open on; none while it is closed.
    opening: RwSignal<Option<Opening>>,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let (said, say) = signal(String::new());
    let close = Callback::new(move |()| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    });
    let content = move || {
        opening.get().map(|opening| {
            say.set(String::new());
            view! { <Content opening dialog say close /> }
        })
    };
    view! {
        <dialog class="modal" node_ref=dialog aria-labelledby="deploy-title" on:close=move |_| opening.set(None)>
            {content}
            <Announcement text=said />
        </dialog>
    }
}

#[component]
fn Content(
    opening: Opening,
    dialog: NodeRef<html::Dialog>,
    say: WriteSignal<String>,
    close: Callback<()>,
) -> impl IntoView {
    let Opening { place, under_way } = opening;
    let title = format!("Deploy {} to {}", place.app, place.environment);
    let heading = NodeRef::<html::H2>::new();
    let scene = RwSignal::new(match under_way {
        Some(deploy) => Scene::Progress { known: deploy.history.len(), deploy: Box::new(deploy) },
        None => Scene::Form,
    });
    Effect::new(move || show(dialog, heading, &scene.get()));
    let source = injected::<DeploySource>();
    let watch = Callback::new(move |id: DeployId| {
        let answer = source.read(id);
        spawn_local(async move { scene.set(watching(answer.await)) });
    });
    let deployed =
        Callback::new(move |deploy| scene.set(Scene::Progress { deploy: Box::new(deploy), known: 0 }));
    let body = move || match scene.get() {
        Scene::Form => EitherOf3::A(view! { <DeployForm place=place.clone() deployed watch close /> }),
        Scene::Progress { deploy, known } => {
            EitherOf3::B(view! { <Watched deploy=*deploy known say close /> })
        }
        Scene::Trouble(error) => EitherOf3::C(view! { <ErrorNote error /> <CloseButton close /> }),
    };
    view! {
        <h2 class="modal__title" id="deploy-title" tabindex="-1" node_ref=heading>{title}</h2>
        {body}
    }
}

fn watching(answer: Result<PollAnswer, UiError>) -> Scene {
    match answer {
        Ok(PollAnswer { deploy, .. }) => {
            Scene::Progress { known: deploy.history.len(), deploy: Box::new(deploy) }
        }
        Err(error) => Scene::Trouble(error),
    }
}

/// Opens the dialog once its content stands in it, and keeps the focus in it when the form goes.
fn show(dialog: NodeRef<html::Dialog>, heading: NodeRef<html::H2>, scene: &Scene) {
    let Some(dialog) = dialog.get_untracked() else { return };
    if !dialog.open() {
        // It fails only for a dialog that is open, or has left the page.
        let _ = dialog.show_modal();
    }
    let focus_on_the_heading = match scene {
        Scene::Form => false,
        Scene::Progress { .. } | Scene::Trouble(_) => true,
    };
    if let Some(heading) = heading.get_untracked().filter(|_| focus_on_the_heading) {
        let _ = heading.focus();
    }
}

#[component]
fn Watched(deploy: Deploy, known: usize, say: WriteSignal<String>, close: Callback<()>) -> impl IntoView {
    let page = format!("/deploys/{}", deploy.id);
    let facts = format!("{} · requested by {}", what(&deploy), asked_by(&deploy));
    let watch = use_watch(deploy);
    view! {
        <p class="modal__facts">{facts}</p>
        <Progress watch known say />
        <div class="form__actions">
            <a class="button button--plain" href=page>"Open its page"</a>
            <button type="button" class="button" on:click=move |_| close.run(())>"Close"</button>
        </div>
    }
}

#[component]
fn CloseButton(close: Callback<()>) -> impl IntoView {
    view! {
        <div class="form__actions">
            <button type="button" class="button" on:click=move |_| close.run(())>"Close"</button>
        </div>
    }
}
