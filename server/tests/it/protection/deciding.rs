//! What is decided: by freezes, by the deploy that a run is of, and never by what is not known.

use app::domain::FreezeId;
use github_fake::{Fault, ProtectionState::*};
use jiff::SignedDuration;
use runtime::ids::uuid_at;
use serde_json::json;
use store::DatabaseSystem;

use super::{Gated, PRODUCTION, REPO, WORKFLOW};
use crate::support::{Given, claim, database::on_both, fresh, id_of, order};

async fn f97_run_by_hand_into_frozen_is_rejected_with_reason(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    gated.freeze().await;
    let run = gated.by_hand().await;
    gated.settle().await;
    let (state, comment) = gated.answered_once(run);
    assert_eq!(state, Rejected);
    for part in ["freeze on production of shop", "closing", "somebody", "http://127.0.0.1:9/"] {
        assert!(comment.contains(part), "{part} is not in: {comment}");
    }
    let decided = gated.decided().await;
    let [(action, actor, payload)] = &decided[..] else { panic!("{decided:?}") };
    assert_eq!((action.as_str(), actor.as_str()), ("console.protection.decided", "console"));
    let facts = ["decision", "app", "environment", "run_id", "started_by"].map(|name| payload[name].clone());
    assert_eq!(facts, [json!("rejected"), json!("shop"), json!("production"), json!(run), json!("octocat")]);
    assert_eq!(payload["because"]["kind"], "frozen");
}

async fn f97_run_by_hand_goes_on_where_nothing_is_frozen(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    let run = gated.by_hand().await;
    gated.settle().await;
    assert_eq!(gated.answered_once(run).0, Approved);
    assert_eq!(gated.decided().await[0].2["because"]["kind"], "open");
}

/// It waits until the freeze is over, and goes on then.
async fn f97_held_run_goes_on_when_it_opens(system: DatabaseSystem) {
    for apps in ["frozen_runs = \"hold\"", "frozen_runs = \"hold\", approvals = 0"] {
        let gated = Gated::with(system, apps).await;
        let freeze = gated.freeze().await;
        let run = gated.by_hand().await;
        for _ in 0..3 {
            gated.settle().await;
        }
        assert_eq!((gated.told(run), gated.state().await.as_str()), (vec![], "held"));
        assert!(gated.decided().await.is_empty(), "nothing is decided yet");
        gated.lift(freeze).await;
        gated.settle().await;
        assert_eq!(gated.answered_once(run).0, Approved);
    }
}

/// `frozen_runs` of an app stands for each of its environments that says nothing else.
async fn f97_app_says_what_becomes_of_frozen_runs(system: DatabaseSystem) {
    let toml =
        crate::support::CONSOLE_TOML.replacen("ref = \"main\"", "ref = \"main\"\nfrozen_runs = \"hold\"", 1);
    let other = toml.replacen("freeze_check = true", "freeze_check = true, frozen_runs = \"reject\"", 1);
    for (apps, expected) in [(toml, "held"), (other, "rejected")] {
        let gated = Gated::given(Given { database: system, apps: &apps, ..Given::default() }).await;
        gated.freeze().await;
        gated.by_hand().await;
        gated.settle().await;
        assert_eq!(gated.state().await, expected);
    }
}

/// What was requested here needs no more than it had: its freeze was asked, and its override counts.
async fn f97_deploy_of_ours_goes_on(system: DatabaseSystem) {
    let gated = Gated::with(system, "approvals = 0").await;
    let id = gated.console.dispatched(PRODUCTION).await;
    let run = gated.console.github.runs_for(id)[0];
    gated.asked(run).await;
    gated.settle().await;
    assert_eq!(gated.answered_once(run).0, Approved);
    let noted: Vec<_> = gated.console.journal(id).await.into_iter().map(|entry| entry.action).collect();
    assert!(noted.contains(&"console.protection.decided".to_owned()), "{noted:?}");
    // And the deploy goes on as any other.
    gated.console.walk(id, &["building", "deploying"]).await;
    assert_eq!(gated.console.pass().await, 0);
}

/// A freeze that began since it was requested binds it, too; unless whoever requested it overrode freezes.
async fn f95_freeze_since_the_request_stops_it_at_the_gate(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    let id = gated.console.dispatched(PRODUCTION).await;
    let run = gated.console.github.runs_for(id)[0];
    gated.freeze().await;
    gated.asked(run).await;
    gated.settle().await;
    assert_eq!(gated.answered_once(run).0, Rejected);
}

async fn f97_override_passes_the_gate(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    gated.freeze().await;
    let mut wanted = order(PRODUCTION);
    wanted["override_freeze"] = "The shop is down".into();
    let answer = gated.console.dispatch(&fresh(), &wanted).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let run = gated.console.github.runs_for(id_of(&answer))[0];
    gated.asked(run).await;
    gated.settle().await;
    assert_eq!(gated.answered_once(run).0, Approved);
    let because = &gated.decided().await[0].2["because"];
    assert_eq!(*because, json!({ "kind": "passes_freeze", "reason": "The shop is down" }));
}

/// The title of a run is anybody's word. One that names a deploy waits until it is known whose run it is.
async fn f97_title_alone_vouches_for_nothing(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    gated.freeze().await;
    let mut wanted = order(PRODUCTION);
    wanted["override_freeze"] = "The shop is down".into();
    gated.console.github.fail_next(Fault::AcceptedButAnswered(502, "<h1>Bad gateway</h1>".to_owned()));
    let id = id_of(&gated.console.dispatch(&fresh(), &wanted).await);
    let run = gated.console.github.runs_for(id)[0];
    gated.asked(run).await;
    gated.settle().await;
    assert_eq!((gated.told(run), gated.state().await.as_str()), (vec![], "new"), "its run is looked for");
    gated.console.pass().await;
    gated.settle().await;
    assert_eq!(gated.answered_once(run).0, Approved, "it is the run of the deploy that overrode the freeze");
    // Another run that says the same is not.
    let forged = gated.console.github.run_by_hand(REPO, WORKFLOW, PRODUCTION, "main", "mallory");
    gated.console.github.retitle(forged, &format!("Deploy main to production ({id})"));
    gated.asked(forged).await;
    gated.settle().await;
    assert_eq!(gated.answered_once(forged).0, Rejected);
}

/// A deploy that has ended here vouches for nothing any more, and for no later attempt of its run.
async fn f97_ended_deploy_vouches_for_nothing(system: DatabaseSystem) {
    let gated = Gated::with(system, "approvals = 0").await;
    let id = gated.console.dispatched(PRODUCTION).await;
    let run = gated.console.github.runs_for(id)[0];
    gated.console.walk(id, &["building"]).await;
    let failed = gated.console.callback(id, &fresh(), claim(id, "failed").to_string()).await;
    assert_eq!(failed.status, 200, "{failed:?}");
    gated.console.github.end(run, "failure");
    gated.freeze().await;
    gated.console.github.rerun_run(run);
    gated.asked(run).await;
    gated.settle().await;
    assert_eq!(gated.told(run), [Rejected]);
}

/// A run that is run again at once, while its deploy is still under way here: what was approved and overridden is the first
/// attempt.
async fn f97_deploy_vouches_for_the_first_attempt_alone(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    gated.freeze().await;
    let mut wanted = order(PRODUCTION);
    wanted["override_freeze"] = "The shop is down".into();
    let id = id_of(&gated.console.dispatch(&fresh(), &wanted).await);
    let run = gated.console.github.runs_for(id)[0];
    gated.console.github.end(run, "failure");
    gated.console.github.rerun_run(run);
    gated.asked(run).await;
    gated.settle().await;
    assert_eq!(gated.console.deploy(id).await["status"], "dispatched", "nothing has said that it ended");
    assert_eq!(gated.answered_once(run).0, Rejected);
}

/// Another workflow of the repository goes into the same environment: what freezes that binds it.
async fn f97_any_workflow_of_the_environment_is_bound(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    gated.freeze().await;
    let text = "on: {workflow_dispatch: {}}\nrun-name: Migrate\njobs: {deploy: {environment: Production, runs-on: x, steps: []}}";
    gated.console.github.write_workflow(REPO, "migrate.yml", text).unwrap();
    let run = gated.console.github.run_by_hand(REPO, "migrate.yml", PRODUCTION, "main", "octocat");
    gated.asked(run).await;
    gated.settle().await;
    assert_eq!(gated.answered_once(run).0, Rejected, "in any case of the name");
}

/// Where apps share a repository, the title tells which of them it is; else the strictest decides.
async fn f97_shared_repository_is_told_apart(system: DatabaseSystem) {
    let two = ["shop", "till"].map(|name| {
        format!(
            "[[app]]\nname = \"{name}\"\nrepo = \"acme/shop\"\nworkflow = \"deploy.yml\"\nref = \"main\"\n\
             environments = [{{ name = \"production\", freeze_check = true }}]\ninputs = {{ app = \"{name}\" }}\n"
        )
    });
    let gated = Gated::given(Given { database: system, apps: &two.concat(), ..Given::default() }).await;
    let mut freeze = crate::support::freeze(FreezeId::new(uuid_at(gated.now())));
    freeze.scope.app = Some("till".to_owned());
    gated.console.database.store.declare(&freeze, "ada").await.unwrap();
    for (title, expected) in [
        ("Deploy shop main to production (by hand)", Approved),
        ("Deploy till main to production (by hand)", Rejected),
        ("Something else", Rejected),
    ] {
        let run = gated.console.github.run_by_hand(REPO, WORKFLOW, PRODUCTION, "main", "octocat");
        gated.console.github.retitle(run, title);
        gated.asked(run).await;
        gated.settle().await;
        assert_eq!(gated.told(run), [expected], "{title}");
    }
}

/// Nothing here says that it may go on: GitHub gets no answer, and the log says so.
async fn f97_environment_that_is_not_configured_gets_no_answer(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    gated.console.github.protect(REPO, "docs");
    let text = "on: {workflow_dispatch: {}}\njobs: {deploy: {environment: docs, runs-on: x, steps: []}}";
    gated.console.github.write_workflow(REPO, "docs.yml", text).unwrap();
    let run = gated.console.github.run_by_hand(REPO, "docs.yml", "docs", "main", "octocat");
    let webhook = gated.webhook_about(run).await;
    let answer = gated.deliver(&webhook).await;
    assert_eq!((answer.status, &answer.json["outcome"]), (202, &json!("ignored")));
    gated.settle().await;
    assert_eq!((gated.told(run), gated.requests().await.len()), (vec![], 0));
}

/// Somebody cancels the run before anything is decided.
async fn f97_run_that_ended_is_not_answered(system: DatabaseSystem) {
    let gated = Gated::with(system, "approvals = 1").await;
    let run = gated.by_hand().await;
    gated.settle().await;
    assert_eq!(gated.state().await, "awaits_approval");
    gated.console.github.end(run, "cancelled");
    gated.console.clock.advance(SignedDuration::from_secs(10));
    gated.settle().await;
    assert_eq!((gated.told(run), gated.state().await.as_str()), (vec![], "lapsed"));
    assert!(gated.console.database.store.open_protection_requests(10).await.unwrap().is_empty());
}

on_both!(
    f97_run_by_hand_into_frozen_is_rejected_with_reason,
    f97_run_by_hand_goes_on_where_nothing_is_frozen,
    f97_held_run_goes_on_when_it_opens,
    f97_app_says_what_becomes_of_frozen_runs,
    f97_deploy_of_ours_goes_on,
    f95_freeze_since_the_request_stops_it_at_the_gate,
    f97_override_passes_the_gate,
    f97_title_alone_vouches_for_nothing,
    f97_ended_deploy_vouches_for_nothing,
    f97_deploy_vouches_for_the_first_attempt_alone,
    f97_any_workflow_of_the_environment_is_bound,
    f97_shared_repository_is_told_apart,
    f97_environment_that_is_not_configured_gets_no_answer,
    f97_run_that_ended_is_not_answered,
);
