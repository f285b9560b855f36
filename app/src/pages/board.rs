//! The first page: every app and environment.

use leptos::prelude::*;

use crate::{
    api::{Board, board::read_board},
    islands::LiveBoard,
    request::{query::use_query, response},
    ui::{
        board::{filter::BoardFilter, grid::BoardGrid, notification_trouble::NotificationTroubles},
        kit::error_note::ErrorNote,
        layout::page_title::{Activity, PageTitle},
    },
};

/// What is live and what is under way, everywhere.
#[component]
pub fn BoardPage() -> impl IntoView {
    let board = Resource::new_blocking(|| (), |()| read_board());
    let search = use_query().get("q").unwrap_or_default();
    let field = search.clone();
    let content = move || {
        let search = search.clone();
        Suspend::new(async move {
            match board.await {
                Ok(board) => view! { <BoardContent board search /> }.into_any(),
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <PageTitle text="Board" /> <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! {
        <div class="page-head page-head--board"><h1>"Board"</h1> <BoardFilter search=field /></div>
        <Suspense fallback=|| view! { <p class="quiet">"Reading the board…"</p> }>{content}</Suspense>
    }
    .into_any()
}

#[component]
fn BoardContent(board: Board, search: String) -> impl IntoView {
    let environments = board.apps.iter().flat_map(|app| &app.environments);
    let moving = environments.filter(|environment| environment.under_way.is_some()).count();
    let (title, activity) = match moving {
        0 => ("Board".to_owned(), Activity::Quiet),
        moving => (format!("{moving} under way · Board"), Activity::Moving),
    };
    let troubles = board.notifications.clone();
    view! {
        <PageTitle text=title activity />
        <LiveBoard />
        <div class="part" data-part="notification-troubles"><NotificationTroubles troubles /></div>
        <BoardGrid board search />
    }
    .into_any()
}
