//! What would be promoted: what is live in the environment before, and how far that is from what is live here.

use serde_json::{Value, json};
use store::DatabaseSystem;

use super::{Asked, REPO, UNKNOWN, WORKFLOW, board, json, pushed, read};
use crate::support::{Given, TestConsole, database::on_both};

const APPS: &str = r#"
    [[app]]
    name = "shop"
    repo = "acme/shop"
    workflow = "deploy.yml"
    ref = "main"
    environments = [
      { name = "dev", freeze_check = false },
      { name = "staging", freeze_check = false },
      { name = "production", freeze_check = false },
    ]
"#;

/// A workflow that knows all three of them.
const DEPLOY_YML: &str = r"
on:
  workflow_dispatch:
    inputs:
      console_deploy_id: { type: string }
      environment: { type: choice, options: [dev, staging, production] }
      git_ref: { type: string }
jobs:
  deploy: { runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
";

async fn given(system: DatabaseSystem) -> TestConsole {
    let console = TestConsole::given(Given { database: system, apps: APPS, ..Given::default() }).await;
    console.github.write_workflow(REPO, WORKFLOW, DEPLOY_YML).unwrap();
    console
}

/// What is live before each environment: which one, and the distance.
async fn upstreams(console: &TestConsole) -> Vec<Option<(String, Value)>> {
    let upstream = |environment: &Value| {
        let upstream = environment.get("upstream")?;
        Some((upstream["environment"].as_str().unwrap().to_owned(), upstream["distance"].clone()))
    };
    board(console).await.iter().map(upstream).collect()
}

fn from(environment: &str, distance: Value) -> Option<(String, Value)> {
    Some((environment.to_owned(), distance))
}

fn distance(ahead: u32, behind: u32) -> Value {
    json!({ "ahead": ahead, "behind": behind })
}

/// The distance is there once it was read, in either direction, and each is asked for once.
async fn distances_appear_after_the_board_was_seen(system: DatabaseSystem) {
    let console = given(system).await;
    let asked = Asked::of(&console);
    let [old, _, new] = [pushed(&console), pushed(&console), pushed(&console)];
    let staged = console.succeeded("staging", &new).await;
    assert_eq!(upstreams(&console).await, [None, None, from("staging", Value::Null)]);
    read(&console).await;
    assert_eq!(asked.all(), [&*new], "nothing is live there that it could be compared with");

    console.succeeded("production", &old).await;
    assert_eq!(upstreams(&console).await[2], from("staging", Value::Null));
    read(&console).await;
    for _ in 0..3 {
        assert_eq!(upstreams(&console).await[2], from("staging", distance(2, 0)));
        read(&console).await;
    }
    assert_eq!(asked.all(), [new.clone(), format!("{old}...{new}"), old.clone()]);
    assert_eq!(board(&console).await[2]["upstream"]["deploy_id"], json!(staged));
    let plan = json(&console, "/api/ui/deploy_plan?app=shop&environment=production").await;
    assert_eq!(plan["environment"]["upstream"]["distance"], distance(2, 0));

    console.succeeded("production", &new).await;
    assert_eq!(upstreams(&console).await[2], None, "it is the same");
    console.succeeded("staging", &old).await;
    upstreams(&console).await;
    read(&console).await;
    assert_eq!(upstreams(&console).await[2], from("staging", distance(0, 2)));
}

/// It is the nearest before it of which the commit is known; of what is not known nothing is said.
async fn upstream_is_the_nearest_known(system: DatabaseSystem) {
    let console = given(system).await;
    let commits = [pushed(&console), pushed(&console)];
    console.succeeded("dev", &commits[1]).await;
    console.clock.advance(jiff::SignedDuration::from_secs(1));
    let unknown = console.dispatched("staging").await;
    console.walk(unknown, &["building", "deploying", "succeeded"]).await;
    let nothing = Value::Null;
    assert_eq!(upstreams(&console).await, [None, None, from("dev", nothing.clone())]);
    console.succeeded("production", &commits[0]).await;
    upstreams(&console).await;
    read(&console).await;
    assert_eq!(upstreams(&console).await, [None, None, from("dev", distance(1, 0))]);
    console.succeeded("staging", &commits[0]).await;
    upstreams(&console).await;
    read(&console).await;
    assert_eq!(upstreams(&console).await, [None, from("dev", distance(1, 0)), None]);
}

/// Two commits of which GitHub does not know one have no distance, and are asked for once.
async fn unknown_pair_has_no_distance(system: DatabaseSystem) {
    let console = given(system).await;
    console.succeeded("dev", &pushed(&console)).await;
    console.succeeded("staging", UNKNOWN).await;
    let asked = Asked::of(&console);
    for _ in 0..3 {
        assert_eq!(upstreams(&console).await[1], from("dev", Value::Null));
        read(&console).await;
    }
    assert_eq!(asked.all().iter().filter(|asked| asked.contains("...")).count(), 1, "{:?}", asked.all());
}

on_both!(
    distances_appear_after_the_board_was_seen,
    upstream_is_the_nearest_known,
    unknown_pair_has_no_distance,
);
