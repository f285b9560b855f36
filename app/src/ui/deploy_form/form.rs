//! The form behind the Deploy button. It makes one idempotency key when it opens and uses it for every
//! attempt, so that no double click and no retry makes a second deploy. Where a press was left unanswered,
//! it opens on that one, with its key.

mod fields;
mod outcome;
mod plan;

use leptos::{ev::SubmitEvent, prelude::*};

use self::{
    fields::{name_field, override_field, reason_field, ref_field, scenario_field},
    outcome::outcome,
    plan::plan_note,
};
use super::target::Place;
use crate::{
    api::{DispatchRequest, ErrorCode, Scenario},
    domain::{Deploy, DeployId, GitRef},
    live::{
        source::Dispatch,
        submission::{Attempt, Press, use_press},
    },
    request::rehearsal::use_rehearsal,
    ui::kit::icon::{Icon, Picture},
};

#[derive(Clone, Copy)]
struct Form {
    key: StoredValue<String>,
    git_ref: RwSignal<String>,
    /// The ref whose changes are shown: the one in the field, once it was left.
    asked_about: RwSignal<String>,
    reason: RwSignal<String>,
    /// Why to deploy in spite of a freeze.
    override_freeze: RwSignal<String>,
    scenario: RwSignal<Scenario>,
    /// The name of the environment, as it was typed.
    name: RwSignal<String>,
    /// Why what was typed was not sent.
    unfit: RwSignal<Option<Unfit>>,
    press: Press,
    attempt: ReadSignal<Attempt>,
}

impl Form {
    fn new(place: &Place, press: Press) -> Self {
        let Dispatch { key, request, scenario } = press.carried().unwrap_or_else(|| fresh(place));
        Self {
            key: StoredValue::new(key),
            asked_about: RwSignal::new(request.git_ref.clone()),
            git_ref: RwSignal::new(request.git_ref),
            reason: RwSignal::new(request.reason.unwrap_or_default()),
            override_freeze: RwSignal::new(request.override_freeze.unwrap_or_default()),
            scenario: RwSignal::new(scenario.unwrap_or_default()),
            name: RwSignal::new(String::new()),
            unfit: RwSignal::new(None),
            press,
            attempt: press.attempt(),
        }
    }

    fn submit(self, place: Place, rehearsal: bool) {
        if self.attempt.with_untracked(Attempt::is_bound) {
            self.press.send_again();
            return;
        }
        let is_named =
            !place.asks_for_name || self.name.with_untracked(|name| name.trim() == place.environment);
        let dispatch = self.dispatch(place, rehearsal);
        let unfit = if dispatch.request.git_ref.parse::<GitRef>().is_err() {
            Some(Unfit::NotARef)
        } else {
            (!is_named).then(|| Unfit::NotNamed { environment: dispatch.request.environment.clone() })
        };
        let is_fit = unfit.is_none();
        self.unfit.set(unfit);
        if is_fit {
            self.press.send(dispatch);
        } else {
            self.press.correct();
        }
    }

    fn dispatch(self, place: Place, rehearsal: bool) -> Dispatch {
        let reason = self.reason.get_untracked().trim().to_owned();
        let override_freeze = self.override_freeze.get_untracked().trim().to_owned();
        Dispatch {
            key: self.key.get_value(),
            request: DispatchRequest {
                app: place.app,
                environment: place.environment,
                git_ref: self.git_ref.get_untracked().trim().to_owned(),
                reason: (!reason.is_empty()).then_some(reason),
                override_freeze: (!override_freeze.is_empty()).then_some(override_freeze),
                pinned_to: None,
            },
            scenario: rehearsal.then(|| self.scenario.get_untracked()),
        }
    }

    /// Whether the fields must stay as they were sent.
    fn is_bound(self) -> bool {
        self.attempt.with(Attempt::is_bound)
    }

    /// Whether the console said that it is frozen.
    fn is_frozen(self) -> bool {
        self.attempt.with(|attempt| match attempt {
            Attempt::Refused(problem) => problem.code == ErrorCode::Frozen,
            Attempt::None | Attempt::Sent | Attempt::Unanswered { .. } | Attempt::Failed(_) => false,
        })
    }

    fn is_wrong_about_the_ref(self) -> bool {
        self.unfit.with(|unfit| *unfit == Some(Unfit::NotARef))
            || self.attempt.with(|attempt| match attempt {
                Attempt::Refused(problem) => problem.code == ErrorCode::InvalidField,
                Attempt::None | Attempt::Sent | Attempt::Unanswered { .. } | Attempt::Failed(_) => false,
            })
    }
}

/// Why what was typed is not sent.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Unfit {
    /// It cannot be a ref.
    NotARef,
    /// The environment is one that has to be named, and was not.
    NotNamed { environment: String },
}

/// A form that nobody has touched.
fn fresh(place: &Place) -> Dispatch {
    let request = DispatchRequest {
        app: place.app.clone(),
        environment: place.environment.clone(),
        git_ref: place.default_ref.clone(),
        reason: None,
        override_freeze: None,
        pinned_to: None,
    };
    Dispatch { key: new_key(), request, scenario: None }
}

/// A key that nobody else makes. From `getRandomValues`, because `randomUUID` is missing on plain HTTP.
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
    /// Where.
    place: Place,
    /// Hears of the deploy that was made.
    deployed: Callback<Deploy>,
    /// Asked to show a deploy that is in the way.
    watch: Callback<DeployId>,
    /// Asked to close the dialog.
    close: Callback<()>,
) -> impl IntoView {
    let rehearsal = use_rehearsal();
    let form = Form::new(&place, use_press(&place.app, &place.environment, deployed));
    let (name, plan) = (name_field(form, &place), plan_note(form, &place));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        form.submit(place.clone(), rehearsal);
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            {ref_field(form)}
            {reason_field(form)}
            {override_field(form)}
            {name}
            {rehearsal.then(|| scenario_field(form))}
            {plan}
            {outcome(form, watch)}
            <div class="form__actions">
                <ForgetButton form close />
                <button type="button" class="button" on:click=move |_| close.run(())>"Close"</button>
                <SubmitButton form />
            </div>
        </form>
    }
}

/// Enter and a click do the same. While a request is on its way neither does anything.
#[component]
fn SubmitButton(form: Form) -> impl IntoView {
    let sent = Memo::new(move |_| form.attempt.with(|attempt| *attempt == Attempt::Sent));
    let label = move || {
        form.attempt.with(|attempt| match attempt {
            attempt if attempt.is_repeated() => "Retry now",
            attempt if attempt.is_stuck() => "Retry",
            _ => "Deploy",
        })
    };
    view! {
        <button type="submit" class="button button--primary" aria-disabled=move || sent.get().then_some("true")>
            {move || sent.get().then(|| view! { <Picture icon=Icon::Turning /> })}
            {label}
        </button>
    }
}

/// The way out of a press that nobody answers, once nothing is sent by itself.
#[component]
fn ForgetButton(form: Form, close: Callback<()>) -> impl IntoView {
    let forget = move |_| {
        form.press.forget();
        close.run(());
    };
    let button = move || {
        form.attempt.with(Attempt::is_stuck).then(|| {
            view! {
                <button type="button" class="button button--plain" on:click=forget>"Forget it"</button>
            }
        })
    };
    view! { {button} }
}
