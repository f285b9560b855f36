//! The filters of the history, as a form that any browser can send.

use leptos::prelude::*;

use crate::{
    api::DeployQuery,
    domain::{EndKind, Status},
    text::status::status_label,
    ui::kit::filter_field::{DayField, FilterChoices, NameField, SelectField, SelectOptions, name_options},
};

/// The form; it sends what is chosen as the query of the address.
#[component]
pub fn HistoryFilter(choices: FilterChoices, query: DeployQuery) -> impl IntoView {
    let is_filtered =
        query != DeployQuery { limit: query.limit, cursor: query.cursor.clone(), ..DeployQuery::default() };
    // An address may ask for one name exactly: sent again, it is a part of one.
    let person = query.person.or(query.requested_by);
    // Plots lead to what ended on a day. Otherwise, two more fields would only be in the way.
    let ended = (query.ended_since.is_some() || query.ended_until.is_some()).then(|| {
        view! {
            <DayField name="ended_since" label="Ended from" chosen=query.ended_since />
            <DayField name="ended_until" label="Ended to" chosen=query.ended_until />
        }
    });
    view! {
        <form class="filter" method="get" action="/deploys">
            <SelectField name="app" label="App" options=name_options(choices.apps) chosen=query.app />
            <SelectField
                name="environment"
                label="Environment"
                options=name_options(choices.environments)
                chosen=query.environment
            />
            <SelectField
                name="status"
                label="Status"
                groups=vec![("Groups", groups()), ("In progress, exactly", live_statuses())]
                options=Vec::new()
                chosen=query.status
            />
            <NameField name="person" label="Person" known=choices.people chosen=person />
            <DayField name="since" label="From" chosen=query.since />
            <DayField name="until" label="To" chosen=query.until />
            {ended}
            <button type="submit" class="button">"Filter"</button>
            {is_filtered.then(|| view! { <a class="button button--plain" href="/deploys">"Show all"</a> })}
        </form>
    }
    .into_any()
}

/// The ends of deploys, and all that have not ended.
fn groups() -> SelectOptions {
    let option = |value: &str, words: &str| (value.to_owned(), words.to_owned());
    let statuses = [
        option(DeployQuery::IN_PROGRESS, "In progress"),
        option(Status::Succeeded.as_str(), "Succeeded"),
        option(Status::Failed.as_str(), "Failed, in any way"),
        option(Status::TimedOut.as_str(), "Timed out"),
    ];
    let kinds = EndKind::ALL.map(|kind| option(kind.as_str(), kind_label(kind)));
    statuses.into_iter().chain(kinds).collect()
}

const fn kind_label(kind: EndKind) -> &'static str {
    match kind {
        EndKind::Cancelled => "Cancelled",
        EndKind::Superseded => "Superseded",
        EndKind::Abandoned => "Abandoned",
        EndKind::NotApproved => "Not approved",
    }
}

fn live_statuses() -> SelectOptions {
    let live = Status::ALL.into_iter().filter(|status| !status.is_terminal());
    live.map(|status| (status.as_str().to_owned(), status_label(status).to_owned())).collect()
}
