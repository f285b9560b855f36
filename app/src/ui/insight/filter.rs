//! The filter of the figures, as a form that any browser can send, and the usual ranges as links.

use leptos::prelude::*;

use crate::{
    api::InsightQuery,
    request::query,
    ui::kit::filter_field::{DayField, FilterChoices, SelectField, name_options},
};

/// Ranges of this many days, up to now.
const RANGES: [u32; 3] = [7, 30, 90];

#[component]
pub fn InsightForm(choices: FilterChoices, query: InsightQuery) -> impl IntoView {
    let is_ranged = query.since.is_some() || query.until.is_some();
    let links = RANGES.map(|days| {
        let current = (!is_ranged && query.days.unwrap_or(30) == days).then_some("page");
        let place = InsightQuery { since: None, until: None, days: Some(days), ..query.clone() };
        view! { <a class="button button--plain" href=insight_address(&place) aria-current=current>{format!("{days} days")}</a> }
    });
    view! {
        <nav class="paging ranges" aria-label="Ranges">{links.collect_view()}</nav>
        <form class="filter" method="get" action="/insight">
            <SelectField name="app" label="App" options=name_options(choices.apps) chosen=query.app />
            <SelectField
                name="environment"
                label="Environment"
                options=name_options(choices.environments)
                chosen=query.environment
            />
            <DayField name="since" label="From" chosen=query.since />
            <DayField name="until" label="To" chosen=query.until />
            {query.days.map(|days| view! { <input type="hidden" name="days" value=days /> })}
            <button type="submit" class="button">"Show"</button>
        </form>
    }
    .into_any()
}

/// The address of the figures. An empty environment stands for all of them: without one, the page chooses.
#[must_use]
pub fn insight_address(query: &InsightQuery) -> String {
    let InsightQuery { app, environment, since, until, days } = query;
    let days = days.map(|days| days.to_string());
    query::address(
        "/insight",
        [("app", app), ("environment", environment), ("since", since), ("until", until), ("days", &days)],
    )
}
