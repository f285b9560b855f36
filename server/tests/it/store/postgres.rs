//! What only a database server does to the console: it is shut down, refuses, waits for others' locks, or its
//! answer is lost on the way.

use app::domain::{DeployId, Source, Status};
use runtime::fail_point::FailPoint;
use store::{
    self, Actor, Advance, Advanced, CreateOutcome, DatabaseSystem, DatabaseUrl, Decision, Delivery,
    DeployFilter, NewDeploy, Note, Noted, Received, Store, StoreError, audit,
};

use crate::support::{
    Database,
    database::Raw,
    noon, postgres,
    proxy::{Proxy, Wire},
    sample,
};

fn request() -> NewDeploy {
    sample::open_request("key", "production")
}

fn accept(id: DeployId) -> Advance {
    sample::advance(id, Status::Dispatched, Source::Console)
}

fn delivery(id: DeployId) -> Delivery {
    sample::delivery(id, "one", Status::Building)
}

fn cancel(id: DeployId) -> Note {
    Note { id, what: Noted::CancelRequested, actor: Actor::named("somebody"), at: noon() }
}

async fn database() -> Database {
    Database::on(DatabaseSystem::Postgres).await
}

async fn opened(store: &dyn Store) -> DeployId {
    let request = request();
    assert_eq!(store.open(&request).await.unwrap(), CreateOutcome::New);
    request.id
}

/// How many entries the journal has, if its chain is whole.
async fn entries(store: &dyn Store, id: DeployId) -> usize {
    let entries = store.journal(id).await.unwrap();
    assert_eq!(audit::first_broken(&entries), None);
    entries.len()
}

/// Lets the journal refuse this many of its next entries, with this code.
async fn refuse(database: &Database, times: u32, code: &str) {
    let trap = format!(
        "CREATE SEQUENCE refusals;
         CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
           -- A sequence counts on where a transaction is rolled back.
           IF nextval('refusals') <= {times} THEN RAISE EXCEPTION 'refused' USING ERRCODE = '{code}'; END IF;
           RETURN NEW;
         END $$;
         CREATE TRIGGER refuse BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse();"
    );
    database.raw().await.run(&trap).await.unwrap();
}

async fn refusals(database: &Database) -> i64 {
    let found = database.raw().await.read("SELECT last_value::text FROM refusals").await;
    found[0].parse().unwrap()
}

#[tokio::test]
async fn f41_serialization_failure_or_deadlock_is_retried() {
    for code in ["40001", "40P01"] {
        let database = database().await;
        refuse(&database, 4, code).await;
        let id = opened(&*database.store).await;
        assert_eq!((refusals(&database).await, entries(&*database.store, id).await), (5, 1), "{code}");
    }
}

#[tokio::test]
async fn f41_retries_are_bounded() {
    let database = database().await;
    refuse(&database, 99, "40001").await;
    let refused = database.store.open(&request()).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
    assert_eq!((refusals(&database).await, database.count("console_deploys").await), (5, 0));
}

/// What the server refuses is called what it is.
#[tokio::test]
async fn server_refusals_have_accurate_errors() {
    for (code, is_away) in [
        ("57P01", true),
        ("57P02", true),
        ("57P03", true),
        ("53100", true),
        ("53200", true),
        ("53300", true),
        ("08006", true),
        ("25006", true),
        ("55P03", true),
        ("57014", true),
        ("58030", true),
        ("28P01", true),
        ("3D000", true),
        // The number of which looks, in its last byte, like SQLite's BUSY.
        ("42501", false),
        ("23505", false),
        ("22021", false),
        ("XX000", false),
    ] {
        let database = database().await;
        refuse(&database, 1, code).await;
        let refused = database.store.open(&request()).await;
        let as_expected = match &refused {
            Err(StoreError::Unavailable(_)) => is_away,
            Err(StoreError::Other(_)) => !is_away,
            _ => false,
        };
        assert!(as_expected, "{code}: {refused:?}");
        assert_eq!(
            (database.count("console_deploys").await, database.count("idempotency_keys").await),
            (0, 0)
        );
        assert_eq!(database.store.open(&request()).await.unwrap(), CreateOutcome::New, "{code}");
    }
}

/// Two that already hold the journal's number would be a mistake, not a race: it is not tried again.
#[tokio::test]
async fn journal_conflict_is_an_error() {
    let database = database().await;
    opened(&*database.store).await;
    let mut raw = database.raw().await;
    raw.run(
        "CREATE FUNCTION clash() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN NEW.sequence = 1; RETURN NEW; END $$;
         CREATE TRIGGER clash BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION clash();",
    )
    .await
    .unwrap();
    let second = NewDeploy { environment: "staging".to_owned(), key: "second".to_owned(), ..request() };
    let refused = database.store.open(&second).await;
    assert!(matches!(refused, Err(StoreError::Other(_))), "{refused:?}");
}

/// A commit whose answer is lost is neither lost nor done twice.
/// The connection is cut around the COMMIT of each operation. Whether the server saw it or not, the operation is done
/// once, and the caller is told so.
#[tokio::test]
async fn f41_commit_with_lost_answer_happens_once() {
    for cut in [Wire::CutBeforeCommit, Wire::CutAfterCommit] {
        let database = database().await;
        let proxy = Proxy::before(database.url()).await;
        let store = store::open(&proxy.url, FailPoint::default()).await.unwrap();
        let request = request();
        let id = request.id;

        proxy.set(cut);
        assert_eq!(store.open(&request).await.unwrap(), CreateOutcome::New, "{cut:?}");
        proxy.set(cut);
        assert_eq!(store.advance(&accept(id)).await.unwrap(), Advanced::Moved, "{cut:?}");
        proxy.set(cut);
        store.answered(id, noon()).await.unwrap();
        assert_eq!(store.open(&request).await.unwrap(), CreateOutcome::Replayed(id));
        proxy.set(cut);
        assert_eq!(store.note(&cancel(id)).await.unwrap(), Advanced::Moved, "{cut:?}");
        proxy.set(cut);
        let applied = Decision::Applied { status: Status::Building };
        assert_eq!(store.receive(&delivery(id)).await.unwrap(), Received::Decided(applied.into()), "{cut:?}");
        // What writes nothing has nothing to lose.
        proxy.set(cut);
        assert_eq!(
            store.advance(&accept(id)).await.unwrap(),
            Advanced::Refused(Status::Building.into()),
            "{cut:?}"
        );

        assert_eq!((proxy.cuts(), entries(&*store, id).await), (6, 4), "{cut:?}");
        assert_eq!(database.count("callback_deliveries").await, 1);
    }
}

#[tokio::test]
async fn f41_silent_server_blocks_no_request() {
    let database = database().await;
    let proxy = Proxy::before(database.url()).await;
    let store = store::open(&proxy.url, FailPoint::default()).await.unwrap();
    let id = opened(&*store).await;
    proxy.set(Wire::Silent);
    let advance = accept(id);
    let (written, read) = tokio::join!(store.advance(&advance), store.deploy(id));
    assert!(matches!(written, Err(StoreError::Unavailable(_))), "{written:?}");
    assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
    proxy.set(Wire::Whole);
    assert_eq!(store.advance(&accept(id)).await.unwrap(), Advanced::Moved);
}

#[tokio::test]
async fn f36_long_lock_changes_nothing() {
    let database = database().await;
    let id = opened(&*database.store).await;
    let mut other = database.raw().await;
    other.run("BEGIN; SELECT * FROM console_deploys FOR UPDATE").await.unwrap();
    let refused = database.store.advance(&accept(id)).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    // Readers do not wait.
    assert_eq!(database.store.deploy(id).await.unwrap().unwrap().version, 1);
    other.run("ROLLBACK").await.unwrap();
    assert_eq!(database.store.advance(&accept(id)).await.unwrap(), Advanced::Moved);
    assert_eq!(entries(&*database.store, id).await, 2);
}

/// A row is read with the journal of the same moment.
/// Between the read of the row and the read of its journal, another writer moves it. The reader sees neither change.
#[tokio::test]
async fn row_and_journal_share_one_snapshot() {
    let database = database().await;
    let id = opened(&*database.store).await;
    let mut other = database.raw().await;
    other.run("BEGIN; LOCK TABLE audit_log IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let mut reading = database.store.deploy(id);
    tokio::select! {
        read = &mut reading => panic!("{read:?}"),
        () = are_waiting(&database, 1) => {}
    }
    let meanwhile = format!(
        "INSERT INTO audit_log VALUES (2, '2026-11-22T12:00:00.000Z', 'console', 'console.deploy.dispatched', '{id}',
           '{{\"status\":\"dispatched\",\"source\":\"console\"}}', 'the hash before', 'its own');
         UPDATE console_deploys SET status = 'dispatched';
         COMMIT"
    );
    other.run(&meanwhile).await.unwrap();
    let before = reading.await.unwrap().unwrap();
    assert_eq!((before.status.as_str(), before.history.len()), ("requested", 1));
    let after = database.store.deploy(id).await.unwrap().unwrap();
    assert_eq!((after.status.as_str(), after.history.len()), ("dispatched", 2));
}

#[tokio::test]
async fn f38_read_only_server_serves_reads() {
    let database = database().await;
    let id = opened(&*database.store).await;
    let name = database.raw().await.read("SELECT current_database()::text").await;
    let set = format!("ALTER DATABASE {} SET default_transaction_read_only = on", name[0]);
    database.raw().await.run(&set).await.unwrap();
    let store = database.another().await;
    let refused = store.advance(&accept(id)).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert_eq!(store.deploys(&DeployFilter { limit: 9, ..DeployFilter::default() }).await.unwrap().len(), 1);
    store.check().await.unwrap();
}

#[tokio::test]
async fn closed_connections_are_replaced() {
    let database = database().await;
    let id = opened(&*database.store).await;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    database.raw().await.run(end).await.unwrap();
    assert_eq!(database.store.advance(&accept(id)).await.unwrap(), Advanced::Moved);
    assert!(database.store.deploy(id).await.unwrap().is_some());
}

/// Until this many transactions of this database wait for a lock.
async fn are_waiting(database: &Database, number: usize) {
    let mut raw = database.raw().await;
    let waiting = "SELECT pid::text FROM pg_locks JOIN pg_stat_activity USING (pid)
                   WHERE NOT granted AND datname = current_database()";
    while raw.read(waiting).await.len() < number {}
}

/// Dropped while it waits, an act leaves nothing, and the pool as it was.
#[tokio::test]
async fn f42_dropped_operation_leaves_no_half() {
    let database = database().await;
    let id = opened(&*database.store).await;
    let mut other = database.raw().await;
    other.run("BEGIN; SELECT * FROM console_deploys FOR UPDATE").await.unwrap();
    let advance = accept(id);
    for number in 1..=4 {
        tokio::select! {
            moved = database.store.advance(&advance) => panic!("{moved:?}"),
            () = are_waiting(&database, number) => {}
        }
    }
    other.run("ROLLBACK").await.unwrap();
    assert_eq!(database.store.advance(&advance).await.unwrap(), Advanced::Moved);
    assert_eq!(entries(&*database.store, id).await, 2);
}

/// No writer reads the end of the journal while another one's entry may still come, or not.
#[tokio::test]
async fn appending_waits_for_the_previous_append() {
    let database = database().await;
    let id = opened(&*database.store).await;
    let mut other = database.raw().await;
    let journal = i64::from_be_bytes(*b"\0journal");
    other.run(&format!("BEGIN; SELECT pg_advisory_xact_lock({journal})")).await.unwrap();
    let advance = accept(id);
    let mut moved = database.store.advance(&advance);
    tokio::select! {
        moved = &mut moved => panic!("{moved:?}"),
        () = are_waiting(&database, 1) => {}
    }
    other.run("ROLLBACK").await.unwrap();
    assert_eq!(moved.await.unwrap(), Advanced::Moved);
}

#[tokio::test]
async fn concurrent_starts_migrate_once() {
    for _ in 0..4 {
        let url: DatabaseUrl = postgres::empty().await.parse().unwrap();
        let starts = (0..4).map(|_| {
            let url = &url;
            async move {
                store::migrate(url, None).await.unwrap();
                store::open(url, FailPoint::default()).await.unwrap().check().await.unwrap();
            }
        });
        futures::future::join_all(starts).await;
        let versions = Raw::open(&url)
            .await
            .read("SELECT version::text FROM _sqlx_migrations ORDER BY _sqlx_migrations.version")
            .await;
        assert_eq!((&*versions[0], versions.last()), ("1", Some(&store::newest().to_string())));
    }
}

/// Ordering by text is ordering by time only if no language has a say in it.
#[tokio::test]
async fn sorting_is_bytewise() {
    let database = database().await;
    let columns = database
        .raw()
        .await
        .read(
            "SELECT table_name || '.' || column_name FROM information_schema.columns
             WHERE table_schema = 'public' AND collation_name = 'C' ORDER BY 1",
        )
        .await;
    for column in ["console_deploys.id", "console_deploys.requested_at", "console_deploys.updated_at"] {
        assert!(columns.iter().any(|name| name == column), "{column} is not among {columns:?}");
    }
}
