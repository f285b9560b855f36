//! Random grants and random calls, against the table of roles as it is written for people.

use app::domain::{DeployId, Role};
use proptest::{prelude::*, sample::subsequence, test_runner::TestCaseError};
use serde_json::json;

use super::people::{FOREIGN, Person, console, person};
use crate::support::{TestConsole, id_of, order};

const APPS: [&str; 2] = ["shop", FOREIGN];
const ENVIRONMENTS: [&str; 2] = ["production", "staging"];

#[derive(Clone, Debug)]
struct Grant {
    role: Role,
    apps: Option<Vec<&'static str>>,
    environments: Option<Vec<&'static str>>,
}

impl Grant {
    fn toml(&self) -> String {
        let list = |name: &str, list: &Option<Vec<&str>>| {
            list.as_ref().map(|list| format!("{name} = {list:?}\n")).unwrap_or_default()
        };
        let (apps, environments) = (list("apps", &self.apps), list("environments", &self.environments));
        format!("[[grant]]\nrole = \"{}\"\nto = [\"user:bob\"]\n{apps}{environments}", self.role)
    }
}

#[derive(Clone, Copy, Debug)]
enum Call {
    Look,
    Deploy,
    DeployThroughAFreeze,
    Cancel,
    Abandon,
    Plan,
    Versions,
    /// Of this app, or of all; in this environment, or in all.
    Freeze(bool, bool),
    PromoteFlag,
}

/// What the table says of a call: allowed, not allowed, or that there is nothing there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Verdict {
    Allowed,
    NotAllowed,
    NotThere,
}

/// §13's table, by hand: viewer sees; deployer deploys; approver approves; operator freezes; admin may everything.
fn verdict(grants: &[Grant], call: Call, app: &str, environment: &str) -> Verdict {
    let rank = |role: Role| match role {
        Role::Viewer => 1,
        Role::Deployer => 2,
        Role::Approver => 3,
        Role::Operator => 4,
        Role::Admin => 5,
    };
    let needed = match call {
        Call::Look | Call::Plan | Call::Versions => 1,
        Call::Deploy | Call::Cancel | Call::Abandon => 2,
        Call::DeployThroughAFreeze | Call::Freeze(..) | Call::PromoteFlag => 4,
    };
    let in_list =
        |list: &Option<Vec<&str>>, name: &str| list.as_ref().is_none_or(|list| list.contains(&name));
    let sees_app = grants.iter().any(|grant| in_list(&grant.apps, app));
    let has = |grant: &&Grant| rank(grant.role) >= needed;
    let holds = |grant: &Grant| match call {
        Call::Freeze(this_app, this_environment) => {
            (if this_app { in_list(&grant.apps, app) } else { grant.apps.is_none() })
                && (if this_environment {
                    in_list(&grant.environments, environment)
                } else {
                    grant.environments.is_none()
                })
        }
        Call::PromoteFlag => grant.apps.is_none() && in_list(&grant.environments, environment),
        _ => in_list(&grant.apps, app) && in_list(&grant.environments, environment),
    };
    let is_about_app = !matches!(call, Call::Freeze(false, _) | Call::PromoteFlag);
    // Before anything is looked up: who has the role nowhere. A form is read first.
    let is_read = needed == 1;
    let is_form = matches!(call, Call::Freeze(..) | Call::PromoteFlag);
    // The route of a deploy does not know yet that it would override a freeze.
    let of_route = if matches!(call, Call::DeployThroughAFreeze) { 2 } else { needed };
    if grants.is_empty() || (!is_form && !grants.iter().any(|grant| rank(grant.role) >= of_route)) {
        return Verdict::NotAllowed;
    }
    if is_about_app && !sees_app {
        return Verdict::NotThere;
    }
    if is_read || grants.iter().filter(has).any(holds) { Verdict::Allowed } else { Verdict::NotAllowed }
}

fn grant() -> impl Strategy<Value = Grant> {
    let role = proptest::sample::select(Role::ALL.to_vec());
    let apps = proptest::option::of(subsequence(APPS.to_vec(), 0..=2));
    let environments = proptest::option::of(subsequence(ENVIRONMENTS.to_vec(), 0..=2));
    (role, apps, environments).prop_map(|(role, apps, environments)| Grant { role, apps, environments })
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        Just(Call::Look),
        Just(Call::Deploy),
        Just(Call::DeployThroughAFreeze),
        Just(Call::Cancel),
        Just(Call::Abandon),
        Just(Call::Plan),
        Just(Call::Versions),
        (any::<bool>(), any::<bool>()).prop_map(|(app, environment)| Call::Freeze(app, environment)),
        Just(Call::PromoteFlag),
    ]
}

/// A deploy of each place, by an admin.
async fn deploys(console: &TestConsole) -> Vec<(&'static str, &'static str, DeployId)> {
    let ada = person(console, "ada", "");
    let mut deploys = Vec::new();
    for app in APPS {
        for environment in ENVIRONMENTS {
            let mut order = order(environment);
            order["app"] = app.into();
            let made = ada.post("/api/internal/deploys", &order).await;
            assert_eq!(made.status, 201, "{made:?}");
            deploys.push((app, environment, id_of(&made)));
        }
    }
    deploys
}

async fn make(bob: Person<'_>, call: Call, app: &str, environment: &str, id: DeployId) -> Verdict {
    let by_code = |status: u16, code: Option<&str>| match (status, code) {
        (403, _) | (_, Some("not_allowed")) => Verdict::NotAllowed,
        (404, _) | (_, Some("unknown_environment" | "unknown_deploy")) => Verdict::NotThere,
        _ => Verdict::Allowed,
    };
    let answer = match call {
        Call::Look => bob.get(&format!("/api/internal/deploys/{id}")).await,
        Call::Deploy => {
            let order = json!({ "app": app, "environment": environment, "git_ref": "main" });
            bob.post("/api/internal/deploys", &order).await
        }
        Call::DeployThroughAFreeze => {
            let order = json!({ "app": app, "environment": environment, "git_ref": "main", "override_freeze": "it burns" });
            bob.post("/api/internal/deploys", &order).await
        }
        Call::Cancel => bob.post(&format!("/api/internal/deploys/{id}/cancel"), &json!({})).await,
        Call::Abandon => {
            bob.post(&format!("/api/internal/deploys/{id}/abandon"), &json!({ "reason": "gone" })).await
        }
        Call::Plan => {
            let path = format!("/api/ui/deploy_plan?app={app}&environment={environment}");
            bob.get(&path).await
        }
        Call::Versions => bob.get(&format!("/api/ui/versions?app={app}&environment={environment}")).await,
        Call::Freeze(this_app, this_environment) => {
            let (app, environment) =
                (if this_app { app } else { "" }, if this_environment { environment } else { "" });
            let body = format!("kind=until_lifted&app={app}&environment={environment}&reason=quiet");
            let (answer, code) = bob.form("/freezes", &body).await;
            return by_code(answer.status, code.as_deref());
        }
        Call::PromoteFlag => {
            let body = format!("flag=CONSOLE_DEPLOY_ASYNC&environment={environment}&is_on=false");
            let (answer, code) = bob.form("/flags", &body).await;
            return by_code(answer.status, code.as_deref());
        }
    };
    by_code(answer.status, answer.json["code"].as_str())
}

/// What is read of lists, pages and events names no app that is not seen.
async fn sees_nothing_foreign(bob: Person<'_>) {
    for path in [
        "/",
        "/deploys",
        "/insight",
        "/freezes",
        "/flags",
        "/audit",
        "/doctor",
        "/me",
        "/api/internal/deploys",
        "/api/internal/deploys.csv",
        "/api/internal/audit",
        "/api/internal/audit/export?format=json",
        "/api/internal/insight",
        "/api/internal/doctor",
        "/api/ui/board",
        "/api/ui/people",
        "/api/ui/deploy_totals",
        "/api/ui/freezes",
        "/api/ui/flags",
        "/metrics",
        "/api/internal/deploys?app=canary",
        "/no/such/page",
    ] {
        let answer = bob.get(path).await;
        assert!(!answer.text.contains(FOREIGN), "{path}: {}", answer.text);
    }
}

fn play(grants: &[Grant], calls: &[(Call, usize)]) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let admin = "[[grant]]\nrole = \"admin\"\nto = [\"user:ada\"]\n";
        let text: String = grants.iter().map(Grant::toml).collect();
        let console = console(&format!("{admin}{text}")).await;
        let ada = person(&console, "ada", "");
        let places = deploys(&console).await;
        let freeze = format!("kind=until_lifted&app={FOREIGN}&environment=&reason=canary");
        assert_eq!(ada.form("/freezes", &freeze).await.1, None);
        let bob = person(&console, "bob", "");
        for (call, place) in calls {
            let (app, environment, id) = places[*place];
            let expected = verdict(grants, *call, app, environment);
            assert_eq!(
                make(bob, *call, app, environment, id).await,
                expected,
                "{call:?} {app} {environment}"
            );
        }
        if grants.iter().all(|grant| grant.apps.as_ref().is_some_and(|apps| !apps.contains(&FOREIGN))) {
            sees_nothing_foreign(bob).await;
        }
    });
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn f57_f91_callers_do_and_see_what_the_table_says(
        grants in proptest::collection::vec(grant(), 0..4),
        calls in proptest::collection::vec((call(), 0..4_usize), 1..12),
    ) {
        play(&grants, &calls)?;
    }
}
