//! Whether what the page shows is still so.

use leptos::prelude::*;

use crate::{
    api::UiError, live::page_refresh::PageRefresh, text::time::time_of_day, ui::kit::error_note::sign_in_link,
};

/// Says when the page is older than it should be, and what can be done. Nothing while all is well.
#[component]
pub fn PageFreshness(
    /// How fresh the page is.
    page: PageRefresh,
) -> impl IntoView {
    let as_it_was = move || match page.read_at.get() {
        Some(at) => format!("This page is as it was at {}.", time_of_day(at)),
        None => "This page is as it was made.".to_owned(),
    };
    let error = move || {
        let error = page.error.get().filter(|_| !page.is_outdated.get())?;
        let signed_out = error == UiError::SignedOut;
        let what = if signed_out { "You are signed out. " } else { "The console does not answer. " };
        Some(view! { <p class="trouble">{what} {as_it_was()} " " {signed_out.then(sign_in_link)}</p> })
    };
    let newer = move || {
        page.is_outdated.get().then(|| {
            view! {
                <p class="trouble">
                    "The console was updated. " {as_it_was()} " " <a href="">"Load it again"</a>
                </p>
            }
        })
    };
    view! { <div class="freshness" role="status">{error}{newer}</div> }
}
