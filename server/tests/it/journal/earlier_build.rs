//! A database that an earlier build wrote: it verifies, is shown as before, and is written on.

use app::domain::{CancelState, DeployId, FreezeVerdict, OptionalInput, Origin, RunState, Status};
use server::audit;
use store::{
    DatabaseSystem, Decision, EntryFilter, Received, Store, StoredDeploy, StoredEntry,
    audit::{Action, Event},
};

use crate::support::{
    Database,
    database::on_both,
    sample::{delivery, open_request},
};

const WRITTEN: &str = include_str!("earlier_build.sql");
/// The last hash, as that build had it.
const HEAD: &str = "13ed53d72128dc20b4e6987725cbf2938608eb6d8936786bfac567fe373bdb03";
const SUCCEEDED: &str = "01a20320-a200-7792-9380-223a805fd27b";
const ROLLBACK: &str = "01a20320-a200-7920-9b36-2e03e6ebc084";
const IMPORTED: &str = "01a20333-dbe0-7569-bb0d-1d13e07e5158";
const LIVE: &str = "01a20320-a200-7239-abf5-6b3e476bf7c2";

async fn written_before(system: DatabaseSystem) -> Database {
    let database = Database::on(system).await;
    database.raw().await.run(WRITTEN).await.unwrap();
    database
}

async fn entries(store: &dyn Store) -> Vec<StoredEntry> {
    store.entries(&EntryFilter::page(1_000)).await.unwrap().entries
}

async fn deploy(store: &dyn Store, id: &str) -> StoredDeploy {
    store.deploy(id.parse().unwrap()).await.unwrap().unwrap()
}

async fn journal_of_an_earlier_build_goes_on(system: DatabaseSystem) {
    let database = written_before(system).await;
    let store = &*database.store;
    let before = entries(store).await;
    let verified = audit::verify(store, Some(HEAD)).await.unwrap();
    assert_eq!((verified.deploys, verified.chain.length, verified.chain.head.as_str()), (6, 35, HEAD));

    let live: DeployId = LIVE.parse().unwrap();
    for status in [Status::Building, Status::Deploying, Status::Succeeded] {
        let received = store.receive(&delivery(live, status.as_str(), status)).await.unwrap();
        assert_eq!(received, Received::Decided(Decision::Applied { status }.into()));
    }
    store.open(&open_request("next", "production")).await.unwrap();
    let verified = audit::verify(store, Some(HEAD)).await.unwrap();
    assert_eq!((verified.deploys, verified.chain.length), (7, 39));
    assert!(entries(store).await.starts_with(&before));
}

/// What no build of then wrote.
const SINCE: [Action; 8] = [
    Action::Abandoned,
    Action::Approved,
    Action::Rejected,
    Action::ProtectionDecided,
    Action::ProtectionApproved,
    Action::TokenCreated,
    Action::TokenRevoked,
    Action::SessionRevoked,
];

async fn every_stored_payload_is_read_and_rewritten(system: DatabaseSystem) {
    let database = written_before(system).await;
    let entries = entries(&*database.store).await;
    for entry in &entries {
        let event = Event::read(&entry.action, &entry.payload.parse().unwrap()).unwrap();
        assert_eq!((event.action(), event.to_payload().to_string()), (&*entry.action, entry.payload.clone()));
    }
    for action in Action::ALL.into_iter().filter(|action| !SINCE.contains(action)) {
        assert!(entries.iter().any(|entry| entry.action == action.as_str()), "{action:?}");
    }
}

async fn deploys_of_an_earlier_build_are_shown(system: DatabaseSystem) {
    let database = written_before(system).await;
    let store = &*database.store;
    let succeeded = deploy(store, SUCCEEDED).await;
    let lines: Vec<_> = succeeded.history.iter().map(|entry| entry.log_line.as_deref()).collect();
    assert_eq!((lines.len(), lines[0], lines[8]), (9, None, Some("Said \"succeeded\"")));
    assert_eq!(succeeded.run_seen.map(|seen| seen.report.state), Some(RunState::AwaitingApproval));
    assert_eq!((succeeded.freeze, succeeded.origin), (Some(FreezeVerdict::Open), Origin::Request));
    assert_eq!(succeeded.left_out, [OptionalInput::PhaseCallbacks]);

    let rollback = deploy(store, ROLLBACK).await;
    assert!(matches!(rollback.origin, Origin::Rollback { passes_freezes: false, .. }));
    assert_eq!(rollback.freeze_override.as_deref(), Some("The shop is down"));
    assert!(matches!(rollback.freeze, Some(FreezeVerdict::Overridden { .. })), "{:?}", rollback.freeze);
    let cancellation = rollback.cancellation.unwrap();
    assert_eq!((cancellation.state, cancellation.requested_by.as_str()), (CancelState::TooLate, "ada"));

    let imported = deploy(store, IMPORTED).await;
    let evidence = imported.history.iter().map(|entry| entry.evidence.as_deref().unwrap());
    assert_eq!(evidence.collect::<Vec<_>>(), ["GitHub run 80", "job build", "deadline"]);
    assert!(imported.origin.is_github());
}

on_both!(
    journal_of_an_earlier_build_goes_on,
    every_stored_payload_is_read_and_rewritten,
    deploys_of_an_earlier_build_are_shown,
);
