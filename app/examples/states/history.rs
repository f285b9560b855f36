//! The history: its filters and its table.

use app::{
    api::DeployQuery,
    domain::{
        Deploy, DeployTotals, FailureStage, JournalEntry, RunState, Status, StoredText, TrailEntry,
        UnreadableEntry,
    },
    ui::{
        history::{filter::HistoryFilter, table::DeployTable, totals::TotalsLine},
        kit::filter_field::FilterChoices,
    },
};
use leptos::prelude::*;

use super::{
    deploy::status::{stopped, unknown},
    figure::{Figure, Group, Width},
    fixture::{at, ended, failed_in, id, live, reached},
};

pub(crate) fn group() -> Group {
    let chosen = DeployQuery {
        app: Some("storefront".to_owned()),
        status: Some(Status::Failed.as_str().to_owned()),
        since: Some("2026-11-01".to_owned()),
        ..DeployQuery::default()
    };
    let figures = vec![
        filter("deploy-filter", "Every deploy", DeployQuery::default()),
        filter("deploy-filter-chosen", "With something chosen", chosen),
        filter("deploy-filter-ended", "From a plot", of_a_day()),
        totals("deploy-totals", "How they ended", of_all()),
        totals("deploy-totals-more", "There are more", DeployTotals { has_more: true, ..of_all() }),
        table("deploys-none", "No deploy was found", Vec::new()),
        table("deploys", "Deploys, newest first", deploys()),
    ];
    Group { title: "History", figures }
}

pub(crate) fn choices() -> FilterChoices {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    FilterChoices {
        apps: names(&["storefront", "billing-api"]),
        environments: names(&["production", "staging"]),
        people: names(&["operator"]),
    }
}

/// One entry of the journal.
pub(crate) fn entry(sequence: i64, action: &str) -> JournalEntry {
    JournalEntry {
        sequence,
        at: at(0),
        actor: "operator".to_owned(),
        action: action.to_owned(),
        deploy_id: Some(id()),
        payload: serde_json::json!({ "status": "requested", "git_ref": "v1.4" }),
        previous_hash: "b7c1".repeat(16),
        hash: "5f0e".repeat(16),
    }
}

/// An entry whose payload is not JSON any more.
pub(crate) fn unreadable(sequence: i64) -> TrailEntry {
    let JournalEntry { at, actor, action, deploy_id, previous_hash, hash, .. } =
        entry(sequence, "console.deploy.callback");
    let payload = r#"{"status":"build"#.to_owned();
    let stored = StoredText { at: at.to_string(), deploy_id: deploy_id.map(|id| id.to_string()), payload };
    let (at, unreadable) = (Some(at), "payload is not JSON".to_owned());
    let entry =
        UnreadableEntry { sequence, unreadable, at, actor, action, deploy_id, stored, previous_hash, hash };
    TrailEntry::Unreadable(Box::new(entry))
}

fn filter(name: &str, caption: &str, query: DeployQuery) -> Figure {
    Width::Page.figure(name, caption, || view! { <HistoryFilter choices=choices() query /> })
}

fn deploys() -> Vec<Deploy> {
    vec![
        reached(Status::Building),
        Deploy { environment: "staging".to_owned(), ..live() },
        failed_in(FailureStage::HealthCheck),
        ended(Status::TimedOut, Status::Dispatched),
        stopped(RunState::Superseded, Status::Dispatched),
        unknown(),
    ]
}

fn of_a_day() -> DeployQuery {
    let day = Some("2026-11-20".to_owned());
    DeployQuery { ended_since: day.clone(), ended_until: day, ..DeployQuery::default() }
}

fn of_all() -> DeployTotals {
    DeployTotals {
        in_progress: 1,
        succeeded: 120,
        timed_out: 2,
        failed: 9,
        cancelled: 2,
        superseded: 1,
        abandoned: 1,
        not_approved: 1,
        ..DeployTotals::default()
    }
}

fn totals(name: &str, caption: &str, totals: DeployTotals) -> Figure {
    Width::Page.figure(name, caption, || view! { <TotalsLine totals query=DeployQuery::default() /> })
}

fn table(name: &str, caption: &str, deploys: Vec<Deploy>) -> Figure {
    Width::Page.figure(name, caption, || view! { <DeployTable deploys /> })
}
