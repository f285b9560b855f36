//! Who is signed in, what they may, and the way out.

use leptos::prelude::*;

use crate::{
    api::Me,
    domain::{Caller, CallerKind, Grant, Role, Timestamp},
    text::{
        access::{any_of, initials, signed_in_with},
        printable::printable,
    },
    ui::kit::time::At,
};

#[component]
pub fn MeDetails(me: Me) -> impl IntoView {
    let Me { caller, ask, ends_at } = me;
    let name = printable(&caller.name);
    let manages = caller.has(Role::Admin).then(|| {
        view! {
            <nav class="me__pages" aria-label="For admins">
                <a class="button" href="/tokens">"Tokens"</a>
                <a class="button" href="/sessions">"Sessions"</a>
            </nav>
        }
    });
    let sign_out = (caller.kind == CallerKind::Person).then(|| {
        view! {
            <form method="post" action="/auth/sign-out">
                <button type="submit" class="button">"Sign out"</button>
            </form>
        }
    });
    view! {
        <div class="page-head me__head">
            <span class="viewer-mark viewer-mark--large" aria-hidden="true">{initials(&caller.name)}</span>
            <div class="me__who">
                <h1>{name}</h1>
                <p class="quiet">{signed_in_with(caller.kind, &caller.id)}</p>
            </div>
            <div class="me__actions">{manages} {sign_out}</div>
        </div>
        <Facts caller=caller.clone() ends_at />
        <Grants grants=caller.grants ask />
    }
    .into_any()
}

#[component]
fn Facts(caller: Caller, ends_at: Option<Timestamp>) -> impl IntoView {
    let groups = caller.groups.iter().map(|group| view! { <li class="code">{printable(group)}</li> });
    let groups = (!caller.groups.is_empty()).then(|| {
        view! {
            <div>
                <dt>"Groups, as the provider named them"</dt>
                <dd><ul class="me__groups" role="list">{groups.collect_view()}</ul></dd>
            </div>
        }
    });
    let ends = ends_at.map(|at| {
        view! { <div><dt>"Session ends at the latest"</dt><dd><At at dated=true /></dd></div> }
    });
    view! {
        <dl class="facts">
            <div><dt>"In the audit log"</dt><dd class="code">{printable(&caller.id)}</dd></div>
            {ends}
            {groups}
        </dl>
    }
}

#[component]
fn Grants(grants: Vec<Grant>, ask: Vec<String>) -> impl IntoView {
    if grants.is_empty() {
        return view! {
            <div class="note">
                <p class="note__title">"You are signed in, and may not see anything yet."</p>
                <p>{format!("No role is given to you or to a group of yours. Ask {} for one.", any_of(&ask))}</p>
            </div>
        }
        .into_any();
    }
    let is_admin = grants.contains(&Grant::everywhere(Role::Admin));
    let more = (!is_admin).then(|| {
        view! { <p class="quiet">{format!("For more, ask {}.", any_of(&ask))}</p> }
    });
    let rows = grants.into_iter().map(grant_row).collect_view();
    view! {
        <section>
            <h2>"What you may"</h2>
            <div class="table-wrap" tabindex="0" role="region" aria-label="What you may">
                <table class="table table--stacked">
                    <thead>
                        <tr>
                            <th scope="col">"Role"</th>
                            <th scope="col">"May"</th>
                            <th scope="col">"Apps"</th>
                            <th scope="col">"Environments"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
        {more}
    }
    .into_any()
}

fn grant_row(Grant { role, apps, environments }: Grant) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">{role.as_str()}</th>
            <td>{role.may()}</td>
            <td data-label="Apps">{names(apps.as_deref(), "every app")}</td>
            <td data-label="Environments">{names(environments.as_deref(), "every environment")}</td>
        </tr>
    }
}

/// The names of a grant; without a list, it is for all.
pub(super) fn names(names: Option<&[String]>, all: &str) -> String {
    match names {
        None => all.to_owned(),
        Some([]) => "none".to_owned(),
        Some(names) => names.iter().map(|name| printable(name)).collect::<Vec<_>>().join(", "),
    }
}
