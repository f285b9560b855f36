//! What people see of GitHub's gate: who tried, what GitHub was told, and why. All of it without scripts.

use app::{api::BoardApi, domain::Caller};
use serde_json::json;
use store::DatabaseSystem;

use super::{Gated, PRODUCTION};
use crate::{
    access::people::{by_proxy, person},
    pages::rendering::text_of,
    support::{CONSOLE_TOML, Given, TestConsole, database::on_both},
};

/// A run that is stopped is on the board, with who started it; until a deploy succeeds.
async fn f97_board_says_who_tried(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    let freeze = gated.freeze().await;
    let run = gated.by_hand().await;
    gated.settle().await;
    let board = text_of(&gated.console.get("/").await.text);
    assert!(board.contains("octocat’s run by hand was stopped"), "{board}");
    assert!(board.contains(&format!("run {run}")), "{board}");
    gated.lift(freeze).await;
    let gate = async || {
        let board = gated.console.console.board(&Caller::local()).await.unwrap();
        let environment = board.apps[0].environments.iter().find(|found| found.name == PRODUCTION).cloned();
        environment.and_then(|environment| environment.gate)
    };
    assert!(gate().await.is_some(), "it was stopped, whatever is frozen now");
    gated.console.github.end(run, "failure");
    gated.console.succeeded(PRODUCTION, &"a".repeat(40)).await;
    assert_eq!(gate().await, None, "that is over");
}

/// The deploy of the run says why it ended, in the console's own words.
async fn f97_stopped_deploy_says_why(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    gated.freeze().await;
    let run = gated.by_hand().await;
    assert_eq!(gated.console.import().await, 1);
    gated.settle().await;
    let id = gated.requests().await[0]["deploy_id"].as_str().unwrap().parse().unwrap();
    gated.console.github.end(run, "failure");
    gated.console.pass().await;
    let deploy = gated.console.deploy(id).await;
    let said = deploy["history"].as_array().unwrap().last().unwrap()["log_line"].clone();
    assert_eq!(deploy["status"], "failed");
    assert!(said.as_str().unwrap().contains("freeze on production of shop"), "{said}");
}

async fn f97_page_says_what_github_was_told(system: DatabaseSystem) {
    let gated = Gated::on(system).await;
    let empty = text_of(&gated.console.get("/protection").await.text);
    assert!(empty.contains("GitHub has asked nothing yet."), "{empty}");
    gated.freeze().await;
    gated.by_hand().await;
    let waits = text_of(&gated.console.get("/protection").await.text);
    assert!(waits.contains("Not looked at yet") && waits.contains("Waits for the decision"), "{waits}");
    gated.settle().await;
    let page = text_of(&gated.console.get("/protection").await.text);
    for part in ["shop to production", "started by octocat", "Stopped", "There is a freeze on", "Told at"] {
        assert!(page.contains(part), "{part} is not in: {page}");
    }
}

/// By its forms a run is approved or rejected; those who may not are told why, and what one may not see is not there.
async fn f97_forms_decide_for_those_who_may(system: DatabaseSystem) {
    let apps = CONSOLE_TOML.replacen("freeze_check = true", "freeze_check = true, approvals = 1", 1);
    let grant =
        |role: &str, more: &str| format!("[[grant]]\nrole = \"{role}\"\nto = [\"group:{role}\"]\n{more}");
    let elsewhere = "apps = [\"nothing\"]\n".replace("nothing", "shop");
    let apps =
        format!("{apps}\n{}{}{}", grant("admin", ""), grant("approver", &elsewhere), grant("viewer", ""));
    let given = Given { database: system, apps: &apps, sign_in: by_proxy(), ..Given::default() };
    let gated = Gated::given(given).await;
    let run = gated.by_hand().await;
    gated.settle().await;
    let console = &gated.console;
    let viewer = person(console, "eve", "viewer");
    let page = text_of(&viewer.get("/protection").await.text);
    assert!(page.contains("It needs the role approver on shop in production."), "{page}");
    let own = text_of(&person(console, "octocat", "approver").get("/protection").await.text);
    assert!(own.contains("You started it: another person has to approve it."), "{own}");
    let approver = person(console, "ada", "approver");
    let page = approver.get("/protection").await.text;
    let requests = approver.get("/api/internal/protection-requests").await.json;
    let id = requests["requests"][0]["id"].as_str().unwrap();
    assert!(page.contains(&format!("action=\"/protection/{id}/approve\"")), "{page}");
    let (_, refused) = viewer.form(&format!("/protection/{id}/approve"), "comment=").await;
    assert_eq!(refused.as_deref(), Some("not_allowed"));
    let (done, problem) = approver.form(&format!("/protection/{id}/approve"), "comment=Fine").await;
    assert_eq!((done.header("location"), problem), (Some("/protection"), None));
    assert_eq!(gated.answered_once(run).0, github_fake::ProtectionState::Approved);
    let (_, again) = approver.form(&format!("/protection/{id}/reject"), "comment=").await;
    assert_eq!(again.as_deref(), Some("not_awaiting_approval"));
    let (nowhere, _) = approver.form("/protection/7/approve", "comment=").await;
    assert_eq!(nowhere.header("location"), Some("/protection"));
    let unknown = approver
        .post(&format!("/api/internal/protection-requests/{}/reject", uuid::Uuid::nil()), &json!({}))
        .await;
    assert_eq!((unknown.status, &unknown.json["code"]), (404, &json!("unknown_deploy")));
}

/// The doctor looks for what a run by hand could pass; a console that is no App is asked nothing.
async fn f97_doctor_says_what_is_bound(system: DatabaseSystem) {
    let gate = async |gated: &Gated| {
        let report = gated.console.get("/api/internal/doctor").await.json;
        let checks = report["apps"][0]["checks"].as_array().unwrap().clone();
        checks.into_iter().find(|check| check["subject"] == "gate")
    };
    let bound = Gated::on(system).await;
    assert_eq!(gate(&bound).await.unwrap()["result"], "ok");
    let open = Gated::on(system).await;
    open.console.github.unprotect("acme/shop", PRODUCTION);
    let said = gate(&open).await.unwrap();
    assert_eq!(said["result"], "warning");
    assert!(said["found"].as_str().unwrap().contains("into production:"), "{said}");
    let by_token = Gated { console: TestConsole::over(system).await };
    assert_eq!(gate(&by_token).await, None);
}

on_both!(
    f97_doctor_says_what_is_bound,
    f97_board_says_who_tried,
    f97_stopped_deploy_says_why,
    f97_page_says_what_github_was_told,
    f97_forms_decide_for_those_who_may,
);
