//! The form that ends a deploy by hand: one reason, one request, and the end only once the console says so.

use app::{
    api::{ErrorCode, Problem, UiError},
    domain::{Abandonment, Deploy},
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::{
    fixture::deploy,
    page::{NEVER, Page, settle, until},
    script::Script,
};

fn under_way() -> Deploy {
    deploy(&["requested", "dispatched", "smoke_gate_started"])
}

fn abandoned() -> Deploy {
    let ended = deploy(&["requested", "dispatched", "smoke_gate_started", "failed"]);
    let by =
        Abandonment { by: "alice".to_owned(), at: ended.updated_at, reason: "Its run is gone".to_owned() };
    Deploy { abandoned: Some(by), ..ended }
}

async fn watched(script: &Script) -> Page {
    let page = Page::watching(script, NEVER, under_way());
    script.answer(Ok(under_way())).await;
    page
}

#[wasm_bindgen_test]
async fn f80_reason_is_sent_once_and_the_end_is_shown() {
    let script = Script::default();
    let page = watched(&script).await;
    assert!(page.has("It does not stop what GitHub still runs"));
    page.fill("Reason", "Its run is gone");
    page.click("Abandon the deploy");
    settle().await;
    page.click("Abandoning…");
    settle().await;
    assert_eq!(script.reasons(), ["Its run is gone"]);
    assert_eq!(page.status().as_deref(), Some("smoke_gate_started"), "nothing ended yet");
    script.answer(Ok(abandoned())).await;
    until("the end is shown", || page.has("Abandoned by alice")).await;
    assert!(page.has(": Its run is gone") && page.has("Abandoned by alice"));
    assert_eq!(page.words(), "Abandoned in the smoke gate");
    assert!(page.button("Abandon the deploy").is_none());
}

/// Without a reason the browser sends nothing.
#[wasm_bindgen_test]
async fn empty_reason_is_not_sent() {
    let script = Script::default();
    let page = watched(&script).await;
    page.click("Abandon the deploy");
    settle().await;
    assert_eq!(script.reasons().len(), 0);
}

/// What did not get through can be sent again, with the reason that was typed; and a deploy that moves keeps it.
#[wasm_bindgen_test]
async fn f80_failed_request_keeps_the_reason() {
    let script = Script::default();
    let page = watched(&script).await;
    page.fill("Reason", "so");
    for error in [Problem::new(ErrorCode::DatabaseUnavailable).into(), UiError::Unreachable] {
        page.click("Abandon the deploy");
        script.answer(Err(error)).await;
        until("it says so", || page.find("[role='alert']").is_some()).await;
        assert_eq!(page.field("Reason").value(), "so");
    }
    assert_eq!(script.reasons(), ["so", "so"]);
}
