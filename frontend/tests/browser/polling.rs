//! The poll: what it may move, and that nothing of it is left.

use app::{api::UiError, domain::Deploy};
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::{
    fixture::deploy,
    page::{AT_ONCE, NEVER, Page, ago, settle, until},
    script::Script,
    timers::{record_texts, running_timers, set_hidden, watch_timers},
};

const PATH: [&str; 9] = [
    "requested",
    "dispatched",
    "smoke_gate_started",
    "smoke_gate_passed",
    "freeze_check_started",
    "freeze_check_passed",
    "building",
    "deploying",
    "succeeded",
];

/// A poll that fails moves nothing, says so and recovers.
#[wasm_bindgen_test]
async fn f63_failed_poll_says_so_and_recovers() {
    let script = Script::default();
    let page = Page::watching(&script, AT_ONCE, deploy(&PATH[..7]));
    let before = page.states();
    for _ in 0..3 {
        script.answer(Err(UiError::Unreachable)).await;
        until("it says so", || page.has("Reconnecting — last heard ") && page.has(" UTC")).await;
        assert_eq!(page.states(), before);
        assert_eq!(page.status().as_deref(), Some("building"));
    }
    script.answer(Ok(deploy(&PATH[..8]))).await;
    until("it goes on", || page.status().as_deref() == Some("deploying")).await;
    assert!(!page.has("Reconnecting"));
}

#[wasm_bindgen_test]
async fn f64_older_answer_is_dropped() {
    let script = Script::default();
    let page = Page::watching(&script, AT_ONCE, deploy(&PATH[..7]));
    for length in [3, 1, 6] {
        script.answer(Ok(deploy(&PATH[..length]))).await;
        until("the next poll", || script.waiting() > 0).await;
        assert_eq!(page.status().as_deref(), Some("building"));
        assert_eq!(page.states(), ["done", "done", "active", "pending"]);
    }
    // Of the same version, but different: it only proves that the server is there.
    let same = Deploy { status: "failed".into(), version: 7, ..deploy(&PATH[..3]) };
    script.answer(Ok(same)).await;
    until("the next poll", || script.waiting() > 0).await;
    assert_eq!(page.status().as_deref(), Some("building"));
    script.answer(Ok(deploy(&PATH[..8]))).await;
    until("a newer one", || page.status().as_deref() == Some("deploying")).await;
}

#[wasm_bindgen_test]
async fn one_request_at_a_time() {
    let script = Script::default();
    let _page = Page::watching(&script, AT_ONCE, deploy(&PATH[..2]));
    until("the first", || script.asked() == 1).await;
    set_hidden(true);
    set_hidden(false);
    settle().await;
    assert_eq!((script.asked(), script.waiting()), (1, 1));
}

/// Polling stops at the end, with no timer left.
#[wasm_bindgen_test]
async fn f67_polling_stops_at_the_end() {
    watch_timers();
    let script = Script::default();
    let page = Page::watching(&script, AT_ONCE, deploy(&PATH[..8]));
    script.answer(Ok(deploy(&PATH[..8]))).await;
    until("it polls and ticks", || script.asked() == 2 && running_timers() > 0).await;
    script.answer(Ok(deploy(&PATH))).await;
    until("the end", || page.status().as_deref() == Some("succeeded")).await;
    until("no timer", || running_timers() == 0).await;
    set_hidden(true);
    set_hidden(false);
    settle().await;
    assert_eq!((script.asked(), running_timers()), (2, 0));
}

/// A page that is left has no timer and asks nothing.
#[wasm_bindgen_test]
async fn f67_left_page_asks_nothing() {
    watch_timers();
    let script = Script::default();
    let mut page = Page::watching(&script, AT_ONCE, deploy(&PATH[..3]));
    script.answer(Ok(deploy(&PATH[..4]))).await;
    until("a poll is under way", || script.waiting() == 1).await;
    assert!(running_timers() > 0);
    page.unmount();
    assert_eq!(running_timers(), 0);
    script.answer(Ok(deploy(&PATH[..5]))).await;
    set_hidden(true);
    set_hidden(false);
    settle().await;
    assert_eq!((script.asked(), running_timers()), (2, 0));
}

#[wasm_bindgen_test]
async fn f62_hidden_tab_polls_once_on_return() {
    let script = Script::default();
    let page = Page::watching(&script, AT_ONCE, deploy(&PATH[..3]));
    until("the first", || script.asked() == 1).await;
    set_hidden(true);
    script.answer(Ok(deploy(&PATH[..4]))).await;
    settle().await;
    assert_eq!(page.status().as_deref(), Some("smoke_gate_passed"), "what was asked is still heard");
    assert_eq!(script.asked(), 1, "hidden");
    set_hidden(false);
    assert_eq!(script.asked(), 2, "at once");
    settle().await;
    assert_eq!(script.asked(), 2, "once");
}

/// A return does not wait for the interval.
#[wasm_bindgen_test]
async fn f62_return_polls_immediately() {
    let script = Script::default();
    let _page = Page::watching(&script, NEVER, deploy(&PATH[..3]));
    script.answer(Ok(deploy(&PATH[..3]))).await;
    settle().await;
    assert_eq!(script.asked(), 1);
    set_hidden(true);
    set_hidden(false);
    assert_eq!(script.asked(), 2);
}

#[wasm_bindgen_test]
async fn each_transition_is_announced_once() {
    let script = Script::default();
    let page = Page::watching(&script, AT_ONCE, deploy(&PATH[..2]));
    let region = page.get("[role='status']");
    let heard = record_texts(&region);
    assert_eq!(region.text_content().as_deref(), Some(""), "what was known is not news");
    // Polls without news, an older one and a failed one between them; then two transitions in one answer.
    for length in [2, 3, 3, 2] {
        script.answer(Ok(deploy(&PATH[..length]))).await;
    }
    script.answer(Err(UiError::Unreachable)).await;
    for length in [5, 5, 6, 7, 8, 9] {
        script.answer(Ok(deploy(&PATH[..length]))).await;
    }
    until("the end", || page.status().as_deref() == Some("succeeded")).await;
    settle().await;
    let heard: Vec<_> = heard.iter().filter_map(|text| text.as_string()).collect();
    assert_eq!(
        heard,
        [
            "Smoke gate started.",
            "Smoke gate passed. Freeze check started.",
            "Freeze check passed.",
            "Deploy started.",
            "Rolled out, health check started.",
            "Deployed.",
        ]
    );
}

/// The clocks tick, and a failed poll takes the place of its own.
#[wasm_bindgen_test]
async fn clocks_tick_and_show_failed_polls() {
    let script = Script::default();
    let page = Page::watching(&script, NEVER, ago(5, deploy(&PATH[..3])));
    script.answer(Ok(deploy(&PATH[..3]))).await;
    until("contact", || page.has("Last contact with the server: 0 s ago")).await;
    until("a second later", || page.has("Last contact with the server: 1 s ago")).await;
    assert!(page.has("Last event from CI: ") && page.has(" ago"));
    set_hidden(true);
    set_hidden(false);
    script.answer(Err(UiError::Unreachable)).await;
    until("no contact", || page.has("Reconnecting — last heard ")).await;
    assert!(page.has("Last event from CI: "));
}

/// Who is signed out is told so, and the poll goes on.
#[wasm_bindgen_test]
async fn f65_signed_out_user_is_told() {
    let script = Script::default();
    let page = Page::watching(&script, AT_ONCE, deploy(&PATH[..3]));
    script.answer(Err(UiError::SignedOut)).await;
    until("the way back", || page.has("Signed out — last heard ") && page.has("Sign in")).await;
    assert_eq!(page.status().as_deref(), Some("smoke_gate_started"), "what was known stays");
    script.answer(Ok(deploy(&PATH[..4]))).await;
    until("it goes on", || page.status().as_deref() == Some("smoke_gate_passed")).await;
    assert!(!page.has("Sign in"));
}
