//! Server-sent events: every accepted transition, once and in order, to every listener, whichever instance wrote it;
//! and a listener that was away gets what it missed.

use app::domain::Visible;
use std::{sync::Arc, time::Duration};

use app::domain::{DeployId, Flag, Status};
use futures::future::join_all;
use proptest::prelude::*;
use serde_json::json;
use server::tasks::feed::{EventKind, Feed, FeedEvent};
use store::{Actor, DatabaseSystem, EntryFilter, Note, Noted, Store};
use tokio::{io::AsyncWriteExt, net::TcpStream};
use tokio_util::task::AbortOnDropHandle;

use crate::support::{
    Database, TestConsole,
    database::on_both,
    events::Events,
    noon,
    sample::{delivery, open_request},
    site::{Site, apps},
};

const PATIENCE: Duration = Duration::from_secs(20);

/// Follows the journal as a server does.
fn follow(feed: &Feed) -> AbortOnDropHandle<()> {
    let feed = feed.clone();
    AbortOnDropHandle::new(tokio::spawn(async move { feed.run().await }))
}

/// A console whose feed is at the end of the journal by now.
async fn telling(system: DatabaseSystem) -> (TestConsole, AbortOnDropHandle<()>) {
    let console = TestConsole::over(system).await;
    let told = follow(console.console.feed());
    settled(console.console.feed(), &*console.database.store).await;
    (console, told)
}

/// Waits until the feed tells what is written, and has told all of it.
async fn settled(feed: &Feed, store: &dyn Store) {
    let mut listener = feed.listen(None, Visible::All);
    let heard = async {
        let mut number = 0;
        loop {
            number += 1;
            let request = open_request(&format!("settle {number}"), &format!("settle {number}"));
            store.open(&request).await.unwrap();
            let newest = store.last_entry().await.unwrap().unwrap().sequence;
            let told = async { while listener.next().await.unwrap().sequence != Some(newest) {} };
            if tokio::time::timeout(Duration::from_millis(200), told).await.is_ok() {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.expect("the feed tells what is written");
}

/// Listens until a deploy reaches this status. Returns the id of the event.
async fn hear_of(events: &mut Events, status: &str) -> i64 {
    loop {
        let heard = in_time(events.next()).await.unwrap();
        if heard.data["status"] == status {
            return heard.id.unwrap();
        }
    }
}

async fn in_time<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("it comes in time")
}

/// Who is told of a write asks at once, and is not answered with what was read before it: also where the feed saw it in the
/// database before anybody said so.
async fn what_is_told_was_written(system: DatabaseSystem) {
    let (console, _told) = telling(system).await;
    let (store, elsewhere) = (&console.database.store, console.database.another().await);
    let mut listener = console.console.feed().listen(None, Visible::All);
    let before = store.writes();
    elsewhere.open(&open_request("elsewhere", "elsewhere")).await.unwrap();
    in_time(listener.next()).await.unwrap();
    assert!(store.writes() > before);
}

async fn each_transition_is_sent_once_in_order(system: DatabaseSystem) {
    let (console, _told) = telling(system).await;
    let mut first = Events::of(&console.router, None).await;
    let mut second = Events::of(&console.router, None).await;
    assert_eq!(first.headers["content-type"], "text/event-stream");
    assert_eq!(first.any().await.unwrap().name, "heartbeat", "at once: it is open");
    let id = console.dispatched("production").await;
    console.walk(id, &["smoke_gate_started", "smoke_gate_passed"]).await;
    console.report(id, "building").await;
    console.report(id, "failed").await;
    let journal = console.journal(id).await;
    for events in [&mut first, &mut second] {
        for entry in &journal {
            let heard = in_time(events.next()).await.unwrap();
            assert_eq!((heard.id, &heard.data["deploy_id"]), (Some(entry.sequence), &json!(id)));
            assert_eq!(heard.data["status"], entry.payload["status"], "{heard:?}");
            let name = if entry.payload["status"].is_null() { "note" } else { "message" };
            assert_eq!(heard.name, name);
        }
    }
}

async fn reconnecting_client_gets_what_it_missed(system: DatabaseSystem) {
    let (console, _told) = telling(system).await;
    let id = console.dispatched("production").await;
    let mut events = Events::of(&console.router, None).await;
    console.report(id, "smoke_gate_started").await;
    let last = hear_of(&mut events, "smoke_gate_started").await;
    drop(events);
    console.walk(id, &["smoke_gate_passed", "building"]).await;
    let mut again = Events::of(&console.router, Some(&last.to_string())).await;
    console.report(id, "deploying").await;
    for status in ["smoke_gate_passed", "building", "deploying"] {
        assert_eq!(in_time(again.next()).await.unwrap().data["status"], status);
    }
    // What is no number asks for nothing: it goes on from now. So does one that is still to come: it is of a journal
    // that was longer before it was restored.
    for last in ["", "x", "-", "99999999999999999999", "999999", &i64::MAX.to_string()] {
        let mut events = Events::of(&console.router, Some(last)).await;
        console.report(id, "deploying").await;
        let newest = console.journal(id).await.last().unwrap().sequence;
        // The feed may still be telling those before, which were heard from the journal.
        let heard = loop {
            let heard = in_time(events.next()).await.unwrap();
            if heard.id >= Some(newest) {
                break heard;
            }
        };
        assert_eq!((heard.id, heard.name.as_str()), (Some(newest), "note"), "{last}");
    }
}

/// A listener that falls behind reads on in the journal, and misses nothing.
async fn slow_listener_still_gets_everything(system: DatabaseSystem) {
    const MANY: i64 = 1_500;
    let database = Database::on(system).await;
    let store = &database.store;
    let feed = Feed::new(Arc::clone(store));
    let _told = follow(&feed);
    settled(&feed, &**store).await;
    let request = open_request("key", "production");
    store.open(&request).await.unwrap();
    let begin = store.last_entry().await.unwrap().unwrap().sequence;
    let report = async |number: i64| {
        let body = delivery(request.id, &format!("{number}"), Status::SmokeGateStarted);
        store.receive(&body).await.unwrap();
    };
    // One begins in the journal; the other hears the first as it is told, and then nothing for long.
    let (mut late, mut slow) = (feed.listen(Some(begin), Visible::All), feed.listen(None, Visible::All));
    report(0).await;
    let first = in_time(slow.next()).await.unwrap().sequence.unwrap();
    for number in 1..MANY {
        report(number).await;
    }
    // The first report proves acceptance as well: one entry more.
    let end = begin + MANY + 1;
    for (listener, from) in [(&mut late, begin), (&mut slow, first)] {
        for expected in from + 1..=end {
            assert_eq!(in_time(listener.next()).await.unwrap().sequence, Some(expected));
        }
    }
}

/// The database notifies of each write by the other instance: no task has to poll for it.
#[tokio::test]
async fn writes_of_another_instance_are_sent() {
    let database = Database::on(DatabaseSystem::Postgres).await;
    let (mut written, there) = (database.store.written(), database.another().await);
    in_time(written.changed()).await.expect("it listens");
    for number in 0..20 {
        written.mark_unchanged();
        let environment = format!("e{number}");
        there.open(&open_request(&environment, &environment)).await.unwrap();
        in_time(written.changed()).await.expect("it was told");
    }
}

/// The connection that is listened on breaks: what is written meanwhile is told all the same.
#[tokio::test]
async fn f41_lost_connection_loses_no_event() {
    let database = Database::on(DatabaseSystem::Postgres).await;
    let feed = Feed::new(Arc::clone(&database.store));
    let _told = follow(&feed);
    settled(&feed, &*database.store).await;
    let mut listener = feed.listen(None, Visible::All);
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND query ILIKE 'LISTEN%'";
    let there = database.another().await;
    database.raw().await.run(cut).await.unwrap();
    there.open(&open_request("cut", "cut")).await.unwrap();
    assert_eq!(in_time(listener.next()).await.unwrap().kind, EventKind::Transition);
    settled(&feed, &*there).await;
}

#[tokio::test]
async fn f42_disconnect_leaves_nothing_behind() {
    let (console, _told) = telling(DatabaseSystem::Sqlite).await;
    for _ in 0..200 {
        let mut events = Events::of(&console.router, None).await;
        events.any().await.unwrap();
    }
    let id = console.dispatched("production").await;
    let mut events = Events::of(&console.router, None).await;
    console.report(id, "smoke_gate_started").await;
    hear_of(&mut events, "smoke_gate_started").await;
}

/// A stream would never end by itself.
#[tokio::test]
async fn f40_open_stream_does_not_delay_shutdown() {
    let site = Site::new(DatabaseSystem::Sqlite, &apps(&["production"])).await;
    let serving = site.serve().await;
    let mut stream = TcpStream::connect(serving.address).await.unwrap();
    stream.write_all(b"GET /api/internal/events HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut head = [0; 512];
    let read = in_time(tokio::io::AsyncReadExt::read(&mut stream, &mut head)).await.unwrap();
    assert!(head[..read].starts_with(b"HTTP/1.1 200"));
    // What does not end in time makes another code.
    assert_eq!(serving.stop("TERM").await.code, Some(0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// For any writes, by any instance, and any place at which a listener begins: it gets all entries after that, in
    /// the journal's order.
    #[test]
    fn listener_gets_the_journal(acts in prop::collection::vec(0_u8..6, 1..40), from in 0_i64..30) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let database = Database::on(DatabaseSystem::Sqlite).await;
            let store = Arc::clone(&database.store);
            let feed = Feed::new(Arc::clone(&store));
            let _told = follow(&feed);
            let mut listener = feed.listen(Some(from), Visible::All);
            let written = acts.iter().enumerate().map(|(number, act)| act_on(&*store, number, *act));
            join_all(written).await;
            let filter = EntryFilter::after(from, 999);
            let entries = store.entries(&filter).await.unwrap().entries;
            for entry in &entries {
                let event: Arc<FeedEvent> = in_time(listener.next()).await.unwrap();
                assert_eq!(event.sequence, Some(entry.sequence));
            }
            feed.close();
            assert_eq!(listener.next().await, None, "and nothing else");
        });
    }
}

/// Something of every kind that is written: about a deploy, or about none.
async fn act_on(store: &dyn Store, number: usize, act: u8) {
    let environment = format!("e{}", number % 3);
    let request = open_request(&format!("key {number}"), &environment);
    let id: DeployId = request.id;
    store.open(&request).await.unwrap();
    match act {
        0 => {
            store.receive(&delivery(id, &format!("d{number}"), Status::Building)).await.unwrap();
        }
        1 => {
            store.receive(&delivery(id, &format!("d{number}"), Status::Succeeded)).await.unwrap();
        }
        2 => {
            let what = Noted::CancelRequested;
            store.note(&Note { id, what, actor: Actor::named("somebody"), at: noon() }).await.unwrap();
        }
        3 => {
            let promotion = store::Promotion {
                flag: Flag::ConsoleDeployAsync,
                environment,
                without_observation: false,
                is_on: true,
                by: Actor::named("somebody"),
                at: noon(),
            };
            store.promote(&promotion).await.unwrap();
        }
        _ => {}
    }
}

on_both!(
    each_transition_is_sent_once_in_order,
    reconnecting_client_gets_what_it_missed,
    slow_listener_still_gets_everything,
    what_is_told_was_written,
);
