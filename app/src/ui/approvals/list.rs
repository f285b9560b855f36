//! Deploys that wait for an approval, in a table.

use leptos::prelude::*;

use crate::{
    domain::Deploy,
    text::{
        approval::{missing_text, unless_text},
        deploy::deploy_label,
        printable::printable,
    },
    ui::kit::{requester::requested_by_text, time::At},
};

/// The deploys, in the order given.
#[component]
pub fn ApprovalList(
    title: &'static str,
    deploys: Vec<Deploy>,
    /// What to say where there are none.
    nothing: &'static str,
    /// What the link to each says.
    open: &'static str,
) -> impl IntoView {
    let none = deploys
        .is_empty()
        .then(|| view! { <tr><td class="quiet table__nothing" colspan="4">{nothing}</td></tr> });
    let rows = deploys.into_iter().map(|deploy| row(deploy, open)).collect_view();
    view! {
        <section>
            <h2>{title}</h2>
            <div class="table-wrap" tabindex="0" role="region" aria-label=title>
                <table class="table table--approvals">
                    <thead>
                        <tr>
                            <th scope="col">"Deploy"</th>
                            <th scope="col">"Requested"</th>
                            <th scope="col">"Approvals"</th>
                            <th scope="col"><span class="visually-hidden">"Open"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}{none}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(deploy: Deploy, open: &'static str) -> impl IntoView {
    let name = format!("{} to {}", printable(&deploy.app), printable(&deploy.environment));
    let label = format!("{open} {name}");
    let page = format!("/deploys/{}", deploy.id);
    let reason = deploy.reason.as_deref().map(printable);
    let waits = deploy.approval.as_ref().map(|approval| {
        view! {
            {missing_text(approval)}
            <span class="second">"Ends at " <At at=approval.expires_at dated=true /> {unless_text(approval)}</span>
        }
    });
    view! {
        <tr>
            <td>
                <strong>{name}</strong>
                <span class="second code">{deploy_label(&deploy)}</span>
            </td>
            <td>
                <At at=deploy.requested_at dated=true />
                <span class="second">{requested_by_text(&deploy)}</span>
                {reason.map(|reason| view! { <span class="second">{reason}</span> })}
            </td>
            <td>{waits}</td>
            <td><a class="button" href=page aria-label=label>{open}</a></td>
        </tr>
    }
}
