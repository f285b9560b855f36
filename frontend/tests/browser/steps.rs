//! Every status lights the steps of the design, §2. The expected states are written by hand.

use app::domain::{Deploy, FailureStage, Gates};
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::{
    fixture::{deploy, failed_in, gated},
    page::{AT_ONCE, Page, until},
    script::Script,
};

const R: &str = "requested";
const D: &str = "dispatched";
const SGS: &str = "smoke_gate_started";
const SGP: &str = "smoke_gate_passed";
const FCS: &str = "freeze_check_started";
const FCP: &str = "freeze_check_passed";
const BLD: &str = "building";
const DPL: &str = "deploying";
const OK: &str = "succeeded";
const BAD: &str = "failed";
const LATE: &str = "timed_out";

const FULL: [&str; 9] = [R, D, SGS, SGP, FCS, FCP, BLD, DPL, OK];

/// Every status of a deploy that goes well lights its step.
#[wasm_bindgen_test]
async fn each_status_lights_its_step() {
    let script = Script::default();
    let page = Page::watching(&script, AT_ONCE, deploy(&FULL[..1]));
    assert_eq!(page.states(), ["pending", "pending", "pending", "pending"]);
    assert_eq!(page.words(), "Requested — asking GitHub");
    for (length, states, words) in [
        (2, ["pending", "pending", "pending", "pending"], "Dispatched — waiting for the first report"),
        (3, ["active", "pending", "pending", "pending"], "Smoke gate in progress"),
        (4, ["done", "pending", "pending", "pending"], "Smoke gate passed — waiting for the next step"),
        (5, ["done", "active", "pending", "pending"], "Freeze check in progress"),
        (6, ["done", "done", "pending", "pending"], "Freeze check passed — waiting for the deploy step"),
        (7, ["done", "done", "active", "pending"], "Deploy in progress"),
        (8, ["done", "done", "done", "active"], "Rolled out — health check in progress"),
        (9, ["done", "done", "done", "done"], "Deployed"),
    ] {
        script.answer(Ok(deploy(&FULL[..length]))).await;
        until(words, || page.words() == words).await;
        assert_eq!(page.states(), states, "{words}");
        assert_eq!(page.status().as_deref(), FULL.get(length - 1).copied());
        assert_current_is_the_active_one(&page);
    }
}

fn assert_current_is_the_active_one(page: &Page) {
    let current = page.find("[aria-current='step']").and_then(|step| step.get_attribute("data-step"));
    let active = page.find("li[data-state='active']").and_then(|step| step.get_attribute("data-step"));
    assert_eq!(current, active);
}

/// Shows an end, and returns what is visible of it.
async fn ends(end: Deploy, states: [&str; 4], words: &str) {
    let script = Script::default();
    let page = Page::watching(&script, AT_ONCE, deploy(&[R]));
    script.answer(Ok(end)).await;
    until(words, || page.words() == words).await;
    assert_eq!(page.states(), states, "{words}");
}

#[wasm_bindgen_test]
async fn failure_shows_in_the_active_step() {
    ends(deploy(&[R, BAD]), ["not_reached"; 4], "Failed — GitHub did not start a run").await;
    ends(deploy(&[R, D, BAD]), ["not_reached"; 4], "Failed").await;
    ends(
        deploy(&[R, D, SGS, BAD]),
        ["failed", "not_reached", "not_reached", "not_reached"],
        "Failed in the smoke gate",
    )
    .await;
    ends(
        deploy(&[R, D, SGS, SGP, FCS, BAD]),
        ["done", "failed", "not_reached", "not_reached"],
        "Failed in the freeze check",
    )
    .await;
    ends(
        deploy(&[R, D, SGS, SGP, FCS, FCP, BLD, BAD]),
        ["done", "done", "failed", "not_reached"],
        "Failed in the deploy step",
    )
    .await;
    ends(
        deploy(&[R, D, SGS, SGP, FCS, FCP, BLD, DPL, BAD]),
        ["done", "done", "done", "failed"],
        "Failed in the health check",
    )
    .await;
}

#[wasm_bindgen_test]
async fn failure_shows_in_the_named_stage() {
    let failed = || deploy(&[R, D, BAD]);
    ends(
        failed_in(FailureStage::SmokeGate, failed()),
        ["failed", "not_reached", "not_reached", "not_reached"],
        "Failed in the smoke gate",
    )
    .await;
    ends(
        failed_in(FailureStage::HealthCheck, failed()),
        ["not_reported", "not_reported", "not_reported", "failed"],
        "Failed in the health check",
    )
    .await;
}

#[wasm_bindgen_test]
async fn deadline_shows_in_the_stalled_step() {
    ends(
        deploy(&[R, D, SGS, LATE]),
        ["stalled", "not_reached", "not_reached", "not_reached"],
        "Timed out in the smoke gate",
    )
    .await;
    ends(deploy(&[R, D, LATE]), ["not_reached"; 4], "Timed out").await;
}

/// A gate that was passed over is not lit by a later step.
#[wasm_bindgen_test]
async fn skipped_gate_stays_unlit() {
    let old_workflow = deploy(&[R, D, BLD, DPL, OK]);
    ends(old_workflow, ["not_reported", "not_reported", "done", "done"], "Deployed").await;
    let staging =
        gated(deploy(&[R, D, SGS, SGP, BLD, DPL, OK]), Gates { smoke_gate: true, freeze_check: false });
    ends(staging, ["done", "not_required", "done", "done"], "Deployed").await;
}

/// An unknown status shows as unknown, and may still move.
#[wasm_bindgen_test]
async fn f50_unknown_status_shows_and_may_move() {
    let script = Script::default();
    let page = Page::watching(&script, AT_ONCE, deploy(&[R, D, SGS, SGP]));
    script.answer(Ok(deploy(&[R, D, SGS, SGP, "rolling_back"]))).await;
    until("unknown", || page.status().as_deref() == Some("rolling_back")).await;
    assert_eq!(page.words(), "Unknown status “rolling_back” — recorded by a newer console");
    assert_eq!(page.states(), ["done", "unknown", "unknown", "unknown"]);
    script.answer(Ok(deploy(&[R, D, SGS, SGP, "rolling_back", BAD]))).await;
    until("failed", || page.status().as_deref() == Some(BAD)).await;
}

#[wasm_bindgen_test]
async fn step_shows_its_time_and_reporter() {
    let script = Script::default();
    let page = Page::watching(&script, AT_ONCE, deploy(&FULL[..4]));
    let step = page.get("[data-step='smoke_gate']");
    let text = step.text_content().unwrap_or_default();
    for part in ["Smoke gate", "done", "12:03:09 UTC", "12:03:10 UTC", "took 1 s", "reported by the workflow"]
    {
        assert!(text.contains(part), "no {part} in {text}");
    }
    assert_eq!(
        page.get("[data-step='smoke_gate'] time").get_attribute("datetime").as_deref(),
        Some("2025-11-22T12:03:09Z")
    );
    assert_eq!(page.get(".provenance").get_attribute("title").as_deref(), Some("Delivery msg_3"));
}
