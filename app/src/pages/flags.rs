//! What is switched on where, and by whom. Plain forms: they work without scripts.

use leptos::prelude::*;

use crate::{
    api::flags::read_flags,
    request::{query::use_query, response},
    ui::{
        flags::FlagTable,
        kit::error_note::{ErrorNote, FormErrorNote},
        layout::page_title::PageTitle,
    },
};

#[component]
pub fn FlagsPage() -> impl IntoView {
    let posted = use_query().get("problem");
    let flags = Resource::new_blocking(|| (), |()| read_flags());
    let content = move || {
        Suspend::new(async move {
            match flags.await {
                Ok(flags) => {
                    flags.into_iter().map(|report| view! { <FlagTable report /> }).collect_view().into_any()
                }
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! {
        <PageTitle text="Flags" />
        <div class="page-head">
            <h1>"Flags"</h1>
            <p class="quiet">"What is switched on, environment by environment. Each change is recorded in the audit log."</p>
        </div>
        <FormErrorNote problem=posted />
        <Suspense fallback=|| view! { <p class="quiet">"Reading the flags…"</p> }>{content}</Suspense>
    }
    .into_any()
}
