//! The way in. What it offers is provided to it; it reads nothing.

use leptos::prelude::*;

use crate::{
    api::SignInOptions,
    ui::{access::sign_in::SignIn, layout::page_title::PageTitle},
};

#[component]
pub fn SignInPage() -> impl IntoView {
    let options = use_context::<SignInOptions>().unwrap_or_default();
    view! {
        <PageTitle text="Sign in" />
        <SignIn options />
    }
    .into_any()
}
