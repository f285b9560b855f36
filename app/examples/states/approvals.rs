//! Approvals: what a form says of them, what waits for some and what one may do about it, and the list of what waits.

use std::iter::successors;

use app::{
    api::PollAnswer,
    domain::{Approval, Deploy, GivenApproval, MayApprove, Source, Status},
    text::approval::asks_text,
    ui::{
        approvals::{asked::ApprovalsAsked, list::ApprovalList},
        deploy::progress_panel::DeployView,
        kit::status::{StatusBadge, StatusLine},
    },
};
use leptos::prelude::*;

use super::{
    board::{environment, in_cell},
    figure::{Figure, Group, Width},
    fixture::{at, ended, reached},
};

pub(crate) fn group() -> Group {
    let asked = [1, 2].map(|needed| {
        let caption = asks_text(needed).unwrap_or_default();
        let name = format!("approvals-asked-{needed}");
        Width::Panel.figure(&name, &caption, move || view! { <ApprovalsAsked needed /> })
    });
    let waits = may_approve().map(|may| {
        let (name, caption) = match &may {
            MayApprove::Yes => ("approval-yes", "One may approve it"),
            MayApprove::Given => ("approval-given", "One has approved it, and others are missing"),
            MayApprove::OwnRequest => ("approval-own", "One requested it"),
            MayApprove::Denied(_) => ("approval-denied", "One may not approve it"),
        };
        let given = if may == MayApprove::Given { 1 } else { 0 };
        progress(name, caption, PollAnswer { may_approve: Some(may), ..waiting(2, given).into() })
    });
    let others = [
        status("status-awaits-approval", "It waits for approvals", waiting(2, 0)),
        status("status-not-approved", "Nobody approved it", not_approved()),
        progress("approval-approved", "Approved, and on its way", approved().into()),
        progress("approval-rejected", "Rejected", not_approved().into()),
        in_cell("cell-awaits-approval", "Its deploy waits for an approval", waits_here(), None),
        list("approvals-none", "Nothing waits", Vec::new()),
        list("approvals", "What waits", vec![waiting(1, 0), waiting(3, 1)]),
    ];
    Group { title: "Approvals", figures: asked.into_iter().chain(waits).chain(others).collect() }
}

/// Each once. A new one does not compile before it has its place here.
fn may_approve() -> impl Iterator<Item = MayApprove> {
    successors(Some(MayApprove::Yes), |may| match may {
        MayApprove::Yes => Some(MayApprove::Given),
        MayApprove::Given => Some(MayApprove::OwnRequest),
        MayApprove::OwnRequest => {
            let missing = "It needs the role approver on storefront in production.";
            Some(MayApprove::Denied(missing.to_owned()))
        }
        MayApprove::Denied(_) => None,
    })
}

/// It needs so many approvals, and has these.
fn with(deploy: Deploy, needed: u8, given: usize) -> Deploy {
    let names = ["grace", "linus", "margaret"];
    let comments = [Some("Read the changes, looks good".to_owned()), None, None];
    let given = names.into_iter().zip(comments).zip((120..).step_by(60)).take(given);
    let given =
        given.map(|((by, comment), second)| GivenApproval { by: by.to_owned(), at: at(second), comment });
    let approval = Approval { needed, given: given.collect(), expires_at: at(3_600) };
    Deploy { approval: Some(approval), ..deploy }
}

fn waiting(needed: u8, given: usize) -> Deploy {
    let reason = Some("The fix for the checkout".to_owned());
    Deploy { reason, ..with(reached(Status::Requested), needed, given) }
}

fn approved() -> Deploy {
    with(reached(Status::Building), 2, 2)
}

fn not_approved() -> Deploy {
    let mut deploy = with(ended(Status::Failed, Status::Requested), 2, 1);
    if let Some(last) = deploy.history.last_mut() {
        last.source = Source::Console;
        last.log_line = Some("Rejected by linus: not on a Friday".to_owned());
    }
    deploy
}

pub(crate) fn waits_here() -> app::api::BoardEnvironment {
    app::api::BoardEnvironment { under_way: Some(waiting(1, 0)), ..environment("production") }
}

fn status(name: &str, caption: &str, deploy: Deploy) -> Figure {
    Width::Line.figure(name, caption, || {
        view! { <StatusLine deploy=Signal::stored(deploy.clone()) /> <StatusBadge deploy /> }
    })
}

fn progress(name: &str, caption: &str, first: PollAnswer) -> Figure {
    Width::Panel.figure(
        name,
        caption,
        || view! { <section class="panel"><DeployView first known=0 drawn_at=at(150) /></section> },
    )
}

fn list(name: &str, caption: &str, deploys: Vec<Deploy>) -> Figure {
    Width::Page.figure(name, caption, || {
        view! { <ApprovalList title="Waits for you" deploys nothing="Nothing waits for you." open="Review" /> }
    })
}
