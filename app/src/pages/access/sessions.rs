//! Who is signed in, and the way to end that.

use leptos::prelude::*;

use crate::{
    api::access::read_sessions,
    request::{query::use_query, response, viewer::use_caller},
    ui::{
        access::sessions::SessionTable,
        kit::error_note::{ErrorNote, FormErrorNote},
        layout::page_title::PageTitle,
    },
};

#[component]
pub fn SessionsPage() -> impl IntoView {
    let viewer = use_caller().map(|caller| caller.id);
    let sessions = Resource::new_blocking(|| (), |()| read_sessions());
    let content = move || {
        let viewer = viewer.clone();
        Suspend::new(async move {
            match sessions.await {
                Ok(sessions) => view! { <SessionTable sessions viewer /> }.into_any(),
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! {
        <PageTitle text="Sessions" />
        <div class="page-head">
            <h1>"Sessions"</h1>
            <p class="quiet">"People who are signed in. Ending a session takes effect within seconds; their deploys go on."</p>
        </div>
        <FormErrorNote problem=use_query().get("problem") />
        <Suspense fallback=|| view! { <p class="quiet">"Reading the sessions…"</p> }>{content}</Suspense>
    }
    .into_any()
}
