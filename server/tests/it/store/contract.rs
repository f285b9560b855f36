//! What every store has to guarantee, on either database. Each case takes any store, empty and migrated; the list at
//! the end runs them all on each store there is.

use std::sync::Arc;

use app::domain::RunRef;
use app::domain::{DeployId, FailureStage, Source, Status, StoredStatus, Timestamp, Visible};
use jiff::{SignedDuration, ToSpan};
use runtime::ids::uuid_at;
use store::{
    Actor, Advance, Advanced, CreateOutcome, DatabaseSystem, Decided, Decision, Delivery, DeployFilter,
    NewDeploy, Place, Received, RunPages, StatusFilter, Store, StoreError, StoredDeploy, audit,
};

use crate::support::{Database, noon, sample};

type AnyStore = Arc<dyn Store>;

fn open_request(key: &str, environment: &str, at: Timestamp) -> NewDeploy {
    NewDeploy {
        id: DeployId::new(uuid_at(at)),
        reason: Some("because".to_owned()),
        at,
        in_flight_since: at - SignedDuration::from_secs(20),
        ..sample::open_request(key, environment)
    }
}

fn advance(id: DeployId, to: Status, source: Source) -> Advance {
    let (log_line, at) = (Some("said".to_owned()), noon() + 1.second());
    Advance { log_line, at, ..sample::advance(id, to, source) }
}

fn delivery(id: DeployId, delivery: &str, claim: Status) -> Delivery {
    Delivery {
        body_hash: format!("hash of {claim}"),
        log_line: Some(format!("reports {claim}")),
        run_attempt: Some(1),
        at: noon() + 2.seconds(),
        ..sample::delivery(id, delivery, claim)
    }
}

async fn opened(store: &AnyStore) -> DeployId {
    let request = open_request("key", "production", noon());
    assert_eq!(store.open(&request).await.unwrap(), CreateOutcome::New);
    request.id
}

async fn dispatched(store: &AnyStore) -> DeployId {
    let id = opened(store).await;
    assert_eq!(
        store.advance(&advance(id, Status::Dispatched, Source::Console)).await.unwrap(),
        Advanced::Moved
    );
    id
}

async fn read(store: &AnyStore, id: DeployId) -> StoredDeploy {
    store.deploy(id).await.unwrap().unwrap()
}

fn path(deploy: &StoredDeploy) -> Vec<&str> {
    deploy.history.iter().map(|entry| entry.status.as_str()).collect()
}

async fn request_is_recorded_with_first_entry(store: AnyStore) {
    let id = opened(&store).await;
    let deploy = read(&store, id).await;
    assert_eq!((deploy.status.as_str(), deploy.version), ("requested", 1));
    assert_eq!((deploy.requested_at, deploy.finished_at), (noon(), None));
    assert_eq!(deploy.reason.as_deref(), Some("because"));
    assert_eq!(path(&deploy), ["requested"]);
    assert_eq!(store.journal(id).await.unwrap()[0].actor, "somebody");
}

async fn f48_key_makes_one_deploy(store: AnyStore) {
    let id = opened(&store).await;
    let again =
        |at| NewDeploy { id: DeployId::new(uuid_at(noon())), ..open_request("key", "production", at) };
    assert_eq!(store.open(&again(noon() + 1.second())).await.unwrap(), CreateOutcome::InFlight);
    let other_body = NewDeploy { fingerprint: "other".to_owned(), ..again(noon()) };
    assert_eq!(store.open(&other_body).await.unwrap(), CreateOutcome::KeyReused);
    store.answered(id, noon() + 1.second()).await.unwrap();
    assert_eq!(store.open(&again(noon() + 2.seconds())).await.unwrap(), CreateOutcome::Replayed(id));
    let somebody_else = NewDeploy { actor: Actor::named("else"), ..open_request("key", "staging", noon()) };
    assert_eq!(store.open(&somebody_else).await.unwrap(), CreateOutcome::New);
}

/// A key that a crash left is not in flight for ever.
async fn f39_crashed_key_is_not_in_flight_forever(store: AnyStore) {
    let id = opened(&store).await;
    let late = open_request("key", "production", noon() + 21.seconds());
    assert_eq!(store.open(&late).await.unwrap(), CreateOutcome::Replayed(id));
}

async fn f49_one_live_deploy_per_environment(store: AnyStore) {
    let id = opened(&store).await;
    let second = open_request("second", "production", noon());
    assert_eq!(store.open(&second).await.unwrap(), CreateOutcome::UnderWay(id));
    assert_eq!(store.deploy(second.id).await.unwrap(), None);
    assert_eq!(store.open(&open_request("third", "staging", noon())).await.unwrap(), CreateOutcome::New);
    store.advance(&advance(id, Status::Failed, Source::Console)).await.unwrap();
    assert_eq!(store.open(&second).await.unwrap(), CreateOutcome::New);
}

async fn transition_update_has_three_outcomes(store: AnyStore) {
    let id = opened(&store).await;
    let accept = advance(id, Status::Dispatched, Source::Console);
    assert_eq!(store.advance(&accept).await.unwrap(), Advanced::Moved);
    assert_eq!(store.advance(&accept).await.unwrap(), Advanced::Refused(Status::Dispatched.into()));
    let nobody = DeployId::new(uuid_at(noon()));
    assert_eq!(store.advance(&Advance { id: nobody, ..accept }).await.unwrap(), Advanced::Missing);
    assert_eq!(path(&read(&store, id).await), ["requested", "dispatched"]);
}

async fn only_permitted_sources_walk_an_edge(store: AnyStore) {
    let id = dispatched(&store).await;
    let refused = Advanced::Refused(Status::Dispatched.into());
    assert_eq!(store.advance(&advance(id, Status::Building, Source::Console)).await.unwrap(), refused);
    assert_eq!(store.advance(&advance(id, Status::TimedOut, Source::Callback)).await.unwrap(), refused);
    assert_eq!(
        store.advance(&advance(id, Status::TimedOut, Source::Reconciler)).await.unwrap(),
        Advanced::Moved
    );
    assert!(read(&store, id).await.finished_at.is_some());
}

async fn f07_f08_delivery_is_decided_once(store: AnyStore) {
    let id = dispatched(&store).await;
    let first = delivery(id, "one", Status::Building);
    let applied = Decision::Applied { status: Status::Building };
    assert_eq!(store.receive(&first).await.unwrap(), Received::Decided(applied.clone().into()));
    let entries = store.journal(id).await.unwrap().len();
    assert_eq!(store.receive(&first).await.unwrap(), Received::Replayed(applied.into()));
    let other_body = Delivery { body_hash: "other".to_owned(), ..first };
    assert_eq!(store.receive(&other_body).await.unwrap(), Received::DeliveryIdReused);
    assert_eq!(store.journal(id).await.unwrap().len(), entries);
}

/// A repetition moves nothing, and keeps its log line.
async fn f09_repeated_status_only_keeps_its_log(store: AnyStore) {
    let id = dispatched(&store).await;
    store.receive(&delivery(id, "one", Status::Building)).await.unwrap();
    let before = read(&store, id).await;
    let repeated = Decision::Repeated { status: Status::Building };
    assert_eq!(
        store.receive(&delivery(id, "two", Status::Building)).await.unwrap(),
        Received::Decided(repeated.into())
    );
    assert_eq!(read(&store, id).await, before);
    let last = store.journal(id).await.unwrap().pop().unwrap();
    assert_eq!(
        (last.payload["outcome"].as_str(), last.payload["log_line"].as_str()),
        (Some("repeated"), Some("reports building"))
    );
}

/// A refusal moves nothing, and is in the journal.
async fn f10_f11_refusal_is_only_in_the_journal(store: AnyStore) {
    let id = dispatched(&store).await;
    let refused = |current: Status, claimed| {
        Received::Decided(Decision::Refused { current: current.into(), claimed }.into())
    };
    let before = read(&store, id).await;
    let ahead = store.receive(&delivery(id, "one", Status::Deploying)).await.unwrap();
    assert_eq!(ahead, refused(Status::Dispatched, Status::Deploying));
    assert_eq!(read(&store, id).await, before);
    store.receive(&delivery(id, "two", Status::Failed)).await.unwrap();
    let after_the_end = store.receive(&delivery(id, "three", Status::Building)).await.unwrap();
    assert_eq!(after_the_end, refused(Status::Failed, Status::Building));
    let last = store.journal(id).await.unwrap().pop().unwrap();
    assert_eq!(
        (last.payload["outcome"].as_str(), last.payload["current"].as_str()),
        (Some("refused"), Some("failed"))
    );
}

async fn f14_callback_for_unknown_deploy_writes_nothing(store: AnyStore) {
    let nobody = DeployId::new(uuid_at(noon()));
    assert_eq!(store.receive(&delivery(nobody, "one", Status::Building)).await.unwrap(), Received::Missing);
    assert_eq!(store.journal(nobody).await.unwrap(), []);
}

/// A callback for a requested row proves that it was accepted.
async fn f22_callback_proves_a_request_was_accepted(store: AnyStore) {
    let id = opened(&store).await;
    store.receive(&delivery(id, "one", Status::SmokeGateStarted)).await.unwrap();
    let deploy = read(&store, id).await;
    assert_eq!(path(&deploy), ["requested", "dispatched", "smoke_gate_started"]);
    assert!(deploy.history[1..].iter().all(|entry| entry.source == Source::Callback));
    assert_eq!(
        store.advance(&advance(id, Status::Dispatched, Source::Console)).await.unwrap(),
        Advanced::Refused(Status::SmokeGateStarted.into())
    );
}

async fn i7_run_is_named_once(store: AnyStore) {
    let id = dispatched(&store).await;
    let named = |number: i64, delivery: Delivery| Delivery { run_id: Some(number), ..delivery };
    store.receive(&delivery(id, "one", Status::Building)).await.unwrap();
    assert_eq!(read(&store, id).await.run, None);
    store.receive(&named(7, delivery(id, "two", Status::Building))).await.unwrap();
    let first = RunRef { id: 7, url: "https://x/7".to_owned() };
    assert_eq!(read(&store, id).await.run.as_ref(), Some(&first));
    store.receive(&named(8, delivery(id, "three", Status::Deploying))).await.unwrap();
    assert_eq!(read(&store, id).await.run, Some(first));
}

/// An app that is no longer configured has no page for a run: neither the row nor the journal names it.
async fn unconfigured_run_is_left_out(store: AnyStore) {
    let id = dispatched(&store).await;
    let reported = Delivery {
        run_id: Some(7),
        run_pages: RunPages::default(),
        ..delivery(id, "one", Status::SmokeGateStarted)
    };
    store.receive(&reported).await.unwrap();
    assert_eq!(read(&store, id).await.run, None);
    let entries = store.journal(id).await.unwrap();
    assert_eq!(entries.last().unwrap().payload.get("run_id"), None);
}

async fn failure_keeps_its_stage_and_end(store: AnyStore) {
    let id = dispatched(&store).await;
    let failed =
        Delivery { failure_stage: Some(FailureStage::SmokeGate), ..delivery(id, "one", Status::Failed) };
    store.receive(&failed).await.unwrap();
    let deploy = read(&store, id).await;
    assert_eq!(
        (deploy.failure_stage, deploy.finished_at),
        (Some(FailureStage::SmokeGate), Some(noon() + 2.seconds()))
    );
}

/// A clock that is set back makes nothing end before it began.
async fn f43_clock_set_back_keeps_end_after_start(store: AnyStore) {
    let id = dispatched(&store).await;
    let back = Delivery { at: noon() - 1.hour(), ..delivery(id, "one", Status::Failed) };
    store.receive(&back).await.unwrap();
    let deploy = read(&store, id).await;
    assert!(deploy.finished_at.unwrap() >= deploy.requested_at && deploy.updated_at >= deploy.requested_at);
    assert_eq!(path(&deploy), ["requested", "dispatched", "failed"]);
}

async fn lists_are_newest_first_without_gaps(store: AnyStore) {
    let mut ids = Vec::new();
    for minute in 0..7 {
        let environment = if minute % 2 == 0 { "production" } else { "staging" };
        let request = open_request(&format!("key {minute}"), environment, noon() + minute.minutes());
        assert_eq!(store.open(&request).await.unwrap(), CreateOutcome::New);
        store.advance(&advance(request.id, Status::Failed, Source::Console)).await.unwrap();
        ids.insert(0, request.id);
    }
    let mut found = Vec::new();
    let mut before = None;
    loop {
        let page =
            store.deploys(&DeployFilter { limit: 3, before, ..DeployFilter::default() }).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some((last.requested_at, last.id));
        assert!(page.iter().all(|deploy| path(deploy) == ["requested", "failed"]));
        found.extend(page.iter().map(|deploy| deploy.id));
        assert!(found.len() <= ids.len(), "the pages have no end");
    }
    assert_eq!(found, ids);
    let staging =
        DeployFilter { environment: Some("staging".to_owned()), limit: 9, ..DeployFilter::default() };
    assert_eq!(store.deploys(&staging).await.unwrap().len(), 3);
    for (status, count) in [
        (StatusFilter::Live, 0),
        (StatusFilter::Ended, 7),
        (StatusFilter::Is("failed".to_owned()), 7),
        (StatusFilter::Is("from a newer build".to_owned()), 0),
    ] {
        let filter = DeployFilter { status: status.clone(), limit: 9, ..DeployFilter::default() };
        assert_eq!(store.deploys(&filter).await.unwrap().len(), count, "{status:?}");
    }
}

async fn deploys_are_found_by_person_and_time(store: AnyStore) {
    for (minute, actor) in ["ann", "bob", "ann", "it's me"].into_iter().enumerate() {
        let at = noon() + i64::try_from(minute).unwrap().minutes();
        let request = NewDeploy {
            actor: Actor::named(actor),
            ..open_request(&minute.to_string(), &format!("e{minute}"), at)
        };
        assert_eq!(store.open(&request).await.unwrap(), CreateOutcome::New);
    }
    let found = async |filter: DeployFilter| {
        let found = store.deploys(&DeployFilter { limit: 9, ..filter }).await.unwrap();
        found.into_iter().map(|deploy| deploy.requested_by).collect::<Vec<_>>()
    };
    let by = |name: &str| DeployFilter { requested_by: Some(name.to_owned()), ..DeployFilter::default() };
    let at = |minute: i64| Some(noon() + minute.minutes());
    assert_eq!(found(by("ann")).await, ["ann", "ann"]);
    assert_eq!(found(by("it's me")).await, ["it's me"]);
    assert_eq!(found(by("an")).await, [""; 0]);
    let between = DeployFilter { since: at(1), until: at(3), ..DeployFilter::default() };
    assert_eq!(found(between.clone()).await, ["ann", "bob"], "the last instant is not of it");
    assert_eq!(
        found(DeployFilter { requested_by: Some("ann".to_owned()), ..between.clone() }).await,
        ["ann"]
    );
    let last = DeployId::new(uuid::Uuid::max());
    for (place, expected) in [(2, &["ann", "bob"][..]), (1, &["bob"]), (3, &["ann", "bob"]), (0, &[])] {
        let before = at(place).map(|at| (at, last));
        assert_eq!(found(DeployFilter { before, ..between.clone() }).await, expected, "from {place} on");
    }
    assert_eq!(store.people(9, &Visible::All).await.unwrap(), ["ann", "bob", "it's me"]);
    assert_eq!(store.people(2, &Visible::All).await.unwrap(), ["ann", "bob"]);
}

async fn environments_reflect_their_newest_deploys(store: AnyStore) {
    let place = |environment: &str| Place { app: "shop".to_owned(), environment: environment.to_owned() };
    let ended = async |minute: i64, environment: &str, to: &[Status]| {
        let at = noon() + minute.minutes();
        let request = open_request(&format!("{environment} {minute}"), environment, at);
        assert_eq!(store.open(&request).await.unwrap(), CreateOutcome::New);
        store.advance(&advance(request.id, Status::Dispatched, Source::Console)).await.unwrap();
        for claim in to {
            store
                .receive(&delivery(request.id, &format!("{environment} {minute} {claim}"), *claim))
                .await
                .unwrap();
        }
        request.id
    };
    let success = [Status::Building, Status::Deploying, Status::Succeeded];
    ended(0, "a", &success).await;
    let live = ended(1, "a", &success).await;
    let failed = ended(2, "a", &[Status::Failed]).await;
    let under_way = ended(3, "a", &[Status::Building]).await;
    let hopeless = ended(0, "b", &[Status::Failed]).await;
    let environment_summaries =
        store.environment_summaries(["b", "nowhere", "a"].map(place).into()).await.unwrap();
    let ids: Vec<_> = environment_summaries
        .iter()
        .map(|summary| [&summary.under_way, &summary.last_success, &summary.last_ended])
        .map(|deploys| deploys.map(|deploy| deploy.as_ref().map(|deploy| deploy.id)))
        .collect();
    assert_eq!(ids, [[None, None, Some(hopeless)], [None; 3], [Some(under_way), Some(live), Some(failed)]]);
    let shown = environment_summaries[2].last_success.clone().unwrap();
    assert_eq!(Some(&shown), store.deploy(live).await.unwrap().as_ref(), "with its history");
    assert_eq!(store.environment_summaries(Vec::new()).await.unwrap(), []);
}

/// The chain of the journal holds, and shows a change.
async fn journal_chain_reveals_a_change(store: AnyStore) {
    let id = dispatched(&store).await;
    for (delivery_id, status) in
        [("one", Status::Building), ("two", Status::Building), ("three", Status::Succeeded)]
    {
        store.receive(&delivery(id, delivery_id, status)).await.unwrap();
    }
    let mut entries = store.journal(id).await.unwrap();
    assert_eq!(audit::first_broken(&entries), None);
    entries[2].payload["log_line"] = "something else".into();
    assert_eq!(audit::first_broken(&entries).map(|entry| entry.sequence), Some(3));
    entries.remove(2);
    assert_eq!(audit::first_broken(&entries).map(|entry| entry.sequence), Some(4));
}

async fn f12_one_racing_callback_wins(store: AnyStore) {
    let id = dispatched(&store).await;
    let race = (0..32).map(|n| {
        let store = Arc::clone(&store);
        tokio::spawn(
            async move { store.receive(&delivery(id, &n.to_string(), Status::Building)).await.unwrap() },
        )
    });
    let mut applied = 0;
    for one in futures::future::join_all(race).await {
        match one.unwrap() {
            Received::Decided(Decided { decision: Decision::Applied { .. }, .. }) => applied += 1,
            Received::Decided(Decided { decision: Decision::Repeated { .. }, .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(applied, 1);
    assert_eq!(read(&store, id).await.status, StoredStatus::Known(Status::Building));
}

/// NUL is kept in what a workflow says, and nowhere else.
/// Postgres cannot keep U+0000 in a text, and SQLite could: neither does. Inside a payload it is JSON's escape.
async fn f19_nul_is_kept_only_from_workflows(store: AnyStore) {
    let hostile = "a\0b \u{202e}\u{fffd} \u{1f6f3}";
    let id = dispatched(&store).await;
    let said = Delivery { log_line: Some(hostile.to_owned()), ..delivery(id, "one", Status::Building) };
    store.receive(&said).await.unwrap();
    assert_eq!(read(&store, id).await.history[2].log_line.as_deref(), Some(hostile));
    assert_eq!(audit::first_broken(&store.journal(id).await.unwrap()), None);

    let other = |key: &str| open_request(key, "staging", noon());
    let nul = || hostile.to_owned();
    for refused in [
        NewDeploy { reason: Some(nul()), ..other("reason") },
        NewDeploy { actor: Actor::named(&nul()), ..other("actor") },
        NewDeploy { key: nul(), ..other("key") },
    ] {
        assert!(matches!(store.open(&refused).await, Err(StoreError::Other(_))), "{refused:?}");
    }
    for filter in [
        DeployFilter { app: Some(nul()), ..DeployFilter::default() },
        DeployFilter { environment: Some(nul()), ..DeployFilter::default() },
        DeployFilter { status: StatusFilter::Is(nul()), ..DeployFilter::default() },
        DeployFilter { requested_by: Some(nul()), ..DeployFilter::default() },
    ] {
        assert_eq!(store.deploys(&DeployFilter { limit: 9, ..filter }).await.unwrap(), []);
    }
    let text = Some(hostile.replace('\0', ""));
    let kept = NewDeploy { reason: text.clone(), ..other("kept") };
    assert_eq!(store.open(&kept).await.unwrap(), CreateOutcome::New);
    assert_eq!(read(&store, kept.id).await.reason, text);
}

/// Every case above, on every store there is.
macro_rules! contract {
    ($($case:ident),* $(,)?) => {
        contract!(in on_sqlite, Sqlite: $($case),*);
        contract!(in on_postgres, Postgres: $($case),*);
    };
    (in $folder:ident, $system:ident: $($case:ident),*) => {
        mod $folder {
            use super::*;

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let database = Database::on(DatabaseSystem::$system).await;
                    super::$case(Arc::clone(&database.store)).await;
                }
            )*
        }
    };
}

contract!(
    request_is_recorded_with_first_entry,
    f48_key_makes_one_deploy,
    f39_crashed_key_is_not_in_flight_forever,
    f49_one_live_deploy_per_environment,
    transition_update_has_three_outcomes,
    only_permitted_sources_walk_an_edge,
    f07_f08_delivery_is_decided_once,
    f09_repeated_status_only_keeps_its_log,
    f10_f11_refusal_is_only_in_the_journal,
    f14_callback_for_unknown_deploy_writes_nothing,
    f22_callback_proves_a_request_was_accepted,
    i7_run_is_named_once,
    unconfigured_run_is_left_out,
    failure_keeps_its_stage_and_end,
    f43_clock_set_back_keeps_end_after_start,
    lists_are_newest_first_without_gaps,
    deploys_are_found_by_person_and_time,
    environments_reflect_their_newest_deploys,
    journal_chain_reveals_a_change,
    f12_one_racing_callback_wins,
    f19_nul_is_kept_only_from_workflows,
);
