//! F74: a run that is run again after its deploy has ended. Each later attempt is a deploy of its own.

use app::{
    api::ErrorCode,
    domain::{DeployId, Origin, Status},
};
use serde_json::json;
use store::{DatabaseSystem, DeployFilter, Place, StoredDeploy};

use crate::support::{TestConsole, assert_problem, claim, database::on_both, fresh, invariants::assert_path};

on_both!(
    f74_rerun_after_the_end_is_a_deploy,
    f74_callback_of_a_rerun_moves_its_own_deploy,
    f74_every_missed_attempt_is_taken,
);

/// Every deploy, the first attempt first.
async fn attempts(console: &TestConsole) -> Vec<StoredDeploy> {
    let filter = DeployFilter { limit: 99, ..DeployFilter::default() };
    let mut deploys = console.database.store.deploys(&filter).await.unwrap();
    for deploy in &deploys {
        assert_path(deploy, &console.journal(deploy.id).await);
    }
    deploys.sort_by_key(|deploy| deploy.attempt);
    deploys
}

/// A deploy that failed, by GitHub's record and by its own word.
async fn failed(console: &TestConsole) -> DeployId {
    let id = console.dispatched("staging").await;
    console.walk(id, &["building"]).await;
    console.github.set_job(id, "deploy", "completed", Some("failure"));
    console.github.end_run(id, "failure");
    console.walk(id, &["failed"]).await;
    id
}

fn succeed(console: &TestConsole, id: DeployId) {
    for job in ["smoke", "deploy"] {
        console.github.set_job(id, job, "completed", Some("success"));
    }
    console.github.end_run(id, "success");
}

async fn f74_rerun_after_the_end_is_a_deploy(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let first = failed(&console).await;
    assert_eq!(console.import().await, 0, "nothing was run again");
    let before = console.deploy(first).await;
    console.github.rerun(first);
    assert_eq!((console.import().await, console.import().await), (1, 0), "once");

    let deploys = attempts(&console).await;
    let (again, run) = (&deploys[1], deploys[0].run.clone());
    assert_eq!(again.origin, Origin::Rerun { deploy_id: first, attempt: 2, ended_at: None });
    assert_eq!((&again.run, again.attempt, again.requested_by.as_str()), (&run, 2, "octocat"));
    let (second, again) = (again.id, console.deploy(again.id).await);
    assert_eq!((&again["status"], &again["attempt"]), (&json!("dispatched"), &json!(2)));
    assert_eq!(console.deploy(first).await, before, "the first verdict stands");

    succeed(&console, first);
    assert_eq!(console.pass().await, 1);
    assert_eq!(console.deploy(second).await["status"], "succeeded");
    assert_eq!(console.deploy(first).await, before);
    let place = Place { app: "shop".to_owned(), environment: "staging".to_owned() };
    let live = console.database.store.environment_summaries(vec![place]).await.unwrap();
    assert_eq!(
        live[0].last_success.as_ref().map(|deploy| deploy.id),
        Some(second),
        "what is live follows it"
    );
    assert_eq!((console.import().await, console.pass().await), (0, 0));
}

/// Its jobs still name the first deploy. What they say is about the attempt that they are of.
async fn f74_callback_of_a_rerun_moves_its_own_deploy(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let first = failed(&console).await;
    let run = console.github.runs_for(first)[0];
    console.github.rerun(first);
    let mut building = claim(first, "building");
    (building["run_id"], building["run_attempt"]) = (run.into(), 2.into());
    // GitHub's record has to say that there is a second attempt.
    assert_problem(
        &console.callback(first, &fresh(), building.to_string()).await,
        ErrorCode::TransitionRefused,
    );
    let (reconciler, _) = console.reconciler();
    assert_eq!(reconciler.pass_over([first].into()).await.unwrap().changed, 1, "the refusal asks for a look");

    let second = attempts(&console).await[1].id;
    let delivery = fresh();
    for outcome in ["applied", "replayed"] {
        let answer = console.callback(first, &delivery, building.to_string()).await;
        let said = (answer.status, &answer.json["outcome"], &answer.json["deploy_id"]);
        assert_eq!(said, (200, &json!(outcome), &json!(second)), "{answer:?}");
    }
    assert_eq!(console.deploy(second).await["status"], "building");
    assert_eq!(console.deploy(first).await["status"], "failed");
    // A late word of the first attempt is not one of the second.
    building["run_attempt"] = 1.into();
    assert_problem(
        &console.callback(first, &fresh(), building.to_string()).await,
        ErrorCode::TransitionRefused,
    );
}

/// More than one attempt may have ended between two looks.
async fn f74_every_missed_attempt_is_taken(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let first = failed(&console).await;
    console.github.rerun(first);
    console.github.set_job(first, "deploy", "completed", Some("failure"));
    console.github.end_run(first, "failure");
    console.github.rerun_failed(first);
    succeed(&console, first);
    assert_eq!((console.import().await, console.import().await), (2, 0));
    let deploys = attempts(&console).await;
    let ends: Vec<_> = deploys.iter().map(|deploy| (deploy.attempt, deploy.status.known())).collect();
    let (failed, succeeded) = (Some(Status::Failed), Some(Status::Succeeded));
    assert_eq!(ends, [(1, failed), (2, failed), (3, succeeded)]);
    assert!(deploys[1..].iter().all(|deploy| deploy.origin.past().is_some()), "they had ended before");
}

/// A run that is run again before its deploy has ended is followed by that deploy.
#[tokio::test]
async fn f74_rerun_of_a_live_deploy_is_followed() {
    let console = TestConsole::new().await;
    let id = console.dispatched("staging").await;
    console.github.end_run(id, "failure");
    console.github.rerun(id);
    console.pass().await;
    assert_eq!(console.import().await, 0);
    succeed(&console, id);
    console.pass().await;
    assert_eq!(console.import().await, 0, "it was its own attempt");
    let deploy = console.deploy(id).await;
    assert_eq!((&deploy["status"], &deploy["attempt"]), (&json!("succeeded"), &json!(2)));
}
