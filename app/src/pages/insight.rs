//! The history in figures and plots, over a range that is in the address.
//!
//! An address that names no environment is about production: what is counted over all of them says little about any. One
//! with an empty `environment` is about all of them.

use leptos::prelude::*;

use crate::{
    api::{
        Board, BoardApp, BoardEnvironment, DeployQuery, Insight, InsightQuery, board::read_board,
        insight::read_insight,
    },
    domain::InsightDay,
    request::{
        query::{Query, use_query},
        response,
    },
    text::printable::printable,
    ui::{
        insight::{
            day_links::DayLinks, dora::DoraFigures, duration_plot::DurationPlot, filter::InsightForm,
            nothing::NothingEnded, outcome_plot::OutcomePlot,
        },
        kit::{error_note::ErrorNote, filter_field::FilterChoices},
        layout::page_title::PageTitle,
    },
};

/// The environment that a page is about unless it is asked for another, where there is one of this name.
const PRODUCTION: &str = "production";

/// The figures, filtered by the query of the address.
#[component]
pub fn InsightPage() -> impl IntoView {
    let asked = query_of(&use_query());
    let asked = Memo::new(move |_| asked.clone());
    let read = Resource::new_blocking(
        move || asked.get(),
        |asked| async {
            let board = read_board().await.ok();
            let query = with_environment(asked, board.as_ref());
            (FilterChoices::of(board), query.clone(), read_insight(query).await)
        },
    );
    let content = move || {
        Suspend::new(async move {
            let (choices, query, insight) = read.await;
            let content = match insight {
                Ok(insight) => view! { <InsightContent insight query=query.clone() /> }.into_any(),
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <ErrorNote error /> }.into_any()
                }
            };
            view! {
                <InsightForm choices query />
                {content}
            }
        })
    };
    view! {
        <PageTitle text="Insight" />
        <div class="page-head"><h1>"Insight"</h1></div>
        <Transition fallback=|| view! { <p class="quiet">"Counting…"</p> }>{content}</Transition>
    }
    .into_any()
}

/// A value that is not a number of days is left for the service to refuse.
fn query_of(query: &Query) -> InsightQuery {
    let field = |name: &str| query.field(name);
    InsightQuery {
        app: field("app"),
        environment: query.get("environment"),
        since: field("since"),
        until: field("until"),
        days: field("days").map(|days| days.parse().unwrap_or_default()),
    }
}

/// The query with an environment, where the address names none, and the board can be read.
fn with_environment(query: InsightQuery, board: Option<&Board>) -> InsightQuery {
    let usual = || board.and_then(|board| usual_environment(board, query.app.as_deref()));
    InsightQuery { environment: query.environment.clone().or_else(usual), ..query }
}

/// Production; where there is none, the last environment of the configuration, as that is where promotions end.
fn usual_environment(board: &Board, app: Option<&str>) -> Option<String> {
    let is_asked = |candidate: &&BoardApp| app.is_none_or(|name| candidate.name == name);
    let names = board.apps.iter().filter(is_asked).flat_map(|app| &app.environments);
    let names: Vec<&BoardEnvironment> = names.collect();
    let production = names.iter().find(|environment| environment.name == PRODUCTION);
    production.or(names.last()).map(|environment| environment.name.clone())
}

/// The figures of one range, and its plots.
#[component]
pub fn InsightContent(insight: Insight, query: InsightQuery) -> impl IntoView {
    let days = insight.days.clone();
    let range = range(&query, &days);
    let content = if days.iter().any(|day| day.ended() > 0) {
        let links = links(&insight, &query);
        view! {
            <DoraFigures insight />
            <OutcomePlot days=days.clone() links=links.clone() />
            <DurationPlot days links />
        }
        .into_any()
    } else {
        view! { <NothingEnded days=days.len() query /> }.into_any()
    };
    view! {
        <p class="quiet">{range}</p>
        {content}
    }
    .into_any()
}

fn links(insight: &Insight, query: &InsightQuery) -> DayLinks {
    let environment = query.environment.clone().filter(|name| !name.is_empty());
    let place = DeployQuery { app: query.app.clone(), environment, ..DeployQuery::default() };
    DayLinks { place, since: insight.since, until: insight.until }
}

fn range(query: &InsightQuery, days: &[InsightDay]) -> String {
    let [first, last] =
        [days.first(), days.last()].map(|day| day.map(|day| day.day.clone()).unwrap_or_default());
    let named = |name: &Option<String>, all: &str| {
        name.as_deref().filter(|name| !name.is_empty()).map_or_else(|| all.to_owned(), printable)
    };
    let (app, environment) = (named(&query.app, "All apps"), named(&query.environment, "all environments"));
    format!(
        "{app}, {environment}: {first} to {last}, days of UTC. Only what this console recorded is counted."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board(apps: &[(&str, &[&str])]) -> Board {
        let apps = apps.iter().map(|(name, environments)| {
            let environments: Vec<_> = environments
                .iter()
                .map(|name| {
                    serde_json::json!({ "name": name, "under_way": null, "last_success": null, "last_ended": null })
                })
                .collect();
            serde_json::json!({ "name": name, "repo": "a/b", "default_ref": "main", "environments": environments })
        });
        let apps: Vec<_> = apps.collect();
        serde_json::from_value(serde_json::json!({ "apps": apps, "rehearsal": false })).unwrap()
    }

    #[test]
    fn production_is_asked_for_by_default() {
        let board =
            board(&[("shop", &["production", "staging"]), ("docs", &["preview", "public"]), ("none", &[])]);
        for (app, environment, expected) in [
            (None, None, Some("production")),
            (Some("shop"), None, Some("production")),
            (Some("docs"), None, Some("public")),
            (Some("none"), None, None),
            (None, Some(""), Some("")),
            (None, Some("staging"), Some("staging")),
        ] {
            let text = |text: Option<&str>| text.map(str::to_owned);
            let query =
                InsightQuery { app: text(app), environment: text(environment), ..InsightQuery::default() };
            let chosen = with_environment(query.clone(), Some(&board)).environment;
            assert_eq!(chosen.as_deref(), expected, "{app:?} {environment:?}");
            assert_eq!(with_environment(query, None).environment.as_deref(), environment);
        }
    }
}
