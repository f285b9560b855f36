//! Commits and distances in the store: written once, and read many at a time.

use app::domain::{Commit, CommitDetails, CommitDistance};
use store::{CommitPair, DatabaseSystem};

use crate::support::{Database, database::on_both, noon};

fn commit(number: u32) -> Commit {
    format!("{number:040x}").parse().unwrap()
}

fn details(subject: &str) -> CommitDetails {
    CommitDetails {
        subject: subject.to_owned(),
        author: Some("octocat".to_owned()),
        committed_at: Some(noon()),
    }
}

async fn details_stay_as_first_saved(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let store = &database.store;
    let nameless = CommitDetails { author: None, committed_at: None, ..details("nameless") };
    store.save_commit(&commit(1), &details("first")).await.unwrap();
    store.save_commit(&commit(1), &details("second")).await.unwrap();
    store.save_commit(&commit(2), &nameless).await.unwrap();
    let known = store.commit_details((0..5_000).map(commit).collect()).await.unwrap();
    assert_eq!(known, [(commit(1), details("first")), (commit(2), nameless)].into());
    assert!(store.commit_details(Vec::new()).await.unwrap().is_empty());
}

async fn distances_stay_as_first_saved(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let store = &database.store;
    let pair = |base, head| CommitPair { base: commit(base), head: commit(head) };
    let distance = |ahead, behind| CommitDistance { ahead, behind };
    store.save_distance(&pair(1, 2), distance(3, 0)).await.unwrap();
    store.save_distance(&pair(1, 2), distance(9, 9)).await.unwrap();
    store.save_distance(&pair(2, 1), distance(0, u32::MAX)).await.unwrap();
    store.save_distance(&pair(1, 9), distance(1, 1)).await.unwrap();
    let asked = (0..2_000).flat_map(|number| [pair(number, number + 1), pair(number + 1, number)]);
    let known = store.commit_distances(asked.collect()).await.unwrap();
    assert_eq!(known, [(pair(1, 2), distance(3, 0)), (pair(2, 1), distance(0, u32::MAX))].into());
    assert!(store.commit_distances(Vec::new()).await.unwrap().is_empty());
}

/// Polls that are answered from memory are answered anew.
async fn saving_counts_as_a_write(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let before = database.store.writes();
    database.store.save_commit(&commit(1), &details("first")).await.unwrap();
    assert!(database.store.writes() > before);
}

on_both!(details_stay_as_first_saved, distances_stay_as_first_saved, saving_counts_as_a_write);
