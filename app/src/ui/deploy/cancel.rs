//! The button that ends a deploy early. It asks once more before it asks GitHub, and claims nothing: the
//! deploy ends when GitHub says so.

use leptos::{either::EitherOf3, html, prelude::*, task::spawn_local};

use crate::{
    api::UiError,
    domain::{CannotCancel, Deploy},
    live::{
        source::{CancelTarget, injected},
        use_deploy::Watch,
    },
    ui::kit::error_note::ErrorNote,
};

/// What follows where the console did not answer.
const UNANSWERED: &str = "Whether the wish was recorded is not known. Asking again does no harm.";

/// How far the wish has come.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Wish {
    /// Nobody wants it, or it was recorded and stands among the notes.
    None,
    /// The button was pressed once.
    Considered,
    /// It is on its way.
    Sent,
    /// It did not get through.
    Failed(UiError),
}

/// The button, while the deploy is live.
#[component]
pub fn CancelDeploy(
    /// The deploy, and how fresh it is.
    watch: Watch,
) -> impl IntoView {
    let wish = RwSignal::new(Wish::None);
    let target = injected::<CancelTarget>();
    let hindrance = Memo::new(move |_| watch.deploy.with(Deploy::cannot_cancel));
    let confirm = Callback::new(move |()| {
        wish.set(Wish::Sent);
        let answer = target.send(watch.deploy.with_untracked(|deploy| deploy.id));
        spawn_local(async move {
            let heard = match answer.await {
                Ok(deploy) => {
                    // The dialog may have been closed since.
                    watch.hear.try_run(deploy);
                    Wish::None
                }
                Err(error) => Wish::Failed(error),
            };
            wish.try_set(heard);
        });
    });
    move || {
        (hindrance.get() != Some(CannotCancel::Ended)).then(|| match wish.get() {
            Wish::None => EitherOf3::A(view! { <Ask wish hindrance /> }),
            Wish::Considered | Wish::Sent => EitherOf3::B(view! { <Confirm wish confirm /> }),
            Wish::Failed(error) => EitherOf3::C(view! {
                <ErrorNote error unanswered=UNANSWERED />
                <Ask wish hindrance />
            }),
        })
    }
}

/// The first press.
#[component]
fn Ask(wish: RwSignal<Wish>, hindrance: Memo<Option<CannotCancel>>) -> impl IntoView {
    let disabled = move || hindrance.get().is_some();
    let press = move |_| {
        if !disabled() {
            wish.set(Wish::Considered);
        }
    };
    let reason = move || {
        hindrance.get().map(|_| {
            view! { <span class="cancel__hint" id="cancel-hint">"Not yet: its run on GitHub is not known."</span> }
        })
    };
    view! {
        <div class="cancel">
            <button
                type="button"
                class="button button--quiet"
                aria-disabled=move || disabled().then_some("true")
                aria-describedby=move || disabled().then_some("cancel-hint")
                on:click=press
            >
                "Cancel deploy…"
            </button>
            {reason}
        </div>
    }
}

/// The second press.
#[component]
fn Confirm(wish: RwSignal<Wish>, confirm: Callback<()>) -> impl IntoView {
    let sent = move || wish.with(|wish| *wish == Wish::Sent);
    let keep = NodeRef::<html::Button>::new();
    // The safe answer has the focus, and the keyboard does not fall out of the dialog.
    keep.on_load(|button| drop(button.focus()));
    let press = move |_| {
        if !sent() {
            confirm.run(());
        }
    };
    view! {
        <div class="note note--late" role="group" aria-label="Cancel this deploy?">
            <p class="note__title">"Cancel this deploy?"</p>
            <p>"GitHub is asked to stop its run. What was rolled out already stays."</p>
            <div class="cancel__choice">
                <button type="button" class="button" node_ref=keep on:click=move |_| wish.set(Wish::None)>
                    "Keep it running"
                </button>
                <button
                    type="button"
                    class="button button--danger"
                    aria-disabled=move || sent().then_some("true")
                    on:click=press
                >
                    {move || if sent() { "Asking GitHub…" } else { "Cancel the run" }}
                </button>
            </div>
        </div>
    }
}
