//! The journal of one deploy: everything that was recorded about it, with the chain that proves that
//! nothing was edited.

use leptos::prelude::*;

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
            <td class="code payload">{plain(&entry.payload.to_string())}</td>
            <td class="code" title=plain(&entry.hash)>{plain(short)}</td>
        </tr>
    }
}
