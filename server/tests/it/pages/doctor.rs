//! The page of the doctor, and the same report as data.

use app::api::ErrorCode;
use axum::body::Body;
use github_fake::RepositorySettings;
use serde_json::Value;

use super::rendering::{assert_page, text_of};
use crate::support::{Given, TestConsole, assert_problem, request, stub::Stub};

/// A workflow with another job, other environments, no inputs of the console and a title of its own.
const FOREIGN: &str = "
run-name: Release
on:
  workflow_dispatch:
    inputs:
      environment: {type: choice, options: [production]}
      ticket: {required: true}
jobs:
  release: {runs-on: ubuntu-latest, steps: [{run: make release}]}
";

/// A console whose callbacks arrive: at the second one, which has the same secret.
async fn reachable() -> (TestConsole, TestConsole) {
    let other = TestConsole::new().await;
    let public_url = format!("http://{}", other.listen().await);
    (TestConsole::given(Given { public_url, ..Given::default() }).await, other)
}

async fn report(console: &TestConsole) -> Value {
    let answer = console.get("/api/internal/doctor").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json
}

/// The results of the only app's lines about a subject.
fn results<'a>(report: &'a Value, subject: &str) -> Vec<&'a str> {
    let checks = report["apps"][0]["checks"].as_array().unwrap();
    let about = checks.iter().filter(|check| check["subject"] == subject);
    about.map(|check| check["result"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn everything_in_order_is_ready() {
    let (console, _other) = reachable().await;
    let report = report(&console).await;
    assert_eq!(report["checked_at"], "2026-11-22T12:00:00Z");
    let app = &report["apps"][0];
    assert_eq!(
        (&app["app"], &app["workflow"], &app["git_ref"]),
        (&"shop".into(), &"deploy.yml".into(), &"main".into())
    );
    for check in app["checks"].as_array().unwrap() {
        assert_eq!(check["result"], "ok", "{check}");
        assert!(check["advice"].is_null() && !check["known_by"].as_str().unwrap().is_empty(), "{check}");
    }
    // Its address is this machine alone.
    let callback = &report["console"][0];
    assert_eq!((&callback["subject"], &callback["result"]), (&"callback".into(), &"warning".into()));
    assert_eq!(report["console"][1]["result"], "ok", "{report}");
    assert_eq!((console.github.cancels(), console.github.dispatches()), (0, 0), "nothing was started");
    assert_eq!(console.database.count("audit_log").await, 0, "nothing was recorded");
}

#[tokio::test]
async fn page_is_whole_without_scripts() {
    let (console, _other) = reachable().await;
    console.github.write_workflow("acme/shop", "deploy.yml", FOREIGN).unwrap();
    let page = console.get("/doctor").await;
    assert_page(&page, 200);
    let text = text_of(&page.text);
    for words in [
        "The app is not ready",
        "staging cannot be chosen: its input environment offers production.",
        "does not declare console_deploy_id and git_ref",
        "There is no job deploy, which would be the step deploy: the file has release.",
        "Its run-name has no console_deploy_id",
        "Known by: the file deploy.yml on main",
        "No step uses the action notify-deploy-status.",
        "Nothing was started or changed.",
    ] {
        assert!(text.contains(words), "{words:?} is not in {text}");
    }
    assert!(page.text.contains("href=\"/doctor\" class=\"button\">Check again"), "{}", page.text);
    assert!(page.text.contains("href=\"/doctor?app=shop\""), "{}", page.text);
    let alone = console.get("/doctor?app=shop").await;
    assert!(alone.text.contains("href=\"/doctor?app=shop\" class=\"button\">Check again"), "{}", alone.text);
}

#[tokio::test]
async fn repository_and_token_are_looked_at() {
    let (console, _other) = reachable().await;
    let settings = RepositorySettings {
        archived: true,
        workflow_state: Some("disabled_manually"),
        scopes: None,
        secrets: None,
        ..RepositorySettings::default()
    };
    console.github.set_repository("acme/shop", settings);
    let found = report(&console).await;
    for (subject, expected) in [
        ("repository", "problem"),
        ("workflow", "problem"),
        ("file", "ok"),
        // GitHub does not say what such a token may do, and the run of the probe does not exist.
        ("actions", "unknown"),
        ("secret", "unknown"),
        ("compare", "ok"),
    ] {
        assert_eq!(results(&found, subject), [expected], "{subject}: {found}");
    }
    let (console, _other) = reachable().await;
    let unlisted = RepositorySettings {
        workflow_state: None,
        scopes: Some("gist"),
        secrets: Some(vec![]),
        ..RepositorySettings::default()
    };
    console.github.set_repository("acme/shop", unlisted);
    let found = report(&console).await;
    for (subject, expected) in [("workflow", "problem"), ("actions", "problem"), ("secret", "warning")] {
        assert_eq!(results(&found, subject), [expected], "{subject}: {found}");
    }
}

#[tokio::test]
async fn environments_of_github_are_asked_for_where_needed() {
    const TYPED: &str = "
on:
  workflow_dispatch:
    inputs:
      environment: {type: environment}
jobs: {}
";
    for (environments, expected) in [(vec!["production", "staging"], "ok"), (vec!["production"], "problem")] {
        let (console, _other) = reachable().await;
        console.github.write_workflow("acme/shop", "deploy.yml", TYPED).unwrap();
        let settings = RepositorySettings { environments, ..RepositorySettings::default() };
        console.github.set_repository("acme/shop", settings);
        assert_eq!(results(&report(&console).await, "environments"), [expected]);
    }
}

#[tokio::test]
async fn unknown_apps_and_parameters_are_refused() {
    let console = TestConsole::new().await;
    let answer = console.get("/api/internal/doctor?app=nowhere").await;
    assert_problem(&answer, ErrorCode::UnknownEnvironment);
    assert_problem(&console.get("/api/internal/doctor?app=a&app=b").await, ErrorCode::InvalidQuery);
    assert_eq!(console.get("/doctor?app=nowhere").await.status, 404);
    assert_eq!(console.get("/api/internal/doctor?app=shop").await.status, 200);
}

/// Another site could open the page as often as it likes.
#[tokio::test]
async fn page_opened_from_another_site_asks_nothing() {
    let console = TestConsole::new().await;
    for path in ["/doctor", "/api/internal/doctor"] {
        let page = request("GET", path).header("sec-fetch-site", "cross-site").body(Body::empty()).unwrap();
        let page = console.send(page).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("opened from another site"), "{}", page.text);
    }
    assert_eq!(console.github.reads(), 0);
}

#[tokio::test]
async fn silent_github_leaves_everything_unknown() {
    let github = Stub::closed([]).await;
    let console = TestConsole::facing(&github, crate::support::Flags::default()).await;
    let found = report(&console).await;
    for check in found["apps"][0]["checks"].as_array().unwrap() {
        assert_eq!(check["result"], "unknown", "{check}");
        assert!(check["advice"].is_string(), "{check}");
    }
    assert_eq!(results(&found, "repository"), ["unknown"]);
    assert_eq!(found["console"][1]["result"], "unknown", "{found}");
}
