//! What this tab stores of an unanswered submission, and a tab that cannot store anything.

use app::live::pending_submission::STORAGE_KEY;
use leptos::prelude::window;
use wasm_bindgen::prelude::*;

fn storage() -> web_sys::Storage {
    window().session_storage().expect("it is allowed").expect("it is there")
}

pub(crate) fn clear() {
    storage().remove_item(STORAGE_KEY).expect("it is allowed");
}

pub(crate) fn stored() -> Option<String> {
    storage().get_item(STORAGE_KEY).expect("it is allowed")
}

pub(crate) fn put(text: &str) {
    storage().set_item(STORAGE_KEY, text).expect("there is room");
}

#[wasm_bindgen(inline_js = r#"
const set_item = Storage.prototype.setItem;
const session = Object.getOwnPropertyDescriptor(window, 'sessionStorage');

export function forbid_storage() {
  const get = () => { throw new DOMException('denied', 'SecurityError'); };
  Object.defineProperty(window, 'sessionStorage', { configurable: true, get });
}

export function fill_storage() {
  Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
}

export function mend_storage() {
  Storage.prototype.setItem = set_item;
  Object.defineProperty(window, 'sessionStorage', session);
}
"#)]
extern "C" {
    /// Reading `sessionStorage` throws, as where cookies are blocked.
    pub(crate) fn forbid_storage();

    /// Writing to it throws, as where it is full.
    pub(crate) fn fill_storage();

    /// Undoes both.
    pub(crate) fn mend_storage();
}
