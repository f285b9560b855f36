//! The real binary over a database of either kind, and a simulated GitHub that outlives it.

use std::{path::Path, sync::Arc, time::Duration};

use app::domain::DeployId;
use github_fake::Settings;
use runtime::{
    clock::{Clock, SystemClock},
    fail_point::FailPoint,
};
use server::config::Apps;
use store::{self, DatabaseSystem, DatabaseUrl, Store};
use webhook::{MessageId, SigningSecrets, sign};

use super::{
    SECRET, Simulated, TOKEN, claim, order, postgres,
    process::{Ended, Serving, Workplace},
    raw::whole,
};

/// A folder with the console's configuration, a database that is empty at first, and a GitHub.
pub struct Site {
    workplace: Workplace,
    pub database: DatabaseUrl,
    pub github: Simulated,
}

impl Site {
    /// With these apps.
    pub async fn new(system: DatabaseSystem, apps: &str) -> Self {
        let workplace = Workplace::new();
        workplace.write("console.toml", apps);
        let database = match system {
            DatabaseSystem::Sqlite => DatabaseUrl::sqlite(&workplace.path().join("test.db")),
            DatabaseSystem::Postgres => postgres::empty().await.parse().unwrap(),
        };
        let site = Self { workplace, database, github: github().await };
        site.github.write_workflow("acme/shop", "deploy.yml", &workflow(apps)).unwrap();
        site
    }

    /// Starts a server. It logs little: the log is not read while it works, and a full pipe would stop it.
    pub async fn serve(&self) -> Serving {
        self.serve_with(&[]).await
    }

    /// The same, with these variables besides.
    pub async fn serve_with(&self, variables: &[(&str, &str)]) -> Serving {
        let github = self.github.url();
        self.workplace.serve(&["serve"], &self.variables(&github, variables)).await
    }

    /// The same, where a shell does this first.
    pub async fn serve_after(&self, shell: &str) -> Serving {
        let github = self.github.url();
        self.workplace.serve_after(shell, &["serve"], &self.variables(&github, &[])).await
    }

    /// Runs a server that does not come to listen, over this database.
    pub async fn refused(&self, database: &str) -> Ended {
        let github = self.github.url();
        let more = [("DATABASE_URL", database), ("CONSOLE_LISTEN", "127.0.0.1:0"), ("RUST_LOG", "error")];
        self.workplace.run(&["serve"], &self.variables(&github, &more)).await
    }

    /// Runs another command to its end.
    pub async fn run(&self, arguments: &[&str]) -> Ended {
        self.workplace.run(arguments, &[("DATABASE_URL", self.database.as_str())]).await
    }

    /// All that `serve` needs, and these, which count for more.
    fn variables<'a>(&'a self, github: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let usual = [
            ("DATABASE_URL", self.database.as_str()),
            ("GITHUB_API_URL", github),
            ("GITHUB_TOKEN", TOKEN),
            ("DEPLOY_CALLBACK_HMAC_SECRET", SECRET),
            ("RUST_LOG", "server::run=info,store=info,server::service::health::journal_check=info,warn"),
        ];
        usual.into_iter().chain(more.iter().copied()).collect()
    }

    /// The folder that it is started in.
    pub fn path(&self) -> &Path {
        self.workplace.path()
    }

    /// The database, by other means than the server's. Close it before the server is started again: to find
    /// what a crash left, a server has to be the first to open it.
    pub async fn store(&self) -> Arc<dyn Store> {
        store::open(&self.database, FailPoint::default()).await.unwrap()
    }
}

/// One app with these environments.
pub fn apps(environments: &[&str]) -> String {
    let environments: Vec<_> =
        environments.iter().map(|name| format!("{{ name = \"{name}\", freeze_check = true }}")).collect();
    format!(
        "[[app]]\nname = \"shop\"\nrepo = \"acme/shop\"\nworkflow = \"deploy.yml\"\nref = \"main\"\n\
         environments = [{}]\n",
        environments.join(", ")
    )
}

/// The shipped workflow, for the environments of these apps.
fn workflow(apps: &str) -> String {
    let apps = Apps::parse(apps, "console.toml").unwrap();
    let shipped = include_str!("../../../../.github/workflows/deploy-console.yml");
    shipped.replace("[staging, production]", &format!("[{}]", apps.environment_names().join(", ")))
}

/// A GitHub that runs no jobs: the test reports them.
pub async fn github() -> Simulated {
    let settings = Settings {
        console_url: "http://127.0.0.1:9".to_owned(),
        secrets: SECRET.parse().unwrap(),
        pace: Duration::ZERO,
        jobs: false,
    };
    Simulated::start(settings).await
}

/// A press of Deploy, with this key.
pub fn press(key: &str, environment: &str) -> String {
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    whole("POST", "/api/internal/deploys", &headers, &order(environment).to_string())
}

/// A callback, signed now.
pub fn callback(id: DeployId, delivery: &str, status: &str) -> String {
    let secrets: SigningSecrets = SECRET.parse().unwrap();
    let body = claim(id, status).to_string();
    let timestamp = SystemClock.now().as_second();
    let headers = [
        ("content-type", "application/json"),
        ("webhook-id", delivery),
        ("webhook-timestamp", &timestamp.to_string()),
        ("webhook-signature", &sign(&secrets, &MessageId::from(delivery), timestamp, body.as_bytes())),
    ];
    whole("POST", &format!("/api/internal/deploys/{id}/callback"), &headers, &body)
}
