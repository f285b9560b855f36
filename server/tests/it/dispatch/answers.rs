//! Asking for a deploy, through the router: each answer of the contract, on the JSON endpoint and on the
//! server function of the page.

use app::{
    api::{ErrorCode, Problem},
    domain::DeployId,
};
use axum::{body::Body, http::Request};
use serde_json::{Value, json};

use crate::support::{
    Answer, Flags, SECRET, TestConsole, assert_problem, fresh, id_of, nobody, order, request, shape,
};

const DEPLOYS: &str = "/api/internal/deploys";
const FUNCTION: &str = "/api/ui/dispatch";

/// A request that is as it should be, with these headers in addition.
fn post(path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let body = match path {
        FUNCTION => json!({ "key": fresh(), "request": order("production"), "scenario": null }),
        _ => order("production"),
    };
    let mut request =
        request("POST", path).header("idempotency-key", fresh()).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.to_string().into()).unwrap()
}

async fn nothing_was_made(console: &TestConsole) {
    assert_eq!(console.get(DEPLOYS).await.json["deploys"], json!([]));
    assert_eq!(console.github.dispatches(), 0);
    for table in ["audit_log", "idempotency_keys"] {
        assert_eq!(console.database.count(table).await, 0, "{table}");
    }
}

/// Calls the server function as the page does.
async fn call(console: &TestConsole, key: &str, order: Value) -> Answer {
    let body = json!({ "key": key, "request": order, "scenario": null });
    let request = request("POST", FUNCTION).header("content-type", "application/json");
    console.send(request.body(body.to_string().into()).unwrap()).await
}

/// The problem that a server function answers.
#[track_caller]
fn problem_of(answer: &Answer) -> Problem {
    serde_json::from_value(answer.json["problem"].clone()).unwrap_or_else(|_| panic!("{answer:?}"))
}

/// A deploy is answered 201, or by the flag 202 with its place.
#[tokio::test]
async fn deploy_is_answered_201_or_202() {
    for (deploy_async, status) in [(false, 201), (true, 202)] {
        let flags = Flags { deploy_async, ..Flags::default() };
        let console = TestConsole::with(SECRET, flags).await;
        let mut order = order("production");
        order["reason"] = "Fix the basket".into();
        let answer = console.dispatch("\"a key\"", &order).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("idempotency-replayed"), None);
        let place = format!("/api/internal/deploys/{}", id_of(&answer));
        assert_eq!(answer.header("location"), Some(&*place));
        assert_eq!(console.get(&place).await.json, answer.json, "the row is answered as the poll shows it");
    }
}

#[tokio::test]
async fn deploy_has_the_shape_of_the_contract() {
    let console = TestConsole::new().await;
    let deploy = console.dispatch("key", &order("production")).await.json;
    shape::assert_deploy(&deploy);
    let expected = json!({
        "app": "shop", "environment": "production", "git_ref": "main", "status": "dispatched", "version": 2,
        "requested_by": "local operator", "reason": null,
        "requested_at": "2026-11-22T12:00:00Z", "updated_at": "2026-11-22T12:00:00Z", "finished_at": null,
        "failure_stage": null,
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&deploy[name], value, "{name}");
    }
    let run = deploy["github_run_id"].as_i64().unwrap();
    let url = format!("{}/acme/shop/actions/runs/{run}", console.github.url());
    assert_eq!(deploy["github_run_url"], json!(url));
    assert_eq!(shape::path(&deploy), ["requested", "dispatched"]);
    assert_eq!(shape::states(&deploy), ["pending"; 4]);
    assert_eq!(id_of(&console.dispatch("key", &order("production")).await).to_string(), deploy["id"]);
}

/// The same key and body again is the same deploy, as it is now.
#[tokio::test]
async fn f48_same_key_and_body_is_same_deploy() {
    let console = TestConsole::new().await;
    let first = console.dispatch("8e03978e", &order("production")).await;
    console.walk(id_of(&first), &["building"]).await;
    // A quoted string and a bare token are two spellings of one key; JSON has many of one body.
    for (key, body) in [
        ("8e03978e", order("production").to_string()),
        (
            "\"8e03978e\"",
            r#" {"git_ref" : "main", "environment":"production","app":"sh\u006fp"} "#.to_owned(),
        ),
        (
            "8e03978e",
            r#"{"app":"shop","environment":"production","git_ref":"main","reason":null}"#.to_owned(),
        ),
    ] {
        let request = request("POST", DEPLOYS)
            .header("idempotency-key", key)
            .header("content-type", "application/json; charset=utf-8");
        let again = console.send(request.body(body.into()).unwrap()).await;
        assert_eq!((again.status, id_of(&again)), (200, id_of(&first)), "{again:?}");
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(again.json["status"], "building");
    }
    assert_eq!((console.github.dispatches(), console.database.count("console_deploys").await), (1, 1));
}

/// Without a well-formed key, nothing is done.
#[tokio::test]
async fn f48_malformed_key_does_nothing() {
    let console = TestConsole::new().await;
    let long = "k".repeat(256);
    for keys in [
        vec![],
        vec![""],
        vec!["\"\""],
        vec!["\"open"],
        vec!["two words"],
        vec!["a,b"],
        vec!["ümlaut"],
        vec![&*long],
        vec!["one", "two"],
        vec!["one", "one"],
    ] {
        let mut request = request("POST", DEPLOYS).header("content-type", "application/json");
        for key in &keys {
            request = request.header("idempotency-key", *key);
        }
        let answer = console.send(request.body(order("production").to_string().into()).unwrap()).await;
        assert_eq!(answer.status, 400, "{keys:?}");
        assert_problem(&answer, ErrorCode::InvalidIdempotencyKey);
    }
    nothing_was_made(&console).await;
    assert_eq!(console.dispatch(&long[1..], &order("production")).await.status, 201, "255 characters");
}

#[tokio::test]
async fn f48_page_keys_follow_the_same_rule() {
    let console = TestConsole::new().await;
    for key in [String::new(), "k".repeat(256), "a\nb".to_owned(), "\0".to_owned()] {
        let answer = call(&console, &key, order("production")).await;
        assert_eq!(problem_of(&answer).code, ErrorCode::InvalidIdempotencyKey, "{key:?}");
    }
    nothing_was_made(&console).await;
}

#[tokio::test]
async fn f48_same_key_with_other_body_is_422() {
    let console = TestConsole::new().await;
    console.dispatch("key", &order("production")).await;
    let changes = [("environment", "staging"), ("git_ref", "other"), ("reason", "because")];
    for (field, value) in changes {
        let mut other = order("production");
        other[field] = value.into();
        assert_problem(&console.dispatch("key", &other).await, ErrorCode::IdempotencyKeyReused);
    }
    assert_eq!(console.github.dispatches(), 1);
}

#[tokio::test]
async fn unconfigured_app_or_environment_is_404() {
    let console = TestConsole::new().await;
    for (app, environment) in
        [("shop", "qa"), ("blog", "production"), ("", ""), ("Shop", "production"), ("shop ", "production")]
    {
        let order = json!({ "app": app, "environment": environment, "git_ref": "main" });
        assert_problem(&console.dispatch(&fresh(), &order).await, ErrorCode::UnknownEnvironment);
    }
    nothing_was_made(&console).await;
}

/// A second deploy of the same app and environment is 409, and the answer names the first.
#[tokio::test]
async fn f49_second_live_deploy_is_409() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let answer = console.dispatch("second", &order("production")).await;
    let problem = assert_problem(&answer, ErrorCode::DeployUnderWay);
    assert_eq!(problem.active_deploy_id, Some(id));
    assert_eq!(answer.json["active_deploy_id"], json!(id));
    console.dispatched("staging").await;
    assert_eq!(console.github.dispatches(), 2);
    // The refused key was not used up.
    console.walk(id, &["failed"]).await;
    assert_eq!(console.dispatch("second", &order("production")).await.status, 201);
}

/// A ref is the name of one or a commit, and nothing else.
#[tokio::test]
async fn f20_only_ref_names_and_commits_are_accepted() {
    let console = TestConsole::new().await;
    let long = "x".repeat(256);
    for bad in [
        "",
        " ",
        "main ",
        "-f",
        "--upload-pack=x",
        "a b",
        "a..b",
        "a//b",
        "/a",
        "a/",
        "a.lock",
        ".a",
        "@",
        "a@{1}",
        "a~1",
        "a^",
        "a:b",
        "a?",
        "a*",
        "a[b",
        "a\\b",
        "a\nb",
        "a\r\nINFO forged",
        "a\u{1b}[31m",
        "a\0b",
        "a\u{202e}b",
        "a\u{200b}b",
        &long,
    ] {
        let mut order = order("production");
        order["git_ref"] = bad.into();
        let answer = console.dispatch(&fresh(), &order).await;
        assert_eq!(answer.status, 422, "{bad:?}");
        let problem = assert_problem(&answer, ErrorCode::InvalidField);
        assert!(problem.detail.unwrap().contains("git_ref"));
    }
    nothing_was_made(&console).await;
    for good in ["9fceb02d0ae598e95dc970b74767f19372d61af8", "refs/tags/v1.2.3", "feature/übung#1"] {
        let mut order = order("production");
        order["git_ref"] = good.into();
        let answer = console.dispatch(&fresh(), &order).await;
        assert_eq!((answer.status, &answer.json["git_ref"]), (201, &json!(good)));
        console.walk(id_of(&answer), &["failed"]).await;
    }
}

/// A reason is up to 500 characters, of anything.
#[tokio::test]
async fn reason_is_up_to_500_characters() {
    let console = TestConsole::new().await;
    let reason = |reason: &str| {
        let mut order = order("production");
        order["reason"] = reason.into();
        order
    };
    // And no U+0000, which one of the two databases could not keep.
    for refused in ["x".repeat(501), "a\0b".to_owned(), "\0".to_owned()] {
        let answer = console.dispatch(&fresh(), &reason(&refused)).await;
        assert!(assert_problem(&answer, ErrorCode::InvalidField).detail.unwrap().contains("reason"));
        nothing_was_made(&console).await;
    }
    let long = "🚀".repeat(500);
    for (text, stored) in [
        (&*long, json!(long)),
        ("a\u{1}b\r\nc\u{202e}d", json!("a\u{1}b\r\nc\u{202e}d")),
        ("'; DROP TABLE console_deploys; --", json!("'; DROP TABLE console_deploys; --")),
        ("", Value::Null),
        (" \n ", Value::Null),
    ] {
        let answer = console.dispatch(&fresh(), &reason(text)).await;
        assert_eq!((answer.status, &answer.json["reason"]), (201, &stored));
        console.walk(id_of(&answer), &["failed"]).await;
    }
}

/// A body that is not JSON of the shape is refused.
#[tokio::test]
async fn malformed_json_body_is_refused() {
    let console = TestConsole::new().await;
    let post = async |content_type: &str, body: Body| {
        let request = request("POST", DEPLOYS).header("idempotency-key", "key");
        console.send(request.header("content-type", content_type).body(body).unwrap()).await
    };
    for content_type in ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let answer = post(content_type, order("production").to_string().into()).await;
        assert_problem(&answer, ErrorCode::UnsupportedMediaType);
    }
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for body in [
        "",
        "{",
        "[]",
        "null",
        "app=shop",
        r#"["shop","production","main",null]"#,
        r#"{"app":"shop","environment":"production"}"#,
        r#"{"app":"shop","environment":"production","git_ref":null}"#,
        r#"{"app":"shop","environment":"production","git_ref":7}"#,
        r#"{"app":["shop"],"environment":"production","git_ref":"main"}"#,
        r#"{"app":"shop","environment":"production","git_ref":"main","reason":{}}"#,
        r#"{"app":"shop","environment":"production","git_ref":"\ud800"}"#,
        &deep,
    ] {
        let answer = post("application/json", body.to_owned().into()).await;
        assert_eq!(answer.status, 400, "{:?}", &body[..body.len().min(80)]);
        assert_problem(&answer, ErrorCode::MalformedBody);
    }
    let large = format!("{}{}", order("production"), " ".repeat(64 * 1024));
    assert_problem(&post("application/json", large.into()).await, ErrorCode::BodyTooLarge);
    nothing_was_made(&console).await;
}

#[tokio::test]
async fn f53_other_sites_cannot_deploy() {
    let console = TestConsole::new().await;
    for path in [DEPLOYS, FUNCTION] {
        for headers in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site"), ("origin", "http://console.test")],
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")],
            &[("origin", "https://evil.example")],
            &[("origin", "http://console.test.evil.example")],
            &[("origin", "http://console.test:81")],
            &[("origin", "null")],
        ] {
            let answer = console.send(post(path, headers)).await;
            assert_eq!(answer.status, 403, "{path} {headers:?}: {answer:?}");
        }
    }
    nothing_was_made(&console).await;
}

/// The console's own pages can deploy, and so can programs.
#[tokio::test]
async fn f53_own_pages_and_programs_can_deploy() {
    for path in [DEPLOYS, FUNCTION] {
        for headers in [
            &[][..],
            &[("sec-fetch-site", "same-origin"), ("origin", "http://console.test")],
            &[("sec-fetch-site", "none")],
            &[("origin", "http://console.test")],
        ] {
            let console = TestConsole::new().await;
            let answer = console.send(post(path, headers)).await;
            assert!(matches!(answer.status, 200 | 201), "{path} {headers:?}: {answer:?}");
            assert_eq!(answer.json["status"], "dispatched");
        }
    }
}

#[tokio::test]
async fn f53_get_changes_nothing() {
    let console = TestConsole::new().await;
    let order = "app=shop&environment=production&git_ref=main";
    for path in [
        format!("{FUNCTION}?key=key&request[app]=shop&request[environment]=production&request[git_ref]=main"),
        format!("{DEPLOYS}?{order}"),
        format!("/?{order}"),
    ] {
        console.get(&path).await;
    }
    nothing_was_made(&console).await;
}

/// A browser without scripts would be sent back to where it says that it came from.
#[tokio::test]
async fn f54_server_function_never_redirects() {
    let console = TestConsole::new().await;
    for referer in ["https://evil.example/", "//evil.example", "/"] {
        let headers = [("accept", "text/html"), ("referer", referer)];
        let answer = console.send(post(FUNCTION, &headers)).await;
        assert_eq!((answer.status / 100 == 3, answer.header("location")), (false, None), "{answer:?}");
    }
}

#[tokio::test]
async fn server_function_accepts_only_json() {
    let console = TestConsole::new().await;
    for (content_type, body) in [
        (
            "application/x-www-form-urlencoded",
            "key=k&request[app]=shop&request[environment]=production&request[git_ref]=main",
        ),
        ("text/plain", r#"{"key":"k"}"#),
        ("application/json", "{"),
        ("application/json", r#"{"key":"k","request":[]}"#),
    ] {
        let request = request("POST", FUNCTION).header("content-type", content_type);
        let answer = console.send(request.body(body.into()).unwrap()).await;
        assert!((400..=599).contains(&answer.status), "{answer:?}");
    }
    nothing_was_made(&console).await;
}

/// There is no second implementation: each rule of the endpoint holds for the page.
#[tokio::test]
async fn server_function_follows_the_same_rules() {
    let console = TestConsole::new().await;
    let with = |field: &str, value: &str| {
        let mut order = order("production");
        order[field] = value.into();
        order
    };
    for (order, code) in [
        (with("app", "blog"), ErrorCode::UnknownEnvironment),
        (with("git_ref", "a b"), ErrorCode::InvalidField),
        (with("reason", &"x".repeat(501)), ErrorCode::InvalidField),
    ] {
        let answer = call(&console, "key", order).await;
        assert_eq!((problem_of(&answer).code, answer.status), (code, code.http_status()));
    }
    nothing_was_made(&console).await;
    let first = call(&console, "key", order("production")).await;
    assert_eq!((first.status, &first.json["status"]), (200, &json!("dispatched")));
    let again = call(&console, "key", order("production")).await;
    assert_eq!(id_of(&again), id_of(&first));
    let reused = call(&console, "key", order("staging")).await;
    assert_eq!(problem_of(&reused).code, ErrorCode::IdempotencyKeyReused);
    let second = call(&console, "second", order("production")).await;
    let problem = problem_of(&second);
    assert_eq!((problem.code, problem.active_deploy_id), (ErrorCode::DeployUnderWay, Some(id_of(&first))));
    console.freeze().await;
    let frozen = call(&console, "third", order("staging")).await;
    assert_eq!((second.status, problem_of(&frozen).code, frozen.status), (409, ErrorCode::Frozen, 409));
    // The endpoint and the page share their keys: the same operator pressed the same button.
    let other_way = console.dispatch("key", &order("production")).await;
    assert_eq!((other_way.status, id_of(&other_way)), (200, id_of(&first)));
}

/// Without the database, the answer is 503 and GitHub is not asked.
#[tokio::test]
async fn lost_database_is_503_without_asking_github() {
    let console = TestConsole::new().await;
    console.database.store.close().await;
    let answer = console.dispatch("key", &order("production")).await;
    assert_problem(&answer, ErrorCode::DatabaseUnavailable);
    assert!(answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok()));
    assert_eq!(console.github.dispatches(), 0);
    let unknown: DeployId = nobody();
    let poll = console.get(&format!("{DEPLOYS}/{unknown}")).await;
    assert_problem(&poll, ErrorCode::DatabaseUnavailable);
}
