//! Sessions, as admins see and end them.

use app::{
    api::{ErrorCode, SessionsApi},
    domain::Timestamp,
};
use jiff::SignedDuration;
use store::{DatabaseSystem, Identity, NewSession};

use super::tokens::{admin, get, others, post, recorded, signed_in};
use crate::support::{TestConsole, database::on_both, noon};

async fn open(console: &TestConsole, hash: &str, id: &str, name: &str, at: Timestamp) {
    let identity = Identity { id: id.to_owned(), name: name.to_owned(), groups: Vec::new() };
    let expires_at = at + SignedDuration::from_hours(12);
    let session = NewSession { hash: hash.to_owned(), identity, at, expires_at };
    console.database.store.open_session(&session).await.unwrap();
}

async fn ending_a_person_spares_the_others(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let access = console.console.access();
    for (hash, id, name) in [("a", "oidc:1", "ada"), ("b", "oidc:2", "bob"), ("c", "oidc:1", "ada")] {
        open(&console, hash, id, name, noon()).await;
    }
    assert_eq!(access.sessions(&admin()).await.unwrap().len(), 3);
    assert_eq!(access.end_sessions(&admin(), "oidc:1").await.unwrap(), 2);
    assert_eq!(access.end_sessions(&admin(), "oidc:1").await.unwrap(), 0, "they have ended");
    let left = access.sessions(&admin()).await.unwrap();
    assert_eq!(left.iter().map(|session| session.name.as_str()).collect::<Vec<_>>(), ["bob"]);
    let entries = recorded(&console).await;
    assert!(entries.iter().all(|(actor, _)| actor == "github:7"), "{entries:?}");
    assert!(entries.iter().any(|(_, action)| action == "console.session.revoked"), "{entries:?}");

    console.clock.advance(SignedDuration::from_hours(12));
    assert_eq!(access.sessions(&admin()).await.unwrap(), [], "they end by themselves");
}

async fn only_an_admin_everywhere_ends_sessions(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    open(&console, "a", "oidc:1", "ada", noon()).await;
    for caller in others() {
        let access = console.console.access();
        let refusals = [
            access.sessions(&caller).await.map(drop).unwrap_err(),
            access.end_sessions(&caller, "oidc:1").await.map(drop).unwrap_err(),
        ];
        assert!(refusals.iter().all(|refused| refused.code == ErrorCode::NotAllowed), "{caller:?}");
    }
    assert_eq!(console.console.access().sessions(&admin()).await.unwrap().len(), 1);
    assert_eq!(recorded(&console).await, []);
}

on_both!(ending_a_person_spares_the_others, only_an_admin_everywhere_ends_sessions);

#[tokio::test]
async fn page_lists_people_and_ends_them() {
    let console = signed_in().await;
    open(&console, "a", "oidc:1", "ada<b>", noon()).await;
    open(&console, "b", "proxy:grace", "grace", noon()).await;
    let page = get(&console, "grace", "/sessions").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("ada&lt;b&gt;") && page.text.contains("(you)"), "{}", page.text);
    let ended = post(&console, "grace", "/sessions/end", "person=oidc%3A1").await;
    assert_eq!((ended.status, ended.header("location")), (303, Some("/sessions")));
    let page = get(&console, "grace", "/sessions").await;
    assert!(!page.text.contains("ada&lt;b&gt;"), "{}", page.text);
}
