//! Before a ref is deployed: what is live, what would change, what is in the way; and the form, which needs no scripts.

use app::{api::ErrorCode, domain::Role};
use serde_json::json;
use store::DatabaseSystem;

use crate::{
    access::people::{console, person},
    support::{TestConsole, database::on_both, fresh, id_of},
};

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
    let both = "One deploy at a time · Frozen. Opens when it is lifted";
    let on_board = [both, "“closing”", "requested by", "It can be lifted"];
    let on_page =
        ["Another deploy is under way here.", "is refused", "“closing”", "requested by", "lift it under"];
    for (path, parts) in [("/", &on_board[..]), (PAGE, &on_page)] {
        let page = cell(path).await;
        for part in parts {
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

/// The markup of the field with this id.
#[track_caller]
fn field<'a>(page: &'a str, id: &str) -> &'a str {
    let field = page.split_once(&format!("for=\"{id}\"")).unwrap_or_else(|| panic!("no {id} in {page}")).1;
    &field[..field.find("class=\"field\"").unwrap_or(field.len())]
}

/// Posts a form that is refused. Returns the page that it leads back to.
async fn refused(console: &TestConsole, form: &str) -> String {
    let posted = console.post_form(PAGE, form).await;
    let back = posted.header("location").expect("it leads back");
    assert!(posted.status == 303 && back.starts_with(&format!("{PAGE}?problem=")), "{posted:?}");
    let page = console.get(back).await.text;
    assert_eq!(page.matches(" autofocus").count(), 1, "one field has the focus: {page}");
    page
}

#[tokio::test]
async fn refused_form_says_which_field_is_wrong() {
    let console = TestConsole::new().await;
    let long = "x".repeat(501);
    for (form, id, said) in [
        ("ref=", "plan-ref", "Give a branch, a tag or a commit."),
        ("ref=a..b", "plan-ref", "This is not a Git ref."),
        ("ref=ma%C2%ADin", "plan-ref", "U+00AD (soft hyphen)"),
        (&format!("ref=main&reason={long}"), "plan-reason", "Use at most 500 characters"),
        ("ref=main&environment_name=staging", "plan-name", "Type production to deploy there."),
        ("ref=main&environment_name=", "plan-name", "Type production to deploy there."),
    ] {
        let page = refused(&console, &format!("key=k&{form}")).await;
        let field = field(&page, id);
        assert!(field.contains(said) && field.contains("aria-invalid=\"true\""), "{form}: {field}");
        assert!(
            field.contains(&format!("{id}-hint {id}-problem")) && field.contains(" autofocus"),
            "{field}"
        );
        assert_eq!(page.matches("field__problem").count(), 1, "{form}: {page}");
    }
    assert_eq!(console.github.dispatches(), 0);
}

#[tokio::test]
async fn refused_form_keeps_all_but_the_name() {
    let console = TestConsole::new().await;
    console.freeze().await;
    let form = "key=k&ref=v1.8&reason=it+is+time&environment_name=production&scenario=build_fails";
    let page = refused(&console, form).await;
    let why = field(&page, "plan-override");
    assert!(why.contains("Say why the freeze is to be overridden.") && why.contains("aria-invalid"), "{why}");
    for (id, value) in [("plan-ref", "v1.8"), ("plan-reason", "it is time"), ("plan-name", "")] {
        assert!(field(&page, id).contains(&format!("value=\"{value}\"")), "{id}: {page}");
    }
    let back = console.post_form(PAGE, form).await;
    assert!(back.header("location").is_some_and(|back| back.contains("scenario=build_fails")), "{back:?}");
    let form = "key=k&ref=a..b&override_freeze=the+shop+is+down&environment_name=production";
    let page = refused(&console, form).await;
    assert!(field(&page, "plan-override").contains("value=\"the shop is down\""), "{page}");
}

/// A page of the plan names the ref whose changes it shows.
#[tokio::test]
async fn changes_are_named_by_their_ref() {
    let console = TestConsole::new().await;
    for (query, heading) in [("", "What main changes"), ("?ref=v1.8", "What v1.8 changes")] {
        let page = console.get(&format!("{PAGE}{query}")).await.text;
        assert!(page.contains(heading), "{page}");
    }
}

#[tokio::test]
async fn freeze_offers_an_override_from_the_start() {
    let console = TestConsole::new().await;
    let page = console.get(PAGE).await.text;
    assert!(!page.contains("Override") && page.contains(">Deploy</button>"), "{page}");
    console.freeze().await;
    let page = console.get(PAGE).await.text;
    for part in ["Give an override reason", "Override reason", ">Override and deploy</button>", "data-frozen"]
    {
        assert!(page.contains(part), "no {part} in {page}");
    }
}

/// What is in the way, for people who may see, deploy, and override.
#[tokio::test]
async fn who_may_not_override_is_told_who_may() {
    let grants = Role::ALL.map(|role| format!("[[grant]]\nrole = \"{role}\"\nto = [\"group:{role}\"]\n"));
    let console = console(&grants.concat()).await;
    console.freeze().await;
    let page = async |role: Role| person(&console, "ada", role.as_str()).get(PAGE).await.text;
    let deployer = page(Role::Deployer).await;
    let denied = "It needs the role operator on shop in production.";
    assert!(deployer.contains(&format!("You may not override it. {denied}")), "{deployer}");
    assert!(deployer.contains(&format!("data-override-denied=\"{denied}\"")), "{deployer}");
    assert!(!deployer.contains("Override reason") && deployer.contains(">Deploy</button>"), "{deployer}");
    let operator = page(Role::Operator).await;
    assert!(operator.contains("Override reason") && !operator.contains("override-denied"), "{operator}");
    let viewer = page(Role::Viewer).await;
    let denied = "It needs the role deployer on shop in production.";
    assert!(viewer.contains(denied) && viewer.contains("id=\"may-not-deploy\""), "{viewer}");
}
