//! The parts of pages that live on in the browser. All the rest is served once, as HTML: links and forms
//! work without scripts, and its code is never downloaded.
//!
//! An island gets what it shows as data, written into the page beside it.

#![allow(
    missing_docs,
    reason = "the macro makes a struct of each island's data and takes no documentation for it"
)]

use leptos::prelude::*;

use crate::{
    api::{Board, JournalEntry, PollAnswer},
    components::{board::BoardView, deploy::DeployView},
    hooks::news::provide_news,
};

/// The board and the dialog of its buttons.
#[island]
pub fn LiveBoard(
    /// As it was read for this page.
    first: Board,
) -> impl IntoView {
    Effect::new(mark_hydrated);
    provide_news();
    view! { <BoardView first /> }
}

/// One deploy, followed while it is under way.
#[island]
pub fn LiveDeploy(
    /// As it was read for this page.
    first: PollAnswer,
    /// Its journal, as it was read for this page.
    journal: Vec<JournalEntry>,
) -> impl IntoView {
    Effect::new(mark_hydrated);
    if first.deploy.is_live() {
        provide_news();
    }
    view! { <DeployView first journal /> }
}

/// Says on `<html>` that events are heard now. Each page has one island at most, and says it when that is
/// live; a page without any, at once.
pub fn mark_hydrated() {
    if let Some(html) = document().document_element() {
        // It can only fail for a name that is not one.
        let _ = html.set_attribute("data-hydrated", "");
    }
}
