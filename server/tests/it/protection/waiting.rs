//! What is said of a run that waits on GitHub: who may review it there, what was said, and what the console was asked. And
//! what is found in GitHub's record where its webhook got lost.

use app::{
    api::{DeploysApi, GateAnswer, RunWait},
    domain::{Caller, DeployId},
};
use github_fake::{ProtectionState::*, Reviewer};
use jiff::SignedDuration;
use store::DatabaseSystem;

use super::{Gated, PRODUCTION, REPO};
use crate::support::database::on_both;

async fn wait_of(gated: &Gated, id: DeployId) -> Option<RunWait> {
    gated.console.console.poll(&Caller::local(), id).await.unwrap().wait
}

/// Who may review it is named while it waits, and what they said until the deploy ends.
async fn reviewers_are_named_with_what_they_say(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    let github = &gated.console.github;
    github.unprotect(REPO, PRODUCTION);
    github.require_reviewers(REPO, PRODUCTION, &[Reviewer::user("octocat"), Reviewer::team("acme/ops")]);
    let id = gated.console.dispatched(PRODUCTION).await;
    assert_eq!(wait_of(&gated, id).await, None);
    let run = github.runs_for(id)[0];
    github.ask_protection(run).unwrap();
    gated.console.pass().await;
    let named = Some("octocat or acme/ops may review it.".to_owned());
    assert_eq!(wait_of(&gated, id).await, Some(RunWait { reviewers: named, ..RunWait::default() }));
    assert!(github.review(run, Approved, "octocat", "Go ahead."));
    gated.console.pass().await;
    let said = vec!["octocat approved it on GitHub: “Go ahead.”".to_owned()];
    assert_eq!(wait_of(&gated, id).await, Some(RunWait { said, ..RunWait::default() }));
    gated.console.walk(id, &["building", "deploying", "succeeded"]).await;
    assert_eq!(wait_of(&gated, id).await, None, "it is over");
    assert!(gated.decided().await.is_empty(), "a reviewer is no question to the console");
}

/// A deploy whose run is held says so, and where there is more.
async fn f97_held_deploy_says_what_it_waits_for(system: DatabaseSystem) {
    let gated = Gated::with(system, "frozen_runs = \"hold\"").await;
    let id = gated.console.dispatched(PRODUCTION).await;
    gated.freeze().await;
    gated.asked(gated.console.github.runs_for(id)[0]).await;
    gated.settle().await;
    gated.console.pass().await;
    let question = gated.requests().await[0]["id"].as_str().unwrap().to_owned();
    let Some(RunWait { gate: Some(gate), .. }) = wait_of(&gated, id).await else { panic!("nothing is said") };
    assert!(gate.reason.starts_with("production of shop is frozen: “closing”"), "{gate:?}");
    let page = format!("/protection#request-{question}");
    assert_eq!(
        gate,
        GateAnswer { label: "held".to_owned(), page, is_open: true, reason: gate.reason.clone() }
    );
}

/// GitHub asked, and its webhook got lost: the next pass finds that in its record, and it is answered.
async fn f97_lost_question_is_found_and_answered_once(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    gated.freeze().await;
    let run = gated.console.github.run_by_hand(REPO, "deploy.yml", PRODUCTION, "main", "octocat");
    gated.console.github.ask_protection(run).unwrap();
    assert_eq!(gated.console.import().await, 1);
    for _ in 0..3 {
        gated.console.pass().await;
        gated.settle().await;
    }
    assert_eq!(gated.answered_once(run).0, Rejected);
    let payload = gated.decided().await.pop().unwrap().2;
    assert_eq!((gated.requests().await.len(), payload["started_by"].as_str()), (1, Some("octocat")));
}

/// The console was asked and has answered; a person has not. That is no question to the console.
async fn f97_run_that_waits_for_people_alone_is_not_answered_again(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    gated.console.github.require_reviewers(REPO, PRODUCTION, &[Reviewer::user("octocat")]);
    let id = gated.console.dispatched(PRODUCTION).await;
    let run = gated.console.github.runs_for(id)[0];
    gated.asked(run).await;
    gated.settle().await;
    assert_eq!(gated.answered_once(run).0, Approved);
    for _ in 0..3 {
        gated.console.clock.advance(SignedDuration::from_mins(3));
        gated.console.pass().await;
        gated.settle().await;
    }
    assert_eq!((gated.requests().await.len(), gated.answered_once(run).0), (1, Approved));
    let said = wait_of(&gated, id).await.and_then(|wait| wait.reviewers);
    assert_eq!(said.as_deref(), Some("octocat may review it."));
}

/// Without a rule of the console's own App, GitHub asks it nothing, whatever a run waits for.
async fn f97_another_apps_rule_is_no_question(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    gated.console.github.unprotect(REPO, PRODUCTION);
    gated.console.github.require_reviewers(REPO, PRODUCTION, &[Reviewer::user("octocat")]);
    let run = gated.console.github.run_by_hand(REPO, "deploy.yml", PRODUCTION, "main", "octocat");
    gated.console.github.ask_protection(run).unwrap();
    gated.console.import().await;
    gated.console.pass().await;
    assert!(gated.requests().await.is_empty());
}

on_both!(
    reviewers_are_named_with_what_they_say,
    f97_held_deploy_says_what_it_waits_for,
    f97_lost_question_is_found_and_answered_once,
    f97_run_that_waits_for_people_alone_is_not_answered_again,
    f97_another_apps_rule_is_no_question,
);
