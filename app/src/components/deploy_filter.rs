//! The filters of the history, as a form that any browser can send.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::status::name;
use crate::{
    api::{Board, DeployQuery},
    domain::Status,
};

/// What can be chosen.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Choices {
    pub(super) apps: Vec<String>,
    pub(super) environments: Vec<String>,
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

type Options = Vec<(String, String)>;

/// The form; it sends what is chosen as the query of the address.
#[component]
pub fn DeployFilter(
    /// What can be chosen.
    choices: Choices,
    /// What is chosen.
    query: DeployQuery,
) -> impl IntoView {
    let plain = |names: Vec<String>| -> Options { names.into_iter().map(|n| (n.clone(), n)).collect() };
    let statuses = Status::ALL.map(|status| (status.as_str().to_owned(), name(status).to_owned()));
    let is_filtered = query.app.is_some() || query.environment.is_some() || query.status.is_some();
    view! {
        <form class="filter" method="get" action="/deploys">
            <Choice name="app" label="App" options=plain(choices.apps) chosen=query.app />
            <Choice
                name="environment"
                label="Environment"
                options=plain(choices.environments)
                chosen=query.environment
            />
            <Choice name="status" label="Status" options=statuses.into() chosen=query.status />
            <button type="submit" class="button">"Filter"</button>
            {is_filtered.then(|| view! { <a class="button button--plain" href="/deploys">"Show all"</a> })}
        </form>
    }
    .into_any()
}

#[component]
fn Choice(
    name: &'static str,
    label: &'static str,
    mut options: Options,
    chosen: Option<String>,
) -> impl IntoView {
    let chosen = chosen.unwrap_or_default();
    if !chosen.is_empty() && !options.iter().any(|(value, _)| *value == chosen) {
        // From an address written by hand, or of a newer console: shown as it is asked for.
        options.push((chosen.clone(), super::text::plain(&chosen)));
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
