//! The filters of the history, as a form that any browser can send.

use leptos::prelude::*;

use crate::{
    api::DeployQuery,
    domain::Status,
    text::status::status_label,
    ui::kit::filter_field::{DayField, FilterChoices, NameField, SelectField, name_options},
};

/// The form; it sends what is chosen as the query of the address.
#[component]
pub fn HistoryFilter(choices: FilterChoices, query: DeployQuery) -> impl IntoView {
    let statuses = Status::ALL.map(|status| (status.as_str().to_owned(), status_label(status).to_owned()));
    let is_filtered =
        query != DeployQuery { limit: query.limit, cursor: query.cursor.clone(), ..DeployQuery::default() };
    view! {
        <form class="filter" method="get" action="/deploys">
            <SelectField name="app" label="App" options=name_options(choices.apps) chosen=query.app />
            <SelectField
                name="environment"
                label="Environment"
                options=name_options(choices.environments)
                chosen=query.environment
            />
            <SelectField name="status" label="Status" options=statuses.into() chosen=query.status />
            <NameField name="requested_by" label="Person" known=choices.people chosen=query.requested_by />
            <DayField name="since" label="From" chosen=query.since />
            <DayField name="until" label="To" chosen=query.until />
            <button type="submit" class="button">"Filter"</button>
            {is_filtered.then(|| view! { <a class="button button--plain" href="/deploys">"Show all"</a> })}
        </form>
    }
    .into_any()
}
