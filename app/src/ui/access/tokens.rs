//! Tokens in a table, each with what it takes to end it.

use leptos::prelude::*;

use super::me::names;
use crate::{
    api::{TokenReport, TokenState},
    domain::Timestamp,
    text::{
        printable::printable,
        time::{date_and_time, day},
    },
    ui::kit::time::At,
};

/// Those that let somebody in, and then the others.
#[component]
pub fn TokenTable(tokens: Vec<TokenReport>) -> impl IntoView {
    let is_live = |token: &TokenReport| matches!(token.state, TokenState::Live { .. });
    let (live, ended): (Vec<_>, Vec<_>) = tokens.into_iter().partition(is_live);
    let nothing = live.is_empty().then(
        || view! { <tr><td class="quiet table__nothing" colspan="6">"There is no token. A script or a job that uses the API needs one: make it below."</td></tr> },
    );
    let ended = (!ended.is_empty()).then(|| {
        view! { <Rows title="Ended" tokens=ended nothing=None /> }
    });
    view! { <Rows title="In use" tokens=live nothing=nothing.map(IntoAny::into_any) /> {ended} }.into_any()
}

#[component]
fn Rows(title: &'static str, tokens: Vec<TokenReport>, nothing: Option<AnyView>) -> impl IntoView {
    let rows = tokens.into_iter().map(row).collect_view();
    view! {
        <section>
            <h2>{title}</h2>
            <div class="table-wrap" tabindex="0" role="region" aria-label=title>
                <table class="table table--stacked">
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Role"</th>
                            <th scope="col">"Made"</th>
                            <th scope="col">"Last used "<span class="quiet">"(hour)"</span></th>
                            <th scope="col">"Ends"</th>
                            <th scope="col"><span class="visually-hidden">"Revoke"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}{nothing}</tbody>
                </table>
            </div>
        </section>
    }
}

fn row(token: TokenReport) -> impl IntoView {
    let TokenReport { name, grant, created_by, created_at, last_used_at, state } = token;
    let apps = names(grant.apps.as_deref(), "every app");
    let environments = names(grant.environments.as_deref(), "every environment");
    let used = last_used_at.map_or_else(
        || view! { <span class="quiet">"never"</span> }.into_any(),
        |at| view! { <At at dated=true /> }.into_any(),
    );
    let revoke =
        matches!(state, TokenState::Live { .. }).then(|| view! { <RevokeToken name=name.clone() /> });
    view! {
        <tr>
            <th scope="row" class="code">{printable(&name)}</th>
            <td data-label="Role">
                {grant.role.as_str()}
                <span class="second">{apps} ", " {environments}</span>
            </td>
            <td data-label="Made"><DayOf at=created_at /><span class="second">"by " {printable(&created_by)}</span></td>
            <td data-label="Last used">{used}</td>
            <td data-label="Ends"><EndCell state /></td>
            <td class="table__action">{revoke}</td>
        </tr>
    }
}

/// A token lives for days: its minutes are in the title.
#[component]
fn DayOf(at: Timestamp) -> impl IntoView {
    view! { <time class="time" datetime=at.to_string() title=date_and_time(at)>{day(at)}</time> }
}

#[component]
fn EndCell(state: TokenState) -> impl IntoView {
    match state {
        TokenState::Live { until: Some(at) } => view! { <DayOf at /> }.into_any(),
        TokenState::Live { until: None } => {
            view! { <span data-tone="late">"when it is revoked"</span> }.into_any()
        }
        TokenState::Expired { at } => view! { "expired " <DayOf at /> }.into_any(),
        TokenState::Revoked { at } => view! { "revoked " <DayOf at /> }.into_any(),
    }
}

/// Asks once more before the token ends: what uses it stops.
#[component]
fn RevokeToken(name: String) -> impl IntoView {
    let shown = printable(&name);
    view! {
        <details class="confirm">
            <summary class="button button--small" aria-label=format!("Revoke… {shown}")>"Revoke…"</summary>
            <form class="confirm__form" method="post" action="/tokens/revoke">
                <input type="hidden" name="name" value=name />
                <p>"What uses it is refused from then on."</p>
                <button type="submit" class="button button--danger button--small">{format!("Revoke {shown}")}</button>
            </form>
        </details>
    }
}
