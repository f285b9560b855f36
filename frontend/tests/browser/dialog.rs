//! The dialog: focus, its name, and that closing it ends everything in it.

use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    form::opened,
    support::{
        fixture::deploy,
        page::{AT_ONCE, NEVER, Page, settle, until},
        script::Script,
        timers::{running_timers, set_hidden, watch_timers},
    },
};

fn focused() -> Option<String> {
    let element = document().active_element()?;
    Some(if element.id().is_empty() { element.text_content().unwrap_or_default() } else { element.id() })
}

fn is_closed(page: &Page) -> bool {
    page.find("dialog[open]").is_none()
}

#[wasm_bindgen_test]
async fn focus_enters_and_returns_to_the_opener() {
    let script = Script::default();
    let page = opened(&script, NEVER, None).await;
    until("focus in the first field", || focused().as_deref() == Some("deploy-ref")).await;
    let name = page.get("dialog").get_attribute("aria-labelledby").expect("it has a name");
    let name = page.get(&format!("#{name}")).text_content();
    assert_eq!(name.as_deref(), Some("Deploy storefront to production"));
    page.click("Close");
    until("closed", || is_closed(&page)).await;
    until("focus on the opener", || focused().as_deref() == Some("Open")).await;
    until("empty", || page.find("form").is_none()).await;
}

#[wasm_bindgen_test]
async fn focus_stays_when_the_form_goes() {
    let script = Script::default();
    let page = opened(&script, NEVER, None).await;
    page.button("Deploy").expect("it is there").focus().expect("a button");
    page.click("Deploy");
    script.answer(Ok(deploy(&["requested", "dispatched"]))).await;
    until("progress", || page.status().is_some()).await;
    until("focus", || focused().as_deref() == Some("deploy-title")).await;
}

/// From the press to the end, with every status once. The dialog has come to it by its own poll each time.
async fn walks(path: &[&str], states: &[[&str; 4]]) {
    let script = Script::default();
    let page = opened(&script, AT_ONCE, None).await;
    page.click("Deploy");
    for (at, states) in states.iter().enumerate() {
        script.answer(Ok(deploy(&path[..=at]))).await;
        until(path[at], || page.status().as_deref() == Some(path[at])).await;
        assert_eq!(page.states(), states, "{}", path[at]);
    }
    settle().await;
    assert_eq!(script.asked(), path.len(), "an end is polled no more");
}

#[wasm_bindgen_test]
async fn dialog_walks_through_every_status() {
    const WELL: [(&str, [&str; 4]); 9] = [
        ("requested", ["pending", "pending", "pending", "pending"]),
        ("dispatched", ["pending", "pending", "pending", "pending"]),
        ("smoke_gate_started", ["active", "pending", "pending", "pending"]),
        ("smoke_gate_passed", ["done", "pending", "pending", "pending"]),
        ("freeze_check_started", ["done", "active", "pending", "pending"]),
        ("freeze_check_passed", ["done", "done", "pending", "pending"]),
        ("building", ["done", "done", "active", "pending"]),
        ("deploying", ["done", "done", "done", "active"]),
        ("succeeded", ["done", "done", "done", "done"]),
    ];
    let (path, states): (Vec<_>, Vec<_>) = WELL.into_iter().unzip();
    walks(&path, &states).await;
    for (end, in_step) in [("failed", "failed"), ("timed_out", "stalled")] {
        let path: Vec<_> = path[..7].iter().copied().chain([end]).collect();
        let mut states = states[..7].to_vec();
        states.push(["done", "done", in_step, "not_reached"]);
        walks(&path, &states).await;
    }
}

/// There is one polite region, and it is there before anything changes.
#[wasm_bindgen_test]
async fn live_region_exists_before_anything_changes() {
    let script = Script::default();
    let page = opened(&script, NEVER, None).await;
    let before = page.get("dialog [role='status']");
    page.click("Deploy");
    script.answer(Ok(deploy(&["requested"]))).await;
    until("progress", || page.status().is_some()).await;
    assert!(page.get("dialog [role='status']").is_same_node(Some(&before)));
    let regions = page.get("dialog").query_selector_all("[role='status'], [aria-live='polite']");
    assert_eq!(regions.expect("a selector").length(), 1);
}

#[wasm_bindgen_test]
async fn f67_closing_leaves_no_timer_or_request() {
    watch_timers();
    let script = Script::default();
    let page = opened(&script, AT_ONCE, Some(deploy(&["requested", "dispatched"]))).await;
    script.answer(Ok(deploy(&["requested", "dispatched"]))).await;
    until("it polls", || script.asked() == 3 && running_timers() > 0).await;
    page.click("Close");
    until("closed", || is_closed(&page) && page.status().is_none()).await;
    assert_eq!(running_timers(), 0);
    script.answer(Ok(deploy(&["requested", "dispatched", "building"]))).await;
    set_hidden(true);
    set_hidden(false);
    settle().await;
    assert_eq!((script.asked(), running_timers()), (3, 0));
}
