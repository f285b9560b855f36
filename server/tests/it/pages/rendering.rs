//! Pages as they come from the server, before any script runs: whole, readable, and harmless with any stored text.

use axum::body::Body;
use github_fake::Fault;
use serde_json::json;

use crate::support::{Answer, TestConsole, claim, database::literal, fresh, id_of, nobody, order, request};

/// Asserts a page of this status, with the headers that every page has.
#[track_caller]
pub fn assert_page(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cache-control", "no-store"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    let policy = answer.header("content-security-policy").unwrap_or_default();
    for rule in ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "object-src 'none'"] {
        assert!(policy.contains(rule), "{policy}");
    }
    let page = answer.text.as_str();
    assert_policy(policy, page);
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\""), "{}", &page[..page.len().min(200)]);
    for part in ["<title>", "<main", "<h1", "</html>"] {
        assert_eq!(page.matches(part).count(), 1, "{part} in {page}");
    }
}

/// Scripts run by the nonce of this answer alone, and everything inline has it.
#[track_caller]
fn assert_policy(policy: &str, page: &str) {
    let nonce = nonce(policy);
    assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe-inline"), "{policy}");
    assert!(policy.contains(&format!("script-src 'nonce-{nonce}' 'wasm-unsafe-eval';")), "{policy}");
    let given = format!("nonce=\"{nonce}\"");
    let mut scripts = 0;
    for tag in page.split('<').filter(|tag| tag.starts_with("script") || tag.contains("modulepreload")) {
        assert!(tag.contains(&given), "{tag}");
        scripts += 1;
    }
    assert!(scripts >= 2, "{page}");
    assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains(" onclick="), "{page}");
    assert_eq!(page.matches(nonce).count(), scripts, "it is nowhere else");
}

#[track_caller]
fn nonce(policy: &str) -> &str {
    policy.split_once("'nonce-").and_then(|(_, rest)| rest.split_once('\'')).expect(policy).0
}

#[tokio::test]
async fn f56_each_page_has_its_own_nonce() {
    let console = TestConsole::new().await;
    let mut nonces = std::collections::HashSet::new();
    for path in ["/", "/", "/deploys", "/flags", "/audit", "/doctor", "/nowhere"] {
        let page = console.get(path).await;
        let policy = page.header("content-security-policy").unwrap();
        assert!(nonces.insert(nonce(policy).to_owned()), "{path}: {policy}");
        assert!(nonce(policy).len() >= 22, "{policy}");
    }
}

#[tokio::test]
async fn f56_data_runs_nothing_and_stays_ours() {
    let console = TestConsole::new().await;
    for path in [
        "/api/internal/deploys",
        "/api/ui/board",
        "/healthz",
        "/metrics",
        "/pkg/nothing.js",
        "/api/internal/nothing",
    ] {
        let answer = console.get(path).await;
        for (name, value) in [
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
            ),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path} {name}");
        }
    }
    let refused = request("GET", "/").header("host", "evil.test").body(Body::empty()).unwrap();
    let refused = console.send(refused).await;
    assert!(
        refused.header("content-security-policy").is_some_and(|policy| policy.starts_with("default-src"))
    );
}

/// What stands between the tags.
pub fn text_of(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let after = if tag.starts_with("script") { tag.split_once("</script>") } else { tag.split_once('>') };
        rest = after.map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text
}

/// The board names every app, and what is known of it.
#[tokio::test]
async fn board_names_every_app_and_its_state() {
    let console = TestConsole::new().await;
    let page = console.get("/").await;
    assert_page(&page, 200);
    let text = text_of(&page.text);
    for word in ["Board", "shop", "production", "staging", "Deploy", "No successful deploy is recorded"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert!(!text.contains("Rehearsal"), "this is no rehearsal");

    let id = console.dispatched("production").await;
    console.walk(id, &["smoke_gate_started"]).await;
    let text = text_of(&console.get("/").await.text);
    assert!(text.contains("Smoke gate in progress"), "{text}");
    console.walk(id, &["smoke_gate_passed", "building", "deploying", "succeeded"]).await;
    assert!(text_of(&console.get("/").await.text).contains("Live"));
}

/// The history lists, filters and pages without scripts.
#[tokio::test]
async fn history_works_without_scripts() {
    let console = TestConsole::new().await;
    let mut ids = Vec::new();
    for _ in 0..26 {
        console.github.fail_next(Fault::Refused(422, String::new()));
        ids.push(id_of(&console.dispatch(&fresh(), &order("production")).await));
    }
    // Within one millisecond the order is arbitrary: what shall be the newest is asked for later.
    console.clock.advance(jiff::SignedDuration::from_secs(1));
    let staging = console.dispatched("staging").await;
    let first = console.get("/deploys").await;
    assert_page(&first, 200);
    assert!(first.text.contains(&format!("/deploys/{staging}")));
    assert_eq!(first.text.matches("<tr>").count(), 26, "a head and 25 rows");
    let next = first.text.split_once("rel=\"next\"").expect("a link to older ones").0;
    let next = next.rsplit_once("href=\"").unwrap().1.split_once('"').unwrap().0.replace("&amp;", "&");
    let second = console.get(&next).await;
    assert_page(&second, 200);
    assert_eq!(second.text.matches("<tr>").count(), 3);
    assert!(!second.text.contains("rel=\"next\""));

    let filtered = console.get("/deploys?app=&environment=staging&status=").await;
    assert_page(&filtered, 200);
    assert_eq!(filtered.text.matches("<tr>").count(), 2);
    for (query, rows) in [
        ("requested_by=local+operator", 26),
        ("requested_by=nobody", 2),
        ("environment=staging&since=2026-11-22&until=2026-11-22", 2),
        ("until=2026-11-21", 2),
        ("since=2026-11-23", 2),
    ] {
        let found = console.get(&format!("/deploys?{query}")).await;
        assert_page(&found, 200);
        assert_eq!(found.text.matches("<tr>").count(), rows, "{query}");
    }
    assert!(first.text.contains("<option value=\"local operator\">"), "known people are suggested");
    let older = console.get("/deploys?requested_by=local+operator&since=2026-11-22").await.text;
    let link = older.split_once("rel=\"next\"").unwrap().0.rsplit_once("href=\"").unwrap().1;
    assert!(link.contains("by=local") && link.contains("since=2026"), "{link}");
    let nothing = console.get("/deploys?status=succeeded").await;
    assert!(text_of(&nothing.text).contains("No deploy is recorded"));
}

#[tokio::test]
async fn deploy_page_shows_steps_logs_and_journal() {
    let console = TestConsole::new().await;
    let mut order = order("production");
    order["reason"] = "Fix the basket".into();
    let id = id_of(&console.dispatch("key", &order).await);
    for (status, line) in [("smoke_gate_started", "41 checks"), ("failed", "2 of 41 checks failed")] {
        let mut body = claim(id, status);
        body["log_line"] = line.into();
        console.callback(id, &fresh(), body.to_string()).await;
    }
    let page = console.get(&format!("/deploys/{id}")).await;
    assert_page(&page, 200);
    let text = text_of(&page.text);
    for word in [
        "shop to production",
        "Fix the basket",
        "local operator",
        "Smoke gate",
        "Freeze check",
        "Health check",
        "failed",
        "41 checks",
        "2 of 41 checks failed",
        "Audit log",
        "console.deploy.requested",
        "console.deploy.dispatched",
        "console.deploy.callback",
        &id.to_string(),
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let journal = console.journal(id).await;
    assert!(journal.iter().all(|entry| page.text.contains(&entry.hash)), "the chain is to be seen");
}

/// An address that leads nowhere is a page that says so.
#[tokio::test]
async fn unknown_address_is_a_404_page() {
    let console = TestConsole::new().await;
    for path in [
        "/nowhere".to_owned(),
        "/deploys/not-an-id".to_owned(),
        format!("/deploys/{}", nobody()),
        format!("/deploys/{}/more", nobody()),
        "/%00".to_owned(),
        "/%ff".to_owned(),
        "/favicon.ico".to_owned(),
        "/..%2f..%2fetc%2fpasswd".to_owned(),
    ] {
        let page = console.get(&path).await;
        assert_page(&page, 404);
        assert!(text_of(&page.text).contains("There is nothing here"), "{path}");
    }
}

/// A page that cannot be made says so, and is no success.
#[tokio::test]
async fn failed_page_is_no_success() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    console.database.store.close().await;
    for path in ["/", "/deploys", &format!("/deploys/{id}")] {
        let page = console.get(path).await;
        assert_page_of_failure(&page, 503);
        assert!(text_of(&page.text).contains("The database is not available"), "{path}");
    }
    let console = TestConsole::new().await;
    assert_page_of_failure(&console.get("/deploys?cursor=x").await, 400);
}

#[track_caller]
fn assert_page_of_failure(page: &Answer, status: u16) {
    assert_eq!(page.status, status, "{page:?}");
    assert!(page.text.contains("</html>"));
}

/// Asserts that nothing of this stored text has become markup.
#[track_caller]
fn assert_harmless(page: &Answer) {
    assert_eq!(markup_in(&page.text), None, "{}", page.text);
}

/// What of the hostile texts would run, if it is there.
fn markup_in(page: &str) -> Option<&'static str> {
    let page = page.to_lowercase();
    let markup = [
        "<script>alert",
        "<img src=x",
        "<svg onload",
        "onerror=alert(1)>",
        "onload=alert(1)>",
        "href=\"javascript:",
        "href='javascript:",
    ];
    markup.into_iter().find(|markup| page.contains(markup))
}

/// What would run is told from what is text.
#[test]
fn f55_active_markup_differs_from_text() {
    for hostile in HOSTILE {
        assert!(markup_in(&format!("<p>{hostile}</p>")).is_some(), "{hostile}");
        assert!(markup_in(&format!("<p title=\"{hostile}\">")).is_some(), "{hostile}");
        let escaped = hostile.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        assert_eq!(markup_in(&format!("<p>{escaped}</p>")), None);
    }
    assert!(markup_in("<a href=\"javascript:alert(1)\">").is_some());
}

const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'/><svg onload=alert(1)>",
    "<!-- --><script>alert(1)</script>]]>",
    "{{constructor.constructor('alert(1)')()}}<script>alert(1)</script>",
];

#[tokio::test]
async fn f55_stored_text_is_always_text() {
    for hostile in HOSTILE {
        let console = TestConsole::new().await;
        let mut order = order("production");
        order["reason"] = hostile.into();
        let id = id_of(&console.dispatch("key", &order).await);
        let mut body = claim(id, "building");
        body["log_line"] = hostile.into();
        console.callback(id, hostile_delivery(), body.to_string()).await;
        // What no request can store, an older or newer build may have.
        let mut raw = console.database.raw().await;
        let hostile = literal(hostile);
        let update = format!(
            "UPDATE console_deploys SET git_ref = {hostile}, requested_by = {hostile}, github_run_url = 'javascript:alert(1)'"
        );
        raw.run(&update).await.unwrap();
        for path in ["/", "/deploys", &format!("/deploys/{id}"), "/deploys?environment=production"] {
            let page = console.get(path).await;
            assert_page(&page, 200);
            assert_harmless(&page);
        }
        let page = console.get(&format!("/deploys/{id}")).await;
        assert!(page.text.contains("alert(1)"), "it is shown, as text");
    }
}

const fn hostile_delivery() -> &'static str {
    "\"><script>alert(1)</script>"
}

#[tokio::test]
async fn f55_unknown_status_is_text_too() {
    for hostile in HOSTILE {
        let console = TestConsole::new().await;
        let id = console.dispatched("production").await;
        console.database.force_status(id, hostile).await;
        for path in ["/", "/deploys", &format!("/deploys/{id}")] {
            assert_harmless(&console.get(path).await);
        }
    }
}

#[tokio::test]
async fn f55_address_text_is_text_too() {
    let console = TestConsole::new().await;
    let hostile = "%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%3Cscript%3Ealert(1)%3C/script%3E";
    for path in [
        format!("/deploys?app={hostile}&environment={hostile}&status={hostile}"),
        format!("/deploys?cursor={hostile}"),
        format!("/deploys/{hostile}"),
        format!("/{hostile}"),
    ] {
        assert_harmless(&console.get(&path).await);
    }
}

/// What would move the cursor is not on the page.
#[tokio::test]
async fn f20_cursor_movement_is_not_shown() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let mut body = claim(id, "building");
    body["log_line"] = "\u{1b}[31mred\u{1b}[0m\r\nforged \u{202e}evil\u{0}".into();
    console.callback(id, "one", body.to_string()).await;
    let page = console.get(&format!("/deploys/{id}")).await;
    let text = text_of(&page.text);
    assert!(text.contains("red") && text.contains("forged"));
    for c in ['\u{1b}', '\0', '\u{202e}'] {
        assert!(!text.contains(c), "{c:?}");
    }
}

#[tokio::test]
async fn f19_sixty_kilobyte_word_still_renders() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    let word = "w".repeat(60 * 1024);
    let mut body = claim(id, "building");
    body["log_line"] = word.as_str().into();
    console.callback(id, "one", body.to_string()).await;
    let page = console.get(&format!("/deploys/{id}")).await;
    assert_page(&page, 200);
    let shown = &word[..2_000];
    assert!(page.text.contains(&format!("{shown}… (59440 more characters")) && page.text.len() < 100_000);
    assert_eq!(console.deploy(id).await["history"][2]["log_line"], json!(word), "the API has the whole");
}

#[tokio::test]
async fn missing_asset_is_404() {
    let console = TestConsole::new().await;
    for path in [
        "/pkg/nothing.js",
        "/pkg/..%2f..%2fCargo.toml",
        "/pkg/%2e%2e/%2e%2e/etc/passwd",
        "/pkg/%2Fetc%2Fpasswd",
        "/pkg/frontend.js%00",
    ] {
        let answer = console.get(path).await;
        assert_eq!((answer.status, answer.text.contains("root:")), (404, false), "{path}");
    }
}

/// JSON is not stored by any cache either.
#[tokio::test]
async fn json_is_never_cached() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    for path in ["/api/internal/deploys", "/readyz", "/api/internal/nothing", "/api/ui/board"] {
        let answer = console.get(path).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}: {answer:?}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
    let poll = console.get(&format!("/api/internal/deploys/{id}")).await;
    assert_eq!(poll.header("cache-control"), Some("no-cache"), "it can be asked again by its tag");
}

#[tokio::test]
async fn page_accepts_only_get() {
    let console = TestConsole::new().await;
    let post = request("POST", "/deploys").body(Body::from(json!({}).to_string())).unwrap();
    assert_eq!(console.send(post).await.status, 405);
}

/// Server functions read no more than the contract does.
#[tokio::test]
async fn f16_server_function_bodies_are_limited() {
    let console = TestConsole::new().await;
    let dispatch = |reason: usize| {
        let order = json!({ "app": "shop", "environment": "staging", "git_ref": "main", "reason": "x".repeat(reason) });
        let body = json!({ "key": fresh(), "request": order, "scenario": null }).to_string();
        request("POST", "/api/ui/dispatch")
            .header("content-length", body.len())
            .header("content-type", "application/json")
            .body(Body::from(body))
            .unwrap()
    };
    let answer = console.send(dispatch(1 << 20)).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    assert_eq!(console.database.count("console_deploys").await, 0);
    assert_eq!(console.send(dispatch(10)).await.status, 200);
}
