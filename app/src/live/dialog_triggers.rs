//! Buttons that the server rendered, and that open a dialog here. They may be on the page, or come to it later.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Calls `open` with the button when one that matches `selector` is clicked, in place of what it does without scripts.
/// Until the owner goes.
pub fn use_dialog_triggers(selector: &'static str, open: impl Fn(&Element) + Clone + 'static) {
    Effect::new(move || {
        let open = open.clone();
        let listener = window_event_listener(ev::click, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let button = target.and_then(|target| target.closest(selector).ok().flatten());
            if let Some(button) = button {
                event.prevent_default();
                if button.get_attribute("aria-disabled").as_deref() != Some("true") {
                    open(&button);
                }
            }
        });
        on_cleanup(move || listener.remove());
    });
}

/// The elements of the page that match `selector` now.
pub fn elements(selector: &str) -> impl Iterator<Item = Element> {
    let found = document().query_selector_all(selector).ok();
    let count = found.as_ref().map_or(0, web_sys::NodeList::length);
    (0..count).filter_map(move |index| found.as_ref()?.get(index)?.dyn_into().ok())
}
