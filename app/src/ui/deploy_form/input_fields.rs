//! Fields for the inputs that are configured for an app. In the dialog they follow what is typed; on a page they are the
//! fields of a plain form, named `input.` and the name of the input.

use leptos::{either::EitherOf3, prelude::*};

use crate::{
    domain::{InputKind, InputSpec, InputValues, InvalidInput},
    request::query::Query,
    text::{field_problem::sentence, printable::printable},
};

/// What the names of these fields begin with, in forms and in addresses.
pub const PREFIX: &str = "input.";

/// What these fields hold, and what is wrong with it.
#[derive(Clone, Copy)]
pub struct InputState {
    /// By name; an input without a value has its default.
    pub values: RwSignal<InputValues>,
    /// By name, as sentences.
    problems: RwSignal<Vec<(String, String)>>,
    /// Whether nothing may be changed now.
    pub is_locked: Signal<bool>,
}

impl InputState {
    /// Fields that hold these values.
    #[must_use]
    pub fn holding(values: InputValues, is_locked: Signal<bool>) -> Self {
        Self { values: RwSignal::new(values), problems: RwSignal::new(Vec::new()), is_locked }
    }

    /// What an address carries, or else these values. A refused form shows what was typed, and what is wrong with it; a
    /// link to a form carries what may still be given.
    #[must_use]
    pub fn of_page(specs: &[InputSpec], query: &Query, otherwise: &InputValues, is_refused: bool) -> Self {
        let typed = specs
            .iter()
            .filter_map(|spec| Some((spec.name.clone(), query.get(&format!("{PREFIX}{}", spec.name))?)));
        let typed: InputValues = typed.collect();
        let usable = if is_refused { typed } else { InputValues::default().or_repeat(&typed, specs) };
        let state = Self::holding(usable.or_repeat(otherwise, specs), Signal::stored(false));
        if is_refused {
            state.check(specs);
        }
        state
    }

    /// Whether the values can be sent; says at each field why not.
    pub fn check(self, specs: &[InputSpec]) -> bool {
        let problems = self.values.with_untracked(|values| values.resolve(specs).err()).unwrap_or_default();
        let is_valid = problems.is_empty();
        let said = |problem: InvalidInput| (problem.name, sentence(&problem.problem.to_string()));
        self.problems.set(problems.into_iter().map(said).collect());
        is_valid
    }

    /// Says at each field what the console said of it: it may know other inputs than this page.
    pub fn refuse(self, detail: &str) {
        let each = format!(" {detail}");
        let said = |part: &str| {
            let (name, what) = part.split_once(": ")?;
            Some((name.to_owned(), sentence(&printable(what))))
        };
        self.problems.set(each.split(" inputs.").filter_map(said).collect());
    }

    /// The values of all fields, as they are shown.
    #[must_use]
    pub fn shown(self, specs: &[InputSpec]) -> InputValues {
        let shown = |values: &InputValues| {
            specs
                .iter()
                .map(|spec| (spec.name.clone(), spec.shown(values.get(&spec.name)).to_owned()))
                .collect()
        };
        self.values.with_untracked(shown)
    }

    fn type_in(self, name: &str, value: String) {
        self.values.update(|values| values.set(name, value));
        self.problems.update(|problems| problems.retain(|(known, _)| known != name));
    }

    /// Whether there is something wrong with it now.
    fn is_wrong(self, name: &str) -> bool {
        untrack(|| self.problem(name)).is_some()
    }

    fn problem(self, name: &str) -> Option<String> {
        self.problems
            .with(|problems| problems.iter().find(|(known, _)| known == name).map(|(_, what)| what.clone()))
    }
}

/// A field for each.
#[component]
pub fn InputFields(
    /// What their ids begin with.
    id: &'static str,
    specs: Vec<InputSpec>,
    state: InputState,
) -> impl IntoView {
    let field = |spec: InputSpec| {
        let field = Field { id: format!("{id}-input-{}", spec.name), spec, state };
        match field.spec.kind.clone() {
            InputKind::String => EitherOf3::A(field.text()),
            InputKind::Choice(options) => EitherOf3::B(field.choice(options)),
            InputKind::Boolean => EitherOf3::C(field.boolean()),
        }
    };
    specs.into_iter().map(field).collect_view()
}

struct Field {
    id: String,
    spec: InputSpec,
    state: InputState,
}

impl Field {
    fn text(self) -> impl IntoView {
        let (shown, described_by) = (self.shown(), self.described_by());
        let Self { id, spec, state } = self;
        let (label, name, typed_name) = (spec.label(), spec.name.clone(), spec.name.clone());
        let is_wrong = state.is_wrong(&name);
        let wrong = move || state.problem(&name).map(|_| "true");
        let required = spec.required;
        view! {
            <div class="field">
                <label for=id.clone()>{label}</label>
                <input
                    id=id.clone()
                    class="input"
                    type="text"
                    name=format!("{PREFIX}{}", spec.name)
                    value=shown.get_untracked()
                    prop:value=shown
                    required=required
                    maxlength="1000"
                    autocomplete="off"
                    aria-describedby=described_by
                    aria-invalid=wrong
                    autofocus=is_wrong
                    readonly=state.is_locked
                    on:input=move |event| state.type_in(&typed_name, event_target_value(&event))
                />
                {notes(id, spec.name, required, state)}
            </div>
        }
    }

    fn choice(self, options: Vec<String>) -> impl IntoView {
        let (chosen, described_by) = (self.shown().get_untracked(), self.described_by());
        let Self { id, spec, state } = self;
        let (label, name, typed_name) = (spec.label(), spec.name.clone(), spec.name.clone());
        let is_wrong = state.is_wrong(&name);
        let wrong = move || state.problem(&name).map(|_| "true");
        let required = spec.required;
        let nothing = spec.default.is_none().then(|| {
            view! { <option value="">{if required { "Choose one" } else { "Not set" }}</option> }
        });
        let options = options.into_iter().map(|option| {
            let (selected, value) = (option == chosen, option.clone());
            view! { <option value=value selected=selected>{option}</option> }
        });
        view! {
            <div class="field">
                <label for=id.clone()>{label}</label>
                <select
                    id=id.clone()
                    class="input"
                    name=format!("{PREFIX}{}", spec.name)
                    required=required
                    aria-describedby=described_by
                    aria-invalid=wrong
                    autofocus=is_wrong
                    disabled=state.is_locked
                    on:change=move |event| state.type_in(&typed_name, event_target_value(&event))
                >
                    {nothing}
                    {options.collect_view()}
                </select>
                {notes(id, spec.name, required, state)}
            </div>
        }
    }

    /// A box that is not ticked is sent as `false`, by a hidden field before it: of two values the last one counts.
    fn boolean(self) -> impl IntoView {
        let shown = self.shown();
        let is_ticked = move || shown.with(|value| value == "true");
        let Self { id, spec, state } = self;
        let (label, name, typed_name) = (spec.label(), spec.name.clone(), spec.name.clone());
        let is_wrong = state.is_wrong(&name);
        let wrong = move || state.problem(&name).map(|_| "true");
        let field_name = format!("{PREFIX}{}", spec.name);
        view! {
            <div class="field">
                <div class="field__check">
                    <input type="hidden" name=field_name.clone() value="false" />
                    <input
                        id=id.clone()
                        type="checkbox"
                        name=field_name
                        value="true"
                        checked=untrack(is_ticked)
                        prop:checked=is_ticked
                        aria-describedby=format!("{id}-problem")
                        aria-invalid=wrong
                        autofocus=is_wrong
                        disabled=state.is_locked
                        on:change=move |event| {
                            state.type_in(&typed_name, event_target_checked(&event).to_string());
                        }
                    />
                    <label for=id.clone()>{label}</label>
                </div>
                {problem_note(id, spec.name, state)}
            </div>
        }
    }

    fn shown(&self) -> Signal<String> {
        let (spec, state) = (self.spec.clone(), self.state);
        Signal::derive(move || state.values.with(|values| spec.shown(values.get(&spec.name)).to_owned()))
    }

    fn described_by(&self) -> String {
        format!("{0}-hint {0}-problem", self.id)
    }
}

fn notes(id: String, name: String, required: bool, state: InputState) -> impl IntoView {
    let hint = if required { "Required." } else { "Optional." };
    view! {
        <p id=format!("{id}-hint") class="field__hint">{hint}</p>
        {problem_note(id, name, state)}
    }
}

fn problem_note(id: String, name: String, state: InputState) -> impl IntoView {
    view! { <p id=format!("{id}-problem") class="field__problem">{move || state.problem(&name)}</p> }
}
