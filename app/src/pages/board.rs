//! The first page: every app and environment.

use leptos::prelude::*;

use crate::{
    api::{Board, board::read_board},
    domain::DeployId,
    islands::LiveBoard,
    live::dialog_address::DEPLOY,
    request::{query::use_query, response},
    ui::{
        board::{
            attention::AttentionStrip,
            filter::{BoardFilter, BoardQuery},
            grid::BoardGrid,
            notification_trouble::NotificationTroubles,
        },
        kit::error_note::ErrorNote,
        layout::page_title::{Activity, PageTitle},
    },
};

/// What is live and what is under way, everywhere.
#[component]
pub fn BoardPage() -> impl IntoView {
    let board = Resource::new_blocking(|| (), |()| read_board());
    let query = BoardQuery::of(&use_query());
    let content = move || {
        let query = query.clone();
        Suspend::new(async move {
            match board.await {
                Ok(board) => view! { <BoardContent board query /> }.into_any(),
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <PageTitle text="Board" /> <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! {
        <h1 class="visually-hidden">"Board"</h1>
        <Suspense fallback=|| view! { <p class="quiet">"Reading the board…"</p> }>{content}</Suspense>
    }
    .into_any()
}

#[component]
fn BoardContent(board: Board, query: BoardQuery) -> impl IntoView {
    let environments = board.apps.iter().flat_map(|app| &app.environments);
    let moving = environments.filter(|environment| environment.under_way.is_some()).count();
    let (title, activity) = match moving {
        0 => ("Board".to_owned(), Activity::Quiet),
        moving => (format!("{moving} under way · Board"), Activity::Moving),
    };
    let (troubles, apps) = (board.notifications.clone(), board.apps.clone());
    view! {
        <PageTitle text=title activity />
        <LiveBoard />
        <div class="strip">
            <div class="part" data-part="attention"><AttentionStrip apps query=query.clone() /></div>
            <BoardFilter query=query.clone() />
        </div>
        <div class="part" data-part="notification-troubles"><NotificationTroubles troubles /></div>
        <BoardGrid board query />
        {named_deploy().map(|href| view! { <noscript><p><a href=href>"The deploy that this address names"</a></p></noscript> })}
    }
    .into_any()
}

/// The page of the deploy whose dialog the address asks for: without scripts there is no dialog.
fn named_deploy() -> Option<String> {
    let id = use_query().get(DEPLOY)?.parse::<DeployId>().ok()?;
    Some(format!("/deploys/{id}"))
}
