//! The forms to approve or to reject a run that waits at GitHub's gate: plain ones, which work without scripts.

use leptos::{either::EitherOf4, prelude::*};

use crate::{
    domain::{MayApprove, ProtectionRequestId},
    ui::kit::may_not::MayNot,
};

const OWN_RUN: &str = "You started it: another person has to approve it.";

/// The forms; for those who may not, why.
#[component]
pub fn RunReview(
    id: ProtectionRequestId,
    /// The run, for those who hear the buttons alone.
    place: String,
    may: MayApprove,
) -> impl IntoView {
    let why = format!("may-not-approve-{id}");
    match may {
        MayApprove::Yes => EitherOf4::A(view! {
            <div class="run-review">
                <ReviewForm id place=place.clone() is_approval=true />
                <ReviewForm id place is_approval=false />
            </div>
        }),
        MayApprove::Given => EitherOf4::B(view! {
            <div class="run-review">
                <p>"Your approval counts. Another person has to approve it, too."</p>
                <ReviewForm id place is_approval=false />
            </div>
        }),
        MayApprove::OwnRequest => {
            EitherOf4::C(view! { <MayNot id=why label="Approve" reason=OWN_RUN.to_owned() small=true /> })
        }
        MayApprove::Denied(reason) => {
            EitherOf4::D(view! { <MayNot id=why label="Approve or reject…" reason small=true /> })
        }
    }
}

#[component]
fn ReviewForm(id: ProtectionRequestId, place: String, is_approval: bool) -> impl IntoView {
    let (verb, button) = if is_approval {
        ("approve", "button button--small button--primary")
    } else {
        ("reject", "button button--small button--danger")
    };
    let label = if is_approval { "Approve" } else { "Reject" };
    let field = format!("{verb}-comment-{id}");
    view! {
        <details class="abandon">
            <summary class="button button--small" aria-label=format!("{label} {place}…")>{format!("{label}…")}</summary>
            <form
                method="post"
                action=format!("/protection/{id}/{verb}")
                aria-label=format!("{label} {place}")
                class="note form"
            >
                <div class="field">
                    <label for=field.clone()>"Comment (optional)"</label>
                    <input id=field type="text" name="comment" maxlength="500" autocomplete="off" class="input" />
                </div>
                <div class="form__actions">
                    <button type="submit" class=button>{label}</button>
                </div>
            </form>
        </details>
    }
}
