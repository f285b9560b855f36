//! A console with an app of each kind, and what is sent to it.

use std::sync::Arc;

use actions_identity::Verifier;
use app::domain::DeployId;
use axum::{Router, body::Body, http::Request};
use runtime::clock::{Clock, SharedClock};
use serde_json::{Value, json};
use server::{
    http::{IdentityGate, WebhookGate},
    router::{router, state::AppState},
};
use store::DatabaseSystem;
use webhook::{MessageId, SigningSecrets, sign};

use crate::support::{Answer, Given, SECRET, TestConsole, claim, database, fresh, id_of, request};

/// The console's public address, as workflows name it.
pub(super) const AUDIENCE: &str = "https://console.test";

const APPS: &str = r#"
    [[app]]
    name = "shop"
    repo = "Acme/Shop"
    workflow = "deploy.yml"
    ref = "main"
    callback_identity = "github"
    environments = [{ name = "staging", freeze_check = false }]

    [[app]]
    name = "docs"
    repo = "acme/docs"
    workflow = "deploy.yml"
    ref = "main"
    environments = [{ name = "staging", freeze_check = false }]

    [[app]]
    name = "search"
    repo = "acme/search"
    workflow = "deploy.yml"
    ref = "refs/heads/main"
    callback_identity = "either"
    environments = [{ name = "staging", freeze_check = false }]
"#;

/// What comes with a callback to prove it.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// What it is signed with, if it is.
    secret: Option<&'static str>,
    token: Token,
}

#[derive(Clone, Debug)]
enum Token {
    None,
    /// That of the deploy's run.
    Own,
    This(String),
}

impl Sent {
    pub(super) const SIGNED: Self = Self { secret: Some(SECRET), token: Token::None };
    pub(super) const FORGED: Self = Self { secret: Some("another"), token: Token::None };
    pub(super) const PROVED: Self = Self { secret: None, token: Token::Own };
    pub(super) const BOTH: Self = Self { secret: Some(SECRET), token: Token::Own };
    pub(super) const FORGED_BUT_PROVED: Self = Self { secret: Some("another"), token: Token::Own };
    pub(super) const SIGNED_WITH_GARBAGE: Self =
        Self { secret: Some(SECRET), token: Token::This(String::new()) };
    pub(super) const NOTHING: Self = Self { secret: None, token: Token::None };

    /// A token alone.
    pub(super) fn token(token: Option<String>) -> Self {
        Self { secret: None, token: Token::This(token.unwrap()) }
    }
}

/// A console that takes identity tokens of its simulated GitHub.
pub(super) struct Proving {
    pub(super) console: TestConsole,
    router: Router,
}

impl Proving {
    pub(super) async fn new() -> Self {
        Self::over(database::usual()).await
    }

    pub(super) async fn over(database: DatabaseSystem) -> Self {
        Self::with(APPS, database).await
    }

    pub(super) async fn with(apps: &str, database: DatabaseSystem) -> Self {
        let console = TestConsole::given(Given { apps, database, ..Given::default() }).await;
        let router = Self::routes(&console, &console.github.identity_issuer());
        Self { console, router }
    }

    /// The same console, whose issuer is at another address.
    pub(super) fn facing(&mut self, issuer: &str) {
        self.router = Self::routes(&self.console, issuer);
    }

    fn routes(console: &TestConsole, issuer: &str) -> Router {
        let clock = Arc::clone(&console.clock) as SharedClock;
        let verifier = Verifier::new(issuer.parse().unwrap(), AUDIENCE.to_owned(), clock).unwrap();
        let identity = IdentityGate::new(Some(verifier));
        router(AppState { identity, ..console.state(WebhookGate::default()) })
    }

    /// A deploy of this app that GitHub has accepted.
    pub(super) async fn dispatched(&self, app: &str) -> DeployId {
        let order = json!({ "app": app, "environment": "staging", "git_ref": "main" });
        let answer = self.console.dispatch(&fresh(), &order).await;
        assert_eq!(answer.json["status"], "dispatched", "{answer:?}");
        id_of(&answer)
    }

    /// The same, after the one before has ended.
    pub(super) async fn dispatched_anew(&self, app: &str) -> DeployId {
        let order = json!({ "app": app, "environment": "staging", "git_ref": "main" });
        let answer = self.console.dispatch(&fresh(), &order).await;
        if answer.status != 409 {
            return id_of(&answer);
        }
        let live: DeployId = answer.json["active_deploy_id"].as_str().unwrap().parse().unwrap();
        self.console.github.end_run(live, "cancelled");
        self.console.pass().await;
        self.dispatched(app).await
    }

    pub(super) fn run_of(&self, id: DeployId) -> i64 {
        self.console.github.runs_for(id)[0]
    }

    /// What GitHub says in a token for the deploy's run.
    pub(super) fn claims(&self, id: DeployId) -> Value {
        let (github, now) = (&self.console.github, self.console.clock.now());
        github.identity_claims(self.run_of(id), AUDIENCE, now).unwrap()
    }

    pub(super) fn token(&self, id: DeployId) -> Option<String> {
        self.console.github.sign_identity(&self.claims(id))
    }

    /// A callback with this body and a delivery id of its own.
    pub(super) fn request(&self, id: DeployId, sent: &Sent, body: &str) -> Request<Body> {
        self.delivery(id, sent, &fresh(), body)
    }

    pub(super) fn delivery(&self, id: DeployId, sent: &Sent, delivery: &str, body: &str) -> Request<Body> {
        let seconds = self.console.clock.now().as_second();
        let delivery = MessageId::from(delivery);
        let mut request = request("POST", &format!("/api/internal/deploys/{id}/callback"))
            .header("content-type", "application/json")
            .header("webhook-id", delivery.as_str())
            .header("webhook-timestamp", seconds);
        if let Some(secret) = sent.secret {
            let secret: SigningSecrets = secret.parse().unwrap();
            let signature = sign(&secret, &delivery, seconds, body.as_bytes());
            request = request.header("webhook-signature", signature);
        }
        let token = match &sent.token {
            Token::None => None,
            Token::Own => self.token(id),
            Token::This(token) => Some(token.clone()),
        };
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request.body(body.to_owned().into()).unwrap()
    }

    pub(super) async fn send_request(&self, request: Request<Body>) -> Answer {
        Answer::of(&self.router, request).await
    }

    /// Says that the deploy's build began, with this proof.
    pub(super) async fn send(&self, id: DeployId, sent: Sent) -> Answer {
        self.send_request(self.request(id, &sent, &claim(id, "building").to_string())).await
    }

    /// Reports a status with the token of the deploy's run.
    pub(super) async fn report(&self, id: DeployId, status: &str) -> Answer {
        self.send_request(self.request(id, &Sent::PROVED, &claim(id, status).to_string())).await
    }

    /// How many callbacks were not authentic.
    pub(super) async fn forged(&self) -> u64 {
        let metrics = self.send_request(request("GET", "/metrics").body(Body::empty()).unwrap()).await.text;
        let line = metrics.lines().find(|line| line.contains("forged") && !line.starts_with('#'));
        line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or_else(|| panic!("{metrics}"))
    }
}
