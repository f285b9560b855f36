//! The history in figures and plots, over a range that is in the address.

use leptos::prelude::*;

use crate::{
    api::{Insight, InsightQuery, board::read_board, insight::read_insight},
    domain::InsightDay,
    request::{
        query::{Query, use_query},
        response,
    },
    ui::{
        insight::{
            dora::DoraFigures, duration_plot::DurationPlot, filter::InsightForm, outcome_plot::OutcomePlot,
        },
        kit::{error_note::ErrorNote, filter_field::FilterChoices},
        layout::page_title::PageTitle,
    },
};

/// The figures, filtered by the query of the address.
#[component]
pub fn InsightPage() -> impl IntoView {
    let asked = query_of(&use_query());
    let query = Memo::new(move |_| asked.clone());
    let choices = Resource::new_blocking(|| (), |()| async { FilterChoices::of(read_board().await.ok()) });
    let insight = Resource::new_blocking(move || query.get(), read_insight);
    let form = move || {
        Suspend::new(async move {
            let choices = choices.await;
            view! { <InsightForm choices query=query.get() /> }
        })
    };
    let content = move || {
        Suspend::new(async move {
            match insight.await {
                Ok(insight) => view! { <InsightContent insight /> }.into_any(),
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! {
        <PageTitle text="Insight" />
        <div class="page-head"><h1>"Insight"</h1></div>
        <Transition fallback=|| view! { <p class="quiet">"Counting…"</p> }>{form} {content}</Transition>
    }
    .into_any()
}

/// A value that is not a number of days is left for the service to refuse.
fn query_of(query: &Query) -> InsightQuery {
    let field = |name: &str| query.field(name);
    InsightQuery {
        app: field("app"),
        environment: field("environment"),
        since: field("since"),
        until: field("until"),
        days: field("days").map(|days| days.parse().unwrap_or_default()),
    }
}

/// The figures of one range, and its plots.
#[component]
pub fn InsightContent(insight: Insight) -> impl IntoView {
    let days = insight.days.clone();
    let range = range(&days);
    let plots = if days.iter().any(|day| day.ended() > 0) {
        view! { <OutcomePlot days=days.clone() /> <DurationPlot days /> }.into_any()
    } else {
        let words = match days.len() {
            1 => "No deploy ended on this day.".to_owned(),
            count => format!("No deploy ended in these {count} days."),
        };
        view! { <p class="panel quiet plot__nothing">{words}</p> }.into_any()
    };
    view! {
        <p class="quiet">{range}</p>
        <DoraFigures insight />
        {plots}
    }
    .into_any()
}

fn range(days: &[InsightDay]) -> String {
    let [first, last] =
        [days.first(), days.last()].map(|day| day.map(|day| day.day.clone()).unwrap_or_default());
    format!("{first} to {last}, days of UTC. Only what this console recorded is counted.")
}
