//! Webhooks of GitHub: which are taken, and that what they are about is read at once and from GitHub alone.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use app::{api::ErrorCode, domain::DeployId};
use axum::{body::Body, http::request::Builder};
use github_description::webhook_violations;
use github_fake::WebhookDelivery;
use jiff::SignedDuration;
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};
use server::{http::WebhookGate, router::router};
use tokio_util::task::AbortOnDropHandle;
use webhook::{SigningSecrets, sign_as_github};

use crate::support::{Answer, TestConsole, assert_problem, fresh, noon, request, webhook_secrets};

const PATH: &str = "/api/github/webhooks";
const IN_PROGRESS: (&str, Option<&str>) = ("in_progress", None);
const SUCCESS: (&str, Option<&str>) = ("completed", Some("success"));

/// A webhook as it should be, all but its body.
fn signed(secrets: &SigningSecrets, event: &str, delivery: &str, body: &[u8]) -> Builder {
    request("POST", PATH)
        .header("content-type", "application/json")
        .header("x-github-event", event)
        .header("x-github-delivery", delivery)
        .header("x-hub-signature-256", sign_as_github(secrets, body))
}

async fn post(console: &TestConsole, event: &str, delivery: &str, payload: &Value) -> Answer {
    let body = payload.to_string();
    let posted = signed(&webhook_secrets(), event, delivery, body.as_bytes());
    console.send(posted.body(body.into()).unwrap()).await
}

fn of_run(console: &TestConsole, id: DeployId) -> Value {
    let run = console.github.runs_for(id)[0];
    json!({ "action": "completed", "repository": { "full_name": "acme/shop" },
            "workflow_run": { "id": run, "run_attempt": 1, "status": "completed", "conclusion": "success" } })
}

/// A console that GitHub tells of everything, and its reconciler, which ends with this.
struct Told {
    console: TestConsole,
    _passes: AbortOnDropHandle<()>,
}

impl Told {
    async fn new() -> Self {
        let console = TestConsole::new().await;
        let address = console.listen().await;
        console.github.send_webhooks(&format!("http://{address}{PATH}"), webhook_secrets()).unwrap();
        let (reconciler, wake) = console.reconciler();
        let passes = tokio::spawn(async move { reconciler.run(&wake).await });
        Self { console, _passes: AbortOnDropHandle::new(passes) }
    }

    fn set_job(&self, id: DeployId, job: &str, (status, conclusion): (&'static str, Option<&'static str>)) {
        self.console.github.set_job(id, job, status, conclusion);
    }

    /// Waits until a deploy has a status, for less than the reconciler takes by itself.
    async fn reached(&self, id: DeployId, status: &str) {
        self.until(status, async || self.console.deploy(id).await["status"] == status).await;
    }

    async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let reached = async {
            while !is_so().await {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), reached)
            .await
            .unwrap_or_else(|_| panic!("never {what}"));
    }
}

impl Drop for Told {
    /// What the simulated GitHub posts is as GitHub describes it.
    fn drop(&mut self) {
        let deliveries = self.console.github.webhook_deliveries();
        let violations: Vec<_> = deliveries
            .iter()
            .flat_map(|sent| {
                webhook_violations(&sent.event, &serde_json::from_str(&sent.body).unwrap_or_default())
            })
            .collect();
        assert!(violations.is_empty() || std::thread::panicking(), "{violations:#?}");
    }
}

#[tokio::test]
async fn f96_without_a_secret_there_is_no_such_route() {
    let console = TestConsole::new().await;
    let without = router(console.state(WebhookGate::default()));
    let posted = signed(&webhook_secrets(), "ping", "1", b"{}").body(Body::from("{}")).unwrap();
    assert_problem(&Answer::of(&without, posted).await, ErrorCode::NotFound);
}

/// What is wrong is said in this order, whatever else is wrong; and nothing of it is kept.
#[tokio::test]
async fn f96_wrong_webhooks_are_refused_in_order() {
    let console = TestConsole::new().await;
    let (secret, other) = (webhook_secrets(), SigningSecrets::of_bytes(["another"]).unwrap());
    let large = vec![b' '; 1024 * 1024 + 1];
    let (no_json, list) = (&b"{"[..], &b"[]"[..]);
    let without = |name: &str, body: &[u8]| {
        let mut built = signed(&secret, "ping", "1", body);
        built.headers_mut().unwrap().remove(name);
        built
    };
    for (built, body, code) in [
        (signed(&other, "ping", "1", &large), &large[..], ErrorCode::BodyTooLarge),
        (signed(&other, "ping", "1", no_json), no_json, ErrorCode::InvalidSignature),
        (signed(&secret, "ping", "1", b"{ }"), b"{}", ErrorCode::InvalidSignature),
        (without("x-hub-signature-256", b"{}"), b"{}", ErrorCode::InvalidSignature),
        (signed(&secret, "ping", "1", no_json), no_json, ErrorCode::MalformedBody),
        (signed(&secret, "ping", "1", list), list, ErrorCode::MalformedBody),
        (without("x-github-delivery", b"{}"), b"{}", ErrorCode::MalformedBody),
        (without("x-github-event", b"{}"), b"{}", ErrorCode::MalformedBody),
    ] {
        let answer = console.send(built.body(Body::from(body.to_vec())).unwrap()).await;
        assert_problem(&answer, code);
    }
    assert_eq!(console.database.count("github_deliveries").await, 0);
    let padded = [&b"{}"[..], &vec![b' '; 1024 * 1024 - 2]].concat();
    let largest = signed(&secret, "ping", "1", &padded).body(Body::from(padded.clone())).unwrap();
    assert_eq!(console.send(largest).await.status, 200, "1 MiB is taken");
}

#[tokio::test]
async fn f96_webhooks_are_answered_for_what_they_are() {
    let console = TestConsole::new().await;
    let id = console.dispatched("staging").await;
    let of_ours = of_run(&console, id);
    let mut of_others = of_ours.clone();
    of_others["repository"]["full_name"] = "acme/other".into();
    for (event, delivery, payload, status, outcome) in [
        ("ping", "1", json!({ "zen": "Keep it logically awesome." }), 200, "pong"),
        ("workflow_run", "2", of_ours.clone(), 202, "read"),
        ("workflow_run", "2", of_ours.clone(), 200, "repeated"),
        ("push", "2", of_ours.clone(), 200, "repeated"),
        ("workflow_run", "3", of_others, 202, "ignored"),
        ("workflow_run", "4", json!({ "workflow_run": { "id": "seven" }, "repository": 7 }), 202, "ignored"),
        ("workflow_job", "5", of_ours.clone(), 202, "ignored"),
        ("push", "6", of_ours, 202, "ignored"),
        ("of-a-later-year", "7", json!({}), 202, "ignored"),
    ] {
        let answer = post(&console, event, delivery, &payload).await;
        let got = (answer.status, answer.json["outcome"].as_str());
        assert_eq!(got, (status, Some(outcome)), "{event} {delivery}");
    }
    assert_eq!(console.database.count("github_deliveries").await, 7);
}

/// A webhook says where to look. What it says of the run is not believed.
#[tokio::test]
async fn f96_webhook_moves_nothing_that_the_record_does_not_show() {
    let console = TestConsole::new().await;
    let id = console.dispatched("staging").await;
    let (before, entries) = (console.deploy(id).await, console.journal(id).await.len());
    assert_eq!(post(&console, "workflow_run", "1", &of_run(&console, id)).await.json["outcome"], "read");
    let (reconciler, wake) = console.reconciler();
    let reads = console.github.reads();
    let passes = tokio::spawn(async move { reconciler.run(&wake).await });
    // The record was read for it: its run, and the jobs.
    while console.github.reads() < reads + 4 {
        tokio::task::yield_now().await;
    }
    passes.abort();
    assert_eq!(console.deploy(id).await["status"], before["status"]);
    assert!(console.journal(id).await.len() <= entries + 1, "at most that its run is queued");
}

/// No callback comes, and every step is there soon after its job: long before the reconciler would have looked by itself.
#[tokio::test]
async fn f96_lost_callbacks_are_healed_at_once() {
    let told = Told::new().await;
    let id = told.console.dispatched("production").await;
    for (job, state, status) in [
        ("smoke", IN_PROGRESS, "smoke_gate_started"),
        ("smoke", SUCCESS, "smoke_gate_passed"),
        ("freeze-check", IN_PROGRESS, "freeze_check_started"),
        ("freeze-check", SUCCESS, "freeze_check_passed"),
        ("deploy", IN_PROGRESS, "building"),
    ] {
        told.set_job(id, job, state);
        told.reached(id, status).await;
    }
    told.set_job(id, "deploy", SUCCESS);
    told.console.github.end_run(id, "success");
    told.reached(id, "succeeded").await;
    let deploy = told.console.deploy(id).await;
    let history = deploy["history"].as_array().unwrap();
    assert!(history[2..].iter().all(|entry| entry["source"] == "reconciler"), "{history:#?}");
}

/// Webhooks come twice, and the last first: the record is read each time, and says what is so.
#[tokio::test]
async fn f96_order_and_repetition_do_not_matter() {
    let told = Told::new().await;
    told.console.github.lose_webhooks(true);
    let id = told.console.dispatched("staging").await;
    for (job, state) in [("smoke", IN_PROGRESS), ("smoke", SUCCESS), ("deploy", IN_PROGRESS)] {
        told.set_job(id, job, state);
    }
    told.console.github.lose_webhooks(false);
    let lost: Vec<WebhookDelivery> = told.console.github.webhook_deliveries();
    assert!(lost.len() >= 4, "{lost:?}");
    for delivery in lost.iter().rev().chain(&lost) {
        let status = told.console.github.deliver_webhook(delivery).await;
        assert!(matches!(status, Some(200 | 202)), "{status:?}");
    }
    told.reached(id, "building").await;
    told.set_job(id, "deploy", SUCCESS);
    told.console.github.end_run(id, "success");
    told.reached(id, "succeeded").await;
    let deploy = told.console.deploy(id).await;
    let statuses: Vec<_> =
        deploy["history"].as_array().unwrap().iter().map(|entry| entry["status"].as_str().unwrap()).collect();
    assert_eq!(
        statuses,
        [
            "requested",
            "dispatched",
            "smoke_gate_started",
            "smoke_gate_passed",
            "building",
            "deploying",
            "succeeded"
        ],
        "each once"
    );
}

/// Run by hand on GitHub, and on the board at once.
#[tokio::test]
async fn run_by_hand_is_taken_at_once() {
    let told = Told::new().await;
    // The first look through what there was before is over.
    told.until("looked through", async || told.console.github.reads() > 0).await;
    let run = told.console.github.by_hand("acme/shop", "deploy.yml", "staging", "main");
    let rows = async || told.console.database.store.deploys_of_run(run).await.unwrap();
    told.until("imported", async || rows().await.len() == 1).await;
    told.console.github.succeed(run);
    told.until("ended", async || rows().await[0].status.is_terminal()).await;
}

/// GitHub's record can be behind what it tells: it is read again a little later.
#[tokio::test]
async fn record_that_lags_is_read_again() {
    let told = Told::new().await;
    // The first look by itself is over, and no other webhook comes.
    told.until("looked through", async || told.console.github.reads() > 0).await;
    told.console.github.lose_webhooks(true);
    let id = told.console.dispatched("staging").await;
    let early = of_run(&told.console, id);
    let reads = told.console.github.reads();
    assert_eq!(post(&told.console, "workflow_run", "early", &early).await.json["outcome"], "read");
    told.until("read", async || told.console.github.reads() > reads + 1).await;
    // Only now the record shows it.
    told.set_job(id, "smoke", IN_PROGRESS);
    told.reached(id, "smoke_gate_started").await;
}

/// An event about another run is none about ours, whatever else it says: only the rows of that very run are looked at.
#[test]
fn f96_webhook_of_one_repository_reads_no_run_of_another() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let console = runtime.block_on(TestConsole::new());
    let ours = prop_oneof![Just("acme/shop".to_owned()), Just("ACME/Shop".to_owned())];
    let repos = prop_oneof![ours, "[a-zA-Z]{1,5}/[a-z-]{1,6}", Just("acme/shop2".to_owned())];
    let mut runner = TestRunner::new(ProptestConfig::with_cases(64));
    let tried = runner.run(
        &(repos, any::<i64>(), prop_oneof![Just("workflow_run"), Just("workflow_job")]),
        |(repo, run, event)| {
            let (of, id) =
                if event == "workflow_run" { ("workflow_run", "id") } else { ("workflow_job", "run_id") };
            let mut payload = json!({ "repository": { "full_name": repo } });
            payload[of] = json!({ id: run });
            let answer = runtime.block_on(post(&console, event, &fresh(), &payload));
            let expected = if repo.eq_ignore_ascii_case("acme/shop") { "read" } else { "ignored" };
            prop_assert_eq!(answer.json["outcome"].as_str(), Some(expected));
            Ok(())
        },
    );
    tried.unwrap();
}

/// While GitHub tells of what happens, the list of runs is looked through every ten minutes. Deploys that are under way are
/// read as before.
#[tokio::test]
async fn idle_reading_slows_down_while_webhooks_come() {
    let console = TestConsole::new().await;
    let id = console.dispatched("staging").await;
    let (lists, runs) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (of_lists, of_runs) = (Arc::clone(&lists), Arc::clone(&runs));
    console.github.observe(move |exchange| {
        let is_list = exchange.path.ends_with("/workflows/deploy.yml/runs");
        let is_run = exchange.path.ends_with("/jobs");
        of_lists.fetch_add(is_list.into(), Ordering::SeqCst);
        of_runs.fetch_add(is_run.into(), Ordering::SeqCst);
    });
    let (mut reconciler, wake) = console.reconciler();
    reconciler.period = Duration::from_millis(5);
    // A ping promises nothing, and neither does another repository.
    for (event, repo) in [("ping", "acme/shop"), ("push", "acme/shop"), ("workflow_run", "acme/other")] {
        let payload = json!({ "repository": { "full_name": repo }, "workflow_run": { "id": 1 } });
        assert!(post(&console, event, event, &payload).await.status < 300);
        assert!(!wake.is_told_of("acme/shop", noon()));
    }
    assert_eq!(post(&console, "workflow_run", "told", &of_run(&console, id)).await.json["outcome"], "read");
    let passes = AbortOnDropHandle::new(tokio::spawn(async move { reconciler.run(&wake).await }));
    let after_passes = async |more: u32| {
        let enough = runs.load(Ordering::SeqCst) + more;
        while runs.load(Ordering::SeqCst) < enough {
            tokio::task::yield_now().await;
        }
        lists.load(Ordering::SeqCst)
    };
    assert_eq!(after_passes(20).await, 1);
    console.clock.advance(SignedDuration::from_mins(9));
    assert_eq!(after_passes(20).await, 1);
    console.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(after_passes(20).await, 2);
    // A day after the last webhook it is as if there were none.
    console.clock.advance(SignedDuration::from_hours(24));
    assert!(after_passes(20).await > 10);
    drop(passes);
}

/// Every example of GitHub's own is taken or ignored; none of them is an error of ours.
#[tokio::test]
async fn f96_examples_of_github_are_taken() {
    let console = TestConsole::new().await;
    let examples = github_description::example_events();
    assert!(examples.len() > 300, "{}", examples.len());
    for (number, (event, payload)) in examples.iter().enumerate() {
        let answer = post(&console, event, &number.to_string(), payload).await;
        let expected = if event == "ping" { 200 } else { 202 };
        assert_eq!(answer.status, expected, "{event}: {answer:?}");
    }
}

/// What is only remembered is not read again anywhere.
#[tokio::test]
async fn webhooks_do_not_count_as_writes() {
    let console = TestConsole::new().await;
    let before = console.database.store.writes();
    for delivery in 0..5 {
        assert_eq!(post(&console, "ping", &delivery.to_string(), &json!({})).await.status, 200);
    }
    assert_eq!(console.database.store.writes(), before);
    console.dispatched("staging").await;
    assert!(console.database.store.writes() > before, "other writes do");
}
