//! What a start looks at: the last entries and the live rows; and where it says what it found.

use app::{api::ErrorCode, domain::FreezeId};
use futures::{StreamExt, stream};
use runtime::ids::uuid_at;
use server::service::JournalState;
use store::{Actor, DatabaseSystem};

use crate::support::{
    TestConsole, assert_problem,
    database::{Raw, on_both},
    noon, order,
    raw::{exchange, send},
    site::{Site, apps, press},
};

const WHOLE: &str = "deploy_console_journal_whole 1\n";
const BROKEN: &str = "deploy_console_journal_whole 0\n";

async fn whole_journal_is_ready(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    assert!(!console.get("/metrics").await.text.contains("journal_whole "), "it was not looked at");
    assert_eq!(console.get("/readyz").await.status, 200);
    let id = console.dispatched("production").await;
    console.walk(id, &["building"]).await;
    console.console.check_journal().await;
    assert_eq!(console.console.journal_state(), JournalState::Whole);
    assert!(console.get("/metrics").await.text.contains(WHOLE));
    assert_eq!(console.get("/readyz").await.status, 200);
}

async fn broken_journal_is_not_ready_but_deploys(system: DatabaseSystem) {
    for (change, place) in [
        ("UPDATE audit_log SET actor = 'mallory' WHERE sequence = 2", "entry 2 was changed"),
        ("DELETE FROM audit_log WHERE sequence = 2", "entry 2 is missing"),
        ("UPDATE audit_log SET payload = 'secret' WHERE sequence = 2", "entry 2 cannot be read"),
        ("DELETE FROM audit_log", ""),
        ("DELETE FROM audit_log; UPDATE console_deploys SET status = 'failed', finished_at = updated_at", ""),
        ("UPDATE console_deploys SET status = 'deploying'", ", status."),
        ("UPDATE console_deploys SET requested_by = 'secret'", ", requested_by."),
        ("UPDATE console_deploys SET updated_at = 'secret', requested_at = 'secret'", ", requested_at."),
    ] {
        let console = TestConsole::over(system).await;
        let id = console.dispatched("production").await;
        console.walk(id, &["building"]).await;
        console.database.tamper(&[change]).await;
        console.console.check_journal().await;
        let problem = assert_problem(&console.get("/readyz").await, ErrorCode::JournalBroken);
        let detail = problem.detail.unwrap();
        assert!(detail.contains(place) && !detail.contains("secret"), "{change}: {detail}");
        if place.starts_with(',') {
            assert!(detail.contains(&id.to_string()), "{detail}");
        }
        assert!(console.get("/metrics").await.text.contains(BROKEN));
        assert_eq!(console.dispatch("key", &order("staging")).await.status, 201, "deploys go on");
    }
}

async fn start_checks_the_last_thousand_entries(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    stream::iter(0..1_010)
        .for_each_concurrent(64, async |_| {
            let id = FreezeId::new(uuid_at(noon()));
            let lift = store::Lift { id, by: Actor::named("somebody"), at: noon() };
            let freeze = crate::support::freeze(id);
            console.database.store.declare(&freeze, "somebody").await.unwrap();
            console.database.store.lift(&lift).await.unwrap();
        })
        .await;
    for (sequence, state) in [
        (1_020, JournalState::Whole),
        (1_021, JournalState::Broken("First: entry 1021 was changed after it was written.".to_owned())),
    ] {
        let change = format!("UPDATE audit_log SET actor = 'mallory' WHERE sequence = {sequence}");
        console.database.raw().await.run(&without_triggers(system, &change)).await.unwrap();
        console.console.check_journal().await;
        assert_eq!(console.console.journal_state(), state);
    }
}

fn without_triggers(system: DatabaseSystem, change: &str) -> String {
    match system {
        DatabaseSystem::Sqlite => format!("DROP TRIGGER IF EXISTS audit_log_refuses_update; {change}"),
        DatabaseSystem::Postgres => format!("ALTER TABLE audit_log DISABLE TRIGGER USER; {change}"),
    }
}

async fn server_logs_what_it_found(system: DatabaseSystem) {
    let site = Site::new(system, &apps(&["production", "staging"])).await;
    let mut serving = site.serve().await;
    serving.says("journal head").await;
    assert_eq!(send(serving.address, &press("key", "production")).await.unwrap().status(), Some(201));
    serving.stop("TERM").await;

    let mut serving = site.serve().await;
    serving.says("the journal is as it was written").await;
    assert_eq!(exchange(serving.address, "GET", "/readyz", &[], "").await.status(), Some(200));
    serving.stop("TERM").await;

    Raw::open(&site.database).await.run("UPDATE console_deploys SET git_ref = 'v2'").await.unwrap();
    let mut serving = site.serve().await;
    serving.says("the journal is broken").await;
    serving.says("git_ref").await;
    let ready = exchange(serving.address, "GET", "/readyz", &[], "").await;
    assert_eq!((ready.status(), &ready.json()["code"]), (Some(503), &"journal_broken".into()));
    serving.stop("TERM").await;
    let verified = site.run(&["audit", "verify"]).await;
    assert!(verified.code == Some(1) && verified.stderr.contains(", git_ref: "), "{verified:?}");
}

on_both!(
    whole_journal_is_ready,
    broken_journal_is_not_ready_but_deploys,
    start_checks_the_last_thousand_entries,
    server_logs_what_it_found,
);
