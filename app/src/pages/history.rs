//! Every deploy, newest first. Filters and paging are plain links and a plain form: they work without
//! scripts, and every view has an address to send to a colleague.

use leptos::prelude::*;

use crate::{
    api::{
        DeployPage, DeployQuery,
        board::read_board,
        deploys::{read_deploy_totals, read_deploys, read_people},
    },
    domain::DeployTotals,
    request::{
        query::{Query, use_query},
        response,
    },
    ui::{
        history::{
            address::{csv_address, history_address},
            filter::HistoryFilter,
            table::DeployTable,
            totals::TotalsLine,
        },
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
    let totals = Resource::new_blocking(move || query.get(), read_deploy_totals);
    let filter = move || {
        Suspend::new(async move {
            let choices = choices.await;
            view! { <HistoryFilter choices query=query.get() /> }
        })
    };
    let list = move || {
        Suspend::new(async move {
            match deploys.await {
                Ok(page) => {
                    // Without totals, the deploys are still worth reading.
                    let totals = totals.await.ok();
                    view! { <HistoryContent page totals query=query.get() /> }.into_any()
                }
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
        person: field("person"),
        since: field("since"),
        until: field("until"),
        ended_since: field("ended_since"),
        ended_until: field("ended_until"),
        limit: None,
        cursor: field("cursor"),
    }
}

#[component]
fn HistoryContent(page: DeployPage, totals: Option<DeployTotals>, query: DeployQuery) -> impl IntoView {
    let is_first = query.cursor.is_none();
    let newest = history_address(&DeployQuery { cursor: None, ..query.clone() });
    let older = page
        .next_cursor
        .map(|cursor| history_address(&DeployQuery { cursor: Some(cursor), ..query.clone() }));
    let csv = csv_address(&query);
    view! {
        <div class="list-head">
            {totals.map(|totals| view! { <TotalsLine totals query=query.clone() /> })}
            <a href=csv rel="external" download class="button">"Export CSV"</a>
        </div>
        <DeployTable deploys=page.deploys />
        <nav class="paging" aria-label="Pages of the history">
            {(!is_first).then(|| view! { <a class="button" href=newest>"Newest"</a> })}
            {older.map(|older| view! { <a class="button" href=older rel="next">"Older"</a> })}
        </nav>
    }
}
