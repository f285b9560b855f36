//! The fields of an app's own inputs in the deploy form.

use app::{
    api::{ErrorCode, Problem},
    domain::{Deploy, InputKind, InputSpec},
    ui::deploy_form::{
        dialog::{DeployDialog, DialogRequest},
        target::{DeployTarget, write_inputs},
    },
};
use leptos::prelude::*;
use serde_json::json;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, HtmlSelectElement};

use super::{
    form::{focused, target},
    support::{
        fixture::deploy,
        page::{NEVER, Page, settle, until},
        script::Script,
        session_storage,
    },
};

fn spec(name: &str, kind: InputKind, default: Option<&str>, required: bool) -> InputSpec {
    InputSpec { name: name.to_owned(), kind, default: default.map(str::to_owned), required }
}

fn target_with_inputs() -> DeployTarget {
    let regions = InputKind::Choice(vec!["eu".to_owned(), "us".to_owned()]);
    let inputs = vec![
        spec("region", regions, None, true),
        spec("dry_run", InputKind::Boolean, Some("true"), false),
        spec("ticket_number", InputKind::String, Some("OPS-1"), true),
        spec("note", InputKind::String, None, false),
    ];
    DeployTarget { inputs: write_inputs(&inputs), ..target(false) }
}

/// The dialog, open on the form; a tab that keeps something opens on that.
async fn opened(script: &Script) -> Page {
    let page = Page::new(script, NEVER, || {
        let request = RwSignal::new(None);
        Effect::new(move || {
            request.set(Some(DialogRequest::Form(target_with_inputs())));
        });
        view! { <DeployDialog request /> }
    });
    until("the dialog is open", || page.find("dialog[open]").is_some()).await;
    page
}

fn choose(page: &Page, label: &str, value: &str) {
    let select: HtmlSelectElement = page.field(label).unchecked_into();
    select.set_value(value);
    select.dispatch_event(&Event::new("change").expect("a name")).expect("an event");
}

fn problem(page: &Page, name: &str) -> String {
    page.get(&format!("#deploy-input-{name}-problem")).text_content().unwrap_or_default()
}

fn is_invalid(page: &Page, label: &str) -> bool {
    page.field(label).get_attribute("aria-invalid").as_deref() == Some("true")
}

fn accepted() -> Deploy {
    deploy(&["requested", "dispatched"])
}

#[wasm_bindgen_test]
async fn inputs_are_typed_and_sent() {
    session_storage::clear();
    let script = Script::default();
    let page = opened(&script).await;
    assert_eq!(page.field("Ticket number").value(), "OPS-1");
    assert!(page.field("Dry run").checked() && page.field("Ticket number").required());
    choose(&page, "Region", "us");
    page.field("Dry run").click();
    page.fill("Ticket number", "OPS-7");
    page.click("Deploy");
    until("sent", || script.asked() == 1).await;
    let [sent] = &script.dispatches()[..] else { panic!("not one") };
    assert_eq!(
        serde_json::to_value(&sent.request.inputs).expect("JSON"),
        json!({ "region": "us", "dry_run": "false", "ticket_number": "OPS-7", "note": "" })
    );
    script.answer(Ok(accepted())).await;
    until("progress", || page.status().as_deref() == Some("dispatched")).await;
}

#[wasm_bindgen_test]
async fn wrong_input_is_explained_at_its_field() {
    session_storage::clear();
    let script = Script::default();
    let page = opened(&script).await;
    page.fill("Ticket number", " ");
    page.click("Deploy");
    until("it says so", || !problem(&page, "region").is_empty()).await;
    until("focus on the first of them", || focused().as_deref() == Some("deploy-input-region")).await;
    assert_eq!(
        (problem(&page, "region"), problem(&page, "ticket_number")),
        ("Give a value.".into(), "Give a value.".into())
    );
    assert!(is_invalid(&page, "Region") && is_invalid(&page, "Ticket number") && !is_invalid(&page, "Note"));
    settle().await;
    assert_eq!(script.asked(), 0);
    page.fill("Ticket number", "OPS-7");
    until("taken back", || problem(&page, "ticket_number").is_empty()).await;
    assert!(is_invalid(&page, "Region"), "the other one still needs a value");
    choose(&page, "Region", "eu");
    page.click("Deploy");
    until("sent", || script.asked() == 1).await;

    let said = "inputs.region: give one of us. inputs.ticket_number: give 3 characters at most.";
    script.answer(Err(Problem::new(ErrorCode::InvalidInput).with_detail(said).into())).await;
    until("refused", || problem(&page, "region") == "Give one of us.").await;
    assert_eq!(problem(&page, "ticket_number"), "Give 3 characters at most.");
    until("focus", || focused().as_deref() == Some("deploy-input-region")).await;
}

/// Unanswered inputs are there again after a reload, and locked.
#[wasm_bindgen_test]
async fn f60_reload_restores_the_inputs() {
    session_storage::clear();
    let script = Script::default();
    {
        let page = opened(&script).await;
        choose(&page, "Region", "us");
        page.field("Dry run").click();
        page.fill("Note", "the fix");
        page.click("Deploy");
        until("sent", || script.asked() == 1).await;
    }
    let page = opened(&script).await;
    let region: HtmlSelectElement = page.field("Region").unchecked_into();
    assert_eq!((region.value().as_str(), region.disabled()), ("us", true));
    assert!(!page.field("Dry run").checked() && page.field("Dry run").disabled());
    assert_eq!((page.field("Note").value().as_str(), page.field("Note").read_only()), ("the fix", true));
    page.click("Retry");
    until("sent again", || script.asked() == 2).await;
    let sent = script.dispatches();
    assert_eq!(sent[0], sent[1]);
    session_storage::clear();
}
