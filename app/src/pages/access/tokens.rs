//! Tokens: which there are, and forms to make and revoke them. One that was just made is shown this once, in the answer
//! to the form.

use leptos::prelude::*;

use crate::{
    api::{IssuedToken, access::read_tokens, board::read_board},
    request::{query::use_query, response},
    ui::{
        access::{
            token_form::{NewToken, TokenForm},
            tokens::TokenTable,
        },
        kit::{
            error_note::{ErrorNote, FormErrorNote},
            filter_field::FilterChoices,
        },
        layout::page_title::PageTitle,
    },
};

#[component]
pub fn TokensPage() -> impl IntoView {
    let query = use_query();
    let issued = use_context::<IssuedToken>();
    let tokens = Resource::new_blocking(|| (), |()| read_tokens());
    let choices = Resource::new_blocking(|| (), |()| async { FilterChoices::of(read_board().await.ok()) });
    let content = move || {
        let query = query.clone();
        Suspend::new(async move {
            match tokens.await {
                Ok(tokens) => {
                    let choices = choices.await;
                    view! { <TokenTable tokens /> <TokenForm choices query /> }.into_any()
                }
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! {
        <PageTitle text="Tokens" />
        <div class="page-head">
            <h1>"Tokens"</h1>
            <p class="quiet">"Programs act by them. Each may what its role says, where it holds, until it ends."</p>
        </div>
        <FormErrorNote problem=use_query().get("problem") />
        {issued.map(|issued| view! { <NewToken issued /> })}
        <Suspense fallback=|| view! { <p class="quiet">"Reading the tokens…"</p> }>{content}</Suspense>
    }
    .into_any()
}
