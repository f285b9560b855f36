//! A part of a page that is folded away until someone wants it.

use leptos::prelude::*;

/// The heading, a few words that say what is in it, and the content.
#[component]
pub fn Fold(
    /// The id of the heading.
    id: &'static str,
    title: &'static str,
    /// What is in it, in a few words.
    summary: String,
    children: Children,
) -> impl IntoView {
    view! {
        <details class="fold">
            <summary class="fold__summary"><h2 id=id>{title}</h2> <span class="quiet">{summary}</span></summary>
            <div class="fold__content">{children()}</div>
        </details>
    }
}
