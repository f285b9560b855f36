//! What GitHub says beside the status: shown, and no step moved by it.

use app::{
    api::PollAnswer,
    domain::{Deploy, GitHubOutage, RunState},
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

/// An approval that is awaited is shown, and gone once the workflow goes on.
#[wasm_bindgen_test]
async fn f33_awaited_approval_shows_until_granted() {
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
async fn f28_two_runs_with_one_id_show() {
    let script = Script::default();
    let dispatched = deploy(&["requested", "dispatched"]);
    let page = Page::watching(&script, NEVER, dispatched.clone());
    script.answer(Ok(read_as(RunState::Ambiguous, &dispatched))).await;
    until("it is shown", || page.has("More than one run on GitHub carries this deploy’s id.")).await;
}

/// Superseded, cancelled and re-run are called by their names.
#[wasm_bindgen_test]
async fn f33_run_states_have_their_names() {
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

/// That GitHub is down is said in words, and gone when it is back.
#[wasm_bindgen_test]
async fn f35_github_outage_shows_until_it_ends() {
    let script = Script::default();
    let dispatched = deploy(&["requested", "dispatched"]);
    let page = Page::watching(&script, AT_ONCE, dispatched.clone());
    let trouble =
        GitHubOutage { since: dispatched.requested_at, what: "it answered 503".to_owned(), until: None };
    let down = PollAnswer { github: Some(trouble), ..dispatched.clone().into() };
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
