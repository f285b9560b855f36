//! The form behind the Deploy button. It makes one idempotency key when it opens and uses it for every
//! submission, so that no double click and no retry makes a second deploy. Where a submission was left unanswered,
//! it opens on that one, with its key.

mod fields;
mod outcome;
mod plan;

use leptos::{ev::SubmitEvent, prelude::*};

use self::{
    fields::{name_field, override_field, reason_field, ref_field, scenario_field},
    outcome::outcome_note,
    plan::plan_note,
};
use super::{
    input_fields::{InputFields, InputState},
    target::DeployTarget,
};
use crate::{
    api::{DispatchRequest, ErrorCode},
    domain::{Deploy, DeployId, GitRef, InputValues, Scenario},
    live::{
        source::Submission,
        submission::{SubmissionState, Submitter, use_submission},
    },
    request::rehearsal::use_rehearsal,
    ui::kit::icon::{Icon, IconImage},
};

#[derive(Clone, Copy)]
struct FormState {
    key: StoredValue<String>,
    git_ref: RwSignal<String>,
    /// The ref whose changes are shown: the one in the field, once it was left.
    plan_ref: RwSignal<String>,
    reason: RwSignal<String>,
    /// Why to deploy in spite of a freeze.
    override_freeze: RwSignal<String>,
    scenario: RwSignal<Scenario>,
    /// The name of the environment, as it was typed.
    name: RwSignal<String>,
    /// The inputs that are configured for the app.
    inputs: InputState,
    /// Why what was typed was not sent.
    validation_error: RwSignal<Option<ValidationError>>,
    submitter: Submitter,
    submission: ReadSignal<SubmissionState>,
}

impl FormState {
    fn new(target: &DeployTarget, submitter: Submitter) -> Self {
        let Submission { key, request, scenario } =
            submitter.submitted().unwrap_or_else(|| empty_form(target));
        let submission = submitter.state();
        let is_locked = Signal::derive(move || submission.with(SubmissionState::is_locked));
        Self {
            key: StoredValue::new(key),
            plan_ref: RwSignal::new(request.git_ref.clone()),
            git_ref: RwSignal::new(request.git_ref),
            reason: RwSignal::new(request.reason.unwrap_or_default()),
            override_freeze: RwSignal::new(request.override_freeze.unwrap_or_default()),
            scenario: RwSignal::new(scenario.unwrap_or_default()),
            name: RwSignal::new(String::new()),
            inputs: InputState::holding(request.inputs, is_locked),
            validation_error: RwSignal::new(None),
            submitter,
            submission,
        }
    }

    fn submit(self, target: DeployTarget, rehearsal: bool) {
        if self.submission.with_untracked(SubmissionState::is_locked) {
            self.submitter.send_again();
            return;
        }
        let is_named =
            !target.asks_for_name || self.name.with_untracked(|name| name.trim() == target.environment);
        let has_valid_inputs = self.inputs.check(&target.input_specs());
        let new_submission = self.new_submission(target, rehearsal);
        let validation_error = if new_submission.request.git_ref.parse::<GitRef>().is_err() {
            Some(ValidationError::InvalidRef)
        } else if !has_valid_inputs {
            Some(ValidationError::InvalidInput)
        } else {
            (!is_named).then(|| ValidationError::NameMismatch {
                environment: new_submission.request.environment.clone(),
            })
        };
        let is_valid = validation_error.is_none();
        self.validation_error.set(validation_error);
        if is_valid {
            self.submitter.send(new_submission);
        } else {
            self.submitter.reset();
        }
    }

    fn new_submission(self, target: DeployTarget, rehearsal: bool) -> Submission {
        let reason = self.reason.get_untracked().trim().to_owned();
        let override_freeze = self.override_freeze.get_untracked().trim().to_owned();
        Submission {
            key: self.key.get_value(),
            request: DispatchRequest {
                inputs: self.inputs.shown(&target.input_specs()),
                app: target.app,
                environment: target.environment,
                git_ref: self.git_ref.get_untracked().trim().to_owned(),
                reason: (!reason.is_empty()).then_some(reason),
                override_freeze: (!override_freeze.is_empty()).then_some(override_freeze),
                pinned_to: None,
            },
            scenario: rehearsal.then(|| self.scenario.get_untracked()),
        }
    }

    /// Whether the fields must stay as they were sent.
    fn is_locked(self) -> bool {
        self.submission.with(SubmissionState::is_locked)
    }

    /// Whether the console said that it is frozen.
    fn is_frozen(self) -> bool {
        self.submission.with(|submission| match submission {
            SubmissionState::Refused(problem) => problem.code == ErrorCode::Frozen,
            SubmissionState::Idle
            | SubmissionState::Sent
            | SubmissionState::Unanswered { .. }
            | SubmissionState::Failed(_) => false,
        })
    }

    fn has_ref_error(self) -> bool {
        self.validation_error.with(|validation_error| *validation_error == Some(ValidationError::InvalidRef))
            || self.submission.with(|submission| match submission {
                SubmissionState::Refused(problem) => problem.code == ErrorCode::InvalidField,
                SubmissionState::Idle
                | SubmissionState::Sent
                | SubmissionState::Unanswered { .. }
                | SubmissionState::Failed(_) => false,
            })
    }
}

/// Why what was typed is not sent.
#[derive(Clone, Debug, Eq, PartialEq)]
enum ValidationError {
    /// It cannot be a ref.
    InvalidRef,
    /// An input has a value that it does not take: its field says which.
    InvalidInput,
    /// The environment asks for its name, and another one was typed.
    NameMismatch { environment: String },
}

/// What the form opens on where nothing is pending.
fn empty_form(target: &DeployTarget) -> Submission {
    let request = DispatchRequest {
        app: target.app.clone(),
        environment: target.environment.clone(),
        git_ref: target.default_ref.clone(),
        reason: None,
        override_freeze: None,
        pinned_to: None,
        inputs: InputValues::default(),
    };
    Submission { key: new_key(), request, scenario: None }
}

/// A unique key. From `getRandomValues`, because `randomUUID` is missing on plain HTTP.
fn new_key() -> String {
    let mut bytes = [0; 16];
    if let Ok(crypto) = window().crypto() {
        // Where it fails, the key is one that the console has seen or will see: it refuses, and nothing is
        // deployed twice.
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid().as_hyphenated().to_string()
}

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
    let (name, plan) = (name_field(form, &target), plan_note(form, &target));
    let inputs = target.input_specs();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        form.submit(target.clone(), rehearsal);
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            {ref_field(form)}
            <InputFields id="deploy" specs=inputs state=form.inputs />
            {reason_field(form)}
            {override_field(form)}
            {name}
            {rehearsal.then(|| scenario_field(form))}
            {plan}
            {outcome_note(form, watch)}
            <div class="form__actions">
                <ForgetButton form close />
                <button type="button" class="button" on:click=move |_| close.run(())>"Close"</button>
                <SubmitButton form />
            </div>
        </form>
    }
}

/// Enter and a click do the same. While a request is in flight neither does anything.
#[component]
fn SubmitButton(form: FormState) -> impl IntoView {
    let sent = Memo::new(move |_| form.submission.with(|submission| *submission == SubmissionState::Sent));
    let label = move || {
        form.submission.with(|submission| match submission {
            submission if submission.is_retrying() => "Retry now",
            submission if submission.needs_decision() => "Retry",
            _ => "Deploy",
        })
    };
    view! {
        <button type="submit" class="button button--primary" aria-disabled=move || sent.get().then_some("true")>
            {move || sent.get().then(|| view! { <IconImage icon=Icon::Turning /> })}
            {label}
        </button>
    }
}

/// The way out of an unanswered submission, once nothing is sent by itself.
#[component]
fn ForgetButton(form: FormState, close: Callback<()>) -> impl IntoView {
    let forget = move |_| {
        form.submitter.forget();
        close.run(());
    };
    let button = move || {
        form.submission.with(SubmissionState::needs_decision).then(|| {
            view! {
                <button type="button" class="button button--plain" on:click=forget>"Forget it"</button>
            }
        })
    };
    view! { {button} }
}
