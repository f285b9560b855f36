//! How long a step is under way, and how that compares with the deploys before: said in words, and nothing moves by it.

use app::{
    api::PollAnswer,
    domain::{Deploy, DurationStats, Source, StepKey},
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::{
    fixture::deploy,
    page::{AT_ONCE, Page, ago, until},
    script::Script,
};

const SMOKE: [&str; 3] = ["requested", "dispatched", "smoke_gate_started"];
const ACTIVE: [&str; 4] = ["active", "pending", "pending", "pending"];

fn usual(p90: i64) -> Vec<DurationStats> {
    vec![DurationStats { step: StepKey::SmokeGate, median: 70, p90, samples: 20 }]
}

/// A page that has heard of this deploy and of what is usual.
async fn shown(deploy: Deploy, usual: Vec<DurationStats>) -> Page {
    let script = Script::default();
    let page = Page::watching(&script, AT_ONCE, deploy.clone());
    script.answer_poll(Ok(PollAnswer { usual, ..deploy.into() })).await;
    until("it is heard", || page.has("Last contact with the server: 0 s ago") && script.asked() > 1).await;
    page
}

fn step(page: &Page) -> String {
    page.get("[data-step='smoke_gate']").text_content().unwrap_or_default()
}

/// A step under way says for how long, and what is usual.
#[wasm_bindgen_test]
async fn active_step_shows_elapsed_and_usual_time() {
    let page = shown(ago(72, deploy(&SMOKE)), usual(125)).await;
    until("it ticks", || step(&page).contains("for 1 min 1")).await;
    assert!(
        step(&page).contains("usually 1 min 10 s, 9 in 10 within 2 min 5 s (20 deploys)"),
        "{}",
        step(&page)
    );
    assert!(!page.has("longer than 9 in 10"));
    assert_eq!(page.states(), ACTIVE);
}

/// Past the ninetieth percentile it is "longer than nine in ten", and nothing moves.
#[wasm_bindgen_test]
async fn slow_step_says_so_and_moves_nothing() {
    let page = shown(ago(3_600, deploy(&SMOKE)), usual(125)).await;
    until("it is said", || step(&page).contains("longer than 9 in 10")).await;
    assert_eq!(page.states(), ACTIVE);
    assert!(page.find("progress, meter, [role='progressbar']").is_none());
}

/// A step that was read from GitHub shows no time that is not known.
#[wasm_bindgen_test]
async fn healed_step_shows_no_unknown_duration() {
    let mut read = ago(3_600, deploy(&SMOKE));
    read.steps[0].source = Some(Source::Reconciler);
    let page = shown(read, usual(125)).await;
    for words in ["for 1 h", "usually", "longer than"] {
        assert!(!step(&page).contains(words), "{}", step(&page));
    }
}

/// Nothing is usual for a deploy that waits for its run, or has no samples.
#[wasm_bindgen_test]
async fn no_usual_time_without_run_or_samples() {
    let page = shown(ago(10, deploy(&SMOKE[..2])), usual(125)).await;
    assert!(!page.has("usually"));
    let page = shown(ago(10, deploy(&SMOKE)), Vec::new()).await;
    until("it ticks", || step(&page).contains("for 1")).await;
    assert!(!page.has("usually") && !page.has("longer than"));
}

/// When nothing comes for long, the clock of CI says so and looks it.
#[wasm_bindgen_test]
async fn long_silence_shows_on_the_ci_clock() {
    let page = shown(ago(250, deploy(&SMOKE)), usual(10)).await;
    until("it is silent", || page.find(".clocks__silence").is_some()).await;
    assert_eq!(page.get(".clocks__silence").text_content().as_deref(), Some("No event for 4 min"));
    assert_eq!(page.states(), ACTIVE);

    // As long as nine in ten take is no silence.
    let page = shown(ago(250, deploy(&SMOKE)), usual(300)).await;
    until("it ticks", || page.has("Last event from CI: 4 min 1")).await;
    assert!(page.find(".clocks__silence").is_none());

    // Before the first event, it is the time since the request.
    let page = shown(ago(250, deploy(&SMOKE[..2])), usual(300)).await;
    until("it is silent", || page.find(".clocks__silence").is_some()).await;
}
