//! Two letters beside a name, by which rows of one person are found among others. No picture: that would be fetched from
//! elsewhere.

use leptos::prelude::*;

use crate::text::access::initials;

/// The letters; only for the eye, as the name stands beside them.
#[component]
pub fn PersonMark<'a>(name: &'a str) -> impl IntoView + use<> {
    view! { <span class="person-mark" aria-hidden="true">{initials(name)}</span> }
}
