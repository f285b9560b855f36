//! A deploy for a test, from the path that it took. Shared with the tests in the browser.

use app::domain::{
    Deploy, DeployId, FailureStage, Gates, HistoryEntry, Source, Status, Timestamp, step::steps,
};

/// 2026-11-22 12:03:07 UTC.
pub const NOON: i64 = 1_795_348_987;

/// A deploy of `storefront` to `production` that took this path, one entry a second, with every gate; its
/// version is the length of the path.
pub fn deploy(path: &[&str]) -> Deploy {
    let history: Vec<_> = path.iter().enumerate().map(|(second, status)| entry(second, status)).collect();
    let last = history.last().expect("a path has an end").clone();
    let finished_at = last.status.is_terminal().then_some(last.at);
    let dispatched = path.contains(&"dispatched");
    let deploy = Deploy {
        id: "0192f0c1-2b6e-7c3a-9d4e-5f60718293a4".parse::<DeployId>().expect("it is an id"),
        app: "storefront".to_owned(),
        environment: "production".to_owned(),
        git_ref: "main".to_owned(),
        status: last.status,
        version: i64::try_from(path.len()).expect("paths are short"),
        github_run_id: dispatched.then_some(42),
        github_run_url: dispatched
            .then(|| "https://github.example/acme/storefront/actions/runs/42".to_owned()),
        requested_by: "alice".to_owned(),
        reason: None,
        requested_at: at(0),
        updated_at: last.at,
        finished_at,
        failure_stage: None,
        history,
        steps: Vec::new(),
    };
    gated(deploy, Gates { smoke_gate: true, freeze_check: true })
}

/// The same where these gates exist.
pub fn gated(deploy: Deploy, gates: Gates) -> Deploy {
    let steps = steps(&deploy.status, &deploy.history, gates, deploy.failure_stage).to_vec();
    Deploy { steps, ..deploy }
}

/// The same, where the workflow named the stage that failed.
#[allow(dead_code, reason = "not every test has failures")]
pub fn failed_in(stage: FailureStage, deploy: Deploy) -> Deploy {
    gated(Deploy { failure_stage: Some(stage), ..deploy }, Gates { smoke_gate: true, freeze_check: true })
}

fn entry(second: usize, status: &str) -> HistoryEntry {
    let by_console = [Status::Requested.as_str(), Status::Dispatched.as_str()].contains(&status);
    HistoryEntry {
        status: status.into(),
        at: at(second),
        source: if by_console { Source::Console } else { Source::Callback },
        log_line: (!by_console).then(|| format!("This is {status}.")),
        evidence: (!by_console).then(|| format!("msg_{second}")),
    }
}

fn at(second: usize) -> Timestamp {
    let second = NOON + i64::try_from(second).expect("paths are short");
    Timestamp::from_second(second).expect("it is this century")
}
