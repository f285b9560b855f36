//! Sessions and tokens that are revoked by another process than those that recall them.

use std::time::Duration;

use jiff::SignedDuration;
use runtime::clock::{Clock, SystemClock};
use server::access::secret;
use store::{DatabaseSystem, Identity, NewSession};
use tokio::time::timeout;

use crate::support::{
    database::on_both,
    process::Serving,
    raw::{exchange_raw, head},
    site::{Site, apps},
};

/// What is promised; servers look every two seconds.
const BOUND: Duration = Duration::from_secs(5);

const SIGN_IN: [(&str, &str); 4] = [
    ("CONSOLE_SIGN_IN", "github"),
    ("GITHUB_OAUTH_CLIENT_ID", "Iv1.of-the-tests"),
    ("GITHUB_OAUTH_CLIENT_SECRET", "a-secret-of-the-tests"),
    ("CONSOLE_PUBLIC_URL", "http://localhost"),
];
const ADMINS: &str = "\n[[grant]]\nrole = \"admin\"\nto = [\"user:ada\"]\n";
const SECRET: &str = "a-secret-that-a-browser-has";

/// Servers over one database: two, where several may share it.
async fn servers(site: &Site, system: DatabaseSystem) -> Vec<Serving> {
    let first = site.serve_with(&SIGN_IN).await;
    match system {
        DatabaseSystem::Sqlite => vec![first],
        DatabaseSystem::Postgres => vec![first, site.serve_with(&SIGN_IN).await],
    }
}

async fn status(server: &Serving, header: (&str, &str)) -> Option<u16> {
    exchange_raw(server.address, &head("GET", "/api/internal/me", &[header])).await.status()
}

/// Waits until every server refuses it.
async fn refused_by_all(servers: &[Serving], header: (&str, &str)) {
    for server in servers {
        while status(server, header).await != Some(401) {}
    }
}

async fn revoked_is_refused_within_five_seconds(system: DatabaseSystem) {
    let site = Site::new(system, &format!("{}{ADMINS}", apps(&["staging"]))).await;
    let servers = servers(&site, system).await;

    let now = SystemClock.now();
    let identity = Identity { id: "github:7".to_owned(), name: "ada".to_owned(), groups: Vec::new() };
    let expires_at = now + SignedDuration::from_hours(12);
    let session = NewSession { hash: secret::hash(SECRET), identity, at: now, expires_at };
    let store = site.store().await;
    store.open_session(&session).await.unwrap();
    store.close().await;
    let made = site.run(&["token", "create", "--name", "robot", "--role", "viewer"]).await;
    let token = made.stdout.split_whitespace().find(|word| word.starts_with("dct_")).unwrap();

    let cookie = format!("console={SECRET}");
    let bearer = format!("Bearer {token}");
    let proofs = [("cookie", cookie.as_str()), ("authorization", bearer.as_str())];
    let revocations = [["session", "revoke", "ada"], ["token", "revoke", "robot"]];
    for (proof, revocation) in proofs.into_iter().zip(revocations) {
        // Twice: by the second time it is recalled.
        for server in servers.iter().chain(&servers) {
            assert_eq!(status(server, proof).await, Some(200), "{proof:?}");
        }
        let revoked = site.run(&revocation).await;
        assert_eq!(revoked.code, Some(0), "{revoked:?}");
        let refused = timeout(BOUND, refused_by_all(&servers, proof)).await;
        assert!(refused.is_ok(), "{revocation:?} is not heard of within {BOUND:?}");
    }
}

on_both!(revoked_is_refused_within_five_seconds);
