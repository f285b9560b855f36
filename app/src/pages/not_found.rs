//! An address that leads nowhere.

use leptos::prelude::*;

use crate::{request::response, ui::layout::page_title::PageTitle};

/// Says so, with the status 404, and shows the ways on.
#[component]
pub fn NotFound() -> impl IntoView {
    response::set_not_found();
    view! {
        <PageTitle text="Not found" />
        <div class="not-found">
            <h1>"There is nothing here"</h1>
            <p>"The address leads to no page of the console. Nothing was changed."</p>
            <p><a class="button" href="/">"Go to the board"</a></p>
        </div>
    }
}
