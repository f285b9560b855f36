//! The journal of the whole console, newest first: how far it is verified, a selection of its entries, and their
//! export. Filters and paging are plain links and a plain form, as on the history page.

use leptos::prelude::*;

use crate::{
    api::{
        AuditFilter, AuditPaging, AuditTrail, ErrorCode, Problem, UiError,
        audit::{read_audit, read_audit_head},
        board::read_board,
        deploys::read_people,
    },
    request::{
        query::{self, Query, use_query},
        response,
    },
    ui::{
        audit::{AuditForm, ExportLinks, HeadNote, filter_members},
        kit::{error_note::ErrorNote, filter_field::FilterChoices, journal_table::JournalTable},
        layout::page_title::PageTitle,
    },
};

/// Entries per page.
const LIMIT: u32 = 50;

/// The journal, filtered and paged by the query of the address.
#[component]
pub fn AuditPage() -> impl IntoView {
    let Ok((filter, before)) = asked(&use_query()) else {
        let error = UiError::from(Problem::new(ErrorCode::InvalidQuery));
        response::set_status_of(&error);
        return view! { <ErrorNote error /> }.into_any();
    };
    let paging = AuditPaging { after: None, before: Some(before.unwrap_or(i64::MAX)), limit: Some(LIMIT) };
    let choice = filter.clone();
    let choices = Resource::new_blocking(
        || (),
        |()| async {
            // Without suggestions, a name can still be typed.
            let people = read_people().await.unwrap_or_default();
            FilterChoices { people, ..FilterChoices::of(read_board().await.ok()) }
        },
    );
    let head = Resource::new_blocking(|| (), |()| read_audit_head());
    let trail = Resource::new_blocking(|| (), move |()| read_audit(choice.clone(), paging.clone()));
    let top = {
        let filter = filter.clone();
        move || {
            let filter = filter.clone();
            Suspend::new(async move {
                let head = head.await.map_or_else(
                    |error| view! { <ErrorNote error /> }.into_any(),
                    |head| view! { <HeadNote head /> }.into_any(),
                );
                let choices = choices.await;
                view! { {head} <AuditForm choices filter /> }
            })
        }
    };
    let list = move || {
        let filter = filter.clone();
        Suspend::new(async move {
            match trail.await {
                Ok(trail) => view! { <AuditContent trail filter is_first=before.is_none() /> }.into_any(),
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! {
        <PageTitle text="Audit log" />
        <div class="page-head"><h1>"Audit log"</h1></div>
        <Transition fallback=|| view! { <p class="quiet">"Reading the journal…"</p> }>{top} {list}</Transition>
    }
    .into_any()
}

/// The filter, and the entry before which the page begins; an error if an id or a number is malformed.
fn asked(query: &Query) -> Result<(AuditFilter, Option<i64>), ()> {
    let field = |name: &str| query.field(name);
    let filter = AuditFilter {
        deploy_id: field("deploy_id").map(|text| text.parse().map_err(drop)).transpose()?,
        action: field("action"),
        actor: field("actor"),
        app: field("app"),
        environment: field("environment"),
        since: field("since"),
        until: field("until"),
    };
    Ok((filter, field("before").map(|text| text.parse().map_err(drop)).transpose()?))
}

#[component]
fn AuditContent(trail: AuditTrail, filter: AuditFilter, is_first: bool) -> impl IntoView {
    let newest = address(&filter, None);
    let older = trail.next_before.map(|before| address(&filter, Some(before)));
    view! {
        <JournalTable entries=trail.entries nothing="No entry is recorded for this choice." of_all=true />
        <nav class="paging" aria-label="Pages of the audit log">
            {(!is_first).then(|| view! { <a class="button" href=newest>"Newest"</a> })}
            {older.map(|older| view! { <a class="button" href=older rel="next">"Older"</a> })}
            <ExportLinks filter />
        </nav>
    }
}

fn address(filter: &AuditFilter, before: Option<i64>) -> String {
    let before = ("before", before.map(|before| before.to_string()));
    let members: Vec<_> = filter_members(filter).into_iter().chain([before]).collect();
    query::address("/audit", members.iter().map(|(name, value)| (*name, value)))
}
