//! Approving and rejecting: one request each, what counts is shown at once, and nothing is said to be over before the
//! console has said so.

use app::{
    api::{ErrorCode, PollAnswer, Problem, UiError},
    domain::{Approval, Deploy, GivenApproval, MayApprove},
    live::source::Review,
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::{
    fixture::deploy,
    page::{AT_ONCE, NEVER, Page, settle, until},
    script::Script,
};

/// A deploy that needs two approvals, has these, and whose time is over.
fn waiting(given: &[&str]) -> Deploy {
    let deploy = deploy(&["requested"]);
    let at = deploy.requested_at;
    let given: Vec<_> =
        given.iter().map(|by| GivenApproval { by: (*by).to_owned(), at, comment: None }).collect();
    let version = 1 + i64::try_from(given.len()).expect("they are few");
    Deploy { approval: Some(Approval { needed: 2, given, expires_at: at }), version, ..deploy }
}

fn answer(may: MayApprove, deploy: Deploy) -> PollAnswer {
    PollAnswer { may_approve: Some(may), ..deploy.into() }
}

async fn watched(script: &Script, may: MayApprove) -> Page {
    let page = Page::watching(script, NEVER, waiting(&[]));
    script.answer_poll(Ok(answer(may, waiting(&[])))).await;
    settle().await;
    page
}

#[wasm_bindgen_test]
async fn approval_is_sent_once_and_counts_at_once() {
    let script = Script::default();
    let page = watched(&script, MayApprove::Yes).await;
    assert_eq!(page.words(), "Waits for 2 approvals");
    page.fill("Comment", "Looks good");
    page.click("Approve");
    settle().await;
    page.click("Approving…");
    settle().await;
    assert_eq!(script.reviews(), [(Review::Approve, "Looks good".to_owned())]);
    script.answer(Ok(waiting(&["ben"]))).await;
    until("it counts", || page.has("Your approval counts.")).await;
    assert!(page.has("1 of 2 approved") && page.has("Approved by ben"));
    assert!(page.button("Approve").is_none() && page.button("Reject the deploy").is_some());
}

/// An answer that was on its way when the approval was recorded does not bring the form back.
#[wasm_bindgen_test]
async fn f63_overtaken_answer_does_not_ask_again() {
    let script = Script::default();
    let page = Page::watching(&script, AT_ONCE, waiting(&[]));
    script.answer_poll(Ok(answer(MayApprove::Yes, waiting(&[])))).await;
    until("it may be approved", || page.button("Approve").is_some()).await;
    until("it asks again", || script.waiting() == 1).await;
    page.click("Approve");
    until("it is sent", || script.waiting() == 2).await;
    script.answer_last(Ok(waiting(&["ben"]))).await;
    until("it counts", || page.has("Your approval counts.")).await;
    script.answer_poll(Ok(answer(MayApprove::Yes, waiting(&[])))).await;
    settle().await;
    assert!(page.has("Your approval counts.") && page.has("1 of 2 approved"));
    script.answer_poll(Ok(answer(MayApprove::Given, waiting(&["ben"])))).await;
    settle().await;
    assert!(page.has("Your approval counts.") && page.button("Approve").is_none());
}

#[wasm_bindgen_test]
async fn rejection_ends_it_with_its_reason() {
    let script = Script::default();
    let page = watched(&script, MayApprove::Given).await;
    page.fill("Comment", "Not today");
    page.click("Reject the deploy");
    settle().await;
    assert_eq!(script.reviews(), [(Review::Reject, "Not today".to_owned())]);
    let mut rejected = Deploy { approval: waiting(&[]).approval, ..deploy(&["requested", "failed"]) };
    if let Some(last) = rejected.history.last_mut() {
        last.log_line = Some("Rejected by ben: Not today".to_owned());
    }
    script.answer(Ok(rejected)).await;
    until("the end is shown", || page.has("Rejected by ben: Not today")).await;
    assert_eq!(page.words(), "Not approved — GitHub was not asked");
    assert!(!page.has("Reject") || page.button("Reject the deploy").is_none());
    assert!(!page.has("Waits for"));
}

/// What did not get through can be sent again, with the comment that was typed.
#[wasm_bindgen_test]
async fn failed_approval_keeps_the_comment() {
    let script = Script::default();
    let page = watched(&script, MayApprove::Yes).await;
    page.fill("Comment", "so");
    for error in [Problem::new(ErrorCode::Frozen).into(), UiError::Unreachable] {
        page.click("Approve");
        script.answer(Err(error)).await;
        until("it says so", || page.find("[role='alert']").is_some()).await;
        assert_eq!(page.field("Comment").value(), "so");
    }
    until("it says what follows", || page.has("Approving it again does no harm.")).await;
    assert_eq!(script.reviews().len(), 2);
}

/// Who may not is told why; who asked for it can take it back, and cancels nothing.
#[wasm_bindgen_test]
async fn those_who_may_not_are_told_why() {
    const MISSING: &str = "It needs the role approver on storefront in production.";
    for (may, button, reason) in [
        (MayApprove::OwnRequest, "Approve", "You requested it: somebody else has to approve it."),
        (MayApprove::Denied(MISSING.to_owned()), "Approve or reject…", MISSING),
    ] {
        let script = Script::default();
        let page = watched(&script, may).await;
        let button = page.button(button).expect("it is there");
        assert_eq!(button.get_attribute("aria-disabled").as_deref(), Some("true"));
        let said = button.get_attribute("aria-describedby").expect("a reason");
        assert_eq!(page.get(&format!("#{said}")).text_content().as_deref(), Some(reason));
        button.click();
        settle().await;
        assert!(script.reviews().is_empty() && page.button("Reject the deploy").is_none());
        assert!(page.button("Abandon the deploy").is_some() && page.button("Cancel deploy…").is_none());
    }
}

/// Its time is over by this browser's clock, and it is not said to have ended; nor that CI is silent, which was never
/// asked.
#[wasm_bindgen_test]
async fn elapsed_time_ends_no_waiting() {
    let script = Script::default();
    let page = watched(&script, MayApprove::Yes).await;
    assert!(page.has("Waits for 2 approvals since ") && page.has("if fewer than 2 people approve it."));
    assert!(page.button("Approve").is_some() && !page.has("No event for"));
    assert_eq!(page.status().as_deref(), Some("requested"));
}
