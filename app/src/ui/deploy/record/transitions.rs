//! What was accepted for one deploy, entry by entry, with its source and what proves it.

use leptos::prelude::*;

use crate::{
    domain::{Deploy, HistoryEntry},
    text::{printable::printable, provenance::provenance_text, status::transition_text},
    ui::kit::time::At,
};

/// The accepted transitions, oldest first.
#[component]
pub fn Transitions(deploy: Deploy) -> impl IntoView {
    let rows = deploy.history.iter().map(row).collect_view();
    view! {
        <section>
            <h2>"History"</h2>
            <div class="table-wrap" tabindex="0" role="region" aria-label="History">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Time"</th>
                            <th scope="col">"Transition"</th>
                            <th scope="col">"How we know"</th>
                            <th scope="col">"Proof"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(entry: &HistoryEntry) -> impl IntoView + use<> {
    let proof = entry.evidence.as_deref().map_or_else(|| "—".to_owned(), printable);
    view! {
        <tr>
            <td><At at=entry.at /></td>
            <td>{transition_text(&entry.status)}</td>
            <td>{provenance_text(entry.source, entry.evidence.as_deref())}</td>
            <td class="code">{proof}</td>
        </tr>
    }
}
