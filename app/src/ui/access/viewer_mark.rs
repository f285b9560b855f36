//! Two letters for whoever is signed in. No picture: that would be fetched from elsewhere.

use leptos::prelude::*;

use crate::text::{access::initials, printable::printable};

/// The way to the page about oneself, on every page.
#[component]
pub fn ViewerMark(name: String) -> impl IntoView {
    let (letters, title) = (initials(&name), format!("Signed in as {}", printable(&name)));
    let label = format!("{letters}: {title}");
    view! { <a class="viewer-mark" href="/me" aria-label=label title=title>{letters}</a> }
}
