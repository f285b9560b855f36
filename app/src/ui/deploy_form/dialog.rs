//! The dialog around a deploy: first the form, then, in the same dialog, the progress of the deploy.
//!
//! The native dialog does the hard parts: focus goes in, stays in, and returns to the button; Escape
//! closes. What is inside exists only while it is open, so nothing of it polls or ticks once it is closed.

use leptos::{either::EitherOf4, html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    form::DeployForm,
    target::{self, DeployTarget},
};
use crate::{
    api::{PollAnswer, UiError},
    domain::{Deploy, DeployId},
    live::{
        dialog_address::name_deploy,
        dialog_triggers::elements,
        pending_submission,
        source::{DeploySource, use_context_or_default},
        use_deploy::use_deploy,
    },
    text::{deploy::deploy_label, printable::printable},
    ui::{
        deploy::progress::DeployProgress,
        kit::{announcement::Announcement, error_note::ErrorNote, requester::requested_by_text},
        versions::CommitLineOf,
    },
};

/// What the dialog is to open on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DialogRequest {
    /// The form.
    Form(DeployTarget),
    /// A deploy, to watch it.
    Watch(DeployId),
}

impl DialogRequest {
    /// The page that shows the same.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            Self::Form(target) => target.address(),
            Self::Watch(id) => format!("/deploys/{id}"),
        }
    }
}

#[derive(Clone)]
enum DialogView {
    Form,
    /// The deploy to watch is being read.
    Loading,
    Progress {
        first: Box<PollAnswer>,
        known: usize,
    },
    Error(UiError),
}

/// Opens the dialog on a submission that was left unanswered, as if its button had been clicked: the focus returns
/// there.
pub fn reopen_pending(request: RwSignal<Option<DialogRequest>>) {
    let find = |app: &str, environment: &str| {
        let mut buttons =
            elements(target::DEPLOY_BUTTONS).filter_map(|button| Some((DeployTarget::of(&button)?, button)));
        buttons.find(|(target, _)| target.app == app && target.environment == environment)
    };
    if let Some((target, button)) = pending_submission::newest(find) {
        let _ = button.unchecked_into::<HtmlElement>().focus();
        request.set(Some(DialogRequest::Form(target)));
    }
}

/// The dialog. It opens when `request` is set, and unsets it when it closes.
#[component]
pub fn DeployDialog(
    /// What to open on; none while it is closed.
    request: RwSignal<Option<DialogRequest>>,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let (said, say) = signal(String::new());
    let close = Callback::new(move |()| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    });
    let is_watching = RwSignal::new(false);
    // Back in the browser unsets the request.
    Effect::new(move || {
        if let (None, Some(dialog)) = (request.get(), dialog.get().filter(|dialog| dialog.open())) {
            dialog.close();
        }
    });
    let content = move || {
        request.get().map(|request| {
            say.set(String::new());
            view! { <DialogContent request dialog say close is_watching /> }
        })
    };
    view! {
        <dialog class="modal" class:modal--deploy=is_watching node_ref=dialog aria-labelledby="deploy-title" on:close=move |_| request.set(None)>
            {content}
            <Announcement text=said />
        </dialog>
    }
}

#[component]
fn DialogContent(
    request: DialogRequest,
    dialog: NodeRef<html::Dialog>,
    say: WriteSignal<String>,
    close: Callback<()>,
    is_watching: RwSignal<bool>,
) -> impl IntoView {
    let (title, view) = match &request {
        DialogRequest::Form(target) => (title(&target.app, &target.environment), DialogView::Form),
        DialogRequest::Watch(id) => (title_on_page(*id), DialogView::Loading),
    };
    let (heading, title, shown) = (NodeRef::<html::H2>::new(), RwSignal::new(title), RwSignal::new(view));
    Effect::new(move || open_and_focus(dialog, heading, &shown.get()));
    Effect::new(move || {
        let deploy = shown.with(|shown| shown.deploy().cloned());
        is_watching.set(deploy.is_some());
        if let Some(deploy) = deploy {
            title.set(self::title(&deploy.app, &deploy.environment));
            name_deploy(deploy.id);
        }
    });
    let source = use_context_or_default::<DeploySource>();
    let watch = Callback::new(move |id: DeployId| {
        let answer = source.read(id);
        // The dialog may be closed by then.
        spawn_local(async move { drop(shown.try_set(view_of(answer.await))) });
    });
    let target = match request {
        DialogRequest::Form(target) => Some(target),
        DialogRequest::Watch(id) => {
            watch.run(id);
            None
        }
    };
    let on_accepted = Callback::new(move |deploy: Deploy| {
        shown.set(DialogView::Progress { first: Box::new(deploy.into()), known: 0 });
    });
    let body = move || match shown.get() {
        DialogView::Form => {
            EitherOf4::A(target.clone().map(|target| view! { <DeployForm target on_accepted watch close /> }))
        }
        DialogView::Loading => {
            EitherOf4::B(view! { <p class="quiet">"Reading the deploy…"</p> <CloseButton close /> })
        }
        DialogView::Progress { first, known } => {
            EitherOf4::C(view! { <WatchedDeploy first=*first known say close /> })
        }
        DialogView::Error(error) => EitherOf4::D(view! { <ErrorNote error /> <CloseButton close /> }),
    };
    view! {
        <h2 class="modal__title" id="deploy-title" tabindex="-1" node_ref=heading>{title}</h2>
        {body}
    }
}

impl DialogView {
    /// The deploy that is shown.
    fn deploy(&self) -> Option<&Deploy> {
        match self {
            Self::Progress { first, .. } => Some(&first.deploy),
            Self::Form | Self::Loading | Self::Error(_) => None,
        }
    }
}

/// As the button that opened it says; without one, until the deploy is read, no more is known.
fn title_on_page(id: DeployId) -> String {
    let button = elements(&format!("[{}=\"{id}\"]", target::WATCH)).next();
    let target = button.and_then(|button| DeployTarget::of(&button));
    target.map_or_else(|| "Deploy".to_owned(), |target| title(&target.app, &target.environment))
}

fn title(app: &str, environment: &str) -> String {
    format!("Deploy {} to {}", printable(app), printable(environment))
}

fn view_of(answer: Result<PollAnswer, UiError>) -> DialogView {
    match answer {
        Ok(first) => DialogView::Progress { known: first.deploy.history.len(), first: Box::new(first) },
        Err(error) => DialogView::Error(error),
    }
}

/// Opens the dialog once its content is in it, and keeps the focus in it when the form goes.
fn open_and_focus(dialog: NodeRef<html::Dialog>, heading: NodeRef<html::H2>, shown: &DialogView) {
    let Some(dialog) = dialog.get_untracked() else { return };
    if !dialog.open() {
        // It fails only for a dialog that is open, or has left the page.
        let _ = dialog.show_modal();
    }
    let focus_on_the_heading = match shown {
        DialogView::Form => false,
        DialogView::Loading | DialogView::Progress { .. } | DialogView::Error(_) => true,
    };
    if let Some(heading) = heading.get_untracked().filter(|_| focus_on_the_heading) {
        let _ = heading.focus();
    }
}

#[component]
fn WatchedDeploy(
    first: PollAnswer,
    known: usize,
    say: WriteSignal<String>,
    close: Callback<()>,
) -> impl IntoView {
    let deploy = &first.deploy;
    let page = format!("/deploys/{}", deploy.id);
    let facts = format!("{} · requested {}", deploy_label(deploy), requested_by_text(deploy));
    let signals = use_deploy(first);
    let commit = move || signals.deploy.with(|deploy| view! { <CommitLineOf deploy=deploy.clone() /> });
    view! {
        <div class="modal__facts"><p>{facts}</p>{commit}</div>
        <DeployProgress signals known say />
        <div class="form__actions">
            <a class="button button--plain" href=page>"Commits, jobs and journal"</a>
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
