//! Ending a deploy by hand: it ends here whatever GitHub says, and what may still run is said.

use std::sync::Arc;

use app::{
    api::ErrorCode,
    domain::{DeployId, JournalEntry},
};
use axum::body::Body;
use futures::future::join_all;
use github_fake::Outage;
use serde_json::{Value, json};
use server::audit;
use store::DatabaseSystem;

use crate::{
    pages::rendering::text_of,
    support::{
        Answer, Flags, TestConsole, assert_problem, claim,
        database::on_both,
        fresh, id_of, nobody, order, request, shape,
        stub::{Stub, accepted},
    },
};

const WHY: &str = "Its run is gone";

async fn abandon(console: &TestConsole, id: DeployId, reason: &str) -> Answer {
    post(console, &id.to_string(), "application/json", json!({ "reason": reason }).to_string()).await
}

async fn post(console: &TestConsole, id: &str, content_type: &str, body: String) -> Answer {
    let path = format!("/api/internal/deploys/{id}/abandon");
    let request = request("POST", &path).header("content-type", content_type);
    console.send(request.body(Body::from(body)).unwrap()).await
}

/// What the journal says after the dispatch.
async fn actions(console: &TestConsole, id: DeployId) -> Vec<String> {
    let after = |entry: JournalEntry| entry.action.replace("console.deploy.", "");
    console.journal(id).await.into_iter().skip(2).map(after).collect()
}

/// GitHub knows nothing of the run any more.
fn delete_run(console: &TestConsole) {
    console.github.set_outage(Some(Outage::Answering(404)));
    console.github.set_cancel_fault(Some(404));
}

/// The run was deleted on GitHub: nothing else would end the deploy.
async fn f80_abandoning_a_deleted_run_frees_the_environment(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("production").await;
    console.walk(id, &["smoke_gate_started", "smoke_gate_passed", "freeze_check_started"]).await;
    delete_run(&console);
    assert_eq!(console.pass().await, 1);
    assert_eq!(console.deploy(id).await["run_state"], "missing");
    let answer = abandon(&console, id, &format!("  {WHY} ")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    shape::assert_deploy(&answer.json);
    assert_eq!(answer.json["status"], "failed");
    assert_eq!(shape::states(&answer.json), ["done", "failed", "not_reached", "not_reached"]);
    let by = &answer.json["abandoned"];
    assert_eq!(
        (&by["by"], &by["reason"], &by["at"]),
        (&json!("local operator"), &json!(WHY), &answer.json["finished_at"])
    );
    let last = answer.json["history"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["source"], &last["log_line"]),
        (&json!("console"), &json!("Abandoned by local operator: Its run is gone"))
    );
    assert_eq!(answer.json["cancellation"]["state"], "unconfirmed");
    assert_eq!(actions(&console, id).await[4..], ["abandoned", "cancel_requested", "cancel_answered"]);
    assert_eq!(console.journal(id).await[6].actor, "local operator");

    let late = console.report(id, "freeze_check_passed").await;
    assert_problem(&late, ErrorCode::TransitionRefused);
    assert_eq!(actions(&console, id).await.last().unwrap(), "callback", "the refusal is in the journal");
    console.dispatched("production").await;
    audit::verify(&*console.database.store, None).await.expect("rows are as the journal says");
}

/// What may still run is cancelled, and the row ended before that.
#[tokio::test]
async fn f80_running_run_is_cancelled_after_the_end() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let answer = abandon(&console, id, WHY).await;
    assert_eq!((answer.status, console.github.cancels()), (200, 1));
    assert_eq!(answer.json["cancellation"]["state"], "accepted");
    assert_eq!(actions(&console, id).await, ["abandoned", "cancel_requested", "cancel_answered"]);
    console.github.end_run(id, "cancelled");
    assert_eq!(console.pass().await, 0, "it has ended here");
}

/// Whether GitHub started a run is not known: it is asked for no second one, and one that shows later makes no deploy.
async fn f80_abandoned_request_is_never_sent_or_imported(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.requested("production").await;
    console.github.set_listed(id, false);
    let answer = abandon(&console, id, WHY).await;
    assert_eq!((answer.status, &answer.json["status"]), (200, &json!("failed")));
    assert_eq!((&answer.json["github_run_id"], &answer.json["cancellation"]), (&Value::Null, &Value::Null));
    console.github.set_listed(id, true);
    assert_eq!((console.import().await, console.pass().await), (0, 0));
    assert_eq!((console.github.dispatches(), console.database.count("console_deploys").await), (1, 1));
    let page = text_of(&console.get(&format!("/deploys/{id}")).await.text);
    assert!(page.contains("Abandoned") && !page.contains("GitHub did not start a run"), "{page}");
}

/// Abandoned while GitHub thinks: its answer changes nothing, and the environment is free.
#[tokio::test]
async fn f80_late_answer_of_github_revives_nothing() {
    let github = Stub::closed([accepted(7)]).await;
    let console = Arc::new(TestConsole::facing(&github, Flags::default()).await);
    let pressed = Arc::clone(&console);
    let pressed = tokio::spawn(async move { pressed.dispatch("key", &order("production")).await });
    github.arrived().await;
    let listed = console.get("/api/internal/deploys").await.json["deploys"][0]["id"].clone();
    let id: DeployId = listed.as_str().unwrap().parse().unwrap();
    // GitHub lets nothing through: the answer does not wait for it.
    assert_eq!(abandon(&console, id, WHY).await.status, 200);
    for _ in 0..4 {
        github.let_one_through();
    }
    let answer = pressed.await.unwrap();
    assert_eq!((answer.status, &answer.json["status"]), (201, &json!("failed")), "{answer:?}");
    assert_eq!(github.posted().iter().filter(|asked| asked.path.ends_with("/dispatches")).count(), 1);
    assert_eq!(id_of(&console.dispatch("key", &order("production")).await), id, "its key makes no other");
}

/// What is answered when several things are wrong: the first of this list.
#[tokio::test]
async fn abandon_answers_in_order() {
    let console = TestConsole::new().await;
    let (good, empty) = (json!({ "reason": WHY }).to_string(), json!({ "reason": " \n" }).to_string());
    assert_problem(&post(&console, "no-id", "text/plain", String::new()).await, ErrorCode::UnknownDeploy);
    let nobody = nobody().to_string();
    let wrong_type = post(&console, &nobody, "text/plain", String::new()).await;
    assert_problem(&wrong_type, ErrorCode::UnsupportedMediaType);
    for body in ["", "[]", "{}", "{\"reason\":3}"] {
        let malformed = post(&console, &nobody, "application/json", body.to_owned()).await;
        assert_problem(&malformed, ErrorCode::MalformedBody);
    }
    let unknown = post(&console, &nobody, "application/json", empty.clone()).await;
    assert_problem(&unknown, ErrorCode::UnknownDeploy);

    let id = console.dispatched("production").await;
    for reason in [
        empty.clone(),
        json!({ "reason": "ä".repeat(501) }).to_string(),
        json!({ "reason": "a\0" }).to_string(),
    ] {
        assert_problem(
            &post(&console, &id.to_string(), "application/json", reason).await,
            ErrorCode::InvalidField,
        );
    }
    assert_eq!(abandon(&console, id, &"ä".repeat(500)).await.status, 200);
    assert_problem(
        &post(&console, &id.to_string(), "application/json", empty).await,
        ErrorCode::InvalidField,
    );
    let before = console.deploy(id).await;
    let again = post(&console, &id.to_string(), "application/json", good).await;
    let problem = assert_problem(&again, ErrorCode::AlreadyEnded);
    assert_eq!(problem.current.unwrap().as_str(), "failed");
    assert_eq!(console.deploy(id).await, before);
}

/// Only the build that wrote it moves such a status.
#[tokio::test]
async fn f50_status_of_a_newer_build_is_not_abandoned() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.database.force_status(id, "rolling_back").await;
    let problem = assert_problem(&abandon(&console, id, WHY).await, ErrorCode::TransitionRefused);
    assert_eq!(problem.current.unwrap().as_str(), "rolling_back");
    assert_eq!(actions(&console, id).await, [""; 0]);
}

/// One person, another, and the workflow at once: one of them ends it, and the journal says so once.
async fn f80_one_of_many_ends_the_deploy(system: DatabaseSystem) {
    let console = Arc::new(TestConsole::over(system).await);
    let id = console.dispatched("production").await;
    let racers = (0..12).map(|racer| {
        let console = Arc::clone(&console);
        tokio::spawn(async move {
            if racer % 3 == 0 {
                console.callback(id, &fresh(), claim(id, "failed").to_string()).await
            } else {
                abandon(&console, id, &format!("by racer {racer}")).await
            }
        })
    });
    let answers: Vec<_> = join_all(racers).await.into_iter().map(Result::unwrap).collect();
    let won = answers.iter().filter(|answer| answer.status == 200 && answer.json["outcome"] != "repeated");
    assert_eq!(won.count(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| [200, 409].contains(&answer.status)), "{answers:?}");
    let ends = console.journal(id).await.into_iter().filter(|entry| entry.payload["status"] == "failed");
    assert_eq!(ends.count(), 1);
    audit::verify(&*console.database.store, None).await.expect("rows are as the journal says");
}

/// Without scripts: a form on the page, and afterwards who did it and why, with the way to the run.
#[tokio::test]
async fn page_has_a_form_to_abandon() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let page = format!("/deploys/{id}");
    let live = console.get(&page).await.text;
    assert!(live.contains(&format!("action=\"{page}/abandon\"")), "{live}");
    assert!(text_of(&live).contains("Ends this deploy here."), "{live}");

    let refused = console.post_form(&format!("{page}/abandon"), "reason=+").await;
    assert_eq!(
        (refused.status, refused.header("location")),
        (303, Some(&*format!("{page}?problem=invalid_field&field=reason")))
    );
    let shown = console.get(&format!("{page}?problem=invalid_field&field=reason")).await.text;
    assert!(text_of(&shown).contains("A field has a value that is not allowed."), "{shown}");

    let done = console.post_form(&format!("{page}/abandon"), "reason=%3Cb%3Egone").await;
    assert_eq!((done.status, done.header("location")), (303, Some(&*page)));
    let ended = console.get(&page).await.text;
    let words = text_of(&ended);
    for expected in
        ["Abandoned by local operator", "&lt;b&gt;gone", "may still go on.", "It will stop the run."]
    {
        assert!(words.contains(expected), "no {expected} in {words}");
    }
    assert!(!ended.contains("/abandon\""), "there is nothing to abandon");
    let again = console.post_form(&format!("{page}/abandon"), "reason=again").await;
    assert_eq!(again.header("location"), Some(&*format!("{page}?problem=already_ended")));
}

#[tokio::test]
async fn f53_other_sites_cannot_abandon() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    for path in [format!("/api/internal/deploys/{id}/abandon"), format!("/deploys/{id}/abandon")] {
        let foreign = request("POST", &path).header("origin", "https://evil.example");
        assert_eq!(console.send(foreign.body(Body::empty()).unwrap()).await.status, 403);
    }
    assert_eq!(console.deploy(id).await["status"], "dispatched");
}

on_both!(
    f80_abandoning_a_deleted_run_frees_the_environment,
    f80_abandoned_request_is_never_sent_or_imported,
    f80_one_of_many_ends_the_deploy,
);
