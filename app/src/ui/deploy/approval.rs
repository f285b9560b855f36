//! The approvals that a deploy waits for and was given, and the forms to approve or reject it. They are plain forms, which
//! work without scripts; with them they are sent from where one is.

use leptos::{
    either::{Either, EitherOf4},
    ev::SubmitEvent,
    html,
    prelude::*,
    task::spawn_local,
};

use crate::{
    api::UiError,
    domain::{Approval, Deploy, GivenApproval, MayApprove, Timestamp},
    live::{
        source::{Review, ReviewTarget, use_context_or_default},
        use_deploy::DeploySignals,
    },
    text::{
        approval::{missing_text, unless_text},
        printable::printable,
    },
    ui::kit::{error_note::ErrorNote, may_not::MayNot, time::At},
};

const OWN_REQUEST: &str = "You requested it: somebody else has to approve it.";

/// What it waits for, or who approved it; nothing, where it needs no approval.
#[component]
pub fn ApprovalNote(deploy: Signal<Deploy>) -> impl IntoView {
    let facts = Memo::new(move |_| deploy.with(ApprovalFacts::of));
    move || facts.get().map(note)
}

#[derive(Clone, PartialEq)]
struct ApprovalFacts {
    approval: Approval,
    requested_at: Timestamp,
    is_awaited: bool,
}

impl ApprovalFacts {
    fn of(deploy: &Deploy) -> Option<Self> {
        let approval = deploy.approval.clone()?;
        let is_awaited = deploy.awaited_approval().is_some();
        Some(Self { approval, requested_at: deploy.requested_at, is_awaited })
    }
}

fn note(ApprovalFacts { approval, requested_at, is_awaited }: ApprovalFacts) -> impl IntoView {
    let given = approval.given.iter().cloned().map(given_line).collect_view();
    if is_awaited {
        Either::Left(view! {
            <div class="note note--late approval">
                <p class="note__title">{missing_text(&approval)} " since " <At at=requested_at /></p>
                // Whether that time has come is for the server to say.
                <p>"Ends at " <At at=approval.expires_at dated=true /> {unless_text(&approval)}</p>
                {given}
            </div>
        })
    } else {
        let is_any = !approval.given.is_empty();
        Either::Right(is_any.then(|| view! { <div class="note approval">{given}</div> }))
    }
}

fn given_line(GivenApproval { by, at, comment }: GivenApproval) -> impl IntoView {
    let comment = comment.map(|comment| format!(": {}", printable(&comment)));
    view! { <p>"Approved by " {printable(&by)} ", " <At at dated=true /> {comment}</p> }
}

/// The ways to approve and to reject it, while it waits for that; for those who may not, why.
#[component]
pub fn ReviewForms(
    /// The deploy, and how fresh it is.
    signals: DeploySignals,
) -> impl IntoView {
    let has_approved = RwSignal::new(false);
    let may_approve = Memo::new(move |_| {
        let is_awaited = signals.deploy.with(|deploy| deploy.awaited_approval().is_some());
        let may_approve = signals.may_approve.get().filter(|_| is_awaited);
        // A poll that was answered before does not know of it.
        let is_known = may_approve != Some(MayApprove::Yes) || !has_approved.get();
        if is_known { may_approve } else { Some(MayApprove::Given) }
    });
    // What was typed stays while others approve it.
    move || {
        may_approve.get().map(|may| match may {
            MayApprove::Yes => EitherOf4::A(view! {
                <ReviewForm signals review=Review::Approve has_approved />
                <RejectForm signals has_approved />
            }),
            MayApprove::Given => EitherOf4::B(view! {
                <p role="status">"Your approval counts. Somebody else has to approve it, too."</p>
                <RejectForm signals has_approved />
            }),
            MayApprove::OwnRequest => EitherOf4::C(
                view! { <MayNot id="may-not-approve" label="Approve" reason=OWN_REQUEST.to_owned() /> },
            ),
            MayApprove::Denied(reason) => {
                EitherOf4::D(view! { <MayNot id="may-not-approve" label="Approve or reject…" reason /> })
            }
        })
    }
}

#[component]
fn RejectForm(signals: DeploySignals, has_approved: RwSignal<bool>) -> impl IntoView {
    view! {
        <details class="abandon">
            <summary class="button button--quiet">"Reject…"</summary>
            <ReviewForm signals review=Review::Reject has_approved />
        </details>
    }
}

/// How far a review has come, on this page.
#[derive(Clone, Debug, Eq, PartialEq)]
enum ReviewState {
    /// It was not sent, or the deploy shows what became of it.
    Idle,
    /// The request is in flight.
    Sent,
    /// It did not get through.
    Failed(UiError),
}

/// What a form says.
struct Words {
    name: &'static str,
    lead: &'static str,
    press: &'static str,
    pressed: &'static str,
    class: &'static str,
    button: &'static str,
    unanswered: &'static str,
}

const fn words(review: Review) -> Words {
    match review {
        Review::Approve => Words {
            name: "Approve this deploy",
            lead: "With the last approval that it needs, it goes to GitHub.",
            press: "Approve",
            pressed: "Approving…",
            class: "note form",
            button: "button button--primary",
            unanswered: "Whether your approval was recorded is not known. Approving it again does no harm.",
        },
        Review::Reject => Words {
            name: "Reject this deploy",
            lead: "Ends this deploy. GitHub is not asked for it.",
            press: "Reject the deploy",
            pressed: "Rejecting…",
            class: "note note--late form",
            button: "button button--danger",
            unanswered: "Whether the deploy was rejected is not known. Asking again does no harm.",
        },
    }
}

/// One form for both: a comment, and a button.
#[component]
fn ReviewForm(signals: DeploySignals, review: Review, has_approved: RwSignal<bool>) -> impl IntoView {
    let state = RwSignal::new(ReviewState::Idle);
    let comment = NodeRef::<html::Input>::new();
    let target = use_context_or_default::<ReviewTarget>();
    let id = signals.deploy.with_untracked(|deploy| deploy.id);
    let is_sent = move || state.with(|state| *state == ReviewState::Sent);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(comment) = comment.get_untracked().map(|input| input.value()).filter(|_| !is_sent()) else {
            return;
        };
        state.set(ReviewState::Sent);
        let answer = target.send(id, review, comment);
        spawn_local(async move {
            match answer.await {
                Ok(deploy) => {
                    // The dialog may have been closed since.
                    let _ = has_approved.try_update(|approved| *approved |= review == Review::Approve);
                    let _ = signals.show_newer.try_run(deploy);
                }
                Err(error) => drop(state.try_set(ReviewState::Failed(error))),
            }
        });
    };
    let Words { name, lead, press, pressed, class, button, unanswered } = words(review);
    let failed = move || match state.get() {
        ReviewState::Failed(error) => Some(view! { <ErrorNote error unanswered /> }),
        ReviewState::Idle | ReviewState::Sent => None,
    };
    let field = format!("{}-comment", review.as_str());
    view! {
        <form
            class=class
            method="post"
            action=format!("/deploys/{id}/{}", review.as_str())
            aria-label=name
            on:submit=submit
        >
            <p>{lead}</p>
            <div class="field">
                <label for=field.clone()>"Comment"</label>
                <input
                    id=field
                    class="input"
                    type="text"
                    name="comment"
                    node_ref=comment
                    maxlength="500"
                    placeholder="Optional"
                    autocomplete="off"
                />
            </div>
            {failed}
            <div class="form__actions">
                <button type="submit" class=button aria-disabled=move || is_sent().then_some("true")>
                    {move || if is_sent() { pressed } else { press }}
                </button>
            </div>
        </form>
    }
}
