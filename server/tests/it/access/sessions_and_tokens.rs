//! Sessions and tokens as rows: what is written, who wins a race, and what the journal says of it.

use std::sync::Arc;

use app::domain::{Grant, Role, Timestamp};
use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::json;
use store::{
    Actor, DatabaseSystem, EndSessions, EntryFilter, Identity, NewSession, NewToken, Store, StoredEntry,
    StoredSession, StoredToken,
};

use crate::support::{Database, database::on_both, noon};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn session(hash: &str, name: &str, at: Timestamp) -> NewSession {
    let groups = vec!["acme".to_owned(), "acme/\"ops\"".to_owned()];
    let identity = Identity { id: format!("oidc:{name}"), name: name.to_owned(), groups };
    NewSession { hash: hash.to_owned(), identity, at, expires_at: at + HOUR * 12 }
}

fn token(name: &str, hash: &str) -> NewToken {
    NewToken {
        name: name.to_owned(),
        hash: hash.to_owned(),
        grant: Grant { role: Role::Deployer, apps: Some(vec!["shop".to_owned()]), environments: None },
        created_by: admin(),
        at: noon(),
        expires_at: None,
    }
}

fn admin() -> Actor {
    Actor { id: "oidc:1".to_owned(), name: "ada".to_owned() }
}

async fn live(store: &dyn Store, at: Timestamp) -> Vec<String> {
    let sessions = store.sessions(at, 9).await.unwrap();
    sessions.into_iter().map(|session| session.hash).collect()
}

async fn journal(store: &dyn Store) -> Vec<StoredEntry> {
    store.entries(&EntryFilter::page(99)).await.unwrap().entries
}

async fn session_is_kept_until_it_ends(system: DatabaseSystem) {
    let store = Database::on(system).await;
    let store = &*store.store;
    let new = session("one", "ben", noon());
    store.open_session(&new).await.unwrap();
    store.open_session(&session("two", "cleo", noon() + HOUR)).await.unwrap();
    let stored = StoredSession {
        hash: "one".to_owned(),
        identity: new.identity.clone(),
        created_at: noon(),
        last_seen_at: noon(),
        expires_at: noon() + HOUR * 12,
        ended_at: None,
    };
    assert_eq!(store.session("one").await.unwrap(), Some(stored.clone()));
    assert_eq!(store.session("One").await.unwrap(), None);
    assert_eq!(live(store, noon() + HOUR).await, ["two", "one"], "newest first");
    assert_eq!(store.sessions(noon(), 1).await.unwrap().len(), 1);
    assert_eq!(live(store, noon() + HOUR * 12).await, ["two"], "the other expired");

    store.see_session("one", noon() + HOUR).await.unwrap();
    store.see_session("one", noon()).await.unwrap();
    let seen = StoredSession { last_seen_at: noon() + HOUR, ..stored };
    assert_eq!(store.session("one").await.unwrap(), Some(seen.clone()), "the later time stays");
    store.see_session("one", noon() + HOUR * 12).await.unwrap();
    assert_eq!(store.session("one").await.unwrap(), Some(seen.clone()), "it has expired");

    let this = EndSessions::This("one".to_owned());
    assert_eq!(store.end_sessions(&this, None, noon() + HOUR * 2).await.unwrap(), 1);
    assert_eq!(store.end_sessions(&this, None, noon() + HOUR * 3).await.unwrap(), 0, "it had ended");
    store.see_session("one", noon() + HOUR * 3).await.unwrap();
    let ended = StoredSession { ended_at: Some(noon() + HOUR * 2), ..seen };
    assert_eq!(store.session("one").await.unwrap(), Some(ended));
    assert_eq!(live(store, noon() + HOUR * 3).await, ["two"]);
    assert_eq!(journal(store).await, [], "a sign-out of one's own is in no journal");
}

/// By name or by id; whose they were, and by whom they were ended, is in the journal.
async fn ended_sessions_of_others_are_journaled(system: DatabaseSystem) {
    let store = Database::on(system).await;
    let store = &*store.store;
    for (hash, name) in [("one", "ben"), ("two", "ben"), ("three", "cleo"), ("four", "dan")] {
        store.open_session(&session(hash, name, noon())).await.unwrap();
    }
    let of = |person: &str| EndSessions::Of(person.to_owned());
    assert_eq!(store.end_sessions(&of("ben"), Some(&admin()), noon()).await.unwrap(), 2);
    assert_eq!(store.end_sessions(&of("oidc:cleo"), Some(&admin()), noon()).await.unwrap(), 1);
    assert_eq!(store.end_sessions(&of("nobody"), Some(&admin()), noon()).await.unwrap(), 0);
    let this = EndSessions::This("four".to_owned());
    let cli = Actor::named("command line");
    assert_eq!(store.end_sessions(&this, Some(&cli), noon()).await.unwrap(), 1);
    let entries = journal(store).await;
    let said: Vec<_> = entries
        .iter()
        .map(|entry| {
            assert_eq!((entry.action.as_str(), &entry.deploy_id), ("console.session.revoked", &None));
            (entry.actor.as_str(), serde_json::from_str(&entry.payload).unwrap())
        })
        .collect();
    let payload = |person: &str, sessions| json!({ "person": person, "person_ids": [format!("oidc:{person}")], "sessions": sessions });
    let by_ada = |mut payload: serde_json::Value| {
        payload["name"] = json!("ada");
        payload
    };
    assert_eq!(
        said,
        [
            ("oidc:1", by_ada(payload("ben", 2))),
            ("oidc:1", by_ada(payload("cleo", 1))),
            ("command line", payload("dan", 1)),
        ]
    );
    server::audit::verify(store, None).await.unwrap();
}

async fn f93_token_is_kept_used_and_revoked(system: DatabaseSystem) {
    let store = Database::on(system).await;
    let store = &*store.store;
    assert!(store.create_token(&token("ci", "one")).await.unwrap());
    assert!(!store.create_token(&token("ci", "two")).await.unwrap(), "the name is taken");
    let other = NewToken {
        grant: Grant { role: Role::Viewer, apps: None, environments: Some(Vec::new()) },
        expires_at: Some(noon() + HOUR),
        at: noon() + HOUR,
        ..token("metrics", "three")
    };
    assert!(store.create_token(&other).await.unwrap());
    let stored = StoredToken {
        name: "ci".to_owned(),
        hash: "one".to_owned(),
        grant: token("ci", "one").grant,
        created_by: "ada".to_owned(),
        created_at: noon(),
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
    };
    assert_eq!(store.token("one").await.unwrap(), Some(stored.clone()));
    assert_eq!(store.token("two").await.unwrap(), None);
    assert_eq!(store.token("three").await.unwrap().unwrap().grant, other.grant);

    for hours in [2, 1] {
        store.use_token("one", noon() + HOUR * hours).await.unwrap();
    }
    assert!(store.revoke_token("ci", &admin(), noon() + HOUR * 3).await.unwrap());
    assert!(!store.revoke_token("ci", &admin(), noon() + HOUR * 4).await.unwrap());
    store.use_token("one", noon() + HOUR * 4).await.unwrap();
    let revoked =
        StoredToken { last_used_at: Some(noon() + HOUR * 2), revoked_at: Some(noon() + HOUR * 3), ..stored };
    assert_eq!(store.token("one").await.unwrap(), Some(revoked));

    assert!(store.create_token(&NewToken { at: noon() + HOUR * 5, ..token("ci", "four") }).await.unwrap());
    let listed = store.tokens().await.unwrap();
    let hashes: Vec<_> = listed.iter().map(|token| token.hash.as_str()).collect();
    assert_eq!(hashes, ["four", "three", "one"], "newest first, revoked ones too");
    let entries = journal(store).await;
    let actions: Vec<_> =
        entries.iter().map(|entry| entry.action.trim_start_matches("console.token.")).collect();
    assert_eq!(actions, ["created", "created", "revoked", "created"]);
    assert!(entries.iter().all(|entry| entry.actor == "oidc:1" && !entry.payload.contains("four")));
    server::audit::verify(store, None).await.unwrap();
}

/// Two instances take turns.
async fn one_of_racing_tokens_has_the_name(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let stores = [Arc::clone(&database.store), database.another().await];
    let race = (0..16).map(|number: usize| {
        let (store, token) = (Arc::clone(&stores[number % 2]), token("ci", &number.to_string()));
        tokio::spawn(async move { store.create_token(&token).await.unwrap() })
    });
    let made: Vec<bool> = join_all(race).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(made.iter().filter(|made| **made).count(), 1);
    assert_eq!((stores[0].tokens().await.unwrap().len(), journal(&*stores[0]).await.len()), (1, 1));
    let race = stores.iter().cycle().take(8).map(|store| {
        let store = Arc::clone(store);
        tokio::spawn(async move { store.revoke_token("ci", &admin(), noon()).await.unwrap() })
    });
    let revoked = join_all(race).await.into_iter().filter(|revoked| *revoked.as_ref().unwrap()).count();
    assert_eq!((revoked, journal(&*stores[0]).await.len()), (1, 2));
}

/// A session that is used at the moment at which it is ended has ended.
async fn f52_session_in_use_stays_ended(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let stores = [Arc::clone(&database.store), database.another().await];
    stores[0].open_session(&session("one", "ben", noon())).await.unwrap();
    let uses = (1..=16).map(|minute: usize| {
        let store = Arc::clone(&stores[minute % 2]);
        let at = noon() + SignedDuration::from_mins(i64::try_from(minute).unwrap());
        tokio::spawn(async move { store.see_session("one", at).await.unwrap() })
    });
    let ends = stores.iter().cycle().take(8).map(|store| {
        let store = Arc::clone(store);
        let whose = EndSessions::Of("ben".to_owned());
        tokio::spawn(async move { store.end_sessions(&whose, Some(&admin()), noon()).await.unwrap() })
    });
    let (ends, uses) = tokio::join!(join_all(ends), join_all(uses));
    assert!(uses.iter().all(Result::is_ok));
    assert_eq!(ends.into_iter().map(Result::unwrap).sum::<u32>(), 1);
    let stored = stores[1].session("one").await.unwrap().unwrap();
    assert_eq!((stored.ended_at, journal(&*stores[0]).await.len()), (Some(noon()), 1));
}

/// What other instances have to forget, and nothing else.
async fn ended_since_names_what_ended_by_hand(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let store = &*database.store;
    for (hash, name) in [("one", "ben"), ("two", "cleo"), ("three", "dan")] {
        store.open_session(&session(hash, name, noon())).await.unwrap();
    }
    for (name, hash) in [("ci", "four"), ("metrics", "five")] {
        store.create_token(&token(name, hash)).await.unwrap();
    }
    store.end_sessions(&EndSessions::Of("ben".to_owned()), None, noon() + HOUR).await.unwrap();
    store.end_sessions(&EndSessions::Of("cleo".to_owned()), None, noon() + HOUR * 2).await.unwrap();
    store.revoke_token("ci", &admin(), noon() + HOUR * 3).await.unwrap();
    let since = async |hours: i64| {
        let mut hashes = database
            .another()
            .await
            .ended_since(noon() + HOUR * i32::try_from(hours).unwrap())
            .await
            .unwrap();
        hashes.sort();
        hashes
    };
    assert_eq!(since(0).await, ["four", "one", "two"]);
    assert_eq!(since(2).await, ["four", "two"]);
    assert_eq!(since(3).await, ["four"]);
    assert_eq!(since(4).await, [""; 0]);
}

/// A day after they ended or expired.
async fn sessions_are_deleted_a_day_later(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let store = &*database.store;
    for (hash, name) in [("one", "ben"), ("two", "cleo")] {
        store.open_session(&session(hash, name, noon())).await.unwrap();
    }
    store.end_sessions(&EndSessions::Of("ben".to_owned()), None, noon() + HOUR).await.unwrap();
    store.create_token(&NewToken { expires_at: Some(noon()), ..token("ci", "three") }).await.unwrap();
    let left = async |hours: i32| {
        store.prune(noon() + HOUR * hours, HOUR * 24 * 30).await.unwrap();
        database.raw().await.read("SELECT hash FROM console_sessions ORDER BY hash").await
    };
    assert_eq!(left(25).await, ["one", "two"]);
    assert_eq!(left(26).await, ["two"]);
    assert_eq!(left(36).await, ["two"]);
    assert_eq!(left(37).await, [""; 0]);
    assert_eq!(database.count("console_tokens").await, 1, "tokens stay, whatever became of them");
}

on_both!(
    session_is_kept_until_it_ends,
    ended_sessions_of_others_are_journaled,
    f93_token_is_kept_used_and_revoked,
    one_of_racing_tokens_has_the_name,
    f52_session_in_use_stays_ended,
    ended_since_names_what_ended_by_hand,
    sessions_are_deleted_a_day_later,
);
