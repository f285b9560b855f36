//! The place of the palette on every page, and what opens it.

use std::cell::{Cell, RefCell};

use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use super::{lazy, slot::Slot};
use crate::ui::layout::frame::{PALETTE, PALETTE_BUTTON};

thread_local! {
    /// Counts how often it was opened, once its code was asked for.
    static OPENED: RefCell<Option<(Owner, RwSignal<u32>)>> = const { RefCell::new(None) };
    static IS_LOADING: Cell<bool> = const { Cell::new(false) };
}

/// Begins to listen for Ctrl-K, and for the button that does the same, for as long as the page is there.
pub fn listen_for_palette() {
    let _ = window_event_listener(ev::keydown, |event| {
        if is_shortcut(&event) {
            event.prevent_default();
            open();
        }
    });
    let _ = window_event_listener(ev::click, |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let button = target.and_then(|target| target.closest(&format!("#{PALETTE_BUTTON}")).ok().flatten());
        if button.is_some() {
            event.prevent_default();
            open();
        }
    });
}

/// Not over another dialog: that one is what is looked at.
fn is_shortcut(event: &KeyboardEvent) -> bool {
    let in_dialog = document().query_selector("dialog[open]").ok().flatten().is_some();
    (event.ctrl_key() || event.meta_key()) && event.key() == "k" && !in_dialog
}

fn open() {
    let loaded = OPENED.with_borrow(|opened| opened.as_ref().map(|(_, opened)| *opened));
    if let Some(opened) = loaded {
        opened.update(|opened| *opened += 1);
    } else if !IS_LOADING.replace(true) {
        let host = document().get_element_by_id(PALETTE).and_then(|host| host.dyn_into().ok());
        if let Some(host) = host {
            spawn_local(load(host));
        }
    }
}

/// Downloads the code. Where that fails, the next time tries again.
async fn load(host: web_sys::HtmlElement) {
    let owner = Owner::new();
    let opened = owner.with(|| RwSignal::new(0));
    if lazy::palette(Slot::new(owner.clone(), host), opened.read_only()).await.is_ok() {
        OPENED.set(Some((owner, opened)));
    }
    IS_LOADING.set(false);
}
