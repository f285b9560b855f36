//! The dialog around a deploy: first the form, then, in the same dialog, the deploy on its way.
//!
//! The native dialog does the hard parts: focus goes in, stays in, and returns to the opener; Escape
//! closes. What is inside exists only while it is open, so nothing of it polls or ticks once it is closed.

use leptos::{either::EitherOf4, html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    form::DeployForm,
    target::{self, Place},
};
use crate::{
    api::{PollAnswer, UiError},
    domain::{Deploy, DeployId},
    live::{
        dialog_triggers::openers,
        pending_submission,
        source::{DeploySource, injected},
        use_deploy::use_watch,
    },
    text::deploy::{deploy_label, requester},
    ui::{
        deploy::progress::Progress,
        kit::{announcement::Announcement, error_note::ErrorNote},
    },
};

/// What the dialog opens on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Opening {
    /// Where.
    pub place: Place,
    /// The deploy to watch; without one, the form.
    pub under_way: Option<DeployId>,
}

impl Opening {
    /// The page that shows the same.
    #[must_use]
    pub fn address(&self) -> String {
        self.under_way.map_or_else(|| self.place.address(), |id| format!("/deploys/{id}"))
    }
}

/// What stands in the dialog.
#[derive(Clone)]
enum Scene {
    Form,
    /// The deploy to watch is being read.
    Reading,
    Progress {
        deploy: Box<Deploy>,
        known: usize,
    },
    Trouble(UiError),
}

/// Opens the dialog on a press that was left unanswered, as if its button had been pressed: the focus returns
/// there.
pub fn reopen(opening: RwSignal<Option<Opening>>) {
    let find = |app: &str, environment: &str| {
        let mut buttons = openers(target::DEPLOY).filter_map(|button| Some((Place::of(&button)?, button)));
        buttons.find(|(place, _)| place.app == app && place.environment == environment)
    };
    if let Some((place, button)) = pending_submission::newest(find) {
        let _ = button.unchecked_into::<HtmlElement>().focus();
        opening.set(Some(Opening { place, under_way: None }));
    }
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
    let scene = RwSignal::new(if under_way.is_some() { Scene::Reading } else { Scene::Form });
    Effect::new(move || show(dialog, heading, &scene.get()));
    let source = injected::<DeploySource>();
    let watch = Callback::new(move |id: DeployId| {
        let answer = source.read(id);
        // The dialog may be closed by then.
        spawn_local(async move { drop(scene.try_set(watching(answer.await))) });
    });
    if let Some(id) = under_way {
        watch.run(id);
    }
    let deployed =
        Callback::new(move |deploy| scene.set(Scene::Progress { deploy: Box::new(deploy), known: 0 }));
    let body = move || match scene.get() {
        Scene::Form => EitherOf4::A(view! { <DeployForm place=place.clone() deployed watch close /> }),
        Scene::Reading => {
            EitherOf4::B(view! { <p class="quiet">"Reading the deploy…"</p> <CloseButton close /> })
        }
        Scene::Progress { deploy, known } => {
            EitherOf4::C(view! { <Watched deploy=*deploy known say close /> })
        }
        Scene::Trouble(error) => EitherOf4::D(view! { <ErrorNote error /> <CloseButton close /> }),
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
        Scene::Reading | Scene::Progress { .. } | Scene::Trouble(_) => true,
    };
    if let Some(heading) = heading.get_untracked().filter(|_| focus_on_the_heading) {
        let _ = heading.focus();
    }
}

#[component]
fn Watched(deploy: Deploy, known: usize, say: WriteSignal<String>, close: Callback<()>) -> impl IntoView {
    let page = format!("/deploys/{}", deploy.id);
    let facts = format!("{} · requested by {}", deploy_label(&deploy), requester(&deploy));
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
