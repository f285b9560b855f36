//! While the run of a deploy goes on that ended here without it, no other deploy of that environment begins.

use app::{api::ErrorCode, domain::DeployId};
use axum::body::Body;
use github_fake::Outage;
use jiff::SignedDuration;
use serde_json::json;
use store::DatabaseSystem;

use crate::{
    pages::rendering::text_of,
    support::{
        Flags, TestConsole, assert_problem, claim,
        database::on_both,
        fresh, order, request,
        stub::{Stub, accepted, reply},
    },
};

/// A deploy that a person gave up, whose run goes on.
async fn abandoned(console: &TestConsole) -> DeployId {
    let id = console.dispatched("production").await;
    console.github.set_job(id, "smoke", "in_progress", None);
    abandon(console, id).await;
    // What is asked for at the same moment has no order.
    console.clock.advance(SignedDuration::from_secs(1));
    id
}

async fn abandon(console: &TestConsole, id: DeployId) {
    let path = format!("/api/internal/deploys/{id}/abandon");
    let request = request("POST", &path).header("content-type", "application/json");
    let answer = console.send(request.body(Body::from(json!({ "reason": "so" }).to_string())).unwrap()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// The refusal names the deploy and its run, which alone is asked about; other environments are free.
async fn f80_run_of_an_abandoned_deploy_is_waited_for(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = abandoned(&console).await;
    let run = console.github.runs_for(id)[0];
    let problem =
        assert_problem(&console.dispatch("key", &order("production")).await, ErrorCode::RunUnderWay);
    let link = problem.run.expect("the run is named");
    assert_eq!((problem.active_deploy_id, link.id), (Some(id), run));
    assert!(link.url.ends_with(&format!("/actions/runs/{run}")), "{link:?}");
    assert_eq!((console.github.dispatches(), console.database.count("console_deploys").await), (1, 1));
    console.dispatched("staging").await;
    console.github.end_run(id, "cancelled");
    assert_eq!(console.dispatch("key", &order("production")).await.status, 201, "its key was not used");
}

/// The same after a deadline.
#[tokio::test]
async fn f79_run_of_a_timed_out_deploy_is_waited_for() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.set_job(id, "smoke", "in_progress", None);
    console.pass().await;
    for minutes in [31, 3] {
        console.clock.advance(SignedDuration::from_mins(minutes));
        console.pass().await;
    }
    assert_eq!(console.deploy(id).await["status"], "timed_out");
    assert_problem(&console.dispatch("key", &order("production")).await, ErrorCode::RunUnderWay);
}

/// One leg has ended; the others may go on.
#[tokio::test]
async fn f76_end_of_one_leg_leaves_the_run() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let say = async |leg: u8, status: &str| {
        let mut body = claim(id, status);
        body["leg"] = json!({ "index": leg, "total": 2 });
        console.callback(id, &fresh(), body.to_string()).await.json["outcome"].clone()
    };
    assert_eq!(say(0, "building").await, "applied");
    assert_eq!(say(0, "succeeded").await, "noted");
    console.github.set_job(id, "smoke", "in_progress", None);
    abandon(&console, id).await;
    console.clock.advance(SignedDuration::from_secs(1));
    assert_problem(&console.dispatch("key", &order("production")).await, ErrorCode::RunUnderWay);
}

/// Nothing is waited for that GitHub does not say: it is away, the run is gone, or the workflow has reported its end.
#[tokio::test]
async fn f80_run_that_may_not_go_on_blocks_nobody() {
    for outage in [Outage::Answering(502), Outage::Answering(404)] {
        let console = TestConsole::new().await;
        abandoned(&console).await;
        console.github.set_outage(Some(outage));
        assert_eq!(console.dispatch(&fresh(), &order("production")).await.status, 201, "{outage:?}");
    }
    let console = TestConsole::new().await;
    let id = abandoned(&console).await;
    assert_eq!(console.report(id, "succeeded").await.status, 409);
    console.dispatched("production").await;
}

/// A deploy that ended otherwise is not asked about.
#[tokio::test]
async fn f80_other_ends_ask_github_nothing() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.report(id, "failed").await;
    console.clock.advance(SignedDuration::from_secs(1));
    let reads = console.github.reads();
    console.dispatched("production").await;
    assert_eq!(console.github.reads(), reads);
}

/// What is answered when several things are so: a repeated key, then a deploy under way, then its run.
#[tokio::test]
async fn run_under_way_yields_to_earlier_answers() {
    let console = TestConsole::new().await;
    let first = console.dispatch("key", &order("production")).await;
    let id: DeployId = first.json["id"].as_str().unwrap().parse().unwrap();
    console.github.set_job(id, "smoke", "in_progress", None);
    let busy = console.dispatch("other", &order("production")).await;
    assert_problem(&busy, ErrorCode::DeployUnderWay);
    abandon(&console, id).await;
    let again = console.dispatch("key", &order("production")).await;
    assert_eq!((again.status, &again.json["status"]), (200, &json!("failed")));
    let mut changed = order("production");
    changed["git_ref"] = "v2".into();
    assert_problem(&console.dispatch("key", &changed).await, ErrorCode::IdempotencyKeyReused);
    assert_problem(&console.dispatch("other", &order("production")).await, ErrorCode::RunUnderWay);
}

/// GitHub takes its time: the dispatch waits for a moment, and goes on.
#[tokio::test]
async fn f80_slow_github_blocks_nobody() {
    let github = Stub::start([accepted(7), reply(202, "")]).await;
    let console = TestConsole::facing(&github, Flags::default()).await;
    let id = console.dispatched("production").await;
    abandon(&console, id).await;
    console.clock.advance(SignedDuration::from_secs(1));
    github.answer_next([reply(500, ""), accepted(8)]);
    assert_eq!(console.dispatch(&fresh(), &order("production")).await.status, 201);
}

/// Without scripts: the sentence, and the way to the deploy and its run.
#[tokio::test]
async fn form_says_which_run_is_under_way() {
    let console = TestConsole::new().await;
    let id = abandoned(&console).await;
    let page = "/deploy/shop/production";
    let refused = console.post_form(page, &format!("key={}&ref=main", fresh())).await;
    let location = refused.header("location").unwrap().to_owned();
    assert!(location.starts_with(&format!("{page}?problem=run_under_way&deploy={id}")), "{location}");
    let shown = console.get(&location).await.text;
    assert!(shown.contains(&format!("href=\"/deploys/{id}\"")), "{shown}");
    let words = text_of(&shown);
    for expected in
        ["The run of an earlier deploy here still goes on.", "Cancel that run from the page of its deploy"]
    {
        assert!(words.contains(expected), "no {expected} in {words}");
    }
}

on_both!(f80_run_of_an_abandoned_deploy_is_waited_for);
