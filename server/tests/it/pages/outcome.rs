//! What a deploy that ended left behind: said on its page and on the board, with the one way on.

use app::{
    api::DeploysApi,
    domain::{Aftermath, Caller, DeployId},
};
use jiff::SignedDuration;
use store::DatabaseSystem;

use crate::{
    pages::rendering::text_of,
    support::{TestConsole, database::on_both},
};

const GOOD: &str = "1111111111111111111111111111111111111111";

/// A path after the dispatch, and what is left behind by it, by hand.
const PATHS: [(&[&str], Aftermath); 8] = [
    (&["smoke_gate_started", "failed"], Aftermath::Untouched),
    (&["smoke_gate_started", "smoke_gate_passed", "freeze_check_started", "failed"], Aftermath::Untouched),
    // Nobody said where: what was said before may have been lost.
    (&["failed"], Aftermath::Unclear),
    (&["smoke_gate_started", "smoke_gate_passed", "failed"], Aftermath::Unclear),
    (&["building", "failed"], Aftermath::Unclear),
    (&["building", "deploying", "failed"], Aftermath::RolledOut),
    (&["smoke_gate_started", "smoke_gate_passed", "building", "deploying", "failed"], Aftermath::RolledOut),
    (&["building", "deploying", "succeeded"], Aftermath::Live),
];

/// A console where a deploy succeeded, a minute ago.
async fn console(system: DatabaseSystem) -> (TestConsole, DeployId) {
    let console = TestConsole::over(system).await;
    let good = console.succeeded("production", GOOD).await;
    console.clock.advance(SignedDuration::from_mins(1));
    (console, good)
}

async fn outcome_follows_from_what_was_recorded(system: DatabaseSystem) {
    for (path, expected) in PATHS {
        let (console, good) = console(system).await;
        let id = console.dispatched("production").await;
        let caller = Caller::local();
        assert_eq!(console.console.deploy(&caller, id).await.unwrap().outcome, None);
        console.walk(id, path).await;
        let answer = console.console.deploy(&caller, id).await.unwrap();
        let outcome = answer.outcome.unwrap();
        assert_eq!(outcome.aftermath, expected, "{path:?}");
        let is_live = expected == Aftermath::Live;
        assert_eq!(outcome.last_good.as_ref().map(|name| name.id), (!is_live).then_some(good), "{path:?}");

        let (page, board) = (console.get(&format!("/deploys/{id}")).await.text, console.get("/").await.text);
        let back = format!("href=\"/deploys/{good}/to/production\"");
        let is_in_doubt = matches!(expected, Aftermath::RolledOut | Aftermath::Unclear);
        assert_eq!(page.contains(&back), is_in_doubt, "{path:?}");
        assert_eq!(board.contains(&back), is_in_doubt, "{path:?}");
        assert_eq!(text_of(&board).contains("Last good"), is_in_doubt, "{path:?}");
        let unknown = "What runs now is not known. main · 1111111 was the last that was healthy.";
        assert_eq!(text_of(&page).contains(unknown), is_in_doubt, "{path:?}");
        let untouched = "Nothing was rolled out: main · 1111111 is still live.";
        assert_eq!(text_of(&page).contains(untouched), expected == Aftermath::Untouched, "{path:?}");
    }
}

/// A run goes on after a deadline and after somebody gave its deploy up, and GitHub was never asked for what it refused.
async fn what_ended_otherwise_is_in_doubt_unless_it_never_ran(system: DatabaseSystem) {
    let (console, _) = console(system).await;
    let caller = Caller::local();
    let late = console.dispatched("production").await;
    console.walk(late, &["smoke_gate_started"]).await;
    console.console.abandon(&caller, late, "It hangs".to_owned()).await.unwrap();
    let outcome = console.console.deploy(&caller, late).await.unwrap().outcome;
    assert_eq!(outcome.unwrap().aftermath, Aftermath::Unclear);
}

/// A job that was never begun, because its approval was rejected, rolled nothing out.
async fn rejected_approval_leaves_what_was_live(system: DatabaseSystem) {
    let (console, _) = console(system).await;
    let id = console.dispatched("production").await;
    console.walk(id, &["smoke_gate_started", "smoke_gate_passed"]).await;
    for job in ["smoke", "freeze-check"] {
        console.github.set_job(id, job, "completed", Some("success"));
    }
    console.github.hold_run(id, Some("waiting"));
    console.pass().await;
    console.github.reject(id, "octocat", "not today");
    console.pass().await;
    let page = text_of(&console.get(&format!("/deploys/{id}")).await.text);
    assert!(page.contains("Nothing was rolled out: main · 1111111 is still live."), "{page}");
    assert!(page.contains("Deploy again") && !page.contains("Roll back to"), "{page}");
}

/// What came later is named, and then nothing is offered for the earlier one.
async fn newer_deploy_is_named(system: DatabaseSystem) {
    let (console, good) = console(system).await;
    let failed = console.dispatched("production").await;
    console.walk(failed, &["building", "deploying", "failed"]).await;
    console.clock.advance(SignedDuration::from_mins(1));
    let newer = console.dispatched("production").await;
    let page = console.get(&format!("/deploys/{failed}")).await.text;
    assert!(page.contains(&format!("href=\"/deploys/{newer}\"")), "{page}");
    assert!(!page.contains(&format!("/deploys/{good}/to/")) && !page.contains("Deploy again"), "{page}");
}

on_both!(
    outcome_follows_from_what_was_recorded,
    what_ended_otherwise_is_in_doubt_unless_it_never_ran,
    rejected_approval_leaves_what_was_live,
    newer_deploy_is_named,
);
