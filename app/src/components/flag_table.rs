//! One flag: what it does, and what it is in each environment.

use leptos::prelude::*;

use super::{text::plain, time::At};
use crate::api::{FlagOrigin, FlagReport, FlagSetting};

/// The flag, with a button for each environment.
#[component]
pub fn FlagTable(
    /// What is known of it.
    report: FlagReport,
) -> impl IntoView {
    let FlagReport { flag, does, stage, default, settings } = report;
    let rows =
        settings.into_iter().map(|setting| view! { <Setting flag=flag.as_str() setting /> }).collect_view();
    view! {
        <section class="flag" aria-labelledby=flag.as_str()>
            <h2 id=flag.as_str() class="code">{flag.as_str()}</h2>
            <p>{does}</p>
            <p class="quiet">{stage.label()} " · " {word(default)} " by default"</p>
            <div class="table-wrap" tabindex="0" role="region" aria-label=format!("{flag} by environment")>
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Environment"</th>
                            <th scope="col">"Value"</th>
                            <th scope="col">"Because"</th>
                            <th scope="col"><span class="visually-hidden">"Change"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn Setting(flag: &'static str, setting: FlagSetting) -> impl IntoView {
    let FlagSetting { environment, is_on, origin } = setting;
    // A promotion would change nothing as long as the variable is set.
    let can_change = origin != FlagOrigin::Variable;
    let (verb, tone) = if is_on { ("Turn off", "good") } else { ("Turn on", "stopped") };
    let name = format!("{verb} in {}", plain(&environment));
    let button = can_change.then(|| {
        view! {
            <form method="post" action="/flags">
                <input type="hidden" name="flag" value=flag />
                <input type="hidden" name="environment" value=environment.clone() />
                <input type="hidden" name="is_on" value=(!is_on).to_string() />
                <button type="submit" class="button" aria-label=name>{verb}</button>
            </form>
        }
    });
    view! {
        <tr>
            <th scope="row">{plain(&environment)}</th>
            <td><strong data-tone=tone>{word(is_on)}</strong></td>
            <td><Because flag origin /></td>
            <td class="flag__change">{button}</td>
        </tr>
    }
}

#[component]
fn Because(flag: &'static str, origin: FlagOrigin) -> impl IntoView {
    match origin {
        FlagOrigin::Variable => {
            view! { "The server's variable " <span class="code">"FLAG_" {flag}</span> " says so." }.into_any()
        }
        FlagOrigin::Promotion { by, at } => view! { {plain(&by)} ", " <At at dated=true /> }.into_any(),
        FlagOrigin::Default => view! { <span class="quiet">"The default"</span> }.into_any(),
    }
}

const fn word(is_on: bool) -> &'static str {
    if is_on { "On" } else { "Off" }
}
