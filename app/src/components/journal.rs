//! The journal of one deploy: everything that was recorded about it, with the chain that proves that
//! nothing was edited.

use leptos::prelude::*;
use serde_json::Value;

use super::{text::plain, time::At};
use crate::api::JournalEntry;

/// So much of a hash tells two entries apart by eye; the whole is in the title.
const SHORT_HASH: usize = 12;

/// The entries, oldest first.
#[component]
pub fn Journal(
    /// The entries.
    entries: Vec<JournalEntry>,
) -> impl IntoView {
    let rows = entries.into_iter().map(row).collect_view();
    view! {
        <section>
            <h2>"Journal"</h2>
            <div class="table-wrap" tabindex="0" role="region" aria-label="Journal">
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

fn row(entry: JournalEntry) -> impl IntoView {
    let short = entry.hash.get(..SHORT_HASH).unwrap_or(&entry.hash);
    view! {
        <tr>
            <td class="number">{entry.sequence}</td>
            <td><At at=entry.at /></td>
            <td>{plain(&entry.actor)}</td>
            <td class="code">{plain(&entry.action)}</td>
            <td class="code payload">{details(entry.payload)}</td>
            <td class="code" title=plain(&entry.hash)>{plain(short)}</td>
        </tr>
    }
}

/// Each detail after its name. A payload that is no list of them stands as it is.
fn details(payload: Value) -> AnyView {
    let Value::Object(details) = payload else { return plain(&payload.to_string()).into_any() };
    let details = details.into_iter().map(|(name, detail)| {
        let detail = match detail {
            Value::String(text) => text,
            detail => detail.to_string(),
        };
        view! {
            <span class="payload__detail">
                <span class="quiet">{plain(&name)}</span> " " {plain(&detail)} " "
            </span>
        }
    });
    details.collect_view().into_any()
}
