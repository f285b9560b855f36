//! A console to test: the real router over a real database and a simulated GitHub, with a clock that the test
//! sets.

pub mod bulk;
pub mod database;
pub mod events;
mod http;
pub mod inputs;
pub mod invariants;
pub mod log;
pub mod postgres;
pub mod process;
pub mod proxy;
pub mod raw;
pub mod sample;
pub mod shape;
pub mod simulated;
pub mod site;
pub mod stub;

use std::{future::pending, net::SocketAddr, sync::Arc, time::Duration};

use app::{
    api::{ErrorCode, Problem},
    domain::{DeployId, Freeze, FreezeId, Scope, Timestamp, Window},
};
use axum::{
    Router,
    body::Body,
    http::{Request, request::Builder},
};
use github::{AppCredentials, Client, Credentials, GitHubConfig};
use github_fake::{Fault, RegisteredApp, Settings};
use jiff::SignedDuration;
use runtime::{
    clock::{Clock, ManualClock, SharedClock, SystemClock},
    fail_point::FailPoint,
    ids::uuid_at,
    supervisor::Supervisor,
};
use serde_json::{Value, json};
use server::{
    access::{Access, AccessDeps},
    audit,
    config::{Apps, SignInConfig},
    flags,
    http::{Forged, Hosts, IdentityGate, WebhookGate},
    listen::{
        self,
        limits::{Limits, Streams},
    },
    metrics::{Metrics, dropped_lines},
    router::{router, state::AppState},
    run::leptos_options,
    service::{CallbackTest, Console, Deps},
    tasks::reconcile::{Claims, Reconciler, Reviews, Wake},
};
use store::DatabaseSystem;
use tokio::net::TcpListener;
use webhook::{MessageId, SigningSecrets, sign};

pub use self::{
    database::Database,
    http::{Answer, request},
    simulated::Simulated,
};

pub const SECRET: &str = "the secret of the tests";
pub const WEBHOOK_SECRET: &str = "the webhook secret of the tests";
pub const TOKEN: &str = "token-canary";
/// The address of a proxy that is believed.
pub const PROXY: &str = "127.0.0.2";

pub const CONSOLE_TOML: &str = r#"
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

/// Flags that a variable turns on.
#[derive(Clone, Copy, Default)]
pub struct Flags {
    pub deploy_async: bool,
    pub phase_callbacks: bool,
}

impl From<Flags> for flags::Flags {
    fn from(on: Flags) -> Self {
        let variable = |key: &str| {
            let is_on = match key {
                "FLAG_CONSOLE_DEPLOY_ASYNC" => on.deploy_async,
                "FLAG_CONSOLE_DEPLOY_PHASE_CALLBACKS" => on.phase_callbacks,
                _ => false,
            };
            is_on.then(|| "true".to_owned())
        };
        Self::shipped().unwrap().overridden(&variable).unwrap()
    }
}

/// What is special about a console.
pub struct Given<'a> {
    pub database: DatabaseSystem,
    /// The text of `console.toml`.
    pub apps: &'a str,
    pub secrets: &'a str,
    pub flags: Flags,
    /// None: the simulated GitHub.
    pub api_url: Option<String>,
    /// How long a dispatch waits for its run to show, where the flag does not make it answer at once.
    pub run_wait: Option<Duration>,
    /// Where callbacks are expected.
    pub public_url: String,
    pub fail_point: FailPoint,
    pub sign_in: SignInConfig,
    /// Whether the console is a GitHub App, installed for `acme`. Its clock is then that of the simulated GitHub.
    pub as_app: bool,
}

impl Default for Given<'_> {
    fn default() -> Self {
        Self {
            database: database::usual(),
            apps: CONSOLE_TOML,
            secrets: SECRET,
            flags: Flags::default(),
            api_url: None,
            run_wait: None,
            public_url: "http://127.0.0.1:9".to_owned(),
            fail_point: FailPoint::default(),
            sign_in: SignInConfig::None,
            as_app: false,
        }
    }
}

/// What it takes to start the same console again.
struct Start {
    apps: Apps,
    api_url: String,
    flags: Flags,
    run_wait: Option<Duration>,
    public_url: String,
    secrets: SigningSecrets,
    sign_in: SignInConfig,
    credentials: Credentials,
}

impl Start {
    /// A proxy at 127.0.0.2 is believed.
    fn access(&self, database: &Database, clock: &Arc<ManualClock>) -> Arc<Access> {
        Arc::new(Access::new(AccessDeps {
            sign_in: self.sign_in.clone(),
            provider: None,
            proxies: PROXY.parse().unwrap(),
            grants: self.apps.grants().clone(),
            is_https: false,
            store: Arc::clone(&database.store),
            clock: Arc::clone(clock) as SharedClock,
        }))
    }

    fn console(&self, database: &Database, clock: &Arc<ManualClock>, fail_point: FailPoint) -> Started {
        let config =
            GitHubConfig { api_url: self.api_url.parse().unwrap(), credentials: self.credentials.clone() };
        let client = Client::new(config, Arc::clone(clock) as SharedClock).unwrap();
        let client = client.with_answers_kept(self.apps.answers_to_keep());
        let (wake, claims, reviews) = (Wake::default(), Claims::default(), Reviews::default());
        let console = Arc::new(Console::new(Deps {
            store: Arc::clone(&database.store),
            github: client.clone(),
            apps: self.apps.clone(),
            flags: self.flags.into(),
            clock: Arc::clone(clock) as SharedClock,
            callback_test: CallbackTest::new(self.public_url.clone(), self.secrets.clone(), false).unwrap(),
            identity: None,
            rehearsal: None,
            run_wait: self.run_wait,
            wake: wake.clone(),
            claims: claims.clone(),
            reviews: reviews.clone(),
            public_url: self.public_url.clone(),
            retention: SignedDuration::from_hours(24 * 30),
            fail_point,
        }));
        Started { console, client, wake, claims, reviews }
    }
}

/// What the simulated GitHub signs webhooks with.
pub fn webhook_secrets() -> SigningSecrets {
    SigningSecrets::of_bytes([WEBHOOK_SECRET]).unwrap()
}

/// The App, installed for `acme`.
fn as_app(github: &Simulated) -> Credentials {
    let RegisteredApp { id, private_key } = github.register_app().unwrap();
    github.install_app("acme");
    Credentials::App(AppCredentials::new(id, &private_key).unwrap())
}

/// A console, and what its reconciler shares with it.
struct Started {
    console: Arc<Console>,
    client: Client,
    wake: Wake,
    claims: Claims,
    reviews: Reviews,
}

fn routes(console: &Arc<Console>, access: Arc<Access>, secrets: &SigningSecrets) -> Router {
    router(app_state(console, access, secrets, WebhookGate::new(Some(webhook_secrets()))))
}

fn app_state(
    console: &Arc<Console>,
    access: Arc<Access>,
    secrets: &SigningSecrets,
    webhooks: WebhookGate,
) -> AppState {
    AppState {
        console: Arc::clone(console),
        access,
        secrets: secrets.clone().into(),
        identity: IdentityGate::default(),
        hosts: Hosts::new(Some("http://console.test"), ([127, 0, 0, 1], 0).into()),
        forged: Forged::default(),
        webhooks,
        metrics: Metrics::new(dropped_lines().unwrap()).unwrap(),
        leptos: leptos_options(([127, 0, 0, 1], 0).into()),
        streams: Streams::new(1_000),
        supervisor: Supervisor::default(),
    }
}

/// A console with everything around it.
pub struct TestConsole {
    pub console: Arc<Console>,
    pub access: Arc<Access>,
    pub router: Router,
    pub github: Simulated,
    pub clock: Arc<ManualClock>,
    pub database: Database,
    pub secrets: SigningSecrets,
    start: Start,
    client: Client,
    wake: Wake,
    claims: Claims,
    reviews: Reviews,
}

impl TestConsole {
    pub async fn new() -> Self {
        Self::with(SECRET, Flags::default()).await
    }

    /// A console over either database.
    pub async fn over(database: DatabaseSystem) -> Self {
        Self::given(Given { database, ..Given::default() }).await
    }

    pub async fn with(secrets: &str, flags: Flags) -> Self {
        Self::given(Given { secrets, flags, ..Given::default() }).await
    }

    /// A console that speaks to another GitHub than the simulated one.
    pub async fn facing(github: &stub::Stub, flags: Flags) -> Self {
        Self::given(Given { flags, api_url: Some(github.url()), ..Given::default() }).await
    }

    /// A console whose GitHub is at this address.
    pub async fn on(api_url: &str) -> Self {
        Self::given(Given { api_url: Some(api_url.to_owned()), ..Given::default() }).await
    }

    pub async fn given(given: Given<'_>) -> Self {
        let secrets: SigningSecrets = given.secrets.parse().unwrap();
        let database = Database::on(given.database).await;
        let settings = Settings {
            console_url: "http://127.0.0.1:9".to_owned(),
            secrets: secrets.clone(),
            pace: Duration::ZERO,
            jobs: false,
        };
        let github = Simulated::start(settings).await;
        let clock = Arc::new(ManualClock::at(if given.as_app { SystemClock.now() } else { noon() }));
        let api_url = given.api_url.unwrap_or_else(|| github.url());
        let apps = Apps::parse(given.apps, "console.toml").unwrap();
        let start = Start {
            apps,
            api_url,
            flags: given.flags,
            run_wait: given.run_wait,
            public_url: given.public_url,
            secrets: secrets.clone(),
            sign_in: given.sign_in,
            credentials: if given.as_app {
                as_app(&github)
            } else {
                Credentials::Token(TOKEN.to_owned().into())
            },
        };
        let Started { console, client, wake, claims, reviews } =
            start.console(&database, &clock, given.fail_point);
        let access = start.access(&database, &clock);
        let router = routes(&console, Arc::clone(&access), &secrets);
        Self {
            router,
            access,
            console,
            github,
            clock,
            database,
            secrets,
            start,
            client,
            wake,
            claims,
            reviews,
        }
    }

    /// Ends this console as a crash does, with everything under way, and starts another one on the same database.
    pub fn restart(&mut self, fail_point: FailPoint) {
        let started = self.start.console(&self.database, &self.clock, fail_point);
        (self.console, self.client, self.wake) = (started.console, started.client, started.wake);
        (self.claims, self.reviews) = (started.claims, started.reviews);
        self.access = self.start.access(&self.database, &self.clock);
        self.router = routes(&self.console, Arc::clone(&self.access), &self.secrets);
    }

    /// What its handlers share, with another check of webhooks.
    pub fn state(&self, webhooks: WebhookGate) -> AppState {
        app_state(&self.console, Arc::clone(&self.access), &self.secrets, webhooks)
    }

    /// Serves the router on a free port, as the real server does.
    pub async fn listen(&self) -> SocketAddr {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = self.router.clone();
        let limits = Limits { connections: 1_000, streams: 500 };
        tokio::spawn(listen::serve(listener, router, limits, pending(), pending()));
        address
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        Answer::of(&self.router, request).await
    }

    /// Presses Deploy and returns the answer.
    pub async fn dispatch(&self, key: &str, body: &Value) -> Answer {
        let request = request("POST", "/api/internal/deploys")
            .header("idempotency-key", key)
            .header("content-type", "application/json")
            .body(body.to_string().into())
            .unwrap();
        self.send(request).await
    }

    /// A deploy whose row is still `requested`: GitHub made a run, but its answer was lost.
    pub async fn requested(&self, environment: &str) -> DeployId {
        self.github.fail_next(Fault::AcceptedButAnswered(502, "<h1>Bad gateway</h1>".to_owned()));
        let answer = self.dispatch(&fresh(), &order(environment)).await;
        assert_eq!((answer.status, &answer.json["status"]), (201, &json!("requested")), "{answer:?}");
        id_of(&answer)
    }

    /// A deploy that GitHub has accepted.
    pub async fn dispatched(&self, environment: &str) -> DeployId {
        let answer = self.dispatch(&fresh(), &order(environment)).await;
        assert_eq!((answer.status, &answer.json["status"]), (201, &json!("dispatched")), "{answer:?}");
        id_of(&answer)
    }

    /// Posts a form, as a page of the console does.
    pub async fn post_form(&self, path: &str, body: &str) -> Answer {
        let posted = request("POST", path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(body.to_owned().into());
        self.send(posted.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(request("GET", path).body(Body::empty()).unwrap()).await
    }

    /// The deploy, as the poll answers.
    pub async fn deploy(&self, id: DeployId) -> Value {
        let answer = self.get(&format!("/api/internal/deploys/{id}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json
    }

    /// A callback as it should be, all but its body.
    pub fn signed(&self, id: DeployId, delivery: &str, body: &[u8]) -> Builder {
        let delivery = MessageId::from(delivery);
        let timestamp = self.clock.now().as_second();
        request("POST", &format!("/api/internal/deploys/{id}/callback"))
            .header("content-type", "application/json")
            .header("webhook-id", delivery.as_str())
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", sign(&self.secrets, &delivery, timestamp, body))
    }

    /// Signs and posts a callback with this body.
    pub async fn callback(&self, id: DeployId, delivery: &str, body: impl AsRef<[u8]>) -> Answer {
        let body = body.as_ref().to_vec();
        self.send(self.signed(id, delivery, &body).body(body.into()).unwrap()).await
    }

    /// A deploy that succeeded, with what its workflow says that it checked out.
    pub async fn succeeded(&self, environment: &str, commit: &str) -> DeployId {
        // What is asked for at the same moment has no order.
        self.clock.advance(SignedDuration::from_secs(1));
        let id = self.dispatched(environment).await;
        self.walk(id, &["building", "deploying"]).await;
        let mut end = claim(id, "succeeded");
        end["commit"] = commit.into();
        let answer = self.callback(id, &fresh(), end.to_string()).await;
        assert_eq!(answer.json["outcome"], "applied", "{answer:?}");
        id
    }

    /// Freezes everything, until it is lifted.
    pub async fn freeze(&self) {
        self.database.store.declare(&freeze(FreezeId::new(uuid_at(noon()))), "somebody").await.unwrap();
    }

    /// Reports a status under a new delivery id.
    pub async fn report(&self, id: DeployId, status: &str) -> Answer {
        self.callback(id, &fresh(), claim(id, status).to_string()).await
    }

    /// Reports statuses one after the other; each must be accepted.
    pub async fn walk(&self, id: DeployId, statuses: &[&str]) {
        for status in statuses {
            let answer = self.report(id, status).await;
            assert_eq!((answer.status, &answer.json["outcome"]), (200, &json!("applied")), "{answer:?}");
        }
    }

    /// The reconciler of this console, and what asks it for a look.
    pub fn reconciler(&self) -> (Reconciler, Wake) {
        let store = Arc::clone(&self.database.store);
        let clock = Arc::clone(&self.clock) as SharedClock;
        let mut reconciler = Reconciler::new(store, self.client.clone(), self.start.apps.clone(), clock);
        (reconciler.claims, reconciler.reviews) = (self.claims.clone(), self.reviews.clone());
        reconciler.wake = self.wake.clone();
        (reconciler, self.wake.clone())
    }

    /// Looks for runs that were not requested from the console. Returns how many became deploys.
    pub async fn import(&self) -> usize {
        self.reconciler().0.import().await
    }

    /// One pass of the reconciler. Answers how many rows it changed.
    pub async fn pass(&self) -> usize {
        let changed = self.reconciler().0.pass().await.unwrap().changed;
        audit::verify(&*self.database.store, None).await.expect("rows are as the journal says");
        changed
    }

    /// The journal of a deploy.
    pub async fn journal(&self, id: DeployId) -> Vec<app::domain::JournalEntry> {
        self.database.store.journal(id).await.unwrap()
    }
}

/// A freeze of everything.
pub fn freeze(id: FreezeId) -> Freeze {
    Freeze {
        id,
        scope: Scope::default(),
        window: Window::UntilLifted,
        reason: "closing".to_owned(),
        declared_by: "somebody".to_owned(),
        declared_at: noon(),
        lifted: None,
    }
}

/// What to ask for, to deploy to this environment.
pub fn order(environment: &str) -> Value {
    json!({ "app": "shop", "environment": environment, "git_ref": "main" })
}

/// The least that a callback says.
pub fn claim(id: DeployId, status: &str) -> Value {
    json!({ "console_deploy_id": id, "status": status })
}

/// A key or delivery id that was not there before.
pub fn fresh() -> String {
    uuid_at(noon()).to_string()
}

/// An id that no deploy has.
pub fn nobody() -> DeployId {
    DeployId::new(uuid_at(noon()))
}

/// The id of the deploy that was answered.
#[track_caller]
pub fn id_of(answer: &Answer) -> DeployId {
    answer.json["id"].as_str().unwrap_or_else(|| panic!("{answer:?}")).parse().unwrap()
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
