//! The first page: every app and environment.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::functions::read_board,
    components::{notification_trouble::NotificationTroubles, problem::ErrorNote},
    hooks::response,
    islands::LiveBoard,
};

/// What is live and what is under way, everywhere.
#[component]
pub fn BoardPage() -> impl IntoView {
    let board = Resource::new_blocking(|| (), |()| read_board());
    let content = move || {
        Suspend::new(async move {
            match board.await {
                Ok(first) => {
                    let troubles = first.notifications.clone();
                    view! {
                        <NotificationTroubles troubles />
                        <LiveBoard first />
                    }
                    .into_any()
                }
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! {
        <Title text="Board" />
        <div class="page-head"><h1>"Board"</h1></div>
        <noscript>
            <p class="note">"Scripts are off: everything can be read, but deploying needs them."</p>
        </noscript>
        <Suspense fallback=|| view! { <p class="quiet">"Reading the board…"</p> }>{content}</Suspense>
    }
    .into_any()
}
