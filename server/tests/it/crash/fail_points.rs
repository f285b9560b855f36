//! The real binary, killed in the middle of a dispatch or told to stop: what was recorded is still there,
//! and GitHub is never asked twice.

use std::{net::SocketAddr, time::Duration};

use app::{
    api::ErrorCode,
    domain::{DeployId, JournalEntry, Status, StoredStatus},
};
use github_fake::SimulatedGitHub;
use runtime::fail_point::{FailPoint, Point};
use serde_json::{Value, json};
use store::{self, DatabaseSystem, DatabaseUrl, DeployFilter, StoredDeploy};
use tokio::time::{interval, timeout};

use crate::support::{
    CONSOLE_TOML, SECRET, TOKEN,
    database::on_both,
    invariants::{assert_chain, assert_path},
    order, postgres,
    process::{Serving, Workplace},
    raw::{RawAnswer, exchange, send},
    site::{callback, github},
    stub::{Stub, accepted},
};

/// A folder with the console's configuration, and its database.
struct Site {
    workplace: Workplace,
    database: DatabaseUrl,
}

impl Site {
    async fn on(system: DatabaseSystem) -> Self {
        let workplace = Workplace::new();
        workplace.write("console.toml", CONSOLE_TOML);
        let database = match system {
            DatabaseSystem::Sqlite => DatabaseUrl::sqlite(&workplace.path().join("test.db")),
            DatabaseSystem::Postgres => postgres::empty().await.parse().unwrap(),
        };
        Self { workplace, database }
    }

    async fn serve(&self, github: &str, fail_point: Option<Point>) -> Serving {
        let mut variables = vec![
            ("DATABASE_URL", self.database.as_str()),
            ("GITHUB_API_URL", github),
            ("GITHUB_TOKEN", TOKEN),
            ("DEPLOY_CALLBACK_HMAC_SECRET", SECRET),
        ];
        variables.extend(fail_point.map(|point| ("CONSOLE_FAIL_POINT", point.as_str())));
        self.workplace.serve(&["serve"], &variables).await
    }

    /// What is in the database: at most one deploy, sound in itself.
    async fn record(&self) -> Option<Record> {
        let store = store::open(&self.database, FailPoint::default()).await.unwrap();
        let mut rows = store.deploys(&DeployFilter { limit: 9, ..DeployFilter::default() }).await.unwrap();
        assert!(rows.len() <= 1, "one press is at most one deploy: {rows:#?}");
        let row = rows.pop()?;
        let journal = store.journal(row.id).await.unwrap();
        assert_path(&row, &journal);
        assert_chain([journal.as_slice()]);
        store.close().await;
        Some(Record { row, journal })
    }
}

struct Record {
    row: StoredDeploy,
    journal: Vec<JournalEntry>,
}

impl Record {
    fn status(&self) -> Option<Status> {
        self.row.status.known()
    }

    fn callbacks(&self) -> usize {
        self.journal.iter().filter(|entry| entry.action == "console.deploy.callback").count()
    }
}

/// Presses Deploy: always with the same key, for the same deploy.
async fn press(address: SocketAddr) -> RawAnswer {
    let headers = [("content-type", "application/json"), ("idempotency-key", "press")];
    exchange(address, "POST", "/api/internal/deploys", &headers, &order("production").to_string()).await
}

/// Reports a status, signed now.
async fn report(address: SocketAddr, id: DeployId, delivery: &str, status: &str) -> RawAnswer {
    send(address, &callback(id, delivery, status)).await.unwrap()
}

/// Looks again and again until it is so.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let mut tick = interval(Duration::from_millis(50));
    let looking = async {
        while !is_so().await {
            tick.tick().await;
        }
    };
    assert!(timeout(Duration::from_secs(60), looking).await.is_ok(), "in vain: {what}");
}

/// Waits until the deploy has a run, and returns the deploy.
async fn with_run(address: SocketAddr, id: DeployId) -> Value {
    let mut deploy = Value::Null;
    until("a run", async || {
        let path = format!("/api/internal/deploys/{id}");
        deploy = exchange(address, "GET", &path, &[], "").await.json();
        deploy["github_run_id"].is_i64()
    })
    .await;
    deploy
}

/// A console that came to this point of a dispatch, or answered it, and was killed there.
async fn killed_at(site: &Site, github: &SimulatedGitHub, point: Option<Point>) -> Option<Record> {
    let mut serving = site.serve(&github.url(), point).await;
    let pressed = tokio::spawn(press(serving.address));
    match point {
        Some(point) => serving.says(&format!("fail point {point} reached")).await,
        None => assert_eq!(pressed.await.unwrap().status(), Some(201)),
    }
    assert_eq!(serving.stop("KILL").await.code, None, "it had no say in its end");
    site.record().await
}

/// After a restart on what was left: its workflow can report, what was recorded is still there, and GitHub
/// was asked so often.
async fn goes_on(site: &Site, github: &SimulatedGitHub, serving: Serving, left: &[JournalEntry], asked: u32) {
    let id = site.record().await.expect("a deploy").row.id;
    let answer = report(serving.address, id, "first", "smoke_gate_started").await;
    assert_eq!((answer.status(), &answer.json()["outcome"]), (Some(200), &json!("applied")), "{answer:?}");
    assert_eq!(serving.stop("TERM").await.code, Some(0));
    let now = site.record().await.expect("a deploy");
    assert_eq!(now.status(), Some(Status::SmokeGateStarted));
    assert!(now.journal.starts_with(left), "{left:#?}\n{:#?}", now.journal);
    assert_eq!(github.dispatches(), asked);
}

/// Killed before the request is recorded, nothing happened.
async fn f39_killed_before_recording_nothing_happened(system: DatabaseSystem) {
    let (site, github) = (Site::on(system).await, github().await);
    assert!(killed_at(&site, &github, Some(Point::BeforeIntent)).await.is_none());
    assert_eq!(github.dispatches(), 0);

    let serving = site.serve(&github.url(), None).await;
    let again = press(serving.address).await;
    assert_eq!((again.status(), &again.json()["status"]), (Some(201), &json!("dispatched")), "{again:?}");
    goes_on(&site, &github, serving, &[], 1).await;
}

/// Killed before GitHub is asked, it is never asked.
async fn f39_killed_before_asking_github_never_asks(system: DatabaseSystem) {
    let (site, github) = (Site::on(system).await, github().await);
    let left = killed_at(&site, &github, Some(Point::AfterIntent)).await.expect("the intent");
    assert_eq!((left.status(), left.journal.len(), github.dispatches()), (Some(Status::Requested), 1, 0));

    let serving = site.serve(&github.url(), None).await;
    assert_no_second(&press(serving.address).await, left.row.id);
    until("a pass", async || github.reads() > 0).await;
    // Ahead of a gap, which starts a second pass: then the first is over.
    assert_eq!(report(serving.address, left.row.id, "ahead", "deploying").await.status(), Some(409));
    until("another pass", async || github.reads() > 1).await;
    assert_no_second(&press(serving.address).await, left.row.id);
    assert_eq!(site.record().await.unwrap().status(), Some(Status::Requested));
    goes_on(&site, &github, serving, &left.journal, 0).await;
}

/// Killed before the answer is recorded, the run is found.
async fn f39_killed_before_recording_answer_finds_run(system: DatabaseSystem) {
    let (site, github) = (Site::on(system).await, github().await);
    let left = killed_at(&site, &github, Some(Point::AfterPost)).await.expect("the intent");
    assert_eq!((left.status(), left.journal.len(), github.dispatches()), (Some(Status::Requested), 1, 1));

    let serving = site.serve(&github.url(), None).await;
    assert_no_second(&press(serving.address).await, left.row.id);
    let deploy = with_run(serving.address, left.row.id).await;
    assert_eq!(deploy["github_run_id"], github.runs_for(left.row.id)[0]);
    assert_eq!(
        (&deploy["status"], &deploy["history"][1]["source"]),
        (&json!("dispatched"), &json!("reconciler"))
    );
    goes_on(&site, &github, serving, &left.journal, 1).await;
}

/// Killed before the response, it is given to the next who asks.
async fn f39_killed_before_response_retry_gets_it(system: DatabaseSystem) {
    for point in [Some(Point::AfterCommit), None] {
        let (site, github) = (Site::on(system).await, github().await);
        let left = killed_at(&site, &github, point).await.expect("the deploy");
        assert_eq!((left.status(), github.dispatches()), (Some(Status::Dispatched), 1));

        let serving = site.serve(&github.url(), None).await;
        let again = press(serving.address).await;
        assert_eq!((again.status(), &again.json()["id"]), (Some(200), &json!(left.row.id)), "{again:?}");
        assert_eq!(again.json()["github_run_id"], github.runs_for(left.row.id)[0]);
        goes_on(&site, &github, serving, &left.journal, 1).await;
    }
}

/// Killed after the answer to a callback, it is not forgotten.
async fn f39_killed_after_callback_answer_keeps_it(system: DatabaseSystem) {
    let (site, github) = (Site::on(system).await, github().await);
    let left = killed_at(&site, &github, None).await.expect("the deploy");
    let id = left.row.id;

    let serving = site.serve(&github.url(), None).await;
    let answer = report(serving.address, id, "delivery", "smoke_gate_started").await;
    assert_eq!((answer.status(), &answer.json()["outcome"]), (Some(200), &json!("applied")), "{answer:?}");
    assert_eq!(serving.stop("KILL").await.code, None);
    let recorded = site.record().await.unwrap();
    assert_eq!(recorded.status(), Some(Status::SmokeGateStarted));

    let serving = site.serve(&github.url(), None).await;
    let again = report(serving.address, id, "delivery", "smoke_gate_started").await;
    assert_eq!((again.status(), &again.json()["outcome"]), (Some(200), &json!("replayed")), "{again:?}");
    assert_eq!(serving.stop("TERM").await.code, Some(0));
    let now = site.record().await.unwrap();
    assert_eq!((now.row.status.clone(), now.callbacks()), (StoredStatus::Known(Status::SmokeGateStarted), 1));
}

/// Killed within the transaction of a callback, nothing of it remains.
async fn f39_killed_in_callback_transaction_keeps_nothing(system: DatabaseSystem) {
    let (site, github) = (Site::on(system).await, github().await);
    let left = killed_at(&site, &github, None).await.expect("the deploy");
    let now = killed_reporting(&site, Point::BeforeCommit, left.row.id).await;
    assert_eq!((&now.journal, now.status()), (&left.journal, Some(Status::Dispatched)));

    let serving = site.serve(&github.url(), None).await;
    let again = report(serving.address, left.row.id, "delivery", "smoke_gate_started").await;
    assert_eq!((again.status(), &again.json()["outcome"]), (Some(200), &json!("applied")), "{again:?}");
    assert_eq!(serving.stop("TERM").await.code, Some(0));
}

/// Killed before the answer to a callback, it is not forgotten.
async fn f39_killed_before_callback_answer_keeps_it(system: DatabaseSystem) {
    let (site, github) = (Site::on(system).await, github().await);
    let left = killed_at(&site, &github, None).await.expect("the deploy");
    let now = killed_reporting(&site, Point::AfterCommit, left.row.id).await;
    assert_eq!((now.journal.len(), now.status()), (left.journal.len() + 1, Some(Status::SmokeGateStarted)));

    let serving = site.serve(&github.url(), None).await;
    let again = report(serving.address, left.row.id, "delivery", "smoke_gate_started").await;
    assert_eq!((again.status(), &again.json()["outcome"]), (Some(200), &json!("replayed")), "{again:?}");
    assert_eq!(serving.stop("TERM").await.code, Some(0));
    let record = site.record().await.unwrap();
    assert!(record.journal.starts_with(&now.journal));
    assert_eq!(record.callbacks(), 1);
}

/// Killed within the transaction of a dispatch, nothing happened.
async fn f39_killed_in_dispatch_transaction_nothing_happened(system: DatabaseSystem) {
    let (site, github) = (Site::on(system).await, github().await);
    assert!(killed_at(&site, &github, Some(Point::BeforeCommit)).await.is_none());
    let serving = site.serve(&github.url(), None).await;
    let again = press(serving.address).await;
    assert_eq!((again.status(), &again.json()["status"]), (Some(201), &json!("dispatched")), "{again:?}");
    goes_on(&site, &github, serving, &[], 1).await;
}

/// What a console left that came to this point of a callback and was killed there. It reaches no GitHub, so
/// that nothing but the callback is written.
async fn killed_reporting(site: &Site, point: Point, id: DeployId) -> Record {
    let mut serving = site.serve("http://127.0.0.1:9", Some(point)).await;
    let address = serving.address;
    let reported = tokio::spawn(async move { report(address, id, "delivery", "smoke_gate_started").await });
    serving.says(&format!("fail point {point} reached")).await;
    assert_eq!(serving.stop("KILL").await.code, None, "it had no say in its end");
    reported.abort();
    site.record().await.expect("the deploy")
}

/// The first press counts as in flight for a while; then the next one is given what it made.
#[track_caller]
fn assert_no_second(answer: &RawAnswer, first: DeployId) {
    match answer.status() {
        Some(409) => assert_eq!(answer.json()["code"], json!(ErrorCode::IdempotencyKeyInFlight)),
        status => assert_eq!((status, &answer.json()["id"]), (Some(200), &json!(first)), "{answer:?}"),
    }
}

/// Waits until something was posted to it. A pass that was late may have come to read in between.
async fn posted(github: &Stub) {
    while github.posted().is_empty() {
        github.arrived().await;
    }
}

/// Told to stop while GitHub thinks, it waits for the answer.
async fn f40_stop_waits_for_githubs_answer(system: DatabaseSystem) {
    let site = Site::on(system).await;
    // One more than is needed, for a pass that was late.
    let github = Stub::closed([accepted(7), accepted(7)]).await;
    let mut serving = site.serve(&github.url(), None).await;
    let address = serving.address;
    let pressed = tokio::spawn(press(address));
    posted(&github).await;
    serving.signal("TERM").await;
    serving.says("stopping").await;
    until("no more connections", async || tokio::net::TcpStream::connect(address).await.is_err()).await;
    assert!(!pressed.is_finished());

    github.let_one_through();
    github.let_one_through();
    let answer = pressed.await.unwrap();
    assert_eq!((answer.status(), &answer.json()["status"]), (Some(201), &json!("dispatched")), "{answer:?}");
    let ended = serving.end().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let record = site.record().await.unwrap();
    assert_eq!((record.status(), record.row.run.map(|run| run.id)), (Some(Status::Dispatched), Some(7)));
    assert_eq!(github.posted().len(), 1);
}

/// Told to stop while GitHub is silent, it ends in time and recovers.
async fn f40_stop_ends_in_time_while_github_hangs(system: DatabaseSystem) {
    let site = Site::on(system).await;
    let silent = Stub::closed([]).await;
    let serving = site.serve(&silent.url(), None).await;
    let pressed = tokio::spawn(press(serving.address));
    posted(&silent).await;
    serving.signal("TERM").await;
    let ended = timeout(Duration::from_secs(20), serving.end()).await.expect("it ends with GitHub's 10 s");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let answer = pressed.await.unwrap();
    assert_eq!((answer.status(), &answer.json()["status"]), (Some(201), &json!("requested")), "{answer:?}");
    let left = site.record().await.unwrap();
    assert_eq!((left.status(), left.journal.len()), (Some(Status::Requested), 1));

    // What was asked had arrived all the same.
    let github = github().await;
    let [asked] = &silent.posted()[..] else { panic!("{:#?}", silent.posted()) };
    let address = github.url().replace("http://", "").parse().unwrap();
    let headers =
        ["content-type", "user-agent", "authorization"].map(|name| (name, asked.header(name).unwrap()));
    let taken = exchange(address, &asked.method, &asked.path, &headers, &asked.body.to_string()).await;
    assert_eq!(taken.status(), Some(200), "{taken:?}");

    let serving = site.serve(&github.url(), None).await;
    let deploy = with_run(serving.address, left.row.id).await;
    assert_eq!(
        (&deploy["status"], &deploy["history"][1]["source"]),
        (&json!("dispatched"), &json!("reconciler"))
    );
    let again = press(serving.address).await;
    assert_eq!((again.status(), &again.json()["id"]), (Some(200), &json!(left.row.id)), "{again:?}");
    goes_on(&site, &github, serving, &left.journal, 1).await;
}

on_both!(
    f39_killed_before_recording_nothing_happened,
    f39_killed_before_asking_github_never_asks,
    f39_killed_before_recording_answer_finds_run,
    f39_killed_before_response_retry_gets_it,
    f39_killed_after_callback_answer_keeps_it,
    f39_killed_in_callback_transaction_keeps_nothing,
    f39_killed_before_callback_answer_keeps_it,
    f39_killed_in_dispatch_transaction_nothing_happened,
    f40_stop_waits_for_githubs_answer,
    f40_stop_ends_in_time_while_github_hangs,
);
