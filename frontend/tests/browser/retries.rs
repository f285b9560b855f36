//! A submission without an answer: sent again by itself, for a while, and still one deploy.

use std::time::Duration;

use app::{
    api::{ErrorCode, Problem, UiError},
    domain::Deploy,
    live::submission::RetryPolicy,
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    form::{opened, opened_with},
    support::{
        fixture::deploy,
        page::{AT_ONCE, NEVER, Page, settle, until},
        script::Script,
        timers::{record_texts, running_timers, watch_timers},
    },
};

const TRYING: &str = "Trying again for up to a minute.";
const STOPPED: &str = "trying again has stopped";

fn accepted() -> Deploy {
    deploy(&["requested", "dispatched"])
}

fn refusal(code: ErrorCode) -> UiError {
    Problem::new(code).into()
}

fn in_flight() -> UiError {
    refusal(ErrorCode::IdempotencyKeyInFlight)
}

fn is_progress(page: &Page) -> bool {
    page.status().as_deref() == Some("dispatched")
}

/// Whether all that was sent was one request.
fn sent_alike(script: &Script) -> bool {
    let sent = script.dispatches();
    sent.iter().all(|dispatch| dispatch == &sent[0])
}

/// An unanswered press is sent again by itself, with the same key and body.
#[wasm_bindgen_test]
async fn f60_unanswered_press_is_resent_identically() {
    let script = Script::default();
    let page = opened(&script, AT_ONCE, None).await;
    page.fill("Git ref", "v2");
    page.fill("Reason", "the fix");
    page.click("Deploy");
    for unanswered in [UiError::Unreachable, in_flight(), UiError::Unreachable] {
        script.answer(Err(unanswered)).await;
        until("it is sent again", || script.waiting() == 1).await;
        assert!(page.has("The console did not answer.") && page.has(TRYING) && page.has(" UTC"));
        assert!(page.field("Git ref").read_only() && page.field("Reason").read_only());
        assert!(page.button("Retry now").is_some() && page.button("Deploy").is_none());
    }
    script.answer(Ok(accepted())).await;
    until("it goes on", || is_progress(&page)).await;
    assert_eq!(script.dispatches().len(), 4);
    assert!(sent_alike(&script), "{:?}", script.dispatches());
    assert_eq!(script.dispatches()[0].request.reason.as_deref(), Some("the fix"));
}

#[wasm_bindgen_test]
async fn f60_retrying_is_announced_once() {
    let script = Script::default();
    let page = opened(&script, AT_ONCE, None).await;
    let heard = record_texts(&page.get("[role='alert']"));
    page.click("Deploy");
    for _ in 0..3 {
        script.answer(Err(UiError::Unreachable)).await;
    }
    until("the fourth", || script.asked() == 4).await;
    settle().await;
    assert_eq!(heard.length(), 1, "{heard:?}");
}

/// Trying again stops at the limit, until Retry is pressed.
#[wasm_bindgen_test]
async fn f60_retries_stop_at_the_limit() {
    watch_timers();
    let script = Script::silent();
    let every = RetryPolicy { interval: AT_ONCE, limit: Duration::from_millis(300), timeout: NEVER };
    let page = opened_with(&script, every).await;
    page.click("Deploy");
    for _ in 0..2 {
        let before = script.asked();
        until("it tries", || page.has(TRYING)).await;
        until("it has stopped", || page.has(STOPPED)).await;
        let sent = script.asked();
        assert!(sent > before + 1, "it was never sent again");
        settle().await;
        assert_eq!((script.asked(), running_timers()), (sent, 0));
        page.click("Retry");
    }
    assert!(sent_alike(&script));
}

/// "Retry now" does not wait, and sends one request.
#[wasm_bindgen_test]
async fn f60_retry_now_sends_one_request_immediately() {
    let script = Script::default();
    let page = opened(&script, NEVER, None).await;
    page.click("Deploy");
    script.answer(Err(UiError::Unreachable)).await;
    until("it waits", || page.button("Retry now").is_some()).await;
    page.click("Retry now");
    page.click("Retry now");
    settle().await;
    page.click("Retry now");
    settle().await;
    assert_eq!(script.asked(), 2);
    assert!(sent_alike(&script));
}

#[wasm_bindgen_test]
async fn f60_refusal_ends_retries_and_frees_fields() {
    watch_timers();
    let script = Script::default();
    let page = opened(&script, AT_ONCE, None).await;
    page.click("Deploy");
    script.answer(Err(UiError::Unreachable)).await;
    script.answer(Err(refusal(ErrorCode::DeployUnderWay))).await;
    until("refused", || page.has("Nothing was deployed.")).await;
    settle().await;
    assert!(!page.field("Git ref").read_only() && page.button("Deploy").is_some());
    assert_eq!((script.asked(), running_timers()), (2, 0));
}

/// Of a late answer, a deploy is heard and a refusal is not.
#[wasm_bindgen_test]
async fn f60_late_deploy_counts_late_refusal_does_not() {
    let script = Script::default();
    let every = RetryPolicy { interval: NEVER, limit: NEVER, timeout: AT_ONCE };
    let page = opened_with(&script, every).await;
    page.click("Deploy");
    until("the patience ends", || page.has(TRYING)).await;
    script.answer(Err(refusal(ErrorCode::DeployUnderWay))).await;
    settle().await;
    assert!(page.has(TRYING), "{}", page.text());
    page.click("Retry now");
    until("sent again", || script.asked() == 2).await;
    settle().await;
    script.answer(Ok(accepted())).await;
    until("it goes on", || is_progress(&page)).await;
}

/// Closing the dialog before the next request leaves no timer.
#[wasm_bindgen_test]
async fn f67_closing_between_retries_leaves_no_timer() {
    watch_timers();
    let script = Script::default();
    let page = opened(&script, NEVER, None).await;
    page.click("Deploy");
    script.answer(Err(UiError::Unreachable)).await;
    until("it waits", || page.has(TRYING)).await;
    assert_eq!(running_timers(), 1);
    page.click("Close");
    until("closed", || page.find("form").is_none()).await;
    assert_eq!((script.asked(), running_timers()), (1, 0));
}

/// Closing the dialog while a request is under way sends no other.
#[wasm_bindgen_test]
async fn f67_closing_during_a_request_sends_nothing() {
    watch_timers();
    let script = Script::default();
    let page = opened(&script, AT_ONCE, None).await;
    page.click("Deploy");
    script.answer(Err(UiError::Unreachable)).await;
    until("sent again", || script.waiting() == 1).await;
    page.click("Close");
    until("closed", || page.find("form").is_none()).await;
    assert_eq!(running_timers(), 0);
    script.answer(Err(UiError::Unreachable)).await;
    settle().await;
    assert_eq!((script.asked(), running_timers()), (2, 0));
}

/// Signed out, nothing goes by itself, and what was typed stays.
#[wasm_bindgen_test]
async fn f65_signed_out_input_stays_and_waits() {
    let script = Script::default();
    let page = opened(&script, AT_ONCE, None).await;
    page.fill("Reason", "the fix");
    page.click("Deploy");
    // The first may have arrived: what follows has to be the same request.
    script.answer(Err(UiError::Unreachable)).await;
    script.answer(Err(UiError::SignedOut)).await;
    until("the way back", || page.has("You are signed out.") && page.has("Sign in")).await;
    settle().await;
    assert_eq!(script.asked(), 2, "nothing is sent by itself");
    assert_eq!(page.field("Reason").value(), "the fix");
    page.click("Retry");
    script.answer(Ok(accepted())).await;
    until("it goes on", || is_progress(&page)).await;
    assert!(sent_alike(&script), "{:?}", script.dispatches());
}
