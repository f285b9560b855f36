//! The deploy form: one press, one deploy.

mod plan;

use std::time::Duration;

use app::{
    api::{ErrorCode, Problem},
    domain::{ActiveFreeze, Deploy, Frozen, Scenario},
    live::submission::RetryPolicy,
    ui::deploy_form::{
        dialog::{DeployDialog, DialogRequest},
        target::DeployTarget,
    },
};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use self::plan::{Plans, opened as opened_with_plan};
use super::support::{
    fixture::deploy,
    page::{NEVER, Page, settle, until},
    script::Script,
    session_storage,
};

/// The dialog, open on the form or on a deploy, in a tab that keeps nothing yet.
pub(crate) async fn opened(script: &Script, every: Duration, under_way: Option<Deploy>) -> Page {
    let retry = RetryPolicy { interval: every, ..RetryPolicy::default() };
    opened_on(script, every, retry, under_way).await
}

/// The dialog, open on the form, which repeats an unanswered request like this.
pub(crate) async fn opened_with(script: &Script, retry: RetryPolicy) -> Page {
    opened_on(script, NEVER, retry, None).await
}

async fn opened_on(script: &Script, every: Duration, retry: RetryPolicy, under_way: Option<Deploy>) -> Page {
    session_storage::clear();
    let id = under_way.as_ref().map(|deploy| deploy.id);
    let page = Page::new(script, every, move || {
        provide_context(retry);
        let request = RwSignal::new(None);
        let open = move |_| {
            request.set(Some(id.map_or_else(|| DialogRequest::Form(target(false)), DialogRequest::Watch)))
        };
        view! {
            <button type="button" on:click=open>"Open"</button>
            <DeployDialog request />
        }
    });
    let opener = page.button("Open").expect("it is there");
    opener.focus().expect("a button");
    opener.click();
    until("the dialog is open", || page.find("dialog[open]").is_some()).await;
    if let Some(deploy) = under_way {
        script.answer(Ok(deploy)).await;
        until("it is read", || page.status().is_some()).await;
    }
    page
}

/// Where the form of these tests deploys to.
pub(crate) fn target(asks_for_name: bool) -> DeployTarget {
    DeployTarget {
        app: "storefront".to_owned(),
        environment: "production".to_owned(),
        default_ref: "main".to_owned(),
        asks_for_name,
        inputs: None,
    }
}

/// The id of the element that has the focus.
pub(crate) fn focused() -> Option<String> {
    document().active_element().map(|element| element.id())
}

/// What stands beneath a field.
fn problem(page: &Page, field: &str) -> String {
    page.get(&format!("#deploy-{field}-problem")).text_content().unwrap_or_default()
}

fn under_way() -> Deploy {
    deploy(&["requested", "dispatched"])
}

#[wasm_bindgen_test]
async fn form_sends_what_was_typed() {
    let script = Script::default();
    let page = opened(&script, NEVER, None).await;
    assert_eq!(page.field("Git ref").value(), "main");
    page.fill("Git ref", " release/2026-11 ");
    page.fill("Reason", "the fix");
    page.click("Deploy");
    until("sent", || script.asked() == 1).await;
    let [sent] = &script.dispatches()[..] else { panic!("not one") };
    assert_eq!(sent.request.git_ref, "release/2026-11");
    assert_eq!(sent.request.reason.as_deref(), Some("the fix"));
    assert_eq!((sent.request.app.as_str(), sent.request.environment.as_str()), ("storefront", "production"));
    assert_eq!(sent.scenario, Some(Scenario::AllWell));
    assert_eq!(sent.key.len(), 36);
    script.answer(Ok(under_way())).await;
    until("progress in the same dialog", || page.status().as_deref() == Some("dispatched")).await;
    assert!(page.find("dialog[open] form:not(.abandon form)").is_none());
    until("announced", || {
        page.get("dialog [role='status']").text_content().as_deref() == Some("Requested. Accepted by GitHub.")
    })
    .await;
}

#[wasm_bindgen_test]
async fn f61_double_click_sends_one_request() {
    let script = Script::default();
    let page = opened(&script, NEVER, None).await;
    page.click("Deploy");
    page.click("Deploy");
    settle().await;
    page.click("Deploy");
    settle().await;
    assert_eq!(script.dispatches().len(), 1);
}

#[wasm_bindgen_test]
async fn each_opened_form_has_its_own_key() {
    let script = Script::default();
    for _ in 0..2 {
        let page = opened(&script, NEVER, None).await;
        let before = script.asked();
        page.click("Deploy");
        until("sent", || script.asked() == before + 1).await;
    }
    let sent = script.dispatches();
    assert_ne!(sent[0].key, sent[1].key);
}

#[wasm_bindgen_test]
async fn invalid_ref_is_not_sent() {
    let script = Script::default();
    let page = opened(&script, NEVER, None).await;
    page.fill("Git ref", "--force");
    page.click("Deploy");
    until("it says so", || page.has("This is not a Git ref.")).await;
    assert_eq!(page.field("Git ref").get_attribute("aria-invalid").as_deref(), Some("true"));
    assert_eq!(script.asked(), 0);
    page.fill("Git ref", "main");
    until("forgotten", || !page.has("This is not a Git ref.")).await;
}

#[wasm_bindgen_test]
async fn refusal_explains_and_keeps_the_input() {
    let script = Script::default();
    let page = opened(&script, NEVER, None).await;
    page.fill("Reason", "typed with care");
    page.click("Deploy");
    let refusal = Problem::new(ErrorCode::InvalidField).with_detail("reason: it is too long.");
    script.answer(Err(refusal.into())).await;
    until("why", || {
        page.has("A field has a value that is not allowed.") && problem(&page, "reason") == "It is too long."
    })
    .await;
    assert!(page.has("Nothing was deployed."));
    assert_eq!(page.field("Reason").value(), "typed with care");
    assert!(!page.field("Git ref").read_only());
}

/// A console that failed says why, and takes only the same request again.
#[wasm_bindgen_test]
async fn failed_console_takes_only_a_retry() {
    let script = Script::default();
    let page = opened(&script, NEVER, None).await;
    page.click("Deploy");
    let problem = Problem::new(ErrorCode::DatabaseUnavailable).with_detail("It is full.");
    script.answer(Err(problem.into())).await;
    until("why", || page.has("The database is not available.") && page.has("It is full.")).await;
    assert!(!page.has("Nothing was deployed."), "it cannot know that");
    assert!(page.field("Git ref").read_only() && page.button("Forget it").is_some());
    page.click("Retry");
    until("sent again", || script.asked() == 2).await;
    let sent = script.dispatches();
    assert_eq!(sent[0], sent[1]);
}

/// A deploy that is in the way can be watched from the form.
#[wasm_bindgen_test]
async fn f61_blocking_deploy_can_be_watched() {
    let script = Script::default();
    let page = opened(&script, NEVER, None).await;
    page.click("Deploy");
    let mut problem = Problem::new(ErrorCode::DeployUnderWay);
    problem.active_deploy_id = Some(under_way().id);
    script.answer(Err(problem.into())).await;
    until("refused", || page.button("Watch that deploy").is_some()).await;
    page.click("Watch that deploy");
    script.answer(Ok(under_way())).await;
    until("it is shown", || page.status().as_deref() == Some("dispatched")).await;
}

/// A freeze is named, and can be overridden with a reason.
#[wasm_bindgen_test]
async fn freeze_can_be_overridden_with_a_reason() {
    let (script, plans) = (Script::default(), Plans::default());
    let page = opened_with_plan(&script, &plans, false).await;
    plans.answer(1, &plan::plan("", "", "")).await;
    assert!(page.find("#deploy-override").is_none(), "there may be no freeze to override");
    page.click("Deploy");
    let hold = ActiveFreeze {
        freeze_id: under_way().id.to_string().parse().expect("a UUID"),
        reason: "quarter end".to_owned(),
        declared_by: "somebody".to_owned(),
        until: Some("2026-11-23T08:00:00Z".parse().expect("a time")),
    };
    let frozen = Frozen { holds: vec![hold], opens_at: None };
    let problem = Problem { frozen: Some(frozen), ..Problem::new(ErrorCode::Frozen) };
    script.answer(Err(problem.into())).await;
    plans.answer(2, &plan::frozen("")).await;
    until("refused", || page.has("Deploys here are frozen.") && page.find("#deploy-override").is_some())
        .await;
    until("focus", || focused().as_deref() == Some("deploy-override")).await;
    assert!(page.has("“quarter end”, declared by somebody, until 2026-11-23 08:00 UTC."));
    assert!(page.has("Nothing was deployed."));

    page.fill("Override reason", " the shop is down ");
    until("what a press does", || page.button("Override and deploy").is_some()).await;
    page.click("Override and deploy");
    until("sent again", || script.asked() == 2).await;
    until("on its way", || page.field("Override reason").read_only()).await;
    let sent = script.dispatches();
    assert_eq!(sent[0].request.override_freeze, None);
    assert_eq!(sent[1].request.override_freeze.as_deref(), Some("the shop is down"));
    script.answer(Ok(under_way())).await;
    until("progress", || page.status().as_deref() == Some("dispatched")).await;
}

#[wasm_bindgen_test]
async fn environment_must_be_typed_before_sending() {
    let (script, plans) = (Script::default(), Plans::default());
    let page = opened_with_plan(&script, &plans, true).await;
    for typed in ["", "staging", "Production"] {
        page.fill("Name of the environment", typed);
        page.click("Deploy");
        until("it says so", || problem(&page, "name") == "Type production to deploy there.").await;
        settle().await;
        assert_eq!(script.asked(), 0, "{typed}");
    }
    page.fill("Name of the environment", " production ");
    until("nothing is said", || problem(&page, "name").is_empty()).await;
    page.click("Deploy");
    until("sent", || script.asked() == 1).await;
}

/// What is typed after a refused press goes to the field that is wrong.
#[wasm_bindgen_test]
async fn focus_goes_to_the_first_wrong_field() {
    let (script, plans) = (Script::default(), Plans::default());
    let page = opened_with_plan(&script, &plans, true).await;
    for (git_ref, name, expected, said) in [
        ("a..b", "", "ref", "This is not a Git ref."),
        ("", "production", "ref", "Give a branch, a tag or a commit."),
        ("v2", "staging", "name", "Type production to deploy there."),
    ] {
        page.fill("Git ref", git_ref);
        page.fill("Name of the environment", name);
        page.button("Deploy").expect("it is there").focus().expect("a button");
        page.click("Deploy");
        let field = format!("deploy-{expected}");
        until("focus", || focused().as_ref() == Some(&field)).await;
        assert!(problem(&page, expected).contains(said), "{}", problem(&page, expected));
        let wrong = page.get(&format!("#{field}"));
        assert_eq!(wrong.get_attribute("aria-invalid").as_deref(), Some("true"));
        let described_by = wrong.get_attribute("aria-describedby").unwrap_or_default();
        assert!(described_by.ends_with(&format!("{field}-problem")), "{described_by}");
    }
    page.fill("Name of the environment", "production");
    page.click("Deploy");
    for (detail, expected, said) in [
        ("reason: at most 500 characters.", "reason", "At most 500 characters."),
        ("git_ref: write another.", "ref", "Write another."),
    ] {
        let problem_of = Problem::new(ErrorCode::InvalidField).with_detail(detail);
        script.answer(Err(problem_of.into())).await;
        until("focus", || focused() == Some(format!("deploy-{expected}"))).await;
        assert_eq!(problem(&page, expected), said);
        page.click("Deploy");
    }
}

#[wasm_bindgen_test]
async fn reopened_form_has_what_was_typed() {
    let (script, plans) = (Script::default(), Plans::default());
    let page = opened_with_plan(&script, &plans, true).await;
    page.fill("Git ref", "v1.8");
    page.fill("Reason", "typed with care ");
    page.fill("Name of the environment", "production");
    let reopen = async || {
        page.click("Close");
        until("closed", || page.find("form").is_none()).await;
        page.click("Open");
        until("open", || page.find("dialog[open] form").is_some()).await;
        (page.field("Git ref").value(), page.field("Reason").value())
    };
    settle().await;
    assert_eq!(reopen().await, ("v1.8".into(), "typed with care ".into()));
    assert_eq!(page.field("Name of the environment").value(), "", "it is typed for each deploy");
    until("the plan of that ref", || plans.asked().last().is_some_and(|asked| asked.ends_with("ref=v1.8")))
        .await;

    page.fill("Name of the environment", "production");
    page.click("Deploy");
    script.answer(Err(Problem::new(ErrorCode::DeployUnderWay).into())).await;
    until("refused", || page.has("Nothing was deployed.")).await;
    assert_eq!(reopen().await, ("v1.8".into(), "typed with care ".into()), "a refusal loses nothing");

    page.fill("Name of the environment", "production");
    page.click("Deploy");
    script.answer(Ok(under_way())).await;
    until("progress", || page.status().is_some()).await;
    assert_eq!(reopen().await, ("main".into(), String::new()));
    let keys: Vec<_> = script.dispatches().into_iter().map(|sent| sent.key).collect();
    assert_ne!(keys[0], keys[1], "each form has a key of its own");
}
