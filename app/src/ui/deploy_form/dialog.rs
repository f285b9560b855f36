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
        dialog_triggers::elements,
        pending_submission,
        source::{DeploySource, use_context_or_default},
        use_deploy::use_deploy,
    },
    text::deploy::deploy_label,
    ui::{
        deploy::progress::DeployProgress,
        kit::{announcement::Announcement, error_note::ErrorNote, requester::requested_by_text},
    },
};

/// What the dialog is to open on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DialogRequest {
    pub target: DeployTarget,
    /// The deploy to watch; without one, the form.
    pub under_way: Option<DeployId>,
}

impl DialogRequest {
    /// The page that shows the same.
    #[must_use]
    pub fn address(&self) -> String {
        self.under_way.map_or_else(|| self.target.address(), |id| format!("/deploys/{id}"))
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
        request.set(Some(DialogRequest { target, under_way: None }));
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
    let content = move || {
        request.get().map(|request| {
            say.set(String::new());
            view! { <DialogContent request dialog say close /> }
        })
    };
    view! {
        <dialog class="modal" node_ref=dialog aria-labelledby="deploy-title" on:close=move |_| request.set(None)>
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
) -> impl IntoView {
    let DialogRequest { target, under_way } = request;
    let title = format!("Deploy {} to {}", target.app, target.environment);
    let heading = NodeRef::<html::H2>::new();
    let shown = RwSignal::new(if under_way.is_some() { DialogView::Loading } else { DialogView::Form });
    Effect::new(move || open_and_focus(dialog, heading, &shown.get()));
    let source = use_context_or_default::<DeploySource>();
    let watch = Callback::new(move |id: DeployId| {
        let answer = source.read(id);
        // The dialog may be closed by then.
        spawn_local(async move { drop(shown.try_set(view_of(answer.await))) });
    });
    if let Some(id) = under_way {
        watch.run(id);
    }
    let on_accepted = Callback::new(move |deploy: Deploy| {
        shown.set(DialogView::Progress { first: Box::new(deploy.into()), known: 0 });
    });
    let body = move || match shown.get() {
        DialogView::Form => {
            EitherOf4::A(view! { <DeployForm target=target.clone() on_accepted watch close /> })
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
    view! {
        <p class="modal__facts">{facts}</p>
        <DeployProgress signals known say />
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
