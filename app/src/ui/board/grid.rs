//! The board: a row for each app, a column for each environment, in the order in which they are configured. The server
//! alone renders it; what happens on it afterwards comes as a [part](crate::live::page_refresh) of the page.

use leptos::prelude::*;

use super::{
    attention::Attention,
    cell::BoardCell,
    empty::EmptyBoard,
    favourite::FavouriteMark,
    filter::{BoardQuery, searchable_text},
};
use crate::{
    api::{Board, BoardApp},
    domain::GitHubOutage,
};

/// Stands for what the rows are known by: the server writes it once the page is rendered.
pub const ROWS_TAG: &str = "rows-tag";
/// What is shown where no app is found, by its id.
pub const NONE_FOUND: &str = "none-found";

/// Every app that the query finds, or all.
#[component]
pub fn BoardGrid(
    board: Board,
    /// Which apps to show.
    #[prop(optional)]
    query: BoardQuery,
) -> impl IntoView {
    let Board { apps, github, .. } = board;
    let is_denied = |app: &BoardApp| app.environments.iter().any(|environment| environment.denied.is_some());
    let denied = apps.iter().any(is_denied).then(denied_note);
    let columns = columns(&apps);
    let table = if apps.is_empty() {
        view! { <EmptyBoard /> }.into_any()
    } else {
        let is_found = apps.iter().any(|app| query.finds(app));
        let groups = groups(apps).into_iter().map(|(name, apps)| {
            view! { <AppGroup name apps columns=columns.clone() query=query.clone() github=github.clone() /> }
        });
        let groups = groups.collect_view();
        let headings =
            columns.iter().map(|name| view! { <th scope="col">{name.clone()}</th> }).collect_view();
        view! {
            <table class="board__table">
                <thead><tr><th scope="col">"App"</th>{headings}</tr></thead>
                {groups}
            </table>
            <p class="board__nothing quiet" id=NONE_FOUND hidden=is_found>"No app matches. " <a href="/">"Show all apps"</a></p>
        }
        .into_any()
    };
    view! {
        <div class="board" data-follow="/" data-part="board" data-rows=ROWS_TAG>{table}</div>
        <div class="part" data-part="denied">{denied}</div>
    }
    .into_any()
}

/// Said once, and not in each of a hundred cells.
fn denied_note() -> impl IntoView {
    view! {
        <p class="quiet board__denied">
            "Where Deploy is grey, it needs a role that you do not have. " <a href="/me">"What you may"</a>
        </p>
    }
}

/// The environments of all apps. Those of each stand in its own order, as far as another app does not say otherwise: one
/// that is new comes before the next that is known.
fn columns(apps: &[BoardApp]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for app in apps {
        let mut next = columns.len();
        for environment in app.environments.iter().rev() {
            match columns.iter().position(|known| *known == environment.name) {
                Some(known) => next = known,
                None => columns.insert(next, environment.name.clone()),
            }
        }
    }
    columns
}

/// The apps by their group, in the order in which the groups first come.
fn groups(apps: Vec<BoardApp>) -> Vec<(Option<String>, Vec<BoardApp>)> {
    let mut groups: Vec<(Option<String>, Vec<BoardApp>)> = Vec::new();
    for app in apps {
        match groups.iter_mut().find(|(name, _)| *name == app.group) {
            Some((_, apps)) => apps.push(app),
            None => groups.push((app.group.clone(), vec![app])),
        }
    }
    groups
}

#[component]
fn AppGroup(
    name: Option<String>,
    apps: Vec<BoardApp>,
    columns: Vec<String>,
    query: BoardQuery,
    github: Option<GitHubOutage>,
) -> impl IntoView {
    let heading = name.map(|name| {
        let span = (columns.len() + 1).to_string();
        view! { <tr class="board__group"><th scope="rowgroup" colspan=span>{name}</th></tr> }
    });
    let is_any_found = apps.iter().any(|app| query.finds(app));
    let rows = apps.into_iter().map(|app| {
        let is_found = query.finds(&app);
        app_row(app, &columns, github.as_ref(), is_found)
    });
    view! { <tbody hidden=!is_any_found>{heading}{rows.collect_view()}</tbody> }
}

fn app_row(
    app: BoardApp,
    columns: &[String],
    github: Option<&GitHubOutage>,
    is_found: bool,
) -> impl IntoView + use<> {
    let searchable_text = searchable_text(&app);
    let attention = Attention::ALL.into_iter().filter(|attention| attention.is_in(&app));
    let attention = attention.map(Attention::as_str).collect::<Vec<_>>().join(" ");
    let BoardApp { name, repo, default_ref, inputs, environments, group: _ } = app;
    let mut environments: Vec<_> = environments.into_iter().map(Some).collect();
    let cells = columns.iter().map(|column| {
        let found =
            environments.iter_mut().find(|known| known.as_ref().is_some_and(|known| known.name == *column));
        match found.and_then(Option::take) {
            None => view! { <td class="cell cell--none"><span class="quiet">"–"</span></td> }.into_any(),
            Some(environment) => {
                let (app, default_ref, github) = (name.clone(), default_ref.clone(), github.cloned());
                view! { <BoardCell app default_ref inputs=inputs.clone() environment github /> }.into_any()
            }
        }
    });
    let cells = cells.collect_view();
    let history = format!("/deploys?app={name}");
    view! {
        <tr
            class="app"
            id=format!("app-{name}")
            hidden=!is_found
            data-name=name.clone()
            data-findable=searchable_text
            data-attention=attention
        >
            <th scope="row" class="app__name">
                <FavouriteMark app=name.clone() />
                <a href=history title=repo>{name.clone()}</a>
            </th>
            {cells}
        </tr>
    }
}
