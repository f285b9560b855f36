//! Status × history → steps, whole, against tables written by hand from the contract.

use proptest::prelude::*;

use super::*;
use crate::domain::transition;

const ALL_GATES: Gates = Gates { smoke_gate: true, freeze_check: true };

/// Every accepted path to a live status or to success, and what follows from it where all gates exist:
/// the steps now, after a failure that names no stage, and after one that names each stage in turn.
/// `p`ending, `a`ctive, `d`one, `F`ailed, not `r`eached, `n`ot reported.
#[rustfmt::skip]
const BY_HAND: [(&[&str], &str, &str, [&str; 4]); 20] = [
    (&["requested"],                                     "pppp", "rrrr", ["Frrr", "nFrr", "nnFr", "nnnF"]),
    (&["requested", "dispatched"],                       "pppp", "rrrr", ["Frrr", "nFrr", "nnFr", "nnnF"]),

    (&[R, D, SGS],                                       "appp", "Frrr", ["Frrr", "nFrr", "nnFr", "nnnF"]),
    (&[R, D, SGS, SGP],                                  "dppp", "drrr", ["Frrr", "dFrr", "dnFr", "dnnF"]),
    (&[R, D, SGS, SGP, FCS],                             "dapp", "dFrr", ["Frrr", "dFrr", "dnFr", "dnnF"]),
    (&[R, D, SGS, SGP, FCS, FCP],                        "ddpp", "ddrr", ["Fdrr", "dFrr", "ddFr", "ddnF"]),
    (&[R, D, SGS, SGP, FCS, FCP, BLD],                   "ddap", "ddFr", ["Fdrr", "dFrr", "ddFr", "ddnF"]),
    (&[R, D, SGS, SGP, FCS, FCP, BLD, DPL],              "ddda", "dddF", ["Fddr", "dFdr", "ddFr", "dddF"]),
    (&[R, D, SGS, SGP, FCS, FCP, BLD, DPL, OK],          "dddd", "",     ["", "", "", ""]),

    (&[R, D, SGS, SGP, BLD],                             "dnap", "dnFr", ["Frrr", "dFrr", "dnFr", "dnnF"]),
    (&[R, D, SGS, SGP, BLD, DPL],                        "dnda", "dndF", ["Frdr", "dFdr", "dnFr", "dndF"]),
    (&[R, D, SGS, SGP, BLD, DPL, OK],                    "dndd", "",     ["", "", "", ""]),

    (&[R, D, FCS],                                       "napp", "nFrr", ["Frrr", "nFrr", "nnFr", "nnnF"]),
    (&[R, D, FCS, FCP],                                  "ndpp", "ndrr", ["Fdrr", "nFrr", "ndFr", "ndnF"]),
    (&[R, D, FCS, FCP, BLD],                             "ndap", "ndFr", ["Fdrr", "nFrr", "ndFr", "ndnF"]),
    (&[R, D, FCS, FCP, BLD, DPL],                        "ndda", "nddF", ["Fddr", "nFdr", "ndFr", "nddF"]),
    (&[R, D, FCS, FCP, BLD, DPL, OK],                    "nddd", "",     ["", "", "", ""]),

    (&[R, D, BLD],                                       "nnap", "nnFr", ["Frrr", "nFrr", "nnFr", "nnnF"]),
    (&[R, D, BLD, DPL],                                  "nnda", "nndF", ["Frdr", "nFdr", "nnFr", "nndF"]),
    (&[R, D, BLD, DPL, OK],                              "nndd", "",     ["", "", "", ""]),
];

const R: &str = "requested";
const D: &str = "dispatched";
const SGS: &str = "smoke_gate_started";
const SGP: &str = "smoke_gate_passed";
const FCS: &str = "freeze_check_started";
const FCP: &str = "freeze_check_passed";
const BLD: &str = "building";
const DPL: &str = "deploying";
const OK: &str = "succeeded";

/// One entry a minute.
fn history<S: AsRef<str>>(path: &[S]) -> Vec<HistoryEntry> {
    let entry = |(minute, status): (usize, &S)| HistoryEntry {
        status: status.as_ref().into(),
        at: at(minute),
        source: Source::Callback,
        log_line: None,
        evidence: Some(format!("delivery {minute}")),
        proved_by: None,
    };
    path.iter().enumerate().map(entry).collect()
}

fn at(minute: usize) -> Timestamp {
    Timestamp::from_second(60 * i64::try_from(minute).unwrap()).unwrap()
}

fn steps_of(path: &[&str], gates: Gates, stage: Option<FailureStage>) -> [Step; 4] {
    steps(&StoredStatus::from(*path.last().unwrap()), &history(path), gates, stage)
}

fn letters(steps: &[Step; 4]) -> String {
    let letter = |step: &Step| match step.state {
        StepState::Pending => 'p',
        StepState::Active => 'a',
        StepState::Done => 'd',
        StepState::Failed => 'F',
        StepState::Stalled => 'S',
        StepState::NotReached => 'r',
        StepState::NotRequired => 'x',
        StepState::NotReported => 'n',
        StepState::Unknown => 'u',
    };
    steps.iter().map(letter).collect()
}

/// Every path that the transition table accepts, up to a live status or success.
fn accepted_paths(path: &mut Vec<Status>, found: &mut Vec<Vec<&'static str>>) {
    found.push(path.iter().map(|status| status.as_str()).collect());
    for next in transition::successors(path[path.len() - 1], Source::Reconciler) {
        if !matches!(next, Status::Failed | Status::TimedOut) {
            path.push(next);
            accepted_paths(path, found);
            path.pop();
        }
    }
}

/// The table, written by hand, names every path that is accepted.
#[test]
fn table_covers_every_accepted_path() {
    let mut found = Vec::new();
    accepted_paths(&mut vec![Status::Requested], &mut found);
    let mut by_hand: Vec<_> = BY_HAND.iter().map(|row| row.0.to_vec()).collect();
    found.sort();
    by_hand.sort();
    assert_eq!(found, by_hand);
}

/// Live and succeeded deploys show the steps of the table.
#[test]
fn steps_follow_the_table() {
    for (path, expected, ..) in BY_HAND {
        assert_eq!(letters(&steps_of(path, ALL_GATES, None)), expected, "{path:?}");
    }
}

/// A gate that the environment lacks is "not required" from the start to the end, unless it reports all the same.
#[test]
fn absent_gate_is_not_required_from_the_start() {
    let ended = BY_HAND.iter().filter(|row| !row.2.is_empty()).map(|row| {
        let path: Vec<&str> = row.0.iter().copied().chain(["failed"]).collect();
        (path, row.2)
    });
    for (path, expected) in BY_HAND.iter().map(|row| (row.0.to_vec(), row.1)).chain(ended) {
        for (smoke_gate, freeze_check) in [(true, false), (false, true), (false, false)] {
            let mut expected: Vec<char> = expected.chars().collect();
            for (column, has) in [(0, smoke_gate), (1, freeze_check)] {
                if !has && matches!(expected[column], 'n' | 'p' | 'r') {
                    expected[column] = 'x';
                }
            }
            let expected: String = expected.into_iter().collect();
            let found = letters(&steps_of(&path, Gates { smoke_gate, freeze_check }, None));
            assert_eq!(found, expected, "{path:?} smoke {smoke_gate} freeze {freeze_check}");
        }
    }
}

fn live_rows() -> impl Iterator<Item = (Vec<&'static str>, &'static str, [&'static str; 4])> {
    let live = BY_HAND.iter().filter(|(path, ..)| path.last() != Some(&OK));
    live.map(|(path, _, failed, staged)| (path.to_vec(), *failed, *staged))
}

/// A failure that names no stage is in the step that was under way.
#[test]
fn failure_without_stage_is_in_active_step() {
    for (mut path, expected, _) in live_rows() {
        path.push("failed");
        assert_eq!(letters(&steps_of(&path, ALL_GATES, None)), expected, "{path:?}");
    }
}

#[test]
fn failure_with_stage_is_in_that_step() {
    for (mut path, _, expected) in live_rows() {
        path.push("failed");
        for (stage, expected) in FailureStage::ALL.into_iter().zip(expected) {
            assert_eq!(letters(&steps_of(&path, ALL_GATES, Some(stage))), expected, "{path:?} {stage:?}");
        }
    }
}

#[test]
fn deadline_stalls_the_active_step() {
    for (mut path, failed, _) in live_rows() {
        path.push("timed_out");
        assert_eq!(letters(&steps_of(&path, ALL_GATES, None)), failed.replace('F', "S"), "{path:?}");
    }
}

/// A status of a newer build leaves unknown what was not finished.
#[test]
fn f50_newer_status_leaves_unfinished_steps_unknown() {
    for (mut path, live, ..) in BY_HAND.iter().map(|row| (row.0.to_vec(), row.1)) {
        path.push("rolling_back");
        let expected = live.replace(['a', 'p'], "u");
        assert_eq!(letters(&steps_of(&path, ALL_GATES, None)), expected, "{path:?}");
    }
    assert_eq!(letters(&steps(&"rolling_back".into(), &[], ALL_GATES, None)), "uuuu");
}

/// A step says when it began, when it ended, and how we know.
#[test]
fn step_has_times_and_provenance() {
    let [smoke, freeze, deploy, health] = steps_of(&[R, D, SGS, SGP, BLD, "failed"], ALL_GATES, None);
    assert_eq!((smoke.began_at, smoke.ended_at), (Some(at(2)), Some(at(3))));
    assert_eq!(smoke.evidence.as_deref(), Some("delivery 3"));
    assert_eq!((freeze.began_at, freeze.ended_at, freeze.source), (None, None, None));
    assert_eq!((deploy.began_at, deploy.ended_at), (Some(at(4)), Some(at(5))));
    assert_eq!((health.began_at, health.ended_at), (None, None));
}

#[test]
fn partly_healed_step_says_so() {
    let mut healed = history(&[R, D, SGS, SGP]);
    healed[2].source = Source::Reconciler;
    healed[2].evidence = Some("GitHub job smoke".to_owned());
    let [smoke, ..] = steps(&SGP.into(), &healed, ALL_GATES, None);
    assert_eq!(
        (smoke.source, smoke.evidence.as_deref()),
        (Some(Source::Reconciler), Some("GitHub job smoke"))
    );
}

#[test]
fn active_step_has_started_but_not_ended() {
    let [_, _, _, health] = steps_of(&[R, D, BLD, DPL], ALL_GATES, None);
    assert_eq!((health.state, health.began_at, health.ended_at), (StepState::Active, Some(at(3)), None));
    assert_eq!(health.source, Some(Source::Callback));
}

/// Every step has its name on the wire and its name on the screen.
#[test]
fn step_names_are_fixed() {
    let by_hand = [
        ("smoke_gate", "Smoke gate"),
        ("freeze_check", "Freeze check"),
        ("deploy", "Deploy"),
        ("health_check", "Health check"),
    ];
    for (key, (name, label)) in StepKey::ALL.into_iter().zip(by_hand) {
        assert_eq!((key.as_str(), key.label()), (name, label));
        assert_eq!(serde_json::to_value(key).unwrap(), name);
        assert_eq!(serde_json::from_value::<StepKey>(name.into()).unwrap(), key);
    }
}

/// Every state has its name on the wire and its words on the screen.
#[test]
fn step_state_names_are_fixed() {
    let by_hand = [
        (StepState::Pending, "pending", "pending"),
        (StepState::Active, "active", "in progress"),
        (StepState::Done, "done", "done"),
        (StepState::Failed, "failed", "failed"),
        (StepState::Stalled, "stalled", "stalled"),
        (StepState::NotReached, "not_reached", "not reached"),
        (StepState::NotRequired, "not_required", "not required"),
        (StepState::NotReported, "not_reported", "not reported"),
        (StepState::Unknown, "unknown", "unknown"),
    ];
    for (state, name, label) in by_hand {
        assert_eq!((state.as_str(), state.label()), (name, label));
        assert_eq!(serde_json::to_value(state).unwrap(), name);
        assert_eq!(serde_json::from_value::<StepState>(name.into()).unwrap(), state);
    }
}

proptest! {
    /// A journal that no build of ours would write still draws four steps, in order, and no panic.
    #[test]
    fn any_history_draws_four_steps(
        path in proptest::collection::vec(0..13usize, 0..12),
        stage in proptest::option::of(0..4usize),
    ) {
        let spelling = |index: usize| Status::ALL.get(index).map_or("from_a_newer_build", |status| status.as_str());
        let path: Vec<&str> = path.into_iter().map(spelling).collect();
        let status = StoredStatus::from(path.last().copied().unwrap_or("requested"));
        let drawn = steps(&status, &history(&path), ALL_GATES, stage.map(|index| FailureStage::ALL[index]));
        prop_assert_eq!(drawn.each_ref().map(|step| step.key), StepKey::ALL);
        prop_assert!(drawn.iter().filter(|step| step.state == StepState::Active).count() <= 1);
    }
}
