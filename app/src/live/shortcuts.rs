//! Single keys that lead somewhere, on every page, for as long as it is there.
//!
//! Never while the operator types or a dialog is open, never with a modifier, and not at all once they are switched off:
//! people who speak to their computer press many keys at once.

use std::cell::Cell;

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement, HtmlInputElement, KeyboardEvent, Storage};

use super::dialog_triggers::elements;
use crate::ui::{
    board::filter::FIELD,
    layout::shortcuts::{DIALOG, PAGES, SWITCH},
};

/// The key in `localStorage`: there where they are switched off.
const STORAGE_KEY: &str = "deploy-console.no-single-keys";

/// Begins to listen.
pub fn listen_to_keys() {
    let after_g = Cell::new(false);
    let _ = window_event_listener(ev::keydown, move |event| {
        let is_second = after_g.replace(false);
        if is_for_us(&event) {
            let key = event.key();
            if is_second {
                go_to_page(&key);
            } else if key == "g" {
                after_g.set(true);
            } else {
                run_shortcut(&event, &key);
            }
        }
    });
    let _ = window_event_listener(ev::change, |event| {
        let target = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(switch) = target.filter(|target| target.id() == SWITCH) {
            save_setting(switch.checked());
        }
    });
    if let Some(switch) = by_id::<HtmlInputElement>(SWITCH) {
        switch.set_checked(!is_off());
    }
}

/// `?` works even where the others are switched off: it leads to the switch.
fn is_for_us(event: &KeyboardEvent) -> bool {
    let is_bare = !(event.ctrl_key() || event.meta_key() || event.alt_key());
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    // A dialog that was closed a moment ago may keep the focus until the browser draws again.
    let target =
        target.filter(|target| !target.closest("dialog:not([open])").is_ok_and(|closed| closed.is_some()));
    let is_typed = target.is_some_and(|target| {
        ["INPUT", "TEXTAREA", "SELECT"].contains(&target.tag_name().as_str()) || target.is_content_editable()
    });
    let in_dialog = document().query_selector("dialog[open]").ok().flatten().is_some();
    is_bare && !is_typed && !in_dialog && (event.key() == "?" || !is_off())
}

fn run_shortcut(event: &KeyboardEvent, key: &str) {
    match key {
        "?" => {
            if let Some(dialog) = by_id::<HtmlDialogElement>(DIALOG) {
                // It fails only for a dialog that is open.
                let _ = dialog.show_modal();
            }
        }
        "/" => {
            if let Some(field) = by_id::<HtmlElement>(FIELD) {
                event.prevent_default();
                let _ = field.focus();
            }
        }
        "j" => focus_app(1),
        "k" => focus_app(-1),
        _ => {}
    }
}

/// Moves the focus to the app that is so many rows further on the board.
fn focus_app(by: i32) {
    let rows: Vec<_> = elements("tr.app:not([hidden])").collect();
    let focused = document().active_element();
    let is_in = |row: &Element| row.contains(focused.as_ref().map(AsRef::as_ref));
    let at = rows.iter().position(is_in).and_then(|at| i32::try_from(at).ok());
    let next = at.map_or(if by > 0 { 0 } else { -1 }, |at| at + by);
    let row = usize::try_from(next).ok().and_then(|next| rows.get(next));
    let link = row.and_then(|row| row.query_selector("th a").ok().flatten());
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
        let _ = link.focus();
    }
}

fn go_to_page(key: &str) {
    if let Some((_, address, _)) = PAGES.iter().find(|(letter, ..)| *letter == key) {
        // It fails only for what is not an address.
        let _ = window().location().set_href(address);
    }
}

fn by_id<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// What the browser keeps for this console; none, where it keeps nothing.
pub(super) fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn is_off() -> bool {
    storage().is_some_and(|storage| storage.get_item(STORAGE_KEY).ok().flatten().is_some())
}

/// Where storage is missing, the next page listens again.
fn save_setting(is_on: bool) {
    if let Some(storage) = storage() {
        let _ = if is_on { storage.remove_item(STORAGE_KEY) } else { storage.set_item(STORAGE_KEY, "") };
    }
}
