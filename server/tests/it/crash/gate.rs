//! The real binary, killed after it told GitHub about its gate and before it wrote that down: it does not tell it again.

use std::time::Duration;

use github_fake::{ProtectionState, RegisteredApp};
use runtime::fail_point::Point;
use store::{DatabaseSystem, DatabaseUrl};
use tokio::time::{interval, timeout};

use crate::support::{
    CONSOLE_TOML, SECRET, Simulated, WEBHOOK_SECRET,
    database::on_both,
    postgres,
    process::{Serving, Workplace},
    raw::exchange,
    site::github,
    webhook_secrets,
};

/// A console that is a GitHub App, from one start to the next.
struct Site {
    workplace: Workplace,
    database: DatabaseUrl,
    github: Simulated,
    app: RegisteredApp,
}

impl Site {
    async fn on(system: DatabaseSystem) -> Self {
        let (workplace, github) = (Workplace::new(), github().await);
        workplace.write("console.toml", CONSOLE_TOML);
        let app = github.register_app().unwrap();
        workplace.write("app.pem", &app.private_key);
        github.install_app("acme");
        github.protect("acme/shop", "production");
        let database = match system {
            DatabaseSystem::Sqlite => DatabaseUrl::sqlite(&workplace.path().join("test.db")),
            DatabaseSystem::Postgres => postgres::empty().await.parse().unwrap(),
        };
        Self { workplace, database, github, app }
    }

    async fn serve(&self, fail_point: Option<Point>) -> Serving {
        let github = self.github.url();
        let mut variables = vec![
            ("DATABASE_URL", self.database.as_str()),
            ("GITHUB_API_URL", &github),
            ("GITHUB_APP_ID", &self.app.id),
            ("GITHUB_APP_PRIVATE_KEY_FILE", "app.pem"),
            ("GITHUB_WEBHOOK_SECRET", WEBHOOK_SECRET),
            ("DEPLOY_CALLBACK_HMAC_SECRET", SECRET),
        ];
        variables.extend(fail_point.map(|point| ("CONSOLE_FAIL_POINT", point.as_str())));
        self.workplace.serve(&["serve"], &variables).await
    }
}

async fn f97_killed_after_the_answer_does_not_answer_again(system: DatabaseSystem) {
    let site = Site::on(system).await;
    let mut killed = site.serve(Some(Point::AfterPost)).await;
    let webhooks = format!("http://{}/api/github/webhooks", killed.address);
    site.github.send_webhooks(&webhooks, webhook_secrets()).unwrap();
    let run = site.github.run_by_hand("acme/shop", "deploy.yml", "production", "main", "octocat");
    site.github.ask_protection(run).unwrap();
    killed.says(&format!("fail point {} reached", Point::AfterPost)).await;
    assert_eq!(killed.kill().await.code, None);
    let told = || site.github.protection_answers(run).into_iter().filter_map(|answer| answer.state);
    assert_eq!(told().collect::<Vec<_>>(), [ProtectionState::Approved]);

    let serving = site.serve(None).await;
    let closed = async {
        let mut tick = interval(Duration::from_millis(50));
        loop {
            let answer = exchange(serving.address, "GET", "/api/internal/protection-requests", &[], "").await;
            let request = answer.json()["requests"][0].clone();
            if request["closed_at"].is_string() {
                return request;
            }
            tick.tick().await;
        }
    };
    let request = timeout(Duration::from_secs(60), closed).await.expect("it is settled");
    assert_eq!(request["state"]["kind"], "approved");
    assert!(request["told_at"].is_null(), "whether GitHub took it is not known, only that it waits no more");
    assert_eq!((told().count(), site.github.refused_protection_answers(run)), (1, 0));
    assert_eq!(serving.stop("TERM").await.code, Some(0));
}

on_both!(f97_killed_after_the_answer_does_not_answer_again);
