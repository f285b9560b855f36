//! The parts of pages that live on in the browser. All the rest is rendered by the server, as HTML: links and forms
//! work without scripts, its code is never downloaded, and what of it may change is read again as a
//! [part](crate::live::page_refresh) of the page.
//!
//! An island carries no data. What it shows in the browser it asks for, and renders in place of what the server rendered:
//! nothing but the islands themselves is ever hydrated.

#![allow(
    missing_docs,
    reason = "the macro makes a struct of each island's data and takes no documentation for it"
)]

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

pub mod dialogs;
pub mod followed;
pub mod lazy;
pub mod slot;

use self::{dialogs::DeployDialogs, followed::Followed, slot::Slot};
use crate::{
    live::{board_filter::use_filter, event_stream::provide_news, page::find, page_refresh::use_parts},
    ui::{deploy::progress_panel, layout::freshness::Freshness},
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

/// What the page of a deploy does while that is under way: it is kept fresh, and its progress is followed.
#[island]
pub fn LiveDeploy() -> impl IntoView {
    provide_news();
    let parts = use_parts();
    Effect::new(|| {
        if let Some((section, followed)) = to_follow() {
            let slot = Slot::new(Owner::current().unwrap_or_default(), section);
            // Without the code, the section stays a part of the page.
            spawn_local(async move {
                let _ = lazy::progress(slot, followed).await;
            });
        }
    });
    view! { <Freshness parts /> }
}

/// The section of the progress, and what it says.
fn to_follow() -> Option<(HtmlElement, Followed)> {
    let section = find(&document(), &format!("[{}]", progress_panel::FOLLOWED))?;
    let id = section.get_attribute(progress_panel::FOLLOWED)?.parse().ok()?;
    let known = section.get_attribute(progress_panel::KNOWN)?.parse().ok()?;
    Some((section.dyn_into().ok()?, Followed { id, known }))
}

/// Says on `<html>` that events are heard now. Each page has one island at most, and says it when that is
/// live; a page without any, at once.
pub fn mark_hydrated() {
    if let Some(html) = document().document_element() {
        // It can only fail for a name that is not one.
        let _ = html.set_attribute("data-hydrated", "");
    }
}
