//! The run of a deploy that ended here without it, cancelled from here: what is asked is recorded, and the end of the deploy
//! stays what it is.

use std::collections::HashSet;

use app::{
    api::ErrorCode,
    domain::{DeployId, JournalEntry},
};
use axum::body::Body;
use futures::future::join_all;
use github_fake::Outage;
use jiff::SignedDuration;
use runtime::fail_point::{FailPoint, Point};
use serde_json::{Value, json};
use server::audit;
use store::DatabaseSystem;

use crate::{
    pages::rendering::text_of,
    support::{Answer, TestConsole, assert_problem, database::on_both, fresh, order, request, shape},
};

on_both!(
    f79_run_is_cancelled_after_the_deadline,
    f80_run_of_an_abandoned_deploy_is_asked_again,
    f39_crash_before_the_answer_is_asked_again,
    f47_racing_cancels_keep_one_request_open,
);

async fn cancel(console: &TestConsole, id: DeployId) -> Answer {
    let path = format!("/api/internal/deploys/{id}/cancel");
    console.send(request("POST", &path).body(Body::empty()).unwrap()).await
}

/// A deploy that timed out, whose run goes on; the console asked GitHub to cancel it, in vain.
async fn timed_out(console: &TestConsole) -> DeployId {
    let id = console.dispatched("production").await;
    console.github.set_job(id, "smoke", "in_progress", None);
    console.pass().await;
    for minutes in [31, 3] {
        console.clock.advance(SignedDuration::from_mins(minutes));
        console.pass().await;
    }
    assert_eq!(console.deploy(id).await["status"], "timed_out");
    console.clock.advance(SignedDuration::from_secs(1));
    id
}

/// One that a person gave up while GitHub could not be asked to cancel its run.
async fn abandoned(console: &TestConsole) -> DeployId {
    let id = console.dispatched("production").await;
    console.github.set_job(id, "smoke", "in_progress", None);
    console.github.set_cancel_fault(Some(502));
    let path = format!("/api/internal/deploys/{id}/abandon");
    let request = request("POST", &path).header("content-type", "application/json");
    let answer = console.send(request.body(Body::from(json!({ "reason": "so" }).to_string())).unwrap()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    console.github.set_cancel_fault(None);
    console.clock.advance(SignedDuration::from_secs(1));
    id
}

/// The last entries about a deploy: who, and what.
async fn last(console: &TestConsole, id: DeployId, entries: usize) -> Vec<(String, String)> {
    let of = |entry: JournalEntry| (entry.actor, entry.action.replace("console.deploy.", ""));
    let journal: Vec<_> = console.journal(id).await.into_iter().map(of).collect();
    journal[journal.len() - entries..].to_vec()
}

fn entries<const N: usize>(expected: [(&str, &str); N]) -> Vec<(String, String)> {
    expected.map(|(actor, action)| (actor.to_owned(), action.to_owned())).to_vec()
}

/// A pass over this deploy alone, as a nudge makes it. Returns whether its run is followed further.
async fn nudged(console: &TestConsole, id: DeployId) -> bool {
    let pass = console.reconciler().0.pass_over(HashSet::from([id])).await.unwrap();
    audit::verify(&*console.database.store, None).await.expect("rows are as the journal says");
    pass.awaits_cancellation.contains(&id)
}

/// What never changes, whatever becomes of the run.
fn verdict(deploy: &Value) -> [Value; 4] {
    ["status", "finished_at", "history", "steps"].map(|field| deploy[field].clone())
}

async fn f79_run_is_cancelled_after_the_deadline(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = timed_out(&console).await;
    let (before, cancels) = (console.deploy(id).await, console.github.cancels());
    let answer = cancel(&console, id).await;
    assert_eq!((answer.status, console.github.cancels()), (202, cancels + 1), "{answer:?}");
    shape::assert_deploy(&answer.json);
    let asked = &answer.json["cancellation"];
    assert_eq!(
        (&asked["requested_by"], &asked["state"], &asked["why"]),
        (&json!("local operator"), &json!("accepted"), &Value::Null)
    );
    assert!(answer.json["version"].as_i64() > before["version"].as_i64(), "pages see something new");
    let requested = [("local operator", "cancel_requested"), ("console", "cancel_answered")];
    assert_eq!(last(&console, id, 2).await, entries(requested));
    assert!(nudged(&console, id).await, "GitHub has not said yet that it ended");

    console.github.end_run(id, "cancelled");
    assert!(!nudged(&console, id).await);
    let deploy = console.deploy(id).await;
    assert_eq!((verdict(&deploy), &deploy["run_state"]), (verdict(&before), &json!("cancelled")));
    assert_eq!(last(&console, id, 1).await, entries([("reconciler", "run_observed")]));
    nudged(&console, id).await;
    assert_eq!(console.deploy(id).await, deploy, "what is known is not written again");
    assert_problem(&cancel(&console, id).await, ErrorCode::DeployEnded);
    console.dispatched("production").await;
}

/// GitHub did not hear it, or it took the request and the run goes on: it is asked again, and each time that is recorded.
async fn f80_run_of_an_abandoned_deploy_is_asked_again(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = abandoned(&console).await;
    let before = console.deploy(id).await;
    assert_eq!(before["cancellation"]["state"], "unconfirmed");
    for press in 1..=2 {
        console.clock.advance(SignedDuration::from_secs(1));
        assert_eq!(cancel(&console, id).await.status, 202);
        let requested = [("local operator", "cancel_requested"), ("console", "cancel_answered")];
        assert_eq!(last(&console, id, 2).await, entries(requested), "press {press}");
    }
    assert_eq!(console.journal(id).await.len(), 2 + 3 + 4, "abandoned, and three times both");
    assert_eq!(verdict(&console.deploy(id).await), verdict(&before));
    audit::verify(&*console.database.store, None).await.expect("rows are as the journal says");
}

/// Killed once it is recorded, or once GitHub has answered: the request is known, unanswered, and asked for again.
async fn f39_crash_before_the_answer_is_asked_again(system: DatabaseSystem) {
    for (point, heard) in [(Point::AfterIntent, 0), (Point::AfterPost, 1)] {
        let mut console = TestConsole::over(system).await;
        let id = timed_out(&console).await;
        let cancels = console.github.cancels();
        let crash = FailPoint::at(point);
        console.restart(crash.clone());
        let path = format!("/api/internal/deploys/{id}/cancel");
        let request = request("POST", &path).body(Body::empty()).unwrap();
        let router = console.router.clone();
        let pressed = tokio::spawn(async move { Answer::of(&router, request).await });
        crash.reached().await;
        pressed.abort();
        console.restart(FailPoint::default());
        let deploy = console.deploy(id).await;
        assert_eq!((&deploy["status"], console.github.cancels()), (&json!("timed_out"), cancels + heard));
        assert_eq!(deploy["cancellation"]["state"], "requested", "{point}");

        assert_eq!(cancel(&console, id).await.json["cancellation"]["state"], "accepted");
        let requested = [("local operator", "cancel_requested"), ("console", "cancel_answered")];
        assert_eq!(last(&console, id, 2).await, entries(requested), "{point}: one request, one answer");
        audit::verify(&*console.database.store, None).await.expect("rows are as the journal says");
    }
}

/// Many presses at once, on two instances: each is answered, GitHub is asked, and no request is recorded before the last was answered.
async fn f47_racing_cancels_keep_one_request_open(system: DatabaseSystem) {
    let mut console = TestConsole::over(system).await;
    let id = timed_out(&console).await;
    let cancels = console.github.cancels();
    let one = console.router.clone();
    console.restart(FailPoint::default());
    let racers = [&one, &console.router].repeat(6).into_iter().map(|router| {
        let router = router.clone();
        let path = format!("/api/internal/deploys/{id}/cancel");
        let request = request("POST", &path).body(Body::empty()).unwrap();
        tokio::spawn(async move { Answer::of(&router, request).await.status })
    });
    for status in join_all(racers).await {
        assert_eq!(status.unwrap(), 202);
    }
    assert!(console.github.cancels() > cancels);
    let about = console.journal(id).await.into_iter().map(|entry| entry.action);
    let about: Vec<_> = about.filter(|action| action.contains(".cancel_")).collect();
    for (at, pair) in about.chunks(2).enumerate() {
        let [requested, answered] = pair else { panic!("{at}: one half of {about:?}") };
        assert!(requested.ends_with("requested") && answered.ends_with("answered"), "{at}: {about:?}");
    }
    assert_eq!(console.deploy(id).await["status"], "timed_out");
    audit::verify(&*console.database.store, None).await.expect("rows are as the journal says");
}

/// It has ended when the button is pressed: GitHub's record is believed, and nothing is cancelled.
#[tokio::test]
async fn f79_run_that_has_just_ended_is_said_to_have() {
    let console = TestConsole::new().await;
    let id = timed_out(&console).await;
    let cancels = console.github.cancels();
    console.github.end_run(id, "success");
    let answer = cancel(&console, id).await;
    assert_eq!((answer.status, console.github.cancels()), (202, cancels), "{answer:?}");
    let told = (&answer.json["status"], &answer.json["run_state"], &answer.json["cancellation"]["state"]);
    assert_eq!(told, (&json!("timed_out"), &json!("ended"), &json!("too_late")));
    let requested =
        [("local operator", "cancel_requested"), ("console", "run_observed"), ("console", "cancel_answered")];
    assert_eq!(last(&console, id, 3).await, entries(requested));
    assert_problem(&cancel(&console, id).await, ErrorCode::DeployEnded);
}

/// GitHub says that it is too late, and not yet that the run has ended.
#[tokio::test]
async fn f79_run_that_is_ending_is_too_late() {
    let console = TestConsole::new().await;
    let id = timed_out(&console).await;
    console.github.set_cancel_fault(Some(409));
    assert_problem(&cancel(&console, id).await, ErrorCode::CancelTooLate);
    let page = text_of(&console.get(&format!("/deploys/{id}")).await.text);
    assert!(page.contains("GitHub says that it has ended or is ending."), "{page}");
}

/// It was run again: its own attempt has ended, and the later one is no business of this deploy.
#[tokio::test]
async fn f74_later_attempt_is_not_cancelled() {
    let console = TestConsole::new().await;
    let id = timed_out(&console).await;
    let cancels = console.github.cancels();
    console.github.end_run(id, "failure");
    console.github.rerun(id);
    let answer = cancel(&console, id).await;
    assert_eq!((answer.status, console.github.cancels()), (202, cancels), "{answer:?}");
    assert_eq!((&answer.json["run_state"], &answer.json["attempt"]), (&json!("ended"), &json!(1)));
    nudged(&console, id).await;
    assert_eq!(console.database.count("console_deploys").await, 2, "the later attempt is a deploy");
}

/// Whether that very attempt goes on is not known: nothing is cancelled, and the request is kept.
#[tokio::test]
async fn f35_unread_run_is_not_cancelled() {
    let console = TestConsole::new().await;
    let id = timed_out(&console).await;
    let cancels = console.github.cancels();
    console.github.set_outage(Some(Outage::Answering(502)));
    let answer = cancel(&console, id).await;
    assert_problem(&answer, ErrorCode::GitHubUnavailable);
    assert_eq!((answer.header("retry-after"), console.github.cancels()), (Some("5"), cancels));
    assert_eq!(console.deploy(id).await["cancellation"]["state"], "unconfirmed");
    console.github.set_outage(None);
    assert_eq!(cancel(&console, id).await.status, 202);
}

/// What ended with its run, or reported its end since, has nothing to cancel, and nothing is recorded.
#[tokio::test]
async fn f79_reported_end_leaves_nothing_to_cancel() {
    let console = TestConsole::new().await;
    let id = timed_out(&console).await;
    let before = console.deploy(id).await;
    assert_problem(&console.report(id, "failed").await, ErrorCode::TransitionRefused);
    assert_eq!(console.deploy(id).await, before, "a refused report changes no row");
    let page = text_of(&console.get(&format!("/deploys/{id}")).await.text);
    assert!(
        page.contains("Its workflow has reported its end since.") && !page.contains("Cancel run"),
        "{page}"
    );
    assert_problem(&cancel(&console, id).await, ErrorCode::DeployEnded);
    assert_eq!(last(&console, id, 1).await[0].1, "callback");
    assert!(nudged(&console, id).await, "GitHub will say so soon");
    console.github.end_run(id, "failure");
    assert!(!nudged(&console, id).await);
    assert_eq!(console.deploy(id).await["run_state"], "ended");
}

/// Ten minutes later nobody asks any more: that it goes on is read when somebody looks.
#[tokio::test]
async fn f83_run_that_never_ends_costs_nothing_later() {
    let console = TestConsole::new().await;
    let id = timed_out(&console).await;
    cancel(&console, id).await;
    assert!(nudged(&console, id).await);
    console.clock.advance(SignedDuration::from_mins(10));
    assert!(!nudged(&console, id).await);
    let reads = console.github.reads();
    console.pass().await;
    assert_eq!(console.github.reads(), reads, "no live row, no request");
    console.github.end_run(id, "failure");
    console.get(&format!("/deploys/{id}")).await;
    assert_eq!(console.deploy(id).await["run_state"], "ended");
}

#[tokio::test]
async fn f53_other_sites_cannot_cancel_a_run() {
    let console = TestConsole::new().await;
    let id = timed_out(&console).await;
    let (before, cancels) = (console.deploy(id).await, console.github.cancels());
    for path in [format!("/api/internal/deploys/{id}/cancel"), format!("/deploys/{id}/cancel")] {
        let foreign = request("POST", &path).header("origin", "https://evil.example");
        assert_eq!(console.send(foreign.body(Body::empty()).unwrap()).await.status, 403, "{path}");
    }
    assert_eq!((console.deploy(id).await, console.github.cancels()), (before, cancels));
}

/// Without scripts: the page says that the run may go on, has the form, and then says what became of it.
#[tokio::test]
async fn f79_page_cancels_without_scripts() {
    let console = TestConsole::new().await;
    let id = timed_out(&console).await;
    let run = console.github.runs_for(id)[0];
    let page = format!("/deploys/{id}");
    let shown = console.get(&page).await.text;
    let words = text_of(&shown);
    assert!(words.contains(&format!("Run {run} may still go on.")), "{words}");
    let (cancel, again) = (words.find(&format!("Cancel run {run}…")), words.find("Deploy again…"));
    assert!(cancel.is_some() && cancel < again, "the run comes first: {words}");
    assert!(shown.contains(&format!("action=\"{page}/cancel\"")), "{shown}");

    let pressed = console.post_form(&format!("{page}/cancel"), "").await;
    assert_eq!((pressed.status, pressed.header("location")), (303, Some(page.as_str())));
    let words = text_of(&console.get(&page).await.text);
    assert!(words.contains("local operator asked GitHub to cancel its run"), "{words}");
    console.github.end_run(id, "cancelled");
    console.get(&page).await;
    let words = text_of(&console.get(&page).await.text);
    assert!(words.contains("Its run has ended on GitHub.") && !words.contains("Cancel run"), "{words}");
    let pressed = console.post_form(&format!("{page}/cancel"), "").await;
    assert_eq!(pressed.header("location"), Some(format!("{page}?problem=deploy_ended").as_str()));
}

/// Before the press: the form says which run may go on, and where it is cancelled; once it has ended, nothing.
#[tokio::test]
async fn f79_form_says_that_a_run_may_go_on() {
    let console = TestConsole::new().await;
    let id = timed_out(&console).await;
    let run = console.github.runs_for(id)[0];
    let plan = "/deploy/shop/production";
    let shown = console.get(plan).await.text;
    let note = format!("Run {run} of an earlier deploy may still go on.");
    assert!(text_of(&shown).contains(&note), "{shown}");
    assert!(shown.contains(&format!("href=\"/deploys/{id}\"")), "{shown}");
    console.github.end_run(id, "cancelled");
    assert!(!text_of(&console.get(plan).await.text).contains(&note));
    assert_eq!(console.dispatch(&fresh(), &order("production")).await.status, 201);
}
