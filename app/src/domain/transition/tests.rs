//! The table against a second table, written by hand from the contract. A test is writing the thing down
//! twice.

use super::*;

/// Who may cause each edge: `c`allback, `r`econciler, c`o`nsole, or a person who `a`bandons it. Rows are `from`, columns
/// `to`, both in the order of [`Status::ALL`].
#[rustfmt::skip]
const BY_HAND: [(&str, [&str; 11]); 11] = [
    //                      req  disp   sgs   sgp   fcs   fcp   build depl  succ  fail  timed
    ("requested",            ["", "cro", "",   "",   "",   "",   "",   "",   "",   "roa", "r"]),
    ("dispatched",           ["", "",    "cr", "",   "cr", "",   "cr", "",   "",   "cra", "r"]),
    ("smoke_gate_started",   ["", "",    "",   "cr", "",   "",   "",   "",   "",   "cra", "r"]),
    ("smoke_gate_passed",    ["", "",    "",   "",   "cr", "",   "cr", "",   "",   "cra", "r"]),
    ("freeze_check_started", ["", "",    "",   "",   "",   "cr", "",   "",   "",   "cra", "r"]),
    ("freeze_check_passed",  ["", "",    "",   "",   "",   "",   "cr", "",   "",   "cra", "r"]),
    ("building",             ["", "",    "",   "",   "",   "",   "",   "cr", "",   "cra", "r"]),
    ("deploying",            ["", "",    "",   "",   "",   "",   "",   "",   "cr", "cra", "r"]),
    ("succeeded",            ["", "",    "",   "",   "",   "",   "",   "",   "",   "",   ""]),
    ("failed",               ["", "",    "",   "",   "",   "",   "",   "",   "",   "",   ""]),
    ("timed_out",            ["", "",    "",   "",   "",   "",   "",   "",   "",   "",   ""]),
];

const CAUSES: [Cause; 4] = [CALLBACK, RECONCILER, CONSOLE, Abandoned];

fn by_hand(from: Status, to: Status, by: Cause) -> bool {
    let (name, row) = BY_HAND[from as usize];
    assert_eq!(name, from.as_str());
    let letter = match by {
        Cause::Says(Source::Callback) => 'c',
        Cause::Says(Source::Reconciler) => 'r',
        Cause::Says(Source::Console) => 'o',
        Abandoned => 'a',
    };
    row[to as usize].contains(letter)
}

fn product() -> impl Iterator<Item = (Status, Status)> {
    Status::ALL.into_iter().flat_map(|from| Status::ALL.into_iter().map(move |to| (from, to)))
}

/// The product of all statuses is as written by hand.
#[test]
fn every_status_pair_matches_the_table() {
    for (from, to) in product() {
        for by in CAUSES {
            assert_eq!(allowed(from, to, by), by_hand(from, to, by), "{from} -> {to} by {by:?}");
        }
    }
}

#[test]
fn predecessors_and_successors_agree() {
    for (from, to) in product() {
        for by in CAUSES {
            assert_eq!(predecessors(to, by).any(|status| status == from), allowed(from, to, by));
            assert_eq!(successors(from, by).any(|status| status == to), allowed(from, to, by));
        }
    }
}

/// No edge leads backward, or out of an end.
#[test]
fn edges_never_lead_back_or_leave_terminal() {
    for (from, to) in product() {
        if CAUSES.into_iter().any(|by| allowed(from, to, by)) {
            assert!(from < to, "{from} -> {to}");
            assert!(!from.is_terminal());
        }
    }
}

/// A callback for a requested row passes through `dispatched`.
#[test]
fn f22_requested_deploy_passes_through_dispatched() {
    assert_eq!(callback_path(Requested, SmokeGateStarted), [Dispatched, SmokeGateStarted]);
    assert_eq!(callback_path(Requested, Building), [Dispatched, Building]);
    assert_eq!(callback_path(Requested, Failed), [Dispatched, Failed]);
    assert_eq!(callback_path(Requested, Succeeded), []);
    assert_eq!(callback_path(Requested, Dispatched), []);
}

/// Everywhere else, the path of a callback is one edge of the table.
#[test]
fn callback_path_is_one_edge_otherwise() {
    for (from, to) in product().filter(|(from, _)| *from != Requested) {
        let expected = if by_hand(from, to, CALLBACK) && is_callback_status(to) { vec![to] } else { vec![] };
        assert_eq!(callback_path(from, to), expected, "{from} -> {to}");
    }
}

#[test]
fn callbacks_may_claim_eight_statuses() {
    let claimable: Vec<_> = Status::ALL.into_iter().filter(|status| is_callback_status(*status)).collect();
    assert_eq!(
        claimable,
        [
            SmokeGateStarted,
            SmokeGatePassed,
            FreezeCheckStarted,
            FreezeCheckPassed,
            Building,
            Deploying,
            Succeeded,
            Failed
        ]
    );
}

/// A gap is distinguished from a step back.
#[test]
fn f10_gap_differs_from_step_back() {
    let gaps = [
        (Dispatched, SmokeGatePassed),
        (Dispatched, Succeeded),
        (Requested, Deploying),
        (SmokeGateStarted, FreezeCheckStarted),
        (SmokeGateStarted, Building),
        (FreezeCheckStarted, Building),
        (Building, Succeeded),
    ];
    for (from, to) in gaps {
        assert!(lies_ahead(from, to), "{from} -> {to}");
    }
    let not_gaps = [
        (SmokeGatePassed, SmokeGateStarted),
        (Building, SmokeGatePassed),
        (Building, FreezeCheckStarted),
        (Building, Building),
        (Building, Deploying),
        (Succeeded, Failed),
        (Failed, Succeeded),
        (TimedOut, Deploying),
    ];
    for (from, to) in not_gaps {
        assert!(!lies_ahead(from, to), "{from} -> {to}");
    }
}
