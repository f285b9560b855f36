//! The parts of pages that live on in the browser. All the rest is rendered by the server, as HTML: links and forms
//! work without scripts, its code is never downloaded, and what of it may change is read again as a
//! [part](crate::hooks::parts) of the page.
//!
//! An island gets what it shows as data, written into the page beside it.

#![allow(
    missing_docs,
    reason = "the macro makes a struct of each island's data and takes no documentation for it"
)]

use leptos::prelude::*;

use crate::{
    api::PollAnswer,
    components::{deploy::DeployView, deploy_modal::DeployDialogs, freshness::Freshness},
    hooks::{filter::use_filter, news::provide_news, parts::use_parts},
};

/// What the board does beside being looked at: it is kept fresh, is searched, and its buttons open the dialog.
#[island]
pub fn LiveBoard() -> impl IntoView {
    Effect::new(mark_hydrated);
    provide_news();
    use_filter();
    let parts = use_parts();
    view! {
        <Freshness parts />
        <DeployDialogs closed=parts.refresh />
    }
}

/// One deploy, followed while it is under way.
#[island]
pub fn LiveDeploy(
    /// As it was read for this page.
    first: PollAnswer,
) -> impl IntoView {
    Effect::new(mark_hydrated);
    let parts = first.deploy.is_live().then(|| {
        provide_news();
        use_parts()
    });
    view! {
        {parts.map(|parts| view! { <Freshness parts /> })}
        <DeployView first />
    }
}

/// Says on `<html>` that events are heard now. Each page has one island at most, and says it when that is
/// live; a page without any, at once.
pub fn mark_hydrated() {
    if let Some(html) = document().document_element() {
        // It can only fail for a name that is not one.
        let _ = html.set_attribute("data-hydrated", "");
    }
}
