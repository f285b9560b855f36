//! What people see of approvals: before they ask, while it waits, and afterwards. All of it without scripts.

use app::{
    api::{DeploysApi, DispatchApi, ErrorCode},
    domain::{Caller, DeployId, Grant, MayApprove, Role},
};
use axum::body::Body;
use serde_json::json;
use store::DatabaseSystem;

use super::{approve, approver, assert_refused, needing, waiting, with};
use crate::{
    access::people::{by_proxy, person},
    pages::rendering::text_of,
    support::{CONSOLE_TOML, Given, TestConsole, database::on_both, fresh, id_of, order, request},
};

fn page_of(id: DeployId) -> String {
    format!("/deploys/{id}")
}

/// A console whose production needs an approval, and where people sign in: each role is a group.
async fn signed_in(system: DatabaseSystem) -> TestConsole {
    let apps = CONSOLE_TOML.replacen("freeze_check = true", "freeze_check = true, approvals = 1", 1);
    let grant = |role: &Role| format!("[[grant]]\nrole = \"{role}\"\nto = [\"group:{role}\"]\n");
    let apps = format!("{apps}\n{}", Role::ALL.iter().map(grant).collect::<String>());
    TestConsole::given(Given { database: system, apps: &apps, sign_in: by_proxy(), ..Given::default() }).await
}

/// A deploy of ada that waits for an approval.
async fn asked_by_ada(console: &TestConsole) -> DeployId {
    let answer = person(console, "ada", "deployer").post("/api/internal/deploys", &order("production")).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    id_of(&answer)
}

async fn may(console: &TestConsole, caller: &Caller, id: DeployId) -> Option<MayApprove> {
    console.console.deploy(caller, id).await.unwrap().may_approve
}

/// Of who asks, each is told what they can do, and only while it waits.
async fn each_is_told_what_they_may(system: DatabaseSystem) {
    let console = needing(system, "2").await;
    let id = waiting(&console).await;
    let viewer = with("eve", Grant::everywhere(Role::Viewer));
    let missing = "It needs the role approver on shop in production.".to_owned();
    assert_eq!(may(&console, &Caller::local(), id).await, Some(MayApprove::OwnRequest));
    assert_eq!(may(&console, &viewer, id).await, Some(MayApprove::Denied(missing)));
    assert_eq!(may(&console, &approver("ada"), id).await, Some(MayApprove::Yes));
    approve(&console, &approver("ada"), id).await.unwrap();
    assert_eq!(may(&console, &approver("ada"), id).await, Some(MayApprove::Given));
    assert_eq!(may(&console, &approver("ben"), id).await, Some(MayApprove::Yes));
    let polled = console.console.poll(&approver("ben"), id).await.unwrap();
    assert_eq!(polled.may_approve, Some(MayApprove::Yes));
    approve(&console, &approver("ben"), id).await.unwrap();
    assert_eq!(may(&console, &approver("cleo"), id).await, None);
}

/// The lists: what one may decide, and what one waits for. What is not seen, may not be approved, or waits for GitHub
/// alone is in neither.
async fn lists_hold_what_concerns_the_caller(system: DatabaseSystem) {
    let console = needing(system, "2").await;
    console.requested("staging").await;
    let id = waiting(&console).await;
    let lists = async |caller: &Caller| {
        let awaited = console.console.approvals(caller).await.unwrap();
        let ids =
            |deploys: Vec<app::domain::Deploy>| deploys.iter().map(|deploy| deploy.id).collect::<Vec<_>>();
        (ids(awaited.to_review), ids(awaited.of_others))
    };
    let on =
        |role, app: &str| with("ben", Grant { role, apps: Some(vec![app.to_owned()]), environments: None });
    assert_eq!(lists(&Caller::local()).await, (vec![], vec![id]));
    assert_eq!(lists(&on(Role::Approver, "shop")).await, (vec![id], vec![]));
    for other in [on(Role::Deployer, "shop"), on(Role::Admin, "docs")] {
        assert_eq!(lists(&other).await, (vec![], vec![]));
    }
    approve(&console, &approver("ada"), id).await.unwrap();
    assert_eq!(lists(&approver("ada")).await, (vec![], vec![id]));
    approve(&console, &approver("ben"), id).await.unwrap();
    for caller in [approver("ada"), approver("cleo"), Caller::local()] {
        assert_eq!(lists(&caller).await, (vec![], vec![]), "it waits no more");
    }
}

/// What a form says is what the request then asks for.
async fn forms_say_how_many_approvals(system: DatabaseSystem) {
    for (approvals, rollback) in [("2", 2), ("2, rollback_needs_approval = false", 0)] {
        let console = needing(system, approvals).await;
        let plan = async |environment: &str| {
            let ask = app::api::Ask::Nothing;
            let caller = Caller::local();
            let plan = console.console.deploy_plan(&caller, "shop", environment, None, ask).await;
            plan.unwrap().approvals
        };
        assert_eq!((plan("production").await, plan("staging").await), (2, 0));
        assert_eq!(asked(&console, "/deploy/shop/production").await, 2);
        assert_eq!(asked(&console, "/deploy/shop/staging").await, 0);

        let commit = "7".repeat(40);
        let first = succeeded(&console, &commit).await;
        succeeded(&console, &"8".repeat(40)).await;
        let back = format!("/deploys/{first}/to/production");
        assert_eq!(asked(&console, &back).await, rollback, "{approvals}");
        let order =
            json!({ "app": "shop", "environment": "production", "git_ref": commit, "pinned_to": first });
        let asked_back = console.dispatch(&fresh(), &order).await.json;
        assert_eq!(asked_back["approval"]["needed"].as_i64().unwrap_or_default(), rollback, "{approvals}");
    }
}

/// How many approvals the form of a page says.
async fn asked(console: &TestConsole, path: &str) -> i64 {
    let page = console.get(path).await;
    assert_eq!(page.status, 200, "{page:?}");
    if !page.text.contains("It asks for ") {
        return 0;
    }
    assert!(page.text.contains("It asks for 2 approvals: it goes to GitHub when 2 other people"), "{page:?}");
    2
}

/// A deploy of this commit that was approved, and succeeded.
async fn succeeded(console: &TestConsole, commit: &str) -> DeployId {
    let order = json!({ "app": "shop", "environment": "production", "git_ref": commit });
    let id = id_of(&console.dispatch(&fresh(), &order).await);
    for name in ["ada", "ben"] {
        approve(console, &approver(name), id).await.unwrap();
    }
    console.walk(id, &["building", "deploying", "succeeded"]).await;
    console.clock.advance(jiff::SignedDuration::from_secs(60));
    id
}

/// The page says since when it waits and until when, who gave one, and what one may do; so does the board.
async fn page_says_what_it_waits_for(system: DatabaseSystem) {
    let console = needing(system, "2").await;
    let id = waiting(&console).await;
    let comment = Some("Looks good".to_owned());
    console.console.approve(&approver("ada"), id, comment).await.unwrap();
    let text = text_of(&console.get(&page_of(id)).await.text);
    for part in [
        "Waits for 1 approval",
        "1 of 2 approved · waits for 1 approval since ",
        "12:00:00 UTC",
        "2026-11-22 13:00 UTC",
        " if nobody else approves it.",
        "Approved by ada, ",
        ": Looks good",
        "You requested it: somebody else has to approve it.",
        "Takes the request back.",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    let page = console.get(&page_of(id)).await.text;
    for part in ["Cancel deploy", "action=\"/deploys/"] {
        let forms = page.matches(part).count();
        assert_eq!(forms, usize::from(part.starts_with("action")), "{part} in {page}");
    }
    for path in ["/", "/deploys"] {
        let list = console.get(path).await.text;
        assert!(list.contains("Waits for 1 approval") && !list.contains("asking GitHub"), "{list}");
    }
    // The time is over, and nobody has said so: then the page does not either.
    console.clock.advance(jiff::SignedDuration::from_hours(2));
    let page = text_of(&console.get(&page_of(id)).await.text);
    assert!(page.contains("waits for 1 approval since ") && !page.contains("Not approved"), "{page}");
    console.console.settle_approvals().await.unwrap();
    let page = text_of(&console.get(&page_of(id)).await.text);
    for part in ["Not approved — GitHub was not asked", "Only 1 of 2 approved it in time.", "Approved by ada"]
    {
        assert!(page.contains(part), "no {part} in {page}");
    }
    assert!(!page.contains("waits for"), "{page}");
}

/// Plain forms: with a comment or an empty one, and back to the page with a problem.
async fn plain_forms_approve_and_reject(system: DatabaseSystem) {
    let console = signed_in(system).await;
    let (ada, ben) = (person(&console, "ada", "admin"), person(&console, "ben", "approver"));
    let id = asked_by_ada(&console).await;
    let page = page_of(id);
    let shown = ben.get(&page).await.text;
    for form in ["approve", "reject"] {
        assert!(shown.contains(&format!("action=\"{page}/{form}\"")), "{shown}");
    }
    let (_, own) = ada.form(&format!("{page}/approve"), "comment=").await;
    assert_eq!(own.as_deref(), Some("own_request"));
    let (sent, _) = ben.form(&format!("{page}/approve"), "comment=").await;
    assert_eq!((sent.status, sent.header("location")), (303, Some(&*page)));
    let deploy = ben.get(&format!("/api/internal{page}")).await.json;
    let comment = &deploy["approval"]["given"][0]["comment"];
    assert_eq!((&deploy["status"], comment), (&json!("dispatched"), &json!(null)));
    assert!(text_of(&ada.get(&page).await.text).contains("Approved by ben, "));
    let (_, late) = ben.form(&format!("{page}/reject"), "comment=x").await;
    assert_eq!(late.as_deref(), Some("not_awaiting_approval"));
    console.walk(id, &["failed"]).await;

    let page = page_of(asked_by_ada(&console).await);
    let (sent, _) = ben.form(&format!("{page}/reject"), "comment=Not+on+a+Friday").await;
    assert_eq!((sent.status, sent.header("location")), (303, Some(&*page)));
    let shown = text_of(&ada.get(&page).await.text);
    for part in ["Not approved — GitHub was not asked", "Rejected by ben: Not on a Friday"] {
        assert!(shown.contains(part), "no {part} in {shown}");
    }
    assert_eq!(console.github.dispatches(), 1);
    let (nowhere, _) = ben.form("/deploys/1/approve", "comment=").await;
    assert_eq!(nowhere.header("location"), Some("/approvals"));
}

/// Server functions hold to the same rules, and answer with the deploy.
async fn server_functions_approve_and_reject(system: DatabaseSystem) {
    let console = needing(system, "1").await;
    let id = waiting(&console).await;
    let post = async |what: &str| {
        let request = request("POST", &format!("/api/ui/{what}")).header("content-type", "application/json");
        let body = json!({ "id": id, "comment": "" }).to_string();
        console.send(request.body(Body::from(body)).unwrap()).await
    };
    for what in ["approve", "reject"] {
        let answer = post(what).await;
        assert_eq!(answer.status, 409, "{answer:?}");
        assert!(answer.text.contains("own_request"), "{answer:?}");
    }
    assert_refused(approve(&console, &Caller::local(), id).await, ErrorCode::OwnRequest);
    let lists = console.get("/api/ui/approvals").await;
    assert_eq!(lists.json["of_others"][0]["id"], json!(id), "{lists:?}");
}

/// The page of what waits: for those who may approve, for who asked, and where there is nothing.
async fn approvals_page_shows_what_waits(system: DatabaseSystem) {
    let console = signed_in(system).await;
    let shown = async |name: &str, role: &str| {
        let page = person(&console, name, role).get("/approvals").await;
        assert_eq!(page.status, 200, "{page:?}");
        assert!(page.text.contains("data-follow"), "it is followed");
        page.text
    };
    assert!(shown("ben", "approver").await.contains("Nothing waits for you."));
    assert!(shown("eve", "viewer").await.contains("it needs the role approver"));
    let id = asked_by_ada(&console).await;
    let of_ben = shown("ben", "approver").await;
    let link = format!("href=\"/deploys/{id}\"");
    for part in ["<title>1 to approve · Approvals", "Review shop to production", "Ends at ", &link] {
        assert!(of_ben.contains(part), "no {part} in {of_ben}");
    }
    let of_ada = shown("ada", "approver").await;
    assert!(of_ada.contains("Open shop to production") && !of_ada.contains("Review shop"), "{of_ada}");
    assert!(!shown("eve", "viewer").await.contains(&link));
}

on_both!(
    each_is_told_what_they_may,
    lists_hold_what_concerns_the_caller,
    forms_say_how_many_approvals,
    page_says_what_it_waits_for,
    plain_forms_approve_and_reject,
    server_functions_approve_and_reject,
    approvals_page_shows_what_waits,
);
