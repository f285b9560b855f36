//! A session that is about to end: said while there is time to go on with another, and before a form is lost to it.

use leptos::{either::Either, prelude::*};

use crate::{api::SessionEnd, domain::Timestamp, ui::kit::time::At};

/// The note, where the session of this page ends soon. Its place is there on every page, so that a page that is read
/// again can show it.
#[component]
pub fn SessionEndNote() -> impl IntoView {
    let ends_at = use_context::<SessionEnd>().filter(|end| end.is_near).map(|end| end.at);
    let note = match ends_at {
        Some(at) => Either::Left(note(at)),
        None => Either::Right(()),
    };
    view! { <div class="part" data-part="session-end">{note}</div> }
}

/// The sign-in is a page of its own, so that what is typed in this one stays.
fn note(at: Timestamp) -> impl IntoView {
    view! {
        <p class="band" role="status">
            "Your session ends at " <At at /> ". "
            <a href="/sign-in" target="_blank">"Sign in again"</a>
            " in another tab, and go on here: what you typed stays."
        </p>
    }
}
