//! Before a ref is deployed: what is live, what would change, what is in the way; and the form, which needs no scripts.

use app::api::ErrorCode;
use serde_json::json;
use store::DatabaseSystem;

use crate::support::{TestConsole, database::on_both, fresh, id_of};

const PAGE: &str = "/deploy/shop/production";

/// The key of the form on a page.
fn key_of(page: &str) -> &str {
    let after = page.split_once("name=\"key\" value=\"").expect("a key").1;
    after.split_once('"').expect("its end").0
}

async fn repeated_form_presses_make_one_deploy(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let page = console.get(PAGE).await;
    assert_eq!(page.status, 200);
    let form = format!("key={}&ref=v2&reason=it+is+time&environment_name=production", key_of(&page.text));
    let pressed = console.post_form(PAGE, &form).await;
    let made = pressed.header("location").expect("it leads on").to_owned();
    assert!(pressed.status == 303 && made.starts_with("/deploys/"), "{pressed:?}");
    assert_eq!(console.post_form(PAGE, &form).await.header("location"), Some(made.as_str()), "once");
    let deploy = console.get(&format!("/api/internal{made}")).await.json;
    assert_eq!(
        (&deploy["git_ref"], &deploy["reason"], &deploy["environment"]),
        (&json!("v2"), &json!("it is time"), &json!("production"))
    );

    let refused = console.post_form(PAGE, "key=other&ref=a%2Fb&reason=a+%26+b").await;
    let back = format!("{PAGE}?problem=deploy_under_way&ref=a%2Fb&reason=a+%26+b");
    assert_eq!(refused.header("location"), Some(back.as_str()));
    let shown = console.get(&back).await.text;
    for part in ["value=\"a/b\"", "value=\"a &amp; b\"", ErrorCode::DeployUnderWay.title()] {
        assert!(shown.contains(part), "no {part} in {shown}");
    }
}

async fn earlier_refs_are_suggested(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    for git_ref in ["v1", "v2", "v1"] {
        let order = json!({ "app": "shop", "environment": "staging", "git_ref": git_ref });
        let deploy = id_of(&console.dispatch(&fresh(), &order).await);
        console.report(deploy, "failed").await;
        console.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    let page = console.get(PAGE).await.text;
    let list = page.split_once("<datalist").expect("a list").1.split_once("</datalist>").expect("its end").0;
    let refs: Vec<_> = list.split("value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(refs, ["main", "v1", "v2"]);
}

on_both!(repeated_form_presses_make_one_deploy, earlier_refs_are_suggested);

#[tokio::test]
async fn f71_ref_is_unchanged_from_address_to_form() {
    let console = TestConsole::new().await;
    for (encoded, shown) in [
        ("feature%2F%23123", "feature/#123"),
        ("a%2523", "a%23"),
        ("x%2F%252e%252e%2Fy", "x/%2e%2e/y"),
        ("a%2Bb", "a+b"),
        ("fix%2F%F0%9F%9A%80", "fix/🚀"),
    ] {
        let page = console.get(&format!("{PAGE}?ref={encoded}")).await.text;
        assert!(page.contains(&format!("value=\"{shown}\"")), "{encoded}: {page}");
        let page = console.get(&format!("/deploys?requested_by={encoded}")).await.text;
        assert!(page.contains(&format!("value=\"{shown}\"")), "{encoded}: {page}");
    }
    let page = console.get(&format!("{PAGE}?ref=ma%C2%ADin")).await.text;
    assert!(page.contains("U+00AD (soft hyphen)"), "{page}");
}

#[tokio::test]
async fn only_production_asks_for_its_name() {
    let console = TestConsole::new().await;
    assert!(console.get(PAGE).await.text.contains("pattern=\"production\""));
    assert!(!console.get("/deploy/shop/staging").await.text.contains("pattern="));
    let board = console.get("/").await.text;
    assert_eq!(board.matches("data-asks-for-name").count(), 1, "{board}");
}

/// What would change is said, or that it is not known.
#[tokio::test]
async fn changes_are_shown_or_unknown() {
    let console = TestConsole::new().await;
    let page = async |query: &str| console.get(&format!("{PAGE}{query}")).await.text;
    assert!(page("").await.contains("Nothing is live there, as far as the console knows."));
    assert!(page("?ref=a..b").await.contains("This is not a Git ref."));
    let commit = "7".repeat(40);
    console.succeeded("production", &commit).await;
    // A commit that the simulated repository has never had.
    assert!(page("").await.contains("GitHub does not know one of the two."));
}

#[tokio::test]
async fn every_blocker_is_shown_at_once() {
    let console = TestConsole::new().await;
    let cell = async |path: &str| console.get(path).await.text;
    assert!(!cell("/").await.contains("id=\"why-"), "nothing is in the way");
    console.freeze().await;
    let frozen = cell("/").await;
    assert!(frozen.contains("Frozen. Opens when it is lifted.") && frozen.contains("“closing”"), "{frozen}");
    assert!(!frozen.contains("aria-disabled=\"true\""), "whoever says why may deploy");
    let order = json!({
        "app": "shop", "environment": "production", "git_ref": "main", "override_freeze": "the shop is down",
    });
    console.dispatch(&fresh(), &order).await;
    for path in ["/", PAGE] {
        let page = cell(path).await;
        let both = "One deploy at a time · Frozen. Opens when it is lifted";
        for part in [both, "“closing”", "requested by", "It can be lifted"] {
            assert!(page.contains(part), "{path}: no {part} in {page}");
        }
    }
    assert_eq!(cell("/").await.matches("aria-disabled=\"true\"").count(), 1);
}

#[tokio::test]
async fn tab_title_shows_the_live_deploy() {
    let console = TestConsole::new().await;
    let title = async |path: &str| {
        let page = console.get(path).await.text;
        assert_eq!(page.matches("rel=\"icon\"").count(), 1, "{page}");
        let after = page.split_once("<title>").expect("a title").1;
        after.split_once("</title>").expect("its end").0.to_owned()
    };
    assert_eq!(title("/").await, "Board · Deploy Console");
    let id = console.dispatched("production").await;
    assert_eq!(title("/").await, "1 under way · Board · Deploy Console");
    console.report(id, "smoke_gate_started").await;
    assert_eq!(
        title(&format!("/deploys/{id}")).await,
        "Smoke gate in progress · shop to production · Deploy Console"
    );
    assert_eq!(title("/nowhere").await, "Not found · Deploy Console");
}

#[tokio::test]
async fn f66_every_page_names_its_build() {
    let console = TestConsole::new().await;
    let build = async |path: &str| {
        let page = console.get(path).await.text;
        let after = page.split_once("data-build=\"").expect("a build").1;
        after.split_once('"').expect("its end").0.to_owned()
    };
    let first = build("/").await;
    assert_eq!((first.len(), &build("/deploys").await), (64, &first));
}
