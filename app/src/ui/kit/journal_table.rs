//! Entries of the journal in a table, with the hash chain that proves that none was edited.

use leptos::{either::Either, prelude::*};
use serde_json::Value;

use crate::{
    domain::{DeployId, JournalEntry, Timestamp, TrailEntry, UnreadableEntry, shortened},
    text::{action::action_label, printable::printable, time::day},
    ui::kit::{person_mark::PersonMark, time::At},
};

/// Enough of a hash to tell two entries apart by eye; the whole hash is in the title.
const SHORT_HASH: usize = 8;

/// Details that come before the others.
const FIRST: [&str; 8] =
    ["status", "previous", "outcome", "log_line", "app", "environment", "git_ref", "reason"];

/// The entries, in the order given.
#[component]
pub fn JournalTable(
    entries: Vec<TrailEntry>,
    /// Text to show if there are none.
    nothing: &'static str,
    /// Whether they concern more than one deploy: then each row links its deploy and shows the day.
    #[prop(optional)]
    of_all: bool,
) -> impl IntoView {
    let nothing = entries.is_empty().then(|| {
        view! { <tr><td class="quiet table__nothing" colspan="5">{nothing}</td></tr> }
    });
    let rows = entries.into_iter().map(|entry| row(entry, of_all)).collect_view();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Audit log">
            <table class="table table--journal">
                <thead>
                    <tr>
                        <th scope="col" class="number">"No."</th>
                        <th scope="col">"Time"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"What"</th>
                        <th scope="col">"Details"</th>
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

fn readable(mut entry: JournalEntry, of_all: bool) -> impl IntoView {
    let name = entry.payload.as_object_mut().and_then(|payload| payload.remove("name"));
    view! {
        <tr>
            {number_cell(entry.sequence, &entry.hash)}
            <td>{time(entry.at, of_all)}</td>
            {who_cell(&entry.actor, name)}
            {action_cell(&entry.action, entry.deploy_id.filter(|_| of_all))}
            <td class="code payload">{details(entry.payload)}</td>
        </tr>
    }
}

/// What is stored in place of an entry that cannot be read: shown as text, and marked as unreadable.
fn unreadable(entry: UnreadableEntry, of_all: bool) -> impl IntoView {
    let at = match entry.at {
        Some(at) => Either::Left(time(at, of_all)),
        None => Either::Right(printable(&shortened(entry.stored.at))),
    };
    view! {
        <tr>
            {number_cell(entry.sequence, &entry.hash)}
            <td>{at}</td>
            <td>{printable(&entry.actor)}</td>
            {action_cell(&entry.action, entry.deploy_id.filter(|_| of_all))}
            <td class="code payload">
                <strong>{format!("unreadable entry {}", entry.sequence)}</strong>
                {format!(" ({}) ", printable(&entry.unreadable))}
                {printable(&shortened(entry.stored.payload))}
            </td>
        </tr>
    }
}

/// The number, and the beginning of the hash.
fn number_cell(sequence: i64, hash: &str) -> impl IntoView + use<> {
    let short = hash.get(..SHORT_HASH).unwrap_or(hash);
    view! {
        <td class="number">
            {sequence}
            <span class="second code" title=format!("Hash {}", printable(hash))>{printable(short)}</span>
        </td>
    }
}

/// Who: by name, where the entry has one, and by the id under which the journal keeps them.
fn who_cell(actor: &str, name: Option<Value>) -> impl IntoView + use<> {
    let id = printable(actor);
    match name.as_ref().and_then(Value::as_str) {
        Some(name) => Either::Left(view! {
            <td>
                <PersonMark name /> " " {printable(name)}
                <span class="second code">{id}</span>
            </td>
        }),
        None => Either::Right(view! { <td>{id}</td> }),
    }
}

/// The time of day; with its day, where entries are of more than one.
fn time(at: Timestamp, dated: bool) -> impl IntoView {
    let day = dated.then(|| view! { <span class="second">{day(at)}</span> });
    view! { <At at /> {day} }
}

/// The words for the action, its spelling for the filter and the API, and the deploy that it concerns.
fn action_cell(action: &str, deploy: Option<DeployId>) -> impl IntoView + use<> {
    let words = action_label(action);
    let spelling = printable(action);
    view! {
        <td>
            {words}
            <span class=if words.is_some() { "second code" } else { "code" }>{spelling}</span>
            {deploy.map(deploy_link)}
        </td>
    }
}

/// The end of the id is what differs between deploys of one minute.
fn deploy_link(id: DeployId) -> impl IntoView {
    let text = id.to_string();
    let end = text.rsplit('-').next().unwrap_or_default().to_owned();
    view! {
        <span class="second">
            <a class="code" href=format!("/deploys/{text}") title=text.clone()>{format!("Deploy …{end}")}</a>
        </span>
    }
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
    // What people look for comes first; the rest is in the order of the alphabet.
    named.sort_by_key(|(name, _)| FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len()));
    let details = named.into_iter().map(|(name, detail)| {
        view! {
            <span class="payload__detail">
                <span class="quiet">{printable(&name)}</span> " " {printable(&shortened(detail))} " "
            </span>
        }
    });
    details.collect_view().into_any()
}

/// The members of an object within have its name before theirs, as in JavaScript: `freeze.holds[0].reason`.
fn name_details(name: String, detail: Value, named: &mut Vec<(String, String)>) {
    match detail {
        Value::Object(members) if !members.is_empty() => {
            for (member, detail) in members {
                name_details(format!("{name}.{member}"), detail, named);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (place, item) in items.into_iter().enumerate() {
                name_details(format!("{name}[{place}]"), item, named);
            }
        }
        Value::Null => named.push((name, "none".to_owned())),
        Value::String(text) => named.push((name, text)),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            named.push((name, detail.to_string()));
        }
    }
}
