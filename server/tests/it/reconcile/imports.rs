//! Runs that the console did not start: a push, or a workflow that was run by hand. They become deploys, with an
//! origin of their own, once each.

use app::domain::RunRef;
use app::domain::{DeployId, Origin, Source, Status};
use futures::future::join_all;
use runtime::ids::uuid_of;
use serde_json::{Value, json};
use server::audit;
use store::{Announce, Channels, DatabaseSystem, DeployFilter, Import, ImportOutcome, StoredDeploy};

use crate::support::{
    CONSOLE_TOML, Given, TestConsole, database::on_both, fresh, invariants::assert_path, noon, order,
};

const REPO: &str = "acme/shop";
const WORKFLOW: &str = "deploy.yml";

fn by_hand(console: &TestConsole, environment: &str) -> i64 {
    console.github.by_hand(REPO, WORKFLOW, environment, "v1.4.2")
}

/// Every deploy, newest first, each with its journal in order.
async fn deploys(console: &TestConsole) -> Vec<StoredDeploy> {
    let filter = DeployFilter { limit: 99, ..DeployFilter::default() };
    let deploys = console.database.store.deploys(&filter).await.unwrap();
    for deploy in &deploys {
        assert_path(deploy, &console.journal(deploy.id).await);
    }
    audit::verify(&*console.database.store, None).await.unwrap();
    deploys
}

async fn only(console: &TestConsole) -> Value {
    let deploys = deploys(console).await;
    assert_eq!(deploys.len(), 1, "{deploys:#?}");
    console.deploy(deploys[0].id).await
}

/// A run that a person started by hand is followed by its record.
async fn manual_run_is_followed_by_its_record(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let run = by_hand(&console, "production");
    assert_eq!((console.import().await, console.import().await), (1, 0), "once");
    let deploy = only(&console).await;
    assert_eq!(
        (&deploy["status"], &deploy["requested_by"], &deploy["github_run_id"]),
        (&json!("dispatched"), &json!("octocat"), &json!(run))
    );
    assert_eq!(deploy["origin"], json!({ "kind": "github", "event": "workflow_dispatch" }));
    assert_eq!((&deploy["git_ref"], deploy.get("commit")), (&json!("v1.4.2"), None), "a ref may move");

    console.github.succeed(run);
    assert_eq!(console.pass().await, 1);
    let deploy = only(&console).await;
    assert_eq!(deploy["status"], "succeeded");
    assert_eq!(deploy["finished_at"], json!(noon()), "it was seen to end");
    assert!(deploy["history"].as_array().unwrap().iter().all(|entry| entry["source"] == "reconciler"));
    assert_eq!((console.import().await, console.pass().await), (0, 0));
}

/// A push that had ended is there whole, and since when GitHub says.
async fn ended_push_is_imported_whole(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let (run, commit) = console.github.push(REPO, WORKFLOW, "staging");
    console.github.succeed(run);
    assert_eq!(console.import().await, 1);
    let deploy = only(&console).await;
    let ended = console.github.updated_at(run).unwrap();
    assert_eq!((&deploy["status"], &deploy["commit"]), (&json!("succeeded"), &json!(commit)));
    let finished: app::domain::Timestamp = deploy["finished_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(finished.as_millisecond(), ended.as_millisecond(), "not when it was found");
    let page = console.get(&format!("/deploys/{}", deploy["id"].as_str().unwrap())).await.text;
    assert!(
        page.contains("Started on GitHub (push), not here") && page.contains("octocat on GitHub"),
        "{page}"
    );
}

/// What ended before the console knew of it is no news; what it saw ending is.
async fn only_ends_seen_live_are_announced(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let channels = Channels { slack: true, webhook: false };
    let store = console.database.announcing(&Announce::to(channels)).await;
    let import = |run: i64, environment: &str, ended_at| Import {
        id: DeployId::new(uuid_of(&run.to_string())),
        app: "shop".to_owned(),
        environment: environment.to_owned(),
        git_ref: "main".parse().unwrap(),
        commit: None,
        event: "push".to_owned(),
        ended_at,
        started_by: "octocat".to_owned(),
        started_at: noon(),
        run: RunRef { id: run, url: String::new() },
        rerun: None,
        actor: "reconciler".to_owned(),
        at: noon(),
    };
    for (import, messages) in [(import(1, "production", Some(noon())), 0), (import(2, "staging", None), 1)] {
        assert_eq!(store.import(&import).await.unwrap(), ImportOutcome::New);
        let end = store::Advance {
            past: import.origin().past(),
            ..crate::support::sample::advance(import.id, Status::Failed, Source::Reconciler)
        };
        store.advance(&end).await.unwrap();
        assert_eq!(console.database.count("outbox").await, messages);
    }
}

/// What a crash left of an import is healed, as what it is.
/// A crash after the import leaves a live row: the next pass ends it as the import would have.
async fn f39_interrupted_import_is_healed(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let (run, _) = console.github.push(REPO, WORKFLOW, "production");
    console.github.succeed(run);
    let ended = console.github.updated_at(run).unwrap();
    let import = Import {
        id: DeployId::new(uuid_of("of the crash")),
        app: "shop".to_owned(),
        environment: "production".to_owned(),
        git_ref: "main".parse().unwrap(),
        commit: None,
        event: "push".to_owned(),
        ended_at: Some(ended),
        started_by: "octocat".to_owned(),
        started_at: noon(),
        run: RunRef { id: run, url: String::new() },
        rerun: None,
        actor: "reconciler".to_owned(),
        at: noon(),
    };
    assert_eq!(console.database.store.import(&import).await.unwrap(), ImportOutcome::New);
    assert_eq!((console.import().await, console.pass().await), (0, 1));
    let [deploy] = &deploys(&console).await[..] else { panic!() };
    assert_eq!((deploy.status.known(), &deploy.origin), (Some(Status::Succeeded), &import.origin()));
    assert_eq!(deploy.finished_at.unwrap().as_millisecond(), ended.as_millisecond());
}

async fn f45_two_instances_import_once(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let runs = ["production", "staging"].map(|environment| console.github.push(REPO, WORKFLOW, environment));
    for (run, _) in &runs {
        console.github.succeed(*run);
    }
    let passes = (0..4).map(|_| {
        let (reconciler, _) = console.reconciler();
        tokio::spawn(async move { reconciler.import().await })
    });
    join_all(passes).await;
    console.import().await;
    console.pass().await;
    let deploys = deploys(&console).await;
    assert_eq!(deploys.len(), 2);
    for deploy in deploys {
        assert_eq!((deploy.status.as_str(), deploy.history.len()), ("succeeded", 8), "{deploy:#?}");
    }
}

async fn own_run_is_never_imported(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    // One whose run is known, and one whose run GitHub did not name.
    console.dispatched("production").await;
    console.requested("staging").await;
    assert_eq!(console.github.runs(), 2);
    assert_eq!(console.import().await, 0);
    // Nor one whose title does not carry its id.
    let id = deploys(&console).await.into_iter().find(|deploy| deploy.run.is_some()).unwrap().id;
    let run = console.github.runs_for(id)[0];
    console.github.retitle(run, "Deploy main to production (by hand)");
    console.report(id, "failed").await;
    assert_eq!((console.import().await, deploys(&console).await.len()), (0, 2));
}

/// While a deploy is under way a run has to wait, and the other way round.
async fn live_deploy_and_run_wait_for_each_other(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let ours = console.dispatched("production").await;
    let (run, _) = console.github.push(REPO, WORKFLOW, "production");
    console.github.succeed(run);
    assert_eq!(console.import().await, 0);
    console.report(ours, "failed").await;
    assert_eq!(console.import().await, 1);

    by_hand(&console, "production");
    assert_eq!(console.import().await, 1);
    let refused = console.dispatch(&fresh(), &order("production")).await;
    assert_eq!((refused.status, &refused.json["code"]), (409, &json!("deploy_under_way")));
    let theirs: DeployId = refused.json["active_deploy_id"].as_str().unwrap().parse().unwrap();
    let imported = deploys(&console).await.into_iter().find(|deploy| deploy.id == theirs).unwrap();
    assert!(imported.origin.is_github());
}

/// More than a pass would take wait for one environment: the other one's are taken all the same.
#[tokio::test]
async fn waiting_runs_block_only_their_environment() {
    let console = TestConsole::new().await;
    console.dispatched("production").await;
    for _ in 0..7 {
        let (run, _) = console.github.push(REPO, WORKFLOW, "production");
        console.github.succeed(run);
    }
    by_hand(&console, "staging");
    assert_eq!(console.import().await, 1);
    assert!(deploys(&console).await.iter().any(|deploy| deploy.environment == "staging"));
}

#[tokio::test]
async fn ended_runs_come_first() {
    let console = TestConsole::new().await;
    let (first, _) = console.github.push(REPO, WORKFLOW, "production");
    console.github.succeed(first);
    let second = by_hand(&console, "production");
    assert_eq!(console.import().await, 2, "what is live is known though another is under way");
    let mut runs: Vec<_> = deploys(&console)
        .await
        .into_iter()
        .map(|deploy| (deploy.run.unwrap().id, deploy.status.to_string()))
        .collect();
    runs.sort();
    assert_eq!(runs, [(first, "succeeded".to_owned()), (second, "dispatched".to_owned())]);
}

/// A run whose title does not say where it goes is not taken.
#[tokio::test]
async fn untitled_run_is_not_imported() {
    let console = TestConsole::new().await;
    for title in
        ["Fix the price of apples", "Deploy main to nowhere (by hand)", "Deploy ..x to production ()"]
    {
        let run = by_hand(&console, "production");
        console.github.retitle(run, title);
    }
    assert_eq!((console.import().await, deploys(&console).await.len()), (0, 0));
}

/// A run that ended and does not say how is passed over once.
/// The deploy job is named otherwise than the console was told: how the run ended is not known, and is not made up.
#[tokio::test]
async fn ended_run_without_outcome_is_skipped_once() {
    let apps = CONSOLE_TOML.replace("ref =", "jobs = { deploy = \"roll out\" }\nref =");
    let console = TestConsole::given(Given { apps: &apps, ..Given::default() }).await;
    let (run, _) = console.github.push(REPO, WORKFLOW, "production");
    console.github.succeed(run);
    let (reconciler, _) = console.reconciler();
    assert_eq!(reconciler.import().await, 0);
    let reads = console.github.reads();
    assert_eq!(reconciler.import().await, 0);
    assert_eq!(console.github.reads(), reads + 1, "the list alone is read again");
    assert_eq!(deploys(&console).await, []);
}

/// A new console has many runs before it: it does not ask GitHub for all of them at once.
#[tokio::test]
async fn pass_imports_five_and_next_continues() {
    let console = TestConsole::new().await;
    for _ in 0..7 {
        let (run, _) = console.github.push(REPO, WORKFLOW, "production");
        console.github.succeed(run);
    }
    assert_eq!((console.import().await, console.import().await, console.import().await), (5, 2, 0));
    let deploys = deploys(&console).await;
    assert!(deploys.iter().all(|deploy| matches!(deploy.origin, Origin::GitHub { ended_at: Some(_), .. })));
}

/// While GitHub is down nothing is imported, and then it is.
#[tokio::test]
async fn f35_github_outage_delays_imports() {
    let console = TestConsole::new().await;
    by_hand(&console, "production");
    console.github.set_outage(Some(github_fake::Outage::Answering(503)));
    assert_eq!(console.import().await, 0);
    console.github.set_outage(None);
    assert_eq!(console.import().await, 1);
}

/// While nothing has changed, looking costs nothing of GitHub's limit.
#[tokio::test]
async fn f26_unchanged_list_costs_nothing() {
    let console = TestConsole::new().await;
    by_hand(&console, "production");
    console.import().await;
    let unchanged = console.github.unchanged_reads();
    console.import().await;
    assert_eq!(console.github.unchanged_reads(), unchanged + 1);
}

on_both!(
    manual_run_is_followed_by_its_record,
    ended_push_is_imported_whole,
    only_ends_seen_live_are_announced,
    f39_interrupted_import_is_healed,
    f45_two_instances_import_once,
    own_run_is_never_imported,
    live_deploy_and_run_wait_for_each_other,
);
