//! When nothing is deployed: what holds, what will, and the forms to declare and to lift. They are plain forms:
//! they work without scripts.

use leptos::prelude::*;

use crate::{
    api::{FreezeState, board::read_board, freezes::read_freezes},
    domain::Action,
    request::{query::use_query, response, viewer::use_caller},
    ui::{
        freezes::{
            form::{FreezeDenied, FreezeForm},
            list::FreezeList,
        },
        kit::{
            error_note::{ErrorNote, FormErrorNote},
            filter_field::FilterChoices,
        },
        layout::page_title::PageTitle,
    },
};

/// Every freeze, and the form for another one.
#[component]
pub fn FreezesPage() -> impl IntoView {
    let posted = use_query().get("problem");
    let freezes = Resource::new_blocking(|| (), |()| read_freezes());
    let choices = Resource::new_blocking(|| (), |()| async { FilterChoices::of(read_board().await.ok()) });
    let content = move || {
        Suspend::new(async move {
            match freezes.await {
                Ok(freezes) => {
                    let (over, standing): (Vec<_>, Vec<_>) =
                        freezes.into_iter().partition(|report| report.state == FreezeState::Over);
                    view! {
                        <FreezeList title="Declared" reports=standing nothing="Nothing is frozen, now or later." />
                        {(!over.is_empty())
                            .then(|| view! { <FreezeList title="Over" reports=over nothing="" /> })}
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
    let denied = use_caller().and_then(|caller| caller.denied_anywhere(Action::Freeze));
    let form = move || {
        let denied = denied.clone();
        Suspend::new(async move {
            match denied {
                Some(reason) => view! { <FreezeDenied reason /> }.into_any(),
                None => view! { <FreezeForm choices=choices.await /> }.into_any(),
            }
        })
    };
    view! {
        <PageTitle text="Freezes" />
        <div class="page-head">
            <h1>"Freezes"</h1>
            <p class="quiet">
                "While a freeze holds, nothing in its scope is deployed without an override reason. A deploy that is under way is stopped at its freeze check."
            </p>
        </div>
        <FormErrorNote problem=posted />
        <Suspense fallback=|| view! { <p class="quiet">"Reading the freezes…"</p> }>{content} {form}</Suspense>
    }
    .into_any()
}
