//! Two apps of one workflow file: an input tells their dispatches apart, and the title their runs.

use serde_json::json;

use crate::support::{CONSOLE_TOML, Given, TestConsole, fresh, id_of, order};

const WORKFLOW: &str = r"
on:
  workflow_dispatch:
    inputs:
      console_deploy_id:
      environment:
      git_ref:
      app: { type: choice, options: [shop, till] }
";

async fn console() -> TestConsole {
    let input = |name: &str| format!("\n[app.inputs]\napp = \"{name}\"\n");
    let till = CONSOLE_TOML.replace("\"shop\"", "\"till\"");
    let apps = format!("{CONSOLE_TOML}{}{till}{}", input("shop"), input("till"));
    let console = TestConsole::given(Given { apps: &apps, ..Given::default() }).await;
    console.github.write_workflow("acme/shop", "deploy.yml", WORKFLOW).unwrap();
    console
}

fn by_hand(console: &TestConsole, title: &str) -> i64 {
    let run = console.github.by_hand("acme/shop", "deploy.yml", "production", "v1");
    console.github.retitle(run, title);
    run
}

/// The app of each deploy, newest first, with its run.
async fn deploys(console: &TestConsole) -> Vec<(String, i64)> {
    let page = console.get("/api/internal/deploys").await.json;
    let deploys = page["deploys"].as_array().unwrap().iter();
    deploys
        .map(|deploy| {
            (deploy["app"].as_str().unwrap().to_owned(), deploy["github_run_id"].as_i64().unwrap_or_default())
        })
        .collect()
}

#[tokio::test]
async fn f87_run_belongs_to_the_app_it_names() {
    let console = console().await;
    let run = by_hand(&console, "Deploy till v1 to production (by hand)");
    by_hand(&console, "Deploy v1 to production (by hand)");
    by_hand(&console, "Deploy shelf v1 to production (by hand)");
    assert_eq!(console.import().await, 1);
    assert_eq!(deploys(&console).await, [("till".to_owned(), run)]);
    assert_eq!(console.import().await, 0);
}

/// Each app has a deploy of its own under way, and finds its own run.
#[tokio::test]
async fn f87_each_app_finds_its_own_run() {
    let console = console().await;
    for app in ["shop", "till"] {
        let mut order = order("production");
        order["app"] = app.into();
        let answer = console.dispatch(&fresh(), &order).await;
        assert_eq!((answer.status, &answer.json["inputs"]), (201, &json!({ "app": app })), "{answer:?}");
        let [run] = console.github.runs_for(id_of(&answer))[..] else { panic!("not one run") };
        assert_eq!(answer.json["github_run_id"], run);
    }
    assert_eq!(console.import().await, 0, "neither is imported for the other");
    assert_eq!(console.database.count("console_deploys").await, 2);
}

/// A newer run of the other app takes no place from this one's.
#[tokio::test]
async fn f87_other_app_supersedes_nothing() {
    for (newer, state) in [
        ("Deploy till v2 to production (by hand)", "cancelled"),
        ("Deploy v2 to production (by hand)", "cancelled"),
        ("Deploy shop v2 to production (by hand)", "superseded"),
    ] {
        let console = console().await;
        let id = console.dispatched("production").await;
        by_hand(&console, newer);
        console.github.end_run(id, "cancelled");
        console.pass().await;
        assert_eq!(console.deploy(id).await["run_state"], state, "{newer}");
    }
}
