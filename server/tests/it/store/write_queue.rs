//! Writers that had to wait for the database: each gets its own answer, however many waited together.

use std::{sync::Arc, task::Poll};

use futures::{
    future::{join_all, poll_fn},
    pin_mut,
};
use store::{CreateOutcome, DatabaseSystem, DeployFilter, EntryFilter, NewDeploy, Store, StoreError};

use crate::support::{
    Database,
    database::{Raw, on_both},
    invariants::assert_chain,
    sample::open_request,
};

fn in_environment(name: &str) -> NewDeploy {
    open_request(name, name)
}

/// Keeps every writer waiting until it is dropped or told otherwise.
async fn hold(database: &Database) -> Raw {
    let mut holder = database.raw().await;
    holder
        .run(match database.url().system() {
            DatabaseSystem::Sqlite => "BEGIN IMMEDIATE",
            DatabaseSystem::Postgres => "BEGIN; LOCK TABLE console_deploys IN EXCLUSIVE MODE",
        })
        .await
        .unwrap();
    holder
}

async fn environments(store: &Arc<dyn Store>) -> Vec<String> {
    let filter = DeployFilter { limit: 99, ..DeployFilter::default() };
    let mut found: Vec<_> =
        store.deploys(&filter).await.unwrap().into_iter().map(|row| row.environment).collect();
    found.sort();
    found
}

/// The mistake of one is not that of another who waited with it.
async fn batched_error_affects_only_its_writer(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let mut holder = hold(&database).await;
    let writers = (0..12).map(|number| {
        let store = Arc::clone(&database.store);
        let mut asked = in_environment(&format!("e{number:02}"));
        // Nothing may hold U+0000: the database is not even asked.
        if number % 5 == 3 {
            asked.reason = Some("\0".to_owned());
        }
        tokio::spawn(async move { store.open(&asked).await })
    });
    let writers = writers.collect::<Vec<_>>();
    holder.run("ROLLBACK").await.unwrap();

    for (number, answer) in join_all(writers).await.into_iter().enumerate() {
        match (number % 5, answer.unwrap()) {
            (3, answer) => assert!(matches!(answer, Err(StoreError::Other(_))), "{answer:?}"),
            (_, answer) => assert_eq!(answer.unwrap(), CreateOutcome::New),
        }
    }
    let recorded = environments(&database.store).await;
    assert_eq!(recorded, ["e00", "e01", "e02", "e04", "e05", "e06", "e07", "e09", "e10", "e11"]);
    let all = EntryFilter::after(0, 99);
    let entries = database.store.entries(&all).await.unwrap().entries;
    let entries: Vec<_> = entries.into_iter().map(|entry| entry.try_into().unwrap()).collect();
    assert_eq!(entries.len(), recorded.len());
    assert_chain([entries.as_slice()]);
}

/// A writer that gives up before it began leaves nothing.
async fn f42_abandoned_write_leaves_nothing(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let mut holder = hold(&database).await;
    // Behind this one, so that it is not the first to wait for the lock.
    let ahead = in_environment("ahead");
    let store = Arc::clone(&database.store);
    let ahead = tokio::spawn(async move { store.open(&ahead).await });
    {
        let asked = in_environment("given-up");
        let asking = database.store.open(&asked);
        pin_mut!(asking);
        poll_fn(|context| {
            assert!(asking.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
    }
    holder.run("ROLLBACK").await.unwrap();
    assert_eq!(ahead.await.unwrap().unwrap(), CreateOutcome::New);
    assert_eq!(database.store.open(&in_environment("behind")).await.unwrap(), CreateOutcome::New);
    assert_eq!(environments(&database.store).await, ["ahead", "behind"]);
}

on_both!(batched_error_affects_only_its_writer, f42_abandoned_write_leaves_nothing);
