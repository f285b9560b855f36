//! The time zone of the browser, in the forms that ask for one. Without scripts they say UTC.

use js_sys::{Array, Intl::DateTimeFormat, Object, Reflect};
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// Puts it into every field into which nothing was typed yet.
pub fn fill_in_own_zone() {
    let Ok(fields) = document().query_selector_all("[data-own-zone]") else { return };
    if fields.length() == 0 {
        return;
    }
    if let Some(zone) = own_zone() {
        let fields = (0..fields.length()).filter_map(|index| fields.get(index));
        for field in fields.filter_map(|field| field.dyn_into::<HtmlInputElement>().ok()) {
            field.set_value(&zone);
        }
    }
}

/// Its name; none, where the browser does not know it.
fn own_zone() -> Option<String> {
    let options = DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}
