//! Rolling back and promoting: the same workflow, pinned to the exact commit of a deploy that succeeded.

use app::{api::ErrorCode, domain::DeployId};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::DatabaseSystem;

use crate::support::{
    Answer, CONSOLE_TOML, Given, TestConsole, assert_problem, database::on_both, fresh, id_of, nobody,
};

fn commit(digit: char) -> String {
    digit.to_string().repeat(40)
}

/// A press for the commit of an earlier deploy.
fn pinned(environment: &str, to: DeployId, commit: &str) -> Value {
    json!({ "app": "shop", "environment": environment, "git_ref": commit, "pinned_to": to })
}

async fn ask(console: &TestConsole, body: &Value) -> Answer {
    console.dispatch(&fresh(), body).await
}

/// What GitHub was last asked to run.
async fn last_inputs(console: &TestConsole) -> Value {
    let runs = reqwest::get(format!("{}/_rehearsal/runs", console.github.url())).await.unwrap();
    let runs: Vec<Value> = serde_json::from_slice(&runs.bytes().await.unwrap()).unwrap();
    runs.last().unwrap()["inputs"].clone()
}

/// A console where rollbacks pass freezes in production.
async fn lenient(system: DatabaseSystem) -> TestConsole {
    let apps = CONSOLE_TOML.replacen(
        "freeze_check = true",
        "freeze_check = true, rollback_passes_freezes = true",
        1,
    );
    TestConsole::given(Given { database: system, apps: &apps, ..Given::default() }).await
}

/// A rollback dispatches the exact commit of an earlier success.
async fn rollback_dispatches_exact_earlier_commit(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let first = console.succeeded("production", &commit('1')).await;
    console.succeeded("production", &commit('2')).await;
    let rolled_back = ask(&console, &pinned("production", first, &commit('1'))).await;
    assert_eq!(rolled_back.status, 201, "{rolled_back:?}");
    assert_eq!(
        (&rolled_back.json["commit"], &rolled_back.json["origin"]),
        (&json!(commit('1')), &json!({ "kind": "rollback", "deploy_id": first, "passes_freezes": false }))
    );
    assert_eq!(last_inputs(&console).await["git_ref"], commit('1'));
    let requested = &console.journal(id_of(&rolled_back)).await[0];
    assert_eq!(
        (&requested.payload["origin"]["kind"], &requested.payload["commit"]),
        (&json!("rollback"), &json!(commit('1')))
    );
}

async fn promotion_dispatches_commit_live_elsewhere(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let staged = console.succeeded("staging", &commit('3')).await;
    let promoted = ask(&console, &pinned("production", staged, &commit('3'))).await;
    assert_eq!(
        (promoted.status, &promoted.json["origin"]),
        (201, &json!({ "kind": "promotion", "deploy_id": staged }))
    );
    let inputs = last_inputs(&console).await;
    assert_eq!((&inputs["git_ref"], &inputs["environment"]), (&json!(commit('3')), &json!("production")));
}

/// What is no earlier success is refused, and nothing is recorded.
async fn rollback_needs_an_earlier_success(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let first = console.succeeded("production", &commit('1')).await;
    let live = console.succeeded("production", &commit('2')).await;
    let failed = console.dispatched("production").await;
    console.report(failed, "failed").await;
    let before = (console.database.count("console_deploys").await, console.github.dispatches());
    for (body, code) in [
        (pinned("production", live, &commit('2')), ErrorCode::InvalidField),
        (pinned("production", failed, &commit('1')), ErrorCode::InvalidField),
        (pinned("production", first, &commit('2')), ErrorCode::InvalidField),
        (pinned("production", first, "main"), ErrorCode::InvalidField),
        (pinned("production", nobody(), &commit('1')), ErrorCode::UnknownDeploy),
        (pinned("nowhere", first, &commit('1')), ErrorCode::UnknownEnvironment),
    ] {
        assert_problem(&ask(&console, &body).await, code);
    }
    assert_eq!((console.database.count("console_deploys").await, console.github.dispatches()), before);
}

#[tokio::test]
async fn f48_same_key_for_other_pin_is_other_request() {
    let console = TestConsole::new().await;
    let first = console.succeeded("production", &commit('1')).await;
    console.succeeded("production", &commit('2')).await;
    console.clock.advance(SignedDuration::from_secs(1));
    let body = pinned("production", first, &commit('1'));
    let made = console.dispatch("key", &body).await;
    assert_eq!((made.status, console.dispatch("key", &body).await.status), (201, 200));
    // Also when its commit is live by now, and any other request for it would be refused.
    console.walk(id_of(&made), &["building", "deploying", "succeeded"]).await;
    let again = console.dispatch("key", &body).await;
    assert_eq!((again.status, &again.json["id"]), (200, &made.json["id"]), "{again:?}");
    assert_problem(&console.dispatch("another", &body).await, ErrorCode::InvalidField);
    let mut unpinned = body;
    unpinned.as_object_mut().unwrap().remove("pinned_to");
    assert_problem(&console.dispatch("key", &unpinned).await, ErrorCode::IdempotencyKeyReused);
}

async fn rollback_passes_freeze_only_where_configured(system: DatabaseSystem) {
    let strict = TestConsole::over(system).await;
    let first = strict.succeeded("production", &commit('1')).await;
    strict.succeeded("production", &commit('2')).await;
    strict.freeze().await;
    assert_problem(&ask(&strict, &pinned("production", first, &commit('1'))).await, ErrorCode::Frozen);

    let lenient = lenient(system).await;
    let first = lenient.succeeded("production", &commit('1')).await;
    lenient.succeeded("production", &commit('2')).await;
    let staged = lenient.succeeded("staging", &commit('3')).await;
    lenient.freeze().await;
    // A promotion is no rollback, and a plain deploy of the same commit neither.
    assert_problem(&ask(&lenient, &pinned("production", staged, &commit('3'))).await, ErrorCode::Frozen);
    let plain = json!({ "app": "shop", "environment": "production", "git_ref": commit('1') });
    assert_problem(&ask(&lenient, &plain).await, ErrorCode::Frozen);
    let passed = ask(&lenient, &pinned("production", first, &commit('1'))).await;
    assert_eq!(passed.status, 201, "{passed:?}");
    let why = "rollbacks pass freezes in this environment.";
    assert_eq!(passed.json["freeze_override"], why);
    let id = id_of(&passed);
    let requested = &lenient.journal(id).await[0].payload["freeze_override"];
    assert_eq!(requested["frozen"]["holds"][0]["reason"], "closing");
    lenient.walk(id, &["smoke_gate_started", "smoke_gate_passed"]).await;
    let told = lenient.report(id, "freeze_check_started").await;
    assert_eq!(
        (&told.json["freeze"]["verdict"], &told.json["freeze"]["reason"]),
        (&json!("overridden"), &json!(why))
    );
}

/// The freeze begins after the press: what is configured holds at the freeze check as well.
async fn rollback_passes_a_later_freeze(system: DatabaseSystem) {
    let console = lenient(system).await;
    let first = console.succeeded("production", &commit('1')).await;
    console.succeeded("production", &commit('2')).await;
    let id = id_of(&ask(&console, &pinned("production", first, &commit('1'))).await);
    console.freeze().await;
    console.walk(id, &["smoke_gate_started", "smoke_gate_passed"]).await;
    let told = console.report(id, "freeze_check_started").await;
    assert_eq!(told.json["freeze"]["verdict"], "overridden");
    assert_eq!(console.deploy(id).await["freeze"]["verdict"], "overridden");
}

/// The commits of the simulated repository, newest first.
async fn line(console: &TestConsole, count: usize) -> Vec<String> {
    let pushes = (0..count).map(|_| console.github.push("acme/shop", "deploy.yml", "staging").1);
    let mut line: Vec<_> = pushes.collect();
    line.reverse();
    line
}

/// The page shows what would change, and its button deploys once.
#[tokio::test]
async fn page_shows_changes_and_deploys_once() {
    let console = TestConsole::new().await;
    let line = line(&console, 4).await;
    let first = console.succeeded("production", &line[3]).await;
    let second = console.succeeded("production", &line[0]).await;
    let address = format!("/deploys/{first}/to/production");
    let page = console.get(&address).await.text;
    for words in [
        "Roll back shop in production",
        "Takes back 3 commits",
        &line[0][..7],
        &line[2][..7],
        "Compare on GitHub",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("Brings"), "{page}");
    let link = format!("/deploys/{first}/to/production");
    assert!(console.get(&format!("/deploys/{first}")).await.text.contains(&link));
    assert!(!console.get(&format!("/deploys/{second}")).await.text.contains("Roll production back"));

    let key = page.split("name=\"key\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let form = format!("key={key}&reason=it+is+slow");
    let pressed = console.post_form(&address, &form).await;
    let made = pressed.header("location").unwrap().to_owned();
    assert_eq!(pressed.status, 303);
    assert_eq!(console.post_form(&address, &form).await.header("location"), Some(made.as_str()), "once");
    let page = console.get(&made).await.text;
    assert!(page.contains("Roll-back to the commit of ") && page.contains("it is slow"), "{page}");
    assert_eq!(console.database.count("console_deploys").await, 3);

    // Another press finds it in the way, and what was typed is there again.
    let refused = console.post_form(&address, "key=other&reason=a+%26+b").await;
    let back = refused.header("location").unwrap().to_owned();
    assert_eq!(back, format!("{address}?problem=deploy_under_way&reason=a+%26+b"));
    let page = console.get(&back).await.text;
    assert!(
        page.contains("Another deploy is under way here.") && page.contains("value=\"a &amp; b\""),
        "{page}"
    );
}

#[tokio::test]
async fn promotion_shows_what_it_brings() {
    let console = TestConsole::new().await;
    let line = line(&console, 3).await;
    let live = console.succeeded("production", &line[2]).await;
    let staged = console.succeeded("staging", &line[0]).await;
    // The file names production first, so staging is what comes after it.
    let page = console.get(&format!("/deploys/{staged}/to/production")).await.text;
    for words in ["Deploy shop to production, as in staging", "Brings 2 commits", "in staging"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("takes back"), "{page}");
    let page = console.get(&format!("/deploys/{live}/to/staging")).await.text;
    for words in ["Promote shop to staging", "This takes back 2 commits that are live in staging."] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

/// Where GitHub cannot tell what would change, the page says so.
#[tokio::test]
async fn unknown_changes_are_stated() {
    let console = TestConsole::new().await;
    let first = console.succeeded("production", &commit('1')).await;
    let page = async || console.get(&format!("/deploys/{first}/to/staging")).await.text;
    assert!(page().await.contains("Nothing is live there, as far as the console knows."));
    console.succeeded("staging", &commit('2')).await;
    assert!(page().await.contains("GitHub does not know one of the two."));
    console.github.set_outage(Some(github_fake::Outage::Answering(502)));
    assert!(page().await.contains("GitHub cannot be read: it answered 502 (“Server Error”)."));
}

/// A frozen environment asks for a reason, unless rollbacks pass.
#[tokio::test]
async fn frozen_environment_asks_for_a_reason() {
    let console = lenient(DatabaseSystem::Sqlite).await;
    let first = console.succeeded("production", &commit('1')).await;
    console.succeeded("production", &commit('2')).await;
    let staged = console.succeeded("staging", &commit('3')).await;
    console.freeze().await;
    let rollback = console.get(&format!("/deploys/{first}/to/production")).await.text;
    assert!(
        rollback.contains("Roll-backs pass freezes in this environment.")
            && !rollback.contains("Override reason")
    );
    let address = format!("/deploys/{staged}/to/production");
    let promotion = console.get(&address).await.text;
    assert!(promotion.contains("Deploys here are frozen.") && promotion.contains("Override reason"));
    let refused = console.post_form(&address, "key=one").await;
    assert_eq!(
        refused.header("location"),
        Some(format!("{address}?problem=frozen&field=override_freeze").as_str())
    );
    let passed = console.post_form(&address, "key=two&override_freeze=the+shop+is+down").await;
    let deploy = console.get(passed.header("location").unwrap()).await.text;
    assert!(deploy.contains("Deployed despite a freeze: the shop is down"), "{deploy}");
}

/// An address that names nothing leads nowhere, and a form stays here.
#[tokio::test]
async fn f54_unknown_address_leads_nowhere() {
    let console = TestConsole::new().await;
    let first = console.succeeded("production", &commit('1')).await;
    for address in [
        format!("/deploys/{}/to/production", nobody()),
        format!("/deploys/{first}/to/nowhere"),
        "/deploys/x/to/y".to_owned(),
    ] {
        assert_eq!(console.get(&address).await.status, 404, "{address}");
        let posted = console.post_form(&address, "key=one").await;
        let back = posted.header("location").unwrap();
        assert!(posted.status == 303 && back.starts_with(&format!("{address}?problem=unknown_")), "{back}");
    }
    let cross = crate::support::request("POST", &format!("/deploys/{first}/to/staging"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site")
        .body("key=one".into());
    assert_eq!(console.send(cross.unwrap()).await.status, 403);
}

on_both!(
    rollback_dispatches_exact_earlier_commit,
    promotion_dispatches_commit_live_elsewhere,
    rollback_needs_an_earlier_success,
    rollback_passes_freeze_only_where_configured,
    rollback_passes_a_later_freeze,
);
