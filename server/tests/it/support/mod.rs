//! A console to test: the real router over a real SQLite file and a simulated GitHub, with a clock that the
//! test sets.

mod http;

use std::sync::Arc;

use app::{
    api::{ErrorCode, Problem},
    domain::{DeployId, Timestamp},
};
use axum::Router;
use serde_json::{Value, json};
use server::{
    clock::{Clock, ManualClock, SharedClock},
    config::{Apps, DatabaseUrl, GitHubConfig},
    flags::Flags,
    github::{
        Client,
        simulated::{Settings, SimulatedGitHub},
    },
    ids::uuid_at,
    router::router,
    run::leptos_options,
    service::{Console, Parts},
    state::AppState,
    store::{SqliteStore, Store, sqlite},
    webhook::{DeliveryId, SigningSecrets, sign},
};
use tempfile::TempDir;

pub use self::http::{Answer, request};

pub const SECRET: &str = "the secret of the tests";

const CONSOLE_TOML: &str = r#"
    [[app]]
    name = "shop"
    repo = "acme/shop"
    workflow = "deploy.yml"
    ref = "main"
    environments = [{ name = "production", freeze_check = true }, { name = "staging", freeze_check = false }]
"#;

/// Noon of some day.
pub fn noon() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// A SQLite file of its own, migrated.
pub struct Database {
    folder: TempDir,
    pub store: SqliteStore,
}

impl Database {
    pub async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let url = DatabaseUrl::sqlite(&folder.path().join("test.db"));
        sqlite::migrate(url.as_str()).await.unwrap();
        Self { store: SqliteStore::open(url.as_str()).await.unwrap(), folder }
    }

    pub fn url(&self) -> String {
        DatabaseUrl::sqlite(&self.folder.path().join("test.db")).as_str().to_owned()
    }
}

/// A console with everything around it.
pub struct TestConsole {
    pub console: Arc<Console>,
    pub router: Router,
    pub github: SimulatedGitHub,
    pub clock: Arc<ManualClock>,
    pub database: Database,
    pub secrets: SigningSecrets,
}

impl TestConsole {
    pub async fn new() -> Self {
        Self::with(SECRET, Flags::default()).await
    }

    pub async fn with(secrets: &str, flags: Flags) -> Self {
        let secrets: SigningSecrets = secrets.parse().unwrap();
        let database = Database::new().await;
        let settings = Settings {
            console_url: "http://127.0.0.1:9".to_owned(),
            secrets: secrets.clone(),
            pace: std::time::Duration::ZERO,
            jobs: false,
        };
        let github = SimulatedGitHub::start(settings).await.unwrap();
        let clock = Arc::new(ManualClock::at(noon()));
        let config = GitHubConfig { api_url: github.url(), token: "token-canary".to_owned().into() };
        let parts = Parts {
            store: Arc::new(database.store.clone()) as Arc<dyn Store>,
            github: Client::new(config, Arc::clone(&clock) as SharedClock).unwrap(),
            apps: Apps::parse(CONSOLE_TOML, "console.toml").unwrap(),
            flags,
            clock: Arc::clone(&clock) as SharedClock,
            rehearsal: None,
        };
        let console = Arc::new(Console::new(parts));
        let state = AppState {
            console: Arc::clone(&console),
            secrets: secrets.clone(),
            leptos: leptos_options(([127, 0, 0, 1], 0).into()),
        };
        Self { console, router: router(state), github, clock, database, secrets }
    }

    /// Presses Deploy and gives the answer.
    pub async fn dispatch(&self, key: &str, body: &Value) -> Answer {
        let request = request("POST", "/api/internal/deploys")
            .header("idempotency-key", key)
            .header("content-type", "application/json")
            .body(body.to_string().into())
            .unwrap();
        Answer::of(&self.router, request).await
    }

    /// A deploy that GitHub has accepted.
    pub async fn dispatched(&self, environment: &str) -> DeployId {
        let body = json!({ "app": "shop", "environment": environment, "git_ref": "main" });
        let answer = self.dispatch(&uuid_at(self.clock.now()).to_string(), &body).await;
        assert_eq!((answer.status, &answer.json["status"]), (201, &json!("dispatched")), "{answer:?}");
        answer.json["id"].as_str().unwrap().parse().unwrap()
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(&self.router, request("GET", path).body(axum::body::Body::empty()).unwrap()).await
    }

    /// The deploy, as the poll answers.
    pub async fn deploy(&self, id: DeployId) -> Value {
        let answer = self.get(&format!("/api/internal/deploys/{id}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json
    }

    /// Signs and posts a callback with this body.
    pub async fn callback(&self, id: DeployId, delivery: &str, body: &str) -> Answer {
        let delivery = DeliveryId::from(delivery);
        let timestamp = self.clock.now().as_second();
        let request = request("POST", &format!("/api/internal/deploys/{id}/callback"))
            .header("content-type", "application/json")
            .header("webhook-id", delivery.as_str())
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", sign(&self.secrets, &delivery, timestamp, body.as_bytes()))
            .body(body.to_owned().into())
            .unwrap();
        Answer::of(&self.router, request).await
    }

    /// Reports a status under a new delivery id.
    pub async fn report(&self, id: DeployId, status: &str) -> Answer {
        let delivery = uuid_at(self.clock.now()).to_string();
        self.callback(id, &delivery, &json!({ "console_deploy_id": id, "status": status }).to_string()).await
    }

    /// The journal of a deploy.
    pub async fn journal(&self, id: DeployId) -> Vec<app::api::JournalEntry> {
        self.database.store.journal(id).await.unwrap()
    }
}

/// Asserts a problem: its status, its media type and its code.
#[track_caller]
pub fn assert_problem(answer: &Answer, code: ErrorCode) -> Problem {
    let problem: Problem =
        serde_json::from_value(answer.json.clone()).unwrap_or_else(|_| panic!("{answer:?}"));
    assert_eq!(problem.code, code, "{answer:?}");
    assert_eq!(answer.status, code.http_status());
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    problem
}
