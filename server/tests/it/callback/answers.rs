//! Each answer to a callback, through the router: what it says, and what it leaves in the rows. The order of
//! the answers has a file of its own.

use app::{
    api::ErrorCode,
    domain::{DeployId, JournalEntry, Source, Status},
};
use axum::{
    body::{Body, Bytes},
    http::HeaderMap,
};
use futures::stream;
use jiff::{SignedDuration, ToSpan};
use serde_json::{Value, json};
use server::http::MAX_BODY;
use store::{Advance, Advanced, audit};
use webhook::sign;

use crate::support::{
    Answer, Flags, SECRET, TestConsole, assert_problem, claim, fresh, nobody, noon,
    shape::{path, states},
};

/// Makes the headers of a good callback bad.
type Spoil = fn(&mut HeaderMap);

/// Everything that a callback could change.
async fn state_of(console: &TestConsole, id: DeployId) -> (Value, Vec<JournalEntry>, i64) {
    (console.deploy(id).await, console.journal(id).await, console.database.count("callback_deliveries").await)
}

/// A claim whose body has exactly this size.
fn sized(id: DeployId, size: usize) -> String {
    let bare = json!({ "console_deploy_id": id, "status": "building", "log_line": "" }).to_string();
    let word = "x".repeat(size - bare.len());
    json!({ "console_deploy_id": id, "status": "building", "log_line": word }).to_string()
}

/// A body in pieces, without a declared size.
fn in_pieces(body: &str) -> Body {
    let pieces: Vec<_> =
        body.as_bytes().chunks(1000).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect();
    Body::from_stream(stream::iter(pieces))
}

/// A body over 64 KiB is 413, however it comes.
#[tokio::test]
async fn f16_body_over_64_kib_is_413() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let before = state_of(&console, id).await;
    let large = sized(id, MAX_BODY + 1);
    assert_problem(&console.callback(id, "whole", &large).await, ErrorCode::BodyTooLarge);

    let undeclared = console.signed(id, "pieces", large.as_bytes()).body(in_pieces(&large)).unwrap();
    assert_problem(&console.send(undeclared).await, ErrorCode::BodyTooLarge);

    let endless =
        Body::from_stream(stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 512]))));
    let endless = console.signed(id, "endless", b"").body(endless).unwrap();
    assert_problem(&console.send(endless).await, ErrorCode::BodyTooLarge);

    let liar = console.signed(id, "liar", large.as_bytes()).header("content-length", "2");
    assert_problem(&console.send(liar.body(in_pieces(&large)).unwrap()).await, ErrorCode::BodyTooLarge);
    assert_eq!(state_of(&console, id).await, before);

    let largest = sized(id, MAX_BODY);
    assert_eq!(console.callback(id, "largest", &largest).await.json["outcome"], "applied");
}

/// A message that is not signed as it should be writes nothing.
#[tokio::test]
async fn f01_unsigned_message_writes_nothing() {
    fn replace(headers: &mut HeaderMap, name: &'static str, value: &str) {
        headers.insert(name, value.parse().unwrap());
    }
    let wrong: [(&str, Spoil); 13] = [
        ("no id", |headers| drop(headers.remove("webhook-id"))),
        ("no timestamp", |headers| drop(headers.remove("webhook-timestamp"))),
        ("no signature", |headers| drop(headers.remove("webhook-signature"))),
        ("two signatures", |headers| {
            let signature = headers["webhook-signature"].clone();
            headers.append("webhook-signature", signature);
        }),
        ("two ids", |headers| {
            headers.append("webhook-id", "another".parse().unwrap());
        }),
        ("empty id", |headers| replace(headers, "webhook-id", "")),
        ("empty signature", |headers| replace(headers, "webhook-signature", "")),
        ("partial signature", |headers| {
            let cut = headers["webhook-signature"].to_str().unwrap()[..20].to_owned();
            replace(headers, "webhook-signature", &cut);
        }),
        ("other algorithm", |headers| {
            let other = headers["webhook-signature"].to_str().unwrap().replace("v1,", "v1a,");
            replace(headers, "webhook-signature", &other);
        }),
        ("another id", |headers| replace(headers, "webhook-id", "another")),
        ("another time", |headers| {
            let other = (noon().as_second() + 1).to_string();
            replace(headers, "webhook-timestamp", &other);
        }),
        ("no number", |headers| replace(headers, "webhook-timestamp", "noon")),
        ("not text", |headers| {
            headers.insert("webhook-signature", axum::http::HeaderValue::from_bytes(b"v1,\xff").unwrap());
        }),
    ];
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let before = state_of(&console, id).await;
    let body = claim(id, "building").to_string();
    let mut texts = Vec::new();
    for (what, spoil) in wrong {
        let mut request = console.signed(id, "one", body.as_bytes()).body(body.clone().into()).unwrap();
        spoil(request.headers_mut());
        let answer = console.send(request).await;
        assert_eq!(answer.status, 401, "{what}: {answer:?}");
        assert_problem(&answer, ErrorCode::InvalidSignature);
        texts.push(answer.text);
    }
    texts.dedup();
    assert_eq!(texts.len(), 1, "the answer tells what was wrong: {texts:?}");
    assert_eq!(state_of(&console, id).await, before);
    assert_eq!(console.callback(id, "one", body).await.json["outcome"], "applied");
}

/// A body that was changed after it was signed is 401.
#[tokio::test]
async fn f02_changed_body_is_401() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let before = state_of(&console, id).await;
    let signed = claim(id, "building").to_string();
    let changed = signed.replace("building", "failed");
    let answer =
        console.send(console.signed(id, "one", signed.as_bytes()).body(changed.into()).unwrap()).await;
    assert_problem(&answer, ErrorCode::InvalidSignature);
    assert_eq!(state_of(&console, id).await, before);
}

/// A callback that is signed for one deploy is worth nothing for another.
#[tokio::test]
async fn f04_signature_is_bound_to_its_deploy() {
    let console = TestConsole::new().await;
    let (a, b) = (console.dispatched("production").await, console.dispatched("staging").await);
    let before = (state_of(&console, a).await, state_of(&console, b).await);
    for status in ["building", "failed", "dispatched"] {
        let answer = console.callback(b, &fresh(), claim(a, status).to_string()).await;
        assert_problem(&answer, ErrorCode::InvalidSignature);
    }
    // Not even to tell whether the other one is there.
    let answer = console.callback(nobody(), &fresh(), claim(a, "building").to_string()).await;
    assert_problem(&answer, ErrorCode::InvalidSignature);
    assert_eq!((state_of(&console, a).await, state_of(&console, b).await), before);
}

/// A message is good for 300 seconds either way.
#[tokio::test]
async fn f05_timestamp_tolerance_is_300_seconds() {
    for (seconds, status) in [(300, 200), (-300, 200), (301, 401), (-301, 401)] {
        let console = TestConsole::new().await;
        let id = console.dispatched("production").await;
        let body = claim(id, "building").to_string();
        let request = console.signed(id, "one", body.as_bytes()).body(body.into()).unwrap();
        console.clock.advance(SignedDuration::from_secs(seconds));
        let answer = console.send(request).await;
        assert_eq!(answer.status, status, "{seconds} s later: {answer:?}");
    }
}

/// A sender whose clock stands wrong by the same five minutes is told so, however often it signs.
#[tokio::test]
async fn f06_strange_timestamps_are_refused() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let body = claim(id, "building").to_string();
    for seconds in [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX] {
        let mut request = console.signed(id, "one", b"").body(body.clone().into()).unwrap();
        let signature = sign(&console.secrets, &"one".into(), seconds, body.as_bytes());
        request.headers_mut().insert("webhook-timestamp", seconds.into());
        request.headers_mut().insert("webhook-signature", signature.parse().unwrap());
        assert_problem(&console.send(request).await, ErrorCode::InvalidSignature);
    }
}

/// Only a good signature learns whether a deploy is there.
#[tokio::test]
async fn f14_unsigned_sender_cannot_probe_for_deploys() {
    let console = TestConsole::new().await;
    let (known, unknown) = (console.dispatched("production").await, nobody());
    let body = claim(unknown, "building").to_string();
    assert_problem(&console.callback(unknown, "one", body).await, ErrorCode::UnknownDeploy);
    assert_eq!(console.database.count("callback_deliveries").await, 0);

    let mut forged = Vec::new();
    for id in [known, unknown] {
        let body = claim(id, "building").to_string();
        let answer = console.send(console.signed(id, "one", b"").body(body.into()).unwrap()).await;
        assert_problem(&answer, ErrorCode::InvalidSignature);
        forged.push((answer.headers, answer.text));
    }
    assert_eq!(forged[0], forged[1]);
}

#[tokio::test]
async fn f18_only_json_is_read() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let body = claim(id, "building").to_string();
    let post = async |content_type: Option<&str>, delivery: &str| {
        let mut request = console.signed(id, delivery, body.as_bytes()).body(body.clone().into()).unwrap();
        request.headers_mut().remove("content-type");
        if let Some(content_type) = content_type {
            request.headers_mut().insert("content-type", content_type.parse().unwrap());
        }
        console.send(request).await
    };
    for wrong in [
        None,
        Some(""),
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/json5"),
        Some("application/jsonp; application/json"),
        Some("text/application/json"),
    ] {
        assert_problem(&post(wrong, "one").await, ErrorCode::UnsupportedMediaType);
    }
    for (delivery, good) in
        ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/json ;x=y"]
            .iter()
            .enumerate()
    {
        assert_eq!(post(Some(good), &delivery.to_string()).await.status, 200, "{good}");
    }
}

/// Bodies that are not of the shape. `ID` stands for the deploy's own id.
fn malformed() -> Vec<Vec<u8>> {
    let deep = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let with = |field: &str| format!(r#"{{"console_deploy_id":"ID","status":"building",{field}}}"#);
    let mut bodies: Vec<Vec<u8>> = [
        "",
        " ",
        "{",
        "{}",
        "null",
        "[]",
        "\"building\"",
        "1",
        "\u{feff}{}",
        "console_deploy_id=ID&status=building",
        r#"{"status":"building"}"#,
        r#"{"console_deploy_id":"ID"}"#,
        r#"{"console_deploy_id":"ID","status":null}"#,
        r#"{"console_deploy_id":"ID","status":7}"#,
        r#"{"console_deploy_id":"ID","status":["building"]}"#,
        r#"{"console_deploy_id":7,"status":"building"}"#,
        r#"{"console_deploy_id":"","status":"building"}"#,
        r#"{"console_deploy_id":"ID ","status":"building"}"#,
        r#"{"console_deploy_id":"{ID}","status":"building"}"#,
        r#"{"console_deploy_id":"ID","status":"building"} {}"#,
        r#"{"console_deploy_id":"ID","status":"building",}"#,
        r#"{"console_deploy_id":"ID","status":"failed","status":"building"}"#,
        r"{'console_deploy_id':'ID','status':'building'}",
        r#"["ID","building",null,null,null,null]"#,
    ]
    .map(|body| body.as_bytes().to_vec())
    .into();
    for field in [
        r#""log_line":7"#,
        r#""log_line":{"a":1}"#,
        r#""log_line":"\ud800""#,
        r#""log_line":"\udc00\ud800""#,
        r#""log_line":"\x""#,
        "\"log_line\":\"a\nb\"",
        r#""run_id":"7""#,
        r#""run_id":1.5"#,
        r#""run_id":9223372036854775808"#,
        r#""run_id":1e400"#,
        r#""run_id":NaN"#,
        r#""run_attempt":"first""#,
        r#""failure_stage":1"#,
        r#""unknown":"\ud800""#,
    ] {
        bodies.push(with(field).into_bytes());
    }
    for (field, depth) in [("log_line", 10_000), ("unknown", 10_000)] {
        bodies.push(with(&format!("\"{field}\":{}", deep(depth))).into_bytes());
    }
    bodies.push(deep(10_000).into_bytes());
    bodies.push("[".repeat(60_000).into_bytes());
    bodies.push(r#"{"a":"#.repeat(10_000).into_bytes());
    for field in ["log_line", "unknown"] {
        let text = with(&format!("\"{field}\":\"HERE\"")).into_bytes();
        let at = text.windows(4).position(|four| four == b"HERE").unwrap();
        // A lone continuation byte, an overlong slash, a surrogate, a byte that UTF-8 never has.
        for bad in [&b"\x80"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\xff"] {
            bodies.push([&text[..at], bad, &text[at + 4..]].concat());
        }
    }
    bodies
}

/// A body that is not of the shape is 400 and writes nothing.
#[tokio::test]
async fn f18_malformed_body_is_400() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let before = state_of(&console, id).await;
    for body in malformed() {
        // Bytes, because some of them are no text.
        let id_text = id.to_string();
        let parts: Vec<_> = split(&body, b"ID");
        let body = parts.join(id_text.as_bytes());
        let answer = console.callback(id, "one", &body).await;
        let shown = String::from_utf8_lossy(&body[..body.len().min(120)]).into_owned();
        assert_eq!(answer.status, 400, "{shown}: {answer:?}");
        assert_problem(&answer, ErrorCode::MalformedBody);
    }
    assert_eq!(state_of(&console, id).await, before);
    // None of them has used the delivery id up.
    assert_eq!(console.callback(id, "one", claim(id, "building").to_string()).await.status, 200);
}

fn split<'a>(body: &'a [u8], at: &[u8]) -> Vec<&'a [u8]> {
    match body.windows(at.len()).position(|window| window == at) {
        Some(found) => {
            let mut rest = split(&body[found + at.len()..], at);
            rest.insert(0, &body[..found]);
            rest
        }
        None => vec![body],
    }
}

/// An unknown status is 422, and the answer says which there are.
#[tokio::test]
async fn f13_unknown_status_is_422_with_known_ones() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let before = console.deploy(id).await;
    for status in
        ["requested", "dispatched", "timed_out", "rolling_back", "Building", " building", "building ", ""]
    {
        let answer = console.callback(id, &fresh(), claim(id, status).to_string()).await;
        let problem = assert_problem(&answer, ErrorCode::NotACallbackStatus);
        let detail = problem.detail.unwrap();
        for known in [
            "smoke_gate_started",
            "smoke_gate_passed",
            "freeze_check_started",
            "freeze_check_passed",
            "building",
            "deploying",
            "succeeded",
            "failed",
        ] {
            assert!(detail.contains(known), "{detail}");
        }
        assert!(!detail.contains("timed_out"), "{detail}");
        let entry = console.journal(id).await.pop().unwrap();
        assert_eq!(
            (entry.action.as_str(), &entry.payload["outcome"], &entry.payload["claimed"]),
            ("console.deploy.callback", &json!("refused"), &json!(status))
        );
        assert_eq!(entry.payload["current"], "dispatched");
    }
    assert_eq!(console.deploy(id).await, before, "no row moves");
}

#[tokio::test]
async fn f13_unknown_status_is_always_refused_alike() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let strange = claim(id, "rolling_back").to_string();
    let first = console.callback(id, "one", &strange).await;
    assert_problem(&first, ErrorCode::NotACallbackStatus);
    let after = state_of(&console, id).await;
    // The same delivery again, and the same delivery id with another status that is none.
    assert_eq!(console.callback(id, "one", &strange).await.json, first.json);
    let other = console.callback(id, "one", claim(id, "dispatched").to_string()).await;
    assert_problem(&other, ErrorCode::NotACallbackStatus);
    let reused = console.callback(id, "one", claim(id, "building").to_string()).await;
    assert_problem(&reused, ErrorCode::DeliveryIdReused);
    assert_eq!(state_of(&console, id).await, after, "one entry, one delivery");
}

/// An unknown status of a deploy that does not exist is 422.
/// It has no row to be audited beside, and the status is what is wrong with it first of all.
#[tokio::test]
async fn f13_f14_unknown_status_comes_before_missing_deploy() {
    let console = TestConsole::new().await;
    let id = nobody();
    let answer = console.callback(id, "one", claim(id, "rolling_back").to_string()).await;
    assert_problem(&answer, ErrorCode::NotACallbackStatus);
    assert_eq!(console.database.count("callback_deliveries").await, 0);
}

#[tokio::test]
async fn f13_unknown_fields_and_nulls_are_ignored() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let body = json!({
        "console_deploy_id": id, "status": "building",
        "log_line": null, "run_id": null, "run_attempt": null, "failure_stage": null,
        "unknown": { "nested": [1, 2.5, null, "three"] }, "version": 99, "requested_by": "mallory",
    });
    assert_eq!(console.callback(id, "one", body.to_string()).await.json["outcome"], "applied");
    let deploy = console.deploy(id).await;
    assert_eq!((&deploy["version"], &deploy["requested_by"]), (&json!(3), &json!("local operator")));
}

/// Written by hand from the contract: where a callback can move a production deploy from each status.
const ALLOWED: [(&str, &[&str]); 8] = [
    ("dispatched", &["smoke_gate_started", "freeze_check_started", "building", "failed"]),
    ("smoke_gate_started", &["smoke_gate_passed", "failed"]),
    ("smoke_gate_passed", &["freeze_check_started", "building", "failed"]),
    ("freeze_check_started", &["freeze_check_passed", "failed"]),
    ("freeze_check_passed", &["building", "failed"]),
    ("building", &["deploying", "failed"]),
    ("deploying", &["succeeded", "failed"]),
    ("succeeded", &[]),
];
const CLAIMABLE: [&str; 8] = [
    "smoke_gate_started",
    "smoke_gate_passed",
    "freeze_check_started",
    "freeze_check_passed",
    "building",
    "deploying",
    "succeeded",
    "failed",
];

/// A transition that is no edge is 409, with the current status and what is allowed.
#[tokio::test]
async fn f10_f11_illegal_transition_is_409() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    for (current, allowed) in ALLOWED {
        if current != "dispatched" {
            console.walk(id, &[current]).await;
        }
        let before = console.deploy(id).await;
        let refused = CLAIMABLE.iter().filter(|status| **status != current && !allowed.contains(status));
        for status in refused {
            let answer = console.report(id, status).await;
            assert_problem(&answer, ErrorCode::TransitionRefused);
            assert_eq!(
                (&answer.json["current"], &answer.json["allowed"]),
                (&json!(current), &json!(allowed))
            );
            let last = console.journal(id).await.pop().unwrap();
            assert_eq!(last.action, "console.deploy.callback");
            assert_eq!(
                (&last.payload["outcome"], &last.payload["claimed"], &last.payload["current"]),
                (&json!("refused"), &json!(status), &json!(current))
            );
        }
        assert_eq!(console.deploy(id).await, before, "a refusal moved the row");
    }
}

/// From `requested`, what is allowed is what follows acceptance.
#[tokio::test]
async fn f10_requested_allows_what_follows_acceptance() {
    let console = TestConsole::new().await;
    let id = console.requested("production").await;
    let answer = console.report(id, "deploying").await;
    assert_problem(&answer, ErrorCode::TransitionRefused);
    assert_eq!(
        (&answer.json["current"], &answer.json["allowed"]),
        (&json!("requested"), &json!(ALLOWED[0].1))
    );
    assert_eq!(path(&console.deploy(id).await), ["requested"]);
}

/// Nothing follows a failure or a deadline.
#[tokio::test]
async fn f11_failed_and_timed_out_are_final() {
    for end in ["failed", "timed_out"] {
        let console = TestConsole::new().await;
        let id = console.dispatched("production").await;
        console.walk(id, &["smoke_gate_started"]).await;
        if end == "failed" {
            console.walk(id, &["failed"]).await;
        } else {
            time_out(&console, id).await;
        }
        let before = console.deploy(id).await;
        let journal = console.journal(id).await.len();
        let others = CLAIMABLE.iter().filter(|status| **status != end).collect::<Vec<_>>();
        for status in &others {
            let answer = console.report(id, status).await;
            assert_problem(&answer, ErrorCode::TransitionRefused);
            assert_eq!((&answer.json["current"], &answer.json["allowed"]), (&json!(end), &json!([])));
        }
        assert_eq!(console.deploy(id).await, before);
        assert_eq!(console.journal(id).await.len(), journal + others.len(), "refusals are audited");
    }
}

async fn time_out(console: &TestConsole, id: DeployId) {
    let advance = Advance {
        id,
        to: Status::TimedOut,
        source: Source::Reconciler,
        actor: "reconciler".to_owned(),
        log_line: None,
        evidence: None,
        failure_stage: None,
        run: None,
        past: None,
        at: noon(),
    };
    assert_eq!(console.database.store.advance(&advance).await.unwrap(), Advanced::Moved);
}

/// An applied callback is answered with where the deploy is now.
#[tokio::test]
async fn applied_callback_returns_the_new_status() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let answer = console.callback(id, "one", claim(id, "building").to_string()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.json, json!({ "deploy_id": id, "status": "building", "outcome": "applied" }));
}

/// A replayed delivery gets the first answer again, and writes nothing.
#[tokio::test]
async fn f07_replayed_delivery_gets_the_first_answer() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.callback(id, "one", claim(id, "building").to_string()).await;
    console.walk(id, &["deploying", "succeeded"]).await;
    let before = state_of(&console, id).await;
    // A retry is signed again, later.
    console.clock.advance(SignedDuration::from_secs(3600));
    let again = console.callback(id, "one", claim(id, "building").to_string()).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.json, json!({ "deploy_id": id, "status": "building", "outcome": "replayed" }));
    assert_eq!(state_of(&console, id).await, before);
}

/// A replayed refusal stays refused, though the edge is there now.
#[tokio::test]
async fn f07_replayed_refusal_stays_refused() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let first = console.callback(id, "early", claim(id, "deploying").to_string()).await;
    assert_problem(&first, ErrorCode::TransitionRefused);
    console.walk(id, &["building"]).await;
    let before = state_of(&console, id).await;
    let again = console.callback(id, "early", claim(id, "deploying").to_string()).await;
    assert_eq!((again.status, again.json), (first.status, first.json));
    assert_eq!(state_of(&console, id).await, before);
}

/// A delivery id with another body is 409.
#[tokio::test]
async fn f08_reused_delivery_id_is_409() {
    let console = TestConsole::new().await;
    let (id, other) = (console.dispatched("production").await, console.dispatched("staging").await);
    console.callback(id, "one", claim(id, "building").to_string()).await;
    let before = (state_of(&console, id).await, state_of(&console, other).await);
    for (deploy, body) in [
        (id, claim(id, "deploying").to_string()),
        (id, format!("{} ", claim(id, "building"))),
        (other, claim(other, "building").to_string()),
    ] {
        assert_problem(&console.callback(deploy, "one", body).await, ErrorCode::DeliveryIdReused);
    }
    assert_eq!((state_of(&console, id).await, state_of(&console, other).await), before);
}

/// The same status again moves nothing, and keeps its log line.
#[tokio::test]
async fn f09_repeated_status_only_keeps_its_log() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.walk(id, &["building"]).await;
    let before = console.deploy(id).await;
    let mut body = claim(id, "building");
    body["log_line"] = "attempt 2".into();
    let answer = console.callback(id, "again", body.to_string()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json, json!({ "deploy_id": id, "status": "building", "outcome": "repeated" }));
    assert_eq!(console.deploy(id).await, before);
    let last = console.journal(id).await.pop().unwrap();
    assert_eq!(
        (&last.payload["outcome"], &last.payload["log_line"]),
        (&json!("repeated"), &json!("attempt 2"))
    );
    console.walk(id, &["failed"]).await;
    assert_eq!(
        console.report(id, "failed").await.json["outcome"],
        "repeated",
        "an end, too, can be said twice"
    );
}

/// Awkward log lines come back as they were sent.
#[tokio::test]
async fn f19_awkward_log_lines_round_trip() {
    let word = "w".repeat(60 * 1024);
    let lines = [
        "",
        "\0",
        "a\0b\0",
        "\u{202e}gpj.exe\u{202c}\u{2066}",
        "𝒟🚀\u{10ffff}\u{ffff}",
        "\u{feff}e\u{301}\u{200d}",
        "ok\r\n\u{1b}[31mred\u{1b}]0;title\u{7}\u{85}\u{2028}",
        "</script><script>alert(1)</script> {{ x }} ${y} 'quoted' \"twice\" \\ % ; -- ",
        &word,
    ];
    for line in lines {
        let console = TestConsole::new().await;
        let id = console.dispatched("production").await;
        let mut body = claim(id, "building");
        body["log_line"] = line.into();
        assert_eq!(console.callback(id, "one", body.to_string()).await.status, 200);
        let deploy = console.deploy(id).await;
        assert_eq!(deploy["history"][2]["log_line"], line);
        let journal = console.journal(id).await;
        assert_eq!(journal[2].payload["log_line"], line);
        assert_eq!(audit::first_broken(&journal), None, "{line:?}");
    }
}

#[tokio::test]
async fn callback_signed_by_another_library_is_accepted() {
    const BASE64: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let console = TestConsole::with(&format!("whsec_{BASE64}"), Flags::default()).await;
    let id = console.dispatched("production").await;
    let body = claim(id, "building").to_string();
    let theirs = standardwebhooks::Webhook::new(BASE64).unwrap();
    let signature = theirs.sign("msg_1", noon().as_second(), body.as_bytes()).unwrap();
    let mut request = console.signed(id, "msg_1", b"").body(Body::from(body)).unwrap();
    request.headers_mut().insert("webhook-signature", signature.parse().unwrap());
    let answer = console.send(request).await;
    assert_eq!((answer.status, &answer.json["outcome"]), (200, &json!("applied")), "{answer:?}");
}

/// Both secrets are good, until the old one is removed.
#[tokio::test]
async fn f21_old_secret_works_until_removed() {
    let (old, new) = (SECRET, "whsec_bmV3IHNlY3JldA==");
    let both = TestConsole::with("whsec_bmV3IHNlY3JldA== old-secret", Flags::default()).await;
    let id = both.dispatched("production").await;
    let signed_with = |secret: &str, status: &str| {
        let body = claim(id, status).to_string();
        let mut request = both.signed(id, status, b"").body(Body::from(body.clone())).unwrap();
        let signature = sign(&secret.parse().unwrap(), &status.into(), noon().as_second(), body.as_bytes());
        request.headers_mut().insert("webhook-signature", signature.parse().unwrap());
        request
    };
    assert_eq!(both.send(signed_with("old-secret", "smoke_gate_started")).await.status, 200);
    assert_eq!(both.send(signed_with(new, "smoke_gate_passed")).await.status, 200);
    assert_eq!(both.send(signed_with(old, "building")).await.status, 401);

    let only_new = TestConsole::with(new, Flags::default()).await;
    let answer = only_new.send(signed_with("old-secret", "building")).await;
    assert_problem(&answer, ErrorCode::InvalidSignature);
}

/// A callback for a requested row walks both edges.
#[tokio::test]
async fn f22_requested_row_walks_both_edges() {
    for (status, stage) in
        [("smoke_gate_started", None), ("building", None), ("failed", Some("deploy_failed"))]
    {
        let console = TestConsole::new().await;
        let id = console.requested("production").await;
        let mut body = claim(id, status);
        (body["failure_stage"], body["run_id"]) = (json!(stage), json!(77));
        let answer = console.callback(id, "proof", body.to_string()).await;
        assert_eq!(answer.json, json!({ "deploy_id": id, "status": status, "outcome": "applied" }));
        let deploy = console.deploy(id).await;
        assert_eq!(path(&deploy), ["requested", "dispatched", status]);
        assert_eq!(deploy["failure_stage"], json!(stage));
        assert_eq!(deploy["github_run_id"], 77);
        assert!(deploy["history"].as_array().unwrap()[1..].iter().all(|entry| entry["source"] == "callback"));
    }
}

/// The step that failed is the one that the workflow names.
#[tokio::test]
async fn workflow_names_the_failed_step() {
    for (stage, expected) in [
        ("smoke_gate_failed", ["failed", "not_reached", "not_reached", "not_reached"]),
        ("freeze_check_failed", ["done", "failed", "not_reached", "not_reached"]),
        ("deploy_failed", ["done", "not_reported", "failed", "not_reached"]),
        ("health_check_failed", ["done", "not_reported", "not_reported", "failed"]),
    ] {
        let console = TestConsole::new().await;
        let id = console.dispatched("production").await;
        let before: &[_] = if stage == "smoke_gate_failed" {
            &["smoke_gate_started"]
        } else {
            &["smoke_gate_started", "smoke_gate_passed"]
        };
        console.walk(id, before).await;
        let mut body = claim(id, "failed");
        body["failure_stage"] = stage.into();
        assert_eq!(console.callback(id, "end", body.to_string()).await.status, 200);
        let deploy = console.deploy(id).await;
        assert_eq!((&deploy["failure_stage"], states(&deploy)), (&json!(stage), expected.to_vec()));
    }
}

/// A stage that is unknown, or comes without a failure, is not kept.
#[tokio::test]
async fn only_valid_failure_stages_are_kept() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let stage = |status: &str, stage: &str| {
        let mut body = claim(id, status);
        body["failure_stage"] = stage.into();
        body.to_string()
    };
    assert_eq!(console.callback(id, "1", stage("building", "deploy_failed")).await.status, 200);
    assert_eq!(console.deploy(id).await["failure_stage"], Value::Null);
    assert_eq!(console.callback(id, "2", stage("failed", "canary_failed")).await.status, 200);
    let deploy = console.deploy(id).await;
    assert_eq!(deploy["failure_stage"], Value::Null);
    assert_eq!(states(&deploy), ["not_reported", "not_reported", "failed", "not_reached"]);
}

#[tokio::test]
async fn i7_run_is_named_once() {
    let console = TestConsole::new().await;
    let named = |id: DeployId, status: &str, run: i64| {
        let mut body = claim(id, status);
        body["run_id"] = run.into();
        body.to_string()
    };
    // GitHub has named it when it accepted.
    let id = console.dispatched("production").await;
    let run = console.deploy(id).await["github_run_id"].clone();
    assert!(run.is_i64());
    assert_eq!(console.callback(id, "1", named(id, "building", 5)).await.status, 200);
    assert_eq!(console.deploy(id).await["github_run_id"], run);

    let id = console.requested("staging").await;
    for (delivery, status, said) in [("2", "building", 5), ("3", "building", 6), ("4", "deploying", 7)] {
        assert_eq!(console.callback(id, delivery, named(id, status, said)).await.status, 200);
        let deploy = console.deploy(id).await;
        let url = deploy["github_run_url"].as_str().unwrap();
        assert_eq!(deploy["github_run_id"], 5);
        assert!(url.ends_with("/acme/shop/actions/runs/5"), "{url}");
    }
}

#[tokio::test]
async fn times_come_from_the_console() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.clock.advance(SignedDuration::from_secs(7));
    console.walk(id, &["building"]).await;
    let deploy = console.deploy(id).await;
    assert_eq!(deploy["history"][2]["at"], json!(noon() + 7.seconds()));
    assert_eq!((&deploy["updated_at"], &deploy["finished_at"]), (&json!(noon() + 7.seconds()), &Value::Null));
    console.clock.advance(SignedDuration::from_secs(1));
    console.walk(id, &["failed"]).await;
    assert_eq!(console.deploy(id).await["finished_at"], json!(noon() + 8.seconds()));
}

#[tokio::test]
async fn endpoint_accepts_only_post() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let answer: Answer = console.get(&format!("/api/internal/deploys/{id}/callback")).await;
    assert_problem(&answer, ErrorCode::MethodNotAllowed);
}
