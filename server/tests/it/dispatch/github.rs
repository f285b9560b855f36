//! What the console asks of GitHub, and what becomes of a deploy by each answer: accepted, refused with a
//! reason that says what to do, or unclear and then left alone. The token goes to GitHub and nowhere else.

use app::api::ErrorCode;
use axum::body::{Body, Bytes};
use futures::stream;
use github::{Credentials, GitHubConfig};
use github_fake::Fault;
use jiff::ToSpan;
use serde_json::{Value, json};

use crate::support::{
    Answer, CONSOLE_TOML, Flags, Given, SECRET, TOKEN, TestConsole, id_of, noon, order, shape,
    stub::{Stub, accepted, reply, that_hangs_up_after},
};

/// Presses Deploy once, and checks that neither the answer nor anything that can be read later holds the
/// token.
async fn press(console: &TestConsole) -> Answer {
    let answer = console.dispatch("key", &order("production")).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let id = id_of(&answer);
    let mut shown = vec![answer.text.clone(), serde_json::to_string(&console.journal(id).await).unwrap()];
    for path in [
        format!("/api/internal/deploys/{id}"),
        "/api/internal/deploys".to_owned(),
        format!("/deploys/{id}"),
        "/".to_owned(),
    ] {
        shown.push(console.get(&path).await.text);
    }
    assert!(shown.iter().all(|text| !text.contains(TOKEN)), "{shown:?}");
    answer
}

/// What the last entry of the history says.
#[track_caller]
fn reason(deploy: &Value) -> &str {
    deploy["history"].as_array().unwrap().last().unwrap()["log_line"].as_str().unwrap_or_default()
}

#[track_caller]
fn assert_dispatched(deploy: &Value, run: Option<i64>) {
    assert_eq!(
        (&deploy["status"], &deploy["github_run_id"]),
        (&json!("dispatched"), &json!(run)),
        "{deploy}"
    );
    assert_eq!(deploy["github_run_url"].is_null(), run.is_none());
}

#[track_caller]
fn assert_failed(deploy: &Value, says: &[&str]) {
    assert_eq!(shape::path(deploy), ["requested", "failed"]);
    assert!(deploy["finished_at"].is_string() && deploy["github_run_id"].is_null());
    for word in says {
        assert!(reason(deploy).contains(word), "{:?} lacks {word:?}", reason(deploy));
    }
}

#[track_caller]
fn assert_unclear(deploy: &Value) {
    assert_eq!((&deploy["status"], shape::path(deploy)), (&json!("requested"), vec!["requested"]));
    assert_eq!(deploy["finished_at"], Value::Null);
}

#[tokio::test]
async fn request_matches_what_the_workflow_declares() {
    for phase_callbacks in [false, true] {
        let github = Stub::start([accepted(7)]).await;
        let console = TestConsole::facing(&github, Flags { phase_callbacks, ..Flags::default() }).await;
        let mut order = order("staging");
        (order["git_ref"], order["reason"]) = ("v1.2.3".into(), "not GitHub's business".into());
        let answer = console.dispatch("key", &order).await;
        let asked = github.posted();
        assert_eq!(asked.len(), 1);
        assert_eq!(
            (asked[0].method.as_str(), asked[0].path.as_str()),
            ("POST", "/repos/acme/shop/actions/workflows/deploy.yml/dispatches")
        );
        let mut inputs = json!({
            "console_deploy_id": answer.json["id"],
            "environment": "staging",
            "git_ref": "v1.2.3",
        });
        if phase_callbacks {
            inputs["phase_callbacks"] = "true".into();
        }
        assert_eq!(asked[0].body, json!({ "ref": "main", "return_run_details": true, "inputs": inputs }));
        for (name, value) in [
            ("authorization", "Bearer token-canary"),
            ("content-type", "application/json"),
            ("accept", "application/vnd.github+json"),
            ("x-github-api-version", "2022-11-28"),
        ] {
            assert_eq!(asked[0].header(name), Some(value), "{name}");
        }
        assert!(asked[0].header("user-agent").is_some_and(|agent| agent.starts_with("deploy-console/")));
    }
}

#[tokio::test]
async fn f23_accepted_with_run() {
    let console = TestConsole::new().await;
    let deploy = press(&console).await.json;
    assert!(deploy["github_run_id"].is_i64());
    assert_dispatched(&deploy, deploy["github_run_id"].as_i64());
    assert_eq!(deploy["history"][1]["source"], "console");
}

#[tokio::test]
async fn f23_f29_accepted_with_unreadable_answer() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for body in [
        "",
        "{}",
        "[]",
        "null",
        "<h1>OK</h1>",
        r#"{"workflow_run_id":"7"}"#,
        r#"{"workflow_run_id":null}"#,
        r#"{"workflow_run_id":1.5}"#,
        r#"{"workflow_run_id":9223372036854775808}"#,
        r#"{"workflow_run_id":7"#,
        &deep,
    ] {
        let console = TestConsole::new().await;
        console.github.fail_next(Fault::AcceptedButAnswered(200, body.to_owned()));
        assert_dispatched(&press(&console).await.json, None);
        assert_eq!((console.github.dispatches(), console.github.runs()), (1, 1));
    }
}

#[tokio::test]
async fn f29_endless_answers_are_capped() {
    let endless = || {
        Body::from_stream(stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b'7'; 4096]))))
    };
    let github = Stub::start([reply(200, endless())]).await;
    assert_dispatched(&press(&TestConsole::facing(&github, Flags::default()).await).await.json, None);
    let github = Stub::start([reply(404, endless())]).await;
    assert_failed(&press(&TestConsole::facing(&github, Flags::default()).await).await.json, &["404"]);

    let padded = format!(r#"{{"workflow_run_id":7,"padding":"{}"}}"#, "x".repeat(4 << 20));
    let github = Stub::start([reply(200, padded)]).await;
    assert_dispatched(&press(&TestConsole::facing(&github, Flags::default()).await).await.json, None);
}

#[tokio::test]
async fn f23_accepted_without_body() {
    let console = TestConsole::new().await;
    console.github.fail_next(Fault::AcceptedButAnswered(204, String::new()));
    assert_dispatched(&press(&console).await.json, None);
}

/// A definite no fails the deploy, and the reason says what to do.
#[tokio::test]
async fn f24_refusal_fails_deploy_with_advice() {
    for (status, says) in [
        (401, &["401", "GITHUB_TOKEN"][..]),
        (403, &["403", "acme/shop", "actions: write"]),
        (404, &["404", "deploy.yml", "acme/shop", "console.toml"]),
        (422, &["422", "deploy.yml", "main", "inputs"]),
        (400, &["400", "Nothing was started"]),
        (410, &["410", "Nothing was started"]),
    ] {
        let console = TestConsole::new().await;
        // GitHub's own words could hold anything: they are repeated without what colours, and without the token.
        console.github.fail_next(Fault::Refused(status, format!("no {TOKEN} \u{1b}[31m<script>")));
        let deploy = press(&console).await.json;
        assert_failed(&deploy, says);
        assert!(reason(&deploy).ends_with("GitHub says: “no … [31m<script>”"), "{}", reason(&deploy));
        assert_eq!((console.github.dispatches(), console.github.runs()), (1, 0));
        // It is over: the next may begin.
        assert_eq!(console.dispatch("next", &order("production")).await.json["status"], "dispatched");
    }
}

/// After an unclear answer the row waits, and GitHub is not asked again.
#[tokio::test]
async fn f25_unclear_dispatch_is_not_repeated() {
    for status in [408, 500, 502, 503, 504] {
        let console = TestConsole::new().await;
        console.github.fail_next(Fault::AcceptedButAnswered(status, "<h1>Bad gateway</h1>".to_owned()));
        let first = press(&console).await;
        assert_unclear(&first.json);
        // Neither a retry nor time changes that.
        console.clock.advance(jiff::SignedDuration::from_hours(1));
        let again = console.dispatch("key", &order("production")).await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (200, Some("true")));
        assert_eq!(again.json, first.json);
        let other = console.dispatch("other", &order("production")).await;
        assert_eq!((other.status, &other.json["active_deploy_id"]), (409, &first.json["id"]));
        assert_eq!((console.github.dispatches(), console.github.runs()), (1, 1), "{status}");
    }
}

/// A connection that breaks after sending is unclear, and not tried again.
#[tokio::test]
async fn f25_broken_connection_is_unclear() {
    let (url, calls) = that_hangs_up_after(String::new()).await;
    let console = TestConsole::on(&url).await;
    assert_unclear(&press(&console).await.json);
    assert_eq!(*calls.lock().unwrap(), 1);
}

/// An answer that breaks off after its head is what its head says.
#[tokio::test]
async fn f25_truncated_answer_counts_by_its_head() {
    for (status, becomes) in [(200, "dispatched"), (204, "dispatched"), (422, "failed"), (502, "requested")] {
        let length = if status == 204 { "" } else { "content-length: 100\r\n" };
        let said = format!("HTTP/1.1 {status} Word\r\n{length}\r\n{{\"workflow_run_id\":7");
        let (url, calls) = that_hangs_up_after(said).await;
        let deploy = press(&TestConsole::on(&url).await).await.json;
        assert_eq!(
            (&deploy["status"], &deploy["github_run_id"]),
            (&json!(becomes), &Value::Null),
            "{status}"
        );
        assert_eq!(*calls.lock().unwrap(), 1);
    }
}

#[tokio::test]
async fn unreachable_github_has_started_nothing() {
    // A port that was free a moment ago, without a listener.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let console = TestConsole::on(&format!("http://{free}")).await;
    assert_failed(&press(&console).await.json, &["could not be reached", "nothing was started"]);
}

/// A limit is obeyed, and the reason says until when.
#[tokio::test]
async fn f26_rate_limit_is_obeyed_and_explained() {
    let console = TestConsole::new().await;
    console.github.fail_next(Fault::Limited(120));
    assert_failed(&press(&console).await.json, &["limits", "12:02:00 UTC"]);
    assert_eq!(console.github.dispatches(), 1);

    let reset = (noon() + 5.minutes()).as_second().to_string();
    for (status, headers, says) in [
        (403, [("retry-after", "30"), ("x-ratelimit-remaining", "12")], "12:00:30 UTC"),
        (403, [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &*reset)], "12:05:00 UTC"),
        (429, [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &*reset)], "12:05:00 UTC"),
        (429, [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "soon")], "12:01:00 UTC"),
        (429, [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "9223372036854775807")], "12:01:00 UTC"),
        (429, [("retry-after", "-1"), ("x-other", "")], "limits"),
    ] {
        let mut answer = reply(status, "{}");
        for (name, value) in headers {
            answer.headers_mut().insert(name, value.parse().unwrap());
        }
        let github = Stub::start([answer]).await;
        let deploy = press(&TestConsole::facing(&github, Flags::default()).await).await.json;
        assert_failed(&deploy, &[says]);
        assert_eq!(github.posted().len(), 1);
    }
}

#[tokio::test]
async fn f30_redirect_never_gets_the_token() {
    for status in [301, 302, 303, 307, 308] {
        for path in ["", "/repos/acme/renamed/actions/workflows/deploy.yml/dispatches"] {
            let elsewhere = Stub::start([accepted(7)]).await;
            let mut redirect = reply(status, "");
            let location = format!("{}{path}", elsewhere.url()).parse().unwrap();
            redirect.headers_mut().insert("location", location);
            let github = Stub::start([redirect]).await;
            let console = TestConsole::facing(&github, Flags::default()).await;
            let deploy = press(&console).await.json;
            assert_eq!(elsewhere.asked().len(), 0, "{status}: something was sent elsewhere");
            assert_eq!(github.posted().len(), 1);
            assert_failed(&deploy, &[&status.to_string()]);
        }
    }
}

/// An older server is asked once more, without the field.
#[tokio::test]
async fn f31_older_server_is_retried_without_field() {
    for status in [400, 422] {
        let console = TestConsole::new().await;
        console.github.fail_next(Fault::NoRunDetails(status));
        assert_dispatched(&press(&console).await.json, None);
        assert_eq!((console.github.dispatches(), console.github.runs()), (2, 1));
    }
}

#[tokio::test]
async fn f31_retry_differs_only_in_the_field() {
    let refusal =
        || reply(422, json!({ "message": "\"return_run_details\" is not a permitted key." }).to_string());
    let github = Stub::start([refusal(), reply(204, "")]).await;
    assert_dispatched(&press(&TestConsole::facing(&github, Flags::default()).await).await.json, None);
    let asked = github.posted();
    let mut without = asked[0].body.clone();
    assert_eq!(without.as_object_mut().unwrap().remove("return_run_details"), Some(json!(true)));
    assert_eq!((asked.len(), &asked[1].body, &asked[1].path), (2, &without, &asked[0].path));

    // Refused again, for any reason: there is no third attempt.
    let github = Stub::start([refusal(), refusal(), accepted(7)]).await;
    assert_failed(&press(&TestConsole::facing(&github, Flags::default()).await).await.json, &["422"]);
    assert_eq!(github.posted().len(), 2);

    // The second answer may be unclear as the first may.
    let github = Stub::start([refusal(), reply(502, ""), accepted(7)]).await;
    assert_unclear(&press(&TestConsole::facing(&github, Flags::default()).await).await.json);
    assert_eq!(github.posted().len(), 2);
}

#[tokio::test]
async fn f31_other_refusals_are_not_retried() {
    for (status, message) in
        [(422, "No ref found for: main"), (400, "Problems parsing JSON"), (404, "return_run_details")]
    {
        let console = TestConsole::new().await;
        console.github.fail_next(Fault::Refused(status, message.to_owned()));
        assert_eq!(press(&console).await.json["status"], "failed");
        assert_eq!(console.github.dispatches(), 1);
    }
}

/// The workflow file of before the phase callbacks, as the end-to-end suite runs it.
const BEFORE_PHASES: &str =
    include_str!("../../../../end2end/workflow/files/deploy-console-before-phases.yml");
const PHASES: Flags = Flags { deploy_async: false, phase_callbacks: true };

/// A workflow file of before the phases is deployed with, while their flag is off.
#[tokio::test]
async fn old_workflow_file_works_with_flag_off() {
    let console = TestConsole::new().await;
    console.github.write_workflow("acme/shop", "deploy.yml", BEFORE_PHASES).unwrap();
    let deploy = press(&console).await.json;
    assert_dispatched(&deploy, deploy["github_run_id"].as_i64());
    assert_eq!((console.github.dispatches(), reason(&deploy)), (1, ""));
}

/// An undeclared input is left out once, and that is said.
#[tokio::test]
async fn undeclared_input_is_dropped_and_recorded() {
    let console = TestConsole::with(SECRET, PHASES).await;
    console.github.write_workflow("acme/shop", "deploy.yml", BEFORE_PHASES).unwrap();
    let answer = press(&console).await;
    assert_dispatched(&answer.json, answer.json["github_run_id"].as_i64());
    assert_eq!((console.github.dispatches(), console.github.runs()), (2, 1));
    assert!(reason(&answer.json).contains("cannot report its gates"), "{}", reason(&answer.json));
    let noted = console.journal(id_of(&answer)).await.pop().unwrap();
    assert_eq!(
        (noted.action.as_str(), noted.payload),
        ("console.deploy.input_left_out", json!({ "input": "phase_callbacks" }))
    );
}

/// A workflow file that is told who requested the deploy, with a field for that.
const TOLD_WHO: &str = r"
on:
  workflow_dispatch:
    inputs:
      console_deploy_id:
      environment: { type: choice, options: [production, staging], required: true }
      git_ref: { required: true }
      requested_by:
";

/// A console whose app tells its workflow who requested a deploy.
async fn telling(flags: Flags) -> TestConsole {
    let apps = CONSOLE_TOML.replacen("ref = ", "send_requested_by = true\n    ref = ", 1);
    TestConsole::given(Given { apps: &apps, flags, ..Given::default() }).await
}

/// Unasked, nobody is named: GitHub would refuse it.
#[tokio::test]
async fn requester_is_sent_where_the_app_says_so() {
    let sent = async |console: &TestConsole| {
        console.github.write_workflow("acme/shop", "deploy.yml", TOLD_WHO).unwrap();
        let answer = press(console).await;
        assert_eq!((&answer.json["status"], console.github.dispatches()), (&json!("dispatched"), 1));
        let runs = reqwest::get(format!("{}/_rehearsal/runs", console.github.url())).await.unwrap();
        let runs: Vec<Value> = serde_json::from_slice(&runs.bytes().await.unwrap()).unwrap();
        runs[0]["inputs"]["requested_by"].clone()
    };
    assert_eq!(sent(&telling(Flags::default()).await).await, "local operator");
    assert_eq!(sent(&TestConsole::new().await).await, Value::Null);
}

/// A workflow that does not declare it is dispatched without it, and that is said: alone, or with the gates.
#[tokio::test]
async fn undeclared_requester_is_dropped_and_recorded() {
    for (flags, dropped) in
        [(Flags::default(), &["requested_by"][..]), (PHASES, &["phase_callbacks", "requested_by"])]
    {
        let console = telling(flags).await;
        console.github.write_workflow("acme/shop", "deploy.yml", BEFORE_PHASES).unwrap();
        let answer = press(&console).await;
        assert_dispatched(&answer.json, answer.json["github_run_id"].as_i64());
        assert_eq!((console.github.dispatches(), console.github.runs()), (2, 1));
        assert!(reason(&answer.json).contains("is not told who requested"), "{}", reason(&answer.json));
        let entries = console.journal(id_of(&answer)).await;
        let noted = entries.iter().filter(|entry| entry.action == "console.deploy.input_left_out");
        let noted: Vec<_> = noted.map(|entry| entry.payload["input"].clone()).collect();
        assert_eq!(noted, dropped);
    }
}

/// An Enterprise server of before run details, with a workflow file of before phases.
#[tokio::test]
async fn field_and_input_may_both_be_refused() {
    let unexpected =
        || reply(422, json!({ "message": r#"Unexpected inputs provided: ["phase_callbacks"]"# }).to_string());
    let details =
        || reply(422, json!({ "message": "\"return_run_details\" is not a permitted key." }).to_string());
    for answers in [[unexpected(), details(), reply(204, "")], [details(), unexpected(), reply(204, "")]] {
        let github = Stub::start(answers).await;
        assert_dispatched(&press(&TestConsole::facing(&github, PHASES).await).await.json, None);
        let asked = github.posted();
        assert_eq!(asked.len(), 3);
        assert_eq!(asked[2].body["return_run_details"], Value::Null);
        assert_eq!(asked[2].body["inputs"].as_object().unwrap().len(), 3);
    }
}

/// An input without which there is no deploy is never left out.
#[tokio::test]
async fn required_inputs_are_never_left_out() {
    for (message, says) in [
        (r#"Unexpected inputs provided: ["git_ref"]"#, "git_ref"),
        (r#"Unexpected inputs provided: ["phase_callbacks", "console_deploy_id"]"#, "console_deploy_id"),
        (r#"Unexpected inputs provided: ["of_tomorrow"]"#, "of_tomorrow"),
    ] {
        let console = TestConsole::with(SECRET, PHASES).await;
        console.github.fail_next(Fault::Refused(422, message.to_owned()));
        assert_failed(&press(&console).await.json, &["422", says, "workflow_dispatch"]);
        assert_eq!((console.github.dispatches(), console.github.runs()), (1, 0), "{message}");
    }
}

/// Inputs that are refused without a name are left out, once.
/// Every optional input goes then; when there is none left, that is all.
#[tokio::test]
async fn unnamed_refused_inputs_are_dropped_once() {
    for message in
        ["Unexpected inputs provided", "Unexpected inputs provided: [", "Unexpected inputs provided: {}"]
    {
        let console = TestConsole::with(SECRET, PHASES).await;
        console.github.fail_next(Fault::Refused(422, message.to_owned()));
        assert_eq!(press(&console).await.json["status"], "dispatched", "{message}");
        assert_eq!(console.github.dispatches(), 2);
        let console = TestConsole::with(SECRET, PHASES).await;
        console.github.fail_next(Fault::Refused(422, message.to_owned()));
        console.github.fail_next(Fault::Refused(422, message.to_owned()));
        assert_failed(&press(&console).await.json, &["422", "unexpected inputs"]);
        assert_eq!(console.github.dispatches(), 2);
    }
}

#[tokio::test]
async fn f58_token_is_absent_from_debug_text() {
    let config = GitHubConfig {
        api_url: "http://x".parse().unwrap(),
        credentials: Credentials::Token(TOKEN.to_owned().into()),
    };
    assert!(!format!("{config:?}").contains(TOKEN));
}

#[tokio::test]
async fn refused_deploy_is_audited_with_reason() {
    let console = TestConsole::with(SECRET, Flags::default()).await;
    console.github.fail_next(Fault::Refused(404, "Not Found".to_owned()));
    let id = id_of(&press(&console).await);
    let journal = console.journal(id).await;
    let actions: Vec<_> = journal.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["console.deploy.requested", "console.deploy.refused"]);
    assert!(journal[1].payload["log_line"].as_str().unwrap().contains("404"));
    let answer = console.report(id, "building").await;
    assert_eq!(answer.json["code"], json!(ErrorCode::TransitionRefused));
}

/// GitHub's own words follow ours, in one line, short, and without secrets.
#[tokio::test]
async fn f68_refusal_ends_with_githubs_words() {
    let long = "x".repeat(5_000);
    for (status, said, shown) in [
        (
            422,
            "No ref found for: main",
            "Check that the ref exists and the workflow has the console's inputs. GitHub says: “No ref found for: main”",
        ),
        (403, "Resource not accessible\r\nby integration", "“Resource not accessible by integration”"),
        (404, "Not Found", "GitHub says: “Not Found”"),
        (403, "the token token-canary may not", "“the token … may not”"),
        (422, "\u{202e}bad\u{7}", "“bad”"),
        (422, &long, "xxx…”"),
    ] {
        let console = TestConsole::new().await;
        console.github.fail_next(Fault::Refused(status, said.to_owned()));
        let deploy = press(&console).await.json;
        assert_failed(&deploy, &[shown, &status.to_string()]);
        assert!(reason(&deploy).chars().count() < 600, "{}", reason(&deploy));
    }
    let silent = Stub::start([reply(403, "<h1>no JSON</h1>")]).await;
    let deploy = press(&TestConsole::facing(&silent, Flags::default()).await).await.json;
    assert!(!reason(&deploy).contains("GitHub says"), "{}", reason(&deploy));
}

/// The secondary limit may be said by the message of a 403 alone.
#[tokio::test]
async fn f69_limit_is_understood_by_its_words() {
    for (said, is_limit) in [
        ("You have exceeded a secondary rate limit. Please wait a few minutes.", true),
        ("API Rate Limit exceeded for user ID 1.", true),
        ("You have triggered an abuse detection mechanism.", true),
        ("Resource not accessible by personal access token", false),
    ] {
        let github = Stub::start([reply(403, json!({ "message": said }).to_string())]).await;
        let deploy = press(&TestConsole::facing(&github, Flags::default()).await).await.json;
        assert_failed(&deploy, &[if is_limit { "try again after 12:01:00 UTC" } else { "(403)" }, said]);
    }
}

/// The repository has another name now: nothing is sent on, and the new name is said where GitHub gives it.
#[tokio::test]
async fn f85_renamed_repository_is_named() {
    let moved = |location: &str| {
        let body = json!({ "message": "Moved Permanently", "url": location }).to_string();
        let mut moved = reply(307, body);
        moved.headers_mut().insert("location", location.parse().unwrap());
        moved
    };
    let github = Stub::start([]).await;
    let there = format!("{}/repositories/42/actions/workflows/deploy.yml/dispatches", github.url());
    github.answer_next([moved(&there), reply(200, json!({ "full_name": "acme/store" }).to_string())]);
    let deploy = press(&TestConsole::facing(&github, Flags::default()).await).await.json;
    assert_failed(&deploy, &["acme/shop is called acme/store now", "change repo in console.toml"]);
    assert_eq!(github.asked()[1].path, "/repositories/42");
    assert_eq!(github.posted().len(), 1, "nothing is posted to where it leads");

    // Another host is not asked, and the token not sent there.
    let other = Stub::start([accepted(7)]).await;
    let elsewhere = format!("{}/repositories/42/actions/workflows/deploy.yml/dispatches", other.url());
    let github = Stub::start([moved(&elsewhere)]).await;
    let deploy = press(&TestConsole::facing(&github, Flags::default()).await).await.json;
    assert_failed(&deploy, &["the repository acme/shop has moved (307)"]);
    assert_eq!((github.asked().len(), other.asked().len()), (1, 0));
}
