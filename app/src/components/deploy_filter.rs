//! The filters of the history, as a form that any browser can send.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{status::name, text::plain};
use crate::{
    api::{Board, DeployQuery},
    domain::Status,
};

/// What can be chosen.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Choices {
    /// The apps.
    pub apps: Vec<String>,
    /// The environments.
    pub environments: Vec<String>,
    /// People who asked for deploys.
    pub people: Vec<String>,
}

impl Choices {
    /// Everything on the board; nothing, where it could not be read.
    #[must_use]
    pub fn of(board: Option<Board>) -> Self {
        let mut choices = Self::default();
        for app in board.into_iter().flat_map(|board| board.apps) {
            choices.apps.push(app.name);
            for environment in app.environments {
                if !choices.environments.contains(&environment.name) {
                    choices.environments.push(environment.name);
                }
            }
        }
        choices
    }
}

pub(super) type Options = Vec<(String, String)>;

/// Names as they are, to choose from.
pub(super) fn as_they_are(names: Vec<String>) -> Options {
    names.into_iter().map(|name| (name.clone(), name)).collect()
}

/// The form; it sends what is chosen as the query of the address.
#[component]
pub fn DeployFilter(
    /// What can be chosen.
    choices: Choices,
    /// What is chosen.
    query: DeployQuery,
) -> impl IntoView {
    let statuses = Status::ALL.map(|status| (status.as_str().to_owned(), name(status).to_owned()));
    let is_filtered =
        query != DeployQuery { limit: query.limit, cursor: query.cursor.clone(), ..DeployQuery::default() };
    view! {
        <form class="filter" method="get" action="/deploys">
            <Choice name="app" label="App" options=as_they_are(choices.apps) chosen=query.app />
            <Choice
                name="environment"
                label="Environment"
                options=as_they_are(choices.environments)
                chosen=query.environment
            />
            <Choice name="status" label="Status" options=statuses.into() chosen=query.status />
            <Person people=choices.people chosen=query.requested_by />
            <DayField name="since" label="From" chosen=query.since />
            <DayField name="until" label="To" chosen=query.until />
            <button type="submit" class="button">"Filter"</button>
            {is_filtered.then(|| view! { <a class="button button--plain" href="/deploys">"Show all"</a> })}
        </form>
    }
    .into_any()
}

/// A name to type, with those that are known to take from.
#[component]
fn Person(people: Vec<String>, chosen: Option<String>) -> impl IntoView {
    let known = people.into_iter().map(|name| view! { <option value=name></option> }).collect_view();
    view! {
        <div class="filter__field">
            <label for="filter-requested_by">"Person"</label>
            <input
                class="input"
                id="filter-requested_by"
                name="requested_by"
                list="filter-people"
                autocomplete="off"
                placeholder="Anyone"
                value=chosen
            />
            <datalist id="filter-people">{known}</datalist>
        </div>
    }
}

/// A day of UTC. What an address says more exactly stays as it is said.
#[component]
pub(super) fn DayField(name: &'static str, label: &'static str, chosen: Option<String>) -> impl IntoView {
    let id = format!("filter-{name}");
    let is_day = chosen.as_ref().is_none_or(|text| text.len() == "2026-11-22".len());
    view! {
        <div class="filter__field">
            <label for=id.clone()>{label} <span class="quiet">" (UTC)"</span></label>
            <input class="input" id=id name=name type=if is_day { "date" } else { "text" } value=chosen />
        </div>
    }
}

#[component]
pub(super) fn Choice(
    name: &'static str,
    label: &'static str,
    mut options: Options,
    chosen: Option<String>,
) -> impl IntoView {
    let chosen = chosen.unwrap_or_default();
    if !chosen.is_empty() && !options.iter().any(|(value, _)| *value == chosen) {
        // From an address written by hand, or of a newer console: shown as it is asked for.
        options.push((chosen.clone(), plain(&chosen)));
    }
    let id = format!("filter-{name}");
    let options = options.into_iter().map(|(value, words)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{words}</option> }
    });
    view! {
        <div class="filter__field">
            <label for=id.clone()>{label}</label>
            <select class="input" id=id name=name>
                <option value="">"All"</option>
                {options.collect_view()}
            </select>
        </div>
    }
}
