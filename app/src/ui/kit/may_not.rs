//! What one may not press: it stays in its place, and says why.

use leptos::prelude::*;

use crate::text::printable::printable;

/// A button that does nothing, with the reason beside it. It can be reached by the keyboard, so that the reason is read.
#[component]
pub fn MayNot(
    /// The id of the reason, and of nothing else on the page.
    #[prop(into)]
    id: String,
    /// What the button would say.
    #[prop(into)]
    label: String,
    /// Why one may not.
    reason: String,
    /// What the button does, where its label alone does not say it.
    #[prop(optional, into)]
    name: Option<String>,
    /// Whether the reason is said only to who asks for it: by pointing at the button, or by a screen reader.
    #[prop(optional)]
    brief: bool,
    #[prop(optional)] small: bool,
) -> impl IntoView {
    let reason = printable(&reason);
    let title = brief.then(|| reason.clone());
    let button = if small { "button button--small" } else { "button" };
    let class = if brief { "visually-hidden" } else { "may-not__why" };
    view! {
        <span class="may-not">
            <button
                type="button"
                class=button
                aria-disabled="true"
                aria-label=name
                aria-describedby=id.clone()
                title=title
            >
                {label}
            </button>
            <span id=id class=class>{reason}</span>
        </span>
    }
}
