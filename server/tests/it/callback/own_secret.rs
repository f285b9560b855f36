//! An app with a callback secret of its own: for its deploys that one alone is taken, and for no other's.

use app::{api::ErrorCode, domain::DeployId};
use axum::Router;
use serde_json::json;
use server::{
    config::{Apps, CallbackSecrets},
    http::WebhookGate,
    router::{router, state::AppState},
};
use webhook::{MessageId, SigningSecrets, sign};

use crate::support::{
    Answer, Given, SECRET, TestConsole, assert_problem, claim, fresh, id_of, nobody, request,
};
use runtime::clock::Clock;

const APPS: &str = r#"
    [[app]]
    name = "shop"
    repo = "acme/shop"
    workflow = "deploy.yml"
    ref = "main"
    callback_secret_variable = "SHOP_SECRET"
    environments = [{ name = "staging", freeze_check = false }]

    [[app]]
    name = "search"
    repo = "acme/search"
    workflow = "deploy.yml"
    ref = "main"
    environments = [{ name = "staging", freeze_check = false }]
"#;

fn read(shop: Option<&str>) -> Result<CallbackSecrets, String> {
    let apps = Apps::parse(APPS, "console.toml").unwrap();
    let get = |key: &str| shop.filter(|_| key == "SHOP_SECRET").map(str::to_owned);
    CallbackSecrets::read(Some(SECRET.parse().unwrap()), &apps, &get).map_err(|error| error.to_string())
}

/// Posts a callback that is signed with this secret.
async fn report(console: &TestConsole, router: &Router, id: DeployId, secret: &str) -> Answer {
    let secret: SigningSecrets = secret.parse().unwrap();
    let (delivery, body) = (MessageId::from(fresh().as_str()), claim(id, "smoke_gate_started").to_string());
    let seconds = console.clock.now().as_second();
    let posted = request("POST", &format!("/api/internal/deploys/{id}/callback"))
        .header("content-type", "application/json")
        .header("webhook-id", delivery.as_str())
        .header("webhook-timestamp", seconds)
        .header("webhook-signature", sign(&secret, &delivery, seconds, body.as_bytes()))
        .body(body.into());
    Answer::of(router, posted.unwrap()).await
}

#[tokio::test]
async fn secret_of_an_app_is_for_its_deploys_alone() {
    let console = TestConsole::given(Given { apps: APPS, ..Given::default() }).await;
    let secrets = read(Some("of-shop older-of-shop")).unwrap();
    let router = router(AppState { secrets, ..console.state(WebhookGate::default()) });
    let dispatch = async |app: &str| {
        let order = json!({ "app": app, "environment": "staging", "git_ref": "main" });
        id_of(&console.dispatch(&fresh(), &order).await)
    };
    let (shop, search) = (dispatch("shop").await, dispatch("search").await);
    for (id, secret) in
        [(shop, SECRET), (search, "of-shop"), (search, "older-of-shop"), (nobody(), "of-shop")]
    {
        assert_problem(&report(&console, &router, id, secret).await, ErrorCode::InvalidSignature);
    }
    for id in [shop, search] {
        assert_eq!(console.deploy(id).await["status"], "dispatched");
    }
    assert_eq!(report(&console, &router, search, SECRET).await.json["outcome"], "applied");
    assert_eq!(report(&console, &router, shop, "older-of-shop").await.json["outcome"], "applied");
    assert_eq!(report(&console, &router, shop, "of-shop").await.json["outcome"], "repeated");
    assert_problem(&report(&console, &router, nobody(), SECRET).await, ErrorCode::UnknownDeploy);
}

#[test]
fn variable_that_is_named_has_to_be_set() {
    assert!(read(Some("of-shop")).is_ok());
    let line = read(None).unwrap_err();
    assert!(line.starts_with("SHOP_SECRET: is not set, but app `shop` names it"), "{line}");
    assert!(read(Some("  ")).unwrap_err().starts_with("SHOP_SECRET: is empty"));
    // A secret in the place of its variable's name is refused, and not shown.
    for wrong in ["", "whsec_canary", "canary", "CANARY-1", "9CANARY"] {
        let text = APPS.replace("SHOP_SECRET", wrong);
        let line = Apps::parse(&text, "console.toml").unwrap_err().to_string();
        assert!(
            line.contains("callback_secret_variable") && !line.to_lowercase().contains("canary"),
            "{line}"
        );
    }
}
