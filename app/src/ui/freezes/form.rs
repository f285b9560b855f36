//! The forms that declare a freeze: the stop button, a period, or every week. A refused one keeps all that was typed, with
//! what is wrong beneath each field.

use leptos::prelude::*;

use super::preview::{FreezeEffectNote, PREVIEW};
use crate::{
    api::{
        FreezeDraft, FreezePreview,
        freezes::{ONCE, UNTIL_LIFTED, WEEKLY},
    },
    domain::Day,
    ui::kit::{filter_field::FilterChoices, may_not::MayNot},
};

/// In place of the forms, for those who may declare none.
#[component]
pub fn FreezeDenied(reason: String) -> impl IntoView {
    view! {
        <section class="freeze-forms">
            <h2>"Declare a freeze"</h2>
            <div><MayNot id="may-not-freeze" label="Stop deploys" reason /></div>
        </section>
    }
}

/// What the forms show: what can be chosen, and what was typed.
#[derive(Clone, Debug, Default)]
pub struct FreezeForms {
    pub choices: FilterChoices,
    /// The names of the time zones.
    pub time_zones: Vec<String>,
    /// What was typed into one of them, and sent here.
    pub draft: Option<FreezeDraft>,
    /// The app and the environment that the address names, for the forms into which nothing was typed.
    pub scope: [Option<String>; 2],
    /// What that would do, and what is wrong with it.
    pub preview: Option<FreezePreview>,
}

/// Three forms, each posted to the page itself.
#[component]
pub fn FreezeForm(forms: FreezeForms) -> impl IntoView {
    let zones =
        forms.time_zones.iter().map(|name| view! { <option value=name.clone()></option> }).collect_view();
    let [now, once, weekly] = [UNTIL_LIFTED, ONCE, WEEKLY].map(|kind| OneForm::of(kind, &forms));
    view! {
        <section class="freeze-forms">
            <h2>"Declare a freeze"</h2>
            <datalist id=ZONES>{zones}</datalist>
            <form class="panel form" method="post" action="/freezes" aria-label="Stop now">
                <h3>"Stop now"</h3>
                <p class="quiet">"From now on, until it is lifted."</p>
                {now.head(&forms.choices)}
                {now.end("Stop deploys", "button button--danger")}
            </form>
            <form class="panel form" method="post" action="/freezes" aria-label="For a period">
                <h3>"For a period"</h3>
                {once.head(&forms.choices)}
                <div class="filter">
                    {once.time("from", "From", "datetime-local")}
                    {once.time("until", "Until", "datetime-local")}
                    {once.time_zone()}
                </div>
                {once.end("Declare", "button button--primary")}
            </form>
            <form class="panel form" method="post" action="/freezes" aria-label="Every week">
                <h3>"Every week"</h3>
                {weekly.head(&forms.choices)}
                <div class="filter">
                    {weekly.day("from_day", "Begins on", Day::Friday)}
                    {weekly.time("from", "Begins at", "time")}
                    {weekly.day("until_day", "Ends on", Day::Monday)}
                    {weekly.time("until", "Ends at", "time")}
                    {weekly.time_zone()}
                </div>
                {weekly.end("Declare", "button button--primary")}
            </form>
        </section>
    }
    .into_any()
}

/// The list of time zones, by its id.
const ZONES: &str = "time-zones";

/// One of the forms, with what was typed into it.
struct OneForm {
    kind: &'static str,
    draft: Option<FreezeDraft>,
    preview: Option<FreezePreview>,
    scope: [Option<String>; 2],
}

impl OneForm {
    fn of(kind: &'static str, forms: &FreezeForms) -> Self {
        let draft = forms.draft.clone().filter(|draft| draft.kind == kind);
        let preview = forms.preview.clone().filter(|_| draft.is_some());
        Self { kind, draft, preview, scope: forms.scope.clone() }
    }

    /// What was typed into a field; else what the address names.
    fn typed(&self, name: &str) -> Option<String> {
        let Some(draft) = &self.draft else {
            let named = ["app", "environment"].into_iter().zip(self.scope.clone());
            return named.filter(|(field, _)| *field == name).find_map(|(_, value)| value);
        };
        let fields = draft.fields();
        fields.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
    }

    fn problem(&self, name: &str) -> Option<String> {
        let problems = self.preview.iter().flat_map(|preview| &preview.problems);
        problems.into_iter().find(|problem| problem.field == name).map(|problem| problem.text.clone())
    }

    fn head(&self, choices: &FilterChoices) -> AnyView {
        let (id, problem) = (self.id("reason"), self.problem("reason"));
        let wrong = Wrong::of(&id, problem);
        view! {
            <input type="hidden" name="kind" value=self.kind />
            <div class="filter">
                {self.scope("app", "App", "Every app", &choices.apps)}
                {self.scope("environment", "Environment", "Every environment", &choices.environments)}
            </div>
            <div class="field">
                <label for=id.clone()>"Reason"</label>
                <input
                    id=id
                    class="input"
                    type="text"
                    name="reason"
                    value=self.typed("reason")
                    required
                    maxlength="500"
                    autocomplete="off"
                    aria-describedby=wrong.described_by.clone()
                    aria-invalid=wrong.invalid
                    autofocus=wrong.invalid.is_some()
                />
                {wrong.note()}
            </div>
        }
        .into_any()
    }

    fn scope(&self, name: &'static str, label: &'static str, all: &'static str, names: &[String]) -> AnyView {
        let (id, chosen) = (self.id(name), self.typed(name).unwrap_or_default());
        let options = names.iter().cloned().map(|name| {
            let (value, selected) = (name.clone(), name == chosen);
            view! { <option value=value selected=selected>{name}</option> }
        });
        view! {
            <div class="filter__field">
                <label for=id.clone()>{label}</label>
                <select class="input" id=id name=name><option value="">{all}</option>{options.collect_view()}</select>
            </div>
        }
        .into_any()
    }

    fn day(&self, name: &'static str, label: &'static str, usual: Day) -> AnyView {
        let (id, chosen) = (self.id(name), self.typed(name).unwrap_or_else(|| usual.as_str().to_owned()));
        let wrong = Wrong::of(&id, self.problem(name));
        let options = Day::ALL.map(|day| {
            view! { <option value=day.as_str() selected=day.as_str() == chosen>{day.label()}</option> }
        });
        view! {
            <div class="filter__field">
                <label for=id.clone()>{label}</label>
                <select
                    class="input"
                    id=id
                    name=name
                    aria-describedby=wrong.described_by.clone()
                    aria-invalid=wrong.invalid
                    autofocus=wrong.invalid.is_some()
                >
                    {options}
                </select>
                {wrong.note()}
            </div>
        }
        .into_any()
    }

    fn time(&self, name: &'static str, label: &'static str, kind: &'static str) -> AnyView {
        let id = self.id(name);
        let wrong = Wrong::of(&id, self.problem(name));
        view! {
            <div class="filter__field">
                <label for=id.clone()>{label}</label>
                <input
                    id=id
                    class="input"
                    type=kind
                    name=name
                    value=self.typed(name)
                    required
                    aria-describedby=wrong.described_by.clone()
                    aria-invalid=wrong.invalid
                    autofocus=wrong.invalid.is_some()
                />
                {wrong.note()}
            </div>
        }
        .into_any()
    }

    /// Where nothing was typed yet, the browser puts its own zone in.
    fn time_zone(&self) -> AnyView {
        let (id, typed) = (self.id("zone"), self.typed("time_zone"));
        let wrong = Wrong::of(&id, self.problem("time_zone"));
        let is_untouched = typed.is_none();
        view! {
            <div class="filter__field">
                <label for=id.clone()>"Time zone"</label>
                <input
                    id=id
                    class="input"
                    type="text"
                    name="time_zone"
                    value=typed.unwrap_or_else(|| "UTC".to_owned())
                    list=ZONES
                    required
                    autocomplete="off"
                    spellcheck="false"
                    data-own-zone=is_untouched
                    aria-describedby=wrong.described_by.clone()
                    aria-invalid=wrong.invalid
                    autofocus=wrong.invalid.is_some()
                />
                {wrong.note()}
            </div>
        }
        .into_any()
    }

    /// What it would do, and the buttons.
    fn end(&self, press: &'static str, class: &'static str) -> AnyView {
        let effect = self.preview.clone().and_then(|preview| preview.effect);
        let kind = self.kind;
        view! {
            {effect.map(|effect| view! { <FreezeEffectNote kind effect /> })}
            <div class="form__actions">
                <button
                    type="submit"
                    class="button"
                    formmethod="get"
                    formaction=format!("/freezes#{PREVIEW}")
                    formnovalidate=true
                >
                    "Show what it does"
                </button>
                <button type="submit" class=class>{press}</button>
            </div>
        }
        .into_any()
    }

    fn id(&self, name: &str) -> String {
        let kind = if self.kind == UNTIL_LIFTED { "now" } else { self.kind };
        format!("{kind}-{}", name.replace('_', "-"))
    }
}

/// What is wrong with a field, if something is.
struct Wrong {
    problem: Option<String>,
    /// The id of the note.
    described_by: Option<String>,
    invalid: Option<&'static str>,
}

impl Wrong {
    fn of(id: &str, problem: Option<String>) -> Self {
        let described_by = problem.as_ref().map(|_| format!("{id}-problem"));
        let invalid = problem.as_ref().map(|_| "true");
        Self { problem, described_by, invalid }
    }

    fn note(self) -> impl IntoView {
        self.problem.map(|problem| view! { <p id=self.described_by class="field__problem">{problem}</p> })
    }
}
