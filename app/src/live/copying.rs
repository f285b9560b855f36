//! The buttons that copy a text.

use std::time::Duration;

use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Element;

use crate::ui::kit::copy::COPY;

/// How long a button says what came of it.
const SAID_FOR: Duration = Duration::from_secs(2);

/// Listens to all of them, for as long as the page is there.
pub fn listen_for_copies() {
    let _ = window_event_listener(ev::click, |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let button = target.and_then(|target| target.closest(&format!("[{COPY}]")).ok().flatten());
        if let Some(button) = button {
            spawn_local(copy(button));
        }
    });
}

/// A browser has a clipboard only for pages that came over https, or from this machine.
async fn copy(button: Element) {
    let text = button.get_attribute(COPY).unwrap_or_default();
    let navigator = window().navigator();
    let is_there =
        js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_object());
    let is_copied = is_there && JsFuture::from(navigator.clipboard().write_text(&text)).await.is_ok();
    let Some(said) = button.query_selector("[role=status]").ok().flatten() else { return };
    said.set_text_content(Some(if is_copied { "Copied" } else { "The browser did not allow it" }));
    set_timeout(move || said.set_text_content(None), SAID_FOR);
}
