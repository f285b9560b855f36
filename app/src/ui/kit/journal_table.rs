//! Entries of the journal in a table, with the chain that proves that none was edited.

use leptos::{either::Either, prelude::*};
use serde_json::Value;

use crate::{
    domain::{DeployId, JournalEntry, TrailEntry, UnreadableEntry, shortened},
    text::{action::action_label, printable::printable},
    ui::kit::time::At,
};

/// Enough of a hash to tell two entries apart by eye; the whole hash is in the title.
const SHORT_HASH: usize = 12;

/// The entries, in the order given.
#[component]
pub fn JournalTable(
    /// The entries.
    entries: Vec<TrailEntry>,
    /// What is said if there are none.
    nothing: &'static str,
    /// Whether they are about more than one deploy: then each names its own, and its day.
    #[prop(optional)]
    of_all: bool,
) -> impl IntoView {
    let columns = if of_all { 7 } else { 6 };
    let nothing = entries.is_empty().then(|| {
        view! { <tr><td class="quiet table__nothing" colspan=columns>{nothing}</td></tr> }
    });
    let rows = entries.into_iter().map(|entry| row(entry, of_all)).collect_view();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Audit log">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col" class="number">"No."</th>
                        <th scope="col">"Time"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"What"</th>
                        {of_all.then(|| view! { <th scope="col">"Deploy"</th> })}
                        <th scope="col">"Details"</th>
                        <th scope="col">"Hash"</th>
                    </tr>
                </thead>
                <tbody>{rows}{nothing}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(entry: TrailEntry, of_all: bool) -> impl IntoView {
    match entry {
        TrailEntry::Readable(entry) => Either::Left(readable(entry, of_all)),
        TrailEntry::Unreadable(entry) => Either::Right(unreadable(*entry, of_all)),
    }
}

fn readable(entry: JournalEntry, of_all: bool) -> impl IntoView {
    view! {
        <tr>
            <td class="number">{entry.sequence}</td>
            <td><At at=entry.at dated=of_all /></td>
            <td>{printable(&entry.actor)}</td>
            {action_cell(&entry.action)}
            {of_all.then(|| deploy_cell(entry.deploy_id))}
            <td class="code payload">{details(entry.payload)}</td>
            {hash_cell(&entry.hash)}
        </tr>
    }
}

/// What is stored in place of an entry: shown as text, and marked as unreadable.
fn unreadable(entry: UnreadableEntry, of_all: bool) -> impl IntoView {
    let at = match entry.at {
        Some(at) => Either::Left(view! { <At at dated=of_all /> }),
        None => Either::Right(printable(&shortened(entry.stored.at))),
    };
    view! {
        <tr>
            <td class="number">{entry.sequence}</td>
            <td>{at}</td>
            <td>{printable(&entry.actor)}</td>
            {action_cell(&entry.action)}
            {of_all.then(|| deploy_cell(entry.deploy_id))}
            <td class="code payload">
                <strong>{format!("unreadable entry {}", entry.sequence)}</strong>
                {format!(" ({}) ", printable(&entry.unreadable))}
                {printable(&shortened(entry.stored.payload))}
            </td>
            {hash_cell(&entry.hash)}
        </tr>
    }
}

/// The words, and the spelling that the filter and the API take.
fn action_cell(action: &str) -> impl IntoView + use<> {
    let words = action_label(action);
    let spelling = printable(action);
    view! {
        <td>
            {words}
            <span class=if words.is_some() { "second code" } else { "code" }>{spelling}</span>
        </td>
    }
}

/// The end of the id is what differs between deploys of one minute.
fn deploy_cell(id: Option<DeployId>) -> impl IntoView {
    let link = id.map(|id| {
        let text = id.to_string();
        let end = text.rsplit('-').next().unwrap_or_default().to_owned();
        view! { <a class="code" href=format!("/deploys/{text}") title=text.clone()>{format!("…{end}")}</a> }
    });
    view! { <td>{link}</td> }
}

fn hash_cell(hash: &str) -> impl IntoView + use<> {
    let short = hash.get(..SHORT_HASH).unwrap_or(hash);
    view! { <td class="code" title=printable(hash)>{printable(short)}</td> }
}

/// Each detail after its name. A payload that is not an object is shown as it is.
fn details(payload: Value) -> AnyView {
    let Value::Object(details) = payload else {
        return printable(&shortened(payload.to_string())).into_any();
    };
    let mut named = Vec::new();
    for (name, detail) in details {
        name_details(name, detail, &mut named);
    }
    let details = named.into_iter().map(|(name, detail)| {
        view! {
            <span class="payload__detail">
                <span class="quiet">{printable(&name)}</span> " " {printable(&shortened(detail))} " "
            </span>
        }
    });
    details.collect_view().into_any()
}

/// The members of an object within have its name before theirs, with a dot between.
fn name_details(name: String, detail: Value, named: &mut Vec<(String, String)>) {
    match detail {
        Value::Object(members) if !members.is_empty() => {
            for (member, detail) in members {
                name_details(format!("{name}.{member}"), detail, named);
            }
        }
        Value::Null => named.push((name, "none".to_owned())),
        Value::String(text) => named.push((name, text)),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            named.push((name, detail.to_string()));
        }
    }
}
