//! The form that declares a freeze: the stop button, a period, or every week.

use leptos::prelude::*;

use crate::{
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

/// Three forms, each posted to the page itself.
#[component]
pub fn FreezeForm(choices: FilterChoices) -> impl IntoView {
    view! {
        <section class="freeze-forms">
            <h2>"Declare a freeze"</h2>
            <form class="panel form" method="post" action="/freezes" aria-label="Stop now">
                <h3>"Stop now"</h3>
                <p class="quiet">"From now on, until it is lifted."</p>
                <input type="hidden" name="kind" value="until_lifted" />
                <ScopeFields form="now" choices=choices.clone() />
                <div class="form__actions"><button type="submit" class="button button--danger">"Stop deploys"</button></div>
            </form>
            <form class="panel form" method="post" action="/freezes" aria-label="For a period">
                <h3>"For a period"</h3>
                <input type="hidden" name="kind" value="once" />
                <ScopeFields form="once" choices=choices.clone() />
                <div class="filter">
                    <DateTimeField id="once-from" name="from" label="From" kind="datetime-local" />
                    <DateTimeField id="once-until" name="until" label="Until" kind="datetime-local" />
                    <TimeZoneField form="once" />
                </div>
                <div class="form__actions"><button type="submit" class="button button--primary">"Declare"</button></div>
            </form>
            <form class="panel form" method="post" action="/freezes" aria-label="Every week">
                <h3>"Every week"</h3>
                <input type="hidden" name="kind" value="weekly" />
                <ScopeFields form="weekly" choices />
                <div class="filter">
                    <WeekdaySelect id="weekly-from-day" name="from_day" label="Begins on" chosen=Day::Friday />
                    <DateTimeField id="weekly-from" name="from" label="Begins at" kind="time" />
                    <WeekdaySelect id="weekly-until-day" name="until_day" label="Ends on" chosen=Day::Monday />
                    <DateTimeField id="weekly-until" name="until" label="Ends at" kind="time" />
                    <TimeZoneField form="weekly" />
                </div>
                <div class="form__actions"><button type="submit" class="button button--primary">"Declare"</button></div>
            </form>
        </section>
    }
}

#[component]
fn ScopeFields(form: &'static str, choices: FilterChoices) -> impl IntoView {
    view! {
        <div class="filter">
            <ScopeSelect id=format!("{form}-app") name="app" label="App" all="Every app" names=choices.apps />
            <ScopeSelect
                id=format!("{form}-environment")
                name="environment"
                label="Environment"
                all="Every environment"
                names=choices.environments
            />
        </div>
        <div class="field">
            <label for=format!("{form}-reason")>"Reason"</label>
            <input
                id=format!("{form}-reason")
                class="input"
                type="text"
                name="reason"
                required
                maxlength="500"
                autocomplete="off"
            />
        </div>
    }
}

#[component]
fn ScopeSelect(
    id: String,
    name: &'static str,
    label: &'static str,
    all: &'static str,
    names: Vec<String>,
) -> impl IntoView {
    let options = names
        .into_iter()
        .map(|name| {
            let value = name.clone();
            view! { <option value=value>{name}</option> }
        })
        .collect_view();
    view! {
        <div class="filter__field">
            <label for=id.clone()>{label}</label>
            <select class="input" id=id name=name><option value="">{all}</option>{options}</select>
        </div>
    }
}

#[component]
fn WeekdaySelect(id: &'static str, name: &'static str, label: &'static str, chosen: Day) -> impl IntoView {
    let options = Day::ALL.map(|day| {
        view! { <option value=day.as_str() selected=day == chosen>{day.label()}</option> }
    });
    view! {
        <div class="filter__field">
            <label for=id>{label}</label>
            <select class="input" id=id name=name>{options}</select>
        </div>
    }
}

#[component]
fn DateTimeField(
    id: &'static str,
    name: &'static str,
    label: &'static str,
    kind: &'static str,
) -> impl IntoView {
    view! {
        <div class="filter__field">
            <label for=id>{label}</label>
            <input id=id class="input" type=kind name=name required />
        </div>
    }
}

#[component]
fn TimeZoneField(form: &'static str) -> impl IntoView {
    let id = format!("{form}-zone");
    view! {
        <div class="filter__field">
            <label for=id.clone()>"Time zone"</label>
            <input id=id class="input" type="text" name="time_zone" value="UTC" required autocomplete="off" spellcheck="false" />
        </div>
    }
}
