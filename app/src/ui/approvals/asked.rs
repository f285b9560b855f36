//! Before a deploy is requested: that others have to approve it.

use leptos::prelude::*;

use crate::text::approval::asks_text;

/// How many approvals it will wait for; nothing, where it needs none.
#[component]
pub fn ApprovalsAsked(needed: u8) -> impl IntoView {
    asks_text(needed).map(|text| view! { <p class="note">{text}</p> }).into_any()
}
