//! How deploys ended: the groups of statuses, and their numbers.

use app::{
    api::DeploysApi,
    domain::{Caller, CallerKind, DeployId, EndKind, Grant, Role},
};
use serde_json::json;
use store::DatabaseSystem;

use super::{found, totals};
use crate::support::{CONSOLE_TOML, Given, TestConsole, database::on_both, fresh, id_of, order};

/// One deploy of each end, and one under way, in the order of their requests.
struct Ends {
    console: TestConsole,
    ids: Vec<(&'static str, DeployId)>,
}

/// Staging is deployed to at once; production needs an approval, which it does not get.
async fn ends(system: DatabaseSystem) -> Ends {
    let apps = CONSOLE_TOML.replacen("freeze_check = true", "freeze_check = true, approvals = 1", 1);
    let console = TestConsole::given(Given { database: system, apps: &apps, ..Given::default() }).await;
    let mut ids = Vec::new();
    let next = || console.clock.advance(jiff::SignedDuration::from_secs(60));

    let id = console.dispatched("staging").await;
    console.walk(id, &["building", "deploying", "succeeded"]).await;
    ids.push(("succeeded", id));
    next();
    let id = console.dispatched("staging").await;
    console.walk(id, &["building", "failed"]).await;
    ids.push(("failed", id));
    next();
    let id = console.dispatched("staging").await;
    console.github.set_job(id, "smoke", "in_progress", None);
    console.github.end_run(id, "cancelled");
    console.pass().await;
    ids.push(("cancelled", id));
    next();
    let id = console.dispatched("staging").await;
    console.console.abandon(&Caller::local(), id, "it hangs".to_owned()).await.unwrap();
    // Nothing new begins beside a run that still goes on.
    console.github.end_run(id, "cancelled");
    ids.push(("abandoned", id));
    next();
    let rejected = id_of(&console.dispatch(&fresh(), &order("production")).await);
    let ben = Caller {
        kind: CallerKind::Person,
        id: "oidc:ben".to_owned(),
        name: "ben".to_owned(),
        groups: Vec::new(),
        grants: vec![Grant::everywhere(Role::Approver)],
    };
    console.console.reject(&ben, rejected, None).await.unwrap();
    ids.push(("not_approved", rejected));
    next();
    let id = console.dispatched("staging").await;
    console.github.hold_run(id, Some("pending"));
    console.pass().await;
    console.github.follow_with_another(id);
    console.github.end_run(id, "cancelled");
    console.pass().await;
    ids.push(("superseded", id));
    next();
    ids.push(("in_progress", console.dispatched("staging").await));
    Ends { console, ids }
}

async fn groups_find_each_end(system: DatabaseSystem) {
    let Ends { console, ids } = ends(system).await;
    for (group, id) in &ids {
        let expected: Vec<String> = match *group {
            // All of these are recorded as failed.
            "failed" => ids[1..6].iter().rev().map(|(_, id)| id.to_string()).collect(),
            _ => vec![id.to_string()],
        };
        assert_eq!(found(&console, &format!("status={group}")).await, expected, "{group}");
        // The column says what the journal says.
        let deploy = console.console.deploy(&Caller::local(), *id).await.unwrap().deploy;
        let kind = deploy.end_kind().map(EndKind::as_str);
        assert_eq!(kind, group.parse::<EndKind>().ok().map(EndKind::as_str), "{group}");
        let elsewhere = format!("status={group}&app=docs");
        assert!(found(&console, &elsewhere).await.is_empty(), "{group}");
    }
    assert_eq!(found(&console, "status=cancelled&environment=production").await, [""; 0]);
    assert_eq!(found(&console, "status=dispatched").await, [ids[6].1.to_string()], "exact ones stay");
    assert_eq!(found(&console, "status=stopped").await, [""; 0]);
}

async fn totals_count_every_page(system: DatabaseSystem) {
    let Ends { console, .. } = ends(system).await;
    let all = json!({
        "has_more": false, "in_progress": 1, "succeeded": 1, "timed_out": 0, "failed": 5,
        "cancelled": 1, "superseded": 1, "abandoned": 1, "not_approved": 1,
    });
    assert_eq!(totals(&console, "").await, all);
    let page = console.get("/api/internal/deploys?limit=2").await;
    let cursor = page.json["next_cursor"].as_str().unwrap();
    assert_eq!(totals(&console, &format!("query%5Bcursor%5D={cursor}&query%5Blimit%5D=1")).await, all);
    let of = async |query: &str| totals(&console, query).await;
    assert_eq!(of("query%5Benvironment%5D=production").await["failed"], 1);
    assert_eq!(of("query%5Bstatus%5D=cancelled").await["cancelled"], 1);
    assert_eq!(of("query%5Bstatus%5D=in_progress").await["in_progress"], 1);
    assert_eq!(of("query%5Bperson%5D=nobody").await["failed"], 0);
    let page = console.get("/deploys").await.text;
    for words in ["7 deploys", "/deploys?status=cancelled", "/deploys?status=in_progress"] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

/// Past a thousand, it is said that there are more: they are not counted.
async fn totals_are_bounded(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let mut raw = console.database.raw().await;
    raw.run(&crate::support::bulk::fill(system, 1_200)).await.unwrap();
    let counted = async |query: &str| {
        let totals = totals(&console, query).await;
        let names = ["in_progress", "succeeded", "failed", "timed_out"];
        let sum: i64 = names.map(|name| totals[name].as_i64().unwrap()).iter().sum();
        (sum, totals["has_more"].as_bool().unwrap())
    };
    assert_eq!(counted("").await, (1_000, true));
    assert_eq!(counted("query%5Bperson%5D=RARE").await, (40, false));
    let page = console.get("/deploys").await.text;
    assert!(page.contains("More than 1,000 deploys. Of the newest 1,000"), "{page}");
}

on_both!(groups_find_each_end, totals_count_every_page, totals_are_bounded);
