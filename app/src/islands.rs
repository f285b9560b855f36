//! The parts of pages that live on in the browser. All the rest is rendered by the server, as HTML: links and forms
//! work without scripts, its code is never downloaded, and what of it may change is read again as a
//! [part](crate::live::page_refresh) of the page.
//!
//! An island carries no data. What it shows in the browser it asks for, and renders in place of what the server rendered:
//! nothing but the islands themselves is ever hydrated.

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

pub mod dialog_host;
pub mod follow;
pub mod lazy;
pub mod palette_host;
pub mod slot;

use self::{dialog_host::DialogHost, follow::FollowedDeploy, slot::Slot};
use crate::{
    live::{
        board_filter::use_board_filter, event_stream::provide_events, favourites::use_favourites, page::find,
        page_refresh::use_page_refresh,
    },
    ui::{deploy::progress_panel, layout::freshness::PageFreshness},
};

/// What the board does beside being looked at: it is kept fresh, is searched, and its buttons open the dialog.
#[island]
pub fn LiveBoard() -> impl IntoView {
    Effect::new(mark_hydrated);
    provide_events();
    use_board_filter();
    use_favourites();
    let page = use_page_refresh();
    view! {
        <PageFreshness page />
        <DialogHost on_close=page.refresh />
    }
}

/// What the page of a deploy does while that is under way: it is kept fresh, and its progress is followed.
#[island]
pub fn LiveDeploy() -> impl IntoView {
    provide_events();
    let page = use_page_refresh();
    Effect::new(|| {
        if let Some((section, deploy)) = find_followed() {
            let slot = Slot::new(Owner::current().unwrap_or_default(), section);
            // Without the code, the section stays a part of the page.
            spawn_local(async move {
                let _ = lazy::progress(slot, deploy).await;
            });
        }
    });
    view! { <PageFreshness page /> }
}

/// What a list does beside being looked at: it is kept fresh.
#[island]
pub fn LiveList() -> impl IntoView {
    Effect::new(mark_hydrated);
    provide_events();
    view! { <PageFreshness page=use_page_refresh() /> }
}

/// The section that shows the progress, and the deploy that it names.
fn find_followed() -> Option<(HtmlElement, FollowedDeploy)> {
    let section = find(&document(), &format!("[{}]", progress_panel::FOLLOWED))?;
    let id = section.get_attribute(progress_panel::FOLLOWED)?.parse().ok()?;
    let known = section.get_attribute(progress_panel::KNOWN)?.parse().ok()?;
    Some((section.dyn_into().ok()?, FollowedDeploy { id, known }))
}

/// Says on `<html>` that events are handled now. Each page has one island at most, and says it when that is
/// live; a page without any, at once.
pub fn mark_hydrated() {
    if let Some(html) = document().document_element() {
        // It fails only for what is not a name.
        let _ = html.set_attribute("data-hydrated", "");
    }
}
