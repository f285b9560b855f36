//! The console as a GitHub App: one token for the repositories of an owner, that may do no more than is needed, made anew in
//! time; and what is said where there is none.

use std::sync::{Arc, Mutex};

use app::domain::{DeployId, InputValues};
use futures::future::join_all;
use github::{
    AppCredentials, Client, Credentials, DispatchOutcome, GitHubConfig, Inputs, LookError, WorkflowDispatch,
};
use github_fake::{RegisteredApp, Settings};
use jiff::SignedDuration;
use runtime::{
    clock::{Clock, ManualClock, SharedClock, SystemClock},
    ids::uuid_at,
};
use serde_json::{Value, json};

use crate::support::{SECRET, simulated::Simulated};

/// What an App is registered with that may do nothing but what the console needs, and metadata, which each may read.
const ENOUGH: [(&str, &str); 4] =
    [("actions", "write"), ("contents", "read"), ("deployments", "write"), ("metadata", "read")];

/// A simulated GitHub with the App, and a client that is it.
struct AsApp {
    github: Simulated,
    client: Client,
    clock: Arc<ManualClock>,
    /// What was asked for tokens, in order.
    wanted: Arc<Mutex<Vec<Value>>>,
}

impl AsApp {
    /// Installed on all repositories of `acme`.
    async fn new() -> Self {
        let settings = Settings {
            console_url: "http://127.0.0.1:9".to_owned(),
            secrets: SECRET.parse().unwrap(),
            pace: std::time::Duration::ZERO,
            jobs: false,
        };
        let github = Simulated::start(settings).await;
        let wanted = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&wanted);
        github.observe(move |exchange| {
            if exchange.path.ends_with("/access_tokens") {
                seen.lock().unwrap().push(serde_json::from_slice(&exchange.sent).unwrap_or_default());
            }
        });
        let RegisteredApp { id, private_key } = github.register_app().unwrap();
        github.install_app("acme");
        let clock = Arc::new(ManualClock::at(SystemClock.now()));
        let credentials = Credentials::App(AppCredentials::new(id, &private_key).unwrap());
        let config = GitHubConfig { api_url: github.url().parse().unwrap(), credentials };
        let client = Client::new(config, Arc::clone(&clock) as SharedClock).unwrap();
        Self { github, client, clock, wanted }
    }

    /// Why a repository cannot be looked at.
    async fn refusal(&self, repo: &str) -> String {
        match self.client.repository(repo).await {
            Err(LookError::Unread(error)) => error.to_string(),
            other => panic!("{other:?}"),
        }
    }

    async fn can_look_at(&self, repo: &str) -> bool {
        self.client.repository(repo).await.is_ok()
    }

    async fn dispatch(&self, repo: &str) -> DispatchOutcome {
        let inputs = Inputs {
            console_deploy_id: DeployId::new(uuid_at(SystemClock.now())),
            environment: "production".to_owned(),
            git_ref: "main".to_owned(),
            phase_callbacks: false,
            requested_by: None,
            configured: InputValues::default(),
        };
        let (repo, workflow, git_ref) = (repo.to_owned(), "deploy-console.yml".to_owned(), "main".to_owned());
        self.client.dispatch(&WorkflowDispatch { repo, workflow, git_ref, inputs }).await
    }
}

#[tokio::test]
async fn one_token_serves_the_repositories_of_an_owner() {
    let it = AsApp::new().await;
    it.client.expect_repositories(["acme/shop", "acme/search"].into_iter()).await;
    let asked =
        join_all((0..8).map(|n| it.can_look_at(if n % 2 == 0 { "acme/shop" } else { "Acme/Search" })));
    assert!(asked.await.into_iter().all(|looked| looked));
    assert_eq!(it.github.app_tokens_made(), 1);
    let permissions = json!({ "actions": "write", "contents": "read", "deployments": "write" });
    let wanted = json!({ "repositories": ["search", "shop"], "permissions": permissions });
    assert_eq!(*it.wanted.lock().unwrap(), [wanted]);
}

#[tokio::test]
async fn each_owner_has_a_token_of_its_own() {
    let it = AsApp::new().await;
    it.github.install_app_with("other", None, &ENOUGH);
    assert!(it.can_look_at("acme/shop").await && it.can_look_at("other/tools").await);
    assert!(matches!(it.dispatch("other/tools").await, DispatchOutcome::Accepted { .. }));
    assert_eq!(it.github.app_tokens_made(), 2);
}

/// A repository that was not named before gets a token with it, not a refusal.
#[tokio::test]
async fn repository_that_is_new_gets_a_token_with_it() {
    let it = AsApp::new().await;
    assert!(it.can_look_at("acme/shop").await && it.can_look_at("acme/search").await);
    assert_eq!(it.github.app_tokens_made(), 2);
    assert!(it.can_look_at("acme/shop").await);
    assert_eq!(it.github.app_tokens_made(), 2, "the second is for both");
}

#[tokio::test]
async fn token_is_made_anew_five_minutes_early() {
    for (seconds, made) in [(3_600, 1), (310, 1), (299, 3), (1, 3)] {
        let it = AsApp::new().await;
        it.github.set_app_token_life(SignedDuration::from_secs(seconds));
        for _ in 0..3 {
            assert!(it.can_look_at("acme/shop").await);
        }
        assert_eq!(it.github.app_tokens_made(), made, "{seconds} s");
    }
}

/// Nothing was done with a token that is refused, so that the request goes once more, with another.
#[tokio::test]
async fn token_that_was_taken_back_is_replaced() {
    let it = AsApp::new().await;
    assert!(it.can_look_at("acme/shop").await);
    it.github.revoke_app_tokens();
    assert!(matches!(it.dispatch("acme/shop").await, DispatchOutcome::Accepted { .. }));
    assert_eq!((it.github.app_tokens_made(), it.github.dispatches()), (2, 1));
}

#[tokio::test]
async fn repository_without_the_app_does_not_spoil_the_others() {
    let it = AsApp::new().await;
    it.github.install_app_with("acme", Some(&["shop"]), &ENOUGH);
    it.client.expect_repositories(["acme/shop", "acme/secret"].into_iter()).await;
    assert_eq!(
        it.refusal("acme/secret").await,
        "GitHub cannot be read: the GitHub App is not installed on acme/secret"
    );
    assert!(it.can_look_at("acme/shop").await);
    assert_eq!((it.github.app_tokens_made(), it.wanted.lock().unwrap().len()), (1, 2));
    // For a minute that is believed, and the token that is there stays.
    it.clock.advance(SignedDuration::from_secs(59));
    it.refusal("acme/secret").await;
    assert_eq!((it.github.app_tokens_made(), it.wanted.lock().unwrap().len()), (1, 2));
    // After it is installed there, the console need not be restarted.
    it.github.install_app_with("acme", Some(&["shop", "secret"]), &ENOUGH);
    it.clock.advance(SignedDuration::from_secs(1));
    assert!(it.can_look_at("acme/secret").await);
}

#[tokio::test]
async fn installation_that_is_gone_is_said() {
    let it = AsApp::new().await;
    assert!(it.can_look_at("acme/shop").await);
    it.github.suspend_app("acme", true);
    it.github.revoke_app_tokens();
    let suspended = "the installation of the GitHub App on acme is suspended";
    assert!(it.refusal("acme/shop").await.ends_with(suspended));
    it.github.suspend_app("acme", false);
    it.clock.advance(SignedDuration::from_mins(1));
    assert!(it.can_look_at("acme/shop").await);
    it.github.uninstall_app("acme");
    assert!(it.refusal("acme/shop").await.ends_with("the GitHub App is not installed on acme"));
    let DispatchOutcome::Refused(reason) = it.dispatch("acme/shop").await else {
        panic!("it was not refused")
    };
    assert_eq!(reason, "Nothing was started: the GitHub App is not installed on acme.");
    assert_eq!(it.github.dispatches(), 0);
}

/// A refusal is believed for a minute: each request would ask about every repository of the owner.
#[tokio::test]
async fn refusal_is_not_asked_for_by_each_request() {
    let it = AsApp::new().await;
    it.github.uninstall_app("acme");
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    it.github.observe(move |_| *count.lock().unwrap() += 1);
    it.client.expect_repositories(["acme/shop", "acme/search"].into_iter()).await;
    for _ in 0..5 {
        it.refusal("acme/shop").await;
    }
    assert_eq!(*asked.lock().unwrap(), 2, "one question about each repository");
}

/// A permission that the owner has not granted is not asked for: the rest still works.
#[tokio::test]
async fn permission_that_was_not_granted_is_not_asked_for() {
    let it = AsApp::new().await;
    it.github.install_app_with("acme", None, &[("actions", "read"), ("contents", "write")]);
    assert!(it.can_look_at("acme/shop").await);
    assert_eq!(it.wanted.lock().unwrap()[0]["permissions"], json!({ "actions": "read", "contents": "read" }));
    let DispatchOutcome::Refused(reason) = it.dispatch("acme/shop").await else {
        panic!("it was not refused")
    };
    assert!(reason.contains("actions: write"), "{reason}");
}

#[tokio::test]
async fn key_that_is_not_the_apps_is_said() {
    let it = AsApp::new().await;
    it.github.register_app().unwrap();
    let refusal = it.refusal("acme/shop").await;
    assert!(refusal.contains("GitHub does not accept the App’s key (401)"), "{refusal}");
}

/// GitHub's clock may be behind ours, and ahead.
#[tokio::test]
async fn clocks_need_not_agree() {
    for (seconds, is_taken) in [(50, true), (-400, true), (120, false), (-600, false)] {
        let it = AsApp::new().await;
        it.clock.set(SignedDuration::from_secs(seconds));
        assert_eq!(it.can_look_at("acme/shop").await, is_taken, "{seconds} s ahead");
    }
}
