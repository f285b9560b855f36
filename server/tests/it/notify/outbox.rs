//! The outbox as a store keeps it, on both databases: written with the transition or not at all, one message per
//! deploy and channel, and each claimed by one instance at a time.

use std::sync::Arc;

use app::domain::{DeployId, Source, Status, Timestamp};
use futures::future::join_all;
use jiff::{SignedDuration, ToSpan};
use store::{
    Advance, Advanced, Announce, Channel, Channels, Claim, Claimed, CreateOutcome, DatabaseSystem, Decision,
    Failure, Message, Outcome, Received, Store, Undelivered,
};

use crate::support::{
    Database,
    database::on_both,
    noon,
    sample::{advance as edge, delivery, open_request},
};

const BOTH: Channels = Channels { slack: true, webhook: true };
const SLACK: Channels = Channels { slack: true, webhook: false };
const LEASE: SignedDuration = SignedDuration::from_secs(60);

async fn opened(store: &dyn Store, environment: &str) -> DeployId {
    let request = open_request(environment, environment);
    assert_eq!(store.open(&request).await.unwrap(), CreateOutcome::New);
    request.id
}

async fn dispatched(store: &dyn Store, environment: &str) -> DeployId {
    let id = opened(store, environment).await;
    let accepted = edge(id, Status::Dispatched, Source::Console);
    assert_eq!(store.advance(&accepted).await.unwrap(), Advanced::Moved);
    id
}

/// A deploy that has failed at this time.
async fn failed(store: &dyn Store, environment: &str, at: Timestamp) -> DeployId {
    let id = dispatched(store, environment).await;
    let end = Advance { at, ..edge(id, Status::Failed, Source::Reconciler) };
    assert_eq!(store.advance(&end).await.unwrap(), Advanced::Moved);
    id
}

/// What is in the outbox, as deploy, channel and outcome.
async fn rows(database: &Database) -> Vec<String> {
    let select = "SELECT deploy_id || ' ' || channel || ' ' || outcome FROM outbox ORDER BY 1";
    database.raw().await.read(select).await
}

fn expected(ends: &[(DeployId, &str)]) -> Vec<String> {
    let mut rows: Vec<_> = ends
        .iter()
        .flat_map(|(id, outcome)| ["slack", "webhook"].map(|channel| format!("{id} {channel} {outcome}")))
        .collect();
    rows.sort();
    rows
}

async fn claim(store: &dyn Store, at: Timestamp) -> Claimed {
    store.claim(&Claim { channel: Channel::Slack, at, until: at + LEASE }).await.unwrap()
}

async fn claimed(store: &dyn Store, at: Timestamp) -> Message {
    match claim(store, at).await {
        Claimed::Message(message) => message,
        Claimed::Nothing(next) => panic!("nothing until {next:?}"),
    }
}

fn failure(message: Message, at: Timestamp, again_at: Option<Timestamp>) -> Failure {
    Failure { message, error: Some("it answered 500".to_owned()), unclear: false, again_at, at }
}

async fn every_end_writes_one_message_per_channel(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let store = database.announcing(&Announce::to(BOTH)).await;
    let succeeded = dispatched(&*store, "a").await;
    let failed = dispatched(&*store, "b").await;
    let healed = dispatched(&*store, "c").await;
    let late = dispatched(&*store, "d").await;
    for (number, status) in [Status::Building, Status::Deploying].into_iter().enumerate() {
        store.receive(&delivery(succeeded, &number.to_string(), status)).await.unwrap();
    }
    assert_eq!(rows(&database).await, [""; 0], "nothing has ended");

    store.receive(&delivery(succeeded, "end", Status::Succeeded)).await.unwrap();
    store.receive(&delivery(failed, "failed", Status::Failed)).await.unwrap();
    store.advance(&edge(healed, Status::Failed, Source::Reconciler)).await.unwrap();
    store.advance(&edge(late, Status::TimedOut, Source::Reconciler)).await.unwrap();
    // What GitHub refused never was dispatched.
    let refused = opened(&*store, "e").await;
    store.advance(&edge(refused, Status::Failed, Source::Console)).await.unwrap();
    let ends = [
        (succeeded, "succeeded"),
        (failed, "failed"),
        (healed, "failed"),
        (late, "timed_out"),
        (refused, "failed"),
    ];
    assert_eq!(rows(&database).await, expected(&ends));

    // Callbacks after the end, the same or another.
    store.receive(&delivery(failed, "failed", Status::Failed)).await.unwrap();
    store.receive(&delivery(failed, "again", Status::Failed)).await.unwrap();
    store.receive(&delivery(failed, "no", Status::Succeeded)).await.unwrap();
    store.advance(&edge(succeeded, Status::TimedOut, Source::Reconciler)).await.unwrap();
    assert_eq!(rows(&database).await, expected(&ends));
}

async fn unconfigured_channel_gets_nothing(system: DatabaseSystem) {
    let database = Database::on(system).await;
    failed(&*database.store, "nobody", noon()).await;
    assert_eq!(database.count("outbox").await, 0);
    let id = failed(&*database.announcing(&Announce::to(SLACK)).await, "slack", noon()).await;
    assert_eq!(rows(&database).await, [format!("{id} slack failed")]);
}

/// Lets a table take no more rows.
async fn refuse(database: &Database, table: &str) {
    let trap = match database.url().system() {
        DatabaseSystem::Sqlite => format!(
            "CREATE TRIGGER refuse BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'refused'); END"
        ),
        DatabaseSystem::Postgres => format!(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION 'refused'; END $$;
             CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()"
        ),
    };
    database.raw().await.run(&trap).await.unwrap();
}

/// The message and the end are written together, or not at all.
async fn message_and_end_are_written_together(system: DatabaseSystem) {
    for table in ["audit_log", "outbox", "callback_deliveries"] {
        let database = Database::on(system).await;
        let announce = Announce::to(BOTH);
        let store = database.announcing(&announce).await;
        let id = dispatched(&*store, "production").await;
        let news = announce.news();
        refuse(&database, table).await;
        store.receive(&delivery(id, "one", Status::Failed)).await.unwrap_err();
        if table != "callback_deliveries" {
            store.advance(&edge(id, Status::TimedOut, Source::Reconciler)).await.unwrap_err();
        }
        assert_eq!(database.count("outbox").await, 0, "{table}");
        let deploy = store.deploy(id).await.unwrap().unwrap();
        assert_eq!((deploy.status.as_str(), deploy.history.len()), ("dispatched", 2), "{table}");
        assert!(!news.has_changed().unwrap(), "nobody is told of what was rolled back");
    }
}

/// The sender is told of an end, and of nothing else.
async fn sender_is_woken_only_by_an_end(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let announce = Announce::to(SLACK);
    let store = database.announcing(&announce).await;
    let mut news = announce.news();
    let mut heard = || {
        let is_new = news.has_changed().unwrap();
        news.mark_unchanged();
        is_new
    };
    let id = dispatched(&*store, "production").await;
    let refused = store.advance(&edge(id, Status::Succeeded, Source::Console)).await.unwrap();
    assert!(matches!(refused, Advanced::Refused(_)));
    assert!(!heard());
    let ended = store.receive(&delivery(id, "one", Status::Failed)).await.unwrap();
    assert_eq!(ended, Received::Decided(Decision::Applied { status: Status::Failed }.into()));
    assert!(heard());
    store.receive(&delivery(id, "one", Status::Failed)).await.unwrap();
    store.receive(&delivery(id, "two", Status::Failed)).await.unwrap();
    assert!(!heard());
    let other = dispatched(&*store, "staging").await;
    store.advance(&edge(other, Status::TimedOut, Source::Reconciler)).await.unwrap();
    assert!(heard());
}

/// Of instances that claim at once, each message has one.
/// Each of two instances takes what it gets, until there is nothing more.
async fn concurrent_claims_give_each_message_one_owner(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let announce = Announce::to(SLACK);
    let stores = [database.announcing(&announce).await, database.announcing(&announce).await];
    let mut written = Vec::new();
    for number in 0..24 {
        written.push(failed(&*stores[0], &format!("e{number}"), noon()).await);
    }
    let takers = (0..6).map(|number| {
        let store = Arc::clone(&stores[number % 2]);
        tokio::spawn(async move {
            let mut taken = Vec::new();
            while let Claimed::Message(message) = claim(&*store, noon()).await {
                taken.push(message.deploy_id);
            }
            taken
        })
    });
    let mut taken: Vec<_> = join_all(takers).await.into_iter().flat_map(Result::unwrap).collect();
    // A task that found all of them locked at that moment has ended early; others have not.
    taken.sort();
    written.sort();
    assert_eq!(taken, written);
    assert_eq!(claim(&*stores[0], noon()).await, Claimed::Nothing(Some(noon() + LEASE)));
}

async fn lease_excludes_others_until_it_expires(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let store = database.announcing(&Announce::to(SLACK)).await;
    let id = failed(&*store, "production", noon()).await;
    let first = claimed(&*store, noon()).await;
    assert_eq!((first.deploy_id, first.outcome, first.created_at), (id, Outcome::Failed, noon()));
    assert_eq!((first.attempt, first.may_be_repeated), (1, false));
    assert_eq!(first.id, format!("{id}_slack_failed"));
    let end = noon() + LEASE;
    assert_eq!(claim(&*store, end - 1.millisecond()).await, Claimed::Nothing(Some(end)));

    // The instance that had it is gone, and it is unknown how far it came.
    let second = claimed(&*store, end).await;
    assert_eq!((second.attempt, second.may_be_repeated), (2, true));
    // It is not gone after all: what it reports of its own attempt does not change this one.
    store.not_sent(&failure(first.clone(), end, None)).await.unwrap();
    assert_eq!(claim(&*store, end).await, Claimed::Nothing(Some(end + LEASE)));
    // But that it was accepted is true, whichever instance reports it.
    store.sent(&first, end).await.unwrap();
    store.not_sent(&failure(second, end, Some(end))).await.unwrap();
    assert_eq!(claim(&*store, end + LEASE).await, Claimed::Nothing(None));
}

/// A failed try waits until it is due, and remembers whether it got through.
async fn failed_attempt_waits_and_is_remembered(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let store = database.announcing(&Announce::to(SLACK)).await;
    failed(&*store, "production", noon()).await;
    let later = noon() + 5.seconds();
    store.not_sent(&failure(claimed(&*store, noon()).await, noon(), Some(later))).await.unwrap();
    assert_eq!(claim(&*store, later - 1.millisecond()).await, Claimed::Nothing(Some(later)));
    let clear = claimed(&*store, later).await;
    assert_eq!((clear.attempt, clear.may_be_repeated), (2, false), "it was refused: nobody has it");
    let unclear = Failure { unclear: true, ..failure(clear, later, Some(later)) };
    store.not_sent(&unclear).await.unwrap();
    store.not_sent(&failure(claimed(&*store, later).await, later, Some(later))).await.unwrap();
    assert!(claimed(&*store, later).await.may_be_repeated, "once unclear, always");
}

async fn oldest_is_sent_first_per_channel(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let store = database.announcing(&Announce::to(BOTH)).await;
    let second = failed(&*store, "a", noon() + 2.seconds()).await;
    let first = failed(&*store, "b", noon() + 1.second()).await;
    let at = noon() + 1.minute();
    let order = [claimed(&*store, at).await.deploy_id, claimed(&*store, at).await.deploy_id];
    assert_eq!(order, [first, second]);
    let webhook = Claim { channel: Channel::Webhook, at, until: at + LEASE };
    let Claimed::Message(message) = store.claim(&webhook).await.unwrap() else { panic!("nothing") };
    assert_eq!(message.id, format!("{first}_webhook_failed"));
}

async fn f50_newer_outcome_is_left_alone(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let store = database.announcing(&Announce::to(SLACK)).await;
    failed(&*store, "a", noon()).await;
    let known = failed(&*store, "b", noon() + 1.second()).await;
    let as_newer = match system {
        DatabaseSystem::Sqlite => "PRAGMA ignore_check_constraints = ON",
        DatabaseSystem::Postgres => "ALTER TABLE outbox DROP CONSTRAINT outbox_outcome_check",
    };
    let newer = "UPDATE outbox SET outcome = 'rolled_back' WHERE created_at = '2026-11-22T12:00:00.000Z'";
    database.raw().await.run(&format!("{as_newer}; {newer}")).await.unwrap();
    let at = noon() + 1.minute();
    assert_eq!(claimed(&*store, at).await.deploy_id, known);
    assert_eq!(claim(&*store, at).await, Claimed::Nothing(Some(at + LEASE)));
}

/// What a channel has not taken is told, and since when.
async fn untaken_messages_are_shown_with_their_age(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let store = database.announcing(&Announce::to(SLACK)).await;
    let told = async |now: Timestamp| store.undelivered(now).await.unwrap();
    let trouble = |count, since, error: Option<&str>| {
        vec![Undelivered { channel: Channel::Slack, count, since, last_error: error.map(str::to_owned) }]
    };
    failed(&*store, "a", noon()).await;
    assert_eq!(told(noon() + 59.seconds()).await, [], "it has only just been written");
    assert_eq!(told(noon() + 60.seconds()).await, trouble(1, noon(), None), "nobody sends it");

    let soon = noon() + 1.second();
    failed(&*store, "b", soon).await;
    assert_eq!(told(soon).await, []);
    store.not_sent(&failure(claimed(&*store, soon).await, soon, Some(soon))).await.unwrap();
    assert_eq!(told(soon).await, trouble(2, noon(), Some("it answered 500")));
    store.sent(&claimed(&*store, soon).await, soon).await.unwrap();
    assert_eq!(told(soon).await, [], "the other one is not late yet");

    // Given up: told until the channel takes another one.
    let later = noon() + 2.seconds();
    store.not_sent(&failure(claimed(&*store, later).await, later, Some(later))).await.unwrap();
    let silent = Failure { error: None, ..failure(claimed(&*store, later).await, later, None) };
    store.not_sent(&silent).await.unwrap();
    assert_eq!(claim(&*store, later + LEASE).await, Claimed::Nothing(None), "never again");
    assert_eq!(told(later).await, trouble(1, soon, Some("it answered 500")));
    failed(&*store, "c", later).await;
    store.sent(&claimed(&*store, later).await, later + 1.second()).await.unwrap();
    assert_eq!(told(later + 1.second()).await, []);
    // A store without channels has nothing undelivered.
    failed(&*store, "d", noon()).await;
    assert_eq!(told(noon() + 1.hour()).await.len(), 1);
    assert_eq!(database.store.undelivered(noon() + 1.hour()).await.unwrap(), []);
}

on_both!(
    every_end_writes_one_message_per_channel,
    unconfigured_channel_gets_nothing,
    message_and_end_are_written_together,
    sender_is_woken_only_by_an_end,
    concurrent_claims_give_each_message_one_owner,
    lease_excludes_others_until_it_expires,
    failed_attempt_waits_and_is_remembered,
    oldest_is_sent_first_per_channel,
    f50_newer_outcome_is_left_alone,
    untaken_messages_are_shown_with_their_age,
);
