//! Finding apps on the board by typing. A plain form: without scripts the server leaves out what was not meant.

use leptos::prelude::*;

use crate::api::BoardApp;

pub const FIELD: &str = "board-filter";

#[component]
pub fn BoardFilter(search: String) -> impl IntoView {
    view! {
        <form class="board-filter" method="get" action="/" role="search">
            <input
                id=FIELD
                class="input"
                type="search"
                name="q"
                aria-label="Find apps"
                placeholder="Find apps"
                autocomplete="off"
                spellcheck="false"
                value=search
            />
            <p class="board-filter__found quiet" role="status"></p>
        </form>
    }
    .into_any()
}

/// The text in which an app is found: its name, its repository, its environments.
#[must_use]
pub fn searchable_text(app: &BoardApp) -> String {
    let environments = app.environments.iter().map(|environment| environment.name.as_str());
    let texts: Vec<_> = [app.name.as_str(), &app.repo].into_iter().chain(environments).collect();
    texts.join(" ")
}

/// Whether each word of what was typed is in a text, in capitals or not.
#[must_use]
pub fn matches_search(text: &str, search: &str) -> bool {
    let text = text.to_lowercase();
    search.to_lowercase().split_whitespace().all(|word| text.contains(word))
}
