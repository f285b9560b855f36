//! One flag: what it does, and what it is in each environment.

use leptos::prelude::*;

use super::kit::{may_not::MayNot, time::At};
use crate::{
    api::{FlagOrigin, FlagReport, FlagSetting},
    domain::Flag,
    text::printable::printable,
};

/// The flag, with a button for each environment.
#[component]
pub fn FlagTable(
    /// What is known of it.
    report: FlagReport,
) -> impl IntoView {
    let FlagReport { flag, does, stage, default, settings } = report;
    let rows = settings.into_iter().map(|setting| view! { <SettingRow flag setting /> }).collect_view();
    view! {
        <section class="flag" aria-labelledby=flag.as_str()>
            <h2 id=flag.as_str() class="code">{flag.as_str()}</h2>
            <p>{does}</p>
            <p class="quiet">"Planned stage: " {stage.label()} " · " {on_or_off(default)} " by default"</p>
            <div class="table-wrap" tabindex="0" role="region" aria-label=format!("{flag} by environment")>
                // On a phone its rows are cards, which are no table without the roles.
                <table role="table" class="table table--cards">
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">"Environment"</th>
                            <th role="columnheader" scope="col">"Value"</th>
                            <th role="columnheader" scope="col">"Because"</th>
                            <th role="columnheader" scope="col">"Seen there"</th>
                            <th role="columnheader" scope="col"><span class="visually-hidden">"Change"</span></th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn SettingRow(flag: Flag, setting: FlagSetting) -> impl IntoView {
    let FlagSetting { environment, is_on, origin, observed, unable, asks_to_confirm, denied } = setting;
    // A promotion would change nothing as long as the variable is set.
    let can_change = origin != FlagOrigin::Variable;
    let (verb, tone) = if is_on { ("Turn off", "good") } else { ("Turn on", "stopped") };
    let name = format!("{verb} in {}", printable(&environment));
    let form = format!("promote-{flag}-{environment}");
    let asks_to_confirm = asks_to_confirm && denied.is_none();
    let confirm = asks_to_confirm.then(|| view! { <ConfirmUnobserved flag form=form.clone() /> });
    let button = can_change.then(|| match denied {
        Some(reason) => {
            let id = format!("may-not-{form}");
            view! { <MayNot id label=verb name reason brief=true /> }.into_any()
        }
        None => view! {
            <form method="post" action="/flags" id=form.clone()>
                <input type="hidden" name="flag" value=flag.as_str() />
                <input type="hidden" name="environment" value=environment.clone() />
                <input type="hidden" name="is_on" value=(!is_on).to_string() />
                <button type="submit" class="button" aria-label=name>{verb}</button>
            </form>
        }
        .into_any(),
    });
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">{printable(&environment)}</th>
            <td role="cell"><strong data-tone=tone>{on_or_off(is_on)}</strong></td>
            <td role="cell"><OriginCell flag origin /></td>
            <td role="cell" class="flag__seen">
                {observed.map(|observed| view! { <p>{observed.sentence(flag)} "."</p> })}
                {confirm}
                {unable.into_iter().map(|app| view! { <UnableApp flag app /> }).collect_view()}
            </td>
            <td role="cell" class="flag__change">{button}</td>
        </tr>
    }
}

/// Production comes after an observation elsewhere, or after an explicit confirmation to go without one.
#[component]
fn ConfirmUnobserved(flag: Flag, form: String) -> impl IntoView {
    view! {
        <p>"No deploys in other environments have " {flag.seen()} " yet."</p>
        <label class="flag__confirm">
            <input type="checkbox" name="without_observation" value="true" form=form required=true />
            "Turn it on anyway"
        </label>
    }
}

/// An app whose workflow lacks what the flag needs.
#[component]
fn UnableApp(flag: Flag, app: String) -> impl IntoView {
    flag.input().map(|input| view! { <p data-tone="late">{printable(&app)} ": " {input.without()}</p> })
}

#[component]
fn OriginCell(flag: Flag, origin: FlagOrigin) -> impl IntoView {
    match origin {
        FlagOrigin::Variable => {
            view! { "The server's variable " <span class="code">"FLAG_" {flag.as_str()}</span> " says so." }
                .into_any()
        }
        FlagOrigin::Promotion { by, at } => view! { {printable(&by)} ", " <At at dated=true /> }.into_any(),
        FlagOrigin::Default => view! { <span class="quiet">"The default"</span> }.into_any(),
    }
}

const fn on_or_off(is_on: bool) -> &'static str {
    if is_on { "On" } else { "Off" }
}
