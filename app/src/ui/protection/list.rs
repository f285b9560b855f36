//! What GitHub asked about its gate, in a table: one row for each question.

use leptos::prelude::*;

use super::review::RunReview;
use crate::{
    api::ProtectionReport,
    domain::{ProtectionRequest, ProtectionState},
    text::{
        approval::unless_text,
        printable::printable,
        protection::{decision_label, decision_text, starter_text},
    },
    ui::kit::{
        icon::{Icon, IconImage},
        status::Tone,
        time::At,
    },
};

/// The questions, in the order given.
#[component]
pub fn ProtectionList(reports: Vec<ProtectionReport>) -> impl IntoView {
    const TITLE: &str = "What GitHub asked";
    let none = reports.is_empty().then(|| {
        view! {
            <tr>
                <td class="quiet table__nothing" colspan="4">
                    "GitHub has asked nothing yet. It does where the console is a GitHub App, and its rule is switched on for an environment, under Settings, Environments, of the repository."
                </td>
            </tr>
        }
    });
    let rows = reports.into_iter().map(row).collect_view();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label=TITLE>
            <table class="table table--protection">
                <thead>
                    <tr>
                        <th scope="col">"Run"</th>
                        <th scope="col">"Asked"</th>
                        <th scope="col">"Decision"</th>
                        <th scope="col">"GitHub"</th>
                    </tr>
                </thead>
                <tbody>{rows}{none}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(report: ProtectionReport) -> impl IntoView {
    let ProtectionReport { request, may_approve } = report;
    let id = request.id;
    let place = format!("{} to {}", printable(&request.app), printable(&request.environment));
    let deploy = request.deploy_id.map(|deploy| {
        view! { " · " <a href=format!("/deploys/{deploy}")>"its deploy"</a> }
    });
    view! {
        <tr id=format!("request-{id}")>
            <td>
                <strong>{place}</strong>
                <span class="second">
                    <a href=request.run.url.clone()>{format!("Run {}", request.run.id)}</a>
                    {deploy}
                </span>
            </td>
            <td>
                <At at=request.asked_at dated=true />
                <span class="second">{format!("started by {}", starter_text(&request))}</span>
            </td>
            <td>
                <DecisionBadge state=request.state.clone() />
                <span class="second">{decision_text(&request)}</span>
                {expiry(&request)}
                {may_approve.map(|may| view! { <RunReview id place=run_label(&request) may /> })}
            </td>
            <td>{told(&request)}</td>
        </tr>
    }
    .into_any()
}

fn run_label(request: &ProtectionRequest) -> String {
    format!("run {} to {} of {}", request.run.id, printable(&request.environment), printable(&request.app))
}

/// When it is rejected by itself, where it waits for people.
fn expiry(request: &ProtectionRequest) -> Option<impl IntoView + use<>> {
    let approval = request.awaited_approval()?;
    Some(view! {
        <span class="second">"Rejected at " <At at=approval.expires_at dated=true /> {unless_text(&approval)}</span>
    })
}

/// The decision, or what it waits for: with its colour and sign.
#[component]
pub fn DecisionBadge(state: ProtectionState) -> impl IntoView {
    let (tone, icon) = match state {
        ProtectionState::Approved { .. } => (Tone::Good, Icon::Tick),
        ProtectionState::Rejected { .. } => (Tone::Bad, Icon::Cross),
        ProtectionState::Held { .. } => (Tone::Waiting, Icon::Snow),
        ProtectionState::AwaitsApproval { .. } | ProtectionState::New => (Tone::Waiting, Icon::Clock),
        ProtectionState::Lapsed { .. } => (Tone::Stopped, Icon::Stop),
        ProtectionState::Unknown => (Tone::Unknown, Icon::Question),
    };
    view! {
        <span data-tone=tone.as_str() class="status status--badge">
            <IconImage icon />
            <span class="status__words">{decision_label(&state)}</span>
        </span>
    }
}

/// Whether GitHub knows it.
fn told(request: &ProtectionRequest) -> AnyView {
    let is_decided = request.state.is_decided();
    match (request.told_at, request.closed_at) {
        (Some(at), _) => view! { "Told at " <At at dated=true /> }.into_any(),
        (None, Some(at)) => {
            view! { <span class="quiet">"No longer waits, since " <At at dated=true /></span> }.into_any()
        }
        (None, None) if is_decided => {
            view! { <strong>"Not told yet"</strong> <span class="second">"The console goes on trying."</span> }
                .into_any()
        }
        (None, None) => view! { <span class="quiet">"Waits for the decision"</span> }.into_any(),
    }
}
