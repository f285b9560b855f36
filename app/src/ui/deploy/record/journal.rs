//! The journal of one deploy: everything that was recorded about it, with the chain that proves that
//! nothing was edited.

use leptos::{either::Either, prelude::*};
use serde_json::Value;

use crate::{
    api::DeployJournal,
    domain::{DeployId, JournalEntry, TrailEntry, UnreadableEntry, shortened},
    text::printable::printable,
    ui::kit::time::At,
};

/// Enough of a hash to tell two entries apart by eye; the whole hash is in the title.
const SHORT_HASH: usize = 12;

/// The entries, oldest first.
#[component]
pub fn Journal(
    /// The deploy that they are about.
    id: DeployId,
    /// The end of its journal.
    journal: DeployJournal,
) -> impl IntoView {
    let rows = journal.entries.into_iter().map(row).collect_view();
    view! {
        <section>
            <h2>"Audit log"</h2>
            {earlier(id, journal.earlier)}
            <div class="table-wrap" tabindex="0" role="region" aria-label="Audit log">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col" class="number">"No."</th>
                        <th scope="col">"Time"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"What"</th>
                        <th scope="col">"Details"</th>
                        <th scope="col">"Hash"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            </div>
        </section>
    }
    .into_any()
}

/// What the page does not show, and where it is.
fn earlier(id: DeployId, count: u32) -> Option<AnyView> {
    let words = match count {
        0 => return None,
        1 => "1 earlier entry is not shown.".to_owned(),
        count => format!("{count} earlier entries are not shown."),
    };
    let address = format!("/api/internal/audit?deploy_id={id}");
    Some(
        view! { <p class="quiet">{words} " The API has all of them: " <a href=address.clone() rel="external">{address.clone()}</a></p> }
            .into_any(),
    )
}

fn row(entry: TrailEntry) -> impl IntoView {
    match entry {
        TrailEntry::Readable(entry) => Either::Left(readable(entry)),
        TrailEntry::Unreadable(entry) => Either::Right(unreadable(*entry)),
    }
}

fn readable(entry: JournalEntry) -> impl IntoView {
    view! {
        <tr>
            <td class="number">{entry.sequence}</td>
            <td><At at=entry.at /></td>
            <td>{printable(&entry.actor)}</td>
            <td class="code">{printable(&entry.action)}</td>
            <td class="code payload">{details(entry.payload)}</td>
            {hash_cell(&entry.hash)}
        </tr>
    }
}

/// What is stored in place of an entry: shown as text, and marked as unreadable.
fn unreadable(entry: UnreadableEntry) -> impl IntoView {
    let at = match entry.at {
        Some(at) => Either::Left(view! { <At at /> }),
        None => Either::Right(printable(&shortened(entry.stored.at))),
    };
    view! {
        <tr>
            <td class="number">{entry.sequence}</td>
            <td>{at}</td>
            <td>{printable(&entry.actor)}</td>
            <td class="code">{printable(&entry.action)}</td>
            <td class="code payload">
                <strong>{format!("unreadable entry {}", entry.sequence)}</strong>
                {format!(" ({}) ", printable(&entry.unreadable))}
                {printable(&shortened(entry.stored.payload))}
            </td>
            {hash_cell(&entry.hash)}
        </tr>
    }
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
    let details = details.into_iter().map(|(name, detail)| {
        let detail = match detail {
            Value::String(text) => text,
            detail => detail.to_string(),
        };
        view! {
            <span class="payload__detail">
                <span class="quiet">{printable(&name)}</span> " " {printable(&shortened(detail))} " "
            </span>
        }
    });
    details.collect_view().into_any()
}
