//! The board: apps × environments, one cell each. The server alone renders it; what happens on it afterwards comes as
//! a [part](crate::live::page_refresh) of the page.

use leptos::prelude::*;

use super::{
    cell::BoardCell,
    filter::{matches_search, searchable_text},
};
use crate::{
    api::{Board, BoardApp},
    domain::GitHubOutage,
};

const NO_APP: &str = "No app is configured. The console's configuration file describes them.";
/// The columns that the style knows. Environments beyond them flow on.
const COLUMNS: usize = 6;

/// Every app that the filter names, or all.
#[component]
pub fn BoardGrid(
    board: Board,
    /// What was typed to find apps.
    #[prop(optional)]
    search: String,
) -> impl IntoView {
    let Board { apps, github, .. } = board;
    let is_denied = |app: &BoardApp| app.environments.iter().any(|environment| environment.denied.is_some());
    let denied = apps.iter().any(is_denied).then(denied_note);
    let columns = columns(&apps);
    let count = columns.len().min(COLUMNS).to_string();
    let nothing = apps.is_empty().then(|| view! { <p class="quiet">{NO_APP}</p> });
    let apps = apps.into_iter().map(|app| {
        let is_found = matches_search(&searchable_text(&app), &search);
        app_row(app, &columns, github.as_ref(), is_found)
    });
    let apps = apps.collect_view();
    view! {
        <div class="part" data-part="denied">{denied}</div>
        <div class="board" data-columns=count data-follow="" data-part="board">{apps}{nothing}</div>
    }
    .into_any()
}

/// Said once, and not in each of a hundred cells.
fn denied_note() -> impl IntoView {
    view! {
        <p class="quiet">
            "Where Deploy is grey, it needs a role that you do not have. " <a href="/me">"What you may"</a>
        </p>
    }
}

/// The environments of all apps, in the order in which they first come.
fn columns(apps: &[BoardApp]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for environment in apps.iter().flat_map(|app| &app.environments) {
        if !columns.contains(&environment.name) {
            columns.push(environment.name.clone());
        }
    }
    columns
}

fn app_row(
    app: BoardApp,
    columns: &[String],
    github: Option<&GitHubOutage>,
    is_found: bool,
) -> impl IntoView {
    let heading = format!("app-{}", app.name);
    let labelled_by = heading.clone();
    let searchable_text = searchable_text(&app);
    let BoardApp { name, repo, default_ref, inputs, environments, group: _ } = app;
    let cells = environments.into_iter().map(|environment| {
        let column = columns.iter().position(|column| *column == environment.name).unwrap_or_default() + 1;
        let (app, default_ref, github) = (name.clone(), default_ref.clone(), github.cloned());
        let inputs = inputs.clone();
        view! { <BoardCell app default_ref inputs environment github column /> }
    });
    let cells = cells.collect_view();
    view! {
        <section class="app" aria-labelledby=labelled_by hidden=!is_found data-findable=searchable_text>
            <div class="app__head">
                <h2 class="app__name" id=heading>{name.clone()}</h2>
                <span class="app__repo">{repo}</span>
            </div>
            <ul class="app__cells" role="list">{cells}</ul>
        </section>
    }
}
