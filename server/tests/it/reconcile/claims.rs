//! F73: runs whose title claims a deploy, and whose workflow is not ours.

use app::domain::Caller;
use app::{
    api::BoardApi,
    domain::{Claim, ClaimOrigin},
};
use github_fake::{Fault, ForeignRun};

use crate::support::{CONSOLE_TOML, Given, TestConsole, fresh, order};

const REPO: &str = "acme/shop";
const WORKFLOW: &str = "deploy.yml";
const TITLE: &str = "Deploy v9 to production (by hand)";

async fn claim(console: &TestConsole) -> Option<Claim> {
    let board = console.console.board(&Caller::local()).await.unwrap();
    board.apps[0].environments.iter().find_map(|environment| environment.claim.clone())
}

fn foreign(console: &TestConsole, run: ForeignRun<'_>) -> i64 {
    console.github.foreign_run(REPO, WORKFLOW, ForeignRun { title: TITLE, ..run })
}

/// It is said, it changes nothing of what is live, and nobody waits for it.
#[tokio::test]
async fn f73_foreign_run_only_claims() {
    for (run, origin) in [
        (
            ForeignRun { fork: Some("mallory/shop"), event: "pull_request", ..ForeignRun::default() },
            ClaimOrigin::Fork("mallory/shop".to_owned()),
        ),
        (
            ForeignRun { fork: Some("mallory/shop"), ..ForeignRun::default() },
            ClaimOrigin::Fork("mallory/shop".to_owned()),
        ),
        (
            ForeignRun { head_branch: "feature", ..ForeignRun::default() },
            ClaimOrigin::Ref("feature".to_owned()),
        ),
        (
            ForeignRun { event: "pull_request", ..ForeignRun::default() },
            ClaimOrigin::Event("pull_request".to_owned()),
        ),
        (
            ForeignRun { event: "workflow_run", ..ForeignRun::default() },
            ClaimOrigin::Event("workflow_run".to_owned()),
        ),
    ] {
        let console = TestConsole::new().await;
        let run = foreign(&console, run);
        assert_eq!(console.import().await, 0, "{origin:?}");
        let before = claim(&console).await.unwrap();
        assert_eq!((before.has_ended, &before.origin, before.git_ref.as_str()), (false, &origin, "v9"));
        console.github.succeed(run);
        assert_eq!(console.import().await, 0, "{origin:?}");
        assert!(claim(&console).await.unwrap().has_ended);
        let board = console.console.board(&Caller::local()).await.unwrap();
        let production = &board.apps[0].environments[0];
        assert!(production.last_success.is_none() && production.under_way.is_none());
        assert_eq!(console.dispatch(&fresh(), &order("production")).await.status, 201, "nobody waits for it");
    }
}

/// Nor is one that failed, or that is older than what is live, of any interest.
#[tokio::test]
async fn f73_failed_or_old_claim_is_silent() {
    let console = TestConsole::new().await;
    let run = foreign(&console, ForeignRun { head_branch: "feature", ..ForeignRun::default() });
    console.github.end(run, "failure");
    console.import().await;
    assert_eq!(claim(&console).await, None);

    let console = TestConsole::new().await;
    let run = foreign(&console, ForeignRun { head_branch: "feature", ..ForeignRun::default() });
    console.github.succeed(run);
    let (newer, _) = console.github.push(REPO, WORKFLOW, "production");
    console.github.succeed(newer);
    assert_eq!(console.import().await, 1);
    assert_eq!(claim(&console).await, None, "what is live is newer");
}

/// A schedule of ours deploys, and so do refs that are configured.
#[tokio::test]
async fn f73_configured_refs_are_believed() {
    let apps = CONSOLE_TOML.replace("ref = \"main\"", "ref = \"main\"\nimport_refs = [\"v*\", \"hotfix/*\"]");
    let console = TestConsole::given(Given { apps: &apps, ..Given::default() }).await;
    for (head_branch, event, is_believed) in [
        ("main", "schedule", true),
        ("v1.2", "push", true),
        ("hotfix/now", "workflow_dispatch", true),
        ("av1.2", "push", false),
        ("mainly", "push", false),
    ] {
        let run = foreign(&console, ForeignRun { head_branch, event, ..ForeignRun::default() });
        console.github.succeed(run);
        assert_eq!(console.import().await, usize::from(is_believed), "{head_branch} {event}");
    }
}

/// However many other runs came after it.
#[tokio::test]
async fn f73_busy_workflow_hides_no_deploy() {
    let console = TestConsole::new().await;
    for others in [40, 70] {
        let (run, _) = console.github.push(REPO, WORKFLOW, "production");
        console.github.succeed(run);
        for _ in 0..others {
            let run = foreign(&console, ForeignRun { head_branch: "feature", ..ForeignRun::default() });
            console.github.end(run, "failure");
        }
        assert_eq!(console.import().await, 1, "{others} runs after it");
    }
}

/// A title that names our deploy does not make a foreign run its run.
#[tokio::test]
async fn f73_forged_title_attaches_no_run() {
    let console = TestConsole::new().await;
    console.github.fail_next(Fault::Refused(502, String::new()));
    let answer = console.dispatch(&fresh(), &order("production")).await;
    let id = answer.json["id"].as_str().unwrap();
    let title = format!("Deploy main to production ({id})");
    for (fork, event) in [(Some("mallory/shop"), "workflow_dispatch"), (None, "pull_request")] {
        let run = ForeignRun { title: &title, fork, event, ..ForeignRun::default() };
        let _ = console.github.foreign_run(REPO, WORKFLOW, run);
    }
    console.pass().await;
    let deploy = console.deploy(id.parse().unwrap()).await;
    assert_eq!((&deploy["status"], &deploy["github_run_id"]), (&"requested".into(), &().into()));
}
