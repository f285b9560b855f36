//! The journal of the whole console: how far its entries are verified, and the filter of those that are shown.

use leptos::prelude::*;

use crate::{
    api::{AuditFilter, AuditHead},
    domain::Timestamp,
    request::query,
    text::{action::ACTIONS, time::date_and_time},
    ui::kit::filter_field::{DayField, FilterChoices, NameField, SelectField, name_options},
};

/// Actors that are not people.
const PROGRAMS: [&str; 3] = ["console", "workflow", "reconciler"];

/// Up to which entry the journal is verified, or where it is broken.
#[component]
pub fn HeadNote(head: AuditHead) -> impl IntoView {
    match head {
        AuditHead::Verified { last: 0, .. } => {
            view! { <p class="quiet">"The journal is empty."</p> }.into_any()
        }
        AuditHead::Verified { first, last, hash, checked_at, at } => view! {
            <div class="note audit-head">
                <p class="note__title">{verified(first, last)}</p>
                <p>{checked(checked_at, at)} {(first > 1).then(whole)}</p>
                <Hash hash />
            </div>
        }
        .into_any(),
        AuditHead::Unverified { last, hash } => view! {
            <div class="note">
                <p class="note__title">"Not verified since the console started"</p>
                <p>{format!("The last entry is {last}.")} {whole()}</p>
                <Hash hash />
            </div>
        }
        .into_any(),
        AuditHead::Broken { place } => view! {
            <div class="note note--bad" role="alert">
                <p class="note__title">"The journal is not as it was written"</p>
                <p>{place} {whole()}</p>
            </div>
        }
        .into_any(),
    }
}

fn verified(first: i64, last: i64) -> String {
    match first {
        _ if first >= last => format!("Entry {last} is verified"),
        1 => format!("All {last} entries are verified"),
        _ => format!("Entries {first} to {last} are verified"),
    }
}

/// What was found is of the moment in which it was looked for: older entries are not checked again for the page.
fn checked(checked_at: Timestamp, at: Timestamp) -> String {
    let (then, now) = (date_and_time(checked_at), date_and_time(at));
    format!("Each followed from the one before it: checked at {then}, and what was written since at {now}.")
}

/// How to verify more than the console does by itself.
fn whole() -> impl IntoView {
    view! { " To check every entry and every deploy: " <code>"deploy-console audit verify"</code> "." }
}

#[component]
fn Hash(hash: String) -> impl IntoView {
    view! { <p class="quiet">"Head " <span class="code audit-hash">{hash}</span></p> }
}

/// The filter form; it sends its values as the query of the address.
#[component]
pub fn AuditForm(choices: FilterChoices, filter: AuditFilter) -> impl IntoView {
    let actions = ACTIONS.map(|(spelling, words)| (spelling.to_owned(), words.to_owned()));
    let is_filtered = filter != AuditFilter::default();
    let known = choices.people.into_iter().chain(PROGRAMS.map(str::to_owned)).collect();
    view! {
        <form class="filter" method="get" action="/audit">
            {filter.deploy_id.map(|id| view! { <input type="hidden" name="deploy_id" value=id.to_string() /> })}
            <SelectField name="app" label="App" options=name_options(choices.apps) chosen=filter.app />
            <SelectField
                name="environment"
                label="Environment"
                options=name_options(choices.environments)
                chosen=filter.environment
            />
            <SelectField name="action" label="What" options=actions.into() chosen=filter.action />
            <NameField name="actor" label="Who" known chosen=filter.actor />
            <DayField name="since" label="From" chosen=filter.since />
            <DayField name="until" label="To" chosen=filter.until />
            <button type="submit" class="button">"Filter"</button>
            {is_filtered.then(|| view! { <a class="button button--plain" href="/audit">"Show all"</a> })}
        </form>
    }
    .into_any()
}

/// Links that download the filtered entries as files.
#[component]
pub fn ExportLinks(filter: AuditFilter) -> impl IntoView {
    let link = |format: &str, words| {
        let format = Some(format.to_owned());
        let members = filter_members(&filter).into_iter().chain([("format", format)]).collect::<Vec<_>>();
        let members = members.iter().map(|(name, value)| (*name, value));
        let address = query::address("/api/internal/audit/export", members);
        view! { <a class="button" href=address rel="external" download>{words}</a> }
    };
    view! { {link("jsonl", "Export JSON lines")} {link("csv", "Export CSV")} }
}

/// The filter as query members of an address.
#[must_use]
pub fn filter_members(filter: &AuditFilter) -> [(&'static str, Option<String>); 7] {
    let AuditFilter { deploy_id, action, actor, app, environment, since, until } = filter.clone();
    [
        ("deploy_id", deploy_id.map(|id| id.to_string())),
        ("action", action),
        ("actor", actor),
        ("app", app),
        ("environment", environment),
        ("since", since),
        ("until", until),
    ]
}
