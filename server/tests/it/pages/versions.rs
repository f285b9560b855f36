//! Which commit is live where: what workflows say of it, and what environments answer themselves.

use app::domain::{DeployId, Status};
use jiff::SignedDuration;
use runtime::clock::Clock;
use serde_json::{Value, json};
use store::{DatabaseSystem, Decision, Delivery, Received};

use crate::support::{
    CONSOLE_TOML, Database, Given, TestConsole, claim,
    database::on_both,
    fresh, noon,
    sample::{self, open_request},
    stub::{Stub, reply},
};

const FIRST: &str = "1111111111111111111111111111111111111111";
const SECOND: &str = "2222222222222222222222222222222222222222";

/// A commit is written once, and is in the journal.
async fn commit_is_written_once_and_journaled(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let store = &*database.store;
    let request = open_request("key", "production");
    store.open(&request).await.unwrap();
    let report = |delivery: &str, claim, commit: Option<&str>| Delivery {
        commit: commit.map(|commit| commit.parse().unwrap()),
        ..sample::delivery(request.id, delivery, claim)
    };
    let commit = async || store.deploy(request.id).await.unwrap().unwrap().commit.map(|it| it.to_string());
    store.receive(&report("one", Status::Building, None)).await.unwrap();
    assert_eq!(commit().await, None);
    // A repetition may be the first to name it.
    let repeated = store.receive(&report("two", Status::Building, Some(FIRST))).await.unwrap();
    assert_eq!(repeated, Received::Decided(Decision::Repeated { status: Status::Building }.into()));
    assert_eq!(commit().await.as_deref(), Some(FIRST));
    store.receive(&report("three", Status::Deploying, Some(SECOND))).await.unwrap();
    store.receive(&report("four", Status::Deploying, Some(SECOND))).await.unwrap();
    assert_eq!(commit().await.as_deref(), Some(FIRST), "what was said first stays");
    let said: Vec<_> = store
        .journal(request.id)
        .await
        .unwrap()
        .iter()
        .map(|entry| entry.payload["commit"].clone())
        .collect();
    assert_eq!(said[2..], [json!(null), json!(FIRST), json!(SECOND), json!(SECOND)]);
}

/// A status must not be lost over what is said beside it.
#[tokio::test]
async fn f13_invalid_commit_is_ignored() {
    let console = TestConsole::new().await;
    let id = console.dispatched("staging").await;
    for (status, commit) in [
        ("building", json!("main")),
        ("deploying", json!(7)),
        ("succeeded", json!(FIRST.to_uppercase().replace('1', "A"))),
    ] {
        let mut body = claim(id, status);
        body["commit"] = commit;
        let answer = console.callback(id, &fresh(), body.to_string()).await;
        assert_eq!((answer.status, &answer.json["outcome"]), (200, &json!("applied")), "{answer:?}");
    }
    assert_eq!(console.deploy(id).await.get("commit"), None);
}

#[tokio::test]
async fn requested_full_commit_is_the_commit() {
    let console = TestConsole::new().await;
    let order = json!({ "app": "shop", "environment": "staging", "git_ref": FIRST });
    assert_eq!(console.dispatch(&fresh(), &order).await.json["commit"], FIRST);
    let order = json!({ "app": "shop", "environment": "production", "git_ref": "main" });
    assert_eq!(console.dispatch(&fresh(), &order).await.json.get("commit"), None);
}

async fn page(console: &TestConsole, environment: &str) -> String {
    let answer = console.get(&format!("/versions/shop/{environment}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.text
}

/// From one mark to the next.
fn part<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let start = page.find(from).unwrap_or_else(|| panic!("{from}: {page}"));
    &page[start..start + page[start..].find(to).unwrap_or(page.len() - start)]
}

/// The page shows what is live, what was, and what is elsewhere.
#[tokio::test]
async fn page_shows_live_earlier_and_other_versions() {
    let console = TestConsole::new().await;
    let empty = page(&console, "production").await;
    assert!(
        empty.contains("No successful deploy is recorded.") && empty.contains("Nothing is live in another")
    );

    let first = console.succeeded("production", FIRST).await;
    let second = console.succeeded("production", SECOND).await;
    let staged = console.succeeded("staging", &"3".repeat(40)).await;
    let shown = page(&console, "production").await;
    let live = part(&shown, "versions-live", "versions-earlier");
    assert!(live.contains("main · 2222222") && live.contains(&second.to_string()), "{live}");
    let earlier = part(&shown, "versions-earlier", "versions-elsewhere");
    assert!(earlier.contains("main · 1111111") && !earlier.contains("2222222"), "{earlier}");
    assert!(earlier.contains(&format!("/deploys/{first}/to/production")), "{earlier}");
    let elsewhere = part(&shown, "versions-elsewhere", "</main>");
    assert!(elsewhere.contains("staging") && elsewhere.contains(&format!("/deploys/{staged}/to/production")));

    // The same commit in both: there is nothing to promote.
    console.succeeded("staging", SECOND).await;
    let elsewhere = page(&console, "production").await;
    let elsewhere = part(&elsewhere, "versions-elsewhere", "</main>");
    assert!(elsewhere.contains("Live here, too") && !elsewhere.contains("/to/production"), "{elsewhere}");

    for nowhere in ["/versions/shop/nowhere", "/versions/nothing/production"] {
        assert_eq!(console.get(nowhere).await.status, 404);
    }
}

/// A success without a commit cannot be gone back to.
#[tokio::test]
async fn rollback_needs_a_known_commit() {
    let console = TestConsole::new().await;
    let old = console.dispatched("production").await;
    console.clock.advance(SignedDuration::from_secs(1));
    console.walk(old, &["building", "deploying", "succeeded"]).await;
    console.succeeded("production", FIRST).await;
    assert!(page(&console, "production").await.contains("No earlier deploy succeeded here"));
    let shown = page(&console, "staging").await;
    assert!(part(&shown, "versions-elsewhere", "</main>").contains("/to/staging"));
    assert_eq!(console.get(&format!("/deploys/{old}/to/staging")).await.status, 422);
}

/// One environment that is asked, and one that is not.
fn asked_at(url: &str) -> String {
    CONSOLE_TOML.replace(
        "{ name = \"production\", freeze_check = true }",
        &format!("{{ name = \"production\", freeze_check = true, version_url = \"{url}/version\" }}"),
    )
}

async fn board(console: &TestConsole) -> Value {
    let answer = console.get("/api/ui/board").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json["apps"][0]["environments"].clone()
}

/// Drift is shown where the environment answers another commit.
#[tokio::test]
async fn drift_shows_when_another_commit_answers() {
    let app = Stub::start([]).await;
    let apps = asked_at(&app.url());
    let console = TestConsole::given(Given { apps: &apps, ..Given::default() }).await;
    let watch = console.console.version_watch(std::time::Duration::MAX).unwrap();
    let round = async |answer| {
        app.answer_next([answer]);
        watch.round().await;
        board(&console).await[0]["version"].clone()
    };
    assert_eq!(round(reply(200, FIRST)).await["kind"], "answers", "there is nothing to compare it with");

    console.clock.advance(SignedDuration::from_secs(1));
    console.succeeded("production", FIRST).await;
    assert_eq!(board(&console).await[0].get("version"), None, "what it answered before says nothing of it");
    console.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(round(reply(200, &FIRST[..9])).await["kind"], "agrees");
    console.clock.advance(SignedDuration::from_secs(1));
    let since = console.clock.now();
    for _ in 0..2 {
        let drift = round(reply(200, json!({ "commit": SECOND }).to_string())).await;
        assert_eq!(
            (&drift["kind"], &drift["answer"], &drift["since"]),
            (&json!("differs"), &json!(SECOND), &json!(since))
        );
        console.clock.advance(SignedDuration::from_secs(1));
    }
    assert!(page(&console, "production").await.contains("Drift: the app answers 2222222"));
    assert!(console.get("/").await.text.contains("Drift: the app answers 2222222"));

    for (answer, what) in [
        (reply(503, ""), "answered 503"),
        (reply(302, ""), "answered 302"),
        (reply(200, "<script>"), "answered, and named no commit"),
        (reply(200, "a".repeat(70_000)), "answered too much, or broke off"),
    ] {
        assert_eq!(round(answer).await["what"], what);
    }
    assert!(
        page(&console, "production")
            .await
            .contains("Its version address answered too much, or broke off, since")
    );
    assert_eq!(board(&console).await[1].get("version"), None, "nobody asks staging");
    let asked = app.asked();
    assert!(asked.iter().all(|asked| asked.path == "/version" && asked.header("authorization").is_none()));
}

#[tokio::test]
async fn unreachable_address_is_reported() {
    let apps = asked_at("http://127.0.0.1:9");
    let console = TestConsole::given(Given { apps: &apps, ..Given::default() }).await;
    console.console.version_watch(std::time::Duration::MAX).unwrap().round().await;
    let version = &board(&console).await[0]["version"];
    assert_eq!((&version["what"], &version["since"]), (&json!("could not be reached"), &json!(noon())));
}

/// While a deploy is under way either commit may be answered: that is no drift.
#[tokio::test]
async fn live_deploy_means_no_drift() {
    let app = Stub::start([reply(200, SECOND)]).await;
    let apps = asked_at(&app.url());
    let console = TestConsole::given(Given { apps: &apps, ..Given::default() }).await;
    console.succeeded("production", FIRST).await;
    let _: DeployId = console.dispatched("production").await;
    console.console.version_watch(std::time::Duration::MAX).unwrap().round().await;
    let shown = console.get("/").await.text;
    assert!(shown.contains("The app answers 2222222 since") && !shown.contains("Drift"), "{shown}");
}

on_both!(commit_is_written_once_and_journaled);
