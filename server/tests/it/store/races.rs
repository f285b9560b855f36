//! Several instances on one database: each race has one winner, and the journal stays one chain.

use std::{collections::HashMap, sync::Arc};

use app::domain::RunRef;
use app::domain::{DeployId, JournalEntry, RunReport, RunState, Source, Status, StoredStatus};
use futures::future::join_all;
use store::{
    Actor, Advanced, AttachRun, CreateOutcome, DatabaseSystem, Decided, Decision, Delivery, Note, Noted,
    Received, Store, audit,
};

use crate::support::{
    Database,
    database::on_both,
    noon,
    sample::{advance as edge, delivery, open_request as request},
};

async fn dispatched(store: &dyn Store, environment: &str) -> DeployId {
    let request = request(environment, environment);
    assert_eq!(store.open(&request).await.unwrap(), CreateOutcome::New);
    let accepted = edge(request.id, Status::Dispatched, Source::Console);
    assert_eq!(store.advance(&accepted).await.unwrap(), Advanced::Moved);
    request.id
}

/// Two instances, by turns.
async fn instances(database: &Database) -> impl Iterator<Item = Arc<dyn Store>> + use<> {
    [Arc::clone(&database.store), database.another().await].into_iter().cycle()
}

/// Every entry, of these deploys and of no other, in sequence.
async fn whole_journal(store: &dyn Store, ids: &[DeployId]) -> Vec<JournalEntry> {
    let mut entries = Vec::new();
    for id in ids {
        entries.extend(store.journal(*id).await.unwrap());
    }
    entries.sort_by_key(|entry| entry.sequence);
    entries
}

/// The status that each entry names as the one before is the one that was there.
fn assert_follows(entries: &[JournalEntry]) {
    let mut last: HashMap<_, String> = HashMap::new();
    for entry in entries {
        let said = |name: &str| entry.payload[name].as_str().map(str::to_owned);
        if let Some(status) = said("status") {
            let before = last.insert(entry.deploy_id, status);
            assert_eq!(said("previous"), before, "{entry:?}");
        }
    }
}

async fn f12_one_of_racing_callbacks_is_applied(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let id = dispatched(&*database.store, "production").await;
    let race = instances(&database).await.take(64).enumerate().map(|(number, store)| {
        let callback = delivery(id, &number.to_string(), Status::Building);
        tokio::spawn(async move { store.receive(&callback).await.unwrap() })
    });
    let mut applied = 0;
    for answer in join_all(race).await {
        match answer.unwrap() {
            Received::Decided(Decided {
                decision: Decision::Applied { status: Status::Building }, ..
            }) => applied += 1,
            Received::Decided(Decided {
                decision: Decision::Repeated { status: Status::Building }, ..
            }) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(applied, 1);
    let entries = whole_journal(&*database.store, &[id]).await;
    assert_eq!((entries.len(), audit::first_broken(&entries)), (2 + 64, None));
    assert_follows(&entries);
}

async fn f07_delivery_to_both_is_decided_once(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let id = dispatched(&*database.store, "production").await;
    let race = instances(&database).await.take(32).map(|store| {
        let callback = delivery(id, "one", Status::Building);
        tokio::spawn(async move { store.receive(&callback).await.unwrap() })
    });
    let answers: Vec<_> = join_all(race).await.into_iter().map(Result::unwrap).collect();
    let decision = Decision::Applied { status: Status::Building };
    let decided = |answer: &&Received| **answer == Received::Decided(decision.clone().into());
    assert_eq!(answers.iter().filter(decided).count(), 1, "{answers:?}");
    let replayed = |answer: &&Received| **answer == Received::Replayed(decision.clone().into());
    assert_eq!(answers.iter().filter(replayed).count(), 31, "{answers:?}");
    assert_eq!(database.store.journal(id).await.unwrap().len(), 3);
}

/// One delivery id for many deploys is of one.
/// A delivery id that two deploys are given at once belongs to one of them.
async fn f08_delivery_id_belongs_to_one_deploy(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let mut ids = Vec::new();
    for environment in 0..16 {
        ids.push(dispatched(&*database.store, &environment.to_string()).await);
    }
    let race = instances(&database).await.zip(ids.clone()).map(|(store, id)| {
        let callback = Delivery { body_hash: format!("hash {id}"), ..delivery(id, "one", Status::Building) };
        tokio::spawn(async move { store.receive(&callback).await.unwrap() })
    });
    let answers: Vec<_> = join_all(race).await.into_iter().map(Result::unwrap).collect();
    let reused = answers.iter().filter(|answer| **answer == Received::DeliveryIdReused).count();
    assert_eq!(reused, 15, "{answers:?}");
    let entries = whole_journal(&*database.store, &ids).await;
    assert_eq!((entries.len(), audit::first_broken(&entries)), (2 * 16 + 1, None));
}

async fn f47_one_key_on_both_is_one_deploy(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let race = instances(&database).await.take(32).map(|store| {
        let request = request("key", "production");
        tokio::spawn(async move { store.open(&request).await.unwrap() })
    });
    let answers: Vec<_> = join_all(race).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| **answer == CreateOutcome::New).count(), 1, "{answers:?}");
    assert_eq!(
        answers.iter().filter(|answer| **answer == CreateOutcome::InFlight).count(),
        31,
        "{answers:?}"
    );
    assert_eq!((database.count("console_deploys").await, database.count("audit_log").await), (1, 1));
}

async fn f49_many_keys_on_both_are_one_deploy(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let race = instances(&database).await.take(32).enumerate().map(|(number, store)| {
        let request = request(&number.to_string(), "production");
        tokio::spawn(async move { (request.id, store.open(&request).await.unwrap()) })
    });
    let answers: Vec<_> = join_all(race).await.into_iter().map(Result::unwrap).collect();
    let winners: Vec<_> = answers.iter().filter(|(_, opened)| *opened == CreateOutcome::New).collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    let told = CreateOutcome::UnderWay(winners[0].0);
    assert_eq!(answers.iter().filter(|(_, opened)| *opened == told).count(), 31, "{answers:?}");
    assert_eq!((database.count("console_deploys").await, database.count("idempotency_keys").await), (1, 1));
}

/// Everything that writes, at once, to many deploys.
async fn concurrent_writers_make_one_chain(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let mut ids = Vec::new();
    for environment in 0..8 {
        ids.push(dispatched(&*database.store, &environment.to_string()).await);
    }
    let writers = instances(&database).await.take(24).enumerate().map(|(number, store)| {
        let ids = ids.clone();
        tokio::spawn(async move {
            for round in 0..6 {
                let id = ids[(number + round) % ids.len()];
                let name = format!("{number} {round}");
                let to = [Status::SmokeGateStarted, Status::SmokeGatePassed, Status::Building][round % 3];
                match number % 4 {
                    0 => drop(store.receive(&delivery(id, &name, to)).await.unwrap()),
                    1 => drop(store.advance(&edge(id, to, Source::Reconciler)).await.unwrap()),
                    2 => {
                        let run = RunRef { id: 7, url: "https://x/7".to_owned() };
                        let (evidence, actor) = (name, "racer".to_owned());
                        store.attach_run(&AttachRun { id, run, evidence, actor, at: noon() }).await.unwrap();
                    }
                    _ => {
                        // Never the same twice: what was noted before is not noted again.
                        let attempt = Some(i64::try_from(number * 1_000 + round).unwrap());
                        let what = Noted::Run(RunReport::new(RunState::InProgress, attempt));
                        store.note(&Note { id, what, actor: Actor::named(&name), at: noon() }).await.unwrap();
                    }
                }
            }
        })
    });
    for writer in join_all(writers).await {
        writer.unwrap();
    }
    let entries = whole_journal(&*database.store, &ids).await;
    assert_eq!(entries.len() as i64, database.count("audit_log").await);
    assert!(entries.len() > 2 * 8 + 6 * 12, "{}", entries.len());
    assert_eq!(audit::first_broken(&entries), None);
    assert_follows(&entries);
}

/// Two writers that may both end it, from any status: the journal says from which.
async fn f46_i4_callback_and_reconciler_race_to_end(system: DatabaseSystem) {
    let database = Database::on(system).await;
    for round in 0..8 {
        let id = dispatched(&*database.store, &round.to_string()).await;
        let racers = instances(&database).await.take(12).enumerate().map(|(number, store)| {
            let name = format!("{round} {number}");
            tokio::spawn(async move {
                match number % 3 {
                    0 => {
                        let end = edge(id, Status::TimedOut, Source::Reconciler);
                        store.advance(&end).await.unwrap() == Advanced::Moved
                    }
                    1 => {
                        let end = delivery(id, &name, Status::Failed);
                        let applied = Decision::Applied { status: Status::Failed };
                        store.receive(&end).await.unwrap() == Received::Decided(applied.into())
                    }
                    _ => {
                        store.receive(&delivery(id, &name, Status::Building)).await.unwrap();
                        false
                    }
                }
            })
        });
        let ends = join_all(racers).await.into_iter().filter(|ended| *ended.as_ref().unwrap()).count();
        assert_eq!(ends, 1);
        let entries = database.store.journal(id).await.unwrap();
        assert_follows(&entries);
        let deploy = database.store.deploy(id).await.unwrap().unwrap();
        assert!(deploy.status.is_terminal());
        assert_eq!(deploy.history.last().map(|entry| &entry.status), Some(&deploy.status));
        assert!(matches!(deploy.status, StoredStatus::Known(Status::Failed | Status::TimedOut)));
    }
}

/// A page and its history are from one moment, despite concurrent writes.
async fn row_is_read_with_its_history(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let id = dispatched(&*database.store, "production").await;
    let path = [
        Status::SmokeGateStarted,
        Status::SmokeGatePassed,
        Status::FreezeCheckStarted,
        Status::FreezeCheckPassed,
        Status::Building,
        Status::Deploying,
        Status::Succeeded,
    ];
    let writer = database.another().await;
    let writing = tokio::spawn(async move {
        for to in path {
            writer.receive(&delivery(id, to.as_str(), to)).await.unwrap();
        }
    });
    loop {
        let deploy = database.store.deploy(id).await.unwrap().unwrap();
        assert_eq!(deploy.history.last().map(|entry| &entry.status), Some(&deploy.status));
        if deploy.status.is_terminal() {
            break;
        }
    }
    writing.await.unwrap();
}

on_both!(
    f12_one_of_racing_callbacks_is_applied,
    f07_delivery_to_both_is_decided_once,
    f08_delivery_id_belongs_to_one_deploy,
    f47_one_key_on_both_is_one_deploy,
    f49_many_keys_on_both_are_one_deploy,
    concurrent_writers_make_one_chain,
    f46_i4_callback_and_reconciler_race_to_end,
    row_is_read_with_its_history,
);
