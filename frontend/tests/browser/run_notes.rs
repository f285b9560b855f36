//! What GitHub says beside the status: shown, and no step moved by it.

use app::{
    api::{GitHubTrouble, PollAnswer},
    domain::{Deploy, RunState},
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::{
    fixture::deploy,
    page::{AT_ONCE, NEVER, Page, until},
    script::Script,
};

/// The same a version later, where the run was last read as this.
fn read_as(state: RunState, deploy: &Deploy) -> Deploy {
    Deploy {
        run_state: Some(state),
        run_attempt: Some(1),
        run_read_at: Some(deploy.updated_at),
        version: deploy.version + 1,
        ..deploy.clone()
    }
}

#[wasm_bindgen_test]
async fn f33_an_approval_that_is_awaited_is_shown_and_gone_once_the_workflow_goes_on() {
    let script = Script::default();
    let dispatched = deploy(&["requested", "dispatched"]);
    let page = Page::watching(&script, AT_ONCE, dispatched.clone());
    script.answer(Ok(read_as(RunState::AwaitingApproval, &dispatched))).await;
    until("it is shown", || page.has("waits on GitHub for an approval")).await;
    assert_eq!(page.states(), ["pending"; 4]);
    let started = deploy(&["requested", "dispatched", "smoke_gate_started", "smoke_gate_passed"]);
    let later = read_as(RunState::AwaitingApproval, &started);
    script.answer(Ok(Deploy { run_read_at: Some(started.requested_at), ..later })).await;
    until("it is gone", || !page.has("approval")).await;
}

#[wasm_bindgen_test]
async fn f28_that_two_runs_carry_the_id_is_shown() {
    let script = Script::default();
    let dispatched = deploy(&["requested", "dispatched"]);
    let page = Page::watching(&script, NEVER, dispatched.clone());
    script.answer(Ok(read_as(RunState::Ambiguous, &dispatched))).await;
    until("it is shown", || page.has("More than one run on GitHub carries this deploy’s id.")).await;
}

#[wasm_bindgen_test]
async fn f33_superseded_cancelled_and_re_run_are_called_by_their_names() {
    for (state, words) in [
        (RunState::Superseded, "Superseded — a newer run took its place"),
        (RunState::Cancelled, "Cancelled in the smoke gate"),
    ] {
        let failed = deploy(&["requested", "dispatched", "smoke_gate_started", "failed"]);
        let page = Page::watching(&Script::default(), NEVER, read_as(state, &failed));
        assert_eq!(page.words(), words);
        assert_eq!(page.get("[data-status]").get_attribute("data-tone").as_deref(), Some("stopped"));
    }
    let again = Deploy { run_attempt: Some(2), ..deploy(&["requested", "dispatched"]) };
    let page = Page::watching(&Script::default(), NEVER, again);
    assert!(page.has("This is attempt 2 of the run."));
}

#[wasm_bindgen_test]
async fn f35_that_github_is_down_is_said_in_words_and_gone_when_it_is_back() {
    let script = Script::default();
    let dispatched = deploy(&["requested", "dispatched"]);
    let page = Page::watching(&script, AT_ONCE, dispatched.clone());
    let trouble =
        GitHubTrouble { since: dispatched.requested_at, what: "it answered 503".to_owned(), until: None };
    let down = PollAnswer { deploy: dispatched.clone(), github: Some(trouble), usual: Vec::new() };
    script.answer_poll(Ok(down)).await;
    until("it is said", || page.has("Trouble with GitHub since 12:03:07 UTC")).await;
    assert!(page.has("it answered 503"));
    assert_eq!(
        (page.status().as_deref(), page.states()),
        (Some("dispatched"), vec!["pending".to_owned(); 4])
    );
    script.answer(Ok(dispatched)).await;
    until("it is gone", || !page.has("Trouble with GitHub")).await;
}
