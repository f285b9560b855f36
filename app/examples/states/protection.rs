//! GitHub's gate: what it asked and was told, one may approve, and what a cell and a deploy say of it.

use app::{
    api::{BoardEnvironment, GateAnswer, PollAnswer, ProtectionReport, RunWait},
    domain::{
        Barred, Cleared, Deploy, GivenApproval, MayApprove, ProtectionRequest, ProtectionRequestId,
        ProtectionState, RunRef, RunState, Status,
    },
    ui::{deploy::progress_panel::DeployView, protection::list::ProtectionList},
};
use leptos::prelude::*;
use uuid::Uuid;

use super::{
    board::{environment, in_cell},
    figure::{Figure, Group, Width},
    fixture::{at, frozen_until_lifted, live, reached},
};

pub(crate) fn group() -> Group {
    let stopped =
        ProtectionState::Rejected { because: Barred::Frozen { frozen: frozen_until_lifted() }, at: at(30) };
    let figures = vec![
        list("protection-none", "GitHub has asked nothing", Vec::new()),
        list("protection", "What GitHub asked, in each state", each_state()),
        list("protection-review", "What one may do about a run that waits", each_review()),
        cell("cell-gate-stopped", "A run by hand was stopped", stopped),
        cell("cell-gate-held", "A run by hand is held", ProtectionState::Held { frozen: frozen_until_lifted() }),
        cell("cell-gate-approval", "A run by hand waits for an approval", awaiting()),
        waits("wait-reviewers", "Its run waits for reviewers on GitHub", RunWait {
            reviewers: Some("octocat or acme/ops may review it.".to_owned()),
            ..RunWait::default()
        }),
        waits("wait-held", "Its run is held at GitHub's gate", RunWait {
            said: vec!["octocat approved it on GitHub: “Go ahead.”".to_owned()],
            reviewers: None,
            gate: Some(GateAnswer {
                label: "held".to_owned(),
                reason: "There is a freeze on production of storefront: “Quarter end”, declared by ada, until it is lifted."
                    .to_owned(),
                page: "/protection#request".to_owned(),
                is_open: true,
            }),
        }),
    ];
    Group { title: "GitHub's gate", figures }
}

fn awaiting() -> ProtectionState {
    ProtectionState::AwaitsApproval { needed: 2, expires_at: at(3_600) }
}

fn question(state: ProtectionState) -> ProtectionRequest {
    let is_told = state.is_decided();
    ProtectionRequest {
        id: ProtectionRequestId::new(Uuid::from_u128(7)),
        app: "storefront".to_owned(),
        environment: "production".to_owned(),
        run: RunRef {
            id: 12_345_678_901,
            url: "https://github.com/acme/storefront/actions/runs/1".to_owned(),
        },
        deploy_id: Some(live().id),
        started_by: Some("octocat".to_owned()),
        asked_at: at(0),
        state,
        approved_by: vec![GivenApproval { by: "ada".to_owned(), at: at(20), comment: None }],
        told_at: is_told.then(|| at(31)),
        closed_at: is_told.then(|| at(31)),
    }
}

/// Each once. A new one does not compile before it has its place here.
const fn kind(state: &ProtectionState) -> u128 {
    match state {
        ProtectionState::New => 1,
        ProtectionState::Held { .. } => 2,
        ProtectionState::AwaitsApproval { .. } => 3,
        ProtectionState::Approved { .. } => 4,
        ProtectionState::Rejected { .. } => 5,
        ProtectionState::Lapsed { .. } => 6,
        ProtectionState::Unknown => 7,
    }
}

fn each_state() -> Vec<ProtectionReport> {
    let approved = |because| ProtectionState::Approved { because, at: at(30) };
    let rejected = |because| ProtectionState::Rejected { because, at: at(30) };
    let states = vec![
        ProtectionState::New,
        ProtectionState::Held { frozen: frozen_until_lifted() },
        awaiting(),
        approved(Cleared::Open),
        approved(Cleared::PassesFreeze { reason: Some("The shop is down".to_owned()) }),
        approved(Cleared::Approved),
        rejected(Barred::Frozen { frozen: frozen_until_lifted() }),
        rejected(Barred::NotApproved),
        rejected(Barred::Rejected { by: "ben".to_owned(), comment: Some("Not on a Friday".to_owned()) }),
        ProtectionState::Lapsed { at: at(40) },
        ProtectionState::Unknown,
    ];
    let report = |(place, state): (u128, ProtectionState)| {
        let id = ProtectionRequestId::new(Uuid::from_u128(kind(&state) * 100 + place));
        ProtectionReport { request: ProtectionRequest { id, ..question(state) }, may_approve: None }
    };
    (0..).zip(states).map(report).collect()
}

fn each_review() -> Vec<ProtectionReport> {
    let denied = MayApprove::Denied("It needs the role approver on storefront in production.".to_owned());
    let all = [MayApprove::Yes, MayApprove::Given, MayApprove::OwnRequest, denied];
    let report = |(place, may): (u128, MayApprove)| {
        let id = ProtectionRequestId::new(Uuid::from_u128(1_000 + place));
        ProtectionReport { request: ProtectionRequest { id, ..question(awaiting()) }, may_approve: Some(may) }
    };
    (0..).zip(all).map(report).collect()
}

fn list(name: &str, caption: &str, reports: Vec<ProtectionReport>) -> Figure {
    Width::Page.figure(name, caption, move || view! { <ProtectionList reports /> })
}

fn cell(name: &str, caption: &str, state: ProtectionState) -> Figure {
    let gate = Some(ProtectionRequest { deploy_id: None, ..question(state) });
    in_cell(name, caption, BoardEnvironment { gate, ..environment("production") }, None)
}

fn waits(name: &str, caption: &str, wait: RunWait) -> Figure {
    let deploy = Deploy {
        run_state: Some(RunState::AwaitingApproval),
        run_read_at: Some(at(3_000)),
        ..reached(Status::FreezeCheckPassed)
    };
    let first = PollAnswer { wait: Some(wait), ..deploy.into() };
    Width::Panel.figure(name, caption, || {
        view! { <section class="panel"><DeployView first known=0 drawn_at=at(3_000) /></section> }
    })
}
