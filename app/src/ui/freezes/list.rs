//! Freezes in a table, each with what it takes to end it.

use leptos::prelude::*;

use crate::{
    api::{FreezeReport, FreezeState},
    domain::{Freeze, Scope, WeekTime, Window},
    text::printable::printable,
    ui::kit::{may_not::MayNot, time::At},
};

/// The freezes, in the order given.
#[component]
pub fn FreezeList(
    title: &'static str,
    reports: Vec<FreezeReport>,
    /// What to say where there are none.
    nothing: &'static str,
) -> impl IntoView {
    let nothing = reports
        .is_empty()
        .then(|| view! { <tr><td class="quiet table__nothing" colspan="4">{nothing}</td></tr> });
    let rows = reports.into_iter().map(row).collect_view();
    view! {
        <section>
            <h2>{title}</h2>
            <div class="table-wrap" tabindex="0" role="region" aria-label=title>
                <table class="table table--freezes">
                    <thead>
                        <tr>
                            <th scope="col">"What for"</th>
                            <th scope="col">"When"</th>
                            <th scope="col">"Now"</th>
                            <th scope="col"><span class="visually-hidden">"Lift"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}{nothing}</tbody>
                </table>
            </div>
        </section>
    }
}

fn row(report: FreezeReport) -> impl IntoView {
    let FreezeReport { freeze, state, denied } = report;
    let Freeze { id, scope, window, reason, declared_by, declared_at, lifted } = freeze;
    let scope_text = scope_text(&scope);
    let label = format!("Lift the freeze of {scope_text}: {}", printable(&reason));
    let lift = (state != FreezeState::Over).then(|| match denied {
        Some(reason) => {
            let id = format!("may-not-lift-{id}");
            view! { <MayNot id label="Lift" name=label reason brief=true /> }.into_any()
        }
        None => view! {
            <form method="post" action="/freezes/lift">
                <input type="hidden" name="id" value=id.to_string() />
                <button type="submit" class="button" aria-label=label>"Lift"</button>
            </form>
        }
        .into_any(),
    });
    let lifted = lifted.map(|lifted| {
        view! { <span class="second">"Lifted by " {printable(&lifted.by)} ", " <At at=lifted.at dated=true /></span> }
    });
    view! {
        <tr>
            <td>
                <strong>{scope_text}</strong>
                <span class="second">{printable(&reason)}</span>
                <span class="second">{printable(&declared_by)} ", " <At at=declared_at dated=true /></span>
            </td>
            <td><WindowCell window /></td>
            <td><StateCell state />{lifted}</td>
            <td class="flag__change">{lift}</td>
        </tr>
    }
}

fn scope_text(scope: &Scope) -> String {
    match (&scope.app, &scope.environment) {
        (None, None) => "Everything".to_owned(),
        (Some(app), None) => format!("{}, everywhere", printable(app)),
        (None, Some(environment)) => format!("Every app, {}", printable(environment)),
        (Some(app), Some(environment)) => format!("{}, {}", printable(app), printable(environment)),
    }
}

#[component]
fn WindowCell(window: Window) -> impl IntoView {
    match window {
        Window::UntilLifted => view! { "Until it is lifted" }.into_any(),
        Window::Once { from, until } => {
            view! { <At at=from dated=true /> " to " <At at=until dated=true /> }.into_any()
        }
        Window::Weekly { from, until, time_zone } => view! {
            "Every week, " {week_time_text(from)} " to " {week_time_text(until)}
            <span class="second">{printable(&time_zone)}</span>
        }
        .into_any(),
        Window::Unknown => view! { "Written by a newer version of the console" }.into_any(),
    }
}

fn week_time_text(at: WeekTime) -> String {
    format!("{} {:02}:{:02}", at.day.label(), at.at.hour(), at.at.minute())
}

#[component]
fn StateCell(state: FreezeState) -> impl IntoView {
    match state {
        FreezeState::InForce { until: Some(until) } => {
            view! { <strong data-tone="late">"In force"</strong> " until " <At at=until dated=true /> }
                .into_any()
        }
        FreezeState::InForce { until: None } => {
            view! { <strong data-tone="late">"In force"</strong> }.into_any()
        }
        FreezeState::Waiting => view! { "Not now" }.into_any(),
        FreezeState::Over => view! { <span class="quiet">"Over"</span> }.into_any(),
    }
}
