//! A range in which nothing ended: what would be here, and what it is counted from.

use leptos::prelude::*;

use super::{dora::MEANINGS, filter::insight_address};
use crate::{api::InsightQuery, text::printable::printable};

#[component]
pub fn NothingEnded(
    /// The days of the range.
    days: usize,
    query: InsightQuery,
) -> impl IntoView {
    let environment = query.environment.as_deref().filter(|name| !name.is_empty());
    let place = environment.map(|name| format!(" in {}", printable(name))).unwrap_or_default();
    let title = match days {
        1 => format!("No deploy ended{place} on this day."),
        count => format!("No deploy ended{place} in these {count} days."),
    };
    let meanings = MEANINGS.map(|(name, meaning)| {
        view! { <dt>{name}</dt> <dd class="quiet">{meaning}</dd> }
    });
    view! {
        <section class="panel nothing" aria-labelledby="nothing">
            <h2 id="nothing">{title}</h2>
            <p>
                "The first one brings these figures, and plots of how deploys ended and how long they took. They are counted from what workflows report and operators do here; nothing is estimated."
            </p>
            <dl class="nothing__figures">{meanings.collect_view()}</dl>
            {elsewhere(&query, environment.is_some(), days)}
        </section>
    }
    .into_any()
}

/// Where there may be something.
fn elsewhere(query: &InsightQuery, is_of_environment: bool, days: usize) -> impl IntoView + use<> {
    let all = is_of_environment.then(|| {
        let address = insight_address(&InsightQuery { environment: Some(String::new()), ..query.clone() });
        view! { <a class="button" href=address>"All environments"</a> }
    });
    let longer = (days < 90).then(|| {
        let place = InsightQuery { since: None, until: None, days: Some(90), ..query.clone() };
        view! { <a class="button" href=insight_address(&place)>"The last 90 days"</a> }
    });
    view! {
        <p class="paging">
            {all} {longer} <a class="button button--plain" href="/">"Board"</a>
        </p>
    }
}
