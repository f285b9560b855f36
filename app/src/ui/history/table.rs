//! Deploys in a table.

use leptos::prelude::*;

use crate::{
    domain::Deploy,
    text::{deploy::deploy_label, printable::printable},
    ui::kit::{
        person_mark::PersonMark, requester::requested_by_text, status::StatusBadge, stepper::StepRow,
        time::Ago,
    },
};

/// The deploys, in the order given.
#[component]
pub fn DeployTable(deploys: Vec<Deploy>) -> impl IntoView {
    let nothing = deploys.is_empty().then(|| {
        view! { <tr><td class="quiet table__nothing" colspan="4">"No deploy is recorded for this choice."</td></tr> }
    });
    let rows = deploys.into_iter().map(row).collect_view();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Deploys">
            <table class="table table--deploys">
                <thead>
                    <tr>
                        <th scope="col">"Deploy"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"Steps"</th>
                        <th scope="col">"Requested"</th>
                    </tr>
                </thead>
                <tbody>{rows}{nothing}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(deploy: Deploy) -> impl IntoView {
    let name = format!("{} to {}", printable(&deploy.app), printable(&deploy.environment));
    view! {
        <tr>
            <td>
                <a href=format!("/deploys/{}", deploy.id)>{name}</a>
                <span class="second code">{deploy_label(&deploy)}</span>
            </td>
            <td><StatusBadge deploy=deploy.clone() /></td>
            <td><StepRow deploy=deploy.clone() /></td>
            <td>
                <Ago at=deploy.requested_at in_words=true />
                <span class="second">
                    <PersonMark name=&deploy.requested_by /> {requested_by_text(&deploy)}
                </span>
            </td>
        </tr>
    }
}
