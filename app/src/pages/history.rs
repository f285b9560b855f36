//! Every deploy, newest first. Filters and paging are plain links and a plain form: they work without
//! scripts, and every view has an address to send to a colleague.

use leptos::prelude::*;

use crate::{
    api::{
        DeployPage, DeployQuery,
        board::read_board,
        deploys::{read_deploys, read_people},
    },
    request::{
        query::{self, Query, use_query},
        response,
    },
    ui::{
        history::{filter::HistoryFilter, table::DeployTable},
        kit::{error_note::ErrorNote, filter_field::FilterChoices},
        layout::page_title::PageTitle,
    },
};

/// The list, filtered by the query of the address.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let asked = query_of(&use_query());
    let query = Memo::new(move |_| asked.clone());
    let choices = Resource::new_blocking(
        || (),
        |()| async {
            // Without suggestions, a name can still be typed.
            let people = read_people().await.unwrap_or_default();
            FilterChoices { people, ..FilterChoices::of(read_board().await.ok()) }
        },
    );
    let deploys = Resource::new_blocking(move || query.get(), read_deploys);
    let filter = move || {
        Suspend::new(async move {
            let choices = choices.await;
            view! { <HistoryFilter choices query=query.get() /> }
        })
    };
    let list = move || {
        Suspend::new(async move {
            match deploys.await {
                Ok(page) => view! { <HistoryContent page query=query.get() /> }.into_any(),
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! {
        <PageTitle text="History" />
        <div class="page-head"><h1>"History"</h1></div>
        <Transition fallback=|| view! { <p class="quiet">"Reading the history…"</p> }>{filter} {list}</Transition>
    }
    .into_any()
}

fn query_of(query: &Query) -> DeployQuery {
    let field = |name: &str| query.field(name);
    DeployQuery {
        app: field("app"),
        environment: field("environment"),
        status: field("status"),
        requested_by: field("requested_by"),
        since: field("since"),
        until: field("until"),
        limit: None,
        cursor: field("cursor"),
    }
}

#[component]
fn HistoryContent(page: DeployPage, query: DeployQuery) -> impl IntoView {
    let is_first = query.cursor.is_none();
    let newest = address(&DeployQuery { cursor: None, ..query.clone() });
    let older = page.next_cursor.map(|cursor| address(&DeployQuery { cursor: Some(cursor), ..query }));
    view! {
        <DeployTable deploys=page.deploys />
        <nav class="paging" aria-label="Pages of the history">
            {(!is_first).then(|| view! { <a class="button" href=newest>"Newest"</a> })}
            {older.map(|older| view! { <a class="button" href=older rel="next">"Older"</a> })}
        </nav>
    }
}

fn address(query: &DeployQuery) -> String {
    let DeployQuery { app, environment, status, requested_by, since, until, limit: _, cursor } = query;
    query::address(
        "/deploys",
        [
            ("app", app),
            ("environment", environment),
            ("status", status),
            ("requested_by", requested_by),
            ("since", since),
            ("until", until),
            ("cursor", cursor),
        ],
    )
}
