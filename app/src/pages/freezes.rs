//! When nothing is deployed: what holds, what will, and the forms to declare and to lift. They are plain forms:
//! they work without scripts.

use leptos::prelude::*;

use crate::{
    api::{
        FreezeDraft, FreezePreview, FreezeState, UiError,
        board::read_board,
        freezes::{read_freeze_preview, read_freezes, read_time_zones},
    },
    domain::Action,
    request::{
        query::{Query, use_query},
        response,
        viewer::use_caller,
    },
    ui::{
        freezes::{
            form::{FreezeDenied, FreezeForm, FreezeForms},
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
    let query = use_query();
    let posted = query.get("problem");
    let draft = draft_of(&query);
    // What was typed into one form is not of the others.
    let scope = ["app", "environment"].map(|name| query.get(name).filter(|_| draft.is_none()));
    let freezes = Resource::new_blocking(|| (), |()| read_freezes());
    let choices = Resource::new_blocking(|| (), |()| async { FilterChoices::of(read_board().await.ok()) });
    let time_zones =
        Resource::new_blocking(|| (), |()| async { read_time_zones().await.unwrap_or_default() });
    let (asked, is_refused) = (draft.clone(), posted.is_some());
    let preview = Resource::new_blocking(move || asked.clone(), async |draft| preview_of(draft?).await);
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
        let (denied, draft, scope) = (denied.clone(), draft.clone(), scope.clone());
        Suspend::new(async move {
            if let Some(reason) = denied {
                return view! { <FreezeDenied reason /> }.into_any();
            }
            let (preview, error) = match preview.await {
                None => (None, None),
                Some(Ok(preview)) => (Some(preview), None),
                Some(Err(error)) => (None, Some(error)),
            };
            let preview = preview.map(|preview| asked_for(preview, is_refused));
            let (choices, time_zones) = (choices.await, time_zones.await);
            let forms = FreezeForms { choices, time_zones, draft, scope, preview };
            // What a refusal is about is said above.
            let error = error.filter(|_| !is_refused).map(|error| view! { <ErrorNote error /> });
            view! { {error} <FreezeForm forms /> }.into_any()
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

/// What was typed into one of the forms, if the address says so.
fn draft_of(query: &Query) -> Option<FreezeDraft> {
    let typed = |name| query.get(name).unwrap_or_default();
    query.field("kind").map(|kind| FreezeDraft {
        kind,
        app: typed("app"),
        environment: typed("environment"),
        reason: typed("reason"),
        from_day: typed("from_day"),
        from: typed("from"),
        until_day: typed("until_day"),
        until: typed("until"),
        time_zone: typed("time_zone"),
    })
}

async fn preview_of(draft: FreezeDraft) -> Option<Result<FreezePreview, UiError>> {
    Some(read_freeze_preview(draft).await)
}

/// To see what a freeze would do, it needs no reason yet. What was refused was not asked what it would do.
fn asked_for(mut preview: FreezePreview, is_refused: bool) -> FreezePreview {
    if is_refused {
        preview.effect = None;
    } else {
        preview.problems.retain(|problem| problem.field != "reason");
    }
    preview
}
