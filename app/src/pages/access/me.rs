//! Who is signed in, what they may, and whom they can ask for more.

use leptos::prelude::*;

use crate::{
    api::access::read_me,
    request::response,
    ui::{access::me::MeDetails, kit::error_note::ErrorNote, layout::page_title::PageTitle},
};

#[component]
pub fn MePage() -> impl IntoView {
    let me = Resource::new_blocking(|| (), |()| read_me());
    let content = move || {
        Suspend::new(async move {
            match me.await {
                Ok(me) => view! { <MeDetails me /> }.into_any(),
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <div class="page-head"><h1>"You"</h1></div> <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! {
        <PageTitle text="You" />
        <Suspense fallback=|| view! { <p class="quiet">"Reading who you are…"</p> }>{content}</Suspense>
    }
    .into_any()
}
