//! What a deploy says of itself: whether it is live, and whether it can be cancelled.
#![allow(clippy::expect_used, reason = "in a test that is how to fail")]

mod fixture;

use app::domain::{
    CannotCancel::{self, Ended, NoRun},
    Deploy, Status,
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
    ("timed_out",            false, Some(Ended), Some(Ended)),
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
fn live_deploy_with_known_run_can_be_cancelled() {
    for (status, _, with_run, without_run) in BY_HAND {
        assert_eq!(in_status(status, Some(42)).cannot_cancel(), with_run, "{status} with a run");
        assert_eq!(in_status(status, None).cannot_cancel(), without_run, "{status} without a run");
    }
}
