//! The form behind the Deploy button. It makes one idempotency key when it opens and uses it for every
//! submission, so that no double click and no retry makes a second deploy. Where a submission was left unanswered,
//! it opens on that one, with its key.

mod draft;
mod fields;
mod outcome;
mod plan;
mod plan_notes;
mod state;

use leptos::{either::Either, ev::SubmitEvent, prelude::*};

use self::{
    fields::{name_field, override_field, reason_field, ref_field, scenario_field},
    outcome::outcome_note,
    state::{FormState, follow_refusals},
};
use super::{input_fields::InputFields, target::DeployTarget};
use crate::{
    domain::{Deploy, DeployId},
    live::submission::{SubmissionState, use_submission},
    request::rehearsal::use_rehearsal,
    ui::kit::{
        icon::{Icon, IconImage},
        may_not::MayNot,
    },
};

/// The form. It is made in the browser alone, when the dialog opens.
#[component]
pub fn DeployForm(
    target: DeployTarget,
    /// Called with the deploy that was made.
    on_accepted: Callback<Deploy>,
    /// Called to show the deploy that is in the way.
    watch: Callback<DeployId>,
    /// Called to close the dialog.
    close: Callback<()>,
) -> impl IntoView {
    let rehearsal = use_rehearsal();
    let form = FormState::new(&target, use_submission(&target.app, &target.environment, on_accepted));
    form.keep_draft(&target);
    follow_refusals(form);
    let name = name_field(form, &target);
    let inputs = target.input_specs();
    let forget = Callback::new({
        let target = target.clone();
        move |()| {
            form.forget(&target);
            close.run(());
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        form.submit(target.clone(), rehearsal);
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            {form.plan.in_the_way()}
            {ref_field(form)}
            <InputFields id="deploy" specs=inputs state=form.inputs />
            {reason_field(form)}
            {override_field(form)}
            {name}
            {rehearsal.then(|| scenario_field(form))}
            {form.plan.changes()}
            {outcome_note(form, watch)}
            <div class="form__actions">
                <ForgetButton form forget />
                <button type="button" class="button" on:click=move |_| close.run(())>"Close"</button>
                <SubmitButton form />
            </div>
        </form>
    }
}

/// Enter and a click do the same. While a request is in flight neither does anything.
#[component]
fn SubmitButton(form: FormState) -> impl IntoView {
    let denied = Memo::new(move |_| form.plan.denied());
    let button = move || match denied.get() {
        Some(reason) => Either::Left(view! { <MayNot id="may-not-deploy" label="Deploy" reason /> }),
        None => Either::Right(press_button(form)),
    };
    view! { {button} }
}

fn press_button(form: FormState) -> impl IntoView {
    let sent = Memo::new(move |_| form.submission.with(|submission| *submission == SubmissionState::Sent));
    let label = move || {
        let press = if form.overrides() { "Override and deploy" } else { "Deploy" };
        form.submission.with(|submission| match submission {
            submission if submission.is_retrying() => "Retry now",
            submission if submission.needs_decision() => "Retry",
            _ => press,
        })
    };
    view! {
        <button
            type="submit"
            class="button button--primary"
            aria-describedby="deploy-in-the-way"
            aria-disabled=move || sent.get().then_some("true")
        >
            {move || sent.get().then(|| view! { <IconImage icon=Icon::Turning /> })}
            {label}
        </button>
    }
}

/// The way out of an unanswered submission, once nothing is sent by itself.
#[component]
fn ForgetButton(form: FormState, forget: Callback<()>) -> impl IntoView {
    let button = move || {
        form.submission.with(SubmissionState::needs_decision).then(|| {
            view! {
                <button type="button" class="button button--plain" on:click=move |_| forget.run(())>
                    "Forget it"
                </button>
            }
        })
    };
    view! { {button} }
}
