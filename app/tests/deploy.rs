//! What a deploy says of itself: whether it is live, and whether it can be cancelled.
#![allow(clippy::expect_used, reason = "in a test that is how to fail")]

mod fixture;

use app::domain::{
    Abandonment, CancelState, Cancellation,
    CannotCancel::{self, Ended, NoRun},
    Deploy, Overdue, RunState, Status,
};
use fixture::deploy;

/// Every status, and one of a newer build: whether it is live, and what keeps a deploy in it from being
/// cancelled where its run is known and where it is not.
#[rustfmt::skip]
const BY_HAND: [(&str, bool, Option<CannotCancel>, Option<CannotCancel>); 12] = [
    ("requested",            true,  None,        Some(NoRun)),
    ("dispatched",           true,  None,        Some(NoRun)),
    ("smoke_gate_started",   true,  None,        Some(NoRun)),
    ("smoke_gate_passed",    true,  None,        Some(NoRun)),
    ("freeze_check_started", true,  None,        Some(NoRun)),
    ("freeze_check_passed",  true,  None,        Some(NoRun)),
    ("building",             true,  None,        Some(NoRun)),
    ("deploying",            true,  None,        Some(NoRun)),
    ("succeeded",            false, Some(Ended), Some(Ended)),
    ("failed",               false, Some(Ended), Some(Ended)),
    ("timed_out",            false, None,        Some(Ended)),
    ("rolling_back",         true,  None,        Some(NoRun)),
];

fn in_status(status: &str, github_run_id: Option<i64>) -> Deploy {
    Deploy { github_run_id, ..deploy(&[status]) }
}

#[test]
fn the_table_by_hand_names_every_status() {
    let names = BY_HAND.map(|(status, ..)| status);
    assert_eq!(names[..Status::ALL.len()], Status::ALL.map(Status::as_str));
}

#[test]
fn live_deploy_is_not_known_to_have_ended() {
    for (status, live, ..) in BY_HAND {
        assert_eq!(in_status(status, None).is_live(), live, "{status}");
    }
}

#[test]
fn deploy_is_cancelled_while_its_run_is_known_to_go_on() {
    for (status, _, with_run, without_run) in BY_HAND {
        assert_eq!(in_status(status, Some(42)).cannot_cancel(), with_run, "{status} with a run");
        assert_eq!(in_status(status, None).cannot_cancel(), without_run, "{status} without a run");
    }
}

/// After a deadline, or given up by hand, until anything says that the run is over.
#[test]
fn f79_run_may_go_on_until_something_ends_it() {
    let at = deploy(&["failed"]).updated_at;
    let by = Abandonment { by: "ada".to_owned(), at, reason: "so".to_owned() };
    let timed_out = in_status("timed_out", Some(42));
    let abandoned = Deploy { abandoned: Some(by), ..in_status("failed", Some(42)) };
    for ended in [timed_out, abandoned] {
        let seen = |state| Deploy { run_state: Some(state), ..ended.clone() };
        for state in [RunState::Queued, RunState::InProgress, RunState::AwaitingApproval, RunState::Unknown] {
            assert_eq!(seen(state).run_that_may_go_on(), Some(42), "{state:?}");
            assert!(seen(state).may_change(), "{state:?}");
        }
        for state in [RunState::Ended, RunState::Cancelled, RunState::Superseded, RunState::Missing] {
            assert_eq!(seen(state).cannot_cancel(), Some(Ended), "{state:?}");
            assert!(!seen(state).may_change(), "{state:?}");
        }
    }
}

/// Only whom GitHub heard, and of a run that it says was cancelled.
#[test]
fn canceller_is_named_where_github_took_it() {
    let ended = in_status("failed", Some(42));
    let by = |state, why, run_state| {
        let (requested_at, requested_by) = (ended.updated_at, "ada".to_owned());
        let asked = Cancellation { requested_at, requested_by, state, why };
        let deploy = Deploy { cancellation: Some(asked), run_state: Some(run_state), ..ended.clone() };
        deploy.cancelled_by().map(str::to_owned)
    };
    let taken = CancelState::Accepted;
    assert_eq!(by(taken, None, RunState::Cancelled).as_deref(), Some("ada"));
    assert_eq!(by(taken, None, RunState::Ended), None, "it ended by itself");
    assert_eq!(by(taken, Some(Overdue::Deadline), RunState::Cancelled), None, "no person did");
    for other in [CancelState::Requested, CancelState::TooLate, CancelState::Unconfirmed] {
        assert_eq!(by(other, None, RunState::Cancelled), None, "{other:?}");
    }
}
