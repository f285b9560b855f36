//! What the form holds: what is typed, what is wrong with it, and what became of it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    draft::{empty_form, new_key},
    plan::{Plan, use_plan},
};
use crate::{
    api::{DispatchRequest, ErrorCode, Problem},
    clock,
    domain::Scenario,
    live::{
        drafts::Drafts,
        page::find,
        source::{Submission, use_context_or_default},
        submission::{SubmissionState, Submitter},
    },
    text::field_problem::{OVERRIDE_MISSING, name_problem, ref_problem},
    ui::deploy_form::{form_field::FormField, input_fields::InputState, target::DeployTarget},
};

#[derive(Clone, Copy)]
pub(super) struct FormState {
    key: StoredValue<String>,
    pub(super) git_ref: RwSignal<String>,
    pub(super) reason: RwSignal<String>,
    /// Why to deploy in spite of a freeze.
    pub(super) override_freeze: RwSignal<String>,
    pub(super) scenario: RwSignal<Scenario>,
    /// The name of the environment, as it was typed.
    pub(super) name: RwSignal<String>,
    /// The inputs that are configured for the app.
    pub(super) inputs: InputState,
    /// What is wrong with fields, as sentences.
    problems: RwSignal<Vec<(FormField, String)>>,
    pub(super) plan: Plan,
    pub(super) drafts: Drafts,
    submitter: Submitter,
    pub(super) submission: ReadSignal<SubmissionState>,
}

impl FormState {
    pub(super) fn new(target: &DeployTarget, submitter: Submitter) -> Self {
        let drafts = use_context_or_default::<Drafts>();
        let with_key = |draft| Submission { key: new_key(), ..draft };
        let unsent = || {
            let draft = drafts.find(&target.app, &target.environment);
            with_key(draft.unwrap_or_else(|| empty_form(target)))
        };
        let Submission { key, request, scenario } = submitter.submitted().unwrap_or_else(unsent);
        let submission = submitter.state();
        let is_locked = Memo::new(move |_| submission.with(SubmissionState::is_locked)).into();
        let git_ref = RwSignal::new(request.git_ref);
        let trimmed = Memo::new(move |_| git_ref.with(|git_ref| git_ref.trim().to_owned()));
        Self {
            key: StoredValue::new(key),
            git_ref,
            reason: RwSignal::new(request.reason.unwrap_or_default()),
            override_freeze: RwSignal::new(request.override_freeze.unwrap_or_default()),
            scenario: RwSignal::new(scenario.unwrap_or_default()),
            name: RwSignal::new(String::new()),
            inputs: InputState::holding(request.inputs, is_locked),
            problems: RwSignal::new(Vec::new()),
            plan: use_plan(target.address(), trimmed.into(), is_locked),
            drafts,
            submitter,
            submission,
        }
    }

    pub(super) fn submit(self, target: DeployTarget, rehearsal: bool) {
        if self.submission.with_untracked(SubmissionState::is_locked) {
            self.submitter.send_again();
            return;
        }
        let has_valid_inputs = self.inputs.check(&target.input_specs());
        let problems = untrack(|| self.check(&target));
        let is_valid = problems.is_empty() && has_valid_inputs;
        self.problems.set(problems);
        if is_valid {
            self.submitter.send(untrack(|| self.new_submission(target, rehearsal)));
        } else {
            self.submitter.reset();
            focus_wrong_field();
        }
    }

    /// What is wrong with what was typed, other than with inputs.
    fn check(self, target: &DeployTarget) -> Vec<(FormField, String)> {
        let wrong_ref = self.git_ref.with(|git_ref| ref_problem(git_ref.trim()));
        let is_named = !target.asks_for_name || self.name.with(|name| name.trim() == target.environment);
        // A freeze that has ended since, by the clock of this browser, is the console's to judge.
        let lacks_override = self.shows_override()
            && self.plan.is_frozen_at(clock::now())
            && self.override_freeze.with(|reason| reason.trim().is_empty());
        let problems = [
            wrong_ref.map(|problem| (FormField::Ref, problem)),
            lacks_override.then(|| (FormField::Override, OVERRIDE_MISSING.to_owned())),
            (!is_named).then(|| (FormField::Name, name_problem(&target.environment))),
        ];
        problems.into_iter().flatten().collect()
    }

    fn new_submission(self, target: DeployTarget, rehearsal: bool) -> Submission {
        let typed = |text: RwSignal<String>| {
            Some(text.with(|text| text.trim().to_owned())).filter(|text| !text.is_empty())
        };
        let request = DispatchRequest {
            inputs: self.inputs.shown(&target.input_specs()),
            app: target.app,
            environment: target.environment,
            git_ref: typed(self.git_ref).unwrap_or_default(),
            reason: typed(self.reason),
            override_freeze: typed(self.override_freeze).filter(|_| self.shows_override()),
            pinned_to: None,
        };
        let scenario = rehearsal.then(|| self.scenario.get());
        Submission { key: self.key.get_value(), request, scenario }
    }

    /// Gives up an unanswered submission, and what was typed.
    pub(super) fn forget(self, target: &DeployTarget) {
        self.submitter.forget();
        self.drafts.forget(&target.app, &target.environment);
    }

    /// Says at its field what the console refused.
    fn show_refusal(self, problem: &Problem) {
        if problem.code == ErrorCode::InvalidInput {
            self.inputs.refuse(problem.detail.as_deref().unwrap_or_default());
        }
        self.problems.set(FormField::refused(problem).into_iter().collect());
        focus_wrong_field();
    }

    /// Whether the fields must stay as they were sent.
    pub(super) fn is_locked(self) -> bool {
        self.submission.with(SubmissionState::is_locked)
    }

    fn refusal<T>(self, read: impl FnOnce(&Problem) -> T) -> Option<T> {
        self.submission.with(|submission| match submission {
            SubmissionState::Refused(problem) => Some(read(problem)),
            SubmissionState::Idle
            | SubmissionState::Sent
            | SubmissionState::Unanswered { .. }
            | SubmissionState::Failed(_) => None,
        })
    }

    /// Whether it is frozen, by the plan or by what the console said.
    fn is_frozen(self) -> bool {
        let is_planned = self.plan.obstacle(|obstacles| obstacles.frozen.is_some()) == Some(true);
        is_planned || self.refusal(|problem| problem.code == ErrorCode::Frozen) == Some(true)
    }

    /// Whether the operator may override a freeze here and has one to override, or has begun to say why. Where the plan
    /// cannot be read, the console decides.
    pub(super) fn shows_override(self) -> bool {
        let is_typed = !self.override_freeze.with(String::is_empty);
        let may = self.plan.obstacle(|obstacles| obstacles.override_denied.is_none());
        may.unwrap_or_else(|| is_typed || self.plan.is_unreadable()) && (is_typed || self.is_frozen())
    }

    /// Whether a press deploys in spite of a freeze.
    pub(super) fn overrides(self) -> bool {
        self.shows_override()
            && self.is_frozen()
            && self.override_freeze.with(|reason| !reason.trim().is_empty())
    }

    /// What stands beneath a field.
    pub(super) fn problem(self, field: FormField) -> Option<String> {
        let said = self.problems.with(|problems| {
            problems.iter().find(|(known, _)| *known == field).map(|(_, problem)| problem.clone())
        });
        said.or_else(|| self.plan.ref_problem().filter(|_| field == FormField::Ref))
    }

    /// Takes back what was said of a field: the operator corrects it. What the console said of a freeze stays, as long as
    /// that is overridden.
    pub(super) fn on_typed(self, field: FormField) {
        self.problems.update(|problems| problems.retain(|(known, _)| *known != field));
        match field {
            FormField::Ref | FormField::Reason => self.submitter.reset(),
            FormField::Override | FormField::Name => {}
        }
    }
}

/// Follows a refusal to its field; to that of a freeze, as soon as it is there.
pub(super) fn follow_refusals(form: FormState) {
    Effect::new(move || {
        form.refusal(|problem| untrack(|| form.show_refusal(problem)));
    });
    let is_missing = Memo::new(move |_| form.shows_override() && form.problem(FormField::Override).is_some());
    Effect::new(move || {
        if is_missing.get() {
            focus_wrong_field();
        }
    });
}

/// Puts the focus where something is to be corrected, once it is on the screen what.
fn focus_wrong_field() {
    request_animation_frame(|| {
        let field = find(&document(), "dialog[open] .form [aria-invalid='true']");
        if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
            let _ = field.focus();
        }
    });
}
