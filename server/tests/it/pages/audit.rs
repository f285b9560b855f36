//! The page of the whole journal.

use app::{
    domain::FreezeId,
    text::action::{ACTIONS, action_label},
};
use runtime::ids::uuid_at;
use store::{DatabaseSystem, audit::Action};

use super::rendering::text_of;
use crate::support::{TestConsole, database::on_both, freeze, noon};

async fn page_shows_entries_newest_first(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    let id = console.dispatched("production").await;
    console.console.check_journal().await;
    let page = console.get("/audit").await;
    assert_eq!(page.status, 200);
    let text = text_of(&page.text);
    let (newest, oldest) = (text.find("Dispatched").unwrap(), text.rfind("Deploy requested").unwrap());
    // Both are among the choices, too, in the other order.
    assert!(text[newest + 1..].find("Dispatched").is_some() && newest < oldest, "{text}");
    assert!(text.contains("All 2 entries are verified"), "{text}");
    assert!(
        text.contains("checked at 2026-11-22 12:00 UTC, and what was written since at 2026-11-22 12:00 UTC.")
    );
    assert!(text.contains("Dispatchedconsole.deploy.dispatched"), "{text}");
    assert!(page.text.contains(&format!("href=\"/deploys/{id}\"")), "{}", page.text);
    for export in ["export?format=jsonl", "export?format=csv"] {
        assert!(page.text.contains(&format!("href=\"/api/internal/audit/{export}\"")), "{}", page.text);
    }
}

/// The payload is shown member by member, also within members.
async fn freeze_payload_is_readable(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    console.database.store.declare(&freeze(FreezeId::new(uuid_at(noon()))), "somebody").await.unwrap();
    let text = text_of(&console.get("/audit").await.text);
    assert!(text.contains("reason closing") && text.contains("window.kind until_lifted"), "{text}");
    assert!(text.contains("app none"), "{text}");
}

async fn choice_is_kept_in_every_link(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    for _ in 0..51 {
        console.database.store.declare(&freeze(FreezeId::new(uuid_at(noon()))), "somebody").await.unwrap();
    }
    let choice = "action=console.freeze.declared&amp;actor=somebody";
    let page = console.get("/audit?action=console.freeze.declared&actor=somebody&app=").await;
    assert!(page.text.contains(&format!("href=\"/audit?{choice}&amp;before=2\"")), "{}", page.text);
    let export = format!("href=\"/api/internal/audit/export?{choice}&amp;format=csv\"");
    assert!(page.text.contains(&export), "{}", page.text);
    let older = console.get("/audit?action=console.freeze.declared&actor=somebody&before=2").await;
    assert!(older.text.contains(&format!("href=\"/audit?{choice}\"")), "Newest");
    assert!(!older.text.contains("rel=\"next\""), "{}", older.text);
    let none = console.get("/audit?actor=nobody").await;
    assert!(text_of(&none.text).contains("No entry is recorded for this choice."));
}

/// An id that is none would choose nothing: everything would be shown as if it were chosen.
async fn malformed_choices_are_refused(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    for query in ["deploy_id=x", "before=x", "since=yesterday"] {
        let page = console.get(&format!("/audit?{query}")).await;
        assert_eq!(page.status, 400, "{query}");
        assert!(text_of(&page.text).contains("A query parameter is not of its form."), "{query}");
    }
}

async fn broken_journal_is_named_on_top(system: DatabaseSystem) {
    let console = TestConsole::over(system).await;
    console.dispatched("production").await;
    assert!(text_of(&console.get("/audit").await.text).contains("Not verified since the console started"));
    console.database.tamper(&["UPDATE audit_log SET actor = 'mallory' WHERE sequence = 2"]).await;
    console.console.check_journal().await;
    let text = text_of(&console.get("/audit").await.text);
    assert!(text.contains("First: entry 2 was changed after it was written."), "{text}");
}

on_both!(
    page_shows_entries_newest_first,
    freeze_payload_is_readable,
    choice_is_kept_in_every_link,
    malformed_choices_are_refused,
    broken_journal_is_named_on_top,
);

#[test]
fn every_action_has_words_once() {
    let spelled: Vec<_> = ACTIONS.iter().map(|(spelling, _)| *spelling).collect();
    assert_eq!(spelled, Action::ALL.map(Action::as_str));
    assert_eq!(action_label("console.deploy.of_a_newer_build"), None);
}
