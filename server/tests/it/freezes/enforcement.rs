//! Freezes: a deploy into one is refused, says why and until when, and can be asked for all the same; one that
//! begins later stops the deploy at its freeze check.

use app::{
    api::ErrorCode,
    domain::{Freeze, FreezeId, Scope, Timestamp, Visible, Window},
};
use jiff::SignedDuration;
use runtime::ids::uuid_at;
use serde_json::{Value, json};
use store::{Actor, DatabaseSystem, EntryFilter, Lift};

use crate::support::{
    Database, TestConsole, assert_problem, claim, database::on_both, fresh, id_of, invariants::assert_chain,
    noon, order, request,
};

fn freeze(window: Window, environment: Option<&str>) -> Freeze {
    Freeze {
        id: FreezeId::new(uuid_at(noon())),
        scope: Scope { app: None, environment: environment.map(str::to_owned) },
        window,
        reason: "the <b>fair</b>".to_owned(),
        declared_by: "somebody".to_owned(),
        declared_at: noon(),
        lifted: None,
    }
}

fn hours(hours: i64) -> Timestamp {
    noon() + SignedDuration::from_hours(hours)
}

fn today() -> Window {
    Window::Once { from: noon(), until: hours(6) }
}

/// Actions and payloads of the whole journal, which has to be whole.
async fn journal(database: &Database) -> Vec<(String, Value)> {
    let entries = database.store.entries(&EntryFilter::after(0, 99)).await.unwrap().entries;
    let entries: Vec<app::domain::JournalEntry> =
        entries.into_iter().map(|entry| entry.try_into().unwrap()).collect();
    assert_chain([entries.as_slice()]);
    entries.into_iter().map(|entry| (entry.action, entry.payload)).collect()
}

/// What is declared and lifted is kept, and in the journal.
async fn declared_and_lifted_freezes_are_in_journal(system: DatabaseSystem) {
    let database = Database::on(system).await;
    let store = &*database.store;
    let (first, second) = (freeze(today(), Some("production")), freeze(Window::UntilLifted, None));
    store.declare(&first, "somebody").await.unwrap();
    store.declare(&second, "somebody").await.unwrap();
    let mut summary = store.freezes(9, &Visible::All).await.unwrap();
    summary.sort_by_key(|freeze| freeze.id);
    let mut expected = vec![first.clone(), second.clone()];
    expected.sort_by_key(|freeze| freeze.id);
    assert_eq!(summary, expected);

    let lift = |id| Lift { id, by: Actor::named("else"), at: hours(1) };
    assert!(store.lift(&lift(first.id)).await.unwrap());
    assert!(!store.lift(&lift(first.id)).await.unwrap(), "it was lifted before");
    assert!(!store.lift(&lift(FreezeId::new(uuid_at(noon())))).await.unwrap(), "there is none");
    assert_eq!(store.freezes(0, &Visible::All).await.unwrap(), std::slice::from_ref(&second));
    let lifted = store.freezes(9, &Visible::All).await.unwrap().pop().unwrap().lifted.unwrap();
    assert_eq!((lifted.by.as_str(), lifted.at), ("else", hours(1)));

    let said: Vec<_> = journal(&database).await;
    let actions: Vec<_> = said.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["console.freeze.declared", "console.freeze.declared", "console.freeze.lifted"]);
    assert_eq!(said[0].1["window"], json!({ "kind": "once", "from": noon(), "until": hours(6) }));
    assert_eq!(said[2].1, json!({ "freeze_id": first.id }));
}

/// A freeze of a newer build holds until it is lifted.
async fn f50_newer_freeze_holds_until_lifted(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = uuid_at(noon());
    let row = format!(
        "INSERT INTO freezes (id, time, reason, declared_by, declared_at)
         VALUES ('{id}', '{{\"kind\":\"full_moon\"}}', 'because', 'somebody', '2026-11-22T12:00:00.000Z')"
    );
    console.database.raw().await.run(&row).await.unwrap();
    let refused = console.dispatch(&fresh(), &order("staging")).await;
    assert_eq!(assert_problem(&refused, ErrorCode::Frozen).frozen.unwrap().opens_at, None);
    assert!(console.get("/freezes").await.text.contains("Written by a newer version"));
    let lifted = console.post_form("/freezes/lift", &format!("id={id}")).await;
    assert_eq!((lifted.status, lifted.header("location")), (303, Some("/freezes")));
    assert_eq!(console.dispatch(&fresh(), &order("staging")).await.status, 201);
}

/// A deploy into a freeze is refused, and the answer says why.
async fn deploy_into_a_freeze_is_refused(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let freeze = freeze(today(), Some("production"));
    console.database.store.declare(&freeze, "somebody").await.unwrap();
    let refused = console.dispatch("key", &order("production")).await;
    let frozen = assert_problem(&refused, ErrorCode::Frozen).frozen.unwrap();
    assert_eq!((frozen.opens_at, frozen.holds.len()), (Some(hours(6)), 1));
    assert_eq!((frozen.holds[0].freeze_id, frozen.holds[0].reason.as_str()), (freeze.id, "the <b>fair</b>"));
    assert_eq!(console.github.dispatches(), 0);
    assert_eq!(console.database.count("console_deploys").await, 0);
    assert_eq!(console.dispatch(&fresh(), &order("staging")).await.status, 201, "it is for production alone");

    // Nothing was recorded under the key: it is good for the same request once the freeze is over.
    console.clock.advance(SignedDuration::from_hours(6));
    assert_eq!(console.dispatch("key", &order("production")).await.status, 201);
}

/// An override needs a reason, which the journal keeps.
async fn override_needs_a_reason_in_the_journal(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let freeze = freeze(today(), None);
    console.database.store.declare(&freeze, "somebody").await.unwrap();
    let mut asked = order("production");
    for blank in ["", "  "] {
        asked["override_freeze"] = blank.into();
        assert_problem(&console.dispatch(&fresh(), &asked).await, ErrorCode::Frozen);
    }
    asked["override_freeze"] = "a\0b".into();
    assert_problem(&console.dispatch(&fresh(), &asked).await, ErrorCode::InvalidField);
    asked["override_freeze"] = "the shop is down".into();
    let deployed = console.dispatch("key", &asked).await;
    assert_eq!((deployed.status, &deployed.json["freeze_override"]), (201, &json!("the shop is down")));
    let (_, requested) = journal(&console.database).await.swap_remove(1);
    assert_eq!(requested["freeze_override"]["reason"], "the shop is down");
    assert_eq!(requested["freeze_override"]["frozen"]["holds"][0]["freeze_id"], json!(freeze.id));

    // Another reason is another request.
    asked["override_freeze"] = "for fun".into();
    assert_problem(&console.dispatch("key", &asked).await, ErrorCode::IdempotencyKeyReused);

    let id = id_of(&deployed);
    console.walk(id, &["smoke_gate_started", "smoke_gate_passed"]).await;
    let told = console.report(id, "freeze_check_started").await;
    assert_eq!((told.status, &told.json["freeze"]["verdict"]), (200, &json!("overridden")));
    assert_eq!(told.json["freeze"]["reason"], "the shop is down");
}

/// Where nothing is frozen, there is nothing to override.
async fn override_without_freeze_is_not_recorded(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let mut asked = order("production");
    asked["override_freeze"] = "to be safe".into();
    let deployed = console.dispatch("key", &asked).await;
    assert_eq!((deployed.status, deployed.json.get("freeze_override")), (201, None));
    let (_, requested) = journal(&console.database).await.swap_remove(0);
    assert_eq!(requested.get("freeze_override"), None);
}

/// A freeze that begins after the press is told to the workflow.
async fn later_freeze_is_told_to_the_workflow(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("production").await;
    console.walk(id, &["smoke_gate_started", "smoke_gate_passed"]).await;
    let freeze = freeze(today(), Some("production"));
    console.database.store.declare(&freeze, "somebody").await.unwrap();

    let body = claim(id, "freeze_check_started").to_string();
    let told = console.callback(id, "delivery", &body).await;
    let verdict = told.json["freeze"].clone();
    assert_eq!((told.status, &verdict["verdict"]), (200, &json!("frozen")), "{told:?}");
    assert_eq!(
        (&verdict["opens_at"], &verdict["holds"][0]["reason"]),
        (&json!(hours(6)), &json!("the <b>fair</b>"))
    );

    // The same answer after later changes: to the same delivery, and to another one.
    let lift = Lift { id: freeze.id, by: Actor::named("else"), at: noon() };
    assert!(console.database.store.lift(&lift).await.unwrap());
    for (delivery, outcome) in [("delivery", "replayed"), ("another", "repeated")] {
        let again = console.callback(id, delivery, &body).await;
        assert_eq!((&again.json["outcome"], &again.json["freeze"]), (&json!(outcome), &verdict));
    }
    let told = "Its workflow was told at the freeze check that deploys here are frozen.";
    let stopped = "A freeze stopped it at the freeze check.";
    let page = console.get(&format!("/deploys/{id}")).await.text;
    assert!(page.contains(told) && !page.contains(stopped), "it has not stopped yet, and may not: {page}");
    let failed =
        json!({ "console_deploy_id": id, "status": "failed", "failure_stage": "freeze_check_failed" });
    assert_eq!(console.callback(id, "end", failed.to_string()).await.status, 200);
    let deploy = console.deploy(id).await;
    assert_eq!((&deploy["freeze"], &deploy["steps"][1]["state"]), (&verdict, &json!("failed")));
    let page = console.get(&format!("/deploys/{id}")).await.text;
    assert!(page.contains(stopped) && !page.contains(told) && page.contains("the &lt;b&gt;fair"), "{page}");
}

#[tokio::test]
async fn only_the_freeze_check_gets_a_verdict() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    for status in ["smoke_gate_started", "smoke_gate_passed", "freeze_check_started", "freeze_check_passed"] {
        let told = console.report(id, status).await;
        let expected = (status == "freeze_check_started").then(|| json!({ "verdict": "open" }));
        assert_eq!(told.json.get("freeze"), expected.as_ref(), "{status}");
    }
}

#[tokio::test]
async fn page_declares_lists_and_lifts() {
    let console = TestConsole::new().await;
    assert!(console.get("/freezes").await.text.contains("Nothing is frozen, now or later."));
    for body in [
        "kind=until_lifted&app=&environment=production&reason=stop",
        "kind=once&app=shop&environment=&reason=fair&from=2026-11-23T08%3A00&until=2026-11-23T18%3A30&time_zone=Europe%2FBerlin",
        "kind=weekly&app=&environment=&reason=weekend&from_day=friday&from=16%3A00&until_day=monday&until=09%3A00&time_zone=UTC",
    ] {
        let posted = console.post_form("/freezes", body).await;
        assert_eq!((posted.status, posted.header("location")), (303, Some("/freezes")), "{body}");
    }
    let page = console.get("/freezes").await.text;
    for words in [
        "Every app, production",
        "shop, everywhere",
        "2026-11-23 07:00 UTC",
        "2026-11-23 17:30 UTC",
        "Every week, ",
        "Friday 16:00",
        "Monday 09:00",
        "In force",
        "Not now",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // Noon is on a Sunday: the weekend holds, too.
    let board = console.get("/").await.text;
    assert!(
        board.contains("Frozen. Opens 2026-11-23 17:30 UTC.") && board.contains("Opens when it is lifted.")
    );

    let [summary, ..] = &console.database.store.freezes(0, &Visible::All).await.unwrap()[..] else {
        panic!()
    };
    let posted = console.post_form("/freezes/lift", &format!("id={}", summary.id)).await;
    assert_eq!((posted.status, posted.header("location")), (303, Some("/freezes")));
    assert!(console.get("/freezes").await.text.contains("Lifted by "));
    let posted = console.post_form("/freezes/lift", &format!("id={}", summary.id)).await;
    assert_eq!(posted.header("location"), Some("/freezes?problem=unknown_freeze"));
}

#[tokio::test]
async fn invalid_freeze_is_not_declared() {
    let console = TestConsole::new().await;
    for (body, code) in [
        ("", "malformed_body"),
        ("kind=never&reason=x", "malformed_body"),
        ("kind=until_lifted&app=&environment=", "invalid_field"),
        ("kind=until_lifted&app=&environment=&reason=+", "invalid_field"),
        ("kind=until_lifted&app=&environment=&reason=a%00b", "invalid_field"),
        ("kind=until_lifted&app=nothing&environment=&reason=x", "unknown_environment"),
        ("kind=until_lifted&app=&environment=nowhere&reason=x", "unknown_environment"),
        (
            "kind=once&reason=x&from=2026-11-23T08%3A00&until=2026-11-23T08%3A00&time_zone=UTC",
            "invalid_field",
        ),
        (
            "kind=once&reason=x&from=2026-11-23T08%3A00&until=2026-11-23T09%3A00&time_zone=Atlantis",
            "invalid_field",
        ),
        ("kind=once&reason=x&from=tomorrow&until=2026-11-23T09%3A00&time_zone=UTC", "invalid_field"),
        (
            "kind=weekly&reason=x&from_day=friday&from=16%3A00&until_day=friday&until=16%3A00&time_zone=UTC",
            "invalid_field",
        ),
        (
            "kind=weekly&reason=x&from_day=friday&from=16%3A00&until_day=monday&until=09%3A00&time_zone=x",
            "invalid_field",
        ),
    ] {
        let posted = console.post_form("/freezes", body).await;
        let (location, problem) = (posted.header("location").unwrap(), format!("/freezes?problem={code}"));
        assert!(posted.status == 303 && location.starts_with(&problem), "{body}: {location}");
    }
    assert_eq!(console.database.store.freezes(9, &Visible::All).await.unwrap(), []);
    let cross = request("POST", "/freezes")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site")
        .body("kind=until_lifted&app=&environment=&reason=x".into());
    assert_eq!(console.send(cross.unwrap()).await.status, 403);
}

on_both!(
    declared_and_lifted_freezes_are_in_journal,
    f50_newer_freeze_holds_until_lifted,
    deploy_into_a_freeze_is_refused,
    override_needs_a_reason_in_the_journal,
    override_without_freeze_is_not_recorded,
    later_freeze_is_told_to_the_workflow,
);
