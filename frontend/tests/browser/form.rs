//! The deploy form: one press, one deploy.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use app::{
    api::{ErrorCode, Problem},
    domain::{ActiveFreeze, Deploy, Frozen, Scenario},
    live::{source::PageSource, submission::RetryPolicy},
    ui::deploy_form::{
        dialog::{DeployDialog, DialogRequest},
        target::DeployTarget,
    },
};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

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
    let problem = Problem::new(ErrorCode::InvalidField).with_detail("reason: it is too long.");
    script.answer(Err(problem.into())).await;
    until("why", || page.has("A field has a value that is not allowed.") && page.has("it is too long")).await;
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
    let script = Script::default();
    let page = opened(&script, NEVER, None).await;
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
    until("refused", || page.has("Deploys here are frozen.") && page.find("#deploy-override").is_some())
        .await;
    assert!(page.has("“quarter end”, declared by somebody, until 2026-11-23 08:00 UTC."));
    assert!(page.has("Nothing was deployed."));

    page.fill("Override reason", " the shop is down ");
    page.click("Deploy");
    until("sent again", || script.asked() == 2).await;
    until("on its way", || page.field("Override reason").read_only()).await;
    let sent = script.dispatches();
    assert_eq!(sent[0].request.override_freeze, None);
    assert_eq!(sent[1].request.override_freeze.as_deref(), Some("the shop is down"));
    script.answer(Ok(under_way())).await;
    until("progress", || page.status().as_deref() == Some("dispatched")).await;
}

/// The form of an environment that has to be named.
async fn opened_on_a_named_target(script: &Script, plan: &'static str) -> (Page, Arc<Mutex<Vec<String>>>) {
    session_storage::clear();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let asked_for = Arc::clone(&asked);
    let page = Page::new(script, NEVER, move || {
        provide_context(PageSource::new(move |address| {
            asked_for.lock().expect("one thread").push(address);
            Box::pin(async move { Ok(plan.to_owned()) })
        }));
        let request = RwSignal::new(None);
        Effect::new(move || request.set(Some(DialogRequest::Form(target(true)))));
        view! { <DeployDialog request /> }
    });
    until("the dialog is open", || page.find("dialog[open]").is_some()).await;
    (page, asked)
}

#[wasm_bindgen_test]
async fn environment_must_be_typed_before_sending() {
    let script = Script::default();
    let (page, _) = opened_on_a_named_target(&script, "").await;
    for typed in ["", "staging", "Production"] {
        page.fill("Name of the environment", typed);
        page.click("Deploy");
        until("it says so", || page.has("Type production to deploy there.")).await;
        settle().await;
        assert_eq!(script.asked(), 0, "{typed}");
    }
    page.fill("Name of the environment", " production ");
    until("nothing is said", || !page.has("Type production to deploy there.")).await;
    page.click("Deploy");
    until("sent", || script.asked() == 1).await;
}

#[wasm_bindgen_test]
async fn changes_are_shown_for_typed_ref() {
    const PLAN: &str = "<div data-part='changes'><p>Brings 3 commits</p></div><p>not this</p>\
        <div data-part='refs'><datalist id='plan-refs'><option value='v1.4'></option></datalist></div>";
    let script = Script::default();
    let (page, asked) = opened_on_a_named_target(&script, PLAN).await;
    until("the plan", || page.has("Brings 3 commits")).await;
    assert!(!page.has("not this") && page.find("datalist option[value='v1.4']").is_some());
    let field = page.field("Git ref");
    field.set_value("topic/a b");
    field.dispatch_event(&web_sys::Event::new("input").expect("a name")).expect("an event");
    field.dispatch_event(&web_sys::Event::new("change").expect("a name")).expect("an event");
    until("asked again", || asked.lock().expect("one thread").len() == 2).await;
    let asked = asked.lock().expect("one thread").clone();
    assert_eq!(
        asked,
        ["/deploy/storefront/production?ref=main", "/deploy/storefront/production?ref=topic%2Fa%20b"]
    );
}
