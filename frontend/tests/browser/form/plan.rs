//! What the form shows of the plan: what changes, by the ref in the field, and what is in the way, before the press.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use app::{
    api::{ErrorCode, Problem, UiError},
    live::{
        event_stream::{StreamEvent, provide_events},
        source::{PageSource, TypingPause},
    },
    ui::deploy_form::dialog::{DeployDialog, DialogRequest},
};
use futures::channel::oneshot;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    super::{
        event_stream::{is_open, push_event_of, say, stream},
        support::{
            page::{AT_ONCE, NEVER, Page, settle, until},
            script::Script,
            session_storage,
            timers::{running_timers, watch_timers},
        },
    },
    focused, problem, target,
};
type Answer = oneshot::Sender<Result<String, UiError>>;
/// The address that was asked for, and who waits for the page.
type Question = (String, Option<Answer>);

/// Pages of the plan, as a test answers them.
#[derive(Clone, Default)]
pub(super) struct Plans(Arc<Mutex<Vec<Question>>>);

impl Plans {
    fn source(&self) -> PageSource {
        let plans = self.clone();
        PageSource::new(move |address| {
            let (answer, answered) = oneshot::channel();
            plans.0.lock().expect("one thread").push((address, Some(answer)));
            Box::pin(async move { answered.await.unwrap_or(Err(UiError::Unreachable)) })
        })
    }

    pub(super) fn asked(&self) -> Vec<String> {
        self.0.lock().expect("one thread").iter().map(|(address, _)| address.clone()).collect()
    }

    /// Answers a question, by its number.
    fn give(&self, number: usize, answer: Result<String, UiError>) {
        let waiting = self.0.lock().expect("one thread")[number].1.take().expect("not answered yet");
        let _ = waiting.send(answer);
    }

    /// Answers the newest question as soon as there are so many.
    pub(super) async fn answer(&self, count: usize, page: &str) {
        until("the plan is asked for", || self.asked().len() == count).await;
        self.give(count - 1, Ok(page.to_owned()));
    }
}

/// The page of a plan: what is in the way, and what changes.
pub(super) fn plan(attributes: &str, in_the_way: &str, changes: &str) -> String {
    format!(
        "<p>not this</p><div data-part='in-the-way' {attributes}>{in_the_way}</div>\
         <div data-part='changes'>{changes}</div>\
         <div data-part='refs'><datalist id='plan-refs'><option value='v1.4'></option></datalist></div>"
    )
}

fn brings(what: &str) -> String {
    plan("", "", &format!("<p>Brings {what}</p>"))
}

/// An environment that is frozen until it is lifted.
pub(super) fn frozen(attributes: &str) -> String {
    plan(&format!("data-frozen {attributes}"), "<p>Deploys here are frozen.</p>", "")
}

/// The form of an environment that has to be named or not, with a stream of events. It asks as soon as something is
/// typed.
pub(super) async fn opened(script: &Script, plans: &Plans, asks_for_name: bool) -> Page {
    opened_with(script, plans, asks_for_name, AT_ONCE).await
}

async fn opened_with(script: &Script, plans: &Plans, asks_for_name: bool, pause: Duration) -> Page {
    session_storage::clear();
    let (source, stream) = (plans.source(), stream());
    let page = Page::new(script, NEVER, move || {
        provide_context(TypingPause(pause));
        provide_context(source);
        provide_context(stream);
        provide_events();
        let request = RwSignal::new(None);
        let open = move |_| {
            request.set(Some(DialogRequest::Form(target(asks_for_name))));
        };
        view! {
            <button type="button" on:click=open>"Open"</button>
            <DeployDialog request />
        }
    });
    until("it listens", is_open).await;
    say(StreamEvent::Heartbeat);
    page.click("Open");
    until("the dialog is open", || page.find("dialog[open]").is_some()).await;
    page
}

fn address(git_ref: &str) -> String {
    format!("/deploy/storefront/production?ref={git_ref}")
}

#[wasm_bindgen_test]
async fn changes_follow_the_typing() {
    let (script, plans) = (Script::default(), Plans::default());
    let page = opened_with(&script, &plans, false, Duration::from_secs(2)).await;
    until("asked at once", || plans.asked() == [address("main")]).await;
    assert!(page.has("Reading what main changes…"));
    plans.answer(1, &brings("three commits")).await;
    until("the plan", || page.has("Brings three commits")).await;
    assert!(!page.has("not this") && page.find("datalist option[value='v1.4']").is_some());

    for typed in ["v", "v1", "v1.8/a b", "v1.8 "] {
        page.fill("Git ref", typed);
        settle().await;
        assert!(!page.has("Brings three commits"), "they are of main");
    }
    assert!(page.has("Reading what v1.8 changes…"));
    assert_eq!(plans.asked().len(), 1, "nothing is asked while typing goes on");
    plans.answer(2, &brings("nine commits")).await;
    until("the changes of what was typed", || page.has("Brings nine commits")).await;
    assert_eq!(plans.asked(), [address("main"), address("v1.8")]);
    assert!(!page.has("Reading what"));
}

#[wasm_bindgen_test]
async fn answer_for_an_older_ref_is_dropped() {
    let (script, plans) = (Script::default(), Plans::default());
    let page = opened(&script, &plans, false).await;
    plans.answer(1, &brings("three commits")).await;
    for (number, typed) in [(1, "v1"), (2, "v2")] {
        page.fill("Git ref", typed);
        until("asked", || plans.asked().len() == number + 1).await;
    }
    plans.give(2, Ok(brings("two commits")));
    until("the changes of v2", || page.has("Brings two commits")).await;
    plans.give(1, Ok(brings("one commit")));
    settle().await;
    assert!(page.has("Brings two commits") && !page.has("one commit"), "{}", page.text());

    for (number, typed) in [(3, "v3"), (4, "v4")] {
        page.fill("Git ref", typed);
        until("asked", || plans.asked().len() == number + 1).await;
    }
    plans.give(3, Ok(brings("three times three")));
    settle().await;
    assert!(page.has("Reading what v4 changes…") && !page.has("three times three"), "{}", page.text());
}

#[wasm_bindgen_test]
async fn what_cannot_be_a_ref_is_not_asked_for() {
    let (script, plans) = (Script::default(), Plans::default());
    let page = opened(&script, &plans, false).await;
    plans.answer(1, &brings("three commits")).await;
    page.fill("Git ref", "feature//x");
    until("it says so", || problem(&page, "ref").contains("This is not a Git ref.")).await;
    assert!(!page.has("Reading what") && !page.has("Brings three commits"));
    assert_eq!(page.field("Git ref").get_attribute("aria-invalid").as_deref(), Some("true"));
    page.fill("Git ref", "");
    until("taken back", || problem(&page, "ref").is_empty()).await;
    page.fill("Git ref", "v1.8");
    plans.answer(2, &brings("nine commits")).await;
    until("the changes", || page.has("Brings nine commits")).await;
    assert_eq!(plans.asked(), [address("main"), address("v1.8")]);
}

#[wasm_bindgen_test]
async fn unread_changes_are_said_to_be_unread() {
    let (script, plans) = (Script::default(), Plans::default());
    let page = opened(&script, &plans, false).await;
    plans.answer(1, "no plan").await;
    until("it says so", || page.has("What main changes could not be read.")).await;
    page.click("Deploy");
    until("sent all the same", || script.asked() == 1).await;
}

#[wasm_bindgen_test]
async fn event_makes_a_freeze_appear() {
    let (script, plans) = (Script::default(), Plans::default());
    let page = opened(&script, &plans, false).await;
    plans.answer(1, &brings("three commits")).await;
    until("the plan", || page.has("Brings three commits")).await;
    assert!(page.find("#deploy-override").is_none() && page.button("Deploy").is_some());
    for _ in 0..3 {
        push_event_of("0192f0c1-2b6e-7c3a-9d4e-5f60718293a4");
    }
    plans.answer(2, &frozen("")).await;
    until("the freeze", || page.has("Deploys here are frozen.") && page.find("#deploy-override").is_some())
        .await;
    settle().await;
    assert_eq!(plans.asked(), [address("main"), address("main")], "many events are one question");
    assert!(page.button("Deploy").is_some());
    page.fill("Override reason", "the shop is down");
    until("what a press does", || page.button("Override and deploy").is_some()).await;

    push_event_of("0192f0c1-2b6e-7c3a-9d4e-5f60718293a4");
    plans.answer(3, &brings("three commits")).await;
    until("it is lifted", || !page.has("Deploys here are frozen.")).await;
    assert_eq!(page.field("Override reason").value(), "the shop is down", "nothing typed is lost");
    assert!(page.button("Deploy").is_some());
}

/// While a request is in flight, the deploy that it makes would be in its own way.
#[wasm_bindgen_test]
async fn plan_is_not_read_during_a_request() {
    let (script, plans) = (Script::default(), Plans::default());
    let page = opened(&script, &plans, false).await;
    plans.answer(1, &brings("three commits")).await;
    page.click("Deploy");
    until("sent", || script.asked() == 1).await;
    push_event_of("0192f0c1-2b6e-7c3a-9d4e-5f60718293a4");
    settle().await;
    assert_eq!(plans.asked().len(), 1);
    script.answer(Err(Problem::new(ErrorCode::DeployUnderWay).into())).await;
    until("asked again once it is refused", || plans.asked().len() == 2).await;
}

#[wasm_bindgen_test]
async fn missing_override_is_asked_for_before_sending() {
    let (script, plans) = (Script::default(), Plans::default());
    let page = opened(&script, &plans, true).await;
    plans.answer(1, &frozen("")).await;
    until("the field", || page.find("#deploy-override").is_some()).await;
    page.fill("Name of the environment", "production");
    page.click("Deploy");
    until("focus", || focused().as_deref() == Some("deploy-override")).await;
    assert_eq!(problem(&page, "override"), "Say why the freeze is to be overridden.");
    settle().await;
    assert_eq!(script.asked(), 0);
    page.fill("Override reason", "the shop is down");
    until("taken back", || problem(&page, "override").is_empty()).await;
    page.click("Override and deploy");
    until("sent", || script.asked() == 1).await;
    assert_eq!(script.dispatches()[0].request.override_freeze.as_deref(), Some("the shop is down"));
}

/// A freeze that has ended since the plan was read is the console's to judge.
#[wasm_bindgen_test]
async fn ended_freeze_needs_no_override() {
    let (script, plans) = (Script::default(), Plans::default());
    let page = opened(&script, &plans, false).await;
    plans.answer(1, &frozen("data-opens-at='2020-01-01T00:00:00Z'")).await;
    until("the field", || page.find("#deploy-override").is_some()).await;
    page.click("Deploy");
    until("sent", || script.asked() == 1).await;
}

#[wasm_bindgen_test]
async fn override_is_hidden_from_who_may_not() {
    let (script, plans) = (Script::default(), Plans::default());
    let page = opened(&script, &plans, false).await;
    plans.answer(1, &frozen("data-override-denied='It needs the role operator.'")).await;
    until("the freeze", || page.has("Deploys here are frozen.")).await;
    page.click("Deploy");
    script.answer(Err(Problem::new(ErrorCode::Frozen).into())).await;
    until("refused", || page.has("Nothing was deployed.")).await;
    settle().await;
    assert!(page.find("#deploy-override").is_none());
}

#[wasm_bindgen_test]
async fn who_may_not_deploy_has_no_button() {
    let (script, plans) = (Script::default(), Plans::default());
    let page = opened(&script, &plans, false).await;
    plans.answer(1, &plan("data-denied='It needs the role deployer.'", "", "")).await;
    until("why", || page.has("It needs the role deployer.")).await;
    let button = page.button("Deploy").expect("it stays in its place");
    assert_eq!(button.get_attribute("aria-disabled").as_deref(), Some("true"));
    button.click();
    settle().await;
    assert_eq!(script.asked(), 0);
}

#[wasm_bindgen_test]
async fn f67_closing_while_typing_leaves_no_timer() {
    let (script, plans) = (Script::default(), Plans::default());
    let page = opened_with(&script, &plans, false, NEVER).await;
    plans.answer(1, &brings("three commits")).await;
    settle().await;
    watch_timers();
    page.fill("Git ref", "v1.8");
    until("it waits for the next key", || running_timers() == 1).await;
    page.click("Close");
    until("closed", || page.find("form").is_none()).await;
    assert_eq!((running_timers(), plans.asked().len()), (0, 1));
}
