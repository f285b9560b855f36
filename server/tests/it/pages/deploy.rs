//! What the page of one deploy shows beside its progress: what is usual, when what happened, GitHub's jobs, and what to
//! do next. GitHub is asked one question, and every outcome of it is shown.

use std::time::Duration;

use app::domain::DeployId;
use axum::{body::Body, http::Response};
use github_fake::{Fault, Outage};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{
    pages::rendering::text_of,
    support::{
        Flags, TestConsole, fresh, id_of, order,
        stub::{Stub, accepted, reply},
    },
};

/// What the page waits for GitHub at most, and what a busy machine adds to it.
const PATIENCE: Duration = Duration::from_secs(2);
const EPSILON: Duration = Duration::from_secs(3);
const ASYNC: Flags = Flags { deploy_async: true, phase_callbacks: false };

async fn page(console: &TestConsole, id: DeployId) -> String {
    let answer = console.get(&format!("/deploys/{id}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.text
}

/// A part of the page that is rendered again whenever something happens.
#[track_caller]
fn part<'a>(page: &'a str, name: &str) -> &'a str {
    let start = page.find(&format!("data-part=\"{name}\"")).unwrap_or_else(|| panic!("no {name}: {page}"));
    let end = page[start..].find("</section>").expect("it ends");
    &page[start..start + end]
}

#[track_caller]
fn assert_says(part: &str, words: &[&str]) {
    let text = text_of(&format!("<{part}"));
    for word in words {
        assert!(text.contains(word), "no {word:?} in {text}");
    }
}

fn after(console: &TestConsole, seconds: i64) {
    console.clock.advance(SignedDuration::from_secs(seconds));
}

/// A deploy to staging whose deploy step took so long.
async fn deployed_in(console: &TestConsole, seconds: i64) {
    let id = console.dispatched("staging").await;
    console.walk(id, &["building"]).await;
    after(console, seconds);
    console.walk(id, &["deploying"]).await;
    after(console, 1);
    console.walk(id, &["succeeded"]).await;
}

async fn usual(console: &TestConsole, id: DeployId) -> Value {
    let answer = console.get(&format!("/api/ui/deploy?id={id}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json["usual"].clone()
}

/// What is usual comes with the poll of a live deploy, and is worked out once a minute.
#[tokio::test]
async fn usual_duration_is_computed_once_a_minute() {
    let console = TestConsole::new().await;
    for seconds in [40, 10, 30, 20] {
        deployed_in(&console, seconds).await;
    }
    let live = console.dispatched("staging").await;
    assert_eq!(usual(&console, live).await, Value::Null, "four say nothing");
    console.walk(live, &["building"]).await;
    after(&console, 50);
    console.walk(live, &["deploying"]).await;
    after(&console, 1);
    console.walk(live, &["succeeded"]).await;

    let next = console.dispatched("staging").await;
    assert_eq!(usual(&console, next).await, Value::Null, "as it was asked less than a minute ago");
    after(&console, 10);
    let expected = json!([
        { "step": "deploy", "median": 30, "ninetieth": 50, "samples": 5 },
        { "step": "health_check", "median": 1, "ninetieth": 1, "samples": 5 },
    ]);
    assert_eq!(usual(&console, next).await, expected);
    let elsewhere = console.dispatched("production").await;
    assert_eq!(usual(&console, elsewhere).await, Value::Null, "another environment");

    let shown = page(&console, next).await;
    assert!(!text_of(&shown).contains("usually"), "it waits for its run: {shown}");
    console.walk(next, &["building"]).await;
    let words = "usually 30 s, 9 in 10 within 50 s (5 deploys)";
    assert!(text_of(&page(&console, next).await).contains(words));
    console.walk(next, &["failed"]).await;
    assert_eq!(usual(&console, next).await, Value::Null, "it has ended");
}

/// The poll says when a live deploy reaches its limit: that of its environment, or that of waiting; nothing where no time
/// runs, or it was reached.
#[tokio::test]
async fn poll_says_when_the_deadline_is() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let ends_at = async || {
        let answer = console.get(&format!("/api/ui/deploy?id={id}")).await;
        answer.json["ends_at"].as_str().map(str::to_owned)
    };
    assert_eq!(ends_at().await.as_deref(), Some("2026-11-22T12:30:00Z"), "from the request on");
    after(&console, 300);
    console.github.hold_run(id, Some("queued"));
    console.pass().await;
    assert_eq!(ends_at().await.as_deref(), Some("2026-11-23T12:05:00Z"), "from when it was seen to wait");
    console.github.hold_run(id, None);
    after(&console, 1);
    console.walk(id, &["building"]).await;
    assert_eq!(ends_at().await.as_deref(), Some("2026-11-22T12:35:01Z"), "from its first report");
    console.walk(id, &["failed"]).await;
    assert_eq!(ends_at().await, None);
}

/// The steps say when what happened, and what is not known.
#[tokio::test]
async fn steps_show_events_and_unknowns() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    after(&console, 30);
    console.walk(id, &["smoke_gate_started"]).await;
    after(&console, 12);
    console.walk(id, &["smoke_gate_passed"]).await;
    after(&console, 60);
    let waiting = page(&console, id).await;
    assert_says(
        part(&waiting, "progress"),
        &["took 12 s", "began after 30 s", "nothing under way for 1 min 0 s so far", "From 12:00:00 UTC"],
    );
    console.walk(id, &["building"]).await;
    after(&console, 5);
    let shown = page(&console, id).await;
    assert_says(
        part(&shown, "progress"),
        &["Freeze checknot reported", "Deployin progress", "after a gap of 1 min 0 s", "Health checkpending"],
    );
}

/// What was read from GitHub is recorded, and has no length.
#[tokio::test]
async fn f34_healed_step_has_no_duration() {
    let console = TestConsole::new().await;
    let id = console.dispatched("staging").await;
    console.github.set_job(id, "smoke", "completed", Some("success"));
    after(&console, 77);
    console.pass().await;
    let page = page(&console, id).await;
    let steps = part(&page, "progress");
    assert!(steps.contains("url(#track-hatch)"), "{steps}");
    assert!(!text_of(steps).contains("took") && !text_of(steps).contains("began after"), "{steps}");
}

/// The jobs are asked for once a view, and for free where nothing changed.
#[tokio::test]
async fn jobs_are_read_once_and_conditionally() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.set_job(id, "smoke", "in_progress", None);
    let shown = page(&console, id).await;
    let jobs = part(&shown, "jobs");
    assert_says(
        jobs,
        &[
            "smoke",
            "Smoke gate",
            "in progress",
            "Deploy, Health check",
            "queued",
            "As GitHub answered at 12:00:00 UTC",
        ],
    );
    let run = console.github.runs_for(id)[0];
    let link = format!("href=\"{}/acme/shop/actions/runs/{run}/job/1\"", console.github.url());
    assert!(jobs.contains(&link), "{jobs}");
    assert_eq!((console.github.reads(), console.github.unchanged_reads()), (1, 0));
    page(&console, id).await;
    assert_eq!((console.github.reads(), console.github.unchanged_reads()), (2, 1));
}

#[tokio::test]
async fn f33_jobs_belong_to_the_followed_attempt() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.set_job(id, "smoke", "completed", Some("success"));
    console.github.rerun(id);
    console.pass().await;
    let live = page(&console, id).await;
    assert_says(part(&live, "jobs"), &["Attempt 2.", "queued"]);
    console.github.set_job(id, "smoke", "completed", Some("failure"));
    console.github.end_run(id, "failure");
    console.pass().await;
    console.github.rerun(id);
    let over = page(&console, id).await;
    assert_says(part(&over, "jobs"), &["Attempt 2.", "failed", "skipped"]);
}

#[tokio::test]
async fn f25_without_run_github_is_not_asked() {
    let console = TestConsole::new().await;
    let id = console.requested("production").await;
    let reads = console.github.reads();
    let shown = page(&console, id).await;
    assert_says(part(&shown, "jobs"), &["is not known yet, so GitHub was not asked"]);
    assert_eq!(console.github.reads(), reads);
    console.github.fail_next(Fault::Refused(422, String::new()));
    let refused = id_of(&console.dispatch(&fresh(), &order("staging")).await);
    let shown = page(&console, refused).await;
    assert_says(part(&shown, "jobs"), &["No run was found for this deploy"]);
}

/// While GitHub is down, the page says so and since when.
#[tokio::test]
async fn f35_github_outage_is_shown_with_start() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.set_outage(Some(Outage::Answering(503)));
    console.pass().await;
    after(&console, 3_600);
    let down = page(&console, id).await;
    assert_says(
        part(&down, "jobs"),
        &[
            "GitHub cannot be read: it answered 503 (“Server Error”).",
            "Trouble with GitHub since 2026-11-22 12:00 UTC",
        ],
    );
    console.github.set_outage(None);
    let up = page(&console, id).await;
    assert_says(part(&up, "jobs"), &["freeze-check", "queued"]);
}

#[tokio::test]
async fn f26_rate_limit_is_shown_and_obeyed() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.set_outage(Some(Outage::Limited(60)));
    for _ in 0..2 {
        let limited = page(&console, id).await;
        assert_says(part(&limited, "jobs"), &["GitHub limits the console’s requests until 12:01:00 UTC."]);
    }
    assert_eq!(console.github.reads(), 1, "nobody asks before it is time");
}

/// A page over a GitHub that gives this answer when it is asked for the jobs.
async fn page_over(answer: Response<Body>) -> (Stub, String) {
    let github = Stub::start([accepted(42), answer]).await;
    let console = TestConsole::facing(&github, ASYNC).await;
    let id = id_of(&console.dispatch(&fresh(), &order("production")).await);
    let shown = page(&console, id).await;
    assert_eq!(github.asked().len(), 2, "one question");
    (github, shown)
}

#[tokio::test]
async fn f29_malformed_or_huge_answer_is_ignored() {
    for (answer, words) in [
        ("{\"jobs\":[{\"id\":\"x\"}]}".to_owned(), "its answer is not what is documented"),
        ("[".repeat(100_000), "its answer is not what is documented"),
        (" ".repeat(5 * 1024 * 1024), "its answer broke off, or is too large"),
    ] {
        let (_, shown) = page_over(reply(200, answer)).await;
        assert_says(part(&shown, "jobs"), &[words]);
    }
}

/// The page waits two seconds for GitHub, and then says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f27_page_waits_two_seconds_for_github() {
    let github = Stub::closed([accepted(42), reply(200, "{\"jobs\":[]}")]).await;
    github.let_one_through();
    let console = TestConsole::facing(&github, ASYNC).await;
    let id = id_of(&console.dispatch(&fresh(), &order("production")).await);
    let shown = tokio::time::timeout(PATIENCE + EPSILON, page(&console, id)).await.expect("the page is made");
    assert_says(part(&shown, "jobs"), &["GitHub did not answer within 2 s."]);
    assert_eq!(github.asked().len(), 2, "it was asked");
}

/// What GitHub says of a job is text, and leads to the configured GitHub alone.
#[tokio::test]
async fn f55_job_text_and_links_are_safe() {
    let hostile = "\"><img src=x onerror=alert(1)><script>alert(1)</script>\u{202e}";
    let jobs = json!({ "jobs": [{
        "id": 9, "name": hostile, "status": hostile, "conclusion": null, "steps": [{}],
        "html_url": "javascript:alert(1)", "url": "https://evil.example",
        "started_at": "2026-11-22T12:00:05Z", "completed_at": "2026-11-22T11:00:00Z",
    }, { "id": 10, "name": "deploy", "status": "dreaming", "conclusion": null, "started_at": "2026-11-22T12:00:05Z" }] });
    let (github, shown) = page_over(reply(200, jobs.to_string())).await;
    let part = part(&shown, "jobs");
    for markup in ["<img", "<script", "javascript:", "evil.example", "\u{202e}"] {
        assert!(!part.contains(markup), "{part}");
    }
    let links: Vec<_> = part.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let job = |id: i64| format!("{}/acme/shop/actions/runs/42/job/{id}", github.url());
    assert_eq!(links, [job(9), job(10)]);
    assert_says(part, &["alert(1)", "“dreaming”, not known here"]);
    assert_eq!(part.matches("<time").count(), 2, "what did not begin has no beginning: {part}");
}

#[tokio::test]
async fn failed_deploy_can_be_repeated() {
    let console = TestConsole::new().await;
    let mut order = order("production");
    order["git_ref"] = "feature/basket&co".into();
    let id = id_of(&console.dispatch(&fresh(), &order).await);
    assert!(!page(&console, id).await.contains("Deploy again"), "it is under way");
    console.walk(id, &["building", "failed"]).await;
    let failed = page(&console, id).await;
    assert!(
        part(&failed, "progress").contains("href=\"/deploy/shop/production?ref=feature%2Fbasket%26co\""),
        "{failed}"
    );
    let well = console.succeeded("production", &"1".repeat(40)).await;
    let well = page(&console, well).await;
    assert!(!well.contains("Deploy again"), "{well}");
    assert_eq!(well.matches("Promote to staging").count(), 1, "it is offered once: {well}");
}
