//! An unanswered submission outlives its page: the same key comes back, and nothing is sent by itself.

use app::{
    api::{Board, BoardApp, BoardEnvironment, DispatchRequest, ErrorCode, Problem, UiError},
    domain::{InputValues, Scenario, Timestamp},
    islands::dialog_host::DialogHost,
    live::{
        pending_submission::{forget, pending, save},
        source::Submission,
    },
    ui::board::grid::BoardGrid,
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlSelectElement;

use super::{
    form::opened,
    support::{
        fixture::{NOON, deploy},
        page::{AT_ONCE, NEVER, Page, settle, until},
        script::Script,
        session_storage,
    },
};

const UNKNOWN: &str = "Whether this deploy was recorded is not known yet.";
const LEFT: &str = "The page was reloaded, or this dialog closed, before an answer came.";

fn board() -> Board {
    let environment = |name: &str| BoardEnvironment {
        name: name.to_owned(),
        asks_for_name: false,
        frozen: None,
        under_way: None,
        last_success: None,
        version: None,
        last_ended: None,
        claim: None,
        gate: None,
        awaits_caller: false,
        upstream: None,
        denied: None,
    };
    let app = BoardApp {
        name: "storefront".to_owned(),
        repo: "acme/storefront".to_owned(),
        group: None,
        default_ref: "main".to_owned(),
        inputs: Vec::new(),
        environments: vec![environment("staging"), environment("production")],
    };
    Board { apps: vec![app], rehearsal: true, github: None, notifications: Vec::new() }
}

/// The board after a reload. A submission that is repeated by itself would be sent at once.
fn reloaded(script: &Script) -> Page {
    Page::new(script, AT_ONCE, || {
        view! {
            <BoardGrid board=board() />
            <DialogHost on_close=Callback::new(|()| {}) />
        }
    })
}

fn submission_to(app: &str, environment: &str) -> Submission {
    Submission {
        key: format!("the key of {app} {environment}"),
        request: DispatchRequest {
            app: app.to_owned(),
            environment: environment.to_owned(),
            git_ref: "v2".to_owned(),
            reason: None,
            override_freeze: None,
            pinned_to: None,
            inputs: InputValues::default(),
        },
        scenario: None,
    }
}

fn noon() -> Timestamp {
    Timestamp::from_second(NOON).expect("it is this century")
}

fn is_locked(page: &Page) -> bool {
    ["Git ref", "Reason"].iter().all(|label| page.field(label).read_only())
}

fn focused_label() -> Option<String> {
    document().active_element()?.get_attribute("aria-label")
}

/// Presses Deploy with everything filled in, and leaves the page before an answer comes.
async fn press_and_leave(script: &Script) {
    let page = opened(script, NEVER, None).await;
    page.fill("Git ref", "v2");
    page.fill("Reason", "the fix");
    let scenario: HtmlSelectElement = page.field("What should happen").unchecked_into();
    scenario.set_value(Scenario::BuildFails.as_str());
    scenario.dispatch_event(&web_sys::Event::new("change").expect("a name")).expect("an event");
    page.click("Deploy");
    until("sent", || script.asked() == 1).await;
}

/// A reload brings the unanswered press back, and sends nothing by itself.
#[wasm_bindgen_test]
async fn f60_reload_restores_the_unanswered_press() {
    let script = Script::default();
    press_and_leave(&script).await;
    let page = reloaded(&script);
    until("the dialog is open", || page.find("dialog[open]").is_some()).await;
    assert!(page.has("Deploy storefront to production") && page.has(UNKNOWN) && page.has(LEFT));
    assert!(is_locked(&page));
    assert_eq!(
        (page.field("Git ref").value(), page.field("Reason").value()),
        ("v2".into(), "the fix".into())
    );
    let scenario: HtmlSelectElement = page.field("What should happen").unchecked_into();
    assert_eq!((scenario.value().as_str(), scenario.disabled()), ("build_fails", true));
    settle().await;
    assert_eq!(script.asked(), 1);

    page.click("Retry");
    until("sent again", || script.asked() == 2).await;
    let sent = script.dispatches();
    assert_eq!(sent[0], sent[1]);
    // The first was asked by the page that is gone.
    script.answer(Err(UiError::Unreachable)).await;
    script.answer(Ok(deploy(&["requested", "dispatched"]))).await;
    until("it goes on", || page.status().as_deref() == Some("dispatched")).await;
    assert_eq!(session_storage::stored(), None);
}

/// After a reload, the focus goes to the form, and back to its button.
#[wasm_bindgen_test]
async fn f60_focus_goes_to_form_after_reload() {
    let script = Script::default();
    press_and_leave(&script).await;
    let page = reloaded(&script);
    let in_the_form = || document().active_element().is_some_and(|element| element.id() == "deploy-ref");
    until("focus in the form", in_the_form).await;
    page.click("Close");
    until("focus on the button", || focused_label().as_deref() == Some("Deploy storefront to production"))
        .await;
}

/// A press is stored before it is sent, and until it is answered.
#[wasm_bindgen_test]
async fn f60_press_is_stored_until_answered() {
    let script = Script::default();
    let page = opened(&script, NEVER, None).await;
    assert_eq!(session_storage::stored(), None);
    page.click("Deploy");
    let kept = session_storage::stored().expect("it is kept");
    until("sent", || script.asked() == 1).await;
    assert!(kept.contains(&script.dispatches()[0].key), "{kept}");
    script.answer(Err(UiError::Unreachable)).await;
    until("unanswered", || page.button("Retry now").is_some()).await;
    assert_eq!(session_storage::stored(), Some(kept));
    page.click("Retry now");
    script.answer(Ok(deploy(&["requested"]))).await;
    until("it goes on", || page.status().is_some()).await;
    assert_eq!(session_storage::stored(), None);
}

/// A refusal is an answer, unless the console itself failed.
#[wasm_bindgen_test]
async fn f60_refusal_is_an_answer_unless_console_failed() {
    for (code, is_kept) in [
        (ErrorCode::DeployUnderWay, false),
        (ErrorCode::DatabaseUnavailable, true),
        (ErrorCode::Internal, true),
    ] {
        let script = Script::default();
        let page = opened(&script, NEVER, None).await;
        page.click("Deploy");
        script.answer(Err(Problem::new(code).into())).await;
        until("refused", || page.has(code.title())).await;
        assert_eq!(session_storage::stored().is_some(), is_kept, "{code:?}");
    }
}

/// An answer that comes after the dialog was closed is one.
#[wasm_bindgen_test]
async fn f60_answer_after_closing_counts() {
    let script = Script::default();
    let page = opened(&script, NEVER, None).await;
    page.click("Deploy");
    until("sent", || script.asked() == 1).await;
    page.click("Close");
    until("closed", || page.find("dialog form").is_none()).await;
    assert!(session_storage::stored().is_some());
    script.answer(Ok(deploy(&["requested"]))).await;
    until("nothing is kept", || session_storage::stored().is_none()).await;
}

#[wasm_bindgen_test]
async fn f60_reopened_dialog_shows_unanswered_press() {
    let script = Script::default();
    let page = opened(&script, NEVER, None).await;
    page.fill("Git ref", "v2");
    page.click("Deploy");
    script.answer(Err(UiError::Unreachable)).await;
    until("unanswered", || page.button("Retry now").is_some()).await;
    page.click("Close");
    until("closed", || page.find("dialog form").is_none()).await;
    page.click("Open");
    until("open", || page.has(LEFT)).await;
    assert!(is_locked(&page) && page.field("Git ref").value() == "v2");
    page.click("Retry");
    until("sent again", || script.asked() == 2).await;
    let sent = script.dispatches();
    assert_eq!(sent[0], sent[1]);
}

/// "Forget it" closes, sends nothing and leaves a new form.
#[wasm_bindgen_test]
async fn f60_forget_it_leaves_a_new_form() {
    let script = Script::default();
    press_and_leave(&script).await;
    let page = reloaded(&script);
    until("the dialog is open", || page.find("dialog[open]").is_some()).await;
    assert!(page.has("If the deploy was recorded, it shows on the board."));
    page.click("Forget it");
    until("closed", || page.find("dialog form").is_none()).await;
    assert_eq!((session_storage::stored(), script.asked()), (None, 1));
    page.click("Deploy storefront to production");
    until("a form", || page.find("dialog form").is_some()).await;
    assert!(!is_locked(&page) && page.field("Git ref").value() == "main");
    page.click("Deploy");
    until("sent", || script.asked() == 2).await;
    let sent = script.dispatches();
    assert_ne!(sent[0].key, sent[1].key);
}

#[wasm_bindgen_test]
async fn f60_press_for_removed_environment_is_forgotten() {
    session_storage::clear();
    save(&submission_to("storefront", "gone"), noon());
    save(&submission_to("gone", "production"), noon());
    let script = Script::default();
    let page = reloaded(&script);
    until("forgotten", || session_storage::stored().is_none()).await;
    settle().await;
    assert!(page.find("dialog[open]").is_none());
}

#[wasm_bindgen_test]
fn f60_each_environment_keeps_newest_press() {
    session_storage::clear();
    save(&submission_to("storefront", "staging"), noon());
    save(&Submission { key: "older".to_owned(), ..submission_to("storefront", "production") }, noon());
    save(&submission_to("storefront", "production"), noon());
    let kept = |environment| pending("storefront", environment).map(|pending| pending.submission());
    assert_eq!(kept("staging"), Some(submission_to("storefront", "staging")));
    assert_eq!(kept("production"), Some(submission_to("storefront", "production")));
    forget("the key of storefront staging");
    assert_eq!((kept("staging").is_none(), kept("production").is_some()), (true, true));
    session_storage::clear();
}

/// A form that knows of nothing, and deploys.
async fn deploys_from_scratch(script: &Script) {
    let page = reloaded(script);
    settle().await;
    assert!(page.find("dialog[open]").is_none());
    page.click("Deploy storefront to production");
    until("a form", || page.find("dialog form").is_some()).await;
    assert!(!is_locked(&page));
    let before = script.asked();
    page.click("Deploy");
    until("sent", || script.asked() == before + 1).await;
    script.answer(Ok(deploy(&["requested", "dispatched"]))).await;
    until("it goes on", || page.status().as_deref() == Some("dispatched")).await;
}

#[wasm_bindgen_test]
async fn f60_unreadable_storage_is_ignored() {
    session_storage::clear();
    save(&submission_to("storefront", "production"), noon());
    let good = session_storage::stored().expect("it is kept");
    let newer = good.replacen("\"version\":1", "\"version\":2", 1);
    assert_ne!(newer, good);
    for text in ["", "{", "null", "[]", "\u{0}", &good[..good.len() - 1], &newer] {
        session_storage::put(text);
        deploys_from_scratch(&Script::default()).await;
    }
    session_storage::clear();
}

#[wasm_bindgen_test]
async fn f60_deploying_works_without_storage() {
    session_storage::clear();
    session_storage::forbid_storage();
    deploys_from_scratch(&Script::default()).await;
    session_storage::mend_storage();
    session_storage::fill_storage();
    deploys_from_scratch(&Script::default()).await;
    session_storage::mend_storage();
    assert_eq!(session_storage::stored(), None);
}
