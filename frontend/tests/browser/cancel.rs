//! The cancel button: two presses, one request, and no claim that anything ended.

use app::{
    api::{ErrorCode, Outcome, PollAnswer, Problem, UiError},
    domain::{Aftermath, CancelState, Cancellation, Deploy, RunState},
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::{
    fixture::deploy,
    page::{AT_ONCE, NEVER, Page, settle, until},
    script::Script,
};

fn under_way() -> Deploy {
    deploy(&["requested", "dispatched", "smoke_gate_started"])
}

/// The deploy after its cancellation was asked for.
fn asked() -> Deploy {
    let deploy = under_way();
    let wish = Cancellation {
        requested_at: deploy.updated_at,
        requested_by: "alice".to_owned(),
        state: CancelState::Accepted,
        why: None,
    };
    Deploy { version: deploy.version + 1, cancellation: Some(wish), ..deploy }
}

/// A page whose first poll is answered, so that the next request is that of the button.
async fn watched(script: &Script, deploy: Deploy) -> Page {
    let page = Page::watching(script, NEVER, deploy.clone());
    if deploy.is_live() {
        script.answer(Ok(deploy)).await;
    }
    page
}

/// The first press asks back, and the second asks once.
#[wasm_bindgen_test]
async fn cancel_asks_once_after_confirmation() {
    let script = Script::default();
    let page = watched(&script, under_way()).await;
    page.click("Cancel deploy…");
    until("it asks back", || page.has("Cancel this deploy?")).await;
    assert_eq!(script.cancels(), 0);
    page.click("Cancel the run");
    settle().await;
    page.click("Asking GitHub…");
    settle().await;
    assert_eq!(script.cancels(), 1);
    script.answer(Ok(asked())).await;
    until("it says what is so", || page.has("the deploy ends when GitHub says so")).await;
    assert_eq!(page.status().as_deref(), Some("smoke_gate_started"), "nothing ended");
}

#[wasm_bindgen_test]
async fn deploy_can_be_left_running() {
    let script = Script::default();
    let page = watched(&script, under_way()).await;
    page.click("Cancel deploy…");
    until("it asks back", || page.button("Keep it running").is_some()).await;
    page.click("Keep it running");
    until("the question is gone", || !page.has("Cancel this deploy?")).await;
    assert_eq!(script.cancels(), 0);
}

/// Without a run, the button says why it does nothing.
#[wasm_bindgen_test]
async fn disabled_button_gives_its_reason() {
    let script = Script::default();
    let without_run = Deploy { github_run_id: None, github_run_url: None, ..under_way() };
    let page = watched(&script, without_run).await;
    let button = page.button("Cancel deploy…").expect("it is there");
    assert_eq!(button.get_attribute("aria-disabled").as_deref(), Some("true"));
    let hint = button.get_attribute("aria-describedby").expect("a reason");
    assert!(page.get(&format!("#{hint}")).text_content().is_some_and(|text| text.contains("not known")));
    button.click();
    settle().await;
    assert!(!page.has("Cancel this deploy?"));
}

#[wasm_bindgen_test]
async fn ended_deploy_has_no_cancel_button() {
    let script = Script::default();
    let page = watched(&script, deploy(&["requested", "dispatched", "failed"])).await;
    settle().await;
    assert!(page.button("Cancel deploy…").is_none());
}

/// A cancellation that did not get through is said to have failed, and can be asked for again.
#[wasm_bindgen_test]
async fn f35_failed_cancel_can_be_repeated() {
    let script = Script::default();
    let page = watched(&script, under_way()).await;
    for error in [Problem::new(ErrorCode::GitHubUnavailable).into(), UiError::Unreachable] {
        page.click("Cancel deploy…");
        until("it asks back", || page.button("Cancel the run").is_some()).await;
        page.click("Cancel the run");
        script.answer(Err(error)).await;
        until("it says so", || page.find("[role='alert']").is_some()).await;
    }
    assert!(page.has("Asking again does no harm."));
    assert_eq!(script.cancels(), 2);
}

/// What the newest answer says holds: rights may be given and taken while one looks.
#[wasm_bindgen_test]
async fn deploy_of_others_cannot_be_ended() {
    const MISSING: &str = "It needs the role deployer on storefront in production.";
    let script = Script::default();
    let page = Page::watching(&script, NEVER, under_way());
    assert!(page.button("Cancel deploy…").is_some());
    let denied = PollAnswer { denied: Some(MISSING.to_owned()), ..under_way().into() };
    script.answer_poll(Ok(denied)).await;
    until("the reason is said", || page.has(MISSING)).await;
    let button = page.button("Cancel or abandon…").expect("it is there");
    assert_eq!(button.get_attribute("aria-disabled").as_deref(), Some("true"));
    let reason = button.get_attribute("aria-describedby").expect("a reason");
    assert_eq!(page.get(&format!("#{reason}")).text_content().as_deref(), Some(MISSING));
    assert!(page.button("Cancel deploy…").is_none() && !page.has("Abandon the deploy"));
    button.click();
    settle().await;
    assert_eq!(script.cancels(), 0);
}

/// A deploy that timed out, whose run may go on.
fn timed_out() -> Deploy {
    deploy(&["requested", "dispatched", "smoke_gate_started", "timed_out"])
}

fn in_doubt(deploy: Deploy) -> PollAnswer {
    let outcome = Outcome {
        aftermath: Aftermath::Unclear,
        last_good: None,
        newer: None,
        version: None,
        promote_to: None,
        run_reported_end: false,
    };
    PollAnswer { outcome: Some(outcome), ..deploy.into() }
}

/// Two presses ask once, and the deploy keeps its end. That its run has ended is seen with the next look.
#[wasm_bindgen_test]
async fn f79_run_is_cancelled_after_the_end() {
    let script = Script::default();
    let page = Page::watching(&script, AT_ONCE, in_doubt(timed_out()));
    assert!(page.has("may still go on."), "{}", page.text());
    page.click("Cancel the run");
    settle().await;
    page.click("Asking GitHub…");
    settle().await;
    assert_eq!(script.cancels(), 1);
    let asked_at = timed_out().finished_at.expect("it has ended");
    let wish = Cancellation {
        requested_at: asked_at,
        requested_by: "alice".to_owned(),
        state: CancelState::Accepted,
        why: None,
    };
    let asked = Deploy { version: timed_out().version + 1, cancellation: Some(wish), ..timed_out() };
    script.answer_last(Ok(asked.clone())).await;
    until("it says what is so", || page.has("alice asked GitHub to cancel its run")).await;
    assert_eq!(page.status().as_deref(), Some("timed_out"));
    settle().await;
    assert_eq!((script.asked(), script.waiting()), (1, 0), "an end is polled no more");
    drop(page);
    let over = Deploy { version: asked.version + 1, run_state: Some(RunState::Cancelled), ..asked };
    let page = Page::watching(&script, AT_ONCE, in_doubt(over));
    assert!(page.has("Its run has ended on GitHub.") && page.button("Cancel the run").is_none());
}
