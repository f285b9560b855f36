//! Flags: what is on where, who said so, and that the journal knows.

use app::domain::Caller;
use app::{
    api::{ErrorCode, FlagSetting, FlagsApi},
    domain::{Flag, Timestamp},
};
use futures::future::join_all;
use serde_json::{Value, json};
use store::{Actor, DatabaseSystem, EntryFilter, Promotion, Store};

use crate::support::{
    Answer, CONSOLE_TOML, Database, Flags, Given, TestConsole,
    database::on_both,
    fresh,
    invariants::assert_chain,
    noon, order, postgres,
    process::Workplace,
    request,
    stub::{Stub, accepted},
};

const PHASES: Flag = Flag::ConsoleDeployPhaseCallbacks;

fn promotion(environment: &str, is_on: bool, at: Timestamp) -> Promotion {
    Promotion {
        flag: PHASES,
        environment: environment.to_owned(),
        is_on,
        without_observation: false,
        by: Actor::named("somebody"),
        at,
    }
}

/// What the journal says of flags; and that it is whole.
async fn recorded(store: &dyn Store) -> Vec<Value> {
    let entries = store.entries(&EntryFilter::after(0, 99)).await.unwrap().entries;
    let entries: Vec<app::domain::JournalEntry> =
        entries.into_iter().map(|entry| entry.try_into().unwrap()).collect();
    assert_chain([entries.as_slice()]);
    let flags = entries.iter().filter(|entry| entry.action == "console.flag.promoted");
    flags.map(|entry| json!([entry.actor, entry.deploy_id, entry.payload])).collect()
}

async fn promotion_and_entry_are_written_together(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let store = &*database.store;
    let (first, last) = (promotion("staging", true, noon()), promotion("staging", false, noon()));
    assert!(store.promote(&first).await.unwrap());
    assert!(!store.promote(&first).await.unwrap(), "it is so already");
    assert_eq!(store.promotions().await.unwrap(), [first]);
    assert!(store.promote(&last).await.unwrap());
    let elsewhere = promotion("production", true, noon());
    assert!(store.promote(&elsewhere).await.unwrap());
    assert_eq!(store.promotions().await.unwrap(), [elsewhere, last]);

    let said = |environment: &str, is_on: bool, previous: Option<bool>| {
        let payload =
            json!({ "flag": PHASES, "environment": environment, "is_on": is_on, "previous": previous });
        json!(["somebody", null, payload])
    };
    assert_eq!(
        recorded(store).await,
        [said("staging", true, None), said("staging", false, Some(true)), said("production", true, None)]
    );
}

async fn flag_of_another_build_is_untouched(system: DatabaseSystem) {
    let database = Database::on(system).await;
    database.raw().await.run("INSERT INTO console_flags VALUES ('OF_TOMORROW')").await.unwrap();
    let row = "INSERT INTO console_flag_promotions (flag, environment, is_on, promoted_by, promoted_at)
               VALUES ('OF_TOMORROW', 'staging', true, 'somebody', '2026-11-22T12:00:00.000Z')";
    database.raw().await.run(row).await.unwrap();
    assert_eq!(database.store.promotions().await.unwrap(), []);
    assert!(database.store.promote(&promotion("staging", true, noon())).await.unwrap());
    assert_eq!(database.count("console_flag_promotions").await, 2);
}

async fn concurrent_promotions_are_one(system: DatabaseSystem) {
    let database = Database::on(system).await;
    assert!(database.store.promote(&promotion("staging", false, noon())).await.unwrap());
    let other = database.another().await;
    let stores = [&database.store, &other].into_iter().cycle().take(16).cloned();
    let promoters = stores
        .map(|store| tokio::spawn(async move { store.promote(&promotion("staging", true, noon())).await }));
    let done = join_all(promoters.collect::<Vec<_>>()).await;
    let moved = done.into_iter().filter(|done| *done.as_ref().unwrap().as_ref().unwrap()).count();
    assert_eq!((moved, recorded(&*database.store).await.len()), (1, 2));
}

#[tokio::test]
async fn dispatch_follows_the_environments_promotion() {
    let github = Stub::start([accepted(7), accepted(8), accepted(9)]).await;
    let console = TestConsole::facing(&github, Flags::default()).await;
    for flag in Flag::ALL {
        post(&console, flag.as_str(), "staging", "true").await;
    }
    for (environment, status, phases) in [("staging", 202, json!("true")), ("production", 201, Value::Null)] {
        assert_eq!(console.dispatch(environment, &order(environment)).await.status, status, "{environment}");
        assert_eq!(github.posted().last().unwrap().body["inputs"]["phase_callbacks"], phases);
    }
}

const GATES: [&str; 2] = ["smoke_gate_started", "smoke_gate_passed"];
const DEPLOYED: [&str; 3] = ["building", "deploying", "succeeded"];

/// What the page says that was seen of the phase callbacks in an environment.
async fn seen(console: &TestConsole, environment: &str) -> FlagSetting {
    let reports = console.console.flag_service().flags(&Caller::local()).await.unwrap();
    let report = reports.into_iter().find(|report| report.flag == PHASES).unwrap();
    report.settings.into_iter().find(|setting| setting.environment == environment).unwrap()
}

#[tokio::test]
async fn production_needs_one_observation_elsewhere() {
    let console = TestConsole::new().await;
    // Before the flag was on, nothing was asked of a workflow.
    let early = console.dispatched("staging").await;
    console.walk(early, &GATES).await;
    console.walk(early, &DEPLOYED).await;
    console.clock.advance(jiff::SignedDuration::from_secs(1));
    post(&console, PHASES.as_str(), "staging", "true").await;
    console.clock.advance(jiff::SignedDuration::from_secs(1));
    let sentence = async || seen(&console, "staging").await.observed.unwrap().sentence(PHASES);
    assert_eq!(sentence().await, "No deploy has ended there since then");

    let silent = console.dispatched("staging").await;
    console.walk(silent, &DEPLOYED).await;
    let failed = console.dispatched("staging").await;
    console.walk(failed, &GATES).await;
    console.walk(failed, &["building", "failed"]).await;
    assert_eq!(sentence().await, "0 of 2 deploys since then reported all of their phases");
    assert!(seen(&console, "production").await.asks_to_confirm);
    let refused = post(&console, PHASES.as_str(), "production", "true").await;
    assert_eq!(refused.header("location"), Some("/flags?problem=flag_not_observed"));
    assert!(!seen(&console, "production").await.is_on);

    let whole = console.dispatched("staging").await;
    console.walk(whole, &GATES).await;
    console.walk(whole, &DEPLOYED).await;
    assert_eq!(sentence().await, "1 of 3 deploys since then reported all of their phases");
    assert!(!seen(&console, "production").await.asks_to_confirm);
    post(&console, PHASES.as_str(), "production", "true").await;
    assert!(seen(&console, "production").await.is_on);
    let written = recorded(&*console.database.store).await;
    assert_eq!(written.last().unwrap()[2]["without_observation"], Value::Null);
}

/// Without an observation, the journal says so.
#[tokio::test]
async fn missing_observation_is_in_the_journal() {
    let console = TestConsole::new().await;
    let page = console.get("/flags").await.text;
    assert_eq!(page.matches("without_observation").count(), 2, "once for each flag in production: {page}");
    post(&console, PHASES.as_str(), "production", "true&without_observation=true").await;
    assert!(seen(&console, "production").await.is_on);
    let written = recorded(&*console.database.store).await;
    assert_eq!(written.last().unwrap()[2]["without_observation"], true);
    // Elsewhere, and back, there is nothing to confirm.
    post(&console, PHASES.as_str(), "production", "false").await;
    post(&console, PHASES.as_str(), "staging", "true&without_observation=true").await;
    let written = recorded(&*console.database.store).await;
    assert_eq!(written.len(), 3);
    assert!(written[1..].iter().all(|entry| entry[2]["without_observation"].is_null()), "{written:?}");
}

/// Healed steps were read from GitHub's record: the workflow did not report them.
#[tokio::test]
async fn healed_phase_does_not_count_as_reported() {
    let console = TestConsole::new().await;
    post(&console, PHASES.as_str(), "staging", "true").await;
    let id = console.dispatched("staging").await;
    console.walk(id, &["smoke_gate_started"]).await;
    console.github.set_job(id, "smoke", "completed", Some("success"));
    console.pass().await;
    console.walk(id, &DEPLOYED).await;
    let observed = seen(&console, "staging").await.observed.unwrap();
    assert_eq!((observed.shown, observed.ended), (0, 1));
}

#[tokio::test]
async fn workflow_without_gate_reports_is_named() {
    const BEFORE_PHASES: &str =
        include_str!("../../../../end2end/workflow/files/deploy-console-before-phases.yml");
    let console = TestConsole::new().await;
    console.github.write_workflow("acme/shop", "deploy.yml", BEFORE_PHASES).unwrap();
    post(&console, PHASES.as_str(), "staging", "true").await;
    let id = console.dispatched("staging").await;
    assert_eq!(seen(&console, "staging").await.unable, ["shop"]);
    assert!(console.get("/flags").await.text.contains("This workflow cannot report its gates"));
    console.walk(id, &DEPLOYED).await;
    assert_eq!(seen(&console, "staging").await.unable, ["shop"], "also when it has ended");

    let shipped = include_str!("../../../../.github/workflows/deploy-console.yml");
    console.github.write_workflow("acme/shop", "deploy.yml", shipped).unwrap();
    console.clock.advance(jiff::SignedDuration::from_secs(1));
    console.dispatched("staging").await;
    assert_eq!(seen(&console, "staging").await.unable, [""; 0], "by its newest deploy, it can");
}

#[tokio::test]
async fn variable_overrides_a_promotion() {
    let flags = Flags { deploy_async: true, ..Flags::default() };
    let console = TestConsole::given(Given { flags, ..Given::default() }).await;
    post(&console, "CONSOLE_DEPLOY_ASYNC", "staging", "false").await;
    assert_eq!(console.dispatch(&fresh(), &order("staging")).await.status, 202);
    let page = console.get("/flags").await.text;
    assert!(page.contains("FLAG_") && page.contains("The server's variable"), "{page}");
}

async fn post(console: &TestConsole, flag: &str, environment: &str, is_on: &str) -> Answer {
    let body = format!("flag={flag}&environment={environment}&is_on={is_on}");
    let posted = request("POST", "/flags")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .header("sec-fetch-site", "same-origin")
        .body(body.into());
    console.send(posted.unwrap()).await
}

#[tokio::test]
async fn page_form_leads_back_to_the_page() {
    let console = TestConsole::new().await;
    let page = console.get("/flags").await;
    assert_eq!(page.status, 200);
    for word in
        ["CONSOLE_DEPLOY_ASYNC", "CONSOLE_DEPLOY_PHASE_CALLBACKS", "Turn on in staging", "The default"]
    {
        assert!(page.text.contains(word), "{word}: {}", page.text);
    }
    let posted = post(&console, PHASES.as_str(), "staging", "true").await;
    assert_eq!((posted.status, posted.header("location")), (303, Some("/flags")), "{posted:?}");
    let page = console.get("/flags").await.text;
    assert!(page.contains("Turn off in staging") && page.contains("local operator"), "{page}");
    assert!(page.contains("Turn on in production"), "{page}");

    let posted = post(&console, PHASES.as_str(), "nowhere", "true").await;
    let back = posted.header("location").unwrap().to_owned();
    assert_eq!((posted.status, back.as_str()), (303, "/flags?problem=unknown_environment"));
    assert!(console.get(&back).await.text.contains(ErrorCode::UnknownEnvironment.title()));
    // Anyone can write such an address.
    for strange in ["/flags?problem=%3Cscript%3E", "/flags?problem=", "/flags?problem=internal%00"] {
        let page = console.get(strange).await;
        assert_eq!(page.status, 200);
        assert!(!page.text.contains("note--bad"), "{strange}");
    }
}

#[tokio::test]
async fn f53_other_sites_cannot_promote() {
    let console = TestConsole::new().await;
    let posted = request("POST", "/flags")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site")
        .body("flag=CONSOLE_DEPLOY_ASYNC&environment=staging&is_on=true".into());
    assert_eq!(console.send(posted.unwrap()).await.status, 403);
    let got = "/flags?flag=CONSOLE_DEPLOY_ASYNC&environment=staging&is_on=true";
    assert_eq!(console.get(got).await.status, 200);
    assert_eq!(console.database.store.promotions().await.unwrap(), []);
}

async fn command_line_promotion_is_in_the_journal(system: DatabaseSystem) {
    let workplace = Workplace::new();
    workplace.write("console.toml", CONSOLE_TOML);
    let url = match system {
        DatabaseSystem::Sqlite => "sqlite://test.db".to_owned(),
        DatabaseSystem::Postgres => postgres::empty().await,
    };
    let variables = [("DATABASE_URL", url.as_str())];
    let run = async |arguments: &[&str]| workplace.run(arguments, &variables).await;
    assert_eq!(run(&["migrate"]).await.code, Some(0));

    let line = |text: &str, flag: &str, environment: &str| {
        let is_it = |line: &&str| line.starts_with(flag) && line.contains(environment);
        text.lines().find(is_it).unwrap_or_default().split_whitespace().skip(2).collect::<Vec<_>>().join(" ")
    };
    let listed = run(&["flag", "list"]).await.stdout;
    assert_eq!(listed.lines().count(), 4, "{listed}");
    assert_eq!(line(&listed, "CONSOLE_DEPLOY_ASYNC", "staging"), "off default");

    let promoted = run(&["flag", "promote", "CONSOLE_DEPLOY_ASYNC", "staging"]).await;
    assert_eq!(promoted.code, Some(0), "{promoted:?}");
    assert!(line(&promoted.stdout, "CONSOLE_DEPLOY_ASYNC", "staging").starts_with("on command line, 20"));
    assert_eq!(line(&promoted.stdout, "CONSOLE_DEPLOY_ASYNC", "production"), "off default");
    let off = run(&["flag", "promote", "CONSOLE_DEPLOY_ASYNC", "staging", "off"]).await.stdout;
    assert!(line(&off, "CONSOLE_DEPLOY_ASYNC", "staging").starts_with("off command line"), "{off}");

    let refused = run(&["flag", "promote", "CONSOLE_DEPLOY_ASYNC", "production"]).await;
    assert!(refused.code != Some(0) && refused.stderr.contains("--without-observation"), "{refused:?}");
    let confirmed = ["flag", "promote", "CONSOLE_DEPLOY_ASYNC", "production", "--without-observation"];
    let listed = run(&confirmed).await.stdout;
    let said = line(&listed, "CONSOLE_DEPLOY_ASYNC", "production");
    assert!(said.starts_with("on command line, 20") && said.ends_with("since then"), "{said}");

    for (arguments, word) in [
        (["flag", "promote", "OF_TOMORROW", "staging"], "CONSOLE_DEPLOY_PHASE_CALLBACKS"),
        (["flag", "promote", "CONSOLE_DEPLOY_ASYNC", "nowhere"], "environment"),
    ] {
        let refused = run(&arguments).await;
        assert!(refused.code != Some(0) && refused.stderr.contains(word), "{refused:?}");
    }
    let verified = run(&["audit", "verify"]).await.stdout;
    assert!(verified.starts_with("The journal is whole: 3 entries"), "{verified}");
}

on_both!(
    promotion_and_entry_are_written_together,
    flag_of_another_build_is_untouched,
    concurrent_promotions_are_one,
    command_line_promotion_is_in_the_journal,
);
