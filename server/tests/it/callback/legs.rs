//! F76: a roll-out in several legs, each of which reports for itself.

use app::{
    api::ErrorCode,
    domain::{DeployId, Status},
};
use proptest::{prelude::*, test_runner::TestCaseError};
use serde_json::{Value, json};
use server::audit;
use store::DatabaseSystem;

use super::properties::block_on;
use crate::support::{Answer, TestConsole, assert_problem, claim, database::on_both, fresh};

on_both!(f76_step_waits_for_its_last_leg, f76_first_failed_leg_fails_the_deploy);

async fn say(console: &TestConsole, id: DeployId, leg: u64, total: u64, status: &str) -> Answer {
    let mut body = claim(id, status);
    body["leg"] = json!({ "index": leg, "total": total, "name": format!("region {leg}") });
    body["log_line"] = json!(format!("{status} in region {leg}"));
    console.callback(id, &fresh(), body.to_string()).await
}

fn states(deploy: &Value) -> Vec<&str> {
    deploy["legs"].as_array().unwrap().iter().map(|leg| leg["state"].as_str().unwrap()).collect()
}

async fn f76_step_waits_for_its_last_leg(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("staging").await;
    for (leg, status, outcome, row) in [
        (1, "building", "applied", "building"),
        (1, "deploying", "noted", "building"),
        (1, "succeeded", "noted", "building"),
        (0, "building", "noted", "building"),
        (0, "building", "repeated", "building"),
        (0, "deploying", "applied", "deploying"),
        (0, "succeeded", "applied", "succeeded"),
    ] {
        let before = console.deploy(id).await["version"].as_i64();
        let answer = say(&console, id, leg, 2, status).await;
        let said = (answer.status, answer.json["outcome"].as_str(), answer.json["status"].as_str());
        assert_eq!(said, (200, Some(outcome), Some(row)), "{leg} {status}: {answer:?}");
        let is_new = console.deploy(id).await["version"].as_i64() > before;
        assert_eq!(is_new, outcome != "repeated", "a page that polls sees what was counted");
    }
    let deploy = console.deploy(id).await;
    assert_eq!(states(&deploy), ["done", "done"]);
    let eu = &deploy["legs"][0];
    assert_eq!((&eu["step"], &eu["name"], &eu["total"]), (&json!("deploy"), &json!("region 0"), &json!(2)));
    assert_eq!(eu["log_line"], "succeeded in region 0");
    let path: Vec<_> = deploy["history"].as_array().unwrap().iter().map(|entry| &entry["status"]).collect();
    assert_eq!(path, ["requested", "dispatched", "building", "deploying", "succeeded"]);
    audit::verify(&*console.database.store, None).await.expect("rows are as the journal says");
}

async fn f76_first_failed_leg_fails_the_deploy(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("staging").await;
    for (leg, status) in [(0, "building"), (1, "building"), (0, "deploying"), (0, "succeeded")] {
        assert_eq!(say(&console, id, leg, 3, status).await.status, 200);
    }
    let failed = say(&console, id, 1, 3, "failed").await;
    assert_eq!((&failed.json["outcome"], &failed.json["status"]), (&json!("applied"), &json!("failed")));
    let late = say(&console, id, 2, 3, "building").await;
    assert_problem(&late, ErrorCode::TransitionRefused);
    let deploy = console.deploy(id).await;
    assert_eq!(states(&deploy), ["done", "failed", "not_reported"]);
    assert_eq!(deploy["steps"][2]["state"], "failed");
}

/// Each of these contradicts what was said before, or comes over a gap.
#[tokio::test]
async fn f76_contradicting_leg_is_refused() {
    let console = TestConsole::new().await;
    let id = console.dispatched("staging").await;
    assert_problem(&say(&console, id, 0, 2, "deploying").await, ErrorCode::TransitionRefused);
    assert_eq!(say(&console, id, 0, 2, "building").await.json["outcome"], "applied");
    assert_eq!(say(&console, id, 0, 2, "deploying").await.json["outcome"], "noted");
    for (leg, total, status) in [(0, 2, "smoke_gate_started"), (1, 3, "deploying"), (2, 3, "building")] {
        let answer = say(&console, id, leg, total, status).await;
        assert_problem(&answer, ErrorCode::TransitionRefused);
    }
    // A callback without a leg speaks for all of them, as ever.
    assert_eq!(console.report(id, "deploying").await.json["outcome"], "applied");
}

/// What is no leg must not count as the whole deploy.
#[tokio::test]
async fn f76_malformed_leg_is_a_malformed_body() {
    let console = TestConsole::new().await;
    let id = console.dispatched("staging").await;
    for leg in [
        json!({ "index": 0, "total": 1 }),
        json!({ "index": 2, "total": 2 }),
        json!({ "index": -1, "total": 2 }),
        json!({ "index": 0 }),
        json!({ "index": 0, "total": 2, "name": 3 }),
        json!("eu"),
        json!([0, 2]),
    ] {
        let mut body = claim(id, "building");
        body["leg"] = leg.clone();
        let answer = console.callback(id, &fresh(), body.to_string()).await;
        assert_problem(&answer, ErrorCode::MalformedBody);
    }
    let mut body = claim(id, "building");
    body["leg"] = Value::Null;
    assert_eq!(console.callback(id, &fresh(), body.to_string()).await.json["outcome"], "applied");
}

/// The same delivery gets the same answer, and is counted once.
#[tokio::test]
async fn f07_replayed_leg_is_counted_once() {
    let console = TestConsole::new().await;
    let id = console.dispatched("staging").await;
    let mut body = claim(id, "deploying");
    body["leg"] = json!({ "index": 0, "total": 2 });
    say(&console, id, 1, 2, "building").await;
    let delivery = fresh();
    for outcome in ["noted", "replayed", "replayed"] {
        let answer = console.callback(id, &delivery, body.to_string()).await;
        assert_eq!((answer.status, &answer.json["outcome"]), (200, &json!(outcome)), "{answer:?}");
    }
    assert_eq!(console.deploy(id).await["status"], "building");
}

const LEGS: u64 = 3;
const PATH: [&str; 3] = ["building", "deploying", "succeeded"];

/// Which leg reports next, and which leg fails in the place of its last report, if any does.
fn orders() -> impl Strategy<Value = (Vec<u64>, Option<u64>)> {
    let each_thrice: Vec<u64> = (0..LEGS).flat_map(|leg| [leg; 3]).collect();
    (Just(each_thrice).prop_shuffle(), proptest::option::of(0..LEGS))
}

/// The row, by a rule that is written down a second time: how many legs said each.
fn expected(said: &[(u64, &str)]) -> Status {
    let count = |status: &str| said.iter().filter(|(_, other)| *other == status).count();
    let all = usize::try_from(LEGS).unwrap();
    match () {
        () if count("failed") > 0 => Status::Failed,
        () if count("succeeded") == all => Status::Succeeded,
        () if count("deploying") == all => Status::Deploying,
        () if count("building") > 0 => Status::Building,
        () => Status::Dispatched,
    }
}

async fn check(order: Vec<u64>, fails: Option<u64>) -> Result<(), TestCaseError> {
    let console = TestConsole::new().await;
    let id = console.dispatched("staging").await;
    let mut said: Vec<(u64, &str)> = Vec::new();
    for leg in order {
        let place = said.iter().filter(|(other, _)| *other == leg).count();
        let status = if place == 2 && fails == Some(leg) { "failed" } else { PATH[place] };
        let answer = say(&console, id, leg, LEGS, status).await;
        if expected(&said).is_terminal() {
            prop_assert_eq!(answer.status, 409, "{:?} after {:?}", answer, said);
            prop_assert_eq!(&console.deploy(id).await["status"], expected(&said).as_str());
            return Ok(());
        }
        let was = expected(&said);
        said.push((leg, status));
        let (is, outcome) = (expected(&said), answer.json["outcome"].as_str());
        prop_assert_eq!(outcome, Some(if is == was { "noted" } else { "applied" }), "{:?}", said);
        prop_assert_eq!(answer.json["status"].as_str(), Some(is.as_str()), "{:?}", said);
    }
    audit::verify(&*console.database.store, None)
        .await
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn f76_legs_may_report_in_any_order((order, fails) in orders()) {
        block_on(check(order, fails))?;
    }
}
