//! Inputs that are configured for an app: what is sent, what is refused, and what a redeploy repeats.

use app::api::ErrorCode;
use serde_json::{Value, json};
use server::audit;

use crate::support::{CONSOLE_TOML, Given, TestConsole, assert_problem, fresh, id_of, inputs, order, shape};

fn with(environment: &str, inputs: Value) -> Value {
    let mut order = order(environment);
    order["inputs"] = inputs;
    order
}

/// What GitHub was last asked to run.
async fn last_inputs(console: &TestConsole) -> Value {
    let runs = reqwest::get(format!("{}/_rehearsal/runs", console.github.url())).await.unwrap();
    let runs: Vec<Value> = serde_json::from_slice(&runs.bytes().await.unwrap()).unwrap();
    runs.last().unwrap()["inputs"].clone()
}

#[tokio::test]
async fn inputs_are_sent_recorded_and_shown() {
    let console = inputs::console().await;
    let given = json!({ "ticket": "OPS-7 <b>", "dry_run": true });
    let answer = console.dispatch("key", &with("production", given)).await;
    let sent = json!({ "app": "shop", "dry_run": "true", "region": "eu", "ticket": "OPS-7 <b>" });
    assert_eq!((answer.status, &answer.json["inputs"]), (201, &sent), "{answer:?}");
    let mut expected = sent.clone();
    expected["console_deploy_id"] = answer.json["id"].clone();
    expected["environment"] = "production".into();
    expected["git_ref"] = "main".into();
    assert_eq!(last_inputs(&console).await, expected);

    let id = id_of(&answer);
    assert_eq!(console.journal(id).await[0].payload["inputs"], sent);
    audit::verify(&*console.database.store, None).await.unwrap();
    assert_eq!(console.deploy(id).await["inputs"], sent);
    let page = console.get(&format!("/deploys/{id}")).await.text;
    for part in ["<dt>Inputs</dt>", "OPS-7 &lt;b&gt;", "dry_run"] {
        assert!(page.contains(part), "no {part} in {page}");
    }
}

#[tokio::test]
async fn app_without_inputs_records_none() {
    let console = TestConsole::new().await;
    let id = console.dispatched("production").await;
    assert_eq!(console.deploy(id).await.get("inputs"), None);
    assert_eq!(console.journal(id).await[0].payload.get("inputs"), None);
    assert!(!console.get(&format!("/deploys/{id}")).await.text.contains("<dt>Inputs</dt>"));
}

#[tokio::test]
async fn wrong_inputs_are_refused_before_github_is_asked() {
    let console = inputs::console().await;
    let long = "x".repeat(1_001);
    for (given, says) in [
        (json!({}), "inputs.ticket: give a value."),
        (json!({ "ticket": " " }), "inputs.ticket: give a value."),
        (json!({ "ticket": long }), "inputs.ticket: give 1000 characters at most."),
        (json!({ "ticket": "a\u{0}b" }), "inputs.ticket: leave out line ends"),
        (json!({ "ticket": "1", "region": "asia" }), "inputs.region: give one of eu, us."),
        (json!({ "ticket": "1", "dry_run": "yes" }), "inputs.dry_run: give true or false."),
        (json!({ "ticket": "1", "speed": "9" }), "inputs.speed: this app takes no such input, only region"),
        (json!({ "ticket": "1", "app": "till" }), "inputs.app: this app takes no such input"),
    ] {
        let answer = console.dispatch(&fresh(), &with("production", given.clone())).await;
        let detail = assert_problem(&answer, ErrorCode::InvalidInput).detail.unwrap();
        assert!(detail.contains(says), "{given}: {detail}");
    }
    for malformed in [json!({ "ticket": 7 }), json!(["ticket"]), json!({ "ticket": null })] {
        let answer = console.dispatch(&fresh(), &with("production", malformed)).await;
        assert_problem(&answer, ErrorCode::MalformedBody);
    }
    assert_eq!(console.github.dispatches(), 0);
    assert_eq!(console.database.count("console_deploys").await, 0);
}

/// Inputs are a part of what a key stands for; a request without any is what it was before there were inputs.
#[tokio::test]
async fn key_belongs_to_its_inputs() {
    let console = inputs::console().await;
    let first = console.dispatch("key", &with("production", json!({ "ticket": "1" }))).await;
    let again = console.dispatch("key", &with("production", json!({ "ticket": "1" }))).await;
    assert_eq!((again.status, id_of(&again)), (200, id_of(&first)));
    for other in [json!({ "ticket": "2" }), json!({ "ticket": "1", "region": "eu" })] {
        let answer = console.dispatch("key", &with("production", other)).await;
        assert_problem(&answer, ErrorCode::IdempotencyKeyReused);
    }
    let without = TestConsole::new().await;
    let first = without.dispatch("key", &order("production")).await;
    let again = without.dispatch("key", &with("production", json!({}))).await;
    assert_eq!((again.status, id_of(&again)), (200, id_of(&first)));
}

/// What it was pinned to repeats its inputs, where they may still be given and no other value is.
#[tokio::test]
async fn redeploy_repeats_what_is_still_valid() {
    let console = inputs::console().await;
    let commit = |digit: &str| digit.repeat(40);
    let mut deploys = Vec::new();
    for (digit, ticket) in [("1", "OPS-1"), ("2", "OPS-2")] {
        console.clock.advance(jiff::SignedDuration::from_secs(1));
        let given = json!({ "ticket": ticket, "region": "us", "dry_run": true });
        let id = id_of(&console.dispatch(&fresh(), &with("staging", given)).await);
        console.walk(id, &["building", "deploying"]).await;
        let mut end = crate::support::claim(id, "succeeded");
        end["commit"] = commit(digit).into();
        console.callback(id, &fresh(), end.to_string()).await;
        deploys.push(id);
    }
    let pinned = |environment: &str, inputs: Value| {
        let mut order = with(environment, inputs);
        order["git_ref"] = commit("1").into();
        order["pinned_to"] = json!(deploys[0]);
        order
    };
    let rollback = console.dispatch(&fresh(), &pinned("staging", json!({}))).await;
    let repeated = json!({ "app": "shop", "dry_run": "true", "region": "us", "ticket": "OPS-1" });
    assert_eq!(rollback.json["inputs"], repeated, "{rollback:?}");
    let promotion = console.dispatch(&fresh(), &pinned("production", json!({ "region": "eu" }))).await;
    let changed = json!({ "app": "shop", "dry_run": "true", "region": "eu", "ticket": "OPS-1" });
    assert_eq!(promotion.json["inputs"], changed, "{promotion:?}");
}

#[tokio::test]
async fn undeclared_configured_input_is_named() {
    let apps = format!("{CONSOLE_TOML}\n[app.inputs]\nregion = \"eu\"\n");
    let console = TestConsole::given(Given { apps: &apps, ..Given::default() }).await;
    let answer = console.dispatch("key", &order("production")).await;
    assert_eq!(shape::path(&answer.json), ["requested", "failed"], "{answer:?}");
    let log_line = answer.json["history"][1]["log_line"].as_str().unwrap();
    assert!(
        log_line.starts_with(
            "The workflow does not declare the input region, which console.toml configures (422)."
        ),
        "{log_line}"
    );
    assert_eq!(console.github.asked_for().len(), 0, "it is not asked again without it");
}
