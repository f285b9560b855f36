//! GitHub is told what was decided, once: whatever goes wrong in between.

use github_fake::{Outage, ProtectionState::*};
use jiff::SignedDuration;
use runtime::fail_point::{FailPoint, Point};
use store::DatabaseSystem;

use super::Gated;
use crate::support::{Given, database::on_both};

/// As long as an answer that was begun is waited for.
const LEASE: SignedDuration = SignedDuration::from_secs(15);

/// The same delivery again; and another one about the same question.
async fn f97_asked_twice_is_answered_once(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    let run = gated.console.github.run_by_hand("acme/shop", "deploy.yml", "production", "main", "octocat");
    let webhook = gated.webhook_about(run).await;
    for id in [webhook.id.clone(), webhook.id.clone(), "another".to_owned()] {
        let again = github_fake::WebhookDelivery { id, ..webhook.clone() };
        assert!([200, 202].contains(&gated.deliver(&again).await.status));
        gated.settle().await;
    }
    assert_eq!(gated.answered_once(run).0, Approved);
    assert_eq!((gated.requests().await.len(), gated.decided().await.len()), (1, 1));
}

/// Each attempt of a run asks anew, and is answered by what holds then.
async fn f97_each_attempt_is_answered(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    let run = gated.by_hand().await;
    gated.settle().await;
    gated.console.github.end(run, "failure");
    gated.freeze().await;
    gated.console.github.rerun_run(run);
    gated.asked(run).await;
    gated.settle().await;
    assert_eq!(gated.told(run), [Approved, Rejected]);
}

/// GitHub is away: nothing is decided without its record, and what was decided is told when it is back.
async fn f97_github_away_is_told_later(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    let run = gated.by_hand().await;
    gated.console.github.set_outage(Some(Outage::Answering(503)));
    gated.settle().await;
    assert_eq!((gated.told(run), gated.state().await.as_str()), (vec![], "new"), "silence approves nothing");
    gated.console.github.set_outage(None);
    gated.settle().await;
    assert_eq!(gated.answered_once(run).0, Approved);
}

/// GitHub breaks down between the decision and the answer.
async fn f97_answer_that_failed_is_sent_again(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    gated.freeze().await;
    let run = gated.by_hand().await;
    gated.console.github.set_early_protection_answers(1);
    gated.settle().await;
    assert_eq!((gated.told(run), gated.state().await.as_str()), (vec![], "rejected"));
    assert_eq!(gated.requests().await[0]["told_at"], serde_json::Value::Null, "GitHub does not know it yet");
    // What freezes it is lifted meanwhile: the decision stays.
    for _ in 0..2 {
        gated.console.clock.advance(LEASE);
        gated.settle().await;
    }
    assert_eq!(gated.told(run), [Rejected]);
    assert_ne!(gated.requests().await[0]["told_at"], serde_json::Value::Null);
}

/// The console is killed between decision and answer: before GitHub is told, and after it was.
async fn f97_killed_between_decision_and_answer_answers_once(system: DatabaseSystem) {
    for point in [Point::AfterIntent, Point::AfterPost] {
        let given = Given { database: system, fail_point: FailPoint::at(point), ..Given::default() };
        let mut gated = Gated::given(given).await;
        gated.freeze().await;
        let run = gated.by_hand().await;
        let service = gated.console.console.clone();
        let killed = tokio::spawn(async move { service.settle_protection().await });
        let is_there = match point {
            Point::AfterPost => 1,
            Point::BeforeIntent | Point::AfterIntent | Point::BeforeCommit | Point::AfterCommit => 0,
        };
        let tried = async {
            loop {
                let open = gated.console.database.store.open_protection_requests(1).await.unwrap();
                if open[0].tries == 1 && gated.told(run).len() == is_there {
                    break;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), tried).await.expect("it is being answered");
        killed.abort();
        gated.restart();
        gated.settle().await;
        assert_eq!(gated.told(run).len(), is_there, "somebody else may still be answering");
        for _ in 0..3 {
            gated.console.clock.advance(LEASE);
            gated.settle().await;
        }
        assert_eq!(gated.answered_once(run).0, Rejected, "{point}");
        assert_eq!(gated.decided().await.len(), 1);
        assert!(gated.console.database.store.open_protection_requests(1).await.unwrap().is_empty());
    }
}

/// Any number of instances settle at once.
async fn f97_racing_instances_answer_once(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    let run = gated.by_hand().await;
    let looks: Vec<_> = (0..8)
        .map(|_| {
            let service = gated.console.console.clone();
            tokio::spawn(async move { service.settle_protection().await.unwrap() })
        })
        .collect();
    for look in looks {
        look.await.unwrap();
    }
    assert_eq!(gated.answered_once(run).0, Approved);
    assert_eq!(gated.decided().await.len(), 1);
}

/// Somebody else's rule or reviewer stopped the run before GitHub was told.
async fn f97_what_github_no_longer_waits_for_is_not_told(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    let run = gated.by_hand().await;
    gated.console.github.set_early_protection_answers(1);
    gated.settle().await;
    gated.console.github.end(run, "cancelled");
    gated.console.clock.advance(SignedDuration::from_mins(6));
    gated.settle().await;
    let request = &gated.requests().await[0];
    assert_eq!((&request["told_at"], request["closed_at"].is_string()), (&serde_json::Value::Null, true));
    assert_eq!(gated.told(run), []);
}

/// The owner takes the permission back: it is tried again, less often after a while, and told when it is given again.
async fn f97_answer_that_is_not_allowed_is_tried_less_often(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    let run = gated.by_hand().await;
    gated.console.github.install_app_with("acme", None, &[("actions", "write"), ("metadata", "read")]);
    for _ in 0..20 {
        gated.settle().await;
        gated.console.clock.advance(LEASE);
    }
    let open = gated.console.database.store.open_protection_requests(1).await.unwrap();
    assert_eq!(
        (gated.told(run), open[0].tries),
        (vec![], 8),
        "eight in two minutes, and no more in the three after"
    );
    gated.console.github.install_app("acme");
    gated.console.clock.advance(SignedDuration::from_mins(5));
    gated.settle().await;
    assert_eq!(gated.told(run), [Approved]);
}

on_both!(
    f97_answer_that_is_not_allowed_is_tried_less_often,
    f97_asked_twice_is_answered_once,
    f97_each_attempt_is_answered,
    f97_github_away_is_told_later,
    f97_answer_that_failed_is_sent_again,
    f97_killed_between_decision_and_answer_answers_once,
    f97_racing_instances_answer_once,
    f97_what_github_no_longer_waits_for_is_not_told,
);
