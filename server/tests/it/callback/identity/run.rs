//! The run of a token against the run that the body and the row name: the token's counts, and what contradicts it is refused and
//! written down, because it is of the app's own workflow.

use app::api::ErrorCode;
use github_fake::Fault;
use serde_json::{Value, json};
use server::audit;
use store::DatabaseSystem;

use super::support::{Proving, Sent};
use crate::support::{assert_problem, claim, database::on_both, fresh};

on_both!(
    f98_body_must_not_contradict_the_token,
    f98_token_of_another_run_is_refused,
    f98_row_without_a_run_takes_that_of_the_token,
    f98_later_attempt_of_the_run_is_taken
);

/// The last entry of a deploy's journal, and how many there are.
async fn last(proving: &Proving, id: app::domain::DeployId) -> (Value, usize) {
    let journal = proving.console.journal(id).await;
    (journal.last().unwrap().payload.clone(), journal.len())
}

async fn f98_body_must_not_contradict_the_token(system: DatabaseSystem) {
    let proving = Proving::over(system).await;
    let id = proving.dispatched("shop").await;
    let (run, before) = (proving.run_of(id), proving.console.deploy(id).await);
    let delivery = fresh();
    for (member, value) in [("run_id", json!(run + 1)), ("run_attempt", json!(2)), ("run_id", json!(0))] {
        let (_, entries) = last(&proving, id).await;
        let mut body = claim(id, "building");
        body[member] = value.clone();
        let request = proving.delivery(id, &Sent::PROVED, &delivery, &body.to_string());
        let answer = proving.send_request(request).await;
        let problem = assert_problem(&answer, ErrorCode::InvalidIdentity);
        assert!(problem.detail.unwrap().contains("another run or attempt"));
        let (entry, now) = last(&proving, id).await;
        assert_eq!(now, entries + 1, "an authentic refusal is written down");
        assert_eq!(
            (&entry["outcome"], &entry["contradiction"], &entry[member], &entry["claimed"]),
            (&json!("refused"), &json!("callback"), &value, &json!("building")),
        );
        assert_eq!(entry["proved_by"]["run_id"], json!(run));
    }
    assert_eq!(proving.console.deploy(id).await["status"], before["status"]);
    // An unknown status is refused as what comes first.
    let mut body = claim(id, "rolling_back");
    body["run_id"] = json!(run + 1);
    let answer = proving.send_request(proving.request(id, &Sent::PROVED, &body.to_string())).await;
    assert_problem(&answer, ErrorCode::InvalidIdentity);

    // What is right is taken under the same delivery id.
    let mut body = claim(id, "building");
    (body["run_id"], body["run_attempt"]) = (json!(run), json!(1));
    let request = proving.delivery(id, &Sent::PROVED, &delivery, &body.to_string());
    assert_eq!(proving.send_request(request).await.json["outcome"], "applied");
    audit::verify(&*proving.console.database.store, None).await.expect("rows are as the journal says");
}

/// Another run of the same workflow may not speak for a deploy whose run is known.
async fn f98_token_of_another_run_is_refused(system: DatabaseSystem) {
    let proving = Proving::over(system).await;
    let id = proving.dispatched("shop").await;
    proving.console.github.follow_with_another(id);
    let other = proving.run_of(id) + 1;
    let mut token = proving.claims(id);
    token["run_id"] = other.to_string().into();
    let token = proving.console.github.sign_identity(&token);
    let (_, entries) = last(&proving, id).await;
    let before = proving.console.deploy(id).await;
    let answer = proving.send(id, Sent::token(token)).await;
    let problem = assert_problem(&answer, ErrorCode::InvalidIdentity);
    assert!(problem.detail.unwrap().contains("has another run"));
    assert_eq!(proving.console.deploy(id).await, before);
    let (entry, now) = last(&proving, id).await;
    assert_eq!((now, &entry["contradiction"]), (entries + 1, &json!("deploy")));
    assert_eq!(entry["proved_by"]["run_id"], json!(other));
    assert_eq!(proving.report(id, "building").await.json["outcome"], "applied");
    audit::verify(&*proving.console.database.store, None).await.expect("rows are as the journal says");
}

async fn f98_row_without_a_run_takes_that_of_the_token(system: DatabaseSystem) {
    let proving = Proving::over(system).await;
    proving.console.github.fail_next(Fault::NoRunDetails(422));
    let id = proving.dispatched("shop").await;
    // Or the poll would find it.
    proving.console.github.set_listed(id, false);
    assert_eq!(proving.console.deploy(id).await["github_run_id"], Value::Null);
    let run = proving.run_of(id);
    assert_eq!(proving.report(id, "building").await.json["outcome"], "applied");
    assert_eq!(proving.console.deploy(id).await["github_run_id"], json!(run));
    let mut token = proving.claims(id);
    token["run_id"] = (run + 1).to_string().into();
    let other = Sent::token(proving.console.github.sign_identity(&token));
    assert_problem(&proving.send(id, other).await, ErrorCode::InvalidIdentity);
    audit::verify(&*proving.console.database.store, None).await.expect("rows are as the journal says");
}

/// Its jobs still name the first deploy; the token says which attempt they are of, also where the body does not.
async fn f98_later_attempt_of_the_run_is_taken(system: DatabaseSystem) {
    let proving = Proving::over(system).await;
    let first = proving.dispatched("shop").await;
    assert_eq!(proving.report(first, "building").await.json["outcome"], "applied");
    assert_eq!(proving.report(first, "failed").await.json["outcome"], "applied");
    proving.console.github.end_run(first, "failure");
    proving.console.github.rerun(first);
    assert_eq!(proving.console.import().await, 1);
    let answer = proving.report(first, "building").await;
    assert_eq!(answer.json["outcome"], "applied", "{answer:?}");
    let second: app::domain::DeployId = answer.json["deploy_id"].as_str().unwrap().parse().unwrap();
    assert_ne!(second, first);
    let deploy = proving.console.deploy(second).await;
    let proof = &deploy["history"].as_array().unwrap().last().unwrap()["proved_by"];
    assert_eq!((&proof["run_attempt"], &deploy["status"]), (&json!(2), &json!("building")));
    assert_eq!(proving.console.deploy(first).await["status"], "failed");
}
