//! Deploys and what is around them, from the path that they took.

use app::{
    api::UiError,
    domain::{
        ActiveFreeze, Cancellation, Commit, DEADLINE, Deploy, DeployId, DurationStats, FailureStage,
        FreezeId, Frozen, Gates, GitHubOutage, HistoryEntry, InputValues, Origin, Source, Status, StepKey,
        StoredStatus, Timestamp, step::steps,
    },
    live::use_deploy::DeploySignals,
};
use leptos::prelude::*;

const ID: &str = "0192f0c1-2b6e-7c3a-9d4e-5f60718293a4";
const COMMIT: &str = "4be1c09a7d52f8e36b0c1d94a85f27e3d6c0b1a9";
/// 2026-11-20 12:03:07 UTC, a Friday: when every deploy here was asked for.
const NOON: i64 = 1_795_176_187;

/// A deploy that goes well: each status, with the second in which it was accepted.
const WELL: [(Status, i64); 9] = [
    (Status::Requested, 0),
    (Status::Dispatched, 2),
    (Status::SmokeGateStarted, 9),
    (Status::SmokeGatePassed, 52),
    (Status::FreezeCheckStarted, 58),
    (Status::FreezeCheckPassed, 60),
    (Status::Building, 66),
    (Status::Deploying, 190),
    (Status::Succeeded, 224),
];

/// So many seconds after the request.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(NOON + second).expect("it is this century")
}

/// A deploy that has come so far, on the way of one that goes well.
pub(crate) fn reached(status: Status) -> Deploy {
    of(&until(status))
}

/// A deploy that ended so, a minute after it had come so far.
pub(crate) fn ended(end: Status, after: Status) -> Deploy {
    let mut path = until(after);
    let second = path.last().map_or(0, |(_, second)| second + 60);
    path.push((end.into(), second));
    of(&path)
}

fn until(status: Status) -> Vec<(StoredStatus, i64)> {
    let behind = WELL.iter().take_while(|(passed, _)| *passed <= status);
    behind.map(|(passed, second)| (StoredStatus::from(*passed), *second)).collect()
}

/// A deploy of `storefront` to `production` that took this path.
pub(crate) fn of(path: &[(StoredStatus, i64)]) -> Deploy {
    let history: Vec<_> = path.iter().map(|(status, second)| entry(status, *second)).collect();
    let last = history.last().expect("a path has an end").clone();
    let has_run = path.iter().any(|(status, _)| status.known() == Some(Status::Dispatched));
    let deploy = Deploy {
        id: id(),
        app: "storefront".to_owned(),
        environment: "production".to_owned(),
        git_ref: "main".to_owned(),
        commit: None,
        commit_details: None,
        origin: Origin::Request,
        status: last.status,
        version: 1,
        github_run_id: has_run.then_some(4207),
        github_run_url: has_run
            .then(|| "https://github.example/acme/storefront/actions/runs/4207".to_owned()),
        run_state: None,
        run_attempt: None,
        attempt: 1,
        legs: Vec::new(),
        run_read_at: None,
        superseded_by: None,
        cancellation: None,
        abandoned: None,
        approval: None,
        freeze_override: None,
        freeze: None,
        inputs: InputValues::default(),
        requested_by: "operator".to_owned(),
        reason: None,
        requested_at: at(0),
        updated_at: last.at,
        finished_at: None,
        failure_stage: None,
        history,
        steps: Vec::new(),
    };
    let finished_at = deploy.status.is_terminal().then_some(deploy.updated_at);
    gated(Deploy { finished_at, ..deploy }, Gates { smoke_gate: true, freeze_check: true })
}

/// The same where these gates exist.
pub(crate) fn gated(deploy: Deploy, gates: Gates) -> Deploy {
    let steps = steps(&deploy.status, &deploy.history, gates, deploy.failure_stage).to_vec();
    Deploy { steps, ..deploy }
}

/// A deploy that failed in this stage, as its workflow said.
pub(crate) fn failed_in(stage: FailureStage) -> Deploy {
    let began = match stage {
        FailureStage::SmokeGate => Status::SmokeGateStarted,
        FailureStage::FreezeCheck => Status::FreezeCheckStarted,
        FailureStage::Deploy => Status::Building,
        FailureStage::HealthCheck => Status::Deploying,
    };
    let deploy = Deploy { failure_stage: Some(stage), ..ended(Status::Failed, began) };
    gated(deploy, Gates { smoke_gate: true, freeze_check: true })
}

/// The same with all that the workflow said taken from GitHub's record.
pub(crate) fn healed(mut deploy: Deploy) -> Deploy {
    for entry in deploy.history.iter_mut().filter(|entry| entry.source == Source::Callback) {
        entry.source = Source::Reconciler;
        entry.log_line = None;
        entry.evidence = Some("job 88213".to_owned());
    }
    gated(deploy, Gates { smoke_gate: true, freeze_check: true })
}

/// The same with a commit that is known.
pub(crate) fn with_commit(deploy: Deploy) -> Deploy {
    Deploy { commit: Some(commit()), ..deploy }
}

/// The deploy that is live.
pub(crate) fn live() -> Deploy {
    with_commit(Deploy { git_ref: "v1.4".to_owned(), ..reached(Status::Succeeded) })
}

pub(crate) fn commit() -> Commit {
    COMMIT.parse().expect("it is a commit")
}

pub(crate) fn id() -> DeployId {
    ID.parse().expect("it is an id")
}

pub(crate) fn freeze_id() -> FreezeId {
    ID.parse().expect("it is an id")
}

fn entry(status: &StoredStatus, second: i64) -> HistoryEntry {
    let said = status.known().and_then(log_line);
    if status.known() == Some(Status::TimedOut) {
        return past_its_deadline(second);
    }
    HistoryEntry {
        status: status.clone(),
        at: at(second),
        source: if said.is_some() { Source::Callback } else { Source::Console },
        log_line: said.map(str::to_owned),
        evidence: said.map(|_| format!("msg_{second:04}")),
        proved_by: None,
    }
}

fn past_its_deadline(second: i64) -> HistoryEntry {
    HistoryEntry {
        status: Status::TimedOut.into(),
        at: at(second),
        source: Source::Reconciler,
        log_line: Some("No event ended it within its deadline of 45 min.".to_owned()),
        evidence: Some(DEADLINE.to_owned()),
        proved_by: None,
    }
}

/// What the workflow says with a status; nothing, where the console itself reaches it.
const fn log_line(status: Status) -> Option<&'static str> {
    match status {
        Status::Requested | Status::Dispatched | Status::TimedOut => None,
        Status::SmokeGateStarted => Some("Smoke gate started"),
        Status::SmokeGatePassed => Some("Smoke gate passed: 42 of 42 checks"),
        Status::FreezeCheckStarted => Some("Asking whether deploys are frozen"),
        Status::FreezeCheckPassed => Some("No freeze holds"),
        Status::Building => Some("Building main"),
        Status::Deploying => Some("Rolled out; checking its health"),
        Status::Succeeded => Some("Healthy after 3 checks"),
        Status::Failed => Some("Exit status 1"),
    }
}

/// A deploy that is followed; the server last answered in this second.
pub(crate) fn signals(deploy: Deploy, last_contact: Option<i64>) -> DeploySignals {
    DeploySignals {
        deploy: signal(deploy).0,
        last_contact: signal(last_contact.map(at)).0,
        error: signal(None::<UiError>).0,
        github: signal(None::<GitHubOutage>).0,
        usual: signal(usual()).0,
        denied: signal(None).0,
        may_approve: signal(None).0,
        outcome: signal(None).0,
        ends_at: signal(Some(at(600))).0,
        wait: signal(None).0,
        show_newer: Callback::new(|_| ()),
    }
}

/// How long each step usually takes.
pub(crate) fn usual() -> Vec<DurationStats> {
    let seconds = |step| match step {
        StepKey::SmokeGate => (41, 65),
        StepKey::FreezeCheck => (2, 5),
        StepKey::Deploy => (118, 160),
        StepKey::HealthCheck => (30, 48),
    };
    let usual = |step| {
        let (median, p90) = seconds(step);
        DurationStats { step, median, p90, samples: 20 }
    };
    StepKey::ALL.map(usual).to_vec()
}

/// Frozen for the weekend.
pub(crate) fn frozen() -> Frozen {
    let until = Some(at(2 * 86_400));
    let reason = "Weekend".to_owned();
    let hold = ActiveFreeze { freeze_id: freeze_id(), reason, declared_by: "operator".to_owned(), until };
    Frozen { holds: vec![hold], opens_at: until }
}

/// Frozen until it is lifted.
pub(crate) fn frozen_until_lifted() -> Frozen {
    let reason = "Moving the database".to_owned();
    let hold =
        ActiveFreeze { freeze_id: freeze_id(), reason, declared_by: "operator".to_owned(), until: None };
    Frozen { holds: vec![hold], opens_at: None }
}

pub(crate) fn trouble(until: Option<Timestamp>) -> GitHubOutage {
    GitHubOutage { since: at(70), what: "it answered 503".to_owned(), until }
}

pub(crate) fn cancellation(state: app::domain::CancelState) -> Cancellation {
    Cancellation { requested_at: at(100), requested_by: "operator".to_owned(), state, why: None }
}
