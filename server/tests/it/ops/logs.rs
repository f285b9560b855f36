//! What is logged: no text from outside can forge a line, and no secret is ever in one, nor in an answer, after any
//! failure. At TRACE, because that is what people turn on when something is wrong.

use app::api::ErrorCode;
use axum::body::Body;
use github_fake::Fault;
use serde_json::json;

use crate::support::{
    Answer, CONSOLE_TOML, Flags, TOKEN, TestConsole, assert_problem, claim, fresh, id_of,
    log::Log,
    order,
    process::{PATIENCE, Serving, Workplace},
    raw::exchange,
    request,
    stub::{Stub, reply},
};

const SECRET: &str = "secret-canary";
/// Stands in bodies, keys and headers that are refused.
const BODY: &str = "body-canary";

/// What a line of ours would begin with, after everything that ends a line.
const FORGED: &str =
    "\r\n2026-11-22T12:00:00.000000Z  INFO forged: \u{1b}[2K\u{1b}]0;t\u{7}\u{2028}\u{85}forged";

#[track_caller]
fn assert_not_forged(log: &str, says: &str) {
    assert!(log.contains(says), "it was not logged: {log}");
    for line in log.lines() {
        assert!(!line.starts_with("2026-11-22T12:00:00.000000Z"), "a forged line: {line:?}");
    }
    for c in ['\u{1b}', '\r', '\u{7}', '\u{85}', '\u{2028}'] {
        assert!(!log.contains(c), "{c:?} in {:?}", log.lines().find(|line| line.contains(c)));
    }
}

#[tokio::test]
async fn f20_external_text_forges_no_line() {
    let (log, _guard) = Log::begin();
    let console = TestConsole::with(SECRET, Flags::default()).await;
    let id = console.dispatched("production").await;
    for (delivery, status, line) in [
        ("1", "smoke_gate_started", FORGED),
        ("2", "smoke_gate_started", FORGED),
        ("3", "succeeded", FORGED),
        ("4", FORGED, FORGED),
    ] {
        let mut body = claim(id, status);
        (body["log_line"], body["failure_stage"]) = (line.into(), FORGED.into());
        console.callback(id, delivery, body.to_string()).await;
    }
    let mut wrong = claim(id, "building");
    wrong["console_deploy_id"] = FORGED.into();
    console.callback(id, "5", wrong.to_string()).await;
    for field in ["app", "environment", "git_ref", "reason"] {
        let mut order = order("staging");
        order[field] = FORGED.into();
        let made = console.dispatch(&fresh(), &order).await;
        if made.status == 201 {
            console.walk(id_of(&made), &["failed"]).await;
        }
    }
    console.github.fail_next(Fault::Refused(422, FORGED.to_owned()));
    console.dispatch(&fresh(), &order("staging")).await;
    console.github.fail_next(Fault::AcceptedButAnswered(502, FORGED.to_owned()));
    let unclear = id_of(&console.dispatch(&fresh(), &order("staging")).await);
    for path in [
        "/deploys?app=%0d%0a2026-11-22T12:00:00.000000Z%20forged%1b",
        "/%0d%0a%1b",
        "/deploys?cursor=%0aforged",
    ] {
        console.get(path).await;
    }
    let body = json!({ "key": FORGED, "request": order("staging"), "scenario": FORGED }).to_string();
    let call = request("POST", "/api/ui/dispatch").header("content-type", "application/json");
    console.send(call.body(body.into()).unwrap()).await;
    assert!(!log.text().is_empty());
    assert_not_forged(&log.text(), "callback decided");

    // And a stored status that is not ours.
    console.database.force_status(unclear, FORGED).await;
    console.report(unclear, "building").await;
    assert_not_forged(&log.text(), "callback decided");
}

/// A stored status that is found on the way forges no line either.
#[tokio::test]
async fn f20_stored_status_forges_no_line() {
    let (log, _guard) = Log::begin();
    let github = Stub::closed([reply(204, "")]).await;
    let console = std::sync::Arc::new(TestConsole::facing(&github, Flags::default()).await);
    let asker = std::sync::Arc::clone(&console);
    let first = tokio::spawn(async move { asker.dispatch("key", &order("production")).await });
    github.arrived().await;
    let id = github.posted()[0].body["inputs"]["console_deploy_id"].as_str().unwrap().parse().unwrap();
    console.database.force_status(id, FORGED).await;
    github.let_one_through();
    assert_eq!(first.await.unwrap().json["status"], json!(FORGED));
    assert_not_forged(&log.text(), "the row had moved on already");
}

/// The log names the delivery, even where its first answer cannot be read.
/// By its delivery id a callback is found in the log of the workflow and in ours.
#[tokio::test]
async fn delivery_is_logged_without_its_first_answer() {
    let (log, _guard) = Log::begin();
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let body = claim(id, "building").to_string();
    assert_eq!(console.callback(id, "delivery-7", &body).await.status, 200);
    assert!(log.text().contains("delivery_id=\"delivery-7\" claim=building"), "{}", log.text());

    console.database.raw().await.run("UPDATE callback_deliveries SET answer = 'no JSON'").await.unwrap();
    assert_problem(&console.callback(id, "delivery-7", &body).await, ErrorCode::Internal);
    let says = "callback_deliveries row delivery-7: answer cannot be read";
    assert!(log.text().contains(says), "{}", log.text());
}

/// Everything that can go wrong, each with a canary wherever there is room for one.
async fn everything_wrong(console: &TestConsole) -> Vec<Answer> {
    let id = console.dispatched("production").await;
    let mut answers = Vec::new();
    for body in [
        BODY.to_owned(),
        format!("\"{BODY}\""),
        format!("{{\"{BODY}\":"),
        json!({ "console_deploy_id": BODY, "status": "building" }).to_string(),
        json!({ "console_deploy_id": id, "status": BODY }).to_string(),
        json!({ "console_deploy_id": id, "status": [BODY] }).to_string(),
        json!({ "console_deploy_id": id, "status": "succeeded", "log_line": BODY }).to_string(),
        json!({ "console_deploy_id": id, "status": "building", "run_id": BODY }).to_string(),
    ] {
        answers.push(console.callback(id, &fresh(), &body).await);
        let forged = console.signed(id, BODY, b"").body(Body::from(body)).unwrap();
        answers.push(console.send(forged).await);
    }
    let wrong_headers = request("POST", &format!("/api/internal/deploys/{id}/callback"))
        .header("webhook-id", BODY)
        .header("webhook-timestamp", BODY)
        .header("webhook-signature", format!("v1,{BODY} {SECRET}"))
        .header("content-type", BODY);
    answers.push(console.send(wrong_headers.body(BODY.into()).unwrap()).await);

    for field in ["app", "environment", "git_ref", "reason"] {
        let mut order = order("staging");
        order[field] = format!("{BODY} {}", "x".repeat(600)).into();
        answers.push(console.dispatch(BODY, &order).await);
        let mut wrong = crate::support::order("staging");
        wrong[field] = json!([BODY]);
        answers.push(console.dispatch(BODY, &wrong).await);
    }
    answers.push(console.dispatch(&format!("\"{BODY}"), &order("staging")).await);
    for body in [
        BODY.to_owned(),
        json!({ "key": BODY, "request": BODY }).to_string(),
        json!({ "key": [BODY], "request": order("staging") }).to_string(),
        json!({ "key": BODY, "request": order("staging"), "scenario": BODY }).to_string(),
        json!({ BODY: BODY }).to_string(),
    ] {
        let call = request("POST", "/api/ui/dispatch").header("content-type", "application/json");
        answers.push(console.send(call.body(body.into()).unwrap()).await);
    }
    for path in ["deploy?id=", "journal?id=", "deploys?query[limit]=", "deploys?query[cursor]="] {
        answers.push(console.get(&format!("/api/ui/{path}{BODY}")).await);
    }
    answers.push(console.get(&format!("/api/internal/deploys?limit={BODY}")).await);
    for (status, message) in [(401, TOKEN), (403, TOKEN), (404, TOKEN), (422, TOKEN), (500, TOKEN)] {
        console.github.fail_next(Fault::Refused(status, message.to_owned()));
        let answer = console.dispatch(&fresh(), &order("staging")).await;
        if answer.status == 201 && answer.json["status"] == "requested" {
            answers.push(console.report(id_of(&answer), "failed").await);
        }
        answers.push(answer);
    }
    let last = id_of(answers.iter().rev().find(|answer| answer.status == 201).unwrap());
    answers.push(console.get(&format!("/deploys/{last}")).await);

    console.database.store.close().await;
    answers.push(console.report(id, "building").await);
    answers.push(console.dispatch(BODY, &order("staging")).await);
    for path in ["/", "/deploys", "/readyz", "/api/internal/deploys"] {
        answers.push(console.get(path).await);
    }
    answers
}

/// No canary reaches the log or an answer when something is wrong.
#[tokio::test]
async fn f58_failures_leak_no_canary() {
    let (log, _guard) = Log::begin();
    let console = TestConsole::with(SECRET, Flags::default()).await;
    let answers = everything_wrong(&console).await;
    assert!(answers.len() > 40 && answers.iter().any(|answer| answer.status == 503));
    for answer in &answers {
        let shown = format!("{:?} {}", answer.headers, answer.text);
        for canary in [TOKEN, SECRET, BODY] {
            assert!(!shown.contains(canary), "{canary} in {shown}");
        }
    }
    let log = log.text();
    assert!(log.contains("callback not authentic"), "{log}");
    for line in log.lines() {
        // An address is logged as it was asked for; no secret belongs into one.
        let rest = line.split(' ').filter(|word| !word.contains("uri=")).collect::<Vec<_>>().join(" ");
        assert!(!rest.contains(BODY) && !line.contains(TOKEN) && !line.contains(SECRET), "{line}");
    }
}

/// Strangers must not be able to fill the disk with lines.
#[tokio::test]
async fn forged_callbacks_are_one_line_per_minute() {
    let (log, _guard) = Log::begin();
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let forge = async || {
        let forged = console.signed(id, &fresh(), b"something else").body("{}".into()).unwrap();
        assert_eq!(console.send(forged).await.status, 401);
    };
    let lines = || -> Vec<String> {
        let text = log.text();
        text.lines().filter(|line| line.contains("callback not authentic")).map(str::to_owned).collect()
    };
    for _ in 0..50 {
        forge().await;
    }
    assert_eq!(lines().len(), 1);
    console.clock.advance(jiff::SignedDuration::from_secs(60));
    forge().await;
    let said = lines();
    assert!(said.len() == 2 && said[0].contains("count=1") && said[1].contains("count=50"), "{said:?}");
    let metrics = console.get("/metrics").await.text;
    assert!(metrics.contains("deploy_console_callbacks_forged_total 51"), "{metrics}");
}

/// The whole process, with every library at its most talkative.
#[tokio::test]
async fn f58_process_log_has_no_canary() {
    let github = Stub::start([reply(401, format!("{{\"message\":\"{TOKEN}\"}}")), reply(502, TOKEN)]).await;
    let workplace = Workplace::new();
    workplace.write("console.toml", CONSOLE_TOML);
    let variables = [
        ("DATABASE_URL", "sqlite://test.db"),
        ("GITHUB_API_URL", &*github.url()),
        ("GITHUB_TOKEN", TOKEN),
        ("DEPLOY_CALLBACK_HMAC_SECRET", SECRET),
        ("RUST_LOG", "trace"),
    ];
    let serving = workplace.serve(&["serve"], &variables).await;
    let json = ("content-type", "application/json");
    let order =
        json!({ "app": "shop", "environment": "production", "git_ref": "main", "reason": BODY }).to_string();
    for key in ["one", "two"] {
        let headers = [json, ("idempotency-key", key)];
        let answer = exchange(serving.address, "POST", "/api/internal/deploys", &headers, &order).await;
        assert_eq!(answer.status(), Some(201), "{answer:?}");
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        let callback = format!("/api/internal/deploys/{id}/callback");
        let headers = [json, ("webhook-id", BODY), ("webhook-timestamp", "0"), ("webhook-signature", BODY)];
        let answer = exchange(serving.address, "POST", &callback, &headers, BODY).await;
        assert_eq!(answer.status(), Some(401), "{answer:?}");
    }
    assert_eq!(github.posted().len(), 2);
    assert_eq!(github.posted()[0].header("authorization"), Some(&*format!("Bearer {TOKEN}")));
    let ended = serving.stop("TERM").await;
    assert_eq!(ended.code, Some(0));
    assert!(ended.stderr.contains("TRACE"), "{}", ended.stderr);
    for canary in [TOKEN, SECRET, BODY] {
        assert_eq!(ended.stderr.lines().find(|line| line.contains(canary)), None, "{canary}");
    }
}

/// A console at TRACE, whose log is not read until lines of it are dropped.
async fn unread(workplace: &Workplace) -> Serving {
    workplace.write("console.toml", CONSOLE_TOML);
    let secrets = [("GITHUB_TOKEN", TOKEN), ("DEPLOY_CALLBACK_HMAC_SECRET", SECRET)];
    let variables = [("DATABASE_URL", "sqlite://test.db"), ("RUST_LOG", "trace")];
    let serving = workplace.serve(&[], &[secrets, variables].concat()).await;
    let dropped = async {
        loop {
            let metrics = exchange(serving.address, "GET", "/metrics", &[], "").await;
            if !metrics.text().contains("deploy_console_log_lines_dropped_total 0") {
                break metrics.text().to_owned();
            }
        }
    };
    let metrics = tokio::time::timeout(PATIENCE, dropped).await.expect("it does not answer");
    assert!(metrics.contains("deploy_console_log_lines_dropped_total "), "{metrics}");
    serving
}

/// Lines are dropped, and the log says how many as soon as it is read again.
#[tokio::test(flavor = "multi_thread")]
async fn unread_log_stops_nothing() {
    let workplace = Workplace::new();
    let mut serving = unread(&workplace).await;
    serving.says("the log was not read, and lines of it were dropped").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unread_log_delays_no_stop() {
    let workplace = Workplace::new();
    let mut serving = unread(&workplace).await;
    serving.signal("TERM").await;
    assert_eq!(serving.end_unread().await, Some(0));
}
