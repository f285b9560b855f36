//! The form behind the Deploy button. It makes one idempotency key when it opens and uses it for every
//! attempt, so that no double click and no retry makes a second deploy.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use super::text::plain;
use crate::{
    api::{DispatchRequest, ErrorCode, Problem, Scenario, UiError},
    domain::{Deploy, DeployId, GitRef},
    hooks::{
        rehearsal::use_rehearsal,
        source::{Dispatch, DispatchTarget, injected},
    },
};

/// Where and what is to be deployed, as the opener knows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: String,
    /// The ref that the form offers.
    pub default_ref: String,
}

/// What became of the press.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Attempt {
    /// It was not pressed, or was corrected since.
    None,
    /// What was typed cannot be a ref.
    NotARef,
    /// It is on its way.
    Sent,
    /// The console said no, and recorded nothing.
    Refused(Box<Problem>),
    /// Whether it arrived is not known. Only the very same request may be sent again.
    Unanswered,
}

impl Attempt {
    fn of(error: UiError) -> Self {
        match error {
            UiError::Unreachable => Self::Unanswered,
            UiError::Problem(problem) if problem.code == ErrorCode::IdempotencyKeyInFlight => {
                Self::Unanswered
            }
            UiError::Problem(problem) => Self::Refused(problem),
        }
    }

    /// Whether the fields must stay as they were sent.
    const fn binds(&self) -> bool {
        match self {
            Self::Sent | Self::Unanswered => true,
            Self::None | Self::NotARef | Self::Refused(_) => false,
        }
    }

    fn is_about_the_ref(&self) -> bool {
        match self {
            Self::NotARef => true,
            Self::Refused(problem) => problem.code == ErrorCode::InvalidField,
            Self::None | Self::Sent | Self::Unanswered => false,
        }
    }
}

#[derive(Clone, Copy)]
struct Form {
    key: StoredValue<String>,
    git_ref: RwSignal<String>,
    reason: RwSignal<String>,
    scenario: RwSignal<Scenario>,
    attempt: RwSignal<Attempt>,
}

impl Form {
    fn new(place: &Place) -> Self {
        Self {
            key: StoredValue::new(new_key()),
            git_ref: RwSignal::new(place.default_ref.clone()),
            reason: RwSignal::new(String::new()),
            scenario: RwSignal::new(Scenario::default()),
            attempt: RwSignal::new(Attempt::None),
        }
    }

    fn dispatch(self, place: Place, rehearsal: bool) -> Dispatch {
        let reason = self.reason.get_untracked().trim().to_owned();
        Dispatch {
            key: self.key.get_value(),
            request: DispatchRequest {
                app: place.app,
                environment: place.environment,
                git_ref: self.git_ref.get_untracked().trim().to_owned(),
                reason: (!reason.is_empty()).then_some(reason),
            },
            scenario: rehearsal.then(|| self.scenario.get_untracked()),
        }
    }

    fn is_bound(self) -> bool {
        self.attempt.with(Attempt::binds)
    }
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
    let target = injected::<DispatchTarget>();
    let form = Form::new(&place);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if form.attempt.with_untracked(|attempt| *attempt == Attempt::Sent) {
            return;
        }
        let dispatch = form.dispatch(place.clone(), rehearsal);
        if dispatch.request.git_ref.parse::<GitRef>().is_err() {
            form.attempt.set(Attempt::NotARef);
            return;
        }
        form.attempt.set(Attempt::Sent);
        let answer = target.send(dispatch);
        spawn_local(async move {
            match answer.await {
                // The dialog may have been closed since: then the board shows the deploy.
                Ok(deploy) => drop(deployed.try_run(deploy)),
                Err(error) => form.attempt.set(Attempt::of(error)),
            }
        });
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <RefField form />
            <ReasonField form />
            {rehearsal.then(|| view! { <ScenarioField form /> })}
            <Outcome form watch />
            <div class="form__actions">
                <button type="button" class="button" on:click=move |_| close.run(())>"Close"</button>
                <SubmitButton form />
            </div>
        </form>
    }
}

#[component]
fn RefField(form: Form) -> impl IntoView {
    let wrong = Memo::new(move |_| form.attempt.with(Attempt::is_about_the_ref));
    let describe = move || if wrong.get() { "deploy-ref-hint deploy-problem" } else { "deploy-ref-hint" };
    view! {
        <div class="field">
            <label for="deploy-ref">"Git ref"</label>
            <input
                id="deploy-ref"
                class="input input--code"
                type="text"
                autofocus
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-describedby=describe
                aria-invalid=move || wrong.get().then_some("true")
                readonly=move || form.is_bound()
                prop:value=form.git_ref
                on:input=move |event| {
                    form.git_ref.set(event_target_value(&event));
                    form.attempt.set(Attempt::None);
                }
            />
            <p id="deploy-ref-hint" class="field__hint">"A branch, a tag or a commit."</p>
        </div>
    }
}

#[component]
fn ReasonField(form: Form) -> impl IntoView {
    view! {
        <div class="field">
            <label for="deploy-reason">"Reason"</label>
            <input
                id="deploy-reason"
                class="input"
                type="text"
                autocomplete="off"
                aria-describedby="deploy-reason-hint"
                readonly=move || form.is_bound()
                prop:value=form.reason
                on:input=move |event| form.reason.set(event_target_value(&event))
            />
            <p id="deploy-reason-hint" class="field__hint">"Optional. It stands in the journal."</p>
        </div>
    }
}

#[component]
fn ScenarioField(form: Form) -> impl IntoView {
    let choose = move |event| {
        let value = event_target_value(&event);
        let chosen = Scenario::ALL.into_iter().find(|scenario| scenario.as_str() == value);
        form.scenario.set(chosen.unwrap_or_default());
    };
    let options =
        Scenario::ALL.map(|scenario| view! { <option value=scenario.as_str()>{scenario.label()}</option> });
    view! {
        <div class="field">
            <label for="deploy-scenario">"What should happen"</label>
            <select
                id="deploy-scenario"
                class="input"
                aria-describedby="deploy-scenario-hint"
                disabled=move || form.is_bound()
                on:change=choose
            >
                {options}
            </select>
            <p id="deploy-scenario-hint" class="field__hint">"Rehearsal only: what the simulated GitHub does."</p>
        </div>
    }
}

/// Enter and a click do the same. While a request is on its way neither does anything.
#[component]
fn SubmitButton(form: Form) -> impl IntoView {
    let sent = Memo::new(move |_| form.attempt.with(|attempt| *attempt == Attempt::Sent));
    let label = move || {
        if form.attempt.with(|attempt| *attempt == Attempt::Unanswered) { "Retry" } else { "Deploy" }
    };
    view! {
        <button type="submit" class="button button--primary" aria-disabled=move || sent.get().then_some("true")>
            {label}
        </button>
    }
}

/// What the operator reads of an attempt.
struct Note {
    class: &'static str,
    title: String,
    lines: Vec<String>,
    /// The deploy that is in the way.
    watch: Option<DeployId>,
}

impl Note {
    fn new(class: &'static str, title: &str, line: &str) -> Self {
        Self { class, title: title.to_owned(), lines: vec![line.to_owned()], watch: None }
    }

    fn of(attempt: &Attempt) -> Option<Self> {
        match attempt {
            Attempt::None | Attempt::Sent => None,
            Attempt::NotARef => Some(Self::new(
                "note note--bad",
                "This is not a Git ref.",
                "Give a branch, a tag or a commit as Git itself would take it: no spaces, no “..”, no leading dash.",
            )),
            Attempt::Refused(problem) => Some(Self::refusal(problem)),
            Attempt::Unanswered => Some(Self::new(
                "note note--late",
                "The console did not answer. Whether the deploy was recorded is not known yet.",
                "Retry sends the very same request: it cannot deploy twice.",
            )),
        }
    }

    fn refusal(problem: &Problem) -> Self {
        let detail = problem.detail.as_deref().map(plain);
        // Where the console itself failed, it cannot vouch for that.
        let refused = problem.status < ErrorCode::Internal.http_status();
        let nothing = refused.then(|| "Nothing was deployed.".to_owned());
        Self {
            class: "note note--bad",
            title: problem.title.clone(),
            lines: detail.into_iter().chain(nothing).collect(),
            watch: problem.active_deploy_id,
        }
    }
}

#[component]
fn Outcome(form: Form, watch: Callback<DeployId>) -> impl IntoView {
    let note = move |Note { class, title, lines, watch: in_the_way }| {
        let lines = lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
        let button = in_the_way.map(|id| {
            view! {
                <button type="button" class="button" on:click=move |_| watch.run(id)>"Watch that deploy"</button>
            }
        });
        view! { <div class=class><p class="note__title">{title}</p>{lines}{button}</div> }
    };
    let outcome = move || form.attempt.with(Note::of).map(note);
    view! { <div id="deploy-problem" class="form__outcome" role="alert">{outcome}</div> }
}
