//! How GitHub's record is read: page by page, free of charge where it has not changed, and never for longer
//! than a poll may take.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
};
use futures::{StreamExt, stream};
use github::{Client, Credentials, GitHubConfig};
use github_fake::Fault;
use runtime::clock::SystemClock;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{
    Flags, Given, TestConsole, id_of, order,
    stub::{Stub, reply, that_hangs_up_after},
};

/// What a look-up may take in all.
const LOOK_UP: Duration = Duration::from_secs(8);
/// What a busy machine adds to it.
const EPSILON: Duration = Duration::from_secs(2);
const ASYNC: Flags = Flags { deploy_async: true, phase_callbacks: false };

#[tokio::test]
async fn unchanged_data_is_read_for_free() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.github.set_job(id, "smoke", "in_progress", None);
    console.pass().await;
    assert_eq!((console.github.reads(), console.github.unchanged_reads()), (2, 0));
    console.pass().await;
    assert_eq!((console.github.reads(), console.github.unchanged_reads()), (4, 2));
    console.github.set_job(id, "smoke", "completed", Some("success"));
    console.pass().await;
    assert_eq!(console.github.unchanged_reads(), 3, "the run itself is as it was");
    assert_eq!(console.deploy(id).await["status"], "smoke_gate_passed");
}

/// A page of runs as GitHub lists them; the last of them has this title.
fn page(runs: usize, title: &str) -> axum::http::Response<Body> {
    let mut titles = vec!["Deploy main to staging (somebody else's)"; runs];
    titles[runs - 1] = title;
    let run = |(place, title)| json!({ "id": 1_000 + place, "display_title": title });
    let runs: Vec<Value> = titles.into_iter().enumerate().map(run).collect();
    reply(200, json!({ "total_count": 150, "workflow_runs": runs }).to_string())
}

/// A run behind a hundred others is found on the next page.
#[tokio::test]
async fn f28_run_is_found_on_next_page() {
    let github = Stub::closed([]).await;
    let console = TestConsole::facing(&github, ASYNC).await;
    github.answer_next([reply(204, "")]);
    github.let_one_through();
    let answer = console.dispatch("key", &order("production")).await;
    let title = format!("Deploy main to production ({})", answer.json["id"].as_str().unwrap());
    github.answer_next([page(100, "another"), page(2, &title)]);
    github.let_one_through();
    github.let_one_through();
    assert_eq!(console.deploy(id_of(&answer)).await["github_run_id"], 1_001);
    let asked: Vec<_> = github.asked().into_iter().skip(1).map(|asked| asked.path).collect();
    assert!(asked[0].contains("&page=1") && asked[1].contains("&page=2"), "{asked:?}");
}

/// A list that cannot be read to its end proves nothing.
#[tokio::test]
async fn f28_incomplete_list_proves_nothing() {
    let pages = std::iter::repeat_with(|| page(100, "another")).take(20);
    let github = Stub::start(std::iter::once(reply(502, "")).chain(pages)).await;
    let console = TestConsole::facing(&github, ASYNC).await;
    let id = id_of(&console.dispatch("key", &order("production")).await);
    console.clock.advance(jiff::SignedDuration::from_mins(11));
    assert_eq!(console.pass().await, 0);
    assert_eq!(console.deploy(id).await["status"], "requested");
    assert_eq!(github.asked().len(), 11, "no more pages are read for one row");
}

/// Answers with one byte a second, without end.
fn dripping() -> axum::http::Response<Body> {
    let drops = stream::unfold(tokio::time::interval(Duration::from_secs(1)), |mut drip| async {
        drip.tick().await;
        Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), drip))
    });
    reply(200, Body::from_stream(drops.boxed()))
}

/// A look-up with slow headers or a dripping body holds a poll for eight seconds at most.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f27_slow_lookup_delays_poll_eight_seconds() {
    let slow_headers = Stub::closed([reply(204, ""), reply(200, "{}")]).await;
    slow_headers.let_one_through();
    let drip = Stub::start([reply(204, ""), dripping()]).await;
    let polled = [&slow_headers, &drip].map(async |github| {
        let console = TestConsole::facing(github, ASYNC).await;
        let id = id_of(&console.dispatch("key", &order("production")).await);
        let poll = tokio::time::timeout(LOOK_UP + EPSILON, console.deploy(id));
        let deploy = poll.await.expect("the poll is answered");
        assert_eq!((&deploy["status"], &deploy["github_run_id"]), (&json!("dispatched"), &Value::Null));
        assert_eq!(github.asked().len(), 2, "it was looked for");
    });
    futures::future::join_all(polled).await;
}

/// A connection that is reset leaves the poll with what is stored.
#[tokio::test]
async fn f25_reset_connection_leaves_stored_answer() {
    let (url, _) = that_hangs_up_after(String::new()).await;
    let console = TestConsole::on(&url).await;
    let id = id_of(&console.dispatch("key", &order("production")).await);
    assert_eq!(console.deploy(id).await["status"], "requested");
    assert_eq!(console.pass().await, 0);
}

/// The run is known with no poll where GitHub names it, and after one otherwise.
#[tokio::test]
async fn run_is_known_after_at_most_one_poll() {
    let console = TestConsole::with(crate::support::SECRET, ASYNC).await;
    let named = console.dispatch("named", &order("production")).await;
    assert!(named.json["github_run_id"].is_i64());
    console.github.fail_next(Fault::AcceptedButAnswered(204, String::new()));
    let unnamed = console.dispatch("unnamed", &order("staging")).await;
    assert_eq!(unnamed.json["github_run_id"], Value::Null);
    assert!(console.deploy(id_of(&unnamed)).await["github_run_id"].is_i64());
}

fn client(url: &str) -> Client {
    let config = GitHubConfig {
        api_url: url.parse().unwrap(),
        credentials: Credentials::Token("token".to_owned().into()),
    };
    Client::new(config, Arc::new(SystemClock)).unwrap()
}

/// A run with several matrices may have more jobs than a page holds.
#[tokio::test]
async fn f77_all_pages_of_jobs_are_read() {
    let job = |id: usize| json!({ "id": id, "name": format!("deploy ({id})"), "status": "completed", "conclusion": "success", "steps": [{}] });
    let jobs = |ids: std::ops::Range<usize>| {
        reply(200, json!({ "total_count": 250, "jobs": ids.map(job).collect::<Vec<_>>() }).to_string())
    };
    let github =
        Stub::start([jobs(0..100), jobs(100..200), jobs(200..250), jobs(0..100), jobs(100..100)]).await;
    let client = client(&github.url());
    let read = client.jobs("acme/shop", 7).await.unwrap();
    assert_eq!(read.iter().map(|job| job.id).collect::<Vec<_>>(), (0..250).collect::<Vec<_>>());
    assert_eq!(
        client.jobs_of_attempt("acme/shop", 7, 2).await.unwrap().len(),
        100,
        "a page that is just full"
    );
    let paths: Vec<_> = github.asked().into_iter().map(|asked| asked.path).collect();
    assert!(!paths[0].contains("&page=") && paths[1].ends_with("&page=2"), "{paths:?}");

    // A list without an end is no list of jobs.
    let endless = Stub::start(std::iter::repeat_with(|| jobs(0..100)).take(20)).await;
    assert!(self::client(&endless.url()).jobs("acme/shop", 7).await.is_err());
    assert_eq!(endless.asked().len(), 10);
}

/// What GitHub leaves out or nulls spoils one entry of a list, never the list.
#[tokio::test]
async fn f84_nulls_spoil_one_entry() {
    let whole = json!({
        "id": 7, "display_title": "Deploy main", "event": "push", "head_sha": "abc", "status": "completed",
        "conclusion": "success", "run_attempt": 1, "created_at": "2026-11-22T12:00:00Z",
        "updated_at": "2026-11-22T12:09:00Z", "actor": { "login": "octocat" },
    });
    let with = |member: &str, value: Value| {
        let mut run = whole.clone();
        run[member] = value;
        run
    };
    for (entry, left) in [
        (Value::Null, 1),
        (json!({}), 1),
        (with("id", Value::Null), 1),
        (with("created_at", Value::Null), 1),
        (with("display_title", Value::Null), 2),
        (with("head_sha", Value::Null), 2),
        (with("status", Value::Null), 2),
        (with("conclusion", Value::Null), 2),
        (with("actor", Value::Null), 2),
        (with("conclusion", "of_tomorrow".into()), 2),
    ] {
        let list = json!({ "total_count": 2, "workflow_runs": [entry, whole] }).to_string();
        let listing = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listing.local_addr().unwrap());
        let router = Router::new().fallback(async move || list);
        tokio::spawn(async move { axum::serve(listing, router).await });
        let runs = client(&url).recent_runs("acme/shop", "deploy.yml", None).await.unwrap();
        assert_eq!(runs.len(), left, "{entry}");
        assert_eq!(runs.last().unwrap().run.id, 7);
    }
}

/// Lists that are narrowed down lag for hours: the run is found all the same, and nothing is asked for twice.
#[tokio::test]
async fn f75_stale_index_hides_no_run() {
    let console = TestConsole::with(crate::support::SECRET, ASYNC).await;
    console.github.set_index_stale(true);
    console.github.fail_next(Fault::AcceptedButAnswered(502, String::new()));
    let id = id_of(&console.dispatch("key", &order("production")).await);
    assert_eq!(console.deploy(id).await["status"], "requested");
    console.clock.advance(jiff::SignedDuration::from_mins(29));
    console.pass().await;
    let deploy = console.deploy(id).await;
    assert_eq!(
        (&deploy["status"], deploy["github_run_id"].is_i64()),
        (&json!("dispatched"), true),
        "{deploy}"
    );
    assert_eq!(console.github.dispatches(), 1);
}

/// 300 apps at rest for five minutes, after a first look: what has not changed is not counted.
#[tokio::test]
async fn f83_idle_apps_stay_within_budget() {
    const APPS: usize = 300;
    const BUDGET_AN_HOUR: u32 = 1_800;
    let app = |number: usize| {
        format!(
            "[[app]]\nname = \"app-{number}\"\nrepo = \"acme/app-{number}\"\nworkflow = \"deploy.yml\"\nref = \"main\"\n\
             environments = [{{ name = \"staging\", freeze_check = false }}, {{ name = \"production\", freeze_check = true }}]\n"
        )
    };
    let apps: String = (0..APPS).map(app).collect();
    let console = TestConsole::given(Given { apps: &apps, ..Given::default() }).await;
    let counted = || console.github.reads() - console.github.unchanged_reads();
    let minute = async || {
        console.import().await;
        console.pass().await;
        console.clock.advance(jiff::SignedDuration::from_mins(1));
    };
    minute().await;
    let before = counted();
    for _ in 0..5 {
        minute().await;
    }
    let an_hour = (counted() - before) * 12;
    assert!(an_hour <= BUDGET_AN_HOUR, "{an_hour} counted requests an hour");
}
