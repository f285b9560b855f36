//! A button that [copies](crate::live::copying) a text. It needs scripts, and is not shown where they are blocked.

use leptos::prelude::*;

use super::icon::{Icon, IconImage};

/// The attribute of a button with the text that it copies.
pub const COPY: &str = "data-copy";

#[component]
pub fn CopyButton(
    text: String,
    /// What it is, as in "Copy the commit".
    what: &'static str,
) -> impl IntoView {
    let label = format!("Copy the {what}");
    let title = label.clone();
    view! {
        <button type="button" data-copy=text title=title aria-label=label class="copy">
            <IconImage icon=Icon::Copy />
            <span role="status" class="copy__said"></span>
        </button>
    }
}
