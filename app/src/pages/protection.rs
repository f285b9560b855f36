//! What GitHub asked about its gate, what it was told and why; and the runs there that wait for people to approve them.

use leptos::prelude::*;

use crate::{
    api::protection::read_protection_requests,
    islands::LiveList,
    request::{query::use_query, response},
    ui::{
        kit::error_note::{ErrorNote, FormErrorNote},
        layout::page_title::PageTitle,
        protection::list::ProtectionList,
    },
};

/// The page. It is followed: GitHub may ask at any time.
#[component]
pub fn ProtectionPage() -> impl IntoView {
    let posted = use_query().get("problem");
    let requests = Resource::new_blocking(|| (), |()| read_protection_requests());
    let content = move || {
        Suspend::new(async move {
            match requests.await {
                Ok(requests) => view! {
                    <LiveList />
                    <div class="part" data-part="protection-requests"><ProtectionList reports=requests /></div>
                }
                .into_any(),
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! {
        <PageTitle text="GitHub’s gate" />
        <div class="page-head" data-follow="">
            <h1>"GitHub’s gate"</h1>
            <p class="quiet">
                "Before a job goes on into an environment, GitHub asks the console, whoever started the run. Freezes and approvals also bind what was not requested here."
            </p>
        </div>
        <FormErrorNote problem=posted />
        <Suspense fallback=|| view! { <p class="quiet">"Reading what GitHub asked…"</p> }>{content}</Suspense>
    }
    .into_any()
}
