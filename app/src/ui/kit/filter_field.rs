//! Fields of forms that narrow down what a page shows, and what can be chosen in them.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{api::Board, text::printable::printable};

#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct FilterChoices {
    pub apps: Vec<String>,
    pub environments: Vec<String>,
    /// People who asked for deploys.
    pub people: Vec<String>,
}

impl FilterChoices {
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

/// Values with the words for them.
pub type SelectOptions = Vec<(String, String)>;

/// Names as they are, to choose from.
#[must_use]
pub fn name_options(names: Vec<String>) -> SelectOptions {
    names.into_iter().map(|name| (name.clone(), name)).collect()
}

/// A day of UTC. A time of day that an address gives is kept as text.
#[component]
pub fn DayField(name: &'static str, label: &'static str, chosen: Option<String>) -> impl IntoView {
    let id = format!("filter-{name}");
    let is_day = chosen.as_ref().is_none_or(|text| text.len() == "2026-11-22".len());
    view! {
        <div class="filter__field">
            <label for=id.clone()>{label} <span class="quiet">" (UTC)"</span></label>
            <input class="input" id=id name=name type=if is_day { "date" } else { "text" } value=chosen />
        </div>
    }
}

/// A name to type, with those that are known to take from.
#[component]
pub fn NameField(
    name: &'static str,
    label: &'static str,
    known: Vec<String>,
    chosen: Option<String>,
) -> impl IntoView {
    let (id, list) = (format!("filter-{name}"), format!("filter-{name}-known"));
    let known = known.into_iter().map(|name| view! { <option value=name></option> }).collect_view();
    view! {
        <div class="filter__field">
            <label for=id.clone()>{label}</label>
            <input class="input" id=id name=name list=list.clone() autocomplete="off" placeholder="Anyone" value=chosen />
            <datalist id=list>{known}</datalist>
        </div>
    }
}

/// One of several values, or all.
#[component]
pub fn SelectField(
    name: &'static str,
    label: &'static str,
    options: SelectOptions,
    /// More values, under a heading each.
    #[prop(optional)]
    groups: Vec<(&'static str, SelectOptions)>,
    chosen: Option<String>,
) -> impl IntoView {
    let chosen = chosen.unwrap_or_default();
    let has = |options: &SelectOptions| options.iter().any(|(value, _)| *value == chosen);
    let is_known = chosen.is_empty() || has(&options) || groups.iter().any(|(_, options)| has(options));
    // From an address written by hand, or of a newer console: shown as it is asked for.
    let unknown = (!is_known).then(|| (chosen.clone(), printable(&chosen)));
    let id = format!("filter-{name}");
    let groups = groups.into_iter().map(|(heading, options)| {
        view! { <optgroup label=heading>{option_views(options, &chosen)}</optgroup> }
    });
    let groups = groups.collect_view();
    let options = option_views(options.into_iter().chain(unknown).collect(), &chosen);
    view! {
        <div class="filter__field">
            <label for=id.clone()>{label}</label>
            <select class="input" id=id name=name>
                <option value="">"All"</option>
                {groups}
                {options}
            </select>
        </div>
    }
}

fn option_views(options: SelectOptions, chosen: &str) -> impl IntoView + use<> {
    let option = |(value, words): (String, String)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{words}</option> }
    };
    options.into_iter().map(option).collect_view()
}
